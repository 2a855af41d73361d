"""The data drawn in a figure, taken from it so that it is guarded without comparing pixels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.collections import Collection
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch
    from matplotlib.text import Text


def drawn_data(figure: Figure) -> dict[str, Any]:
    """Take the data drawn in a figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.

    Returns
    -------
    dict
        ``texts`` of the figure and, per visible axes, ``title``, labels and text tick labels of both axes
        and ``artists``: kind, label and numbers, to nine significant digits; gaps in a line are None, and so
        are places of texts that do not follow the data.
    """
    return {
        "texts": [text.get_text() for text in figure.texts if text.get_visible()],
        "axes": [_drawn_axes(axes) for axes in figure.axes if axes.get_visible()],
    }


def is_drawn(value: Any) -> bool:
    """Tell whether a value is what `drawn_data` makes."""
    return isinstance(value, dict) and set(value) == {"texts", "axes"}


def _drawn_axes(axes: Axes) -> dict[str, Any]:
    artists = [
        *(_drawn_line(line) for line in axes.lines if line.get_visible()),
        *(_drawn_collection(collection) for collection in axes.collections if collection.get_visible()),
        *(_drawn_patch(patch) for patch in axes.patches if patch.get_visible()),
        *(_drawn_text(axes, text) for text in axes.texts if text.get_visible()),
    ]
    return {
        "title": " ".join(axes.get_title(loc) for loc in ("left", "center", "right")).strip(),
        "x_label": axes.get_xlabel(),
        "y_label": axes.get_ylabel(),
        "x_ticks": _tick_texts(axes.xaxis),
        "y_ticks": _tick_texts(axes.yaxis),
        "artists": artists,
    }


def _drawn_line(line: Line2D) -> dict[str, Any]:
    return {"kind": "line", "label": _label(line), "data": _numbers(line.get_xydata())}


def _drawn_text(axes: Axes, text: Text) -> dict[str, Any]:
    # A coordinate that does not follow the data is layout: it may move and nothing has changed.
    in_data = text.get_transform().contains_branch_seperately(axes.transData)
    place = [
        _numbers(at) if of_data else None for at, of_data in zip(text.get_position(), in_data, strict=True)
    ]
    return {"kind": "text", "label": text.get_text(), "data": place}


def _drawn_collection(collection: Collection) -> dict[str, Any]:
    from matplotlib.collections import LineCollection, PathCollection, QuadMesh

    if isinstance(collection, QuadMesh):
        kind, data = "fields", _numbers(collection.get_array())
    elif isinstance(collection, PathCollection):
        kind, data = "points", _numbers(collection.get_offsets())
    elif isinstance(collection, LineCollection):
        kind, data = "segments", [_numbers(segment) for segment in collection.get_segments()]
    else:
        kind, data = "areas", [_numbers(path.vertices) for path in collection.get_paths()]
    return {"kind": kind, "label": _label(collection), "data": data}


def _drawn_patch(patch: Patch) -> dict[str, Any]:
    from matplotlib.patches import Rectangle

    if isinstance(patch, Rectangle):
        return {"kind": "rectangle", "label": _label(patch), "data": _numbers(patch.get_bbox().bounds)}
    return {"kind": "patch", "label": _label(patch), "data": _numbers(patch.get_path().vertices)}


def _tick_texts(axis: Axis) -> list[str]:
    # Only ticks that name things are data; numeric ticks follow from the size of the figure.
    from matplotlib.category import StrCategoryFormatter
    from matplotlib.ticker import FixedFormatter, FuncFormatter

    if not isinstance(axis.get_major_formatter(), FixedFormatter | FuncFormatter | StrCategoryFormatter):
        return []
    return [tick.get_text() for tick in axis.get_ticklabels()]


def _label(artist: Any) -> str:
    label = str(artist.get_label())
    # Labels with an underscore are matplotlib's own counters.
    return "" if label.startswith("_") else label


def _numbers(values: Any) -> Any:
    array: Any = np.ma.filled(np.ma.asarray(values, dtype=float), np.nan)
    return _rounded(array.tolist())


def _rounded(values: Any) -> Any:
    if isinstance(values, list):
        return [_rounded(value) for value in values]
    return float(f"{values:.9g}") if math.isfinite(values) else None
