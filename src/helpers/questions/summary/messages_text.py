"""The messages that everyone reads: each in two or three short sentences chosen by rule; the reasons are in `text`."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.questions.summary.catalogue import Words, harm_name, led, strong
from helpers.questions.summary.facts import Facts
from helpers.questions.summary.harm_text import harm_lead
from helpers.questions.summary.text import (
    CONDITION_NAMES,
    FATES,
    ORIGIN_WORDS,
    elsewhere_lead,
    first_counted,
    had,
    lasting_lead,
    trial_lead,
)
from helpers.questions.summary.trial_text import counted, received_in_short
from helpers.show.numbers import per_hundred

#: What women of other studies had in place of cells, in short.
_WITHOUT = {"untreated": "without treatment", "other treatment": "on other treatments"}
#: What is reported of a woman, but not by a study itself.
_REPORTED = {"live-birth": "were reported to have had a child", "pregnancy": "were reported pregnant"}


def key_messages(found: Facts, language: str) -> str:
    """Answer as a list: whether it works, whether it lasts, whether it is safe, and what a trial in another disease reports."""
    words = Words(language)
    messages = led([works(found, words), lasts(found, words), safe(found, words), elsewhere(found, words)])
    listed = "\n".join(
        f"{number}. {message}" for number, message in enumerate(filter(None, messages), start=1)
    )
    made = words.joined(
        words("Brackets: {level} limits.", level=words.percent(found.level)),
        words(
            "Computed from {sources} documents, by the text available to us on {date}. Research software, not medical advice.",
            **found.sources,
        ),
    )
    return f"{listed}\n\n*{made}*"


def works(found: Facts, words: Words, condition: str = "POI") -> str:
    """Say whether cells raise the chance of a child, with the rates with cells and without, and how sure that is."""
    row = first_counted(found, condition)
    certain = words("Certainty: {certainty}.", certainty=words(row["effect"])) if row["effect"] else ""
    if row["trial_study_label"]:
        return words.joined(strong(trial_lead(row, words)), _trial(row, words), certain)
    lead = strong(words("Whether cells raise the chance of a child is not known."))
    none = words(
        "We saw no randomised trial of births or pregnancies in {condition}.",
        condition=words(CONDITION_NAMES[condition]),
    )
    return words.joined(lead, none, _with(row, words), _without(row, words), certain)


def _trial(row: pd.Series[Any], words: Words) -> str:
    text = words(
        "{study}: {events} of {women} women with cells and {control_events} of {control_women} without.",
        study=row["trial_study_label"], events=f"{row['trial_events']:.0f}", women=f"{row['trial_total']:.0f}",
        control_events=f"{row['trial_control_events']:.0f}", control_women=f"{row['trial_control_total']:.0f}",
    )  # fmt: skip
    return words.joined(text, counted(row, words))


def _with(row: pd.Series[Any], words: Words) -> str:
    if pd.isna(row["estimate"]):
        return ""
    rate = {
        "per": per_hundred(row["estimate"]),
        "low": per_hundred(row["low"]),
        "high": per_hundred(row["high"]),
    }
    if row["own"]:
        return words("After cells, {per} in 100 {had} ({low} to {high}).", had=had(row, words), **rate)
    return words(
        "After cells, {per} in 100 {reported} ({low} to {high}), none in a study's own paper.", reported=words(_REPORTED[row["outcome"]]), **rate
    )  # fmt: skip


def _without(row: pd.Series[Any], words: Words) -> str:
    if not row["without_studies"]:
        return words("There is no count of like women without cells.")
    rate = words(
        "Without cells, other women {treated}: {per} ({low} to {high}).",
        treated=words(_WITHOUT[row["without_kind"]]), per=per_hundred(row["without_estimate"]),
        low=per_hundred(row["without_low"]), high=per_hundred(row["without_high"]),
    )  # fmt: skip
    untreated = "" if row["without_kind"] == "untreated" else words("Untreated: no usable data.")
    return words.joined(rate, untreated)


def lasts(found: Facts, words: Words) -> str:
    """Say whether a gain lasts: the long-term criteria met, and how many early gains were followed."""
    facts = found.lasting
    missing = facts["criteria"] - facts["reported"]
    if facts["met"]:
        criteria = words(
            "Of {criteria} long-term criteria in the article, its studies of the ovary fully meet {met}; {missing} are not reported.",
            criteria=facts["criteria"], met=facts["met"], missing=missing,
        )  # fmt: skip
    else:
        criteria = words(
            "Of {criteria} long-term criteria in the article, its studies of the ovary fully meet none; {missing} are not reported.",
            criteria=facts["criteria"], missing=missing,
        )  # fmt: skip
    return words.joined(strong(lasting_lead(found, words)), criteria, _followed(found, words))


def _followed(found: Facts, words: Words) -> str:
    facts, only = found.lasting, found.lasting["only"]
    counts = {name: facts[name] for name in ("gains", "followed", "months", "kept", "women")}
    if not facts["gains"]:
        return words("No early gain after cells is reported with its time.")
    if only:
        return words(
            "{gains} early gains are reported, {followed} followed beyond {months} months: {fate} ({women} women, {origin}).",
            fate=words(FATES["kept" if only["fate"] == "raised" else only["fate"]]), origin=words(ORIGIN_WORDS[only["origin"]]), **counts,
        )  # fmt: skip
    return words(
        "{gains} early gains are reported, {followed} followed beyond {months} months, {kept} of them kept.",
        **counts,
    )


def safe(found: Facts, words: Words) -> str:
    """Say what is known of serious harm after treatment of the ovary."""
    ovary = found.harm["ovary"]
    silent = words(
        "{silent} of {studies} studies of the ovary do not mention harm.",
        silent=ovary["silent"], studies=ovary["studies"],
    )  # fmt: skip
    counted = _serious(ovary, words) if ovary["counts"] else ""
    return words.joined(strong(harm_lead(found, words)), counted, silent if ovary["studies"] else "")


def _serious(harm: dict[str, Any], words: Words) -> str:
    values = {"women": harm["women"], "events": harm["events"], "bound": per_hundred(harm["bound"])}
    if harm["article"] == harm["counts"] and not harm["events"]:
        return words(
            "Only the article says that none of {women} women came to serious harm; up to {bound} in 100 remains possible.", **values
        )  # fmt: skip
    return words(
        "Serious harm: {events} of {women} women; up to {bound} in 100 cannot be excluded.", **values
    )


def elsewhere(found: Facts, words: Words, condition: str = "IUA") -> str:
    """Give births and harm of a randomised comparison in another disease; empty where none is."""
    row = found.row(condition, "live-birth")
    if not row["trial_study_label"]:
        return ""
    certain = words("Certainty: {certainty}.", certainty=words(row["effect"] or "not graded"))
    # Harm is named with the births of the same trial.
    harms = [
        words("With cells also more {harm}.", harm=harm_name(one, words))
        for one in found.harm["endometrium"]["trials"]
        if one["study_label"] == row["trial_study_label"]
    ]
    return words.joined(
        strong(elsewhere_lead(row, words, condition)),
        _trial(row, words),
        received_in_short(row, words),
        certain,
        *harms,
    )
