"""What a conclusion owes to the choices behind it."""

from __future__ import annotations

import pandas as pd

from helpers.narrative.wording import counted, listed, plain
from helpers.tables.choice_effects import multiverse_values
from helpers.tables.data_choices import CHOICE_WORDS
from helpers.tables.multiverse import ABOVE, BELOW, UNCLEAR, Multiverse
from helpers.tables.rows import percent, points

#: Share of specifications that is most of them, and options named at most.
_MOST, _NAMED = 0.5, 3
#: Share of the variance from which a choice is worth naming beside the first.
_NAMEABLE = 0.1


def robustness_conclusion(told: Multiverse, options: pd.DataFrame) -> str:
    """Tell how many specifications say that the treated lie above the background, and which choices turn it.

    Parameters
    ----------
    told : Multiverse
        Made by `helpers.tables.multiverse`.
    options : pandas.DataFrame
        Made by `helpers.tables.option_effects`.

    Returns
    -------
    str
        Markdown, of at most 180 words.
    """
    values = multiverse_values(told)
    answers, possible = values["answers"], values["possible"]
    impossible = values["specifications"] - possible
    lines = [
        f"Of {counted(possible, 'possible specification')} ({impossible:,} were impossible; {counted(values['results'], 'distinct result')}), "
        f"**{_percent(values['share_above'])}** put {told.question.event} after treatment of {told.question.whom} above the background, "
        f"{_percent(values['share_below'])} below, and {_percent(answers[UNCLEAR] / possible)} show no difference. "
        f"The estimates run from {points(values['lowest'])} to {points(values['highest'])} percentage points, median "
        f"{points(values['median'])}. {_percent(values['single_study'])} rest on a single study.",
        " ".join(
            [_turning(options), *(_behind(told, answer) for answer in (ABOVE, BELOW) if answers[answer])]
        ),
        "A share of specifications is no probability: they are not independent, and not all are equally good. None of them mends "
        "what all share: small groups, reported by choice, beside women of other studies. Own controls of the treated studies, "
        "randomised or not, are no comparators here.",
    ]
    return "\n\n".join(lines)


def _behind(told: Multiverse, answer: str) -> str:
    """Name the comparators of most specifications that give an answer, whichever rule chose the cohort."""
    rows = told.possible
    cohorts = rows.loc[rows["answer"] == answer, "background_set"].map(lambda place: _cohort(told, place))
    shares = cohorts.value_counts(normalize=True)
    # As few as hold most of them, the largest first.
    most = shares[shares.cumsum().shift(fill_value=0) <= _MOST]
    held = [f"{plain(name)} ({_percent(share)})" for name, share in most.items()]
    more = f" and {len(held) - _NAMED} more" if len(held) > _NAMED else ""
    return f"Comparator behind most specifications {answer}: {listed(held[:_NAMED])}{more}."


def _cohort(told: Multiverse, place: int) -> str:
    studies = told.comparators[int(place)]["study_label"].unique()
    return str(studies[0]) if len(studies) == 1 else "cohorts pooled"


def _turning(options: pd.DataFrame) -> str:
    estimate, answer = (_mostly(options, column) for column in ("explained", "explained_answer"))
    most = options[options["share_above"] > _MOST]
    names = [f"“{plain(row.option)}” ({row.choice})" for row in most.itertuples()]
    turn = "Under no option of any choice do most specifications lie above."
    if names and len(most) < (options["possible"] > 0).sum():
        turn = f"Most specifications lie above only under {listed(names[:_NAMED])}"
        turn += f" and {len(names) - _NAMED} more." if len(names) > _NAMED else "."
    elif names:
        turn = "Most specifications lie above whatever single choice is held."
    never = [f"“{plain(row.option)}” ({row.choice})" for row in options.itertuples() if not row.possible]
    if never:
        turn += f" None is possible under {listed(never)}."
    same = options["explained_answer"].max() == 0
    goes = "all answers agree" if same else f"the answers with {answer}"
    return f"Of the variance between specifications, the estimates go mostly with {estimate}, {goes}. {turn}"


def _mostly(options: pd.DataFrame, column: str) -> str:
    shares = options.drop_duplicates("choice").set_index("choice")[column]
    ranked = shares.sort_values(ascending=False, kind="stable")
    # What explains next to nothing is not named beside what explains most.
    largest = ranked[(ranked >= _NAMEABLE) | (ranked == ranked.iloc[0])].head(2)
    return listed(f"{CHOICE_WORDS[str(choice)]} ({_percent(share)})" for choice, share in largest.items())


def _percent(share: float) -> str:
    return f"{percent(share)} %" if share else "none"
