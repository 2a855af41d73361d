"""What nbval leaves to other tests; here, above both folders, it holds for the notebooks too."""

from __future__ import annotations

import pytest
from nbval.plugin import IPyNbFile

from helpers import results


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Keep nbval from comparing what other tests compare better.

    Figures are guarded by the data drawn in them and results by their tolerances; as text, both would fail
    on the last digit of another machine.
    """
    if isinstance(collector, IPyNbFile):
        collector.skip_compare = (*collector.skip_compare, "image/svg+xml", results.MIME_TYPE)
