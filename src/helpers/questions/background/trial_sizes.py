"""How many women a randomised trial needs for effects that are stated beforehand, not for those that were observed."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

from helpers import stats
from helpers.errors import ChoiceError
from helpers.questions.background.pairs import POWERS

_EFFECT = re.compile(r"(\d+(?:\.\d+)?) v (\d+(?:\.\d+)?)")


def trial_sizes(effects: Iterable[str], *, level: float = 0.95) -> pd.DataFrame:
    """Size a trial of two equal arms for each effect, written in percent without and with cells as ``"5 v 10"``.

    needed_80 and needed_90 are women per arm. Raises ValueError for an effect that is none.
    """
    rows = [{"name": effect, **_sized(effect, level)} for effect in effects]
    return pd.DataFrame(rows, columns=["name", "without", "with_cells", "needed_80", "needed_90"])


def _sized(effect: str, level: float) -> dict[str, float | int]:
    found = _EFFECT.fullmatch(effect)
    if found is None:
        raise ChoiceError(f"effect {effect!r} must be two percentages, without and with cells, as '5 v 10'")
    without, with_cells = (float(percent) / 100 for percent in found.groups())
    sizes = [stats.patients_needed(with_cells, without, power=power, level=level) for power in POWERS]
    return {"without": without, "with_cells": with_cells, "needed_80": sizes[0], "needed_90": sizes[1]}
