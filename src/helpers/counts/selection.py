"""Which studies are chosen, by key, role and tissue."""

from __future__ import annotations

from helpers.errors import ChoiceError
from helpers.evidence import Evidence


def chosen_studies(ev: Evidence, *, studies: list[str], role: list[str], tissue: list[str]) -> list[str]:
    """Choose studies by key, role and tissue, in the order of the evidence; ``["all"]`` keeps every one.

    Raises ValueError for an unknown value, or where a study that was named has another role or tissue: it must not be
    lost in silence.
    """
    kept = ev.select("studies", study_id=studies, role=role, tissue=tissue)
    if "all" not in studies:
        named = ev.select("studies", study_id=studies)
        lost = named[~named["study_id"].isin(kept["study_id"])]
        if len(lost):
            studies_lost = [f"{row.study_id} ({row.role}, {row.tissue})" for row in lost.itertuples()]
            raise ChoiceError(
                f"role={','.join(role)} and tissue={','.join(tissue)} leave out {', '.join(studies_lost)}; "
                "choose role=all and tissue=all to see every study named"
            )
    if kept.empty:
        raise ChoiceError(
            f"no study has role={','.join(role)} and tissue={','.join(tissue)}; choose more of them"
        )
    return list(kept["study_id"])


def with_results(ev: Evidence) -> set[str]:
    """Name the studies of which any count, level or change was reported, by whatever document.

    Another document may report the results of a registered trial, and our copy of a paper may end before its results.
    """
    return {
        str(study)
        for table in ("outcomes", "measurements", "changes")
        for study in ev.tables[table]["study_id"]
    }
