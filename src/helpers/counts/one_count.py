"""The rules by which each woman is counted once, as a plain proportion of women: for comparing and for pooling counts.

Every rule is about what a row says of itself. No study is named here. A rule takes the rows of one outcome and gives
the reason for each that breaks it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache, partial

import numpy as np
import pandas as pd

from helpers.counts.cohorts import (
    larger_cohorts,
    overlap_lists,
    same_women,
    sum_arms,
    within_a_part,
)
from helpers.counts.likeness import with_likeness
from helpers.counts.one_row import Rule, first_broken, preferred, reason_for
from helpers.counts.outcomes import outcome_rows
from helpers.errors import ChoiceError
from helpers.evidence import Evidence
from helpers.evidence.vocabulary import phrase

TREATED, OWN_CONTROL, BACKGROUND = "treated with cells", "own control", "background"
UNTREATED, OTHER_TREATMENT = "untreated", "other treatment"
#: Women of several conditions, or cells of several sources.
MIXED = "mixed"
_ARM = ["study_id", "arm_id"]


def arm_counts(ev: Evidence, outcome: str | list[str], *, level: float) -> pd.DataFrame:
    """Describe every count of an outcome, or of several words for it, by the columns that the rules need.

    Rows of `outcome_rows` as `described` completes them. Raises ValueError if an outcome is not known.
    """
    # Refuses what is not known.
    asked = ev.select("outcomes", outcome=outcome)
    rows = _every_count(ev, level)
    return rows[rows.index.isin(asked.index)]


@lru_cache(maxsize=2)
def _every_count(ev: Evidence, level: float) -> pd.DataFrame:
    """Describe all outcomes at once: a notebook asks for one after the other, and some of them several times."""
    rows = outcome_rows(ev, ev.select("outcomes"), interval="clopper-pearson", level=level)
    return described(ev, rows)


def first_word(rows: pd.DataFrame, words: Iterable[str]) -> pd.Series[str]:
    """Give for each row the first of several outcomes, in their order, that its study counts."""
    order = list(words)
    places = rows["outcome"].map(order.index)
    return places.groupby(rows["study_id"]).transform("min").map(dict(enumerate(order))).astype("str")


def known_words(given: Iterable[str], known: set[str], what: str) -> set[str]:
    """Return the words given as a set; raise ValueError where there are none, or one is not known."""
    asked = {given} if isinstance(given, str) else set(given)
    strange = sorted(asked - known)
    if strange or not asked:
        wrong = repr(strange[0]) if strange else "none"
        raise ChoiceError(f"{what}: {wrong} given; choose from {', '.join(sorted(known))}")
    return asked


def asked_for(
    ev: Evidence, *, condition: Iterable[str], tissue: Iterable[str], access: Iterable[str]
) -> dict[str, set[str]]:
    """Check conditions, tissues and depths of reading as `known_words` does; ``"all"`` is one too."""
    return {
        name: known_words(words, {"all", *column}, name)
        for name, words, column in (
            ("condition", condition, ev.studies["condition"]),
            ("tissue", tissue, ev.studies["tissue"]),
            ("access", access, ev.sources["access"]),
        )
    }


def among(rows: pd.DataFrame, asked: dict[str, set[str]]) -> pd.DataFrame:
    """Keep the rows of the conditions and tissues of `asked_for`."""
    for column in ("condition", "tissue"):
        if "all" not in asked[column]:
            rows = rows[rows[column].isin(asked[column])]
    return rows


def with_women(names: pd.Series[str], population: pd.Series[str]) -> pd.Series[str]:
    """Add to names of studies or arms who their women were, where the word for the condition says less."""
    return names + (" (" + population + ")").fillna("")


def arm_names(rows: pd.DataFrame) -> pd.Series[str]:
    """Name each arm, a treated arm by its study alone where it is the only one; a randomised control is marked."""
    several = rows.groupby(["study_id", "side"])["arm_id"].transform("nunique") > 1
    alone = (rows["side"] == TREATED) & ~(several & rows["sums"].eq(False))
    part = (", " + rows["subgroup"]).fillna("")
    drawn = (rows["side"] == OWN_CONTROL) & (rows["design"] == "rct")
    arm = (": " + rows["arm_label"]).where(~alone, "")
    return rows["study_label"] + part + arm + drawn.map({True: " (randomised)", False: ""})


def described(ev: Evidence, rows: pd.DataFrame) -> pd.DataFrame:
    """Add the columns that the rules need to rows of `outcome_rows`; rows that are neither treated nor a comparator are dropped.

    side is `TREATED`, `OWN_CONTROL` or `BACKGROUND`; kind divides the last into `UNTREATED` and `OTHER_TREATMENT`.
    stratum is the condition, with the tissue where it is of several. months is that of the count, else of the study.
    sums marks a sum of arms, mixes one of arms of several kinds; same_as names the arm that holds these women too,
    overlaps the studies that may share women, withdrawn marks what is retracted, and experimental an arm without cells
    whose treatment is itself on trial. conception, severity, co_treatment and
    the ages are those of the arm, conception and severity of the count itself where its own words say them.
    """
    arms = ev.arms.assign(same_as=same_women(ev)).set_index(_ARM)
    studies = ev.studies.set_index("study_id")
    arm = pd.MultiIndex.from_frame(rows[_ARM])
    # Beside the arm that was treated, women without it may still have had hormones or IVF.
    nothing = (rows["arm_kind"] == "untreated") & arms["co_treatment"].reindex(arm).isna().to_numpy()
    kinds = ev.arms[ev.arms["arm_id"] != "all"].groupby("study_id")["kind"].nunique()
    study = rows["study_id"]
    ours = rows["role"].isin(["cited", "treatment"])
    cells = rows["arm_kind"].isin(["cells", "mixed"])
    side = np.select(
        [ours & cells, ours, rows["role"] == "background"], [TREATED, OWN_CONTROL, BACKGROUND], ""
    )
    described = rows.assign(
        side=side,
        kind=np.select([side != BACKGROUND, nothing], [side, UNTREATED], OTHER_TREATMENT),
        stratum=strata(ev, rows),
        months=rows["timepoint_months"].fillna(rows["follow_up_months"]),
        sums=sum_arms(ev, rows),
        same_as=arms["same_as"].reindex(arm).set_axis(rows.index),
        mixes=(rows["arm_kind"] == "mixed") | (rows["arm_id"] == "all") & (study.map(kinds) > 1),
        withdrawn=withdrawn(ev, rows),
        experimental=(arms["standing"].reindex(arm) == "experimental").to_numpy(dtype=bool)
        & (side != TREATED),
        overlaps=study.map(overlap_lists(studies)),
    )
    described = with_likeness(described, arms.reindex(arm))
    return described[described["side"] != ""]


def strata(ev: Evidence, rows: pd.DataFrame) -> pd.Series[str]:
    """Name for each row the women that may share a pool: their condition, with the tissue where it is of several."""
    tissues = ev.studies.groupby("condition")["tissue"].nunique()
    several = rows["condition"].isin(tissues.index[tissues > 1])
    return rows["condition"].map(phrase) + (" (" + rows["tissue"] + ")").where(several, "")


def withdrawn(ev: Evidence, rows: pd.DataFrame) -> pd.Series[bool]:
    """Mark the rows whose document, or the main one of their study, is retracted."""
    retracted = ev.sources.loc[ev.sources["retracted"].notna(), "source_id"]
    main = rows["study_id"].map(ev.studies.set_index("study_id")["source_id"])
    return rows["retracted"].notna() | main.isin(retracted)


def _retracted(rows: pd.DataFrame) -> pd.Series[str]:
    return reason_for(rows, rows["withdrawn"], "the paper is retracted")


def _modelled(rows: pd.DataFrame) -> pd.Series[str]:
    return reason_for(
        rows, rows["extraction"] == "model", "a cumulative or modelled rate, no plain share of its total"
    )


def _uncounted(rows: pd.DataFrame) -> pd.Series[str]:
    return reason_for(rows, rows["low"].isna(), "no count with its total was printed")


def _not_women(rows: pd.DataFrame) -> pd.Series[str]:
    broken = rows["total_unit"] != "women"
    return ("counted among " + rows["total_unit"].fillna("an unnamed unit") + ", not women")[broken]


def no_rate(rows: pd.DataFrame) -> pd.Series[str]:
    """Exclude counts that are no proportion of the women treated, as `outcomes.no_rate` says."""
    return "no proportion: " + rows.loc[rows["no_rate"] != "", "no_rate"]


def case_report(rows: pd.DataFrame) -> pd.Series[str]:
    """Exclude what was written because of what happened."""
    return reason_for(
        rows, rows["design"] == "case-report", "a case report, told because of what happened: no rate"
    )


def _mixed_arms(rows: pd.DataFrame) -> pd.Series[str]:
    return reason_for(rows, rows["mixes"], "a sum of arms that were treated differently")


def _same_women(rows: pd.DataFrame) -> pd.Series[str]:
    arms = set(zip(rows["study_id"], rows["arm_id"], strict=True))
    again = [pair in arms for pair in zip(rows["study_id"], rows["same_as"], strict=True)]
    return reason_for(
        rows,
        pd.Series(again, index=rows.index),
        "these women are counted in another arm, before they crossed over",
    )


def _part_of_part(rows: pd.DataFrame) -> pd.Series[str]:
    return reason_for(rows, within_a_part(rows), "part of a part of the arm that is counted as a whole")


def _several_parts(rows: pd.DataFrame) -> pd.Series[str]:
    arms = list(zip(rows["study_id"], rows["arm_id"], strict=True))
    parts: dict[tuple[str, str], set[str]] = {}
    for arm, part in zip(arms, rows["subgroup"].fillna(""), strict=True):
        parts.setdefault(arm, set()).add(part)
    several = pd.Series([len(parts[arm]) > 1 and "" not in parts[arm] for arm in arms], rows.index)
    return reason_for(rows, several, "one of several parts of an arm that was not counted as a whole")


#: A plain proportion of women: the first rules for a count.
PLAIN_COUNT: tuple[Rule, ...] = (
    _retracted, _modelled, no_rate, _uncounted, _not_women, case_report,
)  # fmt: skip


def counted_once(apart: Iterable[str] = ()) -> tuple[Rule, ...]:
    """Make the rules that count each woman once; a sum of arms and its parts both stay where they differ in the columns `apart`."""
    return (
        _mixed_arms,
        *preferred(sum=["study_id", "side", *apart]),
        _part_of_part,
        _several_parts,
        *preferred(nearest=[*_ARM, "subgroup"], whole=_ARM, latest=_ARM, largest=_ARM),
        _same_women,
        partial(larger_cohorts, within=["side", "stratum"]),
    )


#: Each woman once, whatever else her arm is.
COUNTED_ONCE: tuple[Rule, ...] = counted_once()


def not_counted(ev: Evidence, rows: pd.DataFrame, further: Iterable[Rule] = ()) -> pd.Series[str]:
    """Say of selected outcomes, outcome by outcome, by which rule each does not count; empty where it does.

    They are judged as they stand in the evidence.
    """
    counts = _every_count(ev, 0.95)
    counts = counts[counts["evidence_row"].isin(rows["evidence_row"])]
    why = pd.Series("a study that did not count women", index=rows["evidence_row"], dtype="str")
    for _, part in counts.groupby("outcome", sort=False):
        why.update(first_broken(part.set_index("evidence_row"), (*PLAIN_COUNT, *COUNTED_ONCE, *further)))
    return why.set_axis(rows.index)
