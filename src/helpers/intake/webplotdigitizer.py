"""What WebPlotDigitizer 4 exports: the points read off a figure."""

from __future__ import annotations

import csv
import io
import json
import math
import tarfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.evidence.faults import EvidenceError, Fault, meant
from helpers.evidence.table_text import MAX_BYTES
from helpers.evidence.typed_cells import number
from helpers.intake.calibration import Calibration, calibration_of
from helpers.intake.new_rows import refused

#: A data set, a point or the axes in a project.
Entry = Mapping[str, Any]
_PROJECT = "wpd.json"
_PAIR = ["X", "Y"]
_NO_GROUP = "none"
_EXPORT = "export the CSV file of all data sets, or save the project (JSON or tar), from WebPlotDigitizer 4"


@dataclass(frozen=True, eq=False)
class Digitised:
    """Points read off a figure."""

    #: One row per point: `data_set`, `group` (of points, empty where there are none), `row` (in the
    #: file, or the number of the point in its data set), `x`, `y` in the units of the axes, and `error`
    #: of y, missing where the calibration was not exported.
    points: pd.DataFrame
    #: None for a CSV file, which has none.
    calibration: Calibration | None = None
    #: The ends of bars, as `points`, and `bar`: the name of the data set or group that was chosen.
    bars: pd.DataFrame = field(default_factory=pd.DataFrame)


def read_digitised(
    path: Path, data_set: str | None = None, group: str | None = None, bars: Sequence[str] = ()
) -> Digitised:
    """Read an export of WebPlotDigitizer 4: the CSV file of all data sets, or the project as JSON or tar.

    `data_set` and `group` (of points, say a mean and the top of its bar) restrict what is read; `bars` are data sets
    or groups of the ends of bars, not of levels. Data sets without points are skipped.

    Raises EvidenceError if the file is no export or has no such data set, group or point, if its axes cannot be
    computed, it has groups and none is chosen, or a value in it was typed and not read.
    """
    if not path.is_file():
        raise refused(path, "there is no such file")
    if path.stat().st_size > MAX_BYTES:
        raise refused(path, "is too large for an export of points")
    try:
        text = _content(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise refused(path, f"is no export of WebPlotDigitizer; {_EXPORT}") from None
    if text.lstrip().startswith("{"):
        digitised = _read_project(path, text, data_set, group, bars)
    elif group is not None:
        raise refused(path, "has no groups of points; save the project (JSON or tar) for --group")
    else:
        digitised = _read_csv(path, text, data_set, bars)
    if digitised.points.empty:
        raise refused(path, "holds no point" if data_set is None else f"holds no point of {data_set!r}")
    empty = [bar for bar in bars if digitised.bars.empty or bar not in set(digitised.bars["bar"])]
    if empty:
        raise refused(path, f"holds no point of {', '.join(map(repr, empty))}")
    return digitised


def fault_of(file: str, point: Mapping[Any, Any], column: str, axis: str, rule: str) -> Fault:
    """Make a fault of what a point has on an axis."""
    place = f"{file}, data set {point['data_set']!r}"
    return Fault(place, point["row"], column, f"{point[axis]:.4g}", rule)


def _content(path: Path) -> bytes:
    """Read the file, or the project within it where it is a tar."""
    content = path.read_bytes()
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for member in archive:
                extracted = archive.extractfile(member) if Path(member.name).name == _PROJECT else None
                if extracted:
                    return extracted.read()
    except tarfile.ReadError:
        return content
    raise refused(path, f"is a tar file without {_PROJECT}; {_EXPORT}")


def _read_project(
    path: Path, text: str, data_set: str | None, group: str | None, bars: Sequence[str]
) -> Digitised:
    try:
        project = json.loads(text)
        if "datasetColl" not in project or "axesColl" not in project:
            raise refused(path, f"is no project of WebPlotDigitizer 4; {_EXPORT}")
        names = _chosen(path, (entry["name"] for entry in project["datasetColl"]), data_set, bars)
        sets = [entry for entry in project["datasetColl"] if entry["name"] in names and entry["data"]]
        ends = _ends(path, project["datasetColl"], sets, bars)
        used = sorted({str(entry["axesName"]) for entry in [*sets, *(entry for _, entry, _ in ends)]})
        if not used:
            return Digitised(pd.DataFrame())
        if len(used) > 1:
            listed = ", ".join(map(repr, used))
            raise refused(path, f"has points on several axes ({listed}); choose a data set with --data-set")
        calibration = _calibration_named(path, project["axesColl"], used[0])
        _refuse_groups(path, sets, group)
        points = [point for entry in sets for point in _points(path, entry, group, calibration)]
        tops = [
            {**point, "bar": bar}
            for bar, entry, own in ends
            for point in _points(path, entry, own, calibration)
        ]
    except EvidenceError:
        raise
    except (LookupError, TypeError, ValueError, ArithmeticError, AttributeError) as error:
        rule = f"is no project of WebPlotDigitizer 4 that can be read ({error}); {_EXPORT}"
        raise refused(path, rule) from error
    return Digitised(pd.DataFrame(points), calibration, pd.DataFrame(tops))


def _ends(
    path: Path, collection: Iterable[Entry], sets: Iterable[Entry], bars: Sequence[str]
) -> list[tuple[str, Entry, str | None]]:
    """Find the data set of each name of bars, or the data sets with levels of which it is a group."""
    ends: list[tuple[str, Entry, str | None]] = []
    faults = []
    known = {str(entry["name"]): entry for entry in collection}
    groups = {str(entry["name"]): {_group(entry, point) for point in entry["data"]} for entry in sets}
    for bar in bars:
        if bar in known:
            _refuse_groups(path, [known[bar]], None)
            ends.append((bar, known[bar], None))
            continue
        holders = [name for name, names in groups.items() if bar in names]
        ends += [(bar, known[name], bar) for name in holders]
        if not holders:
            faults.append(_no_bars(path, bar, filter(None, [*known, *set().union(*groups.values())])))
    if faults:
        raise EvidenceError(path.name, faults)
    return ends


def _no_bars(path: Path, bar: str, known: Iterable[str]) -> Fault:
    return Fault(path.name, 0, "bars", bar, f"is no data set and no group of points; {meant(bar, known)}")


def _points(
    path: Path, entry: Entry, group: str | None, calibration: Calibration
) -> Iterable[dict[str, Any]]:
    """Read the points of a data set, or those of one group where it has groups."""
    for row, point in enumerate(entry["data"], start=1):
        if group is None or _group(entry, point) in (group, ""):
            yield _point(path, entry, row, point, calibration)


def _calibration_named(path: Path, collection: Iterable[Entry], name: str) -> Calibration:
    named = [axes for axes in collection if axes["name"] == name]
    try:
        if not named:
            raise ValueError("are not in the project; calibrate them")
        if len(named) > 1:
            raise ValueError("occur twice in the project; rename one in WebPlotDigitizer")
        return calibration_of(named[0])
    except ValueError as error:
        raise refused(path, str(error), "axes", name) from error


def _group(entry: Entry, point: Entry) -> str:
    """Name the group of a point as WebPlotDigitizer shows it; empty where the data set has none."""
    names, number = entry.get("groupNames") or [], point.get("group")
    if number is None or number < 0:
        return _NO_GROUP if names else ""
    named = names[number] if number < len(names) else ""
    return named or (f"Group {number}" if number else "Primary Group")


def _refuse_groups(path: Path, sets: Iterable[Entry], group: str | None) -> None:
    """Refuse data sets whose points are of several groups, a mean and its bar say, unless one is chosen."""
    of_sets = {
        str(entry["name"]): dict.fromkeys(_group(entry, point) for point in entry["data"]) for entry in sets
    }
    if group is not None:
        known = [name for groups in of_sets.values() for name in groups if name]
        if group not in known:
            meaning = meant(group, known) if known else "there are none"
            raise refused(path, f"is no group of points; {meaning}", "group", group)
        return
    rule = "has points in the groups {}; choose the one that holds the levels, as --group {!r}"
    faults = [
        Fault(path.name, 0, "data set", name, rule.format(", ".join(map(repr, groups)), next(iter(groups))))
        for name, groups in of_sets.items()
        if len(groups) > 1
    ]
    if faults:
        raise EvidenceError(path.name, faults)


def _point(path: Path, entry: Entry, number: int, point: Entry, calibration: Calibration) -> dict[str, Any]:
    pixel = float(point["x"]), float(point["y"])
    read = calibration.value(*pixel)
    errors = calibration.error(*pixel, axis=0), calibration.error(*pixel)

    def wrong(axis: str, value: Any, rule: str) -> EvidenceError:
        place = f"{path.name}, data set {str(entry['name'])!r}"
        return EvidenceError(path.name, [Fault(place, number, axis, str(value), rule)])

    if not all(map(math.isfinite, (*read, *errors))):
        raise wrong("", pixel, "is no pixel of the figure")
    metadata = point.get("metadata")
    typed = (metadata.get("overrides") or {}) if isinstance(metadata, dict) else {}
    if not isinstance(typed, dict):
        rule = "holds values that were typed over those read, in a form that is not known; take the overrides away"
        raise wrong("overrides", typed, rule)
    saved = point.get("value") or (None, None)
    for axis, value, error, stored in zip("xy", read, errors, saved, strict=True):
        if typed.get(axis) not in (None, ""):
            rule = f"was typed in WebPlotDigitizer over {value:.4g}, which is read; take the override away"
            raise wrong(axis, typed[axis], rule)
        # What its user saw must be what is computed here: else the axes are not those of the points.
        if stored is not None and abs(float(stored) - value) > error:
            rule = f"is stored, but the axes give {value:.4g} at its pixel; save the project anew"
            raise wrong(axis, f"{stored:.4g}", rule)
    return {
        "data_set": str(entry["name"]), "group": _group(entry, point), "row": number, "x": read[0], "y": read[1],
        "error": errors[1],
    }  # fmt: skip


def _read_csv(path: Path, text: str, data_set: str | None, bars: Sequence[str]) -> Digitised:
    lines = [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(text, newline=""))]
    known = _names_in(path, lines[:2])
    chosen = [*_chosen(path, known, data_set, bars), *bars]
    points: list[dict[str, Any]] = []
    faults = [_no_bars(path, bar, known) for bar in bars if bar not in known]
    for row, line in enumerate(lines[2:], start=3):
        beyond = filter(None, line[2 * len(known) :])
        faults += [Fault(path.name, row, "", cell, "is to the right of the last data set") for cell in beyond]
        for place, name in enumerate(known):
            pair = [*line[2 * place : 2 * place + 2], "", ""][:2]
            if name not in chosen or not any(pair):
                continue
            x, y = map(number, pair)
            faults += [
                Fault(path.name, row, f"{axis} of {name!r}", cell, "is not a number")
                for axis, cell, value in zip(_PAIR, pair, (x, y), strict=True)
                if value is None
            ]
            points.append({"data_set": name, "group": "", "row": row, "x": x, "y": y, "error": math.nan})
    if faults:
        raise EvidenceError(path.name, faults)
    # Data set by data set, as in a project.
    points.sort(key=lambda point: known.index(str(point["data_set"])))
    ends = [{**point, "bar": point["data_set"]} for point in points if point["data_set"] in bars]
    levels = [point for point in points if point["data_set"] not in bars]
    return Digitised(pd.DataFrame(levels), bars=pd.DataFrame(ends))


def _names_in(path: Path, header: list[list[str]]) -> list[str]:
    """Read the names of the data sets, each above its X and Y."""
    if len(header) < 2:
        raise refused(path, f"is no export of WebPlotDigitizer; {_EXPORT}")
    names, pairs = header
    while pairs and not pairs[-1]:
        pairs.pop()
    if not pairs or pairs != _PAIR * (len(pairs) // 2):
        rule = "must be X,Y under the name of each data set, as WebPlotDigitizer 4 exports 2D (X-Y) axes; bar charts too"
        raise refused(path, rule, value=",".join(pairs), row=2)
    names += [""] * (len(pairs) - len(names))
    known = names[: len(pairs) : 2]
    if any(names[1::2]) or any(names[len(pairs) :]) or not all(known):
        rule = "must name each data set above its X, and nothing above its Y; a name may hold no comma"
        raise refused(path, rule, value=",".join(names), row=1)
    return known


def _chosen(path: Path, names: Iterable[Any], data_set: str | None, bars: Sequence[str]) -> list[str]:
    """Give the names of the data sets with levels to read."""
    known = [str(name) for name in names]
    twice = [name for name in dict.fromkeys(known) if known.count(name) > 1]
    if twice:
        rule = "is the name of two data sets; rename one in WebPlotDigitizer"
        raise EvidenceError(path.name, [Fault(path.name, 0, "data set", name, rule) for name in twice])
    if data_set is None:
        return [name for name in known if name not in bars]
    if data_set not in known:
        raise refused(path, f"is no data set of the file; {meant(data_set, known)}", "data set", data_set)
    if data_set in bars:
        rule = "is read for levels and for the ends of their bars; give two data sets"
        raise refused(path, rule, "data set", data_set)
    return [data_set]
