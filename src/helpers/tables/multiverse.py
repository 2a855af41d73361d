"""Every combination of defensible choices, each a specification with its estimate, interval and answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers import stats
from helpers.evidence import Evidence
from helpers.tables.data_choices import Question, data_sets, question_of
from helpers.tables.independent import TREATED, UNTREATED

ABOVE, UNCLEAR, BELOW = "above the background", "no difference shown", "below the background"
NO_WOMEN, NO_COMPARATOR = "none with the condition counted", "no comparator of the same condition"
#: What a specification can answer, in the order shown; the last two are impossible specifications.
ANSWERS = [ABOVE, UNCLEAR, BELOW, NO_WOMEN, NO_COMPARATOR]
POSSIBLE = ANSWERS[:3]
#: Shares of the background's weight that are taken away because its women are others.
DISCOUNTS = {"none": 0.0, "half": 0.5, "nine tenths": 0.9}
ALL, ONLY_UNTREATED = "all cohorts, pooled", "untreated cohorts, pooled"
LARGEST, LOWEST, HIGHEST = "largest cohort", "cohort of lowest rate", "cohort of highest rate"
_BY_RULE = [ALL, ONLY_UNTREATED, LARGEST, LOWEST, HIGHEST]


@dataclass(frozen=True, eq=False)
class Multiverse:
    """A question under every combination of choices.

    Attributes
    ----------
    question : Question
        What is asked.
    level : float
        Level of the intervals.
    choices : dict of str
        Choice -> its options.
    specifications : pandas.DataFrame
        One row per specification: a column per choice; estimate, low and high (treated minus background, as
        proportions), rate, rate_low, rate_high and background (both rates), k, events and women of the treated,
        background_k, method, answer (of `ANSWERS`), treated_set and background_set (-1 where there is none). An impossible
        specification has no estimate.
    sets : list of pandas.DataFrame
        The distinct data sets of the treated, in the order of treated_set.
    comparators : list of pandas.DataFrame
        The distinct sets of cohorts, in the order of background_set.
    """

    question: Question
    level: float
    choices: dict[str, list[str]]
    specifications: pd.DataFrame
    sets: list[pd.DataFrame]
    comparators: list[pd.DataFrame]

    @property
    def possible(self) -> pd.DataFrame:
        """The specifications that have an estimate."""
        return self.specifications[self.specifications["answer"].isin(POSSIBLE)]


def multiverse(ev: Evidence, *, question: str, level: float = 0.95) -> Multiverse:
    """Answer a question under every combination of defensible choices.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    question : str
        A key of `QUESTIONS`.
    level : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    Multiverse
        All combinations of the choices about data (see `data_sets`), comparator, model (`helpers.stats.MODELS`) and
        discount. A specification answers `ABOVE` where the interval of treated minus background lies above zero, and `BELOW`
        where it lies below. A single cohort is the comparator only of women of its own condition; pooled
        cohorts are, where they hold each condition of the treated. A named cohort is of the first set of conditions,
        and so is at least one study of the treated.

    Raises
    ------
    ValueError
        If the question is not known, the level is not between 0 and 1, or no specification is possible.
    """
    asked = question_of(question)
    data = data_sets(ev, asked)
    own = {id(rows): rows for rows in data.rows}
    names, found = _comparators(own, asked)
    treated, background = _Distinct(), _Distinct()
    first = {key: treated.place(_treated(rows, asked)) for key, rows in own.items()}
    second = {key: [background.place(sets.get(name)) for name in names] for key, sets in found.items()}
    one, other = (np.array([places[id(rows)] for rows in data.rows]) for places in (first, second))
    if (one < 0).all() or (other < 0).all():
        raise ValueError(
            f"question {question!r}: no count of women with cells has a comparator in this evidence"
        )
    pairs, at = np.unique(
        np.stack([np.broadcast_to(one[:, None], other.shape), other], axis=-1).reshape(-1, 2),
        axis=0,
        return_inverse=True,
    )
    both: npt.NDArray[np.bool_] = np.logical_and(pairs[:, 0] >= 0, pairs[:, 1] >= 0)
    compared = stats.differences(
        treated.arrays(), background.arrays(), pairs, discounts=list(DISCOUNTS.values()), level=level
    )
    choices = {
        **data.choices, "comparator": names, "model": list(stats.MODELS), "discount": list(DISCOUNTS)
    }  # fmt: skip
    frame = _frame(choices, compared, pairs, both, at.reshape(-1))
    return Multiverse(asked, level, choices, frame, treated.frames, background.frames)


class _Distinct:
    """Data sets, each kept once: two are the same where they hold the same counts of the same arms."""

    def __init__(self) -> None:
        self.frames: list[pd.DataFrame] = []
        self._places: dict[frozenset[Any], int] = {}

    def place(self, rows: pd.DataFrame | None) -> int:
        """Return the place of a data set, -1 for one without rows."""
        if rows is None or rows.empty:
            return -1
        key = frozenset(_counts(rows))
        if key not in self._places:
            self._places[key] = len(self.frames)
            self.frames.append(rows)
        return self._places[key]

    def arrays(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
        """Return events and totals of every count, and which each data set uses."""
        counts = list(dict.fromkeys(count for rows in self.frames for count in _counts(rows)))
        where = np.zeros((len(self.frames), len(counts)), dtype=bool)
        for place, rows in enumerate(self.frames):
            where[place, [counts.index(count) for count in _counts(rows)]] = True
        events, totals = np.array([count[-2:] for count in counts]).T
        return events, totals, where


def _treated(rows: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Return the treated; none where nobody has the condition that the question is about."""
    treated = rows[rows["side"] == TREATED]
    asked_for = treated["condition"].isin(next(iter(question.conditions.values())))
    return treated if asked_for.any() else treated[:0]


def _counts(rows: pd.DataFrame) -> list[tuple[str, int, int]]:
    named = rows["evidence_row"], rows["events"].astype(int), rows["total"].astype(int)
    return list(zip(*(column.tolist() for column in named), strict=True))


def _comparators(
    data: dict[int, pd.DataFrame], question: Question
) -> tuple[list[str], dict[int, dict[str, pd.DataFrame]]]:
    """Name the comparators that any data set has, and find those of each."""
    cohorts = pd.concat([rows[rows["side"] != TREATED] for rows in data.values()])
    arms = cohorts.drop_duplicates(["study_id", "arm_id"])
    several = arms["study_id"].duplicated(keep=False)
    label = (arms["study_label"] + (": " + arms["arm_label"]).where(several, "")).to_numpy()
    named = dict(zip(arms[["study_id", "arm_id"]].itertuples(index=False, name=None), label, strict=True))
    own = arms["condition"].isin(next(iter(question.conditions.values()))).to_numpy()
    found = {key: _comparators_of(rows, named) for key, rows in data.items()}
    known = {name for sets in found.values() for name in sets}
    return [name for name in (*_BY_RULE, *sorted(label[own])) if name in known], found


def _comparators_of(rows: pd.DataFrame, named: dict[tuple[str, str], str]) -> dict[str, pd.DataFrame]:
    background = rows[rows["side"] != TREATED]
    conditions = set(rows.loc[rows["side"] == TREATED, "condition"])
    if not conditions or background.empty:
        return {}
    pools = {ALL: background, ONLY_UNTREATED: background[background["kind"] == UNTREATED]}
    found = {name: pool for name, pool in pools.items() if conditions <= set(pool["condition"])}
    if len(conditions) > 1:
        return found
    ordered = background.sort_values(["proportion", "total"], kind="stable")
    found[LARGEST] = background.sort_values("total", kind="stable").tail(1)
    found[LOWEST], found[HIGHEST] = ordered.head(1), ordered.tail(1)
    for place, (study, arm) in enumerate(zip(background["study_id"], background["arm_id"], strict=True)):
        found[named[study, arm]] = background.iloc[[place]]
    return found


def _frame(
    choices: dict[str, list[str]],
    compared: stats.Differences,
    pairs: npt.NDArray[np.int64],
    both: npt.NDArray[np.bool_],
    at: npt.NDArray[np.int64],
) -> pd.DataFrame:
    """Lay out every specification; the last choice changes fastest."""
    models, discounts = len(choices["model"]), len(choices["discount"])
    size = len(at) * models * discounts
    codes = np.unravel_index(np.arange(size), [len(options) for options in choices.values()])
    frame = pd.DataFrame(
        {
            name: pd.Categorical.from_codes(code, pd.Index(options), ordered=True)
            for (name, options), code in zip(choices.items(), codes, strict=True)
        }
    )
    pair, model, discount = at[np.arange(size) // (models * discounts)], codes[-2], codes[-1]
    one, other = pairs[pair].T
    possible = both[pair]
    for name in ("estimate", "low", "high"):
        frame[name] = np.where(possible, getattr(compared, name)[model, discount, pair], np.nan)
    sides = {"rate": (compared.treated, "estimate", one), "rate_low": (compared.treated, "low", one),
             "rate_high": (compared.treated, "high", one), "background": (compared.background, "estimate", other)}  # fmt: skip
    for name, (rates, part, place) in sides.items():
        frame[name] = np.where(
            possible, np.stack([getattr(rate, part) for rate in rates])[model, place], np.nan
        )
    for name, part in (("k", "k"), ("events", "events"), ("women", "totals")):
        frame[name] = np.where(one >= 0, getattr(compared.treated[0], part)[one], 0).astype(np.int64)
    frame["background_k"] = np.where(other >= 0, compared.background[0].k[other], 0)
    methods, code = np.unique(np.stack([rate.method for rate in compared.treated]), return_inverse=True)
    place = np.where(one >= 0, code.reshape(models, -1)[model, one], -1)
    frame["method"] = pd.Categorical.from_codes(place, pd.Index(methods))
    answer = np.select(
        [one < 0, other < 0, frame["low"] > 0, frame["high"] < 0],
        [ANSWERS.index(word) for word in (NO_WOMEN, NO_COMPARATOR, ABOVE, BELOW)],
        ANSWERS.index(UNCLEAR),
    )
    frame["answer"] = pd.Categorical.from_codes(answer, pd.Index(ANSWERS))
    return frame.assign(treated_set=one, background_set=other)
