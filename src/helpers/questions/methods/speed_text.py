"""How fast notebooks render, in words; all numbers are those that `benchmarks/rendering.py` recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.questions.methods.speed import most_workers, with_workers
from helpers.show.numbers import percent
from helpers.show.words import counted

#: What is said where nothing was measured.
MISSING = "This project has no measurement of it: `benchmarks/rendering.json` is missing."
#: What was rendered, in the order of the table.
_RENDERED = {
    "plan": "all {outputs} notebooks of the book, nothing rendered before",
    "sample": "the {sampled} of them that the loops ran",
    "matrix": "a matrix of {matrix} study reports",
    "one row": "all, one row of the evidence changed",
    "unchanged": "all, nothing changed",
}
_PEERS = {
    "papermill": "`papermill` commands",
    "execute_notebook": "`papermill.execute_notebook`",
    "jupyter execute": "`jupyter execute`",
}


def title(measured: Mapping[str, Any]) -> str:
    """Say in a line how long the largest number of reports takes, and how that compares with few and with papermill."""
    most = most_workers(_reanalysis(measured))
    last = most.iloc[-1]
    return (
        f"{counted(int(last['reports']), 'study report')} in {_seconds(last['seconds'])}, "
        f"{_factor(_of_papermill(measured, last))} times as fast as a loop of papermill commands"
    )


def speed_conclusion(measured: Mapping[str, Any]) -> str:
    """Say how fast rendering is, compared with what, and under which conditions; from what `benchmarks/rendering.py` records."""
    if not measured:
        return MISSING
    ratios, times = measured["ratios"], measured["times"]["reanalysis"]
    plan = measured["plan"]
    first = (
        f"On {counted(measured['cores'], 'core')}, measured {measured['measured']}, `reanalysis render` ran the {plan['outputs']} "
        f"notebooks of the book from nothing in {_seconds(times['plan']['seconds'])} with {counted(measured['workers'], 'worker')}. "
        f"That was **{_factor(ratios['seconds']['plan']['papermill'])} times as fast as a loop of `papermill` commands**, "
        f"with {percent(1 / ratios['processor_seconds']['plan']['papermill'])} % of its processor time. {_how(measured)}"
    )
    return "\n\n".join([first, _table(measured), _growth(measured), _rest(measured)])


def subtitle(measured: Mapping[str, Any]) -> str:
    """Say what the chart shows, for its subtitle."""
    return (
        "Seconds of the clock, as measured. Each report differs in study or confidence level. "
        f"Left: {counted(measured['workers'], 'worker')}."
    )


def machine(measured: Mapping[str, Any]) -> str:
    """Say on what was measured, and how many notebooks, for the footer of the chart."""
    versions = ", ".join(f"{name} {version}" for name, version in measured["versions"].items())
    load = measured["load_before"][0]
    return (
        f"{counted(measured['cores'], 'core')}, {measured['machine']}, load {load:g} before the start; {measured['measured']}, commit "
        f"{measured['commit']}; {versions}. The loop of papermill commands ran "
        f"{counted(measured['sample_reports'], 'report')}; for more, the title takes their mean time."
    )


def growth(measured: Mapping[str, Any]) -> pd.DataFrame:
    """Take the rows of growth: way, reports, workers, seconds and processor_seconds."""
    return pd.DataFrame(measured["growth"])


def _how(measured: Mapping[str, Any]) -> str:
    sampled, outputs = len(measured["sample"]), measured["plan"]["outputs"]
    if sampled == outputs:
        return "All programs ran all notebooks, in one run of the benchmark."
    reports = measured["sample_reports"]
    return (
        f"The loops ran {counted(reports, 'study report')} and {counted(sampled - reports, 'question')} in the same run of the "
        f"benchmark; their times for more notebooks are extrapolated from the mean time of each kind."
    )


def _table(measured: Mapping[str, Any]) -> str:
    ratios, times = measured["ratios"]["seconds"], measured["times"]["reanalysis"]
    given = {**measured["plan"], "sampled": len(measured["sample"]), "matrix": measured["matrix"]}
    header = ["rendered", "seconds", *(f"times as fast as {name}" for name in _PEERS.values())]
    lines = [header, ["---", *["---:"] * (len(header) - 1)]]
    lines += [
        [
            words.format(**given),
            _number(times[what]["seconds"]),
            *(_factor(ratios[what][peer]) for peer in _PEERS),
        ]
        for what, words in _RENDERED.items()
    ]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _growth(measured: Mapping[str, Any]) -> str:
    largest = most_workers(_reanalysis(measured))
    first, last = largest.iloc[0], largest.iloc[-1]
    text = (
        f"{_reports(first)} rendered alone took {_seconds(first['seconds'])}; {_reports(last)} took "
        f"{_seconds(last['seconds'])}, {_seconds(last['seconds'] / last['reports'])} each."
    )
    if len(largest) > 2:
        before = largest.iloc[-2]
        text += (
            f" From {before['reports']:,} to {_reports(last)}, {last['reports'] / before['reports']:.3g} times as many, the "
            f"time grew {_factor(last['seconds'] / before['seconds'])}-fold."
        )
    workers = with_workers(_reanalysis(measured))
    if not workers.empty:
        few, many = workers.iloc[0], workers.iloc[-1]
        text += (
            f" {_reports(many)} took {_seconds(few['seconds'])} with {counted(int(few['workers']), 'worker')} and "
            f"{_seconds(many['seconds'])} with {many['workers']}."
        )
    return text


def _reports(row: Any) -> str:
    return counted(int(row["reports"]), "report")


def _rest(measured: Mapping[str, Any]) -> str:
    times = measured["times"]["reanalysis"]
    ran, outputs = len(measured["one_row_ran"]), measured["plan"]["outputs"]
    memory = measured["peak_memory"]
    return (
        f"Another note in one row of the outcomes made {ran} of {outputs} notebooks run again. The book took "
        f"{_seconds(times['book']['seconds'])} from rendered notebooks and {_seconds(times['book unchanged']['seconds'])} where nothing "
        f"changed, of which {_seconds(times['imports']['seconds'])} were imports. `reanalysis --help` took "
        f"{_seconds(times['help']['seconds'])}. The command and its {counted(measured['workers'], 'worker')} together took at most "
        f"{memory['bytes'] / 1e9:.2f} GB of memory while they rendered the whole book ({memory['measure']}: memory used by several processes counts once)."
    )


def _reanalysis(measured: Mapping[str, Any]) -> pd.DataFrame:
    rows = growth(measured)
    return rows[rows["way"] == "reanalysis"]


def _of_papermill(measured: Mapping[str, Any], reanalysis: Any) -> float:
    """Compute how many times as long papermill commands take for as many reports, at their mean time per report."""
    peer = most_workers(growth(measured)).query("way == 'papermill'").iloc[-1]
    return float(peer["seconds"] / peer["reports"] * reanalysis["reports"] / reanalysis["seconds"])


def _seconds(seconds: float) -> str:
    return f"{_number(seconds)} s"


def _number(seconds: float) -> str:
    return f"{seconds:,.0f}" if seconds >= 20 else f"{seconds:.1f}"


def _factor(times: float) -> str:
    return f"{times:,.0f}" if times >= 20 else f"{times:.1f}"
