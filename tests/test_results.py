"""Named results: recorded in a notebook, collected from it, kept in a file, compared."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from helpers import evidence, results
from helpers.results import Result, ResultError
from helpers.results.pictures import picture_changes
from tiny import notebook

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@dataclass(frozen=True)
class Origin:
    study: str | None = "yan2020"
    source: str = "hjt-article"
    locator: str = "case 2"
    access: str = "full-text"


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The payloads that `record` shows."""
    shown: list[dict[str, Any]] = []

    def display(bundle: dict[str, Any], *, raw: bool) -> None:
        assert raw
        assert list(bundle) == [results.MIME_TYPE]
        json.dumps(bundle, allow_nan=False)
        shown.append(bundle[results.MIME_TYPE])

    monkeypatch.setattr("IPython.display.display", display)
    return shown


def executed(*payloads: dict[str, Any]) -> nbformat.NotebookNode:
    made = notebook("record()")
    made.cells[-1].outputs = [
        nbformat.v4.new_output("display_data", {results.MIME_TYPE: payload})  # type: ignore[no-untyped-call]
        for payload in payloads
    ]
    made.cells[-1].outputs.append(nbformat.v4.new_output("stream", text="other"))  # type: ignore[no-untyped-call]
    return made


def changed(old: Any, new: Any, tolerance: float = 0.0) -> list[tuple[str, Any, Any]]:
    """Compare two values of one result."""
    found = results.compare(
        {"n": {"r": Result(old, "", tolerance)}}, {"n": {"r": Result(new, "", tolerance)}}
    )
    return [(difference.path, difference.accepted, difference.current) for difference in found]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (4, 4),
        (None, None),
        (True, True),
        ("4/61", "4/61"),
        (np.float64(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array([[1.0, 2.0]]), [[1.0, 2.0]]),
        ((1, 2), [1, 2]),
        ({"low": np.float64(0.1), 6: None}, {"low": 0.1, "6": None}),
    ],
)
def test_a_value_is_recorded_plainly(recorded: list[dict[str, Any]], value: Any, plain: Any) -> None:
    results.record("r", value)
    assert recorded[0]["value"] == plain
    assert type(recorded[0]["value"]) is type(plain)


@pytest.mark.parametrize("value", [math.nan, math.inf, [1.0, math.nan], {"a": np.float64("nan")}])
def test_a_result_is_never_nan(value: Any) -> None:
    with pytest.raises(ValueError, match=r"'r' holds (nan|inf)"):
        results.record("r", value)


def test_anything_else_is_no_result() -> None:
    with pytest.raises(TypeError, match="'r' holds a set"):
        results.record("r", {1, 2})


def test_a_result_needs_a_name_and_a_tolerance_that_makes_sense() -> None:
    with pytest.raises(ValueError, match="name"):
        results.record("", 1)
    for tolerance in (-1.0, math.nan):
        with pytest.raises(ValueError, match="tolerance"):
            results.record("r", 1, tolerance=tolerance)


def test_results_travel_in_the_notebook(recorded: list[dict[str, Any]]) -> None:
    results.record("births", 4, unit="women", tolerance=0.5, trace=Origin())
    results.record("gap", None)
    assert set(recorded[1]) == {"name", "value", "unit", "tolerance"}
    assert results.collect(executed(*recorded)) == {
        "births": Result(4, "women", 0.5, "yan2020", "hjt-article", "case 2", "full-text"),
        "gap": Result(None),
    }


def test_each_row_of_a_frame_is_recorded(recorded: list[dict[str, Any]], ev: evidence.Evidence) -> None:
    rows = ev.select("outcomes", study_id="yan2020").assign(name=lambda frame: frame["evidence_row"])
    traces = ev.trace("outcomes", rows)
    results.record_rows(rows, lambda row: row["events"], unit="women", traces=traces, prefix="count/")
    found = results.collect(executed(*recorded))
    assert list(found) == [f"count/{name}" for name in rows["evidence_row"]]
    assert [found[name].value for name in found] == [int(events) for events in rows["events"]]
    assert [found[name].locator for name in found] == [trace.locator for trace in traces]
    recorded.clear()
    results.record_rows(rows, "total", unit=rows["total_unit"], tolerance=0.5)
    assert [found.unit for found in results.collect(executed(*recorded)).values()] == [*rows["total_unit"]]
    recorded.clear()
    with pytest.raises(ValueError, match=rf"^{len(rows)} rows have {len(rows) - 1} traces"):
        results.record_rows(rows, lambda row: row["events"], unit="women", traces=traces[1:])
    assert not recorded


def test_a_name_recorded_twice_is_refused_with_both_values(recorded: list[dict[str, Any]]) -> None:
    results.record("births", 4)
    results.record("births", 5)
    with pytest.raises(ResultError, match="'births' is recorded twice: 4 and 5"):
        results.collect(executed(*recorded))


def test_a_file_of_results_gives_back_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "new" / "results.json"
    made = {
        "b": {"z": Result([1, {"a": None}], "mL", 0.1), "a": Result("é", source="s", locator="p. 1")},
        "a": {},
    }
    results.write(path, made)
    assert results.read(path) == made
    text = path.read_text(encoding="utf-8")
    assert text.endswith("}\n")
    assert list(json.loads(text)["results"]) == ["a", "b"]
    assert "study" not in json.loads(text)["results"]["b"]["z"]
    assert [entry.name for entry in path.parent.iterdir()] == ["results.json"]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"results": {"n": {"r": {"wrong": 1}}}}', '{"results": 1}']
)
def test_a_file_that_holds_no_results_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "results.json"
    path.write_text(text)
    with pytest.raises(ResultError, match=r"results\.json is no file of results"):
        results.read(path)


@pytest.mark.parametrize(
    ("old", "new", "tolerance"),
    [
        (1, 1.0, 0.0),
        (100.0, 100.9, 0.01),
        (0.0, 0.009, 0.01),
        ([1.0, {"a": 2.0}], [1.0001, {"a": 2.0}], 1e-3),
        (None, None, 0.0),
        ("x", "x", 0.0),
    ],
)
def test_values_agree_within_the_tolerance(old: Any, new: Any, tolerance: float) -> None:
    assert changed(old, new, tolerance) == []


@given(value=VALUES, tolerance=st.floats(0, 1))
def test_a_result_equals_itself_on_the_way_through_a_file(
    tmp_path_factory: pytest.TempPathFactory, value: Any, tolerance: float
) -> None:
    recorded: list[dict[str, Any]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "IPython.display.display", lambda bundle, **_: recorded.append(bundle[results.MIME_TYPE])
        )
        results.record("r", value, tolerance=tolerance)
    made = {"n": results.collect(executed(*recorded))}
    path = tmp_path_factory.getbasetemp() / "round.json"
    results.write(path, made)
    assert made["n"]["r"].value == value
    assert results.compare(made, results.read(path)) == []


@given(
    old=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=5),
    position=st.integers(0),
    tolerance=st.floats(1e-9, 0.4),
    sign=st.sampled_from([-1, 1]),
)
def test_exactly_what_moves_beyond_the_tolerance_is_found(
    old: list[float], position: int, tolerance: float, sign: int
) -> None:
    index = position % len(old)
    # Both limits count, the relative one from the larger of the two values.
    limit = tolerance * max(1.0, abs(old[index]))
    near, far = old.copy(), old.copy()
    near[index] += sign * 0.99 * limit
    far[index] += sign * 2 * limit
    assert changed(old, near, tolerance) == []
    assert changed(old, far, tolerance) == [(f"value[{index}]", old[index], far[index])]


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        (4, 5, "value"),
        (1, True, "value"),
        ("4", 4, "value"),
        (None, 0, "value"),
        ([1, [2, 3]], [1, [2, 4]], "value[1][1]"),
        ({"low": 1, "high": 2}, {"low": 1, "high": 3}, "value.high"),
        ([1, 2], [1], "value (number of entries)"),
        ([1], {"a": 1}, "value"),
    ],
)
def test_a_change_is_told_with_the_part_that_differs(old: Any, new: Any, path: str) -> None:
    assert [entry[0] for entry in changed(old, new)] == [path]


def test_entries_that_come_or_go_are_changes() -> None:
    assert changed({"a": 1, "b": 2}, {"b": 2, "c": 3}) == [("value.a", 1, None), ("value.c", None, 3)]


def test_an_entry_of_none_that_comes_or_goes_is_a_change() -> None:
    assert [path for path, _, _ in changed({"a": 1, "b": None}, {"a": 1})] == ["value.b"]


def test_a_wider_tolerance_is_a_change_and_does_not_hide_one() -> None:
    found = results.compare({"n": {"r": Result(1.0)}}, {"n": {"r": Result(2.0, tolerance=9.0)}})
    assert [difference.path for difference in found] == ["value", "tolerance"]


def test_unit_and_origin_count_too() -> None:
    old, new = (
        Result(1.0, "ng/mL", source="a", access="abstract"),
        Result(1.0, "pmol/L", source="b", access="abstract"),
    )
    found = results.compare({"n": {"r": old}}, {"n": {"r": new}})
    assert [difference.path for difference in found] == ["unit", "source"]


def test_missing_and_new_results_are_told() -> None:
    accepted = {"n": {"gone": Result(1)}, "old": {"x": Result(2)}}
    current = {"n": {"come": Result(3)}, "new": {"y": Result("z" * 200)}}
    found = results.compare(accepted, current)
    assert [(d.kind, d.notebook, d.name) for d in found] == [
        ("new", "n", "come"), ("missing", "n", "gone"), ("new", "new", "y"), ("missing", "old", "x"),
    ]  # fmt: skip
    assert str(found[1]) == "missing  n: gone = 1"
    assert str(found[2]).startswith('new      new: y = "zzz')
    assert len(str(found[2])) < 130


def test_a_difference_names_values_and_tolerance() -> None:
    (found,) = results.compare({"n": {"r": Result(1.0, "", 0.1)}}, {"n": {"r": Result(2.0, "", 0.1)}})
    assert str(found) == "changed  n: r: value: accepted 1.0, current 2.0, difference +1 (tolerance 0.1)"


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        (
            0.12345678901234567,
            0.2345678901234567,
            "accepted 0.123457, current 0.234568, difference +0.111111",
        ),
        (
            1.00000011111111,
            1.00000022222222,
            "accepted 1.0000001, current 1.0000002, difference +1.11111e-07",
        ),
        (0.1 + 0.2, 0.3, "accepted 0.30000000000000004, current 0.3, difference -5.55112e-17"),
        (123456789, 123456790, "accepted 123456789, current 123456790, difference +1"),
    ],
)
def test_numbers_have_the_digits_that_tell_them_apart(old: float, new: float, shown: str) -> None:
    (found,) = results.compare({"n": {"r": Result(old)}}, {"n": {"r": Result(new)}})
    assert str(found) == f"changed  n: r: value: {shown}"


def test_texts_are_quoted_from_where_they_begin_to_differ() -> None:
    same = "The same words come first. " * 20
    (line,) = results.report(
        {"n": {"r": Result(f"{same}Of 4 women")}}, {"n": {"r": Result(f"{same}Of 5 women")}}
    )
    assert line.startswith("changed  n: r: value: accepted ")
    assert 'Of 4 women"' in line
    assert 'Of 5 women"' in line
    assert len(line) < 200


@given(same=st.text(max_size=200), old=st.text(max_size=200), new=st.text(max_size=200))
def test_what_differs_in_two_texts_is_always_shown(same: str, old: str, new: str) -> None:
    lines = results.report({"n": {"r": Result(same + old)}}, {"n": {"r": Result(same + new)}})
    assert len(lines) == (old != new)
    for line in lines:
        accepted, _, current = line.partition(": accepted ")[2].rpartition(", current ")
        assert accepted != current


def test_numbers_come_before_texts_and_figures_before_what_is_new_or_missing() -> None:
    drawn = [{"texts": [text], "axes": []} for text in "ab"]
    accepted = {
        "a": {"figure": Result(drawn[0]), "gone": Result(1), "text": Result("x")},
        "b": {"n": Result(1)},
    }
    current = {
        "a": {"figure": Result(drawn[1]), "come": Result(1), "text": Result("y")},
        "b": {"n": Result(4)},
    }
    assert results.report(accepted, current) == [
        "changed  b: n: value: accepted 1, current 4, difference +3",
        'changed  a: text: value: accepted "x", current "y"',
        "changed  a: figure: words or marks without a name changed",
        "new      a: come = 1",
        "missing  a: gone = 1",
    ]


def test_an_output_that_only_one_set_has_is_one_line() -> None:
    several = {"n--study=x": {f"r{number}": Result(number) for number in range(12)}}
    assert results.report(several, {}) == ["missing  n--study=x: 12 results, not rendered today"]
    assert results.report({}, several) == ["new      n--study=x: 12 results, never accepted"]
    assert results.report({"n": {"r": Result(1)}}, {}) == ["missing  n: r = 1"]


@pytest.fixture
def figure() -> Figure:
    figure = Figure()
    axes = figure.subplots()
    axes.set(title="Births", xlabel="percent", ylabel="study")
    axes.plot([1, 2, 3], [1 / 3, np.nan, 2.0], label="Yan 2020")
    axes.scatter([1.0], [2.0], label="points")
    axes.errorbar([1.0], [2.0], yerr=[[0.5], [0.25]])
    axes.bar([0.0], [4.0], width=0.5)
    axes.fill_between([0, 1], [0, 0], [1, 1])
    axes.add_patch(mpl.patches.Polygon([[0, 0], [1, 0], [1, 1]], label="shape"))
    axes.text(0.5, 0.25, "n = 61")
    axes.text(1.06, 2.0, "4/61", transform=axes.get_yaxis_transform())
    axes.set_yticks([1.0, 2.0], ["Yan", "Cao"])
    figure.text(0, 0, "Source: Yan 2020")
    return figure


def test_the_data_drawn_are_taken_from_a_figure(figure: Figure) -> None:
    drawn = results.drawn_data(figure)
    assert drawn["texts"] == ["Source: Yan 2020"]
    (axes,) = drawn["axes"]
    assert (axes["title"], axes["x_label"], axes["y_label"]) == ("Births", "percent", "study")
    assert (axes["x_ticks"], axes["y_ticks"]) == ([], ["Yan", "Cao"])
    by_kind: dict[str, list[Any]] = {}
    for artist in axes["artists"]:
        by_kind.setdefault(artist["kind"], []).append((artist["label"], artist["data"]))
    assert by_kind["line"][0] == ("Yan 2020", [[1.0, 0.333333333], [2.0, None], [3.0, 2.0]])
    assert by_kind["points"] == [("points", [[1.0, 2.0]])]
    assert by_kind["segments"] == [("", [[[1.0, 1.5], [1.0, 2.25]]])]
    assert by_kind["rectangle"] == [("", [-0.25, 0.0, 0.5, 4.0])]
    assert by_kind["patch"] == [("shape", [[0, 0], [1, 0], [1, 1], [0, 0]])]
    assert by_kind["text"] == [("n = 61", [0.5, 0.25]), ("4/61", [None, 2.0])]
    assert len(by_kind["areas"]) == 1


def test_a_figure_is_guarded_by_its_data(figure: Figure, recorded: list[dict[str, Any]]) -> None:
    results.record_figure("forest", figure)
    figure.axes[0].lines[0].set_ydata([1 / 3, np.nan, 2.1])
    results.record_figure("forest", figure)
    old, new = (results.collect(executed(payload)) for payload in recorded)
    (found,) = results.compare({"n": old}, {"n": new})
    assert found.path == "value.axes[0].artists[0].data[2][1]"
    assert (found.accepted, found.current, found.tolerance) == (2.0, 2.1, 1e-6)


def test_a_figure_is_one_line_however_much_of_it_moved(
    figure: Figure, recorded: list[dict[str, Any]]
) -> None:
    results.record_figure("forest", figure)
    figure.axes[0].lines[0].set_ydata([1.0, np.nan, 2.1])
    results.record_figure("forest", figure)
    old, new = ({"n": results.collect(executed(payload))} for payload in recorded)
    assert results.report(old, new) == ["changed  n: forest: Yan 2020 changed"]
    (detailed,) = results.report(old, new, figures=True)
    assert detailed.splitlines() == [
        "changed  n: forest: Yan 2020 changed",
        "  changed: Yan 2020: line [[1.0, 0.333333333], [2.0, null], [3.0, 2.0]] → [[1.0, 1.0], [2.0, null], [3.0, 2.1]]",
    ]
    assert results.report({}, old) == ["new      n: forest = a figure"]


def forest_of(counts: dict[str, tuple[int, int]], *, title: str = "Live birth") -> dict[str, Any]:
    """Take the data of a forest with a row per study: its name, its count and a mark."""
    figure = Figure()
    axes = figure.subplots()
    axes.set(title=title)
    for place, (study, (events, total)) in enumerate(counts.items()):
        y = 0.4 + place
        axes.plot([events / total], [y], "o")
        for x, words in ((0.0, study), (0.8, f"{events}/{total}")):
            axes.text(x, y, words, transform=axes.get_yaxis_transform())
    return results.drawn_data(figure)


def told_of(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    (line,) = results.report({"n": {"f": Result(old)}}, {"n": {"f": Result(new)}}, figures=True)
    return line.splitlines()


def test_a_study_that_comes_or_goes_is_named_and_those_that_moved_for_it_are_not() -> None:
    standing = {"Yan 2020": (4, 61), "Edessy 2016": (1, 10)}
    more = {"Test 2027": (3, 24), **standing}
    assert told_of(forest_of(standing), forest_of(more)) == [
        "changed  n: f: Test 2027 added", "  added: Test 2027: 3/24",
    ]  # fmt: skip
    assert told_of(forest_of(more), forest_of(standing)) == [
        "changed  n: f: Test 2027 gone", "  gone: Test 2027: 3/24",
    ]  # fmt: skip
    turned = dict(reversed(standing.items()))
    assert told_of(forest_of(standing), forest_of(turned)) == [
        "changed  n: f: the same is drawn, in other places"
    ]


def test_what_changed_at_a_row_of_a_figure_is_told_with_its_name() -> None:
    standing = {"Yan 2020": (4, 61), "Edessy 2016": (1, 10)}
    corrected = {**standing, "Yan 2020": (5, 61), "A 2027": (1, 5), "B 2027": (1, 6), "C 2027": (1, 7)}
    lines = told_of(forest_of(standing), forest_of(corrected))
    assert lines[0] == "changed  n: f: A 2027 added; B 2027 added; C 2027 added; and 1 more"
    assert lines[-1] == '  changed: Yan 2020: "4/61" → "5/61"'
    mark = forest_of(standing)
    mark["axes"][0]["artists"][0]["data"][0][0] = 0.5
    assert told_of(forest_of(standing), mark)[1] == "  changed: Yan 2020: line [0.0655737705] → [0.5]"
    assert told_of(forest_of(standing), forest_of(standing, title="Births"))[0].startswith("changed  n: f: ")


def test_a_series_is_named_by_the_words_at_its_end() -> None:
    def course(last: float) -> dict[str, Any]:
        figure = Figure()
        axes = figure.subplots()
        axes.plot([0, 3], [20.0, last])
        axes.text(1.01, 0.5, f"Yan 2020: mean 20 → {last:g}", transform=axes.transAxes)
        return results.drawn_data(figure)

    assert told_of(course(30.0), course(40.0))[:2] == [
        "changed  n: f: Yan 2020 changed; words or marks without a name changed",
        '  changed: Yan 2020: "mean 20 → 30" → "mean 20 → 40"',
    ]


def test_marks_of_a_grid_and_numbers_beside_rows_are_named_by_their_row() -> None:
    def grid(x: float, women: str) -> dict[str, Any]:
        figure = Figure()
        left, right = figure.subplots(1, 2, sharey=True)
        left.set_title("Women measured")
        left.scatter([1.0, x], [0.0, 1.0], label="reported and read")
        left.text(0.0, 1.0, women)
        for place, study in enumerate(("Yan 2020", "Cao 2018")):
            right.text(0.1, place, study, transform=right.get_yaxis_transform())
        return results.drawn_data(figure)

    assert told_of(grid(2.0, "61"), grid(3.0, "61"))[1:] == [
        "  changed: Cao 2018: reported and read [2.0] → [3.0]"
    ]
    assert told_of(grid(2.0, "61"), grid(2.0, "62"))[1:] == [
        '  changed: Cao 2018: text ["61", 0.0] → ["62", 0.0]'
    ]


def test_a_field_of_a_heatmap_is_named_by_its_row() -> None:
    def heatmap(*values: float) -> dict[str, Any]:
        figure = Figure()
        axes = figure.subplots()
        axes.pcolormesh(np.ma.masked_invalid(np.reshape(values, (2, 2))))
        axes.set_yticks([0.5, 1.5], ["Yan 2020", "Cao 2018"])
        axes.text(0.5, 1.5, "yes")
        return results.drawn_data(figure)

    assert told_of(heatmap(1, 2, 3, np.nan), heatmap(1, 2, 4, np.nan))[1:] == [
        "  changed: Cao 2018: fields [3.0, null] → [4.0, null]"
    ]
    assert told_of(heatmap(1, 2, 3, np.nan), heatmap(1, np.nan, 3, np.nan))[1:] == [
        "  changed: Yan 2020: fields [1.0, 2.0] → [1.0, null]"
    ]


def drawings() -> st.SearchStrategy[dict[str, Any]]:
    names = st.sampled_from(["Yan 2020", "Cao 2018", "Test 2027", "Herraiz 2018"])
    return st.dictionaries(names, st.tuples(st.integers(0, 9), st.just(9)), max_size=4)


@given(old=drawings(), new=drawings())
def test_every_study_that_differs_is_told_and_no_other(
    old: dict[str, tuple[int, int]], new: dict[str, tuple[int, int]]
) -> None:
    words = {
        **{study: "added" for study in new if study not in old},
        **{study: "gone" for study in old if study not in new},
        **{study: "changed" for study in old if study in new and old[study] != new[study]},
    }
    changes = picture_changes(forest_of(old), forest_of(new), 1e-9)
    assert {change.name: change.word for change in changes} == words


def test_what_is_not_visible_is_not_drawn(figure: Figure) -> None:
    before = len(results.drawn_data(figure)["axes"][0]["artists"])
    figure.axes[0].lines[0].set_visible(False)
    figure.axes[0].texts[0].set_visible(False)
    assert len(results.drawn_data(figure)["axes"][0]["artists"]) == before - 2
