"""The controlled words that code knows by name, and how words are written for readers.

Which words there are, in which order, and what each means, says `data/datapackage.yaml`. Here stands what code does with some of
them: a descriptor without these is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from helpers.evidence.columns import Vocabulary
from helpers.evidence.schema import Schema

#: Documents that tell of their own study; all others tell what they found elsewhere.
FIRST_HAND = ("journal-article", "preprint", "trial-registry")
#: The organ of a treated tissue, as it is named to readers.
ORGAN = {"ovary": "ovary", "endometrium": "uterus"}
#: Outcomes that are harms of a treatment, to the woman, the pregnancy or the child, each as in a sentence. Loss of the pregnancy
#: and birth before term are among them, as in core outcome sets of fertility trials: that untreated women have them too is a
#: matter of comparison, not of looking. Low bone density, fracture, depression and heart disease are not: they follow from the
#: ovarian failure itself.
HARMS = {
    "serious-adverse-event": "serious adverse events",
    "adverse-event": "adverse events of any kind",
    "death": "deaths",
    "birth-defect": "birth defects",
    "miscarriage": "pregnancy losses",
    "preterm-birth": "preterm births",
    "placental-complication": "complications of the placenta",
    "placenta-accreta": "placenta accreta",
    "placenta-increta": "placenta increta",
    "placenta-previa": "placenta praevia",
    "adherent-placenta": "adherent placenta",
    "retained-placenta": "retained placenta",
    "postpartum-haemorrhage": "bleeding after birth",
    "mild-abdominal-pain": "mild abdominal pain",
    "abnormal-blood-indices": "abnormal blood values",
}
#: Outcomes that are each one kind of a wider one, for studies that count no other; of several the first that a study has.
KINDS_OF = {"pregnancy": ("ongoing-pregnancy", "natural-pregnancy", "art-pregnancy")}
#: Other words of one family: untreated women are counted by return of ovarian function, treated women by their menses.
FAMILY_OF = {"menses-resumed": ("ovarian-function-improved",)}
#: How the pregnancies of an outcome were conceived, where its word says so.
CONCEIVED = {
    "natural-pregnancy": "spontaneous",
    "natural-live-birth": "spontaneous",
    "art-pregnancy": "assisted",
}
#: Outcomes that are the birth of a child.
BIRTHS = ("live-birth", "natural-live-birth", "birth", "term-birth", "preterm-birth")
#: Outcomes that begin with a conception.
CONCEPTIONS = ("pregnancy", *KINDS_OF["pregnancy"], *BIRTHS)
#: Scale of a measure of effect: no effect is 0 on a difference and 1 on a ratio. Others have no line of no effect.
SCALE_OF_EFFECT = {"SMD": "difference", "MD": "difference", "RR": "ratio", "OR": "ratio", "HR": "ratio"}
#: In whom a level of evidence is seen, in a word.
SEEN_IN = {"human": "women", "animal": "animals", "in-vitro": "laboratory"}
#: Items of the vocabulary `statement-item` that are about harm, and whether a harm is reported.
HARM_ITEMS = {"harm": True, "no-harm": False}
#: What the value of the item ``status`` can be, and whether a result is due.
TRIAL_STATUS = {
    "not-yet-recruiting": False,
    "recruiting": False,
    "suspended": False,
    "completed": True,
    "terminated": True,
    "unknown": None,
}
#: What the value of the item ``masking`` can be, and whether the outcome was then assessed without knowing the treatment.
MASKING = {
    "open-label": False,
    "participants": False,
    "outcome-assessors": True,
    "single-blind": None,
    "double-blind": True,
}
#: Items of the vocabulary `statement-item` whose value is a date.
DATE_ITEMS = ("start", "first-posted", "primary-completion", "completion", "published")
#: The classes in which a measure can be given; of several the first that a study has.
CLASSES_OF = {"AMH": ("AMH-class",), "AFC": ("AFC-class-total", "AFC-class-left", "AFC-class-right")}
#: Vocabularies and words that code knows by name: a descriptor must define them.
KNOWN_TO_CODE: dict[str, tuple[str, ...]] = {
    "source-kind": (*FIRST_HAND, "meta-analysis", "article-under-review"),
    "access": ("full-text", "body-excerpt"),
    "read": ("cut",),
    "role": ("cited", "treatment", "background"),
    "tissue": tuple(ORGAN),
    "condition": ("POI", "POR"),
    "design": (
        "rct", "non-randomised-controlled", "uncontrolled-two-arm", "single-arm", "case-series", "case-report", "cohort",
        "cross-sectional", "review", "registered-only", "unstated",
    ),
    "arm-kind": ("cells", "comparator", "untreated", "mixed"),
    "cell-source": ("mixed",),
    "donor": (),
    "route": (),
    "conception": ("spontaneous", "assisted", "either"),
    "severity": (),
    "standing": ("experimental",),
    "outcome": (
        *HARMS, *CONCEPTIONS, *FAMILY_OF, *(word for words in FAMILY_OF.values() for word in words),
    ),
    "total-unit": ("women",),
    "extraction": ("derived", "digitised", "model"),
    "reporting": ("event-triggered",),
    "risk-domain": (),
    "robins-i-domain": (),
    "measure": ("FSH", "AMH", "AFC", "E2"),
    "change-measure": (),
    "compared-with": ("baseline", "control-arm"),
    "direction": ("up", "down", "none"),
    "wanted-up": (),
    "wanted-down": (),
    "change-kind": ("percent", "absolute", "fold", "rr", "or"),
    "horizon": ("short", "long"),
    "agreement": ("yes", "no", "a-only", "b-only"),
    "reference-kind": ("unit-factor",),
    "baseline-characteristic": tuple(name for names in CLASSES_OF.values() for name in names),
    "statement-item": (*HARM_ITEMS, "status", "masking", "control-ovary", *DATE_ITEMS),
    "risk-tool": ("JBI-case-series", "ROBINS-I"),
    "not-a-document": (),
    "species": ("human",),
    "effect": (*SCALE_OF_EFFECT, "proportion"),
    "model": (),
    "level": tuple(SEEN_IN),
    "found": ("supports", "contradicts", "mixed", "none"),
    "mechanism": (),
    "factor": (),
    "secretion-direction": (
        "higher", "lower", "equal", "detected", "undetected", "mixed", "none", "not-comparable",
    ),
    "secretion-measure": (
        "protein-secretion", "gene-expression", "gene-and-protein-expression", "proteome", "function", "differentiation",
        "unspecified",
    ),
}  # fmt: skip
#: Those of which code draws or reckons with each word in its own way, so that it must be taught another one first.
FIXED = frozenset({
    "tissue", "design", "arm-kind", "direction", "horizon", "level", "found", "secretion-direction", "secretion-measure",
})  # fmt: skip


_V = TypeVar("_V")
#: The schema of the evidence that was loaded last in this process.
_in_use: list[Schema] = []


def use(schema: Schema) -> None:
    """Take the words from here on from this schema."""
    _in_use[:] = [schema]


def in_use() -> Schema:
    """Give the schema of the evidence that was loaded last, or of the project's, where none was loaded yet."""
    if not _in_use:
        from helpers.evidence.descriptor import schema_of  # which itself needs this module
        from helpers.evidence.loading import folder_of

        use(schema_of(folder_of(Path("data"))))
    return _in_use[0]


class _InUse(Mapping[str, _V]):
    """A part of the schema in use, for what is drawn or written of frames, without evidence at hand to ask."""

    def __init__(self, part: Callable[[Schema], Mapping[str, _V]]) -> None:
        self._part = part

    def __getitem__(self, name: str) -> _V:
        return self._part(in_use())[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._part(in_use()))

    def __len__(self) -> int:
        return len(self._part(in_use()))


def _words(vocabulary: str) -> _InUse[str]:
    return _InUse(lambda schema: schema.vocabularies[vocabulary])


def _of_tools(schema: Schema) -> dict[str, tuple[Vocabulary, Vocabulary]]:
    columns = schema.tables["risk_of_bias"].columns
    judgements = columns["judgement"].words_by
    return {tool: (domains, judgements.get(tool, {})) for tool, domains in columns["domain"].words_by.items()}


ACCESS = _words("access")
ROLE = _words("role")
TISSUE = _words("tissue")
CONDITION = _words("condition")
SEVERITY = _words("severity")
DESIGN = _words("design")
CELL_SOURCE = _words("cell-source")
OUTCOME = _words("outcome")
TOTAL_UNIT = _words("total-unit")
MEASURE = _words("measure")
CHANGE_KIND = _words("change-kind")
DIRECTION = _words("direction")
HORIZON = _words("horizon")
BASELINE_CHARACTERISTIC = _words("baseline-characteristic")
SPECIES = _words("species")
EFFECT = _words("effect")
MODEL = _words("model")
FACTOR = _words("factor")
SECRETION_MEASURE = _words("secretion-measure")
RISK_DOMAIN = _words("risk-domain")
#: The domains and the judgements of each tool, in its order.
RISK_TOOLS = _InUse(_of_tools)


def phrase(word: str) -> str:
    """Write a controlled word as a reader would: ``live-birth`` becomes ``live birth``."""
    return {"art-pregnancy": "pregnancy after ART"}.get(word, word.replace("-", " "))


def capital(text: str) -> str:
    """Write the first letter large and leave the others: ``pregnancy after ART`` becomes ``Pregnancy after ART``."""
    return text[:1].upper() + text[1:]
