"""Sentences computed from results, so that no number in prose is typed by hand."""

from helpers.narrative.background import background_conclusion, pairs_subtitle, resumed_told, risen_told
from helpers.narrative.before_after import mean_changes_subtitle, mean_changes_told
from helpers.narrative.cell_sources import cell_sources_conclusion, ratio_conclusion
from helpers.narrative.claims import claims_conclusion
from helpers.narrative.colophon import colophon
from helpers.narrative.comparisons import comparison_conclusion
from helpers.narrative.coverage import coverage_title, coverage_told, effect_coverage_told
from helpers.narrative.criteria import criteria_conclusion, criteria_notes
from helpers.narrative.evidence import evidence_conclusion
from helpers.narrative.findings import findings_conclusion
from helpers.narrative.gaps import gaps_conclusion
from helpers.narrative.noise import noise_conclusion
from helpers.narrative.outcomes import outcomes_conclusion
from helpers.narrative.pools import (
    asymmetry_words,
    ladder_told,
    pools_conclusion,
    pools_subtitle,
)
from helpers.narrative.risk_of_bias import certainty_conclusion, risk_of_bias_conclusion
from helpers.narrative.robustness import choices_title, robustness_conclusion, robustness_title
from helpers.narrative.safety import pregnancies_told, safety_conclusion
from helpers.narrative.study import study_conclusion
from helpers.narrative.trajectories import study_courses_told, trajectories_conclusion, trajectory_title
from helpers.narrative.trials import harm_told, other_trials_told, trials_told
from helpers.narrative.wording import interval_words, listed, plain, proportion_words

__all__ = [
    "asymmetry_words",
    "background_conclusion",
    "cell_sources_conclusion",
    "certainty_conclusion",
    "choices_title",
    "claims_conclusion",
    "colophon",
    "comparison_conclusion",
    "coverage_title",
    "coverage_told",
    "criteria_conclusion",
    "criteria_notes",
    "effect_coverage_told",
    "evidence_conclusion",
    "findings_conclusion",
    "gaps_conclusion",
    "harm_told",
    "interval_words",
    "ladder_told",
    "listed",
    "mean_changes_subtitle",
    "mean_changes_told",
    "noise_conclusion",
    "other_trials_told",
    "outcomes_conclusion",
    "pairs_subtitle",
    "plain",
    "pools_conclusion",
    "pools_subtitle",
    "pregnancies_told",
    "proportion_words",
    "ratio_conclusion",
    "resumed_told",
    "risen_told",
    "risk_of_bias_conclusion",
    "robustness_conclusion",
    "robustness_title",
    "safety_conclusion",
    "study_conclusion",
    "study_courses_told",
    "trajectories_conclusion",
    "trajectory_title",
    "trials_told",
]
