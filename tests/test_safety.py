"""Every harm reported is found and named, what counts leave possible is exact, and silence is never a zero."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Annotation, Text

from drafts import Draft
from helpers import evidence, stats
from helpers.counts.cohorts import sharing, women_once, women_treated
from helpers.counts.harms import NONE, REPORTED, SILENT, STATES
from helpers.evidence.vocabulary import HARM_ITEMS, HARMS, OUTCOME
from helpers.questions.safety import (
    figures,
    tables,
)
from helpers.questions.safety import (
    rows as safety_rows,
)
from helpers.questions.safety import (
    studies as safety_studies,
)
from helpers.questions.safety import (
    text as safety_text,
)
from helpers.questions.safety.rows import GROUPINGS, PER
from helpers.questions.safety.studies import published_rows, uncounted
from helpers.results import drawn_data
from shipped import WORDS

EVENT = "serious-adverse-event"
STUDY = "cao2018"


HarmOf = Callable[..., safety_rows.Safety]


@pytest.fixture(scope="module", autouse=True)
def _gathered_once() -> Iterator[None]:
    """Gather once from the same evidence what is the same for every harm."""

    def once(gather: Callable[..., pd.DataFrame]) -> Callable[..., pd.DataFrame]:
        made: dict[tuple[object, ...], pd.DataFrame] = {}

        def gathered(ev: evidence.Evidence, *studies: pd.DataFrame) -> pd.DataFrame:
            key = (ev, *(tuple(frame.get("study_id", frame.index)) for frame in studies))
            if key not in made:
                made[key] = gather(ev, *studies)
            return made[key]

        return gathered

    with pytest.MonkeyPatch.context() as patch:
        for name in ("harm_mentions", "open_pregnancies", "pregnancy_fates"):
            patch.setattr(safety_rows, name, once(getattr(safety_rows, name)))
        yield


@pytest.fixture(scope="module")
def harm_of(ev: evidence.Evidence) -> HarmOf:
    """What is shipped of harm, gathered once for each choice; tests must not change it."""
    return cache(partial(safety_rows.safety, ev))


def where(ev: evidence.Evidence, study: str, event: str = EVENT) -> pd.Series[bool]:
    return (ev.outcomes["study_id"] == study) & (ev.outcomes["outcome"] == event)


def with_outcomes(ev: evidence.Evidence, outcomes: pd.DataFrame) -> evidence.Evidence:
    return dataclasses.replace(ev, outcomes=outcomes.reset_index(drop=True))


def with_row(ev: evidence.Evidence, like: str = STUDY, **values: str | int) -> evidence.Evidence:
    row = ev.outcomes[where(ev, like)].iloc[[0]].assign(**values)
    return with_outcomes(ev, pd.concat([ev.outcomes, row.astype(ev.outcomes.dtypes)], ignore_index=True))


def state(harm: safety_rows.Safety, study: str) -> str:
    return str(harm.studies.set_index("study_id").at[study, "state"])


def first_paragraph(harm: safety_rows.Safety) -> str:
    """The first paragraph of the conclusion: what a reader may see alone."""
    return safety_text.safety_conclusion(harm).split("\n\n")[0]


def bounds_text(harm: safety_rows.Safety) -> str:
    """What is said below the counts of a harm."""
    return safety_text.bounds_sentence(harm, harm)


def test_every_study_of_women_treated_with_cells_is_in_one_of_three_states(
    ev: evidence.Evidence, harm_of: HarmOf
) -> None:
    harm = harm_of(event=EVENT)
    asked = ev.studies[ev.studies["role"].isin(["cited", "treatment"])]
    assert sorted(harm.studies["study_id"]) == sorted(asked["study_id"])
    assert set(harm.studies["state"]) == set(STATES)
    assert len(STATES) == 3
    counts = safety_studies.harm_states(harm)
    assert counts["studies"].sum() + counts["registered"].sum() == len(asked)
    assert set(harm.studies.loc[harm.studies["counted"], "study_id"]) == set(harm.rows["study_id"])


def test_only_the_article_speaks_of_the_women_where_another_source_speaks_of_the_infants(
    harm_of: HarmOf,
) -> None:
    harm = harm_of(event=EVENT)
    alone = harm.studies.loc[harm.studies["article_only"], "study_id"]
    assert set(alone) == {"herraiz2018", "yan2020"}
    said = safety_text.states_sentence(harm)
    assert "for the women of Herraiz 2018 and Yan 2020, only the article under review says so" in said
    states = safety_studies.harm_states(harm)
    assert states["article"].sum() == 2
    (axes,) = figures.harm_states(states, title="t", subtitle="s").axes
    zeros = [text for text in axes.texts if text.get_text() == "0"]
    assert sum(text.get_color() != "white" for text in zeros) == 2


def test_counts_of_events_related_to_treatment_say_so(ev: evidence.Evidence, harm_of: HarmOf) -> None:
    harm = harm_of(event=EVENT)
    assert set(harm.rows.loc[harm.rows["related"], "study_id"]) == {"cao2018", "yan2020", "zhang2021"}
    said = bounds_text(harm)
    assert "only events that the source judged to be related to treatment" in said
    assert "not among them: pregnancy losses of Zhang 2021 (1 of 3 pregnancies, at 25 weeks)" in said
    assert harm.related == ", in 3 of 4 studies only those judged to be related to treatment"
    for build in (tables.bound_table, tables.together_table, tables.exposure_table):
        assert harm.related in build(harm).html
    assert harm_of(event="birth-defect").related == ""
    # Events that were counted may be the other harm: nothing is said to be missing from such a count.
    seen = with_outcomes(ev, ev.outcomes.assign(events=ev.outcomes["events"].mask(where(ev, "zhang2021"), 1)))
    assert "not among them" not in bounds_text(safety_rows.safety(seen, event=EVENT))


def test_pregnancies_whose_end_is_not_reported_are_counted(ev: evidence.Evidence, harm_of: HarmOf) -> None:
    harm = harm_of(event=EVENT)
    assert harm.open_pregnancies["unexplained"].to_dict() == {STUDY: 1}
    said = "Of the 10 pregnancies of Cao 2018 (the article only), 8 ended in a birth and 1 went on; what became of 1"
    assert said in safety_text.pregnancies_sentence(harm)
    ended = with_row(ev, outcome="miscarriage", events=1, total=10, total_unit="pregnancies")
    assert safety_rows.safety(ended, event=EVENT).open_pregnancies.empty


def test_births_are_set_beside_more_pregnancies_of_the_same_source(harm_of: HarmOf) -> None:
    said = safety_text.pregnancies_sentence(harm_of(event=EVENT))
    for sentence in (
        "Hou 2025, 3 of 5 women and 1 of 1 women in the arm saline on collagen scaffold (pregnancy)",
        "Zhu 2023, 41 of 45 women and 26 of 28 women in the arm Foley balloon only (ongoing pregnancy)",
        "aBMNC 2023, 1 of 5 women (pregnancy after ART). What became of the other pregnancies is not in the text",
    ):
        assert sentence in said
    # Births of another source, a counted loss, and a report of a first birth leave nothing to be said.
    assert not any(label in said for label in ("Herraiz", "Zhang", "Nanjing"))
    ovary = safety_text.pregnancies_sentence(harm_of(event=EVENT, tissue="ovary"))
    assert ovary == "No pregnancy is without its end in the text available to us."


def test_each_organ_has_its_own_longest_follow_up(harm_of: HarmOf) -> None:
    harm = harm_of(event=EVENT)
    said = safety_text.safety_conclusion(harm)
    assert (
        "Among studies that counted these, the longest known follow-up is 6 months for the ovary and 30 months for the uterus"
        in said
    )
    assert said.endswith("Rare harms cannot be excluded, late harms, such as tumours, not at all.")
    ovary = harm_of(event=EVENT, tissue="ovary")
    assert "30 months" not in safety_text.safety_conclusion(ovary)


def test_the_names_of_sizes_meet_their_lines(harm_of: HarmOf) -> None:
    harm = harm_of(event=EVENT)
    figure = figures.smallest_share(
        safety_studies.size_rows(harm), safety_studies.needed_rows(0.95), level=0.95, title="t", subtitle="s"
    )
    figure.draw_without_rendering()
    named = [text for text in figure.axes[0].texts if isinstance(text, Annotation) and text.arrow_patch]
    assert named
    for text in named:
        assert text.arrow_patch is not None
        box = Text.get_window_extent(text)
        path = text.arrow_patch.get_transform().transform_path(text.arrow_patch.get_path())
        end = np.asarray(path.vertices)[0]
        assert box.x0 - 15 < end[0] <= box.x0
        assert box.y0 - 2 < end[1] < box.y1 + 2


def test_the_harm_of_the_randomised_trial_is_reported_without_a_count(harm_of: HarmOf) -> None:
    """It is in `changes` alone, so it was once denied."""
    for event in ("placenta-accreta", EVENT):
        harm = harm_of(event=event)
        assert state(harm, "zhu2023") == REPORTED
        assert "randomised trial (Zhu 2023) reports mild placenta accreta more often" in first_paragraph(harm)
        said = safety_text.safety_conclusion(harm)
        assert "Zhu 2023 (randomised, 152 women), placenta accreta more often with cells" in said
        assert "than in the control arm (Foley balloon only), no count" in said
        text = harm.studies.set_index("study_id")["text"].to_dict()["zhu2023"]
        assert text == "our copy of the abstract ends before its end"
        assert text in tables.mention_table(harm).html


def test_the_first_sentence_answers_for_each_organ_with_the_randomised_trial_first(
    ev: evidence.Evidence, harm_of: HarmOf
) -> None:
    harm = harm_of(event=EVENT)
    ovary = harm.studies[(harm.studies["tissue"] == "ovary") & ~harm.studies["registered"]]
    silent = (ovary["state"] == SILENT).sum()
    assert first_paragraph(harm) == (
        "In the uterus, a randomised trial (Zhu 2023) reports mild placenta accreta more often with cells; in the ovary, "
        f"none of {len(ovary)} studies reports harm, but {silent} do not mention it."
    )
    assert (
        "Harm is reported in 4 of 17 studies of the uterus:\n\n- Zhu 2023 ("
        in safety_text.safety_conclusion(harm)
    )
    # Without the trial, and with a harm of the ovary, the answer is another.
    fewer = dataclasses.replace(ev, changes=ev.changes[ev.changes["study_id"] != "zhu2023"])
    assert "(Hou 2025) reports adverse events of any kind in 2 of 11 women" in first_paragraph(
        safety_rows.safety(fewer, event=EVENT)
    )
    seen = with_row(ev, "yan2020", outcome="death", events=1, total=61)
    assert "in the ovary, a study (Yan 2020) reports" in first_paragraph(
        safety_rows.safety(seen, event=EVENT)
    )


def test_randomised_trials_that_report_harm_are_counted_by_organ(
    ev: evidence.Evidence, harm_of: HarmOf
) -> None:
    said = safety_text.states_sentence(harm_of(event=EVENT))
    assert said.startswith(
        "2 randomised trials of the uterus report harm, 1 of them compared with its control arm."
    )
    one = with_outcomes(ev, ev.outcomes[~where(ev, "hou2025", "adverse-event")])
    said = safety_text.states_sentence(safety_rows.safety(one, event=EVENT))
    assert "1 randomised trial of the uterus reports harm, compared with its control arm." in said


def test_the_answer_names_every_harm_reported(harm_of: HarmOf) -> None:
    harm = harm_of(event=EVENT)
    reported = harm.mentions[harm.mentions["state"] == REPORTED]
    said = safety_text.safety_conclusion(harm)
    assert len(reported) > 2
    for row in reported.itertuples():
        assert str(row.study_label) in said
        assert (
            f"{row.harm} {row.said}".removesuffix(", no count") in said or f"{row.harm} in {row.said}" in said
        )
    ovary = harm_of(event=EVENT, tissue="ovary")
    assert first_paragraph(ovary).startswith("In the ovary, none of ")


def test_that_no_harm_was_seen_counts_also_where_it_is_said_in_words(harm_of: HarmOf) -> None:
    harm = harm_of(event=EVENT)
    for study in ("zafardoust2023", "huang2022"):
        assert state(harm, study) == NONE
    page = tables.mention_table(harm).html
    assert "no safety concerns" in page


def test_unequal_kidneys_are_no_adverse_event_of_their_paper(ev: evidence.Evidence, harm_of: HarmOf) -> None:
    assert not where(ev, "huang2022", "adverse-event").any()
    harm = harm_of(event="adverse-event")
    assert "huang2022" not in set(harm.rows["study_id"])
    assert "Huang 2022 is among the" in safety_text.states_sentence(harm)
    assert "kidneys of 1 of 10 women" in safety_text.states_sentence(harm)
    assert "kidneys of 1 of 10 women" in tables.mention_table(harm).html


@pytest.mark.parametrize(("direction", "change"), [("up", ""), ("down", ""), ("none", ""), ("", "1.3")])
def test_a_change_of_a_harm_is_a_harm_reported_in_any_direction(
    shipped_draft: Draft, direction: str, change: str
) -> None:
    shipped_draft.add("changes", study_id="tan2016", arm_id="cells", subject="cohort", measure="mild-abdominal-pain", subgroup="",
        from_months="", to_months="", compared_with="baseline", direction=direction, change=change, change_kind="rr" if change else "", low="", high="",
        p_value="", source_id="tan2016", locator="Abstract", note="",
    )  # fmt: skip
    harm = safety_rows.safety(shipped_draft.load(), event=EVENT)
    assert state(harm, "tan2016") == REPORTED
    assert "mild abdominal pain" in safety_text.safety_conclusion(harm)


def test_a_harm_in_words_is_a_harm_reported(shipped_draft: Draft) -> None:
    cells = {
        "study_id": "tan2016",
        "arm_id": "cells",
        "source_id": "tan2016",
        "locator": "Abstract",
        "unit": "",
    }
    shipped_draft.add("statements", **cells, item="harm", value="fever in some women", note="")
    harm = safety_rows.safety(shipped_draft.load(), event=EVENT)
    assert state(harm, "tan2016") == REPORTED
    assert "fever in some women" in safety_text.safety_conclusion(harm)


def test_a_harm_counted_without_a_total_is_a_harm_reported(ev: evidence.Evidence) -> None:
    rows = ev.outcomes.assign(
        total=ev.outcomes["total"].mask(where(ev, STUDY)),
        events=ev.outcomes["events"].mask(where(ev, STUDY), 3),
    )
    harm = safety_rows.safety(with_outcomes(ev, rows), event=EVENT)
    assert STUDY not in set(harm.rows["study_id"])
    assert state(harm, STUDY) == REPORTED
    assert "in 3 cases, total not printed" in safety_text.safety_conclusion(harm)


def test_a_harm_beside_a_comparison_gives_both_counts(shipped_draft: Draft) -> None:
    row = {
        "study_id": "zhu2023", "outcome": "postpartum-haemorrhage", "subgroup": "", "timepoint_months": "", "total_unit": "women",
        "total_basis": "reported", "percent_reported": "", "source_id": "zhu2023", "locator": "Abstract", "note": "",
        "extraction": "reported", "reporting": "",
    }  # fmt: skip
    shipped_draft.add("outcomes", **row, arm_id="cells", events="5", total="72")
    shipped_draft.add("outcomes", **row, arm_id="control", events="1", total="68")
    said = safety_text.safety_conclusion(safety_rows.safety(shipped_draft.load(), event=EVENT))
    assert "bleeding after birth in 5 of 72 women, Foley balloon only: 1 of 68 women" in said


def test_a_study_that_says_nothing_is_silent_and_its_cut_copy_is_named(harm_of: HarmOf) -> None:
    harm = harm_of(event=EVENT)
    assert state(harm, "tinjic2021") == SILENT
    table = tables.silent_table(harm)
    cut = harm.studies[(harm.studies["state"] == SILENT) & harm.studies["text"].str.startswith("our copy")]
    assert "tinjic2021" in set(cut["study_id"])
    assert table.html.count("ends before its end") == (~cut["registered"]).sum()
    assert "Silence is no zero" in table.html or "silence is no zero" in table.html


def test_one_list_of_harms_serves_every_table(ev: evidence.Evidence, harm_of: HarmOf) -> None:
    assert set(HARMS) <= set(OUTCOME)
    assert set(HARM_ITEMS) <= set(WORDS["statement-item"])
    harm = harm_of(event=EVENT)
    # Nothing that any table holds of these studies under a word of the list is missed.
    ours = set(harm.studies["study_id"])
    cells = ev.select("outcomes")
    cells = cells[
        cells["study_id"].isin(ours) & (cells["arm_kind"] == "cells") & cells["outcome"].isin(HARMS)
    ]
    changes = ev.changes[ev.changes["study_id"].isin(ours) & ev.changes["measure"].isin(HARMS)]
    words = ev.statements[ev.statements["study_id"].isin(ours) & ev.statements["item"].isin(HARM_ITEMS)]
    found = [f"outcomes row {index + 2}" for index in cells.index]
    found += [f"changes row {index + 2}" for index in changes.index]
    found += [f"statements row {index + 2}" for index in words.index]
    assert sorted(harm.mentions["evidence_row"]) == sorted(found)
    allowed = Path(__file__).parents[1].joinpath("notebooks/10_safety.ipynb").read_text(encoding="utf-8")
    assert "allowed: " + " | ".join(HARMS) in allowed


def test_published_rates_of_harm_are_shown_as_printed_and_by_what_women_received(
    ev: evidence.Evidence, harm_of: HarmOf
) -> None:
    harm = harm_of(event=EVENT)
    rows = published_rows(harm)
    printed = ev.pooled[(ev.pooled["species"] == "human") & ev.pooled["outcome"].isin(HARMS)]
    assert sorted(rows.index) == sorted(printed.index)
    cells = rows[rows["arm_kind"] == "cells"]
    assert {"3.57 % (3 events)", "5.15 %", "4.29 %"} <= set(cells["rate"])
    assert "7 % (4 to 11 %)" in set(rows.loc[rows["arm_kind"] == "comparator", "rate"])
    page = tables.published_table(harm).html
    assert "may include the same studies" in page
    assert page.index("women treated with cells") < page.index("women treated without cells")


def test_a_study_that_did_not_say_is_no_study_without_events(ev: evidence.Evidence, harm_of: HarmOf) -> None:
    harm = harm_of(event=EVENT)
    without = with_outcomes(ev, ev.outcomes[~(ev.outcomes["study_id"] == STUDY)])
    silenced = safety_rows.safety(without, event=EVENT)
    lost = harm.rows.loc[harm.rows["study_id"] == STUDY, "total"].sum()
    assert lost > 0
    assert totals(harm)["women"] - totals(silenced)["women"] == lost
    assert state(silenced, STUDY) == SILENT
    assert STUDY in set(uncounted(silenced)["study_id"])


def totals(harm: safety_rows.Safety) -> dict[str, int]:
    """Add up, by unit, the totals of the counts that enter a sum; each sum is of one tissue."""
    entering = harm.rows[harm.rows["left_out"] == ""]
    return {str(unit): int(total) for unit, total in entering.groupby("total_unit")["total"].sum().items()}


def test_no_event_of_another_kind_is_carried_over(harm_of: HarmOf) -> None:
    """Nothing of any kind would mean nothing serious; yet who said so did not count this."""
    harm = harm_of(event=EVENT)
    other = harm_of(event="adverse-event")
    only = set(other.rows["study_id"]) - set(harm.rows["study_id"])
    assert only
    sentences = harm.studies.loc[harm.studies["study_id"].isin(only), "said"]
    assert sentences.str.contains("adverse events of any kind").all()
    assert only <= set(uncounted(harm)["study_id"])


def test_a_bound_is_the_exact_one_of_its_count(harm_of: HarmOf) -> None:
    harm = harm_of(event="adverse-event", level=0.9)
    assert len(harm.rows) > 2
    for row in harm.rows.to_dict("records"):
        assert row["bound"] == stats.proportion_upper_bound(row["events"], row["total"], level=0.9)
        assert (row["low"], row["high"]) == stats.proportion_interval(row["events"], row["total"], level=0.9)
        assert row["proportion"] <= row["bound"] <= row["high"]
    none = harm.rows[harm.rows["events"] == 0]
    bounds = stats.zero_event_upper_bound(none["total"].astype(int), level=0.9)
    assert none["bound"].tolist() == pytest.approx(list(bounds))


def test_sums_are_sums_and_never_of_one_study(harm_of: HarmOf) -> None:
    for event in HARMS:
        harm = harm_of(event=event, grouping="donor")
        assert (harm.together["studies"] > 1).all()
        for row in harm.together.to_dict("records"):
            part = harm.rows[(harm.rows["total_unit"] == row["total_unit"]) & (harm.rows["left_out"] == "")]
            part = part[part["tissue"] == row["tissue"]]
            part = part[part["group"] == row["group"]] if row["scope"] == "group" else part
            if row["scope"] == "first-hand":
                part = part[part["origin"] == "paper or registry"]
            assert (row["events"], row["total"]) == (part["events"].sum(), part["total"].sum())
            assert row["bound"] == stats.proportion_upper_bound(int(row["events"]), int(row["total"]))


def test_ovary_and_uterus_never_share_a_sum_a_rate_or_a_sentence(harm_of: HarmOf) -> None:
    harm = harm_of(event=EVENT)
    sums = harm.together[harm.together["scope"] == "all"].set_index("tissue")["total"]
    assert set(sums.index) == {"ovary", "endometrium"}
    for tissue, total in sums.items():
        alone = harm_of(event=EVENT, tissue=str(tissue))
        assert totals(alone)["women"] == total
    said = safety_text.safety_conclusion(harm)
    assert f"ovary, 0 of {sums['ovary']} women (according to the article alone)" in said
    assert f"uterus, 0 of {sums['endometrium']} women" in said
    assert str(sums.sum()) not in said
    assert all(
        section.startswith(("ovary: ", "uterus: ")) for section in safety_studies.bound_rows(harm)["section"]
    )
    together = harm.exposure[harm.exposure["scope"] == "all"]
    assert all(label.startswith(("ovary", "uterus")) for label in together["study_label"])


def test_a_count_published_because_of_its_event_has_no_proportion_and_enters_no_sum(
    shipped_draft: Draft, harm_of: HarmOf
) -> None:
    before = harm_of(event="adverse-event")
    row = shipped_draft.row("outcomes", study_id="hou2025", outcome="adverse-event")
    shipped_draft.change("outcomes", row, reporting="event-triggered")
    harm = safety_rows.safety(shipped_draft.load(), event="adverse-event")
    count = harm.rows.set_index("study_id").loc["hou2025"]
    assert "published because it had happened" in count["left_out"]
    assert count[["proportion", "low", "high", "bound"]].isna().all()
    assert totals(harm)["women"] == totals(before)["women"] - count["total"]
    assert state(harm, "hou2025") == REPORTED
    page = tables.bound_table(harm).html
    assert "no proportion" in page
    drawn = safety_studies.bound_rows(harm)
    assert drawn.loc[drawn["bound"].isna(), "bound_text"].tolist() == ["no proportion"]
    assert figures.harm_bounds(drawn, group_name="route", title="t", subtitle="s").axes
    assert "Hou 2025" not in set(safety_studies.size_rows(harm).query("scope == 'study'")["label"])
    recorded = {name: values for name, values, _ in safety_studies.harm_results(harm)}
    assert recorded["count/hou2025/cells/women"]["bound"] is None


def test_units_are_never_mixed(ev: evidence.Evidence, harm_of: HarmOf) -> None:
    births = with_row(ev, "zhang2021", total_unit="births", total=5, events=1)
    harm = safety_rows.safety(births, event=EVENT)
    before = harm_of(event=EVENT)
    assert totals(harm)["women"] == totals(before)["women"]
    assert set(harm.together["total_unit"]) == {"women"}
    assert set(harm.rows["total_unit"]) == {"women", "births"}
    sections = safety_studies.bound_rows(harm)["section"]
    assert all("women" in section or "births" in section for section in sections)
    assert harm.exposure["women_months"].tolist() == before.exposure["women_months"].tolist()
    assert "births" in safety_text.bounds_sentence(harm, harm_of(event="birth-defect"))


def test_a_retracted_count_is_shown_and_enters_no_sum(ev: evidence.Evidence, harm_of: HarmOf) -> None:
    sources = ev.sources.assign(
        retracted=ev.sources["retracted"].where(ev.sources["source_id"] != STUDY, "2024-01-01")
    )
    harm = safety_rows.safety(dataclasses.replace(ev, sources=sources), event=EVENT)
    row = harm.rows.set_index("study_id").loc[STUDY]
    assert row["left_out"] == "retracted"
    assert totals(harm)["women"] == totals(harm_of(event=EVENT))["women"] - row["total"]
    assert harm.studies.set_index("study_id").at[STUDY, "retracted"]
    assert any("in no sum" in label for label in safety_studies.bound_rows(harm)["label"])
    assert "Cao 2018 (retracted)" in tables.mention_table(harm).html


def test_a_case_report_is_listed_and_enters_no_sum(ev: evidence.Evidence, harm_of: HarmOf) -> None:
    before = harm_of(event=EVENT)
    design = ev.studies["design"].where(ev.studies["study_id"] != STUDY, "case-report")
    harm = safety_rows.safety(dataclasses.replace(ev, studies=ev.studies.assign(design=design)), event=EVENT)
    row = harm.rows.set_index("study_id").loc[STUDY]
    assert row["left_out"].startswith("a case report")
    assert totals(harm)["women"] == totals(before)["women"] - row["total"]
    assert row["study_label"] not in set(harm.exposure["study_label"])
    assert harm.studies.set_index("study_id").at[STUDY, "counted"]


def test_the_smaller_of_cohorts_that_overlap_enters_no_sum(ev: evidence.Evidence, harm_of: HarmOf) -> None:
    small, large = "zhang2021", STUDY
    names = {small: large, large: small}
    studies = ev.studies.assign(
        overlaps_with=ev.studies["study_id"].map(names).fillna(ev.studies["overlaps_with"])
    )
    harm = safety_rows.safety(dataclasses.replace(ev, studies=studies), event=EVENT)
    left_out = harm.rows.set_index("study_id")["left_out"]
    assert left_out[large] == ""
    assert left_out[small].startswith("may share women with Cao 2018")
    lost = harm.rows.loc[harm.rows["study_id"] == small, "total"].sum()
    assert totals(harm)["women"] == totals(harm_of(event=EVENT))["women"] - lost


def test_the_source_nearest_to_the_study_speaks_and_the_article_last(
    ev: evidence.Evidence, harm_of: HarmOf
) -> None:
    harm = harm_of(event="adverse-event")
    row = harm.rows.set_index("study_id").loc["igboeli2020"]
    assert row["origin"] == "review or press"
    assert harm.rows["study_id"].is_unique
    nearer_first = with_row(ev, "yan2020", source_id="yan2020", events=2)
    nearer = safety_rows.safety(nearer_first, event=EVENT).rows.set_index("study_id").loc["yan2020"]
    assert (nearer["origin"], nearer["events"]) == ("paper or registry", 2)


def test_a_count_without_a_total_is_no_count_of_it(ev: evidence.Evidence) -> None:
    rows = ev.outcomes.assign(total=ev.outcomes["total"].mask(where(ev, STUDY)))
    harm = safety_rows.safety(with_outcomes(ev, rows), event=EVENT)
    assert STUDY not in set(harm.rows["study_id"])
    assert not harm.studies.set_index("study_id").at[STUDY, "counted"]
    assert state(harm, STUDY) == NONE


def test_time_at_risk_is_women_times_months_where_both_are_known(
    ev: evidence.Evidence, harm_of: HarmOf
) -> None:
    harm = harm_of(event=EVENT)
    studies = harm.exposure[harm.exposure["scope"] == "study"]
    assert (studies["women_months"] == studies["total"] * studies["months"]).all()
    # Two studies of one organ with a known follow-up have a sum.
    known = ev.studies["follow_up_months"].mask(ev.studies["study_id"] == "zhang2021", 12)
    longer = safety_rows.safety(
        dataclasses.replace(ev, studies=ev.studies.assign(follow_up_months=known)), event=EVENT
    )
    (together,) = longer.exposure[longer.exposure["scope"] == "all"].to_dict("records")
    parts = longer.exposure[
        (longer.exposure["scope"] == "study") & (longer.exposure["tissue"] == "endometrium")
    ]
    assert together["women_months"] == parts["women_months"].sum()
    assert len(parts) == 2
    bound = stats.rate_upper_bound(int(together["events"]), together["women_months"] / PER)
    assert together["bound"] == pytest.approx(bound)
    lacking = harm.rows.loc[harm.rows["months"].isna(), "study_label"]
    assert len(lacking)
    page = tables.exposure_table(harm).html
    assert all(label in page for label in lacking)
    said = studies.set_index("study_label")["months_origin"]
    assert said["Yan 2020"] == "the article only"


def test_births_have_no_women_months(harm_of: HarmOf) -> None:
    harm = harm_of(event="birth-defect")
    assert len(harm.rows)
    assert harm.exposure.empty
    assert "women-months" not in safety_text.time_sentence(harm)


def test_the_women_treated_are_those_with_cells(ev: evidence.Evidence) -> None:
    women = women_treated(ev)
    controlled = ev.arms[(ev.arms["study_id"] == "zhu2023") & (ev.arms["kind"] == "cells")]
    assert women["zhu2023"] == controlled["n"].sum()
    assert women["mashayekhi2021"] == 9
    assert women["nct02644447"] == 23
    assert "zafardoust2023" not in women


def test_women_of_overlapping_cohorts_count_once() -> None:
    studies = pd.DataFrame(
        {
            "study_id": ["a", "b", "c", "d"],
            "women": pd.array([10, 30, 5, None], dtype="Int64"),
            "overlaps": [["b"], ["a"], [""], [""]],
        }
    )
    assert women_once(studies) == (35, 1)


@given(
    pairs=st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] < pair[1])),
    order=st.permutations(range(7)),
)
def test_no_two_cohorts_that_overlap_are_kept(pairs: set[tuple[int, int]], order: list[int]) -> None:
    overlaps: dict[str, list[str]] = {str(study): [] for study in order}
    for one, other in pairs:
        overlaps[str(one)].append(str(other))
        overlaps[str(other)].append(str(one))
    dropped = sharing([str(study) for study in order], overlaps)
    kept = [study for study in overlaps if study not in dropped]
    assert not any(other in overlaps[one] for one, other in itertools.combinations(kept, 2))
    assert all(rival in kept and rival in overlaps[study] for study, rival in dropped.items())
    assert str(order[0]) in kept


@pytest.mark.parametrize(
    ("event", "tissue", "grouping"),
    list(
        zip(HARMS, itertools.cycle(["all", "ovary", "endometrium"]), itertools.cycle(GROUPINGS), strict=False)
    ),
)
def test_every_choice_can_be_drawn_tabulated_and_told(
    event: str, tissue: str, grouping: str, harm_of: HarmOf
) -> None:
    harm = harm_of(event=event, grouping=grouping, tissue=tissue)
    frame, needed = safety_studies.bound_rows(harm), safety_studies.needed_rows(0.95)
    bounds = figures.harm_bounds(frame, group_name=GROUPINGS[grouping], title="t", subtitle="s")
    sizes = figures.smallest_share(
        safety_studies.size_rows(harm), needed, level=0.95, title="t", subtitle="s"
    )
    assert drawn_data(bounds)["axes"]
    assert drawn_data(sizes)["axes"]
    states = figures.harm_states(safety_studies.harm_states(harm), title="t", subtitle="s")
    assert drawn_data(states)["axes"]
    for build in (
        tables.harm_state_table, tables.mention_table, tables.silent_table, tables.bound_table, tables.together_table,
        tables.exposure_table, tables.published_table,
    ):  # fmt: skip
        assert build(harm).html
    names = [name for name, _, _ in safety_studies.harm_results(harm)]
    assert len(names) == len(set(names))
    said = safety_text.safety_conclusion(harm)
    assert len(said.split()) <= 220
    assert "silence is no zero" in said
    for sentence in (safety_text.states_sentence(harm), safety_text.time_sentence(harm), bounds_text(harm)):
        assert sentence.endswith(".")


def test_an_event_that_nobody_counts_says_so(harm_of: HarmOf) -> None:
    harm = harm_of(event="placenta-accreta")
    assert harm.rows.empty
    assert harm.together.empty
    figure = figures.harm_bounds(safety_studies.bound_rows(harm), group_name="route", title="t", subtitle="s")
    (axes,) = figure.axes
    assert "no study gives a count\nin the text available to us" in [text.get_text() for text in axes.texts]
    assert "No study gives a count of placenta accreta" in safety_text.safety_conclusion(harm)


def test_the_figure_draws_the_bounds_of_its_rows(harm_of: HarmOf) -> None:
    frame = safety_studies.bound_rows(harm_of(event=EVENT))
    figure = figures.harm_bounds(frame, group_name="route", title="t", subtitle="s")
    drawn = {tuple(line.get_xdata()) for line in figure.axes[0].lines if len(line.get_xdata()) == 2}  # type: ignore[arg-type]
    assert {(row.proportion, row.bound) for row in frame.itertuples()} <= drawn
    assert any("naive comparison" in text.get_text().replace("\n", " ") for text in figure.texts)


def test_the_sizes_lie_on_the_curve(harm_of: HarmOf) -> None:
    rows = safety_studies.size_rows(harm_of(event=EVENT, level=0.8))
    assert {"study", "all", "no-count"} == set(rows["scope"])
    bounds = stats.zero_event_upper_bound(rows["total"].astype(int), level=0.8)
    assert rows["share"].tolist() == pytest.approx(list(bounds))


def test_the_figure_of_states_draws_a_mark_for_every_study(harm_of: HarmOf) -> None:
    harm = harm_of(event=EVENT)
    frame = safety_studies.harm_states(harm)
    (axes,) = figures.harm_states(frame, title="t", subtitle="s").axes
    assert len(axes.lines) == len(harm.studies)
    hollow = [line for line in axes.lines if line.get_markerfacecolor() == "white"]
    assert len(hollow) == harm.studies["registered"].sum() + harm.studies["article_only"].sum()
    words = " ".join(text.get_text().replace("\n", " ") for text in axes.texts)
    assert all(name in words for names in frame["names"] for name in filter(None, names.split(", ")))


def test_the_page_gives_the_article_and_the_silence(harm_of: HarmOf) -> None:
    harm = harm_of(event=EVENT)
    said = safety_text.states_sentence(harm)
    counts = safety_studies.harm_states(harm).groupby("state")[["studies", "registered"]].sum()
    silent = counts["studies"].to_dict()[SILENT]
    assert f"{silent} studies do not mention harm in the text available to us" in said
    assert (
        f"{counts['registered'].sum()} further studies are known without results: registered only, or our copy ends before them"
        in said
    )
    assert f"{silent} do not mention harm" in safety_text.safety_conclusion(harm)
    article = harm.rows[harm.rows["origin"] == "the article only"]
    assert len(article)
    assert "Only the article under review gives the count of" in bounds_text(harm)
    assert all(label in bounds_text(harm) for label in article["study_label"])
    assert "Yan 2020 (our copy of the paper ends before its end)" in bounds_text(harm)


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"event": "pregnancy"}, "event must be a known word, not 'pregnancy'"),
        ({"event": EVENT, "grouping": "age"}, "grouping must be a known word, not 'age'"),
        ({"event": EVENT, "tissue": "skin"}, "tissue must be a known word, not 'skin'"),
        ({"event": EVENT, "level": 95}, "0.95 means 95 %"),
    ],
)
def test_an_unknown_choice_is_refused(choice: dict[str, object], message: str, harm_of: HarmOf) -> None:
    with pytest.raises(ValueError, match=message):
        harm_of(**choice)
