"""What is said of harm: in the ovary, in the uterus, and by randomised trials."""

from __future__ import annotations

from helpers.questions.summary.catalogue import Row, Words, harm_name, strong, studies
from helpers.questions.summary.facts import Facts
from helpers.show.numbers import per_hundred

#: What is said of a count that no study reports itself.
NOT_ITS_OWN = "No such count is in a study's own paper or registry record."


def safe(found: Facts, words: Words) -> str:
    """Say what is known of serious harm after treatment of the ovary."""
    ovary = found.harm["ovary"]
    silent = words("Of {studies} studies of the ovary with results, {silent} do not mention harm.", ovary)
    counted = counted_harm(ovary, words, "Ovary")
    return words.joined(strong(harm_lead(found, words)), counted, silent if ovary["studies"] else "")


def harm_lead(found: Facts, words: Words) -> str:
    """State how well serious harm after treatment of the ovary is known."""
    ovary = found.harm["ovary"]
    if not ovary["counts"]:
        return words("Serious harm was counted in no study of the ovary.")
    if ovary["events"]:
        return words("Serious harm was reported after treatment of the ovary.")
    return words("Harm is poorly known.")


def counted_harm(harm: Row, words: Words, organ: str) -> str:
    """Give the women in whom serious harm was counted, who reports it, and the highest proportion that cannot be excluded."""
    if not harm["counts"]:
        return ""
    values = {**harm, "organ": words(organ), "bound": per_hundred(harm["bound"])}
    if only_by_the_article(harm):
        return words(
            "{organ}: only the article says that nothing serious happened, in {studies} of {women} women; their own text available to us does not "
            "say so. Even if true, up to {bound} in 100 remains possible (one-sided {level} bound).",
            values,
            studies=studies(harm["counts"], words),
        )
    text = words(
        "{organ}: serious harm in {events} of {women} women in whom it was counted; up to {bound} in 100 cannot be excluded (one-sided {level} bound).",
        values,
    )
    return words.joined(text, "" if harm["own"] else words(NOT_ITS_OWN))


def only_by_the_article(harm: Row) -> bool:
    """Tell whether no serious harm was counted, and every count is the article's."""
    return not harm["events"] and harm["article"] == harm["counts"]


def trial_harm(harm: Row, words: Words) -> str:
    """Name the harms of the uterus that randomised trials report more often with cells."""
    said = [
        words(
            "Uterus: one randomised trial ({study}) reports {harm} more often with cells."
            if one["counted"]
            else "Uterus: one randomised trial ({study}) reports {harm} more often with cells; no count in our copy.",
            study=one["study_label"],
            harm=harm_name(one, words),
        )
        for one in harm["trials"]
    ]
    return words.joined(*said)
