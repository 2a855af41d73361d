"""Evidence-gap maps: which mechanism or factor was studied in whom, what was found, and what the article says of it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.claim_links import matching
from helpers.evidence.provenance import origin
from helpers.evidence.vocabulary import CHANGE_KIND, DIRECTION, FACTOR, FIRST_HAND, phrase
from helpers.questions.claims.rows import verdicts
from helpers.show.numbers import percent

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
_COUNTED = ["section", "row", "level", "state", "findings"]
_ROW = ["section", "block", "row", "subject"]


@dataclass(frozen=True, eq=False)
class GapMap:
    """What was found on mechanisms or factors, and the statements of the article on them.

    Attributes
    ----------
    levels : list of str
        Levels of evidence chosen, of ``human``, ``animal`` and ``in-vitro``.
    names : dict of str
        Section (a mechanism, or a category of factors) -> what the article claims of it.
    findings : pandas.DataFrame
        Rows of evidence at those levels. state is what was found, ``not seen`` if the result was not read, ``retracted`` if the
        document was.
    rows : pandas.DataFrame
        Rows of the map in order, also those without a finding at those levels. The rows of a block share their statements; subject
        is the mechanism or factor.
    voices : pandas.DataFrame
        One row per document and cell.
    statements : pandas.DataFrame
        What the article says of a block. part names the one part of the claim that bears on the block, with its state, if the
        claim has several.
    """

    levels: list[str]
    names: dict[str, str]
    findings: pd.DataFrame
    rows: pd.DataFrame
    voices: pd.DataFrame
    statements: pd.DataFrame

    def section(self, name: str) -> GapMap:
        """Take one section of the map."""
        frames = {kind: getattr(self, kind) for kind in ("findings", "rows", "voices", "statements")}
        kept = {kind: frame[frame["section"] == name] for kind, frame in frames.items()}
        return replace(self, names={name: self.names[name]}, **kept)

    def screens(self) -> dict[str, GapMap]:
        """Part the map into what fits on a screen: a section, or its rows with a statement of the article and those without."""
        parts = {}
        for name in self.names:
            part = self.section(name)
            alone = part.rows["block"] == ""
            divided = len(part.rows) > _SCREEN and alone.any()
            parts[name] = part._only(~alone) if divided else part
            if divided:
                parts[f"{name}/no-statement"] = part._only(alone)
        return parts

    def _only(self, chosen: pd.Series[bool]) -> GapMap:
        rows = self.rows[chosen]
        return replace(self, rows=rows, voices=self.voices[self.voices["row"].isin(rows["row"])])


def mechanism_map(ev: Evidence, *, mechanism: list[str], level: list[str]) -> GapMap:
    """Map the findings on mechanisms: a section per mechanism, a row per mediator and direction.

    A finding on several mediators is in the row of each. The first row of a mechanism counts each document once; a finding there
    that does not bear on the mechanism is passed over if the document has another. A row has the statement whose part bears on it
    and on the fewest others; other statements on at least half of the findings are at the head. Unknown words raise ValueError.
    """
    findings = _stated(ev.select("mechanisms", mechanism=mechanism)).assign(block="")
    treated = ev.studies.dropna(subset=["source_id"]).drop_duplicates("source_id").set_index("source_id")
    findings["condition"] = (
        findings["source_id"].map(treated["condition"]).where(findings["level"] == "human")
    )
    findings["section"] = findings["subject"] = findings["mechanism"]
    each = findings.assign(mediator=findings["mediator"].str.split("; ")).explode(
        "mediator", ignore_index=True
    )
    each["row"] = [_mediator(*pair) for pair in zip(each["mediator"], each["expected"], strict=True)]
    parts = _parts(ev, "mechanisms", each)
    general = _general(parts, each)
    each["block"] = _narrowest(parts[~general], each).fillna("")
    parts["block"] = parts["place"].map(each["block"]).mask(general, WHOLE)
    # A statement that has rows of its own is listed with those only.
    owned = set(zip(each["section"], each["block"], strict=True))
    with_rows = pd.Series(
        [key in owned for key in zip(parts["section"], parts["claim_id"], strict=True)], index=parts.index
    )
    statements = parts[(general & ~with_rows) | parts["claim_id"].eq(parts["block"])]
    whole = findings.assign(row=WHOLE, block=WHOLE)
    levels = _asked(ev, "mechanisms", "level", level)
    voices = pd.concat([_voices(whole, pass_over=True), _voices(each)])
    rows = pd.concat([whole, each], ignore_index=True)[_ROW].drop_duplicates(["section", "row"])
    names = {
        name: f"{words} ({name})"
        for name, words in ev.schema.vocabularies["mechanism"].items()
        if name in set(findings["mechanism"])
    }
    return _map(ev, levels, names, findings, rows, voices, statements)


def factor_map(ev: Evidence, *, factor: list[str], level: list[str]) -> GapMap:
    """Map the findings on factors: a section per category, a row per factor and expected direction, with every statement on it.

    An unknown factor or level raises ValueError.
    """
    findings = _stated(ev.select("factors", factor=factor)).rename(columns={"evidence_level": "level"})
    findings["section"], findings["subject"] = findings["category"], findings["factor"]
    findings["row"] = [_factor(*pair) for pair in zip(findings["factor"], findings["expected"], strict=True)]
    findings["block"] = findings["row"]
    each = findings.reset_index(drop=True)
    parts = _parts(ev, "factors", each.rename(columns={"level": "evidence_level"}))
    levels = _asked(ev, "factors", "evidence_level", level)
    categories = set(findings["section"])
    names = {
        name: f"the result depends on {words}" for name, words in _CATEGORIES.items() if name in categories
    }
    return _map(ev, levels, names, findings, findings[_ROW].drop_duplicates(), _voices(findings), parts)


def gap_counts(gaps: GapMap) -> pd.DataFrame:
    """Count the documents in each cell of a map, as a dict of state to number in a column per level.

    claims are the ids of the statements on the row, missing the levels without a document that is not retracted and gives a result,
    findings the number of evidence rows.
    """
    claims_of = gaps.statements.groupby(["section", "block"])["claim_id"].agg(list).to_dict()
    states: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    findings: Counter[tuple[str, str]] = Counter()
    for section, name, level, state, number in gaps.voices[_COUNTED].itertuples(index=False, name=None):
        states[section, name, level][state] += 1
        findings[section, name] += number
    lines = []
    for row in gaps.rows.itertuples():
        key = str(row.section), str(row.row)
        counts = {level: dict(states[*key, level].most_common()) for level in gaps.levels}
        lines.append(
            {
                "section": row.section,
                "row": row.row,
                "claims": list(dict.fromkeys(claims_of.get((row.section, row.block), []))),
                **counts,
                "missing": [level for level in gaps.levels if not set(counts[level]) - {RETRACTED, NOT_SEEN}],
                "findings": findings[key],
            }
        )
    return pd.DataFrame(lines, columns=["section", "row", "claims", *gaps.levels, "missing", "findings"])


def women_compared(ev: Evidence) -> pd.DataFrame:
    """Gather what other tables report on kinds of women with too few follicles: how their outcomes differed.

    Comparisons with other patients (`changes`), and counts of women without cells by age or length of amenorrhoea (`outcomes`);
    group is `WITH_CELLS` or `WITHOUT_CELLS`, with cells first. Levels of hormones and retracted papers are excluded.
    """
    compared = ev.select("changes", compared_with="other-patients")
    compared = compared[~compared["measure"].isin(_ASIDE)]
    compared = compared.assign(
        who=compared["subgroup"].fillna(compared["note"]),
        what=compared["measure"].map(phrase),
        result=[_compared(row) for row in compared.itertuples()],
    )
    counts = ev.select("outcomes", total_unit="women")
    counts = counts[counts["subgroup"].str.contains(_KIND_OF_WOMAN, na=False) & counts["events"].notna()]
    counts = counts[
        counts["total"].notna()
        & (counts["extraction"] != "model")
        & ~counts["arm_kind"].isin(["cells", "mixed"])
    ]
    counts = counts.assign(
        who=counts["subgroup"],
        what=counts["outcome"].map(phrase),
        result=[_share(row) for row in counts.itertuples()],
    )
    rows = pd.concat([compared, counts], ignore_index=True)
    rows = rows[
        rows["tissue"].eq("ovary") & rows["condition"].isin(_FEW_FOLLICLES) & rows["retracted"].isna()
    ]
    cells = rows["arm_kind"] == "cells"
    rows = rows.assign(
        group=cells.map({True: WITH_CELLS, False: WITHOUT_CELLS}),
        women=rows["population"].fillna(rows["condition"]),
        origin=origin(rows["source_kind"]),
    )
    return rows.sort_values(["group", "study_label"], kind="stable", ignore_index=True)


def _share(row: Any) -> str:
    return f"{row.events}/{row.total} ({percent(row.events / row.total)} %)"


def _compared(row: Any) -> str:
    words = DIRECTION[row.direction]
    if pd.notna(row.change):
        limits = f" ({row.low:g} to {row.high:g})" if pd.notna(row.low) else ""
        words += f", {CHANGE_KIND[row.change_kind]} {row.change:g}{limits}"
    return words + (f", P {row.p_value}" if pd.notna(row.p_value) else "")


def _stated(rows: pd.DataFrame) -> pd.DataFrame:
    gone = rows["retracted"].notna()
    return rows.assign(
        state=rows["found"].fillna(NOT_SEEN).mask(gone, RETRACTED),
        first_hand=rows["source_kind"].isin(_DIRECT),
    )


def _asked(ev: Evidence, table: str, column: str, level: list[str]) -> list[str]:
    ev.select(table, **{column: level})  # refuses a level that does not exist
    return [name for name in ev.schema.vocabularies["level"] if "all" in level or name in level]


def _mediator(mediator: str, expected: Any) -> str:
    name = phrase(mediator) if re.fullmatch(r"[a-z-]+", mediator) else mediator
    return f"{name} {'(direction open)' if pd.isna(expected) else expected}"


def _factor(factor: str, expected: Any) -> str:
    return f"{FACTOR[factor]} – {'nothing expected' if pd.isna(expected) else expected}"


def _parts(ev: Evidence, table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Match the parts of claims with the rows they bear on; place is the position of the row."""
    links = ev.claim_evidence[ev.claim_evidence["table"] == table]
    matches = [
        (link.claim_id, link.part, rows["section"][place], rows["block"][place], place)
        for link in links.itertuples()
        for place in matching(rows, link.match).index
    ]
    return pd.DataFrame(matches, columns=["claim_id", "part", "section", "block", "place"]).drop_duplicates()


def _general(parts: pd.DataFrame, rows: pd.DataFrame) -> pd.Series[bool]:
    size = parts.groupby(["claim_id", "part", "section"])["place"].transform("size")
    return size >= _GENERAL * parts["section"].map(rows["section"].value_counts())


def _narrowest(parts: pd.DataFrame, rows: pd.DataFrame) -> pd.Series[Any]:
    """Give each row of the map the claim whose part bears on it and on the fewest rows; of equals, the first of the article."""
    width = parts.groupby(["claim_id", "part"])["place"].transform("size")
    candidates = parts.assign(width=width, row=parts["place"].map(rows["row"]))
    candidates = candidates.sort_values(["width", "claim_id"], kind="stable").drop_duplicates(
        ["section", "row"]
    )
    best = dict(
        zip(zip(candidates["section"], candidates["row"], strict=True), candidates["claim_id"], strict=True)
    )
    keys = zip(rows["section"], rows["row"], strict=True)
    return pd.Series([best.get(key) for key in keys], index=rows.index, dtype="object")


def _voices(rows: pd.DataFrame, *, pass_over: bool = False) -> pd.DataFrame:
    """Sum up each document once per cell."""
    voices = [
        {
            **dict(zip(_VOICE, key, strict=True)),
            "state": one_voice(group["state"], pass_over=pass_over),
            "first_hand": bool(group["first_hand"].iloc[0]),
            "citation": group["citation"].iloc[0],
            "findings": group["evidence_row"].nunique(),
        }
        for key, group in rows.groupby(_VOICE, sort=False)
    ]
    return pd.DataFrame(voices, columns=[*_VOICE, "state", "first_hand", "citation", "findings"])


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
    everything = len(levels) == len(ev.schema.vocabularies["level"])
    findings = every_finding[
        every_finding["level"].isin(levels) | (every_finding["level"].isna() & everything)
    ]
    # The whole first, then what the article names, in its order, then the rest; factors keep the order of the table.
    places = {WHOLE: 0, **{claim: place for place, claim in enumerate(ev.claims["claim_id"], start=1)}}
    places[""] = len(places)
    section = rows["section"].map(list(names).index)
    order = pd.DataFrame({"section": section, "block": rows["block"].map(places).fillna(0)})
    rows = rows.loc[order.sort_values(["section", "block"], kind="stable").index]
    return GapMap(
        levels=levels,
        names=names,
        findings=findings,
        rows=rows.reset_index(drop=True),
        voices=voices[voices["level"].isin(levels)].reset_index(drop=True),
        statements=_statements(ev, parts),
    )


def _statements(ev: Evidence, parts: pd.DataFrame) -> pd.DataFrame:
    """Join the claims with their verdicts, and with the state of the part that bears on a block if it is one of several."""
    names = ["section", "block", "claim_id", "claim", "verdict", "part"]
    claims = ev.claims[ev.claims["claim_id"].isin(parts["claim_id"])]
    if claims.empty:
        return pd.DataFrame(columns=names)
    judged = {row["claim_id"]: row for row in verdicts(ev, claims).to_dict("records")}
    statements = []
    for (section, block, claim), group in parts.groupby(["section", "block", "claim_id"]):
        row, claim_parts = judged[claim], group["part"].unique()
        state = (
            f"{claim_parts[0]}: {row['parts'][claim_parts[0]]}"
            if len(claim_parts) == 1 and len(row["parts"]) > 1
            else ""
        )
        statements.append((section, block, claim, row["claim"], row["verdict"], state))
    return pd.DataFrame(statements, columns=names)
