"""The tables of a harm: who said anything of it, the bounds, the time at risk, the women needed."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import phrase
from helpers.tables.publication import Table, table
from helpers.tables.rows import percent
from helpers.tables.safety import GROUPINGS, PER, Safety
from helpers.tables.safety_rows import UNTOLD, needed_rows, said_counts, scope_words


def said_table(harm: Safety) -> Table:
    """Build the table of who said anything of a harm; made of `said_counts`."""
    columns = {
        "said": "what the study says",
        "studies": "studies",
        "women": "women treated with cells",
        "unknown": "studies that do not tell their women",
    }
    note = (
        "All studies of women treated with cells, each once. Women are those counted, else those of the arms with cells; of "
        "cohorts that may share women only the largest counts. What was not read may say more: most studies were read as an "
        "abstract. A study that did not say is no study without events."
    )
    return table(said_counts(harm), columns, title=f"Who said anything of {harm.words}", note=note)


def untold_table(harm: Safety) -> Table:
    """Build the table of the studies with results that give no count of a harm.

    Parameters
    ----------
    harm : Safety
        Made by `safety`.

    Returns
    -------
    Table
        One row per study, with how deep it was read and which other harms it tells of. Studies that are only
        registered are left out.
    """
    rows = harm.studies[harm.studies["said"].isin(UNTOLD)]
    rows = rows.assign(design=rows["design"].map(phrase), other=rows["other"].fillna("nothing"))
    columns = {
        "study_label": "study",
        "tissue": "tissue",
        "design": "design",
        "access": "main document read as",
        "women": "women treated with cells",
        "other": "other harms that it tells of",
        "citation": "document",
        "evidence": "evidence",
    }
    note = (
        "No adverse event of any kind would mean no serious one either. It is not carried over here, for no source says "
        "what was looked for."
    )
    return table(rows, columns, title=f"Studies with results that give no count of {harm.words}", note=note)


def bound_table(harm: Safety) -> Table:
    """Build the table of the counts of a harm, each with its exact interval and bound.

    Parameters
    ----------
    harm : Safety
        Made by `safety`.

    Returns
    -------
    Table
        One row per count, grouped as the harm is.
    """
    rows = harm.rows.assign(
        count=[f"{row.events}/{row.total} {row.total_unit}" for row in harm.rows.itertuples()],
        interval=_limits(harm.rows),
        still=_still(harm.rows),
        told=harm.rows["origin"] + ", " + harm.rows["access"],
        place=harm.rows["citation"] + "; " + harm.rows["locator"],
        left_out=harm.rows["left_out"].where(harm.rows["left_out"] != "", "nothing"),
    )
    columns = {
        "study_label": "study",
        "count": "events/total",
        "total_basis": "basis of the total",
        "interval": f"percent ({100 * harm.level:g} % interval)",
        "still": "compatible with",
        "told": "who tells it, read as",
        "place": "source and place",
        "left_out": "kept out of the sums by",
        "note": "remark",
    }
    note = (
        f"Exact limits: two-sided {100 * harm.level:g} % interval (Clopper-Pearson), and one-sided {100 * harm.level:g} % upper "
        "bound. Basis: 'reported' was printed with the count; 'enrolled' is the number of women enrolled, taken because no "
        "total was printed; 'inferred' was worked out."
    )
    return table(rows, columns, title=f"Counts of {harm.words}", note=note, group="group")


def together_table(harm: Safety) -> Table:
    """Build the table of crude sums; made of `Safety.together`."""
    rows = harm.together.assign(
        which=[
            ", ".join(filter(None, (str(row.group), scope_words(str(row.scope)))))
            for row in harm.together.itertuples()
        ],
        count=[f"{row.events}/{row.total} {row.total_unit}" for row in harm.together.itertuples()],
        interval=_limits(harm.together),
        still=_still(harm.together),
    )
    columns = {
        "which": "which counts",
        "studies": "studies",
        "count": "events/total",
        "interval": f"percent ({100 * harm.level:g} % interval)",
        "still": "compatible with",
    }
    note = (
        "Crude sums of two or more studies, exact limits: they hold only if all studies had one and the same rate and looked "
        f"for the same. Groups by {GROUPINGS[harm.grouping]} are a naive comparison across studies. Retracted counts, case "
        "reports, and the smaller of cohorts that may share women, are left out."
    )
    return table(rows, columns, title=f"Counts of {harm.words} added up", note=note)


def exposure_table(harm: Safety) -> Table:
    """Build the table of time at risk; made of `Safety.exposure`."""
    rows = harm.exposure.assign(
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
        "months_origin": "who tells the follow-up",
        "women_months": "women-months at most",
        "rate_text": f"per {PER} women-months ({100 * harm.level:g} % interval)",
        "still": "compatible with",
        "evidence": "evidence",
    }
    lacking = harm.rows[(harm.rows["total_unit"] == "women") & (harm.rows["months"].isna())]
    missing = ", ".join(lacking["study_label"]) or "none"
    note = (
        "Women times the longest follow-up reported: not every woman was followed so long, so the true time is shorter and the "
        f"true bounds are higher. Exact Poisson limits (Garwood). Counts of women without a known follow-up: {missing}. "
        "Counts of births or pregnancies have no women-months."
    )
    return table(rows, columns, title=f"Time at risk of {harm.words}", note=note)


def needed_table(level: float) -> Table:
    """Build the table of the women needed; made of `needed_rows`."""
    rows = needed_rows(level)
    rows = rows.assign(share=[f"{100 * share:g} %" for share in rows["share"]])
    columns = {"share": "share of women with the harm", "women": "women needed to see it once"}
    note = f"With a probability of {100 * level:g} %, if every woman with the harm is found."
    return table(rows, columns, title="How many women it takes to see a harm", note=note)


def _limits(rows: pd.DataFrame) -> list[str]:
    shares = zip(*(rows[name].astype(float) for name in ("proportion", "low", "high")), strict=True)
    return [f"{percent(share)} ({percent(low)} to {percent(high)})" for share, low, high in shares]


def _still(rows: pd.DataFrame) -> list[str]:
    return [f"up to {percent(bound)} %" for bound in rows["bound"]]
