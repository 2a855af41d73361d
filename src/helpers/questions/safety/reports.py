"""What each study of women treated with cells reports of harm, and how much of its text was available to us."""

from __future__ import annotations

import pandas as pd

from helpers.counts.cohorts import overlap_lists, women_treated
from helpers.counts.harms import SILENT, STATES
from helpers.counts.selection import with_results
from helpers.evidence import Evidence
from helpers.evidence.provenance import ORIGINS, extent, text_name


def study_reports(
    ev: Evidence, studies: pd.DataFrame, mentions: pd.DataFrame, rows: pd.DataFrame
) -> pd.DataFrame:
    """Give what each study reports of any harm and how much of its text was available; `rows` are its counts of one harm."""
    arms = ev.select("arms")
    named = [studies, arms[arms["kind"] == "cells"], mentions]
    behind = pd.concat([frame[["study_id", "evidence_row"]] for frame in named])
    study = studies["study_id"]
    # Harms reported come first, so a study that reports one and denies another is among those that report it.
    state = study.map(mentions.drop_duplicates("study_id").set_index("study_id")["state"]).fillna(SILENT)
    reports = mentions.groupby("study_id")["text"].agg(lambda texts: "; ".join(dict.fromkeys(texts)))
    among = rows[rows["total_unit"] == "women"].groupby("study_id")["total"].sum()
    women = study.map(women_treated(ev)).astype("Int64")
    read = studies[["source_kind", "access", "read"]].itertuples(index=False)
    frame = studies.rename(columns={"label": "study_label"}).assign(
        women=study.map(among).astype("Int64").fillna(women),
        overlaps=overlap_lists(studies),
        state=state,
        registered=~study.isin(with_results(ev)) & (state == SILENT),
        article_only=study.isin(_article_only(mentions)),
        retracted=studies["retracted"].notna(),
        counted=study.isin(rows["study_id"]),
        said=study.map(reports).astype("str"),
        text=[_available_text(*cells) for cells in read],
        evidence=study.map(behind.groupby("study_id")["evidence_row"].agg("; ".join)),
    )
    columns = [
        "study_id", "study_label", "tissue", "design", "citation", "women", "overlaps", "state", "registered", "article_only",
        "retracted", "counted", "said", "text", "evidence",
    ]  # fmt: skip
    by = frame["state"].map(STATES.index)
    return frame.assign(_by=by).sort_values(["_by", "tissue", "study_label"], ignore_index=True)[columns]


def _article_only(mentions: pd.DataFrame) -> list[str]:
    """Name the studies of which only the article under review reports on harm to the women (else, where nobody does, to the children)."""
    of_women = ~mentions["children"].astype("bool")
    any_of_women = of_women.groupby(mentions["study_id"]).transform("any")
    spoken = mentions[of_women | ~any_of_women]
    alone = spoken["origin"].eq(ORIGINS[1]).groupby(spoken["study_id"]).all()
    return list(alone.index[alone])


def _available_text(kind: str, access: str, read: str | None) -> str:
    """Say how much of the main document of a study was available to us, by cells of `sources`."""
    text = text_name(kind, access)
    if read == "cut":
        return f"our copy of the {text} ends before its end"
    if access == "title":
        return "its title"
    if access == "secondary":
        return "pages of others"
    if access in {"table", "body-excerpt"}:
        return f"part of the {text}"
    return text + (", to its end" if extent(access, read) == "to its end" else "")
