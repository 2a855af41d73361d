"""How fast notebooks render, in words; all numbers are those that `benchmarks/rendering.py` recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from helpers.questions.methods.rows import growth, most_workers
from helpers.show.numbers import number, percent, rounded
from helpers.show.words import counted


def title(measured: Mapping[str, Any]) -> str:
    """Say in a line how long the largest number of reports takes, and how that compares with a loop of papermill commands."""
    largest = (
        most_workers(growth(measured)).drop_duplicates("way", keep="last").set_index("way").to_dict("index")
    )
    own, peer = largest["reanalysis"], largest["papermill"]
    # The loop ran fewer reports: it is taken at its mean time for one.
    faster = peer["seconds"] / peer["reports"] * own["reports"] / own["seconds"]
    reports = counted(own["reports"], "study report")
    return f"{reports} in {rounded(own['seconds'])} s, {rounded(faster)} times as fast as a loop of papermill commands"


def speed_conclusion(measured: Mapping[str, Any]) -> str:
    """Say how fast rendering is, compared with what, and under which conditions; from what `benchmarks/rendering.py` records."""
    if not measured:
        return "This project has no measurement of it: `benchmarks/rendering.json` is missing."
    ratios, seconds = measured["ratios"], measured["times"]["reanalysis"]["plan"]["seconds"]
    return (
        f"On {counted(measured['cores'], 'core')}, measured {measured['measured']}, `reanalysis render` ran the "
        f"{measured['plan']['outputs']} notebooks of the book from nothing in {rounded(seconds)} s with "
        f"{counted(measured['workers'], 'worker')}. That was "
        f"**{rounded(ratios['seconds']['plan']['papermill'])} times as fast as a loop of `papermill` commands**, with "
        f"{percent(1 / ratios['processor_seconds']['plan']['papermill'])} % of its processor time. {_how(measured)}"
    )


def subtitle(measured: Mapping[str, Any]) -> str:
    """Say what the chart shows, for its subtitle."""
    return (
        "Seconds of the clock, as measured. Each report differs in study or confidence level. "
        f"Left: {counted(measured['workers'], 'worker')}."
    )


def machine(measured: Mapping[str, Any]) -> str:
    """Say on what was measured, and how many notebooks, for the footer of the chart."""
    versions = ", ".join(f"{name} {version}" for name, version in measured["versions"].items())
    return (
        f"{counted(measured['cores'], 'core')}, {measured['machine']}, load {number(measured['load_before'][0])} before the start; "
        f"{measured['measured']}, commit {measured['commit']}; {versions}. The loop of papermill commands ran "
        f"{counted(measured['sample_reports'], 'report')}; for more, the title takes their mean time."
    )


def _how(measured: Mapping[str, Any]) -> str:
    sampled, reports = len(measured["sample"]), measured["sample_reports"]
    if sampled == measured["plan"]["outputs"]:
        return "All programs ran all notebooks, in one run of the benchmark."
    return (
        f"The loops ran {counted(reports, 'study report')} and {counted(sampled - reports, 'question')} in the same run of the "
        "benchmark; their times for more notebooks are extrapolated from the mean time of each kind."
    )
