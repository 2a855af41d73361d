"""The messages that everyone reads: each in two or three short sentences chosen by rule; the reasons are in `text`."""

from __future__ import annotations

import pandas as pd

from helpers.questions.summary.catalogue import Row, Words, harm_name, in_hundred, led, of_trial, strong
from helpers.questions.summary.facts import Facts
from helpers.questions.summary.harm_text import harm_lead, only_by_the_article
from helpers.questions.summary.text import (
    FATES,
    ORIGIN_WORDS,
    certainty,
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
    words = Words(language, found.level)
    messages = [works(found, words), lasts(found, words), safe(found, words), elsewhere(found, words)]
    made = words.joined(
        words("Brackets: {level} limits."),
        words(
            "Computed from {sources} documents, by the text available to us on {date}. Research software, not medical advice.",
            found.sources,
        ),
    )
    return f"{led(messages)}\n\n*{made}*"


def works(found: Facts, words: Words) -> str:
    """Say whether cells raise the chance of a child, with the rates with cells and without, and how sure that is."""
    row = first_counted(found, "POI")
    certain = certainty(row, words) if row["effect"] else ""
    if row["trial_study_label"]:
        return words.joined(strong(trial_lead(row, words)), _trial(row, words), certain)
    lead = strong(words("Whether cells raise the chance of a child is not known."))
    none = words(
        "We saw no randomised trial of births or pregnancies in {condition}.", condition=words("POI")
    )
    return words.joined(lead, none, _with(row, words), _without(row, words), certain)


def _trial(row: Row, words: Words) -> str:
    text = words(
        "{study}: {events} of {women} women with cells and {control_events} of {control_women} without.",
        of_trial(row),
    )
    return words.joined(text, counted(row, words))


def _with(row: Row, words: Words) -> str:
    if pd.isna(row["estimate"]):
        return ""
    if row["own"]:
        return words(
            "After cells, {per} in 100 {had} ({low} to {high}).", in_hundred(row), had=had(row, words)
        )
    return words(
        "After cells, {per} in 100 {reported} ({low} to {high}), none in a study's own paper.",
        in_hundred(row),
        reported=words(_REPORTED[row["outcome"]]),
    )


def _without(row: Row, words: Words) -> str:
    if not row["without_studies"]:
        return words("There is no count of like women without cells.")
    rate = words(
        "Without cells, other women {treated}: {per} ({low} to {high}).",
        in_hundred(row, "without_"),
        treated=words(_WITHOUT[row["without_kind"]]),
    )
    untreated = "" if row["without_kind"] == "untreated" else words("Untreated: no usable data.")
    return words.joined(rate, untreated)


def lasts(found: Facts, words: Words) -> str:
    """Say whether a gain lasts: the long-term criteria met, and how many early gains were followed."""
    criteria = words(
        "Of {criteria} long-term criteria in the article, its studies of the ovary fully meet {met}; {missing} are not reported."
        if found.lasting["met"]
        else "Of {criteria} long-term criteria in the article, its studies of the ovary fully meet none; {missing} are not reported.",
        found.lasting,
    )
    return words.joined(strong(lasting_lead(found, words)), criteria, _followed(found, words))


def _followed(found: Facts, words: Words) -> str:
    facts, only = found.lasting, found.lasting["only"]
    if not facts["gains"]:
        return words("No early gain after cells is reported with its time.")
    if not only:
        return words(
            "{gains} early gains are reported, {followed} followed beyond {months} months, {kept} of them kept.",
            facts,
        )
    fate = FATES["kept" if only["fate"] == "raised" else only["fate"]]
    return words(
        "{gains} early gains are reported, {followed} followed beyond {months} months: {fate} ({women} women, {origin}).",
        facts, fate=words(fate), origin=words(ORIGIN_WORDS[only["origin"]]),
    )  # fmt: skip


def safe(found: Facts, words: Words) -> str:
    """Say what is known of serious harm after treatment of the ovary."""
    ovary = found.harm["ovary"]
    silent = words("{silent} of {studies} studies of the ovary do not mention harm.", ovary)
    serious = _serious(ovary, words) if ovary["counts"] else ""
    return words.joined(strong(harm_lead(found, words)), serious, silent if ovary["studies"] else "")


def _serious(harm: Row, words: Words) -> str:
    return words(
        "Only the article says that none of {women} women came to serious harm; up to {bound} in 100 remains possible."
        if only_by_the_article(harm)
        else "Serious harm: {events} of {women} women; up to {bound} in 100 cannot be excluded.",
        harm,
        bound=per_hundred(harm["bound"]),
    )


def elsewhere(found: Facts, words: Words) -> str:
    """Give births and harm of a randomised comparison in another disease; empty where none is."""
    row = found.row("IUA", "live-birth")
    if not row["trial_study_label"]:
        return ""
    # Harm is named with the births of the same trial.
    harms = [
        words("With cells also more {harm}.", harm=harm_name(one, words))
        for one in found.harm["endometrium"]["trials"]
        if one["study_label"] == row["trial_study_label"]
    ]
    lead, cells = strong(elsewhere_lead(row, words)), received_in_short(row, words)
    return words.joined(lead, _trial(row, words), cells, certainty(row, words), *harms)
