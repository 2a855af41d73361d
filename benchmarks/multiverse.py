"""Time a multiverse, and compare its batch with one analysis at a time.

Both run in the same process, so that their ratio does not depend on the machine. The loop analyses a sample of the
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
from helpers.questions.robustness.rows import BIASES, Multiverse

DATA = Path(__file__).parents[1] / "data"


def one_by_one(told: Multiverse, sample: int) -> float:
    """Analyse a random sample of the specifications one at a time; return processor seconds for each."""
    rows = told.specifications.sample(min(sample, len(told.specifications)), random_state=1)
    start = time.process_time()
    for _, row in rows.iterrows():
        sides = [told.sets[row["treated_set"]], told.comparators[row["background_set"]]]
        treated, background = (
            (side["events"].to_numpy(int), side["total"].to_numpy(int), np.ones((1, len(side)), dtype=bool))
            for side in sides
        )
        models = {row["model"]: stats.MODELS.get(row["model"], stats.Model("common"))}
        found = stats.differences(
            treated,
            background,
            [[0, 0]],
            models=models,
            biases=[BIASES[row["bias"]]],
            level=told.level,
        )
        if abs(found.estimate[0, 0, 0] - row["estimate"]) > 1e-6:
            raise AssertionError(f"batch and single analysis differ: {row.to_dict()}")
    return (time.process_time() - start) / len(rows)


def main() -> None:
    """Time one multiverse."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--question", choices=list(choices.QUESTIONS), default="live-birth-above-background")
    parser.add_argument("--sample", type=int, default=300, help="specifications analysed one by one")
    chosen = parser.parse_args()
    ev = evidence.load(DATA)
    clock, start = time.perf_counter(), time.process_time()
    told = robustness_rows.multiverse(ev, question=chosen.question)
    seconds, waited = time.process_time() - start, time.perf_counter() - clock
    each = one_by_one(told, chosen.sample)
    values = effects.multiverse_values(told)
    print(f"{values['specifications']} distinct specifications, {values['powered']} with power")
    print(
        f"batch: {seconds:.1f} s of processor time, {waited:.1f} s by the clock, rules of evidence included"
    )
    print(
        f"one at a time: {1000 * each:.1f} ms each, {each * len(told.specifications):.0f} s for all, data sets given"
    )
    print(f"ratio: {each * len(told.specifications) / seconds:.0f}")


if __name__ == "__main__":
    main()
