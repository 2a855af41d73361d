"""Every defensible specification once, with its estimate, interval and power."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers import stats
from helpers.counts.one_count import OWN_CONTROL, TREATED
from helpers.errors import ChoiceError
from helpers.evidence import Evidence
from helpers.questions.robustness.choices import Question, data_sets, question_of
from helpers.questions.robustness.comparators import COMPARATOR_KINDS, Pair, comparators_of, without_unproven
from helpers.questions.robustness.distinct import ALIKE, Excluded, Paths, paths_of
from helpers.stats.intervals import checked_level

#: Where the interval of treated minus comparator lies.
ABOVE, UNCLEAR, BELOW = "above zero", "includes zero", "below zero"
ANSWERS = [ABOVE, UNCLEAR, BELOW]
#: Bias variance: the standard deviation of the bias of a comparator of other women, in logits, whatever its size. The form is that of
#: Turner et al. (J R Stat Soc A 2009;172:21-47); the sizes are the "moderate" and the "large" heterogeneity of controls between studies
#: in the documentation of RBesT after Neuenschwander et al. (Clin Trials 2010;7:5-18): 0.125 and 0.5 of a sampling SD of 2.
NO_BIAS = "none"
BIASES = {NO_BIAS: 0.0, "moderate (SD 0.25 logits)": 0.25, "large (SD 1 logit)": 1.0}
#: The model where each side is one study, so that no model is fitted.
ONE_EACH = "one study on each side, exact"
#: Power from which a specification counts as able to detect what it looks for.
POWER = 0.8
#: Results are distinct to this many digits: beyond it they are the rounding of the machine.
DIGITS = 10


@dataclass(frozen=True, eq=False)
class Multiverse:
    """A question answered by every defensible specification, each counted once.

    specifications has one row per distinct specification: id, pair, comparator, kind, model and bias; estimate, low and high (treated
    minus comparator, as proportions); rate, background and background_high; k and women of the treated; background_k and
    background_women; answer (of `ANSWERS`); least (fewest events that would have been declared), detectable (the smallest treated
    rate declared above the comparator with a power of 80 %), aim (twice the comparator's rate), power (to declare a treated rate of
    aim) and powered (whether it reaches `POWER`); treated_set and background_set.
    """

    question: Question
    level: float
    #: Choice -> its options that lead to different specifications.
    choices: dict[str, list[str]]
    #: Word of `COMPARATOR_KINDS` -> the comparators of that kind, which are options of ``choices["comparator"]``.
    kinds: dict[str, list[str]]
    specifications: pd.DataFrame
    #: One row per specification and option that leads to it: id, choice and option.
    taken: pd.DataFrame
    #: What is in no specification by rule: what, number and why.
    excluded: pd.DataFrame
    #: The distinct data sets of the treated and of cohorts, in the order of treated_set and background_set.
    sets: list[pd.DataFrame]
    comparators: list[pd.DataFrame]

    @property
    def powered(self) -> pd.DataFrame:
        """The specifications that could have detected a doubling."""
        return self.specifications[self.specifications["powered"]]


def multiverse(ev: Evidence, *, question: str, level: float = 0.95) -> Multiverse:
    """Answer a key of `QUESTIONS` by every defensible combination of data, comparator, model and bias variance.

    Options that lead to the same counts are one specification; so are models that cannot differ, because each side is one
    study. A randomised control is compared with the treated arm of its own trial only, and takes no bias variance.
    An experimental treatment is no comparator, and neither is a single cohort that counts another outcome than the treated.

    Raises ValueError for an unknown question or level, or where no specification is possible.
    """
    asked = question_of(question)
    checked_level(level)
    data = data_sets(ev, asked)
    nothing = ChoiceError(
        f"question {question!r}: no count of women with cells has a comparator in this evidence"
    )
    if not data.frames:
        raise nothing
    frames, unproven = without_unproven(data.frames)
    kinds, pairs_of, narrower = comparators_of(frames, asked)
    kind_of = {name: kind for kind, names in kinds.items() for name in names}
    treated, background = _Distinct(), _Distinct()
    places = [
        _places(_treated(rows, asked), [pairs.get(name) for name in kind_of], treated, background)
        for rows, pairs in zip(frames, pairs_of, strict=True)
    ]
    laid = np.array([places[place] for place in data.at]).reshape(-1, 2)
    if (laid < 0).any(axis=1).all():
        raise nothing
    paths = paths_of({**data.choices, "comparator": list(kind_of)}, laid)
    frame, repeated = _frame(paths, kind_of, treated, background, level)
    excluded = pd.DataFrame(
        [*unproven, *narrower, _common_rate(frame), *paths.excluded, *repeated],
        columns=["what", "number", "why"],
    )
    made = {name: [str(option) for option in frame[name].cat.categories] for name in ("model", "bias")}
    used = [name for name in kind_of if name in set(frame["comparator"])]
    return Multiverse(
        question=asked,
        level=level,
        choices={**paths.choices, **made},
        kinds={
            kind: own for kind, names in kinds.items() if (own := [name for name in names if name in used])
        },
        specifications=frame,
        taken=_taken(frame, paths),
        excluded=excluded[excluded["number"] > 0],
        sets=treated.frames,
        comparators=background.frames,
    )


class _Distinct:
    """Data sets, each kept once: two are the same where they hold the same counts of the same arms."""

    def __init__(self) -> None:
        self.frames: list[pd.DataFrame] = []
        self._places: dict[frozenset[Any], int] = {}

    def place(self, rows: pd.DataFrame | None) -> int:
        """Return the place of a data set, -1 for one without rows."""
        if rows is None or rows.empty:
            return -1
        key = frozenset(counts_of(rows))
        if key not in self._places:
            self._places[key] = len(self.frames)
            self.frames.append(rows)
        return self._places[key]

    def arrays(self) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
        """Return events and totals of every count, and which each data set uses."""
        counts = list(dict.fromkeys(count for rows in self.frames for count in counts_of(rows)))
        where = np.zeros((len(self.frames), len(counts)), dtype=bool)
        for place, rows in enumerate(self.frames):
            where[place, [counts.index(count) for count in counts_of(rows)]] = True
        events, totals = np.array([count[-2:] for count in counts]).T
        return events, totals, where


def counts_of(rows: pd.DataFrame) -> list[tuple[str, int, int]]:
    """Name each count by its row of evidence, events and women."""
    named = rows["evidence_row"], rows["events"].astype(int), rows["total"].astype(int)
    return list(zip(*(column.tolist() for column in named), strict=True))


def _treated(rows: pd.DataFrame, question: Question) -> pd.DataFrame:
    """Return the treated; none where no woman has the condition that the question is about."""
    treated = rows[rows["side"] == TREATED]
    return treated if treated["condition"].isin(question.asked_for).any() else treated[:0]


def _places(
    rows: pd.DataFrame, pairs: list[Pair | None], treated: _Distinct, background: _Distinct
) -> list[tuple[int, int]]:
    """Place the treated and the comparator of every option; without a comparator, only whether anybody is treated."""
    nobody = -1 if rows.empty else 0
    return [
        (nobody, -1) if pair is None or rows.empty else (treated.place(pair[0]), background.place(pair[1]))
        for pair in pairs
    ]


def _frame(
    paths: Paths, kind_of: dict[str, str], treated: _Distinct, background: _Distinct, level: float
) -> tuple[pd.DataFrame, Excluded]:
    """Lay out every specification, drop those that repeat another, and give each its power."""
    biases, sets = list(BIASES.values()), paths.pairs[["treated_set", "background_set"]].to_numpy()
    found = stats.differences(treated.arrays(), background.arrays(), sets, biases=biases, level=level)
    models, with_cells, without = list(stats.MODELS), found.treated[0], found.background[0]
    model, bias, pair = (code.ravel() for code in np.indices(found.estimate.shape))
    one, other = sets[pair].T
    frame = pd.DataFrame(
        {
            "pair": pair,
            "treated_set": one,
            "background_set": other,
            "comparator": paths.pairs["comparator"].to_numpy()[pair],
            "model": np.array(models, dtype=object)[model],
            "bias": np.array(list(BIASES), dtype=object)[bias],
            **{name: getattr(found, name).ravel() for name in ("estimate", "low", "high", "background_high")},
            "rate": np.stack([rate.estimate for rate in found.treated])[model, one],
            "background": np.stack([rate.estimate for rate in found.background])[model, other],
            "k": with_cells.k[one].astype(np.int64),
            "women": with_cells.totals[one].astype(np.int64),
            "background_k": without.k[other].astype(np.int64),
            "background_women": without.totals[other].astype(np.int64),
        }
    )
    frame = frame.assign(kind=frame["comparator"].map(kind_of)).sort_values("pair", kind="stable")
    frame = frame[(frame["kind"] != COMPARATOR_KINDS[OWN_CONTROL]) | (frame["bias"] == NO_BIAS)]
    fitted = frame["estimate"].notna()
    frame = frame[fitted]
    alone = (frame["k"] == 1) & (frame["background_k"] == 1)
    frame = frame.assign(fitted=frame["model"], model=frame["model"].mask(alone, ONE_EACH))
    repeated = frame[["pair", "bias"]].join(frame[["estimate", "low", "high"]].round(DIGITS)).duplicated()
    frame = frame[~repeated].reset_index(drop=True)
    for name, order in (("model", [*models, ONE_EACH]), ("bias", list(BIASES))):
        used = [option for option in order if option in set(frame[name])]
        frame[name] = pd.Categorical(frame[name], categories=used, ordered=True)
    answer = np.select([frame["low"] > 0, frame["high"] < 0], [ABOVE, BELOW], UNCLEAR)
    frame = frame.assign(id=[f"S{place + 1:03d}" for place in range(len(frame))], answer=answer)
    excluded = [
        ("models", int(repeated.sum()), "the model changes nothing: " + ALIKE),
        ("models", int((~fitted).sum()), "maximum likelihood has no maximum for these counts"),
    ]
    return _with_power(frame, treated, level).drop(columns="fitted"), excluded


def _common_rate(frame: pd.DataFrame) -> tuple[str, int, str]:
    pooled = frame[(frame["k"] > 1) | (frame["background_k"] > 1)]
    why = "their women, cells and follow-up differ, and so may their rates"
    return "model: common rate of all studies", len(pooled.drop_duplicates(["pair", "bias"])), why


def _with_power(frame: pd.DataFrame, treated: _Distinct, level: float) -> pd.DataFrame:
    """Compute what each specification could have detected; the rates of each treated data set are tabulated once."""
    least = pd.Series(0, index=frame.index)
    for place, rows in frame.groupby("treated_set"):
        totals = treated.frames[int(str(place))]["total"].astype(int)
        wanted = {name: stats.MODELS[name] for name in rows["fitted"].unique()}
        table = stats.rates_by_count(totals, wanted, level=level)
        for name, own in rows.groupby("fitted"):
            least[own.index] = stats.least_declared(
                table[str(name)], own["background"], own["background_high"]
            )
    none = frame["background"] == 0
    planned = frame["background"].mask(none, 0.5 / (frame["background_women"] + 1))
    aim = (2 * planned).where(planned < 0.5, (1 + planned) / 2)
    power = stats.power_to_declare(aim, least, frame["women"])
    detectable = stats.detectable_rate(least, frame["women"], power=POWER)
    return frame.assign(least=least, detectable=detectable, aim=aim, power=power, powered=power >= POWER)


def _taken(frame: pd.DataFrame, paths: Paths) -> pd.DataFrame:
    """List the options that lead to each specification."""
    own = frame[["id", "pair"]].merge(paths.options, on="pair")
    made = frame[["id", "model", "bias"]].astype("str").melt("id", var_name="choice", value_name="option")
    return pd.concat([own, made], ignore_index=True)[["id", "choice", "option"]].astype("str")
