"""What women, animals and cells in the laboratory show about the source of the cells, and about the article's ratio."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from helpers.evidence.vocabulary import capital, phrase
from helpers.questions.cell_sources.ratio_claim import (
    AGAINST,
    FACTOR,
    FOR,
    FUNCTION,
    NO_DIFFERENCE,
    UNSEEN,
    RatioTrace,
)
from helpers.questions.cell_sources.rows import NOT_REPORTED, other_differences
from helpers.show.numbers import percent
from helpers.show.words import counted, listed, plain


def cell_sources_conclusion(
    rows: pd.DataFrame,
    effects: pd.DataFrame,
    animals: pd.DataFrame,
    secretion: pd.DataFrame,
    *,
    group: str,
    group_name: str,
) -> str:
    """Report in turn the findings in women, in animals and in the laboratory; each is a separate question.

    The frames are those of `rows.comparison_rows`, `published_effects.women_effects`,
    `published_effects.animal_effects` and `secretion.secretion_rows`; `group_name` names the column `group`
    in a sentence.
    """
    women = comparison_conclusion(rows, group=group, group_name=group_name)
    return "\n\n".join([women, _pooled(effects), _animals(animals), _secretion(secretion)])


def _pooled(effects: pd.DataFrame) -> str:
    """Count what meta-analyses of women print with an interval, and name the intervals that are too narrow for their women."""
    drawn = effects[effects["drawn"]]
    if drawn.empty:
        return "**Women, pooled by others:** no estimate by source or donor of the cells with an interval was printed."
    narrow = drawn[drawn["too_narrow"]]
    named = "; ".join(
        f"{row.what} {row.effect_name} {row.estimate:.2f} ({row.low:.2f} to {row.high:.2f}), {plain(row.subgroup)}, {plain(row.citation)}"
        for row in narrow.itertuples()
    )
    return (
        f"**Women, pooled by others:** {counted(len(drawn), 'interval')} by source or donor, from "
        f"{counted(drawn['source_id'].nunique(), 'meta-analysis', 'meta-analyses')}."
    ) + (
        f" The check of reported numbers finds {len(narrow)} of them too narrow for so few women: {named}."
        if named
        else ""
    )


def _animals(animals: pd.DataFrame) -> str:
    drawn = animals[animals["drawn"]]
    if drawn.empty:
        return "**Animals:** no estimate by source of the cells with an interval was printed for the outcomes chosen."
    single = int((drawn["k"] == 1).sum())
    alone = f", {single} of one study alone" if single else ""
    text = (
        f"**Animals, {listed(phrase(word) for word in drawn['outcome'])}:** {counted(len(drawn), 'interval')} by source{alone}, "
        f"from {counted(drawn['source_id'].nunique(), 'meta-analysis', 'meta-analyses')}. "
    )
    if drawn["source_id"].nunique() > 1:
        text += "Meta-analyses share primary studies and are not pooled. "
    return text + "None is a test between sources."


def _secretion(secretion: pd.DataFrame) -> str:
    pairs = secretion[secretion["second"] != ""]
    if pairs.empty:
        return "**Laboratory:** no document compares sources of cells in what was chosen."
    sized = pairs.loc[pairs["ratio"].notna(), "source_id"].nunique()
    return (
        f"**Laboratory:** {counted(pairs['source_id'].nunique(), 'document compares', 'documents compare')} sources of cells on "
        f"{counted(pairs['mediator'].nunique(), 'thing')}; {sized or 'none'} "
        f"{'gives' if sized < 2 else 'give'} a ratio."
    )


def ratio_conclusion(trace: RatioTrace, *, verdict: str) -> str:
    """Report the evidence for and against the ratio that the article prints, with the verdict on the claim.

    The article's own row is a claim and counts on neither side.
    """
    claim = trace.claim
    lacks = f" without {_nor(trace.missing)}" if trace.missing else ""
    return (
        f"**The article's {plain(claim['value'])}-{plain(claim['unit'])}** ({claim['claim_id']}) stands{lacks}. "
        f"Cord against marrow, by documents: angiogenic factors {_sides(trace, FACTOR)}; angiogenic function "
        f"{_sides(trace, FUNCTION)}. {_ratios(trace)} Verdict: {verdict}."
    )


def _nor(missing: list[str]) -> str:
    return missing[0] if len(missing) == 1 else f"{', '.join(missing[:-1])} or {missing[-1]}"


def _sides(trace: RatioTrace, about: str) -> str:
    sides = []
    for states, words in ((FOR, "for"), (AGAINST, "against")):
        number = trace.documents(about, states)
        retold = number - trace.documents(about, states, by_paper=True)
        sides.append(f"{number} {words}" + (f" ({retold} retold)" if retold else ""))
    rest = ((NO_DIFFERENCE, "with no difference reported"), (UNSEEN, "with a direction not seen"))
    others = ((trace.documents(about, states), words) for states, words in rest)
    return listed(sides) + "".join(f", {number} {words}" for number, words in others if number)


def _ratios(trace: RatioTrace) -> str:
    ratios = trace.ratios()
    if ratios.empty:
        return "No source read gives a ratio."
    printed = int(ratios["ratio_printed"].sum())
    low, high = ratios["ratio_value"].min(), ratios["ratio_value"].max()
    how = "none printed as such" if not printed else f"{printed} printed as such"
    fits = int(ratios["fits"].sum())
    units = listed(ratios["unit"].dropna().map(plain)) if ratios["unit"].notna().any() else "no unit"
    span = f"{low:.3g}" if low == high else f"{low:.3g} to {high:.3g}"
    return (
        f"{counted(len(ratios), 'ratio')} ({span}; {how}) of {units}; "
        f"{fits or 'none'} {'rounds' if fits < 2 else 'round'} to {plain(trace.claim['value'])}."
    )


def comparison_conclusion(rows: pd.DataFrame, *, group: str, group_name: str) -> str:
    """Report, for each outcome and tissue, the counts by group and what else differs between their studies.

    It says whether intervals of different groups overlap; no difference is computed.
    """
    drawn = rows[rows["drawn"]]
    if drawn.empty:
        return "No count with a total is in the text available to us, so nothing can be compared."
    paragraphs = [
        _paragraph(counts, str(outcome), str(tissue), group, group_name)
        for (outcome, tissue), counts in drawn.groupby(["outcome", "tissue"], sort=False)
    ]
    parts = drawn[drawn["group"] != NOT_REPORTED].groupby(["outcome", "tissue"])
    if (parts["group"].nunique() > 1).any():
        paragraphs.append(
            f"These are naive comparisons across studies: neither a difference nor an overlap can be attributed to the {group_name}."
        )
    return "\n\n".join(paragraphs)


def _paragraph(drawn: pd.DataFrame, outcome: str, tissue: str, group: str, group_name: str) -> str:
    words = phrase(outcome)
    known = drawn[drawn["group"] != NOT_REPORTED]
    parts = [_range(counts, str(name)) for name, counts in drawn.groupby("condition", sort=False)]
    text = (
        f"**{capital(words)}, {tissue}:** {counted(len(drawn), 'count')} ({'; '.join(parts)}) in "
        f"{counted(known['group'].nunique(), 'group')} by {group_name}"
    )
    unknown = len(drawn) - len(known)
    text += f"; for {counted(unknown, 'count')} the {group_name} is not reported. " if unknown else ". "
    if known["group"].nunique() < 2:
        return text + "There are no two groups to compare."
    others = other_differences(known, group)
    differ = f"The studies differ also in {listed(others)}" if others else "What else differs is not known"
    return f"{text}{_overlap(known)} {differ}."


def _range(drawn: pd.DataFrame, condition: str) -> str:
    """Give the range of the counts of women with one condition: over several conditions it would be one of nobody."""
    several = drawn.loc[drawn["total"] > 1, "proportion"]
    limits = dict.fromkeys(map(percent, (several.min(), several.max()))) if len(several) else {}
    alone = int((drawn["total"] == 1).sum())
    shares = f", {' to '.join(limits)} %" if limits else ""
    cases = f", {alone} of one woman excluded from the range" if alone and limits else ""
    who = "women of more than one condition" if condition == "mixed" else phrase(condition)
    return f"{len(drawn)} of {who}{shares}{cases}"


def _overlap(known: pd.DataFrame) -> str:
    apart = any(
        first["group"] != second["group"] and (first["low"] > second["high"] or second["low"] > first["high"])
        for (_, first), (_, second) in combinations(known.iterrows(), 2)
    )
    return (
        "Some intervals of different groups do not overlap."
        if apart
        else "All intervals of different groups overlap, which neither shows nor excludes a difference."
    )
