"""What the tests share: the shipped evidence, a small invented one, and copies of both to damage."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from hypothesis import settings

from drafts import Draft
from helpers import checks, evidence
from helpers.cli import messages
from helpers.rendering import kernels
from small import Package, written
from standard_project import rendered_project

ROOT = Path(__file__).parents[1]

# What the machine does besides is no fault of what is tested.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def ev() -> evidence.Evidence:
    """The shipped evidence, loaded once; tests must not change its frames."""
    return evidence.load(ROOT / "data")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the shipped tables."""
    return Path(shutil.copytree(ROOT / "data", tmp_path / "data"))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small package of invented studies; tests must not change it."""
    return written(tmp_path_factory.mktemp("small") / "data").folder


@pytest.fixture(scope="session")
def small_ev(small: Path) -> evidence.Evidence:
    """The small package, loaded once; tests must not change its frames."""
    return evidence.load(small)


@pytest.fixture
def package(small: Path, tmp_path: Path) -> Package:
    """A copy of the small package, to change."""
    return Package(Path(shutil.copytree(small, tmp_path / "data")))


@pytest.fixture
def draft(small_ev: evidence.Evidence) -> Draft:
    """The small package, to change in memory."""
    return Draft(small_ev)


@pytest.fixture
def shipped_draft(ev: evidence.Evidence) -> Draft:
    """The shipped tables, to change in memory."""
    return Draft(ev)


@pytest.fixture(scope="module")
def findings_once() -> Iterator[None]:
    """Let commands that add rows check the figures of the same evidence once, as most begin with what is shipped."""
    found: dict[str, list[checks.Finding]] = {}

    def remembered(ev: evidence.Evidence) -> list[checks.Finding]:
        if ev.digest not in found:
            found[ev.digest] = checks.check_numbers(ev)
        return found[ev.digest]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages, "check_numbers", remembered)
        yield


@pytest.fixture(scope="session")
def forking() -> Iterator[str | None]:
    """The address of a process to fork from, the same for all tests: it runs no notebook and so cannot change."""
    with kernels.server(ROOT / "data") as address:
        yield address


@pytest.fixture(scope="module")
def warm(forking: str | None) -> Iterator[None]:
    """Let renders in this process take the forking process of all tests, which spares the start of one each."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernels, "begin", lambda _: None)
        patch.setattr(kernels, "server", lambda *_: nullcontext(forking))
        yield


@pytest.fixture(scope="session")
def rendered() -> Path:
    """A copy of the project in which `reanalysis book` has run: what `make` gives on a fresh clone."""
    return rendered_project()
