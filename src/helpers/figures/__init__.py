"""One function per kind of figure: tidy frames in, matplotlib figures out."""

from helpers.figures.background import cohort_panels, difference_forest
from helpers.figures.before_after import mean_change_forests
from helpers.figures.choice_effects import choice_bars
from helpers.figures.comparison import comparison, comparisons
from helpers.figures.completeness import completeness_map
from helpers.figures.coverage import coverage_panels
from helpers.figures.criteria_map import criteria_map
from helpers.figures.depth import depth_bars
from helpers.figures.digitised import digitised
from helpers.figures.display import png, show, svg
from helpers.figures.estimates import estimate_forest
from helpers.figures.evidence_map import study_marks
from helpers.figures.findings import findings_by_rule, possible_totals
from helpers.figures.flow import flow_chart
from helpers.figures.forest import forest, forests
from helpers.figures.gap_map import gap_map
from helpers.figures.noise import noise
from helpers.figures.pooled_forest import pooled_forest, pooled_forests
from helpers.figures.risk_of_bias import traffic_lights
from helpers.figures.safety import harm_bounds, harm_states, smallest_share
from helpers.figures.secretion import secretion_figures, secretion_marks
from helpers.figures.specification_curve import specification_curve
from helpers.figures.trajectory import trajectory
from helpers.figures.verdicts import verdict_bars

__all__ = [
    "choice_bars",
    "cohort_panels",
    "comparison",
    "comparisons",
    "completeness_map",
    "coverage_panels",
    "criteria_map",
    "depth_bars",
    "difference_forest",
    "digitised",
    "estimate_forest",
    "findings_by_rule",
    "flow_chart",
    "forest",
    "forests",
    "gap_map",
    "harm_bounds",
    "harm_states",
    "mean_change_forests",
    "noise",
    "png",
    "pooled_forest",
    "pooled_forests",
    "possible_totals",
    "secretion_figures",
    "secretion_marks",
    "show",
    "smallest_share",
    "specification_curve",
    "study_marks",
    "svg",
    "traffic_lights",
    "trajectory",
    "verdict_bars",
]
