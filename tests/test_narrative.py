"""Sentences say what the rows hold, and nothing else."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import pandas as pd
import pytest

from drafts import Draft
from helpers import evidence
from helpers.counts import outcomes, selection
from helpers.evidence.directions import moves
from helpers.questions.claims import rows as claims_rows
from helpers.questions.claims import text as claims_text
from helpers.questions.hormone_trajectories import rows as trajectory_rows
from helpers.questions.hormone_trajectories import text as trajectory_text
from helpers.questions.outcomes import answer_text
from helpers.questions.outcomes import text as outcomes_text
from helpers.questions.reported_numbers import rows as finding_rows
from helpers.questions.study_report import answer_text as report_answer
from helpers.questions.study_report import rows as report_rows
from helpers.questions.study_report import tables as report_tables
from helpers.questions.study_report import text as report_text
from helpers.show import numbers as show_numbers
from helpers.show import words as show_words


def outcome_rows(ev: evidence.Evidence, **filters: object) -> pd.DataFrame:
    return outcomes.outcome_rows(ev, ev.select("outcomes", **filters), interval="clopper-pearson", level=0.95)


def test_a_proportion_in_words() -> None:
    words = show_numbers.proportion_words(4, 61, 0.0182, 0.1595, 0.95)
    assert words == "4 of 61 (6.6 %, 95 % CI 1.8 to 16.0 %)"
    many = show_numbers.proportion_words(1_234_567, 2_345_678, 0.5257, 0.5270, 0.95)
    assert many.startswith("1234567 of 2345678 (52.6 %")
    assert show_numbers.interval_words("clopper-pearson", 0.9) == "90 % Clopper-Pearson CI"
    assert show_numbers.count_of(4, 61.0) == "4 of 61"
    assert show_numbers.count_of(1146, pd.NA) == "1146, total not printed"


@pytest.mark.parametrize(
    ("words", "text"), [([], "none"), (["a"], "a"), (["a", "b", "a"], "a and b"), ("abc", "a, b and c")]
)
def test_lists_in_words(words: list[str], text: str) -> None:
    assert show_words.listed(words) == text


def test_outcomes_are_told_study_by_study(ev: evidence.Evidence) -> None:
    rows = outcome_rows(ev, outcome="live-birth", role="cited")
    text = outcomes_text.outcomes_conclusion(rows, level=0.95)
    assert "Yan 2020 4 of 61 (6.6 %, 95 % CI 1.8 to 15.9 %), the article only" in text
    assert (
        "Cao 2018 (recurrent adhesions) 8 of 26 (30.8 %, 95 % CI 14.3 to 51.8 %) by month 30, the article only"
        in text
    )
    assert "No women without cells were counted, so the counts cannot show what cells change." in text


DEFAULT = ["pregnancy", "natural-pregnancy", "art-pregnancy", "live-birth", "menses-resumed", "ovarian-function-improved"]  # fmt: skip


@pytest.fixture(scope="module")
def default_counts(ev: evidence.Evidence) -> pd.DataFrame:
    """What the page on outcomes counts unless asked otherwise; tests must not change it."""
    return outcome_rows(ev, outcome=DEFAULT, role=["cited", "treatment"])


@pytest.fixture(scope="module")
def default_text(default_counts: pd.DataFrame) -> str:
    return outcomes_text.outcomes_conclusion(default_counts, level=0.95)


@pytest.fixture(scope="module")
def verdicts(ev: evidence.Evidence) -> pd.DataFrame:
    """The verdicts on all claims, reached once; tests must not change them."""
    return claims_rows.verdicts(ev)


Reports = Callable[[str], report_rows.StudyRows]


@pytest.fixture(scope="module")
def report_of(ev: evidence.Evidence) -> Reports:
    """What is shipped of a study, gathered once for all who ask; tests must not change it."""
    return cache(partial(report_rows.study_rows, ev, level=0.95))


def by_tissue(text: str) -> dict[str, str]:
    """Cut an answer at the names of the organs."""
    parts = re.split(r"\*\*(Ovary|Uterus)\*\*", text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_many_counts_are_told_by_their_range_and_the_cited_ones_in_full(
    default_counts: pd.DataFrame, default_text: str
) -> None:
    rows, sentences = default_counts, by_tissue(default_text)
    for tissue, organ, condition in (("ovary", "Ovary", "POI"), ("endometrium", "Uterus", "IUA")):
        own = rows[
            (rows["tissue"] == tissue) & (rows["condition"] == condition) & (rows["arm_kind"] == "cells")
            & (rows["outcome"] == "live-birth") & rows["low"].notna()
        ]  # fmt: skip
        limits = [show_numbers.percent(limit) for limit in (own["proportion"].min(), own["proportion"].max())]
        number = own["study_id"].nunique()
        assert re.search(
            rf"Live birth\. {condition}: [^(]*\({' to '.join(limits)} %\) in {number} studies",
            sentences[organ],
        )
    assert "Yan 2020 4 of 61 (6.6 %, 95 % CI 1.8 to 15.9 %), the article only" in sentences["Ovary"]
    assert (
        "IUA without cells: Zhu 2023 (moderate to severe adhesions), Foley balloon only 26 of 68"
        in sentences["Uterus"]
    )
    assert "Women without cells were counted in Hou 2025 and Zhu 2023" in sentences["Uterus"]
    assert "Lee 2020" not in sentences["Uterus"]


def test_the_answer_is_the_range_of_births_for_each_organ(
    ev: evidence.Evidence, default_counts: pd.DataFrame
) -> None:
    rows = default_counts
    doubted = {
        str(
            rows.loc[rows["study_id"].eq("yan2020") & rows["outcome"].eq("live-birth"), "evidence_row"].iloc[
                0
            ]
        ): "why"
    }
    ovary, by_whom, uterus, beside, _ = answer_text.outcomes_answer(rows, level=0.95, doubts=doubted).split(
        "\n\n"
    )
    assert ovary.startswith(
        "Among women with POI, live birth after cells ranged from 4 of 61 (6.6 %) to 1 of 10"
    )
    assert ovary.endswith(" (10.0 %), one by the article only, one by a review or the press.")
    assert uterus.endswith(" in 4 studies.")
    assert by_whom.startswith(
        "95 % CI: 1.8 to 15.9 % in Yan 2020 (lowest), 0.3 to 44.5 % in Edessy 2016 (highest). Reported by the article only: Yan 2020; by a"
    )
    articles = rows.assign(origin=rows["origin"].replace("review or press", "the article only"))
    assert ", 2 by the article only.\n\n" in answer_text.outcomes_answer(articles, level=0.95, doubts={})
    assert "doubts the count of Yan 2020." in by_whom
    assert uterus.startswith("Among women with IUA, live birth after cells ranged from 8 of 26")
    assert "26 of 68" in beside
    alone = answer_text.outcomes_answer(rows[rows["study_id"] == "yan2020"], level=0.95, doubts={})
    assert "was counted in 4 of 61 (6.6 %, 95 % CI 1.8 to 15.9 %), in Yan 2020." in alone
    assert "uterus" not in alone
    assert "doubts" not in alone
    nothing = answer_text.outcomes_answer(outcome_rows(ev, outcome="euploid-embryo"), level=0.95, doubts={})
    assert "no count of women with its total" in nothing or "No count with its total" in nothing


def test_no_range_spans_two_diseases(default_text: str) -> None:
    sentences = by_tissue(default_text)
    assert list(sentences) == ["Ovary", "Uterus"]
    assert "Menses resumed. POI: 2 of 10 to 4 of 9 (20.0 to 44.4 %) in 2 studies." in sentences["Ovary"]
    assert "Menses resumed. IUA: 5 of 6 to 2 of 2 (83.3 to 100.0 %) in 2 studies." in sentences["Uterus"]
    for organ, other in (("Ovary", "IUA"), ("Uterus", "POI")):
        assert not re.search(rf"\b{other}\b", sentences[organ])
    assert "Anagani 2021 (thin endometrium, POF, infertility and menopause together" in sentences["Ovary"]


def test_no_range_spans_two_units_or_women_without_the_condition(ev: evidence.Evidence) -> None:
    rows = outcome_rows(ev, outcome=["live-birth", "pregnancy"], role="background")
    sentences = by_tissue(outcomes_text.outcomes_conclusion(rows, level=0.95))
    assert "Thin endometrium without cells, of transfers: Tiwari 2024" in sentences["Uterus"]
    own = rows[
        (rows["condition"] == "POI") & (rows["outcome"] == "live-birth") & (rows["total_unit"] == "women")
        & rows["low"].notna() & ~rows["arm_label"].str.contains("normal")
    ]  # fmt: skip
    (limit,) = re.findall(
        r"Live birth\. POI without cells: [^(]*\([\d.]+ to ([\d.]+) %\)", sentences["Ovary"]
    )
    assert float(limit) <= 100 * own["proportion"].max() + 0.05
    assert "Women without POI: POI FET 103" in sentences["Ovary"]


def test_what_is_no_rate_is_named_with_the_reason_and_in_no_range(
    ev: evidence.Evidence, default_counts: pd.DataFrame, default_text: str, report_of: Reports
) -> None:
    rows = default_counts
    for text in (
        default_text,
        report_text.study_conclusion(report_of("herraiz2018"), level=0.95),
    ):
        assert "Herraiz 2018, live birth 3 of 20 (total above the 17 women enrolled)" in text
        assert "15.0 %" not in text
        assert "3 of 20 (15" not in text
    chosen = rows[rows["reporting"] == "event-triggered"]
    assert f"{chosen['study_id'].nunique() - 1} studies (published because it had happened)" in default_text
    assert "2 of 2 (" not in outcomes_text.outcomes_conclusion(
        outcome_rows(ev, outcome="menses-resumed", study_id="igboeli2020"), level=0.95
    ).replace("2 of 2 (published", "")


def test_births_above_pregnancies_are_remarked_on(ev: evidence.Evidence) -> None:
    rows = outcome_rows(ev, outcome=["pregnancy", "live-birth"], role=["cited", "treatment"])
    sentences = by_tissue(outcomes_text.outcomes_conclusion(rows, level=0.95))
    remark = "different studies counted them"
    assert (
        "In IUA the highest percentage with a live birth (56.9 %, Zhu 2023) is above" in sentences["Uterus"]
    )
    assert remark not in sentences["Ovary"]
    fewer = rows[(rows["study_id"] != "zhu2023") & (rows["study_id"] != "ajtr2024svf")]
    assert remark not in outcomes_text.outcomes_conclusion(fewer, level=0.95)


def test_the_default_answer_is_short_enough_for_the_home_page(default_text: str) -> None:
    assert len(re.findall(r"[A-Za-z]{2,}", default_text)) < 340
    found = re.findall(r"Sources of the (\d+) counts: (\d+) .*?, (\d+) .*? and (\d+) ", default_text)
    assert len(found) == 2
    for every, *parts in found:
        assert int(every) == sum(map(int, parts))


def test_counts_without_cells_alone_are_said_to_be_that(ev: evidence.Evidence) -> None:
    rows = outcome_rows(ev, outcome="live-birth", role="background")
    text = outcomes_text.outcomes_conclusion(rows, level=0.95)
    assert "No women treated with cells are among them." in text
    assert "cited" not in text


def test_the_source_nearest_to_the_study_speaks(ev: evidence.Evidence) -> None:
    rows = outcome_rows(ev, outcome="pregnancy", study_id="zhang2021")
    assert "review or press" in set(rows["origin"])
    text = outcomes_text.outcomes_conclusion(rows, level=0.95)
    assert "Zhang 2021 4 of 16" in text
    assert "press" not in text


def test_the_sentence_follows_the_rows(ev: evidence.Evidence) -> None:
    rows = outcome_rows(ev, outcome="live-birth", study_id="yan2020")
    changed = rows.assign(events=5, proportion=5 / 61, low=0.1, high=0.2)
    assert "5 of 61 (8.2 %, 95 % CI 10.0 to 20.0 %)" in outcomes_text.outcomes_conclusion(changed, level=0.95)


def test_no_count_is_said_to_be_none(ev: evidence.Evidence) -> None:
    rows = outcome_rows(ev, outcome="euploid-embryo")
    assert (
        outcomes_text.outcomes_conclusion(rows, level=0.95)
        == "No count with its denominator is in the text available to us."
    )


def test_claims_are_summed_up_with_the_worst_named(verdicts: pd.DataFrame) -> None:
    text = claims_text.claims_conclusion(verdicts)
    numbers = [int(number) for number in re.findall(r"\d+", re.sub(r" \([^)]*\)", "", text.split(".")[0]))]
    assert numbers[0] == len(verdicts) == sum(numbers[1:])
    worst = claims_rows.by_consequence(verdicts).iloc[0]
    assert f"- {worst['claim_id']}, {worst['verdict']}. The article asserts: {worst['claim']}" in text
    for part, state in worst["parts"].items():
        assert (f"“{part}”" in text.split(worst["claim"])[1].split("\n")[0]) == (part in worst["against"])
        assert (part in worst["against"]) == ("otherwise" in state or "contradicts itself" in state)
    unseen = verdicts[verdicts["verdict"].str.startswith("not verifiable")]
    assert claims_text.unread_claims(verdicts).startswith(f"{len(unseen)} claims are not verifiable")
    assert "could be checked" in claims_text.unread_claims(verdicts[verdicts["verdict"] == "supported"])
    assert claims_text.claims_conclusion(verdicts.iloc[:0]) == "No claim is left after the selection."


CITED = ["cao2018", "herraiz2018", "igboeli2020", "yan2020"]


def test_a_course_tells_what_is_missing(ev: evidence.Evidence) -> None:
    sentences = trajectory_text.trajectories_conclusion([trajectory_rows.course(ev, "E2", studies=CITED)])
    assert (
        "**Treatment of the ovary, 3 studies with results**: levels of any marker before and after in 0.\n\n"
        "- **E2**: higher in 1. Levels once in 1; change only in 1; nothing in 1."
    ) in sentences
    silent = trajectory_text.trajectories_conclusion([trajectory_rows.course(ev, "AMH", studies=["cao2018"])])
    assert silent.endswith("- **AMH**: no direction. Nothing in 1.")
    classes = trajectory_text.trajectories_conclusion(
        [trajectory_rows.course(ev, "AMH", studies=["yan2020"])]
    )
    assert "Words or classes in 1." in classes


def test_each_study_is_counted_once_to_a_marker(ev: evidence.Evidence) -> None:
    chosen = selection.chosen_studies(ev, studies=["all"], role=["cited", "treatment"], tissue=["all"])
    markers = ["FSH", "LH", "E2", "AMH", "AFC", "ovarian-volume", "endometrial-thickness"]
    courses = [trajectory_rows.course(ev, name, studies=chosen) for name in markers]
    text = trajectory_text.trajectories_conclusion(courses)
    assert len(text.split()) <= 250
    blocks = re.findall(r"\*\*.*, (\d+) studies with results\*\*.*\n\n((?:- .*\n?)+)", text)
    assert sum(int(studies) for studies, _ in blocks) == len(courses[0].studies)
    for studies, lines in blocks:
        for line in lines.splitlines():
            places = line.rpartition(". ")[2]
            assert sum(int(number) for number in re.findall(r" in (\d+)", places)) == int(studies), line
    assert [len(lines.splitlines()) for _, lines in blocks] == [len(markers), 1]


def test_directions_come_from_levels_and_changes_of_women_with_cells(ev: evidence.Evidence) -> None:
    course = trajectory_rows.course(ev, "AFC", studies=["zafardoust2023", "saharkhiz2024"])
    text = trajectory_text.trajectories_conclusion([course])
    assert "Treatment of the ovary, 2 studies with results" in text
    assert "- **AFC**: higher in 2; women without cells: lower in 1 (Zafardoust 2023). " in text
    treated = replace(course, changes=course.changes[course.changes["arm_kind"] == "cells"])
    assert "- **AFC**: higher in 2. " in trajectory_text.trajectories_conclusion([treated])


def test_what_speaks_against_an_effect_is_said_with_the_directions(ev: evidence.Evidence) -> None:
    chosen = ["huang2022", "ajtr2024svf", "zhu2023", "cao2018"]
    course = trajectory_rows.course(ev, "endometrial-thickness", studies=chosen)
    assert (
        "higher in 3, not significant in 1 (Huang 2022); against a control arm: higher in 1 (Zhu 2023); "
        "no clear change in 1 (AJTR 2024 (SVF)). "
    ) in trajectory_text.trajectories_conclusion([course])


def test_a_level_after_treatment_counts_though_its_time_was_not_printed(ev: evidence.Evidence) -> None:
    course = trajectory_rows.course(ev, "endometrial-thickness", studies=["ma2020"])
    text = trajectory_text.trajectories_conclusion([course])
    assert "1 study with results**: levels of any marker before and after in 1, by the study itself" in text
    assert "higher in 1. Levels before and after in 1." in text


def test_a_median_before_and_a_mean_after_are_no_change(shipped_draft: Draft) -> None:
    later = {
        "study_id": "yan2020",
        "arm_id": "cells",
        "measure": "E2",
        "unit": "pmol/L",
        "timepoint_months": "6",
    }
    shipped_draft.add("measurements", **later, mean="90", median="", q1="", q3="", locator="page 9")
    ev = shipped_draft.load()
    text = trajectory_text.trajectories_conclusion([trajectory_rows.course(ev, "E2", studies=["yan2020"])])
    assert "1 study with results**: levels of any marker before and after in 0." in text
    assert "no direction. Levels once in 1." in text
    report = report_text.study_conclusion(report_rows.study_rows(ev, "yan2020", level=0.95), level=0.95)
    assert "E2 (Yan 2020). Before" not in report


def test_the_last_time_decides_the_direction_and_a_lost_change_is_named(shipped_draft: Draft) -> None:
    change = {
        "study_id": "yan2020",
        "arm_id": "cells",
        "measure": "E2",
        "from_months": "0",
        "compared_with": "baseline",
    }
    shipped_draft.add("changes", **change, to_months="3", direction="up", locator="page 9")
    shipped_draft.add("changes", **change, to_months="12", direction="none", locator="page 9")
    text = trajectory_text.trajectories_conclusion(
        [trajectory_rows.course(shipped_draft.load(), "E2", studies=["yan2020"])]
    )
    assert "**E2**: higher, then no longer in 1. " in text


def test_a_study_is_summed_up(report_of: Reports) -> None:
    study = report_of("igboeli2020")
    text = report_text.study_conclusion(study, level=0.95)
    assert (
        "After treatment against before, higher: E2, ovarian volume and quality of life; lower: menopausal"
        in text
    )
    assert "2 of 13 statements with a size." in text
    assert f"Between or within its sources: {len(study.discrepancies)} discrepancies." in text


def test_more_than_five_markers_of_a_study_are_counted_and_left_to_the_table(
    ev: evidence.Evidence, report_of: Reports
) -> None:
    text = report_text.study_conclusion(report_of("yan2020"), level=0.95)
    assert "- Levels at one time only: 9 markers (table of levels)." in text
    rows = ev.measurements[ev.measurements["measure"].isin(["E2", "LH", "FSH"])]
    fewer = report_rows.study_rows(replace(ev, measurements=rows), "yan2020", level=0.95)
    assert "- Levels at one time only: E2, LH and FSH." in report_text.study_conclusion(fewer, level=0.95)


def test_a_gain_that_was_lost_is_reported_as_lost(report_of: Reports) -> None:
    text = report_text.study_conclusion(report_of("shengjing-bmmsc-retro"), level=0.95)
    assert (
        "higher: endometrial thickness; lower: adhesion score; higher, then no longer: menstrual volume;"
        in text
    )


def test_of_several_times_of_a_change_the_latest_decides(ev: evidence.Evidence) -> None:
    rows = ev.select("changes", study_id=["prp-pmc8524761", "yang-acu2018"], compared_with="baseline")
    ways = moves(rows)
    way_of = {(rows.at[row, "study_id"], rows.at[row, "measure"]): way for row, way in ways.items()}
    assert way_of == {
        ("prp-pmc8524761", "AFC"): "higher, then no longer",
        ("prp-pmc8524761", "AMH"): "higher, then no longer",
        ("prp-pmc8524761", "FSH"): "lower, then no longer",
        ("prp-pmc8524761", "LH"): "lower, then no longer",
        ("yang-acu2018", "FSH"): "lower",
        ("yang-acu2018", "LH"): "lower, then no longer",
        ("yang-acu2018", "E2"): "higher, then no longer",
        ("yang-acu2018", "AMH"): "no clear change",
        ("yang-acu2018", "AFC"): "no clear change",
    }
    assert moves(rows.iloc[:0]).empty
    turned = rows.assign(direction=rows["direction"].replace("none", "down"))
    assert "higher, then lower" in set(moves(turned))


def test_a_report_tells_the_first_and_the_last_level_of_a_course(report_of: Reports) -> None:
    text = report_text.study_conclusion(report_of("saharkhiz2024"), level=0.95)
    assert (
        "- AFC (Saharkhiz 2024). Before: mean 2 ± 0.8 follicles (SD), n = 20; spread not labelled in the source, its kind is "
        "our reading. Month 4: mean 3.1 ± 1.8 follicles (SD), n not printed; " in text
    )
    assert "- Levels at one time only: BMI and infertility duration." in text


def test_a_study_of_which_nothing_was_reported_says_so(ev: evidence.Evidence, report_of: Reports) -> None:
    registered = ev.studies.loc[ev.studies["design"] == "registered-only", "study_id"]
    assert len(registered)
    for study_id in registered:
        study = report_of(study_id)
        if study.outcomes.empty and study.measurements.empty and study.changes.empty:
            text = report_text.study_conclusion(study, level=0.95)
            assert text.endswith("reports no count, no level and no change.")


def test_a_report_answers_in_one_sentence_and_has_no_empty_table(
    shipped_draft: Draft, report_of: Reports
) -> None:
    study = report_of("yan2020")
    answer = report_answer.study_answer(study, level=0.95)
    first = "In Yan 2020, live birth was reported after cells in 4 of 61 (6.6 %, 95 % CI 1.8 to 15.9 %) women with POI, by the article only."
    assert answer.startswith(first)
    assert "No figure" not in answer
    assert (
        report_answer.without_rows(study)
        == "Not reported in the text available to us on Yan 2020: levels after treatment."
    )
    assert all(len(table.rows) for table in report_tables.study_tables(study, level=0.95))
    shipped_draft.change(
        "outcomes",
        shipped_draft.row("outcomes", study_id="yan2020", outcome="live-birth"),
        events="5",
        percent_reported="",
    )
    changed = report_rows.study_rows(shipped_draft.load(), "yan2020", level=0.95)
    assert "5 of 61" in report_answer.study_answer(changed, level=0.95)
    empty = report_of("zafardoust2020")
    said = report_answer.study_answer(empty, level=0.95)
    assert said.startswith(
        "Only the title of Zafardoust 2020 was available to us; it claims, without figures: pregnancy more frequent."
    )
    assert said.endswith("No figure is drawn, because no count of women was reported.")


def test_a_report_tells_every_count_with_its_subgroup(report_of: Reports) -> None:
    study = report_of("zhang2021")
    text = report_text.study_conclusion(study, level=0.95)
    assert "Zhang 2021, frozen-transfer, 2 of 15" in text
    assert "Zhang 2021, no-transfer, 1 of 2" in text


def test_the_colophon_names_data_code_and_packages(ev: evidence.Evidence) -> None:
    text = show_words.colophon(ev)
    assert ev.digest[:12] in text
    assert f"pandas {pd.__version__}" in text
    assert "not medical advice" in text


def test_the_commit_is_unknown_outside_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ev: evidence.Evidence
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    monkeypatch.chdir(tmp_path)
    assert "commit `unknown`" in show_words.colophon(ev)


def test_the_commit_tells_of_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ev: evidence.Evidence
) -> None:
    monkeypatch.chdir(tmp_path)
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    (tmp_path / "a").write_text("1")
    for command in (["init", "-q"], ["add", "a"], [*who, "commit", "-qm", "a"]):
        subprocess.run(["git", *command], check=True)
    clean = re.search(r"commit `([0-9a-f]{12})`", show_words.colophon(ev))
    assert clean
    (tmp_path / "a").write_text("2")
    assert f"commit `{clean[1]}-modified`" in show_words.colophon(ev)


def test_markup_in_a_cell_stays_text(ev: evidence.Evidence, verdicts: pd.DataFrame) -> None:
    hostile = "<script>x</script> [a](b) *c* `d`"
    assert show_words.plain(hostile) == r"&lt;script&gt;x&lt;/script&gt; \[a\](b) \*c\* \`d\`"
    assert show_words.plain("_a_ b_ __c") == r"\_a\_ b\_ \_\_c"
    assert show_words.plain("http://example.org/news_view-1.html") == "http://example.org/news_view-1.html"
    rows = outcome_rows(ev, outcome="live-birth").assign(study_label=hostile)
    assert "<script>" not in outcomes_text.outcomes_conclusion(rows, level=0.95)
    claims = verdicts.assign(claim=hostile)
    assert "<script>" not in claims_text.claims_conclusion(claims)


def controlled(shipped_draft: Draft) -> evidence.Evidence:
    """Add a control arm to Yan 2020, and counts of both arms at two times."""
    shipped_draft.add(
        "arms", study_id="yan2020", arm_id="control", label="hormones", kind="comparator", n="61"
    )
    counts = [("cells", "6", "2"), ("cells", "24", "5"), ("control", "24", "1")]
    for arm, month, events in counts:
        cells = {
            "study_id": "yan2020",
            "arm_id": arm,
            "outcome": "live-birth",
            "events": events,
            "total": "61",
        }
        more = {
            "timepoint_months": month,
            "source_id": "yan2020",
            "locator": "table 9",
            "percent_reported": "",
        }
        shipped_draft.add("outcomes", **cells, **more, extraction="reported", note="")
    return shipped_draft.load()


def test_doubted_counts_and_women_who_are_not_counted_are_named(ev: evidence.Evidence) -> None:
    """Births within the follow-up of Yan 2020 cannot be so early; Zhu 2023 counts 140 of 152 women."""
    rows = outcome_rows(ev, outcome="live-birth", study_id=["yan2020", "zhu2023"])
    sentences = outcomes_text.outcomes_conclusion(rows, level=0.95, doubts=finding_rows.doubted_counts(ev))
    assert "Yan 2020, live birth 4/61 (births-within-follow-up: 4 live births within 6 months" in sentences
    assert "Zhu 2023 140 of 152 (per protocol)" in sentences
    assert "Doubted" not in outcomes_text.outcomes_conclusion(rows, level=0.95)


def test_every_time_point_and_arm_is_told(shipped_draft: Draft) -> None:
    rows = outcome_rows(controlled(shipped_draft), outcome="live-birth", study_id="yan2020")
    text = outcomes_text.outcomes_conclusion(rows, level=0.95)
    assert re.search(r"Yan 2020 2 of 61 .* by month 6;", text)
    assert re.search(r"Yan 2020 5 of 61 .* by month 24\.", text)
    assert re.search(r"POI without cells: Yan 2020, hormones 1 of 61 .* by month 24\.", text)
    assert "Women without cells were counted in Yan 2020" in text


def test_a_report_leads_with_what_was_hoped_for_and_ends_with_harm(shipped_draft: Draft) -> None:
    """The report of Igboeli 2020 once led with a harm seen in none of two women."""

    def said() -> list[str]:
        rows = report_rows.study_rows(shipped_draft.load().about("igboeli2020"), "igboeli2020", level=0.95)
        return report_answer.study_answer(rows, level=0.95).split("\n\n")

    first, moved, *_ = said()
    assert first.startswith(
        "In Igboeli 2020, menses resumed was reported after cells in 2 of 2 women; this is no"
    )
    assert (
        moved
        == "The study itself also reports after cells: E2 higher, ovarian volume higher and menopausal symptoms lower."
    )
    rise = shipped_draft.row("changes", study_id="igboeli2020", measure="E2", source_id="igboeli2020")
    shipped_draft.change("changes", rise, direction="down")
    assert "after cells: E2 lower" in said()[1]


def test_a_report_of_a_randomised_trial_gives_both_arms(shipped_draft: Draft) -> None:
    def said(study: str) -> list[str]:
        rows = report_rows.study_rows(shipped_draft.load().about(study), study, level=0.95)
        return report_answer.study_answer(rows, level=0.95).split("\n\n")

    first, whom, harm, _ = said("zhu2023")
    assert first == (
        "In Zhu 2023 (randomised), live birth was reported in 41 of 72 women with cells on a collagen scaffold and 26 of 68 without "
        "either: +18.7 points (95 % CI +1.2 to +35.1)."
    )
    assert (
        whom
        == "The control arm: Foley balloon only. Counted are 140 of 152 women enrolled. Cells and scaffold cannot be separated."
    )
    assert harm.startswith("Harm reported: placenta accreta more often with cells")
    arm = shipped_draft.row("arms", study_id="zhu2023", arm_id="control")
    shipped_draft.change("arms", arm, scaffold="collagen")
    first, whom, *_ = said("zhu2023")
    assert "41 of 72 women with cells and 26 of 68 without: +18.7" in first
    assert "separated" not in whom
    count = shipped_draft.row("outcomes", study_id="zhu2023", arm_id="control", outcome="live-birth")
    shipped_draft.change("outcomes", count, events="41", percent_reported="")
    assert "41 of 68 without: −3.3 points" in said("zhu2023")[0]
    shipped_draft.change(
        "studies", shipped_draft.row("studies", study_id="zhu2023"), design="non-randomised-controlled"
    )
    first, whom, *_ = said("zhu2023")
    assert first.startswith("In Zhu 2023, live birth was reported after cells in 41 of 72 (")
    assert whom == "It also counts women in another arm: Foley balloon only."


def test_a_report_names_who_reports_on_harm_and_how_the_women_conceived(shipped_draft: Draft) -> None:
    def said() -> str:
        rows = report_rows.study_rows(shipped_draft.load().about("yan2020"), "yan2020", level=0.95)
        return report_answer.study_answer(rows, level=0.95)

    shipped = said()
    assert (
        "Only the article under review reports on harm: serious adverse events in 0 of 61 women; our copy of the paper ends before "
        "anything on harm."
    ) in shipped
    assert "after assisted reproduction" in shipped
    shipped_draft.change("arms", shipped_draft.row("arms", study_id="yan2020", arm_id="cells"), conception="")
    assert "assisted" not in said()
    harm = shipped_draft.row("outcomes", study_id="yan2020", outcome="serious-adverse-event")
    shipped_draft.change("outcomes", harm, source_id="yan2020")
    assert "The study itself reports no harm: serious adverse events in 0 of 61 women." in said()
    shipped_draft.change("outcomes", harm, events="2")
    assert "Harm reported: serious adverse events in 2 of 61 women, no comparison group" in said()


def test_a_study_report_says_what_the_study_says_of_harm_and_against_its_control(report_of: Reports) -> None:
    """The report of Zhu 2023 once named births alone."""
    sentences = {
        study: report_text.study_conclusion(report_of(study), level=0.95)
        for study in (
            "zhu2023",
            "zafardoust2023",
            "tan2016",
            "bidet2010",
            "yan2020",
            "herraiz2018",
            "ivi-ascot-poi-2020",
        )
    }
    assert sentences["zhu2023"].startswith(
        "**Harm reported**: placenta accreta more often with cells than in the"
    )
    assert "live birth 1.49 (risk ratio), CI 1.04 to 2.14" in sentences["zhu2023"]
    assert "no safety concerns" in sentences["zafardoust2023"]
    assert "natural pregnancy higher, no figure" in sentences["zafardoust2023"]
    assert sentences["tan2016"].startswith("Harm is not mentioned in the text available to us.")
    assert "Harm" not in sentences["bidet2010"]
    # Who says that no harm was seen, and what the study itself says of it.
    for words in (
        "all infants developed normally (review or press; ",
        "serious adverse events in 0 of 61 women, no comparison group (the article only; ",
        "The study itself makes no statements on harm in the text available to us: our copy of the paper ends before them.",
    ):
        assert words in sentences["yan2020"]
    assert (
        "on harm in the text available to us: the abstract, read to its end, does not report them."
        in sentences["herraiz2018"]
    )
    assert "makes no statements" not in sentences["zafardoust2023"]
    # A trial's own comparison is not denied, and its counts are of those who kept to the protocol.
    assert (
        "Also counted: Foley balloon only; the study itself compares the arms, as listed below."
        in sentences["zhu2023"]
    )
    assert (
        "140 of the 152 women enrolled (per protocol), and no row gives the sizes of the arms as randomised."
        in sentences["zhu2023"]
    )
    assert "no difference is computed" not in sentences["zhu2023"]
    # Mobilised cells are not "without cells": the arm is named.
    assert (
        "POI in another arm: IVI ASCOT in POI, interim 2020, G-CSF mobilisation only 2 of 4"
        in sentences["ivi-ascot-poi-2020"]
    )
    assert "without cells" not in sentences["ivi-ascot-poi-2020"]


def test_numbers_with_their_interval_have_one_form() -> None:
    assert show_numbers.percent_ci(13 / 16, 0.0049, 0.96) == "81.3 % (0.5 to 96.0)"
    assert show_numbers.percent_ci(0.1, 0.0, 0.4, unit="") == "10.0 (0.0 to 40.0)"
    assert show_numbers.ratio_ci(1.554, 1.19, 2) == "1.55 (1.19 to 2.00)"
    assert [show_numbers.p_text(p) for p in (0.621, 0.0078, 0.0002)] == ["0.62", "0.0078", "<0.001"]
    assert [show_numbers.p_equals(p) for p in (0.621, 0.0002)] == ["p = 0.62", "p < 0.001"]
