"""One function per kind of figure: tidy frames in, matplotlib figures out."""

from helpers.figures.comparison import comparison
from helpers.figures.display import show
from helpers.figures.findings import findings_by_rule, possible_totals
from helpers.figures.forest import forest
from helpers.figures.trajectory import trajectory
from helpers.figures.verdicts import verdict_bars

__all__ = [
    "comparison",
    "findings_by_rule",
    "forest",
    "possible_totals",
    "show",
    "trajectory",
    "verdict_bars",
]
