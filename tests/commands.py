"""The real command, run as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def reanalysis(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the real command in a folder; the time limit ends what hangs, and a slow machine takes its time."""
    command = [str(Path(sys.executable).with_name("reanalysis")), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=1800)
