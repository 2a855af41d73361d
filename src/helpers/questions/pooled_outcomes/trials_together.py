"""Randomised trials of cells from pregnancy to birth: as reported, as randomised, in the worst and the best case, and together."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from helpers import stats
from helpers.evidence import Evidence
from helpers.questions.pooled_outcomes.ladder import LADDER
from helpers.questions.pooled_outcomes.trials import randomised_pairs
from helpers.show.words import listed
from helpers.stats.odds_ratios import METHODS

ANALYSES = REPORTED, RANDOMISED, WORST, BEST = ("as reported", "as randomised", "worst case", "best case")
#: Where the numbers of women randomised to each arm come from.
ALL_COUNTED, PRINTED = "every woman randomised was counted", "arm sizes as printed"
ASSUMED = "arm sizes not printed: assumed as equal as possible"
NOT_KNOWN = "women randomised to the two arms not reported"
NO_INFORMATION = "excluded: no woman, or every woman, had the event"
_ROW = [
    "outcome", "tissue", "study_id", "study_label", "condition", "analysis", "events", "total", "control_events", "control_total",
    "enrolled", "sizes", "estimate", "low", "high", "difference", "difference_low", "difference_high", "why", "name", "evidence", "citation", "cell_source", "control",
]  # fmt: skip
_TOGETHER = [
    "outcome", "tissue", "conditions", "analysis", "method", "k", "events", "total", "control_events", "control_total", "estimate", "low", "high", "name", "differ",
]  # fmt: skip
#: In what trials that are pooled can differ.
_DIFFER = {"condition": "conditions", "cell_source": "sources of cells", "control": "kinds of control"}


class Sizes(NamedTuple):
    """Women randomised to the arm with cells and to its control, and how that is known."""

    treated: int
    control: int
    basis: str


class RandomisedTrials(NamedTuple):
    """Rows of `trial_rows`, of `trials_together` and of `published_odds_ratios`."""

    rows: pd.DataFrame
    pools: pd.DataFrame
    published: pd.DataFrame


def randomised_trials(
    ev: Evidence,
    *,
    condition: Iterable[str] = ("all",),
    tissue: Iterable[str] = ("all",),
    access: Iterable[str] = ("all",),
    level: float = 0.95,
) -> RandomisedTrials:
    """Give the randomised trials of `LADDER`, the pooled odds ratios and the published ones."""
    rows = trial_rows(ev, condition=condition, tissue=tissue, access=access, level=level)
    return RandomisedTrials(rows, trials_together(rows, level=level), published_odds_ratios(ev, rows))


def sizes_as_randomised(
    counted: tuple[int, int], printed: tuple[int, int] | None, enrolled: int | None
) -> Sizes:
    """Find how many women were randomised to each of two arms.

    `counted` are those that the trial counts, `printed` the printed sizes of its two arms and `enrolled` all women randomised. Where
    the printed sizes hold fewer women than were randomised, the arms are assumed to be as equal as the counts allow, and an odd
    woman is in the control arm.
    """
    if enrolled is None or printed is None or enrolled < sum(counted):
        return Sizes(*counted, NOT_KNOWN)
    if enrolled == sum(counted):
        return Sizes(*counted, ALL_COUNTED)
    if sum(printed) == enrolled and all(size >= count for size, count in zip(printed, counted, strict=True)):
        return Sizes(*printed, PRINTED)
    treated = min(max(enrolled // 2, counted[0]), enrolled - counted[1])
    return Sizes(treated, enrolled - treated, ASSUMED)


def trial_rows(
    ev: Evidence,
    *,
    outcome: Iterable[str] = tuple(reversed(LADDER)),
    condition: Iterable[str] = ("all",),
    tissue: Iterable[str] = ("all",),
    access: Iterable[str] = ("all",),
    level: float = 0.95,
) -> pd.DataFrame:
    """Give every randomised trial that counted one of the outcomes with cells and without, under each of `ANALYSES`.

    The women lost are those randomised and not counted (`sizes_as_randomised`): none of them has the event in `RANDOMISED`; in `WORST`
    all lost to the control arm have it and none lost to the other, in `BEST` the reverse. Where the women randomised are not known,
    only `REPORTED` is given. estimate is the odds ratio with exact limits, difference the risk difference with its interval
    (`stats.difference_limits`); why says why a trial has no odds ratio.
    """
    kept, conditions, depths = set(tissue), list(condition), list(access)
    steps = [step for step in outcome if step in set(ev.outcomes["outcome"])]
    lines = [
        line
        for step in steps
        for _, pair in randomised_pairs(ev, step, condition=conditions, access=depths, level=level).iterrows()
        if "all" in kept or pair["tissue"] in kept
        for line in _trial(ev, pair, level)
    ]
    return pd.DataFrame(lines, columns=_ROW)


def _trial(ev: Evidence, pair: Any, level: float) -> list[dict[str, Any]]:
    study = ev.studies[ev.studies["study_id"] == pair["study_id"]].iloc[0]
    counted = (int(pair["total"]), int(pair["background_total"]))
    enrolled = None if pd.isna(study["n_enrolled"]) else int(study["n_enrolled"])
    sizes = sizes_as_randomised(counted, _printed(ev, study["study_id"]), enrolled)
    events = (int(pair["events"]), int(pair["background_events"]))
    lost = (sizes.treated - counted[0], sizes.control - counted[1])
    arms = {
        REPORTED: (events[0], counted[0], events[1], counted[1]),
        RANDOMISED: (events[0], sizes.treated, events[1], sizes.control),
        WORST: (events[0], sizes.treated, events[1] + lost[1], sizes.control),
        BEST: (events[0] + lost[0], sizes.treated, events[1], sizes.control),
    }
    shared = {name: pair[name] for name in ("outcome", "tissue", "study_id", "evidence")} | {
        "study_label": study["label"],
        "condition": pair["stratum"],
        "citation": str(pair["citation"]).partition("; ")[0],
        "enrolled": enrolled,
        "sizes": sizes.basis,
        "cell_source": pair["cell_source"],
        "control": pair["comparator_label"],
    }
    known = ANALYSES if sizes.basis != NOT_KNOWN else ANALYSES[:1]
    return [shared | _analysed(arms[analysis], level) | _named(shared, analysis) for analysis in known]


def _named(shared: dict[str, Any], analysis: str) -> dict[str, str]:
    words = [shared["outcome"], shared["study_id"], analysis]
    return {"analysis": analysis, "name": f"randomised/{'/'.join(words)}"}


def _printed(ev: Evidence, study: str) -> tuple[int, int] | None:
    """Return the printed sizes of the arm with cells and of its control, none if the trial has other arms."""
    arms = ev.arms[(ev.arms["study_id"] == study) & (ev.arms["kind"] != "mixed")]
    treated, control = arms[arms["kind"] == "cells"], arms[arms["kind"] != "cells"]
    if (len(treated), len(control)) != (1, 1) or arms["n"].isna().any():
        return None
    return int(treated["n"].iloc[0]), int(control["n"].iloc[0])


@lru_cache(maxsize=256)
def _analysed(arms: tuple[int, int, int, int], level: float) -> dict[str, Any]:
    events, total, control_events, control_total = arms
    names = ("events", "total", "control_events", "control_total")
    rates = [
        (x / n, *stats.proportion_interval(x, n, level=level))
        for x, n in ((events, total), (control_events, control_total))
    ]
    low, high = stats.difference_limits(*rates)
    line: dict[str, Any] = {
        **dict(zip(names, arms, strict=True)), "difference": rates[0][0] - rates[1][0], "difference_low": float(low),
        "difference_high": float(high), "why": "",
    }  # fmt: skip
    if not 0 < events + control_events < total + control_total:
        return {**line, "why": NO_INFORMATION}
    odds = stats.odds_ratio(*arms, level=level)
    return {**line, "estimate": odds.estimate, "low": odds.low, "high": odds.high}


def trials_together(rows: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Pool the odds ratios of two trials or more, per outcome, tissue and analysis, by each of `stats.odds_ratios.METHODS`.

    `rows` are of `trial_rows`; trials without information are in no pool, and fewer than two make none.
    conditions names those of the women: of several, the pool is a sensitivity analysis across them; differ counts in what else the trials differ.
    """
    lines = []
    for (outcome, tissue, analysis), trials in rows[rows["why"] == ""].groupby(
        ["outcome", "tissue", "analysis"], sort=False
    ):
        if len(trials) < 2:
            continue
        arms = [
            trials[name].astype(int).to_numpy()
            for name in ("events", "total", "control_events", "control_total")
        ]
        sums = dict(zip(_TOGETHER[6:10], (int(column.sum()) for column in arms), strict=True))
        across = listed(dict.fromkeys(trials["condition"]))
        several = {words: trials[name].nunique() for name, words in _DIFFER.items()}
        differ = listed(f"{number} {words}" for words, number in several.items() if number > 1)
        for method in METHODS:
            fit = stats.pool_odds_ratios(*arms, method=method, level=level)
            lines.append(
                {
                    "outcome": outcome, "tissue": tissue, "conditions": across, "analysis": analysis, "method": method, "k": fit.k, **sums,
                    "estimate": fit.estimate, "low": fit.low, "high": fit.high, "name": f"randomised/{outcome}/{analysis}/{method}", "differ": differ,
                }
            )  # fmt: skip
    return pd.DataFrame(lines, columns=_TOGETHER)


def published_odds_ratios(ev: Evidence, rows: pd.DataFrame) -> pd.DataFrame:
    """Find the published pooled odds ratios of cells against controls in women, for the outcomes and tissues of `rows`."""
    pooled = ev.select("pooled")
    same = pooled["effect"].eq("OR") & pooled["species"].eq("human") & pooled["arm_kind"].eq("cells")
    shown = set(zip(rows["outcome"], rows["tissue"], strict=True))
    wanted = [pair in shown for pair in zip(pooled["outcome"], pooled["tissue"], strict=True)]
    return pooled[same & pd.Series(wanted, index=pooled.index)]


def trial_values(row: Any) -> dict[str, float | int | None]:
    """Take the recorded numbers from a row of `trial_rows` or `trials_together`."""
    counts = ("events", "total", "control_events", "control_total")
    numbers = ("estimate", "low", "high", "difference", "difference_low", "difference_high")
    values: dict[str, float | int | None] = {name: int(row[name]) for name in counts}
    # An odds ratio without an upper limit is recorded as missing: no file knows infinity.
    return values | {
        name: None if pd.isna(row[name]) or row[name] == float("inf") else float(row[name])
        for name in numbers
        if name in row
    }
