"""Evidence-gap maps: which mechanism or factor was looked at in whom, what was found, and what the article says of it."""

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

#: The row in which each document speaks once on a mechanism as a whole.
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
#: Kinds of document that speak for themselves; what others tell is second-hand.
_DIRECT = (*FIRST_HAND, "meta-analysis", "guideline")
#: A statement that bears on this share of the findings of a mechanism is one on the mechanism as a whole.
_GENERAL = 0.5
_VOICE = ["section", "row", "level", "source_id"]
_COUNTED = ["section", "row", "level", "state", "findings"]
_ROW = ["section", "block", "row", "subject"]


@dataclass(frozen=True, eq=False)
class GapMap:
    """What was found of mechanisms or factors, and the statements of the article beside it.

    Attributes
    ----------
    levels : list of str
        Levels of evidence asked for, of ``human``, ``animal`` and ``in-vitro``.
    names : dict of str
        Section (a mechanism, or a category of factors) -> what is claimed of it, in words.
    findings : pandas.DataFrame
        The rows of evidence at those levels, with section, level and state: what was found, ``not seen`` where the
        result was not read, ``retracted`` where the document was retracted.
    rows : pandas.DataFrame
        section, block, row, subject: the rows of the map in their order, also those without any finding at those
        levels. The rows of a block share their statements; the subject is the mechanism or factor.
    voices : pandas.DataFrame
        section, row, level, source_id, state, first_hand, citation, findings: a document speaks once in a cell.
    statements : pandas.DataFrame
        section, block, claim_id, claim, verdict, part: what the article says of a block. `part` tells the one part of
        the claim that bears on the block and its state, where the claim has others.
    """

    levels: list[str]
    names: dict[str, str]
    findings: pd.DataFrame
    rows: pd.DataFrame
    voices: pd.DataFrame
    statements: pd.DataFrame

    def section(self, name: str) -> GapMap:
        """Take one section of the map."""
        parts = {part: getattr(self, part) for part in ("findings", "rows", "voices", "statements")}
        kept = {part: frame[frame["section"] == name] for part, frame in parts.items()}
        return replace(self, names={name: self.names[name]}, **kept)


def mechanism_map(ev: Evidence, *, mechanism: list[str], level: list[str]) -> GapMap:
    """Map the findings on mechanisms.

    A finding on several mediators speaks on each. The first row of a mechanism counts each document once, whatever it
    looked at; there a finding that does not bear on the mechanism is passed over where the document has another.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    mechanism : list of str
        Mechanisms, or ``["all"]``.
    level : list of str
        Levels of evidence, or ``["all"]``.

    Returns
    -------
    GapMap
        A section per mechanism, a row per mediator and direction. Beside a row stands the statement whose part bears
        on it and on the fewest others; other statements on at least half of the findings stand at the head.

    Raises
    ------
    ValueError
        If a mechanism or level is unknown.
    """
    found = _stated(ev.select("mechanisms", mechanism=mechanism)).assign(block="")
    treated = ev.studies.dropna(subset=["source_id"]).drop_duplicates("source_id").set_index("source_id")
    found["condition"] = found["source_id"].map(treated["condition"]).where(found["level"] == "human")
    found["section"] = found["subject"] = found["mechanism"]
    each = found.assign(mediator=found["mediator"].str.split("; ")).explode("mediator", ignore_index=True)
    each["row"] = [_mediator(*pair) for pair in zip(each["mediator"], each["expected"], strict=True)]
    parts = _parts(ev, "mechanisms", each)
    general = _general(parts, each)
    each["block"] = _narrowest(parts[~general], each).fillna("")
    parts["block"] = parts["place"].map(each["block"]).mask(general, WHOLE)
    # A statement that has rows of its own stands beside those only.
    owned = set(zip(each["section"], each["block"], strict=True))
    own = pd.Series(
        [key in owned for key in zip(parts["section"], parts["claim_id"], strict=True)], index=parts.index
    )
    statements = parts[(general & ~own) | parts["claim_id"].eq(parts["block"])]
    whole = found.assign(row=WHOLE, block=WHOLE)
    levels = _asked(ev, "mechanisms", "level", level)
    voices = pd.concat([_voices(whole, pass_over=True), _voices(each)])
    rows = pd.concat([whole, each], ignore_index=True)[_ROW].drop_duplicates(["section", "row"])
    names = {
        name: f"{words} ({name})"
        for name, words in ev.schema.vocabularies["mechanism"].items()
        if name in set(found["mechanism"])
    }
    return _map(ev, levels, names, found, rows, voices, statements)


def factor_map(ev: Evidence, *, factor: list[str], level: list[str]) -> GapMap:
    """Map the findings on factors.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    factor : list of str
        Factors, or ``["all"]``.
    level : list of str
        Levels of evidence, or ``["all"]``.

    Returns
    -------
    GapMap
        A section per category, a row per factor and what the article lets expect of it, with every statement that
        bears on it.

    Raises
    ------
    ValueError
        If a factor or level is unknown.
    """
    found = _stated(ev.select("factors", factor=factor)).rename(columns={"evidence_level": "level"})
    found["section"], found["subject"] = found["category"], found["factor"]
    found["row"] = [_factor(*pair) for pair in zip(found["factor"], found["expected"], strict=True)]
    found["block"] = found["row"]
    each = found.reset_index(drop=True)
    parts = _parts(ev, "factors", each.rename(columns={"level": "evidence_level"}))
    levels = _asked(ev, "factors", "evidence_level", level)
    own = set(found["section"])
    names = {name: f"the result depends on {words}" for name, words in _CATEGORIES.items() if name in own}
    return _map(ev, levels, names, found, found[_ROW].drop_duplicates(), _voices(found), parts)


def gap_counts(gaps: GapMap) -> pd.DataFrame:
    """Count the documents in each cell of a map.

    Parameters
    ----------
    gaps : GapMap
        The map.

    Returns
    -------
    pandas.DataFrame
        section, row, claims (ids of the statements beside it), a column per level with a dict of state to number of
        documents, missing (list of levels at which no document was seen that stands and tells a result), findings
        (rows of evidence at the levels asked).
    """
    beside = gaps.statements.groupby(["section", "block"])["claim_id"].agg(list).to_dict()
    states: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    findings: Counter[tuple[str, str]] = Counter()
    for section, name, level, state, found in gaps.voices[_COUNTED].itertuples(index=False, name=None):
        states[section, name, level][state] += 1
        findings[section, name] += found
    told = []
    for row in gaps.rows.itertuples():
        own = str(row.section), str(row.row)
        counts = {level: dict(states[*own, level].most_common()) for level in gaps.levels}
        told.append(
            {
                "section": row.section,
                "row": row.row,
                "claims": list(dict.fromkeys(beside.get((row.section, row.block), []))),
                **counts,
                "missing": [level for level in gaps.levels if not set(counts[level]) - {RETRACTED, NOT_SEEN}],
                "findings": findings[own],
            }
        )
    return pd.DataFrame(told, columns=["section", "row", "claims", *gaps.levels, "missing", "findings"])


def women_compared(ev: Evidence) -> pd.DataFrame:
    """Gather what other tables report on kinds of women with too few follicles: how their outcomes differed.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.

    Returns
    -------
    pandas.DataFrame
        Rows of ``Evidence.select``: comparisons with other patients (`changes`), and plain counts of women by age or length of
        amenorrhoea (`outcomes`), those with cells first; with group (`WITH_CELLS` or `WITHOUT_CELLS`), women, who, what and
        result in words, and origin. Levels of hormones are not among them.
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
    """Tell which part of which claim bears on which row: claim_id, part, section, block, place of the row."""
    links = ev.claim_evidence[ev.claim_evidence["table"] == table]
    told = [
        (link.claim_id, link.part, rows["section"][place], rows["block"][place], place)
        for link in links.itertuples()
        for place in matching(rows, link.match).index
    ]
    return pd.DataFrame(told, columns=["claim_id", "part", "section", "block", "place"]).drop_duplicates()


def _general(parts: pd.DataFrame, rows: pd.DataFrame) -> pd.Series[bool]:
    size = parts.groupby(["claim_id", "part", "section"])["place"].transform("size")
    return size >= _GENERAL * parts["section"].map(rows["section"].value_counts())


def _narrowest(parts: pd.DataFrame, rows: pd.DataFrame) -> pd.Series[Any]:
    """Give each row of the map the claim whose part bears on it and on the fewest rows; the first of the article wins."""
    width = parts.groupby(["claim_id", "part"])["place"].transform("size")
    own = parts.assign(width=width, row=parts["place"].map(rows["row"]))
    own = own.sort_values(["width", "claim_id"], kind="stable").drop_duplicates(["section", "row"])
    best = dict(zip(zip(own["section"], own["row"], strict=True), own["claim_id"], strict=True))
    keys = zip(rows["section"], rows["row"], strict=True)
    return pd.Series([best.get(key) for key in keys], index=rows.index, dtype="object")


def _voices(rows: pd.DataFrame, *, pass_over: bool = False) -> pd.DataFrame:
    """Let each document speak once in each cell."""
    told = [
        {
            **dict(zip(_VOICE, key, strict=True)),
            "state": one_voice(group["state"], pass_over=pass_over),
            "first_hand": bool(group["first_hand"].iloc[0]),
            "citation": group["citation"].iloc[0],
            "findings": group["evidence_row"].nunique(),
        }
        for key, group in rows.groupby(_VOICE, sort=False)
    ]
    return pd.DataFrame(told, columns=[*_VOICE, "state", "first_hand", "citation", "findings"])


def one_voice(states: Iterable[str], *, pass_over: bool = False) -> str:
    """Sum up what one document found in one cell.

    Parameters
    ----------
    states : iterable of str
        The states of its findings, at least one.
    pass_over : bool
        Whether ``none`` is passed over where the document has another finding, as for a mechanism as a whole.

    Returns
    -------
    str
        The state that all share, results that were not seen left aside; ``mixed`` where they differ.
    """
    kept = set(states)
    for weaker in (NOT_SEEN, *(["none"] if pass_over else [])):
        kept = kept - {weaker} or kept
    return kept.pop() if len(kept) == 1 else "mixed"


def _map(
    ev: Evidence, levels: list[str], names: dict[str, str], found: pd.DataFrame, rows: pd.DataFrame,
    voices: pd.DataFrame, parts: pd.DataFrame,
) -> GapMap:  # fmt: skip
    """Put a map together: keep the levels asked for, order the blocks, judge the statements."""
    # A finding whose level is not stated has no column; it stands in the table where all levels are asked for.
    everything = len(levels) == len(ev.schema.vocabularies["level"])
    findings = found[found["level"].isin(levels) | (found["level"].isna() & everything)]
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
    """Join the claims with their verdicts, and the state of the part that bears on a block if it is one of several."""
    names = ["section", "block", "claim_id", "claim", "verdict", "part"]
    claims = ev.claims[ev.claims["claim_id"].isin(parts["claim_id"])]
    if claims.empty:
        return pd.DataFrame(columns=names)
    judged = {row["claim_id"]: row for row in verdicts(ev, claims).to_dict("records")}
    told = []
    for (section, block, claim), group in parts.groupby(["section", "block", "claim_id"]):
        row, own = judged[claim], group["part"].unique()
        part = f"{own[0]}: {row['parts'][own[0]]}" if len(own) == 1 and len(row["parts"]) > 1 else ""
        told.append((section, block, claim, row["claim"], row["verdict"], part))
    return pd.DataFrame(told, columns=names)
