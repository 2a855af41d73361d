"""What the studies show together: which counts are pooled, what the estimates are, and when there is none."""

from __future__ import annotations

import dataclasses
import re
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from drafts import Draft, no_events
from helpers import evidence, stats
from helpers.counts import harms, scaffolds
from helpers.evidence.provenance import ORIGINS
from helpers.questions.pooled_outcomes import (
    answer_text,
    estimates,
    figures,
    ladder,
    own_pool,
    pool_grades,
    tables,
    trials_text,
    trials_together,
)
from helpers.questions.pooled_outcomes import (
    rows as pool_rows,
)
from helpers.questions.pooled_outcomes import (
    text as pool_text,
)
from helpers.questions.pooled_outcomes.certainty import Grade
from helpers.questions.pooled_outcomes.estimates import BAYES, EXACT, WALD, T
from helpers.questions.pooled_outcomes.ladder import ABOVE, EVERY, SAME
from helpers.questions.reported_numbers import rows as finding_rows
from helpers.results import drawn_data
from helpers.show import numbers
from test_figures import assert_nothing_clipped, texts

ROOT = Path(__file__).parents[1]
OUTCOMES = ["pregnancy", "live-birth", "menses-resumed", "follicle-growth"]


class Pools(Protocol):
    """Give the pools of the shipped evidence, made once for all who ask; none may change them."""

    def __call__(self, *, group_by: str = "condition", method: str = "bayes") -> pool_rows.PooledOutcomes: ...


@pytest.fixture(scope="module")
def pools_by(ev: evidence.Evidence) -> Pools:
    @cache
    def made(group_by: str, method: str) -> pool_rows.PooledOutcomes:
        return pool_rows.pooled_outcomes(ev, outcome=OUTCOMES, group_by=group_by, method=method)

    def pools(*, group_by: str = "condition", method: str = "bayes") -> pool_rows.PooledOutcomes:
        return made(group_by, method)

    return pools


@pytest.fixture(scope="module")
def shipped(pools_by: Pools) -> pool_rows.PooledOutcomes:
    return pools_by()


@pytest.fixture(scope="module")
def shipped_pregnancies(ev: evidence.Evidence) -> pool_rows.PooledOutcomes:
    return pool_rows.pooled_outcomes(ev, outcome=["pregnancy"], condition=["POI"])


@pytest.fixture(scope="module")
def shipped_grades(ev: evidence.Evidence, shipped: pool_rows.PooledOutcomes) -> list[Grade]:
    return pool_grades.pool_grades(ev, shipped)


@pytest.fixture(scope="module")
def shipped_ladder(ev: evidence.Evidence) -> pd.DataFrame:
    return ladder.ladder_rows(ev).set_index(["section", "who"])


@pytest.fixture(scope="module")
def shipped_left_out(shipped: pool_rows.PooledOutcomes) -> pd.DataFrame:
    """The shipped pools without each study in turn; tests must not change them."""
    return pool_rows.left_one_out(shipped)


@pytest.fixture(scope="module")
def shipped_forests(shipped: pool_rows.PooledOutcomes) -> dict[str, Figure]:
    return figures.pooled_forests(shipped.rows, shipped.estimates, subtitle="What is shown.")


def test_pools_are_of_one_condition_and_by_bayes_unless_asked_otherwise(
    ev: evidence.Evidence, shipped_pregnancies: pool_rows.PooledOutcomes
) -> None:
    asked: dict[str, Any] = {"group_by": "condition", "method": "bayes", "level": 0.95}
    given = pool_rows.pooled_outcomes(ev, outcome=["pregnancy"], condition=["POI"], **asked)
    pd.testing.assert_frame_equal(shipped_pregnancies.estimates, given.estimates)


def pregnancies(draft: Draft, **asked: Any) -> pool_rows.PooledOutcomes:
    return pool_rows.pooled_outcomes(draft.load(), outcome=["pregnancy"], **{"condition": ["POI"], **asked})


def reasons(found: pool_rows.PooledOutcomes, study: str) -> set[str]:
    assert study not in set(found.rows["study_id"])
    return set(found.left_out.loc[found.left_out["study_id"] == study, "why"])


def add_study(draft: Draft, study: str, events: int, total: int, **cells: str) -> None:
    """Add a study of women with POI and its count of pregnancies."""
    draft.add("sources", source_id=study, kind="journal-article", first_author="New A", doi="", pmid="", retracted="",
        access="abstract",
    )  # fmt: skip
    draft.add("studies", study_id=study, label=study.capitalize(), role="treatment", tissue="ovary", condition="POI",
        design="single-arm", n_enrolled=str(total), follow_up_months="", registry_id="", overlaps_with="", source_id=study, note="",
    )  # fmt: skip
    add_arm(draft, study, "cells", events, total, **cells)


def add_arm(draft: Draft, study: str, arm: str, events: int, total: int, **cells: str) -> None:
    draft.add("arms", **{
            "study_id": study, "arm_id": arm, "label": arm, "kind": "cells", "cell_source": "UC-MSC", "n": str(total),
            "source_id": study, "note": "", **cells,
        },
    )  # fmt: skip
    draft.add("outcomes", study_id=study, arm_id=arm, subgroup="", outcome="pregnancy", timepoint_months="", events=str(events),
        total=str(total), total_unit="women", total_basis="reported", percent_reported="", source_id=study, locator="Abstract",
        extraction="reported", note="",
    )  # fmt: skip


def add_studies(draft: Draft, shipped_pregnancies: pool_rows.PooledOutcomes, number: int) -> None:
    """Add studies until so many counts of pregnancies after POI are pooled."""
    for more in range(number - int(shipped_pregnancies.estimates["k"].max())):
        add_study(draft, f"new{more}", 3, 40)


def records(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples())


def counts_of(found: pool_rows.PooledOutcomes, outcome: str, section: str) -> tuple[list[int], list[int]]:
    rows = found.rows[(found.rows["outcome"] == outcome) & (found.rows["section"] == section)]
    studies = rows.groupby("study_id", sort=False)[["events", "total"]].sum()
    return [int(x) for x in studies["events"]], [int(n) for n in studies["total"]]


@pytest.mark.parametrize("group_by", ["condition", "cell_source"])
def test_a_pool_holds_independent_women_of_one_condition(
    ev: evidence.Evidence, pools_by: Pools, group_by: str
) -> None:
    found = pools_by(group_by=group_by)
    overlaps = ev.studies.set_index("study_id")["overlaps_with"].fillna("").str.split("; ")
    pooled = found.rows[found.rows["alone"] == ""]
    assert len(pooled)
    for _, rows in pooled.groupby(["outcome", "section"]):
        assert rows["condition"].nunique() == rows["tissue"].nunique() == 1
        assert rows["condition"].iloc[0] != "mixed"
        assert rows["study_id"].nunique() >= 2
        assert not any(two in overlaps[one] for one, two in combinations(rows["study_id"], 2))
        assert rows["share"].sum() == pytest.approx(1)
        if group_by == "cell_source":
            assert rows["cell_source"].nunique(dropna=False) == 1
            assert rows["cell_source"].notna().all()
    assert found.rows["arm_kind"].eq("cells").all()
    assert set(found.rows["total_unit"]) == {"women"}
    assert found.rows["retracted"].isna().all()
    assert not found.rows["design"].eq("case-report").any()
    assert not found.rows.duplicated(["outcome", "study_id", "arm_id"]).any()


def test_every_count_of_treated_women_is_shown_or_left_out_with_a_reason(
    ev: evidence.Evidence, shipped: pool_rows.PooledOutcomes
) -> None:
    rows = ev.select("outcomes", outcome=OUTCOMES, role=["cited", "treatment"], arm_kind="cells")
    seen = [*shipped.rows["evidence_row"], *shipped.left_out["evidence_row"]]
    assert sorted(seen) == sorted(rows["evidence_row"])
    assert (shipped.left_out["why"] != "").all()


def test_a_single_study_has_no_pooled_row(shipped: pool_rows.PooledOutcomes) -> None:
    studies = shipped.rows.groupby(["outcome", "section"])["study_id"].nunique()
    pooled = shipped.estimates.set_index(["outcome", "section"]).index
    assert studies[studies == 1].index.intersection(pooled).empty
    assert len(studies[studies == 1])
    assert (shipped.estimates["k"] >= 2).all()


@pytest.mark.parametrize(("method", "name_of_lead"), [("bayes", BAYES), ("binomial-normal", T)])
def test_few_studies_have_their_estimates_side_by_side(
    ev: evidence.Evidence, method: str, name_of_lead: str
) -> None:
    found = pool_rows.pooled_outcomes(ev, outcome=["pregnancy", "menses-resumed"], method=method, level=0.9)
    assert found.estimates["k"].nunique() > 1
    for (outcome, section), pool in found.estimates.groupby(["outcome", "section"]):
        events, totals = counts_of(found, str(outcome), str(section))
        three = [
            stats.pool_proportions(events, totals, level=0.9, interval="wald"),
            stats.pool_proportions(events, totals, level=0.9, interval="t"),
            stats.pool_proportions(events, totals, level=0.9, method="bayes"),
        ]
        assert set(pool["estimate_name"]) == {WALD, T, BAYES}
        assert list(pool.loc[pool["lead"], "estimate_name"]) == [name_of_lead]
        for name, alone in zip((WALD, T, BAYES), three, strict=True):
            (row,) = pool[pool["estimate_name"] == name].to_dict("records")
            same = ("estimate", "low", "high", "prediction_low", "prediction_high", "i2", "q", "k")
            assert [row[field] for field in same] == pytest.approx([getattr(alone, field) for field in same])
            assert row["tau"] == pytest.approx(np.sqrt(alone.tau2))
            assert (row["events"], row["women"]) == (sum(events), sum(totals))


@pytest.mark.parametrize(("method", "name_of_lead"), [("bayes", BAYES), ("binomial-normal", WALD)])
def test_more_studies_have_the_estimate_asked_for(
    shipped_draft: Draft, shipped_pregnancies: pool_rows.PooledOutcomes, method: str, name_of_lead: str
) -> None:
    add_studies(shipped_draft, shipped_pregnancies, stats.FEW_STUDIES + 1)
    (row,) = pregnancies(shipped_draft, method=method).estimates.to_dict("records")
    assert (row["estimate_name"], row["lead"], row["k"]) == (name_of_lead, True, stats.FEW_STUDIES + 1)


def test_arms_of_one_study_are_added_up_and_are_no_two_studies(
    shipped_draft: Draft, shipped_pregnancies: pool_rows.PooledOutcomes
) -> None:
    before = shipped_pregnancies.estimates["k"].iloc[0]
    add_study(shipped_draft, "new2026", 3, 40)
    add_arm(shipped_draft, "new2026", "high", 2, 20)
    shipped_draft.change("studies", shipped_draft.row("studies", study_id="new2026"), n_enrolled="60")
    found = pregnancies(shipped_draft)
    arms = found.rows[found.rows["study_id"] == "new2026"]
    assert len(arms) == 2
    assert (found.estimates["k"] == before + 1).all()
    events, totals = counts_of(found, "pregnancy", "POI")
    alone = stats.pool_proportions(events, totals, method="bayes")
    assert found.estimates["estimate"].iloc[-1] == pytest.approx(alone.estimate)
    assert arms["share"].iloc[0] / arms["share"].iloc[1] == pytest.approx(2)


def zero(
    draft: Draft, shipped_pregnancies: pool_rows.PooledOutcomes, *, but: str = "", full: str = ""
) -> None:
    """Set the counts of pregnancy of the pool to none, but for one study; in another to all."""
    for row in shipped_pregnancies.rows.itertuples():
        if row.study_id != but:
            number = int(str(row.evidence_row).split()[-1])
            events = str(row.total) if row.study_id == full else "0"
            draft.change("outcomes", number, events=events, percent_reported="")


def test_no_event_anywhere_falls_back_to_the_exact_interval_and_says_so(
    shipped_draft: Draft, shipped_pregnancies: pool_rows.PooledOutcomes
) -> None:
    zero(shipped_draft, shipped_pregnancies)
    found = pregnancies(shipped_draft, method="binomial-normal")
    lead = found.estimates[found.estimates["lead"]].iloc[0]
    women = found.rows["total"].sum()
    assert lead["estimate_name"] == EXACT
    assert "Clopper-Pearson" in lead["method"]
    assert (lead["low"], lead["high"]) == pytest.approx(stats.proportion_interval(0, women))
    assert lead["prediction_text"] == "none"
    assert set(found.estimates["estimate_name"]) == {EXACT, BAYES}
    assert list(found.rows["share"]) == pytest.approx([total / women for total in found.rows["total"]])
    assert estimates.pool_values(lead)["tau"] is None
    (picture,) = figures.pooled_forests(found.rows, found.estimates, subtitle="s").values()
    assert_nothing_clipped(picture)
    assert "0 of 121 women in 3 studies, pooled 0.0 % (95 % CI 0.0 to 3.0 %)" in pool_text.pools_conclusion(
        found, doubts={}
    )


def test_where_the_likelihood_has_no_maximum_bayes_speaks_alone(
    shipped_draft: Draft, shipped_pregnancies: pool_rows.PooledOutcomes
) -> None:
    zero(shipped_draft, shipped_pregnancies, full="edessy2016")
    found = pregnancies(shipped_draft, method="binomial-normal")
    assert list(found.estimates["estimate_name"]) == [BAYES]
    assert found.estimates["lead"].all()


def test_without_a_study_that_carries_the_likelihood_the_pool_is_done_by_bayes(
    shipped_draft: Draft, shipped_pregnancies: pool_rows.PooledOutcomes
) -> None:
    zero(shipped_draft, shipped_pregnancies, but="yan2020", full="edessy2016")
    found = pregnancies(shipped_draft, method="binomial-normal")
    assert T in set(found.estimates["estimate_name"])
    assert set(pool_rows.left_one_out(found)["estimate_name"]) == {BAYES}


def test_the_depth_asked_for_decides_which_sources_speak(
    shipped_draft: Draft, shipped_pregnancies: pool_rows.PooledOutcomes
) -> None:
    assert "edessy2016" in set(shipped_pregnancies.rows["study_id"])
    found = pregnancies(shipped_draft, access=["secondary", "body-excerpt"])
    assert set(found.rows["access"]) <= {"secondary", "body-excerpt"}
    assert "its source was read less deeply, or otherwise, than asked for" in reasons(found, "edessy2016")
    assert found.estimates["k"].max() < shipped_pregnancies.estimates["k"].max()


def test_a_retracted_paper_and_a_case_report_are_listed_and_not_pooled(shipped_draft: Draft) -> None:
    shipped_draft.change("studies", shipped_draft.row("studies", study_id="edessy2016"), design="case-report")
    no_events(shipped_draft, "edessy2016")
    assert "a case report, told because of what happened: no rate" in reasons(
        pregnancies(shipped_draft), "edessy2016"
    )
    source = str(shipped_draft.load().studies.set_index("study_id").loc["edessy2016", "source_id"])
    shipped_draft.change("sources", shipped_draft.row("sources", source_id=source), retracted="2022-09-14")
    assert "the paper is retracted" in reasons(pregnancies(shipped_draft), "edessy2016")


def test_of_cohorts_that_may_share_women_the_larger_is_pooled(shipped_draft: Draft) -> None:
    add_study(shipped_draft, "new2026", 3, 40)
    add_study(shipped_draft, "old2026", 3, 39)
    for one, other in (("new2026", "old2026"), ("old2026", "new2026")):
        shipped_draft.change("studies", shipped_draft.row("studies", study_id=one), overlaps_with=other)
    found = pregnancies(shipped_draft)
    assert reasons(found, "old2026") == {"may share women with New2026, which is larger"}
    assert "new2026" in set(found.rows["study_id"])


def chosen(ev: evidence.Evidence, outcome: str, *arms: str) -> pd.DataFrame:
    """Choose rows of an outcome by study and arm, as one who pools by hand would."""
    rows = ev.select("outcomes", outcome=outcome)
    return rows[(rows["study_id"] + "/" + rows["arm_id"]).isin(arms) & rows["total"].notna()]


def test_a_pool_of_ones_own_is_that_of_the_book(
    ev: evidence.Evidence, shipped: pool_rows.PooledOutcomes
) -> None:
    rows = ev.select(
        "outcomes", outcome="pregnancy", condition="POI", role=["cited", "treatment"], arm_kind="cells"
    )
    kept, left_out = own_pool.each_woman_once(ev, rows)
    assert sorted([*kept["evidence_row"], *left_out["evidence_row"]]) == sorted(rows["evidence_row"])
    assert left_out["why"].ne("").all()
    own = own_pool.pool_rows(ev, kept)
    section = own.rows["section"].iloc[0]
    for mine, of_book, by in (
        (own.estimates, shipped.estimates, "estimate_name"),
        (own.rows, shipped.rows, "evidence_row"),
    ):
        there = of_book[(of_book["outcome"] == "pregnancy") & (of_book["section"] == section)]
        pd.testing.assert_frame_equal(
            mine.set_index(by).sort_index(), there.set_index(by).sort_index(), check_like=True
        )
    (drawn,) = figures.pooled_forests(own.rows, own.estimates, subtitle="s").values()
    assert own.estimates["estimate_text"].iloc[-1] in [text.get_text() for text in drawn.axes[0].texts]


def test_a_pool_of_ones_own_needs_two_studies_and_joined_rows(ev: evidence.Evidence) -> None:
    rows = chosen(ev, "pregnancy", "yan2020/cells")
    with pytest.raises(ValueError, match="a pool needs two studies or more"):
        own_pool.pool_rows(ev, rows)
    for use in (own_pool.pool_rows, own_pool.each_woman_once):
        with pytest.raises(
            ValueError, match=r'take rows of ev.select\("outcomes", ...\): .* no evidence_row, role'
        ):
            use(ev, ev.outcomes[ev.outcomes["study_id"] == "yan2020"].iloc[:1])
    with pytest.raises(ValueError, match=r"outcomes row \d+ is given twice: keep it once"):
        own_pool.each_woman_once(ev, pd.concat([rows, rows]))


def test_rows_of_several_outcomes_are_chosen_outcome_by_outcome(ev: evidence.Evidence) -> None:
    rows = ev.select("outcomes", outcome=["live-birth", "pregnancy"], study_id="ishizuka2021")
    kept, left_out = own_pool.each_woman_once(ev, rows)
    assert len(kept) + len(left_out) == len(rows)
    assert not kept.duplicated(["outcome", "arm_id"]).any()
    for outcome, part in rows.groupby("outcome"):
        alone, _ = own_pool.each_woman_once(ev, part)
        assert set(alone["evidence_row"]) == set(kept.loc[kept["outcome"] == outcome, "evidence_row"])


def test_who_may_share_women_is_not_pooled_by_hand_either(ev: evidence.Evidence) -> None:
    rows = chosen(ev, "menses-resumed", "singh2014/cells", "singh2020/cells")
    assert len(rows) == 2
    with pytest.raises(ValueError, match=r"leave out rows of singh20\d\d: may share women with Singh 20\d\d"):
        own_pool.pool_rows(ev, rows)


def test_own_controls_and_women_of_another_study_may_be_the_same_in_a_pool_by_hand(
    shipped_draft: Draft,
) -> None:
    for study, other in (("zhu2023", "morales2021"), ("morales2021", "zhu2023")):
        shipped_draft.change("studies", shipped_draft.row("studies", study_id=study), overlaps_with=other)
    ev = shipped_draft.load()
    rows = chosen(ev, "live-birth", "zhu2023/control", "morales2021/adhesiolysis")
    assert set(rows["role"]) == {"treatment", "background"}
    with pytest.raises(ValueError, match="leave out rows of zhu2023: may share women with Morales 2021"):
        own_pool.pool_rows(ev, rows)


@pytest.mark.parametrize(
    ("outcome", "arms", "said"),
    [
        (
            "pregnancy",
            ["hou2025/cells", "hou2025/control"],
            r"arms are of several kinds, other treatment \(hou2025\) and",
        ),
        ("pregnancy", ["yan2020/cells", "letur2004/untreated"], "arms are of several kinds"),
        (
            "pregnancy",
            ["yan2020/cells", "cao2018/cells"],
            r"women are of several kinds, IUA \(cao2018\) and POI \(yan2020\)",
        ),
        (
            "adverse-event",
            ["igboeli2020/cells"],
            "leave out rows of igboeli2020: a case report, told because of what happened",
        ),
        (
            "pregnancy",
            ["yan2020/cells", "nct02644447/all"],
            "leave out rows of nct02644447: no proportion: published because it had happened",
        ),
        (
            "live-birth",
            ["herraiz2018/cells"],
            "leave out rows of herraiz2018: no proportion: total above the 17 women enrolled",
        ),
    ],
)
def test_like_is_pooled_with_like_by_hand_too(
    ev: evidence.Evidence, outcome: str, arms: list[str], said: str
) -> None:
    rows = chosen(ev, outcome, *arms)
    assert set(rows["study_id"] + "/" + rows["arm_id"]) == set(arms)
    with pytest.raises(ValueError, match=said):
        own_pool.pool_rows(ev, rows)


def test_no_woman_counts_twice_in_a_pool_by_hand(ev: evidence.Evidence) -> None:
    rows = ev.select("outcomes", outcome="live-birth", study_id="ishizuka2021")
    with pytest.raises(
        ValueError, match="leave out rows of ishizuka2021: these women are in the sum of the arms"
    ):
        own_pool.pool_rows(ev, rows)
    twice = rows[rows["arm_id"] == "ovarian-stimulation"]
    assert len(twice) > 1
    with pytest.raises(ValueError, match="leave out rows of ishizuka2021: "):
        own_pool.pool_rows(ev, twice)
    several = ev.select("outcomes", outcome=["live-birth", "pregnancy"])
    with pytest.raises(ValueError, match="they count live-birth and pregnancy: pool one outcome"):
        own_pool.pool_rows(ev, several)
    with pytest.raises(ValueError, match=r"leave out rows of .*: no count with its total was printed"):
        own_pool.pool_rows(ev, several)


def test_animals_and_women_are_not_pooled_by_hand(ev: evidence.Evidence) -> None:
    rows = ev.select("pooled")
    with pytest.raises(ValueError, match=r"animals and women are never pooled together: .*human .*umer2024"):
        own_pool.pool_rows(ev, rows)
    with pytest.raises(ValueError, match="pooled already, and may rest on the same studies"):
        own_pool.pool_rows(ev, rows[rows["species"] == "human"])


def test_a_retracted_paper_is_not_pooled_by_hand(shipped_draft: Draft) -> None:
    shipped_draft.change(
        "sources", shipped_draft.row("sources", source_id="singh2014"), retracted="2020-01-01"
    )
    rows = chosen(shipped_draft.load(), "menses-resumed", "singh2014/cells")
    with pytest.raises(ValueError, match="leave out rows of singh2014: the paper is retracted"):
        own_pool.pool_rows(shipped_draft.load(), rows)


def test_what_is_no_rate_is_listed_with_its_reason_and_in_no_pool(shipped_draft: Draft) -> None:
    def found(**asked: Any) -> pool_rows.PooledOutcomes:
        ovary: dict[str, Any] = {"outcome": ["pregnancy", "live-birth"], "condition": ["POI", "POR"], **asked}
        return pool_rows.pooled_outcomes(shipped_draft.load(), **ovary)

    happened, first = "no proportion: published because it had happened", found()
    assert reasons(first, "nct02644447") == {happened}
    assert reasons(first, "ivi-ascot-poi-2020") == {happened}
    listed = tables.pool_left_out_table(first).rows
    row = listed[listed["study and arm"] == "Herraiz 2018"].set_index("head")
    assert row.loc["Ovary: no proportion: total above the 17 women enrolled", "events/total"] == "3/20; 3/20"
    # Neither the sources let in nor leaving studies out brings them back.
    for asked in (
        {"access": ["secondary", "body-excerpt"]},
        {"group_by": "cell_source"},
        {"method": "binomial-normal"},
    ):
        other = found(**asked)
        assert not {"nct02644447", "ivi-ascot-poi-2020"} & set(other.rows["study_id"])
        assert "live-birth" not in set(other.rows.loc[other.rows["study_id"] == "herraiz2018", "outcome"])
        assert not pool_rows.left_one_out(other)["without"].str.contains("NCT02644447|IVI ASCOT").any()
    before = counts_of(first, "pregnancy", "POI")
    shipped_draft.change(
        "outcomes",
        shipped_draft.row("outcomes", study_id="nct02644447", outcome="pregnancy"),
        reporting="",
    )
    assert counts_of(found(), "pregnancy", "POI") != before
    for outcome in ("pregnancy", "live-birth"):
        shipped_draft.change(
            "outcomes", shipped_draft.row("outcomes", study_id="yan2020", outcome=outcome), total="62"
        )
    assert reasons(found(), "yan2020") == {"no proportion: total above the 61 women enrolled"}


def test_no_pool_table_holds_ovary_and_uterus_in_one_block(
    ev: evidence.Evidence,
    shipped: pool_rows.PooledOutcomes,
    shipped_left_out: pd.DataFrame,
    shipped_forests: dict[str, Figure],
) -> None:
    tissue = ev.studies.set_index("label")["tissue"].map({"ovary": "Ovary", "endometrium": "Uterus"})
    for made in (tables.pooled_count_table(shipped), tables.pool_left_out_table(shipped)):
        for row in records(made.rows.rename(columns={"study and arm": "who"})):
            label = next(name for name in tissue.index if str(row.who).startswith(name))
            assert str(row.head).startswith(f"{tissue[label]}: ")
    for made in (
        tables.pool_table(shipped),
        tables.left_one_out_table(shipped_left_out, level=0.95),
    ):
        assert made.rows["head"].str.match(r"(Ovary: .*, POI|Uterus: .*, (IUA|thin endometrium))$").all()
    for name, picture in shipped_forests.items():
        organ = {"ovary": "Ovary", "endometrium": "Uterus"}[name.partition("/")[0]]
        assert texts(picture)[0].startswith(f"{organ}, ")
        others = set(tissue.index[tissue != organ])
        assert not others & set(texts(picture))


def test_births_above_pregnancies_are_shown_again_on_the_same_studies(
    shipped: pool_rows.PooledOutcomes, shipped_ladder: pd.DataFrame
) -> None:
    rows = shipped_ladder
    by_row: dict[Any, Any] = rows.to_dict("index")
    every, same = by_row["IUA", EVERY], by_row["IUA", SAME]
    pools = shipped.estimates
    for step in ("pregnancy", "live-birth"):
        pool = pools[(pools["outcome"] == step) & (pools["section"] == "IUA") & pools["lead"]].iloc[0]
        assert every[f"{step} estimate"] == pytest.approx(pool["estimate"])
        assert every[f"{step} studies"] == pool["k"]
    assert every["live-birth estimate"] > every["pregnancy estimate"]
    assert every["remark"] == ABOVE
    assert (same["pregnancy events"], same["live-birth events"], same["live-birth women"]) == (10, 8, 26)
    assert (same["live-birth low"], same["live-birth high"]) == pytest.approx(
        stats.proportion_interval(8, 26)
    )
    assert "8/26: 30.8 % (CI 14.3 to 51.8)" in same["live-birth text"]
    assert str(rows.at[("IUA", "Zhu 2023"), "ongoing-pregnancy text"]).startswith("45/72")
    assert rows.loc[("IUA", "Zhu 2023"), "pregnancy text"] == "not counted"
    below = rows[rows.index.get_level_values("who") != EVERY]
    assert (below["live-birth estimate"] <= below["pregnancy estimate"].fillna(1)).all()
    assert "mixed" not in " ".join(rows.index.get_level_values("section"))
    said = pool_text.ladder_sentences(rows.reset_index())
    assert "IUA, uterus: live birth 45.1 %, pregnancy 37.5 %; different studies counted them." in said
    assert "In the 1 study that counted both, 10 of 26 women were pregnant and 8 of 26 gave birth." in said
    made = tables.ladder_table(rows.reset_index(), level=0.95).rows
    assert set(made.loc[made["remark"] == ABOVE, "head"]) == {"Ovary: POI", "Uterus: IUA"}


def test_studies_that_counted_both_are_pooled_by_both_methods_and_one_study_never(
    ev: evidence.Evidence, shipped_ladder: pd.DataFrame
) -> None:
    rows = shipped_ladder
    pooled = str(rows.at[("thin endometrium", SAME), "live-birth text"])
    assert BAYES in pooled
    assert T in pooled
    single = rows[rows["live-birth studies"] == 1]
    assert len(single)
    assert not single["live-birth text"].str.contains(f"{BAYES}|{T}").any()
    alone = ladder.ladder_rows(ev, condition=["POR"])
    assert alone.empty
    assert pool_text.ladder_sentences(alone) == "In no condition were both pregnancy and live birth counted."
    assert "Nothing was reported" in tables.ladder_table(alone, level=0.95).html


def test_the_remark_on_births_goes_with_the_counts_that_cause_it(shipped_draft: Draft) -> None:
    for study in ("zhu2023", "ajtr2024svf", "dai2015-news"):
        row = shipped_draft.row("outcomes", study_id=study, arm_id="cells", outcome="live-birth")
        shipped_draft.change("outcomes", row, events="0", percent_reported="")
    ev = shipped_draft.load()
    rows = ladder.ladder_rows(ev, condition=["IUA"]).set_index(["section", "who"])
    assert rows.loc[("IUA", EVERY), "remark"] == ""
    asked: dict[str, Any] = {"outcome": ["pregnancy", "live-birth"], "condition": ["IUA", "POI"]}
    said = pool_text.pools_conclusion(pool_rows.pooled_outcomes(ev, **asked), doubts={})
    assert "In IUA the pooled rate of live births" not in said
    assert "In POI the pooled rate of live births (7.9 %) is above that of pregnancies (6.1 %)" in said


def test_who_the_women_were_is_named_where_they_are_pooled(
    shipped: pool_rows.PooledOutcomes, shipped_forests: dict[str, Figure]
) -> None:
    words = "thin endometrium, POF, infertility and menopause together, 18 to 56 years"
    assert f"Anagani 2021 ({words})" in set(tables.pooled_count_table(shipped).rows["study and arm"])
    picture = shipped_forests["ovary/pregnancy"]
    assert f"Women: Anagani 2021, {words}." in picture.texts[-1].get_text()


def test_mixed_women_and_unknown_cells_are_shown_and_not_pooled(
    shipped: pool_rows.PooledOutcomes, pools_by: Pools
) -> None:
    births = shipped.rows[shipped.rows["outcome"] == "live-birth"]
    mixed = births[births["condition"] == "mixed"]
    assert mixed["study_id"].nunique() > 1
    assert set(mixed["alone"]) == {"women of more than one condition: not pooled"}
    assert mixed["share"].isna().all()
    assert not shipped.estimates["condition"].eq("mixed").any()
    found = pools_by(group_by="cell_source")
    unknown = found.rows[found.rows["cell_source"].isna() & (found.rows["outcome"] == "pregnancy")]
    assert set(unknown["alone"]) == {"source of the cells not stated: not pooled"}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"method": "fixed"}, "method: 'fixed' given; choose from bayes, binomial-normal"),
        ({"group_by": "route"}, "group_by: 'route' given; choose from cell_source, condition"),
        ({"condition": ["PCOS"]}, "condition: 'PCOS' given; choose from .*POI"),
        ({"access": ["rumour"]}, "access: 'rumour' given; choose from .*abstract"),
        ({"tissue": []}, "tissue: none given"),
        ({"outcome": ["joy"]}, "outcome: 'joy' given; choose from .*live-birth"),
    ],
)
def test_what_is_not_known_is_refused(ev: evidence.Evidence, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pool_rows.pooled_outcomes(ev, **{"outcome": OUTCOMES, **asked})


def test_leaving_one_out_pools_the_others(
    shipped: pool_rows.PooledOutcomes, shipped_left_out: pd.DataFrame
) -> None:
    left = shipped_left_out
    events, totals = counts_of(shipped, "pregnancy", "IUA")
    own = left[(left["outcome"] == "pregnancy") & (left["section"] == "IUA")]
    assert len(own) == len(events)
    for place, row in enumerate(own.itertuples()):
        others = (
            [x for at, x in enumerate(events) if at != place],
            [n for at, n in enumerate(totals) if at != place],
        )
        alone = stats.pool_proportions(*others, method="bayes")
        assert (row.low, row.estimate, row.high) == pytest.approx((alone.low, alone.estimate, alone.high))
    small = shipped.estimates[shipped.estimates["k"] == 2]
    assert len(small)
    keys = set(zip(left["outcome"], left["section"], strict=True))
    assert not keys & set(zip(small["outcome"], small["section"], strict=True))


counts = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 80)), min_size=2, max_size=8).map(
    lambda pairs: ([min(x, n) for x, n in pairs], [n for _, n in pairs])
)


@given(counts, st.floats(-20, 20), st.floats(0, 5) | st.floats(5, 1000))
def test_shares_of_the_information_are_shares(
    data: tuple[list[int], list[int]], logit: float, tau: float
) -> None:
    events, totals = data
    shares = stats.information_shares(events, totals, logit=logit, tau=tau)
    assert shares.sum() == pytest.approx(1)
    assert (shares > 0).all()
    for same in (
        stats.information_shares(events, totals, logit=logit, tau=0.0),
        stats.information_shares(events, totals, logit=-np.inf, tau=0.0),
    ):
        assert same == pytest.approx(np.array(totals) / sum(totals))


def test_a_share_is_the_curvature_of_the_likelihood() -> None:
    events, totals, logit, tau, step = [3, 5], [10, 12], -0.7, 0.6, 1e-3
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)

    def height(x: int, n: int, mu: float) -> float:
        p = 1 / (1 + np.exp(-(mu + tau * nodes)))
        return float(np.log((weights * p**x * (1 - p) ** (n - x)).sum()))

    bend = [
        2 * height(x, n, logit) - height(x, n, logit - step) - height(x, n, logit + step)
        for x, n in zip(events, totals, strict=True)
    ]
    expected = np.array(bend) / sum(bend)
    assert stats.information_shares(events, totals, logit=logit, tau=tau) == pytest.approx(expected, rel=1e-4)


def information(x: int, n: int, mu: float, tau: float) -> float:
    """Sum the curvature by mu over a dense grid of logits, laid closer twice around where the weight is."""
    low, high = -abs(mu) - 50 * (tau + 1), abs(mu) + 50 * (tau + 1)
    for _ in range(3):
        at = np.linspace(low, high, 50_001)
        height = x * at - n * np.logaddexp(0, at) - ((at - mu) / tau) ** 2 / 2
        seen = at[height > height.max() - 45]
        low, high = seen[0] - (at[1] - at[0]), seen[-1] + (at[1] - at[0])
    weight = np.exp(height - height.max())
    weight /= weight.sum()
    expected = n / (1 + np.exp(-at))
    return float(weight @ (expected / (1 + np.exp(at))) - weight @ (expected - weight @ expected) ** 2)


@pytest.mark.parametrize("tau", [0.3, 1, 3, 3.1, 10, 30, 100, 1000])
@pytest.mark.parametrize("far", [-1, -0.3, 0, 0.1, 0.9])
def test_shares_hold_however_much_the_studies_differ(tau: float, far: float) -> None:
    events, totals, logit = [1, 2, 0, 499, 60, 0], [4, 50, 6, 500, 60, 500], far * (20 + 2 * tau)
    shares = stats.information_shares(events, totals, logit=logit, tau=tau)
    with np.errstate(over="ignore"):
        shares_by_hand = np.array(
            [information(x, n, logit, tau) for x, n in zip(events, totals, strict=True)]
        )
    assert shares == pytest.approx(shares_by_hand / shares_by_hand.sum(), abs=1e-4 if tau <= 100 else 1e-3)
    assert (shares > 0).all()


def test_the_more_heterogeneity_the_more_alike_are_studies_of_any_size() -> None:
    shares = [
        stats.information_shares([1, 2, 9], [4, 50, 600], logit=-2, tau=tau) for tau in (0, 1, 10, 30, 1000)
    ]
    assert (np.diff(np.ptp(shares, axis=1)) < 0).all()
    assert shares[-1] == pytest.approx(np.full(3, 1 / 3), abs=1e-4)


def test_shares_of_nonsense_are_refused() -> None:
    with pytest.raises(ValueError, match="tau must be 0 or more and finite, not -1"):
        stats.information_shares([1, 2], [3, 4], logit=0.0, tau=-1)
    with pytest.raises(ValueError, match="one data set of shape"):
        stats.information_shares([[1, 2]], [[3, 4]], logit=0.0, tau=1.0)
    with pytest.raises(ValueError, match="logit must be a number, or infinite"):
        stats.information_shares([1, 2], [3, 4], logit=float("nan"), tau=1.0)
    for logit, tau in ((0.0, 1001.0), (1e9, 1.0), (-25.0, 2.0)):
        with pytest.raises(ValueError, match=r"no estimate lies so far out .* within 20 . 2 tau of 0"):
            stats.information_shares([1, 2], [3, 4], logit=logit, tau=tau)


def diamonds(picture: Figure) -> list[list[float]]:
    patches = [artist for artist in drawn_data(picture)["axes"][0]["artists"] if artist["kind"] == "patch"]
    return [[min(x for x, _ in patch["data"]), max(x for x, _ in patch["data"])] for patch in patches]


@pytest.mark.parametrize("group_by", ["condition", "cell_source"])
def test_the_figures_hold_every_study_and_a_diamond_per_estimate(
    pools_by: Pools, shipped_forests: dict[str, Figure], group_by: str
) -> None:
    found, drawn = pools_by(group_by=group_by), shipped_forests
    naive = group_by == "cell_source"
    if naive:
        drawn = figures.pooled_forests(found.rows, found.estimates, subtitle="What is shown.", naive=True)
    for outcome, rows in found.rows.groupby("outcome"):
        pictures = [figure for name, figure in drawn.items() if name.split("/")[1] == str(outcome)]
        words = [text for picture in pictures for text in texts(picture)]
        for row in rows.itertuples():
            assert row.count_text in words
            assert row.interval_text in words
        pools = found.estimates[found.estimates["outcome"] == outcome]
        expected = sorted(zip(pools["low"], pools["high"], strict=True))
        shown = sorted(tuple(ends) for picture in pictures for ends in diamonds(picture))
        assert shown == [pytest.approx(ends) for ends in expected]
        assert any("Naive comparison" in text for text in words) == naive
    for picture in drawn.values():
        assert_nothing_clipped(picture)
        assert picture.get_figheight() <= 12


def test_a_single_study_has_no_diamond_and_says_why(ev: evidence.Evidence) -> None:
    found = pool_rows.pooled_outcomes(ev, outcome=["follicle-growth"])
    (picture,) = figures.pooled_forests(found.rows, found.estimates, subtitle="s").values()
    assert diamonds(picture) == []
    assert "one study: nothing to pool it with" in texts(picture)


def test_the_mark_of_a_study_grows_with_its_share(
    shipped: pool_rows.PooledOutcomes, shipped_forests: dict[str, Figure]
) -> None:
    picture = shipped_forests["ovary/pregnancy"]
    rows = shipped.rows[(shipped.rows["outcome"] == "pregnancy") & (shipped.rows["section"] == "POI")]
    place = dict(zip(rows["proportion"], rows["share"], strict=True))
    marks = [line for line in picture.axes[0].lines if len(np.asarray(line.get_xdata())) == 1]
    sizes = {
        place[share]: line.get_markersize()
        for line in marks
        if (share := float(np.asarray(line.get_xdata())[0])) in place
    }
    ordered = [sizes[share] for share in sorted(sizes)]
    assert len(ordered) == len(rows)
    assert ordered == sorted(ordered)
    assert ordered[0] < ordered[-1]


def test_few_studies_have_limits_of_tau_and_no_word_for_heterogeneity(
    shipped_draft: Draft, shipped_pregnancies: pool_rows.PooledOutcomes
) -> None:
    few = shipped_pregnancies.estimates.set_index("estimate_name")
    assert not few["heterogeneity_text"].str.contains("heterogeneity").any()
    fit = stats.pool_proportions(*counts_of(shipped_pregnancies, "pregnancy", "POI"), method="bayes")
    low, high = np.sqrt([fit.tau2_low, fit.tau2_high])
    assert f"({low:.2f} to {high:.2f}, logits)" in str(few.at[BAYES, "heterogeneity_text"])
    add_studies(shipped_draft, shipped_pregnancies, stats.FEW_STUDIES + 1)
    (more,) = pregnancies(shipped_draft).estimates["heterogeneity_text"]
    assert more.endswith("heterogeneity")


def test_inconsistency_does_not_follow_the_prior(
    ev: evidence.Evidence, pools_by: Pools, shipped_grades: list[Grade]
) -> None:
    judgements = [
        [(one.rate or one.effect).reasons[1] for one in grades]
        for grades in (shipped_grades, pool_grades.pool_grades(ev, pools_by(method="binomial-normal")))
    ]
    assert judgements[0] == judgements[1]


def test_of_cohorts_that_may_share_women_the_one_with_more_in_all_its_arms_is_kept(
    shipped_draft: Draft,
) -> None:
    add_study(shipped_draft, "one2026", 3, 50)
    add_study(shipped_draft, "two2026", 3, 40)
    add_arm(shipped_draft, "two2026", "high", 2, 20)
    shipped_draft.change("studies", shipped_draft.row("studies", study_id="two2026"), n_enrolled="60")
    for study, other in (("one2026", "two2026"), ("two2026", "one2026")):
        shipped_draft.change("studies", shipped_draft.row("studies", study_id=study), overlaps_with=other)
    found = pregnancies(shipped_draft)
    assert "two2026" in set(found.rows["study_id"])
    assert reasons(found, "one2026") == {"may share women with Two2026, which is larger"}


def test_an_added_study_enters_pool_figure_table_and_sentence(
    shipped_draft: Draft, shipped_pregnancies: pool_rows.PooledOutcomes
) -> None:
    add_study(shipped_draft, "new2026", 30, 40)
    after = pregnancies(shipped_draft)
    assert after.estimates["estimate"].iloc[-1] > shipped_pregnancies.estimates["estimate"].iloc[-1]
    (picture,) = figures.pooled_forests(after.rows, after.estimates, subtitle="s").values()
    assert "New2026" in texts(picture)
    assert "New2026" in set(tables.pooled_count_table(after).rows["study and arm"])
    assert f"in {after.estimates['k'].max()} studies" in pool_text.pools_conclusion(after, doubts={})


@pytest.mark.parametrize("method", ["bayes", "binomial-normal"])
@pytest.mark.parametrize("group_by", ["condition", "cell_source"])
def test_the_conclusion_is_short_follows_the_pools_and_claims_no_effect(
    pools_by: Pools, method: str, group_by: str
) -> None:
    found = pools_by(method=method, group_by=group_by)
    said = pool_text.pools_conclusion(found, doubts={})
    assert said.startswith("No pooled rate has a control group, so none can show whether the cells work.")
    assert len(said.split()) < 400
    kind = "CrI" if method == "bayes" else "CI"
    pooled = found.rows[found.rows["alone"] == ""]
    for pool in records(found.estimates[found.estimates["lead"]]):
        rows = pooled[(pooled["outcome"] == pool.outcome) & (pooled["section"] == pool.section)]
        own, every = (rows["origin"] == ORIGINS[0]).sum(), len(rows)
        number = f"All {every}" if own == every else f"{own or 'None'} of the {every}"
        assert (
            f"{pool.section}: {pool.events} of {pool.women} women in {pool.k} studies, pooled {numbers.percent(pool.estimate)} % "
            f"(95 % {kind} {numbers.percent(pool.low)} to {numbers.percent(pool.high)} %). {number} counts"
            in said
        )
    assert not re.search(r"\bown \d+/\d+|is no effect|no difference", said)
    assert not re.search(r"\b(because of|due to|thanks to|improve[sd]? by)\b", said)
    ovary, _, uterus = said.partition("**Uterus**")
    assert not re.search(r"\b(IUA|thin endometrium)\b.*pooled", ovary)
    assert not re.search(r"\bPOI\b.*pooled", uterus)


def test_no_own_count_is_said_in_words(shipped: pool_rows.PooledOutcomes) -> None:
    said = pool_text.pools_conclusion(shipped, doubts={})
    assert "Pregnancy, POI: 7 of 121 women in 3 studies" in said
    assert "None of the 3 counts comes from the study's own paper." in said
    assert "doubted" not in said.lower()
    assert "can show whether the cells work" in pool_text.pools_subtitle(shipped)


def test_a_pool_names_counts_of_the_article_alone_and_counts_that_a_check_doubts(
    ev: evidence.Evidence, shipped: pool_rows.PooledOutcomes
) -> None:
    """Yan 2020: four births within six months of follow-up, reported by the article under review alone."""
    doubts = finding_rows.doubted_counts(ev)
    said = pool_text.pools_conclusion(shipped, doubts=doubts)
    (births,) = [line for line in said.splitlines() if line.startswith("- Live birth, POI")]
    assert "Only the article under review reports 4 of these 5." in births
    assert "Yan 2020, live birth 4/61 (births-within-follow-up: 4 live births within 6 months" in births
    assert births.endswith("; likely).")
    (pregnant,) = [line for line in said.splitlines() if line.startswith("- Pregnancy, POI")]
    assert "article under review" not in pregnant
    assert "Doubted" not in pregnant


def test_women_enrolled_and_not_counted_are_named(
    ev: evidence.Evidence, shipped: pool_rows.PooledOutcomes
) -> None:
    counts = ev.select("outcomes", study_id=[*shipped.rows["study_id"]])
    assert "Zhu 2023 140 of 152 (per protocol)" in trials_text.fewer_sentence(counts)
    assert trials_text.fewer_sentence(counts.assign(n_enrolled=counts["total"])) == ""


def test_nothing_to_pool_is_said_in_figure_tables_and_sentence(ev: evidence.Evidence) -> None:
    choices: list[dict[str, Any]] = [
        {"outcome": ["pregnancy"], "condition": ["IUA"], "tissue": ["ovary"]},
        {"outcome": ["pregnancy", "live-birth"], "access": ["full-text"]},
    ]
    for asked in choices:
        found = pool_rows.pooled_outcomes(ev, **asked)
        assert found.estimates.empty
        assert "nothing is pooled" in pool_text.pools_conclusion(found, doubts={})
        assert pool_rows.left_one_out(found).empty
        assert "Nothing was reported" in tables.pool_table(found).html
        drawn = figures.pooled_forests(found.rows, found.estimates, subtitle="s")
        assert all(diamonds(picture) == [] for picture in drawn.values())
        assert ("none" in drawn) == found.rows.empty
        alone = found.rows.groupby(["outcome", "section"]).ngroups
        assert len(pool_grades.pool_grades(ev, found)) == alone
    assert alone
    assert found.left_out["why"].str.contains("less deeply").any()


def test_asymmetry_is_not_tested_and_that_is_said(
    shipped_draft: Draft, shipped_pregnancies: pool_rows.PooledOutcomes
) -> None:
    assert "at least 10 studies, and the largest pool has 3" in pool_text.asymmetry_words(shipped_pregnancies)
    add_studies(shipped_draft, shipped_pregnancies, 10)
    said = pool_text.asymmetry_words(pregnancies(shipped_draft))
    assert "The largest pool has 10 studies. Still no test" in said


def test_every_pool_and_every_lone_study_is_graded(
    shipped: pool_rows.PooledOutcomes, shipped_grades: list[Grade]
) -> None:
    grades = [one for one in shipped_grades if not one.trial]
    leads = shipped.estimates[shipped.estimates["lead"]].set_index(["outcome", "section"])
    studies = shipped.rows.groupby(["outcome", "section"])["study_id"].nunique()
    expected = {*leads.index, *studies[studies == 1].index}
    assert {(one.outcome, one.condition) for one in grades} == expected
    pools = {(pool.outcome, pool.section): pool for pool in records(leads.reset_index())}
    for one in grades:
        pool = pools.get((one.outcome, one.condition))
        if pool is not None:
            assert (one.studies, one.women, one.estimate) == (pool.k, pool.women, pool.estimate)
        assert one.rate is not None
        assert (one.rate.start, one.effect.start) == ("high", "very low")
    names = {f"{'/'.join(key)}/{what}" for key in expected for what in ("rate", "effect")}
    assert set(pool_grades.certainty_values(grades)) == names


def test_a_registered_trial_that_is_due_and_did_not_report_counts_in_the_grade(shipped_draft: Draft) -> None:
    def silent() -> list[int]:
        ev = shipped_draft.load()
        found = pool_rows.pooled_outcomes(ev, outcome=["pregnancy"], condition=["POI"])
        (one,) = pool_grades.pool_grades(ev, found)
        assert one.rate is not None
        (said,) = [reason.reason for reason in one.rate.reasons if reason.domain == "reporting bias"]
        return [int(number) for number in re.findall(r"\d+", said.replace("2026-11-24", ""))[:3]]

    unreported, known, undated = silent()
    add_study(shipped_draft, "new2026", 3, 40)
    shipped_draft.change("studies", shipped_draft.row("studies", study_id="new2026"), registry_id="NCT00000001",
        design="registered-only", n_enrolled="",
    )  # fmt: skip
    row = shipped_draft.row("outcomes", study_id="new2026")
    shipped_draft.change("outcomes", row, study_id="yan2020", outcome="ovulation")
    row = shipped_draft.row("statements", study_id="nct02644447", item="status")
    shipped_draft.change("statements", row, study_id="new2026", value="completed")
    assert silent() == [unreported, known, undated + 1]
    row = shipped_draft.row("statements", study_id="cao2018", item="completion")
    shipped_draft.change("statements", row, study_id="new2026")
    assert silent() == [unreported + 1, known + 1, undated]


def test_no_study_is_named_in_code(ev: evidence.Evidence) -> None:
    names = [*ev.studies["study_id"], *ev.studies["label"]]
    named = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    for path in sorted((ROOT / "src" / "helpers" / "questions" / "pooled_outcomes").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        assert named.findall(source) == []


def test_every_recorded_estimate_has_a_name_of_its_own(shipped: pool_rows.PooledOutcomes) -> None:
    assert shipped.estimates["name"].is_unique
    values = [estimates.pool_values(row) for _, row in shipped.estimates.iterrows()]
    assert pd.DataFrame(values)[["k", "women", "events", "estimate", "low", "high"]].notna().all(axis=None)


def test_the_answer_is_one_sentence_then_each_organ_by_itself(
    ev: evidence.Evidence, shipped: pool_rows.PooledOutcomes, shipped_grades: list[Grade]
) -> None:
    trials = trials_together.randomised_trials(ev).rows
    grades = shipped_grades
    harm = harms.harm_mentions(ev, ev.select("studies", study_id=[*shipped.rows["study_id"]]))
    beside: dict[str, Any] = {"scaffolds": scaffolds.scaffolds_with_cells_only(ev), "harm": harm}
    said = answer_text.answer(shipped, trials, grades, **beside)
    first, ovary, uterus, limits = said.split("\n\n")
    assert first == (
        "Ovary: unknown whether cells bring a child (no usable randomised count); uterus: cells on a collagen scaffold may "
        "increase live birth (Zhu 2023, +18.7 points, 95 % CI +1.2 to +35.1)."
    )
    pooled = shipped.estimates[shipped.estimates["lead"]].set_index(["section", "outcome"])
    leads: dict[Any, Any] = pooled.to_dict("index")
    for paragraph, section in ((ovary, "POI"), (uterus, "IUA")):
        birth, pregnancy = (leads[(section, outcome)] for outcome in ("live-birth", "pregnancy"))
        assert (
            f"about {100 * birth['estimate']:.0f} in 100 women with {section} were reported with a live birth ({birth['k']} studies, "
            f"{birth['women']} women; 95 % CrI {100 * birth['low']:.0f} to {100 * birth['high']:.0f}), about "
            f"{100 * pregnancy['estimate']:.0f} pregnant ({pregnancy['k']} studies, {pregnancy['women']} women; "
        ) in paragraph
    assert "None of the 5 counts comes from the study's own paper." in ovary
    assert "The evidence is very uncertain about any effect of cells." in ovary
    assert "IUA" not in ovary
    assert "POI" not in uterus
    assert limits.startswith("No pooled rate has a control group")
    assert "cannot be separated. Zhu 2023 reports placenta accreta more often with cells, no count." in uterus
    plainer = answer_text.answer(shipped, trials, grades, scaffolds={}, harm=harm.iloc[:0])
    assert "uterus: cells may increase live birth (Zhu 2023" in plainer
    assert not re.search("scaffold|accreta", plainer)
    # Without a trial, and with another selection, the answer is another.
    none = answer_text.answer(shipped, trials.iloc[:0], [one for one in grades if not one.trial], **beside)
    assert none.startswith(
        "Ovary: unknown whether cells bring a child (no usable randomised count); uterus: unknown"
    )
    menses = pool_rows.pooled_outcomes(ev, outcome=["menses-resumed"], condition=["POI"])
    alone = answer_text.answer(menses, trials.iloc[:0], [], **beside)
    assert "were reported with menses resumed (2 studies, 19 women; 95 % CrI 9 to 68)." in alone
    assert "uterus" not in alone
    nothing = dataclasses.replace(shipped, rows=shipped.rows.iloc[:0])
    assert (
        answer_text.answer(nothing, trials, [], **beside)
        == "No count of women treated with cells is in the selection."
    )
