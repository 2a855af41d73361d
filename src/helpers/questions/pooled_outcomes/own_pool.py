"""A pool of selected counts, each woman once, by the same rules as the pools of the book."""

from __future__ import annotations

import pandas as pd

from helpers.counts.one_count import described, known_words, not_counted
from helpers.counts.outcomes import outcome_rows
from helpers.counts.poolable import check_selected, poolable
from helpers.errors import ChoiceError
from helpers.evidence import Evidence
from helpers.questions.pooled_outcomes.estimates import METHODS
from helpers.questions.pooled_outcomes.rows import PooledOutcomes, estimated, named


def each_woman_once(ev: Evidence, rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split rows of ``ev.select("outcomes", ...)`` into those that may share a pool and the others, with the reason in ``why``.

    A row is excluded if it is no plain proportion of women, or if its women are in another row. A row given twice, or of another
    table, raises ValueError.
    """
    check_selected(rows)
    why = not_counted(ev, rows)
    return rows[why == ""], rows.assign(why=why)[why != ""]


def pool_rows(
    ev: Evidence, rows: pd.DataFrame, *, method: str = "bayes", level: float = 0.95
) -> PooledOutcomes:
    """Pool rows of ``ev.select("outcomes", ...)``, one per arm as `each_woman_once` keeps them; arms of a study are added up.

    `method` is ``"bayes"`` or ``"binomial-normal"``, the estimate that is reported; with `helpers.stats.FEW_STUDIES` or fewer all are
    given. `figures.pooled_forests` draws the result and `tables.pool_table` lists it. Fewer than two studies, rows that may not share a
    pool (see `poolable`) and unknown words raise ValueError.
    """
    known_words([method], set(METHODS), "method")
    poolable(ev, rows)
    if rows["study_id"].nunique() < 2:
        raise ChoiceError("a pool needs two studies or more: show a single study with its own interval")
    counts = named(described(ev, outcome_rows(ev, rows, interval="clopper-pearson", level=level)))
    left_out = counts.iloc[:0].assign(why="")
    outcomes = (str(counts["outcome"].iloc[0]),)
    return estimated(ev, counts, left_out, outcomes, method=method, group_by="condition", level=level)
