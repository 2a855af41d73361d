"""Do printed figures agree with themselves? Each check is a pure function of the evidence with a named rule.

A check finds by rule, never by list: it knows no study. What a source printed stays in the tables; a finding says which
rows cannot be right together, what would be possible, and how sure that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from helpers.checks import (
    calendar,
    enrolment,
    figure_readings,
    intervals,
    means,
    percentages,
    plausibility,
    sums,
    times,
    trial_registry,
    widths,
)
from helpers.checks.findings import Confidence, Finding, Misfit, finding
from helpers.errors import ChoiceError
from helpers.evidence.faults import meant
from helpers.evidence.package import Evidence

#: Every rule by its name, in the order of the findings.
RULES: dict[str, Callable[[Evidence], Iterator[Misfit]]] = {
    "percentage-of-total": percentages.percentage_of_total,
    "percentage-of-enrolled": percentages.percentage_of_enrolled,
    "mean-of-whole-numbers": means.mean_of_whole_numbers,
    "spread-of-shares": means.spread_of_shares,
    "spread-in-range": means.spread_in_range,
    "standard-error-of-mean": means.standard_error_of_mean,
    "interval-around-estimate": intervals.interval_around_estimate,
    "interval-and-p-value": intervals.interval_and_p_value,
    "interval-and-women": widths.interval_and_women,
    "sum-of-subgroups": sums.sums_of_subgroups,
    "sum-of-classes": sums.sums_of_classes,
    "studies-behind-subgroups": sums.studies_behind_subgroups,
    "women-against-enrolled": enrolment.women_against_enrolled,
    "part-above-whole": enrolment.part_above_whole,
    "registry-against-paper": trial_registry.registry_against_paper,
    "registry-against-arms": trial_registry.registry_against_arms,
    "registry-told-differently": trial_registry.registry_told_differently,
    "registered-after-start": calendar.registered_after_start,
    "published-before-completion": calendar.published_before_completion,
    "completed-before-assessment": calendar.completed_before_assessment,
    "births-within-follow-up": times.births_within_follow_up,
    "change-against-levels": times.change_against_levels,
    "change-against-direction": times.change_against_direction,
    "digitised-against-printed": figure_readings.digitised_against_printed,
    "unit-plausibility": plausibility.unit_plausibility,
    "measurable-in-women": plausibility.measurable_in_women,
    "identical-figures": plausibility.identical_figures,
}
#: Those of them that question counts, which are rows of `outcomes`.
OF_COUNTS = (
    "percentage-of-total", "percentage-of-enrolled", "sum-of-subgroups", "women-against-enrolled", "part-above-whole",
    "births-within-follow-up", "digitised-against-printed",
)  # fmt: skip


#: The tables whose figures the rules hold against each other.
CHECKED = ("arms", "baseline", "outcomes", "measurements", "changes", "statements", "pooled", "secretion")


def check_numbers(
    ev: Evidence, rules: Iterable[str] = ("all",), confidence: Iterable[str] = ("all",)
) -> list[Finding]:
    """Check the printed figures against each other by rules of `RULES` and confidence, ``"all"`` by default.

    In the order of both. Raises ValueError if there is no such rule or confidence.
    """
    asked = _chosen(rules, RULES, "rule")
    sure = _chosen(confidence, map(str, Confidence), "confidence")
    return [
        finding(ev, rule, misfit)
        for rule in asked
        for misfit in RULES[rule](ev)
        if str(misfit.confidence) in sure
    ]


def rows_checked(ev: Evidence) -> int:
    """Count the rows of evidence that the rules look at."""
    return sum(len(ev.tables[table]) for table in CHECKED)


def _chosen(words: Iterable[str], known: Iterable[str], what: str) -> list[str]:
    given, allowed = list(words), list(known)
    for word in given:
        if word != "all" and word not in allowed:
            raise ChoiceError(f"there is no {what} {word!r}; {meant(word, allowed)}")
    return [word for word in allowed if "all" in given or word in given]


__all__ = ["OF_COUNTS", "RULES", "Confidence", "Finding", "check_numbers", "rows_checked"]
