"""Named results with tolerances: record them in a notebook, collect them from it, compare two sets.

A result travels inside the executed notebook, as an output with a MIME type of its own that front ends
do not show. So a notebook is complete in itself, and nothing is written beside it.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from helpers.errors import UserError
from helpers.files import write_atomically
from helpers.results.drawn import drawn_data, is_drawn
from helpers.results.parts import differing, distinguished, is_number, shortened, where_they_part
from helpers.results.pictures import headline, picture_changes

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
    """Where a number comes from, as `Evidence.trace` tells it."""

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


@dataclass(frozen=True)
class Result:
    """A named result.

    Attributes
    ----------
    value : int, float, str, bool, None, or nested list or dict of those
        The result. None stands for "not reported".
    unit : str
        Unit of the value, empty for a pure number.
    tolerance : float
        Numbers count as equal if ``math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)``.
    study, source, locator, access : str or None
        Where the number comes from; None where it comes from no single row of evidence.
    """

    value: Any
    unit: str = ""
    tolerance: float = 0.0
    study: str | None = None
    source: str | None = None
    locator: str | None = None
    access: str | None = None


@dataclass(frozen=True)
class Difference:
    """One difference between the accepted results and the current ones.

    Attributes
    ----------
    kind : str
        ``"changed"``, ``"missing"`` (accepted, not there now) or ``"new"`` (there now, never accepted).
    notebook, name : str
        Output name of the notebook and name of the result.
    path : str
        The part that differs, for example ``value[2].low`` or ``unit``.
    accepted, current : object
        What stands there in the two sets; None where there is nothing.
    tolerance : float
        The tolerance that was granted, the accepted one.
    """

    kind: str
    notebook: str
    name: str
    path: str
    accepted: Any
    current: Any
    tolerance: float

    def __str__(self) -> str:
        place = f"{self.notebook}: {self.name}"
        if self.kind != "changed":
            value = self.accepted if self.kind == "missing" else self.current
            return f"{self.kind:8} {place} = {shortened(value)}"
        return f"changed  {place}: {self.part}"

    @property
    def part(self) -> str:
        """The part that differs, what stands there in both sets, and how far numbers are apart."""
        (old, new), apart = distinguished(self.accepted, self.current), ""
        if isinstance(self.accepted, str) and isinstance(self.current, str):
            old, new = where_they_part(self.accepted, self.current)
        elif is_number(self.accepted) and is_number(self.current):
            apart = f", difference {self.current - self.accepted:+.6g}"
        granted = f" (tolerance {self.tolerance:g})" if self.tolerance else ""
        return f"{self.path}: accepted {old}, current {new}{apart}{granted}"


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


def compare(
    accepted: Mapping[str, Mapping[str, Result]], current: Mapping[str, Mapping[str, Result]]
) -> list[Difference]:
    """Compare two sets of results.

    Parameters
    ----------
    accepted, current : mapping of str to mapping of str to Result
        Results by output name and by name, as `read` gives them.

    Returns
    -------
    list of Difference
        Empty if all agree within the accepted tolerances. Units, tolerances and origins count too.
    """
    differences = []
    for notebook in sorted({*accepted, *current}):
        old, new = accepted.get(notebook, {}), current.get(notebook, {})
        for name in sorted({*old, *new}):
            differences += _compare_result(notebook, name, old.get(name), new.get(name))
    return differences


def report(
    accepted: Mapping[str, Mapping[str, Result]],
    current: Mapping[str, Mapping[str, Result]],
    *,
    figures: bool = False,
) -> list[str]:
    """Tell what differs between two sets of results, numbers and tables first, then text, figures, new and missing.

    Parameters
    ----------
    accepted, current : mapping of str to mapping of str to Result
        Results by output name and by name, as `read` gives them.
    figures : bool
        Tell of every figure all that was added, is gone or changed in it, on lines of their own.

    Returns
    -------
    list of str
        One entry per difference. What is drawn in a figure is one, and so are all results of an output that
        one of the sets does not have.
    """
    lines: list[tuple[int, str]] = []
    for notebook in sorted({*accepted, *current}):
        old, new = accepted.get(notebook, {}), current.get(notebook, {})
        alone = len(old or new)
        if alone > 1 and notebook not in current:
            lines.append((4, f"missing  {notebook}: {alone} results, not rendered today"))
        elif alone > 1 and notebook not in accepted:
            lines.append((3, f"new      {notebook}: {alone} results, never accepted"))
        else:
            for name in sorted({*old, *new}):
                lines += _result_lines(notebook, name, old.get(name), new.get(name), figures=figures)
    # The sort is stable: within a kind the order is that of outputs and names.
    return [line for _, line in sorted(lines, key=lambda entry: entry[0])]


def _result_lines(
    notebook: str, name: str, old: Result | None, new: Result | None, *, figures: bool
) -> list[tuple[int, str]]:
    """Tell the differences of a result, each with the place of its kind in the report."""
    found = _compare_result(notebook, name, old, new)
    if old is None or new is None:
        return [(3 if old is None else 4, str(difference)) for difference in found]
    if not (is_drawn(old.value) and is_drawn(new.value)):
        place = 1 if isinstance(old.value, str) else 0
        return [(place, str(difference)) for difference in found]
    drawn = [difference for difference in found if difference.path.startswith("value")]
    lines = [(2, str(difference)) for difference in found if difference not in drawn]
    if drawn:
        changes = picture_changes(old.value, new.value, old.tolerance)
        head = f"changed  {notebook}: {name}: {headline(changes)}"
        lines.insert(0, (2, "\n".join([head, *(f"  {change}" for change in changes if figures)])))
    return lines


def _compare_result(notebook: str, name: str, old: Result | None, new: Result | None) -> list[Difference]:
    if new is None and old is not None:
        return [Difference("missing", notebook, name, "", old.value, None, old.tolerance)]
    if old is None and new is not None:
        return [Difference("new", notebook, name, "", None, new.value, new.tolerance)]
    assert old is not None
    assert new is not None
    # As text, 1 and True are not the same.
    if repr(old) == repr(new):
        return []
    found = list(differing("value", old.value, new.value, old.tolerance))
    before, after = asdict(old), asdict(new)
    found += [
        (key, before[key], after[key]) for key in before if key != "value" and before[key] != after[key]
    ]
    return [Difference("changed", notebook, name, path, a, b, old.tolerance) for path, a, b in found]


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
