"""What is a result typed into prose, and what is a number that says how something is done or named."""

from __future__ import annotations

import pytest

from typed_results import FORMS, typed_results

LABELS = ("Yan 2020", "Cao 2018", "Herraiz 2018b")

NO_RESULT = {
    "the level of an interval": [
        "Each has a 95 % confidence interval.", "The 99% limits", "with its 95 % CrI", "这是 95 % 置信区间",
    ],
    "the level of a test": ["at a level of 0.05", "tested at a level of 5 %, two-sided", "α = 0.05"],
    "degrees of freedom": ["the t distribution with k − 1 degrees of freedom", "divided by n - 1"],
    "a power or an index": ["the variance τ^2 of $\\tau^{2}$", "between $t_0$ and $t_1$", "I_2"],
    "a tool or a guideline": ["judged with RoB 2 and ROBINS-I V2", "the flow of PRISMA 2020"],
    "the name of a marker, gene or drug": ["E2 and IL-6", "TGF-β1, Ki67 and CD34", "COVID-19"],
    "a notebook": ["see notebook 04", "notebooks 08, 09 and 12", "the page 04_outcomes"],
    "a place in a document": ["clinical case 2", "as in Table 3", "a phase 2 trial"],
    "the year of a citation": ["Hartung and Knapp (2001)", "(Higgins, 2009)", "its registration (2019a)"],
    "a limit in time": ["Long term is more than 6 months.", "born within 12 months", "at least 2 years"],
    "the short term": ["Short term means 1 to 6 months."],
    "the age that defines the condition": ["ovaries that fail before the age of 40", "under 40 years"],
    "the number of a list": ["1. First.\n2. Then."],
    "code": ["The cell calls `proportion(4, 61)` of `04_outcomes`."],
    "the address of a link, or a DOI": [
        "[the paper](https://doi.org/10.1111/cpr.12938)", "doi:10.1111/cpr.12938", "see https://a.org/2020/41",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("form", "text"), [(form, text) for form, texts in NO_RESULT.items() for text in texts]
)
def test_a_number_that_is_no_result_may_stand(form: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert typed_results(text) == []
    monkeypatch.delitem(FORMS, form)
    assert typed_results(text), "another form lets it stand as well"


def test_every_form_has_its_examples() -> None:
    assert NO_RESULT.keys() == FORMS.keys()


def test_the_label_of_a_study_may_stand_and_no_other_year() -> None:
    assert typed_results("Yan 2020 and Herraiz 2018b agree with Cao 2018.", LABELS) == []
    assert typed_results("Yan 2021 agrees.", LABELS) == ["2021"]
    assert typed_results("Yan 2020 reported 4 births.", LABELS) == ["4"]
    assert typed_results("Of Yan 2020 women were enrolled.", LABELS) == ["2020"]


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        # Counts.
        ("4 of 61 women gave birth.", ["4", "61"]),
        ("4/61 gave birth", ["4", "61"]),
        ("In all, 2020 women were treated.", ["2020"]),
        ("1,061 women", ["1,061"]),
        ("The 11 treated cohorts", ["11"]),
        ("n = 61", ["61"]),
        ("0 events", ["0"]),
        ("in table 4 of 61 rows", ["4", "61"]),
        ("case 2 of 4", ["2", "4"]),
        # Percentages, the level of an interval among them where no interval is named.
        ("6.6 % of the women", ["6.6 %"]),
        ("95 % of the women", ["95 %"]),
        ("about 95%.", ["95%"]),
        ("10,34 %", ["10,34 %"]),
        ("a level of 50 %", ["50 %"]),
        ("5 ‰", ["5 ‰"]),
        # Intervals, p values and effects.
        ("95 % CI 1.8 to 15.9", ["1.8", "15.9"]),
        ("the 95 % confidence interval (1.8–15.9)", ["1.8", "15.9"]),
        ("p = 0.03", ["0.03"]),
        ("p<0.001", ["0.001"]),
        ("significant at 0.05", ["0.05"]),
        ("a level of 0.053", ["0.053"]),
        ("OR 1.55", ["1.55"]),
        ("OR1.55", ["1.55"]),
        ("SMD −0.5", ["0.5"]),
        ("$p = 0.03$", ["0.03"]),
        ("I² of 37 %", ["37 %"]),
        ("n - 1.5", ["1.5"]),
        # Measurements and times.
        ("FSH 53.1 IU/L", ["53.1"]),
        ("10 million cells, 1e7 cells", ["10", "1e7"]),
        ("AMH rose to 0.5 ng/mL", ["0.5"]),
        ("after 8 months", ["8"]),
        ("1.5 to 6 months", ["1.5", "6"]),
        ("within 6.5 months", ["6.5"]),
        ("under 40 women", ["40"]),
        ("under 40 %", ["40 %"]),
        # Years that cite nothing.
        ("Among 2020 women", ["2020"]),
        ("found in 2019", ["2019"]),
        # Names that are numbers in disguise.
        ("RoB 21", ["21"]),
        ("page 04 of 61", ["04", "61"]),
        ("Fall1/2", ["1", "2"]),
        ("n20 and N-20", ["20", "20"]),
        ("OR2", ["2"]),
        ("x20%", ["20%"]),
        ("fünf ٤ women", ["٤"]),
        ("4 women", ["4"]),
    ],
)  # fmt: skip
def test_a_typed_result_is_refused(text: str, typed: list[str]) -> None:
    assert typed_results(text) == typed
