"""Every combination of defensible choices, each a specification with its estimate, interval and answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers import stats
from helpers.counts.one_count import OTHER_TREATMENT, OWN_CONTROL, TREATED, UNTREATED, with_women
from helpers.evidence import Evidence
from helpers.questions.background.pairs import too_small_to_double
from helpers.questions.robustness.choices import Question, data_sets, question_of
from helpers.stats.validation import checked_level

#: Where the confidence interval of treated minus comparator lies.
ABOVE, UNCLEAR, BELOW = "above zero", "includes zero", "below zero"
NO_WOMEN, NO_COMPARATOR = "none with the condition counted", "no such comparator of these women"
NEVER_DISCOUNTED, NOT_FITTED = (
    "a randomised control, which takes no discount", "a model that these counts have no maximum of"
)  # fmt: skip
#: What a specification can answer, in the order shown; the last four are impossible specifications.
ANSWERS = [ABOVE, UNCLEAR, BELOW, NO_WOMEN, NO_COMPARATOR, NEVER_DISCOUNTED, NOT_FITTED]
POSSIBLE = ANSWERS[:3]
#: Proportions of the comparator's weight that are taken away because its women are others.
NO_DISCOUNT = "none"
DISCOUNTS = {NO_DISCOUNT: 0.0, "half": 0.5, "nine tenths": 0.9}
#: What the treated are compared with: three questions, which no proportion may mix.
COMPARATOR_KINDS = {
    OWN_CONTROL: "their own randomised control",
    UNTREATED: "untreated women",
    OTHER_TREATMENT: "women who received another treatment",
}
_POOLS = {UNTREATED: "untreated cohorts, pooled", OTHER_TREATMENT: "cohorts with another treatment, pooled"}
_Pair = tuple[pd.DataFrame, pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Multiverse:
    """A question answered under every combination of choices.

    Attributes
    ----------
    choices : dict of str
        Choice -> its options.
    kinds : dict of str
        Word of `COMPARATOR_KINDS` -> the comparators of that kind, which are options of ``choices["comparator"]``.
    specifications : pandas.DataFrame
        One row per specification: a column per choice; kind (of its comparator), estimate, low and high (treated minus
        comparator, as proportions), rate, rate_low, rate_high and background (both rates), k, events and women of the
        treated, background_k, method, answer (of `ANSWERS`), too_small (whether the two groups, each taken as one group of
        its size, are too small to detect a doubling of the comparator's rate), treated_set and background_set (-1 for
        none). An impossible specification has no estimate.
    sets : list of pandas.DataFrame
        The distinct data sets of the treated, in the order of treated_set.
    comparators : list of pandas.DataFrame
        The distinct sets of cohorts, in the order of background_set.
    """

    question: Question
    level: float
    choices: dict[str, list[str]]
    kinds: dict[str, list[str]]
    specifications: pd.DataFrame
    sets: list[pd.DataFrame]
    comparators: list[pd.DataFrame]

    @property
    def possible(self) -> pd.DataFrame:
        """The specifications that have an estimate."""
        return self.specifications[self.specifications["answer"].isin(POSSIBLE)]


def multiverse(ev: Evidence, *, question: str, level: float = 0.95) -> Multiverse:
    """Answer a key of `QUESTIONS` under every combination of data (see `choices.data_sets`), comparator, model and discount.

    A specification answers `ABOVE` where the interval of treated minus comparator is above zero, and `BELOW` where it
    is below. At least one study of the treated is of the first set of conditions.

    Each cohort is a comparator once, of women of its own condition, one of the first set. All cohorts of one kind
    together are another comparator, if they are of two studies or more and include each condition of the treated. A
    randomised control is compared with the treated arm of its own trial only, whatever other studies are let in, and
    is never discounted.

    Raises ValueError for an unknown question or level, or where no specification is possible.
    """
    asked = question_of(question)
    checked_level(level)
    data = data_sets(ev, asked)
    nothing = f"question {question!r}: no count of women with cells has a comparator in this evidence"
    if not data.rows:
        raise ValueError(nothing)
    by_id = {id(rows): rows for rows in data.rows}
    kinds, pairs_of = _comparators(by_id, asked)
    names = [name for comparators in kinds.values() for name in comparators]
    treated, background = _Distinct(), _Distinct()
    places = {
        key: _places(_treated(rows, asked), [pairs_of[key].get(name) for name in names], treated, background)
        for key, rows in by_id.items()
    }
    laid = np.array([places[id(rows)] for rows in data.rows]).reshape(-1, 2)
    if (laid < 0).any(axis=1).all():
        raise ValueError(nothing)
    pairs, at = np.unique(laid, axis=0, return_inverse=True)
    both: npt.NDArray[np.bool_] = np.logical_and(pairs[:, 0] >= 0, pairs[:, 1] >= 0)
    compared = stats.differences(
        treated.arrays(), background.arrays(), pairs[both], discounts=list(DISCOUNTS.values()), level=level
    )
    choices = {
        **data.choices, "comparator": names, "model": list(stats.MODELS), "discount": list(DISCOUNTS)
    }  # fmt: skip
    kind_of = {name: kind for kind, comparators in kinds.items() for name in comparators}
    frame = _frame(choices, kind_of, compared, pairs, both, at.reshape(-1), level)
    return Multiverse(asked, level, choices, kinds, frame, treated.frames, background.frames)


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
    """Return the treated; none where no woman has the condition that the question is about."""
    treated = rows[rows["side"] == TREATED]
    asked_for = treated["condition"].isin(next(iter(question.conditions.values())))
    return treated if asked_for.any() else treated[:0]


def _counts(rows: pd.DataFrame) -> list[tuple[str, int, int]]:
    named = rows["evidence_row"], rows["events"].astype(int), rows["total"].astype(int)
    return list(zip(*(column.tolist() for column in named), strict=True))


def _places(
    rows: pd.DataFrame, pairs: list[_Pair | None], treated: _Distinct, background: _Distinct
) -> list[tuple[int, int]]:
    """Place the treated and the comparator of every option; without a comparator, all the treated alone."""
    alone = treated.place(rows)
    return [
        (alone, -1) if pair is None or alone < 0 else (treated.place(pair[0]), background.place(pair[1]))
        for pair in pairs
    ]


def _comparators(
    data: dict[int, pd.DataFrame], question: Question
) -> tuple[dict[str, list[str]], dict[int, dict[str, _Pair]]]:
    """Name the comparators of each kind that any data set has, and find those of each with the treated."""
    others = pd.concat([rows[rows["side"] != TREATED] for rows in data.values()])
    arms = others.drop_duplicates(["study_id", "arm_id"])
    arms = arms[arms["condition"].isin(next(iter(question.conditions.values())))].sort_values("study_label")
    several = arms["study_id"].duplicated(keep=False)
    label = arms["study_label"] + (": " + arms["arm_label"]).where(several, "")
    label += (arms["side"] == OWN_CONTROL).map({True: ": own control", False: ""})
    label = with_women(label, arms["population"])
    named = dict(zip(arms[["study_id", "arm_id"]].itertuples(index=False, name=None), label, strict=True))
    pairs = {key: _comparators_of(rows, named) for key, rows in data.items()}
    known = {name for sets in pairs.values() for name in sets}
    kinds = {
        words: [name for name in ([_POOLS[kind]] if kind in _POOLS else []) + list(label[arms["kind"] == kind])
                if name in known]
        for kind, words in COMPARATOR_KINDS.items()
    }  # fmt: skip
    return {words: names for words, names in kinds.items() if names}, pairs


def _comparators_of(rows: pd.DataFrame, named: dict[tuple[str, str], str]) -> dict[str, _Pair]:
    treated, others = rows[rows["side"] == TREATED], rows[rows["side"] != TREATED]
    conditions = set(treated["condition"])
    if not conditions:
        return {}
    pairs = {}
    for kind, name in _POOLS.items():
        pool = others[others["kind"] == kind]
        if pool["study_id"].nunique() > 1 and conditions <= set(pool["condition"]):
            pairs[name] = (treated, pool)
    for place, row in enumerate(others.itertuples()):
        name = named.get((str(row.study_id), str(row.arm_id)), "")
        own_control = row.side == OWN_CONTROL
        if name and (own_control or conditions == {row.condition}):
            same_trial = treated[treated["study_id"] == row.study_id] if own_control else treated
            pairs[name] = (same_trial, others.iloc[[place]])
    return pairs


def _frame(
    choices: dict[str, list[str]],
    kind_of: dict[str, str],
    compared: stats.Differences,
    pairs: npt.NDArray[np.int64],
    both: npt.NDArray[np.bool_],
    at: npt.NDArray[np.int64],
    level: float,
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
    kinds = list(dict.fromkeys(kind_of.values()))
    of_comparator = np.array([kinds.index(kind_of[name]) for name in choices["comparator"]])
    frame["kind"] = pd.Categorical.from_codes(of_comparator[frame["comparator"].cat.codes], pd.Index(kinds))
    pair, model, discount = at[np.arange(size) // (models * discounts)], codes[-2], codes[-1]
    treated, background = pairs[pair].T
    whole = (frame["kind"] == COMPARATOR_KINDS[OWN_CONTROL]) & (frame["discount"] != NO_DISCOUNT)
    possible = both[pair] & ~whole.to_numpy()
    # Only pairs with both sides were compared; the place of any other is not looked at.
    among = np.cumsum(both) - 1
    for name in ("estimate", "low", "high"):
        frame[name] = np.where(possible, getattr(compared, name)[model, discount, among[pair]], np.nan)
    sides = {"rate": (compared.treated, "estimate", treated), "rate_low": (compared.treated, "low", treated),
             "rate_high": (compared.treated, "high", treated), "background": (compared.background, "estimate", background)}  # fmt: skip
    for name, (rates, attribute, place) in sides.items():
        frame[name] = np.where(
            possible, np.stack([getattr(rate, attribute) for rate in rates])[model, place], np.nan
        )
    for name, attribute in (("k", "k"), ("events", "events"), ("women", "totals")):
        frame[name] = np.where(treated >= 0, getattr(compared.treated[0], attribute)[treated], 0).astype(
            np.int64
        )
    frame["background_k"] = np.where(background >= 0, compared.background[0].k[background], 0)
    others = np.where(background >= 0, compared.background[0].totals[background], 0).astype(np.int64)
    frame["too_small"] = _too_small(frame, others, level)
    methods, code = np.unique(np.stack([rate.method for rate in compared.treated]), return_inverse=True)
    place = np.where(treated >= 0, code.reshape(models, -1)[model, treated], -1)
    frame["method"] = pd.Categorical.from_codes(place, pd.Index(methods))
    answer = np.select(
        [treated < 0, background < 0, whole, frame["estimate"].isna(), frame["low"] > 0, frame["high"] < 0],
        [
            ANSWERS.index(word)
            for word in (NO_WOMEN, NO_COMPARATOR, NEVER_DISCOUNTED, NOT_FITTED, ABOVE, BELOW)
        ],
        ANSWERS.index(UNCLEAR),
    )
    frame["answer"] = pd.Categorical.from_codes(answer, pd.Index(ANSWERS))
    return frame.assign(treated_set=treated, background_set=background)


def _too_small(frame: pd.DataFrame, others: npt.NDArray[np.int64], level: float) -> npt.NDArray[np.bool_]:
    """Mark the specifications whose groups are too small to detect a doubling; each distinct pair is sized once."""
    sizes = frame[["background", "women"]].assign(others=others)
    sizes["background"] = sizes["background"].round(10)
    distinct = sizes.drop_duplicates().dropna()
    none = distinct["background"] == 0
    rate = distinct["background"].mask(none, 0.5 / (distinct["others"] + 1)).to_numpy()
    small = too_small_to_double(
        rate, distinct["women"].to_numpy(), distinct["others"].to_numpy(), level=level
    )
    sized = distinct.assign(small=small.fillna(value=False).to_numpy(dtype=bool))
    too_small: npt.NDArray[np.bool_] = sizes.merge(sized, how="left")["small"].eq(True).to_numpy()
    return too_small
