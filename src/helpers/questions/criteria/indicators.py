"""Which words of the evidence show what a criterion of the article asks for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Indicator:
    """A word of the evidence, an outcome or a measure, that shows what a criterion asks for."""

    word: str
    #: Why the word shows the criterion in part only; empty where it shows the whole.
    caveat: str = ""
    #: The word falls where the criterion rises.
    inverse: bool = False
    #: The criterion asks for a rate to rise, so that a count without comparison cannot show it.
    compared: bool = False
    #: What a row with the word does not report of the criterion, so that the row is no report of it.
    lacks: str = ""


_WOMEN = "a count of women, not a level"
_FLUSHES = "how often and how strong are not told apart"
_MENSES = "more and more regular menstruation are counted together"
_FOLLICLES = "how mature they grow is not told"
#: What shows the measure of a criterion, where the evidence has other words than the criterion. A measure that is
#: not listed is shown by the same word alone. Menopausal symptoms as a whole name none of the symptoms, and
#: pregnancy of any kind names no way of conception: they show no criterion.
INDICATORS: dict[str, tuple[Indicator, ...]] = {
    "menses-regular": (Indicator("menses-normal"), Indicator("menses-improved", _MENSES)),
    "menstrual-volume": (Indicator("menstrual-volume"), Indicator("menses-improved", _MENSES)),
    "hot-flush-frequency": (Indicator("hot-flush-frequency"), Indicator("hot-flushes", _FLUSHES)),
    "hot-flush-severity": (Indicator("hot-flush-severity"), Indicator("hot-flushes", _FLUSHES)),
    "sleep-quality": (Indicator("sleep-quality"), Indicator("insomnia", inverse=True)),
    "E2": (Indicator("E2"), Indicator("E2-increased", _WOMEN)),
    "AMH": (Indicator("AMH"), Indicator("AMH-increased", _WOMEN)),
    "AFC": (
        Indicator("AFC"), Indicator("AFC-increased", _WOMEN),
        Indicator("stimulable-antral-follicles", "counted under stimulation"),
    ),
    "live-birth": (
        Indicator("natural-live-birth"), Indicator("live-birth", lacks="natural conception not reported"),
    ),
    "oocytes": (
        Indicator("oocytes"), Indicator("mature-oocytes", "mature oocytes only"),
        Indicator("oocyte-retrieval-rate", "a rate, not a number of oocytes"), Indicator("oocyte-retrieved", compared=True),
    ),
    "oocyte-quality": (Indicator("oocyte-quality"), Indicator("oocyte-maturation", "maturation is one side of quality")),
    "implantation": (Indicator("implantation", compared=True),),
    "art-pregnancy": (Indicator("art-pregnancy", compared=True),),
    "ovarian-structure": (Indicator("ovarian-structure"), Indicator("ovarian-volume", "volume is one side of structure")),
    "follicle-maturity": (
        Indicator("follicle-maturity"), Indicator("mature-follicle"), Indicator("follicle-development", _FOLLICLES),
        Indicator("follicle-growth", _FOLLICLES),
    ),
    "fracture": (Indicator("fracture", compared=True),),
    "life-satisfaction": (Indicator("life-satisfaction"), Indicator("quality-of-life", "quality of life as a whole")),
}  # fmt: skip


def indicators(measure: str) -> tuple[Indicator, ...]:
    """Give the words that show the measure of a criterion, by default its own word alone."""
    return INDICATORS.get(measure, (Indicator(measure),))
