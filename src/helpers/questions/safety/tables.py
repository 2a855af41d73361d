"""The tables of harm: what each study reports, the bounds, the time at risk, the women needed, the published rates."""

from __future__ import annotations

import pandas as pd

from helpers.counts.harms import SILENT
from helpers.evidence.vocabulary import DESIGN, ORGAN
from helpers.questions.safety.rows import GROUPINGS, PER, Safety
from helpers.questions.safety.studies import harm_states, needed_rows, published_rows, scope_words, still
from helpers.show.numbers import in_percent, percent_ci
from helpers.show.table import Table, table


def harm_state_table(harm: Safety) -> Table:
    """Build the table of `studies.harm_states`: how many studies are in each of the three states."""
    rows = harm_states(harm)
    rows = rows.assign(organ=rows["tissue"].map(ORGAN).astype("str"))
    columns = {
        "state": "harm",
        "studies": "studies with results",
        "article": "of these studies, according to the article under review alone",
        "women": "women treated with cells",
        "unknown": "of these studies, without a number of women",
        "registered": "registered only, without results",
    }
    note = (
        "Each study of women treated with cells once, for all harms together. Women are those counted, else those of the arms with "
        "cells; of cohorts that may have women in common only the largest counts. None reported: a source says that none occurred; whether and how "
        "anyone looked is seldom reported. A study that does not mention harm is no study without events: "
        "most were read as an abstract, and the paper may say more."
    )
    return table(
        rows,
        columns,
        title="Studies that report harm, report none, or do not mention it",
        note=note,
        group="organ",
    )


def mention_table(harm: Safety) -> Table:
    """Build the table of every harm reported, and of every statement that none was; one row per row of evidence."""
    labels = harm.mentions["study_label"]
    texts = harm.studies.set_index("study_id")["text"]
    rows = harm.mentions.assign(
        study=labels.where(harm.mentions["retracted"].isna(), labels + " (retracted)"),
        organ=harm.mentions["tissue"].map(ORGAN).astype("str"),
        design=harm.mentions["design"].map(DESIGN),
        available=harm.mentions["study_id"].map(texts),
    )
    columns = {
        "study": "study",
        "organ": "organ",
        "design": "design",
        "harm": "harm",
        "said": "what is reported",
        "against": "compared with",
        "origin": "reported by",
        "available": "text available to us",
        "note": "remark",
    }
    note = (
        "From counts, changes and statements, whatever the direction. Counts of harm are of the women with cells. Who looked for "
        "harm, and how, is seldom reported; many sources count only what they judge to be related to the treatment."
    )
    return table(rows, columns, title="Harm in women treated with cells", note=note, group="state")


def silent_table(harm: Safety) -> Table:
    """Build the table of the studies with results whose text available to us does not mention harm; registered only are excluded."""
    rows = harm.studies[(harm.studies["state"] == SILENT) & ~harm.studies["registered"]]
    rows = rows.assign(
        organ=rows["tissue"].map(ORGAN).astype("str"),
        design=rows["design"].map(DESIGN),
        study=rows["study_label"].where(~rows["retracted"], rows["study_label"] + " (retracted)"),
    )
    columns = {
        "study": "study",
        "design": "design",
        "women": "women treated with cells",
        "text": "text available to us",
        "citation": "document",
        "evidence": "evidence",
    }
    note = (
        "An abstract has little room for harm, and the body of a paper may say more: silence is no zero. Unless 'to its end' is "
        "said, it was not noted whether our copy is complete."
    )
    return table(rows, columns, title="Studies whose text does not mention harm", note=note, group="organ")


def bound_table(harm: Safety) -> Table:
    """Build the table of the counts of a harm, each with its exact interval and bound, grouped as the harm is."""
    rows = harm.rows.assign(
        part=harm.rows["tissue"].map(ORGAN).astype("str") + ": " + harm.rows["group"],
        count=[f"{row.events}/{row.total} {row.total_unit}" for row in harm.rows.itertuples()],
        interval=_limits(harm.rows),
        still=still(harm.rows),
        reported_by=harm.rows["origin"] + ", " + harm.rows["access"],
        place=harm.rows["citation"] + "; " + harm.rows["locator"],
        left_out=harm.rows["left_out"].where(harm.rows["left_out"] != "", "not excluded"),
    )
    columns = {
        "study_label": "study",
        "count": "events/total",
        "total_basis": "basis of the total",
        "interval": f"percent ({in_percent(harm.level)} CI)",
        "still": "still possible",
        "reported_by": "reported by, read as",
        "place": "source and place",
        "left_out": "excluded from the sums",
        "note": "remark",
    }
    note = (
        f"Exact limits: two-sided {in_percent(harm.level)} confidence interval (CI; Clopper-Pearson), and one-sided {in_percent(harm.level)} "
        "upper bound. Basis: 'reported' was printed with the count; 'enrolled' is the number of women enrolled, taken because no "
        "total was printed; 'inferred' was worked out. No adverse event of any kind would mean no serious one either; that count is "
        "not used here, because no source says what was looked for."
    )
    return table(rows, columns, title=f"Counts of {harm.words}{harm.related}", note=note, group="part")


def together_table(harm: Safety) -> Table:
    """Build the table of the crude sums of `Safety.together`."""
    rows = harm.together.assign(
        organ=harm.together["tissue"].map(ORGAN).astype("str"),
        which=[
            ", ".join(filter(None, (str(row.group), scope_words(str(row.scope)))))
            for row in harm.together.itertuples()
        ],
        count=[f"{row.events}/{row.total} {row.total_unit}" for row in harm.together.itertuples()],
        interval=_limits(harm.together),
        still=still(harm.together),
    )
    columns = {
        "which": "counts added up",
        "studies": "studies",
        "count": "events/total",
        "interval": f"percent ({in_percent(harm.level)} CI)",
        "still": "still possible",
    }
    note = (
        "Crude sums of two or more studies of one organ, with exact limits: they are valid only if all studies had one and the same rate and "
        f"looked for the same. Groups by {GROUPINGS[harm.grouping]} are a naive comparison across studies. Excluded: retracted counts, "
        "case reports, counts published because of their event, and the smaller of cohorts that may have women in common."
    )
    return table(
        rows,
        columns,
        title=f"Counts of {harm.words} added up, by organ{harm.related}",
        note=note,
        group="organ",
    )


def exposure_table(harm: Safety) -> Table:
    """Build the table of time at risk, `Safety.exposure`."""
    rows = harm.exposure.assign(
        organ=harm.exposure["tissue"].map(ORGAN).astype("str"),
        rate_text=[f"{row.rate:.2g} ({row.low:.2g} to {row.high:.2g})" for row in harm.exposure.itertuples()],
        still=[f"up to {row.bound:.2g}" for row in harm.exposure.itertuples()],
        count=[f"{row.events}/{row.total}" for row in harm.exposure.itertuples()],
        months=[f"{months:g}" if pd.notna(months) else "" for months in harm.exposure["months"]],
        months_origin=harm.exposure["months_origin"].fillna(""),
    )
    columns = {
        "study_label": "study",
        "count": "events/women",
        "months": "longest follow-up, months",
        "months_origin": "follow-up reported by",
        "women_months": "women-months at most",
        "rate_text": f"per {PER} women-months ({in_percent(harm.level)} CI)",
        "still": "still possible",
        "evidence": "evidence",
    }
    lacking = harm.rows[(harm.rows["total_unit"] == "women") & (harm.rows["months"].isna())]
    missing = ", ".join(lacking["study_label"]) or "none"
    note = (
        "Women times the longest follow-up reported: not every woman was followed so long, so the true time is shorter and the "
        f"true bounds are higher. Exact Poisson limits (Garwood). Counts of women without a known follow-up: {missing}. "
        "Counts of births or pregnancies have no women-months."
    )
    return table(rows, columns, title=f"Time at risk of {harm.words}{harm.related}", note=note, group="organ")


def needed_table(level: float) -> Table:
    """Build the table of `studies.needed_rows`."""
    rows = needed_rows(level)
    rows = rows.assign(share=[f"{in_percent(share)}" for share in rows["share"]])
    columns = {"share": "proportion of women with the harm", "women": "women needed to see it once"}
    note = f"Seen with a probability of {in_percent(level)}, if every woman with the harm is found."
    return table(rows, columns, title="How many women it takes to see a harm", note=note)


def published_table(harm: Safety) -> Table:
    """Build the table of the rates of harm in published syntheses, `studies.published_rows`."""
    columns = {
        "harm": "harm",
        "rate": "rate as printed (95 % CI)",
        "k": "studies",
        "women": "women",
        "citation": "published synthesis",
        "locator": "place",
        "note": "remark",
    }
    note = (
        "As printed in published syntheses. They may include the same studies as each other and as the tables above, so nothing is "
        "pooled again here, and no rate is added to a count above."
    )
    return table(
        published_rows(harm), columns, title="Rates of harm in published syntheses", note=note, group="who"
    )


def _limits(rows: pd.DataFrame) -> list[str]:
    shares = zip(*(rows[name].astype(float) for name in ("proportion", "low", "high")), strict=True)
    return [
        percent_ci(share, low, high, unit="") if pd.notna(share) else "no proportion"
        for share, low, high in shares
    ]
