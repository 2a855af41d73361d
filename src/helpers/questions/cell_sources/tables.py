"""Tables of comparisons by source, of published effects and of secretion."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import SPECIES
from helpers.questions.cell_sources.ratio_claim import RatioTrace
from helpers.questions.cell_sources.secretion import spelled
from helpers.show.table import Table, table


def comparison_table(rows: pd.DataFrame, *, title: str) -> Table:
    """List the counts of `comparison_rows` group by group, also those for which another count of the study was chosen."""
    columns = {
        "study_label": "study", "arm_label": "arm", "women": "women", "tissue": "tissue", "count_text": "events/total",
        "interval_text": "percent (95 % CI)", "chosen": "in the figure", "overlap": "may include women of",
        "origin": "reported by", "citation": "source", "locator": "where",
    }  # fmt: skip
    shown = rows.assign(
        overlap=rows["overlaps"].replace("", "no other shown"),
        women=rows["condition"] + (": " + rows["population"]).fillna(""),
    )
    return table(shown, columns, title=title, group="section")


def ratio_table(trace: RatioTrace) -> Table:
    """List the findings on cord against marrow, grouped by subject, those that bear on the claim first."""
    columns = {
        "words": "mediator", "found": "finding", "values": "level, unit, ratio", "assay_words": "measured by",
        "citation": "source", "locator": "where", "access": "text available to us", "note": "remark",
    }  # fmt: skip
    note = (
        "More from the umbilical cord supports the claim, more from bone marrow contradicts it. Statements about groups were split into "
        "pairs, so documents are counted, not rows. * Divided by the extractor from printed levels."
    )
    shown = trace.rows.assign(
        values=trace.rows["value_text"].replace("", "none printed"), found=trace.rows["found"].map(spelled)
    )
    return table(
        shown, columns, title="Umbilical cord compared with bone marrow: findings", group="about", note=note
    )


def secretion_table(rows: pd.DataFrame) -> Table:
    """List what cells secrete, express or do, one row per row of the evidence, grouped by pair of sources."""
    columns = {
        "words": "mediator", "cell_source": "cells", "compared_with": "compared with", "direction": "direction",
        "values": "level, unit, ratio", "assay_words": "measured by", "n_donors": "donors", "citation": "source",
        "locator": "where", "note": "remark",
    }  # fmt: skip
    note = (
        "* Divided by the extractor from printed levels. Statements about groups were split into pairs, so documents "
        "are counted, not rows."
    )
    shown = rows.assign(values=rows["value_text"].replace("", "none printed"), pair=rows["pair"].map(spelled))
    return table(
        shown, columns, title="Secretion, expression and function by source", group="pair", note=note
    )


def pooled_effect_table(rows: pd.DataFrame, *, title: str) -> Table:
    """List the estimates of `animal_effects` or `women_effects`, grouped by outcome."""
    columns = {
        "species_words": "species", "tissue": "tissue", "given": "given", "subgroup": "source", "effect_name": "effect",
        "model": "model", "k": "studies", "n_treated": "treated, or first group",
        "n_control": "controls, or second group", "estimate": "estimate", "low": "CI from", "high": "CI to",
        "i2": "I², percent", "chosen": "in the figure", "citation": "meta-analysis", "locator": "where", "note": "remark",
    }  # fmt: skip
    note = (
        "As printed; k of one is a single study, not a pooled result. Meta-analyses have primary studies in common: rows are not "
        "independent, and nothing is pooled here."
    )
    shown = rows.assign(species_words=rows["species"].map(SPECIES))
    return table(shown, columns, title=title, group="what", note=note)
