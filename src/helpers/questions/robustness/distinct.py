"""Which combinations of choices are the same specification, and which options change nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

ALIKE = "its specifications are counted once"


Excluded = list[tuple[str, int, str]]


@dataclass(frozen=True, eq=False)
class Paths:
    """The distinct pairs of a treated data set and a comparator, and the options that lead to each."""

    #: Choice -> its options, without options that lead where an earlier one leads, and without choices of one option.
    choices: dict[str, list[str]]
    #: One row per pair: the places of its two data sets (treated_set, background_set) and the name of the comparator.
    pairs: pd.DataFrame
    #: One row per pair and option that leads to it: pair, choice and option.
    options: pd.DataFrame
    #: What was dropped, how many combinations, and why.
    excluded: Excluded


def paths_of(choices: dict[str, list[str]], laid: npt.NDArray[np.int64]) -> Paths:
    """Find the distinct pairs among all combinations, laid out with the last choice (the comparator) changing fastest."""
    grid = laid.reshape(*(len(options) for options in choices.values()), 2)
    kept: dict[str, list[str]] = {}
    excluded = _impossible(laid)
    for axis, (name, options) in enumerate(choices.items()):
        slices = [part.tobytes() for part in np.moveaxis(grid, axis, 0)]
        first = [slices.index(one) for one in slices]
        combinations = grid.size // 2 // len(options)
        excluded += [
            (
                f"{name}: {option}",
                combinations,
                f"leads to the counts that “{options[same]}” leads to: {ALIKE}",
            )
            for option, same in zip(options, first, strict=True)
            if option != options[same]
        ]
        new = sorted(set(first))
        grid, kept[name] = np.take(grid, new, axis=axis), [options[place] for place in new]
    codes = np.indices(grid.shape[:-1]).reshape(len(kept), -1)
    places = dict(zip(("treated_set", "background_set"), grid.reshape(-1, 2).T, strict=True))
    paths = pd.DataFrame({**dict(zip(kept, codes, strict=True)), **places})
    paths = paths[(paths["treated_set"] >= 0) & (paths["background_set"] >= 0)]
    paths["pair"] = paths.groupby(["treated_set", "background_set", "comparator"]).ngroup()
    for name, options in kept.items():
        paths[name] = np.array(options, dtype=object)[paths[name]]
    pairs = paths.drop_duplicates("pair").sort_values("pair", ignore_index=True)
    repeated = len(paths) - len(pairs)
    excluded.append(
        ("combinations of options", repeated, f"lead to counts that another combination leads to: {ALIKE}")
    )
    taken = paths.melt("pair", list(kept), "choice", "option").drop_duplicates()
    used = taken.groupby("choice")["option"].agg(set)
    left = {name: [option for option in options if option in used[name]] for name, options in kept.items()}
    shown = {name: options for name, options in left.items() if len(options) > 1 or name == "comparator"}
    return Paths(shown, pairs[[*places, "comparator"]], taken[taken["choice"].isin(shown)], excluded)


def _impossible(laid: npt.NDArray[np.int64]) -> Excluded:
    nobody, nothing = laid[:, 0] < 0, (laid[:, 0] >= 0) & (laid[:, 1] < 0)
    return [
        ("combinations of options", int(nobody.sum()), "no woman with the condition is counted"),
        ("combinations of options", int(nothing.sum()), "no such comparator of these women"),
    ]
