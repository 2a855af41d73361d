"""Findings of the checks of reported numbers, as tidy rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers.checks import OF_COUNTS, RULES, Confidence, Finding, check_numbers
from helpers.checks.percentages import possible_denominators
from helpers.evidence import Evidence
from helpers.evidence.provenance import short_name
from helpers.evidence.vocabulary import FIRST_HAND, phrase

_COLUMNS = [
    "rule", "about", "role", "own", "what", "table", "printed", "possible", "confidence", "evidence", "documents", "name",
]  # fmt: skip
#: Rows by the name and the value of their keys.
_Named = dict[tuple[str, str], dict[Any, Any]]
#: The largest total tried: above it most percentages with one decimal are possible, and the test says little.
LARGEST_TOTAL = 100


def finding_rows(ev: Evidence, findings: Iterable[Finding]) -> pd.DataFrame:
    """Turn findings into tidy rows, each with a name of its own.

    `about` is the study or document; where a figure comes from a document of others, it is that document and the
    study that it reports on. `role` is ``document`` where the row is about no study. `own` says whether all figures
    come from documents of the study itself, and `documents` which these are. `what` is the outcome or measure, with
    its subgroup.
    """
    named = _named(ev)
    frame = pd.DataFrame([_row(named, finding) for finding in findings], columns=_COLUMNS)
    repeated = frame.groupby("name").cumcount().astype(str)
    frame["name"] = frame["name"].where(repeated == "0", frame["name"] + "." + repeated)
    return frame


def _named(ev: Evidence) -> _Named:
    """Give studies and documents by the name and the value of their keys."""
    tables = ((ev.studies, "study_id"), (ev.sources, "source_id"))
    return {(key, row[key]): row for frame, key in tables for row in frame.to_dict("records")}


def _row(named: _Named, finding: Finding) -> dict[str, object]:
    study, source = finding.keys.get("study_id", ""), finding.keys.get("source_id", "")
    about, own, documents = _whose(named, finding)
    keys = [finding.keys.get(column, "") for column in ("outcome", "measure", "item", "characteristic")]
    what = next((phrase(key) for key in keys if key), "")
    subgroup = finding.keys.get("subgroup", "") if len(finding.rows) == 1 else ""
    name = ".".join(["finding", finding.rule, study or source, what.replace(" ", "-") or finding.table])
    return {
        "rule": finding.rule,
        "about": about,
        "role": named["study_id", study]["role"] if study else "document",
        "own": own,
        "what": f"{what}, {subgroup}" if subgroup else what,
        "table": finding.table,
        "printed": finding.printed,
        "possible": finding.possible,
        "confidence": str(finding.confidence),
        "evidence": finding.evidence,
        "documents": documents,
        "name": name,
    }


def _whose(named: _Named, finding: Finding) -> tuple[str, bool, str]:
    """Name what a finding is about, say whether all its figures are of the study itself, and name the documents.

    A contradiction that another document makes is about that document, and is no charge against the paper.
    """
    study = finding.keys.get("study_id", "")
    names = {document: short_name(named["source_id", document]) for document in finding.documents}
    documents = "; ".join(names.values())
    if not study:
        return documents, True, documents
    label, main = (str(named["study_id", study][name]) for name in ("label", "source_id"))
    others = [
        name
        for document, name in names.items()
        if document != main and named["source_id", document]["kind"] not in FIRST_HAND
    ]
    return f"{'; '.join(others)} on {label}" if others else label, not others, documents


def rule_counts(rows: pd.DataFrame, rules: Iterable[str] = ("all",)) -> pd.DataFrame:
    """Count findings by rule (rows) and confidence (columns); a rule that ran and found nothing has a row of zeros."""
    counts = pd.crosstab(rows["rule"], rows["confidence"])
    given = list(rules)
    asked = [rule for rule in RULES if "all" in given or rule in given]
    return counts.reindex(index=asked, columns=["certain", "likely", "possible"], fill_value=0)


def denominator_rows(ev: Evidence, findings: Iterable[Finding]) -> pd.DataFrame:
    """Work out for each percentage in question which totals could have given it.

    `total` is as printed, else the women enrolled; `totals` lists those that fit. Percentages of a total above
    `LARGEST_TOTAL` are excluded.
    """
    outcomes = ev.select("outcomes")
    women = outcomes["arm_n"].fillna(outcomes["n_enrolled"])
    rows, named = [], _named(ev)
    for finding in findings:
        if not finding.rule.startswith("percentage-of"):
            continue
        of_enrolled = finding.rule == "percentage-of-enrolled"
        totals = women if of_enrolled else ev.tables[finding.table]["total"]
        total = int(totals[finding.rows[0] - 2])
        if total > LARGEST_TOTAL:
            continue
        percent = finding.printed.partition(" %")[0]
        fitting = sorted({n for _, n in possible_denominators(percent, LARGEST_TOTAL)})
        label = f"{_whose(named, finding)[0]}: {finding.printed}"
        document = finding.keys.get("source_id", "") or finding.keys.get("study_id", "")
        rows.append((label, total, fitting, ev.cite(document)))
    return pd.DataFrame(rows, columns=["label", "total", "totals", "citation"])


def doubted_counts(ev: Evidence) -> dict[str, str]:
    """Map rows of `outcomes` (as ``outcomes row 14``) to the likely or certain findings about them, in words."""
    sure = [str(Confidence.LIKELY), str(Confidence.CERTAIN)]
    doubts: dict[str, list[str]] = {}
    for finding in check_numbers(ev, OF_COUNTS, sure):
        if finding.table == "outcomes":
            words = f"{finding.rule}: {finding.printed}; {finding.confidence}"
            doubts.setdefault(finding.evidence[0], []).append(words)
    return {row: "; ".join(words) for row, words in doubts.items()}
