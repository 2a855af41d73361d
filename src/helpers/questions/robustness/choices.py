"""Which counts each choice about the data lets in: the data sets of a multiverse, every one by rule."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from helpers.counts.one_count import BACKGROUND, COUNTED_ONCE, TREATED, described, first_word
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
#: What the rules and the tables read: they go through many data sets, and the fewer columns the faster.
_COLUMNS = [
    "study_id", "arm_id", "population", "subgroup", "outcome", "timepoint_months", "events", "total", "total_unit", "extraction",
    "study_label", "condition", "design", "arm_label", "access", "evidence_row", "origin", "proportion", "low", "side", "kind", "stratum",
    "months", "sums", "mixes", "same_as", "withdrawn", "experimental", "overlaps", "conception", "when", "counted", "sound", "reporting",
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
    """A question that is answered under every combination of choices: what is counted, and who was treated, in words."""

    event: str
    whom: str
    tissue: str
    #: Option -> outcomes of the evidence; of several, the first that a study counts.
    outcomes: dict[str, tuple[str, ...]]
    #: Option -> conditions of the studies.
    conditions: dict[str, tuple[str, ...]]

    @property
    def asked_for(self) -> tuple[str, ...]:
        """The conditions that the question is about: those of its first option."""
        return next(iter(self.conditions.values()))


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
    """The data sets of every combination of the choices about the data."""

    #: Choice -> its options, in the order of the product.
    choices: dict[str, list[str]]
    #: The distinct data sets: the treated, the background and randomised controls of the treated (column `side`).
    frames: list[pd.DataFrame]
    #: The place in `frames` of each combination, the last choice changing fastest.
    at: list[int]


def data_sets(ev: Evidence, question: Question) -> DataSets:
    """Make the data set of every combination of choices about the data.

    Outcome, condition, denominator and follow-up are chosen for women with cells and without; who reports a count and
    how deeply the source was read are choices about the treated. A depth that adds no count of the treated is no
    option. All rows keep to the rules of `helpers.questions.background.rows`.
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
    made: dict[tuple[str, str, bytes], tuple[int, ...]] = {}
    frames: dict[tuple[int, ...], pd.DataFrame] = {}
    at = []
    for chosen in product(*choices.values()):
        outcome, _, denominator, *_ = chosen
        stays = np.logical_and.reduce(
            [let_in[denominator][pair] for pair in zip(choices, chosen, strict=True)]
        )
        key = (denominator, outcome, stays.tobytes())
        if key not in made:
            rows = known[denominator][stays]
            rows = rows[(rows["outcome"] == first_word(rows, question.outcomes[outcome])) & rows["sound"]]
            # Few rows count other women when counted among those enrolled.
            made[key] = (*rows.index, *rows["total"])
            frames.setdefault(made[key], rows)
        at.append(list(frames).index(made[key]))
    return DataSets(choices, _comparable(list(frames.values())), at)


def _candidates(ev: Evidence, question: Question, denominator: str) -> pd.DataFrame:
    """Describe every count of the question, among the women printed or among those enrolled."""
    outcomes = list(dict.fromkeys(word for words in question.outcomes.values() for word in words))
    counts = ev.select("outcomes")
    counts = counts[counts["outcome"].isin(outcomes) & (counts["tissue"] == question.tissue)]
    if denominator == ENROLLED:
        counts = _among_enrolled(counts)
    rows = described(ev, outcome_rows(ev, counts, interval="clopper-pearson", level=0.95))
    # Of a study's own controls only the randomised are asked, and what a rule says of a row by itself is asked once.
    sides = rows["side"].isin([TREATED, BACKGROUND]) | (rows["design"] == "rct")
    return rows.assign(
        when=horizon(rows["months"], ev.criteria),
        counted=rows["low"].notna() & (rows["total_unit"] == "women") & (rows["extraction"] != "model"),
        sound=sides & (first_broken(rows, PLAIN) == ""),
    )[_COLUMNS]


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
) -> dict[tuple[str, str], pd.Series[bool]]:
    """Mark the rows that each option of each choice lets in; a choice about the treated lets all others in."""
    others = rows["side"] != TREATED
    words: dict[str, dict[str, Any]] = {
        "outcome": question.outcomes, "condition": question.conditions, "reported by": REPORTED_BY, "read as": read_as
    }  # fmt: skip
    columns = {"reported by": "origin", "read as": "access"}
    masks = {
        (choice, option): rows[columns.get(choice, choice)].isin(allowed) | (others & (choice in columns))
        for choice, options in words.items()
        for option, allowed in options.items()
    }
    short = rows["when"].isin([EARLY, SHORT])
    return {
        **masks,
        **{("denominator", option): rows["counted"] for option in (PRINTED, ENROLLED)},
        ("follow-up", ANY_TIME): rows["counted"],
        ("follow-up", NOT_SHORT): ~short,
        ("follow-up", ONLY_LONG): rows["when"] == LONG,
    }


def _comparable(frames: list[pd.DataFrame]) -> list[pd.DataFrame]:
    """Apply the rules that compare rows of a data set; cohorts stay if they share no women with the treated."""
    frames = [rows[first_broken(rows, [*COUNTED_ONCE, alone]) == ""] for rows in frames]
    if not frames:
        return []
    # The pairs of all sets at once take hardly longer than those of one.
    of_set = np.repeat(np.arange(len(frames)), [len(rows) for rows in frames])
    unlike = unlike_some_treated(pd.concat(frames), of_set)
    kept = []
    for place, rows in enumerate(frames):
        treated = set(rows.loc[rows["side"] == TREATED, "study_id"])
        shares = np.array([bool(treated & set(names)) for names in rows["overlaps"]], dtype=bool)
        kept.append(rows[(rows["side"] != BACKGROUND) | ~(shares | unlike[of_set == place])])
    return kept
