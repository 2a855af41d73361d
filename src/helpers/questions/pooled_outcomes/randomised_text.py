"""Say what randomised trials show together, how the women lost could change it, and how certain it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.pooled_outcomes.certainty import Grade, most_certain
from helpers.questions.pooled_outcomes.certainty_text import trial_statement
from helpers.questions.pooled_outcomes.trials_together import (
    ASSUMED,
    BEST,
    NOT_KNOWN,
    RANDOMISED,
    REPORTED,
    WORST,
    odds_text,
)
from helpers.show.numbers import count_of, in_percent, number, points
from helpers.show.words import counted, listed, plain

#: What is assumed of the women who were randomised and not counted, as the head of a column.
_CASES = {
    REPORTED: "as reported",
    RANDOMISED: "no woman lost had the event",
    WORST: "worst case: all women lost to the control arms had it, no other",
    BEST: "best case: all women lost to the arms with cells had it, no other",
}
_METHODS = {"mantel-haenszel": "Mantel-Haenszel (CI)", "bayes": "Bayes (CrI)"}
_NONE = (
    "Whether cells bring a pregnancy or a birth is not known from the studies selected: no randomised trial among them counted either in "
    "women with cells and in women without."
)


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
    for tissue in (tissue for tissue in ORGAN if tissue in set(tissues)):
        own, together, printed = (frame[frame["tissue"] == tissue] for frame in (rows, pools, published))
        head = f"**{capital(ORGAN[tissue])}.**"
        if own.empty:
            paragraphs.append(f"{head} {_NONE}")
            continue
        lines = [
            _outcome(
                str(outcome),
                trials,
                [one for one in graded if (one.tissue, one.outcome) == (tissue, outcome)],
                level,
            )
            for outcome, trials in own.groupby("outcome", sort=False)
        ]
        paragraphs += [
            f"{head} {_first(own, most_certain(graded, tissue))}",
            "\n".join(lines),
            _odds(own, together, printed, level),
            _worst(own, together),
            _across(together),
            sizes_sentence(own),
        ]
    return (
        "\n\n".join(filter(None, paragraphs)) or "No count of women treated with cells is in the selection."
    )


def _first(rows: pd.DataFrame, best: Grade | None) -> str:
    """State the most certain effect of the tissue, and whether the women lost could change it."""
    number = rows["study_id"].nunique()
    compare = f"{counted(number, 'randomised trial compares', 'randomised trials compare')} women with cells and women without."
    if best is None:
        return compare
    change = ", and the women lost to the trial could change that" if best.lost_decide else ""
    return f"{trial_statement(best)}{change}. {compare}"


def _outcome(outcome: str, trials: pd.DataFrame, graded: list[Grade], level: float) -> str:
    """Give the counts of each trial as reported, and how certain its effect is."""
    said = [_trial(row, level) for row in trials[trials["analysis"] == REPORTED].to_dict("records")]
    said += [f"{trial_statement(one)}." for one in graded]
    return f"- **{capital(phrase(outcome))}.** {' '.join(said)}"


def _trial(row: Any, level: float) -> str:
    gap, low, high = (points(row[name]) for name in ("difference", "difference_low", "difference_high"))
    return (
        f"{plain(row['study_label'])} ({plain(row['condition'])}): {count_of(row['events'], row['total'])} with cells, "
        f"{count_of(row['control_events'], row['control_total'])} without; risk difference {gap} points ({in_percent(level)} CI "
        f"{low} to {high})."
    )


def _odds(rows: pd.DataFrame, pools: pd.DataFrame, published: pd.DataFrame, level: float) -> str:
    """Tabulate the odds ratio of each outcome by what is assumed of the women lost: the trials together, or each by itself."""
    heads = [f"odds ratio ({in_percent(level)} CI or CrI)", *_CASES.values()]
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    for outcome, trials in rows.groupby("outcome", sort=False):
        together, printed = (frame[frame["outcome"] == outcome] for frame in (pools, published))
        shown = {
            f"{fits['k'].iloc[0]} trials together, {_METHODS[str(method)]}": fits
            for method, fits in together.groupby("method", sort=False)
            if method in _METHODS
        } or {plain(label): analyses for label, analyses in trials.groupby("study_label", sort=False)}
        for row in printed.dropna(subset=["low"]).fillna({"subgroup": "all trials"}).to_dict("records"):
            who = plain(str(row["citation"]).partition(", doi")[0])
            shown[f"published by {who}, {plain(row['subgroup'])}"] = pd.DataFrame(
                [row | {"analysis": REPORTED}]
            )
        for name, analyses in shown.items():
            by = {row["analysis"]: row for row in analyses.to_dict("records")}
            cells = [_ratio(by[case]) if case in by else "not known" for case in _CASES]
            lines.append(f"| {phrase(str(outcome))}: {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _ratio(row: dict[Any, Any]) -> str:
    return plain(row.get("why") or odds_text(row["estimate"], row["low"], row["high"]))


def _worst(rows: pd.DataFrame, pools: pd.DataFrame) -> str:
    """Say for which outcomes the CI includes no difference in the worst case for the cells; of trials together by Mantel-Haenszel."""
    together = pools[pools["method"] == "mantel-haenszel"]
    alone = rows[(rows["why"] == "") & ~rows["outcome"].isin(together["outcome"])]
    shown = pd.concat([together, alone])
    shown = shown[shown["analysis"] == WORST]
    unclear = shown.loc[(shown["low"] <= 1) & (shown["high"] >= 1), "outcome"]
    if shown.empty:
        return ""
    if unclear.empty:
        return "Even in the worst case for the cells no CI includes no difference (an odds ratio of 1)."
    names = listed(phrase(outcome) for outcome in rows["outcome"].unique() if outcome in set(unclear))
    return f"In the worst case for the cells the CI includes no difference (an odds ratio of 1) for {names}."


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
        f"{plain(row['study_label'])} ({number(row['enrolled'], 0)} women randomised; {row['total']} + {row['control_total']} assumed)"
        for row in assumed.to_dict("records")
    )
    equal = f"Assumption: the arm sizes as randomised are not printed; arms as equal as possible are assumed for {names}."
    none = f"The women randomised to each arm are not reported: {listed(map(plain, unknown['study_label']))}."
    return " ".join([*([equal] if len(assumed) else []), *([none] if len(unknown) else [])])
