"""Say what randomised trials show together, how the women lost could change it, and how certain it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.pooled_outcomes.certainty import LEVELS, Grade
from helpers.questions.pooled_outcomes.certainty_text import effect_statement
from helpers.questions.pooled_outcomes.trials_together import (
    ANALYSES,
    ASSUMED,
    BEST,
    NOT_KNOWN,
    RANDOMISED,
    REPORTED,
    WORST,
)
from helpers.show.numbers import count_of, in_percent, points
from helpers.show.words import counted, listed, plain

#: What is assumed of the women who were randomised and not counted.
CASES = {
    RANDOMISED: "If no woman lost had the event, the odds ratio is",
    WORST: "In the worst case, all women lost to the control arms had it and no other:",
    BEST: "In the best case, all women lost to the arms with cells had it and no other:",
}


def figure_words(rows: pd.DataFrame, *, level: float) -> dict[str, Any]:
    """Give the subtitle and the notes of the figures of `trial_rows`."""
    subtitle = f"Odds ratio of women with cells against women without, each trial with its exact {in_percent(level)} CI."
    return {"subtitle": subtitle, "notes": tuple(filter(None, [sizes_sentence(rows)]))}


def randomised_answer(
    rows: pd.DataFrame,
    pools: pd.DataFrame,
    published: pd.DataFrame,
    grades: Iterable[Grade],
    *,
    tissues: Iterable[str],
    level: float,
) -> str:
    """Answer, tissue by tissue, whether pregnancies and births are more frequent with cells in randomised trials, in Markdown.

    `rows`, `pools` and `published` are of `trials_together`; `grades` of `pool_grades.pool_grades` add how certain each effect is. Of
    `tissues`, those of the studies selected, each has an answer; no other tissue is named.
    """
    graded = [one for one in grades if one.trial]
    paragraphs = []
    selected = set(tissues)
    for tissue, organ in ORGAN.items():
        if tissue not in selected:
            continue
        own = rows[rows["tissue"] == tissue]
        if own.empty:
            paragraphs.append(_none(organ))
            continue
        lines = [f"**{capital(organ)}.** {_first(own, [one for one in graded if one.tissue == tissue])}"]
        for outcome, trials in own.groupby("outcome", sort=False):
            certain = [one for one in graded if (one.tissue, one.outcome) == (tissue, outcome)]
            pooled, printed = (
                frame[(frame["tissue"] == tissue) & (frame["outcome"] == outcome)]
                for frame in (pools, published)
            )
            lines.append(_outcome(str(outcome), trials, pooled, printed, certain, level))
        paragraphs.append("\n".join([f"{lines[0]}\n", *lines[1:]]))
        paragraphs.append(sizes_sentence(own))
    return (
        "\n\n".join(filter(None, paragraphs)) or "No count of women treated with cells is in the selection."
    )


def _first(rows: pd.DataFrame, graded: list[Grade]) -> str:
    """State the most certain effect of the tissue, and whether the women lost could change it."""
    number = rows["study_id"].nunique()
    compare = f"{counted(number, 'randomised trial compares', 'randomised trials compare')} women with cells and women without."
    if not graded:
        return compare
    best = max(graded, key=lambda one: LEVELS.index(one.effect.level))
    lost = any(reason.levels for reason in best.effect.reasons if reason.domain == "risk of bias")
    change = ", and the women lost to the trial could change that" if lost else ""
    statement = (
        f"{capital(effect_statement(best))} ({plain(best.trial)}; certainty {best.effect.level}){change}."
    )
    return f"{statement} {compare}"


def _none(organ: str) -> str:
    return (
        f"**{capital(organ)}.** Whether cells bring a pregnancy or a birth is not known from the studies selected: no randomised trial "
        "among them counted either in women with cells and in women without."
    )


def _outcome(
    outcome: str,
    trials: pd.DataFrame,
    pools: pd.DataFrame,
    published: pd.DataFrame,
    grades: list[Grade],
    level: float,
) -> str:
    first = trials[trials["analysis"] == REPORTED]
    said = [_trial(row, level) for row in first.to_dict("records")]
    together = pools[pools["analysis"] == REPORTED].set_index("method")
    if len(together):
        said += [
            _together(together, level),
            *(
                _published(row)
                for row in published.dropna(subset=["low"])
                .fillna({"subgroup": "all trials"})
                .to_dict("records")
            ),
        ]
    said.append(_lost(trials, pools))
    said += [
        f"{capital(effect_statement(one))} ({plain(one.trial)}; certainty {one.effect.level})."
        for one in grades
    ]
    return f"- **{capital(phrase(outcome))}.** {' '.join(filter(None, said))}"


def _trial(row: Any, level: float) -> str:
    return (
        f"{plain(row['study_label'])} ({plain(row['condition'])}): {count_of(row['events'], row['total'])} with cells, "
        f"{count_of(row['control_events'], row['control_total'])} without; risk difference {points(row['difference'])} points ({in_percent(level)} CI "
        f"{points(row['difference_low'])} to {points(row['difference_high'])})."
    )


def _together(pools: pd.DataFrame, level: float) -> str:
    mantel, bayes = pools.loc["mantel-haenszel"], pools.loc["bayes"]
    return (
        f"The {mantel['k']} trials together{_across(mantel)}: odds ratio {mantel['estimate']:.2f} ({in_percent(level)} CI {mantel['low']:.2f} to "
        f"{mantel['high']:.2f}, Mantel-Haenszel; Bayes {bayes['estimate']:.2f}, CrI {bayes['low']:.2f} to {bayes['high']:.2f})."
    )


def _across(pool: Any) -> str:
    """Name the conditions whose trials are together, where there are several."""
    conditions = str(pool["conditions"])
    return (
        f", across conditions ({plain(conditions)}; {plain(pool['differ'])}: for orientation only)"
        if " and " in conditions
        else ""
    )


def _published(row: Any) -> str:
    who = plain(str(row["citation"]).partition(", doi")[0])
    return f"Published: {row['estimate']:.2f} ({row['low']:.2f} to {row['high']:.2f}; {who}, {plain(row['subgroup'])})."


def _lost(trials: pd.DataFrame, pools: pd.DataFrame) -> str:
    """Say what the odds ratio is if the women lost are counted, and whether its CI includes no difference."""
    together = pools[pools["method"] == "mantel-haenszel"]
    shown = together if len(together) else trials[trials["why"] == ""]
    if shown["analysis"].nunique() < len(ANALYSES) or not (
        len(together) or trials["study_id"].nunique() == 1
    ):
        return ""
    by: dict[str, dict[Any, Any]] = {str(row["analysis"]): row for row in shown.to_dict("records")}
    return " ".join(
        f"{words} {by[name]['estimate']:.2f} ({by[name]['low']:.2f} to {by[name]['high']:.2f}"
        f"{', which includes no difference' if by[name]['low'] <= 1 <= by[name]['high'] else ''})."
        for name, words in CASES.items()
    )


def sizes_sentence(rows: pd.DataFrame) -> str:
    """Say of which trials the arm sizes as randomised are not printed, and what is assumed; empty if of none."""
    assumed = rows[rows["sizes"].eq(ASSUMED) & rows["analysis"].eq(RANDOMISED)].drop_duplicates("study_id")
    unknown = rows[rows["sizes"] == NOT_KNOWN].drop_duplicates("study_id")
    names = listed(
        f"{plain(row['study_label'])} ({row['enrolled']:.0f} women randomised; {row['total']} + {row['control_total']} assumed)"
        for row in assumed.to_dict("records")
    )
    said = [
        f"Assumption: the arm sizes as randomised are not printed; arms as equal as possible are assumed for {names}."
        if len(assumed)
        else "",
        f"The women randomised to each arm are not reported: {listed(map(plain, unknown['study_label']))}."
        if len(unknown)
        else "",
    ]
    return " ".join(filter(None, said))
