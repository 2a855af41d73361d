"""The map of the evidence: what was read of which study, what to read next, what never reported, and the flow."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from drafts import Draft
from helpers import evidence
from helpers.evidence.vocabulary import BASELINE_CHARACTERISTIC, HARM_ITEMS
from helpers.questions.evidence import (
    agreement as evidence_agreement,
)
from helpers.questions.evidence import (
    completeness,
    completeness_figures,
    figures,
    flow,
    flow_figures,
    registrations,
    rows,
    tables,
)
from helpers.questions.evidence import (
    text as evidence_text,
)
from helpers.questions.evidence.completeness import (
    CUT,
    ELSEWHERE,
    MEASURED,
    NOT_REPORTED,
    NOT_SEEN,
    READ,
    STATES,
    WORDS,
)
from helpers.questions.evidence.registrations import DUE, LINKED, RUNNING, UNKNOWN
from helpers.questions.evidence.rows import BEFORE, WINDOWS
from helpers.show import standard_tables, style
from shipped import SCHEMA

SELECTIONS = [
    ("all", ["cited", "treatment"], ["all"]),
    ("all", ["all"], ["all"]),
    ("endometrium", ["cited", "treatment"], ["abstract"]),
    ("endometrium", ["background"], ["full-text"]),
    ("ovary", ["background"], ["registry-record"]),
    ("endometrium", ["cited"], ["title"]),
]


def chosen(
    ev: evidence.Evidence, tissue: str = "all", role: tuple[str, ...] = ("cited", "treatment")
) -> pd.DataFrame:
    return ev.select("studies", tissue=tissue, role=list(role))


@pytest.fixture(scope="module")
def studies(ev: evidence.Evidence) -> pd.DataFrame:
    return chosen(ev)


@pytest.fixture(scope="module")
def women(ev: evidence.Evidence, studies: pd.DataFrame) -> pd.DataFrame:
    return rows.women_rows(ev, studies)


@pytest.fixture(scope="module")
def cells(studies: pd.DataFrame, women: pd.DataFrame) -> pd.DataFrame:
    return completeness.completeness(studies, women)


@pytest.fixture(scope="module")
def following(studies: pd.DataFrame, women: pd.DataFrame) -> pd.DataFrame:
    return completeness.extract_next(studies, women)


@pytest.fixture(scope="module")
def maps(cells: pd.DataFrame) -> dict[str, Figure]:
    return completeness_figures.completeness_maps(cells, silent={"ovary": 3, "endometrium": 3}, subtitle="s")


def state(cells: pd.DataFrame, study: str, measured: str, window: str) -> str:
    place = cells[
        (cells["study_id"] == study) & (cells["measured"] == measured) & (cells["window"] == window)
    ]
    return str(place["state"].item())


def test_every_row_about_the_women_is_gathered_once(ev: evidence.Evidence, women: pd.DataFrame) -> None:
    everything = rows.women_rows(ev, ev.select("studies"))
    expected = sum(len(ev.tables[name]) for name in ("baseline", "outcomes", "measurements", "changes"))
    expected += int(ev.statements["item"].isin(HARM_ITEMS).sum())
    assert len(everything) == expected
    assert everything["evidence_row"].is_unique
    assert set(everything["window"]) <= set(WINDOWS)
    assert len(women) < len(everything)


def test_an_unknown_depth_is_refused(ev: evidence.Evidence, studies: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="access: 'deep' given; choose from abstract, all"):
        rows.women_rows(ev, studies, access=["deep"])


def test_the_words_of_the_map_are_those_of_the_tables() -> None:
    known = {
        *SCHEMA.vocabularies["change-measure"],
        *BASELINE_CHARACTERISTIC,
        *SCHEMA.vocabularies["statement-item"],
    }
    words = [word for words in MEASURED.values() for word in words]
    assert set(words) <= known
    assert len(words) == len(set(words))


def test_the_states_of_the_cited_studies(cells: pd.DataFrame) -> None:
    assert state(cells, "yan2020", "FSH", BEFORE) == READ
    assert state(cells, "yan2020", "live birth", "time not printed") == ELSEWHERE
    assert state(cells, "cao2018", "endometrial thickness", "short term") == WORDS
    assert state(cells, "herraiz2018", "FSH", "short term") == NOT_REPORTED
    assert state(cells, "cao2018", "live birth", "short term") == CUT
    assert state(cells, "zhang2021", "live birth", "short term") == NOT_SEEN
    assert list(dict.fromkeys(cells["role"])) == ["cited", "treatment"]


def test_a_measure_of_the_other_tissue_is_not_asked(cells: pd.DataFrame) -> None:
    other = cells[(cells["tissue"] == "endometrium") & (cells["measured"] == "FSH")]
    assert other.empty
    asked = completeness.state_counts(cells).set_index("measured")["studies"]
    assert asked["live birth"] == cells["study_id"].nunique()
    assert asked["FSH"] == cells.loc[cells["tissue"] == "ovary", "study_id"].nunique()


def test_states_add_up(studies: pd.DataFrame, cells: pd.DataFrame) -> None:
    counts = completeness.state_counts(cells)
    assert (counts[STATES].sum(axis=1) == counts["studies"]).all()
    by_study = completeness.states_by_study(cells)
    assert sum(sum(states.values()) for states in by_study.values()) == len(cells)
    silent = completeness.silent_studies(studies, cells)
    assert sum(silent.values()) + len(by_study) == len(studies)
    with_rows = cells.drop_duplicates("study_id")["tissue"].value_counts()
    for tissue, number in studies["tissue"].value_counts().items():
        assert silent.get(str(tissue), 0) + with_rows.get(tissue, 0) == number


def test_the_next_to_read_follow_the_rule(studies: pd.DataFrame, following: pd.DataFrame) -> None:
    cited = (following["role"] == "cited").tolist()
    assert cited == sorted(cited, reverse=True)
    others = following[following["role"] != "cited"]
    birth = others["missing"].str.contains("live birth").tolist()
    assert birth == sorted(birth, reverse=True)
    assert not following["access"].eq("full-text").any()
    registered = studies.loc[studies["design"] == "registered-only", "study_id"]
    assert not following["study_id"].isin(registered).any()


def test_a_study_without_cells_is_not_to_be_read_next(ev: evidence.Evidence) -> None:
    background = chosen(ev, role=("background",))
    assert completeness.extract_next(background, rows.women_rows(ev, background)).empty


def test_a_study_leaves_the_list_when_it_was_read_in_full(
    studies: pd.DataFrame, women: pd.DataFrame, following: pd.DataFrame
) -> None:
    read = studies.assign(access=studies["access"].where(studies["study_id"] != "yan2020", "full-text"))
    before = following["study_id"]
    after = completeness.extract_next(read, women)["study_id"]
    assert set(before) - set(after) == {"yan2020"}


def test_depth_counts_every_row_once(women: pd.DataFrame) -> None:
    depth = rows.depth_counts(women)
    assert depth["numbers"].sum() == women["number"].sum()
    assert depth["numbers"].sum() + depth["words"].sum() == len(women)


def test_a_study_stands_once_among_conditions_cells_and_designs(
    ev: evidence.Evidence, studies: pd.DataFrame
) -> None:
    kinds = rows.study_kinds(ev, studies)
    assert sorted(kinds["study_id"]) == sorted(studies["study_id"])
    assert tables.study_count_table(kinds).rows["studies"].sum() == len(studies)
    source = kinds.set_index("study_id")["cell_source"]
    assert (source["yan2020"], source["nct05138367"]) == ("UC-MSC", "mixed")
    assert (source["banu2025"], source["nct06896747"]) == ("not stated", "no cells")


def test_registered_trials_are_counted_by_what_was_seen(
    ev: evidence.Evidence, studies: pd.DataFrame, women: pd.DataFrame
) -> None:
    trials = registrations.registered_rows(ev, studies, women).set_index("study_id")
    assert trials.loc["nct02204358", "fate"] == LINKED
    assert trials.loc["nct03033277", "fate"] == UNKNOWN
    assert set(trials.loc[["nct07176143", "nct06481969", "nct07115082"], "fate"]) == {RUNNING}
    assert set(trials.loc[["nct03592849", "nct05138367", "nct05495711"], "fate"]) == {DUE}
    assert trials.loc["nct03033277", "planned"] == 320
    counts = registrations.registered_counts(trials.reset_index())
    assert counts["trials"].sum() == len(trials)


@pytest.mark.parametrize(("tissue", "role", "access"), SELECTIONS)
def test_the_flow_loses_nobody_without_a_reason(
    ev: evidence.Evidence, tissue: str, role: list[str], access: list[str]
) -> None:
    selected = ev.select("studies", tissue=tissue, role=role)
    steps = flow.flow(ev, selected, rows.women_rows(ev, selected, access=access))
    for step, following in itertools.pairwise(steps):
        if step.unit == following.unit:
            assert step.count - sum(number for _, number in step.left) == following.count
    assert steps[0].count == len(ev.sources)
    assert [step.count for step in steps if step.words == "studies selected"] == [len(selected)]
    assert "PRISMA does not apply" in str(tables.flow_table(steps).html)


@pytest.mark.parametrize(("tissue", "role", "access"), SELECTIONS)
def test_every_selection_is_drawn_and_told(
    ev: evidence.Evidence, tissue: str, role: list[str], access: list[str]
) -> None:
    selected = ev.select("studies", tissue=tissue, role=role)
    women = rows.women_rows(ev, selected, access=access)
    cells, kinds = completeness.completeness(selected, women), rows.study_kinds(ev, selected)
    depth, steps = rows.depth_counts(women), flow.flow(ev, selected, women)
    agreement = evidence_agreement.agreement_rows(
        evidence_agreement.double_rows(ev, selected, access=access), "study_label"
    )
    registered = registrations.registered_counts(registrations.registered_rows(ev, selected, women))
    maps = completeness_figures.completeness_maps(cells, silent={}, subtitle="s")
    assert list(maps) == (list(cells["tissue"].unique()) or ["none"])
    figures.study_map(kinds, title="t", subtitle="s")
    figures.depth_bars(depth, title="t", subtitle="s")
    flow_figures.flow_chart(steps, title="t", subtitle="s")
    text = evidence_text.evidence_conclusion(
        kinds, cells, completeness.extract_next(selected, women), depth, steps
    )
    assert "PRISMA does not apply" in text
    every = " ".join(
        [text, evidence_text.agreement_conclusion(agreement), evidence_text.registered_conclusion(registered)]
    )
    assert not re.search(r"\b(nan|None|NA)\b", every)
    assert ("the map is empty" in text) == women.empty


def test_no_study_selected_says_so(ev: evidence.Evidence, studies: pd.DataFrame) -> None:
    none = studies.iloc[:0]
    women = rows.women_rows(ev, none)
    cells, kinds = completeness.completeness(none, women), rows.study_kinds(ev, none)
    assert "no study" in figures.study_map(kinds, title="t", subtitle="s").axes[0].texts[0].get_text()
    (empty,) = completeness_figures.completeness_maps(cells, silent={}, subtitle="s").values()
    assert "no selected study" in empty.axes[0].texts[0].get_text()


@pytest.mark.parametrize("tissue", ["ovary", "endometrium"])
def test_the_map_colours_every_place_by_its_state(
    cells: pd.DataFrame, maps: dict[str, Figure], tissue: str
) -> None:
    figure = maps[tissue]
    assert figure.get_figheight() <= style.TALLEST
    assert any(text.get_text().startswith("3 selected studies have no row") for text in figure.texts)
    axes, cells = figure.axes[0], cells[cells["tissue"] == tissue]
    fields: Any = np.ma.asarray(axes.collections[0].get_array())
    drawn = [STATES[int(place)] for place in fields.compressed()]
    assert {name: drawn.count(name) for name in STATES} == {
        name: int((cells["state"] == name).sum()) for name in STATES
    }
    first = cells[cells["study_id"] == cells["study_id"].iloc[0]]
    order = [window for window in WINDOWS if window in set(first["window"])]
    first = first.sort_values(
        ["measured", "window"],
        key=lambda column: column.map(order.index) if column.name == "window" else column,
    )
    row = fields.reshape(cells["study_id"].nunique(), -1)[0].compressed()
    assert [STATES[int(place)] for place in row] == list(first["state"])
    for mark, state in (("◇", ELSEWHERE), ("×", NOT_REPORTED), ("·", NOT_SEEN)):
        assert (
            len([text for text in axes.texts if text.get_text() == mark]) == (cells["state"] == state).sum()
        )


def test_every_study_is_counted_in_its_field_by_design(ev: evidence.Evidence, studies: pd.DataFrame) -> None:
    kinds = rows.study_kinds(ev, studies)
    figure = figures.study_map(kinds, title="t", subtitle="s")
    counts: Any = np.ma.asarray(figure.axes[0].collections[0].get_array())
    assert counts.sum() == len(kinds)
    written = [text.get_text() for text in figure.axes[0].texts if text.get_text()]
    assert sum(int(number) for number in re.findall(r"\d+", " ".join(written))) == len(kinds)
    assert sorted(counts.compressed()) == sorted(sum(map(int, re.findall(r"\d+", one))) for one in written)
    trials = kinds["design"].eq("rct").sum()
    assert sum(int(number) for number in re.findall(r"(\d+)■", " ".join(written))) == trials
    assert f"■ randomised ({trials})" in [text.get_text() for text in figure.legends[0].get_texts()]


def test_the_bars_of_depth_hold_every_number(women: pd.DataFrame) -> None:
    depth = rows.depth_counts(women)
    axes = figures.depth_bars(depth, title="t", subtitle="s").axes[0]
    drawn: Any = axes.containers
    assert [sum(bar.get_width() for bar in bars) for bars in drawn] == [
        depth.loc[depth["origin"] == origin, "numbers"].sum()
        for origin in ("paper or registry", "review or press", "the article only")
    ]
    assert sum(int(text.get_text()) for text in axes.texts) == depth["numbers"].sum()


def add(draft: Draft, table: str, **values: str) -> None:
    """Add a row with these cells alone."""
    rows = draft.rows(table)
    rows.append(dict.fromkeys(rows[0], "") | values)


def test_a_new_study_appears_everywhere(shipped_draft: Draft) -> None:
    before = shipped_draft.load()
    add(
        shipped_draft, "sources", source_id="new2026", kind="journal-article", title_short="a new trial", access="table",
        url="https://example.org/new",
    )  # fmt: skip
    add(
        shipped_draft, "studies", study_id="new2026", label="New 2026", role="treatment", tissue="ovary", condition="POI",
        design="rct", n_enrolled="40", registry_id="NCT00000000", source_id="new2026",
    )  # fmt: skip
    add(
        shipped_draft, "arms", study_id="new2026", arm_id="cells", label="cells", kind="cells", cell_source="UC-MSC", n="20",
        source_id="new2026", locator="Table 1",
    )  # fmt: skip
    add(
        shipped_draft, "outcomes", study_id="new2026", arm_id="cells", outcome="live-birth", timepoint_months="12", events="3",
        total="20", total_unit="women", total_basis="reported", source_id="new2026", locator="Table 2",
        extraction="reported",
    )  # fmt: skip
    ev = shipped_draft.load()
    selected = chosen(ev)
    women = rows.women_rows(ev, selected)
    cells = completeness.completeness(selected, women)
    assert state(cells, "new2026", "live birth", "long term") == READ
    kinds = rows.study_kinds(ev, selected).set_index("study_id")
    kind = [kinds.loc["new2026", column] for column in ("condition", "cell_source", "design")]
    assert kind == ["POI", "UC-MSC", "rct"]
    missing = completeness.extract_next(selected, women).set_index("study_id")["missing"]["new2026"]
    assert "live birth" not in missing
    assert "harm" in missing
    assert "new2026" in set(registrations.registered_rows(ev, selected, women)["study_id"])
    old = chosen(before)
    was = flow.flow(before, old, rows.women_rows(before, old))
    now = flow.flow(ev, selected, women)
    assert [step.count - earlier.count for step, earlier in zip(now, was, strict=True)] == [1] * len(now)


def test_a_registered_trial_names_the_rows_of_its_study_and_of_its_plan(ev: evidence.Evidence) -> None:
    studies = ev.select("studies")
    trials = registrations.registered_rows(ev, studies, rows.women_rows(ev, studies)).dropna(subset="planned")
    assert len(trials)
    for trial in trials.to_dict("records"):
        (study, *stated) = trial["evidence"].split("; ")
        row = ev.studies.loc[int(study.removeprefix("studies row ")) - 2]
        statements = ev.statements.loc[[int(one.removeprefix("statements row ")) - 2 for one in stated]]
        assert row["study_id"] == trial["study_id"]
        assert set(statements["item"]) <= {"n-planned", "status"}
        assert max(map(float, statements.loc[statements["item"] == "n-planned", "value"])) == trial["planned"]
        assert (statements["item"] == "status").any() == bool(trial["status"])


def test_a_trial_is_due_only_where_a_registry_record_says_so(shipped_draft: Draft) -> None:
    def fate(trial: str) -> str:
        ev = shipped_draft.load()
        selected = chosen(ev)
        trials = registrations.registered_rows(ev, selected, rows.women_rows(ev, selected)).set_index(
            "study_id"
        )
        return str(trials.loc[trial, "fate"])

    row = shipped_draft.row("statements", study_id="nct06481969", item="status")
    shipped_draft.change("statements", row, value="completed")
    assert fate("nct06481969") == DUE
    shipped_draft.change("statements", row, source_id="review-fendo2021")
    assert fate("nct06481969") == UNKNOWN


def test_only_due_trials_count_as_unreported(
    ev: evidence.Evidence, studies: pd.DataFrame, women: pd.DataFrame
) -> None:
    registered = registrations.registered_counts(registrations.registered_rows(ev, studies, women))
    counts = registered.set_index("fate")["trials"]
    kinds, depth = rows.study_kinds(ev, studies), rows.depth_counts(women)
    cells, steps = completeness.completeness(studies, women), flow.flow(ev, studies, women)
    text = evidence_text.evidence_conclusion(
        kinds, cells, completeness.extract_next(studies, women), depth, steps
    )
    assert f"{steps[-1].count} count live births" in text.split("\n\n")[0]
    assert f"{cells['study_id'].nunique()} report anything" in text.split("\n\n")[0]
    said = evidence_text.registered_conclusion(registered)
    assert f"{counts[DUE]} are due, because the record says completed; {counts[RUNNING]} are not due" in said
    assert f"the status of {counts[UNKNOWN]} is not known" in said


def test_harm_reported_as_a_change_is_seen(cells: pd.DataFrame) -> None:
    """The abstract of Zhu 2023 reports more placenta accreta with cells, without a count."""
    assert state(cells, "zhu2023", "harm", "time not printed") == WORDS
    assert state(cells, "zafardoust2023", "harm", "time not printed") == WORDS


def test_what_was_not_seen_says_how_far_the_text_was_read(shipped_draft: Draft) -> None:
    def herraiz() -> str:
        ev = shipped_draft.load()
        selected = ev.select("studies", study_id="herraiz2018")
        return state(
            completeness.completeness(selected, rows.women_rows(ev, selected)),
            "herraiz2018",
            "FSH",
            "short term",
        )

    assert herraiz() == NOT_REPORTED
    row = shipped_draft.row("sources", source_id="herraiz2018")
    shipped_draft.change("sources", row, read="cut")
    assert herraiz() == CUT
    shipped_draft.change("sources", row, read="")
    assert herraiz() == NOT_SEEN


def test_the_table_of_documents_says_how_far_each_was_read(ev: evidence.Evidence) -> None:
    some = ev.select("sources", source_id=["cao2018", "hjt-article", "eshre2024", "zhang2021"])
    built = standard_tables.documents_table(some, title="t").rows
    assert built["read how far"].tolist() == ["our copy ends early", "in part", "to its end", "not noted"]
