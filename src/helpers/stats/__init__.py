"""Pure functions on numbers and arrays: what small, uncontrolled samples can tell."""

from helpers.stats.proportions import proportion_interval, zero_event_upper_bound

__all__ = ["proportion_interval", "zero_event_upper_bound"]
