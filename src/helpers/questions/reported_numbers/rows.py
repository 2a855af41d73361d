"""Findings of the checks of reported numbers, as tidy rows and as a table."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.checks import RULES, Confidence, Finding, check_numbers
from helpers.checks.percentages import possible_denominators
from helpers.evidence import Evidence
from helpers.evidence.provenance import short_name
from helpers.evidence.vocabulary import FIRST_HAND, phrase

_COLUMNS = [
    "rule", "about", "role", "own", "table", "what", "printed", "possible", "confidence", "evidence", "documents", "citation",
    "name",
]  # fmt: skip
#: The largest total tried: above it most percentages with one decimal are possible, and the test says little.
LARGEST_TOTAL = 100


def finding_rows(ev: Evidence, findings: Iterable[Finding]) -> pd.DataFrame:
    """Turn findings into tidy rows.

    Parameters
    ----------
    ev : Evidence
        The evidence that was checked.
    findings : iterable of Finding
        Made by `helpers.checks.check_numbers`.

    Returns
    -------
    pandas.DataFrame
        One row per finding: rule, about (study or document; where a figure is of a document of others, that
        document and on which study), role of the study (``document`` where the row is about
        no study), own (whether all figures are of documents of the study itself), table, what (outcome or measure, with its subgroup), printed, possible, confidence, evidence (list
        of row names), documents (whose figures they are), citation and a name that is its own.
    """
    told = [_row(ev, finding) for finding in findings]
    frame = pd.DataFrame(told, columns=_COLUMNS)
    repeated = frame.groupby("name").cumcount().astype(str)
    frame["name"] = frame["name"].where(repeated == "0", frame["name"] + "." + repeated)
    return frame


def _row(ev: Evidence, finding: Finding) -> dict[str, object]:
    study, source = finding.keys.get("study_id", ""), finding.keys.get("source_id", "")
    identifier = study or source
    about, own, documents = _whose(ev, finding)
    parts = [finding.keys.get(part, "") for part in ("outcome", "measure", "item", "characteristic")]
    what = next((phrase(part) for part in parts if part), "")
    subgroup = finding.keys.get("subgroup", "") if len(finding.rows) == 1 else ""
    return {
        "rule": finding.rule,
        "about": about,
        "role": ev.studies.set_index("study_id")["role"][study] if study else "document",
        "own": own,
        "table": finding.table,
        "what": f"{what}, {subgroup}" if subgroup else what,
        "printed": finding.printed,
        "possible": finding.possible,
        "confidence": str(finding.confidence),
        "evidence": finding.evidence,
        "documents": documents,
        "citation": ev.cite(source or study),
        "name": ".".join(["finding", finding.rule, identifier, what.replace(" ", "-") or finding.table]),
    }


def _whose(ev: Evidence, finding: Finding) -> tuple[str, bool, str]:
    """Name what a finding is about, tell if all its figures are of the study itself, and name the documents.

    A contradiction that another document makes is about that document, and is no charge against the paper.
    """
    study, sources = finding.keys.get("study_id", ""), ev.sources.set_index("source_id")
    names = {document: short_name(sources.loc[document]) for document in finding.documents}
    documents = "; ".join(names.values())
    if not study:
        return documents, True, documents
    label, main = map(str, ev.studies.set_index("study_id").loc[study, ["label", "source_id"]])
    others = [
        name
        for document, name in names.items()
        if document != main and sources["kind"][document] not in FIRST_HAND
    ]
    return f"{'; '.join(others)} on {label}" if others else label, not others, documents


def rule_counts(rows: pd.DataFrame, rules: Iterable[str] = ("all",)) -> pd.DataFrame:
    """Count findings by rule and confidence.

    Parameters
    ----------
    rows : pandas.DataFrame
        Made by `finding_rows`.
    rules : iterable of str, optional
        The rules that were asked, or ``"all"``.

    Returns
    -------
    pandas.DataFrame
        One row per rule that was asked, whether it found something or not, and a column per confidence.
    """
    counts = pd.crosstab(rows["rule"], rows["confidence"])
    given = list(rules)
    asked = [rule for rule in RULES if "all" in given or rule in given]
    return counts.reindex(index=asked, columns=["certain", "likely", "possible"], fill_value=0)


def denominator_rows(ev: Evidence, findings: Iterable[Finding]) -> pd.DataFrame:
    """Work out for each percentage in question which totals could have given it.

    Parameters
    ----------
    ev : Evidence
        The evidence that was checked.
    findings : iterable of Finding
        Those of other rules, and those with a total above `LARGEST_TOTAL`, are passed over.

    Returns
    -------
    pandas.DataFrame
        label, percent (as printed), total (printed, or the women enrolled), totals (list of int that fit), citation.
    """
    enrolled = ev.select("outcomes")
    women = enrolled["arm_n"].fillna(enrolled["n_enrolled"])
    told = []
    for finding in findings:
        if not finding.rule.startswith("percentage-of"):
            continue
        row = finding.rows[0] - 2
        percent = finding.printed.partition(" %")[0]
        asked = finding.rule == "percentage-of-enrolled"
        total = int(women[row]) if asked else int(ev.tables[finding.table]["total"][row])
        if total > LARGEST_TOTAL:
            continue
        study, source = finding.keys.get("study_id", ""), finding.keys.get("source_id", "")
        told.append(
            {
                "label": f"{_whose(ev, finding)[0]}: {finding.printed}",
                "percent": percent,
                "total": total,
                "totals": sorted({n for _, n in possible_denominators(percent, LARGEST_TOTAL)}),
                "citation": ev.cite(source or study),
            }
        )
    return pd.DataFrame(told, columns=["label", "percent", "total", "totals", "citation"])


def doubted_counts(ev: Evidence) -> dict[str, str]:
    """Name the rows of `outcomes` that a check of reported numbers doubts with some confidence.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.

    Returns
    -------
    dict of str to str
        Name of the row (``outcomes row 14``) to the rule, the figures as printed, and how sure the finding is (likely or certain).
    """
    sure = [str(Confidence.LIKELY), str(Confidence.CERTAIN)]
    doubts: dict[str, list[str]] = {}
    for found in check_numbers(ev, confidence=sure):
        if found.table == "outcomes":
            words = f"{found.rule}: {found.printed}; {found.confidence}"
            doubts.setdefault(found.evidence[0], []).append(words)
    return {row: "; ".join(words) for row, words in doubts.items()}
