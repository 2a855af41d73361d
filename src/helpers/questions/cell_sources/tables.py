"""Tables of comparisons by source, of published effects and of secretion."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import SPECIES
from helpers.questions.cell_sources.ratio_claim import RatioTrace
from helpers.show.table import Table, table


def comparison_table(rows: pd.DataFrame, *, title: str) -> Table:
    """List the counts of `comparison_rows` group by group, also those for which another count of the study was chosen."""
    columns = {
        "study_label": "study", "arm_label": "arm", "women": "women", "tissue": "tissue", "count_text": "events/total",
        "interval_text": "percent (interval)", "chosen": "in the picture", "overlap": "may share women with",
        "origin": "who tells it", "citation": "source", "locator": "where",
    }  # fmt: skip
    shown = rows.assign(
        overlap=rows["overlaps"].replace("", "no other shown"),
        women=rows["condition"] + (": " + rows["population"]).fillna(""),
    )
    return table(shown, columns, title=title, group="section")


def ratio_table(trace: RatioTrace) -> Table:
    """List the findings on cord against marrow, grouped by subject, those that bear on the claim first."""
    columns = {
        "words": "what", "found": "found", "values": "level, unit, ratio", "assay_words": "measured by",
        "citation": "source", "locator": "where", "access": "read as", "note": "remark",
    }  # fmt: skip
    note = (
        "More from cord speaks for the claim, more from marrow against it. Statements about groups were split into pairs, so documents "
        "are counted, not rows. * Divided by the extractor from printed levels."
    )
    shown = trace.rows.assign(values=trace.rows["value_text"].replace("", "none printed"))
    return table(shown, columns, title="Cord against marrow: what was found", group="about", note=note)


def secretion_table(rows: pd.DataFrame) -> Table:
    """List what cells secrete, express or do, one row per row of the evidence, grouped by pair of sources."""
    columns = {
        "words": "what", "cell_source": "cells", "compared_with": "compared with", "direction": "direction",
        "values": "level, unit, ratio", "assay_words": "measured by", "n_donors": "donors", "citation": "source",
        "locator": "where", "note": "remark",
    }  # fmt: skip
    note = (
        "* Divided by the extractor from printed levels. Statements about groups were split into pairs, so rows are no votes: "
        "documents are counted."
    )
    shown = rows.assign(values=rows["value_text"].replace("", "none printed"))
    return table(
        shown, columns, title="Secretion, expression and function by source", group="pair", note=note
    )


def pooled_effect_table(rows: pd.DataFrame, *, title: str) -> Table:
    """List the estimates of `animal_effects` or `women_effects`, grouped by outcome."""
    columns = {
        "species_words": "in", "tissue": "tissue", "given": "given", "subgroup": "source", "effect_name": "effect",
        "model": "model", "k": "studies", "n_treated": "treated, or first group",
        "n_control": "controls, or second group", "estimate": "estimate", "low": "low", "high": "high",
        "i2": "I², percent", "chosen": "in the picture", "citation": "meta-analysis", "locator": "where", "note": "remark",
    }  # fmt: skip
    note = (
        "As printed; k of one is a single study, not a pooled result. Meta-analyses share primary studies: rows are no "
        "independent voices, and nothing is pooled here."
    )
    shown = rows.assign(species_words=rows["species"].map(SPECIES))
    return table(shown, columns, title=title, group="what", note=note)
