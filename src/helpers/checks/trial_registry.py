"""The registry record of a trial against its paper: women, groups, and what words tell of cells, route and allocation."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pandas as pd

from helpers.checks.findings import Confidence, Misfit, rows_of
from helpers.checks.sums import sums_reached
from helpers.evidence.dates import days_of
from helpers.evidence.package import Evidence
from helpers.evidence.vocabulary import FIRST_HAND

REGISTRY = "trial-registry"
_NUMBERS = ("n-enrolled", "n-treated", "n-planned")
#: What documents tell in words: the sides of each item, and for each side the words that exclude each other, with how
#: they are written. Two texts differ on a side only where each says one of its words and they have none in common.
_WORDS: dict[str, dict[str, dict[str, str]]] = {
    "cell-source": {
        "tissue": {
            "marrow": r"marrow|\bbm\b|\bbmsc",
            "cord": r"\bcord\b(?![ -]blood)|wharton|\bh?uc-?msc",
            "cord blood": r"\bcord[ -]blood|\bucb\b",
            "fat": r"adipos|\bad\b|\badsc|\bsvf\b|stromal vascular",
            "menstrual blood": r"menstrual|\bmensc",
            "peripheral blood": r"peripheral blood|\bpb\b",
            "amnion": r"amnio|\bamni",
            "placenta": r"placent|chori",
            "embryo": r"embryonic|\bhesc",
        },
        "donor": {"the woman herself": r"autolog", "another": r"allogen"},
    },
    "route": {
        "side": {
            "right": r"^(?!.*\bleft\b).*\bright\b",
            "left": r"^(?!.*\bright\b).*\bleft\b",
            "both": r"\bboth\b|bilateral|\bright\b.*\bleft\b|\bleft\b.*\bright\b",
        },
        "way": {
            "an artery": r"arter",
            "a vein": r"intra-?venous|\bvein",
            "into the ovary": r"intra-?ovarian|(?:in|into) (?:the |one |each |both |right |left )*ovar|laparoscop",
            "into the uterus": r"intra-?uterine|(?:in|into) (?:the )?uter|uterine cavity|endometri",
        },
        "access": {"laparoscopy": r"laparoscop", "the vagina": r"transvaginal"},
    },
    "allocation": {
        "chance": {
            "by chance": r"(?<!non-)(?<!non )(?<!not )(?<!quasi-)\brandom|\brct\b",
            "not by chance": r"\b(?:non|not|quasi)[ -]random|preference|by choice",
        },
    },
    "control-ovary": {
        "treatment": {"untreated": r"untreated|not injected", "injected": r"saline|placebo|vehicle|injected with"},
    },
}  # fmt: skip
#: Columns that say the same as an item of `statements`.
_COLUMNS = {
    "studies": {"design": "allocation"},
    "arms": {"cell_source": "cell-source", "donor": "cell-source", "route": "route"},
}
#: What a column says: the arm, None for all, the document, the word, and which column it is.
_Word = tuple[str | None, str, str, str]


def registry_against_paper(ev: Evidence) -> Iterator[Misfit]:
    """Find numbers of women in a registry record that are not those of the paper.

    A plan that was not kept has ordinary reasons, and so has an actual enrolment that is the number of women of an
    arm: they are ``possible``. Any other actual enrolment that the paper does not have is ``likely`` to need a word.
    Where the record itself tells the number of the paper too, its plan was only a plan.
    """
    frame = ev.select("statements")
    numbers = frame[frame["item"].isin(_NUMBERS) & frame["value"].str.fullmatch(r"\d+")]
    main = numbers["study_id"].map(ev.studies.set_index("study_id")["source_id"])
    paper = ev.sources.set_index("source_id")["kind"].ne(REGISTRY)
    registered = numbers["source_kind"].eq(REGISTRY) & main.map(paper).fillna(False).astype(bool)
    by_document = numbers.groupby(["study_id", "source_id"], sort=False).groups
    counted = numbers[registered & numbers["item"].ne("n-planned")]
    actual = counted.groupby("study_id")["value"].apply(lambda values: set(values.astype(int))).to_dict()
    arms = ev.arms[ev.arms["n"].notna()].groupby("study_id")["n"].agg(set).to_dict()
    for row, cells in rows_of(numbers[registered]):
        study, n = cells["study_id"], int(cells["value"])
        printed_in_paper = list(by_document.get((study, main[row]), ()))
        given = {int(value) for value in numbers.loc[printed_in_paper, "value"]}
        if not given and pd.notna(cells["n_enrolled"]):
            given = {int(cells["n_enrolled"])}
        planned = cells["item"] == "n-planned"
        if not given or n in given or (planned and given & actual.get(study, set())):
            continue
        more, confidence = n > max(given), Confidence.POSSIBLE
        if planned:
            possible = "a plan that was not reached" if more else "a plan that was exceeded"
        elif n in arms.get(study, set()):
            possible = f"not the women who entered but those of an arm of the paper, which has {n}"
        else:
            possible = f"women who are not in the {'paper' if more else 'record'}"
            confidence = Confidence.LIKELY
        in_paper = " or ".join(map(str, sorted(given)))
        printed = f"{cells['item']} {n} in the registry, {in_paper} in the paper"
        yield Misfit("statements", [row, *printed_in_paper], printed, possible, confidence)


def registry_against_arms(ev: Evidence) -> Iterator[Misfit]:
    """Find registered trials with another number of groups than the paper.

    The paper's is the number that it states, or else every number of its arms that together hold the women enrolled:
    an arm may be the sum of others, or the other ovary of the same women. Where no arms do, some were not read.
    """
    frame = ev.select("statements")
    numbers = frame[frame["item"].eq("n-arms") & frame["value"].str.fullmatch(r"\d+")]
    registered = numbers["source_kind"].eq(REGISTRY)
    stated = numbers[~registered].groupby("study_id").groups
    kinds = ev.sources.set_index("source_id")["kind"]
    arms = ev.arms[ev.arms["source_id"].map(kinds).ne(REGISTRY) & ev.arms["n"].notna()]
    women = arms.groupby("study_id")["n"].agg(list).to_dict()
    for row, cells in rows_of(numbers[registered]):
        study, n = cells["study_id"], int(cells["value"])
        index = list(stated.get(study, ()))
        given = {int(value) for value in numbers.loc[index, "value"]}
        if not index and pd.notna(cells["n_enrolled"]):
            enrolled = int(cells["n_enrolled"])
            reached = sums_reached(women.get(study, []), enrolled)
            given = {taken for taken, added in reached if added == enrolled and taken}
        if not given or n in given:
            continue
        printed = (
            f"{n} group{'s' * (n != 1)} in the registry, {' or '.join(map(str, sorted(given)))} in the paper"
        )
        possible = "women divided otherwise than registered"
        if n > max(given):
            possible = "a group that the paper does not report"
        yield Misfit("statements", [row, *index], printed, possible, Confidence.LIKELY)


def registry_told_differently(ev: Evidence) -> Iterator[Misfit]:
    """Find what a registry record and another document tell differently of one arm: cells, route, allocation, dates.

    Texts are held to each other by the words that exclude each other: one that says less, or more, is no contradiction.
    Where a document states nothing, the columns of arm and study that were read in it stand for it. The questioned
    row is that of the registry, unless the other document is neither paper nor preprint.
    """
    frame = ev.select("statements")
    frame = frame[frame["item"].isin([*_WORDS, "start", "completion"])]
    columns = _words_of_columns(ev, set(frame["study_id"]))
    by_item: dict[tuple[str, str], dict[int, dict[str, Any]]] = defaultdict(dict)
    for row, cells in rows_of(frame):
        by_item[cells["study_id"], cells["item"]][row] = cells
    for (study, item), rows in by_item.items():
        records = {row: cells for row, cells in rows.items() if cells["source_kind"] == REGISTRY}
        others = {row: cells for row, cells in rows.items() if cells["source_kind"] != REGISTRY}
        for other, document in others.items():
            by_side: dict[str, list[int]] = defaultdict(list)
            for row, cells in records.items():
                if _of_one_arm(cells["arm_id"], document["arm_id"]):
                    for side in _differences(item, str(cells["value"]), str(document["value"])):
                        by_side[side].append(row)
            for index in by_side.values():
                ordered = [*index, other] if document["source_kind"] in FIRST_HAND else [other, *index]
                where = str(document["citation"]).partition(", ")[0]
                otherwise = f"{document['value']!r} in {where}"
                yield _contradiction(item, ordered, records[index[0]]["value"], otherwise)
        stated = {document["source_id"] for document in others.values()}
        for row, cells in records.items():
            for arm, source, word, where in columns.get((study, item), []):
                one = source not in stated and _of_one_arm(cells["arm_id"], arm)
                if one and _differences(item, str(cells["value"]), word):
                    yield _contradiction(item, [row], cells["value"], f"{word!r} as {where}")


def _contradiction(item: str, index: list[int], registered: Any, otherwise: str) -> Misfit:
    printed = f"{registered!r} in the registry, {otherwise}"
    dated = item not in _WORDS
    possible = "one of the two, or each is about " + ("another event" if dated else "other women")
    confidence = Confidence.POSSIBLE if dated else Confidence.LIKELY
    return Misfit("statements", index, printed, possible, confidence)


def _differences(item: str, first: str, second: str) -> list[str]:
    """Name the sides on which two texts of an item exclude each other."""
    if item not in _WORDS:
        one, other = days_of(first), days_of(second)
        return ["date"] if one and other and (one[1] < other[0] or other[1] < one[0]) else []
    found = []
    for side, words in _WORDS[item].items():
        said, also = (
            {word for word, form in words.items() if re.search(form, text.lower())}
            for text in (first, second)
        )
        if said and also and not said & also:
            found.append(side)
    return found


def _of_one_arm(first: Any, second: Any) -> bool:
    """Tell whether two facts are about the same arm, or one of them about all arms."""
    return bool(pd.isna(first) or pd.isna(second) or first == second)


def _words_of_columns(ev: Evidence, studies: set[Any]) -> dict[tuple[str, str], list[_Word]]:
    """Read what the columns of studies and arms say of an item, where they were not read in a registry: by study and item."""
    kinds = ev.sources.set_index("source_id")["kind"]
    found: dict[tuple[str, str], list[_Word]] = defaultdict(list)
    for table, columns in _COLUMNS.items():
        rows = ev.tables[table]
        rows = rows[rows["study_id"].isin(studies) & rows["source_id"].map(kinds).ne(REGISTRY)]
        for _, cells in rows_of(rows):
            for column, item in columns.items():
                if pd.notna(cells[column]):
                    arm = cells.get("arm_id")
                    where = f"{column} of the " + (f"arm {arm}" if arm else "study")
                    word = (arm, cells["source_id"], str(cells[column]), where)
                    found[str(cells["study_id"]), item].append(word)
    return found
