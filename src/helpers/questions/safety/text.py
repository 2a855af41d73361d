"""Which harm was reported in whom, what counts of none leave possible, and what studies that do not mention harm leave open."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.counts.harms import NONE, SILENT, STATES
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import ORGAN, TISSUE, capital, phrase
from helpers.questions.safety.rows import PER, Safety
from helpers.questions.safety.studies import harm_states
from helpers.show.numbers import count, count_of, in_percent, months_text, percent, significant
from helpers.show.words import counted, listed, plain

#: How notes say of a finding that its paper calls it no adverse event.
_NOT_CALLED = "does not call this an adverse event"
#: How a harm says that it was compared with the control arm of its study.
_CONTROL_ARM = "in the control arm"
#: A list in a sentence has no more parts; the others are in its table.
_MOST = 5


def safety_conclusion(harm: Safety) -> str:
    """Answer which harm was found in which organ, then name every harm, the silence, the bounds of a count of none and the limits."""
    parts = (_answer(harm), _reported(harm), _silence(harm), _bounds(harm), _limits(harm))
    return "\n\n".join(filter(None, parts))


def states_sentence(harm: Safety) -> str:
    """Say how many studies report harm, report none, or do not mention it, and which of them only the article reports."""
    return f"{_randomised(harm)}{_others(harm)}"


def bounds_sentence(harm: Safety, children: Safety) -> str:
    """Say what the counts of the harm, and of birth defects, cover, and who reports them."""
    said = [_related(harm), _by_article(harm)]
    if harm.event != children.event and len(children.rows):
        said.append(_bounds(children))
    return " ".join(filter(None, said)) or "No remark applies to these counts."


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
            f"{count_of(row.births, row.pregnant)} women"
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


def _answer(harm: Safety) -> str:
    """Answer in one sentence: each organ with its harms, the one with the strongest design first."""
    rows = harm.reported
    organs = [tissue for tissue in TISSUE if tissue in set(harm.studies["tissue"])]
    organs.sort(key=lambda tissue: next(iter(rows.index[rows["tissue"] == tissue]), len(harm.mentions)))
    clauses = [_of_organ(harm, rows[rows["tissue"] == tissue], tissue) for tissue in organs]
    return f"{capital('; '.join(clauses))}."


def _of_organ(harm: Safety, rows: pd.DataFrame, tissue: str) -> str:
    """Name the first harm of an organ, which is that of the strongest design, or say that no study reports one."""
    if rows.empty:
        studies = harm.results[harm.results["tissue"] == tissue]
        silent = int((studies["state"] == SILENT).sum())
        return f"in the {ORGAN[tissue]}, none of {counted(len(studies), 'study', 'studies')} reports harm, but {silent} do not mention it"
    first: Any = next(rows.itertuples())
    design = "a randomised trial" if first.design == "rct" else "a study"
    form, _, rest = plain(first.note).partition(" form") if pd.notna(first.note) else ("", "", "")
    grade = f"{form} " if rest.startswith(";") else ""
    how = str(first.said).removesuffix(", no count") if first.table == "changes" else f"in {first.said}"
    return f"in the {ORGAN[tissue]}, {design} ({plain(first.study_label)}) reports {grade}{first.harm} {how}"


def _reported(harm: Safety) -> str:
    """Count the studies of each organ that report harm, and name each harm with its study and whom it was compared with."""
    rows = harm.reported
    if rows.empty:
        return ""
    organs = [
        f"{rows.loc[rows['tissue'] == tissue, 'study_id'].nunique()} of {counted(len(studies), 'study', 'studies')} of the {ORGAN[str(tissue)]}"
        for tissue, studies in harm.results.groupby("tissue", sort=False)
        if tissue in set(rows["tissue"])
    ]
    harms = list(dict.fromkeys(_harm(row) for row in rows.itertuples()))
    more = "; further harms are in the table of harms below" if len(harms) > _MOST else ""
    each = "\n".join(f"- {words}." for words in harms[:_MOST])
    return f"Harm is reported in {listed(organs)}{more}:\n\n{each}"


def _silence(harm: Safety) -> str:
    none, silent = (int((harm.results["state"] == state).sum()) for state in (NONE, SILENT))
    return f"{counted(none, 'study reports', 'studies report')} no harm; {silent} do not mention harm: silence is no zero."


def _randomised(harm: Safety) -> str:
    """Count the randomised trials that report a harm, and those that compare it with their control arm."""
    rows = harm.reported
    parts = []
    for tissue, of_tissue in rows[rows["design"] == "rct"].groupby("tissue", sort=False):
        against_control = of_tissue["against"].astype("str").str.contains(_CONTROL_ARM, regex=False)
        trials = of_tissue["study_id"].nunique()
        compared = of_tissue.loc[against_control, "study_id"].nunique()
        if trials == 1:
            with_control = f"{'' if compared else 'not '}compared with its control arm"
        else:
            whose = "its" if compared == 1 else "their"
            with_control = f"{compared or 'none'} of them compared with {whose} control arm"
        report = (
            f"{counted(trials, 'randomised trial')} of the {ORGAN[str(tissue)]} report{'s' * (trials == 1)}"
        )
        parts.append(f"{report} harm, {with_control}. ")
    return "".join(parts)


def _harm(row: Any) -> str:
    """Name a harm with its study; of a randomised trial also its women and whom it was compared with."""
    enrolled = row.design == "rct" and pd.notna(row.n_enrolled)
    details = [f"randomised, {row.n_enrolled} women"] if enrolled else []
    details += ["retracted"] if pd.notna(row.retracted) else []
    whom = f" ({', '.join(details)})" if details else ""
    said = row.text if row.design == "rct" or row.table != "outcomes" else f"{row.harm} in {row.said}"
    return f"{plain(row.study_label)}{whom}, {plain(said)}"


def _others(harm: Safety) -> str:
    states = harm_states(harm).groupby("state")[["studies", "registered"]].sum()
    reported, none, silent = (int(states["studies"].get(state, 0)) for state in STATES)
    seen = harm.studies[harm.studies["state"] == NONE]
    article = [plain(label) for label in seen.loc[seen["article_only"], "study_label"]]
    alone = f"; for the women of {listed(article)}, only the article under review says so" if article else ""
    quiet = harm.results[harm.results["state"] == SILENT]
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
        f"{counted(int(states['registered'].sum()), 'further study is', 'further studies are')} known without results: registered only, or our copy ends before them."
    )


def _bounds(harm: Safety) -> str:
    """Give the count of the harm and its exact bound, for each organ and unit by itself."""
    if harm.summed.empty:
        return f"No study gives a count of {harm.words} that can be used, so no proportion can be bounded."
    parts = [_sum(harm, rows) for _, rows in harm.summed.groupby(["tissue", "total_unit"], sort=False)]
    return f"{capital(harm.words)}: {'; '.join(parts)} possible (exact one-sided {in_percent(harm.level)} bounds)."


def _sum(harm: Safety, entering: pd.DataFrame) -> str:
    """Give the crude sum of the counts of one organ and unit, or the one count that there is."""
    tissue, unit = entering[["tissue", "total_unit"]].iloc[0]
    sums = harm.together[(harm.together["scope"] == "all") & (harm.together["tissue"] == tissue)]
    sums = sums[sums["total_unit"] == unit]
    row = (sums if len(sums) else entering).iloc[0]
    article = int((entering["origin"] == ORIGINS[1]).sum())
    alone = "" if article == len(entering) else f"{article} of {len(entering)} counts "
    of_sum = f" ({alone}according to the article alone)" if article else ""
    by = of_sum if len(sums) else f" ({plain(row['study_label'])}, {row['origin']})"
    return f"{ORGAN[tissue]}, {count_of(row['events'], row['total'])} {unit}{by}, up to {percent(float(row['bound']))} %"


def _related(harm: Safety) -> str:
    """Say which counts are only of events related to treatment, and which harms of these studies are not among them."""
    rows = harm.rows[harm.rows["related"]]
    if rows.empty:
        return ""
    other = harm.reported[harm.reported["harm"] != harm.words]
    other = other[other["study_id"].isin(rows.loc[rows["events"] == 0, "study_id"])]
    other_harms = []
    each: list[Any] = [*other.itertuples()]
    for row in each:
        said = [str(row.said), *([plain(row.note)] if pd.notna(row.note) else [])]
        other_harms.append(f"{row.harm} of {plain(row.study_label)} ({', '.join(said)})")
    excluded = f"; not among them: {listed(other_harms)}" if other_harms else ""
    names = listed([plain(label) for label in rows["study_label"].unique()])
    cover = "count of {} covers" if rows["study_label"].nunique() == 1 else "counts of {} cover"
    return (
        f"The {cover.format(names)} only events that the source judged to be related to treatment{excluded}."
    )


def _by_article(harm: Safety) -> str:
    article = harm.summed[harm.summed["origin"] == ORIGINS[1]]
    if article.empty:
        return ""
    texts = dict(zip(harm.studies["study_id"], harm.studies["text"], strict=True))
    names = listed(
        plain(row.study_label)
        + (f" ({text})" if (text := str(texts[row.study_id])).startswith("our copy") else "")
        for row in article.itertuples()
    )
    return f"Only the article under review gives the count of {names}."


def time_sentence(harm: Safety) -> str:
    """Say for how many studies follow-up is known, and which rate each time at risk leaves possible."""
    women = _women(harm)
    if women.empty:
        return f"No study counts {harm.words} in women with a known follow-up."
    if harm.exposure.empty:
        return "None of these studies reports its follow-up."
    last = harm.exposure.drop_duplicates("tissue", keep="last")
    parts = [
        f"{ORGAN[tissue]}, {count(time)} women-months at most, up to {significant(bound, 2)} per {count(PER)} possible"
        for tissue, time, bound in zip(last["tissue"], last["women_months"], last["bound"], strict=True)
    ]
    known = women.loc[women["months"] > 0, "study_id"].nunique()
    of = f"{known} of {counted(women['study_id'].nunique(), 'study', 'studies')}"
    return f"Follow-up is known for {of}: {'; '.join(parts)}."


def _limits(harm: Safety) -> str:
    """Give the longest follow-up of each organ by itself, and what no length or size here excludes."""
    known = _women(harm)
    known = known[known["months"] > 0]
    last = known.groupby("tissue")["months"].max().sort_index(ascending=False)
    longest = [f"{months_text(months)} for the {ORGAN[str(tissue)]}" for tissue, months in last.items()]
    followed = ""
    if longest:
        followed = f"Among studies that counted these, the longest known follow-up is {listed(longest)}. "
    example = ", such as tumours," if harm.event in ("serious-adverse-event", "adverse-event") else ""
    return f"{followed}Rare harms cannot be excluded, late harms{example} not at all."


def _women(harm: Safety) -> pd.DataFrame:
    """Take the counts of women that enter a sum."""
    return harm.summed[harm.summed["total_unit"] == "women"]
