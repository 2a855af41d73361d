"""The kinds of damage that evidence can suffer, each done to a copy of the shipped tables.

A damage changes a folder and tells the place that must be named for it: file, row as a spreadsheet counts it, and
column; row 0 is the file as a whole. `rule` is part of what must be said there.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from damage import append, edit, row_where

Place = tuple[str, int, str]


@dataclass(frozen=True)
class Damage:
    kind: str
    do: Callable[[Path], Place]
    rule: str


def cell(kind: str, place: str, where: dict[str, str], cells: dict[str, str], rule: str) -> Damage:
    """Change cells of the first row where others stand; the fault lies at ``table.column``."""
    table, column = place.split(".")

    def do(folder: Path) -> Place:
        row = row_where(folder, table, **where)
        edit(folder, table, row, **cells)
        return f"{table}.csv", row, column

    return Damage(kind, do, rule)


def row(kind: str, place: str, cells: dict[str, str], rule: str) -> Damage:
    """Add a copy of the first row with other cells; the fault lies at ``table.column``."""
    table, column = place.split(".")
    return Damage(kind, lambda folder: (f"{table}.csv", append(folder, table, **cells), column), rule)


def content(kind: str, place: Place, change: Callable[[bytes], bytes], rule: str) -> Damage:
    """Change the bytes of a file."""

    def do(folder: Path) -> Place:
        path = folder / place[0]
        before = path.read_bytes()
        path.write_bytes(change(before))
        assert path.read_bytes() != before
        return place

    return Damage(kind, do, rule)


def _in_table(change: Callable[[list[list[str]]], None]) -> Callable[[bytes], bytes]:
    """Change the rows of a file, the header among them."""

    def changed(before: bytes) -> bytes:
        rows = list(csv.reader(before.decode().splitlines()))
        change(rows)
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        return text.getvalue().encode()

    return changed


def _column_added(name: str) -> Callable[[bytes], bytes]:
    def add(rows: list[list[str]]) -> None:
        for number, cells in enumerate(rows):
            cells.append("x" if number else name)

    return _in_table(add)


def _column_lost(name: str) -> Callable[[bytes], bytes]:
    def lose(rows: list[list[str]]) -> None:
        at = rows[0].index(name)
        for cells in rows:
            del cells[at]

    return _in_table(lose)


def _in_line(number: int, change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def changed(before: bytes) -> bytes:
        lines = before.split(b"\n")
        lines[number - 1] = change(lines[number - 1])
        return b"\n".join(lines)

    return changed


def _missing(folder: Path) -> Place:
    (folder / "arms.csv").unlink()
    return "arms.csv", 0, ""


def _stray(folder: Path) -> Place:
    (folder / "outcome.csv").write_text("a\n1\n")
    return "outcome.csv", 0, ""


def _folder_for_file(folder: Path) -> Place:
    (folder / "arms.csv").unlink()
    (folder / "arms.csv").mkdir()
    return "arms.csv", 0, ""


def _too_large(folder: Path) -> Place:
    with (folder / "outcomes.csv").open("r+b") as file:
        file.truncate(200 * 10**6)
    return "outcomes.csv", 0, ""


FILES = [
    Damage("missing file", _missing, "is missing"),
    Damage("folder in the place of a file", _folder_for_file, "is missing"),
    Damage("stray file", _stray, "is no table; did you mean 'outcomes.csv'"),
    Damage("file far too large", _too_large, "the limit is 150 MB"),
    content("empty file", ("claims.csv", 0, ""), lambda _: b"", "is empty"),
    content("header only", ("claims.csv", 0, ""), lambda text: text.split(b"\n")[0] + b"\n", "no row"),
    content("carriage return alone", ("studies.csv", 4, ""), _in_line(4, lambda line: b"\r" + line), "line feed (LF or CRLF)"),
    content("Latin-1", ("studies.csv", 5, "label"),
            _in_line(5, lambda line: line.replace(b",", b",Espa\xf1a ", 1)), "is not UTF-8"),
    content("semicolons in the place of commas", ("criteria.csv", 1, ""), lambda text: text.replace(b",", b";"), "save it with commas"),
    content("cell too many", ("studies.csv", 3, ""), _in_line(3, lambda line: line + b",more"), "cells; the header has"),
    content("cell too few", ("criteria.csv", 3, ""), _in_line(3, lambda line: line.rsplit(b",", 1)[0]), "has 9 cells"),
    content("blank line", ("studies.csv", 3, ""), _in_line(3, lambda line: b"\n" + line), "is a blank row"),
    content("open quote", ("criteria.csv", 42, "criterion_id"), lambda text: text + b'"open', "opens a quote that is not closed"),
    content("column missing", ("studies.csv", 1, "design"), _column_lost("design"), "is a missing column"),
    content("column twice", ("studies.csv", 1, "label"),
            _column_added("label"), "is twice in the header"),
    content("column nobody knows", ("studies.csv", 1, "mood"),
            _column_added("mood"), "is no column of this table"),
]  # fmt: skip

_ROW = {"study_id": "uddin2022", "outcome": "pregnancy"}
_BIRTH = {"outcome": "live-birth", "study_id": "cao2018"}
_UNTREATED = {"study_id": "adolescent-poi-2022", "arm_id": "untreated"}

CELLS = [
    cell("blank key", "criteria.criterion_id", {"criterion_id": "s-fsh"}, {"criterion_id": ""}, "must not be blank"),
    cell("blank place in the source", "outcomes.locator", _ROW, {"locator": ""}, "must not be blank"),
    cell("blank source", "outcomes.source_id", _ROW, {"source_id": ""}, "must not be blank"),
    cell("word that is none", "outcomes.outcome", _ROW, {"outcome": "pregnacy"}, "did you mean 'pregnancy'"),
    cell("word in capitals", "studies.design", {"study_id": "yan2020"}, {"design": "RCT"}, "did you mean 'rct'"),
    cell("text for a number", "outcomes.timepoint_months", _ROW, {"timepoint_months": "one year"}, "is not a number"),
    cell("text for a count", "outcomes.events", _ROW, {"events": "eight"}, "is not a whole number"),
    cell("count with a fraction", "outcomes.events", _ROW, {"events": "8.5"}, "is not a whole number"),
    cell("NaN", "arms.dose_cells", {"study_id": "yan2020"}, {"dose_cells": "nan"}, "is not a number"),
    cell("infinity", "measurements.mean", {"measure": "E2"}, {"mean": "inf"}, "is not a number"),
    cell("number too large for one", "measurements.maximum", {"measure": "E2"}, {"maximum": "1e999"}, "is not a number"),
    cell("decimal comma", "outcomes.percent_reported", _ROW, {"percent_reported": "10,34"}, "is not a number"),
    cell("thousands separator", "studies.n_enrolled", {"study_id": "yan2020"}, {"n_enrolled": "1,061"}, "is not a whole number"),
    cell("number with its unit", "measurements.median", {"measure": "E2"}, {"median": "40 pmol/L"}, "is not a number"),
    cell("digits of another script", "outcomes.events", _ROW, {"events": "٨"}, "is not a whole number"),
    cell("word for not reported", "outcomes.timepoint_months", _ROW, {"timepoint_months": "NA"}, "blank means not reported"),
    cell("blanks around", "outcomes.locator", _ROW, {"locator": "  page 3"}, "blanks at its start or end"),
    cell("blank that does not break", "outcomes.locator", _ROW, {"locator": "page 3\xa0"}, "blanks at its start or end"),
    cell("cell of blanks", "outcomes.note", _ROW, {"note": "   "}, "blanks at its start or end"),
    cell("control character", "outcomes.note", _ROW, {"note": "a\x07b"}, "control characters"),
    cell("line break in a cell", "outcomes.note", _ROW, {"note": "a\nb"}, "control characters"),
    cell("character that cannot be seen", "outcomes.subgroup", _ROW, {"subgroup": "resp\u200bonders"}, "cannot be seen"),
    cell("negative count", "outcomes.events", _ROW, {"events": "-1"}, "0 or more"),
    cell("total of none", "outcomes.total", _ROW, {"total": "0", "events": "0"}, "1 or more"),
    cell("negative time", "outcomes.timepoint_months", _ROW, {"timepoint_months": "-1"}, "0 or more"),
    cell("percentage above 100", "outcomes.percent_reported", _ROW, {"percent_reported": "101"}, "100 or less"),
    cell("p-value above 1", "changes.p_value", {"measure": "Ki67"}, {"p_value": "1.2"}, "between 0 and 1"),
    cell("bound on a p-value in words", "changes.p_value", {"measure": "Ki67"}, {"p_value": "p < 0.05"}, "a bound on one as <0.001"),
    cell("co-treatment in other words", "arms.co_treatment", {"study_id": "nct02062931", "arm_id": "cells"}, {"co_treatment": "hormone-therapy, PRP"}, "joined by '; '"),
    cell("species in other words", "pooled.subgroup", {"subgroup_variable": "species", "subgroup": "mouse"}, {"subgroup": "mice"}, "no subgroup of species; allowed: mouse"),
    cell("cells of vesicles in other words", "pooled.subgroup", {"subgroup": "human UC-MSC"}, {"subgroup": "H-UCMSC"}, "no subgroup of EV-source"),
    cell("negative spread", "measurements.sd", {"measure": "E2", "arm_id": "cells", "study_id": "saharkhiz2024"}, {"sd": "-23.6"}, "0 or more"),
    cell("age of nobody", "arms.age_max", {"study_id": "yan2020"}, {"age_max": "400"}, "120 or less"),
    cell("year of no paper", "sources.year", {"source_id": "yan2020"}, {"year": "20020"}, "2100 or less"),
    cell("malformed identifier", "criteria.domain", {"criterion_id": "s-fsh"}, {"domain": "Hormones (blood)"}, "small letters"),
    cell("malformed claim key", "claims.claim_id", {"claim_id": "c020"}, {"claim_id": "C5"}, "a key as c001"),
    cell("malformed DOI", "sources.doi", {"source_id": "yan2020"}, {"doi": "doi:10.1111/cpr.12938"}, "a bare DOI as"),
    cell("malformed PubMed number", "sources.pmid", {"source_id": "yan2020"}, {"pmid": "PMID 1"}, "digits only"),
    cell("malformed PubMed Central number", "sources.pmcid", {"source_id": "yan2020"}, {"pmcid": "7705906"}, "as PMC7705906"),
    cell("registry number in small letters", "studies.registry_id", {"study_id": "yan2020"}, {"registry_id": "nct02313415"}, "NCT with eight digits"),
    cell("registry number with a blank", "studies.registry_id", {"study_id": "yan2020"}, {"registry_id": "NCT 02313415"}, "without blanks"),
    cell("registry number cut short", "sources.registry_id", {"source_id": "yan2020"}, {"registry_id": "NCT0234"}, "NCT with eight digits"),
    cell("registry number without its letters", "studies.registry_id", {"study_id": "yan2020"}, {"registry_id": "02313415"}, "NCT with eight digits"),
    cell("registry numbers joined wrongly", "studies.registry_id", {"study_id": "yan2020"},
         {"registry_id": "NCT02313415, NCT02313416"}, "several joined by '; '"),
    cell("document without DOI and address", "sources.url", {"source_id": "yan2020"}, {"url": "", "doi": ""}, "must be given where no doi is"),
    cell("malformed address", "sources.url", {"source_id": "yan2020"}, {"url": "www.example.org"}, "an address with"),
    cell("malformed language", "sources.language", {"source_id": "yan2020"}, {"language": "English"}, "two letters"),
    cell("malformed date", "sources.retracted", {"source_id": "yan2020"}, {"retracted": "last year"}, "a date as"),
    cell("day that never was", "sources.retracted", {"source_id": "hu2013"}, {"retracted": "2020-02-30"}, "no day of the calendar"),
    cell("malformed subject", "measurements.subject", {"measure": "E2"}, {"subject": "patient one"}, "'cohort', or one patient"),
]  # fmt: skip

ROWS = [
    row("key twice", "studies.study_id", {"note": "again"}, "is the key of row 2 too; every row needs its own study_id"),
    row("key of several columns twice", "outcomes.study_id", {"note": "again"}, "is the key of row 2 too"),
    row("key twice but for the spelling of a number", "changes.study_id", {"to_months": "0.460"}, "is the key of row 2 too"),
    cell("events above total", "outcomes.events", _BIRTH, {"events": "27"}, "above its total 26"),
    cell("class above its total", "baseline.n", {"category": "below 0.06"}, {"n": "62"}, "above its total 61"),
    cell("pooled events above total", "pooled.events", {"source_id": "seyihoglu2025", "outcome": "studies-bm-msc-including-prp"},
         {"events": "28"}, "above its total 27"),
    cell("neither count nor percentage", "outcomes.events", _BIRTH, {"events": "", "percent_reported": ""}, "must be given"),
    cell("class without a figure", "baseline.n", {"category": "below 0.06"}, {"n": "", "percent_reported": ""}, "must be given"),
    cell("total without unit", "outcomes.total_unit", _BIRTH, {"total_unit": ""}, "must be given where total is"),
    cell("total from nowhere", "outcomes.total_basis", _BIRTH, {"total_basis": ""}, "must be given where total is"),
    cell("quartiles out of order", "measurements.median", {"measure": "E2"}, {"q1": "41"}, "below q1, which is 41"),
    cell("mean outside the range", "measurements.maximum", {"measure": "E2", "study_id": "saharkhiz2024"},
         {"minimum": "1", "maximum": "2"}, "below mean"),
    cell("ages out of order", "arms.age_median", {"study_id": "yan2020"}, {"age_q1": "32"}, "below age_q1"),
    cell("interval beside its estimate", "pooled.high", {"source_id": "umer2024", "outcome": "E2"}, {"high": "-0.5"}, "below estimate"),
    cell("interval beside its change", "changes.change", {"study_id": "genovese2025"}, {"low": "5", "high": "6"}, "below low"),
    cell("from after to", "changes.to_months", {"measure": "Ki67"}, {"from_months": "4"}, "below from_months, which is 4"),
    cell("window that ends before it starts", "criteria.to_months", {"criterion_id": "s-fsh"}, {"to_months": "0.5"}, "below from_months"),
    cell("reference range upside down", "reference_values.high", {"measure": "FSH", "population": "POI, guideline 2024"},
         {"high": "20"}, "below low"),
    cell("proportion above 1", "pooled.estimate", {"source_id": "seyihoglu2025", "effect": "proportion"}, {"estimate": "51.8"}, "between 0 and 1"),
    cell("ratio below 0", "pooled.low", {"source_id": "meta-sci2020", "outcome": "menses-improved"}, {"low": "-8.03"}, "no ratio"),
    cell("half an interval", "pooled.high", {"source_id": "umer2024", "outcome": "E2"}, {"high": ""}, "must be given where low is"),
    cell("interval without estimate", "factors.estimate", {"level_text": "MenSC"}, {"estimate": ""}, "must be given where low is"),
    cell("estimate of nothing named", "factors.effect", {"level_text": "MenSC"}, {"effect": ""}, "must be given where estimate is"),
    cell("spread without its mean", "measurements.mean", {"study_id": "saharkhiz2024", "measure": "E2"},
         {"mean": "", "text_value": "falling"}, "must be given where sd is"),
    cell("spread of ages without their mean", "arms.age_mean", {"study_id": "yan2020"}, {"age_mean": "", "age_sd": "4"},
         "must be given where age_sd is"),
    cell("row without a level", "measurements.mean", {"measure": "AMH", "subject": "patient-1"}, {"mean": ""}, "must be given"),
    cell("level without unit", "secretion.unit", {"mediator": "MMP-2"}, {"unit": ""}, "must be given where value is"),
    cell("change of no kind", "changes.change_kind", {"study_id": "genovese2025"}, {"change_kind": ""}, "must be given where change is"),
    cell("change without size or direction", "changes.direction", {"measure": "Ki67"}, {"direction": ""}, "must be given"),
    cell("one patient who is several", "measurements.n", {"measure": "AMH", "subject": "patient-1"}, {"n": "2"}, "is one woman"),
    cell("derived without saying how", "outcomes.note", {"extraction": "derived"}, {"note": ""}, "must say how the figure was derived"),
    cell("event-triggered without a reason", "outcomes.note", {"reporting": "event-triggered"}, {"note": ""},
         "must say why the count is event-triggered"),
    cell("a case report counted as a proportion", "outcomes.reporting", {"study_id": "gupta2018"}, {"reporting": ""},
         "must be event-triggered"),
    cell("event-triggered without an event", "outcomes.reporting", {"reporting": "event-triggered"}, {"events": "0"},
         "must be blank for a count of 0"),
    cell("a whole document cut", "sources.read", {"read": "cut"}, {"access": "full-text"}, "cannot be cut"),
    cell("digitised without saying how", "measurements.note", {"measure": "E2"}, {"extraction": "digitised", "note": ""},
         "must say how the figure was digitised"),
    cell("cells in an untreated arm", "arms.cell_source", _UNTREATED, {"cell_source": "BM-MSC"}, "must be blank for an untreated arm"),
    cell("reading of one extractor called agreed", "double_extraction.value_b", {"item": "number of authors"},
         {"agree": "yes"}, "must be given where agree is yes"),
    cell("two readings called one", "double_extraction.value_b", {"item": "setting"}, {"agree": "a-only"}, "must be blank where agree"),
    cell("equal readings called different", "double_extraction.agree", {"item": "setting"}, {"agree": "no"}, "both read the same"),
    cell("different numbers called agreed", "double_extraction.agree", {"item": "setting"}, {"agree": "yes", "value_a": "12", "value_b": "999"},
         "must be no, for 12 is not 999"),
    cell("different doses called agreed", "double_extraction.agree", {"study_id": "cao2018", "item": "dose"}, {"value_b": "1e6 cells"},
         "is not 1e6 cells"),
    cell("discrepancy of equal figures", "discrepancies.value_2", {"what": "number of women"}, {"value_2": "17"}, "no discrepancy"),
]  # fmt: skip


def _renamed_arm(folder: Path) -> Place:
    """Two studies that each have an arm; a row of the one with the arm of the other."""
    where = row_where(folder, "outcomes", study_id="cao2018", outcome="live-birth")
    edit(folder, "outcomes", where, arm_id="acp-gel")
    return "outcomes.csv", where, "arm_id"


RELATIONS = [
    cell("study that does not exist", "outcomes.study_id", _ROW, {"study_id": "udin2022"}, "did you mean 'uddin2022'"),
    cell("source that does not exist", "outcomes.source_id", _BIRTH, {"source_id": "cao2081"}, "did you mean 'cao2018'"),
    cell("main document that does not exist", "studies.source_id", {"study_id": "cao2018"}, {"source_id": "cao-2018"}, "is not in sources.csv"),
    cell("arm that does not exist", "outcomes.arm_id", _BIRTH, {"arm_id": "cell"}, "no arm of cao2018"),
    Damage("arm of another study", _renamed_arm, "no arm of cao2018"),
    row("arm of a study that does not exist", "arms.study_id", {"study_id": "nobody2020"}, "is not in studies.csv"),
    cell("a sum with untreated women said to have had cells", "arms.kind", {"study_id": "ivi-ascot-poi-2020", "arm_id": "all"}, {"kind": "cells"}, "all 10 women, and the arms with cells hold 6: write mixed"),
    cell("more women in the arm than in the study", "arms.n", {"study_id": "yan2020"}, {"n": "62"}, "above the 61 women enrolled"),
    cell("more women measured than in the arm", "measurements.n", {"study_id": "sun2024", "arm_id": "own-oocytes"}, {"n": "89"},
         "above the 88 women of own-oocytes in sun2024"),
    cell("label of another study", "studies.label", {"study_id": "yan2020"}, {"label": "cao 2018"},
         "is the label of cao2018 too; figures distinguish studies by it, so that this one is 'cao 2018b'"),
    cell("time after the follow-up", "outcomes.timepoint_months", _BIRTH, {"timepoint_months": "36"}, "after the follow-up of cao2018"),
    cell("change after the follow-up", "changes.to_months", {"measure": "Ki67"}, {"to_months": "31"}, "after the follow-up"),
    cell("retraction only in the note", "sources.retracted", {"source_id": "yan2020"}, {"note": "retracted by the journal"}, "must be given"),
    cell("retraction only in the title", "sources.retracted", {"source_id": "yan2020"}, {"title_short": "RETRACTED: cells"}, "must be given"),
    cell("retraction mark taken away", "sources.retracted", {"source_id": "hpmsc-th17-2018"}, {"retracted": ""}, "must be given"),
    cell("retraction before publication", "sources.retracted", {"source_id": "hu2013"}, {"retracted": "2010-10-31"}, "before the year"),
    cell("overlap named on one side only", "studies.overlaps_with", {"study_id": "yan2020"}, {"overlaps_with": "cao2018"},
         "cao2018 does not name yan2020"),
    cell("overlap with itself", "studies.overlaps_with", {"study_id": "yan2020"}, {"overlaps_with": "yan2020"}, "names the study itself"),
    cell("overlap with nobody", "studies.overlaps_with", {"study_id": "yan2020"}, {"overlaps_with": "yan2002"}, "is no study_id"),
    cell("overlaps joined wrongly", "studies.overlaps_with", {"study_id": "yan2020"}, {"overlaps_with": "cao2018, herraiz2018"},
         "several are joined by '; '"),
    cell("DOI twice", "sources.doi", {"source_id": "yan2020"}, {"doi": "10.1097/01.AOG.0000451757.51964.98"},
         "is the DOI of acog605 too"),
    cell("DOI twice but for its capitals", "sources.doi", {"source_id": "yan2020"}, {"doi": "10.1097/01.aog.0000451757.51964.98"},
         "is the DOI of acog605 too"),
    cell("PubMed number twice", "sources.pmid", {"source_id": "yan2020"}, {"pmid": "24945456"}, "is the PubMed number of acog605 too"),
    cell("registration of two studies", "studies.overlaps_with", {"study_id": "yan2020"}, {"registry_id": "NCT02313415"},
         "must name cao2018, and cao2018 this study"),
    cell("registration of two studies among others", "studies.overlaps_with", {"study_id": "yan2020"},
         {"registry_id": "NCT00000000; NCT02313415"}, "both have registry number NCT02313415"),
    cell("unit of another measure", "measurements.unit", {"measure": "E2"}, {"unit": "IU/L"}, "no unit of E2"),
    cell("unit misspelt", "measurements.unit", {"measure": "E2"}, {"unit": "pmol/l"}, "did you mean 'pmol/L'"),
    cell("unit left out", "measurements.unit", {"measure": "E2"}, {"unit": ""}, "no unit of E2"),
    cell("threshold in a unit misspelt", "reference_values.unit", {"measure": "FSH", "population": "POI, guideline 2024"},
         {"unit": "IU/l"}, "did you mean 'IU/L'"),
    cell("discrepancy from no source", "discrepancies.source_2", {"source_2": "computed"}, {"source_2": "calculated"}, "none of computed"),
    cell("claim that does not exist", "claim_evidence.claim_id", {"claim_id": "c001"}, {"claim_id": "c999"}, "not in claims.csv"),
    cell("link that finds no row", "claim_evidence.match", {"part": "bone loss"}, {"match": "measure=bone-density; arm_id=nobody"},
         "matches no row of changes.csv"),
    cell("link by no column", "claim_evidence.match", {"part": "bone loss"}, {"match": "mesure=bone-density"}, "did you mean 'measure'"),
    cell("link that is none", "claim_evidence.match", {"part": "bone loss"}, {"match": "bone-density"}, "must be column=value"),
    cell("link to no column", "claim_evidence.field", {"part": "bone loss"}, {"field": "directions"}, "did you mean 'direction'"),
    cell("link that expects nothing", "claim_evidence.expected", {"part": "bone loss"}, {"expected": ""}, "must be given"),
    cell("link that expects no word", "claim_evidence.expected", {"part": "bone loss"}, {"expected": "donw"}, "did you mean 'down'"),
    cell("link that expects words of a number", "claim_evidence.expected", {"field": "percent_reported"}, {"expected": "few"}, "must be a number"),
    cell("status that is no word", "statements.value", {"item": "status"}, {"value": "ongoing"}, "is no status"),
    cell("masking that is no word", "statements.value", {"item": "masking"}, {"value": "blinded"}, "is no masking"),
    cell("part of an unknown kind", "claim_evidence.kind", {"claim_id": "c008"}, {"kind": "universal"}, "existence"),
    cell("link that expects a limit of no number", "claim_evidence.expected", {"table": "statements"}, {"expected": "> 6"}, "is no limit"),
    cell("link to findings by no column", "claim_evidence.match", {"table": "findings"}, {"match": "rule=births-within-follow-up; study=yan2020"}, "did you mean 'study_id'"),
    cell("link to findings that compares", "claim_evidence.expected", {"table": "findings"}, {"expected": "4"}, "for findings, which are shown as they are"),
    cell("link to no table", "claim_evidence.match", {"claim_id": "c003", "table": ""}, {"match": "measure=FSH"}, "must be blank where no table"),
]  # fmt: skip

DAMAGES = [*FILES, *CELLS, *ROWS, *RELATIONS]
