"""What the tests share: the shipped evidence, and copies of it to damage."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from helpers import evidence

ROOT = Path(__file__).parents[1]

#: Turns one table's text into another.
Damage = Callable[[str], str]


@pytest.fixture(scope="session")
def ev() -> evidence.Evidence:
    """The shipped evidence, loaded once; tests must not change its frames."""
    return evidence.load(ROOT / "data")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the shipped tables."""
    return Path(shutil.copytree(ROOT / "data", tmp_path / "data"))
