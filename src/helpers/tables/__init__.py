"""Tidy rows and publication tables made of them."""

from helpers.evidence.vocabulary import capital, phrase
from helpers.tables.agreement import (
    agreement_rows,
    agreement_table,
    agreement_values,
    disagreement_table,
    double_rows,
    single_table,
)
from helpers.tables.background import background_pairs, by_condition, by_tissue, pair_notes, pair_values
from helpers.tables.background_tables import cohort_table, left_out_table, pair_table, trial_table
from helpers.tables.before_after import (
    MeanChanges,
    mean_change_left_out_table,
    mean_change_pool_table,
    mean_change_pool_values,
    mean_change_table,
    mean_change_values,
    mean_changes,
)
from helpers.tables.claims import count_table, mismatch_table, verdict_table
from helpers.tables.comparators import Comparable, comparable
from helpers.tables.comparison import comparison_rows, comparison_table
from helpers.tables.completeness import (
    completeness,
    extract_next,
    extract_next_table,
    silent_studies,
    state_counts,
    state_table,
    states_by_study,
)
from helpers.tables.courses import Course, course, course_summary, courses, joined, study_courses
from helpers.tables.coverage import coverage_table, effect_coverage_table, prediction_table
from helpers.tables.criteria import (
    criterion_judgement_table,
    criterion_table,
    not_judged_table,
    share_table,
    share_values,
    state_values,
)
from helpers.tables.data_choices import QUESTIONS
from helpers.tables.doubts import doubted_counts
from helpers.tables.estimates import estimate_rows, estimate_table
from helpers.tables.evidence_map import (
    depth_count_table,
    depth_counts,
    study_count_table,
    study_kinds,
    told_rows,
)
from helpers.tables.export import csv_text
from helpers.tables.findings import denominator_rows, finding_rows, finding_table, rule_counts
from helpers.tables.flow import flow, flow_table
from helpers.tables.gap_tables import (
    factor_table,
    gap_table,
    mechanism_table,
    retracted_table,
    women_compared_table,
)
from helpers.tables.gaps import GapMap, factor_map, gap_counts, mechanism_map, women_compared
from helpers.tables.grade import Grade, Reason, grade
from helpers.tables.harm_mentions import harm_mentions
from helpers.tables.ladder import ladder_rows, ladder_table, ladder_values
from helpers.tables.multiverse import Multiverse, multiverse
from helpers.tables.multiverse_tables import (
    answer_table,
    choice_effects,
    comparator_cohort_table,
    multiverse_values,
    option_answers,
    option_effects,
    option_table,
    treated_set_table,
)
from helpers.tables.noise import (
    course_told,
    judged_changes,
    judged_table,
    without_cells_table,
)
from helpers.tables.own_pool import each_woman_once, pool_rows
from helpers.tables.pool_estimates import pool_values
from helpers.tables.pool_grades import certainty_values, pool_grades
from helpers.tables.pool_tables import left_one_out_table, pool_left_out_table, pool_table, pooled_count_table
from helpers.tables.pooled_effects import (
    animal_effects,
    by_outcome,
    effect_values,
    pooled_effect_table,
    women_effects,
)
from helpers.tables.pools import PooledOutcomes, left_one_out, pooled_outcomes
from helpers.tables.publication import Table, depth_table, outcome_table, table
from helpers.tables.ratio_claim import RatioTrace, ratio_table, ratio_trace, ratio_values
from helpers.tables.registrations import (
    registered_count_table,
    registered_counts,
    registered_rows,
    registered_table,
)
from helpers.tables.risen import resumed_counts, risen_counts, risen_table
from helpers.tables.risk_of_bias import domain_counts, judgement_rows, judgement_table
from helpers.tables.rows import change_rows, count_values, level_rows, outcome_rows, percent, threshold_rows
from helpers.tables.safety import Safety, safety
from helpers.tables.safety_rows import bound_rows, harm_results, harm_states, needed_rows, size_rows
from helpers.tables.safety_tables import (
    bound_table,
    exposure_table,
    harm_state_table,
    mention_table,
    needed_table,
    published_table,
    silent_table,
    together_table,
)
from helpers.tables.secretion import secretion_rows, secretion_table, secretion_voices
from helpers.tables.standard import (
    arm_table,
    baseline_table,
    change_table,
    described_table,
    discrepancy_table,
    documents_table,
    level_table,
    limit_table,
    statement_table,
    summary_table,
)
from helpers.tables.studies import StudyRows, chosen_studies, study_rows
from helpers.tables.summary_of_findings import summary_of_findings_rows, summary_of_findings_table
from helpers.tables.trials import other_trials
from helpers.tables.variation import band_table, noise_bands

__all__ = [
    "QUESTIONS",
    "Comparable",
    "Course",
    "GapMap",
    "Grade",
    "MeanChanges",
    "Multiverse",
    "PooledOutcomes",
    "RatioTrace",
    "Reason",
    "Safety",
    "StudyRows",
    "Table",
    "agreement_rows",
    "agreement_table",
    "agreement_values",
    "animal_effects",
    "answer_table",
    "arm_table",
    "background_pairs",
    "band_table",
    "baseline_table",
    "bound_rows",
    "bound_table",
    "by_condition",
    "by_outcome",
    "by_tissue",
    "capital",
    "certainty_values",
    "change_rows",
    "change_table",
    "choice_effects",
    "chosen_studies",
    "cohort_table",
    "comparable",
    "comparator_cohort_table",
    "comparison_rows",
    "comparison_table",
    "completeness",
    "count_table",
    "count_values",
    "course",
    "course_summary",
    "course_told",
    "courses",
    "coverage_table",
    "criterion_judgement_table",
    "criterion_table",
    "csv_text",
    "denominator_rows",
    "depth_count_table",
    "depth_counts",
    "depth_table",
    "described_table",
    "disagreement_table",
    "discrepancy_table",
    "documents_table",
    "domain_counts",
    "double_rows",
    "doubted_counts",
    "each_woman_once",
    "effect_coverage_table",
    "effect_values",
    "estimate_rows",
    "estimate_table",
    "exposure_table",
    "extract_next",
    "extract_next_table",
    "factor_map",
    "factor_table",
    "finding_rows",
    "finding_table",
    "flow",
    "flow_table",
    "gap_counts",
    "gap_table",
    "grade",
    "harm_mentions",
    "harm_results",
    "harm_state_table",
    "harm_states",
    "joined",
    "judged_changes",
    "judged_table",
    "judgement_rows",
    "judgement_table",
    "ladder_rows",
    "ladder_table",
    "ladder_values",
    "left_one_out",
    "left_one_out_table",
    "left_out_table",
    "level_rows",
    "level_table",
    "limit_table",
    "mean_change_left_out_table",
    "mean_change_pool_table",
    "mean_change_pool_values",
    "mean_change_table",
    "mean_change_values",
    "mean_changes",
    "mechanism_map",
    "mechanism_table",
    "mention_table",
    "mismatch_table",
    "multiverse",
    "multiverse_values",
    "needed_rows",
    "needed_table",
    "noise_bands",
    "not_judged_table",
    "option_answers",
    "option_effects",
    "option_table",
    "other_trials",
    "outcome_rows",
    "outcome_table",
    "pair_notes",
    "pair_table",
    "pair_values",
    "percent",
    "phrase",
    "pool_grades",
    "pool_left_out_table",
    "pool_rows",
    "pool_table",
    "pool_values",
    "pooled_count_table",
    "pooled_effect_table",
    "pooled_outcomes",
    "prediction_table",
    "published_table",
    "ratio_table",
    "ratio_trace",
    "ratio_values",
    "registered_count_table",
    "registered_counts",
    "registered_rows",
    "registered_table",
    "resumed_counts",
    "retracted_table",
    "risen_counts",
    "risen_table",
    "rule_counts",
    "safety",
    "secretion_rows",
    "secretion_table",
    "secretion_voices",
    "share_table",
    "share_values",
    "silent_studies",
    "silent_table",
    "single_table",
    "size_rows",
    "state_counts",
    "state_table",
    "state_values",
    "statement_table",
    "states_by_study",
    "study_count_table",
    "study_courses",
    "study_kinds",
    "study_rows",
    "summary_of_findings_rows",
    "summary_of_findings_table",
    "summary_table",
    "table",
    "threshold_rows",
    "together_table",
    "told_rows",
    "treated_set_table",
    "trial_table",
    "verdict_table",
    "without_cells_table",
    "women_compared",
    "women_compared_table",
    "women_effects",
]
