"""What is said of a harm, what it leaves possible, and that silence is never a zero."""

from __future__ import annotations

import dataclasses
import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import evidence, figures, narrative, stats, tables
from helpers.results import drawn_data
from helpers.tables.cohorts import sharing, women_once, women_treated
from helpers.tables.safety import COUNTED, GROUPINGS, PER, REGISTERED, RETRACTED, SAID
from helpers.tables.safety_rows import UNTOLD

EVENT = "serious-adverse-event"
STUDY, ARM, OUTCOME = "cao2018", "cells", EVENT


def where(ev: evidence.Evidence, study: str, event: str = EVENT) -> pd.Series[bool]:
    return (ev.outcomes["study_id"] == study) & (ev.outcomes["outcome"] == event)


def with_outcomes(ev: evidence.Evidence, outcomes: pd.DataFrame) -> evidence.Evidence:
    return dataclasses.replace(ev, outcomes=outcomes.reset_index(drop=True))


def with_row(ev: evidence.Evidence, like: str = STUDY, **values: str | int) -> evidence.Evidence:
    row = ev.outcomes[where(ev, like)].iloc[[0]].assign(**values)
    return with_outcomes(ev, pd.concat([ev.outcomes, row.astype(ev.outcomes.dtypes)], ignore_index=True))


def test_every_study_of_women_treated_with_cells_says_one_thing(ev: evidence.Evidence) -> None:
    harm = tables.safety(ev, event=EVENT)
    asked = ev.studies[ev.studies["role"].isin(["cited", "treatment"])]
    assert sorted(harm.studies["study_id"]) == sorted(asked["study_id"])
    assert set(harm.studies["said"]) <= set(SAID)
    assert tables.said_counts(harm)["studies"].sum() == len(asked)
    told = set(harm.rows["study_id"])
    assert set(harm.studies.loc[harm.studies["said"] == COUNTED, "study_id"]) == told


def test_a_study_that_did_not_say_is_no_study_without_events(ev: evidence.Evidence) -> None:
    harm = tables.safety(ev, event=EVENT)
    without = with_outcomes(ev, ev.outcomes[~where(ev, STUDY)])
    silenced = tables.safety(without, event=EVENT)
    lost = harm.rows.loc[harm.rows["study_id"] == STUDY, "total"].sum()
    assert lost > 0
    assert totals(harm)["women"] - totals(silenced)["women"] == lost
    said = silenced.studies.set_index("study_id").at[STUDY, "said"]
    assert said in UNTOLD


def totals(harm: tables.Safety) -> dict[str, int]:
    overall = harm.together[harm.together["scope"] == "all"]
    return {
        str(unit): int(total) for unit, total in zip(overall["total_unit"], overall["total"], strict=True)
    }


def test_no_event_of_another_kind_is_carried_over(ev: evidence.Evidence) -> None:
    """Nothing of any kind would mean nothing serious; yet who said so did not count this."""
    harm = tables.safety(ev, event=EVENT)
    other = tables.safety(ev, event="adverse-event")
    only = set(other.rows["study_id"]) - set(harm.rows["study_id"])
    assert only
    told = harm.studies.loc[harm.studies["study_id"].isin(only), "other"]
    assert told.str.contains("adverse events of any kind").all()


def test_a_bound_is_the_exact_one_of_its_count(ev: evidence.Evidence) -> None:
    harm = tables.safety(ev, event="adverse-event", level=0.9)
    assert len(harm.rows) > 2
    for row in harm.rows.to_dict("records"):
        assert row["bound"] == stats.proportion_upper_bound(row["events"], row["total"], level=0.9)
        assert (row["low"], row["high"]) == stats.proportion_interval(row["events"], row["total"], level=0.9)
        assert row["proportion"] <= row["bound"] <= row["high"]
    none = harm.rows[harm.rows["events"] == 0]
    bounds = stats.zero_event_upper_bound(none["total"].astype(int), level=0.9)
    assert none["bound"].tolist() == pytest.approx(list(bounds))


def test_sums_are_sums_and_never_of_one_study(ev: evidence.Evidence) -> None:
    for event in tables.HARMS:
        harm = tables.safety(ev, event=event, grouping="donor")
        assert (harm.together["studies"] > 1).all()
        for row in harm.together.to_dict("records"):
            part = harm.rows[(harm.rows["total_unit"] == row["total_unit"]) & (harm.rows["left_out"] == "")]
            part = part[part["group"] == row["group"]] if row["scope"] == "group" else part
            if row["scope"] == "first-hand":
                part = part[part["origin"] == "paper or registry"]
            assert (row["events"], row["total"]) == (part["events"].sum(), part["total"].sum())
            assert row["bound"] == stats.proportion_upper_bound(int(row["events"]), int(row["total"]))


def test_units_are_never_mixed(ev: evidence.Evidence) -> None:
    births = with_row(ev, "zhang2021", total_unit="births", total=5, events=1)
    harm = tables.safety(births, event=EVENT)
    before = tables.safety(ev, event=EVENT)
    assert totals(harm) == totals(before)
    assert set(harm.rows["total_unit"]) == {"women", "births"}
    sections = tables.bound_rows(harm)["section"]
    assert all("women" in section or "births" in section for section in sections)
    assert harm.exposure["women_months"].tolist() == before.exposure["women_months"].tolist()
    assert "births" in narrative.safety_conclusion(harm, tables.safety(ev, event="birth-defect"))


def test_a_retracted_count_is_shown_and_enters_no_sum(ev: evidence.Evidence) -> None:
    sources = ev.sources.assign(
        retracted=ev.sources["retracted"].where(ev.sources["source_id"] != STUDY, "2024-01-01")
    )
    harm = tables.safety(dataclasses.replace(ev, sources=sources), event=EVENT)
    row = harm.rows.set_index("study_id").loc[STUDY]
    assert row["left_out"] == "retracted"
    assert totals(harm)["women"] == totals(tables.safety(ev, event=EVENT))["women"] - row["total"]
    assert harm.studies.set_index("study_id").at[STUDY, "said"] == RETRACTED
    assert any("in no sum" in label for label in tables.bound_rows(harm)["label"])
    assert "is retracted" in narrative.safety_conclusion(harm, harm)


def test_a_case_report_is_listed_and_enters_no_sum(ev: evidence.Evidence) -> None:
    before = tables.safety(ev, event=EVENT)
    design = ev.studies["design"].where(ev.studies["study_id"] != STUDY, "case-report")
    harm = tables.safety(dataclasses.replace(ev, studies=ev.studies.assign(design=design)), event=EVENT)
    row = harm.rows.set_index("study_id").loc[STUDY]
    assert row["left_out"].startswith("a case report")
    assert totals(harm)["women"] == totals(before)["women"] - row["total"]
    assert row["study_label"] not in set(harm.exposure["study_label"])
    assert harm.studies.set_index("study_id").at[STUDY, "said"] == COUNTED


def test_the_smaller_of_cohorts_that_overlap_enters_no_sum(ev: evidence.Evidence) -> None:
    small, large = "zhang2021", STUDY
    names = {small: large, large: small}
    studies = ev.studies.assign(
        overlaps_with=ev.studies["study_id"].map(names).fillna(ev.studies["overlaps_with"])
    )
    harm = tables.safety(dataclasses.replace(ev, studies=studies), event=EVENT)
    left_out = harm.rows.set_index("study_id")["left_out"]
    assert left_out[large] == ""
    assert left_out[small].startswith("may share women with Cao 2018")
    lost = harm.rows.loc[harm.rows["study_id"] == small, "total"].sum()
    assert totals(harm)["women"] == totals(tables.safety(ev, event=EVENT))["women"] - lost


def test_the_source_nearest_to_the_study_speaks_and_the_article_last(ev: evidence.Evidence) -> None:
    harm = tables.safety(ev, event="adverse-event")
    row = harm.rows.set_index("study_id").loc["igboeli2020"]
    assert row["origin"] == "review or press"
    assert harm.rows["study_id"].is_unique
    told = with_row(ev, "yan2020", source_id="yan2020", events=2)
    nearer = tables.safety(told, event=EVENT).rows.set_index("study_id").loc["yan2020"]
    assert (nearer["origin"], nearer["events"]) == ("paper or registry", 2)


def test_a_count_without_a_total_is_no_count_of_it(ev: evidence.Evidence) -> None:
    told = ev.outcomes.assign(total=ev.outcomes["total"].mask(where(ev, STUDY)))
    harm = tables.safety(with_outcomes(ev, told), event=EVENT)
    assert STUDY not in set(harm.rows["study_id"])
    assert harm.studies.set_index("study_id").at[STUDY, "said"] == "it, but no count with a total"


def test_time_at_risk_is_women_times_months_where_both_are_known(ev: evidence.Evidence) -> None:
    harm = tables.safety(ev, event=EVENT)
    studies = harm.exposure[harm.exposure["scope"] == "study"]
    (together,) = harm.exposure[harm.exposure["scope"] == "all"].to_dict("records")
    assert (studies["women_months"] == studies["total"] * studies["months"]).all()
    assert together["women_months"] == studies["women_months"].sum()
    bound = stats.rate_upper_bound(int(together["events"]), together["women_months"] / PER)
    assert together["bound"] == pytest.approx(bound)
    lacking = harm.rows.loc[harm.rows["months"].isna(), "study_label"]
    assert len(lacking)
    page = tables.exposure_table(harm).page.as_raw_html()
    assert all(label in page for label in lacking)
    said = studies.set_index("study_label")["months_origin"]
    assert said["Yan 2020"] == "the article only"


def test_births_have_no_women_months(ev: evidence.Evidence) -> None:
    harm = tables.safety(ev, event="birth-defect")
    assert len(harm.rows)
    assert harm.exposure.empty
    assert "women-months" not in narrative.safety_conclusion(harm, harm)


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
    ("tissue", "grouping"), list(zip(["all", "ovary", "endometrium"], GROUPINGS, strict=True))
)
@pytest.mark.parametrize("event", list(tables.HARMS))
def test_every_choice_can_be_drawn_tabulated_and_told(
    ev: evidence.Evidence, event: str, tissue: str, grouping: str
) -> None:
    harm = tables.safety(ev, event=event, grouping=grouping, tissue=tissue)
    frame, needed = tables.bound_rows(harm), tables.needed_rows(0.95)
    bounds = figures.harm_bounds(frame, group_name=GROUPINGS[grouping], title="t", subtitle="s")
    sizes = figures.smallest_share(tables.size_rows(harm), needed, level=0.95, title="t", subtitle="s")
    assert drawn_data(bounds)["axes"]
    assert drawn_data(sizes)["axes"]
    for build in (tables.said_table, tables.bound_table, tables.together_table, tables.exposure_table):
        assert build(harm).page.as_raw_html()
    names = [name for name, _, _ in tables.harm_results(harm)]
    assert len(names) == len(set(names))
    told = narrative.safety_conclusion(harm, tables.safety(ev, event="birth-defect", tissue=tissue))
    assert len(told.split()) <= 170
    assert "silence is no zero" in told


def test_an_event_that_nobody_counts_says_so(ev: evidence.Evidence) -> None:
    harm = tables.safety(ev, event="placenta-accreta")
    assert harm.rows.empty
    assert harm.together.empty
    figure = figures.harm_bounds(tables.bound_rows(harm), group_name="route", title="t", subtitle="s")
    (axes,) = figure.axes
    assert "no study gives a count\nin what was read" in [text.get_text() for text in axes.texts]
    assert "none gives a count of placenta accreta" in narrative.safety_conclusion(harm, harm)


def test_the_figure_draws_the_bounds_of_its_rows(ev: evidence.Evidence) -> None:
    frame = tables.bound_rows(tables.safety(ev, event=EVENT))
    figure = figures.harm_bounds(frame, group_name="route", title="t", subtitle="s")
    drawn = {tuple(line.get_xdata()) for line in figure.axes[0].lines if len(line.get_xdata()) == 2}  # type: ignore[arg-type]
    assert {(row.proportion, row.bound) for row in frame.itertuples()} <= drawn
    assert any("naive comparison" in text.get_text().replace("\n", " ") for text in figure.texts)


def test_the_sizes_lie_on_the_curve(ev: evidence.Evidence) -> None:
    rows = tables.size_rows(tables.safety(ev, event=EVENT, level=0.8))
    assert {"study", "all", "untold"} == set(rows["scope"])
    bounds = stats.zero_event_upper_bound(rows["total"].astype(int), level=0.8)
    assert rows["share"].tolist() == pytest.approx(list(bounds))


def test_the_conclusion_tells_the_sum_the_article_and_the_silence(ev: evidence.Evidence) -> None:
    harm = tables.safety(ev, event=EVENT)
    told = narrative.safety_conclusion(harm, tables.safety(ev, event="birth-defect"))
    counts = tables.said_counts(harm).set_index("said")["studies"]
    assert f"0 of {totals(harm)['women']} women" in told
    assert f"{counts[UNTOLD].sum()} studies with results" in told
    assert f"{counts[REGISTERED]} are registered only" in told
    article = harm.rows[harm.rows["origin"] == "the article only"]
    assert f"For {len(article)} only the article says so" in told
    assert f"after {harm.rows['months'].max():g} months" in told


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"event": "pregnancy"}, "event must be a known word, not 'pregnancy'"),
        ({"event": EVENT, "grouping": "age"}, "grouping must be a known word, not 'age'"),
        ({"event": EVENT, "tissue": "skin"}, "tissue must be a known word, not 'skin'"),
        ({"event": EVENT, "level": 95}, "0.95 stands for 95 %"),
    ],
)
def test_an_unknown_choice_is_refused(ev: evidence.Evidence, choice: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        tables.safety(ev, **choice)  # type: ignore[arg-type]
