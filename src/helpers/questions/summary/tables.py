"""The tables of the summary: one per condition, of a hundred women."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.questions.summary.catalogue import Words, harm_name
from helpers.questions.summary.facts import Facts
from helpers.questions.summary.rows import CONDITIONS, HARM
from helpers.show.numbers import per_hundred
from helpers.show.table import Table, table

_OUTCOMES = {
    "live-birth": "live birth", "pregnancy": "pregnancy", "menses-resumed": "periods again", "serious-adverse-event": "serious harm",
}  # fmt: skip
_CONDITIONS = {
    "POI": "premature ovarian insufficiency (POI)", "POR": "poor ovarian response", "IUA": "uterine adhesions",
    "thin endometrium": "a thin lining of the uterus",
}  # fmt: skip
_COLUMNS = {
    "what": "of 100 women", "cells": "with cells", "without": "without cells", "difference": "difference", "who": "studies, women",
    "told": "reported by", "certainty": "certainty: rate / effect",
}  # fmt: skip


def condition_tables(found: Facts, language: str) -> list[Table]:
    """List for each condition births, pregnancies, periods and serious harm of a hundred women; POI first, the uterus last."""
    words = Words(language)
    columns = {name: words(head) for name, head in _COLUMNS.items()}
    made = []
    for condition, tissue in CONDITIONS.items():
        rows = found.of_hundred[found.of_hundred["condition"] == condition]
        cells = pd.DataFrame([_cells(row, words, found) for row in rows.to_dict("records")])
        organ = words({"ovary": "Ovary", "endometrium": "Uterus"}[tissue])
        made.append(
            table(
                cells,
                columns,
                title=words("{organ}: {condition}", organ=organ, condition=words(_CONDITIONS[condition])),
            )
        )
    return made


def _cells(row: dict[Any, Any], words: Words, found: Facts) -> dict[str, str]:
    return {
        "what": words(_OUTCOMES[row["outcome"]]), "cells": _with(row, words), "without": _without(row, words),
        "difference": _difference(row, words, found), "who": _who(row, words), "told": _told(row, words), "certainty": _certainty(row, words),
    }  # fmt: skip


def _with(row: dict[Any, Any], words: Words) -> str:
    if not row["studies"]:
        return words("not counted")
    if pd.isna(row["estimate"]):
        return words("{events} of {women} women, not pooled", events=row["events"], women=row["women"])
    return _limits(row["estimate"], row["low"], row["high"], words)


def _without(row: dict[Any, Any], words: Words) -> str:
    if not row["without_studies"]:
        return words("no count of like women")
    rate = _limits(row["without_estimate"], row["without_low"], row["without_high"], words)
    kind = words({"untreated": "untreated", "other treatment": "other treatment"}[row["without_kind"]])
    if not row["without_unlike"]:
        return words("{rate}, {kind}", rate=rate, kind=kind)
    return words(
        "{rate}, {kind}; {studies} conceived differently: not compared",
        rate=rate,
        kind=kind,
        studies=words.comma.join(row["without_unlike"]),
    )


def _difference(row: dict[Any, Any], words: Words, found: Facts) -> str:
    harms = [one for one in found.harm[row["tissue"]]["trials"] if one["condition"] == row["condition"]]
    if row["outcome"] == HARM and harms:
        return words.comma.join(
            words(
                "more {harm} with cells, randomised, {study}",
                harm=harm_name(one, words),
                study=one["study_label"],
            )
            for one in harms
        )
    if not row["trial_study_label"]:
        return words("no randomised control")
    limits = (row[f"trial_{name}"] for name in ("difference", "difference_low", "difference_high"))
    estimate, low, high = (per_hundred(value, sign=True) for value in limits)
    rate = words("{estimate} ({low} to {high})", estimate=estimate, low=low, high=high)
    counts = {
        name: f"{row[f'trial_{name}']:.0f}" for name in ("events", "total", "control_events", "control_total")
    }
    return words(
        "{rate}, randomised, {study}: {events} of {total} with cells, {control_events} of {control_total} without",
        rate=rate,
        study=row["trial_study_label"],
        **counts,
    )


def _limits(estimate: float, low: float, high: float, words: Words) -> str:
    return words(
        "{estimate} ({low} to {high})",
        estimate=per_hundred(estimate),
        low=per_hundred(low),
        high=per_hundred(high),
    )


def _who(row: dict[Any, Any], words: Words) -> str:
    if not row["studies"]:
        return words("none")
    return words("{studies}, {women}", studies=row["studies"], women=row["women"])


def _told(row: dict[Any, Any], words: Words) -> str:
    return (
        words("study itself {own}, others {others}", own=row["own"], others=row["others"])
        if row["studies"]
        else words("none")
    )


def _certainty(row: dict[Any, Any], words: Words) -> str:
    if not row["rate"] and not row["effect"]:
        return words("not graded")
    rate, effect = (words(row[name] or "not graded") for name in ("rate", "effect"))
    return f"{rate} / {effect}"
