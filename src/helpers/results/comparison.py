"""What differs between two sets of results, and the report of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from helpers.results.drawn import is_drawn
from helpers.results.named import Result
from helpers.results.parts import differing, distinguished, is_number, shortened, where_they_part
from helpers.results.pictures import headline, picture_changes


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
    """List what differs between two sets of results, numbers and tables first, then text, figures, new and missing.

    Parameters
    ----------
    accepted, current : mapping of str to mapping of str to Result
        Results by output name and by name, as `read` gives them.
    figures : bool
        List for every figure all that was added, is gone or changed in it, on lines of their own.

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
    """List the differences of a result, each with the place of its kind in the report."""
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
