"""What women and their doctors ask, each answered in a sentence chosen by rule, with the page that shows it."""

from __future__ import annotations

import pandas as pd

from helpers.questions.summary.catalogue import Row, Words, in_hundred, strong, studies
from helpers.questions.summary.facts import Facts
from helpers.questions.summary.fields import DONOR_EGGS, NOTHING, OTHER
from helpers.questions.summary.harm_text import counted_harm, trial_harm
from helpers.questions.summary.text import (
    CONDITION_NAMES,
    certainty,
    first_counted,
    followed,
    interval,
    trial_lead,
    trial_sentence,
    without,
)
from helpers.questions.summary.trial_text import received, registered
from helpers.show.numbers import per_hundred

#: How the pages are named in a link.
_TITLES = {
    "01_claims": "claims", "02_evidence": "evidence", "04_outcomes": "outcomes", "05_hormone_trajectories": "hormones",
    "06_cell_sources": "sources of cells", "07_criteria": "criteria", "08_pooled_outcomes": "pooled outcomes",
    "09_background": "women without cells", "10_safety": "safety", "11_mechanisms_and_factors": "mechanisms and factors",
    "14_durability": "durability",
}  # fmt: skip


def chance(found: Facts, words: Words) -> str:
    """Give a randomised comparison, or say that rates of different women show neither gain nor loss."""
    row = first_counted(found, "POI")
    if row["trial_study_label"]:
        return words.joined(trial_lead(row, words), trial_sentence(row, words))
    if not row["studies"] or not row["without_studies"] or pd.isna(row["estimate"]):
        return words("Not known: there are no counts with cells and without that could be set side by side.")
    other = in_hundred(row, "without_")
    return words(
        "Not known. No randomised trial in the text available to us compared women with and without cells. The ranges {low} to {high} in 100 with cells and {other_low} to {other_high} in 100 "
        "without come from different women and cannot show a gain or a loss.",
        in_hundred(row), other_low=other["low"], other_high=other["high"],
    )  # fmt: skip


def lining(found: Facts, words: Words) -> str:
    """Give the randomised comparison of each condition of the uterus, or say that there is none."""
    parts = []
    for condition in ("IUA", "thin endometrium"):
        row, sentences = first_counted(found, condition), ""
        if row["trial_study_label"]:
            sentences = words.joined(trial_sentence(row, words), certainty(row, words), received(row, words))
        parts.append(
            words(
                "For {condition}: {sentence}"
                if sentences
                else "For {condition}: no randomised trial counted births or pregnancies.",
                condition=words(CONDITION_NAMES[condition]), sentence=sentences,
            )
        )  # fmt: skip
    return words.joined(*parts)


def safety(found: Facts, words: Words) -> str:
    """Give serious harm to women, for ovary and uterus apart, and birth defects, each with its bound."""
    organs = {"ovary": "Ovary", "endometrium": "Uterus"}
    women = [counted_harm(found.harm[tissue], words, organ) for tissue, organ in organs.items()]
    woman = words.joined(*women) or words("Serious harm was counted in no study.")
    woman = words.joined(woman, trial_harm(found.harm["endometrium"], words))
    child = found.child
    if not child["births"]:
        return words.joined(woman, words("Birth defects were counted in no study."))
    organ = {"ovary": "after treatment of the ovary", "endometrium": "after treatment of the uterus"}[
        child["tissue"]
    ]
    baby = words(
        "Birth defects: {events} in {births} births ({organ}), according to the article only; up to {bound} in 100 cannot be excluded."
        if child["article"]
        else "Birth defects: {events} in {births} births ({organ}); up to {bound} in 100 cannot be excluded.",
        child, organ=words(organ), bound=per_hundred(child["bound"]),
    )  # fmt: skip
    return words.joined(woman, baby)


def duration(found: Facts, words: Words) -> str:
    """Say how many gains were followed, and how often function that came back without cells stopped again."""
    facts = found.lasting
    known = facts["gains"] and 2 * facts["followed"] >= facts["gains"]
    text = words.joined(words("Known for most." if known else "Not known for most."), followed(found, words))
    if not facts["back"]:
        return text
    alone = words(
        "Without cells, function came back in {resumed} of {women} women and stopped again in {stopped} of these ({study}).",
        facts["back"],
        study=facts["back"]["study_label"],
    )
    return words.joined(text, alone)


def benefit(found: Facts, words: Words) -> str:
    """Say of how many factors on which an effect may depend there is a finding in women."""
    return words(
        "Of {factors} factors that may matter, {women} have a finding in women."
        if found.benefit["women"]
        else "Not known: none of {factors} factors that may matter, as age, dose or route, has a finding in women.",
        found.benefit,
    )


def donor(found: Facts, words: Words) -> str:
    """Count the studies with own cells and with those of a donor, and those with both."""
    facts = found.donor
    if facts["both"]:
        own, other = (studies(facts[name], words) for name in ("own", "other"))
        return words(
            "Own cells: {own} of the ovary; cells of a donor: {other}; {both} had both.",
            facts,
            own=own,
            other=other,
        )
    return words(
        "Not known: own cells were given in {own} studies of the ovary, cells of a donor in {other}, and none had both.",
        facts,
    )


def complaints(found: Facts, words: Words) -> str:
    """Say what is known of periods, of flushes and other complaints, and of bones."""
    row, flushes, bones = (
        found.row("POI", "menses-resumed"),
        found.complaints["flushes"],
        found.complaints["bones"],
    )
    if pd.isna(row["estimate"]):
        periods = words("Periods: not counted after cells in women with POI.")
    else:
        rate = words(
            "Periods came back in {events} of {women} women with POI, about {per} in 100 ({interval} {low} to {high}).",
            row, in_hundred(row), interval=interval(row, words),
        )  # fmt: skip
        periods = words.joined(rate, without(row, words))
    return words.joined(
        periods,
        words(
            "Flushes and other complaints: reported by {number}, fewer in {better}."
            if flushes["studies"]
            else "Flushes and other complaints: not reported.",
            flushes, number=studies(flushes["studies"], words),
        ),
        words(
            "Bone density: reported by {number}, higher in {better}."
            if bones["studies"]
            else "Bone density: not reported after cells.",
            bones, number=studies(bones["studies"], words),
        ),
    )  # fmt: skip


def alternatives(found: Facts, words: Words) -> str:
    """Give births with hormones, stimulation or another treatment, the same as in the messages, without treatment and with donor eggs."""
    fields = {row["field"]: row for row in found.fields.to_dict("records")}
    names = {
        OTHER: "Hormones, stimulation or another treatment",
        NOTHING: "No treatment",
        DONOR_EGGS: "Donor eggs",
    }
    parts = []
    for field in (field for field in names if field in fields):
        row, name = fields[field], words(names[field])
        counted = bool(row["studies"]) or field == OTHER
        parts.append(_alternative(row, name, words) if counted else _uncounted(found, field, words))
    return words.joined(*parts)


def _alternative(row: Row, name: str, words: Words) -> str:
    if not row["studies"]:
        return words("{treatment}: no count of like women in our tables.", treatment=name)
    return words(
        "{treatment}: {events} of {women} women had a child, about {per} in 100 (a new group: {level} PI {low} to {high})."
        if row["pooled"]
        else "{treatment}: {events} of {women} women had a child, about {per} in 100 (one study, {level} CI {low} to {high}).",
        row, in_hundred(row), treatment=name,
    )  # fmt: skip


def _uncounted(found: Facts, field: str, words: Words) -> str:
    """Say that no count of women with a child was collected, and what is on record instead, with its limits."""
    known = found.ways[field]
    if field == DONOR_EGGS:
        if not known:
            return words("Donor eggs: no count of births was collected for this page.")
        return words(
            "Donor eggs: no count of births was collected for this page ({study}: {women} women with donor eggs, births not in the text available to us).",
            study=words.comma.join(known["study_labels"]), women=known["women"],
        )  # fmt: skip
    none = words("No treatment: no count of women with a child was collected.")
    if not known:
        return none
    return words.joined(
        none,
        words(
            "In {study}, {births} of {pregnancies} pregnancies of untreated women ended in a live birth; it followed {women} women.",
            known,
            study=known["study_label"],
        ),
        words("{pregnant} of these women became pregnant.", known) if known["pregnant"] else "",
        words(
            "A woman may have had more than one pregnancy, so that this is no percentage of women with a child."
        ),
    )


def article(found: Facts, words: Words) -> str:
    """Say what the article claims, and count its claims by verdict."""
    return words(
        "That stem cells turn short-term into long-term recovery. Of {claims} claims, {supported} are supported, {in_part} in part, {preclinical} in "
        "animals or cells only; {against} contradict the sources or the article itself; {not_verifiable} could not be verified.",
        found.article,
        against=found.article["contradicted"] + found.article["inconsistent"],
    )


#: Each question with its answer, and the pages that show it.
QUESTIONS = (
    ("Does it raise my chance of a child?", chance, ("08_pooled_outcomes", "09_background")),
    ("And for adhesions or a thin lining of the uterus?", lining, ("08_pooled_outcomes",)),
    ("Is it safe for me, and for the baby?", safety, ("10_safety",)),
    ("How long does an effect last?", duration, ("14_durability", "07_criteria")),
    ("Who benefits?", benefit, ("11_mechanisms_and_factors",)),
    ("My own cells or those of a donor?", donor, ("06_cell_sources",)),
    ("Does it help with periods, flushes and bones?", complaints, ("04_outcomes", "05_hormone_trajectories")),
    ("What else is there, and how often does it lead to a child?", alternatives, ("09_background",)),
    ("Can I join a trial, and when will we know?", registered, ("02_evidence",)),
    ("What does the article claim, and what of it holds?", article, ("01_claims",)),
)


def answers(found: Facts, language: str) -> str:
    """Answer every question in a sentence with links to its pages, as markdown."""
    words = Words(language, found.level)
    paragraphs = []
    for question, answer, pages in QUESTIONS:
        links = words.comma.join(f"[{words(_TITLES[page])}]({page}.ipynb)" for page in pages)
        more = words("More: {links}.", links=links)
        paragraphs.append(words.joined(strong(words(question)), answer(found, words), more))
    return "\n\n".join(paragraphs)
