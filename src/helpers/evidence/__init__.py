"""What was extracted: the tables and their rules, loading, units, and the way back to the source."""

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
