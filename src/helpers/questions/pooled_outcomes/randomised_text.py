"""Say what randomised trials show together, how the women lost could change it, and how certain it is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.pooled_outcomes.certainty import LEVELS, Grade
from helpers.questions.pooled_outcomes.certainty_text import effect_statement
from helpers.questions.pooled_outcomes.trials_together import (
    ASSUMED,
    BEST,
    NOT_KNOWN,
    RANDOMISED,
    REPORTED,
    WORST,
)
from helpers.show.numbers import count_of, in_percent, points
from helpers.show.words import counted, listed, plain

#: What is assumed of the women who were randomised and not counted, as the head of a column.
_CASES = {
    REPORTED: "as reported",
    RANDOMISED: "no woman lost had the event",
    WORST: "worst case: all women lost to the control arms had it, no other",
    BEST: "best case: all women lost to the arms with cells had it, no other",
}
_METHODS = {"mantel-haenszel": "Mantel-Haenszel (CI)", "bayes": "Bayes (CrI)"}


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
        paragraphs.append(
            f"**{capital(organ)}.** {_first(own, [one for one in graded if one.tissue == tissue])}"
        )
        lines = [
            _outcome(str(outcome), trials, graded, level)
            for outcome, trials in own.groupby("outcome", sort=False)
        ]
        paragraphs.append("\n".join(lines))
        together, printed = (frame[frame["tissue"] == tissue] for frame in (pools, published))
        paragraphs += [_odds(own, together, printed, level), _worst(own, together), _across(together)]
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


def _outcome(outcome: str, trials: pd.DataFrame, graded: list[Grade], level: float) -> str:
    """Give the counts of each trial as reported, and how certain its effect is."""
    tissue = trials["tissue"].iloc[0]
    said = [_trial(row, level) for row in trials[trials["analysis"] == REPORTED].to_dict("records")]
    said += [
        f"{capital(effect_statement(one))} ({plain(one.trial)}; certainty {one.effect.level})."
        for one in graded
        if (one.tissue, one.outcome) == (tissue, outcome)
    ]
    return f"- **{capital(phrase(outcome))}.** {' '.join(said)}"


def _trial(row: Any, level: float) -> str:
    return (
        f"{plain(row['study_label'])} ({plain(row['condition'])}): {count_of(row['events'], row['total'])} with cells, "
        f"{count_of(row['control_events'], row['control_total'])} without; risk difference {points(row['difference'])} points ({in_percent(level)} CI "
        f"{points(row['difference_low'])} to {points(row['difference_high'])})."
    )


def _odds(rows: pd.DataFrame, pools: pd.DataFrame, published: pd.DataFrame, level: float) -> str:
    """Tabulate the odds ratio of each outcome by what is assumed of the women lost: the trials together, or each by itself."""
    lines = [
        f"| odds ratio ({in_percent(level)} CI or CrI) | {' | '.join(_CASES.values())} |",
        "|---|" + "---|" * len(_CASES),
    ]
    for outcome, trials in rows.groupby("outcome", sort=False):
        own = pools[(pools["outcome"] == outcome) & pools["method"].isin(_METHODS)]
        shown = {
            f"{part['k'].iloc[0]} trials together, {_METHODS[str(method)]}": part
            for method, part in own.groupby("method", sort=False)
        }
        if own.empty:
            shown = {plain(label): part for label, part in trials.groupby("study_label", sort=False)}
        printed = published[published["outcome"] == outcome].dropna(subset=["low"])
        for row in printed.fillna({"subgroup": "all trials"}).to_dict("records"):
            who = plain(str(row["citation"]).partition(", doi")[0])
            name = f"published by {who}, {plain(row['subgroup'])}"
            shown[name] = pd.DataFrame([row | {"analysis": REPORTED, "why": ""}])
        for name, part in shown.items():
            by = {str(row["analysis"]): row for row in part.to_dict("records")}
            cells = [_ratio(by.get(case)) for case in _CASES]
            lines.append(f"| {phrase(str(outcome))}: {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _ratio(row: Any) -> str:
    if row is None:
        return "not known"
    if row.get("why"):
        return plain(row["why"])
    low, high = (
        f"{end:.2f}" if math.isfinite(end) else "no upper limit" for end in (row["low"], row["high"])
    )
    return f"{row['estimate']:.2f} ({low} to {high})"


def _worst(rows: pd.DataFrame, pools: pd.DataFrame) -> str:
    """Say for which outcomes the CI includes no difference in the worst case for the cells; of trials together by Mantel-Haenszel."""
    shown: dict[str, bool] = {}
    for outcome, trials in rows.groupby("outcome", sort=False):
        worst = pools[(pools["outcome"] == outcome) & (pools["method"] == "mantel-haenszel")]
        worst = worst if len(worst) else trials[trials["why"] == ""]
        worst = worst[worst["analysis"] == WORST]
        if len(worst):
            shown[phrase(str(outcome))] = bool(((worst["low"] <= 1) & (worst["high"] >= 1)).any())
    names = [outcome for outcome, includes in shown.items() if includes]
    if not shown:
        return ""
    if not names:
        return "Even in the worst case for the cells no CI includes no difference (an odds ratio of 1)."
    return f"In the worst case for the cells the CI includes no difference (an odds ratio of 1) for {listed(names)}."


def _across(pools: pd.DataFrame) -> str:
    """Name the outcomes whose trials together are of several conditions."""
    mixed = pools[pools["conditions"].str.contains(" and ")].drop_duplicates("outcome")
    return " ".join(
        f"For {phrase(str(row['outcome']))} the {row['k']} trials together are across conditions ({plain(row['conditions'])}; "
        f"{plain(row['differ'])}: for orientation only)."
        for row in mixed.to_dict("records")
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
