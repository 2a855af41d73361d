"""What each study reports and what of it was available to us: the completeness map, and what to extract next."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import pandas as pd

from helpers.counts.outcomes import EARLY, LONG, SHORT
from helpers.evidence.provenance import ORIGINS, extent
from helpers.evidence.vocabulary import HARM_ITEMS, HARMS
from helpers.questions.evidence.rows import BEFORE, WINDOWS, vocabulary_order

READ = "reported and read"
WORDS = "direction or words only"
ELSEWHERE = "reported elsewhere only"
NOT_REPORTED = "not reported in a text read to its end"
CUT = "not seen, our copy ends early"
NOT_SEEN = "not seen, how far it was read is not noted"
#: What was read of a measure in a window, from the best to nothing. Nothing in a text that was read in part is a gap of our reading.
STATES = [READ, WORDS, ELSEWHERE, NOT_REPORTED, CUT, NOT_SEEN]


_BIRTH = "live birth"
#: The columns of the map, with their measures, outcomes and classes: those on which a claim of recovery rests.
MEASURED = {
    "FSH": ("FSH",),
    "AMH": ("AMH", "AMH-class", "AMH-increased"),
    "E2": ("E2", "E2-increased"),
    "AFC": ("AFC", "AFC-class-left", "AFC-class-right", "AFC-class-total", "AFC-increased"),
    "ovarian volume": ("ovarian-volume",),
    "endometrial thickness": (
        "endometrial-thickness", "endometrial-thickness-class", "endometrial-thickness-increased",
        "endometrial-thickness-7mm-or-more",
    ),
    "menses": (
        "menses-resumed", "menses-improved", "menses-normal", "amenorrhoea-persistent", "menstrual-volume",
        "menstrual-duration", "amenorrhoea-duration",
    ),
    "pregnancy": ("pregnancy", "natural-pregnancy", "art-pregnancy", "ongoing-pregnancy"),
    _BIRTH: ("live-birth",),
    "harm": (*HARMS, *HARM_ITEMS),
}  # fmt: skip
#: What cannot be reported before treatment.
_AFTER = {"pregnancy", _BIRTH, "harm"}
#: What each treated tissue must show after treatment: any one of these, with a printed time.
_MARKERS = {"ovary": ("FSH", "AMH", "E2", "AFC"), "endometrium": ("endometrial thickness",)}
#: The one treated tissue to which a column applies.
_TISSUE_OF = {group: tissue for tissue, groups in _MARKERS.items() for group in groups} | {
    "ovarian volume": "ovary"
}
_MARKER_WORDS = {
    "ovary": "hormone or follicle count at a printed time after treatment",
    "endometrium": "endometrial thickness at a printed time after treatment",
}
#: Roles of the studies of which more is to be extracted.
_TREATED = ("cited", "treatment")
#: Documents that can report all of a study.
_PAPERS = ("journal-article", "preprint")


def windows_of(group: str) -> list[str]:
    """Name the windows in which a group of the map can be reported."""
    return [window for window in WINDOWS if window != BEFORE or group not in _AFTER]


def completeness(studies: pd.DataFrame, women_rows: pd.DataFrame) -> pd.DataFrame:
    """Give for every study, measure and window what of it was read: a state of `STATES`.

    A study of which nothing was read has no row, a measure of the other tissue only where something is
    reported of it.
    """
    names = {word: group for group, words in MEASURED.items() for word in words}
    rank = (~women_rows["number"]).astype(int).where(women_rows["origin"] == ORIGINS[0], 2)
    by = [women_rows["study_id"], women_rows["what"].map(names), women_rows["window"]]
    best = rank.groupby(by).min().to_dict()
    shown = studies[studies["study_id"].isin(women_rows["study_id"])].rename(columns={"label": "study_label"})
    shown = shown.sort_values(["role", "tissue", "study_label"], key=vocabulary_order)
    retracted = shown["retracted"].notna().map({True: ", retracted", False: ""})
    shown = shown.assign(study_label=shown["study_label"] + retracted)
    cells = [
        (study.study_id, study.study_label, study.role, study.tissue, group, window, STATES[state])
        for study in shown.itertuples()
        for group in MEASURED
        for window in windows_of(group)
        if (state := best.get((study.study_id, group, window), _nothing(study, group))) is not None
    ]
    columns = ["study_id", "study_label", "role", "tissue", "measured", "window", "state"]
    frame = pd.DataFrame(cells, columns=columns)
    # The order of the map is that of its measures, also where a study lacks some.
    return frame.assign(measured=pd.Categorical(frame["measured"], categories=list(MEASURED)))


def _nothing(study: Any, group: str) -> int | None:
    """Find in `STATES` the place of a measure not seen of a study, by how far its main document was read; none of the other tissue."""
    if _TISSUE_OF.get(group, study.tissue) != study.tissue:
        return None
    read = "" if study.access == "secondary" else extent(study.access, study.read)
    return STATES.index({"to its end": NOT_REPORTED, "not noted": NOT_SEEN}.get(read, CUT))


def state_counts(cells: pd.DataFrame) -> pd.DataFrame:
    """Count studies by measure (rows) and by the best state of their windows after treatment (columns)."""
    after = cells[cells["window"] != BEFORE]
    ranks = after["state"].map(STATES.index).groupby([after["measured"].astype("str"), after["study_id"]])
    best = ranks.min()
    counts = pd.crosstab(best.index.get_level_values("measured"), [STATES[rank] for rank in best])
    counts = counts.reindex(index=list(MEASURED), columns=STATES, fill_value=0)
    counts.insert(0, "studies", counts.sum(axis=1))
    return counts.rename_axis(index="measured", columns=None).reset_index()


def states_by_study(cells: pd.DataFrame) -> dict[Hashable, dict[Hashable, int]]:
    """Count for each study its places in the map by state, as they are recorded."""
    counts = pd.crosstab(cells["study_id"], cells["state"]).reindex(columns=STATES, fill_value=0)
    return counts.to_dict("index")


def silent_studies(studies: pd.DataFrame, cells: pd.DataFrame) -> dict[str, int]:
    """Count by tissue treated the studies that have no place in the map, because nothing of them was read."""
    silent = studies.loc[~studies["study_id"].isin(cells["study_id"]), "tissue"]
    return {str(tissue): int(number) for tissue, number in silent.value_counts().items()}


def extract_next(studies: pd.DataFrame, women_rows: pd.DataFrame) -> pd.DataFrame:
    """Rank the studies of women treated with cells whose document is worth reading next, by what their own documents lack (`missing`).

    Not those that are only registered, retracted or read in full. Cited studies come first, then those
    without live birth, those that miss more, and those of more women.
    """
    own = women_rows["number"] & (women_rows["origin"] == ORIGINS[0])
    known = women_rows.loc[own, ["study_id", "what", "window"]]
    treated = studies["role"].isin(_TREATED) & (studies["design"] != "registered-only")
    rows = studies[treated & (studies["access"] != "full-text") & studies["retracted"].isna()]
    rows = rows.rename(columns={"label": "study_label"})
    gaps = pd.Series(
        [missing(known[known["study_id"] == row.study_id], str(row.tissue)) for row in rows.itertuples()],
        index=rows.index,
        dtype="object",
    )
    paper = rows["source_kind"].isin(_PAPERS)
    rows = rows.assign(
        missing=gaps.map("; ".join),
        document=rows["citation"].where(paper, "no paper found yet; known through " + rows["citation"]),
        _cited=rows["role"] != "cited",
        _birth=[_BIRTH not in named for named in gaps],
        _gaps=-gaps.map(len),
        _women=-rows["n_enrolled"].astype("float64").fillna(0),
    )
    rows = rows[rows["missing"] != ""]
    rows = rows.sort_values(["_cited", "_birth", "_gaps", "_women", "study_label"], ignore_index=True)
    rows.insert(0, "rank", rows.index + 1)
    return rows


def missing(known: pd.DataFrame, tissue: str) -> list[str]:
    """Name what the numbers of a study do not cover; empty if nothing is missing.

    `known` are its `rows.women_rows` that are numbers of its own documents.
    """
    numbers = set(zip(known["what"], known["window"], strict=True))

    def has_number(group: str, windows: list[str]) -> bool:
        return any((what, window) in numbers for what in MEASURED[group] for window in windows)

    after = [EARLY, SHORT, LONG]
    gaps = [] if has_number(_BIRTH, WINDOWS) else [_BIRTH]
    gaps += [] if any(has_number(group, after) for group in _MARKERS[tissue]) else [_MARKER_WORDS[tissue]]
    return gaps + [group for group in ("pregnancy", "harm") if not has_number(group, WINDOWS)]
