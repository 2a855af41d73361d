"""The tables of the summary: one per condition, of a hundred women."""

from __future__ import annotations

import pandas as pd

from helpers.questions.summary.catalogue import Row, Words, harm_name, in_hundred, of_trial
from helpers.questions.summary.facts import Facts
from helpers.questions.summary.rows import CONDITIONS, HARM
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
        title = words("{organ}: {condition}", organ=organ, condition=words(_CONDITIONS[condition]))
        made.append(table(cells, columns, title=title))
    return made


def _cells(row: Row, words: Words, found: Facts) -> dict[str, str]:
    return {
        "what": words(_OUTCOMES[row["outcome"]]),
        "cells": _with(row, words),
        "without": _without(row, words),
        "difference": _difference(row, words, found),
        "who": words("{studies}, {women}", row) if row["studies"] else words("none"),
        "told": words("study itself {own}, others {others}", row) if row["studies"] else words("none"),
        "certainty": _certainty(row, words),
    }


def _with(row: Row, words: Words) -> str:
    if not row["studies"]:
        return words("not counted")
    if pd.isna(row["estimate"]):
        return words("{events} of {women} women, not pooled", row)
    return words("{per} ({low} to {high})", in_hundred(row))


def _without(row: Row, words: Words) -> str:
    if not row["without_studies"]:
        return words("no count of like women")
    rate = words("{per} ({low} to {high})", in_hundred(row, "without_"))
    kind = words({"untreated": "untreated", "other treatment": "other treatment"}[row["without_kind"]])
    if not row["without_unlike"]:
        return words("{rate}, {kind}", rate=rate, kind=kind)
    unlike = words.comma.join(row["without_unlike"])
    return words(
        "{rate}, {kind}; {studies} conceived differently: not compared", rate=rate, kind=kind, studies=unlike
    )


def _difference(row: Row, words: Words, found: Facts) -> str:
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
    trial = of_trial(row)
    return words(
        "{rate}, randomised, {study}: {events} of {women} with cells, {control_events} of {control_women} without",
        trial,
        rate=words("{per} ({low} to {high})", trial, per=trial["difference"]),
    )


def _certainty(row: Row, words: Words) -> str:
    if not row["rate"] and not row["effect"]:
        return words("not graded")
    return " / ".join(words(row[name] or "not graded") for name in ("rate", "effect"))
