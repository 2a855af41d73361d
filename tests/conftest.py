"""What the tests share: the shipped evidence, and copies of it to damage."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from commands import reanalysis
from helpers import evidence

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))


@pytest.fixture(scope="session")
def ev() -> evidence.Evidence:
    """The shipped evidence, loaded once; tests must not change its frames."""
    return evidence.load(ROOT / "data")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the shipped tables."""
    return Path(shutil.copytree(ROOT / "data", tmp_path / "data"))


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which `reanalysis book` has run: what `make` gives on a fresh clone."""
    root = tmp_path_factory.mktemp("rendered") / "project"
    for part in ("data", "notebooks", "tests/accepted", "benchmarks"):
        shutil.copytree(ROOT / part, root / part)
    shutil.copy(ROOT / "requirements.lock", root)
    done = reanalysis("book", folder=root)
    assert done.returncode == 0, done.stdout + done.stderr
    (root / "build" / "said.txt").write_text(done.stdout, encoding="utf-8")
    return root
