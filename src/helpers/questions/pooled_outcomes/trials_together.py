"""Randomised trials of cells from pregnancy to birth: as reported, as randomised, in the worst and the best case, and together."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd

from helpers import stats
from helpers.evidence import Evidence
from helpers.questions.pooled_outcomes.ladder import LADDER
from helpers.questions.pooled_outcomes.trials import randomised_pairs
from helpers.show.numbers import number
from helpers.show.words import listed
from helpers.stats.odds_ratios import METHODS

ANALYSES = REPORTED, RANDOMISED, WORST, BEST = ("as reported", "as randomised", "worst case", "best case")
#: Where the numbers of women randomised to each arm come from.
ALL_COUNTED, PRINTED = "every woman randomised was counted", "arm sizes as printed"
ASSUMED = "arm sizes not printed: assumed as equal as possible"
NOT_KNOWN = "women randomised to the two arms not reported"
NO_INFORMATION = "excluded: no woman, or every woman, had the event"
#: The counts of the two arms of a trial, or of trials together.
_ARMS = ["events", "total", "control_events", "control_total"]
_ODDS = ["estimate", "low", "high"]
_ROW = [
    "outcome", "tissue", "study_id", "study_label", "condition", "analysis", *_ARMS, "enrolled", "sizes", *_ODDS, "difference",
    "difference_low", "difference_high", "why", "name", "evidence", "citation", "cell_source", "control",
]  # fmt: skip
_TOGETHER = ["outcome", "tissue", "conditions", "analysis", "method", "k", *_ARMS, *_ODDS, "name", "differ"]
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
    conditions, depths, kept = tuple(condition), tuple(access), set(tissue)
    pairs = [
        pair
        for step in outcome
        if step in set(ev.outcomes["outcome"])
        for _, pair in randomised_pairs(ev, step, condition=conditions, access=depths, level=level).iterrows()
        if "all" in kept or pair["tissue"] in kept
    ]
    return pd.DataFrame([line for pair in pairs for line in _trial(ev, pair, level)], columns=_ROW)


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
    name = f"randomised/{pair['outcome']}/{pair['study_id']}"
    return [
        {**shared, **_analysed(arms[analysis], level), "analysis": analysis, "name": f"{name}/{analysis}"}
        for analysis in known
    ]


def _printed(ev: Evidence, study: str) -> tuple[int, int] | None:
    """Return the printed sizes of the arm with cells and of its control, none if the trial has other arms."""
    arms = ev.arms[(ev.arms["study_id"] == study) & (ev.arms["kind"] != "mixed")]
    treated, control = arms[arms["kind"] == "cells"], arms[arms["kind"] != "cells"]
    if (len(treated), len(control)) != (1, 1) or arms["n"].isna().any():
        return None
    return int(treated["n"].iloc[0]), int(control["n"].iloc[0])


@lru_cache(maxsize=256)
def _analysed(arms: tuple[int, int, int, int], level: float) -> dict[str, Any]:
    rates = [(x / n, *stats.proportion_interval(x, n, level=level)) for x, n in (arms[:2], arms[2:])]
    low, high = stats.difference_limits(*rates)
    line: dict[str, Any] = {
        **dict(zip(_ARMS, arms, strict=True)),
        "difference": rates[0][0] - rates[1][0],
        "difference_low": float(low),
        "difference_high": float(high),
        "why": "",
    }
    if not 0 < arms[0] + arms[2] < arms[1] + arms[3]:
        return {**line, "why": NO_INFORMATION}
    odds = stats.odds_ratio(*arms, level=level)
    return {**line, **{name: getattr(odds, name) for name in _ODDS}}


def trials_together(rows: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Pool the odds ratios of two trials or more, per outcome, tissue and analysis, by each of `stats.odds_ratios.METHODS`.

    `rows` are of `trial_rows`; trials without information are in no pool, and fewer than two make none.
    conditions names those of the women: of several, the pool is a sensitivity analysis across them; differ counts in what else the trials differ.
    """
    lines = []
    informative = rows[rows["why"] == ""].groupby(["outcome", "tissue", "analysis"], sort=False)
    for (outcome, tissue, analysis), trials in informative:
        if len(trials) < 2:
            continue
        several = {words: trials[name].nunique() for name, words in _DIFFER.items()}
        shared = {
            "outcome": outcome,
            "tissue": tissue,
            "conditions": listed(trials["condition"]),
            "analysis": analysis,
            **{name: int(trials[name].sum()) for name in _ARMS},
            "differ": listed(f"{count} {words}" for words, count in several.items() if count > 1),
        }
        for method in METHODS:
            fit = stats.pool_odds_ratios(*trials[_ARMS].astype(int).to_numpy().T, method=method, level=level)
            odds = {name: getattr(fit, name) for name in ("k", *_ODDS)}
            named = {"method": method, "name": f"randomised/{outcome}/{analysis}/{method}"}
            lines.append({**shared, **odds, **named})
    return pd.DataFrame(lines, columns=_TOGETHER)


def odds_text(estimate: float, low: float, high: float) -> str:
    """Write an odds ratio with its limits: ``2.14 (1.03 to 4.44)``."""
    ends = [number(end, 2) if math.isfinite(end) else "no upper limit" for end in (estimate, low, high)]
    return f"{ends[0]} ({ends[1]} to {ends[2]})"


def published_odds_ratios(ev: Evidence, rows: pd.DataFrame) -> pd.DataFrame:
    """Find the published pooled odds ratios of cells against controls in women, for the outcomes and tissues of `rows`."""
    pooled = ev.select("pooled")
    same = pooled["effect"].eq("OR") & pooled["species"].eq("human") & pooled["arm_kind"].eq("cells")
    both = ["outcome", "tissue"]
    shown = pd.MultiIndex.from_frame(pooled[both]).isin(pd.MultiIndex.from_frame(rows[both]))
    return pooled[same & shown]


def trial_values(row: Any) -> dict[str, float | int | None]:
    """Take the recorded numbers from a row of `trial_rows` or `trials_together`."""
    numbers = [name for name in (*_ODDS, "difference", "difference_low", "difference_high") if name in row]
    # An odds ratio without an upper limit is recorded as missing: no file knows infinity.
    known = {
        name: float(row[name]) if pd.notna(row[name]) and row[name] != math.inf else None for name in numbers
    }
    return {**{name: int(row[name]) for name in _ARMS}, **known}
