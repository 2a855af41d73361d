"""How far a conclusion depends on the choices behind it, and whether any of them could have found an effect, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import phrase
from helpers.questions.robustness.choices import CHOICE_WORDS
from helpers.questions.robustness.effects import multiverse_values
from helpers.questions.robustness.rows import ABOVE, BELOW, UNCLEAR, Multiverse
from helpers.show.numbers import in_percent, p_equals, percent, points
from helpers.show.words import counted, listed, plain

#: Proportion of the variance from which a choice is worth naming after the first.
_NAMEABLE = 0.1
#: The most counts that are named one by one.
_NAMED = 5
_POSITION = {ABOVE: "lies above zero", BELOW: "lies below zero", UNCLEAR: "includes zero"}


def robustness_title(multiverse: Multiverse) -> str:
    """Say how many specifications could have detected a doubling, and what those answer."""
    values = multiverse_values(multiverse)
    event = f"{multiverse.question.event.capitalize()} after treatment of {multiverse.question.whom}"
    others = _others(multiverse)
    event += f" ({others})" if others else ""
    total, powered = values["specifications"], values["powered"]
    if not powered:
        return f"{event}: none of {total:,} specifications could have detected a doubling"
    answers = "; ".join(
        f"against {kind} {own['powered_answers'][ABOVE]:,} of {own['powered']:,} lie above zero and {own['powered_answers'][BELOW]:,} below"
        for kind, own in values["kinds"].items()
        if own["powered"]
    )
    return f"{event}: {powered:,} of {total:,} specifications could have detected a doubling; {answers}"


def robustness_answer(multiverse: Multiverse, tests: pd.DataFrame, *, doubts: Mapping[str, str]) -> str:
    """Answer in one sentence whether other choices lead to another answer; then give each kind of comparator, in Markdown.

    `doubts` is made by `helpers.questions.reported_numbers.rows.doubted_counts`.
    """
    values = multiverse_values(multiverse)
    kinds = [_kind(kind, own, tests[tests["kind"] == kind].iloc[0]) for kind, own in values["kinds"].items()]
    return "\n\n".join(
        [
            _first(multiverse, values),
            _second(multiverse, values),
            "\n".join(kinds),
            _reporters(multiverse, doubts),
        ]
    )


def _first(multiverse: Multiverse, values: dict[str, Any]) -> str:
    total, answers = values["specifications"], multiverse.specifications["answer"].value_counts()
    event, whom = multiverse.question.event, multiverse.question.whom
    above, below, unclear = (int(answers.get(word, 0)) for word in (ABOVE, BELOW, UNCLEAR))
    powered = f"{values['powered']:,}" if values["powered"] else "none"
    estimates = multiverse.specifications["estimate"]
    span = f"{points(estimates.min())} to {points(estimates.max())} points"
    if unclear == total:
        every = (
            "the one defensible analysis leaves" if total == 1 else f"all {total:,} defensible analyses leave"
        )
        return f"No: {every} {event} after treatment of {whom} undecided (point estimates {span}; every CI includes zero); {powered} could have detected a doubling."
    found = f"{above:,} {'finds' if above == 1 else 'find'} more with cells, {below:,} fewer, and {unclear:,} neither"
    return f"Yes: of {counted(total, 'defensible analysis', 'defensible analyses')} of {event} after treatment of {whom}, {found} ({span}); {powered} could have detected a doubling."


def _second(multiverse: Multiverse, values: dict[str, Any]) -> str:
    """Say what a specification is, who reports its counts, and which other women are among the treated."""
    paper = _of(values["own_paper"], values["specifications"])
    verb = "use" if values["own_paper"] > 1 else "uses"
    others = _others(multiverse)
    others = f" {others[0].upper()}{others[1:]}." if others else ""
    return (
        "Each analysis is one combination of choices, a specification. 'Doubling' means twice the comparator's rate. "
        f"{paper[0].upper()}{paper[1:]} {verb} only counts from the studies' papers or registers.{others}"
    )


def _reporters(multiverse: Multiverse, doubts: Mapping[str, str]) -> str:
    """Name the counts with cells that the study itself does not report, and those that a check of reported numbers doubts."""
    used = [multiverse.sets[int(place)] for place in multiverse.specifications["treated_set"].unique()]
    rows = (
        pd.concat(used).drop_duplicates("evidence_row").sort_values("total", ascending=False, kind="stable")
    )
    others = rows[rows["origin"] != ORIGINS[0]]
    named = "; ".join(
        f"{plain(row.study_label)}, {row.events} of {row.total} ({row.origin})" for row in others.itertuples()
    )
    if len(others) > _NAMED:
        article = int(others["origin"].eq(ORIGINS[1]).sum())
        named = f"{len(others)} of {len(rows)} counts, {article or 'none'} of these by the article only"
    doubted = rows[rows["evidence_row"].isin(list(doubts))].drop_duplicates("study_label")
    sentences = [
        f"With cells, not reported by the study itself: {named}." if len(others) else "",
        f"A check of `03_reported_numbers` doubts the count of {listed(map(plain, doubted['study_label']))}."
        if len(doubted)
        else "",
    ]
    return " ".join(filter(None, sentences))


def nearer_sentence(nearer: pd.DataFrame) -> str:
    """Say which comparators of `nearer.nearer_counts` are not matched in the way of conceiving, and why; empty if none."""
    if nearer.empty:
        return ""
    each = "; ".join(
        f"{plain(row.comparator)} {row.used}, while `09_background` compares {plain(row.treated)} with the nearer {row.nearer} ({plain(row.conception)})"
        for row in nearer.itertuples()
    )
    return f"Not matched in the way of conceiving, because a specification compares all its women with cells with one whole cohort: {each}."


def _of(number: int, total: int) -> str:
    every = "the one specification" if total == 1 else f"all {counted(total, 'specification')}"
    return (
        every
        if number == total
        else f"{number:,} of {counted(total, 'specification')}"
        if number
        else f"none of {counted(total, 'specification')}"
    )


def _kind(kind: str, own: dict[str, Any], test: pd.Series[Any]) -> str:
    rates = f"{percent(own['comparator_lowest'])} to {percent(own['comparator_highest'])} %"
    if own["comparator_lowest"] == own["comparator_highest"]:
        rates = f"{percent(own['comparator_lowest'])} %"
    return (
        f"- Compared with **{kind}** ({counted(own['specifications'], 'specification')}, comparator's rate {rates}): {_found(own)} {_reach(own)} "
        f"{_joint(test)}"
    )


def _found(own: dict[str, Any]) -> str:
    """Say what the specifications with power answer; without any, only what the estimates are."""
    span = (
        f"the difference is {points(own['median'])} points"
        if points(own["lowest"]) == points(own["highest"])
        else f"the differences run from {points(own['lowest'])} to {points(own['highest'])} points, median {points(own['median'])}"
    )
    if own["specifications"] == 1:
        able = "it could" if own["powered"] else "it could not"
        answers = own["powered_answers"] if own["powered"] else own["other_answers"]
        return f"{able} have detected a doubling, and its CI {_POSITION[max(answers, key=lambda word: answers[word])]}; {span}."
    if not own["powered"]:
        return (
            f"none could have detected a doubling (power at most {percent(own['power_highest'])} %); {span}."
        )
    answers = own["powered_answers"]
    return (
        f"{own['powered']:,} could have detected a doubling, and of these the CI lies above zero in **{answers[ABOVE]:,}**, below in "
        f"{answers[BELOW]:,} and includes zero in {answers[UNCLEAR]:,}; {span}."
    )


def _reach(own: dict[str, Any]) -> str:
    if own["detectable_lowest"] is None:
        return "No treated rate would have been declared higher."
    lowest = f"The smallest treated rate that {{}} would have declared higher, with a power of 80 %, is {percent(own['detectable_lowest'])} %"
    if own["specifications"] == 1:
        return lowest.format("it") + "."
    none = f"; {own['undetectable']:,} would have declared no rate higher" if own["undetectable"] else ""
    others = "of the others, half" if none else "half of them"
    return f"{lowest.format('one of them')}{none}; {others} needed {percent(own['detectable_median'])} % or more."


def _joint(test: pd.Series[Any]) -> str:
    p = max(float(test["p_median"]), 1 / (int(test["draws"]) + 1))
    return f"Joint test of the curve: {p_equals(p)} (simulation error {test['p_median_error']:.3f})."


def joint_sentence(multiverse: Multiverse) -> str:
    """Say in one sentence what the joint test tests."""
    return (
        "The joint test answers this question: if women with cells and women without had rates from one distribution, how often would the median "
        f"difference of all specifications for {multiverse.question.event} lie as far from zero as it does?"
    )


def choices_title(effects: pd.DataFrame) -> str:
    """Say which choice goes with most of the variance of the estimates, and which with that of the answers."""
    shares = effects.set_index("choice")
    first, second = shares["explained"].idxmax(), shares["explained_answer"].idxmax()
    title = f"{_of_estimates(str(first), shares['explained'].max())} of the variance of the estimates"
    if not shares["explained_answer"].max():
        return f"{title}; where the CIs lie is the same for all options"
    if first == second:
        return f"{title} and {_percent(shares['explained_answer'].max())} of that of where the CIs lie"
    return f"{title}, {CHOICE_WORDS[str(second)]} with {_percent(shares['explained_answer'].max())} of that of where the CIs lie"


def robustness_conclusion(multiverse: Multiverse, options: pd.DataFrame) -> str:
    """Say on how many studies the specifications rest, which choice moves them, and what their counts are not."""
    values = multiverse_values(multiverse)
    total = values["specifications"]
    sets = counted(values["data_sets"], "data set")
    shares = options.drop_duplicates("choice").set_index("choice")["explained"]
    ranked = shares.sort_values(ascending=False, kind="stable")
    # What explains next to nothing is not named with what explains most.
    largest = ranked[(ranked >= _NAMEABLE) | (ranked == ranked.iloc[0])].head(2)
    mostly = listed(f"{CHOICE_WORDS[str(choice)]} ({_percent(share)})" for choice, share in largest.items())
    return "\n\n".join(
        [
            f"{counted(total, 'distinct specification')} of {sets} of treated women; {values['single_study']:,} have a single treated "
            f"study. The variance of the estimates goes mostly with {mostly}.",
            f"A {in_percent(multiverse.level)} confidence interval (CI) that includes zero shows neither a difference nor its absence, least of all where the "
            "specification could not have detected a doubling. The number of specifications with one answer is no probability: they "
            "have women in common. Only a study's own randomised control has women who are alike; everywhere else small "
            "groups, reported by choice, are compared with women of other studies.",
        ]
    )


def _others(multiverse: Multiverse) -> str:
    """Say which women without the condition in question are among the treated of some specifications."""
    asked_for = next(iter(multiverse.question.conditions.values()))
    used = multiverse.specifications["treated_set"].unique()
    among = {str(name) for place in used for name in multiverse.sets[int(place)]["condition"]} - set(
        asked_for
    )
    words = " or ".join(
        phrase(name) for names in multiverse.question.conditions.values() for name in names if name in among
    )
    return f"some specifications include women with {words}" if words else ""


def _of_estimates(choice: str, share: float) -> str:
    words = CHOICE_WORDS[choice]
    return f"{words[0].upper()}{words[1:]} goes with {_percent(share)}"


def _percent(share: float) -> str:
    return "none" if not share else "all" if share == 1 else f"{percent(share)} %"
