"""The benchmarks run: the synthetic evidence is sound, and what is measured is complete and adds up."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

import loading
import rendering
import synthetic
import tiny
from helpers import evidence
from helpers.questions.methods import speed_text
from helpers.rendering.plan import reported_studies
from rendering import Cost, Extent, Loop

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_synthetic_evidence_has_no_fault(tmp_path: Path, seed: int) -> None:
    rows = synthetic.write(tmp_path, 50, seed)
    loaded = evidence.load(tmp_path)
    assert sum(map(len, loaded.tables.values())) == rows > 50
    assert len(loaded.studies) == 50
    assert all(len(table) for table in loaded.tables.values())


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        synthetic.write(tmp_path / name, 20, seed=7)
    synthetic.write(tmp_path / "c", 20, seed=8)
    a, b, c = (evidence.digest(tmp_path / name) for name in "abc")
    assert a == b != c


def test_the_runner_measures_time_and_memory_by_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "RUNS", 1)
    monkeypatch.setattr(loading, "_apart", lambda function, *arguments: function(*arguments))
    table = loading.compared([5, 10])
    assert table["studies"].tolist() == [5, 10]
    assert {
        "rows",
        "peak MB",
        "load s",
        "load CPU s",
        "numbers CPU s",
        "read_csv CPU s",
        "frictionless CPU s",
    } <= set(table)
    assert table.drop(columns=["load growth", "numbers growth", "findings"]).gt(0).all(axis=None)
    assert table["load growth"].isna().tolist() == [True, False]
    assert loading.as_markdown(table).count("\n") == 3


def _one_reported(root: Path) -> bool:
    """Tell whether one study has a report, by chance, with an outcome to change, and is not the one reported on by default."""
    found = evidence.load(root / "data")
    studies = reported_studies(found)
    return len(studies) == 1 and studies[0] != "study-id-0" and studies[0] in set(found.outcomes["study_id"])


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project of one question, and of one study that has a report; only the report reads evidence."""
    root = tmp_path / "project"
    for seed in range(1, 100):
        synthetic.write(root / "data", 4, seed)
        if _one_reported(root):
            break
    for name in ("README.md", "references.bib"):
        shutil.copy(ROOT / "data" / name, root / "data")
    tiny.add(root, "01_question", "1 + 1")
    read = "from helpers import evidence\nlen(evidence.load('../data').outcomes)"
    parameters = 'study_id: str = "study-id-0"  # the study; allowed: data studies.study_id\nlevel: float = 0.95  # level; allowed: 0.5 to 0.999\n'
    tiny.add(root, "study_report", read, parameters=parameters)
    return root


def test_rendering_is_measured_beside_its_peers(small: Path) -> None:
    extent = Extent(reports=1, questions=1, growth=((2, 2),), matrix=2, rounds=1)
    record = json.loads(json.dumps(rendering.measure(small, extent)))
    (study,) = reported_studies(evidence.load(small / "data"))
    report = f"study_report--study_id={study}"
    assert record["plan"] == {"outputs": 2, "reports": 1, "questions": 1}
    assert record["sample"] == [report, "01_question"]
    assert record["one_row_ran"] == [report]
    assert 50e6 < record["peak_memory"]["bytes"] < psutil.virtual_memory().total
    times = record["times"]
    assert all(seconds > 0 for who in times.values() for cost in who.values() for seconds in cost.values())
    for peer in ("papermill", "execute_notebook", "jupyter execute"):
        # Each starts an interpreter and a kernel, which no machine does in no time.
        assert times[peer]["plan"] == times[peer]["sample"]
        assert times[peer]["sample"]["processor_seconds"] > 0.3
        ratio = times[peer]["plan"]["seconds"] / times["reanalysis"]["unchanged"]["seconds"]
        assert record["ratios"]["seconds"]["unchanged"][peer] == pytest.approx(ratio, rel=0.01)
    assert [(row["way"], row["reports"]) for row in record["growth"]] == [("reanalysis", 2), ("papermill", 1)]
    assert not (small / "build").exists()
    assert "the 2 notebooks of the book from nothing" in speed_text.speed_conclusion(record)


def run_of(notebook: str) -> Any:
    return SimpleNamespace(notebook=Path(f"{notebook}.ipynb"))


def test_a_sample_is_scaled_up_report_by_report_and_question_by_question() -> None:
    report, question = run_of("study_report"), run_of("01_question")
    loop = Loop([Cost(2, 1), Cost(4, 3), Cost(10, 8)], once=Cost(1, 1))
    assert loop.total == Cost(17, 13)
    assert loop.scaled([report, report, question], [report] * 5 + [question] * 2) == Cost(36, 27)
    assert loop.scaled([report, report, question], [report] * 2 + [question]) == loop.total


def test_what_is_asked_for_is_spread_and_different() -> None:
    asked = rendering._reports(["a", "b", "c"], 8)
    assert len({(row["study_id"], row["level"]) for row in asked}) == 8
    assert asked[:3] == [{"notebook": "study_report", "study_id": study, "level": 0.95} for study in "abc"]
    runs = list(range(12))
    spread: Any = rendering._spread
    assert spread(runs, 2) == [3, 9]
    assert spread(runs, None) == spread(runs, 20) == runs


def test_memory_that_forked_processes_share_counts_once() -> None:
    size = 80_000_000
    held = f"held = b'x' * {size}\nimport os, sys\nchild = os.fork()\nif child: print(flush=True)\nsys.stdin.read()"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", held], stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        process.stdout.readline()
        both = [psutil.Process(process.pid), *psutil.Process(process.pid).children()]
        assert len(both) == 2
        assert sum(one.memory_info().rss for one in both) > 2 * size
        assert size < rendering.together(process.pid) < 1.6 * size
    assert rendering.together(process.pid) == 0


def test_a_command_is_timed_with_its_children_and_one_that_fails_ends_all(tmp_path: Path) -> None:
    work = "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'import time\\nwhile time.process_time() < 0.5: pass'])"
    cost = rendering.timed([sys.executable, "-c", work], tmp_path)
    assert 0.5 < cost.processor_seconds < 5
    assert cost.seconds > 0.5
    with pytest.raises(SystemExit, match=r"ended with code 3:\nbecause"):
        rendering.timed([sys.executable, "-c", "import os; os.write(1, b'because'); os._exit(3)"], tmp_path)


def test_a_cache_that_others_filled_takes_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REANALYSIS_CACHE", os.fspath(tmp_path))
    rendering.timed(
        [sys.executable, "-c", "import os; assert 'REANALYSIS_CACHE' not in os.environ"], tmp_path
    )


@pytest.mark.parametrize(
    ("options", "reports", "most"), [([], 4, 100), (["--all"], None, 100), (["--large", "--record"], 4, 1000)]
)
def test_what_is_printed_is_what_is_recorded(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    reports: int | None,
    most: int,
) -> None:
    asked: list[Extent] = []

    def measured(_: Path, extent: Extent) -> dict[str, Any]:
        asked.append(extent)
        return {"cores": 2}

    recorded = tmp_path / "rendering.json"
    monkeypatch.setattr(rendering, "RECORDED", recorded)
    monkeypatch.setattr(rendering, "measure", measured)
    monkeypatch.setattr(sys, "argv", ["rendering.py", *options])
    rendering.main()
    printed = capsys.readouterr().out
    assert json.loads(printed) == {"cores": 2}
    assert (recorded.read_text(encoding="utf-8") if recorded.exists() else None) == (
        printed if "--record" in options else None
    )
    assert asked[0].reports == reports
    assert max(number for number, _ in asked[0].growth) == most
    assert (asked[0].matrix, rendering.WORKERS) in asked[0].growth
