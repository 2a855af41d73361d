"""What the comparison of each treated arm with each cohort without cells shows, and what it cannot show."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.counts.cohorts import SHARED
from helpers.counts.one_count import BACKGROUND, OWN_CONTROL, TREATED, UNTREATED, with_women
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import phrase
from helpers.questions.background.pairs import HIGHER, LOWER, POWERS, UNCLEAR
from helpers.questions.background.rows import NOBODY_TREATED, Comparable
from helpers.show.numbers import in_percent, points, proportion_words
from helpers.show.words import counted, listed, plain

#: Treated arms that are reported one by one, and counts without cells where nobody was treated.
_REPORTED, _MOST = 3, 12
_UNKNOWN = "Whether it would have happened anyway cannot be said from the text available to us."
#: Comparators that are named for one side of zero.
_SIDES = 4


def background_conclusion(counts: Comparable, pairs: pd.DataFrame, *, level: float) -> str:
    """Report in at most 390 words how treated arms compare, cited studies first, and which cohorts gave way to a larger one.

    Nothing is claimed about causes. Without any count of treated women, the counts without cells are
    reported.
    """
    name = phrase(counts.outcome)
    treated = counts.rows[counts.rows["side"] == TREATED]
    if treated.empty:
        return _without_treated(counts, name, level)
    compared = pairs.drop_duplicates(["study_id", "treated"])
    alone = treated[~treated["who"].isin(compared["treated"])]
    text = (
        f"Of {counted(len(treated), 'cohort')} treated with cells and counted for {name}, {counted(len(compared), 'has', 'have')} a "
        "comparator of the same condition"
    )
    text += f" and {counted(len(alone), 'has', 'have')} none. " if len(alone) else ". "
    if pairs.empty:
        return text + _others(counts) + _UNKNOWN
    randomised = pairs["randomised"]
    aside, trials = (_aside(counts), _no_rates(counts)), _trials(pairs[randomised])
    parts = [text + _tally(pairs, level), _lines(pairs[~randomised]), *aside, trials, _closing(pairs, counts)]
    return "\n\n".join(filter(None, parts))


def _without_treated(counts: Comparable, name: str, level: float) -> str:
    """Report the counts without cells, the untreated first, where no count of treated women can be compared."""
    cells = int((counts.left_out["side"] == TREATED).sum())
    left = f": {counted(cells, 'count')} with cells {'is' if cells == 1 else 'are'} excluded, with the reason"
    text = f"No cohort treated with cells has a count of {name} that can be compared{left if cells else ''}. "
    if counts.rows.empty:
        return text + _UNKNOWN
    lines = [_without_cells(row, level) for row in counts.rows.itertuples()]
    more = [f"- {len(lines) - _MOST} more in the table above."] if len(lines) > _MOST else []
    text += "Without cells it was counted in these women:"
    closing = "These are rates of women without cells, not a comparison."
    parts = [text, "\n".join(lines[:_MOST] + more), _aside(counts), _no_rates(counts), closing]
    return "\n\n".join(filter(None, parts))


def _without_cells(row: Any, level: float) -> str:
    rate = proportion_words(int(row.events), int(row.total), row.low, row.high, level)
    return f"- {plain(row.who_women)}, {row.kind}: {rate}."


def _others(counts: Comparable) -> str:
    """Name the conditions that have a background but nobody treated."""
    unmet = counts.left_out.loc[counts.left_out["why"].str.startswith(NOBODY_TREATED), "stratum"]
    words = f"The counts of {listed(unmet)} without cells are of other women and do not replace them. "
    return words if len(unmet) else ""


def pairs_subtitle(*, level: float) -> str:
    """Describe in one line what `figures.difference_forest` shows."""
    return (
        f"Left: difference with its {in_percent(level)} CI, from the exact limits of both rates. Right: probability that the treated rate is the "
        "higher, each comparator taken as it is; none where the pair has few events."
    )


def _tally(pairs: pd.DataFrame, level: float) -> str:
    """Count intervals by side of zero, name those that exclude it, and count comparisons too small to detect a doubling."""
    zero, untreated = pairs["interval"] == UNCLEAR, pairs["comparator_kind"] == UNTREATED
    small = zero & pairs["too_small"].fillna(value=False)
    sides = [
        f"{counted(len(of_side), 'lies', 'lie')} wholly {side} zero ({word} with cells: {_differing(of_side)})"
        for side, word, name in (("below", "lower", LOWER), ("above", "higher", HIGHER))
        if len(of_side := pairs[pairs["interval"] == name])
    ]
    sides += [f"{counted(int(zero.sum()), 'includes', 'include')} zero"] if zero.any() else []
    text = (
        f"Of {counted(len(pairs), 'difference')} and {'its' if len(pairs) == 1 else 'their'} {in_percent(level)} confidence intervals (CI), "
        f"{listed(sides)}. "
    )
    if untreated.any():
        few = int((small & untreated).sum())
        text += (
            f"Against untreated women the CI includes zero in {int((zero & untreated).sum())} of "
            f"{counted(int(untreated.sum()), 'comparison')}{f', {few} of them too small to detect a doubling' if few else ''}. "
        )
    else:
        text += "No comparator is an untreated cohort. "
    if not zero.any():
        return text.strip()
    where = "" if zero.sum() == 1 else f"in {int(small.sum())} of these {zero.sum()} comparisons "
    power = f": {where}the groups were too small to detect a doubling ({in_percent(POWERS[0])} power)"
    return f"{text}A CI that includes zero shows neither a difference nor its absence{power if small.any() else ''}."


def _differing(pairs: pd.DataFrame) -> str:
    """Name treated arms with the comparators from which they differ; of many, how many more there are."""
    named = [
        f"{listed(map(plain, same['treated_women']))} against {_whom(next(same.itertuples()))}"
        for _, same in pairs.groupby("comparator", sort=False)
    ]
    more = [f"{counted(len(named) - _SIDES, 'comparator')} more in the table"] if len(named) > _SIDES else []
    return "; ".join(named[:_SIDES] + more)


def _whom(row: Any) -> str:
    control = f"the control of the same study {row.background_events}/{row.background_total}"
    return control if row.comparator_kind == OWN_CONTROL else _comparator(row)


def _comparator(row: Any) -> str:
    return f"{plain(row.comparator_women)} {row.background_events}/{row.background_total}"


def _lines(pairs: pd.DataFrame) -> str:
    """Report the largest treated arms, cited ones first, each against the comparator that comes first."""
    if pairs.empty:
        return ""
    first = pairs.drop_duplicates(["study_id", "treated"])
    cited = first[first["role"] == "cited"]
    shown = cited if len(cited) else first
    largest = shown.sort_values("total", ascending=False, kind="stable").head(_REPORTED)
    head = (
        "P: probability that the treated rate is the higher, the comparator taken as it is. How much cohorts without cells differ among "
        "themselves is not in it."
    )
    return "\n".join([head, "", *(_arm_line(row, pairs) for row in largest.itertuples())])


def _arm_line(row: Any, pairs: pd.DataFrame) -> str:
    """Report a treated arm against the first of its comparators, with the counts of the other untreated cohorts."""
    same = (pairs["study_id"] == row.study_id) & (pairs["treated"] == row.treated)
    others = pairs[same & (pairs["rank"] > row.rank) & (pairs["comparator_kind"] == UNTREATED)]
    also = "; ".join(f"{_comparator(other)}, {points(other.difference)}" for other in others.itertuples())
    teller = "" if row.origin == ORIGINS[0] else f" ({row.origin})"
    small = row.interval == UNCLEAR and pd.notna(row.too_small) and row.too_small
    power = "too small to detect a doubling; " if small else ""
    differ = f"the women differ in {plain(row.mismatch)}; " if row.mismatch else ""
    chance = f"no P, {row.no_probability}" if row.no_probability else f"P {plain(row.chance_text)}"
    return (
        f"- {plain(row.treated_women)} {row.events}/{row.total}{teller} against {_comparator(row)}, {row.comparator_kind}: {row.gap_text} points; "
        f"{differ}{power}{chance}." + (f" Also untreated: {also}." if also else "")
    )


def _trials(pairs: pd.DataFrame) -> str:
    """Report each randomised pair: few as they are, they alone compare like with like."""
    if pairs.empty:
        return ""
    sentences = (
        f"{plain(row.treated)} {row.events}/{row.total} against {row.background_events}/{row.background_total}, "
        f"{row.gap_text} points"
        for row in pairs.itertuples()
    )
    return f"Randomised, cells against the control of the same trial: {'; '.join(sentences)}."


def _aside(counts: Comparable) -> str:
    """Name the cohorts without cells that gave way to a larger one: their women are not compared twice."""
    rows = counts.left_out
    rows = rows[rows["why"].str.startswith(SHARED) & (rows["side"] != TREATED)]
    names = with_women(rows["study_label"], rows["population"]).map(plain) + " " + rows["count_text"]
    words = f"Not compared, because they may have women in common with a larger cohort: {listed(names)}."
    return words if len(rows) else ""


def _no_rates(counts: Comparable) -> str:
    """Name the counts of several treated women that are no proportion, with the reason."""
    rows = counts.left_out[(counts.left_out["side"] == TREATED) & (counts.left_out["no_rate"] != "")]
    rows = rows[(rows["total"] > 1).fillna(value=False)]
    parts = [
        f"{listed(plain(f'{row.study_label} {row.count_text}') for row in counts_of_reason.itertuples())} ({why})"
        for why, counts_of_reason in rows.groupby("no_rate", sort=False)
    ]
    return f"Not compared, because the count is no proportion: {'; '.join(parts)}." if parts else ""


def _closing(pairs: pd.DataFrame, counts: Comparable) -> str:
    silent = int(pairs["window"].str.contains("printed").sum())
    without = counted(silent, "is", "are")
    text = f"Of {counted(len(pairs), 'comparison')} {without} without a printed follow-up"
    unlike = int((~pairs["same_word"]).sum())
    if unlike:
        others = counts.rows.loc[counts.rows["side"] == BACKGROUND, "outcome"].unique()
        words = listed(phrase(word) for word in others if word != counts.outcome)
        text += f"; in {unlike} the comparator counts {words} instead of {phrase(counts.outcome)}"
    text += ". "
    if pairs["randomised"].all():
        return text + "Nothing is adjusted, and no trials are pooled."
    subject = "Where not randomised, the women differ" if pairs["randomised"].any() else "The women differ"
    return text + f"{subject}: no difference, and no absence of one, can be attributed to the cells."
