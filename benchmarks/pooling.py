"""Compare the speed of pooling with metafor and statsmodels.

Where Rscript with metafor is at hand, metafor is timed in the same run; else its recorded times stand in, and the output
says so. statsmodels is no dependency: it is timed where it can be imported, by the interpreter given with --statsmodels.
Times are seconds of processor time per call, best of several rounds. All programs take turns, so that what else the machine
does falls on all of them.

    python benchmarks/pooling.py [--record] [--statsmodels PYTHON]
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy

from helpers import stats

RECORDED = Path(__file__).with_name("pooling.json")
EFFECTS, VARIANCES = (
    [0.1, 0.3, 0.9, -0.6, 0.4, 0.2, 0.6, 0.1],
    [0.02, 0.04, 0.05, 0.03, 0.02, 0.06, 0.05, 0.04],
)
EVENTS, TOTALS = [3, 1, 0, 14, 2, 5, 10, 2], [20, 15, 12, 30, 18, 40, 22, 19]
DATASETS = 10_000
TURNS = 5

METAFOR = """
suppressMessages({library(metafor); library(jsonlite)})
yi <- c(%(yi)s); vi <- c(%(vi)s); xi <- c(%(xi)s); ni <- c(%(ni)s)
best <- function(call, times) min(sapply(1:5, function(round) sum(system.time(for (i in 1:times) call())[1:2]) / times))
cat(toJSON(auto_unbox = TRUE, digits = NA, list(
  R = as.character(getRversion()), metafor = as.character(packageVersion("metafor")),
  rma = best(function() rma(yi, vi, test = "knha"), 60),
  rma_all = best(function() {fit <- rma(yi, vi, test = "knha"); confint(fit); predict(fit)}, 40),
  rma.glmm = best(function() suppressWarnings(rma.glmm(measure = "PLO", xi = xi, ni = ni)), 3))))
"""
STATSMODELS = """
import json, time
import numpy as np, statsmodels
from statsmodels.stats.meta_analysis import combine_effects
y, v = np.array([%(yi)s]), np.array([%(vi)s])
def best(call):
    rounds = []
    for _ in range(7):
        start = time.process_time()
        for _ in range(200):
            call()
        rounds.append((time.process_time() - start) / 200)
    return min(rounds)
def everything():
    fit = combine_effects(y, v, method_re="iterated")
    fit.conf_int(), fit.test_homogeneity()
print(json.dumps({"statsmodels": statsmodels.__version__,
    "combine_effects": best(lambda: combine_effects(y, v, method_re="iterated")), "combine_effects_all": best(everything)}))
"""


def best(call: Callable[[], object], times: int, rounds: int = 7) -> float:
    """Return the processor time of a call in seconds, best of several rounds."""
    found = []
    for _ in range(rounds):
        start = time.process_time()
        for _ in range(times):
            call()
        found.append((time.process_time() - start) / times)
    return min(found)


def ours() -> dict[str, Any]:
    """Time this project."""
    rng = np.random.default_rng(1)
    totals = rng.integers(10, 60, (DATASETS, 8))
    logits = rng.uniform(-2, 1, (DATASETS, 1)) + 0.8 * rng.normal(size=(DATASETS, 8))
    events = rng.binomial(totals, 1 / (1 + np.exp(-logits)))
    variances = rng.uniform(0.01, 0.5, (DATASETS, 8))
    effects = rng.normal(size=(DATASETS, 8)) * np.sqrt(0.1 + variances)
    return {
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "effects_reml": best(lambda: stats.pool_effects(EFFECTS, VARIANCES), 200),
        "effects_pm": best(lambda: stats.pool_effects(EFFECTS, VARIANCES, tau2="PM"), 200),
        "effects_reml_batch": best(lambda: stats.pool_effects(effects, variances), 1, 3) / DATASETS,
        "proportions": best(lambda: stats.pool_proportions(EVENTS, TOTALS), 50),
        "proportions_batch": best(lambda: stats.pool_proportions(events, totals), 1, 3) / DATASETS,
    }


def other(command: list[str] | None, script: str) -> dict[str, Any] | None:
    """Time another program, or return None where it is not there."""
    if command is None:
        return None
    data: dict[str, Sequence[float]] = {"yi": EFFECTS, "vi": VARIANCES, "xi": EVENTS, "ni": TOTALS}
    filled = script % {name: ", ".join(map(str, values)) for name, values in data.items()}
    run = subprocess.run([*command, filled], capture_output=True, text=True, check=False)
    return json.loads(run.stdout) if run.returncode == 0 else None


def fastest(one: dict[str, Any] | None, other: dict[str, Any] | None) -> dict[str, Any] | None:
    """Take the smaller of each two times; the versions beside them are the same."""
    if one is None or other is None:
        return one or other
    return {name: min(value, other[name]) for name, value in one.items()}


def main() -> None:
    """Print the ratios, and with --record keep the times of the other programs."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--statsmodels", default=sys.executable, metavar="PYTHON")
    given = parser.parse_args()
    recorded = json.loads(RECORDED.read_text()) if RECORDED.is_file() else {}
    rscript = shutil.which("Rscript")
    programs: dict[str, Callable[[], dict[str, Any] | None]] = {
        "ours": ours,
        "metafor": lambda: other([rscript, "-e"] if rscript else None, METAFOR),
        "statsmodels": lambda: other([given.statsmodels, "-c"], STATSMODELS),
    }
    found: dict[str, dict[str, Any] | None] = dict.fromkeys(programs)
    for _ in range(TURNS):
        found = {name: fastest(found[name], program()) for name, program in programs.items()}
    times = found.pop("ours") or {}
    for name, measured in found.items():
        if measured is None:
            print(
                f"{name} is not there: " + ("its recorded times stand in" if name in recorded else "left out")
            )
        else:
            recorded[name] = measured
    if given.record:
        RECORDED.write_text(json.dumps({**recorded, "ours": times}, indent=1) + "\n", encoding="utf-8")
    for call, mine, package, theirs in COMPARED:
        if package in recorded:
            seconds, reference = times[mine], recorded[package][theirs]
            print(f"{call}: {seconds * 1e6:.0f} µs, {reference / seconds:.1f} times as fast as {theirs}")


#: What is compared: a call of ours, its time, and the package and call to compare it with. Those ending in _all give what
#: `Pooled` holds: interval, heterogeneity and, for metafor, the limits of tau2 and the prediction interval.
COMPARED = [
    ("effects, REML", "effects_reml", "metafor", "rma"),
    ("effects, REML", "effects_reml", "metafor", "rma_all"),
    ("effects, REML", "effects_reml", "statsmodels", "combine_effects"),
    ("effects, REML", "effects_reml", "statsmodels", "combine_effects_all"),
    ("effects, PM", "effects_pm", "statsmodels", "combine_effects"),
    ("effects, REML, in a batch", "effects_reml_batch", "metafor", "rma"),
    ("proportions", "proportions", "metafor", "rma.glmm"),
    (f"proportions, batch of {DATASETS}", "proportions_batch", "metafor", "rma.glmm"),
]


if __name__ == "__main__":
    main()
