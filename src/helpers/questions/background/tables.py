"""The tables of a comparison with women without cells: what was excluded, what was compared, and with what result."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.vocabulary import capital, phrase
from helpers.questions.background.matching import candidates
from helpers.questions.background.pairs import pair_notes
from helpers.questions.background.rows import Comparable
from helpers.show.numbers import count, in_percent, months_text
from helpers.show.table import Table, table

_LISTED = ["study_label", "arm_label", "condition", "population", "count_text", "evidence_row"]


def left_out_table(counts: Comparable) -> Table:
    """List the counts that were not compared, one row per arm and reason, and the pairs that were not, grouped by reason."""
    rows = pd.concat([counts.left_out, _pairs_left_out(counts)])
    rows = rows.assign(women=rows["condition"] + (": " + rows["population"]).fillna(""))
    by = ["why", "side", "study_label", "arm_label", "women"]
    named = {"counts": ("count_text", "; ".join), "evidence": ("evidence_row", "; ".join)}
    joined = rows.groupby(by, sort=False).agg(**named).reset_index()
    joined = joined.sort_values(["why", "side", "study_label"], kind="stable")
    joined["why"] = joined["why"].map(capital)
    columns = {
        "study_label": "study", "arm_label": "arm", "women": "women", "side": "would be",
        "counts": "events/total", "evidence": "evidence",
    }  # fmt: skip
    note = (
        "Rules, in their order: a count is listed with the first rule that it breaks. A comparator that may be compared with some treated arms "
        "only is listed with the treated arms that it is not compared with. No rule names a study."
    )
    return table(joined, columns, title="Excluded from the comparison, and why", note=note, group="why")


def _pairs_left_out(counts: Comparable) -> pd.DataFrame:
    """List the comparators of the pairs that are not compared, each once per reason, with the treated arms in the column side."""
    both = candidates(counts)
    both = both[both["why"] != ""]
    treated = both.groupby(["why", "evidence_row_b"])["who"].transform(", ".join).astype("str")
    theirs = both.assign(side="comparator of " + treated)[["why", "side", *(f"{name}_b" for name in _LISTED)]]
    theirs = theirs.rename(columns=lambda name: name.removesuffix("_b"))
    return theirs.drop_duplicates(["why", "evidence_row"])


def cohort_table(counts: Comparable, *, level: float) -> Table:
    """List the counts that are compared, one row per arm, grouped by condition."""
    rows = counts.rows
    rows = rows.assign(
        word=rows["outcome"].map(phrase),
        design=rows["design"].map(phrase),
        basis=rows["total_basis"].astype("str").replace("enrolled", "enrolled, not printed with the count"),
        women=rows["population"].fillna(rows["stratum"]),
        conceived=rows["conception"].fillna("not reported"),
        severity=rows["severity"].map(phrase, na_action="ignore").fillna("not reported"),
    )
    columns = {
        "who": "study and arm", "women": "women", "severity": "severity", "conceived": "conception", "kind": "received",
        "design": "design", "word": "counted", "count_text": "events/total",
        "interval_text": f"percent ({in_percent(level)} CI)", "follow_up": "follow-up", "basis": "total",
        "origin": "reported by", "citation": "source", "note": "remark",
    }  # fmt: skip
    title = f"{capital(phrase(counts.outcome))}: the counts that may be compared"
    note = "One count per arm; exact confidence intervals (CI); not adjusted."
    return table(rows, columns, title=title, group="stratum", note=note)


def pair_table(pairs: pd.DataFrame, *, level: float) -> Table:
    """List the differences and probabilities of `background_pairs`, grouped by treated arm."""
    each = list(pairs.itertuples())
    rows = pairs.assign(
        kind=pairs["comparator_kind"].where(~pairs["randomised"], "control of the same study, randomised"),
        women=pairs["comparator_population"].fillna(pairs["stratum"]),
        doubling=[_doubling(row) for row in each],
        months=[_months(row) for row in each],
        differ=[_differences(row) for row in each],
        head=pairs["head"] + ", " + pairs["stratum"],
    )
    columns = {
        "against": "comparator", "women": "women of the comparator", "kind": "kind", "differ": "in what the women differ", "count_text": "events/total of the comparator",
        "gap_text": f"difference, points ({in_percent(level)} CI)", "doubling": "large enough to detect a doubling",
        "chance_text": "P(treated higher)", "bias_text": "bias for P of one half, points", "months": "follow-up treated / comparator",
        "evidence": "evidence",
    }  # fmt: skip
    note = (
        "Difference: treated minus comparator; its confidence interval (CI) from the exact (Clopper-Pearson) limits of both (MOVER). P: posterior probability that the treated "
        "rate is the higher, Jeffreys priors, this comparator taken as it is. Bias: by how much the treated rate would have to be too high, or "
        "the comparator's too low, for P to be one half. Doubling of the comparator's rate: detected with a power of 80 % if both groups are large "
        "enough. Not adjusted: no difference can be attributed to the cells, and a CI that includes zero does not show "
        "that there is none."
    )
    title, note = "Treated against comparator, pair by pair", " ".join([note, *pair_notes(pairs)])
    return table(rows, columns, title=title, note=note, group="head")


def _months(row: Any) -> str:
    return f"{months_text(row.months)} / {months_text(row.background_months)}: {row.window}"


def _differences(row: Any) -> str:
    unknown = f"not known for both: {row.unknown}" if row.unknown else ""
    return "; ".join(filter(None, (row.mismatch, unknown))) or "in nothing reported"


def _doubling(row: Any) -> str:
    if pd.isna(row.too_small):
        return "a rate of 50 % or more cannot double"
    return f"no: {count(row.needed_double)} per arm needed" if row.too_small else "yes"
