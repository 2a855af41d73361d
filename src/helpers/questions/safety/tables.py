"""The tables of harm: what each study reports, the bounds, the time at risk, the women needed, the published rates."""

from __future__ import annotations

import pandas as pd

from helpers.counts.harms import SILENT
from helpers.evidence.vocabulary import DESIGN, ORGAN
from helpers.questions.safety.rows import GROUPINGS, PER, Safety
from helpers.questions.safety.studies import harm_states, needed_rows, published_rows, scope_words, still
from helpers.show.numbers import in_percent, number, percent_ci, significant
from helpers.show.table import Column, Table, table


def harm_state_table(harm: Safety) -> Table:
    """Build the table of `studies.harm_states`: how many studies are in each of the three states."""
    columns: list[Column] = [
        ("state", "harm"), ("studies", "studies with results"), ("article", "of these studies, according to the article under review alone"),
        ("women", "women treated with cells"), ("unknown", "of these studies, without a number of women"),
        ("registered", "registered only, without results"),
    ]  # fmt: skip
    note = (
        "Each study of women treated with cells once, for all harms together. Women are those counted, else those of the arms with "
        "cells; of cohorts that may have women in common only the largest counts. None reported: a source says that none occurred; whether and how "
        "anyone looked is seldom reported. A study that does not mention harm is no study without events: "
        "most were read as an abstract, and the paper may say more."
    )
    title = "Studies that report harm, report none, or do not mention it"
    return table(_with_organ(harm_states(harm)), columns, title=title, note=note, group="organ")


def mention_table(harm: Safety) -> Table:
    """Build the table of every harm reported, and of every statement that none was; one row per row of evidence."""
    rows = _with_organ(harm.mentions)
    rows = rows.assign(
        study=_label(rows["study_label"], rows["retracted"].notna()),
        design=rows["design"].map(DESIGN),
        available=rows["study_id"].map(harm.studies.set_index("study_id")["text"]),
    )
    columns: list[Column] = [
        "study", "organ", "design", "harm", ("said", "what is reported"), ("against", "compared with"), "origin",
        ("available", "text available to us"), "note",
    ]  # fmt: skip
    note = (
        "From counts, changes and statements, whatever the direction. Counts of harm are of the women with cells. Who looked for "
        "harm, and how, is seldom reported; many sources count only what they judge to be related to the treatment."
    )
    return table(rows, columns, title="Harm in women treated with cells", note=note, group="state")


def silent_table(harm: Safety) -> Table:
    """Build the table of the studies with results whose text available to us does not mention harm; registered only are excluded."""
    rows = _with_organ(harm.results[harm.results["state"] == SILENT])
    rows = rows.assign(
        design=rows["design"].map(DESIGN), study=_label(rows["study_label"], rows["retracted"])
    )
    columns: list[Column] = [
        "study", "design", ("women", "women treated with cells"), ("text", "text available to us"), ("citation", "document"), "evidence",
    ]  # fmt: skip
    note = (
        "An abstract has little room for harm, and the body of a paper may say more: silence is no zero. Unless 'to its end' is "
        "said, it was not noted whether our copy is complete."
    )
    return table(rows, columns, title="Studies whose text does not mention harm", note=note, group="organ")


def _with_organ(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(organ=rows["tissue"].map(ORGAN).astype("str"))


def _label(labels: pd.Series[str], retracted: pd.Series[bool]) -> pd.Series[str]:
    return labels.where(~retracted, labels + " (retracted)")


def bound_table(harm: Safety) -> Table:
    """Build the table of the counts of a harm, each with its exact interval and bound, grouped as the harm is."""
    rows = _with_bounds(harm.rows)
    rows = rows.assign(
        part=rows["organ"] + ": " + rows["group"],
        reported_by=rows["origin"] + ", " + rows["access"],
        place=rows["citation"] + "; " + rows["locator"],
        left_out=rows["left_out"].where(rows["left_out"] != "", "not excluded"),
    )
    level = in_percent(harm.level)
    columns: list[Column] = [
        "study_label", ("count", "events/total"), ("total_basis", "basis of the total"), ("interval", f"percent ({level} CI)"),
        ("still", "still possible"), ("reported_by", "reported by, read as"), ("place", "source and place"),
        ("left_out", "excluded from the sums"), "note",
    ]  # fmt: skip
    note = (
        f"Exact limits: two-sided {level} confidence interval (CI; Clopper-Pearson), and one-sided {level} "
        "upper bound. Basis: 'reported' was printed with the count; 'enrolled' is the number of women enrolled, taken because no "
        "total was printed; 'inferred' was worked out. No adverse event of any kind would mean no serious one either; that count is "
        "not used here, because no source says what was looked for."
    )
    return table(rows, columns, title=f"Counts of {harm.words}{harm.related}", note=note, group="part")


def together_table(harm: Safety) -> Table:
    """Build the table of the crude sums of `Safety.together`."""
    rows = _with_bounds(harm.together)
    groups = zip(rows["group"], rows["scope"], strict=True)
    rows = rows.assign(
        which=[", ".join(filter(None, (group, scope_words(scope)))) for group, scope in groups]
    )
    columns: list[Column] = [
        ("which", "counts added up"), "studies", ("count", "events/total"), ("interval", f"percent ({in_percent(harm.level)} CI)"),
        ("still", "still possible"),
    ]  # fmt: skip
    note = (
        "Crude sums of two or more studies of one organ, with exact limits: they are valid only if all studies had one and the same rate and "
        f"looked for the same. Groups by {GROUPINGS[harm.grouping]} are a naive comparison across studies. Excluded: retracted counts, "
        "case reports, counts published because of their event, and the smaller of cohorts that may have women in common."
    )
    title = f"Counts of {harm.words} added up, by organ{harm.related}"
    return table(rows, columns, title=title, note=note, group="organ")


def _with_bounds(rows: pd.DataFrame) -> pd.DataFrame:
    """Add to counts or sums the organ, the count, its interval in percent, and what is still possible."""
    shares = zip(*(rows[name].astype(float) for name in ("proportion", "low", "high")), strict=True)
    return _with_organ(rows).assign(
        count=[f"{row.events}/{row.total} {row.total_unit}" for row in rows.itertuples()],
        interval=[
            percent_ci(share, low, high, unit="") if pd.notna(share) else "no proportion"
            for share, low, high in shares
        ],
        still=still(rows),
    )


def exposure_table(harm: Safety) -> Table:
    """Build the table of time at risk, `Safety.exposure`."""
    rates = harm.exposure[["rate", "low", "high", "bound"]].astype("object").map(significant, digits=2)
    rows = _with_organ(harm.exposure).assign(
        rate_text=rates["rate"] + " (" + rates["low"] + " to " + rates["high"] + ")",
        still="up to " + rates["bound"],
        count=[f"{row.events}/{row.total}" for row in harm.exposure.itertuples()],
        months=[number(months) if pd.notna(months) else "" for months in harm.exposure["months"]],
        months_origin=harm.exposure["months_origin"].fillna(""),
    )
    columns: list[Column] = [
        "study_label", ("count", "events/women"), ("months", "longest follow-up, months"), ("months_origin", "follow-up reported by"),
        ("women_months", "women-months at most"), ("rate_text", f"per {PER} women-months ({in_percent(harm.level)} CI)"),
        ("still", "still possible"), "evidence",
    ]  # fmt: skip
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
    rows = rows.assign(share=rows["share"].map(in_percent))
    columns = {"share": "proportion of women with the harm", "women": "women needed to see it once"}
    note = f"Seen with a probability of {in_percent(level)}, if every woman with the harm is found."
    return table(rows, columns, title="How many women it takes to see a harm", note=note)


def published_table(harm: Safety) -> Table:
    """Build the table of the rates of harm in published syntheses, `studies.published_rows`."""
    columns: list[Column] = [
        "harm", ("rate", "rate as printed (95 % CI)"), ("k", "studies"), "women", ("citation", "published synthesis"),
        ("locator", "place"), "note",
    ]  # fmt: skip
    note = (
        "As printed in published syntheses. They may include the same studies as each other and as the tables above, so nothing is "
        "pooled again here, and no rate is added to a count above."
    )
    title = "Rates of harm in published syntheses"
    return table(published_rows(harm), columns, title=title, note=note, group="who")
