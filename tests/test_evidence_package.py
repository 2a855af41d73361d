"""Loading, selecting, citing, tracing and units."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import frictionless
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import evidence
from helpers.checks.percentages import possible_counts
from helpers.evidence import datapackage, loading
from helpers.evidence.faults import Fault
from helpers.evidence.provenance import provenance_of
from helpers.evidence.relations import relation_faults
from shipped import SCHEMA, TABLES, WORDS
from small import Package

ROOT = Path(__file__).parents[1]


def test_every_table_is_an_attribute_named_as_its_file(ev: evidence.Evidence) -> None:
    assert list(ev.tables) == [*ev.tables]
    assert set(ev.tables) == set(TABLES) == {path.stem for path in (ROOT / "data").glob("*.csv")}
    assert all(len(frame) for frame in ev.tables.values())


def test_keys_are_unique_and_types_are_kept(ev: evidence.Evidence) -> None:
    for name, frame in ev.tables.items():
        assert not frame.duplicated(subset=SCHEMA.key(name)).any(), name
    assert str(ev.outcomes["events"].dtype) == "Int64"
    assert str(ev.outcomes["percent_reported"].dtype) == "float64"
    assert str(ev.outcomes["outcome"].dtype) == "str"


def test_the_two_packages_loaded_last_are_not_checked_again(
    package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests: list[str] = []
    checked: list[int] = []

    def seen(*given: Any) -> list[Fault]:
        checked.append(len(digests))
        return relation_faults(*given)

    monkeypatch.setattr(loading, "_loaded", {})
    monkeypatch.setattr(loading, "relation_faults", seen)
    for note in ("", "one", "", "two", "", "one"):
        package.change("arms", 2, note=note)
        digests.append(package.load().digest)
    assert checked == [0, 1, 3, 5]
    assert [digests.index(digest) for digest in digests] == [0, 1, 0, 3, 0, 1]


def test_the_digest_follows_the_bytes(ev: evidence.Evidence, data: Path) -> None:
    assert evidence.load(data).digest == ev.digest == evidence.digest(data)
    path = data / "sources.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("phase I", "phase one"), encoding="utf-8")
    assert evidence.digest(data) != ev.digest


def test_line_ends_of_windows_are_no_fault_and_no_other_data(ev: evidence.Evidence, data: Path) -> None:
    for path in data.glob("*.csv"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    found = evidence.load(data)
    assert found.digest == ev.digest == evidence.digest(data)
    for name, frame in ev.printed.items():
        pd.testing.assert_frame_equal(found.printed[name], frame)


def test_a_clone_on_windows_has_the_same_bytes(data: Path, tmp_path: Path) -> None:
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    clone = ["git", "-c", "core.autocrlf=true", "clone", "-q", str(tmp_path), str(tmp_path / "clone")]
    subprocess.run(clone, check=True)
    for path in data.iterdir():
        assert (tmp_path / "clone" / "data" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("start", [".", "notebooks", "src/helpers"])
@pytest.mark.parametrize("folder", ["data", "../data"])
def test_the_data_of_a_project_are_found_from_its_folders(
    start: str, folder: str, ev: evidence.Evidence, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("notebooks", "src/helpers"):
        (data.parent / part).mkdir(parents=True)
    monkeypatch.chdir(data.parent / start)
    assert evidence.load(folder).digest == ev.digest
    assert evidence.load().digest == ev.digest


def test_outside_a_project_the_message_says_where_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        evidence.EvidenceError, match=r"\.\./data: is no folder; .* lies in no project; .* --cwd notebooks"
    ):
        evidence.load("../data")
    with pytest.raises(evidence.EvidenceError, match=r"CSV files$"):
        evidence.load("nowhere")


def test_a_table_under_another_spelling_is_told(package: Package) -> None:
    for name in ("outcomes.CSV", "Arms.csv"):
        (package.folder / name).write_text("x")
    with pytest.raises(evidence.EvidenceError) as caught:
        package.load()
    assert [fault.file for fault in caught.value.faults] == ["Arms.csv", "outcomes.CSV"]
    assert all("is no table; did you mean" in fault.rule for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("table", "column", "text"),
    [
        ("outcomes", "events", "４"),
        ("sources", "pmid", "３２６８０５４１"),
        ("sources", "doi", "10.1186/s13256‐020"),
        ("outcomes", "locator", "Ｔａｂｌｅ ２"),
        ("studies", "label", "Smith\u20692027"),
    ],
)  # fmt: skip
def test_a_character_that_looks_right_is_named(table: str, column: str, text: str, package: Package) -> None:
    package.change(table, 2, **{column: text})
    with pytest.raises(evidence.EvidenceError) as caught:
        package.load()
    rule = next(fault.rule for fault in caught.value.faults if fault.column == column)
    named = {"‐": "U+2010, HYPHEN", "\u2069": "U+2069, POP DIRECTIONAL ISOLATE"}
    named_sign = next((name for sign, name in named.items() if sign in text), "full-width characters, write ")
    assert named_sign in rule


def test_select_joins_study_arm_and_source(ev: evidence.Evidence) -> None:
    rows = ev.select("outcomes", study_id="yan2020", outcome="live-birth")
    row = rows.iloc[0]
    assert len(rows) == 1
    assert (row["events"], row["total"], row["total_basis"]) == (4, 61, "enrolled")
    assert (row["study_label"], row["condition"], row["cell_source"]) == ("Yan 2020", "POI", "UC-MSC")
    assert (row["source_id"], row["source_kind"], row["citation"]) == (
        "hjt-article", "article-under-review", "the article under review",
    )  # fmt: skip


def test_select_keeps_the_rows_of_the_table(ev: evidence.Evidence) -> None:
    for name, frame in ev.tables.items():
        selected = ev.select(name)
        assert list(selected.index) == list(frame.index), name
        pd.testing.assert_frame_equal(selected[list(frame.columns)], frame)


@pytest.mark.parametrize("of_study", [False, True], ids=["whole", "of a study"])
def test_what_was_joined_before_is_given_only_while_nobody_changed_it(of_study: bool) -> None:
    evidence.load(ROOT / "data")
    loading.join_loaded()

    def given() -> evidence.Evidence:
        loaded = evidence.load(ROOT / "data")
        return loaded.about("yan2020") if of_study else loaded

    def joined(ev: evidence.Evidence) -> evidence.Evidence:
        """Take away what was joined before."""
        return replace(ev, loaded=None)

    for table in TABLES:
        assert given().select(table).equals(joined(given()).select(table))
        as_loaded = given()
        assert as_loaded.loaded is not None
        assert as_loaded._join_of_loaded(table, as_loaded.loaded) is not None
    cell, other = given(), given()
    first = cell.outcomes.index[0]
    cell.outcomes.loc[first, "events"] += 1
    other.arms.loc[other.arms.index, "cell_source"] = "other"
    row = replace(given(), arms=given().arms.iloc[:0])
    for changed in (cell, other, row):
        assert changed.select("outcomes").equals(joined(changed).select("outcomes"))
        assert not changed.select("outcomes").equals(given().select("outcomes"))


def test_select_takes_lists_and_the_word_all(ev: evidence.Evidence) -> None:
    two = ev.select("outcomes", study_id=["yan2020", "cao2018"])
    assert set(two["study_id"]) == {"yan2020", "cao2018"}
    assert (
        len(ev.select("outcomes", study_id="all"))
        == len(ev.select("outcomes", study_id=["all"]))
        == len(ev.outcomes)
    )


@pytest.mark.parametrize(
    ("table", "filters", "message"),
    [
        ("outcome", {}, "did you mean 'outcomes'"),
        ("outcomes", {"study": "yan2020"}, "did you mean 'study_id'"),
        ("outcomes", {"study_role": "cited"}, r"no column 'study_role'; did you mean 'role'\?$"),
        ("outcomes", {"label": "x"}, r"did you mean 'study_label' or 'arm_label'\?$"),
        ("outcomes", {"study_id": "yan2021"}, "did you mean 'yan2020'"),
        ("outcomes", {"events": 999}, "no row of outcomes has events=999"),
    ],
)
def test_select_says_what_was_meant(
    ev: evidence.Evidence, table: str, filters: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        ev.select(table, **filters)


def test_cite(ev: evidence.Evidence) -> None:
    assert ev.cite("yan2020") == "Yan 2020, doi:10.1111/cpr.12938"
    assert (
        ev.cite("reg-nct02240342")
        == "Ovarian reserve, Valencia: bone marrow transplant into artery, NCT02240342"
    )
    assert ev.cite("hjt-article").startswith("the article under review, https://")
    with pytest.raises(ValueError, match="did you mean 'yan2020'"):
        ev.cite("yan202")


def test_trace_leads_from_a_number_to_its_page(ev: evidence.Evidence) -> None:
    row = ev.select("outcomes", study_id="yan2020", outcome="live-birth").iloc[0]
    trace = ev.trace("outcomes", row)
    assert (trace.study, trace.source, trace.locator, trace.access) == (
        "yan2020", "hjt-article", "clinical case 2", "full-text",
    )  # fmt: skip
    (index,) = ev.select("outcomes", study_id="yan2020", outcome="live-birth").index
    assert ev.trace("outcomes", index) == trace


def test_the_rows_of_a_frame_are_traced_in_their_order(ev: evidence.Evidence) -> None:
    rows = ev.select("outcomes", outcome="live-birth").iloc[::-1]
    assert ev.trace("outcomes", rows) == [ev.trace("outcomes", int(index)) for index in rows.index]
    assert ev.trace("outcomes", rows.iloc[:0]) == []


def test_every_row_of_every_table_can_be_traced(ev: evidence.Evidence) -> None:
    for name, frame in ev.tables.items():
        rows = frame[~frame["source_1"].isin(WORDS["not-a-document"])] if name == "discrepancies" else frame
        origins = provenance_of(ev.tables, name, rows)
        assert origins["source"].isin(ev.sources["source_id"]).all(), name
        assert origins[["locator", "access"]].notna().all(axis=None), name
        # One row by itself is told the same.
        for index in rows.index[:: max(1, len(rows) // 5)]:
            trace = ev.trace(name, int(index))
            assert (trace.source, trace.locator) == tuple(origins.loc[index, ["source", "locator"]]), (
                name,
                index,
            )


def test_trace_refuses_what_is_not_there(ev: evidence.Evidence) -> None:
    with pytest.raises(ValueError, match="has no row 99999"):
        ev.trace("outcomes", 99999)
    with pytest.raises(ValueError, match="names no known source"):
        ev.trace("outcomes", {"source_id": "nobody"})


def test_units_become_canonical_and_keep_their_factor(package: Package) -> None:
    package.change("measurements", package.row("measurements", measure="E2"), unit="pg/mL")
    row = package.load().select("measurements", measure="E2").iloc[0]
    assert (row["unit"], row["unit_reported"]) == ("pmol/L", "pg/mL")
    assert row["median"] == pytest.approx(40 * 3.671)
    assert (row["unit_factor"], row["unit_factor_source_id"]) == (3.671, "guide2020")


def test_equal_units_need_no_factor(package: Package) -> None:
    package.change("measurements", 2, unit="mIU/mL")
    row = package.load().select("measurements", measure="FSH").iloc[0]
    assert (row["unit"], row["unit_reported"]) == ("IU/L", "mIU/mL")
    assert (row["mean"], row["unit_factor"]) == (62.5, 1.0)
    assert pd.isna(row["unit_factor_source_id"])


def test_amh_in_moles_is_divided(package: Package) -> None:
    package.add(
        "reference_values",
        measure="AMH", kind="unit-factor", population="conversion", low="", value="7.14", unit="pmol/L per ng/mL",
        source_id="dale2016",
    )  # fmt: skip
    levels = {"unit": "pmol/L", "median": "7.14", "q1": "3.57", "q3": "14.28"}
    package.change("measurements", package.row("measurements", measure="E2"), measure="AMH", **levels)
    row = package.load().select("measurements", measure="AMH").iloc[0]
    assert (row["median"], row["q1"], row["q3"]) == (pytest.approx(1), pytest.approx(0.5), pytest.approx(2))
    assert row["unit_factor_source_id"] == "dale2016"


def test_in_unit_turns_back(ev: evidence.Evidence) -> None:
    rows = ev.select("measurements", measure="E2")
    there = ev.in_unit(rows, "E2", "pg/mL")
    assert there["median"].iloc[0] == pytest.approx(40 / 3.671)
    assert there["unit"].iloc[0] == "pg/mL"
    assert rows["unit"].iloc[0] == "pmol/L"
    with pytest.raises(ValueError, match="'ng/mL' is no unit of E2; use one of: pmol/L, pg/mL"):
        ev.in_unit(rows, "E2", "ng/mL")


def test_thresholds_are_converted_like_levels(ev: evidence.Evidence) -> None:
    limits = ev.select("reference_values", measure="E2", kind="diagnostic-threshold")
    assert limits["high"].dropna().unique().tolist() == [pytest.approx(50 * 3.671)]
    factors = ev.select("reference_values", measure="E2", kind="unit-factor")
    assert factors["value"].tolist() == [3.671]


@given(total=st.integers(1, 400), share=st.floats(0, 1), decimals=st.integers(0, 3))
def test_a_percentage_allows_the_count_it_was_made_from(total: int, share: float, decimals: int) -> None:
    events = round(share * total)
    printed = f"{100 * events / total:.{decimals}f}"
    assert events in possible_counts(printed, total)


@given(total=st.integers(1, 300), tenths=st.integers(0, 1000))
def test_possible_counts_agree_with_trying_all(total: int, tenths: int) -> None:
    printed = f"{tenths / 10:.1f}"
    # Whole numbers keep the comparison exact: |k/total - tenths/1000| <= 1/2000.
    tried = [k for k in range(total + 1) if abs(2000 * k - 2 * tenths * total) <= total]
    assert possible_counts(printed, total) == tried


def test_codebook_and_datapackage_are_in_step_with_the_schema() -> None:
    readme = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert datapackage.codebook(readme, SCHEMA) == readme, "run `make codebook`"
    described = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert datapackage.describe(SCHEMA) == described, "run `make codebook`"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_another_validator_accepts_the_data_package() -> None:
    report = frictionless.validate(ROOT / "data" / "datapackage.json")
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "note"])
    assert len(report.tasks) == len(TABLES)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_other_validator_would_refuse_a_broken_one(data: Path) -> None:
    path = data / "outcomes.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace(",live-birth,", ",live-brith,"), encoding="utf-8"
    )
    assert not frictionless.validate(data / "datapackage.json").valid


def test_the_codebook_generator_rewrites_only_its_part(data: Path) -> None:
    readme = data / "README.md"
    before = readme.read_text(encoding="utf-8")
    readme.write_text(
        before.replace("# The evidence tables", "# Our tables").split(datapackage.MARK)[0] + datapackage.MARK
    )
    datapackage.write(data)
    assert readme.read_text(encoding="utf-8") == before.replace("# The evidence tables", "# Our tables")
