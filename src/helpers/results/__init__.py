"""Named results with tolerances: record them in a notebook, collect them from it, compare two sets.

A result travels inside the executed notebook, as an output with a MIME type of its own that front ends
do not show. So a notebook is complete in itself, and nothing is written beside it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from helpers.errors import UserError
from helpers.files import write_atomically
from helpers.results.comparison import Difference, compare, report
from helpers.results.drawn import drawn_data
from helpers.results.named import Result
from helpers.results.parts import shortened

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure
    from nbformat import NotebookNode

__all__ = [
    "MIME_TYPE",
    "Difference",
    "Origin",
    "Result",
    "ResultError",
    "collect",
    "compare",
    "drawn_data",
    "read",
    "record",
    "record_figure",
    "record_rows",
    "report",
    "write",
]

MIME_TYPE = "application/vnd.reanalysis.result+json"


class Origin(Protocol):
    """Where a number comes from, as `Evidence.trace` gives it."""

    @property
    def study(self) -> str | None: ...  # noqa: D102
    @property
    def source(self) -> str: ...  # noqa: D102
    @property
    def locator(self) -> str: ...  # noqa: D102
    @property
    def access(self) -> str: ...  # noqa: D102


class ResultError(UserError, ValueError):
    """The results of a notebook, or a file of results, cannot be used."""


def record(
    name: str, value: Any, *, unit: str = "", tolerance: float = 0.0, trace: Origin | None = None
) -> None:
    """Record a result of a notebook.

    Parameters
    ----------
    name : str
        Name of the result, once per notebook.
    value : int, float, str, bool, None, or nested list, tuple, dict or numpy array of those
        The result; None stands for "not reported".
    unit : str
        Unit of the value.
    tolerance : float
        How far a later value may lie from this one, relative or absolute, whichever is wider.
    trace : Trace, optional
        Where the number comes from.

    Raises
    ------
    ValueError
        If a number is NaN or infinite, the name is empty or the tolerance negative.
    TypeError
        If the value holds anything else than numbers, text, bool and None.
    """
    if not name:
        raise ValueError("a result needs a name")
    if not tolerance >= 0:
        raise ValueError(f"result {name!r}: the tolerance is {tolerance}, it must be 0 or more")
    from IPython.display import display  # a command that only reads results starts without it

    result = Result(_plain(name, value), unit, float(tolerance), *_origin(trace))
    display({MIME_TYPE: {"name": name, **_as_dict(result)}}, raw=True)  # type: ignore[no-untyped-call]


def record_rows(
    rows: pd.DataFrame,
    values: str | Callable[[pd.Series[Any]], Any],
    *,
    unit: str | pd.Series[str],
    tolerance: float = 0.0,
    traces: Sequence[Origin] | None = None,
    prefix: str = "",
) -> None:
    """Record a result of each row of a frame.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows with a `name`, each of them once per notebook.
    values : str or callable
        The column of the values, or what gives the value of a row, as `record` takes it.
    unit : str or pandas.Series of str
        Unit of the values, one for all or one for each row.
    tolerance : float
        As for `record`.
    traces : sequence of Trace, optional
        Where each row comes from, as ``Evidence.trace(table, rows)`` gives them.
    prefix : str
        What stands before each name.

    Raises
    ------
    ValueError
        If there is not one trace for each row, or as for `record`.
    TypeError
        As for `record`.
    """
    if traces is not None and len(traces) != len(rows):
        raise ValueError(f"{len(rows)} rows have {len(traces)} traces")
    units = [unit] * len(rows) if isinstance(unit, str) else list(unit)
    origins = [None] * len(rows) if traces is None else traces
    for (_, row), own, origin in zip(rows.iterrows(), units, origins, strict=True):
        value = row[values] if isinstance(values, str) else values(row)
        record(prefix + str(row["name"]), value, unit=own, tolerance=tolerance, trace=origin)


def record_figure(name: str, figure: Figure) -> None:
    """Record the data drawn in a figure, so that the figure is guarded without comparing pixels.

    Parameters
    ----------
    name : str
        Name of the result, once per notebook.
    figure : matplotlib.figure.Figure
        The figure.
    """
    record(name, drawn_data(figure), tolerance=1e-6)


def collect(notebook: NotebookNode) -> dict[str, Result]:
    """Collect the results recorded in an executed notebook.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The notebook.

    Returns
    -------
    dict of Result
        By name, in the order in which they were recorded.

    Raises
    ------
    ResultError
        If a name was recorded twice.
    """
    results: dict[str, Result] = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            payload = output.get("data", {}).get(MIME_TYPE)
            if payload is None:
                continue
            fields = dict(payload)
            name = fields.pop("name")
            if name in results:
                first, second = shortened(results[name].value), shortened(fields["value"])
                raise ResultError(f"result {name!r} is recorded twice: {first} and {second}")
            results[name] = Result(**fields)
    return results


def write(
    path: Path, results: Mapping[str, Mapping[str, Result]], made_from: Mapping[str, str] | None = None
) -> None:
    """Write a file of results, atomically and in a stable order.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    results : mapping of str to mapping of str to Result
        Results by output name of the notebook and by name.
    made_from : mapping of str to str, optional
        Digest of the notebook that they were collected from, by its output name.
    """
    tree = {
        output: {name: _as_dict(result) for name, result in named.items()}
        for output, named in results.items()
    }
    content: dict[str, Any] = {"results": tree}
    if made_from is not None:
        content |= {"made_from": dict(made_from), "digest": _digest(tree)}
    write_atomically(path, json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def read(path: Path) -> dict[str, dict[str, Result]]:
    """Read a file of results.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    dict of dict of Result
        Results by output name of the notebook and by name.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ResultError
        If the file is no file of results.
    """
    text = path.read_text(encoding="utf-8")
    try:
        return _as_results(json.loads(text)["results"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ResultError(f"{path.name} is no file of results: {error}") from error


def _as_results(tree: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Result]]:
    return {
        output: {name: Result(**fields) for name, fields in named.items()} for output, named in tree.items()
    }


def collected(path: Path) -> tuple[dict[str, dict[str, Result]], dict[str, str]]:
    """Read a file of results and what it was made from; both are empty where it cannot be read as such, or was altered.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    results, made_from : dict
        Results by output name and name, and digest of the notebook by output name.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.get("digest") in (None, _digest(content["results"])):
            return _as_results(content["results"]), dict(content.get("made_from", {}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    return {}, {}


def _digest(tree: Any) -> str:
    return hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(
            f"result {name!r} holds {value}; a result is a finite number, or None where nothing is reported"
        )
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain(name, item) for item in value]
    if isinstance(value, Mapping):
        return {str(_plain(name, key)): _plain(name, item) for key, item in value.items()}
    raise TypeError(
        f"result {name!r} holds a {type(value).__name__}; only numbers, text, bool and None can be recorded"
    )


def _origin(trace: Origin | None) -> tuple[str | None, ...]:
    return (None,) * 4 if trace is None else (trace.study, trace.source, trace.locator, trace.access)


def _as_dict(result: Result) -> dict[str, Any]:
    traced = result.source is not None
    origin = {"study", "source", "locator", "access"}
    return {key: value for key, value in asdict(result).items() if traced or key not in origin}
