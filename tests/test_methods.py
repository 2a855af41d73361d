"""The page on methods: what it names exists, and it shows the simulations as they stand."""

from __future__ import annotations

import html
import importlib
import inspect
import json
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from matplotlib.container import ErrorbarContainer

from helpers import stats
from helpers.cli import main
from helpers.questions.hormone_trajectories import reference_change
from helpers.questions.methods import figures, speed_text, tables
from helpers.questions.methods import rows as methods_rows
from helpers.questions.methods import text as methods_text
from helpers.rendering import notebooks
from test_figures import assert_nothing_clipped

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "13_methods.ipynb"
PROPORTIONS, EFFECTS, SPEED = (
    ROOT / "benchmarks" / name
    for name in ("coverage_of_proportions.csv", "coverage_of_effects.csv", "rendering.json")
)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return pd.read_csv(PROPORTIONS, comment="#")


@pytest.fixture(scope="module")
def effects() -> pd.DataFrame:
    return pd.read_csv(EFFECTS, comment="#")


@pytest.fixture
def tiny() -> pd.DataFrame:
    """Two cells of two intervals, made by hand."""
    return pd.DataFrame(
        {
            "k": [2, 2, 10, 10], "rate": 0.07, "tau": 0.5, "interval": ["wald", "crude"] * 2,
            "datasets": 100, "refused": [0.013, 0.0, 0.0, 0.0], "exact": 0.0,
            "coverage": [0.901, 0.62, 0.951, 0.55], "coverage_error": 0.011, "width": [0.2, 0.1, 0.08, 0.05],
            "prediction_coverage": [0.8, np.nan, 0.93, np.nan], "prediction_coverage_error": [0.01, np.nan] * 2,
            "prediction_width": [0.3, np.nan, 0.25, np.nan],
        }
    )  # fmt: skip


def text_of(page: Path) -> str:
    words = re.sub(
        r"<style.*?</style>|<script.*?</script>|<[^>]+>",
        " ",
        page.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    return " ".join(html.unescape(words).split())


@pytest.fixture(scope="module")
def site(rendered: Path) -> Path:
    return rendered / "build" / "book"


def test_the_page_has_every_cell_of_the_grids(site: Path, rows: pd.DataFrame, effects: pd.DataFrame) -> None:
    text = text_of(site / "13_methods.html")
    for k, tau in rows[["k", "tau"]].drop_duplicates().to_numpy():
        assert f"{k:.0f} studies, tau {tau:g}" in text
    for row in rows.itertuples():
        assert f"{100 * float(str(row.coverage)):.1f} ({100 * float(str(row.coverage_error)):.1f})" in text
    for fewest, most, k in effects[["fewest", "most", "k"]].drop_duplicates().to_numpy():
        assert f"{k} studies of {fewest} to {most} women" in text
    assert "modified HKSJ has the highest lowest coverage" in text
    for number, cell in ((2, ["k", "tau", "rate"]), (4, ["k", "tau", "fewest", "most"])):
        shown = pd.read_csv(next(site.rglob(f"13_methods-table-{number}.csv")))
        assert len(shown) == len((rows if "rate" in cell else effects)[cell].drop_duplicates())


def test_the_home_page_lists_it_after_the_questions_that_it_explains(site: Path) -> None:
    home = (site / "index.html").read_text(encoding="utf-8")
    answers = home[home.index("question-answer") :]
    assert answers.rindex('href="13_methods.html"') > answers.rindex('href="12_robustness.html"')


@pytest.mark.usefixtures("warm")
def test_a_project_without_simulations_is_told_so(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = data.parent
    monkeypatch.chdir(root)
    (root / "notebooks").mkdir()
    shutil.copy(NOTEBOOK, root / "notebooks")
    done = CliRunner().invoke(main, ["render", "13_methods"])
    assert done.exit_code == 0, done.stdout + done.stderr
    outputs = [
        output for cell in read(root / "build" / "notebooks").cells for output in cell.get("outputs", [])
    ]
    text = "\n".join(output["data"].get("text/markdown", "") for output in outputs)
    assert "`benchmarks/coverage_of_proportions.csv` is missing" in text
    assert "`benchmarks/coverage_of_effects.csv` is missing" in text
    assert "`benchmarks/rendering.json` is missing" in text
    assert not [output for output in outputs if "image/png" in output["data"]]
    # A file that comes later is seen: the page is made again.
    (root / "benchmarks").mkdir()
    shutil.copy(EFFECTS, root / "benchmarks")
    again = CliRunner().invoke(main, ["render", "13_methods"])
    assert re.search(r"^ok +13_methods", again.stdout, re.MULTILINE)


def read(folder: Path) -> nbformat.NotebookNode:
    return notebooks.read(folder / "13_methods.ipynb")


def test_sets_of_more_studies_than_asked_for_are_left_out(rows: pd.DataFrame) -> None:
    few = methods_rows.simulations(PROPORTIONS, most_studies=3)
    assert sorted(few.rows["k"].unique()) == [2, 3]
    pd.testing.assert_frame_equal(
        few.rows.reset_index(drop=True), rows[rows["k"] <= 3].reset_index(drop=True)
    )
    sentences = methods_text.simulated_proportions(few)
    assert "10 studies" not in sentences
    assert "Made by benchmarks/coverage_of_proportions.py: seed " in sentences


def test_the_conclusion_is_of_both_simulations(rows: pd.DataFrame) -> None:
    proportions, changes = (
        methods_rows.simulations(path, most_studies=10) for path in (PROPORTIONS, EFFECTS)
    )
    sentences = methods_text.methods_conclusion(proportions, changes)
    first, lowest, default = sentences.split("\n\n")
    least = rows[rows["k"] <= stats.FEW_STUDIES].groupby("interval")["coverage"].min()
    assert (
        f"the best method (t) covers the true rate in at least {100 * least.max():.1f} % of simulated sets"
        in first
    )
    assert f"the worst (naive) in {100 * least.min():.1f} % (aim: 95 %)" in first
    assert lowest == f"{methods_text.coverage_title(rows)}."
    assert default.startswith(
        "Pooled mean changes: of the methods without a prior, modified HKSJ has the highest lowest coverage"
    )


def test_what_is_recorded_are_the_extremes_of_each_interval(tiny: pd.DataFrame) -> None:
    values = dict(methods_rows.coverage_values(tiny))
    assert values.keys() == {"wald", "crude"}
    assert values["wald"] == {"lowest": 0.901, "highest": 0.951, "width": pytest.approx(0.14)}


def test_no_page_turns_a_wide_interval_into_a_result() -> None:
    """Titles, sentences, legends and prose say where an interval lies, not that there is no difference or effect."""
    claiming = re.compile(
        r"is no effect|(show|find|tell)s? no (effect|difference|benefit)|includes? no difference|no difference (is an effect|shows?\b|shown)|"
        r"no effect of the|exclude[sd]? no effect",
        re.IGNORECASE,
    )
    helpers = ROOT / "src" / "helpers"
    pages = [ROOT / "README.md", helpers / "rendering" / "home_page.py"]
    questions = ["background", "cell_sources", "mechanisms_and_factors", "methods", "robustness"]
    for question in questions:
        pages += (helpers / "questions" / question).glob("*.py")
    pages += (helpers / "counts").glob("*.py")
    assert len(pages) > 25
    for page in pages:
        assert not claiming.findall(" ".join(page.read_text(encoding="utf-8").split())), page.name
    for name in (
        "06_cell_sources",
        "09_background",
        "11_mechanisms_and_factors",
        "12_robustness",
        "13_methods",
    ):
        cells = notebooks.read(ROOT / "notebooks" / f"{name}.ipynb").cells
        assert not claiming.findall(" ".join(" ".join(cell.source.split()) for cell in cells)), name


def test_sources_are_those_of_the_docstring() -> None:
    assert methods_rows.references(stats.zero_event_upper_bound) == [
        "Hanley JA, Lippman-Hand A. JAMA 1983;249:1743-1745."
    ]
    found = methods_rows.references(stats.pool_effects)
    assert len(found) == 4
    whole = " ".join((inspect.getdoc(stats.pool_effects) or "").split())
    assert all(reference in whole for reference in found)
    assert methods_rows.references(reference_change.noise_bands) == []


def test_every_source_on_the_page_has_a_year_or_an_edition() -> None:
    named = {function for several in methods_rows.FUNCTIONS.values() for function in several}
    sources = {source for function in named for source in methods_rows.references(function)}
    assert len(sources) > 20
    assert [source for source in sources if not re.search(r"(18|19|20)\d\d|\bed\b", source)] == []
    shown = tables.functions_table(methods_rows.functions()).rows
    assert all(any(source in cell for cell in shown["sources"]) for source in sources)


def test_every_function_named_can_be_imported_from_there() -> None:
    listed = methods_rows.functions()
    assert len(listed) > 20
    for address in listed["function"]:
        module, _, function = address.rpartition(".")
        assert callable(getattr(importlib.import_module(module), function))


def test_functions_are_listed_below_headings_of_the_page() -> None:
    prose = "\n".join(cell.source for cell in read(NOTEBOOK.parent).cells if cell.cell_type == "markdown")
    headings = re.findall(r"^## (.+)$", prose, flags=re.MULTILINE)
    assert set(methods_rows.FUNCTIONS) <= set(headings)
    assert [heading for heading in headings if heading in methods_rows.FUNCTIONS] == list(
        methods_rows.FUNCTIONS
    )


def test_the_figure_draws_the_values(rows: pd.DataFrame) -> None:
    figure = figures.coverage_panels(
        rows, title=methods_text.coverage_title(rows), subtitle="s", notes=("A note.",)
    )
    panels = figure.axes
    cells = rows.groupby(["rate", "tau"], sort=True)
    assert len(panels) == len(cells)
    for axes, (_, cell) in zip(panels, cells, strict=True):
        drawn = {
            container.get_label(): np.asarray(container.lines[0].get_ydata())
            for container in axes.containers
            if isinstance(container, ErrorbarContainer)
        }
        assert len(drawn) == len(figures.INTERVALS)
        for interval, look in figures.INTERVALS.items():
            expected = 100 * cell[cell["interval"] == interval].sort_values("k")["coverage"]
            assert drawn[look["label"]] == pytest.approx(expected.to_numpy())
        assert [95.0, 95.0] in [list(np.asarray(line.get_ydata())) for line in axes.lines]
        assert axes.get_ylim()[0] < 100 * cell["coverage"].min()
    assert_nothing_clipped(figure)


def test_the_figure_draws_only_what_there_is(tiny: pd.DataFrame) -> None:
    figure = figures.coverage_panels(tiny, title="t", subtitle="s")
    assert len(figure.axes) == 1
    (legend,) = figure.legends
    names = [text.get_text() for text in legend.get_texts()]
    assert len(names) == 3
    assert names[-1] == "promised: 95 %"
    assert_nothing_clipped(figure)


def test_the_tables_hold_coverage_error_and_width(tiny: pd.DataFrame) -> None:
    shown = tables.coverage_table(tiny).rows
    assert list(shown["Wald: covered, %"]) == ["90.1 (1.1)", "95.1 (1.1)"]
    assert list(shown["naive: covered, %"]) == ["62.0 (1.1)", "55.0 (1.1)"]
    assert list(shown.filter(like="width").iloc[0]) == ["20.0", "10.0"]
    predicted = tables.prediction_table(tiny).rows
    assert list(predicted["Wald: covered, %"]) == ["80.0 (1.0)", "93.0 (1.0)"]
    assert "naive: covered, %" not in predicted


def test_the_words_count_what_falls_short(tiny: pd.DataFrame) -> None:
    sentences = methods_text.coverage_conclusion(tiny)
    assert (
        "| Wald | 90.1 to 95.1 % | 2 studies, a rate of 7.0 %, tau 0.5 | 1 of 2 | 20.0 points | 8.0 points | 80.0 to 93.0 % |"
        in sentences
    )
    assert "| naive | 55.0 to 62.0 % |" in sentences
    assert "| none given |" in sentences
    assert "in up to 1.3 % of the sets of a combination, which count for the other methods only" in sentences
    assert "in no simulated set" in methods_text.coverage_conclusion(tiny.assign(refused=0.0))
    assert "Wald 90.1 %, naive 62.0 %" in methods_text.coverage_title(tiny)


@pytest.fixture
def tiny_effects() -> pd.DataFrame:
    """Two cells of every interval of a mean change, made by hand."""
    return pd.DataFrame(
        {
            "k": [2] * 4 + [10] * 4, "tau": 0.5, "fewest": 5, "most": 12,
            "interval": ["wald", "hksj", "hksj-modified", "bayes"] * 2,
            "coverage": [0.8, 0.93, 0.99, 0.97, 0.9, 0.949, 0.951, 0.94], "coverage_error": 0.002,
            "width": [1.5, 8.0, 10.0, 2.5, 0.7, 0.8, 0.8, 0.9],
            "prediction_coverage": [0.7, 0.9, 1.0, 0.99, 0.88, 0.9, 0.91, 0.95],
        }
    )  # fmt: skip


def test_the_table_of_effects_has_a_row_per_cell(tiny_effects: pd.DataFrame) -> None:
    shown = tables.effect_coverage_table(tiny_effects)
    assert list(shown.rows["group"]) == ["2 studies of 5 to 12 women", "10 studies of 5 to 12 women"]
    assert list(shown.rows["modified HKSJ: covered, %"]) == ["99.0", "95.1"]
    assert list(shown.rows["HKSJ: width, SD"]) == ["8.00", "0.80"]
    assert "at most 0.2 points" in shown.html


def test_the_words_on_effects_follow_the_numbers(tiny_effects: pd.DataFrame) -> None:
    sentences = methods_text.effect_coverage_conclusion(tiny_effects)
    assert "2 combinations of the number of studies, their size (5 to 12 women)" in sentences
    assert (
        "| Wald | 80.0 to 90.0 % | 2 studies of 5 to 12 women, tau 0.5 | 2 of 2 | 1.5 SD | 0.7 SD | 70.0 to 88.0 % |"
        in sentences
    )
    assert "| HKSJ | 93.0 to 94.9 % | 2 studies of 5 to 12 women, tau 0.5 | 1 of 2 |" in sentences
    assert "modified HKSJ has the highest lowest coverage (95.1 % of sets" in sentences
    assert "up to 1.2 times that of HKSJ" in sentences
    assert "with 2 studies is 10.0 SD wide on average" in sentences
    assert "with a tau of 0.5 it contains the mean in as few as 97.0 %" in sentences
    worse = tiny_effects.assign(
        coverage=tiny_effects["coverage"].where(tiny_effects["interval"] != "hksj-modified", 0.5)
    )
    other = methods_text.effect_coverage_conclusion(worse)
    assert "HKSJ has the highest lowest coverage (93.0 %" in other
    assert "and modified HKSJ is the default" in other


def test_the_default_of_pooled_effects_is_the_one_that_the_simulations_advise(effects: pd.DataFrame) -> None:
    sentences = methods_text.effect_coverage_conclusion(effects)
    assert "and it is the default of `pool_effects`" in sentences
    least = effects.groupby("interval")["coverage"].min().drop("bayes")
    default = inspect.signature(stats.pool_effects).parameters["interval"].default
    assert default == least.idxmax()
    # What the docstring says of the three.
    assert (least["hksj-modified"] >= 0.94, round(least["hksj"], 2), round(least["wald"], 2)) == (
        True,
        0.93,
        0.73,
    )


def speed_measured(plan: float = 64.0) -> dict[str, Any]:
    """What `benchmarks/rendering.py` records, made by hand; `plan` is how many seconds all notebooks take."""
    own = {"plan": plan, "sample": 8.0, "matrix": 150.0, "unchanged": 1.25, "one row": 8.0}
    peers = {
        "papermill": {"plan": 400.0, "sample": 44.0, "matrix": 800.0},
        "execute_notebook": {"plan": 320.0, "sample": 40.0, "matrix": 700.0},
        "jupyter execute": {"plan": 384.0, "sample": 42.0, "matrix": 750.0},
    }
    ratios = {
        what: {peer: times.get(what, times["plan"]) / own[what] for peer, times in peers.items()}
        for what in ("plan", "sample", "matrix", "one row", "unchanged")
    }
    grown = [("reanalysis", 1, 1, 4.5), ("reanalysis", 1, 2, 4.0), ("reanalysis", 10, 1, 24.0), ("reanalysis", 10, 2, 16.0),
             ("reanalysis", 100, 2, 150.0), ("papermill", 1, 1, 7.5), ("papermill", 4, 1, 32.0)]  # fmt: skip
    return {
        "measured": "2031-05-06", "commit": "c0ffee", "cores": 2, "workers": 2, "load_before": [0.25, 0.5, 1],
        "machine": "Linux x86_64", "versions": {"python": "3.11", "papermill": "2"},
        "plan": {"outputs": 50, "reports": 40, "questions": 10},
        "sample": list("abcdef"), "sample_reports": 4, "matrix": 100,
        "times": {"reanalysis": {what: {"seconds": seconds} for what, seconds in own.items()}},
        "ratios": {"seconds": ratios, "processor_seconds": {"plan": {"papermill": 4.0}}},
        "growth": [dict(zip(("way", "reports", "workers", "seconds"), row, strict=True)) for row in grown],
    }  # fmt: skip


def test_the_page_says_how_fast_it_renders_and_under_which_conditions(tmp_path: Path) -> None:
    recorded = tmp_path / "rendering.json"
    recorded.write_text(json.dumps(speed_measured()), encoding="utf-8")
    page = speed_text.speed_conclusion(methods_rows.measured(recorded))
    assert "On 2 cores, measured 2031-05-06" in page
    assert "the 50 notebooks of the book from nothing in 64 s with 2 workers" in page
    assert (
        "**6.2 times as fast as a loop of `papermill` commands**, with 25.0 % of its processor time" in page
    )
    assert "The loops ran 4 study reports and 2 questions" in page
    shown = tables.speed_table(speed_measured()).rows.set_index("rendered")
    assert list(shown.loc["a matrix of 100 study reports"]) == ["150", "5.3", "4.7", "5.0"]
    assert list(shown.loc["all, nothing changed"]) == ["1.2", "320", "256", "307"]
    assert speed_text.title(speed_measured()) == (
        "100 study reports in 150 s, 5.3 times as fast as a loop of papermill commands"
    )
    assert "**4.0 times as fast as a loop" in speed_text.speed_conclusion(speed_measured(plan=100.0))


def test_what_the_benchmark_of_rendering_recorded_can_be_told() -> None:
    measured = methods_rows.measured(SPEED)
    assert f"ran the {measured['plan']['outputs']} notebooks" in speed_text.speed_conclusion(measured)


def test_what_was_not_sampled_is_not_called_extrapolated() -> None:
    assert "extrapolated" in speed_text.speed_conclusion(speed_measured())
    assert "extrapolated" not in speed_text.speed_conclusion(speed_measured() | {"sample": ["a"] * 50})


def test_growth_is_drawn_as_it_was_measured() -> None:
    measured = speed_measured()
    figure = figures.growth(
        methods_rows.growth(measured), title=speed_text.title(measured), subtitle=speed_text.subtitle(measured), notes=(speed_text.machine(measured),)
    )  # fmt: skip
    left, right = figure.axes
    own, linear, papermill, _ = (np.asarray(line.get_xydata()).tolist() for line in left.lines)
    assert own == [[1, 4], [10, 16], [100, 150]]
    assert papermill == [[1, 7.5], [4, 32]]
    assert linear == [[1, 1.5], [100, 150]]
    by_workers, shared = (np.asarray(line.get_ydata()).tolist() for line in right.lines)
    assert (by_workers, shared) == ([24, 16], [24, 12])
    assert [label.get_text() for label in right.get_xticklabels()] == ["1", "2"]
    assert "load 0.25 before the start" in " ".join(text.get_text() for text in figure.texts)
    assert_nothing_clipped(figure)


def test_one_number_of_workers_has_no_growth_with_workers() -> None:
    measured = speed_measured()
    measured["growth"] = [
        row for row in measured["growth"] if row["workers"] == 2 or row["way"] == "papermill"
    ]
    figure = figures.growth(methods_rows.growth(measured), title="t", subtitle="s")
    assert [text.get_text() for text in figure.axes[1].texts] == ["not measured"]
