"""Chinese letters for figures: a font with those letters that the figures use, under the SIL Open Font License (``OFL.txt``)."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

from matplotlib.font_manager import FontProperties, fontManager

#: The files of the font: as it is, and bold.
FONTS = tuple(files(__name__) / f"{weight}.otf" for weight in ("regular", "bold"))


@cache
def family() -> str:
    """Make the font known to matplotlib, and give the name of its family."""
    for font in FONTS:
        with as_file(font) as path:
            fontManager.addfont(path)
            name = FontProperties(fname=path).get_name()
    return name
