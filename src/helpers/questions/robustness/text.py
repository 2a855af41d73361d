"""How far a conclusion depends on the choices behind it, and whether any of them could have found an effect, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import capital, phrase
from helpers.questions.robustness.choices import CHOICE_WORDS
from helpers.questions.robustness.effects import multiverse_values
from helpers.questions.robustness.rows import ABOVE, BELOW, UNCLEAR, Multiverse
from helpers.show.numbers import count, in_percent, number, p_equals, percent, points
from helpers.show.words import counted, listed, plain

#: Proportion of the variance from which a choice is worth naming after the first.
_NAMEABLE = 0.1
#: The most counts that are named one by one.
_NAMED = 5
_POSITION = {ABOVE: "lies above zero", BELOW: "lies below zero", UNCLEAR: "includes zero"}


def robustness_title(multiverse: Multiverse) -> str:
    """Say how many specifications could have detected a doubling, and what those answer."""
    values = multiverse_values(multiverse)
    others = _others(multiverse)
    event = f"{multiverse.question.event.capitalize()} after treatment of {multiverse.question.whom}{f' ({others})' if others else ''}"
    powered = count(values["powered"]) if values["powered"] else "none"
    title = f"{event}: {powered} of {count(values['specifications'])} specifications could have detected a doubling"
    answers = [
        f"against {kind} {count(own['powered_answers'][ABOVE])} of {count(own['powered'])} lie above zero and "
        f"{count(own['powered_answers'][BELOW])} below"
        for kind, own in values["kinds"].items()
        if own["powered"]
    ]
    return "; ".join([title, *answers])


def robustness_answer(multiverse: Multiverse, tests: pd.DataFrame, *, doubts: Mapping[str, str]) -> str:
    """Answer in one sentence whether other choices lead to another answer; then give each kind of comparator, in Markdown.

    `doubts` is made by `helpers.questions.reported_numbers.rows.doubted_counts`.
    """
    values = multiverse_values(multiverse)
    kinds = [_kind(kind, own, tests[tests["kind"] == kind].iloc[0]) for kind, own in values["kinds"].items()]
    first, second = _first(multiverse, values), _second(multiverse, values)
    return "\n\n".join([first, second, "\n".join(kinds), _reporters(multiverse, doubts)])


def _first(multiverse: Multiverse, values: dict[str, Any]) -> str:
    total, answers = values["specifications"], multiverse.specifications["answer"].value_counts()
    what = f"{multiverse.question.event} after treatment of {multiverse.question.whom}"
    above, below, unclear = (int(answers.get(word, 0)) for word in (ABOVE, BELOW, UNCLEAR))
    powered = f"{count(values['powered']) if values['powered'] else 'none'} could have detected a doubling"
    span = _span(multiverse.specifications["estimate"])
    if unclear == total:
        every = f"all {count(total)} defensible analyses leave"
        every = every if total > 1 else "the one defensible analysis leaves"
        return f"No: {every} {what} undecided (point estimates {span}; every CI includes zero); {powered}."
    analyses = counted(total, "defensible analysis", "defensible analyses")
    found = f"{count(above)} {'finds' if above == 1 else 'find'} more with cells, {count(below)} fewer, and {count(unclear)} neither"
    return f"Yes: of {analyses} of {what}, {found} ({span}); {powered}."


def _span(estimates: pd.Series[float]) -> str:
    return f"{points(estimates.min())} to {points(estimates.max())} points"


def _second(multiverse: Multiverse, values: dict[str, Any]) -> str:
    """Say what a specification is, who reports its counts, and which other women are among the treated."""
    others, own = _others(multiverse), values["own_paper"]
    return (
        "Each analysis is one combination of choices, a specification. 'Doubling' means twice the comparator's rate. "
        f"{capital(_of(own, values['specifications']))} {'use' if own > 1 else 'uses'} only counts from the studies' papers or registers."
        f"{f' {capital(others)}.' if others else ''}"
    )


def _reporters(multiverse: Multiverse, doubts: Mapping[str, str]) -> str:
    """Name the counts with cells that the study itself does not report, and those that a check of reported numbers doubts."""
    rows = _treated(multiverse).drop_duplicates("evidence_row")
    rows = rows.sort_values("total", ascending=False, kind="stable")
    others = rows[rows["origin"] != ORIGINS[0]]
    named = "; ".join(
        f"{plain(row.study_label)}, {row.events} of {row.total} ({row.origin})" for row in others.itertuples()
    )
    if len(others) > _NAMED:
        article = int(others["origin"].eq(ORIGINS[1]).sum())
        named = f"{len(others)} of {len(rows)} counts, {article or 'none'} of these by the article only"
    doubted = rows.loc[rows["evidence_row"].isin(list(doubts)), "study_label"]
    sentences = {
        f"With cells, not reported by the study itself: {named}.": len(others),
        f"A check of `03_reported_numbers` doubts the count of {listed(map(plain, doubted))}.": len(doubted),
    }
    return " ".join(sentence for sentence, number in sentences.items() if number)


def _treated(multiverse: Multiverse) -> pd.DataFrame:
    """Gather the counts of the treated in any specification."""
    return pd.concat(
        [multiverse.sets[int(place)] for place in multiverse.specifications["treated_set"].unique()]
    )


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
    if number == total:
        return "the one specification" if total == 1 else f"all {counted(total, 'specification')}"
    return f"{count(number) if number else 'none'} of {counted(total, 'specification')}"


def _kind(kind: str, own: dict[str, Any], test: pd.Series[Any]) -> str:
    lowest, highest = percent(own["comparator_lowest"]), percent(own["comparator_highest"])
    rates = lowest if lowest == highest else f"{lowest} to {highest}"
    return (
        f"- Compared with **{kind}** ({counted(own['specifications'], 'specification')}, comparator's rate {rates} %): {_found(own)} {_reach(own)} "
        f"{_joint(test)}"
    )


def _found(own: dict[str, Any]) -> str:
    """Say what the specifications with power answer; without any, only what the estimates are."""
    lowest, median, highest = (points(own[name]) for name in ("lowest", "median", "highest"))
    span = f"the differences run from {lowest} to {highest} points, median {median}"
    span = span if lowest != highest else f"the difference is {median} points"
    answers = own["powered_answers"] if own["powered"] else own["other_answers"]
    if own["specifications"] == 1:
        able = "it could" if own["powered"] else "it could not"
        return (
            f"{able} have detected a doubling, and its CI {_POSITION[max(answers, key=answers.get)]}; {span}."
        )
    if not own["powered"]:
        return (
            f"none could have detected a doubling (power at most {percent(own['power_highest'])} %); {span}."
        )
    return (
        f"{count(own['powered'])} could have detected a doubling, and of these the CI lies above zero in **{count(answers[ABOVE])}**, "
        f"below in {count(answers[BELOW])} and includes zero in {count(answers[UNCLEAR])}; {span}."
    )


def _reach(own: dict[str, Any]) -> str:
    if own["detectable_lowest"] is None:
        return "No treated rate would have been declared higher."
    alone = own["specifications"] == 1
    lowest = (
        f"The smallest treated rate that {'it' if alone else 'one of them'} would have declared higher, with a power of 80 %, is "
        f"{percent(own['detectable_lowest'])} %"
    )
    if alone:
        return lowest + "."
    none = own["undetectable"]
    others = (
        f"; {count(none)} would have declared no rate higher; of the others, half"
        if none
        else "; half of them"
    )
    return f"{lowest}{others} needed {percent(own['detectable_median'])} % or more."


def _joint(test: pd.Series[Any]) -> str:
    p = max(float(test["p_median"]), 1 / (int(test["draws"]) + 1))
    return f"Joint test of the curve: {p_equals(p)} (simulation error {number(test['p_median_error'], 3)})."


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
    largest, answers = shares["explained"].max(), shares["explained_answer"].max()
    title = (
        f"{capital(CHOICE_WORDS[str(first)])} goes with {_percent(largest)} of the variance of the estimates"
    )
    if not answers:
        return f"{title}; where the CIs lie is the same for all options"
    other = " and" if first == second else f", {CHOICE_WORDS[str(second)]} with"
    return f"{title}{other} {_percent(answers)} of that of where the CIs lie"


def robustness_conclusion(multiverse: Multiverse, options: pd.DataFrame) -> str:
    """Say on how many studies the specifications rest, which choice moves them, and what their counts are not."""
    values = multiverse_values(multiverse)
    ranked = options.drop_duplicates("choice").set_index("choice")["explained"]
    # What explains next to nothing is not named with what explains most.
    largest = ranked[(ranked >= _NAMEABLE) | (ranked == ranked.iloc[0])].head(2)
    mostly = listed(f"{CHOICE_WORDS[str(choice)]} ({_percent(share)})" for choice, share in largest.items())
    return "\n\n".join(
        [
            f"{counted(values['specifications'], 'distinct specification')} of {counted(values['data_sets'], 'data set')} of treated women; "
            f"{count(values['single_study'])} have a single treated study. The variance of the estimates goes mostly with {mostly}.",
            f"A {in_percent(multiverse.level)} confidence interval (CI) that includes zero shows neither a difference nor its absence, least of all where the "
            "specification could not have detected a doubling. The number of specifications with one answer is no probability: they "
            "have women in common. Only a study's own randomised control has women who are alike; everywhere else small "
            "groups, reported by choice, are compared with women of other studies.",
        ]
    )


def _others(multiverse: Multiverse) -> str:
    """Say which women without the condition in question are among the treated of some specifications."""
    question = multiverse.question
    among = set(_treated(multiverse)["condition"]) - set(question.asked_for)
    names = dict.fromkeys(name for option in question.conditions.values() for name in option if name in among)
    return f"some specifications include women with {' or '.join(map(phrase, names))}" if names else ""


def _percent(share: float) -> str:
    return "none" if not share else "all" if share == 1 else f"{percent(share)} %"
