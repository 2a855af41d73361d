"""The extraction sheet of a study: a form for every table that a study can fill, made from the schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.evidence.columns import Table
from helpers.evidence.faults import meant
from helpers.evidence.package import Evidence
from helpers.evidence.units import CANONICAL, known_units
from helpers.evidence.vocabulary import FIRST_HAND
from helpers.intake.new_rows import DELETE, STANDING, mark

#: The tables that a study of women fills, in the order of filling.
_USUAL = (
    "sources", "studies", "arms", "baseline", "outcomes", "measurements", "changes", "statements",
    "risk_of_bias", "double_extraction", "discrepancies",
)  # fmt: skip
#: The tables that few documents fill, and which those are.
SELDOM = {
    "secretion": "a document that compares what cells of two sources secrete",
    "mechanisms": "a document with a finding for or against a mechanism",
    "factors": "a document with a finding for or against a factor",
    "pooled": "a meta-analysis",
    "reference_values": "a document with thresholds, reference ranges, variabilities, prevalences or biological times",
}
#: The tables that can be filled in: all but those on the article itself.
TABS = (*_USUAL, *SELDOM)
#: A row whose first cell begins so is an example; it is not imported.
EXAMPLE = "example:"
#: The first words of a sheet, before the study that it is made for.
TITLE = "Extraction sheet of "
OF_STANDING = f"names the row as it is in the tables; leave it, or write '{DELETE}' to take the row out"
#: Tabs that hold no rows.
INSTRUCTIONS, MEANINGS, LISTS = "instructions", "words", "lists"
#: Columns that are filled in beforehand; a row with nothing else counts as blank.
PREFILLED = ("study_id", "source_id")
#: The tables of levels, whose units the rules know.
_LEVELS = ("measurements", "reference_values")
#: Rows with ids filled in beforehand, of tables in which a study has several.
_READY = 50


@dataclass(frozen=True)
class Tab:
    """A tab before it is filled in; cells are in the order of the columns."""

    table: Table
    #: A row of the tables, marked as an example.
    example: list[str]
    #: The rows of the study that are in the tables.
    standing: list[list[str]]
    #: A row with the ids filled in.
    blank: list[str]
    #: How many such rows a workbook gets.
    ready: int
    #: The units known for a column `unit`, by what they are of.
    units: dict[str, list[str]]

    @property
    def columns(self) -> list[str]:
        """The names of the columns: those of the table, and one that names the rows that are there already."""
        return [*self.table.columns, *([STANDING] if self.standing else [])]

    def rows(self, ready: int) -> list[list[str]]:
        """Give the rows below the header, `ready` of them to be filled in."""
        named = [[*row, mark(row)] for row in self.standing]
        other = [[""]] if named else [[]]
        return [self.example + other[0], *named, *[self.blank + other[0]] * ready]


@dataclass(frozen=True)
class Form:
    """An extraction sheet before it is filled in."""

    #: The `study_id`.
    key: str
    #: Name of a study that is in the tables; empty for a new one.
    label: str
    #: By table, in the order of `TABS`.
    tabs: dict[str, Tab]

    @property
    def standing(self) -> int:
        """How many rows of the study are in the tables."""
        return sum(len(tab.standing) for tab in self.tabs.values())


def new_form(key: str, ev: Evidence) -> Form:
    """Make the form of a new study, with no rows but ids and the fullest row of each table as example.

    The key also names its main document. Raises ValueError if it has not the form of an identifier, or is in use.
    """
    if not re.fullmatch(ev.schema.tables["studies"].columns["study_id"].pattern, key, flags=re.ASCII):
        raise ValueError(
            f"{key!r} is no key of a study: small letters, digits, hyphens and dots, as smith2027"
        )
    studies = ev.printed["studies"].set_index("study_id")
    if key in studies.index:
        raise ValueError(
            f"{key!r} is in studies.csv already: {_study_words(studies.to_dict('index')[key])}. To add to that study or to correct "
            f"it, give --deepen; for another study choose another key, as {key}b"
        )
    if key in set(ev.printed["sources"]["source_id"]):
        raise ValueError(f"{key!r} is in sources.csv already; choose another key, as {key}b")
    return Form(key, "", {name: _tab(name, ev, key, key) for name in TABS})


def deepening_form(key: str, ev: Evidence) -> Form:
    """Make the form of a study that is in the tables, with its rows as they are there, to the letter.

    Those are the rows about the study, the documents that they name, and, of tables without a study, the rows from
    its papers, preprints and registry records. Raises ValueError if there is no such study.
    """
    shipped = ev.printed
    studies = shipped["studies"].set_index("study_id")
    if key not in studies.index:
        raise ValueError(f"there is no study {key!r} to deepen; {meant(key, studies.index)}")
    of_study = {name: shipped[name]["study_id"] == key for name in TABS if "study_id" in shipped[name]}
    named = {source for name, rows in of_study.items() for source in shipped[name]["source_id"][rows]}
    sources = shipped["sources"]
    of_named = sources["source_id"].isin(named)
    # A review reports on many studies: its rows are not of this one.
    own_documents = set(sources.loc[of_named & sources["kind"].isin(FIRST_HAND), "source_id"])
    rows = {"sources": sources[of_named]}
    for name in TABS[1:]:
        frame = shipped[name]
        own = frame["source_id"].isin(own_documents)
        if name in of_study:
            # Discrepancies can be about a document and no study.
            own = of_study[name] | own & (frame["study_id"] == "")
        rows[name] = frame[own]
    main = str(studies.loc[key, "source_id"])
    tabs = {name: _tab(name, ev, key, main, rows[name]) for name in TABS}
    return Form(key, str(studies.loc[key, "label"]), tabs)


def _tab(name: str, ev: Evidence, study: str, source: str, rows: pd.DataFrame | None = None) -> Tab:
    table = ev.schema.tables[name]
    columns = list(table.columns)
    example = [str(cell) for cell in _fullest(ev.printed[name], ev.printed["studies"]).tolist()]
    example[0] = f"{EXAMPLE}{example[0]}"
    standing = [] if rows is None or rows.empty else rows.to_numpy().tolist()
    ids = {"study_id": study, "source_id": source}
    # A study has one row here, and one main document: where they are already, no other is theirs.
    ready = int(rows is None) if name in ("sources", "studies") else _READY
    blank = [ids.get(column, "") if _belongs(table, column) else "" for column in columns]
    return Tab(table, example, standing, blank, ready, _units_of(table, ev.printed[name]))


def _fullest(table: pd.DataFrame, studies: pd.DataFrame) -> pd.Series[str]:
    if "study_id" in table.columns:
        # A row of a cited study where there is one: those have been read most closely.
        cited = table["study_id"].isin(studies.loc[studies["role"] == "cited", "study_id"])
        table = table[cited] if cited.any() else table
    return table.iloc[(table != "").sum(axis="columns").argmax()]


def _units_of(schema: Table, table: pd.DataFrame) -> dict[str, list[str]]:
    """List units by what they are of: those that the rules know, and those in the table."""
    columns = schema.columns
    if "unit" not in columns:
        return {}
    of = "item" if "item" in columns else "measure"
    units = {measure: known_units(measure) for measure in CANONICAL} if schema.name in _LEVELS else {}
    for what, unit in sorted(set(zip(table[of], table["unit"], strict=True))):
        # Free names of measures are too many to list the units of each.
        known = units.setdefault(str(what) if what in units or columns[of].vocabulary else "others", [])
        if unit and unit not in known:
            known.append(str(unit))
    return {what: known for what, known in units.items() if known}


def _study_words(study: Mapping[Any, Any]) -> str:
    """Name a study so that another one of the same name is noticed."""
    parts = [study["label"], study["condition"], study["design"], study["country"]]
    women = f"{study['n_enrolled']} women" if study["n_enrolled"] else ""
    return ", ".join(filter(None, [*parts, women]))


def instructions(form: Form, file: str) -> list[str]:
    """Say in plain words how the sheet `file` is filled in: one sentence or heading per line; headings end without a point."""
    about = {name: tab.table.description for name, tab in form.tabs.items()}
    first_three = (
        "The first three must be filled in; of the others those for which the study reports something."
    )
    return [
        f"{TITLE}{form.key}",
        "Fill in what the documents say; leave blank what they do not say.",
        *(_of_standing(form) if form.label else []),
        "",
        "Order of filling",
        *(f"{number}. {name}: {about[name]}" for number, name in enumerate(_USUAL, start=1)),
        *([] if form.label else [first_three]),
        "",
        "Seldom needed",
        *(f"{name}, for {whose}: {about[name]}" for name, whose in SELDOM.items()),
        "Their tabs are grey and come last. A document of which only these are read needs no study and no arm.",
        "",
        "Rules",
        "Blank means not reported or not seen. Write no 0, NA, dash or question mark for it, and guess nothing.",
        "A sheet is that of one study: import refuses rows of another, without --also and its study_id.",
        "One row is one fact. Two documents that report different facts give two rows, and a row in discrepancies.",
        "Every fact names its document (source_id, a row of the tab sources) and the place in it (locator, as "
        "'Table 2, row FSH' or 'Abstract, Results, sentence 3').",
        "A document is found by its DOI, written as 10.1111/cpr.12938, or, where it has none, by its url.",
        "Copy numbers as printed, with a point for the decimals and without thousands separators. Write no unit "
        "into a cell with a number; units have their own column.",
        "Write plain characters: a power of ten as 10^7, no mark of a footnote. Import refuses cells with raised, lowered or "
        "struck characters, and numbers that a number format shows as others.",
        "In a workbook the columns of numbers are text too, so that 15.0 keeps its decimals: leave them so, and pass "
        "over the mark that a number is stored as text.",
        "Columns with bold black names must be given in every row. Point at a name to see meaning, unit and form.",
        f"Columns with words have a drop-down; the tab {MEANINGS} says what each word means. So have units; another "
        "unit than those of the list can be typed, and is refused where it is none of its measure.",
        "A study that may have women in common with another names it in overlaps_with; import has the other name it in return.",
        f"A row whose first cell begins with '{EXAMPLE}' is an example and is not imported. Leave it or delete it.",
        f"A row in which only {' and '.join(PREFILLED)} are filled in counts as blank. A row may be left blank.",
        "Use no formulas. Add no columns or tabs; remarks go into note, not into comments on cells. Tabs that stay blank "
        "may be deleted.",
        "",
        "When it is filled in",
        f"reanalysis import {file} --dry-run    checks the sheet and shows what would be added",
        f"reanalysis import {file}              adds all of it, or nothing where anything is wrong",
        "Importing again adds only what is new. A row that differs from the one in the tables is refused without --replace.",
    ]


def _of_standing(form: Form) -> list[str]:
    return [
        "",
        f"What the tables already have: {form.label}",
        f"The {form.standing} rows of the study are below the example of each tab, in a workbook on a blue ground. "
        "Add what is missing in the rows below them.",
        "Rows that you leave as they are change nothing at import. Rows that you delete here stay in the tables: to take one "
        f"out, write '{DELETE}' into its last column, {STANDING}.",
        "A corrected cell is refused by import, which shows both values, without --replace. So is a row to be taken out.",
        f"The row is known by its {STANDING}, so that a month or another part of its key can be corrected too. A row that you copy "
        "is a new one.",
    ]  # fmt: skip


def form_of(table: Table, column: str, units: Mapping[str, list[str]]) -> str:
    """Describe a column, one line each: meaning, unit, whether it must be given, and what may be in it."""
    rules = table.columns[column]
    lines = [rules.description, "must be given" if rules.required else "blank if not reported"]
    if column in table.key:
        lines.append("one of the columns that distinguish rows")
    if rules.unit:
        lines.append(f"unit: {rules.unit}")
    if rules.vocabulary:
        lines.append("a word of the list")
    elif rules.references:
        other, key = rules.references.split(".")
        lines.append(f"as in {other}, column {key}")
    else:
        kinds = {"text": "text", "number": "number, decimals with a point", "integer": "whole number"}
        lines += [kinds[rules.kind], *rules.rules]
    if column == "unit":
        of: dict[str, list[str]] = {}
        for what, known in units.items():
            of.setdefault(", ".join(known), []).append(what)
        lines += [f"{', '.join(whats)}: {known}" for known, whats in of.items()]
    return "\n".join(lines)


def _belongs(table: Table, column: str) -> bool:
    """Return whether a column holds the new id: not a document where naming one is the exception."""
    return column == "study_id" or (column in table.columns and table.columns[column].required)
