"""The tables of the evidence and their columns: the one place where the form of `data/` is written down.

Loading, `datapackage.json` and the codebook are all made from it. Rules
that need more than one column stand in `relations`.
"""

from __future__ import annotations

import re

from helpers.evidence import vocabulary as words
from helpers.evidence.columns import Column, Table
from helpers.evidence.vocabulary import Vocabulary

IDENTIFIER = r"[a-z0-9]+(?:[.-][a-z0-9]+)*"
#: A p-value as printed: a number between 0 and 1, or a bound.
P_VALUE = r"[<>]?(?:0(?:\.[0-9]+)?|1(?:\.0+)?)"

#: The number of a trial: that of ClinicalTrials.gov has eight digits, one of EudraCT digits only, others begin with the
#: letters of their registry. One spelling each, so that one trial is not taken for two. An Iranian record may be known by
#: its address alone.
_TRIAL = (
    r"(?:NCT[0-9]{8}|(?!NCT)[A-Z]+[A-Z/-]*[0-9][A-Z0-9/-]*|[0-9]{4}-[0-9]{6}-[0-9]{2}"
    r"|irct\.behdasht\.gov\.ir/trial/[0-9]+)"
)
REGISTRY = rf"{_TRIAL}(?:; {_TRIAL})*"


def _text(
    description: str, *, required: bool = False, unique: bool = False, pattern: str = "", hint: str = ""
) -> Column:
    return Column("text", description, required=required, unique=unique, pattern=pattern, form=hint)


def _identifier(description: str) -> Column:
    hint = "small letters, digits, hyphens and dots, for example smith2027"
    return _text(description, required=True, pattern=IDENTIFIER, hint=hint)


def _reference(description: str, target: str, *, required: bool = True) -> Column:
    return Column("text", f"{description} ({target})", required=required, references=target)


def _word(description: str, vocabulary: Vocabulary, *, required: bool = False) -> Column:
    return Column("text", description, required=required, vocabulary=vocabulary)


def _words(description: str, vocabulary: Vocabulary) -> Column:
    """Several words of a vocabulary, joined by '; '."""
    word = "|".join(map(re.escape, vocabulary))
    form, hint = rf"(?:{word})(?:; (?:{word}))*", f"words joined by '; ', of: {', '.join(vocabulary)}"
    return Column("text", description, pattern=form, form=hint, joined=vocabulary)


def _number(
    description: str, *, unit: str = "", minimum: float | None = None, maximum: float | None = None
) -> Column:
    return Column("number", description, unit=unit, minimum=minimum, maximum=maximum)


def _count(description: str, *, unit: str = "", minimum: int = 0) -> Column:
    return Column("integer", description, unit=unit, minimum=minimum)


def _registration() -> Column:
    hint = "NCT with eight digits as NCT02313415, or another number in capitals; without blanks, several joined by '; '"
    return _text("number in a trial registry", pattern=REGISTRY, hint=hint)


def _p_value() -> Column:
    hint = "a p-value between 0 and 1 in decimals, or a bound on one as <0.001"
    return _text("p-value as printed; a bound as <0.001", pattern=P_VALUE, hint=hint)


def _study() -> Column:
    return _reference("the study", "studies.study_id")


def _arm(*, required: bool = True) -> Column:
    meaning = "the arm of that study" if required else "the arm of that study; blank for the whole study"
    return _reference(meaning, "arms.arm_id", required=required)


def _provenance() -> dict[str, Column]:
    return {
        "source_id": _reference("the document where the fact was read", "sources.source_id"),
        "locator": _text("where in the document", required=True),
    }


def _note() -> dict[str, Column]:
    return {"note": _text("remark in our own words")}


def _subject() -> Column:
    hint = "'cohort', or one patient as 'patient-1'"
    return _text("cohort, or one patient", required=True, pattern=r"(?:cohort|patient-[0-9]+)", hint=hint)


def _months(description: str) -> Column:
    return _number(description, unit="months", minimum=0)


_DATE = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "sources",
            "A document: a paper, a registry record, a review, a news page.",
            ["source_id"],
            {
                "source_id": _identifier("key of the document"),
                "kind": _word("kind of document", words.SOURCE_KIND, required=True),
                "first_author": _text("first author, surname and initials"),
                "year": Column("integer", "year of publication", minimum=1900, maximum=2100),
                "title_short": _text("title or short description", required=True),
                "journal": _text("journal, or the site"),
                "doi": _text(
                    "DOI",
                    pattern=r"10\.[0-9]{4,9}/[!-~]+",
                    hint="a bare DOI as 10.1111/cpr.12938, without https://doi.org/ or doi:",
                ),
                "pmid": _text("PubMed number", pattern=r"[0-9]{1,8}", hint="a PubMed number, digits only"),
                "pmcid": _text("PubMed Central number", pattern=r"PMC[0-9]+", hint="as PMC7705906"),
                "registry_id": _registration(),
                "url": _text(
                    "page seen; may be blank where a DOI is given",
                    pattern=r"https?://\S+",
                    hint="an address with http(s)://",
                ),
                "access": _word("deepest level at which figures were seen", words.ACCESS, required=True),
                "read": _word("how far that text was read; blank where nobody noted it", words.READ),
                "language": _text(
                    "language as a two-letter code", pattern=r"[a-z]{2}", hint="two letters, as en"
                ),
                "retracted": _text(
                    "date of retraction; blank if not retracted",
                    pattern=rf"(?:{_DATE}|undated)",
                    hint="a date as 2022-09-14, or 'undated'",
                ),
                **_note(),
            },
        ),
        Table(
            "studies",
            "A study of women.",
            ["study_id"],
            {
                "study_id": _identifier("key of the study"),
                "label": _text(
                    "name of the study on figures, which no other has", required=True, unique=True
                ),
                "role": _word("why the study is here", words.ROLE, required=True),
                "tissue": _word("what was treated", words.TISSUE, required=True),
                "condition": _word("what the women had", words.CONDITION, required=True),
                "population": _text(
                    "who the women were, where the word for the condition says less or something else; "
                    "named wherever the study is compared"
                ),
                "design": _word("design", words.DESIGN, required=True),
                "country": _text("country"),
                "n_enrolled": _count("women enrolled", unit="women", minimum=1),
                "follow_up_months": _months("longest follow-up reported"),
                "registry_id": _registration(),
                "overlaps_with": _text("studies that may share women with this one, joined by '; '"),
                "source_id": _reference("the main document", "sources.source_id"),
                **_note(),
            },
        ),
        Table(
            "arms",
            "An arm or cohort of a study, with its cells or its comparator.",
            ["study_id", "arm_id"],
            {
                "study_id": _study(),
                "arm_id": _identifier("key of the arm within the study"),
                "label": _text("name of the arm", required=True),
                "kind": _word("what the arm received", words.ARM_KIND, required=True),
                "cell_source": _word("source of the cells", words.CELL_SOURCE),
                "donor": _word("donor of the cells", words.DONOR),
                "dose_cells": _number("cells given in all", unit="cells", minimum=1),
                "dose_text": _text("dose as printed, where it is no plain number"),
                "scaffold": _text("scaffold that carried the cells"),
                "route": _word("route of the cells", words.ROUTE),
                "n_treatments": _count("treatments per woman", minimum=1),
                "co_treatment": _words("what was given beside the cells", words.CO_TREATMENT),
                "n": _count("women in the arm", unit="women", minimum=1),
                **{
                    f"age_{part}": _number(f"age, {meaning}", unit="years", minimum=0, maximum=120)
                    for part, meaning in {
                        "mean": "mean",
                        "sd": "standard deviation",
                        "median": "median",
                        "q1": "first quartile",
                        "q3": "third quartile",
                        "min": "youngest",
                        "max": "oldest",
                    }.items()
                },
                **_provenance(),
                **_note(),
            },
        ),
        Table(
            "baseline",
            "Women of an arm in a class before treatment.",
            ["study_id", "arm_id", "characteristic", "category", "source_id"],
            {
                "study_id": _study(),
                "arm_id": _arm(),
                "characteristic": _word("what was classed", words.BASELINE_CHARACTERISTIC, required=True),
                "category": _text("the class as printed", required=True),
                "n": _count("women in the class", unit="women"),
                "total": _count("women classed", unit="women", minimum=1),
                "percent_reported": _number("percentage printed", unit="percent", minimum=0, maximum=100),
                **_provenance(),
                **_note(),
            },
        ),
        Table(
            "outcomes",
            "A count after treatment: events of a total, or a printed percentage.",
            [
                "study_id",
                "arm_id",
                "subgroup",
                "outcome",
                "timepoint_months",
                "total_unit",
                "source_id",
                "locator",
            ],
            {
                "study_id": _study(),
                "arm_id": _arm(),
                "subgroup": _text("part of the arm; blank for the whole arm"),
                "outcome": _word("what was counted", words.OUTCOME, required=True),
                "timepoint_months": _months("time after treatment"),
                "events": _count("events", unit="as total_unit"),
                "total": _count("what the events are counted among", unit="as total_unit", minimum=1),
                "total_unit": _word("unit of the total", words.TOTAL_UNIT),
                "total_basis": _word("where the total comes from", words.TOTAL_BASIS),
                "percent_reported": _number("percentage printed", unit="percent", minimum=0, maximum=100),
                **_provenance(),
                "extraction": _word("how the count was got", words.EXTRACTION, required=True),
                "reporting": _word(
                    "why the count was published; blank where nothing speaks for a choice by its result",
                    words.REPORTING,
                ),
                **_note(),
            },
        ),
        Table(
            "measurements",
            "A level at a time point.",
            [
                "study_id",
                "arm_id",
                "subject",
                "subgroup",
                "measure",
                "timepoint_months",
                "source_id",
                "locator",
            ],
            {
                "study_id": _study(),
                "arm_id": _arm(),
                "subject": _subject(),
                "subgroup": _text("part of the arm; blank for the whole arm"),
                "measure": _word("what was measured", words.MEASURE, required=True),
                "unit": _text("unit as printed"),
                "timepoint_months": _months("time after treatment; 0 is before"),
                "n": _count("women measured", unit="women", minimum=1),
                "mean": _number("mean", unit="as unit"),
                "sd": _number("standard deviation", unit="as unit", minimum=0),
                "se": _number("standard error", unit="as unit", minimum=0),
                "median": _number("median", unit="as unit"),
                "q1": _number("first quartile", unit="as unit"),
                "q3": _number("third quartile", unit="as unit"),
                "minimum": _number("smallest value", unit="as unit"),
                "maximum": _number("largest value", unit="as unit"),
                "text_value": _text("value as words, where no number was printed"),
                **_provenance(),
                "extraction": _word("how the level was got", words.EXTRACTION, required=True),
                **_note(),
            },
        ),
        Table(
            "changes",
            "A change, ratio or direction where no level was printed.",
            [
                "study_id",
                "arm_id",
                "subject",
                "subgroup",
                "measure",
                "from_months",
                "to_months",
                "compared_with",
                "source_id",
                "locator",
            ],
            {
                "study_id": _study(),
                "arm_id": _arm(),
                "subject": _subject(),
                "subgroup": _text("part of the arm; blank for the whole arm"),
                "measure": _word("what changed", words.CHANGE_MEASURE, required=True),
                "from_months": _months("start of the change; 0 is before treatment"),
                "to_months": _months("end of the change"),
                "compared_with": _word("what the change is relative to", words.COMPARED_WITH, required=True),
                "direction": _word("direction", words.DIRECTION),
                "change": _number("size of the change", unit="as change_kind"),
                "change_kind": _word("kind of change", words.CHANGE_KIND),
                "low": _number("lower limit of the change", unit="as change_kind"),
                "high": _number("upper limit of the change", unit="as change_kind"),
                "p_value": _p_value(),
                **_provenance(),
                **_note(),
            },
        ),
        Table(
            "statements",
            "A fact that sources tell, often differently: women enrolled, route, follow-up.",
            ["study_id", "arm_id", "item", "value", "source_id", "locator"],
            {
                "study_id": _study(),
                "arm_id": _arm(required=False),
                "item": _word("what is stated", words.STATEMENT_ITEM, required=True),
                "value": _text("what the source says", required=True),
                "unit": _text("unit"),
                **_provenance(),
                **_note(),
            },
        ),
        Table(
            "risk_of_bias",
            "A judgement on one domain of the risk of bias of a study, and the fact that it rests on.",
            ["study_id", "tool", "domain"],
            {
                "study_id": _study(),
                "tool": _word("the tool", words.RISK_TOOL, required=True),
                "domain": _word("domain or question of that tool", words.RISK_DOMAIN, required=True),
                "judgement": _word(
                    "judgement, in the words of that tool", words.RISK_JUDGEMENT, required=True
                ),
                "reason": _text("the fact that the judgement rests on", required=True),
                **_provenance(),
                **_note(),
            },
        ),
        Table(
            "pooled",
            "A pooled result of a published meta-analysis, of women or of animals.",
            [
                "source_id",
                "species",
                "outcome",
                "subgroup_variable",
                "subgroup",
                "effect",
                "model",
                "locator",
            ],
            {
                "source_id": _reference("the meta-analysis", "sources.source_id"),
                "species": _word("women, or which animals", words.SPECIES, required=True),
                "tissue": _word("what was treated", words.TISSUE, required=True),
                "arm_kind": _word("what the women or animals had received; blank if several", words.ARM_KIND),
                "outcome": _word("what was pooled", words.POOLED_OUTCOME, required=True),
                "subgroup_variable": _word("what the subgroup is made by", words.SUBGROUP_VARIABLE),
                "subgroup": _text("the subgroup: a word where the variable has words, else as printed"),
                "effect": _word("measure of effect", words.EFFECT, required=True),
                "model": _word("model of the pooling", words.MODEL, required=True),
                "k": _count("studies pooled", unit="studies", minimum=1),
                "n_treated": _count(
                    "treated subjects, or those named first where both groups were treated",
                    unit="subjects",
                    minimum=1,
                ),
                "n_control": _count(
                    "control subjects, or those named second where both groups were treated",
                    unit="subjects",
                    minimum=1,
                ),
                "events": _count("events, where a crude share was printed"),
                "total": _count("what the events are counted among", minimum=1),
                "estimate": _number("pooled estimate; a proportion lies between 0 and 1", unit="as effect"),
                "low": _number("lower limit of its interval", unit="as effect"),
                "high": _number("upper limit of its interval", unit="as effect"),
                "p_value": _p_value(),
                "i2": _number("I² printed", unit="percent", minimum=0, maximum=100),
                "locator": _text("where in the document", required=True),
                **_note(),
            },
        ),
        Table(
            "secretion",
            "What cells of a source secrete, express or do, mostly against cells of another.",
            ["source_id", "mediator", "cell_source", "compared_with", "measure", "assay", "locator"],
            {
                "source_id": _reference("the document", "sources.source_id"),
                "mediator": _text("what is secreted, expressed or done", required=True),
                "cell_source": _word("source of the cells", words.CELL_SOURCE, required=True),
                "compared_with": _word("what they are compared with", words.SECRETION_COMPARED_WITH),
                "value": _number("level printed", unit="as unit"),
                "spread": _number("spread printed; the note says which", unit="as unit", minimum=0),
                "unit": _text("unit as printed"),
                "ratio": _text("ratio to what it is compared with, as printed"),
                "direction": _word("direction", words.SECRETION_DIRECTION),
                "measure": _word("what was measured", words.SECRETION_MEASURE, required=True),
                "assay": _text("assay as printed"),
                "n_donors": _count("donors of the cells", minimum=1),
                "locator": _text("where in the document", required=True),
                **_note(),
            },
        ),
        Table(
            "mechanisms",
            "A finding for or against a mechanism that the article names.",
            ["mechanism", "mediator", "source_id", "level", "estimate_text", "locator"],
            {
                "mechanism": _word("the mechanism", words.MECHANISM, required=True),
                "mediator": _text("what carries it", required=True),
                "expected": _word("what the article's account lets expect", words.EXPECTED),
                "source_id": _reference("the document", "sources.source_id"),
                "level": _word("level of evidence", words.LEVEL, required=True),
                "found": _word("what was found; blank where the result was not seen", words.FOUND),
                "estimate_text": _text("the finding in words or figures"),
                "locator": _text("where in the document", required=True),
                **_note(),
            },
        ),
        Table(
            "factors",
            "A finding for or against a factor that the article says governs the result.",
            ["category", "factor", "level_text", "source_id", "effect", "locator"],
            {
                "category": _word("kind of factor", words.FACTOR_CATEGORY, required=True),
                "factor": _word("the factor", words.FACTOR, required=True),
                "level_text": _text("level of the factor, or what is compared", required=True),
                "expected": _text("what the article lets expect"),
                "source_id": _reference("the document", "sources.source_id"),
                "evidence_level": _word("level of evidence", words.LEVEL),
                "found": _word("what was found; blank where the result was not seen", words.FOUND),
                "effect": _text("measure of effect"),
                "estimate": _number("estimate", unit="as effect"),
                "low": _number("lower limit of its interval", unit="as effect"),
                "high": _number("upper limit of its interval", unit="as effect"),
                "locator": _text("where in the document", required=True),
                **_note(),
            },
        ),
        Table(
            "claims",
            "What the article asserts and can be checked, in our words; the note is our remark.",
            ["claim_id"],
            {
                "claim_id": _text("key", required=True, pattern=r"c[0-9]{3,}", hint="a key as c001"),
                "section": _identifier("section of the article"),
                "claim": _text("the claim", required=True),
                "kind": _word("kind of claim", words.CLAIM_KIND, required=True),
                "quantity": _text("what the claim quantifies"),
                "value": _text("the value claimed"),
                "unit": _text("unit of the value"),
                "study_id": _reference("the study the claim is about", "studies.study_id", required=False),
                "article_reference": _text("reference number in the article"),
                **_note(),
            },
        ),
        Table(
            "claim_evidence",
            "What must hold for a part of a claim, and the evidence rows that show it. A part without a table "
            "is one that no extracted row can show.",
            ["claim_id", "part", "table", "match", "field"],
            {
                "claim_id": _reference("the claim", "claims.claim_id"),
                "part": _text("the part of the claim", required=True),
                "kind": _word(
                    "what kind of statement the part is; blank where it says what is so", words.PART_KIND
                ),
                "table": _word("the table with the rows", words.EVIDENCE_TABLE),
                "match": _text("which rows: column=value, several joined by '; '"),
                "field": _text("the column that is compared"),
                "expected": _text(
                    "what stands there if the part is right; '~text' means: contains the text, '>0', '<0', '>=0' or "
                    "'<=0' a limit"
                ),
                **_note(),
            },
        ),
        Table(
            "criteria",
            "A short- or long-term criterion from the article's own list.",
            ["criterion_id"],
            {
                "criterion_id": _identifier("key"),
                "horizon": _word("short or long term", words.HORIZON, required=True),
                "domain": _identifier("domain in the article's list"),
                "criterion": _text("the criterion", required=True),
                "tissue": _word("the tissue whose treatment it is about", words.TISSUE, required=True),
                "measure": _word("what would be measured", words.CRITERION_MEASURE, required=True),
                "direction": _word("what counts as success", words.CRITERION_DIRECTION, required=True),
                "from_months": _months("start of the window"),
                "to_months": _months("end of the window; blank for open"),
                **_note(),
            },
        ),
        Table(
            "reference_values",
            "A threshold, a reference range, a unit factor, a variability or a prevalence.",
            ["measure", "kind", "population", "unit", "source_id"],
            {
                "measure": _text("what the value is of", required=True),
                "kind": _word("kind of value", words.REFERENCE_KIND, required=True),
                "population": _text("population, or what the value applies to", required=True),
                "low": _number("lower limit; for a threshold, positive above", unit="as unit"),
                "high": _number("upper limit; for a threshold, positive below", unit="as unit"),
                "value": _number("value", unit="as unit"),
                "unit": _text("unit as printed"),
                **_provenance(),
                **_note(),
            },
        ),
        Table(
            "double_extraction",
            "An item of a cited study that two extractors read independently, or one of them alone.",
            ["study_id", "item"],
            {
                "study_id": _study(),
                "item": _text("the item", required=True),
                "value_a": _text("what the first extractor read"),
                "value_b": _text("what the second extractor read"),
                "agree": _word("do they agree", words.AGREEMENT, required=True),
                "resolved": _text("the value kept"),
                "source_id": _reference("the document", "sources.source_id"),
                **_note(),
            },
        ),
        Table(
            "discrepancies",
            "Two figures that disagree, or one that contradicts itself.",
            ["study_id", "source_id", "what", "value_1", "source_1", "value_2", "source_2"],
            {
                "study_id": _reference("the study", "studies.study_id", required=False),
                "source_id": _reference(
                    "the document, where it is not about a study", "sources.source_id", required=False
                ),
                "what": _text("what disagrees", required=True),
                "value_1": _text("the first figure", required=True),
                "source_1": _text(
                    "where it stands: source_ids joined by '; ', or " + ", ".join(words.NOT_A_DOCUMENT),
                    required=True,
                ),
                "value_2": _text("the second figure", required=True),
                "source_2": _text("where it stands", required=True),
                "comment": _text("remark in our own words"),
            },
        ),
    )
}


def key_of(table: str) -> list[str]:
    """Name the columns that together identify a row of a table.

    Parameters
    ----------
    table : str
        Name of a table in `TABLES`.

    Returns
    -------
    list of str
        Column names, most significant first.
    """
    return TABLES[table].key
