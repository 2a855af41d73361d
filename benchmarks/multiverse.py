"""Time a multiverse, and compare its batch with one analysis at a time.

Both run in the same process, so that their ratio does not depend on the machine. The loop analyses a sample of the possible
specifications one by one and is scaled up to all of them. Times are seconds of processor time, and of the clock beside it.

    python benchmarks/multiverse.py [--question NAME] [--sample N]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from helpers import evidence, stats
from helpers.questions.robustness import choices, effects
from helpers.questions.robustness import rows as robustness_rows
from helpers.questions.robustness.rows import DISCOUNTS, Multiverse

DATA = Path(__file__).parents[1] / "data"


def one_by_one(told: Multiverse, sample: int) -> float:
    """Analyse a random sample of the possible specifications one at a time; return processor seconds for each."""
    rows = told.possible.sample(min(sample, len(told.possible)), random_state=1)
    start = time.process_time()
    for _, row in rows.iterrows():
        sides = [told.sets[row["treated_set"]], told.comparators[row["background_set"]]]
        treated, background = (
            (side["events"].to_numpy(int), side["total"].to_numpy(int), np.ones((1, len(side)), dtype=bool))
            for side in sides
        )
        models = {row["model"]: stats.MODELS[row["model"]]}
        found = stats.differences(
            treated,
            background,
            [[0, 0]],
            models=models,
            discounts=[DISCOUNTS[row["discount"]]],
            level=told.level,
        )
        if abs(found.estimate[0, 0, 0] - row["estimate"]) > 1e-6:
            raise AssertionError(f"batch and single analysis differ: {row.to_dict()}")
    return (time.process_time() - start) / len(rows)


def main() -> None:
    """Time one multiverse."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--question", choices=list(choices.QUESTIONS), default="pregnancy-above-background")
    parser.add_argument("--sample", type=int, default=300, help="specifications analysed one by one")
    chosen = parser.parse_args()
    ev = evidence.load(DATA)
    clock, start = time.perf_counter(), time.process_time()
    told = robustness_rows.multiverse(ev, question=chosen.question)
    seconds, waited = time.process_time() - start, time.perf_counter() - clock
    each = one_by_one(told, chosen.sample)
    values = effects.multiverse_values(told)
    print(
        f"{values['specifications']} specifications, {values['possible']} possible, {values['results']} distinct results"
    )
    print(
        f"batch: {seconds:.1f} s of processor time, {waited:.1f} s by the clock, rules of evidence included"
    )
    print(
        f"one at a time: {1000 * each:.1f} ms each, {each * len(told.possible):.0f} s for all possible, data sets given"
    )
    print(f"ratio: {each * len(told.possible) / seconds:.0f}")


if __name__ == "__main__":
    main()
