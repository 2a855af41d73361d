"""Women by source of the cells, pooled effects of animals, secretion in the laboratory, and the article's ratio."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from drafts import Draft
from helpers import evidence, stats
from helpers.counts import outcomes
from helpers.evidence.vocabulary import CELL_SOURCE, SECRETION_MEASURE
from helpers.questions.cell_sources import (
    figures,
    published_effects,
    ratio_claim,
    secretion_figures,
    tables,
)
from helpers.questions.cell_sources import (
    rows as source_rows,
)
from helpers.questions.cell_sources import (
    secretion as source_secretion,
)
from helpers.questions.cell_sources import secretion_figures as secretion_figure
from helpers.questions.cell_sources import (
    text as source_text,
)
from helpers.questions.cell_sources.ratio_claim import AGAINST, FACTOR, FOR, FUNCTION, rounds_to
from helpers.questions.cell_sources.secretion import TISSUE_OF_CELLS
from helpers.show import estimate_forest, style
from shipped import WORDS
from test_figures import assert_nothing_clipped, texts


def compared(ev: evidence.Evidence, *, group: str = "cell_source", **filters: object) -> pd.DataFrame:
    counts = ev.select("outcomes", arm_kind="cells", **filters)
    rows = outcomes.outcome_rows(ev, counts, interval="clopper-pearson", level=0.95)
    return source_rows.comparison_rows(ev, rows, group=group)


def pictures(rows: pd.DataFrame, group: str = "cell_source") -> dict[str, Figure]:
    return figures.comparisons(rows, group=group, group_name="source of the cells", subtitle="s")


def add_count(shipped_draft: Draft, **cells: str) -> evidence.Evidence:
    """Add a count of Yan 2020, told by its own paper."""
    own = {
        "study_id": "yan2020", "arm_id": "cells", "subgroup": "", "outcome": "live-birth", "timepoint_months": "", "events": "5",
        "total": "61", "total_unit": "women", "total_basis": "reported", "percent_reported": "", "source_id": "yan2020",
        "locator": "table 9", "extraction": "reported", "note": "",
    }  # fmt: skip
    shipped_draft.add("outcomes", **{**own, **cells})
    return shipped_draft.load()


def why(rows: pd.DataFrame, study: str) -> dict[str, str]:
    own = rows[rows["study_id"] == study]
    return dict(zip(own["count_text"], own["chosen"], strict=True))


# Women


@pytest.mark.parametrize("group", ["cell_source", "donor", "route"])
def test_every_count_is_drawn_or_told_why_not(ev: evidence.Evidence, group: str) -> None:
    rows = compared(ev, group=group)
    assert sorted(rows.index) == list(ev.select("outcomes", arm_kind="cells").index)
    assert (rows["drawn"] == (rows["chosen"] == "yes")).all()
    assert rows.loc[rows["drawn"], ["low", "high"]].notna().all(axis=None)
    counted = rows[rows["low"].notna()]
    assert set(counted["study_id"] + counted["outcome"]) == set(
        rows.loc[rows["drawn"], "study_id"] + rows.loc[rows["drawn"], "outcome"]
    )


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({}, "no: another source is nearer to the study"),
        ({"timepoint_months": "6"}, "no: another source is nearer to the study"),
        ({"source_id": "hjt-article", "total_unit": "cycles"}, "yes"),
        ({"source_id": "hjt-article", "timepoint_months": "12"}, "yes"),
        ({"source_id": "hjt-article", "extraction": "model"}, "yes"),
    ],
)
def test_one_count_stands_for_a_study(shipped_draft: Draft, cells: dict[str, str], reason: str) -> None:
    rows = compared(add_count(shipped_draft, **cells), outcome="live-birth")
    assert why(rows, "yan2020")["4/61"] == reason


def test_of_several_times_the_last_stands_and_a_count_without_a_time_is_the_last(
    shipped_draft: Draft,
) -> None:
    add_count(shipped_draft, timepoint_months="6", events="2")
    rows = compared(add_count(shipped_draft, timepoint_months="24", events="3"), outcome="live-birth")
    assert why(rows, "yan2020")["2/61"] == "no: an earlier time"
    assert why(rows, "yan2020")["3/61"] == "yes"
    rows = compared(add_count(shipped_draft, events="7"), outcome="live-birth")
    assert why(rows, "yan2020")["3/61"] == "no: an earlier time"
    assert why(rows, "yan2020")["7/61"] == "yes"


def test_the_sum_of_arms_stands_before_its_parts_and_the_arm_before_its_subgroups(
    ev: evidence.Evidence,
) -> None:
    menses = why(compared(ev, outcome="menses-resumed"), "mashayekhi2021")
    assert menses["4/9"] == "yes"
    assert menses["2/3"] == "no: part of a sum of arms"
    births = why(compared(ev, outcome="live-birth"), "zhang2021")
    assert births["3/16"] == "yes"
    assert births["2/15"] == births["1/2"] == "no: part of an arm"


def test_a_retracted_document_is_not_drawn(shipped_draft: Draft) -> None:
    shipped_draft.change("sources", shipped_draft.row("sources", source_id="hou2025"), retracted="2026-01-01")
    assert (
        why(compared(shipped_draft.load(), outcome="pregnancy"), "hou2025")["5/11"]
        == "no: retracted document"
    )


def test_overlapping_cohorts_are_marked_where_both_are_shown(ev: evidence.Evidence) -> None:
    rows = compared(ev, outcome="menses-resumed")
    marked = rows[rows["overlaps"] != ""].set_index("study_id")["overlaps"].to_dict()
    assert marked == {"singh2014": "Singh 2020", "singh2020": "Singh 2014"}
    labels = texts(pictures(rows)["menses-resumed/endometrium"])
    assert any(text.startswith("Singh 2014 *") for text in labels)
    assert any("* May include the same women" in text for text in labels)
    alone = compared(ev, outcome="menses-resumed", study_id="singh2014")
    assert (alone["overlaps"] == "").all()


def test_a_count_that_is_no_proportion_is_in_the_table_with_its_reason(ev: evidence.Evidence) -> None:
    rows = compared(ev, outcome="live-birth")
    assert not (rows["drawn"] & rows["no_rate"].ne("")).any()
    assert why(rows, "herraiz2018")["3/20"] == "no: total above the 17 women enrolled"
    assert why(rows, "nct02644447")["1/23"] == "no: published because it had happened"
    shown = texts(pictures(rows)["live-birth/ovary"])
    assert any("Counts that are no proportion, in the table only" in text for text in shown)
    assert "3/20" not in shown


def test_the_women_are_named_where_the_condition_says_less(ev: evidence.Evidence) -> None:
    rows = compared(ev, outcome="pregnancy")
    women = str(ev.studies.set_index("study_id").loc["anagani2021", "population"])
    shown = [re.sub(r"\s+", " ", text) for text in texts(pictures(rows)["pregnancy/ovary"])]
    assert f"Anagani 2021 (mixed: {women})" in shown
    table = tables.comparison_table(rows, title="t").rows
    assert f"mixed: {women}" in set(table["women"])


def test_a_group_that_does_not_exist_is_refused(ev: evidence.Evidence) -> None:
    with pytest.raises(ValueError, match="not grouped by 'age'; choose one of: cell_source, donor, route"):
        compared(ev, group="age")


@pytest.mark.parametrize("group", ["cell_source", "donor", "route"])
def test_every_outcome_has_a_picture_that_fits(ev: evidence.Evidence, group: str) -> None:
    rows = compared(ev, group=group)
    drawn = pictures(rows, group)
    assert set(drawn) == set(rows["outcome"] + "/" + rows["tissue"])
    for figure in drawn.values():
        assert_nothing_clipped(figure)


def test_a_picture_draws_each_count_once_with_its_warning(ev: evidence.Evidence) -> None:
    rows = compared(ev, outcome="pregnancy", tissue="ovary")
    (figure,) = list(pictures(rows).values())
    across = [np.asarray(line.get_xdata(), float) for line in figure.axes[0].lines]
    drawn = sorted((float(x[0]), float(x[1])) for x in across if len(x) == 2)
    kept = rows[rows["drawn"]]
    assert drawn == sorted(zip(kept["low"], kept["high"], strict=True))
    assert stats.proportion_interval(4, 61) in drawn
    assert any(text.startswith("Naive comparison between studies") for text in texts(figure))
    assert any(text.startswith("UC-MSC: umbilical-cord") for text in texts(figure))


def test_a_picture_without_counts_says_so(ev: evidence.Evidence) -> None:
    (name, figure), *more = pictures(compared(ev, outcome="fracture")).items()
    assert (name, more) == ("none", [])
    assert any("no count with a total" in text for text in texts(figure))
    assert not any("Naive" in text for text in texts(figure))


def test_one_group_is_no_comparison(ev: evidence.Evidence) -> None:
    rows = compared(ev, outcome="pregnancy", study_id="yan2020")
    assert any(text.startswith("One group only") for text in texts(pictures(rows)["pregnancy/ovary"]))
    sentences = source_text.comparison_conclusion(rows, group="cell_source", group_name="source")
    assert "There are no two groups to compare." in sentences
    assert "can be attributed" not in sentences


def test_a_comparison_names_what_else_differs(ev: evidence.Evidence) -> None:
    rows = compared(ev, outcome="pregnancy", study_id=["yan2020", "herraiz2018"])
    sentences = source_text.comparison_conclusion(rows, group="cell_source", group_name="source of the cells")
    assert (
        "**Pregnancy, ovary:** 2 counts (1 of POI, 6.6 %; 1 of POR, 29.4 %) in 2 groups by source of the cells."
        in sentences
    )
    assert "The studies differ also in disease, route and donor." in sentences
    assert "neither a difference nor an overlap can be attributed to the source of the cells" in sentences
    assert "which neither shows nor excludes a difference" in sentences
    nothing = source_text.comparison_conclusion(rows.iloc[:0], group="donor", group_name="donor")
    assert "nothing can be compared" in nothing


@pytest.mark.parametrize(
    ("lows", "highs", "word"),
    [([0.1, 0.2], [0.5, 0.6], "All CIs"), ([0.1, 0.7], [0.2, 0.8], "Some CIs")],
)
def test_overlap_is_told_not_tested(
    ev: evidence.Evidence, lows: list[float], highs: list[float], word: str
) -> None:
    rows = compared(ev, outcome="pregnancy", study_id=["yan2020", "herraiz2018"])
    rows = rows[rows["drawn"]].assign(low=lows, high=highs)
    assert word in source_text.comparison_conclusion(rows, group="cell_source", group_name="source")
    # Within a group nothing is compared.
    same = source_text.comparison_conclusion(
        rows.assign(group="UC-MSC"), group="cell_source", group_name="source"
    )
    assert "overlap" not in same


def test_a_count_of_one_woman_is_left_out_of_the_range(ev: evidence.Evidence) -> None:
    rows = compared(ev, outcome="pregnancy", study_id=["yan2020", "edessy2016"])
    one = rows["study_id"] == "edessy2016"
    rows = rows.assign(total=rows["total"].mask(one, 1), proportion=rows["proportion"].mask(one, 1.0))
    sentences = source_text.comparison_conclusion(rows, group="cell_source", group_name="source")
    assert "(2 of POI, 6.6 %, 1 of one woman excluded from the range)" in sentences
    assert "100.0 %" not in sentences


# Animals and women, pooled by others


def test_animals_and_women_are_apart_and_every_effect_has_its_axis(ev: evidence.Evidence) -> None:
    animals, women = published_effects.animal_effects(ev), published_effects.women_effects(ev)
    assert set(animals["level"]) == {"animal"}
    assert set(women["level"]) == set(women["species"]) | {"human"} == {"human"}
    for rows in (animals, women):
        assert rows["name"].is_unique
        drawn = rows[rows["drawn"]]
        assert drawn[["estimate", "low", "high"]].notna().all(axis=None)
        assert (drawn.groupby("effect")[["effect_name", "outcome", "given"]].nunique() == 1).all(axis=None)
    assert set(animals["given"]) == {"cells", "cell-free vesicles"}


def test_what_is_not_drawn_says_why(ev: evidence.Evidence) -> None:
    rows = published_effects.animal_effects(ev, ["E2"])
    cord = rows[(rows["source_id"] == "meta-fendo2023") & (rows["subgroup"] == "UC-MSC")].set_index("model")
    assert cord.loc["random", "chosen"] == "yes"
    assert cord.loc["fixed", "chosen"] == "no: random effects are drawn"
    assert rows.loc[rows["effect_name"] == "SUCRA", "chosen"].str.startswith("no: surface").all()
    assert cord.loc["random", "size"] == "k 13, I² 88 %"
    single = rows[rows["k"] == 1]
    assert single["label"].str.contains("one study").all()
    assert published_effects.effect_values(rows[rows["effect_name"] == "SUCRA"].iloc[0])["low"] is None


@pytest.mark.parametrize("outcome", ["E2", "FSH", "AMH", "AFC", "pregnancy", "live-birth", "all"])
def test_every_outcome_of_animals_has_a_figure(ev: evidence.Evidence, outcome: str) -> None:
    rows = published_effects.animal_effects(ev, [outcome])
    for part in published_effects.by_outcome(rows[rows["drawn"]]).values():
        figure = estimate_forest.estimate_forest(part, title="t", subtitle="s")
        assert_nothing_clipped(figure)
        assert sum(len(axes.lines) > 0 for axes in figure.axes) == part["effect"].nunique()
        written = " ".join(words for words in texts(figure) if " to " in words and words.endswith(")"))
        assert written.count("−") == int((part[["estimate", "low", "high"]].round(2) < 0).sum().sum())


def test_the_table_of_effects_shows_all_rows(ev: evidence.Evidence) -> None:
    rows = published_effects.animal_effects(ev)
    assert len(tables.pooled_effect_table(rows, title="t").rows) == len(rows) > 40


# The laboratory


def test_every_source_of_cells_has_one_tissue() -> None:
    listed = [source for sources in TISSUE_OF_CELLS.values() for source in sources]
    assert sorted(listed) == sorted(CELL_SOURCE)


def test_every_word_of_secretion_can_be_drawn() -> None:
    assert set(WORDS["secretion-direction"]) <= set(secretion_figure.MARKERS)
    assert set(SECRETION_MEASURE) == set(secretion_figure.SHORT_NAMES)


def test_a_pair_reads_the_same_from_both_ends(ev: evidence.Evidence) -> None:
    rows = source_secretion.secretion_rows(ev, ["angiogenic-genes"])
    (pair,) = rows[(rows["source_id"] == "heterog2016") & (rows["pair"] == "cord against marrow")].to_dict(
        "records"
    )
    assert (pair["cell_source"], pair["compared_with"], pair["direction"]) == ("BM-MSC", "UC-MSC", "higher")
    assert (pair["first"], pair["second"], pair["state"]) == ("cord", "marrow", "lower")


def test_the_article_is_no_finding(ev: evidence.Evidence) -> None:
    rows = source_secretion.secretion_rows(ev)
    assert len(rows) == len(ev.secretion) - 1
    assert "hjt-article" not in set(rows["source_id"])
    assert rows["name"].is_unique


def test_a_document_is_one_voice_on_a_thing(ev: evidence.Evidence) -> None:
    rows = source_secretion.secretion_rows(ev)
    voices = source_secretion.secretion_voices(rows)
    keys = ["pair", "mediator", "measure", "source_id"]
    assert not voices.duplicated(keys).any()
    assert len(voices) == len(rows.drop_duplicates(keys))
    # Amable 2014 told cord and marrow against fat each: two pairs, two voices.
    fat = voices[(voices["source_id"] == "amable2014") & (voices["mediator"] == "angiogenic-profile")]
    assert sorted(fat["pair"]) == ["cord against fat", "marrow against fat"]


def test_findings_of_one_document_that_differ_are_mixed(shipped_draft: Draft) -> None:
    row = {
        "source_id": "heterog2016", "mediator": "VEGF", "compared_with": "BM-MSC", "measure": "protein-secretion", "value": "",
        "unit": "", "ratio": "", "note": "", "spread": "",
    }  # fmt: skip
    shipped_draft.add("secretion", **row, cell_source="UC-MSC", direction="higher", assay="a")
    shipped_draft.add("secretion", **row, cell_source="WJ-MSC", direction="lower", assay="b")
    voices = source_secretion.secretion_voices(
        source_secretion.secretion_rows(shipped_draft.load(), ["VEGF"])
    )
    own = voices[(voices["source_id"] == "heterog2016") & (voices["pair"] == "cord against marrow")]
    assert own["state"].tolist() == ["mixed"]


def test_secretion_figures_mark_every_voice_and_draw_no_size(ev: evidence.Evidence) -> None:
    voices = source_secretion.secretion_voices(source_secretion.secretion_rows(ev))
    drawn = secretion_figures.secretion_figures(voices)
    assert next(iter(drawn)) == "cord against marrow"
    marked: dict[str, int] = {}
    for name, figure in drawn.items():
        (axes,) = figure.axes
        part = name.partition("/")[0]
        marked[part] = marked.get(part, 0) + sum(
            len(np.asarray(line.get_xdata())) == 1 for line in axes.lines
        )
        assert ("(part " in texts(figure)[0]) == ("/" in name)
        assert figure.get_figheight() <= style.TALLEST
        assert list(axes.get_xticks()) == []
        assert_nothing_clipped(figure)
    assert marked == {part: int((voices["part"] == part).sum()) for part in marked}
    labels = " ".join(texts(drawn["one source"]))
    assert "237.4 (spread 47.1) ng/1e6 cells" in labels
    ((_, nothing),) = secretion_figures.secretion_figures(voices.iloc[:0]).items()
    assert "nothing was reported in\nthe text available to us" in texts(nothing)


# The article's ratio


def test_the_ratio_is_traced(ev: evidence.Evidence) -> None:
    trace = ratio_claim.ratio_trace(ev)
    assert set(trace.missing) == {"reference", "factor", "assay", "unit", "number of donors"}
    assert "hjt-article" not in set(trace.rows["source_id"])
    genes = trace.rows[trace.rows["mediator"] == "angiogenic-genes"].set_index("source_id")["found"]
    assert genes.to_dict() == {"hsieh2013": "more from cord", "heterog2016": "more from marrow"}
    assert trace.documents(FACTOR, FOR) == trace.documents(FACTOR, AGAINST) == 1
    assert trace.documents(FUNCTION, FOR, by_paper=True) < trace.documents(FUNCTION, FOR)
    assert not trace.ratios()["ratio_printed"].any()
    assert len(tables.ratio_table(trace).rows) == len(trace.rows)


def test_no_reported_difference_speaks_on_neither_side(shipped_draft: Draft) -> None:
    shipped_draft.add("secretion", mediator="VEGF", cell_source="UC-MSC", compared_with="BM-MSC", direction="equal", ratio="",
        measure="protein-secretion", assay="ELISA", note="", source_id="amable2014",
    )  # fmt: skip
    ev = shipped_draft.load()
    trace = ratio_claim.ratio_trace(ev)
    assert trace.documents(FACTOR, FOR) == trace.documents(FACTOR, AGAINST) == 1
    said = source_text.ratio_conclusion(trace, verdict="open")
    assert "1 for and 1 against, 1 with no difference reported" in said


def test_a_new_finding_moves_the_trace(shipped_draft: Draft) -> None:
    before = ratio_claim.ratio_values(ratio_claim.ratio_trace(shipped_draft.load()))
    finding = {
        "mediator": "VEGF", "cell_source": "BM-MSC", "compared_with": "UC-MSC", "direction": "lower", "ratio": "0.43",
        "measure": "protein-secretion", "assay": "ELISA", "note": "", "source_id": "hsieh2013",
    }  # fmt: skip
    shipped_draft.add("secretion", **finding)
    trace = ratio_claim.ratio_trace(shipped_draft.load())
    after: dict[str, Any] = ratio_claim.ratio_values(trace)
    assert after != before
    assert trace.documents(FACTOR, FOR) == 1, "the same document once more"
    assert (after["printed ratios"], after["ratios that round to the claimed one"]) == (1, 1)
    assert after["ratios"]["hsieh2013/VEGF"] == pytest.approx(1 / 0.43)
    sentences = source_text.ratio_conclusion(trace, verdict="v")
    assert "1 printed as such" in sentences
    assert "1 rounds to 2.3" in sentences


def test_the_ratio_is_told_as_a_claim(ev: evidence.Evidence) -> None:
    sentences = source_text.ratio_conclusion(ratio_claim.ratio_trace(ev), verdict="not verifiable")
    assert (
        "2.3-fold for umbilical cord over bone marrow (c024) without reference, factor, assay, unit or number of donors"
        in sentences
    )
    assert "angiogenic factors, 1 for and 1 against" in sentences
    assert "none of 4 ratios found rounds to it" in sentences
    assert sentences.endswith("Verdict: not verifiable.")


@pytest.mark.parametrize(("value", "fits"), [(2.25, True), (2.2499, False), (2.3499, True), (2.35, False)])
def test_a_ratio_fits_if_it_rounds_to_the_claimed_one(value: float, fits: bool) -> None:
    assert rounds_to(value, "2.3") is fits
    assert not rounds_to(float("nan"), "2.3")


@given(st.floats(0.01, 100), st.integers(0, 3))
def test_what_is_printed_rounded_fits_its_own_value(value: float, decimals: int) -> None:
    claimed = f"{value:.{decimals}f}"
    far = float(claimed) + 1.01 * 10**-decimals
    assert rounds_to(float(claimed), claimed)
    assert not rounds_to(far, claimed)


def test_a_claimed_ratio_must_be_a_number() -> None:
    with pytest.raises(ValueError, match=r"must be a number, for example 2\.3; it is 'twice'"):
        rounds_to(2.0, "twice")


def test_the_conclusion_is_short_enough_for_the_first_page(ev: evidence.Evidence) -> None:
    animals, secretion = (
        published_effects.animal_effects(ev, ["E2", "FSH", "AMH"]),
        source_secretion.secretion_rows(ev),
    )
    women = published_effects.women_effects(ev)
    assert women.loc[women["too_narrow"], "section"].str.endswith("too narrow for so few women").all()
    trace = ratio_claim.ratio_trace(ev)
    for outcome in ("pregnancy", "live-birth", "menses-resumed"):
        rows = compared(ev, outcome=outcome)
        sentences = source_text.cell_sources_conclusion(
            rows, women, animals, secretion, trace, group_name="source of the cells"
        )
        assert len(sentences.split()) <= 150
        assert "1 has a CI too narrow for so few women" in sentences
        known = rows[rows["drawn"] & (rows["group"] != "not reported")]
        for tissue, counts in known.groupby("tissue"):
            if counts["group"].nunique() > 1:
                drawn = rows[rows["drawn"] & (rows["tissue"] == tissue)]
                unknown = len(drawn) - len(counts)
                words = f"{len(drawn)} counts of the {tissue}" + (
                    f", including {unknown} of unknown source" if unknown else ""
                )
                assert words in sentences.split("\n\n")[0]
        assert ("no study compared two for" in sentences.split("\n\n")[0]) == known.groupby("study_id")[
            "group"
        ].nunique().lt(2).all()
    rows = compared(ev, outcome="pregnancy")
    one = rows.assign(study_id="one")
    said = source_text.cell_sources_conclusion(
        one, women, animals, secretion, trace, group_name="source of the cells"
    )
    assert "1 study compared two for pregnancy" in said.split("\n\n")[0]
    assert "pregnancy RR 1.55 (1.19 to 2.02)" in source_text.pooled_women(women)


def test_what_was_not_reported_is_said(ev: evidence.Evidence) -> None:
    rows, animals = compared(ev, outcome="fracture"), published_effects.animal_effects(ev, ["live-birth"])
    sentences = source_text.cell_sources_conclusion(
        rows,
        published_effects.women_effects(ev).iloc[:0],
        animals,
        source_secretion.secretion_rows(ev, ["IL-17"]),
        ratio_claim.ratio_trace(ev),
        group_name="donor",
    )
    assert "no estimate by source or donor of the cells with a CI was printed" in sentences
    assert "no two groups with a count to compare" in sentences
    assert "no estimate by source of the cells with a CI was printed" in sentences
    assert "No laboratory document compares sources of cells" in sentences
