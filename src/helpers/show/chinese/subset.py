"""Make the font anew, with the letters of the texts given: python -m helpers.show.chinese.subset FOLDER TEXT ...

FOLDER holds NotoSansCJK-Regular.ttc and NotoSansCJK-Bold.ttc, as the Debian package fonts-noto-cjk has them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection

#: The font of a collection whose letters have the forms of simplified Chinese.
_SIMPLIFIED = "Noto Sans CJK SC"


def main(folder: str, *texts: str) -> None:
    """Write the letters of `texts`, and no others, in both weights."""
    letters = {
        letter for text in texts for letter in Path(text).read_text(encoding="utf-8") if letter.isprintable()
    }
    for weight in ("Regular", "Bold"):
        fonts = TTCollection(Path(folder) / f"NotoSansCJK-{weight}.ttc").fonts
        font = next(font for font in fonts if font["name"].getBestFamilyName() == _SIMPLIFIED)
        options = Options()
        options.layout_features = []
        subsetter = Subsetter(options)
        subsetter.populate(text="".join(sorted(letters)))
        subsetter.subset(font)
        font.save(Path(__file__).with_name(f"{weight.lower()}.otf"))


if __name__ == "__main__":
    main(*sys.argv[1:])
