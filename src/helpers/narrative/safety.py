"""Which harm was reported in whom, what counts of none leave possible, and what the silence of other studies leaves open."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import ORGAN, capital
from helpers.narrative.wording import counted, listed, plain
from helpers.tables import Safety, harm_states, needed_rows
from helpers.tables.harm_mentions import NONE, REPORTED, SILENT, STATES
from helpers.tables.rows import percent
from helpers.tables.safety import PER
from helpers.tables.safety_rows import published_rows


def safety_conclusion(harm: Safety, children: Safety) -> str:
    """Name every harm reported, then say what counts of none leave possible, for how long, and who said nothing.

    Parameters
    ----------
    harm : Safety
        Made by `helpers.tables.safety`.
    children : Safety
        The same for birth defects.

    Returns
    -------
    str
        Markdown, three paragraphs. A study that does not mention harm is never counted as one without events.
    """
    first = [_reported(harm), _others(harm)]
    second = [_bounds(harm), _by_article(harm), _time(harm), _needed(harm)]
    if harm.event != children.event:
        second.append(_bounds(children) if len(children.rows) else "")
    third = [_published(harm), _limits(harm)]
    return "\n\n".join(" ".join(filter(None, part)) for part in (first, second, third))


def _reported(harm: Safety) -> str:
    """Name each harm with its study, its organ and whom it was compared with; true if read alone."""
    results = counted(int((~harm.studies["registered"]).sum()), "study", "studies")
    rows = harm.mentions[harm.mentions["state"] == REPORTED]
    if rows.empty:
        return f"None of {results} of women treated with cells reports a harm in the text available to us."
    told = dict.fromkeys(_harm(row) for row in rows.itertuples())
    return f"Harm was reported in {rows['study_id'].nunique()} of {results} of women treated with cells: {'; '.join(told)}."


def _harm(row: Any) -> str:
    details = [
        ORGAN[row.tissue],
        "randomised" if row.design == "rct" else "not randomised",
        *([f"{row.n_enrolled} women"] if pd.notna(row.n_enrolled) else []),
        *(["retracted"] if pd.notna(row.retracted) else []),
    ]
    remark = f" ({plain(row.note)})" if pd.notna(row.note) else ""
    return f"{plain(row.study_label)} ({', '.join(details)}), {plain(row.text)}{remark}"


def _others(harm: Safety) -> str:
    states = harm_states(harm).groupby("state")[["studies", "registered"]].sum()
    reported, none, silent = (int(states["studies"].get(state, 0)) for state in STATES)
    seen = harm.mentions[
        harm.mentions["study_id"].isin(harm.studies.loc[harm.studies["state"] == NONE, "study_id"])
    ]
    article = int(seen["origin"].eq(ORIGINS[1]).groupby(seen["study_id"]).all().sum())
    alone = f", {article} of them by the article under review alone" if article else ""
    quiet = harm.studies[(harm.studies["state"] == SILENT) & ~harm.studies["registered"]]
    early = int(quiet["text"].str.startswith("our copy").sum())
    ends = f" ({early} of these texts end early in our copy)" if early else ""
    other = "other " if reported else ""
    return (
        f"{none} {other}{'study is' if none == 1 else 'studies are'} reported to have seen none{alone}; {silent} "
        f"{'does' if silent == 1 else 'do'} not mention harm in the text available to us{ends}, and silence is no zero. "
        f"{counted(int(states['registered'].sum()), 'further study is', 'further studies are')} registered without results."
    )


def _bounds(harm: Safety) -> str:
    """Give the count of the harm and its exact bound, for each organ and unit by itself."""
    entering = harm.rows[harm.rows["left_out"] == ""]
    if entering.empty:
        return f"No study gives a count of {harm.words} that can be used, so no proportion can be bounded."
    parts = [
        _sum(harm, str(tissue), str(unit))
        for tissue, unit in entering[["tissue", "total_unit"]].drop_duplicates().itertuples(index=False)
    ]
    bound = f"the highest proportion still possible (exact one-sided {100 * harm.level:g} % bound)"
    return f"{capital(harm.words)} counted, and {bound}: {'; '.join(parts)}."


def _sum(harm: Safety, tissue: str, unit: str) -> str:
    def own(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[(frame["tissue"] == tissue) & (frame["total_unit"] == unit)]

    sums = own(harm.together[harm.together["scope"] == "all"])
    one = (sums if len(sums) else own(harm.rows[harm.rows["left_out"] == ""])).iloc[0]
    what = (
        f"crude sum of {one['studies']} studies"
        if len(sums)
        else f"{plain(one['study_label'])}, {one['origin']}"
    )
    return f"{ORGAN[tissue]}, {one['events']} of {one['total']} {unit}, up to {percent(float(one['bound']))} % ({what})"


def _by_article(harm: Safety) -> str:
    entering = harm.rows[harm.rows["left_out"] == ""]
    article = entering[entering["origin"] == ORIGINS[1]]
    if article.empty:
        return ""
    texts = dict(zip(harm.studies["study_id"], harm.studies["text"], strict=True))
    names = listed(
        plain(row.study_label)
        + (f" ({text})" if (text := str(texts[row.study_id])).startswith("our copy") else "")
        for row in article.itertuples()
    )
    return f"Only the article under review gives the count of {names}."


def _time(harm: Safety) -> str:
    women = harm.rows[(harm.rows["left_out"] == "") & (harm.rows["total_unit"] == "women")]
    if women.empty:
        return ""
    if harm.exposure.empty:
        return "None of these studies reports its follow-up."
    last = harm.exposure.drop_duplicates("tissue", keep="last")
    parts = [
        f"{ORGAN[str(row.tissue)]}, {row.women_months:,.0f} women-months at most, up to {row.bound:.2g} per {PER:,} possible"
        for row in last.itertuples()
    ]
    known = women.loc[women["months"] > 0, "study_id"].nunique()
    of = f"{known} of {counted(women['study_id'].nunique(), 'study', 'studies')}"
    return f"Follow-up is known for {of}: {'; '.join(parts)}."


def _needed(harm: Safety) -> str:
    needed = needed_rows(harm.level).iloc[1:]
    shares = " or ".join(f"{100 * share:g} %" for share in needed["share"])
    sizes = " or ".join(f"{women:,}" for women in needed["women"])
    units = listed(harm.rows["total_unit"].unique()) if len(harm.rows) else "women"
    return f"To see a harm of {shares} once, with {100 * harm.level:g} % probability, takes {sizes} {units}."


def _published(harm: Safety) -> str:
    rows = published_rows(harm)
    rows = rows[rows["reported"] & (rows["arm_kind"] == "cells") & rows["retracted"].isna()]
    if rows.empty:
        return ""
    organs = listed(ORGAN[str(tissue)] for tissue in rows["tissue"])
    rates = listed(f"{row.harm} in {row.rate}" for row in rows.itertuples())
    return (
        f"Published syntheses of cells for the {organs} report {rates}; they may include the same studies and are not pooled again "
        "here."
    )


def _limits(harm: Safety) -> str:
    entering = harm.rows[harm.rows["left_out"] == ""]
    late = entering.loc[entering["total_unit"] == "women", "months"].max()
    when = f"those that come after {late:g} months" if pd.notna(late) else "late ones"
    example = ", such as tumours" if harm.event in ("serious-adverse-event", "adverse-event") else ""
    return f"Rare harms, and {when}{example}, cannot be excluded."
