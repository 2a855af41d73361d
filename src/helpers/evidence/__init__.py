"""What was extracted: the tables and their rules, loading, units, and the way back to the source."""

from helpers.evidence.claims import Verdict, by_consequence, verdict_counts, verdicts
from helpers.evidence.criteria import (
    State,
    criteria_judged,
    foremost,
    not_judged,
    report_shares,
    state_counts,
)
from helpers.evidence.faults import EvidenceError, Fault
from helpers.evidence.loading import digest, load
from helpers.evidence.package import Evidence, Trace
from helpers.evidence.units import known_units

__all__ = [
    "Evidence",
    "EvidenceError",
    "Fault",
    "State",
    "Trace",
    "Verdict",
    "by_consequence",
    "criteria_judged",
    "digest",
    "foremost",
    "known_units",
    "load",
    "not_judged",
    "report_shares",
    "state_counts",
    "verdict_counts",
    "verdicts",
]
