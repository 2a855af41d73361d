"""Evidence-gap maps: documents have one voice, the retracted have none, and gaps say so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from drafts import Draft
from helpers import evidence
from helpers.evidence.vocabulary import FACTOR
from helpers.questions.claims import rows as claims_rows
from helpers.questions.mechanisms_and_factors import (
    estimates,
    figures,
    tables,
)
from helpers.questions.mechanisms_and_factors import (
    rows as mechanism_rows,
)
from helpers.questions.mechanisms_and_factors import (
    text as mechanism_text,
)
from helpers.questions.mechanisms_and_factors.rows import NOT_SEEN, RETRACTED, WHOLE, one_voice
from helpers.show import estimate_forest, style
from shipped import WORDS
from test_figures import assert_nothing_clipped, texts

ALL = ["all"]


@pytest.fixture(scope="module")
def mechanisms(ev: evidence.Evidence) -> mechanism_rows.GapMap:
    return mechanism_rows.mechanism_map(ev, mechanism=ALL, level=ALL)


@pytest.fixture(scope="module")
def factors(ev: evidence.Evidence) -> mechanism_rows.GapMap:
    return mechanism_rows.factor_map(ev, factor=ALL, level=ALL)


@pytest.fixture(scope="module")
def shipped_estimates(ev: evidence.Evidence, factors: mechanism_rows.GapMap) -> pd.DataFrame:
    """The estimates of all factors; tests must not change them."""
    return estimates.estimate_rows(ev, factors)


def counts(gaps: mechanism_rows.GapMap, section: str, row: str) -> pd.Series[Any]:
    found = mechanism_rows.gap_counts(gaps)
    return found[found["section"].eq(section) & found["row"].eq(row)].iloc[0]


def drawn(gaps: mechanism_rows.GapMap) -> Figure:
    return figures.gap_map(
        gaps.rows, gaps.voices, gaps.statements, levels=gaps.levels, title="t", subtitle="s"
    )


def in_paracrine(draft: Draft, **cells: str) -> None:
    draft.add("mechanisms", mechanism="paracrine", mediator="VEGF", locator="new", **cells)


def test_every_finding_is_in_a_row_of_its_map(
    ev: evidence.Evidence, mechanisms: mechanism_rows.GapMap, factors: mechanism_rows.GapMap
) -> None:
    assert len(mechanisms.findings) == len(ev.mechanisms)
    assert len(factors.findings) == len(ev.factors)
    assert list(mechanisms.names) == list(WORDS["mechanism"])
    assert set(factors.rows["subject"]) == set(FACTOR)
    for gaps in (mechanisms, factors):
        assert not gaps.rows.duplicated(["section", "row"]).any()
        keys = gaps.rows.set_index(["section", "row"]).index
        assert gaps.voices.set_index(["section", "row"]).index.isin(keys).all()
        assert not gaps.voices.duplicated(["section", "row", "level", "source_id"]).any()


def test_a_document_speaks_once_in_a_cell(shipped_draft: Draft, mechanisms: mechanism_rows.GapMap) -> None:
    before = counts(mechanisms, "paracrine", "VEGF up")
    in_paracrine(
        shipped_draft,
        expected="up",
        source_id="dai2023",
        level="animal",
        found="supports",
        estimate_text="twice",
    )
    after = counts(
        mechanism_rows.mechanism_map(shipped_draft.load(), mechanism=ALL, level=ALL), "paracrine", "VEGF up"
    )
    assert after["animal"] == before["animal"]
    assert after["findings"] == before["findings"] + 1


def test_a_document_that_differs_with_itself_is_mixed(shipped_draft: Draft) -> None:
    in_paracrine(
        shipped_draft,
        expected="up",
        source_id="dai2023",
        level="animal",
        found="contradicts",
        estimate_text="fell",
    )
    gaps = mechanism_rows.mechanism_map(shipped_draft.load(), mechanism=["paracrine"], level=["animal"])
    own = gaps.voices[gaps.voices["source_id"].eq("dai2023") & gaps.voices["row"].eq("VEGF up")]
    assert list(own["state"]) == ["mixed"]


def test_a_finding_on_several_mediators_speaks_on_each(mechanisms: mechanism_rows.GapMap) -> None:
    voices = mechanisms.voices[mechanisms.voices["source_id"] == "hovec2020"]
    assert {"VEGF up", "VEGFR2 up", "Tie2 up", "endoglin up"} <= set(voices["row"])
    assert list(voices.loc[voices["row"] == WHOLE, "findings"]) == [1]


@given(st.lists(st.sampled_from([*WORDS["found"], NOT_SEEN]), min_size=1), st.booleans())
def test_what_a_document_says_is_something_that_it_found_or_mixed(states: list[str], pass_over: bool) -> None:
    said = one_voice(states, pass_over=pass_over)
    assert said in {*states, "mixed"}
    assert (said == NOT_SEEN) == (set(states) == {NOT_SEEN})
    assert said == one_voice(reversed(states), pass_over=pass_over)


def test_a_retracted_document_supports_nothing(shipped_draft: Draft) -> None:
    shipped_draft.change(
        "sources", shipped_draft.row("sources", source_id="chen2023-nlrp3"), retracted="2026-01-31"
    )
    ev = shipped_draft.load()
    gaps = mechanism_rows.mechanism_map(ev, mechanism=["immunomodulation"], level=ALL)
    own = gaps.voices[gaps.voices["source_id"] == "chen2023-nlrp3"]
    assert set(own["state"]) == {RETRACTED}
    row = counts(gaps, "immunomodulation", "IL-10 up")
    assert row["animal"] == {RETRACTED: 1}
    assert "animal" in row["missing"]
    factors = mechanism_rows.factor_map(ev, factor=["dose"], level=ALL)
    assert "from 2 retracted documents and do not count" in mechanism_text.retracted_summary(gaps, factors)
    assert "chen" in tables.retracted_table(ev, gaps).html.casefold()


def test_an_estimate_of_a_retracted_document_is_not_drawn(shipped_draft: Draft) -> None:
    shipped_draft.change(
        "sources", shipped_draft.row("sources", source_id="meta-fendo2023"), retracted="undated"
    )
    ev = shipped_draft.load()
    rows = estimates.estimate_rows(ev, mechanism_rows.factor_map(ev, factor=ALL, level=ALL))
    assert len(rows)
    assert not rows["citation"].str.contains("1165574").any()


def test_the_statement_beside_a_row_is_the_closest(mechanisms: mechanism_rows.GapMap) -> None:
    blocks = mechanisms.rows.set_index(["section", "row"])["block"]
    assert blocks["immunomodulation", "IL-10 up"] == "c019"
    assert blocks["paracrine", "FGF-2 up"] == "c061"
    assert blocks["paracrine", "NGF up"] == ""
    head = mechanisms.statements[mechanisms.statements["block"] == WHOLE]
    assert set(head["section"]) == set(WORDS["mechanism"])
    assert (head.groupby("section")["claim_id"].first() == "c007").all()
    parts = head[head["claim_id"] == "c007"].set_index("section")["part"]
    assert parts["differentiation"].endswith("findings in animals or cells say otherwise")
    assert parts["paracrine"].endswith("some sources agree and some do not")


def test_the_verdict_beside_a_row_is_the_computedone_voice(
    ev: evidence.Evidence, mechanisms: mechanism_rows.GapMap, factors: mechanism_rows.GapMap
) -> None:
    judged = claims_rows.verdicts(ev).set_index("claim_id")["verdict"]
    for gaps in (mechanisms, factors):
        assert (gaps.statements["verdict"] == gaps.statements["claim_id"].map(judged)).all()
    route = factors.statements[factors.statements["block"].str.startswith("route")]
    assert {"c106", "c107", "c108"} == set(route["claim_id"])


def test_a_finding_in_women_fills_the_gap(shipped_draft: Draft, mechanisms: mechanism_rows.GapMap) -> None:
    before = counts(mechanisms, "immunomodulation", "IL-10 up")
    assert "human" in before["missing"]
    shipped_draft.change("mechanisms", shipped_draft.row("mechanisms", mediator="IL-10"), level="human")
    gaps = mechanism_rows.mechanism_map(shipped_draft.load(), mechanism=ALL, level=ALL)
    after = counts(gaps, "immunomodulation", "IL-10 up")
    assert after["human"] == {"supports": 1}
    assert "human" not in after["missing"]


@pytest.mark.parametrize("level", [ALL, ["human"], ["animal", "in-vitro"]])
def test_every_map_fits_its_page_and_shows_each_voice(ev: evidence.Evidence, level: list[str]) -> None:
    for gaps in (
        mechanism_rows.mechanism_map(ev, mechanism=ALL, level=level),
        mechanism_rows.factor_map(ev, factor=ALL, level=level),
    ):
        screens = gaps.screens()
        assert list(dict.fromkeys(name.partition("/")[0] for name in screens)) == list(gaps.names)
        assert len(pd.concat([part.rows for part in screens.values()])) == len(gaps.rows)
        for part in screens.values():
            figure = drawn(part)
            assert_nothing_clipped(figure)
            assert figure.get_figheight() < 8.4
            written = [text.get_text() for text in figure.axes[0].texts]
            cells = len(part.rows) * len(part.levels)
            filled = len(part.voices[["row", "level"]].drop_duplicates())
            assert written.count("no study seen") == cells - filled
            assert sum(written.count(sign) for sign in "+±0−?×") == len(part.voices)


def test_a_long_map_has_a_figure_for_what_the_article_does_not_state(
    mechanisms: mechanism_rows.GapMap,
) -> None:
    screens = mechanisms.screens()
    stated, alone = screens["paracrine"], screens["paracrine/no-statement"]
    assert set(alone.rows["block"]) == {""}
    assert "" not in set(stated.rows["block"])
    assert set(alone.voices["row"]) <= set(alone.rows["row"])
    assert mechanism_text.map_title(alone) == (
        f"{mechanism_text.map_title(stated)} Subjects without a statement of the article"
    )
    assert "differentiation/no-statement" not in screens


def test_estimates_have_a_figure_for_each_marker_and_no_more_than_a_screen(
    shipped_estimates: pd.DataFrame,
) -> None:
    rows = shipped_estimates
    parts = estimates.by_marker(rows)
    assert sorted(name for part in parts.values() for name in part["name"]) == sorted(rows["name"])
    for name, part in parts.items():
        assert part["level"].nunique() == 1
        assert all(name.partition(": ")[2] in effect for effect in part["effect"])
        assert estimate_forest.estimate_forest(part, title="t", subtitle="s").get_figheight() < 9
    assert list(estimates.by_marker(rows.head(0))) == ["none printed"]


def test_a_gap_is_drawn_where_nothing_was_seen(ev: evidence.Evidence) -> None:
    gaps = mechanism_rows.mechanism_map(ev, mechanism=["differentiation"], level=["human"])
    assert gaps.voices.empty
    assert texts(drawn(gaps)).count("no study seen") == len(gaps.rows) > 1
    factors = mechanism_rows.factor_map(ev, factor=["n-treatments"], level=["human"])
    rows = estimates.estimate_rows(ev, factors)
    figure = estimate_forest.estimate_forest(rows, title="t", subtitle="s")
    assert any("no estimate with a CI" in text for text in texts(figure))
    sentences = mechanism_text.gaps_conclusion(gaps, factors)
    assert sentences.startswith("Of the article's 1 mechanism, our sources support none in women")
    assert "levels chosen: differentiation" in mechanism_text.mechanisms_summary(gaps)
    assert "No estimate with a CI was seen" in mechanism_text.estimates_summary(rows, factors.levels)
    for made in (tables.mechanism_table(gaps), tables.factor_table(factors), tables.estimate_table(rows)):
        assert made.rows.empty


@pytest.mark.parametrize(("name", "word"), [("mechanism", "paracrin"), ("level", "women")])
def test_an_unknown_choice_is_refused(ev: evidence.Evidence, name: str, word: str) -> None:
    with pytest.raises(ValueError, match=f"{name}='{word}'"):
        mechanism_rows.mechanism_map(ev, **{"mechanism": ALL, "level": ALL, name: [word]})


def test_states_have_colours_of_their_own() -> None:
    assert set(style.FOUND_COLOURS) == {*WORDS["found"], NOT_SEEN, RETRACTED}
    assert len(set(style.FOUND_COLOURS.values())) == len(style.FOUND_COLOURS)


def test_estimates_are_those_printed(ev: evidence.Evidence, shipped_estimates: pd.DataFrame) -> None:
    rows = shipped_estimates
    assert rows["name"].is_unique
    assert set(rows["level"]) <= set(WORDS["level"])
    for row in rows.to_dict("records"):
        printed = ev.tables[row["table"]].loc[row["place"]]
        assert (row["estimate"], row["low"], row["high"]) == tuple(printed[["estimate", "low", "high"]])
    no_effect = np.where(rows["scale"] == "ratio", 1, 0)
    assert list(rows["excludes_no_effect"]) == [
        not low <= at <= high for at, low, high in zip(no_effect, rows["low"], rows["high"], strict=True)
    ]
    animals = estimates.estimate_rows(ev, mechanism_rows.factor_map(ev, factor=ALL, level=["animal"]))
    assert set(animals["level"]) == {"animal"}


def test_each_effect_and_level_has_axes_of_its_own(shipped_estimates: pd.DataFrame) -> None:
    rows = shipped_estimates
    figure = estimate_forest.estimate_forest(rows, title="t", subtitle="s", notes=("A note.",))
    assert len(figure.axes) == len(rows[["level", "effect"]].drop_duplicates())
    assert_nothing_clipped(figure)
    heads = [text for text in texts(figure) if text.startswith("Seen in ")]
    assert heads[0].startswith("Seen in women")
    for axes in figure.axes:
        ratio = "ratio" in axes.get_xlabel()
        assert axes.get_xscale() == ("log" if ratio else "linear")
        verticals = [line for line in axes.lines if np.asarray(line.get_ydata()).tolist() == [0, 1]]
        assert [float(np.asarray(line.get_xdata())[0]) for line in verticals] == [1.0 if ratio else 0.0]


def frame(**cells: object) -> pd.DataFrame:
    row = {
        "level": "animal",
        "effect": "E2 SMD",
        "scale": "difference",
        "section": "route",
        "label": "x",
        "size": "k = 3",
    }
    numbers = {"estimate": 1.0, "low": 0.5, "high": 1.5, "citation": "A 2020, doi:10.1/x"}
    return pd.DataFrame([{**row, **numbers, **cells}])


def test_women_and_animals_of_one_effect_are_kept_apart() -> None:
    figure = estimate_forest.estimate_forest(
        pd.concat([frame(), frame(level="human")]), title="t", subtitle="s"
    )
    assert len(figure.axes) == 2


def test_a_far_interval_is_cut_and_says_so() -> None:
    rows = pd.concat([frame(), frame(high=2.0), frame(estimate=20.0, high=60.0)], ignore_index=True)
    (axes,) = estimate_forest.estimate_forest(rows, title="t", subtitle="s").axes
    assert axes.get_xlim()[1] < 20
    assert [line.get_marker() for line in axes.lines].count(">") == 1
    assert "20.00 (0.50 to 60.00)" in [text.get_text() for text in axes.texts]
    near = rows.assign(estimate=1.0, high=[1.5, 2.0, 3.0])
    (axes,) = estimate_forest.estimate_forest(near, title="t", subtitle="s").axes
    assert axes.get_xlim()[1] > 3


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"scale": "percent"}, "no scale 'percent'"),
        ({"level": "dog"}, "no level 'dog'"),
        ({"scale": "ratio", "low": -0.5}, "a ratio is above 0"),
    ],
)
def test_a_frame_that_cannot_be_drawn_is_refused(cells: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        estimate_forest.estimate_forest(frame(**cells), title="t", subtitle="s")


def test_the_conclusion_counts_what_the_maps_hold(
    ev: evidence.Evidence,
    mechanisms: mechanism_rows.GapMap,
    factors: mechanism_rows.GapMap,
    shipped_estimates: pd.DataFrame,
) -> None:
    answer = mechanism_text.gaps_conclusion(mechanisms, factors)
    assert answer.startswith(
        f"Of the article's {len(WORDS['mechanism'])} mechanisms, our sources support none in women, 3 in animals and 1 only "
        f"in the laboratory; the table of {len(FACTOR)} factors has none with a finding in women.\n\nOne study of women with poor ovarian response "
        "to stimulation (Herraiz 2018"
    )
    assert (
        "reports an association with FGF-2 and thrombospondin-1 (paracrine); its findings are mixed."
        in answer
    )
    assert "A count of documents is not a measure of strength" in answer
    sentences = mechanism_text.mechanisms_summary(mechanisms)
    assert sentences.startswith("Support in women: none; the findings in women are mixed.")
    assert "in women: paracrine, immunomodulation" in sentences
    assert "association in the apheresis product" in sentences
    assert "Support from cells in the laboratory alone: differentiation." in sentences
    factor_words = mechanism_text.factors_summary(factors)
    assert f"Of {len(FACTOR)} factors, none has a finding in women in the table of factors." in factor_words
    printed = mechanism_text.estimates_summary(shipped_estimates, factors.levels)
    assert "In women, treatment of the ovary: no CI on a factor was printed." in printed
    assert (
        "In women, treatment of the uterine lining: 2 of 2 printed CIs exclude the line of no effect, all from one indirect "
        "comparison of single-arm studies (Chen 2022"
    ) in printed
    assert "finds 1 of them too narrow for so few women" in printed
    assert "no effect:" not in printed.replace("the line of no effect:", "")
    assert "not adjusted for how many there are" in printed
    women = mechanism_text.women_summary(mechanism_rows.women_compared(ev), factors.levels)
    assert (
        "Other tables compare women treated with cells 2 times: mature follicle higher with amenorrhoea under 1 year"
        in women
    )
    assert (
        "treatment result higher with antral follicles before treatment (Yan 2020, the article only)" in women
    )


def test_a_document_that_is_no_longer_mixed_is_support(shipped_draft: Draft) -> None:
    shipped_draft.change(
        "mechanisms",
        shipped_draft.row("mechanisms", source_id="herraiz2018", mediator="thrombospondin-1"),
        found="supports",
    )
    ev = shipped_draft.load()
    mechanisms = mechanism_rows.mechanism_map(ev, mechanism=ALL, level=ALL)
    factors = mechanism_rows.factor_map(ev, factor=ALL, level=ALL)
    sentences = mechanism_text.gaps_conclusion(mechanisms, factors)
    assert sentences.startswith(
        f"Of the article's {len(WORDS['mechanism'])} mechanisms, our sources support 1 in women, 2 in"
    )
    assert mechanism_text.mechanisms_summary(mechanisms).startswith("Support in women: paracrine.")


def test_the_conclusion_follows_a_new_finding(shipped_draft: Draft) -> None:
    shipped_draft.add("factors", factor="age", category="patient", evidence_level="human", found="contradicts", locator="new",
        source_id="herraiz2018", expected="younger patients respond better",
    )  # fmt: skip
    ev = shipped_draft.load()
    factors = mechanism_rows.factor_map(ev, factor=ALL, level=ALL)
    mechanisms = mechanism_rows.mechanism_map(ev, mechanism=ALL, level=ALL)
    sentences = mechanism_text.gaps_conclusion(mechanisms, factors)
    assert f"the table of {len(FACTOR)} factors has 1 factor with a finding in women." in sentences
    assert "1 has a finding in women in the table of factors: age." in mechanism_text.factors_summary(factors)


def test_what_other_tables_say_of_kinds_of_women_is_shown(shipped_draft: Draft) -> None:
    """Yan 2020 by amenorrhoea and follicles; without cells what goes with a return of function, and births by age."""
    rows = mechanism_rows.women_compared(shipped_draft.load())
    assert set(rows["tissue"]) == {"ovary"}
    cells = rows[rows["group"] == "treated with cells"]
    assert set(cells["who"]) == {"amenorrhoea under 1 year", "antral follicles before treatment"}
    others = rows[rows["group"] == "without cells"]
    assert {"bachelot2017", "iofr162", "ishizuka2021"} <= set(others["study_id"])
    young = others[others["who"] == "IVF, idiopathic, age <35"]
    assert list(young["result"]) == ["26/108 (24.1 %)"]
    shown = tables.women_compared_table(rows)
    assert len(shown.rows) == len(rows)
    assert "not a finding on cells" in shown.html
    before = len(rows)
    shipped_draft.change("changes", shipped_draft.row("changes", study_id="yan2020", subgroup="amenorrhoea under 1 year"),
         compared_with="not-stated")  # fmt: skip
    assert len(mechanism_rows.women_compared(shipped_draft.load())) == before - 1


def test_without_women_at_the_levels_chosen_nothing_is_said_of_them(ev: evidence.Evidence) -> None:
    factors = mechanism_rows.factor_map(ev, factor=ALL, level=["animal"])
    mechanisms = mechanism_rows.mechanism_map(ev, mechanism=ALL, level=["animal"])
    assert "findings in women were not chosen" in mechanism_text.gaps_conclusion(mechanisms, factors)
    women = mechanism_text.women_summary(mechanism_rows.women_compared(ev), factors.levels)
    assert "Other tables" not in women
