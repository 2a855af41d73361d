"""What nbval leaves to other tests, and the kernels that it runs notebooks in; here, above both folders, for the notebooks too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

from helpers import results
from helpers.rendering import kernels

_SERVER = pytest.StashKey[str | None]()


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Keep nbval from comparing what other tests compare better.

    Figures are guarded by the data drawn in them and results by their tolerances; as text, both would fail
    on the last digit of another machine.
    """
    if isinstance(collector, IPyNbFile):
        collector.skip_compare = (*collector.skip_compare, "image/svg+xml", results.MIME_TYPE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Let nbval, which starts the kernel of a notebook when its first cell is set up, take a forked one."""
    with pytest.MonkeyPatch.context() as patch:
        if isinstance(item, IPyNbCell):
            address = _server(item.config)
            for name, value in {kernels.ADDRESS: address, **kernels.DEFAULT}.items() if address else ():
                patch.setenv(name, str(value))
        yield


def _server(config: pytest.Config) -> str | None:
    if _SERVER not in config.stash:
        running = ExitStack()
        config.stash[_SERVER] = running.enter_context(kernels.server(Path(__file__).parent / "data"))
        config.add_cleanup(running.close)
    return config.stash[_SERVER]
