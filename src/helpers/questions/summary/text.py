"""The messages and the answers of the summary, each chosen by rule from what the evidence holds, in the language asked for."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.questions.summary.catalogue import Words
from helpers.questions.summary.facts import Facts
from helpers.questions.summary.rows import POOL, STEPS
from helpers.show.numbers import per_hundred

#: What a woman did who had the outcome.
_HAD = {"live-birth": "had a child", "pregnancy": "became pregnant", "menses-resumed": "had periods again"}
_TREATED = {
    "untreated": "without treatment",
    "other treatment": "with hormones, stimulation or another treatment",
}
#: Conditions as in a sentence.
CONDITION_NAMES = {
    "POI": "POI", "POR": "poor ovarian response", "IUA": "uterine adhesions", "thin endometrium": "a thin lining of the uterus",
}  # fmt: skip


def key_messages(found: Facts, language: str) -> str:
    """Answer in three messages, as a list: whether it works, whether it lasts, and whether it is safe."""
    words = Words(language)
    messages = [works(found, words), lasts(found, words), safe(found, words)]
    listed = "\n".join(f"{number}. {message}" for number, message in enumerate(messages, start=1))
    made = words(
        "Computed from {sources} documents, by the text available to us on {date}. Research software, not medical advice.",
        **found.sources,
    )
    return f"{listed}\n\n*{made}*"


def works(found: Facts, words: Words, condition: str = "POI") -> str:
    """Say whether cells raise the chance of a child: by a randomised comparison where there is one, else by rates side by side."""
    row = first_counted(found, condition)
    name = words(CONDITION_NAMES[condition])
    if row["trial_study_label"]:
        sentences = [strong(trial_lead(row, words)), trial_sentence(row, words)]
    elif row["studies"]:
        none = words(
            "No randomised trial in the text available to us counted births or pregnancies in women with {condition} with cells and without.",
            condition=name,
        )
        sentences = [strong(words("Whether it works is not known.")), none, rate(row, words, found.level)]
    else:
        none = words(
            "No birth or pregnancy of women with {condition} is counted after cells.", condition=name
        )
        sentences = [strong(words("Whether it works is not known.")), none]
    sentences += [without(row, words), _untreated(found, row, words, condition)]
    if row["effect"]:
        sentences.append(
            words("Certainty that the cells make a difference: {certainty}.", certainty=words(row["effect"]))
        )
    return words.joined(*sentences)


def strong(text: str) -> str:
    """Mark words as those that count most; stars would stay stars beside Chinese punctuation."""
    return f"<strong>{text}</strong>"


def first_counted(found: Facts, condition: str) -> pd.Series[Any]:
    """Take the first of birth and pregnancy that was counted after cells, a randomised comparison first."""
    rows = [found.row(condition, outcome) for outcome in STEPS[:2]]
    compared = [row for row in rows if row["trial_study_label"]]
    counted = [row for row in rows if row["studies"]]
    return (compared or counted or rows)[0]


def trial_lead(row: pd.Series[Any], words: Words) -> str:
    """State what a randomised comparison shows, by its interval."""
    had = words(_HAD[row["outcome"]])
    if row["trial_difference_low"] > 0:
        lead = words("In a randomised trial more women {had} with cells.", had=had)
    elif row["trial_difference_high"] < 0:
        lead = words("In a randomised trial fewer women {had} with cells.", had=had)
    else:
        lead = words(
            "Whether it works is not known: a randomised trial detected no difference and was too small to exclude one."
        )
    return lead


def trial_sentence(row: pd.Series[Any], words: Words) -> str:
    """Give the counts of a randomised comparison and its risk difference."""
    return words(
        "{study}: {events} of {women} women with cells and {control_events} of {control_women} without {had}, a difference of {difference} in 100 "
        "({low} to {high}).",
        study=row["trial_study_label"], events=f"{row['trial_events']:.0f}", women=f"{row['trial_total']:.0f}",
        control_events=f"{row['trial_control_events']:.0f}", control_women=f"{row['trial_control_total']:.0f}",
        had=words(_HAD[row["outcome"]]), difference=per_hundred(row["trial_difference"], sign=True),
        low=per_hundred(row["trial_difference_low"], sign=True), high=per_hundred(row["trial_difference_high"], sign=True),
    )  # fmt: skip


def rate(row: pd.Series[Any], words: Words, level: float) -> str:
    """Give a rate after cells with its interval and who reports it."""
    if pd.isna(row["estimate"]):
        return words(
            "After cells, {events} of {women} women {had}; the counts are not pooled.",
            events=row["events"], women=row["women"], had=words(_HAD[row["outcome"]]),
        )  # fmt: skip
    text = words(
        "After cells, {events} of {women} women {had}, about {per} in 100 ({interval} {low} to {high}; {studies} without a randomised control group).",
        events=row["events"], women=row["women"], had=words(_HAD[row["outcome"]]), per=per_hundred(row["estimate"]),
        interval=interval(row["how"], words, level), low=per_hundred(row["low"]), high=per_hundred(row["high"]),
        studies=studies(row["studies"], words),
    )  # fmt: skip
    return words.joined(
        text, "" if row["own"] else words("No such count is in a study's own paper or registry record.")
    )


def without(row: pd.Series[Any], words: Words) -> str:
    """Give the rate of women of other studies, treated without cells or not at all; empty where none is counted."""
    if not row["without_studies"]:
        return words("There is no count of like women without cells.")
    values = {
        "treated": words(_TREATED[row["without_kind"]]), "had": words(_HAD[row["outcome"]]),
        "per": per_hundred(row["without_estimate"]), "low": per_hundred(row["without_low"]), "high": per_hundred(row["without_high"]),
    }  # fmt: skip
    return words(
        "Without cells, in other studies, about {per} in 100 women {treated} {had} (a new group: {low} to {high}).",
        **values,
    )


def _untreated(found: Facts, row: pd.Series[Any], words: Words, condition: str) -> str:
    """Add what happens without any treatment, where births of untreated women are not counted and their pregnancies are."""
    other = found.row(condition, "pregnancy")
    known = other["without_studies"] and other["without_kind"] == "untreated"
    if not known or (row["outcome"] == other["outcome"]) or row["without_kind"] == "untreated":
        return ""
    return words(
        "Untreated, about {per} in 100 {had} (a new group: {low} to {high}).",
        per=per_hundred(other["without_estimate"]), had=words(_HAD[other["outcome"]]), low=per_hundred(other["without_low"]),
        high=per_hundred(other["without_high"]),
    )  # fmt: skip


def lasts(found: Facts, words: Words) -> str:
    """Say whether a gain lasts: by the article's own long-term criteria, and by women seen early and late."""
    facts = found.lasting
    if facts["met"] == 0 or 2 * facts["followed"] < facts["gains"] or not facts["gains"]:
        lead = words("A lasting effect has not been shown.")
    elif 2 * facts["kept"] > facts["followed"]:
        lead = words("Most early gains that were followed were still there.")
    else:
        lead = words("Most early gains that were followed were lost.")
    criteria = words(
        "Of {criteria} long-term criteria in the article, its studies of the ovary report {reported} and meet {met} by a report of their own.",
        criteria=facts["criteria"], reported=facts["reported"], met=facts["met"],
    )  # fmt: skip
    return words.joined(strong(lead), criteria, followed(found, words))


def followed(found: Facts, words: Words) -> str:
    """Count the early gains after cells, and those that were followed and kept."""
    facts = found.lasting
    if not facts["gains"]:
        return words("No early gain after cells is reported with its time.")
    return words(
        "Early gains in the ovary after cells: {gains} reported, {followed} followed beyond {months} months (in {women} women), {kept} of them kept.",
        gains=facts["gains"], followed=facts["followed"], months=facts["months"], women=facts["women"], kept=facts["kept"],
    )  # fmt: skip


def safe(found: Facts, words: Words) -> str:
    """Say what is known of serious harm after treatment of the ovary, and which harm a trial found in the uterus."""
    ovary, uterus = found.harm["ovary"], found.harm["endometrium"]
    if not ovary["counts"]:
        lead = words("Serious harm was counted in no study of the ovary.")
    elif ovary["events"]:
        lead = words("Serious harm was reported after treatment of the ovary.")
    else:
        lead = words("Harm is poorly known.")
    silent = words(
        "Of {studies} studies of the ovary with results, {silent} do not mention harm.",
        silent=ovary["silent"],
        studies=ovary["studies"],
    )
    parts = [
        counted_harm(ovary, words, "Ovary", found.level),
        silent if ovary["studies"] else "",
        trial_harm(uterus, words),
    ]
    return words.joined(strong(lead), *parts)


def counted_harm(harm: dict[str, Any], words: Words, organ: str, level: float) -> str:
    """Give the women in whom serious harm was counted, and the highest proportion that is still compatible with it."""
    if not harm["counts"]:
        return ""
    text = words(
        "{organ}: serious harm in {events} of {women} women in whom it was counted, compatible with up to {bound} in 100 (one-sided {level} bound).",
        organ=words(organ), events=harm["events"], women=harm["women"], bound=per_hundred(harm["bound"]), level=words.percent(level),
    )  # fmt: skip
    return words.joined(
        text, "" if harm["own"] else words("No such count is in a study's own paper or registry record.")
    )


def trial_harm(harm: dict[str, Any], words: Words) -> str:
    """Name the harms that randomised trials report more often with cells."""
    named = [
        words("{harm} ({study})", harm=words(one["harm"]), study=one["study_label"]) for one in harm["trials"]
    ]
    return (
        words(
            "In the uterus, a randomised trial reports more often with cells: {harms}.",
            harms=words.listed(named),
        )
        if named
        else ""
    )


def studies(number: int, words: Words) -> str:
    """Write a number of studies."""
    return words("{number} study" if number == 1 else "{number} studies", number=number)


def interval(how: str, words: Words, level: float) -> str:
    """Name the interval of a rate."""
    return words("{level} CrI" if how == POOL else "{level} CI", level=words.percent(level))


def reading(found: Facts, language: str) -> str:
    """Say how the tables are read."""
    words = Words(language)
    return words(
        "How to read the tables: of 100 women so many had the outcome; brackets hold the {level} limits. With cells they are those of a credible "
        "interval of several studies together, or of the exact confidence interval of one. Without cells they are what a new group of women of "
        "other studies could show; these women differ in age, severity and way of conceiving, so that the two columns are no comparison. "
        "Only a randomised control group gives a difference. Certainty is by GRADE: of the rate, then of the effect of the cells.",
        level=words.percent(found.level),
    )
