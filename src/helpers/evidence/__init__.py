"""What was extracted: the tables and their rules, loading, units, and the way back to the source."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from helpers.evidence.faults import EvidenceError, Fault
    from helpers.evidence.loading import digest, load
    from helpers.evidence.package import Evidence, Trace
    from helpers.evidence.units import known_units

__all__ = [
    "Evidence",
    "EvidenceError",
    "Fault",
    "Trace",
    "digest",
    "known_units",
    "load",
]
_MODULES = {
    "Evidence": "package", "EvidenceError": "faults", "Fault": "faults", "Trace": "package", "digest": "loading",
    "known_units": "units", "load": "loading",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import what is asked for: a command that finds nothing changed starts without pandas."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    """Name what can be asked for, which the page for programmers describes."""
    return sorted({*globals(), *__all__})
