"""A pool of one's own choice: selected counts, each woman once, pooled by the same rules as those of the book."""

from __future__ import annotations

import pandas as pd

from helpers.counts.one_count import COUNTED_ONCE, PLAIN_COUNT, described, first_broken, known_words
from helpers.counts.outcomes import outcome_rows
from helpers.counts.poolable import check_selected, poolable
from helpers.evidence import Evidence
from helpers.questions.pooled_outcomes.estimates import METHODS
from helpers.questions.pooled_outcomes.rows import PooledOutcomes, estimated, named


def each_woman_once(ev: Evidence, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Choose of selected counts one per arm, so that each woman counts once.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence: it knows which arms are sums and which cohorts overlap.
    rows : pandas.DataFrame
        Rows of ``ev.select("outcomes", ...)``.

    Returns
    -------
    kept, left_out : pandas.DataFrame
        The rows given. A row is left out if it is no plain proportion of women, or if its women are in another of the
        rows; `left_out` says so in the column ``why``.

    Raises
    ------
    ValueError
        If a row is given twice, or rows are not of ``ev.select("outcomes", ...)``.
    """
    check_selected(rows)
    again = rows.loc[rows["evidence_row"].duplicated(), "evidence_row"]
    if len(again):
        raise ValueError(f"{again.iloc[0]} is given twice: keep it once")
    counts = described(ev, outcome_rows(rows, ev.criteria, interval="clopper-pearson", level=0.95))
    why = pd.Series("a study that did not count women", index=rows.index, dtype="str")
    for _, part in counts.groupby("outcome", sort=False):
        why.update(first_broken(part, (*PLAIN_COUNT, *COUNTED_ONCE)))
    return rows[why == ""], rows.assign(why=why)[why != ""]


def pool_rows(
    ev: Evidence, rows: pd.DataFrame, *, method: str = "bayes", level: float = 0.95
) -> PooledOutcomes:
    """Pool counts of one's own choice, if they may share a pool.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence: it knows which cohorts overlap and which papers are retracted.
    rows : pandas.DataFrame
        Rows of ``ev.select("outcomes", ...)``, one per arm; `each_woman_once` chooses them. Arms of one study are added up.
    method : {"bayes", "binomial-normal"}
        Which estimate is reported. With `helpers.stats.FEW_STUDIES` or fewer all are given side by side.
    level : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    PooledOutcomes
        One pool, as `pooled_outcomes` gives it: its `rows` and `estimates` are what `figures.pooled_forests`
        draws and `pool_table` lists.

    Raises
    ------
    ValueError
        As `poolable`; if there are fewer than two studies; if the method is not known.
    """
    known_words([method], set(METHODS), "method")
    poolable(ev, rows)
    if rows["study_id"].nunique() < 2:
        raise ValueError("a pool needs two studies or more: show a single study with its own interval")
    counts = named(described(ev, outcome_rows(rows, ev.criteria, interval="clopper-pearson", level=level)))
    left_out = counts.iloc[:0].assign(why="")
    outcomes = (str(counts["outcome"].iloc[0]),)
    return estimated(ev, counts, left_out, outcomes, method=method, group_by="condition", level=level)
