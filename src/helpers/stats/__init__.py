"""Pure functions on numbers and arrays: what small, uncontrolled samples can show."""

from helpers.stats.agreement import Kappa, cohen_kappa
from helpers.stats.background import BackgroundComparison, compare_with_background
from helpers.stats.bayes import pool_effects_bayes
from helpers.stats.detectable import detectable_rate, least_declared, power_to_declare, rates_by_count
from helpers.stats.effects_pooling import pool_effects
from helpers.stats.influence import leave_one_out
from helpers.stats.intervals import (
    difference_limits,
    proportion_interval,
    proportion_upper_bound,
    zero_event_upper_bound,
)
from helpers.stats.multiverse import Differences, differences, variance_explained
from helpers.stats.odds_ratios import OddsRatio, odds_ratio, pool_odds_ratios
from helpers.stats.paired import before_after, change_interval
from helpers.stats.pooled import FEW_STUDIES, Pooled
from helpers.stats.predictive import TAU_SCALE, TAU_SCALES, PredictiveBackground, predictive_background
from helpers.stats.proportions_pooling import information_shares, pool_proportions
from helpers.stats.rates import rate_interval, rate_upper_bound
from helpers.stats.set_rates import MODELS, Model, Rates, pool_sets, with_bias
from helpers.stats.side_by_side import effects_side_by_side
from helpers.stats.signs import SignTest, sign_test, signs_needed
from helpers.stats.trial_size import can_detect, patients_needed, patients_to_see
from helpers.stats.variation import ReferenceChange, largest_unchanged, reference_change

__all__ = [
    "FEW_STUDIES",
    "MODELS",
    "TAU_SCALE",
    "TAU_SCALES",
    "BackgroundComparison",
    "Differences",
    "Kappa",
    "Model",
    "OddsRatio",
    "Pooled",
    "PredictiveBackground",
    "Rates",
    "ReferenceChange",
    "SignTest",
    "before_after",
    "can_detect",
    "change_interval",
    "cohen_kappa",
    "compare_with_background",
    "detectable_rate",
    "difference_limits",
    "differences",
    "effects_side_by_side",
    "information_shares",
    "largest_unchanged",
    "least_declared",
    "leave_one_out",
    "odds_ratio",
    "patients_needed",
    "patients_to_see",
    "pool_effects",
    "pool_effects_bayes",
    "pool_odds_ratios",
    "pool_proportions",
    "pool_sets",
    "power_to_declare",
    "predictive_background",
    "proportion_interval",
    "proportion_upper_bound",
    "rate_interval",
    "rate_upper_bound",
    "rates_by_count",
    "reference_change",
    "sign_test",
    "signs_needed",
    "variance_explained",
    "with_bias",
    "zero_event_upper_bound",
]
