"""How long loading, checking and holding figures against each other take, and how much memory, by number of studies.

    python benchmarks/loading.py 100 1000 10000

Each number of studies is measured in a process of its own on synthetic evidence, beside what pandas alone takes to read
the same files, and, up to `FRICTIONLESS_UP_TO` studies, beside the validator frictionless.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd

import synthetic

#: The other validator checks cell by cell: more studies take it many minutes.
FRICTIONLESS_UP_TO = 10_000
#: The least of so many runs counts.
RUNS = 3


def measured(folder: Path, studies: int) -> dict[str, float]:
    """Measure one folder of evidence; meant for a process of its own.

    Parameters
    ----------
    folder : pathlib.Path
        The tables.
    studies : int
        How many studies they hold.

    Returns
    -------
    dict of float
        Rows, findings, the peak of memory after loading and the checks, and seconds, of the wall clock or, less
        moved by what else runs, of the processor.
    """
    from helpers import evidence
    from helpers.checks import check_numbers

    found = evidence.load(folder)
    told: dict[str, float] = {"studies": studies, "rows": sum(map(len, found.tables.values()))}
    told["findings"] = len(check_numbers(found))
    told["peak MB"] = _peak_megabytes()
    told["load s"], told["load CPU s"] = _least(lambda: evidence.load(folder))
    told["numbers CPU s"] = _least(lambda: check_numbers(found))[1]
    told["read_csv CPU s"] = _least(
        lambda: [pd.read_csv(path, dtype="str") for path in folder.glob("*.csv")]
    )[1]  # fmt: skip
    if studies <= FRICTIONLESS_UP_TO:
        told["frictionless CPU s"] = _least(lambda: _validate(folder), runs=1)[1]
    return told


def compared(sizes: list[int], seed: int = 1) -> pd.DataFrame:
    """Measure evidence of several sizes.

    Parameters
    ----------
    sizes : list of int
        Numbers of studies, rising.
    seed : int, optional
        Seed of the synthetic evidence.

    Returns
    -------
    pandas.DataFrame
        A row per size: what `measured` gives, the growth of the time per row against the size before (1 is linear),
        and the time of loading as a multiple of what reading with pandas takes.
    """
    told = []
    for studies in sizes:
        with tempfile.TemporaryDirectory() as name:
            _apart(synthetic.write, Path(name), studies, seed)
            told.append(_apart(measured, Path(name), studies))
    table = pd.DataFrame(told)
    for what in ("load", "numbers"):
        per_row = table[f"{what} CPU s"] / table["rows"]
        table[f"{what} growth"] = per_row / per_row.shift()
    table["load / read_csv"] = table["load CPU s"] / table["read_csv CPU s"]
    return table


def _apart(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call in a fresh process, whose memory nothing else has touched."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(function, *arguments).result()


def _least(call: Callable[[], object], runs: int = RUNS) -> tuple[float, float]:
    """Take the least seconds of wall clock and of the processor."""
    taken = []
    for _ in range(runs):
        wall, processor = time.perf_counter(), time.process_time()
        call()
        taken.append((time.perf_counter() - wall, time.process_time() - processor))
    walls, processors = zip(*taken, strict=True)
    return min(walls), min(processors)


def _peak_megabytes() -> float:
    """Read the peak of this process alone; what `resource` tells may be that of the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return float(status.split("VmHWM:")[1].split()[0]) / 1024


def _validate(folder: Path) -> None:
    import frictionless

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = frictionless.validate(folder / "datapackage.json")
    if not report.valid:
        raise ValueError(
            f"frictionless refuses the evidence: {report.flatten(['name', 'fieldName', 'note'])[:3]}"
        )


def as_markdown(table: pd.DataFrame) -> str:
    """Write the measurements as a Markdown table, blank where nothing was measured."""
    shown = table.map(
        lambda cell: (
            "" if pd.isna(cell) else f"{cell:,.0f}" if cell >= 100 or cell == int(cell) else f"{cell:.2g}"
        )
    )
    lines = [list(shown.columns), ["---:"] * shown.shape[1], *shown.to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> None:
    """Measure loading and checking of synthetic evidence, by number of studies."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("studies", type=int, nargs="*", default=[100, 1000, 10_000, 100_000])
    print(as_markdown(compared(sorted(parser.parse_args().studies))))


if __name__ == "__main__":
    main()
