"""What women and their doctors ask, each answered in a sentence chosen by rule, with the page that shows it."""

from __future__ import annotations

from typing import Any

from helpers.questions.summary.catalogue import Words, strong, studies
from helpers.questions.summary.facts import Facts
from helpers.questions.summary.fields import DONOR_EGGS, NOTHING, OTHER
from helpers.questions.summary.harm_text import counted_harm, trial_harm
from helpers.questions.summary.text import (
    CONDITION_NAMES,
    first_counted,
    followed,
    interval,
    trial_lead,
    trial_sentence,
    without,
)
from helpers.questions.summary.trial_text import received, registered
from helpers.show.numbers import per_hundred

#: Each question with the pages that show its answer.
_PAGES = {
    "chance": ("Does it raise my chance of a child?", ("08_pooled_outcomes", "09_background")),
    "lining": ("And for adhesions or a thin lining of the uterus?", ("08_pooled_outcomes",)),
    "safe": ("Is it safe for me, and for the baby?", ("10_safety",)),
    "long": ("How long does an effect last?", ("14_durability", "07_criteria")),
    "who": ("Who benefits?", ("11_mechanisms_and_factors",)),
    "donor": ("My own cells or those of a donor?", ("06_cell_sources",)),
    "complaints": ("Does it help with periods, flushes and bones?", ("04_outcomes", "05_hormone_trajectories")),
    "others": ("What else is there, and how often does it lead to a child?", ("09_background",)),
    "trial": ("Can I join a trial, and when will we know?", ("02_evidence",)),
    "article": ("What does the article claim, and what of it holds?", ("01_claims",)),
}  # fmt: skip
#: How the pages are named in a link.
_TITLES = {
    "01_claims": "claims", "02_evidence": "evidence", "04_outcomes": "outcomes", "05_hormone_trajectories": "hormones",
    "06_cell_sources": "sources of cells", "07_criteria": "criteria", "08_pooled_outcomes": "pooled outcomes",
    "09_background": "women without cells", "10_safety": "safety", "11_mechanisms_and_factors": "mechanisms and factors",
    "14_durability": "durability",
}  # fmt: skip


def answers(found: Facts, language: str) -> str:
    """Answer every question in a sentence with links to its pages, as markdown."""
    words = Words(language)
    made = {
        "chance": chance(found, words), "lining": lining(found, words), "safe": safety(found, words), "long": duration(found, words),
        "who": benefit(found, words), "donor": donor(found, words), "complaints": complaints(found, words),
        "others": alternatives(found, words), "trial": registered(found, words), "article": article(found, words),
    }  # fmt: skip
    paragraphs = []
    for name, (question, pages) in _PAGES.items():
        links = words.comma.join(f"[{words(_TITLES[page])}]({page}.ipynb)" for page in pages)
        paragraphs.append(
            words.joined(strong(words(question)), made[name], words("More: {links}.", links=links))
        )
    return "\n\n".join(paragraphs)


def chance(found: Facts, words: Words) -> str:
    """Give a randomised comparison, or say that rates of different women show neither gain nor loss."""
    row = first_counted(found, "POI")
    if row["trial_study_label"]:
        return words.joined(trial_lead(row, words), trial_sentence(row, words, found.level))
    if not row["studies"] or not row["without_studies"] or row["estimate"] != row["estimate"]:
        return words("Not known: there are no counts with cells and without that could be set side by side.")
    values = {
        "low": per_hundred(row["low"]), "high": per_hundred(row["high"]), "other_low": per_hundred(row["without_low"]),
        "other_high": per_hundred(row["without_high"]),
    }  # fmt: skip
    return words(
        "Not known. No randomised trial in the text available to us compared women with and without cells. The ranges {low} to {high} in 100 with cells and {other_low} to {other_high} in 100 "
        "without come from different women and cannot show a gain or a loss.", **values,
    )  # fmt: skip


def lining(found: Facts, words: Words) -> str:
    """Give the randomised comparison of each condition of the uterus, or say that there is none."""
    parts = []
    for condition in ("IUA", "thin endometrium"):
        row, name = first_counted(found, condition), words(CONDITION_NAMES[condition])
        if row["trial_study_label"]:
            certain = words("Certainty: {certainty}.", certainty=words(row["effect"]))
            parts.append(
                words(
                    "For {condition}: {sentence}",
                    condition=name,
                    sentence=words.joined(
                        trial_sentence(row, words, found.level), certain, received(row, words)
                    ),
                )
            )
        else:
            parts.append(
                words("For {condition}: no randomised trial counted births or pregnancies.", condition=name)
            )
    return words.joined(*parts)


def safety(found: Facts, words: Words) -> str:
    """Give serious harm to women, for ovary and uterus apart, and birth defects, each with its bound."""
    women = [
        counted_harm(found.harm[tissue], words, organ, found.level)
        for tissue, organ in {"ovary": "Ovary", "endometrium": "Uterus"}.items()
    ]
    woman = words.joined(*women) or words("Serious harm was counted in no study.")
    woman = words.joined(woman, trial_harm(found.harm["endometrium"], words))
    child = found.child
    if not child["births"]:
        return words.joined(woman, words("Birth defects were counted in no study."))
    values = {
        "events": child["events"], "births": child["births"], "bound": per_hundred(child["bound"]),
        "organ": words({"ovary": "after treatment of the ovary", "endometrium": "after treatment of the uterus"}[child["tissue"]]),
    }  # fmt: skip
    if child["article"]:
        baby = words(
            "Birth defects: {events} in {births} births ({organ}), according to the article only; up to {bound} in 100 cannot be excluded.", **values
        )  # fmt: skip
    else:
        baby = words(
            "Birth defects: {events} in {births} births ({organ}); up to {bound} in 100 cannot be excluded.",
            **values,
        )
    return words.joined(woman, baby)


def duration(found: Facts, words: Words) -> str:
    """Say how many gains were followed, and how often function that came back without cells stopped again."""
    facts = found.lasting
    back = facts["back"]
    known = facts["gains"] and 2 * facts["followed"] >= facts["gains"]
    text = words.joined(words("Known for most." if known else "Not known for most."), followed(found, words))
    if not back:
        return text
    alone = words(
        "Without cells, function came back in {resumed} of {women} women and stopped again in {stopped} of these ({study}).",
        resumed=f"{back['resumed']:.0f}", women=f"{back['women']:.0f}", stopped=f"{back['stopped']:.0f}", study=back["study_label"],
    )  # fmt: skip
    return words.joined(text, alone)


def benefit(found: Facts, words: Words) -> str:
    """Say of how many factors on which an effect may depend there is a finding in women."""
    facts = found.benefit
    if facts["women"]:
        return words("Of {factors} factors that may matter, {women} have a finding in women.", **facts)
    return words(
        "Not known: none of {factors} factors that may matter, as age, dose or route, has a finding in women.",
        factors=facts["factors"],
    )


def donor(found: Facts, words: Words) -> str:
    """Count the studies with own cells and with those of a donor, and those with both."""
    facts = found.donor
    values = {"own": studies(facts["own"], words), "other": studies(facts["other"], words)}
    if facts["both"]:
        return words(
            "Own cells: {own} of the ovary; cells of a donor: {other}; {both} had both.",
            both=facts["both"],
            **values,
        )
    return words(
        "Not known: own cells were given in {own} studies of the ovary, cells of a donor in {other}, and none had both.",
        own=facts["own"], other=facts["other"],
    )  # fmt: skip


def complaints(found: Facts, words: Words) -> str:
    """Say what is known of periods, of flushes and other complaints, and of bones."""
    row = found.row("POI", "menses-resumed")
    if row["estimate"] == row["estimate"]:
        periods = words(
            "Periods came back in {events} of {women} women with POI, about {per} in 100 ({interval} {low} to {high}).",
            events=row["events"], women=row["women"], per=per_hundred(row["estimate"]), interval=interval(row["how"], words, found.level),
            low=per_hundred(row["low"]), high=per_hundred(row["high"]),
        )  # fmt: skip
        periods = words.joined(periods, without(row, words, found.level))
    else:
        periods = words("Periods: not counted after cells in women with POI.")
    flushes, bones = found.complaints["flushes"], found.complaints["bones"]
    parts = [
        words("Flushes and other complaints: reported by {number}, fewer in {better}.", better=flushes["better"], number=studies(flushes["studies"], words))
        if flushes["studies"]
        else words("Flushes and other complaints: not reported."),
        words("Bone density: reported by {number}, higher in {better}.", better=bones["better"], number=studies(bones["studies"], words))
        if bones["studies"]
        else words("Bone density: not reported after cells."),
    ]  # fmt: skip
    return words.joined(periods, *parts)


def alternatives(found: Facts, words: Words) -> str:
    """Give births with hormones, stimulation or another treatment, the same as in the messages, without treatment and with donor eggs."""
    fields = {row["field"]: row for row in found.fields.to_dict("records")}
    names = {
        OTHER: "Hormones, stimulation or another treatment",
        NOTHING: "No treatment",
        DONOR_EGGS: "Donor eggs",
    }
    parts = []
    for field, name in names.items():
        row = fields.get(field)
        if row is None:
            continue
        counted = bool(row["studies"]) or field == OTHER
        parts.append(
            _alternative(row, words(name), words, found.level) if counted else _uncounted(found, field, words)
        )
    return words.joined(*parts)


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
    births = words(
        "In {study}, {births} of {pregnancies} pregnancies of untreated women ended in a live birth; it followed {women} women.",
        study=known["study_label"], births=known["births"], pregnancies=known["pregnancies"], women=known["women"],
    )  # fmt: skip
    pregnant = (
        words("{pregnant} of these women became pregnant.", pregnant=known["pregnant"])
        if known["pregnant"]
        else ""
    )
    return words.joined(
        none,
        births,
        pregnant,
        words(
            "A woman may have had more than one pregnancy, so that this is no percentage of women with a child."
        ),
    )


def _alternative(row: dict[Any, Any], name: str, words: Words, level: float) -> str:
    if not row["studies"]:
        return words("{treatment}: no count of like women in our tables.", treatment=name)
    values = {
        "treatment": name, "events": row["events"], "women": row["women"], "per": per_hundred(row["estimate"]),
        "low": per_hundred(row["low"]), "high": per_hundred(row["high"]), "level": words.percent(level),
    }  # fmt: skip
    if row["pooled"]:
        return words(
            "{treatment}: {events} of {women} women had a child, about {per} in 100 (a new group: {level} PI {low} to {high}).",
            **values,
        )
    return words(
        "{treatment}: {events} of {women} women had a child, about {per} in 100 (one study, {level} CI {low} to {high}).",
        **values,
    )


def article(found: Facts, words: Words) -> str:
    """Say what the article claims, and count its claims by verdict."""
    return words(
        "That stem cells turn short-term into long-term recovery. Of {claims} claims, {supported} are supported, {in_part} in part, {preclinical} in "
        "animals or cells only; {against} contradict the sources or the article itself; {not_verifiable} could not be verified.",
        **{name: found.article[name] for name in ("claims", "supported", "in_part", "preclinical", "not_verifiable")},
        against=found.article["contradicted"] + found.article["inconsistent"],
    )  # fmt: skip
