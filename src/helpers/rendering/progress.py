"""What a batch is doing: one line that changes on a terminal, a line per finished notebook elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from tqdm import tqdm

from helpers.rendering.records import GOOD, Entry


class Progress:
    """The progress of a batch, shown on stderr; `names` says what each future renders."""

    def __init__(self, names: Mapping[Future[Any], str]) -> None:
        self._names, self._done, self._failed = names, 0, 0
        self._started = time.monotonic()
        # None: a bar only where stderr is a terminal.
        self._bar = tqdm(total=len(names), unit="notebook", disable=None, leave=False, dynamic_ncols=True)
        self._show()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def report(self, entry: Entry) -> None:
        """Report that a notebook is done."""
        self._done += 1
        self._failed += entry.status not in GOOD
        self._bar.update()
        self._show()
        if self._bar.disable:
            line = f"[{self._done}/{len(self._names)}] {entry.output_name}: {entry.status}, {entry.seconds:.1f} s"
            rest = "; ".join(filter(None, [self._state(), self._left()]))
            print(f"{line}  ({rest})" if rest else line, file=sys.stderr, flush=True)

    def _show(self) -> None:
        self._bar.set_postfix_str(self._state())

    def _state(self) -> str:
        running = [name for future, name in self._names.items() if future.running()]
        return "; ".join(
            [
                *([f"{self._failed} not finished"] if self._failed else []),
                *([f"running: {', '.join(running)}"] if running else []),
            ]
        )

    def _left(self) -> str:
        left = len(self._names) - self._done
        seconds = (time.monotonic() - self._started) / self._done * left
        return f"about {seconds:.0f} s left" if left else ""
