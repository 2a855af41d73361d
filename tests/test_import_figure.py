"""Figures read off a plot: what is read, how far it can be off, and how it is added and drawn."""

from __future__ import annotations

import contextlib
import io
import json
import math
import shutil
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import matplotlib
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from hypothesis import assume, given
from matplotlib.container import ErrorbarContainer
from PIL import Image

from helpers import evidence
from helpers.cli import main
from helpers.evidence.figure_readings import reading_error
from helpers.intake import figure as intake_figure
from helpers.intake.bars import with_bars, with_women
from helpers.intake.calibration import calibration_of
from helpers.intake.figure_doubts import doubts
from helpers.intake.figure_points import points_of, target_of
from helpers.intake.webplotdigitizer import Digitised, read_digitised
from helpers.questions.hormone_trajectories import rows as trajectory_rows
from helpers.show import page
from small import Package

pytestmark = pytest.mark.usefixtures("findings_once")

Pixel = tuple[float, float]
Points = Sequence[tuple[float, float]]
#: Where the calibration points were clicked: X1, X2, Y1, Y2.
UPRIGHT: tuple[Pixel, ...] = ((100, 500), (700, 500), (100, 500), (100, 50))
ROTATED: tuple[Pixel, ...] = ((110, 480), (690, 540), (110, 480), (150, 60))
SIDEWAYS: tuple[Pixel, ...] = ((100, 50), (100, 650), (100, 50), (550, 50))
COHORT: Points = ((0, 21.4), (3, 35.2), (6, 48.9), (12, 40.3))
#: A study of the small package with an end of follow-up and one arm of cells.
OPTIONS = ["--study", "glen2017", "--measure", "E2", "--unit", "pg/mL", "--figure", "Fig 2a"]
STUDY = OPTIONS[1]


@pytest.fixture
def data(package: Package) -> Path:
    """The tables to which points are added: the small ones."""
    return package.folder


# Exports in the form of WebPlotDigitizer 4


def axes(
    clicks: Sequence[Pixel] = UPRIGHT, *, x: Sequence[float] = (0, 12), y: Sequence[float] = (0, 100),
    log_x: bool = False, log_y: bool = False, no_rotation: bool = False, name: str = "XY",
) -> dict[str, Any]:  # fmt: skip
    """Of a calibration point only the value on its own axis counts, and values are text."""
    values = [(x[0], ""), (x[1], ""), ("", y[0]), ("", y[1])]
    corners = [
        {"px": px, "py": py, "dx": str(dx), "dy": str(dy), "dz": None}
        for (px, py), (dx, dy) in zip(clicks, values, strict=True)
    ]
    return {
        "name": name, "type": "XYAxes", "isLogX": log_x, "isLogY": log_y, "noRotation": no_rotation,
        "calibrationPoints": corners,
    }  # fmt: skip


def pixel_of(made: dict[str, Any], x: float, y: float) -> Pixel:
    """Find the pixel of a value by solving the equations of the axes, not by the code under test."""
    clicks = np.array([(corner["px"], corner["py"]) for corner in made["calibrationPoints"]])
    (x1, x2), (y1, y2) = (
        [float(corner[key]) for corner in made["calibrationPoints"][part]]
        for key, part in (("dx", slice(0, 2)), ("dy", slice(2, 4)))
    )
    right, up = clicks[1] - clicks[0], clicks[3] - clicks[2]
    along_x = math.log(x / x1) / math.log(x2 / x1) if made["isLogX"] else (x - x1) / (x2 - x1)
    along_y = math.log(y / y1) / math.log(y2 / y1) if made["isLogY"] else (y - y1) / (y2 - y1)
    # On the line where x is right, through X1 along the y axis; on that where y is right, through Y1 along the x axis.
    start_x, start_y = clicks[0] + along_x * right, clicks[2] + along_y * up
    step, _ = np.linalg.solve(np.array([up, -right]).T, start_y - start_x)
    found = start_x + step * up
    return float(found[0]), float(found[1])


def project(sets: dict[str, Points], made: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    made = made or axes(**options)
    return {
        "version": [4, 2],
        "axesColl": [made],
        "datasetColl": [
            {
                "name": name, "axesName": made["name"], "metadataKeys": [], "colorRGB": [200, 0, 0, 255],
                "data": [
                    {"x": px, "y": py, "value": [x, y]}
                    for x, y in points
                    for px, py in [pixel_of(made, x, y)]
                ],
                "autoDetectionData": None,
            }
            for name, points in sets.items()
        ],
        "measurementColl": [],
    }  # fmt: skip


def saved(content: dict[str, Any] | str | bytes, folder: Path, name: str) -> Path:
    path = folder / name
    if isinstance(content, dict):
        content = json.dumps(content)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def tar_of(name: str, content: bytes) -> bytes:
    """A project as it is downloaded: a folder with the project and its picture."""
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode="w") as archive:
        for member, data in (
            ("fig2a/info.json", b"{}"),
            (f"fig2a/{name}", content),
            ("fig2a/image.png", b""),
        ):
            info = tarfile.TarInfo(member)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return whole.getvalue()


def faults_of(path: Path, data_set: str | None = None) -> tuple[evidence.Fault, ...]:
    with pytest.raises(evidence.EvidenceError) as caught:
        read_digitised(path, data_set)
    return caught.value.faults


def values(read: Digitised) -> dict[str, list[tuple[float, float]]]:
    return {
        str(name): list(zip(own["x"], own["y"], strict=True))
        for name, own in read.points.groupby("data_set", sort=False)
    }


# CSV


def test_a_csv_file_holds_data_sets_of_different_length(tmp_path: Path) -> None:
    text = "cohort,,patient 1,\nX,Y,X,Y\n0.1,20,0,10\n3.05,30.5,2.9,1.2e1\n6,40,,\n"
    read = read_digitised(saved(text, tmp_path, "points.csv"))
    assert values(read) == {"cohort": [(0.1, 20), (3.05, 30.5), (6, 40)], "patient 1": [(0, 10), (2.9, 12)]}
    assert list(read.points["row"]) == [3, 4, 5, 3, 4]
    assert read.calibration is None


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "\ufeff" + text,
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(",,\n", "\n").replace("patient 1,\n", "patient 1\n"),
        lambda text: text + "\n,,,\n",
    ],
    ids=["byte-order mark", "carriage returns", "no trailing commas", "blank rows"],
)
def test_what_a_spreadsheet_does_to_a_csv_file_is_read_the_same(change: Any, tmp_path: Path) -> None:
    text = "cohort,,patient 1,\nX,Y,X,Y\n0,20,0,10\n3,30,,\n"
    read = read_digitised(saved(change(text), tmp_path, "points.csv"))
    assert values(read) == {"cohort": [(0, 20), (3, 30)], "patient 1": [(0, 10)]}


@pytest.mark.parametrize(
    ("text", "row", "column", "value", "rule"),
    [
        ("month,E2\n0,20\n3,30\n", 2, "", "0,20", "must be X,Y under the name of each data set"),
        ("bars,\nLabel,Y\nBar0,20\n", 2, "", "Label,Y", "2D (X-Y) axes; bar charts too"),
        ("one, two,,,\nX,Y\n0,20\n", 1, "", "one,two,,,", "a name may hold no comma"),
        (",\nX,Y\n0,20\n", 1, "", ",", "must name each data set above its X"),
        ("cohort,\nX,Y\n0,20\n3,n.d.\n", 4, "Y of 'cohort'", "n.d.", "is not a number"),
        ("cohort,\nX,Y\n2020/01/05,20\n", 3, "X of 'cohort'", "2020/01/05", "is not a number"),
        ("cohort,\nX,Y\n0,\n", 3, "Y of 'cohort'", "", "is not a number"),
        ("cohort,\nX,Y\n0,inf\n", 3, "Y of 'cohort'", "inf", "is not a number"),
        ("cohort,\nX,Y\n0,20,7\n", 3, "", "7", "is to the right of the last data set"),
        ("cohort,,cohort,\nX,Y,X,Y\n0,20,0,10\n", 0, "data set", "cohort", "is the name of two data sets"),
        ("cohort,\nX,Y\n", 0, "", "", "holds no point"),
        ("", 0, "", "", "is no export of WebPlotDigitizer"),
    ],
)  # fmt: skip
def test_a_fault_of_a_csv_file_is_named(
    text: str, row: int, column: str, value: str, rule: str, tmp_path: Path
) -> None:
    (fault,) = faults_of(saved(text, tmp_path, "points.csv"))
    assert (fault.file, fault.row, fault.column, fault.value) == ("points.csv", row, column, value)
    assert rule in fault.rule


def test_every_fault_of_a_csv_file_is_told_at_once(tmp_path: Path) -> None:
    text = "cohort,,patient 1,\nX,Y,X,Y\n0,a,0,10\nb,30,,c\n"
    faults = faults_of(saved(text, tmp_path, "points.csv"))
    assert [(fault.row, fault.value) for fault in faults] == [(3, "a"), (4, "b"), (4, ""), (4, "c")]


def test_one_data_set_can_be_taken(tmp_path: Path) -> None:
    path = saved("cohort,,patient 1,\nX,Y,X,Y\n0,20,0,n.d.\n", tmp_path, "points.csv")
    assert values(read_digitised(path, "cohort")) == {"cohort": [(0, 20)]}
    (fault,) = faults_of(path, "patient1")
    assert "did you mean 'patient 1'?" in fault.rule


# Projects


@pytest.mark.parametrize("clicks", [UPRIGHT, ROTATED, SIDEWAYS], ids=["upright", "rotated", "sideways"])
@pytest.mark.parametrize("log_y", [False, True], ids=["linear", "log"])
def test_values_of_a_project_follow_from_its_pixels(
    clicks: tuple[Pixel, ...], log_y: bool, tmp_path: Path
) -> None:
    content = project({"cohort": COHORT}, clicks=clicks, y=(10, 100), log_y=log_y)
    for point in content["datasetColl"][0]["data"]:
        del point["value"]
    read = read_digitised(saved(content, tmp_path, "project.json"))
    np.testing.assert_allclose(values(read)["cohort"], COHORT, atol=1e-9)
    assert list(read.points["row"]) == [1, 2, 3, 4]
    assert (read.points["error"] > 0).all()


def test_axes_agree_with_webplotdigitizer() -> None:
    """Pixels and values that version 4.0 stored in a project of its own tests, whose axes lie a little askew."""
    clicks = (
        (101.0204081632653, 540.6122448979592), (693.0612244897959, 540),
        (101.0204081632653, 540.6122448979592), (100.40816326530613, 60.61224489795919),
    )  # fmt: skip
    calibration = calibration_of(axes(clicks, x=(0, 6), y=(-2, 2)))
    for pixel, stored in (
        ((116.5, 299.3181818181818), (0.15999583424216968, 0.010647808118686708)),
        ((651.5, 164.66666666666666), (5.583652738078436, 1.1281318145651258)),
    ):
        assert calibration.value(*pixel) == pytest.approx(stored, abs=1e-9)


def test_without_rotation_each_axis_lies_along_the_picture() -> None:
    calibration = calibration_of(axes(ROTATED, no_rotation=True))
    # Half of the way between the clicks, whatever the other pixel.
    assert calibration.value(400, 0)[0] == pytest.approx(6)
    assert calibration.value(0, 270)[1] == pytest.approx(50)
    sideways = calibration_of(axes(((100, 50), (130, 650), (100, 50), (550, 80)), no_rotation=True))
    assert sideways.value(0, 350)[0] == pytest.approx(6)
    assert sideways.value(325, 0)[1] == pytest.approx(50)


@st.composite
def calibrated(draw: st.DrawFn) -> dict[str, Any]:
    """Axes as someone may click them: at any angle to each other, but clearly two."""
    place = st.floats(0, 2000)
    clicks = [(draw(place), draw(place)) for _ in range(4)]
    right, up = np.subtract(clicks[1], clicks[0]), np.subtract(clicks[3], clicks[2])
    lengths = np.hypot(*right), np.hypot(*up)
    assume(min(lengths) > 50)
    assume(abs(right[0] * up[1] - right[1] * up[0]) > 0.3 * lengths[0] * lengths[1])
    log_x, log_y = draw(st.booleans()), draw(st.booleans())
    limits = []
    for log in (log_x, log_y):
        low, high = draw(st.floats(0.01, 10)), draw(st.floats(20, 1000))
        limits.append(draw(st.sampled_from([(low, high), (high, low), (low if log else 0, high)])))
    return axes(clicks, x=limits[0], y=limits[1], log_x=log_x, log_y=log_y)


@given(made=calibrated(), shares=st.tuples(st.floats(-0.2, 1.2), st.floats(-0.2, 1.2)))
def test_a_value_is_found_again_at_its_pixel(made: dict[str, Any], shares: tuple[float, float]) -> None:
    calibration = calibration_of(made)
    x, y = (
        low * (high / low) ** share if log else low + share * (high - low)
        for share, (low, high), log in zip(
            shares, (calibration.x_limits, calibration.y_limits), (made["isLogX"], made["isLogY"]), strict=True
        )
    )  # fmt: skip
    assert calibration.value(*pixel_of(made, x, y)) == pytest.approx((x, y), rel=1e-6, abs=1e-6)


_off = st.tuples(st.floats(-1, 1), st.floats(-1, 1)).map(
    lambda off: 0.5 * np.array(off) / max(1.0, float(np.hypot(*off)))
)


@given(
    share=st.tuples(st.floats(0, 1), st.floats(0, 1)), offs=st.tuples(*[_off] * 5), log_y=st.booleans(),
    no_rotation=st.booleans(),
)  # fmt: skip
def test_a_value_is_recovered_within_its_error_when_every_click_is_half_a_pixel_off(
    share: tuple[float, float], offs: tuple[Any, ...], log_y: bool, no_rotation: bool
) -> None:
    clicks = UPRIGHT if no_rotation else ROTATED
    limits = {"y": (1, 100), "log_y": log_y, "no_rotation": no_rotation}
    true = axes(clicks, **limits)  # type: ignore[arg-type]
    y = 100 ** share[1] if log_y else 1 + 99 * share[1]
    right, down = pixel_of(true, 12 * share[0], y) + offs[4]
    off = [tuple(np.add(click, move)) for click, move in zip(clicks, offs, strict=False)]
    clicked = calibration_of(axes(off, **limits))  # type: ignore[arg-type]
    # The bound is of first order: what is left is of the size of a pixel squared over the length of an axis.
    assert abs(clicked.value(right, down)[1] - y) <= 1.02 * clicked.error(right, down)


def test_the_error_is_that_of_the_clicks() -> None:
    # 450 pixels for 100: half a pixel is 1/9; on the axis it counts for the point and, by shares, for Y1 and Y2.
    calibration = calibration_of(axes(no_rotation=True))
    assert calibration.error(100, 275) == pytest.approx(2 / 9)
    assert calibration.error(700, 275) == pytest.approx(2 / 9)
    assert calibration.error(100, 725) == pytest.approx(3 / 9), "beyond the clicks it grows"
    # Without it the far end of the x axis counts twice: a click at either end tilts the axes.
    assert calibration_of(axes()).error(700, 275) == pytest.approx(4 / 9)


@pytest.mark.parametrize("name", ["project.tar", "project.json"])
def test_a_project_is_read_as_tar_and_as_json(name: str, tmp_path: Path) -> None:
    content = project({"patient 1": COHORT, "patient 2": COHORT[:2], "empty": ()})
    data = json.dumps(content).encode()
    path = saved(tar_of("wpd.json", data) if name.endswith("tar") else data, tmp_path, name)
    read = values(read_digitised(path))
    assert list(read) == ["patient 1", "patient 2"]
    np.testing.assert_allclose(read["patient 1"], COHORT, atol=1e-9)


def _broken(change: str) -> dict[str, Any] | str | bytes:
    made = project({"cohort": COHORT})
    first = made["axesColl"][0]
    corners, points = first["calibrationPoints"], made["datasetColl"][0]["data"]
    match change:
        case "version 3":
            return {"wpd": {"version": [3, 8], "axesType": "XYAxes"}}
        case "text":
            return '{"cut off'
        case "no project in the tar":
            return tar_of("other.json", b"{}")
        case "binary":
            return b"\x89PNG\r\n\x1a\n\xff"
        case "bars":
            first["type"] = "BarAxes"
        case "date":
            corners[1]["dx"] = "2020/01/05"
        case "log axis at 0":
            first["isLogY"] = True
        case "one value":
            corners[3]["dy"] = "0"
        case "one line":
            corners[3].update(px=400, py=500)
        case "three points":
            corners.pop()
        case "unknown axes":
            made["datasetColl"][0]["axesName"] = ""
        case "two axes":
            made["axesColl"].append(axes(name="XY2"))
            made["datasetColl"].append({"name": "patient 1", "axesName": "XY2", "data": points})
        case "same name":
            made["datasetColl"] *= 2
        case "moved":
            points[2]["value"] = [6, 58.9]
        case "moved in time":
            points[2]["value"] = [7, 48.9]
        case "typed level":
            points[1]["metadata"] = {"overrides": {"y": "50"}}
        case "typed time":
            points[1]["metadata"] = {"overrides": {"x": "4", "y": None}}
        case "typed as a list":
            points[1]["metadata"] = {"overrides": ["4", "50"]}
        case "axes twice":
            made["axesColl"].append(axes())
        case "not finite":
            points[2]["y"] = math.inf
        case "far away":
            first["isLogY"], corners[2]["dy"], points[0]["y"] = True, "1", -1e12
        case "no pixel":
            del points[0]["x"]
        case "no point":
            points.clear()
    return made


@pytest.mark.parametrize(
    ("change", "column", "value", "rule"),
    [
        ("version 3", "", "", "is no project of WebPlotDigitizer 4"),
        ("text", "", "", "is no project of WebPlotDigitizer 4 that can be read"),
        ("no project in the tar", "", "", "is a tar file without wpd.json"),
        ("binary", "", "", "is no export of WebPlotDigitizer"),
        ("bars", "axes", "XY", "are of type BarAxes; calibrate them as 2D (X-Y)"),
        ("date", "axes", "XY", "are calibrated at '0' and '2020/01/05'; calibrate at plain numbers"),
        ("log axis at 0", "axes", "XY", "are logarithmic and calibrated at 0; calibrate above 0"),
        ("one value", "axes", "XY", "are calibrated at 0 twice"),
        ("one line", "axes", "XY", "do not span a plane"),
        ("three points", "axes", "XY", "have 3 calibration points; X-Y axes have four"),
        ("unknown axes", "axes", "", "are not in the project"),
        ("two axes", "", "", "has points on several axes ('XY', 'XY2'); choose a data set with --data-set"),
        ("same name", "data set", "cohort", "is the name of two data sets"),
        ("moved", "y", "58.9", "the axes give 48.9 at its pixel"),
        ("moved in time", "x", "7", "the axes give 6 at its pixel"),
        (
            "typed level",
            "y",
            "50",
            "was typed in WebPlotDigitizer over 35.2, which is read; take the override away",
        ),
        (
            "typed time",
            "x",
            "4",
            "was typed in WebPlotDigitizer over 3, which is read; take the override away",
        ),
        (
            "typed as a list",
            "overrides",
            "['4', '50']",
            "in a form that is not known; take the overrides away",
        ),
        ("axes twice", "axes", "XY", "occur twice in the project; rename one"),
        ("not finite", "", "(400.0, inf)", "is no pixel of the figure"),
        ("far away", "", "", "that can be read"),
        ("no pixel", "", "", "that can be read ('x')"),
        ("no point", "", "", "holds no point"),
    ],
)
def test_a_fault_of_a_project_is_named(
    change: str, column: str, value: str, rule: str, tmp_path: Path
) -> None:
    (fault,) = faults_of(saved(_broken(change), tmp_path, "project.json"))
    assert fault.file.startswith("project.json")
    assert (fault.column, fault.value) == (column, value)
    assert rule in fault.rule


def test_of_a_project_with_several_figures_one_can_be_taken(tmp_path: Path) -> None:
    path = saved(_broken("two axes"), tmp_path, "project.json")
    assert list(values(read_digitised(path, "patient 1"))) == ["patient 1"]


# Groups of points

BARS: Points = ((0.1, 26.0), (3.1, 41.5), (6.1, 60.0), (12.1, 50.0))


def grouped(
    names: Sequence[str] = ("Mean", "+SD"), others: dict[str, Points] | None = None
) -> dict[str, Any]:
    """A cohort whose means and tops of bars were clicked in turn, as two groups of one data set."""
    turns = [point for pair in zip(COHORT, BARS, strict=True) for point in pair]
    made = project({"cohort": turns} | (others or {}))
    made["datasetColl"][0]["groupNames"] = list(names)
    for number, point in enumerate(made["datasetColl"][0]["data"]):
        point |= {"tuple": number // 2, "group": number % 2}
    return made


def test_of_groups_of_points_one_must_be_chosen(tmp_path: Path) -> None:
    path = saved(grouped(), tmp_path, "groups.json")
    (fault,) = faults_of(path)
    assert (fault.file, fault.column, fault.value) == ("groups.json", "data set", "cohort")
    assert fault.rule == (
        "has points in the groups 'Mean', '+SD'; choose the one that holds the levels, as --group 'Mean'"
    )
    for group, points in (("Mean", COHORT), ("+SD", BARS)):
        read = read_digitised(path, group=group)
        np.testing.assert_allclose(values(read)["cohort"], points, atol=1e-9)
        assert set(read.points["group"]) == {group}
    with pytest.raises(evidence.EvidenceError, match="is no group of points; did you mean 'Mean'"):
        read_digitised(path, group="mean")


def test_groups_have_the_names_that_webplotdigitizer_shows(tmp_path: Path) -> None:
    path = saved(grouped(names=["", ""]), tmp_path, "groups.json")
    assert "the groups 'Primary Group', 'Group 1'" in faults_of(path)[0].rule
    made = grouped()
    del made["datasetColl"][0]["data"][7]["group"]
    (fault,) = faults_of(saved(made, tmp_path, "groups.json"))
    assert "the groups 'Mean', '+SD', 'none'" in fault.rule


def test_a_data_set_of_one_group_and_one_without_any_are_read(tmp_path: Path) -> None:
    made = grouped(others={"patient 1": COHORT})
    read = values(read_digitised(saved(made, tmp_path, "groups.json"), group="Mean"))
    assert list(read) == ["cohort", "patient 1"]
    for point in made["datasetColl"][0]["data"]:
        point["group"] = 0
    assert len(read_digitised(saved(made, tmp_path, "one.json")).points) == 12
    with pytest.raises(evidence.EvidenceError, match="is no group of points; there are none"):
        read_digitised(saved(project({"cohort": COHORT}), tmp_path, "plain.json"), group="Mean")
    csv_file = saved("cohort,\nX,Y\n0,20\n", tmp_path, "points.csv")
    with pytest.raises(evidence.EvidenceError, match="has no groups of points; save the project"):
        read_digitised(csv_file, group="Mean")


def test_the_tops_of_bars_do_not_become_means(data: Path, tmp_path: Path) -> None:
    path = saved(grouped(), tmp_path, "groups.json")
    before = content_of(data)
    refused = run(tmp_path, path.name, "data", *OPTIONS)
    assert (refused.exit_code, content_of(data)) == (1, before)
    done = run(tmp_path, path.name, "data", *OPTIONS, "--group", "Mean")
    assert done.exit_code == 0, done.output
    rows = new_rows(data)
    assert list((rows["mean"] / rows["unit_factor"]).round(1)) == [y for _, y in COHORT]
    assert rows["note"].str.contains("data set 'cohort', group 'Mean', at ", regex=False).all()


@pytest.mark.parametrize("times", [(), (0, 3, 6, 12)])
def test_two_points_at_one_time_are_refused_in_a_csv_file_too(
    times: tuple[float, ...], tmp_path: Path
) -> None:
    turns = [point for pair in zip(COHORT, BARS, strict=True) for point in pair]
    lines = "".join(f"{x},{y}\n" for x, y in turns)
    read = read_digitised(saved(f"cohort,\nX,Y\n{lines}", tmp_path, "points.csv"))
    with pytest.raises(evidence.EvidenceError) as caught:
        points_of(read, "points.csv", error=1, times=times)
    assert [(fault.row, fault.value) for fault in caught.value.faults] == [
        (4, "0.1"), (6, "3.1"), (8, "6.1"), (10, "12.1"),
    ]  # fmt: skip
    for fault in caught.value.faults:
        assert f"is at the time of row {fault.row - 1}: a point that was clicked twice" in fault.rule
        assert ("name all with --times" in fault.rule) == (not times)


def test_times_that_are_near_each_other_can_be_given() -> None:
    read = read_of("cohort", xs=(0, 0.1, 12))
    assert list(points_of(read, "points.json", times=(0, 0.1, 12))["time"]) == [0, 0.1, 12]
    with pytest.raises(evidence.EvidenceError, match="is at the time of row 1"):
        points_of(read, "points.json")


def test_a_time_in_digits_of_another_kind_is_refused(tmp_path: Path) -> None:
    (fault,) = faults_of(saved("cohort,\nX,Y\n1_2,20\n", tmp_path, "points.csv"))
    assert (fault.row, fault.column, fault.value) == (3, "X of 'cohort'", "1_2")


# Bars


def ends_of(
    folder: Path, content: dict[str, Any] | str, group: str | None = None, **kinds: str
) -> pd.DataFrame:
    """Read levels with the ends of their bars; a CSV file has an error of 1."""
    path = saved(content, folder, "bars.json" if isinstance(content, dict) else "bars.csv")
    read = read_digitised(path, group=group, bars=list(kinds.values()))
    error = None if isinstance(content, dict) else 1.0
    points = points_of(read, path.name, error=error, subject=None)
    return with_bars(points, read, path.name, kinds, error=error)


def bars_refused(folder: Path, content: dict[str, Any] | str, group: str | None = None, **kinds: str) -> str:
    with pytest.raises(evidence.EvidenceError) as caught:
        ends_of(folder, content, group, **kinds)
    return str(caught.value)


@pytest.mark.parametrize("form", ["groups", "data sets", "CSV"])
def test_the_distance_of_an_end_from_its_level_is_the_spread(form: str, tmp_path: Path) -> None:
    content: dict[str, Any] | str = project({"cohort": COHORT, "+SD": BARS})
    if form == "groups":
        content = grouped()
    elif form == "CSV":
        pairs = zip(COHORT, BARS, strict=True)
        content = "cohort,,+SD,\nX,Y,X,Y\n" + "".join(f"{x},{y},{u},{v}\n" for (x, y), (u, v) in pairs)
    points = ends_of(tmp_path, content, "Mean" if form == "groups" else None, sd="+SD")
    assert list(points["data_set"].unique()) == ["cohort"]
    np.testing.assert_allclose(points["y"], [y for _, y in COHORT])
    spreads = [bar for (bar,) in points["bars"]]
    assert {(bar.kind, bar.name) for bar in spreads} == {("sd", "+SD")}
    np.testing.assert_allclose(
        [bar.value for bar in spreads], [top - y for (_, top), (_, y) in zip(BARS, COHORT, strict=True)]
    )
    # Two clicks can be off: that on the end, and that on the level.
    assert all(bar.error > 1.9 * error for bar, error in zip(spreads, points["error"], strict=True))


def test_limits_are_where_the_bars_end(tmp_path: Path) -> None:
    low = tuple((x, y - 10) for x, y in COHORT[:3])
    points = ends_of(tmp_path, project({"cohort": COHORT, "low": low, "top": BARS}), q1="low", q3="top")
    found = [{bar.kind: round(bar.value, 6) for bar in bars} for bars in points["bars"]]
    assert found == [
        {"q1": 11.4, "q3": 26.0}, {"q1": 25.2, "q3": 41.5}, {"q1": 38.9, "q3": 60.0}, {"q3": 50.0},
    ]  # fmt: skip


def test_an_end_that_is_none_of_its_level_is_refused(tmp_path: Path) -> None:
    both = project({"cohort": COHORT, "+SD": BARS})
    assert "'26': is above its level 21.4, and no first quartile" in bars_refused(tmp_path, both, q1="+SD")
    near = project({"cohort": COHORT, "+SD": [(0, 21.5)]})
    assert "'21.5': is within the error of reading of its level 21.4" in bars_refused(
        tmp_path, near, sd="+SD"
    )
    between = project({"cohort": COHORT, "+SD": [(1.5, 30)]})
    assert "is the end of no bar; it is at 1.5, and the nearest" in bars_refused(tmp_path, between, sd="+SD")
    twice = project({"cohort": COHORT, "+SD": [(3, 40), (3, 30)]})
    assert "row 2, column sd: '30': is a second end of the bar at 3, as row 1 is" in bars_refused(
        tmp_path, twice, sd="+SD"
    )
    patient = project({"patient 1": COHORT, "+SD": BARS})
    assert "patient-1 is one woman; bars are those of a cohort" in bars_refused(tmp_path, patient, sd="+SD")
    several = project({"cohort": COHORT, "patient 1": COHORT, "+SD": BARS})
    assert "but of which data set? choose that with the levels" in bars_refused(tmp_path, several, sd="+SD")
    assert "'SD': is no data set and no group of points; did you mean '+SD'" in bars_refused(
        tmp_path, both, sd="SD"
    )
    with pytest.raises(evidence.EvidenceError, match="is read for levels and for the ends of their bars"):
        read_digitised(tmp_path / "bars.json", "+SD", bars=["+SD"])


def test_women_are_counted_per_time() -> None:
    points = points_of(read_of("cohort", "patient 1"), "points.json")
    assert list(with_women(points, [9, 8, 7])["n"]) == ["9", "8", "7", "", "", ""]
    assert list(with_women(points, [9])["n"]) == ["9", "9", "9", "", "", ""]
    assert list(with_women(points, [7, 8, 9], (6, 3, 0))["n"]) == ["9", "8", "7", "", "", ""]
    with pytest.raises(ValueError, match="one for each of the 3 times 0, 3, 6; 2 were given"):
        with_women(points, [9, 8])
    with pytest.raises(ValueError, match="each patient is one woman"):
        with_women(points[points["subject"] != "cohort"], [9])


def test_bars_and_women_stand_in_the_rows(data: Path, tmp_path: Path) -> None:
    saved(grouped(), tmp_path, "groups.json")
    options = [*OPTIONS, "--group", "Mean", "--bars", "sd=+SD", "--n", "9,9,8,7", "--times", "0,3,6,12"]
    done = run(tmp_path, "groups.json", "data", *options)
    assert done.exit_code == 0, done.output
    assert "remark" not in done.output
    rows = evidence.load(data).printed["measurements"]
    rows = rows[rows["locator"].eq("Fig 2a") & rows["study_id"].eq(STUDY)]
    assert list(rows["n"]) == ["9", "9", "8", "7"]
    assert list(rows["sd"]) == ["4.60", "6.30", "11.10", "9.70"]
    assert (
        rows["note"].str.contains(r"; SD from '\+SD' ±0\.\d+ pg/mL; error of reading ±0\.\d+ pg/mL \(").all()
    )
    first = rows.iloc[0]
    error = reading_error(first["note"], first["unit"])
    assert error == pytest.approx(1.05 * 0.22), "the error of the level, not of the bar"
    # The same points once more, as another figure of the same paper.
    again = run(tmp_path, "groups.json", "data", *options, "--figure", "Fig 3b", "--dry-run")
    assert (
        "all 4 points are in the tables already, as E2 of glen2017, arm cells, cohort, read off Fig 2a"
        in again.output
    )


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--bars", "SD", "takes sd|se|q1|q3|minimum|maximum=NAME, as sd=+SD, not 'SD'"),
        ("--bars", "ci=top", "takes sd|se|q1|q3|minimum|maximum=NAME"),
        ("--n", "9,x", "takes numbers of women with commas, as 20,20,18, not '9,x'"),
        ("--n", "0", "takes numbers of women"),
    ],
)
def test_an_option_for_bars_that_cannot_be_read_is_told(
    option: str, value: str, message: str, tmp_path: Path
) -> None:
    refused = run(tmp_path, "fig.json", *OPTIONS, option, value)
    assert (refused.exit_code, message in " ".join(refused.output.split())) == (2, True), refused.output


def test_what_may_be_another_click_is_remarked_on(small_ev: evidence.Evidence, tmp_path: Path) -> None:
    target = target_of(small_ev, study=STUDY, arm="cells", measure="E2", unit="pg/mL", figure="Fig 2a")

    def remarks_on(sets: dict[str, Points], **kinds: str) -> list[str]:
        path = saved(project(sets), tmp_path, "fig.json")
        read = read_digitised(path, bars=list(kinds.values()))
        points = with_bars(points_of(read, path.name), read, path.name, kinds)
        return doubts(points, target, small_ev, (), read)

    assert remarks_on({"cohort": [(0, 21.4), (3, 120.0)]}) == [], "an axis may go on beyond its clicks"
    (far,) = remarks_on({"cohort": [(0, 21.4), (3, 180.0)]})
    assert "point 2 has y = 180, far outside the y axis, which is calibrated from 0 to 100" in far
    (late,) = remarks_on({"cohort": [(0, 21.4), (24, 30.0)]})
    assert "point 2 has x = 24, far outside the x axis" in late
    (top,) = remarks_on({"cohort": [(0, 21.4)], "+SD": [(0, 210.0)]}, sd="+SD")
    assert "data set '+SD': point 1 has y = 210, far outside" in top
    (bare,) = remarks_on({"cohort": COHORT, "+SD": BARS[:3]}, sd="+SD")
    assert bare == "data set 'cohort': no end of a bar (sd) was read for the level at 12"
    (sides,) = remarks_on({"cohort": COHORT, "top": [*BARS[:3], (12, 10.0)]}, sd="top")
    assert sides == (
        "bars sd='top': the end is above the level at 0, 3, 6 and below it at 12; a wrong click, or the end of another bar"
    )
    for name, kind in (("SD", "sd"), ("95% CI", "confidence interval"), ("Q3", "q3"), ("IQR", "quartile")):
        (other,) = remarks_on({"cohort": COHORT, name: BARS}, se=name)
        assert other.startswith(f"bars se={name!r}: the name says {kind}; check in the legend")
    for name, kind in (("SEM", "se"), ("SD", "sd"), ("IQR", "q3"), ("upper", "maximum")):
        assert remarks_on({"cohort": COHORT, name: BARS}, **{kind: name}) == []


def test_a_group_of_ends_taken_for_levels_is_remarked_on(small_ev: evidence.Evidence, tmp_path: Path) -> None:
    target = target_of(small_ev, study=STUDY, arm="cells", measure="E2", unit="pg/mL", figure="Fig 2a")
    times = (0, 3, 6, 12)
    for names, group, remarks in ((["Mean", "+SD"], "+SD", 1), (["Mean ± SD", "top"], "Mean ± SD", 0)):
        path = saved(grouped(names), tmp_path, "groups.json")
        points = points_of(read_digitised(path, group=group), path.name, times=times)
        found = doubts(points, target, small_ev, times)
        assert len(found) == remarks
        assert all(
            "group '+SD': its points are taken for levels, and its name is that of the ends of bars (sd)"
            in line
            for line in found
        )


@pytest.mark.usefixtures("data")
def test_quartiles_of_a_mean_are_one_fault(tmp_path: Path) -> None:
    saved(project({"cohort": COHORT, "top": BARS}), tmp_path, "fig.json")
    refused = run(tmp_path, "fig.json", "data", *OPTIONS, "--bars", "q3=top")
    assert refused.exit_code == 1
    assert refused.stderr == (
        "Error: --bars q3: a third quartile goes with a median; give --statistic median, or bars of another kind\n"
    )


# Whose points, and when


def read_of(*names: str, xs: Sequence[float] = (0, 3, 6)) -> Digitised:
    rows = [
        {"data_set": name, "group": "", "row": row, "x": x, "y": 10.0 + row, "error": 0.5}
        for name in names
        for row, x in enumerate(xs, start=1)
    ]
    return Digitised(pd.DataFrame(rows), calibration_of(axes()))


@pytest.mark.parametrize(
    ("names", "subject", "subjects"),
    [
        (("cohort",), None, ["cohort"]),
        (("Patient 1", "patient-02", "patient_12"), None, ["patient-1", "patient-2", "patient-12"]),
        (("cohort", "patient 3"), None, ["cohort", "patient-3"]),
        (("Default Dataset",), "cohort", ["cohort"]),
        (("Default Dataset",), "patient-4", ["patient-4"]),
        (("P. A.", "Default Dataset"), "per-dataset", ["patient-1", "patient-2"]),
    ],
)
def test_names_or_the_option_tell_whose_points_they_are(
    names: tuple[str, ...], subject: str | None, subjects: list[str]
) -> None:
    points = points_of(read_of(*names), "points.json", subject=subject)
    assert list(points["subject"].unique()) == subjects


@pytest.mark.parametrize(
    ("names", "subject", "message"),
    [
        (("Default Dataset",), None, "'Default Dataset': does not say whose values these are"),
        (("patient 1", "Patient-1"), None, "'Patient-1': is patient-1, as another data set is"),
        (("a", "b"), "cohort", r"has 2 data sets \('a', 'b'\); choose that of the cohort with --data-set"),
        (("a",), "everyone", "--subject must be cohort, a patient as patient-1, or per-dataset, not 'everyone'"),
        (("patient 0",), None, "does not say whose"),
    ],
)  # fmt: skip
def test_a_data_set_of_nobody_is_refused(names: tuple[str, ...], subject: str | None, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        points_of(read_of(*names), "points.json", subject=subject)


def test_points_take_the_nearest_time() -> None:
    read = read_of("cohort", xs=(-0.2, 1.2, 3.1, 6.0, 12.24))
    points = points_of(read, "points.json", times=(12, 6, 3, 1, 0))
    assert list(points["time"]) == [0, 1, 3, 6, 12]
    assert list(points["x"]) == [-0.2, 1.2, 3.1, 6.0, 12.24]
    assert list(points_of(read_of("cohort"), "points.json")["time"]) == [0, 3, 6]


@pytest.mark.parametrize("x", [0.3, 0.5, 1.6, 4.0, 6.3, 14.0, -0.3])
def test_a_point_between_times_is_refused(x: float) -> None:
    with pytest.raises(evidence.EvidenceError, match="lies between the time points") as caught:
        points_of(read_of("cohort", xs=(0, x)), "points.json", times=(0, 1, 3, 6, 12))
    (fault,) = caught.value.faults
    assert (fault.file, fault.row, fault.column) == ("points.json, data set 'cohort'", 2, "x")
    assert fault.value == f"{x:g}"


def test_a_time_before_zero_and_a_single_time_are_refused() -> None:
    with pytest.raises(evidence.EvidenceError, match=r"'-0.1': lies before 0; give .* --times 0,3,6"):
        points_of(read_of("cohort", xs=(-0.1, 3)), "points.json")
    with pytest.raises(ValueError, match="all time points of the figure, not only 3"):
        points_of(read_of("cohort"), "points.json", times=(3, 3))


@pytest.mark.parametrize("error", [0, -1, math.nan, math.inf])
def test_an_error_of_reading_is_above_zero(error: float) -> None:
    with pytest.raises(ValueError, match="must be a number above 0"):
        points_of(read_of("cohort"), "points.json", error=error)


# The command


def run(folder: Path, *arguments: str) -> Result:
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, ["import-figure", *arguments])


def content_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def figure(tmp_path: Path) -> Path:
    return saved(project({"cohort": COHORT}), tmp_path, "fig2a.json")


@pytest.fixture(scope="module")
def once(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of a figure and of data to which the command has added its points; tests must not change it."""
    folder = tmp_path_factory.mktemp("once")
    shutil.copytree(small, folder / "data")
    path = saved(project({"cohort": COHORT}), folder, "fig2a.json")
    done = run(folder, path.name, "data", *OPTIONS)
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture
def imported(once: Path, tmp_path: Path) -> Path:
    """The figure in a copy of that folder."""
    return Path(shutil.copytree(once, tmp_path / "again")) / "fig2a.json"


def new_rows(data: Path) -> pd.DataFrame:
    rows = evidence.load(data).select("measurements", study_id=STUDY)
    return rows[rows["locator"] == "Fig 2a"]


def test_points_become_rows_that_the_notebooks_show(data: Path, figure: Path) -> None:
    done = run(figure.parent, figure.name, "data", *OPTIONS)
    assert done.exit_code == 0, done.output
    assert "measurements    4 added" in done.output
    assert "4 rows written to data" in done.output
    rows = new_rows(data)
    assert list(rows["timepoint_months"]) == [0, 3, 6, 12]
    assert set(rows["arm_id"] + "/" + rows["subject"] + "/" + rows["extraction"]) == {
        "cells/cohort/digitised"
    }
    assert rows["n"].isna().all()
    assert rows["unit_reported"].eq("pg/mL").all()
    course = trajectory_rows.course(evidence.load(data), "E2", studies=[STUDY], unit="pg/mL")
    shown = course.levels[course.levels["locator"] == "Fig 2a"]
    assert list(shown["centre"].round(6)) == [y for _, y in COHORT]


def test_the_note_states_the_error(imported: Path) -> None:
    data = imported.parent / "data"
    calibration = read_digitised(imported).calibration
    assert calibration
    for (x, y), note in zip(COHORT, new_rows(data)["note"], strict=True):
        assert f"±{calibration.error(*pixel_of(axes(), x, y)):.2g} pg/mL" in note
        assert f"at {x} months" in note
        assert "half a pixel" in note


def test_patients_stand_in_mean_with_n_1_and_a_median_in_median(data: Path, tmp_path: Path) -> None:
    path = saved(project({"cohort": COHORT, "patient 2": COHORT[:2]}), tmp_path, "both.json")
    done = run(tmp_path, path.name, "data", *OPTIONS, "--statistic", "median")
    assert done.exit_code == 0, done.output
    rows = new_rows(data)
    cohort, patient = rows[rows["subject"] == "cohort"], rows[rows["subject"] == "patient-2"]
    assert cohort["median"].notna().all()
    assert cohort["mean"].isna().all()
    assert patient["mean"].notna().all()
    assert patient["median"].isna().all()
    assert list(patient["n"]) == [1, 1]


def test_a_csv_file_needs_the_error_and_keeps_it(data: Path, tmp_path: Path) -> None:
    path = saved("Default Dataset,\nX,Y\n0.4,20.123\n25.9,31.987\n", tmp_path, "points.csv")
    options = [*OPTIONS, "--subject", "cohort", "--x-unit", "weeks", "--times", "0,26"]
    refused = run(tmp_path, path.name, "data", *options)
    assert refused.exit_code == 1
    assert "give the error of reading with --error" in refused.output
    assert run(tmp_path, path.name, "data", *options, "--error", "2").exit_code == 0
    rows = new_rows(data)
    # A week is 7 days, a month a twelfth of 365.25; a level is kept to a tenth of its error.
    assert list(rows["timepoint_months"]) == [0, 5.98]
    assert list((rows["mean"] / rows["unit_factor"]).round(6)) == [20.1, 32.0]
    assert rows["note"].str.contains("±2 pg/mL (as its reader gave it)", regex=False).all()
    assert rows["note"].str.contains("at 25.9 weeks").any()


def test_importing_twice_adds_nothing_twice(imported: Path) -> None:
    data = imported.parent / "data"
    before = content_of(data)
    again = run(imported.parent, imported.name, "data", *OPTIONS)
    assert again.exit_code == 0, again.output
    assert "nothing to add: the tables have every row already" in again.output
    assert content_of(data) == before


@pytest.mark.parametrize("name", ["Fig. 2a", "Figure 2A", "fig.2a", "FIG 2 a", "Fig2a"])
def test_a_figure_by_another_spelling_is_the_same(name: str, imported: Path) -> None:
    data = imported.parent / "data"
    before = content_of(data)
    again = run(imported.parent, imported.name, "data", *OPTIONS, "--figure", name)
    assert again.exit_code == 0, again.output
    assert "nothing to add: the tables have every row already" in again.output
    assert content_of(data) == before


@pytest.mark.parametrize("name", ["Fig 2b", "Fig 12a", "Fig S2a", "Table 2a"])
def test_another_figure_is_another(name: str, imported: Path) -> None:
    other = run(imported.parent, imported.name, "data", *OPTIONS, "--figure", name)
    assert "4 added" in other.output


def test_a_new_reading_needs_replace(imported: Path) -> None:
    data = imported.parent / "data"
    saved(project({"cohort": [*COHORT[:3], (12, 44.4)]}), imported.parent, imported.name)
    before = content_of(data)
    refused = run(imported.parent, imported.name, "data", *OPTIONS)
    assert refused.exit_code == 1
    assert "fig2a.json, data set 'cohort', row 4, column mean: '44.40'" in refused.output
    assert content_of(data) == before
    replaced = run(imported.parent, imported.name, "data", *OPTIONS, "--replace")
    assert replaced.exit_code == 0, replaced.output
    assert "1 replaced" in replaced.output
    assert len(new_rows(data)) == 4


@pytest.mark.parametrize(
    "points", [((0.5, 21.4), *COHORT[1:]), COHORT[:3]], ids=["another time", "fewer points"]
)
def test_a_figure_stands_with_one_reading(points: Points, imported: Path) -> None:
    data = imported.parent / "data"
    saved(project({"cohort": points}), imported.parent, imported.name)
    before = content_of(data)
    refused = run(imported.parent, imported.name, "data", *OPTIONS)
    assert refused.exit_code == 1
    assert "is none of the new rows; --replace takes it out" in refused.output
    assert content_of(data) == before
    dry = run(imported.parent, imported.name, "data", *OPTIONS, "--replace", "--dry-run")
    assert "1 would be taken out" in dry.output
    assert content_of(data) == before
    replaced = run(imported.parent, imported.name, "data", *OPTIONS, "--replace")
    assert replaced.exit_code == 0, replaced.output
    assert "written to data, 1 taken out" in replaced.output
    assert sorted(new_rows(data)["timepoint_months"]) == [time for time, _ in points]
    others = [line for line in before["measurements.csv"].splitlines() if b"Fig 2a" not in line]
    after = content_of(data)["measurements.csv"].splitlines()
    assert [line for line in after if b"Fig 2a" not in line] == others


def test_data_sets_of_one_figure_can_be_added_one_by_one(data: Path, tmp_path: Path) -> None:
    path = saved(project({"cohort": COHORT, "patient 2": COHORT[:2]}), tmp_path, "both.json")
    for name, count in (("cohort", 4), ("patient 2", 2)):
        done = run(tmp_path, path.name, "data", *OPTIONS, "--data-set", name)
        assert done.exit_code == 0, done.output
        assert f"{count} rows written" in done.output
    assert "remark: Fig 2a was read for arm cells, cohort before (4 points); those rows stay" in done.output
    assert len(new_rows(data)) == 6


def test_a_first_point_that_is_nearly_at_0_is_remarked_on(data: Path, tmp_path: Path) -> None:
    path = saved(project({"cohort": ((0.08, 21.4), *COHORT[1:])}), tmp_path, "fig.json")
    options = [*OPTIONS, "--dry-run"]
    done = run(tmp_path, path.name, data.name, *options)
    assert "remark: data set 'cohort': the first point is at 0.08 months, which is not before" in done.output
    assert "remark:" not in run(tmp_path, path.name, data.name, *options, "--times", "0,3,6,12").output


@pytest.mark.parametrize("points", [COHORT, ((0.002, 20), (3, 30)), ((1, 20), (3, 30)), ((3, 20), (6, 30))])
def test_a_first_point_at_0_or_well_after_is_not(points: Points, data: Path, tmp_path: Path) -> None:
    path = saved(project({"cohort": points}), tmp_path, "fig.json")
    done = run(tmp_path, path.name, data.name, *OPTIONS, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "the first point" not in done.output


def test_a_point_that_is_moved_far_to_its_time_is_remarked_on(data: Path, tmp_path: Path) -> None:
    path = saved(project({"cohort": ((2.5, 21.4), (12, 40.3))}), tmp_path, "fig.json")
    done = run(tmp_path, path.name, data.name, *OPTIONS, "--dry-run", "--times", "0,12")
    assert done.exit_code == 0, done.output
    assert "remark: data set 'cohort': the point at 2.5 months is taken for 0" in done.output


def test_figures_that_do_not_fit_are_remarked_on(data: Path, tmp_path: Path) -> None:
    path = saved(project({"cohort": ((0, 1000), (3, 30_000))}, y=(0, 50_000)), tmp_path, "fig.json")
    for options in (["--dry-run"], []):
        done = run(tmp_path, path.name, data.name, *OPTIONS, *options)
        assert done.exit_code == 0, done.output
        assert "remark: measurements, glen2017 / cells / cohort / E2 / 3" in done.output
        assert "unit-plausibility" in done.output


def test_a_dry_run_draws_and_writes_no_row(data: Path, figure: Path) -> None:
    before = content_of(data)
    done = run(figure.parent, figure.name, "data", *OPTIONS, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "4 would be added" in done.output
    assert content_of(data) == before
    with Image.open(figure.parent / "fig2a-digitised.png") as picture:
        assert picture.format == "PNG"


def test_the_drawing_goes_where_it_is_asked_for(data: Path, figure: Path) -> None:
    (figure.parent / "drawn").mkdir()
    run(figure.parent, figure.name, data.name, *OPTIONS, "--dry-run", "--plot", "drawn/it.svg")
    assert (figure.parent / "drawn" / "it.svg").read_text(encoding="utf-8").startswith("<?xml")
    assert not (figure.parent / "fig2a-digitised.png").exists()
    assert [path.name for path in (figure.parent / "drawn").iterdir()] == ["it.svg"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--study", "glen2071"], "there is no study 'glen2071'; did you mean 'glen2017'"),
        (["--arm", "placebo"], "glen2017 has no arm 'placebo'; allowed: "),
        (["--measure", "estradiol"], "there is no measure 'estradiol'"),
        (["--unit", "pg/ml"], "'pg/ml' is no unit of E2; did you mean 'pg/mL'"),
        (["--source", "nobody"], "there is no source 'nobody'"),
        (["--figure", " "], "the figure must be named, as 'Fig 2a'"),
        (["--times", "0,2,7,12"], "row 2, column x: '3': lies between the time points of --times; the nearest is 2"),
        (["--times", "0,three"], "takes numbers with commas, as 0,3,6, not '0,three'"),
        (["--x-unit", "years"], "'years' is not one of"),
        (["--statistic", "mode"], "'mode' is not one of"),
        (["--data-set", "cohorts"], "'cohorts': is no data set of the file; did you mean 'cohort'"),
        (["--error", "0"], "the error of reading must be a number above 0, not 0"),
        (["--plot", "nowhere/it.png"], "there is no folder 'nowhere' for the drawing"),
        (["--plot", "drawing.pdf"], "must end in .png or .svg, not 'drawing.pdf'"),
    ],
)  # fmt: skip
def test_a_bad_option_is_told_in_one_line_and_changes_nothing(
    options: list[str], message: str, data: Path, figure: Path
) -> None:
    before = content_of(data)
    refused = run(figure.parent, figure.name, "data", *OPTIONS, *options)
    assert refused.exit_code in (1, 2)
    assert message in refused.output
    assert isinstance(refused.exception, SystemExit)
    assert content_of(data) == before
    assert {path.name for path in figure.parent.iterdir()} == {"data", figure.name}


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([(0, 20), (14, 30)], "'14': lies after the follow-up of glen2017, which ends at 12 months"),
        (
            [(3, 20), (3.001, 30)],
            "'3.001': is at the time of row 1: a point that was clicked twice, or the end of an",
        ),
    ],
)
def test_rows_that_the_rules_refuse_leave_everything_as_it_was(
    points: Points, message: str, data: Path, tmp_path: Path
) -> None:
    path = saved(project({"cohort": points}), tmp_path, "fig.json")
    before = content_of(data)
    refused = run(tmp_path, path.name, "data", *OPTIONS)
    assert refused.exit_code == 1
    assert "fig.json, data set 'cohort', row 2, column " in refused.output
    assert message in refused.output
    assert content_of(data) == before
    assert not (tmp_path / "fig-digitised.png").exists()


def test_a_drawing_that_cannot_be_written_keeps_the_rows_out(
    data: Path, figure: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "fig2a-digitised.png")

    monkeypatch.setattr("helpers.cli.intake.write_atomically", full)
    before = content_of(data)
    refused = run(figure.parent, figure.name, "data", *OPTIONS)
    assert refused.exit_code == 1
    assert "No space left on device" in refused.output
    assert content_of(data) == before


@pytest.mark.parametrize("name", ["nowhere.csv", "data"])
def test_a_file_that_is_missing_is_named(name: str, data: Path) -> None:
    refused = run(data.parent, name, "data", *OPTIONS)
    assert refused.exit_code == 1
    assert f"{name}: there is no such file" in refused.output


# The drawing


def test_a_figure_is_drawn_in_the_style_of_the_house_whatever_the_user_has_set() -> None:
    """What stands in a matplotlibrc, when a figure is made and when it is written."""

    def drawing() -> tuple[bytes, str]:
        points = points_of(read_of("patient 1", "patient 2"), "points.json")
        shown: dict[str, Any] = {
            "measure": "E2",
            "unit": "pg/mL",
            "x_unit": "months",
            "title": "Compare",
            "source": "Smith 2027",
        }
        figure = intake_figure.digitised(points, None, **shown)
        return page.png(figure), page.svg(figure)

    own = drawing()
    with matplotlib.rc_context({
        "text.usetex": True, "savefig.bbox": "tight", "savefig.dpi": 50, "font.size": 20, "font.weight": "bold",
        "axes.grid": True, "figure.autolayout": True, "axes.formatter.use_locale": True, "lines.linewidth": 5,
    }):  # fmt: skip
        assert drawing() == own


def drawn(read: Digitised, **options: Any) -> Any:
    points = points_of(read, "points.json", **options)
    figure = intake_figure.digitised(
        points,
        read.calibration,
        measure="E2",
        unit="pg/mL",
        x_unit="months",
        title="Compare",
        source="Smith 2027",
    )
    (axes_,) = figure.axes
    return axes_


def bars(axes_: Any) -> dict[str, ErrorbarContainer]:
    return {str(bar.get_label()): bar for bar in axes_.containers if isinstance(bar, ErrorbarContainer)}


def test_the_drawing_has_the_points_as_read_with_their_errors() -> None:
    axes_ = drawn(read_of("patient 1", "patient 2", xs=(0.1, 3.1)), times=(0, 3))
    found = bars(axes_)
    assert list(found) == ["patient-1", "patient-2"]
    for bar in found.values():
        line, _, (sticks,) = bar.lines
        assert np.asarray(line.get_xdata()).tolist() == [0.1, 3.1]
        assert np.asarray(line.get_ydata()).tolist() == [11, 12]
        assert [list(stick[:, 1]) for stick in sticks.get_segments()] == [[10.5, 11.5], [11.5, 12.5]]
    looks = {(bar.lines[0].get_marker(), bar.lines[0].get_linestyle()) for bar in found.values()}
    assert len(looks) == 2
    assert axes_.get_xlabel() == "months after treatment"
    assert axes_.get_ylabel() == "E2, pg/mL"


def test_the_ends_of_bars_are_drawn_too() -> None:
    points = points_of(read_of("cohort"), "points.json")
    ends = pd.DataFrame({"x": [0.0, 3.0], "y": [15.0, 17.0], "bar": "+SD"})
    figure = intake_figure.digitised(
        points, None, measure="E2", unit="pg/mL", x_unit="months", title="", source="", ends=ends
    )
    (axes_,) = figure.axes
    (line,) = (line for line in axes_.lines if line.get_label() == "ends of bars (+SD)")
    assert (list(line.get_xdata()), list(line.get_ydata())) == ([0, 3], [15, 17])  # type: ignore[arg-type]


def test_the_axes_reach_as_far_as_those_of_the_paper() -> None:
    axes_ = drawn(read_of("cohort"))
    assert axes_.get_xlim()[0] <= 0 < 12 <= axes_.get_xlim()[1]
    assert axes_.get_ylim()[0] <= 0 < 100 <= axes_.get_ylim()[1]
    assert (axes_.get_xscale(), axes_.get_yscale()) == ("linear", "linear")


def test_a_log_axis_is_drawn_as_one(tmp_path: Path) -> None:
    content = project({"AMH": [(0, 0.05), (6, 1.8)]}, y=(0.01, 10), log_y=True)
    read = read_digitised(saved(content, tmp_path, "log.json"))
    axes_ = drawn(read, subject="cohort")
    assert axes_.get_yscale() == "log"
    assert axes_.get_ylim()[0] <= 0.01 < 10 <= axes_.get_ylim()[1]
    assert list(bars(axes_)) == ["cohort (AMH)"]
    labels = [label.get_text() for label in axes_.get_yticklabels()]
    assert {"0.01", "0.1", "10"} <= set(labels)


def test_points_without_a_calibration_are_drawn(tmp_path: Path) -> None:
    read = read_digitised(saved("cohort,\nX,Y\n0,20\n", tmp_path, "points.csv"))
    assert list(bars(drawn(read, error=2.0))) == ["cohort"]


def test_nothing_cannot_be_drawn() -> None:
    with pytest.raises(ValueError, match="no point to draw"):
        intake_figure.digitised(
            pd.DataFrame(), None, measure="E2", unit="", x_unit="days", title="", source=""
        )
