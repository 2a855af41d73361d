"""What the tests share: the shipped evidence, and copies of it to damage."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from helpers import evidence
from standard_project import rendered_project

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def ev() -> evidence.Evidence:
    """The shipped evidence, loaded once; tests must not change its frames."""
    return evidence.load(ROOT / "data")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the shipped tables."""
    return Path(shutil.copytree(ROOT / "data", tmp_path / "data"))


@pytest.fixture(scope="session")
def rendered() -> Path:
    """A copy of the project in which `reanalysis book` has run: what `make` gives on a fresh clone."""
    return rendered_project()
