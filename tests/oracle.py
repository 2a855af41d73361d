"""What must hold of the evidence, checked a second time: over rows of text, with nothing of the package.

The form of a column is read from `datapackage.json` and the keys from the codebook; relations are written out here.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data"
FORM = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))["resources"]
_KEYS = re.findall(r"Key: ([a-z0-9_, ]+)\.", (DATA / "README.md").read_text(encoding="utf-8"))
KEYS = {table["name"]: key.split(", ") for table, key in zip(FORM, _KEYS, strict=True)}
_RISING = {
    "arms": ["age_min age_q1 age_median age_q3 age_max", "age_min age_mean age_max"],
    "measurements": ["minimum q1 median q3 maximum", "minimum mean maximum"],
    "changes": ["from_months to_months", "low change high"],
    "pooled": ["low estimate high"],
    "factors": ["low estimate high"],
    "criteria": ["from_months to_months"],
    "reference_values": ["low value high"],
}
_PARTS = {"outcomes": ("events", "total"), "baseline": ("n", "total"), "pooled": ("events", "total")}
_TIMES = {
    "outcomes": ["timepoint_months"],
    "measurements": ["timepoint_months"],
    "changes": ["from_months", "to_months"],
}
_NO_SOURCE = {"computed", "curator", "extractor-a", "extractor-b", "extractor-c"}
_UNITS = {
    "FSH": {"IU/L", "mIU/mL", "U/L", "mU/mL"}, "LH": {"IU/L", "mIU/mL", "U/L", "mU/mL"}, "E2": {"pmol/L", "pg/mL"},
    "AMH": {"ng/mL", "µg/L", "pmol/L"}, "AFC": {"", "follicles"}, "ovarian-volume": {"mL", "ml", "cm3", "cm³"},
    "endometrial-thickness": {"mm"},
}  # fmt: skip

_STATUS = {"not-yet-recruiting", "recruiting", "suspended", "completed", "terminated", "unknown"}
_MASKING = {"open-label", "participants", "outcome-assessors", "single-blind", "double-blind"}

Row = dict[str, str]
Tables = dict[str, list[Row]]


def read(folder: Path) -> Tables:
    """Read every table; a row that is no row of the header breaks the reading."""
    tables = {}
    for table in FORM:
        with (folder / table["path"]).open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file, strict=True)
        tables[table["name"]] = [dict(zip(header, cells, strict=True)) for cells in rows]
    return tables


def broken(folder: Path) -> list[str]:
    """Name everything that does not hold."""
    tables = read(folder)
    checks = (
        _keys,
        _ids,
        _same,
        _arms,
        _figures,
        _times,
        _overlaps,
        _retractions,
        _discrepancies,
        _links,
        _units,
        _readings,
    )
    # Figures are compared only where all of them can be read.
    return list(_cells(tables)) or [fault for check in checks for fault in check(tables)]


@cache
def number(cell: str) -> Decimal | None:
    try:
        value = Decimal(cell)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _cells(tables: Tables) -> Iterator[str]:
    for table in FORM:
        for field in table["schema"]["fields"]:
            for row in tables[table["name"]]:
                fault = _cell_fault(row[field["name"]], field["type"], field.get("constraints", {}))
                if fault:
                    yield f"{table['name']}.{field['name']}: {row[field['name']]!r} {fault}"


def _cell_fault(cell: str, kind: str, limits: dict[str, Any]) -> str | None:
    if cell == "":
        return "is required" if limits.get("required") else None
    if cell != cell.strip():
        return "has blanks around"
    if "enum" in limits and cell not in limits["enum"]:
        return "is no word"
    if "pattern" in limits and not re.fullmatch(limits["pattern"], cell):
        return "has another form"
    if kind == "string":
        return None
    value = number(cell)
    if value is None or (kind == "integer" and value != int(value)):
        return f"is no {kind}"
    outside = value < limits.get("minimum", value) or value > limits.get("maximum", value)
    return "is out of range" if outside else None


def _keys(tables: Tables) -> Iterator[str]:
    for name, columns in KEYS.items():
        seen = set()
        for row in tables[name]:
            key = tuple(number(row[column]) or row[column] for column in columns)
            if key in seen:
                yield f"{name}: {key} stands twice"
            seen.add(key)


def _ids(tables: Tables) -> Iterator[str]:
    for table in FORM:
        for link in table["schema"].get("foreignKeys", []):
            if isinstance(link["fields"], str):
                target = link["reference"]
                known = {row[target["fields"]] for row in tables[target["resource"]]}
                cells = {row[link["fields"]] for row in tables[table["name"]]} - {""}
                yield from (f"{table['name']}: no {cell} in {target['resource']}" for cell in cells - known)


def _arms(tables: Tables) -> Iterator[str]:
    known = {(row["study_id"], row["arm_id"]) for row in tables["arms"]}
    for name, rows in tables.items():
        for row in rows:
            if row.get("arm_id") and (row["study_id"], row["arm_id"]) not in known:
                yield f"{name}: {row['arm_id']} is no arm of {row['study_id']}"


def _figures(tables: Tables) -> Iterator[str]:
    for name, chains in _RISING.items():
        for row in tables[name]:
            for chain in chains:
                figures = [Decimal(row[column]) for column in chain.split() if row[column]]
                if figures != sorted(figures):
                    yield f"{name}: {chain} do not rise: {figures}"
    for name, (part, total) in _PARTS.items():
        for row in tables[name]:
            if row[part] and row[total] and int(row[part]) > int(row[total]):
                yield f"{name}: {row[part]} of {row[total]}"


def _times(tables: Tables) -> Iterator[str]:
    end = {row["study_id"]: row["follow_up_months"] for row in tables["studies"]}
    enrolled = {row["study_id"]: row["n_enrolled"] for row in tables["studies"]}
    for name, columns in _TIMES.items():
        for row in tables[name]:
            for column in columns:
                last = end.get(row["study_id"])
                if row[column] and last and Decimal(row[column]) > Decimal(last):
                    yield f"{name}: {row[column]} months, follow-up {last}"
    sizes = {(row["study_id"], row["arm_id"]): row["n"] for row in tables["arms"]}
    for row in tables["measurements"]:
        most = sizes.get((row["study_id"], row["arm_id"])) or enrolled.get(row["study_id"])
        if row["n"] and most and int(row["n"]) > int(most):
            yield f"measurements: {row['n']} women of {most}"
    for row in tables["arms"]:
        if row["n"] and enrolled.get(row["study_id"]) and int(row["n"]) > int(enrolled[row["study_id"]]):
            yield f"arms: {row['n']} women of {enrolled[row['study_id']]}"
        parts = [
            arm["n"]
            for arm in tables["arms"]
            if arm["study_id"] == row["study_id"] and arm["kind"] == "cells" and arm["arm_id"] != "all"
        ]
        held = int(row["n"] or 0) > sum(map(int, parts)) if all(parts) and parts else False
        if (row["arm_id"], row["kind"]) == ("all", "cells") and held:
            yield f"arms: {row['n']} women with cells, {parts} in the parts"


def _overlaps(tables: Tables) -> Iterator[str]:
    named = {row["study_id"]: set(row["overlaps_with"].split("; ")) - {""} for row in tables["studies"]}
    for study, others in named.items():
        for other in others:
            if other == study or study not in named.get(other, set()):
                yield f"studies: {study} names {other}"


def _same(tables: Tables) -> Iterator[str]:
    for column in ("doi", "pmid"):
        cells = [row[column].lower() for row in tables["sources"] if row[column]]
        yield from (f"sources: {cell} stands twice" for cell in set(cells) if cells.count(cell) > 1)
    for one, other in combinations(tables["studies"], 2):
        if one["label"].lower() == other["label"].lower():
            yield f"studies: {one['study_id']} and {other['study_id']} are both {one['label']}"
        shared = set(one["registry_id"].split("; ")) & set(other["registry_id"].split("; ")) - {""}
        if shared and other["study_id"] not in one["overlaps_with"].split("; "):
            yield f"studies: {one['study_id']} and {other['study_id']} share {shared}"


def _retractions(tables: Tables) -> Iterator[str]:
    for row in tables["sources"]:
        words = re.sub(r"\b(not|no|never)( been)? retract", "", f"{row['title_short']} {row['note']}".lower())
        if re.search(r"\bretract(ed|ion)\b", words) and not row["retracted"]:
            yield f"sources: {row['source_id']} is retracted without a mark"


def _discrepancies(tables: Tables) -> Iterator[str]:
    known = {row["source_id"] for row in tables["sources"]} | _NO_SOURCE
    for row in tables["discrepancies"]:
        for cell in (row["source_1"], row["source_2"]):
            yield from (f"discrepancies: no source {part}" for part in cell.split("; ") if part not in known)


def _links(tables: Tables) -> Iterator[str]:
    for row in tables["claim_evidence"]:
        if row["table"] == "findings":
            yield from _link_to_findings(row["match"], row["field"] + row["expected"])
            continue
        found = tables.get(row["table"], [{}])
        if row["match"]:
            for condition in row["match"].split("; "):
                column, _, value = condition.partition("=")
                found = [other for other in found if _agrees(other.get(column), value)]
        if row["table"] and not found:
            yield f"claim_evidence: {row['match']!r} finds no row of {row['table']}"
        elif row["table"] not in ("", "discrepancies") and not (row["expected"] and row["field"] in found[0]):
            yield f"claim_evidence: {row['field']!r} or {row['expected']!r}"


def _link_to_findings(match: str, idle: str) -> Iterator[str]:
    columns = {condition.partition("=")[0] for condition in match.split("; ")}
    if idle or not columns <= {
        "rule",
        "table",
        "study_id",
        "arm_id",
        "outcome",
        "measure",
        "item",
        "source_id",
    }:
        yield f"claim_evidence: {match!r} or {idle!r} for findings"


def _agrees(cell: str | None, value: str) -> bool:
    if cell is None:
        return False
    if value.startswith("~"):
        return value[1:].casefold() in cell.casefold()
    return cell == value or (number(cell) is not None and number(cell) == number(value))


def _units(tables: Tables) -> Iterator[str]:
    for row in tables["measurements"]:
        level = any(row[column] for column in ("mean", "median", "minimum", "maximum"))
        if level and row["unit"] not in _UNITS.get(row["measure"], {row["unit"]}):
            yield f"measurements: {row['measure']} in {row['unit']!r}"


def _readings(tables: Tables) -> Iterator[str]:
    """How far a text was read, why a count was published, and what became of a trial."""
    for row in tables["sources"]:
        if row["access"] == "full-text" and row["read"] == "cut":
            yield f"sources: {row['source_id']} is whole and cut"
    cases = {row["study_id"] for row in tables["studies"] if row["design"] == "case-report"}
    for row in tables["outcomes"]:
        chosen, happened = row["reporting"] != "", row["events"] not in ("", "0")
        if chosen and (row["events"] == "0" or not row["note"]):
            yield f"outcomes: {row['study_id']} was published for an event without one, or without a reason"
        if happened and row["study_id"] in cases and not chosen:
            yield f"outcomes: {row['study_id']} is a case report"
    for row in tables["statements"]:
        if row["item"] == "status" and row["value"] not in _STATUS:
            yield f"statements: {row['value']!r} is no status"
        if row["item"] == "masking" and row["value"] not in _MASKING:
            yield f"statements: {row['value']!r} is no masking"
