"""The index of runs: what came last of each output, failed ones first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from helpers import results
from helpers.cli import main
from tiny import PARAMETERS, add

ROOT = Path(__file__).parents[1]
RECORD = "from helpers import results\n"
COUNT = 'results.record("births", {"events": 4, "total": 61}, unit="women")'
SCALAR = 'results.record("level", level, unit="proportion")'


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, warm: None) -> Path:  # noqa: ARG001
    """A project in which one notebook failed, one differs from what was accepted, and one was mended."""
    root = tmp_path_factory.mktemp("runs")
    (root / "data").symlink_to(ROOT / "data")
    add(root, "good", RECORD + COUNT, SCALAR, parameters=PARAMETERS)
    add(root, "moved", RECORD + 'results.record("women", 61)')
    add(root, "mended", "raise ValueError('<b>no</b>')")
    add(root, "z_failed", "raise ValueError('<b>no</b>')")
    results.write(root / "tests" / "accepted" / "results.json", {"moved": {"women": results.Result(60, "")}})
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert run("render").exit_code == 1
        add(root, "mended", "1")
        assert run("render", "mended", "good").exit_code == 0
        (root / "build" / "runs" / "spoilt.json").write_text("{")
        done = run("runs")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines() == [
        "failed  z_failed: In [1]: ValueError: <b>no</b>",
        "ok      moved: results that differ from the accepted ones: 1",
        "index: build/book/runs.html",
    ]
    return root / "build" / "book"


def test_failed_runs_stand_first_and_then_what_differs(index: Path) -> None:
    record = json.loads((index / "runs.json").read_text())
    assert [(run["output_name"], run["status"]) for run in record] == [
        ("z_failed", "failed"), ("moved", "ok"), ("good", "cached"), ("mended", "ok"),
    ]  # fmt: skip
    failed, moved, good, mended = record
    assert failed["error"] == "In [1]: ValueError: <b>no</b>"
    assert (failed["results"], failed["key_results"], failed["differences"]) == (0, {}, None)
    assert moved["differences"] == ["changed  moved: women: value: accepted 60, current 61, difference +1"]
    assert good["parameters"] == {"outcome": "all", "level": 0.95}
    assert good["key_results"] == {"births": "4 of 61", "level": "0.95 proportion"}
    assert good["seconds"] > 0
    assert good["peak_memory_bytes"] > 20e6
    assert (mended["why"], mended["differences"]) == ("stale: the last run did not finish", None)


def test_the_page_says_the_same_and_executes_nothing_of_it(index: Path) -> None:
    page = (index / "runs.html").read_text()
    places = [page.index(f"<td>{name}</td>") for name in ("z_failed", "moved", "good", "mended")]
    assert places == sorted(places)
    assert "4 outputs, not finished: 1, different from the accepted results: 1." in page
    assert "The accepted results are those of the last version" in page
    assert "<code>reanalysis results compare</code>" in page
    assert "births: 4 of 61" in page
    assert "&lt;b&gt;no" in page
    assert "<b>no" not in page
    assert "not medical advice" in page
    assert "http" not in page
