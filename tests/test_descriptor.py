"""`datapackage.yaml`: words and columns are data, and a descriptor that is broken says where."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from damage import edit
from helpers import evidence
from helpers.cli import main
from helpers.evidence import EvidenceError, datapackage, descriptor, vocabulary
from helpers.intake import sheet, sheet_files
from shipped import SCHEMA, TABLES, WORDS

#: Numbers that count what their column names, or are years.
WITHOUT_UNIT = {
    "sources.year", "arms.n_treatments", "pooled.events", "pooled.total", "secretion.n_donors",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _words_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the words of the packages here from other tests."""
    monkeypatch.setattr(vocabulary, "_in_use", [])


def replaced(data: Path, old: str, new: str) -> None:
    """Change one place of the descriptor."""
    path = data / descriptor.FILE
    content = path.read_text(encoding="utf-8")
    assert content.count(old) >= 1, old
    path.write_text(content.replace(old, new, 1), encoding="utf-8")


def with_word(data: Path) -> None:
    replaced(data, "      POR: poor", "      Turner: Turner syndrome\n      POR: poor")


def test_a_word_added_to_the_descriptor_is_known_everywhere(data: Path) -> None:
    edit(data, "studies", 2, condition="Turner")
    with pytest.raises(EvidenceError, match="column condition: 'Turner': is no word of this column"):
        evidence.load(data)
    with_word(data)
    ev = evidence.load(data)
    assert ev.studies["condition"].iloc[0] == "Turner"
    assert ev.schema.vocabularies["condition"]["Turner"] == "Turner syndrome"
    assert list(vocabulary.CONDITION).index("Turner") == 1
    assert "`POI` premature ovarian insufficiency (also printed as POF); `Turner` Turner syndrome;" in (
        datapackage.codebook("", ev.schema)
    )
    content = io.BytesIO()
    sheet_files.workbook(sheet.new_form("smith2027", ev)).save(content)
    lists = openpyxl.load_workbook(content)[sheet.LISTS]
    (offered,) = [column for column in lists.iter_cols(values_only=True) if column[0] == "studies.condition"]
    assert "Turner" in offered
    fields = datapackage.describe(ev.schema)["resources"][1]["schema"]["fields"]
    (field,) = [field for field in fields if field["name"] == "condition"]
    assert field["constraints"]["enum"][:2] == ["POI", "Turner"]


def test_words_of_an_included_vocabulary_come_with_it(data: Path) -> None:
    replaced(data, "      FSH: follicle", "      inhibin-A: inhibin A in serum\n      FSH: follicle")
    columns = evidence.load(data).schema.tables
    for table, column in (("measurements", "measure"), ("changes", "measure"), ("pooled", "outcome")):
        assert "inhibin-A" in columns[table].columns[column].vocabulary


def test_a_changed_descriptor_is_another_version_of_the_data(data: Path) -> None:
    before = evidence.load(data)
    with_word(data)
    assert evidence.load(data).digest != before.digest
    assert evidence.load(data).schema is evidence.load(data).schema


def test_a_word_like_no_needs_no_quotes() -> None:
    assert list(WORDS["agreement"])[:2] == ["yes", "no"]


BROKEN = {
    "unknown type": (
        "type: integer",
        "type: intger",
        "column sources.year: 'intger': is no type; did you mean 'integer'",
    ),
    "unknown key of a column": (
        "  unit: women",
        "  units: women",
        "'units': is not known here; did you mean 'unit'",
    ),
    "unknown constraint": (
        "{minimum: 1900,",
        "{minimun: 1900,",
        "'minimun': is not known here; did you mean 'minimum'",
    ),
    "no regular expression": (
        "'[0-9]{1,8}'",
        "'[0-9{1,8}'",
        "column sources.pmid: '[0-9{1,8}': is no regular expression: ",
    ),
    "pattern without a hint": (
        "          hint: as PMC7705906\n",
        "",
        "column sources.pmcid: 'PMC[0-9]+': needs a hint beside it",
    ),
    "reference to no table": (
        "{resource: sources,",
        "{resource: source,",
        "'source': is no table; did you mean 'sources'",
    ),
    "reference to no column": (
        "{resource: sources, fields: source_id}",
        "{resource: sources, fields: id}",
        "column studies.foreignKeys: 'id': is no column; did you mean",
    ),
    "several columns that refer": (
        "        - fields: source_id\n          reference: {resource: sources, fields: source_id}",
        "        - fields: [source_id, role]\n          reference: {resource: sources, fields: [source_id, kind]}",
        "column studies.foreignKeys: 'source_id, role': must be one column that refers to one, or study_id and arm_id",
    ),
    "duplicate column": ("- name: pmcid", "- name: pmid", "column sources.pmid: 'pmid': is described twice"),
    "key of no column": (
        "primaryKey: [claim_id]",
        "primaryKey: [claims]",
        "column claims.primaryKey: 'claims': is no column; did you mean 'claim'",
    ),
    "vocabulary not defined": (
        "words: condition",
        "words: conditions",
        "column studies.condition: 'conditions': is no vocabulary; did you mean",
    ),
    "included vocabulary not defined": (
        "includes: [measure, outcome]",
        "includes: [measures, outcome]",
        "'measures': is no vocabulary; did you mean 'measure'",
    ),
    "word twice": (
        "      POR: poor",
        "      POI: x\n      POR: poor",
        "column condition: 'POI': is there twice",
    ),
    "word of an included vocabulary": (
        "      menses-regular:",
        "      FSH: again\n      menses-regular:",
        "'FSH': is a word of an included vocabulary too",
    ),
    "word without a meaning": (
        "table: a table of the document was read",
        "table:",
        "column access: 'table': must have a meaning",
    ),
    "word that code needs": (
        "      cut: our copy",
        "      short: our copy",
        "'cut': must be one of the words of read",
    ),
    "word that no code knows": (
        "      rct: randomised",
        "      crossover: both in turn\n      rct: randomised",
        "column design: 'crossover': is a word that no code knows; the words of design are fixed: rct, ",
    ),
    "column without words that depend on others": (
        "column: subgroup_variable",
        "column: variable",
        "column pooled.subgroup: 'variable': is no column of pooled",
    ),
    "words by no word": (
        "words: {species:",
        "words: {specie:",
        "'specie': is no word of subgroup_variable; did you mean",
    ),
    "column without description": (
        "          description: year of publication\n",
        "",
        "column sources.year: 'description': must be given",
    ),
    "limit that is no number": (
        "minimum: 1900",
        "minimum: early",
        "column sources.year: 'early': is no number",
    ),
    "flag that is none": (
        "{required: true, unique: true}",
        "{required: true, unique: ja}",
        "'ja': must be true or false",
    ),
    "rule of another type": (
        "          unit: percent\n",
        "          words: access\n",
        "column baseline.percent_reported: 'words': is no rule for a number",
    ),
    "unknown table": ("- name: claims\n", "- name: claim\n", None),
    "path of another table": ("path: arms.csv", "path: arm.csv", "column arms: 'arm.csv': must be arms.csv"),
    "no list": (
        "primaryKey: [source_id]\n      fields:",
        "primaryKey: [source_id]\n      fields: none\n      x:",
        None,
    ),
    "no YAML": (
        "title: 'Stem-cell",
        "title: x: 'Stem-cell",
        "row 15: '': is not YAML: mapping values are not allowed",
    ),
}


@pytest.mark.parametrize(("old", "new", "rule"), BROKEN.values(), ids=list(BROKEN))
def test_a_broken_descriptor_is_told_with_its_line(data: Path, old: str, new: str, rule: str | None) -> None:
    content = (data / descriptor.FILE).read_text(encoding="utf-8")
    replaced(data, old, new)
    with pytest.raises(EvidenceError) as refused:
        evidence.load(data)
    faults = refused.value.faults
    assert {fault.file for fault in faults} == {descriptor.FILE}
    line = content[: content.index(old)].count("\n") + 1
    assert min(abs(fault.row - line) for fault in faults) <= 12
    if rule:
        assert len(faults) == 1
        assert rule in str(faults[0])


def test_a_package_without_a_descriptor_is_refused(data: Path) -> None:
    (data / descriptor.FILE).unlink()
    with pytest.raises(EvidenceError, match=r"1 fault in .*\n  datapackage.yaml: is missing$"):
        evidence.load(data)


def test_an_empty_descriptor_is_refused(data: Path) -> None:
    (data / descriptor.FILE).write_text("# nothing\n", encoding="utf-8")
    with pytest.raises(EvidenceError, match=r"datapackage\.yaml: is empty"):
        evidence.load(data)


def test_the_command_tells_of_a_broken_descriptor(data: Path) -> None:
    replaced(data, "type: integer", "type: intger")
    done = CliRunner().invoke(main, ["check", str(data)])
    assert done.exit_code == 1
    assert "datapackage.yaml, row " in done.output
    assert "Traceback" not in done.output


def test_a_column_left_out_is_no_column_of_its_table(data: Path) -> None:
    replaced(data, "        - name: country\n          type: string\n          description: country\n", "")
    with pytest.raises(
        EvidenceError, match=r"studies.csv, row 1, column country: 'country': is no column of this table"
    ):
        evidence.load(data)


def test_every_vocabulary_is_used_and_every_column_says_what_it_holds() -> None:
    used = [
        words
        for table in TABLES.values()
        for rules in table.columns.values()
        for words in (rules.words, rules.besides, *rules.words_by.values())
    ]
    parts = {name for name, words in WORDS.items() if any(words.items() <= other.items() for other in used)}
    assert parts == set(WORDS) - {"wanted-up", "wanted-down"}
    wanted = [word for name in ("wanted-up", "wanted-down") for word in WORDS[name]]
    assert len(set(wanted)) == len(wanted)
    assert set(wanted) <= set(WORDS["measure"])
    for table in TABLES.values():
        assert table.description
        for name, rules in table.columns.items():
            assert rules.description
            if rules.kind != "text" and f"{table.name}.{name}" not in WITHOUT_UNIT:
                assert rules.unit, (table.name, name)


def test_words_that_code_knows_stand_in_the_descriptor() -> None:
    for name, words in vocabulary.KNOWN_TO_CODE.items():
        assert set(words) <= set(SCHEMA.vocabularies[name])


def test_words_before_anything_is_loaded_are_those_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    with_word(data)
    shutil.copytree(Path(__file__).parents[1] / "notebooks", tmp_path / "notebooks")
    monkeypatch.chdir(tmp_path / "notebooks")
    assert "Turner" in vocabulary.CONDITION
