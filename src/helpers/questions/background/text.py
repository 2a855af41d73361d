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
#: Comparators that are named for one side of zero.
_SIDES = 4


def background_conclusion(counts: Comparable, pairs: pd.DataFrame, *, level: float) -> str:
    """Report how treated arms compare, cited studies first.

    Markdown of at most 390 words. Nothing is claimed about causes. Each randomised pair is reported, the
    other untreated cohorts of a treated arm, and which cohorts gave way to a larger one. Without any count
    of treated women, the counts without cells are reported.
    """
    name = phrase(counts.outcome)
    treated = counts.rows[counts.rows["side"] == TREATED]
    if treated.empty:
        return _without_treated(counts, name, level)
    compared = pairs.drop_duplicates(["study_id", "treated"])
    alone = treated[~treated["who"].isin(compared["treated"])]
    text = (
        f"Of {counted(len(treated), 'cohort')} treated with cells and counted for {name}, {len(compared)} "
        f"{'has' if len(compared) == 1 else 'have'} a comparator of the same condition"
    )
    text += f" and {len(alone)} {'has' if len(alone) == 1 else 'have'} none. " if len(alone) else ". "
    if pairs.empty:
        return (
            text
            + _others(counts)
            + "Whether it would have happened anyway cannot be said from the text available to us."
        )
    trials, unlike = pairs[pairs["randomised"]], pairs[~pairs["randomised"]]
    parts = [
        text + _tally(pairs, level),
        _lines(unlike),
        _aside(counts),
        _no_rates(counts),
        _trials(trials),
        _closing(pairs, counts),
    ]
    return "\n\n".join(paragraph for paragraph in parts if paragraph)


def _without_treated(counts: Comparable, name: str, level: float) -> str:
    """Report the counts without cells, the untreated first, where no count of treated women can be compared."""
    cells = int((counts.left_out["side"] == TREATED).sum())
    text = f"No cohort treated with cells has a count of {name} that can be compared" + (
        f": {counted(cells, 'count')} with cells {'is' if cells == 1 else 'are'} excluded, with the reason. "
        if cells
        else ". "
    )
    if counts.rows.empty:
        return text + "Whether it would have happened anyway cannot be said from the text available to us."
    lines = [
        f"- {plain(row.who_women)}, {row.kind}: {_proportion(row, level)}."
        for row in counts.rows.itertuples()
    ]
    more = f"\n- {len(lines) - _MOST} more in the table above." if len(lines) > _MOST else ""
    parts = [
        text + "Without cells it was counted in these women:",
        "\n".join(lines[:_MOST]) + more,
        _aside(counts),
        _no_rates(counts),
        "These are rates of women without cells, not a comparison.",
    ]
    return "\n\n".join(paragraph for paragraph in parts if paragraph)


def _proportion(row: Any, level: float) -> str:
    return proportion_words(int(row.events), int(row.total), row.low, row.high, level)


def _others(counts: Comparable) -> str:
    """Name the conditions that have a background but nobody treated."""
    unmet = counts.left_out[counts.left_out["why"].str.startswith(NOBODY_TREATED)]
    if unmet.empty:
        return ""
    return (
        f"The counts of {listed(unmet['stratum'])} without cells are of other women and do not replace them. "
    )


def pairs_subtitle(*, level: float) -> str:
    """Describe in one line what `figures.difference_forest` shows."""
    return (
        f"Left: difference with its {in_percent(level)} CI, from the exact limits of both rates. Right: probability that the treated rate is the "
        "higher, each comparator taken as it is; none where the pair has few events."
    )


def _tally(pairs: pd.DataFrame, level: float) -> str:
    """Count intervals by side of zero, name those that exclude it, and count comparisons too small to detect a doubling."""
    zero, untreated = pairs["interval"] == UNCLEAR, pairs["comparator_kind"] == UNTREATED
    sides = [
        f"{_number(len(side_pairs))} wholly {side} zero ({word} with cells: {_differing(side_pairs)})"
        for side, word, name in (("below", "lower", LOWER), ("above", "higher", HIGHER))
        if len(side_pairs := pairs[pairs["interval"] == name])
    ]
    sides += [f"{int(zero.sum())} include{'s' if zero.sum() == 1 else ''} zero"] if zero.any() else []
    text = (
        f"Of {counted(len(pairs), 'difference')} and {'its' if len(pairs) == 1 else 'their'} {in_percent(level)} confidence intervals (CI), "
        f"{listed(sides)}. "
    )
    if untreated.any():
        few = int(pairs.loc[zero & untreated, "too_small"].fillna(value=False).sum())
        text += (
            f"Against untreated women the CI includes zero in {int((zero & untreated).sum())} of "
            f"{counted(int(untreated.sum()), 'comparison')}{f', {few} of them too small to detect a doubling' if few else ''}. "
        )
    else:
        text += "No comparator is an untreated cohort. "
    if not zero.any():
        return text.strip()
    small = int(pairs.loc[zero, "too_small"].fillna(value=False).sum())
    text += "A CI that includes zero shows neither a difference nor its absence"
    where = "" if zero.sum() == 1 else f"in {small} of these {zero.sum()} comparisons "
    power = f": {where}the groups were too small to detect a doubling ({100 * POWERS[0]:g} % power)"
    return text + (power if small else "") + "."


def _number(number: int) -> str:
    return f"{number} {'lies' if number == 1 else 'lie'}"


def _differing(pairs: pd.DataFrame) -> str:
    """Name treated arms with the comparators from which they differ; of many, how many more there are."""
    named = [
        f"{listed(map(plain, same['treated_women']))} against {_whom(next(same.itertuples()))}"
        for _, same in pairs.groupby("comparator", sort=False)
    ]
    more = len(named) - _SIDES
    return "; ".join(named[:_SIDES]) + (
        f"; {counted(more, 'comparator')} more in the table" if more > 0 else ""
    )


def _whom(row: Any) -> str:
    name = (
        "the control of the same study" if row.comparator_kind == OWN_CONTROL else plain(row.comparator_women)
    )
    return f"{name} {row.background_events}/{row.background_total}"


def _lines(pairs: pd.DataFrame) -> str:
    """Report the largest treated arms, cited ones first, each against the comparator that comes first."""
    if pairs.empty:
        return ""
    first = pairs.drop_duplicates(["study_id", "treated"])
    cited = first[first["role"] == "cited"]
    largest = (
        (cited if len(cited) else first).sort_values("total", ascending=False, kind="stable").head(_REPORTED)
    )
    head = (
        "P: probability that the treated rate is the higher, the comparator taken as it is. How much cohorts without cells differ among "
        "themselves is not in it."
    )
    return "\n".join([head, "", *(_arm_line(row, pairs) for row in largest.itertuples())])


def _arm_line(row: Any, pairs: pd.DataFrame) -> str:
    """Report a treated arm against the first of its comparators, with the counts of the other untreated cohorts."""
    same = (
        (pairs["study_id"] == row.study_id) & (pairs["treated"] == row.treated) & (pairs["rank"] > row.rank)
    )
    others = pairs[same & (pairs["comparator_kind"] == UNTREATED)]
    also = "; ".join(
        f"{plain(other.comparator_women)} {other.background_events}/{other.background_total}, {points(other.difference)}"
        for other in others.itertuples()
    )
    teller = "" if row.origin == ORIGINS[0] else f" ({row.origin})"
    small = row.interval == UNCLEAR and pd.notna(row.too_small) and row.too_small
    power = "too small to detect a doubling; " if small else ""
    differ = f"the women differ in {plain(row.mismatch)}; " if row.mismatch else ""
    return (
        f"- {plain(row.treated_women)} {row.events}/{row.total}{teller} against "
        f"{plain(row.comparator_women)} {row.background_events}/{row.background_total}, "
        f"{row.comparator_kind}: {row.gap_text} points; {differ}{power}{_chance(row)}."
        + (f" Also untreated: {also}." if also else "")
    )


def _chance(row: Any) -> str:
    return f"no P, {row.no_probability}" if row.no_probability else f"P {plain(row.chance_text)}"


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
    names = with_women(rows["study_label"], rows["population"])
    cohorts = listed(f"{plain(name)} {count}" for name, count in zip(names, rows["count_text"], strict=True))
    return (
        ""
        if rows.empty
        else f"Not compared, because they may have women in common with a larger cohort: {cohorts}."
    )


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
    text = f"Of {counted(len(pairs), 'comparison')} {silent} {'is' if silent == 1 else 'are'} without a printed follow-up"
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
