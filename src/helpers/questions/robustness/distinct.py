"""Which combinations of choices are the same specification, and which options change nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

ALIKE = "its specifications are counted once"


@dataclass(frozen=True, eq=False)
class Paths:
    """The distinct pairs of a treated data set and a comparator, and the options that lead to each.

    Attributes
    ----------
    choices : dict of str
        Choice -> its options, without options that lead where an earlier one leads, and without choices of one option.
    pairs : ndarray of int, shape (pairs, 2)
        Place of the treated and of the comparator.
    comparators : list of str
        Name of the comparator of each pair.
    options : pandas.DataFrame
        One row per pair and option that leads to it: pair, choice and option.
    excluded : list of tuple
        What was dropped, how many combinations, and why.
    """

    choices: dict[str, list[str]]
    pairs: npt.NDArray[np.int64]
    comparators: list[str]
    options: pd.DataFrame
    excluded: list[tuple[str, int, str]]


def paths_of(choices: dict[str, list[str]], laid: npt.NDArray[np.int64]) -> Paths:
    """Find the distinct pairs among all combinations, laid out with the last choice (the comparator) changing fastest."""
    grid = laid.reshape(*(len(options) for options in choices.values()), 2)
    kept, excluded = dict(choices), _impossible(laid)
    for axis, (name, options) in enumerate(choices.items()):
        slices = [np.take(grid, place, axis=axis).tobytes() for place in range(grid.shape[axis])]
        first = [slices.index(one) for one in slices]
        new = [place for place, same in enumerate(first) if place == same]
        before = grid.shape[:axis] + grid.shape[axis + 1 : -1]
        for place, same in enumerate(first):
            if place != same:
                what = f"{name}: {options[place]}"
                why = f"leads to the counts that “{options[same]}” leads to: {ALIKE}"
                excluded.append((what, int(np.prod(before)), why))
        grid, kept[name] = np.take(grid, new, axis=axis), [options[place] for place in new]
    codes = np.indices(grid.shape[:-1]).reshape(len(kept), -1)
    flat = grid.reshape(-1, 2)
    possible = (flat >= 0).all(axis=1)
    keys = np.column_stack([flat, codes[-1]])[possible]
    distinct, at = np.unique(keys, axis=0, return_inverse=True)
    at = at.reshape(-1)
    if len(keys) > len(distinct):
        excluded.append(
            (
                "combinations of options",
                len(keys) - len(distinct),
                f"lead to counts that another combination leads to: {ALIKE}",
            )
        )
    frames = [
        pd.DataFrame(
            {"pair": at, "choice": name, "option": np.array(options, dtype=object)[codes[axis][possible]]}
        )
        for axis, (name, options) in enumerate(kept.items())
    ]
    taken = pd.concat(frames).drop_duplicates()
    open_choices = {
        name: [option for option in options if option in set(taken.loc[taken["choice"] == name, "option"])]
        for name, options in kept.items()
    }
    shown = {
        name: options for name, options in open_choices.items() if len(options) > 1 or name == "comparator"
    }
    names = [kept["comparator"][place] for place in distinct[:, 2]]
    return Paths(shown, distinct[:, :2], names, taken[taken["choice"].isin(shown)], excluded)


def _impossible(laid: npt.NDArray[np.int64]) -> list[tuple[str, int, str]]:
    nobody, nothing = laid[:, 0] < 0, (laid[:, 0] >= 0) & (laid[:, 1] < 0)
    found = [
        ("combinations of options", int(nobody.sum()), "no woman with the condition is counted"),
        ("combinations of options", int(nothing.sum()), "no such comparator of these women"),
    ]
    return [row for row in found if row[1]]
