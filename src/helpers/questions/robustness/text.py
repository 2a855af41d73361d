"""How far a conclusion depends on the choices behind it, in words."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import phrase
from helpers.questions.robustness.choices import CHOICE_WORDS
from helpers.questions.robustness.effects import multiverse_values, option_answers
from helpers.questions.robustness.rows import ABOVE, BELOW, POSSIBLE, UNCLEAR, Multiverse
from helpers.show.numbers import in_percent, percent, points
from helpers.show.words import counted, listed, plain

#: Share of specifications that is most of them, and the most names in a sentence.
_MOST, _NAMED = 0.5, 2
#: Share of specifications that is nearly all of them.
_NEARLY_ALL = 0.95
#: Share of the variance from which a choice is worth naming after the first.
_NAMEABLE = 0.1
_POSITION = {ABOVE: "lies above zero", BELOW: "lies below zero", UNCLEAR: "includes zero"}


def robustness_title(multiverse: Multiverse) -> str:
    """Say that no specification detects a difference, or for each kind of comparator where the interval of most is."""
    parts, values = [], multiverse_values(multiverse)["kinds"]
    head = f"{multiverse.question.event.capitalize()} after treatment of {multiverse.question.whom}{_others(multiverse)}"
    small = [shares["share_too_small"] for shares in values.values()]
    if all(shares["share_zero"] == 1 for shares in values.values()) and min(small) >= _NEARLY_ALL:
        every = "all" if min(small) == 1 else "nearly all"
        return f"{head}: no specification detects a difference; {every} were too small to detect a doubling"
    for kind, rows in _by_kind(multiverse).items():
        shares = rows["answer"].value_counts(normalize=True)[POSSIBLE]
        answer = str(shares.idxmax())
        # However often the choices repeat it, one result is one result.
        where = "the one CI there is" if values[kind]["results"] == 1 else "the CI of the difference"
        sentence = f"against {kind} {where} {_POSITION[answer]}"
        if values[kind]["results"] > 1:
            every = "all" if shares[answer] == 1 else f"{_percent(shares[answer])} of"
            sentence += f" in {every} specifications"
        if answer == UNCLEAR and values[kind]["share_too_small"]:
            sentence += (
                f", {_percent(values[kind]['share_too_small'])} of them too small to detect a doubling"
            )
        parts.append(sentence)
    return f"{head}: {'; '.join(parts)}"


def choices_title(effects: pd.DataFrame) -> str:
    """Say which choice goes with most of the variance of the estimates, and which with that of the answers."""
    shares = effects.set_index("choice")
    first, second = shares["explained"].idxmax(), shares["explained_answer"].idxmax()
    title = f"{_of_estimates(str(first), shares['explained'].max())} of the variance of the estimates"
    if not shares["explained_answer"].max():
        return f"{title}; where the intervals lie is the same for all options"
    if first == second:
        return f"{title} and {_percent(shares['explained_answer'].max())} of that of where the intervals lie"
    return f"{title}, {CHOICE_WORDS[str(second)]} with {_percent(shares['explained_answer'].max())} of that of where the intervals lie"


def robustness_conclusion(multiverse: Multiverse, options: pd.DataFrame) -> str:
    """Say in how many specifications the interval is above or below zero or includes it, and which choices turn it.

    At most 260 words. Each kind of comparator has a line of its own, because they are different questions.
    """
    values = multiverse_values(multiverse)
    answers = option_answers(multiverse)
    impossible = values["specifications"] - values["possible"]
    lines = [
        f"{multiverse.question.event.capitalize()} after treatment of {multiverse.question.whom}{_others(multiverse)}: "
        f"{counted(values['possible'], 'possible specification')}, {impossible:,} impossible. "
        f"{_percent(values['single_study'])} rest on a single study.",
        "\n".join(
            f"- Compared with **{kind}** ({counted(shares['possible'], 'specification')}, {counted(shares['results'], 'distinct result')}): "
            f"the {in_percent(multiverse.level)} CI includes zero in {_percent(shares['share_zero'])}, lies above in "
            f"**{_percent(shares['share_above'])}** and below in {_percent(shares['share_below'])}; "
            f"{_span(shares['lowest'], shares['highest'], shares['median'])}.{_power(shares['share_too_small'])}"
            f"{_behind(multiverse, kind)}{_turning(answers[answers['kind'] == kind])}"
            for kind, shares in values["kinds"].items()
        ),
        _explained(options),
        "A CI that includes zero shows neither a difference nor its absence. A percentage of specifications is no probability: they are not "
        "independent, and not all are equally good. Only a study's own randomised control has women who are alike; everywhere else small "
        "groups, reported by choice, are compared with women of other studies.",
    ]
    return "\n\n".join(lines)


def _others(multiverse: Multiverse) -> str:
    """Say which women without the condition in question are among the treated of some specifications."""
    asked_for = next(iter(multiverse.question.conditions.values()))
    used = multiverse.possible["treated_set"].unique()
    among = {str(name) for place in used for name in multiverse.sets[int(place)]["condition"]} - set(
        asked_for
    )
    words = " or ".join(
        phrase(name) for names in multiverse.question.conditions.values() for name in names if name in among
    )
    return f" (some specifications include women with {words})" if words else ""


def _by_kind(multiverse: Multiverse) -> dict[str, pd.DataFrame]:
    rows = multiverse.possible
    parts = {kind: rows[rows["kind"] == kind] for kind in multiverse.kinds}
    return {kind: frame for kind, frame in parts.items() if len(frame)}


def _span(lowest: float, highest: float, median: float) -> str:
    if points(lowest) == points(highest):
        return f"a difference of {points(median)} points"
    return f"differences of {points(lowest)} to {points(highest)} points, median {points(median)}"


def _power(share: float | None) -> str:
    # Of a rate near one half, that a doubling could be detected says little.
    if not share:
        return ""
    return f" Of those that include zero, {_percent(share)} were too small to detect a doubling."


def _behind(multiverse: Multiverse, kind: str) -> str:
    """Name the comparators of most specifications that find a difference."""
    rows, words = _by_kind(multiverse)[kind], []
    for answer, name in ((ABOVE, "above"), (BELOW, "below")):
        differing = rows[rows["answer"] == answer]
        # With one comparator there is nothing to name; of several, as few as hold most, the largest first.
        if differing.empty or rows["comparator"].nunique() == 1:
            continue
        shares = differing["comparator"].astype(str).value_counts(normalize=True)
        most = shares[shares.cumsum().shift(fill_value=0) <= _MOST]
        more = f" and {len(most) - _NAMED} more" if len(most) > _NAMED else ""
        if shares.iloc[0] == 1:
            words.append(f" All that lie {name} are comparisons with {plain(shares.index[0])}.")
            continue
        names = listed(f"{plain(cohort)} ({_percent(share)})" for cohort, share in most.head(_NAMED).items())
        words.append(f" Most that lie {name} are comparisons with {names}{more}.")
    return "".join(words)


def _turning(answers: pd.DataFrame) -> str:
    """Name the options under which the interval of most specifications is above zero, if there are some."""
    most = answers[answers["share_above"] > _MOST]
    if most.empty or len(most) == len(answers):
        return ""
    names = [f"“{plain(row.option)}” ({row.choice})" for row in most.itertuples()]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f" Most lie above only under {listed(names[:_NAMED])}{more}."


def _explained(options: pd.DataFrame) -> str:
    estimate, answer = (_mostly(options, column) for column in ("explained", "explained_answer"))
    same = options["explained_answer"].max() == 0
    lie = "is the same for all options" if same else f"goes mostly with {answer}"
    words = f"The variance of the estimates goes mostly with {estimate}; where the intervals lie {lie}."
    never = [f"“{plain(row.option)}” ({row.choice})" for row in options.itertuples() if not row.possible]
    return words + (f" No specification is possible under {listed(never)}." if never else "")


def _of_estimates(choice: str, share: float) -> str:
    words = CHOICE_WORDS[choice]
    return f"{words[0].upper()}{words[1:]} goes with {_percent(share)}"


def _mostly(options: pd.DataFrame, column: str) -> str:
    shares = options.drop_duplicates("choice").set_index("choice")[column]
    ranked = shares.sort_values(ascending=False, kind="stable")
    # What explains next to nothing is not named with what explains most.
    largest = ranked[(ranked >= _NAMEABLE) | (ranked == ranked.iloc[0])].head(2)
    return listed(f"{CHOICE_WORDS[str(choice)]} ({_percent(share)})" for choice, share in largest.items())


def _percent(share: float) -> str:
    return "none" if not share else "all" if share == 1 else f"{percent(share)} %"
