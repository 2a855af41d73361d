"""For which treated women a comparator counts others than the like ones of the same study."""

from __future__ import annotations

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.vocabulary import phrase
from helpers.questions.background.matching import OTHER_COUNT, candidates
from helpers.questions.background.rows import comparable
from helpers.questions.robustness.rows import Multiverse

_COLUMNS = ["evidence_row", "comparator", "used", "treated", "nearer", "conception"]


def nearer_counts(ev: Evidence, multiverse: Multiverse) -> pd.DataFrame:
    """List the comparators that the matching of `helpers.questions.background` bars for a treated study, with the count it takes instead.

    One row per comparator that any specification pairs with the study: evidence_row, comparator and used (its label and count), treated (the study),
    nearer (the other count of the same cohort) and conception (how the women of the latter conceived).
    """
    pairs = multiverse.specifications[["treated_set", "background_set"]].drop_duplicates()
    paired = {
        (str(mine), str(theirs))
        for treated, others in pairs.itertuples(index=False)
        for mine in multiverse.sets[int(treated)]["evidence_row"]
        for theirs in multiverse.comparators[int(others)]["evidence_row"]
    }
    words = dict.fromkeys(word for rows in multiverse.sets for word in rows["outcome"])
    found = [_of_outcome(ev, str(word), paired) for word in words]
    rows = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=_COLUMNS)
    return rows.drop_duplicates(["evidence_row", "treated"], ignore_index=True)


def _of_outcome(ev: Evidence, outcome: str, paired: set[tuple[str, str]]) -> pd.DataFrame:
    both = candidates(comparable(ev, outcome=outcome))
    like = both[both["why"] == ""]
    rows = [
        {
            "evidence_row": row.evidence_row_b, "comparator": row.study_label_b, "used": row.count_text_b, "treated": row.study_label,
            "nearer": other.count_text_b, "conception": phrase(str(other.conception_b)),
        }
        for row in both[both["why"] == OTHER_COUNT].itertuples()
        if (row.evidence_row, row.evidence_row_b) in paired
        for other in like[(like["name"] == row.name) & (like["study_id_b"] == row.study_id_b)].itertuples()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=_COLUMNS)
