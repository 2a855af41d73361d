"""Which counts each choice about the data lets in: the data sets of a multiverse, every one by rule."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.counts.one_count import BACKGROUND, COUNTED_ONCE, OWN_CONTROL, TREATED, described
from helpers.counts.one_row import first_broken
from helpers.counts.outcomes import EARLY, LONG, SHORT, horizon, outcome_rows
from helpers.errors import ChoiceError
from helpers.evidence import Evidence
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import KINDS_OF
from helpers.questions.background.matching import unlike_some_treated
from helpers.questions.background.rows import PLAIN, alone

PRINTED, ENROLLED = "as printed", "enrolled"
ANY_TIME, NOT_SHORT, ONLY_LONG = "any", "none known to be short", "known to be long term"
_PAPER, _ARTICLE, _OTHERS = ORIGINS
#: Who may report on the treated women.
REPORTED_BY = {
    _PAPER: [_PAPER],
    "studies and reviews or press": [_PAPER, _OTHERS],
    "also the article": [_PAPER, _OTHERS, _ARTICLE],
}
#: How deep the source of a count of treated women was read; each option lets in more than the one before it.
_DEPTHS = {
    "text or table": ["full-text", "table", "body-excerpt"],
    "or abstract": ["abstract"],
    "or registry record": ["registry-record"],
    "or second hand": ["secondary", "title"],
}
_COLUMNS = [
    "study_id", "arm_id", "population", "subgroup", "outcome", "timepoint_months", "events", "total", "total_unit", "extraction", "reporting",
    "study_label", "n_enrolled", "arm_n", "condition", "design", "arm_label", "access", "evidence_row", "origin", "proportion",
    "low", "side", "kind", "stratum", "months", "sums", "mixes", "same_as", "withdrawn", "experimental", "overlaps", "conception", "when",
]  # fmt: skip
#: Every choice, as it is named in a sentence.
CHOICE_WORDS = {
    "outcome": "the outcome",
    "condition": "the condition",
    "denominator": "the denominator",
    "reported by": "who reports the counts",
    "read as": "how much of the source is available",
    "follow-up": "the follow-up",
    "comparator": "the comparator",
    "model": "the model",
    "bias": "the bias variance",
}


@dataclass(frozen=True)
class Question:
    """A question that is answered under every combination of choices.

    Attributes
    ----------
    event, whom : str
        What is counted and who was treated, in words.
    tissue : str
        What was treated.
    outcomes : dict of str
        Option -> outcomes of the evidence; of several, the first that a study counts.
    conditions : dict of str
        Option -> conditions of the studies.
    """

    event: str
    whom: str
    tissue: str
    outcomes: dict[str, tuple[str, ...]]
    conditions: dict[str, tuple[str, ...]]


_PREGNANCY = {
    "pregnancy": ("pregnancy",),
    "natural pregnancy": ("natural-pregnancy",),
    "pregnancy by any word": ("pregnancy", *KINDS_OF["pregnancy"]),
}
_LIVE_BIRTH = {
    "live birth": ("live-birth",),
    "live birth, else ongoing": ("live-birth", "birth", "ongoing-pregnancy"),
}
_MENSES = {
    "menses": ("menses-resumed",),
    "menses, else ovarian function": ("menses-resumed", "ovarian-function-improved"),
}
_OVARY = {"POI": ("POI",), "POI, POR or DOR": ("POI", "POR", "DOR")}
_ENDOMETRIUM = {"IUA": ("IUA",), "IUA or thin endometrium": ("IUA", "thin-endometrium")}
#: Live birth comes first: it is what women want to know.
QUESTIONS = {
    "live-birth-above-background": Question("live birth", "POI", "ovary", _LIVE_BIRTH, _OVARY),
    "pregnancy-above-background": Question("pregnancy", "POI", "ovary", _PREGNANCY, _OVARY),
    "menses-resumed-above-background": Question("return of menses", "POI", "ovary", _MENSES, _OVARY),
    "live-birth-after-adhesions": Question(
        "live birth", "intrauterine adhesions", "endometrium", _LIVE_BIRTH, _ENDOMETRIUM
    ),
    "pregnancy-after-adhesions": Question(
        "pregnancy", "intrauterine adhesions", "endometrium", _PREGNANCY, _ENDOMETRIUM
    ),
}


def question_of(name: str) -> Question:
    """Look up one of `QUESTIONS`; raises ValueError for any other name."""
    if name not in QUESTIONS:
        raise ChoiceError(f"question: {name!r} given; choose from {', '.join(QUESTIONS)}")
    return QUESTIONS[name]


@dataclass(frozen=True, eq=False)
class DataSets:
    """The data sets of every combination of the choices about the data.

    Attributes
    ----------
    choices : dict of str
        Choice -> its options, in the order of the product.
    rows : list of pandas.DataFrame
        One per combination, the last choice changing fastest: the treated, the background and randomised controls of the
        treated (column `side`). Combinations that let the same rows in share one frame.
    """

    choices: dict[str, list[str]]
    rows: list[pd.DataFrame]


def data_sets(ev: Evidence, question: Question) -> DataSets:
    """Make the data set of every combination of choices about the data.

    Outcome, condition, denominator and follow-up are chosen for women with cells and without; who reports a count and
    how deeply the source was read are choices about the treated. A depth that adds no count of the treated is no
    option. All rows keep to the rules of `helpers.questions.background.rows`: retracted, modelled or event-triggered
    counts, counts not in women, and cohorts that share women with another are in no data set, and no comparator that
    may not be compared with each of the treated.
    """
    known = {option: _candidates(ev, question, option) for option in (PRINTED, ENROLLED)}
    read_as = _depths(pd.concat(known.values()))
    choices = {
        "outcome": list(question.outcomes),
        "condition": list(question.conditions),
        "denominator": list(known),
        "reported by": list(REPORTED_BY),
        "read as": list(read_as),
        "follow-up": [ANY_TIME, NOT_SHORT, ONLY_LONG],
    }
    let_in = {option: _let_in(rows, question, read_as) for option, rows in known.items()}
    # What a rule asks of a row by itself is asked once, not in each data set.
    sound = {option: _sound(rows) for option, rows in known.items()}
    usable = {option: _usable(rows) for option, rows in known.items()}
    places_of_outcomes = {
        (option, outcome): _outcome_places(known[option], words)
        for option in known
        for outcome, words in question.outcomes.items()
    }
    places: dict[tuple[str, bytes], int] = {}
    frames: list[pd.DataFrame] = []
    at: list[int] = []
    for chosen in product(*choices.values()):
        outcome, _, denominator, *_ = chosen
        masks = [
            let_in[denominator][pair]
            for pair in zip(choices, chosen, strict=True)
            if pair[0] != "denominator"
        ]
        counted = np.logical_and.reduce([usable[denominator], *masks])
        stays = _first_outcome(*places_of_outcomes[denominator, outcome], counted) & sound[denominator]
        key = (denominator, stays.tobytes())
        if key not in places:
            places[key] = len(frames)
            frames.append(known[denominator][stays])
        at.append(places[key])
    # Few rows count other women when counted among those enrolled.
    distinct: dict[tuple[Hashable, ...], pd.DataFrame] = {}
    made = [distinct.setdefault((*frame.index, *frame["total"]), frame) for frame in _comparable(frames)]
    return DataSets(choices, [made[place] for place in at])


def _candidates(ev: Evidence, question: Question, denominator: str) -> pd.DataFrame:
    """Describe every count of the question, among the women printed or among those enrolled."""
    outcomes = list(dict.fromkeys(word for words in question.outcomes.values() for word in words))
    counts = ev.select("outcomes")
    counts = counts[counts["outcome"].isin(outcomes) & (counts["tissue"] == question.tissue)]
    if denominator == ENROLLED:
        counts = _among_enrolled(counts)
    rows = described(ev, outcome_rows(ev, counts, interval="clopper-pearson", level=0.95))
    # The rules are asked many times: what they and the tables do not read is left behind.
    return rows.assign(when=horizon(rows["months"], ev.criteria))[_COLUMNS]


def _among_enrolled(counts: pd.DataFrame) -> pd.DataFrame:
    """Count whole arms among the women of the arm, where these are more or no total was printed."""
    enrolled = counts["arm_n"]
    whole = counts["subgroup"].isna() & counts["total_unit"].fillna("women").eq("women") & enrolled.notna()
    more = whole & counts["events"].notna() & (enrolled > counts["total"].fillna(0))
    return counts.assign(
        total=counts["total"].mask(more, enrolled), total_unit=counts["total_unit"].mask(more, "women")
    )


def _depths(rows: pd.DataFrame) -> dict[str, list[str]]:
    """Return the depths of reading that each option lets in, without options that let in no further count."""
    read = set(rows.loc[(rows["side"] == TREATED) & rows["low"].notna(), "access"])
    options: dict[str, list[str]] = {}
    allowed: list[str] = []
    for option, further in _DEPTHS.items():
        allowed = [*allowed, *further]
        if read & set(further):
            options[option] = allowed
    return options


def _let_in(
    rows: pd.DataFrame, question: Question, read_as: dict[str, list[str]]
) -> dict[tuple[str, str], npt.NDArray[np.bool_]]:
    """Mark the rows that each option of each choice lets in; a choice about the treated lets all others in."""
    others = rows["side"] != TREATED
    short = rows["when"].isin([EARLY, SHORT])
    everything = pd.Series(True, index=rows.index)
    masks = {
        **{("outcome", option): rows["outcome"].isin(words) for option, words in question.outcomes.items()},
        **{
            ("condition", option): rows["condition"].isin(words)
            for option, words in question.conditions.items()
        },
        **{
            ("reported by", option): others | rows["origin"].isin(words)
            for option, words in REPORTED_BY.items()
        },
        **{("read as", option): others | rows["access"].isin(depths) for option, depths in read_as.items()},
        ("follow-up", ANY_TIME): everything,
        ("follow-up", NOT_SHORT): ~short,
        ("follow-up", ONLY_LONG): rows["when"] == LONG,
    }
    return {option: mask.to_numpy(dtype=bool) for option, mask in masks.items()}


def _sound(rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Mark the rows that keep the rules about a single row; a study's own controls only if they are randomised."""
    drawn = (rows["side"] == OWN_CONTROL) & (rows["design"] == "rct")
    sides = rows["side"].isin([TREATED, BACKGROUND]) | drawn
    return (sides & (first_broken(rows, PLAIN) == "")).to_numpy(dtype=bool)


def _usable(rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Mark the rows that are counts among women."""
    usable = rows["low"].notna() & (rows["total_unit"] == "women") & (rows["extraction"] != "model")
    return usable.to_numpy(dtype=bool)


def _outcome_places(
    rows: pd.DataFrame, outcomes: tuple[str, ...]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the study of each row as a number, and the place of its outcome among those asked for."""
    study, _ = pd.factorize(rows["study_id"])
    return study, pd.Index(outcomes).get_indexer(pd.Index(rows["outcome"]))


def _first_outcome(
    study: npt.NDArray[np.int64], place: npt.NDArray[np.int64], stays: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Mark, of the rows that stay, those of the first outcome that their study counts."""
    first = np.full(len(study), place.max(initial=0))
    np.minimum.at(first, study[stays], place[stays])
    first_outcome: npt.NDArray[np.bool_] = stays & (place == first[study])
    return first_outcome


def _comparable(frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Apply the rules that compare rows to every data set; cohorts stay if they share no women with the treated.

    All data sets are checked at once, which takes hardly longer than one: names keep the studies and strata of each
    apart.
    """
    if not frames:
        return []
    ends = np.cumsum([len(frame) for frame in frames])
    of_set = np.repeat(np.arange(len(frames)), np.diff(ends, prepend=0))
    rows = pd.concat(frames, ignore_index=True)
    mark = pd.Series(of_set, index=rows.index).astype("str") + "/"
    overlaps = pd.Series(
        [[mine + name for name in names] for mine, names in zip(mark, rows["overlaps"], strict=True)],
        index=rows.index,
        dtype="object",
    )
    rows = rows.assign(study_id=mark + rows["study_id"], stratum=mark + rows["stratum"], overlaps=overlaps)
    rows = rows[first_broken(rows, COUNTED_ONCE) == ""]
    # Where nobody treated is left, what stands alone is another question.
    anybody = np.isin(of_set[rows.index], of_set[rows.index[rows["side"] == TREATED]])
    rows = pd.concat(group[first_broken(group, [alone]) == ""] for group in (rows[anybody], rows[~anybody]))
    treated = set(rows.loc[rows["side"] == TREATED, "study_id"])
    shares = np.array([bool(treated & set(names)) for names in rows["overlaps"]], dtype=bool)
    shares |= unlike_some_treated(rows, of_set[rows.index])
    kept = np.isin(np.arange(len(of_set)), rows.index[~shares | (rows["side"] != BACKGROUND)])
    return [frame[mine] for frame, mine in zip(frames, np.split(kept, ends[:-1]), strict=True)]
