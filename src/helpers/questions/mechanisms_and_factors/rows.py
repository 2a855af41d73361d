"""Evidence-gap maps: which mechanism or factor was studied in whom, what was found, and what the article says of it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.claim_links import Lookup
from helpers.evidence.vocabulary import CHANGE_KIND, DIRECTION, FACTOR, FIRST_HAND, phrase
from helpers.questions.claims.rows import verdicts
from helpers.show.numbers import number, percent

#: The row that counts each document once for a mechanism as a whole.
WHOLE = "all of it, each document once"
#: Categories of factors, as what a result may depend on.
_CATEGORIES = {
    "cells": "the cells",
    "protocol": "how the cells are given",
    "patient": "the woman who receives the cells",
}
RETRACTED, NOT_SEEN = "retracted", "not seen"
#: Of comparisons between kinds of women: whether they had received cells. In the order of the alphabet, as they are sorted.
WITH_CELLS, WITHOUT_CELLS = "treated with cells", "without cells"
_FEW_FOLLICLES = ("POI", "POR", "DOR")
#: What is compared between kinds of women and is no outcome of their ovaries.
_ASIDE = ("FSH", "LH", "E2", "AMH", "progesterone", "depression")
_KIND_OF_WOMAN = re.compile(r"\bage\b|\bamenorrhoea\b", flags=re.IGNORECASE)
#: Kinds of document that speak for themselves; what others report is second-hand.
_DIRECT = (*FIRST_HAND, "meta-analysis", "guideline")
#: A statement that bears on this proportion of the findings of a mechanism is one on the mechanism as a whole.
_GENERAL = 0.5
#: Rows that a screen has room for together with what the article says of them.
_SCREEN = 15
_VOICE = ["section", "row", "level", "source_id"]
_ROW = ["section", "block", "row", "subject"]


@dataclass(frozen=True, eq=False)
class GapMap:
    """What was found on mechanisms or factors at the levels of evidence chosen, and the statements of the article on them.

    names has what the article claims of each section. rows are those of the map in order; those of a block
    share their statements. voices has a row per document and cell; the part of a statement is the one part of
    its claim that bears on the block, with its state.
    """

    levels: list[str]
    names: dict[str, str]
    findings: pd.DataFrame
    rows: pd.DataFrame
    voices: pd.DataFrame
    statements: pd.DataFrame

    def screens(self) -> dict[str, GapMap]:
        """Part the map into what fits on a screen: a section, or its rows with a statement of the article and those without."""
        parts = {}
        for name in self.names:
            rows = self.rows[self.rows["section"] == name]
            alone = rows["block"] == ""
            divided = len(rows) > _SCREEN and bool(alone.any())
            parts[name] = self._part(name, rows[~alone] if divided else rows)
            if divided:
                parts[f"{name}/no-statement"] = self._part(name, rows[alone])
        return parts

    def _part(self, name: str, rows: pd.DataFrame) -> GapMap:
        findings, voices, statements = (
            frame[frame["section"] == name] for frame in (self.findings, self.voices, self.statements)
        )
        voices = voices[voices["row"].isin(rows["row"])]
        return GapMap(self.levels, {name: self.names[name]}, findings, rows, voices, statements)


def mechanism_map(ev: Evidence, *, mechanism: list[str], level: list[str]) -> GapMap:
    """Map the findings on mechanisms: a section per mechanism, the first row of which counts each document once, and a row per mediator.

    A row has the statement whose part bears on it and on the fewest others; statements on at least half of
    the findings are at the head.
    """
    findings = _stated(ev.select("mechanisms", mechanism=mechanism)).assign(block="")
    treated = ev.studies.dropna(subset=["source_id"]).drop_duplicates("source_id").set_index("source_id")
    condition = findings["source_id"].map(treated["condition"])
    findings["condition"] = condition.where(findings["level"] == "human")
    findings["section"] = findings["subject"] = findings["mechanism"]
    each = findings.assign(mediator=findings["mediator"].str.split("; "))
    each = each.explode("mediator", ignore_index=True)
    expected = each["expected"].astype("str").fillna("(direction open)")
    each["row"] = each["mediator"].map(worded).astype("str") + " " + expected
    parts = _parts(ev, "mechanisms", each)
    size = parts.groupby(["claim_id", "part", "section"])["place"].transform("size")
    general = size >= _GENERAL * parts["section"].map(each["section"].value_counts())
    each["block"] = _narrowest(parts[~general], each)
    parts["block"] = parts["place"].map(each["block"]).mask(general, WHOLE)
    # A statement that has rows of its own is listed with those only.
    owned = pd.MultiIndex.from_frame(each[["section", "block"]])
    with_rows = pd.MultiIndex.from_frame(parts[["section", "claim_id"]]).isin(owned)
    statements = parts[(general & ~with_rows) | parts["claim_id"].eq(parts["block"])]
    whole = findings.assign(row=WHOLE, block=WHOLE)
    voices = pd.concat([_voices(whole, pass_over=True), _voices(each)])
    rows = pd.concat([whole, each], ignore_index=True)[_ROW].drop_duplicates(["section", "row"])
    present, words = set(findings["mechanism"]), ev.schema.vocabularies["mechanism"]
    names = {name: f"{meaning} ({name})" for name, meaning in words.items() if name in present}
    return _map(ev, _asked(ev, "mechanisms", "level", level), names, findings, rows, voices, statements)


def factor_map(ev: Evidence, *, factor: list[str], level: list[str]) -> GapMap:
    """Map the findings on factors: a section per category, a row per factor and expected direction, with every statement on it.

    An unknown factor or level raises ValueError.
    """
    findings = _stated(ev.select("factors", factor=factor)).rename(columns={"evidence_level": "level"})
    findings["section"], findings["subject"] = findings["category"], findings["factor"]
    expected = findings["expected"].astype("str").fillna("nothing expected")
    findings["row"] = findings["block"] = findings["factor"].map(FACTOR).astype("str") + " – " + expected
    each = findings.reset_index(drop=True)
    parts = _parts(ev, "factors", each.rename(columns={"level": "evidence_level"}))
    present = set(findings["section"])
    names = {name: f"the result depends on {words}" for name, words in _CATEGORIES.items() if name in present}
    levels, rows = _asked(ev, "factors", "evidence_level", level), findings[_ROW].drop_duplicates()
    return _map(ev, levels, names, findings, rows, _voices(findings), parts)


def gap_counts(gaps: GapMap) -> pd.DataFrame:
    """Count the documents in each cell of a map, as a dict of state to number in a column per level.

    missing are the levels without a document that is not retracted and gives a result, findings the number of
    evidence rows.
    """
    claims_of = gaps.statements.groupby(["section", "block"])["claim_id"].unique()
    states: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    findings: Counter[tuple[Any, ...]] = Counter()
    for voice in gaps.voices.to_dict("records"):
        cell = voice["section"], voice["row"]
        states[*cell, voice["level"]][voice["state"]] += 1
        findings[cell] += voice["findings"]
    lines = []
    for row in gaps.rows.itertuples():
        by_level = {level: states[row.section, row.row, level] for level in gaps.levels}
        lines.append(
            {
                "section": row.section,
                "row": row.row,
                "claims": list(claims_of.get((row.section, row.block), [])),
                **{level: dict(counts.most_common()) for level, counts in by_level.items()},
                "missing": [
                    level for level, counts in by_level.items() if not set(counts) - {RETRACTED, NOT_SEEN}
                ],
                "findings": findings[row.section, row.row],
            }
        )
    return pd.DataFrame(lines, columns=["section", "row", "claims", *gaps.levels, "missing", "findings"])


def women_compared(ev: Evidence) -> pd.DataFrame:
    """Gather what other tables report on kinds of women with too few follicles: how their outcomes differed, with cells first.

    No levels of hormones, no retracted papers: comparisons with other patients, and counts of women without
    cells by age or amenorrhoea.
    """
    compared = ev.select("changes", compared_with="other-patients")
    compared = compared[~compared["measure"].isin(_ASIDE)]
    compared = compared.assign(
        who=compared["subgroup"].fillna(compared["note"]),
        what=compared["measure"].map(phrase),
        result=[_compared(row) for row in compared.itertuples()],
    )
    counts = ev.select("outcomes", total_unit="women").dropna(subset=["events", "total"])
    counts = counts[
        counts["subgroup"].str.contains(_KIND_OF_WOMAN, na=False) & (counts["extraction"] != "model")
    ]
    counts = counts[~counts["arm_kind"].isin(["cells", "mixed"])]
    counts = counts.assign(
        who=counts["subgroup"],
        what=counts["outcome"].map(phrase),
        result=[_share(row) for row in counts.itertuples()],
    )
    rows = pd.concat([compared, counts], ignore_index=True)
    few = rows["tissue"].eq("ovary") & rows["condition"].isin(_FEW_FOLLICLES)
    rows = rows[few & rows["retracted"].isna()]
    cells = rows["arm_kind"] == "cells"
    rows = rows.assign(
        group=cells.map({True: WITH_CELLS, False: WITHOUT_CELLS}),
        women=rows["population"].fillna(rows["condition"]),
    )
    return rows.sort_values(["group", "study_label"], kind="stable", ignore_index=True)


def _share(row: Any) -> str:
    return f"{row.events}/{row.total} ({percent(row.events / row.total)} %)"


def _compared(row: Any) -> str:
    words = DIRECTION[row.direction]
    if pd.notna(row.change):
        limits = f" ({number(row.low)} to {number(row.high)})" if pd.notna(row.low) else ""
        words += f", {CHANGE_KIND[row.change_kind]} {number(row.change)}{limits}"
    return words + (f", P {row.p_value}" if pd.notna(row.p_value) else "")


def _stated(rows: pd.DataFrame) -> pd.DataFrame:
    state = rows["found"].fillna(NOT_SEEN).mask(rows["retracted"].notna(), RETRACTED)
    return rows.assign(state=state, first_hand=rows["source_kind"].isin(_DIRECT))


def _asked(ev: Evidence, table: str, column: str, level: list[str]) -> list[str]:
    ev.select(table, **{column: level})  # refuses a level that does not exist
    return [name for name in ev.schema.vocabularies["level"] if "all" in level or name in level]


def worded(mediator: str) -> str:
    """Write a mediator in words if it is one hyphenated key; names such as FGF-2 and thrombospondin-1 stay."""
    return phrase(mediator) if re.fullmatch(r"[a-z-]+", mediator) else mediator


def _parts(ev: Evidence, table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Match the parts of claims with the rows they bear on; place is the position of the row."""
    links = ev.claim_evidence[ev.claim_evidence["table"] == table]
    lookup, sections, blocks = Lookup(rows), list(rows["section"]), list(rows["block"])
    matches = [
        (link.claim_id, link.part, sections[place], blocks[place], place)
        for link in links.itertuples()
        for place in lookup.rows(link.match)
    ]
    return pd.DataFrame(matches, columns=["claim_id", "part", "section", "block", "place"]).drop_duplicates()


def _narrowest(parts: pd.DataFrame, rows: pd.DataFrame) -> pd.Series[Any]:
    """Give each row of the map the claim whose part bears on it and on the fewest rows; of equals, the first of the article."""
    width = parts.groupby(["claim_id", "part"])["place"].transform("size")
    parts = parts.assign(width=width, row=parts["place"].map(rows["row"]))
    parts = parts.sort_values(["width", "claim_id"], kind="stable").drop_duplicates(["section", "row"])
    best = parts.set_index(["section", "row"])["claim_id"]
    places = pd.MultiIndex.from_frame(rows[["section", "row"]])
    return best.reindex(places, fill_value="").set_axis(rows.index)


def _voices(rows: pd.DataFrame, *, pass_over: bool = False) -> pd.DataFrame:
    """Sum up each document once per cell."""
    return rows.groupby(_VOICE, sort=False, as_index=False).agg(
        state=("state", partial(one_voice, pass_over=pass_over)),
        first_hand=("first_hand", "first"),
        citation=("citation", "first"),
        findings=("evidence_row", "nunique"),
    )


def one_voice(states: Iterable[str], *, pass_over: bool = False) -> str:
    """Sum up the states of one document in one cell: the state that all share, or ``mixed``.

    Results that were not seen are ignored if there are others; with `pass_over`, so is ``none``, as for a mechanism as a whole.
    """
    kept = set(states)
    for weaker in (NOT_SEEN, *(["none"] if pass_over else [])):
        kept = kept - {weaker} or kept
    return kept.pop() if len(kept) == 1 else "mixed"


def _map(
    ev: Evidence, levels: list[str], names: dict[str, str], every_finding: pd.DataFrame, rows: pd.DataFrame,
    voices: pd.DataFrame, parts: pd.DataFrame,
) -> GapMap:  # fmt: skip
    """Keep the levels chosen, order the blocks, and add the verdicts on the statements."""
    # A finding whose level is not stated has no column; the table has it if all levels are chosen.
    unplaced = every_finding["level"].isna() & (len(levels) == len(ev.schema.vocabularies["level"]))
    # The whole first, then what the article names, in its order, then the rest; factors keep the order of the table.
    places = {name: place for place, name in enumerate([WHOLE, *ev.claims["claim_id"], ""])}
    section = rows["section"].map(list(names).index)
    order = pd.DataFrame({"section": section, "block": rows["block"].map(places).fillna(0)})
    rows = rows.loc[order.sort_values(["section", "block"], kind="stable").index]
    findings = every_finding[every_finding["level"].isin(levels) | unplaced]
    voices = voices[voices["level"].isin(levels)]
    return GapMap(levels, names, findings, rows.reset_index(drop=True), voices, _statements(ev, parts))


def _statements(ev: Evidence, parts: pd.DataFrame) -> pd.DataFrame:
    """Join the claims with their verdicts, and with the state of the part that bears on a block if it is one of several."""
    names = ["section", "block", "claim_id", "claim", "verdict", "part"]
    claims = ev.claims[ev.claims["claim_id"].isin(parts["claim_id"])]
    if claims.empty:
        return pd.DataFrame(columns=names)
    judged = {row["claim_id"]: row for row in verdicts(ev, claims).to_dict("records")}
    statements = []
    for (section, block, claim), named in parts.groupby(["section", "block", "claim_id"])["part"]:
        row, (first, *more) = judged[claim], named.unique()
        alone = not more and len(row["parts"]) > 1
        part = f"{first}: {row['parts'][first]}" if alone else ""
        statements.append((section, block, claim, row["claim"], row["verdict"], part))
    return pd.DataFrame(statements, columns=names)
