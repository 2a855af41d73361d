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
from helpers.show.numbers import percent, ratio_ci, significant
from helpers.show.words import counted, listed, plain


def cell_sources_conclusion(
    rows: pd.DataFrame,
    effects: pd.DataFrame,
    animals: pd.DataFrame,
    secretion: pd.DataFrame,
    trace: RatioTrace,
    *,
    group_name: str,
) -> str:
    """Report in turn the findings in women, in animals, in the laboratory, and on the ratio; each is a separate question.

    `effects` are those of women; `group_name` names the column that groups the arms in a sentence.
    """
    others = " ".join([_pooled(effects), _animals(animals), _secretion(secretion)])
    parts = [_known(rows, group_name), _naive(rows), others, _ratio(trace)]
    return "\n\n".join(filter(None, parts))


def _known(rows: pd.DataFrame, group_name: str) -> str:
    """Say in one sentence that it is not known, how many studies compared two groups, and on how many counts this rests."""
    several = _of_several_groups(rows)
    if several.empty:
        return f"It is not known whether the {group_name} matters: there are no two groups with a count to compare."
    # Also those whose group is not reported.
    counts = rows[rows["drawn"]].merge(several[["outcome", "tissue"]].drop_duplicates())
    by_tissue = counts.groupby("tissue", sort=False)
    places = "; ".join(_of_tissue(str(tissue), of_tissue, group_name) for tissue, of_tissue in by_tissue)
    groups = several.groupby(["outcome", "tissue", "study_id"])["group"].nunique()
    both = groups[groups > 1].index.get_level_values("study_id").nunique()
    outcomes = listed(phrase(str(outcome)) for outcome in several["outcome"].unique())
    studies = counted(both, "study", "studies") if both else "no study"
    return (
        f"It is not known whether the {group_name} matters: {studies} compared two for {outcomes} ({places})."
    )


def _of_tissue(tissue: str, counts: pd.DataFrame, group_name: str) -> str:
    """Write ``5 counts of the ovary, including 1 of unknown source``."""
    unknown = int(counts["group"].eq(NOT_REPORTED).sum())
    return f"{counted(len(counts), 'count')} of the {tissue}" + (
        f", including {unknown} of unknown {group_name.partition(' of ')[0]}" if unknown else ""
    )


def _of_several_groups(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the counts of outcomes that two groups or more have in a tissue."""
    drawn = rows[rows["drawn"] & rows["group"].ne(NOT_REPORTED)]
    return drawn[drawn.groupby(["outcome", "tissue"])["group"].transform("nunique") > 1]


def _naive(rows: pd.DataFrame) -> str:
    found: dict[str, list[str]] = {}
    for (outcome, tissue), counts in _of_several_groups(rows).groupby(["outcome", "tissue"], sort=False):
        verb = "do not all overlap" if _apart(counts) else "overlap"
        found.setdefault(verb, []).append(f"{phrase(str(outcome))}, {tissue}")
    if not found:
        return ""
    verbs = "; ".join(f"{verb} ({'; '.join(where)})" for verb, where in found.items())
    if [*found] == ["overlap"]:
        verbs = "overlap"
    return f"Between studies, the groups' 95 % CIs {verbs}: naive indirect comparisons, which neither show nor exclude a difference."


def _pooled(effects: pd.DataFrame) -> str:
    """Count what meta-analyses of women print with a confidence interval."""
    drawn = effects[effects["drawn"]]
    if drawn.empty:
        return "For women, no estimate by source or donor of the cells with a CI was printed."
    narrow = int(drawn["too_narrow"].sum())
    doubt = f"; {counted(narrow, 'has', 'have')} a CI too narrow for so few women" if narrow else ""
    return f"For women, {_printed(drawn)} with CI by source or donor{doubt}."


def _printed(effects: pd.DataFrame) -> str:
    documents = counted(effects["source_id"].nunique(), "meta-analysis prints", "meta-analyses print")
    return f"{documents} {counted(len(effects), 'estimate')}"


def pooled_women(effects: pd.DataFrame) -> str:
    """Name the printed confidence intervals that are too narrow for the women behind them."""
    named = "; ".join(
        f"{row.what} {row.effect_name} {ratio_ci(row.estimate, row.low, row.high)}, {plain(row.subgroup)}, {plain(row.citation)}"
        for row in effects[effects["drawn"] & effects["too_narrow"]].itertuples()
    )
    return _pooled(effects) + (f" Too narrow by the check of reported numbers: {named}." if named else "")


def _animals(animals: pd.DataFrame) -> str:
    drawn = animals[animals["drawn"]]
    if drawn.empty:
        return (
            "For animals, no estimate by source of the cells with a CI was printed for the outcomes chosen."
        )
    return f"For animals, {_printed(drawn)} by source; none tests between sources."


def _secretion(secretion: pd.DataFrame) -> str:
    pairs = secretion[secretion["second"] != ""]
    if pairs.empty:
        return "No laboratory document compares sources of cells in what was chosen."
    sized = pairs.loc[pairs["ratio"].notna(), "source_id"].nunique()
    return (
        f"{counted(pairs['source_id'].nunique(), 'laboratory document compares', 'laboratory documents compare')} sources; "
        f"{sized or 'none'} {'gives' if sized < 2 else 'give'} a ratio."
    )


def _ratio(trace: RatioTrace, lacks: str = "") -> str:
    """Say in one sentence what supports the ratio that the article prints."""
    claim, ratios = trace.claim, trace.ratios()
    fits = int(ratios["fits"].sum())
    return (
        f"The article prints {plain(claim['value'])}-{plain(claim['unit'])} for umbilical cord over bone marrow ({claim['claim_id']}){lacks}; "
        f"{fits or 'none'} of {counted(len(ratios), 'ratio')} found {'rounds' if fits < 2 else 'round'} to it."
    )


def ratio_conclusion(trace: RatioTrace, *, verdict: str) -> str:
    """Report the evidence for and against the ratio that the article prints, with the verdict on the claim.

    The article's own row is a claim and counts on neither side.
    """
    lacks = f" without {_nor(trace.missing)}" if trace.missing else ""
    return (
        f"{_ratio(trace, lacks)}\n\nDocuments for and against the claim: angiogenic factors, {_sides(trace, FACTOR)}; angiogenic "
        f"function, {_sides(trace, FUNCTION)}. {_ratios(trace)} Verdict: {verdict}."
    )


def _nor(missing: list[str]) -> str:
    return missing[0] if len(missing) == 1 else f"{', '.join(missing[:-1])} or {missing[-1]}"


def _sides(trace: RatioTrace, about: str) -> str:
    sides = []
    for state, words in ((FOR, "for"), (AGAINST, "against")):
        documents = trace.documents(about, state)
        retold = documents - trace.documents(about, state, by_paper=True)
        sides.append(f"{documents} {words}" + (f" ({retold} reported by others)" if retold else ""))
    rest = ((NO_DIFFERENCE, "with no difference reported"), (UNSEEN, "with a direction not seen"))
    others = ((trace.documents(about, state), words) for state, words in rest)
    return listed(sides) + "".join(f", {number} {words}" for number, words in others if number)


def _ratios(trace: RatioTrace) -> str:
    ratios = trace.ratios()
    if ratios.empty:
        return "No document available to us gives a ratio."
    low, high = ratios["ratio_value"].min(), ratios["ratio_value"].max()
    how = f"{int(ratios['ratio_printed'].sum()) or 'none'} printed as such"
    fits = int(ratios["fits"].sum())
    units = listed(ratios["unit"].dropna().map(plain)) if ratios["unit"].notna().any() else "no unit"
    span = significant(low, 3) if low == high else f"{significant(low, 3)} to {significant(high, 3)}"
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
    if len(_of_several_groups(rows)):
        paragraphs.append(
            f"These are naive indirect comparisons: neither a difference nor an overlap can be attributed to the {group_name}."
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
    span = f", {' to '.join(limits)} %" if limits else ""
    cases = f", {alone} of one woman excluded from the range" if alone and limits else ""
    who = "women of more than one condition" if condition == "mixed" else phrase(condition)
    return f"{len(drawn)} of {who}{span}{cases}"


def _apart(known: pd.DataFrame) -> bool:
    """Say whether the intervals of any two groups do not overlap."""
    return any(
        first["group"] != second["group"] and (first["low"] > second["high"] or second["low"] > first["high"])
        for (_, first), (_, second) in combinations(known.iterrows(), 2)
    )


def _overlap(known: pd.DataFrame) -> str:
    if _apart(known):
        return "Some CIs of different groups do not overlap."
    return "All CIs of different groups overlap, which neither shows nor excludes a difference."
