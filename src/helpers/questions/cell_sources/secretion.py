"""What cells of different sources secrete, express or do: pairs of sources, and one voice per document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.vocabulary import FIRST_HAND, phrase
from helpers.show.numbers import number

#: Tissues that the cells come from, in the order in which they are compared.
TISSUE_OF_CELLS = {
    "cord": ("UC-MSC", "WJ-MSC", "UC-perivascular", "UC-MSC-EV"),
    "marrow": ("BM-MSC", "BM-MNC", "BM-nucleated", "BM-selected", "BM-mobilised", "BM-unspecified", "BM-MSC-EV"),
    "fat": ("AD-MSC", "AD-SVF"),
    "menstrual blood or endometrium": ("MenSC", "EndoMSC", "MenSC-EV"),
    "placenta or amnion": ("P-MSC", "P-MSC-EV", "CP-MSC", "chorion-MSC", "amnion-MSC", "hAEC", "AF-MSC"),
    "cord blood": ("UCB-MNC",),
    "skin": ("dermal-MSC",),
    "blood": ("PB-MSC",),
    "ovary": ("ovarian-stem-cell",),
    "embryonic stem cells": ("hESC-MSC",),
    "more than one": ("mixed",),
}  # fmt: skip
_SPELLED = {"cord": "umbilical cord", "marrow": "bone marrow", "fat": "adipose tissue"}
_TISSUES = {source: tissue for tissue, sources in TISSUE_OF_CELLS.items() for source in sources}
_TURNED = {"higher": "lower", "lower": "higher"}
#: Pairs of tissues with a figure of their own.
_MAIN_PAIRS = ("cord against marrow", "cord against fat", "marrow against fat")
OTHER_PAIRS, ONE_SOURCE, OTHER_CONTRASTS = "other pairs", "one source", "other contrasts"
NOT_SEEN, LEVEL = "direction not seen", "level"


def secretion_rows(ev: Evidence, mediators: Sequence[str] = ("all",)) -> pd.DataFrame:
    """Prepare the rows on what cells secrete, express or do, without retracted documents and the article, whose figure is a claim.

    first and second are the tissues of the cells, second empty where no other source is compared; state is
    the direction as seen from first, ``level`` or ``direction not seen``; by_paper says that a paper reports
    its own experiment; part is its figure.
    """
    rows = ev.select("secretion")
    rows = rows[rows["source_kind"].ne("article-under-review") & rows["retracted"].isna()]
    if "all" not in mediators:
        rows = rows[rows["mediator"].isin(mediators)]
    tissue, other_tissue = rows["cell_source"].map(_TISSUES), rows["compared_with"].map(_TISSUES)
    ranks = {name: rank for rank, name in enumerate(TISSUE_OF_CELLS)}
    turned = tissue.map(ranks) > other_tissue.map(ranks)
    first = tissue.where(~turned, other_tissue)
    second = other_tissue.where(~turned, tissue).fillna("")
    direction = rows["direction"].astype("str")
    direction = direction.where(~turned, direction.replace(_TURNED)).fillna(NOT_SEEN)
    direction = direction.mask((second == "") & direction.eq(NOT_SEEN) & rows["value"].notna(), LEVEL)
    pair = (first + " against " + second).where(second != "", rows["cell_source"])
    # Two sources of one tissue are named by their words.
    pair = pair.mask(first == second, rows["cell_source"] + " against " + rows["compared_with"].astype("str"))
    contrast = rows["compared_with"].notna() & other_tissue.isna()
    part = pair.where(pair.isin(_MAIN_PAIRS), OTHER_PAIRS).mask(second == "", ONE_SOURCE)
    named = ["source_id", "mediator", "cell_source", "compared_with", "measure", "assay", "locator"]
    names = rows[named].astype("str").fillna("none").itertuples(index=False)
    retold = rows["note"].astype("str").str.contains("secondary", na=False)
    frame = rows.assign(
        first=first,
        second=second,
        pair=pair,
        part=part.mask(contrast, OTHER_CONTRASTS),
        state=direction,
        words=rows["mediator"].map(_words),
        assay_words=rows["measure"].map(phrase) + (": " + rows["assay"].astype("str")).fillna(""),
        value_text=[_value(row, away) for row, away in zip(rows.itertuples(), turned, strict=True)],
        by_paper=rows["source_kind"].isin(FIRST_HAND) & rows["access"].ne("secondary") & ~retold,
        name=["/".join(["secretion", *cells]) for cells in names],
    )
    order = [*_MAIN_PAIRS, OTHER_PAIRS, ONE_SOURCE, OTHER_CONTRASTS]
    return frame.sort_values(
        ["part", "pair", "mediator"],
        key=lambda column: (
            column.map(order.index) if column.name == "part" else column.astype("str").str.casefold()
        ),
        kind="stable",
    )


def spelled(words: str) -> str:
    """Write the tissues that words name in full: umbilical cord, bone marrow, adipose tissue."""
    full = re.sub(r"\b(cord|marrow|fat)\b", lambda match: _SPELLED[match[0]], words)
    return full.replace(" against ", " and ")


def _value(row: Any, turned: bool) -> str:
    """Write ratio, level and unit; a star marks a ratio that is not printed, and a turned pair says which way it goes."""
    parts = []
    if pd.notna(row.ratio):
        way = f" of {row.cell_source} to {row.compared_with}" if turned else ""
        parts.append(f"ratio {row.ratio}{'*' if divided(row.note) else ''}{way}")
    if pd.notna(row.value):
        spread = f" (spread {number(row.spread)})" if pd.notna(row.spread) else ""
        parts.append(f"{number(row.value)}{spread} {row.unit}")
    return "; ".join(parts)


def divided(note: object) -> bool:
    """See from the remark on a row whether the extractor divided its ratio, so that it is not printed."""
    return "ratio divided" in str(note)


def _words(mediator: str) -> str:
    """Write what is secreted as a reader would: names of genes and proteins keep their hyphens."""
    return mediator if mediator != mediator.lower() or any(map(str.isdigit, mediator)) else phrase(mediator)


def secretion_voices(rows: pd.DataFrame) -> pd.DataFrame:
    """Give each document one voice on a pair of sources, a mediator and a kind of measurement, from `secretion_rows`.

    Rows that differ make it ``mixed``; a direction that was seen counts before one that was not.
    """
    keys = ["part", "pair", "first", "second", "mediator", "words", "measure", "source_id"]
    voices = rows.groupby(keys, sort=False, as_index=False)
    return voices.agg(
        state=("state", _one_state),
        by_paper=("by_paper", "all"),
        value_text=("value_text", lambda texts: "; ".join(filter(None, dict.fromkeys(texts)))),
        citation=("citation", "first"),
    )


def _one_state(states: Iterable[str]) -> str:
    seen = set(states) - {NOT_SEEN}
    return seen.pop() if len(seen) == 1 else "mixed" if seen else NOT_SEEN
