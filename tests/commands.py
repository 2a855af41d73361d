"""The real command, run as a user runs it, and waiting for what it does."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


def reanalysis(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the real command in a folder; the time limit ends what hangs, and a slow machine takes its time."""
    command = [str(Path(sys.executable).with_name("reanalysis")), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=1800)


def eventually(true: Callable[[], bool]) -> None:
    """Wait until something is true; a slow machine takes its time, and what never comes true fails."""
    until = time.monotonic() + 120
    while not true() and time.monotonic() < until:
        time.sleep(0.05)
    assert true()
