"""Units of hormones and sizes, made canonical with factors that have a source.

A unit that is the same by definition (1 mIU/mL is 1 IU/L) needs no source. A factor between mass and
moles does: it is read from `reference_values`, so that its source can be traced and changed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.errors import ChoiceError
from helpers.evidence.faults import Fault

#: The unit in which each measure is loaded.
CANONICAL = {
    "FSH": "IU/L",
    "LH": "IU/L",
    "E2": "pmol/L",
    "AMH": "ng/mL",
    "AFC": "follicles",
    "ovarian-volume": "mL",
    "endometrial-thickness": "mm",
}
#: Other spellings and equal units, by definition; the empty string is a count printed without unit.
EQUAL = {
    "IU/L": ("mIU/mL", "U/L", "mU/mL"),
    "pmol/L": (),
    "ng/mL": ("µg/L",),
    "follicles": ("",),
    "mL": ("cm3", "cm³", "ml"),
    "mm": (),
}
#: Units that need a factor: measure -> (other unit, name of the factor, 1 for times and -1 for divided by).
FACTORED = {
    "E2": ("pg/mL", "pmol/L per pg/mL", 1),
    "AMH": ("pmol/L", "pmol/L per ng/mL", -1),
}
_ALIKE = str.maketrans("i1|\u00b5\u03bc", "llluu")
LEVELS = ("mean", "sd", "se", "median", "q1", "q3", "minimum", "maximum")
_LIMITS = ("low", "high", "value")
#: Of the reference values only limits are levels; a factor or a variability keeps its own unit.
KINDS_OF_LEVELS = ("diagnostic-threshold", "reference-range")


@dataclass(frozen=True)
class Factor:
    """What turns a level in one unit into the canonical one by multiplication."""

    #: Canonical level = reported level times `factor`.
    factor: float
    #: Where the factor stands; None where the units are equal by definition.
    source_id: str | None


def known_units(measure: str) -> list[str]:
    """List the units in which a measure may be given.

    Parameters
    ----------
    measure : str
        For example ``"E2"``.

    Returns
    -------
    list of str
        The canonical unit first; empty where the measure has no canonical unit.
    """
    if measure not in CANONICAL:
        return []
    canonical = CANONICAL[measure]
    other = [FACTORED[measure][0]] if measure in FACTORED else []
    return [canonical, *(unit for unit in EQUAL[canonical] if unit), *other]


def spellings(measure: str) -> list[str]:
    """List the units in which a measure may stand in the tables.

    `known_units`, and blank for a count printed without one.
    """
    return [*known_units(measure), *EQUAL[CANONICAL[measure]]]


def unit_meant(unit: str, measure: str) -> str:
    """Say which unit was probably meant: only another spelling, as mIU/mL for miu/ml.

    Like letters may be another amount.
    """
    known = known_units(measure)
    close = [own for own in known if _letters(own) == _letters(unit)]
    listed = ", ".join(known)
    return (
        f"did you mean {' or '.join(map(repr, close))}? Allowed: {listed}" if close else f"allowed: {listed}"
    )


def _letters(unit: str) -> str:
    """Give what two spellings of one unit share: l, i and 1 look alike, and so do the signs for micro."""
    return "".join(unit.casefold().translate(_ALIKE).split())


def factor_to_canonical(measure: str, unit: str, reference_values: pd.DataFrame) -> Factor:
    """Find the factor from a unit to the canonical one.

    Raise ValueError if the unit or its factor is not known.
    """
    canonical = CANONICAL[measure]
    if unit == canonical or unit in EQUAL[canonical]:
        return Factor(1.0, None)
    if measure not in FACTORED or unit != FACTORED[measure][0]:
        raise ChoiceError(f"{unit!r} is no unit of {measure}; use one of: {', '.join(known_units(measure))}")
    _, name, power = FACTORED[measure]
    columns = (reference_values[column] for column in ("measure", "kind", "unit", "value", "source_id"))
    for *what, value, source in zip(*columns, strict=True):
        if what == [measure, "unit-factor", name] and value > 0:
            return Factor(float(value) ** power, str(source))
    raise ValueError(f"reference_values.csv has no unit-factor {name!r} for {measure}")


def missing_factors(tables: dict[str, pd.DataFrame]) -> list[Fault]:
    """Name the rows that cannot be made canonical: the factor of their unit is not in `reference_values`."""
    faults = []
    for measure, (unit, factor, _) in FACTORED.items():
        try:
            factor_to_canonical(measure, unit, tables["reference_values"])
        except ValueError:
            rule = f"needs the unit-factor {factor!r} for {measure} in reference_values.csv"
            for name in ("measurements", "reference_values"):
                frame = tables[name]
                rows = frame.index[(frame["measure"] == measure) & (frame["unit"] == unit)]
                faults += [Fault(f"{name}.csv", int(row) + 2, "unit", unit, rule) for row in rows]
    return faults


def canonical(frame: pd.DataFrame, reference_values: pd.DataFrame) -> pd.DataFrame:
    """Express every level in the canonical unit of its measure, with the reported unit and its factor beside it.

    Rows of measures without canonical unit, and reference values that are no levels, stay as they are.
    """
    printed = list(zip(frame["measure"], frame["unit"].fillna(""), strict=True))
    known = {
        (measure, unit): factor_to_canonical(measure, unit, reference_values)
        for measure, unit in set(printed)
        if measure in CANONICAL and unit in spellings(measure)
    }
    is_level = frame["kind"].isin(KINDS_OF_LEVELS) if "kind" in frame else [True] * len(frame)
    factors = [known.get(pair) if level else None for pair, level in zip(printed, is_level, strict=True)]
    converted = pd.Series([factor is not None for factor in factors], index=frame.index)
    by = np.array([factor.factor if factor else 1.0 for factor in factors])
    sources = [factor.source_id if factor else None for factor in factors]
    return frame.assign(
        unit_reported=frame["unit"],
        unit=frame["unit"].mask(converted, frame["measure"].map(CANONICAL)),
        unit_factor=by,
        unit_factor_source_id=pd.Series(sources, index=frame.index, dtype="str"),
        **{column: frame[column] * by for column in (*LEVELS, *_LIMITS) if column in frame.columns},
    )


def in_unit(frame: pd.DataFrame, measure: str, unit: str, reference_values: pd.DataFrame) -> pd.DataFrame:
    """Express canonical levels of one measure in another unit.

    `unit_factor` still turns the figure printed into the level.
    """
    factor = factor_to_canonical(measure, unit, reference_values).factor
    frame = frame.copy()
    if unit == CANONICAL[measure]:
        return frame
    levels = [column for column in (*LEVELS, *_LIMITS) if column in frame.columns]
    rows = (frame["measure"] == measure) & (frame["unit"] == CANONICAL[measure])
    frame.loc[rows, levels] = frame.loc[rows, levels] / factor
    frame.loc[rows, "unit_factor"] = frame.loc[rows, "unit_factor"] / factor
    frame.loc[rows, "unit"] = unit
    return frame
