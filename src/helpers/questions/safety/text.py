"""Which harm was reported in whom, what counts of none leave possible, and what studies that do not mention harm leave open."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import ORGAN, TISSUE, capital, phrase
from helpers.questions.safety.mentions import CONTROLLED, NONE, REPORTED, SILENT, STATES
from helpers.questions.safety.rows import PER, Safety
from helpers.questions.safety.studies import harm_states, needed_rows, published_rows
from helpers.show.numbers import in_percent, percent
from helpers.show.words import counted, listed, plain

#: How notes say of a finding that its paper calls it no adverse event.
_NOT_CALLED = "does not call this an adverse event"
#: How a harm says that it was compared with the control arm of its study.
_CONTROL_ARM = "in the control arm"


def safety_conclusion(harm: Safety, children: Safety) -> str:
    """Name every harm reported, then say what counts of none leave possible, for how long, and which studies report nothing.

    Three paragraphs. `children` is the same for birth defects. A study that does not mention harm is never counted as
    one without events.
    """
    first = [_reported(harm), _others(harm)]
    second = [_bounds(harm), _related(harm), _by_article(harm), _time(harm), _needed(harm)]
    if harm.event != children.event:
        second.append(_bounds(children, after=harm) if len(children.rows) else "")
    third = [_published(harm), _limits(harm)]
    return "\n\n".join(" ".join(filter(None, part)) for part in (first, second, third))


def pregnancies_sentence(harm: Safety) -> str:
    """Say of which pregnancies of women with cells no end is reported, compared with the control arm."""
    labels = dict(zip(harm.studies["study_id"], harm.studies["study_label"], strict=True))
    sentences = [
        f"Of the {row.pregnancies} pregnancies of {plain(labels[row.Index])} ({row.origin}), {row.births} ended in a birth and "
        f"{row.ongoing} went on; what became of {row.unexplained} is not reported."
        for row in harm.open_pregnancies.itertuples()
    ]
    compared = []
    for label, arms_of_study in harm.fates.groupby("study_label", sort=False):
        arms = [
            f"{row.births} of {row.pregnant} women"
            + ("" if row.arm_kind == "cells" else f" in the arm {plain(row.arm_label)}")
            for row in arms_of_study.itertuples()
        ]
        compared.append(f"{plain(label)}, {listed(arms)} ({phrase(arms_of_study['outcome'].iloc[0])})")
    if compared:
        sentences.append(
            f"Of women who were pregnant, a birth is reported of {'; '.join(compared)}. What became of the other pregnancies is not in "
            "the text available to us."
        )
    return " ".join(sentences) or "No pregnancy is without its end in the text available to us."


def _reported(harm: Safety) -> str:
    """Count the studies of each organ that report harm, and name each harm with its study and whom it was compared with."""
    results = counted(int((~harm.studies["registered"]).sum()), "study", "studies")
    rows = harm.mentions[harm.mentions["state"] == REPORTED]
    if rows.empty:
        return f"None of {results} of women treated with cells reports a harm in the text available to us."
    harms = dict.fromkeys(_harm(row) for row in rows.itertuples())
    organs = [
        f"{harm.mentions.loc[rows.index[rows['tissue'] == tissue], 'study_id'].nunique() or 'none'} of the {ORGAN[tissue]}"
        for tissue in TISSUE
        if tissue in set(harm.studies["tissue"])
    ]
    return (
        f"Harm was reported in {rows['study_id'].nunique()} of {results} of women treated with cells: {listed(organs)}. "
        f"{_randomised(rows)}Reported: {'; '.join(harms)}."
    )


def _randomised(rows: pd.DataFrame) -> str:
    """Count the randomised trials that report a harm, and those that compare it with their control arm."""
    parts = []
    for tissue, trials_of_tissue in rows[rows["design"] == "rct"].groupby("tissue", sort=False):
        trials = trials_of_tissue["study_id"].nunique()
        compared = trials_of_tissue.loc[
            trials_of_tissue["against"].astype("str").str.contains(_CONTROL_ARM, regex=False), "study_id"
        ].nunique()
        with_control = f"{compared or 'none'} of them against {'its' if compared == 1 else 'their'} control"
        if trials == 1:
            with_control = "against its control" if compared else "without its control"
        parts.append(
            f"{counted(trials, 'randomised trial')} of the {ORGAN[str(tissue)]} {'reports' if trials == 1 else 'report'} harm, {with_control}. "
        )
    return "".join(parts)


def _harm(row: Any) -> str:
    details = [
        ORGAN[row.tissue],
        "randomised" if row.design == "rct" else "not randomised",
        *([_women_of(row)] if pd.notna(row.n_enrolled) else []),
        *(["retracted"] if pd.notna(row.retracted) else []),
    ]
    remark = f" ({plain(row.note)})" if pd.notna(row.note) else ""
    return f"{plain(row.study_label)} ({', '.join(details)}), {plain(row.text)}{remark}"


def _women_of(row: Any) -> str:
    """Count the women of a study, and say so where those of the control are among them."""
    return f"{row.n_enrolled} women" + (" in all arms" if row.design in CONTROLLED else "")


def _others(harm: Safety) -> str:
    states = harm_states(harm).groupby("state")[["studies", "registered"]].sum()
    reported, none, silent = (int(states["studies"].get(state, 0)) for state in STATES)
    seen = harm.studies[harm.studies["state"] == NONE]
    article = [plain(label) for label in seen.loc[seen["article_only"], "study_label"]]
    alone = f"; for the women of {listed(article)}, only the article under review says so" if article else ""
    quiet = harm.studies[(harm.studies["state"] == SILENT) & ~harm.studies["registered"]]
    early = int(quiet["text"].str.startswith("our copy").sum())
    ends = f" ({early} of these texts end early in our copy)" if early else ""
    other = "other " if reported else ""
    called = harm.mentions[harm.mentions["study_id"].isin(seen["study_id"])]
    called = called[called["note"].astype("str").str.contains(_NOT_CALLED, regex=False, na=False)]
    remarks = [
        f" {plain(row.study_label)} is among the {none}: {plain(row.note)}." for row in called.itertuples()
    ]
    return (
        f"{none} {other}{'study is' if none == 1 else 'studies are'} reported to have seen none{alone}.{''.join(remarks)} {silent} "
        f"{'study does' if silent == 1 else 'studies do'} not mention harm in the text available to us{ends}, and silence is no zero. "
        f"{counted(int(states['registered'].sum()), 'further study is', 'further studies are')} registered without results."
    )


def _bounds(harm: Safety, *, after: Safety | None = None) -> str:
    """Give the count of the harm and its exact bound, for each organ and unit by itself; after another harm, in short."""
    entering = harm.rows[harm.rows["left_out"] == ""]
    if entering.empty:
        return f"No study gives a count of {harm.words} that can be used, so no proportion can be bounded."
    parts = [
        _sum(harm, str(tissue), str(unit))
        for tissue, unit in entering[["tissue", "total_unit"]].drop_duplicates().itertuples(index=False)
    ]
    if after is not None and len(after.rows):
        return f"{capital(harm.words)}, likewise: {'; '.join(parts)}."
    bound = f"the highest proportion still possible (exact one-sided {in_percent(harm.level)} bound)"
    return f"{capital(harm.words)} counted, and {bound}: {'; '.join(parts)}."


def _sum(harm: Safety, tissue: str, unit: str) -> str:
    def of_unit(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[(frame["tissue"] == tissue) & (frame["total_unit"] == unit)]

    sums = of_unit(harm.together[harm.together["scope"] == "all"])
    row = (sums if len(sums) else of_unit(harm.rows[harm.rows["left_out"] == ""])).iloc[0]
    what = (
        f"crude sum of {row['studies']} studies"
        if len(sums)
        else f"{plain(row['study_label'])}, {row['origin']}"
    )
    entering = of_unit(harm.rows[harm.rows["left_out"] == ""])
    article = int((entering["origin"] == ORIGINS[1]).sum())
    all_of_them = "both counts" if article == 2 else f"all {article} counts"
    alone = all_of_them if article == len(entering) else f"{article} of {len(entering)} counts"
    by = f" ({alone} from the article alone)" if article and len(sums) else ""
    return f"{ORGAN[tissue]}{by}, {row['events']} of {row['total']} {unit}, up to {percent(float(row['bound']))} % ({what})"


def _related(harm: Safety) -> str:
    """Say which counts are only of events related to treatment, and which harms of these studies are not among them."""
    rows = harm.rows[harm.rows["related"]]
    if rows.empty:
        return ""
    other = harm.mentions[
        (harm.mentions["state"] == REPORTED)
        & harm.mentions["study_id"].isin(rows.loc[rows["events"] == 0, "study_id"])
        & (harm.mentions["harm"] != harm.words)
    ]
    other_harms = [
        f"{row['harm']} of {plain(row['study_label'])} ({', '.join([row['said'], *([plain(row['note'])] if pd.notna(row['note']) else [])])})"
        for _, row in other.iterrows()
    ]
    excluded = f"; not among them: {listed(other_harms)}" if other_harms else ""
    names = listed([plain(label) for label in rows["study_label"].unique()])
    counts = "count" if rows["study_label"].nunique() == 1 else "counts"
    cover = "covers" if counts == "count" else "cover"
    return f"The {counts} of {names} {cover} only events that the source held to be related to treatment{excluded}."


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
    women = _women(harm)
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
    shares = " or ".join(f"{in_percent(share)}" for share in needed["share"])
    sizes = " or ".join(f"{women:,}" for women in needed["women"])
    units = listed(harm.rows["total_unit"].unique()) if len(harm.rows) else "women"
    return (
        f"To see a harm of {shares} once, with {in_percent(harm.level)} probability, takes {sizes} {units}."
    )


def _published(harm: Safety) -> str:
    rows = published_rows(harm)
    rows = rows[rows["reported"] & (rows["arm_kind"] == "cells") & rows["retracted"].isna()]
    if rows.empty:
        return ""
    organs = listed(ORGAN[str(tissue)] for tissue in rows["tissue"])
    rates = listed(f"{row.harm} in {row.rate}" for row in rows.itertuples())
    return f"Published syntheses of cells for the {organs} report {rates}; they may include the same studies."


def _limits(harm: Safety) -> str:
    """Give the longest follow-up of each organ by itself, and what no length or size here excludes."""
    known = _women(harm)
    known = known[known["months"] > 0].sort_values(
        ["tissue", "months"], ascending=[False, True], kind="stable"
    )
    longest = listed(
        [
            f"{row.months:g} months for the {ORGAN[str(row.tissue)]} ({plain(row.study_label)}, {row.total} women"
            f"{', the article only' if row.months_origin == ORIGINS[1] else ''})"
            for row in known.drop_duplicates("tissue", keep="last").itertuples()
        ]
    )
    followed = f"The longest known follow-up is {longest}. " if longest else ""
    example = ", such as tumours," if harm.event in ("serious-adverse-event", "adverse-event") else ""
    return f"{followed}Rare harms cannot be excluded at any time, late harms{example} not at all."


def _women(harm: Safety) -> pd.DataFrame:
    """Take the counts of women that enter a sum."""
    rows: pd.DataFrame = harm.rows[(harm.rows["left_out"] == "") & (harm.rows["total_unit"] == "women")]
    return rows
