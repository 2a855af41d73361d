"""What is known of a harm, and what the silence of the other studies leaves open."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import capital
from helpers.narrative.wording import counted, listed, plain
from helpers.tables import Safety, needed_rows, said_counts
from helpers.tables.rows import percent
from helpers.tables.safety import COUNTED, PER, REGISTERED, RETRACTED
from helpers.tables.safety_rows import UNTOLD


def safety_conclusion(harm: Safety, children: Safety) -> str:
    """Tell who counted a harm, what that leaves possible, for how long it was looked for, and who said nothing.

    Parameters
    ----------
    harm : Safety
        Made by `helpers.tables.safety`.
    children : Safety
        The same for birth defects.

    Returns
    -------
    str
        Markdown. A study that did not say is never counted as one without events.
    """
    counts = said_counts(harm).set_index("said")["studies"]
    among = f"Of {counted(len(harm.studies), 'study', 'studies')} of women treated with cells, "
    entering = harm.rows[harm.rows["left_out"] == ""]
    number = int(counts[COUNTED])
    if entering.empty:
        parts = [f"{among}none gives a count of {harm.words} that can be used, so no share can be bounded."]
    else:
        told = listed(_sum(harm, str(unit)) for unit in entering["total_unit"].unique())
        parts = [f"{among}{number} {'counts' if number == 1 else 'count'} {harm.words}: {told}."]
        parts += [_by_article(harm, entering)]
    parts += [_silence(harm), _time(harm, entering), _needed(harm)]
    if harm.event != children.event and (children.rows["left_out"] == "").any():
        units = children.rows.loc[children.rows["left_out"] == "", "total_unit"].unique()
        told = listed(_sum(children, str(unit)) for unit in units)
        parts.append(f"{capital(children.words)}: {told}.")
    parts.append(_limits(harm, entering))
    return " ".join(filter(None, parts))


def _sum(harm: Safety, unit: str) -> str:
    rows = harm.rows[(harm.rows["left_out"] == "") & (harm.rows["total_unit"] == unit)]
    sums = harm.together[(harm.together["total_unit"] == unit) & (harm.together["scope"] == "all")]
    one = (sums if len(sums) else rows).iloc[0]
    what = (
        f"{plain(one['study_label'])}, {one['origin']}" if sums.empty else "crude sum, as if all had one rate"
    )
    limit = f"up to {percent(float(one['bound']))} % (exact one-sided {100 * harm.level:g} % bound; {what})"
    return f"{one['events']} of {one['total']} {unit}, compatible with {limit}"


def _by_article(harm: Safety, entering: pd.DataFrame) -> str:
    article = entering[entering["origin"] == ORIGINS[1]]
    if article.empty or len(entering) == 1:
        return ""
    studies = article["study_id"].nunique()
    if studies == entering["study_id"].nunique():
        return "Only the article says so."
    first = harm.together[harm.together["scope"] == "first-hand"]
    own = [
        f"{row.events} of {row.total} {row.total_unit}, up to {percent(bound)} %"
        for row, bound in zip(first.itertuples(), first["bound"], strict=True)
    ]
    rest = f"; papers and registry alone: {listed(own)}" if own else ""
    return f"For {studies} only the article says so{rest}."


def _silence(harm: Safety) -> str:
    counts = said_counts(harm).set_index("said")
    untold = counts.loc[UNTOLD]
    studies = int(untold["studies"].sum())
    rest, withdrawn = (int(counts["studies"][word]) for word in (REGISTERED, RETRACTED))
    least = "at least " if untold["unknown"].sum() else ""
    women = f"{least}{int(untold['women'].sum()):,} women"
    parts = [
        f"{counted(studies, 'study', 'studies')} with results ({women}) gave no count of it in what was read, and "
        "silence is no zero"
        if studies
        else "",
        f"{rest} {'is' if rest == 1 else 'are'} registered only" if rest else "",
        f"{withdrawn} {'is' if withdrawn == 1 else 'are'} retracted" if withdrawn else "",
    ]
    said = "; ".join(filter(None, parts))
    return f"{said}." if said else ""


def _time(harm: Safety, entering: pd.DataFrame) -> str:
    women = entering[entering["total_unit"] == "women"]
    if women.empty:
        return ""
    studies = women["study_id"].nunique()
    if harm.exposure.empty:
        return (
            f"Follow-up is told for none of the {studies}." if studies > 1 else "Its follow-up is not told."
        )
    known = women.loc[women["months"] > 0, "study_id"].nunique()
    last = harm.exposure.iloc[-1]
    return (
        f"Follow-up is told for {known} of {studies}, {women['months'].max():g} months at the longest: at most "
        f"{last['women_months']:,.0f} women-months, and even so up to {last['bound']:.2g} per {PER:,} fit."
    )


def _needed(harm: Safety) -> str:
    needed = needed_rows(harm.level).iloc[1:]
    shares = listed(f"{100 * share:g} %" for share in needed["share"])
    sizes = listed(f"{women:,}" for women in needed["women"])
    units = listed(harm.rows["total_unit"].unique()) if len(harm.rows) else "women"
    return f"To see a harm of {shares} once, with {100 * harm.level:g} % probability, takes {sizes} {units}."


def _limits(harm: Safety, entering: pd.DataFrame) -> str:
    late = entering.loc[entering["total_unit"] == "women", "months"].max()
    when = f"those that come after {late:g} months" if pd.notna(late) else "late ones"
    example = ", such as tumours" if harm.event in ("serious-adverse-event", "adverse-event") else ""
    return f"So nothing can be said of rare harms, nor of {when}{example}."
