"""The summary: sentences by rule, in two languages, from one catalogue."""

from __future__ import annotations

import ast
import json
import re
import string
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from helpers import evidence
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import CELL_SOURCE, HARMS
from helpers.questions.background.predictive import predictions
from helpers.questions.evidence import registrations
from helpers.questions.pooled_outcomes.certainty import LEVELS
from helpers.questions.pooled_outcomes.rows import pooled_outcomes
from helpers.questions.safety.rows import safety
from helpers.questions.summary import (
    facts,
    fields,
    figures,
    harm_text,
    messages_text,
    other_ways,
    questions_text,
    rows,
    tables,
    text,
    trial_text,
)
from helpers.questions.summary.catalogue import LANGUAGES, Words, catalogue
from helpers.questions.summary.facts import Facts
from helpers.rendering import glossary, notebooks, plan, summary_page
from helpers.rendering.dependencies import Modules
from helpers.rendering.project import Project
from helpers.rendering.records import Entry
from helpers.show import chinese, page
from helpers.show.numbers import per_hundred

ROOT = Path(__file__).parents[1]
SUMMARY = ROOT / "src" / "helpers" / "questions" / "summary"
EN, ZH = Words("en"), Words("zh")
#: What theme, settings and list of contents write around a page, besides the names of the questions.
AROUND = {
    "Research software, not medical advice. It shows what was reported, not what to do.", "Stem cells in POI: a reanalysis",
    "Stem cells in premature ovarian insufficiency: a reanalysis", "On this page", "Search", "Color mode", "Light", "Dark",
    "System Settings", "Back to top", "Skip to main content", "Questions", "Studies", "Evidence", "For programmers", "Summary",
    "Glossary",
}  # fmt: skip
#: Digits that a message may hold itself: of a hundred women.
CONSTANTS = {"100"}


@pytest.fixture(scope="module")
def found(ev: evidence.Evidence) -> Facts:
    return summed_up(ev)


def summed_up(ev: evidence.Evidence) -> Facts:
    """Compute what the page computes before its answer."""
    steps, serious = rows.counted_steps(ev), safety(ev, event=rows.HARM)
    pools = pooled_outcomes(ev, outcome=steps) if steps else None
    without = predictions(ev, steps)
    return facts.facts(ev, rows.of_a_hundred(ev, pools, without, serious), serious)


def messages() -> list[Any]:
    return [message for message in catalogue() if message.id]


def fields_of(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def changed(found: Facts, name: str, **values: object) -> Facts:
    """Change columns of the row of that name."""
    frame = found.of_hundred.copy()
    for column, value in values.items():
        frame[column] = frame[column].where(frame["name"] != name, value)
    return replace(found, of_hundred=frame)


def constants() -> set[str]:
    """Every text in the modules of the summary and of its page."""
    paths = [*SUMMARY.glob("*.py"), Path(str(summary_page.__file__))]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    return {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def short_names() -> set[str]:
    """Name every question as the list of contents does."""
    names = {path.stem for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")} - {plan.SUMMARY}
    return {name.lstrip("0123456789_").replace("_", " ").capitalize() for name in names}


def prose() -> Iterator[str]:
    for cell in notebooks.read(ROOT / "notebooks" / "00_summary.ipynb").cells:
        if cell.cell_type == "markdown":
            yield from (re.sub(r"^#+ ", "", paragraph) for paragraph in cell.source.split("\n\n"))


def test_every_message_is_in_both_languages_with_the_same_values() -> None:
    for message in messages():
        assert message.string, message.id
        assert not message.fuzzy
        assert fields_of(message.string) == fields_of(message.id), message.id
        if message.id not in {"POI", "{rate}, {kind}", "{studies}, {women}"}:
            assert message.string != message.id


def test_no_number_is_typed_into_a_message() -> None:
    for message in messages():
        for side in (message.id, message.string):
            assert set(re.findall(r"\d+", re.sub(r"\{\w+\}", "", side))) <= CONSTANTS, side


def test_every_message_is_used() -> None:
    known = constants() | set(prose()) | set(HARMS.values()) | set(LEVELS) | AROUND | short_names()
    assert [message.id for message in messages() if message.id not in known] == []


def test_every_message_that_code_or_notebook_uses_is_in_the_catalogue() -> None:
    used = set(prose()) | set(HARMS.values()) | set(LEVELS)
    for path in SUMMARY.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "words":
                used |= set(written(node.args[0]))
    tables_of_words = (
        messages_text._WITHOUT,
        messages_text._REPORTED,
        trial_text.CELLS,
        trial_text._TRIALS,
        text._HAD,
        text._TREATED,
        text.CONDITION_NAMES,
        tables._OUTCOMES,
        tables._CONDITIONS,
        tables._COLUMNS,
        figures._NAMES,
        questions_text._TITLES,
        text._MARKERS,
        text._DESIGNS,
        text.ORIGIN_WORDS,
        text.FATES,
    )
    used |= {word for table in tables_of_words for word in table.values()}
    used |= {question for question, _, _ in questions_text.QUESTIONS}
    assert [word for word in used if word not in catalogue()] == []


def written(node: ast.expr) -> list[str]:
    """Texts that an argument can be."""
    if isinstance(node, ast.Constant):
        return [str(node.value)]
    if isinstance(node, ast.IfExp):
        return [*written(node.body), *written(node.orelse)]
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):
        return [text for value in node.value.values for text in written(value)]
    return []


def test_a_message_without_translation_is_refused() -> None:
    for words in (EN, ZH):
        with pytest.raises(KeyError, match="no message"):
            words("Nobody translated this.")
    with pytest.raises(ValueError, match="language"):
        Words("de")


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_pages_say_all_and_every_placeholder_is_filled(found: Facts, language: str) -> None:
    said = "\n".join(
        [
            messages_text.key_messages(found, language),
            text.reasons(found, language),
            questions_text.answers(found, language),
            text.reading(found, language),
        ]
    )
    assert not re.search(r"[{}]", said)
    assert said.count("<strong>") == said.count("</strong>") == 8 + len(questions_text.QUESTIONS)
    assert not re.search(r"\bnan\b", said)
    assert bool(re.search(r"[一-鿿]", said)) == (language == "zh")


def test_the_messages_are_short_and_begin_with_what_they_say(found: Facts) -> None:
    messages_of = messages_text.key_messages(found, "en").split("\n\n")[0].splitlines()
    assert [message[:11] for message in messages_of] == [f"{number}. <strong>" for number in (1, 2, 3, 4)]
    leads = [re.findall(r"<strong>(.*?)</strong>", message) for message in messages_of]
    assert all(len(lead) == 1 and len(lead[0].split()) <= 20 for lead in leads)
    assert max(len(message.split()) for message in messages_of) <= 65


@pytest.mark.parametrize("language", LANGUAGES)
def test_messages_and_reasons_come_in_the_same_order(found: Facts, language: str) -> None:
    messages = messages_text.key_messages(found, language).split("\n\n")[0].splitlines()
    reasons = text.reasons(found, language).split("\n\n")[1].splitlines()
    leads = [
        [re.findall(r"<strong>(.*?)</strong>", one)[0] for one in listed] for listed in (messages, reasons)
    ]
    assert leads[0][1:] == leads[1][1:]
    assert len(messages) == len(reasons)


def test_messages_follow_what_was_found(found: Facts) -> None:
    row = found.row("POI", "live-birth")
    said = messages_text.works(found, EN)
    rate = f"({per_hundred(row['low'])} to {per_hundred(row['high'])})"
    assert (
        f"{per_hundred(row['estimate'])} in 100 were reported to have had a child {rate}, none in a study's own"
        in said
    )
    own = messages_text.works(changed(found, "POI/live-birth", own=1), EN)
    assert f"{per_hundred(row['estimate'])} in 100 had a child {rate}." in own
    assert f"other treatments: {per_hundred(row['without_estimate'])} (" in said
    assert "Untreated: no usable data." in said
    untreated = messages_text.works(changed(found, "POI/live-birth", without_kind="untreated"), EN)
    assert "women without treatment: " in untreated
    assert "no usable data" not in untreated
    assert "no count of like women" in messages_text.works(
        changed(found, "POI/live-birth", without_studies=0), EN
    )
    trial = {
        "trial_study_label": "New 2027", "trial_events": 9, "trial_total": 30, "trial_control_events": 3, "trial_control_total": 30,
        "trial_difference": 0.2, "trial_difference_low": 0.02, "trial_difference_high": 0.4,
    }  # fmt: skip
    compared = messages_text.works(changed(found, "POI/pregnancy", **trial), EN)
    assert "more women became pregnant" in compared
    assert "New 2027: 9 of 30 women with cells and 3 of 30 without." in compared
    assert "We saw no" not in compared

    lasting = found.lasting
    missing = lasting["criteria"] - lasting["reported"]
    assert f"{lasting['gains']} early gains" in messages_text.lasts(found, EN)
    assert "1 followed beyond 6 months: still there (2 women, second-hand)." in messages_text.lasts(found, EN)
    assert f"fully meet none; {missing} are not reported." in messages_text.lasts(found, EN)
    lost = {**lasting, "only": {**lasting["only"], "fate": "lost", "origin": ORIGINS[0]}}
    assert ": lost again (2 women, reported by the study itself)" in messages_text.lasts(
        replace(found, lasting=lost), EN
    )
    met = replace(found, lasting={**lasting, "met": 2, "gains": 0})
    assert f"fully meet 2; {missing} are not reported." in messages_text.lasts(met, EN)
    assert "No early gain" in messages_text.lasts(met, EN)

    ovary = found.harm["ovary"]
    assert f"Only the article says that none of {ovary['women']} women" in messages_text.safe(found, EN)
    harmed = replace(found, harm={**found.harm, "ovary": {**ovary, "events": 2, "own": 1, "article": 1}})
    assert f"Serious harm: 2 of {ovary['women']} women" in messages_text.safe(harmed, EN)
    uncounted = replace(found, harm={**found.harm, "ovary": {**ovary, "counts": 0}})
    assert "counted in no study" in messages_text.safe(uncounted, EN)

    other = messages_text.elsewhere(found, EN)
    assert "41 of 72 women with cells and 26 of 68 without" in other
    assert "Counted per protocol: 140 of 152 women." in other
    assert (
        "bone-marrow mononuclear cells (few are stem cells) on a scaffold; the controls had neither." in other
    )
    assert "also more mild placenta accreta" in other
    bare = changed(found, "IUA/live-birth", trial_scaffold="", trial_cell_source="UC-MSC", trial_enrolled=140)
    other = messages_text.elsewhere(bare, EN)
    assert "With cells: umbilical-cord mesenchymal stem cells." in other
    assert not re.search("scaffold|few are|Counted", other)
    unknown = messages_text.elsewhere(changed(found, "IUA/live-birth", trial_cell_source="UC"), EN)
    assert "Only the women with cells also had a scaffold." in unknown
    assert messages_text.elsewhere(changed(found, "IUA/live-birth", trial_study_label=""), EN) == ""


def test_both_languages_give_the_same_numbers(found: Facts) -> None:
    english, chinese = (
        sorted(
            re.findall(
                r"\d+",
                messages_text.key_messages(found, language)
                + text.reasons(found, language)
                + questions_text.answers(found, language),
            )
        )
        for language in LANGUAGES
    )
    # A hundred is a word of each language.
    assert [number for number in english if number != "100"] == [
        number for number in chinese if number != "100"
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_letter_of_a_figure_is_a_box(found: Facts, language: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure = figures.icon_arrays(found, language)
        assert page.png(figure)
        drawn = page.svg(figure)
    # Chinese letters are drawn, for a machine may have no font for them.
    assert ("<text" in drawn) == (language == "en")


def test_the_font_has_every_chinese_letter_of_the_book() -> None:
    from fontTools.ttLib import TTFont

    files = [
        SUMMARY / "catalogue.po",
        Path(str(summary_page.__file__)),
        *(Path(str(summary_page.__file__)).parent / "site").rglob("*.yaml"),
        *(Path(str(summary_page.__file__)).parent / "site").rglob("*.html"),
    ]
    letters = {letter for file in files for letter in file.read_text(encoding="utf-8") if letter >= "⺀"}
    assert len(letters) > 300
    for font in chinese.FONTS:
        with TTFont(str(font)) as read:
            assert letters <= {chr(code) for code in read.getBestCmap()}, (
                f"{font.name}: run helpers.show.chinese.subset"
            )


def test_without_a_trial_nobody_knows_and_the_rates_are_given(found: Facts) -> None:
    row = found.row("POI", "live-birth")
    said = text.works(found, EN)
    assert not row["trial_study_label"]
    assert "is not known" in said
    assert f"{row['events']} of {row['women']} women" in said
    assert f"{per_hundred(row['low'])} to {per_hundred(row['high'])}" in said
    assert f"{per_hundred(row['without_low'])} to {per_hundred(row['without_high'])}" in said


@pytest.mark.parametrize(
    ("low", "high", "lead"),
    [(0.02, 0.4, "more women"), (-0.4, -0.02, "fewer women"), (-0.1, 0.3, "detected no difference")],
)
def test_a_trial_that_is_added_answers_by_its_interval(
    found: Facts, low: float, high: float, lead: str
) -> None:
    trial = {
        "trial_study_label": "New 2027", "trial_events": 9, "trial_total": 30, "trial_control_events": 3, "trial_control_total": 30,
        "trial_difference": (low + high) / 2, "trial_difference_low": low, "trial_difference_high": high,
    }  # fmt: skip
    said = text.works(changed(found, "POI/pregnancy", **trial), EN)
    assert lead in said
    assert "9 of 30 women with cells and 3 of 30 without" in said
    assert "No randomised trial" not in said
    assert lead in questions_text.chance(changed(found, "POI/pregnancy", **trial), EN)


def test_rates_of_different_women_show_neither_gain_nor_loss(found: Facts) -> None:
    above = changed(found, "POI/live-birth", estimate=0.6, low=0.5, high=0.7)
    said = questions_text.chance(above, EN)
    assert "50 to 70 in 100 with cells" in said
    assert "cannot show a gain or a loss" in said


def test_without_any_row_the_page_says_so(found: Facts) -> None:
    frame = found.of_hundred.assign(
        how=rows.NONE, studies=0, events=0, women=0, estimate=float("nan"), without_studies=0, without_kind="", trial_study_label="", rate="", effect="",
        own=0, others=0, article_events=0,
    )  # fmt: skip
    nothing = {
        "counts": 0,
        "women": 0,
        "events": 0,
        "bound": float("nan"),
        "own": 0,
        "article": 0,
        "studies": 0,
        "reporting": 0,
        "silent": 0,
        "trials": [],
    }
    empty = replace(
        found, of_hundred=frame, fields=found.fields.assign(studies=0, estimate=float("nan")), harm={"ovary": nothing, "endometrium": nothing},
        lasting={**found.lasting, "gains": 0, "followed": 0, "kept": 0, "back": {}, "only": {}}, child={**found.child, "births": 0},
    )  # fmt: skip
    for language, (none, harm) in {
        "en": ("is counted after cells", "no study of the ovary"),
        "zh": ("尚无文献统计", "没有卵巢研究"),
    }.items():
        said = (
            messages_text.key_messages(empty, language)
            + text.reasons(empty, language)
            + questions_text.answers(empty, language)
        )
        assert none in said
        assert harm in said
        assert not re.search(r"\bnan\b", said)
        assert figures.icon_arrays(empty, language)
        assert len(tables.condition_tables(empty, language)) == len(rows.CONDITIONS)


def test_a_harm_that_is_added_changes_the_message(found: Facts) -> None:
    ovary = {**found.harm["ovary"], "events": 2, "own": 1, "article": 1}
    said = harm_text.safe(replace(found, harm={**found.harm, "ovary": ovary}), EN)
    assert "Harm is poorly known" in harm_text.safe(found, EN)
    assert "Serious harm was reported" in said
    assert f"2 of {ovary['women']} women" in said
    assert "No such count" not in said


@pytest.mark.parametrize(
    ("followed", "kept", "lead"),
    [(1, 1, "has not been shown"), (9, 8, "were still there"), (9, 2, "were lost")],
)
def test_gains_that_were_followed_change_the_message(
    found: Facts, followed: int, kept: int, lead: str
) -> None:
    facts_of = {**found.lasting, "met": 1, "gains": 10, "followed": followed, "kept": kept, "only": {}}
    said = text.lasts(replace(found, lasting=facts_of), EN)
    assert lead in said
    assert "report 8: 1 fully met in a report of their own, 1 in part or according to others only" in said
    assert "report 8: none is fully met" in text.lasts(found, EN)
    assert "17 are not reported." in text.lasts(found, EN)
    assert f"{followed} followed" in said


def test_the_one_gain_that_was_followed_is_described(found: Facts) -> None:
    assert "oestradiol in a case report of 2 women, second-hand; still raised." in text.lasts(found, EN)
    only = {"marker": "AMH", "design": "rct", "origin": ORIGINS[0], "fate": "lost"}
    said = text.lasts(replace(found, lasting={**found.lasting, "only": only}), EN)
    assert "anti-Müllerian hormone in a study of 2 women, reported by the study itself; lost again." in said


def test_births_that_only_the_article_reports_are_named_with_what_the_clock_says(found: Facts) -> None:
    row = found.row("POI", "live-birth")
    assert (row["article_events"], row["early_events"], row["early_months"]) == (4, 4, 6)
    assert "within 6 months, too soon for a term birth" in text.works(found, EN)
    late = text.works(changed(found, "POI/live-birth", early_events=0), EN)
    assert "4 of these 5 births are reported only by the article." in late
    assert "only by the article" not in text.works(changed(found, "POI/live-birth", article_events=0), EN)


def test_sentences_follow_the_rows_of_the_evidence(ev: evidence.Evidence) -> None:
    counts, arms = ev.outcomes, ev.arms
    yan = (counts["study_id"] == "yan2020") & counts["source_id"].eq("hjt-article")
    births, harm = yan & counts["outcome"].eq("live-birth"), yan & counts["outcome"].eq(rows.HARM)
    changed_counts = counts.assign(
        timepoint_months=counts["timepoint_months"].mask(births, 30.0),
        source_id=counts["source_id"].mask(harm, "yan2020"),
    )
    control = arms["study_id"].eq("zhu2023") & arms["kind"].ne("cells")
    changed_arms = arms.assign(scaffold=arms["scaffold"].mask(control, "collagen"))
    found = summed_up(replace(ev, outcomes=changed_counts, arms=changed_arms))
    said = messages_text.key_messages(found, "en") + text.reasons(found, "en")
    assert "4 of these 5 births are reported only by the article." in said
    assert "too soon" not in said
    assert "only the article says that nothing serious" not in said
    assert "serious harm in 0 of 78 women" in said
    assert "scaffold" not in said


def test_evidence_that_counts_no_pregnancy_has_its_rows(ev: evidence.Evidence, found: Facts) -> None:
    silent = summed_up(replace(ev, outcomes=ev.outcomes[~ev.outcomes["outcome"].isin(rows.STEPS)]))
    assert list(silent.of_hundred["name"]) == list(found.of_hundred["name"])
    assert found.of_hundred.loc[found.of_hundred["outcome"].isin(rows.STEPS), "women"].sum() > 0
    assert silent.of_hundred.loc[silent.of_hundred["outcome"].isin(rows.STEPS), "women"].sum() == 0


def test_births_are_not_set_beside_pregnancies_of_untreated_women(found: Facts) -> None:
    assert "How often untreated women had a child: no usable data." in text.works(found, EN)
    assert "became pregnant" not in text.works(found, EN)
    known = text.works(changed(found, "POI/live-birth", without_kind="untreated"), EN)
    assert "women without treatment had a child" in known
    assert "no usable data" not in known


def test_text_figure_and_question_give_one_number_for_women_without_cells(found: Facts) -> None:
    row = found.row("POI", "live-birth")
    field = found.fields.set_index("field").loc["other treatment"]
    number = f"about {per_hundred(row['without_estimate'])} in 100"
    assert field["estimate"] == row["without_estimate"]
    assert number in text.without(row, EN)
    assert number in questions_text.alternatives(found, EN)
    assert "(Ishizuka 2021, a study of 63 women and Tartagni 2007)" in text.without(row, EN)
    assert [name for name, _ in row["without_named"]] == row["without_cohorts"]
    assert sum(women for _, women in row["without_named"]) == row["without_women"]
    one = changed(found, "POI/live-birth", without_studies=1).row("POI", "live-birth")
    assert "in another study" in text.without(one, EN)
    untreated = fields.fields(changed(found, "POI/live-birth", without_kind="untreated").of_hundred)
    assert list(untreated.loc[untreated["studies"] > 0, "field"]) == ["cells", "nothing"]


def test_births_without_treatment_and_with_donor_eggs_are_given_with_their_limits(found: Facts) -> None:
    said = questions_text.alternatives(found, EN)
    assert (
        "In Bidet 2011, 16 of 21 pregnancies of untreated women ended in a live birth; it followed 358 women. "
        "15 of these women became pregnant."
    ) in said
    assert "no percentage of women with a child" in said
    assert "no count of births was collected for this page (Sun 2024: 51 women with donor eggs" in said
    bare = replace(found, ways={"nothing": {}, "donor eggs": {}})
    nothing = questions_text.alternatives(bare, EN)
    assert (
        "No treatment: no count of women with a child was collected. Donor eggs: no count of births"
        in nothing
    )
    untreated = fields.fields(changed(found, "POI/live-birth", without_kind="untreated").of_hundred)
    assert "Bidet" not in questions_text.alternatives(replace(found, fields=untreated), EN)
    assert "未收集到活产计数" in questions_text.alternatives(found, ZH)


def test_births_among_pregnancies_are_those_of_the_rows(ev: evidence.Evidence) -> None:
    assert other_ways.births_untreated(ev)["births"] == 16
    other = ev.outcomes[ev.outcomes["study_id"] != "bidet2011"]
    assert other_ways.births_untreated(replace(ev, outcomes=other))["study_label"].startswith("Bidet 2010")
    counted = ev.outcomes[ev.outcomes["total_unit"] != "pregnancies"]
    assert not other_ways.births_untreated(replace(ev, outcomes=counted))
    waiting = ev.arms[ev.arms["study_id"] != "sun2024"]
    assert not other_ways.donor_eggs(replace(ev, arms=waiting))


def test_harm_that_only_the_article_denies_is_said_to_be_its_word(found: Facts) -> None:
    ovary = found.harm["ovary"]
    assert "only the article says" in harm_text.counted_harm(ovary, EN, "Ovary")
    own = harm_text.counted_harm({**ovary, "article": 1, "own": 1}, EN, "Ovary")
    assert f"0 of {ovary['women']} women" in own
    assert "only the article" not in own
    assert "according to the article only" in questions_text.safety(found, EN)
    itself = replace(found, child={**found.child, "article": False})
    assert "according to the article only" not in questions_text.safety(itself, EN)


def test_a_trial_in_another_disease_is_a_message_with_its_harm_and_its_scaffold(found: Facts) -> None:
    said = text.elsewhere(found, EN)
    assert "reports more births" in said
    assert "mild placenta accreta" in said
    assert "cannot separate the cells from the scaffold" in said
    assert "scaffold" not in text.elsewhere(changed(found, "IUA/live-birth", trial_scaffold=""), EN)
    wide = text.elsewhere(changed(found, "IUA/live-birth", trial_difference_low=-0.1), EN)
    assert "detected no difference in births" in wide
    (harm,) = found.harm["endometrium"]["trials"]
    changed_harm = {"trials": [{**harm, "mild": False, "counted": True}]}
    assert "reports placenta accreta more often with cells." in harm_text.trial_harm(changed_harm, EN)


def test_a_question_on_the_uterus_names_cells_scaffold_and_whom_a_trial_counted(found: Facts) -> None:
    said = questions_text.lining(found, EN)
    assert "Counted per protocol: 140 of 152 women." in said
    assert "bone-marrow mononuclear cells, of which only a small part are stem cells." in said
    assert "cannot separate the cells from the scaffold" in said
    assert "Counted: 24 of 25 women." in said
    assert "The cells: umbilical-cord mesenchymal stem cells." in said


def test_the_cells_of_trials_are_those_of_the_codebook_and_the_glossary() -> None:
    meanings = {term.name: term.meaning for term in glossary.terms()}
    assert {source: CELL_SOURCE[source] for source in trial_text.CELLS} == trial_text.CELLS
    mixed = {source for source in trial_text.CELLS if "only a small part are stem cells" in meanings[source]}
    assert mixed == set(trial_text.MIXED)


def test_every_registered_trial_is_accounted_for(found: Facts) -> None:
    registered = found.trials["registered"]
    assert found.trials["recruiting"] + sum(found.trials["not_recruiting"].values()) == registered
    said = trial_text.registered(found, EN)
    assert f"Of {registered} registered trials" in said
    assert sum(int(number) for number in re.findall(r"(?<=[:,] )(\d+) (?=[a-z])", said)) == registered
    unread = replace(found, trials={**found.trials, "not_recruiting": {registrations.UNREAD: 4}})
    assert "4 published but not read by us; no date" in trial_text.registered(unread, EN)


def test_a_comparison_with_fewer_women_on_another_page_is_explained(
    found: Facts, ev: evidence.Evidence
) -> None:
    said = text.reading(found, "en")
    (line,) = [
        line
        for line in predictions(ev, ["live-birth"], condition=["POI"]).lines.to_dict("records")
        if "like yan2020" in line["name"]
    ]
    low, high = per_hundred(line["prediction_low"]), per_hundred(line["prediction_high"])
    assert f"compares Yan 2020 only with the {line['k']} of them" in said
    assert f"({line['total']} women, {low} to {high})" in said
    same = changed(found, "POI/live-birth", without_like="")
    assert "compares" not in text.reading(same, "en")


def test_tables_name_what_is_not_compared_and_the_counts_of_a_trial(found: Facts) -> None:
    ovary, _, adhesions, _ = (one.rows for one in tables.condition_tables(found, "en"))
    assert "Yan 2020 conceived differently: not compared" in ovary["without cells"].iloc[1]
    assert "not compared" not in ovary["without cells"].iloc[0]
    assert "41 of 72 with cells, 26 of 68 without" in adhesions["difference"].iloc[0]
    assert "more mild placenta accreta" in adhesions["difference"].iloc[3]


def test_births_above_pregnancies_are_explained_where_they_are(found: Facts) -> None:
    assert "POI: after cells, births" in text.reading(found, "en")
    assert "POI: after cells" not in text.reading(changed(found, "POI/pregnancy", estimate=0.5), "en")


def test_ovary_and_uterus_are_apart(found: Facts) -> None:
    tissues = found.of_hundred.groupby("condition")["tissue"].unique().map(list)
    assert all(len(tissue) == 1 for tissue in tissues)
    heads = [one.title.partition(":")[0] for one in tables.condition_tables(found, "en")]
    assert heads == ["Ovary", "Ovary", "Uterus", "Uterus"]


def test_the_numbers_of_the_page_are_those_of_the_other_questions(
    ev: evidence.Evidence, found: Facts
) -> None:
    births = found.row("POI", "live-birth")
    counts = ev.select(
        "outcomes", outcome="live-birth", condition="POI", arm_kind="cells", total_unit="women"
    )
    assert births["events"] <= counts["events"].sum()
    assert births["own"] + births["others"] == births["studies"]
    zhu = found.row("IUA", "live-birth")
    assert (
        zhu["trial_events"],
        zhu["trial_total"],
        zhu["trial_control_events"],
        zhu["trial_control_total"],
    ) == (41, 72, 26, 68)
    assert found.article["claims"] == len(ev.claims)
    assert found.donor["both"] == 0


def test_a_field_is_filled_where_like_women_are_counted(found: Facts) -> None:
    empty = found.fields.set_index("field").loc["nothing"]
    assert empty["studies"] == 0
    assert pd.isna(empty["estimate"])
    filled = found.fields.assign(
        studies=[1 if name == "nothing" else n for name, n in zip(found.fields["field"], found.fields["studies"], strict=True)],
        estimate=found.fields["estimate"].fillna(0.05), low=found.fields["low"].fillna(0.01), high=found.fields["high"].fillna(0.1),
    )  # fmt: skip
    drawn = figures.icon_arrays(replace(found, fields=filled), "en")
    words = [note.get_text() for axes in drawn.axes for note in axes.texts]
    assert not any("no count" in word for word in words)


def test_the_figure_is_narrow_and_shows_counts_first_with_their_intervals(found: Facts) -> None:
    drawn = figures.icon_arrays(found, "en")
    assert drawn.get_figwidth() <= 5
    first, second = (axes for axes in drawn.axes[:2])
    assert first.get_title() == "stem cells"
    assert "CrI" in first.texts[0].get_text()
    assert "another treatment" in second.get_title()
    assert "PI" in second.texts[0].get_text()
    # Side by side, so that a telephone shows both.
    assert first.get_position().y0 == second.get_position().y0


def test_every_number_is_recorded_under_a_name_without_language(found: Facts) -> None:
    names = [name for name, _ in facts.named(found)]
    assert len(names) == len(set(names))
    assert {"POI/live-birth", "births/cells", "harm/ovary", "lasting", "article"} <= set(names)


def test_prose_of_the_notebook_becomes_chinese() -> None:
    notebook = notebooks.read(ROOT / "notebooks" / "00_summary.ipynb")
    summary_page.translate(notebook.cells, "zh")
    written = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert written[0].startswith("# 干细胞")
    assert not any(re.search(r"[A-Za-z]{5,}", source) for source in written)


@pytest.mark.parametrize(
    ("share", "words"), [(0.0788, "8"), (0.005, "0.5"), (0.0, "0"), (0.125, "13"), (1.0, "100")]
)
def test_a_proportion_is_written_as_women_in_a_hundred(share: float, words: str) -> None:
    assert per_hundred(share) == words
    assert per_hundred(-share, sign=True) == ("+" if share == 0 else "−") + words


def entry(notebook: str, **parameters: object) -> Entry:
    return Entry(notebook, notebook, "ok", parameters, "", "", output=f"build/notebooks/{notebook}.ipynb")


def test_the_book_has_the_summary_in_each_language(ev: evidence.Evidence) -> None:
    asked = [request for request in plan.book_requests(Project(ROOT), ev) if request.notebook == plan.SUMMARY]
    assert [dict(request.given) for request in asked] == [{}, {"language": "zh"}]


def test_a_switch_leads_to_the_page_in_the_other_language() -> None:
    both = [entry(plan.SUMMARY, language="en"), entry(plan.SUMMARY, language="zh"), entry("01_claims")]
    assert [summary_page.language_of(one) for one in both] == ["en", "zh", ""]
    assert 'href="index-zh.html"' in summary_page.switch("en", both)
    assert 'href="index.html"' in summary_page.switch("zh", both)
    assert summary_page.switch("en", both[:1]) == ""


def test_a_section_has_its_english_address_in_both_languages() -> None:
    assert summary_page.anchor("女性和医生常问的问题") == "Questions of women and their doctors"
    assert summary_page.anchor("Not translated") == "Not translated"


def test_what_stands_around_the_chinese_page_is_chinese() -> None:
    assert all(re.search(r"[一-鿿]", summary_page.around(words, "zh")) for words in AROUND | short_names())
    assert summary_page.around("helpers.stats", "zh") == "helpers.stats"
    colophon = "Data version `abc`; commit `def`; Python 3. Later data or code that change nothing this page was made from leave it as it is."
    assert not re.search(r"[A-Za-z]{4,}", summary_page.of_the_book(colophon, "zh").replace("Python", ""))
    assert summary_page.of_the_book(colophon, "en") == colophon


def test_the_home_page_opens_with_the_summary_where_there_is_one() -> None:
    assert summary_page.opened({}, "# Home") == {"index.md": b"# Home"}
    files = {
        "index.ipynb": json.dumps({"cells": [{"cell_type": "markdown", "source": "# Summary"}]}).encode()
    }
    (made,) = summary_page.opened(files, "## Questions").values()
    assert [cell["source"] for cell in json.loads(made)["cells"]] == ["# Summary", "## Questions"]


def test_a_message_or_a_font_that_changes_makes_a_page_stale(tmp_path: Path) -> None:
    package = tmp_path / "helpers"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "words.po").write_text("one")
    before = Modules(package).digests["helpers"]
    (package / "words.po").write_text("two")
    assert Modules(package).digests["helpers"] != before
