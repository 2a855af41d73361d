"""Pure functions on numbers and arrays: what small, uncontrolled samples can tell."""

from helpers.stats.agreement import Kappa, cohen_kappa
from helpers.stats.background import BackgroundComparison, compare_with_background
from helpers.stats.noise import ReferenceChange, reference_change
from helpers.stats.paired import before_after
from helpers.stats.proportions import proportion_interval, zero_event_upper_bound
from helpers.stats.trial_size import patients_needed

__all__ = [
    "BackgroundComparison",
    "Kappa",
    "ReferenceChange",
    "before_after",
    "cohen_kappa",
    "compare_with_background",
    "patients_needed",
    "proportion_interval",
    "reference_change",
    "zero_event_upper_bound",
]
