"""What is behind the messages of the summary, each sentence chosen by rule from what the evidence holds, in the language asked for."""

from __future__ import annotations

import re

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import capital
from helpers.questions.summary.catalogue import Row, Words, in_hundred, led, of_trial, strong, studies
from helpers.questions.summary.facts import Facts
from helpers.questions.summary.harm_text import NOT_ITS_OWN, safe, trial_harm
from helpers.questions.summary.rows import POOL, STEPS
from helpers.questions.summary.trial_text import counted, received
from helpers.show.numbers import per_hundred

#: What a woman did who had the outcome.
_HAD = {"live-birth": "had a child", "pregnancy": "became pregnant", "menses-resumed": "had periods again"}
_TREATED = {
    "untreated": "without treatment",
    "other treatment": "with hormones, stimulation or another treatment",
}
#: What a gain that was followed is called: its marker, the design of its study, who reports it, and what became of it.
_MARKERS = {"E2": "oestradiol", "AMH": "anti-Müllerian hormone", "AFC": "the antral follicle count"}
_DESIGNS = {"case-report": "a case report"}
ORIGIN_WORDS = dict(
    zip(ORIGINS, ("reported by the study itself", "reported by the article only", "second-hand"), strict=True)
)
FATES = {
    "raised": "still raised", "kept": "still there", "partly kept": "partly lost", "lost": "lost again",
    "reported again, cannot be judged": "it cannot be judged whether it lasted",
}  # fmt: skip
#: Author and year, as readers know a study.
_AUTHOR_YEAR = re.compile(r"(?:[A-Z][\w'’-]+ )+(?:19|20)\d\d\b")
#: Conditions as in a sentence.
CONDITION_NAMES = {
    "POI": "POI", "POR": "poor ovarian response", "IUA": "uterine adhesions", "thin endometrium": "a thin lining of the uterus",
}  # fmt: skip


def reasons(found: Facts, language: str) -> str:
    """Give what is behind each of the messages, as a list in the same order: the counts, their limits, and who reports them."""
    words = Words(language, found.level)
    parts = [works(found, words), lasts(found, words), safe(found, words), elsewhere(found, words)]
    return f"{words('The reasons, message by message:')}\n\n{led(parts)}"


def works(found: Facts, words: Words) -> str:
    """Say whether cells raise the chance of a child: by a randomised comparison where there is one, else by rates side by side."""
    row, unknown, certain = (
        first_counted(found, "POI"),
        strong(words("Whether it works is not known.")),
        "",
    )
    if row["trial_study_label"]:
        sentences = [strong(trial_lead(row, words)), trial_sentence(row, words)]
    else:
        none = words(
            "No randomised trial in the text available to us counted births or pregnancies in women with {condition} with cells and without."
            if row["studies"]
            else "No birth or pregnancy of women with {condition} is counted after cells.",
            condition=words("POI"),
        )
        sentences = [unknown, none, rate(row, words) if row["studies"] else ""]
    if row["effect"]:
        certain = words(
            "Certainty that the cells make a difference: {certainty}.", certainty=words(row["effect"])
        )
    return words.joined(*sentences, without(row, words), _untreated(row, words), certain)


def first_counted(found: Facts, condition: str) -> Row:
    """Take the first of birth and pregnancy that was counted after cells, a randomised comparison first."""
    rows = [found.row(condition, outcome) for outcome in STEPS[:2]]
    compared = [row for row in rows if row["trial_study_label"]]
    counted = [row for row in rows if row["studies"]]
    return (compared or counted or rows)[0]


def had(row: Row, words: Words) -> str:
    """Say what a woman did who had the outcome of a row."""
    return words(_HAD[row["outcome"]])


def trial_lead(row: Row, words: Words) -> str:
    """State what a randomised comparison shows, by its interval."""
    return words(
        "In a randomised trial more women {had} with cells."
        if row["trial_difference_low"] > 0
        else "In a randomised trial fewer women {had} with cells."
        if row["trial_difference_high"] < 0
        else "Whether it works is not known: a randomised trial detected no difference and was too small to exclude one.",
        had=had(row, words),
    )


def trial_sentence(row: Row, words: Words) -> str:
    """Give the counts of a randomised comparison and its risk difference."""
    text = words(
        "{study}: {events} of {women} women with cells and {control_events} of {control_women} without {had}, a difference of {difference} in 100 "
        "({level} CI {low} to {high}).",
        of_trial(row),
        had=had(row, words),
    )
    return words.joined(text, counted(row, words))


def rate(row: Row, words: Words) -> str:
    """Give a rate after cells with its interval and who reports it."""
    if pd.isna(row["estimate"]):
        return words(
            "After cells, {events} of {women} women {had}; the counts are not pooled.",
            row,
            had=had(row, words),
        )
    text = words(
        "After cells, {events} of {women} women {had}, about {per} in 100 ({interval} {low} to {high}; {studies} without a randomised control group).",
        row, in_hundred(row), had=had(row, words), interval=interval(row, words), studies=studies(row["studies"], words),
    )  # fmt: skip
    return words.joined(text, "" if row["own"] else words(NOT_ITS_OWN), _doubted(row, words))


def _doubted(row: Row, words: Words) -> str:
    """Say how many of the births only the article reports, and whether they came too soon; empty where others report all."""
    if not row["article_events"] or row["outcome"] != "live-birth":
        return ""
    return words(
        "{article_events} of these {events} births are reported only by the article, within {early_months} months, too soon for a term birth after the "
        "treatment."
        if row["early_events"] == row["article_events"]
        else "{article_events} of these {events} births are reported only by the article.",
        row,
    )


def without(row: Row, words: Words) -> str:
    """Give the rate of women of other studies, treated without cells or not at all; empty where none is counted."""
    if not row["without_studies"]:
        return words("There is no count of like women without cells.")
    return words(
        "Without cells, in another study ({cohorts}), about {per} in 100 women {treated} {had} ({level} CI {low} to {high})."
        if row["without_studies"] == 1
        else "Without cells, in other studies ({cohorts}), about {per} in 100 women {treated} {had} (a new group: {level} PI {low} to {high}).",
        in_hundred(row, "without_"),
        treated=words(_TREATED[row["without_kind"]]), had=had(row, words), cohorts=_cohorts(row, words),
    )  # fmt: skip


def _cohorts(row: Row, words: Words) -> str:
    """Name each study by author and year, or by how many women it has."""
    known = [(_AUTHOR_YEAR.match(name), women) for name, women in row["without_named"]]
    names = [found[0] if found else words("a study of {women} women", women=women) for found, women in known]
    return words.listed(list(dict.fromkeys(names)))


def _untreated(row: Row, words: Words) -> str:
    """Say that the outcome is not counted in untreated women; their pregnancies are another outcome and are not set beside births."""
    if row["without_kind"] != "other treatment":
        return ""
    return words("How often untreated women {had}: no usable data.", had=had(row, words))


def lasts(found: Facts, words: Words) -> str:
    """Say whether a gain lasts: by the article's own long-term criteria, and by women seen early and late."""
    criteria = words(
        "Of {criteria} long-term criteria in the article, its studies of the ovary report {reported}: {met} fully met in a report of their own, {part} in "
        "part or according to others only; {missing} are not reported."
        if found.lasting["met"]
        else "Of {criteria} long-term criteria in the article, its studies of the ovary report {reported}: none is fully met in a report of their own, {part} in "
        "part or according to others only; {missing} are not reported.",
        found.lasting,
    )
    return words.joined(strong(lasting_lead(found, words)), criteria, followed(found, words))


def lasting_lead(found: Facts, words: Words) -> str:
    """State whether gains last."""
    facts = found.lasting
    if facts["met"] == 0 or 2 * facts["followed"] < facts["gains"] or not facts["gains"]:
        return words("A lasting effect has not been shown.")
    if 2 * facts["kept"] > facts["followed"]:
        return words("Most early gains that were followed were still there.")
    return words("Most early gains that were followed were lost.")


def followed(found: Facts, words: Words) -> str:
    """Count the early gains after cells, and those that were followed and kept."""
    facts, only = found.lasting, found.lasting["only"]
    if not facts["gains"]:
        return words("No early gain after cells is reported with its time.")
    if not only:
        return words(
            "Early gains in the ovary after cells: {gains} reported, {followed} followed beyond {months} months (in {women} women), {kept} of them kept.",
            facts,
        )
    return words(
        "Early gains in the ovary after cells: {gains} reported, {followed} followed beyond {months} months: {marker} in {design} of {women} women, "
        "{origin}; {fate}.",
        facts,
        marker=words(_MARKERS.get(only["marker"], "a marker")), design=words(_DESIGNS.get(only["design"], "a study")),
        origin=words(ORIGIN_WORDS[only["origin"]]), fate=words(FATES[only["fate"]]),
    )  # fmt: skip


def elsewhere(found: Facts, words: Words) -> str:
    """Give the randomised comparison of births in another disease, with the harm and what it cannot separate; empty where none is."""
    row = found.row("IUA", "live-birth")
    harms = trial_harm(found.harm["endometrium"], words)
    if not row["trial_study_label"]:
        return harms
    lead, counts = strong(elsewhere_lead(row, words)), trial_sentence(row, words)
    return words.joined(lead, counts, certainty(row, words), received(row, words), harms)


def elsewhere_lead(row: Row, words: Words) -> str:
    """State what a randomised comparison of births in another disease reports, by its interval."""
    return words(
        "In another disease, {condition}, one randomised trial reports more births with cells."
        if row["trial_difference_low"] > 0
        else "In another disease, {condition}, one randomised trial reports fewer births with cells."
        if row["trial_difference_high"] < 0
        else "In another disease, {condition}, one randomised trial detected no difference in births.",
        condition=words(CONDITION_NAMES[row["condition"]]),
    )


def certainty(row: Row, words: Words) -> str:
    """State how certain the effect in a row is."""
    return words("Certainty: {certainty}.", certainty=words(row["effect"] or "not graded"))


def interval(row: Row, words: Words) -> str:
    """Name the interval of a rate with cells."""
    return words("{level} CrI" if row["how"] == POOL else "{level} CI")


def reading(found: Facts, language: str) -> str:
    """Say how the tables are read."""
    words = Words(language, found.level)
    text = words(
        "How to read the tables: of 100 women so many had the outcome; brackets hold the {level} limits. With cells they are those of a credible "
        "interval of several studies together, or of the exact confidence interval of one. Without cells they are what a new group of women of "
        "other studies could show; these women differ in age, severity and way of conceiving, so that the two columns are no comparison. "
        "Only a randomised control group gives a difference. Certainty is by GRADE: of the rate, then of the effect of the cells."
    )
    return words.joined(text, _like_only(found, words), *_above(found, words))


def _like_only(found: Facts, words: Words) -> str:
    """Say why another page compares a study with fewer women without cells than the table counts; empty where it does not."""
    row = first_counted(found, "POI")
    like = row["without_like"]
    if not row["without_studies"] or not like:
        return ""
    return words(
        "{condition}: without cells, the table counts all {all} studies ({all_women} women, {low} to {high}); {page} compares {study} only with the "
        "{some} of them that are like enough ({some_women} women, {some_low} to {some_high}).",
        in_hundred(row, "without_"),
        condition=words("POI"), page=f"[{words('women without cells')}](09_background.ipynb)", study=like["study"],
        all=row["without_studies"], all_women=row["without_women"], some=like["studies"], some_women=like["women"],
        some_low=per_hundred(like["low"]), some_high=per_hundred(like["high"]),
    )  # fmt: skip


def _above(found: Facts, words: Words) -> list[str]:
    """Explain, for each condition with more births than pregnancies after cells, that different studies counted them."""
    said = []
    for condition, name in CONDITION_NAMES.items():
        births, pregnant = (found.row(condition, outcome) for outcome in STEPS[:2])
        if births["estimate"] > pregnant["estimate"] and births["citations"] != pregnant["citations"]:
            said.append(
                words(
                    "{condition}: after cells, births ({births} in 100) exceed pregnancies ({pregnancies} in 100) because different studies counted "
                    "them; in the same women they cannot.",
                    condition=capital(words(name)), births=per_hundred(births["estimate"]), pregnancies=per_hundred(pregnant["estimate"]),
                )
            )  # fmt: skip
    return said
