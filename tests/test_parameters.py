"""Parameters: declared in a cell, converted and checked before a kernel starts."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from helpers.parameters import ParameterError, as_text, declared, resolve
from tiny import notebook

TABLES = {
    "outcomes": pd.DataFrame(
        {"outcome": ["pregnancy", "live-birth", None, "pregnancy"], "months": [6.0, 12.0, None, 3]}
    )
}
CELL = """\
outcome: str = "all"  # outcome, a word; allowed: all | data outcomes.outcome
studies: list[str] = ["yan, 2020"]  # studies, in order; allowed: yan, 2020 | a | b

# a remark
n: int = 3  # women; allowed: 1 to 10 | 99
level: float = 0.95  # level # of trust; allowed: 0.5 to 0.999
months: list[float] = [6]  # months; allowed: data outcomes.months
days: list[int] = [1, 2]  # days; allowed: 1 to 7
log: bool = False  # logarithmic; allowed: true | false
"""


def resolved(cell: str = CELL, **given: Any) -> tuple[dict[str, Any], list[str]]:
    return resolve(declared(notebook(parameters=cell)), given, TABLES)


def test_parameters_are_read_from_the_cell() -> None:
    found = declared(notebook(parameters=CELL))
    assert list(found) == ["outcome", "studies", "n", "level", "months", "days", "log"]
    assert found["studies"].default == ["yan, 2020"]
    assert found["studies"].help == "studies, in order"
    assert (found["level"].type, found["level"].help) == ("float", "level # of trust")
    assert found["outcome"].allowed == "all | data outcomes.outcome"


@pytest.mark.parametrize(
    "cell",
    [
        'studies: list[str] = [\n    "a",\n    "b",\n]  # studies; allowed: a | b',
        'studies: list[str] = [  # studies; allowed: a | b\n    "a",\n    "b",\n]',
        'studies: list[str] = (\n    ["a", "b"]\n)  # studies; allowed: a | b',
        'studies: list[str] = ["a", "b"]  # studies; allowed: a | b',
    ],
    ids=["formatted", "by hand", "in brackets", "on one line"],
)
def test_a_formatter_may_move_the_comment_of_a_parameter(cell: str) -> None:
    found = declared(
        notebook(parameters=f"n: int = 3  # women; allowed: 1 to 10\n{cell}\nm: int = 1  # men; allowed: 1")
    )
    assert (found["studies"].default, found["studies"].help, found["studies"].allowed) == (
        ["a", "b"],
        "studies",
        "a | b",
    )
    assert [found[name].help for name in ("n", "m")] == ["women", "men"]


def test_a_notebook_may_have_no_parameters() -> None:
    assert declared(notebook("x = 1")) == {}
    assert resolve({}, {"x": "1"}, TABLES)[1] == ["x: no such parameter; the notebook has none"]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("x = 1  # number; allowed: 1 to 2", "no annotated assignment"),
        ("x: int  # number; allowed: 1 to 2", "no annotated assignment"),
        ("print(1)", "no annotated assignment"),
        ("x: int = 1", "no comment with its meaning"),
        ("x: int = 1  # number", "no comment with its meaning"),
        ("x: int = 1  # ; allowed: 1 to 2", "no comment with its meaning"),
        ("x: dict = {}  # words; allowed: a", "type 'dict'"),
        ("x: int = 0.5  # number; allowed: 1 to 2", "is no whole number"),
        ("x: bool = 1  # switch; allowed: true", "is no bool"),
        ("x: list[str] = ['a', 1]  # words; allowed: a", "is no list of text entries"),
        ("x: int = y  # number; allowed: 1 to 2", "no plain value"),
        ("x: int = (", "cannot be read"),
    ],
)
def test_a_line_of_another_form_is_refused(line: str, word: str) -> None:
    with pytest.raises(ParameterError, match=word):
        declared(notebook(parameters=line))


def test_every_bad_line_is_named() -> None:
    with pytest.raises(ParameterError) as caught:
        declared(notebook(parameters="x = 1\ny: int = 1\nz: int = 1  # number; allowed: 1 to 2"))
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "parameters cell, line 1", "parameters cell, line 2",
    ]  # fmt: skip


def test_defaults_hold_where_nothing_is_given() -> None:
    values, faults = resolved()
    assert faults == []
    assert values == {
        "outcome": "all", "studies": ["yan, 2020"], "n": 3, "level": 0.95, "months": [6], "days": [1, 2], "log": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("outcome", "live-birth", "live-birth"),
        ("studies", "a, b", ["a", "b"]),
        ("n", "10", 10),
        ("n", "99", 99),
        ("level", "0.5", 0.5),
        ("months", "12,3", [12.0, 3.0]),
        ("days", "7", [7]),
        ("log", "true", True),
        ("log", "FALSE", False),
    ],
)
def test_text_is_converted_to_the_declared_type(name: str, text: str, value: Any) -> None:
    values, faults = resolved(**{name: text})
    assert faults == []
    assert values[name] == value
    assert type(values[name]) is type(value)


def test_a_whole_number_serves_as_a_number() -> None:
    values, _ = resolved("x: float = 1  # number; allowed: 0 to 5", x=2)
    assert values == {"x": 2.0}
    assert isinstance(values["x"], float)


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("outcome", "pregnanci", "did you mean 'pregnancy'? Allowed: all, live-birth, pregnancy"),
        ("n", "1.5", "'1.5' is no whole number"),
        ("n", "eleven", "'eleven' is no whole number"),
        ("n", 1.0, "1.0 is no whole number"),
        ("n", True, "True is no whole number"),
        ("n", "11", "'11' is not allowed; allowed: 1 to 10, 99"),
        ("level", "nan", "'nan' is not allowed"),
        ("level", "95", "'95' is not allowed; allowed: 0.5 to 0.999"),
        ("level", [0.9], "[0.9] is no number"),
        ("log", "yes", "'yes' is no bool (true or false)"),
        ("log", 1, "1 is no bool"),
        ("days", "1,8", "'8' is not allowed"),
        ("days", "1,x", "'1,x' is no list of whole number entries"),
        ("days", "", "the list is empty"),
        ("months", [None], "[None] is no list of number entries"),
        ("outcome", 5, "5 is no text"),
        ("levle", "1", "no such parameter; did you mean 'level'?"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(name: str, value: Any, fault: str) -> None:
    _, faults = resolved(**{name: value})
    assert len(faults) == 1
    assert faults[0].startswith(f"{name}: ")
    assert fault in faults[0]


def test_all_faults_come_at_once() -> None:
    assert len(resolved(n="x", level="2", wrong="1")[1]) == 3


def test_a_default_that_the_evidence_does_not_allow_is_refused() -> None:
    _, faults = resolved("x: str = 'gone'  # word; allowed: data outcomes.outcome")
    assert "'gone' is not allowed" in faults[0]


@pytest.mark.parametrize("allowed", ["data outcomes.wrong", "data wrong.outcome"])
def test_a_column_that_is_not_in_the_evidence_is_told(allowed: str) -> None:
    _, faults = resolved(f"x: str = 'a'  # word; allowed: {allowed}")
    assert faults == [f"x: '{allowed}' is no column of the evidence"]


def test_words_around_to_are_a_literal() -> None:
    assert resolved("x: str = 'two to three'  # span; allowed: two to three")[1] == []


def test_values_as_text() -> None:
    assert [as_text(value) for value in (True, 0.1, 2.0, 3, "a")] == ["true", "0.1", "2", "3", "a"]


def test_a_value_given_twice_is_refused() -> None:
    assert resolved(studies="a,b,a")[1] == ["studies: 'a' is given twice"]
