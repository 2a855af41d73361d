"""Taking a study out: what goes with it, what stays, and that nothing tells that it was ever there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import hypothesis.strategies as st
import nbformat
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from damage import fail_to_replace, row_where
from helpers import evidence
from helpers.intake import add, removal
from helpers.intake.new_rows import Row
from test_intake import KEY, STUDY, content_of, run

#: What else a sheet can hold: a second document, and rows that know their document only.
SECOND = f"reg-{KEY}"
MORE: dict[str, dict[str, str]] = {
    "statements": {"study_id": KEY, "item": "status", "value": "completed", "source_id": SECOND, "locator": "Status"},
    "discrepancies": {"study_id": KEY, "what": "women", "value_1": "20", "source_1": KEY, "value_2": "21",
                      "source_2": f"{SECOND}; {KEY}"},
    "mechanisms": {"mechanism": "paracrine", "mediator": "VEGF", "source_id": KEY, "level": "in-vitro",
                   "locator": "Fig 1"},
    "reference_values": {"measure": "POI", "kind": "prevalence", "population": "synthetic women", "value": "1",
                         "unit": "percent", "source_id": SECOND, "locator": "Table 9"},
}  # fmt: skip


def rows_of(tables: dict[str, list[dict[str, str]]]) -> Iterator[Row]:
    for table, rows in tables.items():
        for number, cells in enumerate(rows, start=3):
            yield Row(table, f"sheet, tab {table}", number, cells)


def as_text(cell: object) -> str:
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def study_rows(more: set[str], overlaps: list[str]) -> list[Row]:
    tables = {
        table: [{name: as_text(cell) for name, cell in cells.items()} for cells in rows]
        for table, rows in STUDY.items()
    }
    tables["studies"][0]["overlaps_with"] = "; ".join(overlaps)
    if more - {"mechanisms"}:
        tables["sources"].append(
            {"source_id": SECOND, "kind": "trial-registry", "title_short": "Synthetic record", "registry_id": "NCT99999999",
             "url": "https://example.org/registry", "access": "registry-record"}
        )  # fmt: skip
    return list(rows_of(tables | {table: [MORE[table]] for table in MORE if table in more}))


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)  # fmt: skip
@given(
    more=st.sets(st.sampled_from(["mechanisms", "reference_values", "discrepancies"])).map(
        lambda chosen: chosen | ({"statements"} if chosen - {"mechanisms"} else set())
    ),
    overlaps=st.lists(st.sampled_from(["hill2018", "lake2015", "dale2016"]), unique=True),
)
def test_added_and_removed_a_study_was_never_there(
    small: Path, tmp_path: Path, more: set[str], overlaps: list[str]
) -> None:
    data = tmp_path / "data"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(small, data)
    before = content_of(data)
    rows = study_rows(more, overlaps)
    add.add(rows, data, name="the sheet")
    assert content_of(data) != before
    done = removal.remove(KEY, data)
    assert sum(map(len, done.taken.values())) == len(rows)
    assert content_of(data) == before
    assert (done.kept, done.words, len(done.mentions)) == ((), (), len(overlaps))


def test_of_a_study_that_stood_there_only_its_own_goes(data: Path, ev: evidence.Evidence) -> None:
    study, other = "nct02644447", "ding2018"
    before = {name: content.decode().splitlines() for name, content in content_of(data).items()}
    dry = removal.remove(study, data, dry_run=True)
    assert {name: content.decode().splitlines() for name, content in content_of(data).items()} == before
    done = removal.remove(study, data)
    assert (done.taken, done.mentions, done.kept) == (dry.taken, dry.mentions, dry.kept)
    assert done.mentions == (f"{other}: overlaps_with is now ''",)
    assert any(kept.startswith("reg-nct02644447: ") for kept in done.kept)
    assert f"studies.csv, row {row_where(data, 'studies', study_id=other)}, column note" in str(done.words)
    left = evidence.load(data)
    for table, frame in ev.printed.items():
        if "study_id" in frame:
            assert study not in set(left.printed[table]["study_id"])
            assert len(done.taken.get(table, ())) >= (frame["study_id"] == study).sum()
        after = (data / f"{table}.csv").read_text(encoding="utf-8").splitlines()
        gone = [line for line in before[f"{table}.csv"] if line not in set(after)]
        assert len(before[f"{table}.csv"]) - len(after) == len(done.taken.get(table, ()))
        assert len(gone) == len(done.taken.get(table, ())) + (len(done.mentions) if table == "studies" else 0)
    named = {
        name
        for table, frame in left.printed.items()
        for column in ("source_id", "source_1", "source_2")
        if table != "sources" and column in frame
        for cell in frame[column]
        for name in cell.split("; ")
    }
    orphans = set(left.printed["sources"]["source_id"]) - named
    assert orphans <= set(ev.printed["sources"]["source_id"]) - set(done.taken["sources"])
    bib = (data / "references.bib").read_text(encoding="utf-8")
    assert all(f"{{{document}," not in bib for document in done.taken["sources"])


@pytest.mark.parametrize(
    ("study", "uses"),
    [
        ("yan2020", [
            ("claims.csv", 65, "is about yan2020; take the claim and its links out"),
            ("claim_evidence.csv", 158, "points to rows that would go, for claim c067"),
        ]),
        ("adolescent-poi-2022", [("claim_evidence.csv", 4, "matches no row of changes.csv")]),
        ("nct02644446", [("studies.csv", 0, "is no study to remove; did you mean 'nct02644447'")]),
    ],
)  # fmt: skip
def test_what_claims_rest_on_is_not_removed(study: str, uses: list[tuple[str, int, str]], data: Path) -> None:
    before = content_of(data)
    with pytest.raises(evidence.EvidenceError) as caught:
        removal.remove(study, data)
    found = {(fault.file, fault.row): fault.rule for fault in caught.value.faults}
    for file, row, rule in uses:
        assert rule in found[file, row]
    assert content_of(data) == before


@pytest.mark.parametrize("last", [0, 3])
def test_all_files_are_written_or_none(data: Path, monkeypatch: pytest.MonkeyPatch, last: int) -> None:
    before = content_of(data)
    calls = fail_to_replace(monkeypatch, data, last)
    with pytest.raises(OSError, match="no space left"):
        removal.remove("nct04706312", data)
    assert len(calls) > last
    assert content_of(data) == before


# The commands


@pytest.fixture
def project(data: Path) -> Path:
    (data.parent / "notebooks").mkdir()
    return data.parent


def test_the_reports_of_a_study_go_with_it(project: Path) -> None:
    study = "nct04706312"
    build = project / "build" / "notebooks"
    build.mkdir(parents=True)
    for name, parameters in (("a", {"study_id": study}), ("b", {"study_id": "yan2020"}), ("c", {})):
        book = nbformat.v4.new_notebook(metadata={"reanalysis": {"parameters": parameters}})  # type: ignore[no-untyped-call]
        nbformat.write(book, build / f"{name}.ipynb")  # type: ignore[no-untyped-call]
        (build / f"{name}.html").touch()
    (build.parent / "results.json").touch()
    before = content_of(project / "data") | content_of(build)
    dry = run(project, "remove", study, "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "studies       1 would be taken out\n                nct04706312\n" in dry.stdout
    assert "build/notebooks/a.ipynb: would be taken out\n" in dry.stdout
    assert dry.stdout.endswith("nothing written (--dry-run)\n")
    assert content_of(project / "data") | content_of(build) == before
    done = run(project, "remove", study, "data")
    assert done.exit_code == 0, done.output
    assert done.stdout.endswith(
        "4 rows taken out of data\nmade before the study was taken out, with results of other pages that still count it: "
        "build/results.json; `reanalysis book` makes this anew\n"
    )
    assert {path.name for path in build.iterdir()} == {"b.ipynb", "b.html", "c.ipynb", "c.html"}
    assert run(project, "check").exit_code == 0
    again = run(project, "remove", study)
    assert again.exit_code == 1
    assert "is no study to remove" in again.stderr


def test_a_bibliography_that_is_not_of_the_documents_is_refused(project: Path) -> None:
    path = project / "data" / "references.bib"
    text = path.read_text(encoding="utf-8")
    path.write_bytes(text.replace("\n", "\r\n").encode())
    assert run(project, "check").exit_code == 0
    path.write_text(
        text.replace("@article{yan2020,", "@article{yan2002,").replace(
            "{herraiz2018,\n", '{herraiz2018,\n    x = "y",\n'
        ),
        encoding="utf-8",
    )
    done = run(project, "check")
    assert done.exit_code == 1
    printed = [line.strip() for line in done.stderr.splitlines()[1:]]
    mend = "`make codebook` writes the file anew from sources.csv"
    assert printed == [
        f"references.bib: 'herraiz2018': says something else than sources.csv; {mend}",
        f"references.bib: 'yan2002': is no source_id of sources.csv; {mend}",
        f"references.bib: 'yan2020': is in sources.csv and has no entry here; {mend}",
    ]
    path.unlink()
    assert run(project, "check").exit_code == 0
