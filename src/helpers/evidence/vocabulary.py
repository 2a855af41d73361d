"""The controlled words of the evidence tables, each with its meaning.

A word stands for one thing. The schema refuses any other word, and the codebook prints these meanings.
"""

from __future__ import annotations

Vocabulary = dict[str, str]

SOURCE_KIND: Vocabulary = {
    "journal-article": "paper in a journal",
    "preprint": "paper before review",
    "trial-registry": "record of a trial registry, or a mirror of one",
    "review": "narrative or systematic review",
    "meta-analysis": "review with pooled results",
    "guideline": "guideline or consensus",
    "news": "press item",
    "web-page": "other page on the web",
    "article-under-review": "the popular article that this project re-analyses",
}
#: Documents that tell of their own study; all others tell what they found elsewhere.
FIRST_HAND = ("journal-article", "preprint", "trial-registry")
ACCESS: Vocabulary = {
    "full-text": "the whole document was read",
    "table": "a table of the document was read",
    "body-excerpt": "part of the body was read",
    "abstract": "the abstract, or the start of it, was read",
    "registry-record": "a registry record was read",
    "secondary": "the page reports what others found (press, blog, popular page)",
}
ROLE: Vocabulary = {
    "cited": "one of the four studies that the article cites",
    "treatment": "another study of women treated with cells",
    "background": "a study of what happens without cells",
    "preclinical": "a study in animals",
    "in-vitro": "a study of cells in the laboratory",
}
TISSUE: Vocabulary = {"ovary": "treatment of the ovary", "endometrium": "treatment of the uterine lining"}
CONDITION: Vocabulary = {
    "POI": "premature ovarian insufficiency (also printed as POF)",
    "POR": "poor ovarian response to stimulation",
    "DOR": "diminished ovarian reserve",
    "perimenopause": "perimenopause",
    "IUA": "intrauterine adhesions, Asherman syndrome included",
    "thin-endometrium": "thin endometrium",
    "IVF-population": "women in IVF, unselected",
    "general-population": "general population",
    "subfertile": "subfertile women",
    "mixed": "more than one of these",
}
DESIGN: Vocabulary = {
    "rct": "randomised controlled trial",
    "non-randomised-controlled": "controlled, not randomised",
    "uncontrolled-two-arm": "two treated arms, neither a control",
    "single-arm": "one treated arm, no control",
    "case-series": "several cases described one by one",
    "case-report": "one or two cases",
    "cohort": "cohort",
    "cross-sectional": "cross-sectional",
    "review": "known only through a review",
    "registered-only": "registered, no result seen",
    "unstated": "not stated",
}
ARM_KIND: Vocabulary = {
    "cells": "received cells",
    "comparator": "received something else, or is the untreated side of the same women",
    "untreated": "received nothing",
}
CELL_SOURCE: Vocabulary = {
    "UC-MSC": "umbilical-cord mesenchymal stem cells",
    "BM-MSC": "bone-marrow mesenchymal stem cells",
    "BM-MNC": "bone-marrow mononuclear cells",
    "BM-mobilised": "bone-marrow stem cells mobilised into blood and collected by apheresis",
    "BM-unspecified": "bone-marrow cells, kind not stated",
    "AD-MSC": "adipose mesenchymal stem cells",
    "AD-SVF": "adipose stromal vascular fraction",
    "MenSC": "menstrual-blood stem cells",
    "PB-MSC": "peripheral-blood mesenchymal stem cells",
    "UCB-MNC": "umbilical-cord-blood mononuclear cells",
    "hAEC": "amniotic epithelial cells",
    "hESC-MSC": "mesenchymal cells made from embryonic stem cells",
    "mixed": "more than one source",
}
DONOR: Vocabulary = {"autologous": "the woman's own cells", "allogeneic": "cells of a donor"}
ROUTE: Vocabulary = {
    "intra-ovarian": "injected into the ovary",
    "ovarian-artery": "infused into the ovarian artery",
    "intra-ovarian and ovarian-artery": "both",
    "intrauterine": "placed in the uterine cavity",
    "sub-endometrial": "injected under the endometrium",
    "transmyometrial": "injected through the myometrium",
    "uterine-artery": "infused into the uterine artery",
    "spiral-arterioles": "infused into the spiral arterioles",
    "intravenous": "infused into a vein",
}
OUTCOME: Vocabulary = {
    "pregnancy": "pregnancy of any kind",
    "natural-pregnancy": "pregnancy without assisted reproduction",
    "art-pregnancy": "pregnancy after assisted reproduction",
    "ongoing-pregnancy": "pregnancy not ended at the last follow-up",
    "live-birth": "birth of a living child",
    "miscarriage": "pregnancy loss",
    "menses-resumed": "menstruation after amenorrhoea",
    "ovarian-function-improved": "responder by the study's own definition",
    "follicle-growth": "growth of at least one follicle",
    "ovulation": "ovulation",
    "euploid-embryo": "embryo with a normal set of chromosomes",
    "endometrial-thickness-increased": "endometrium thicker than before",
    "adhesion-recurrence": "adhesions again",
    "adverse-event": "any adverse event",
    "serious-adverse-event": "serious adverse event, as the source defines it",
    "birth-defect": "birth defect in a child born after treatment",
    "placental-complication": "complication of the placenta",
}
TOTAL_UNIT: Vocabulary = {
    "women": "women",
    "cycles": "treatment cycles",
    "transfers": "embryo transfers",
    "pregnancies": "pregnancies",
    "births": "births",
    "embryos": "embryos",
}
TOTAL_BASIS: Vocabulary = {
    "reported": "printed with the count",
    "enrolled": "the number of women enrolled, not printed with the count",
    "inferred": "worked out from other figures; the note says how",
}
EXTRACTION: Vocabulary = {
    "reported": "printed in the source",
    "derived": "computed from printed figures; the note says how",
    "digitised": "read off a figure; the note gives the error of the reading",
}
MEASURE: Vocabulary = {
    "FSH": "follicle-stimulating hormone in serum",
    "LH": "luteinising hormone in serum",
    "E2": "oestradiol in serum",
    "AMH": "anti-Müllerian hormone in serum",
    "AFC": "antral follicle count",
    "ovarian-volume": "volume of an ovary",
    "ovary-diameter-left": "diameter of the left ovary",
    "ovary-diameter-right": "diameter of the right ovary",
    "endometrial-thickness": "thickness of the endometrium",
    "adhesion-score": "score of intrauterine adhesion",
    "amenorrhoea-duration": "time without menstruation before treatment",
    "BMI": "body mass index",
    "prior-pregnancies": "pregnancies before treatment",
    "prior-deliveries": "deliveries before treatment",
    "ovarian-function": "ovarian function as a whole, not quantified",
    "stimulable-antral-follicles": "antral follicles that respond to stimulation",
    "follicle-development": "development of follicles",
    "mature-follicle": "obtaining a mature follicle",
    "oocytes": "oocytes retrieved",
    "oocyte-retrieval-rate": "rate of oocyte retrieval",
    "oocyte-maturation": "maturation of oocytes",
    "treatment-result": "result of treatment, not specified",
    "menopausal-symptoms": "menopausal symptoms",
    "hot-flushes": "hot flushes",
    "insomnia": "insomnia",
    "quality-of-life": "quality of life",
    "ER-alpha": "oestrogen receptor alpha in tissue",
    "vimentin": "vimentin in tissue",
    "Ki67": "proliferation marker Ki67 in tissue",
    "vWF": "von Willebrand factor in tissue",
    "deltaNP63": "delta-NP63 in tissue",
}
COMPARED_WITH: Vocabulary = {
    "baseline": "the same women before treatment",
    "contralateral-ovary": "the other ovary of the same women",
    "control-arm": "another arm of the study",
    "other-patients": "other women of the same arm",
}
DIRECTION: Vocabulary = {"up": "higher", "down": "lower", "none": "no clear change"}
CHANGE_KIND: Vocabulary = {
    "percent": "change in percent of the level compared with",
    "absolute": "difference in the unit of the measure",
    "fold": "ratio to the level compared with",
    "smd": "standardised mean difference",
    "md": "mean difference",
    "rr": "risk ratio",
    "or": "odds ratio",
}
CLAIM_KIND: Vocabulary = {
    "quantity": "states a number",
    "comparison": "compares two things",
    "causal": "states that one thing brings about another",
    "safety": "states that something harmful did not happen",
    "definition": "defines a term or a criterion",
    "attribution": "says who did what, where and when",
}
HORIZON: Vocabulary = {
    "short": "one to six months after treatment",
    "long": "more than six months after treatment",
}
CRITERION_DIRECTION: Vocabulary = {
    "up": "rises",
    "down": "falls",
    "normal": "reaches the normal range",
    "stable": "stays in the normal range",
    "regular": "becomes regular",
    "up-or-stable": "rises or holds",
}
AGREEMENT: Vocabulary = {
    "yes": "both extractors agree",
    "no": "they disagree",
    "a-only": "only the first read it",
    "b-only": "only the second read it",
}
REFERENCE_KIND: Vocabulary = {
    "diagnostic-threshold": "limit that defines a condition or a prognosis",
    "reference-range": "range seen in a reference population",
    "unit-factor": "factor between two units or two assays",
    "cv-biological": "biological variation",
    "cv-analytical": "analytical variation",
    "limits-of-agreement": "limits of agreement between two readings",
    "prevalence": "share of a population",
}
BASELINE_CHARACTERISTIC: Vocabulary = {
    "AMH-class": "class of AMH before treatment, ng/mL",
    "AFC-class-left": "class of antral follicle count, left ovary",
    "AFC-class-right": "class of antral follicle count, right ovary",
    "AFC-class-total": "class of antral follicle count, both ovaries",
    "cell-line": "cell line that the woman received",
}
#: The classes in which a measure can be given; of several the first that a study has.
CLASSES_OF = {"AMH": ("AMH-class",), "AFC": ("AFC-class-total", "AFC-class-left", "AFC-class-right")}
STATEMENT_ITEM: Vocabulary = {
    "n-enrolled": "women enrolled",
    "n-planned": "women planned",
    "n-treated": "women treated",
    "n-treatments": "number of treatments",
    "follow-up": "length of follow-up",
    "route": "route of the cells",
    "cell-source": "source of the cells",
    "control-ovary": "what was done to the control ovary",
    "eligibility-FSH": "FSH required for entry",
}
EVIDENCE_TABLE: Vocabulary = {
    "outcomes": "rows of outcomes.csv",
    "measurements": "rows of measurements.csv",
    "changes": "rows of changes.csv",
    "statements": "rows of statements.csv",
    "studies": "rows of studies.csv",
    "arms": "rows of arms.csv",
    "sources": "rows of sources.csv",
    "double_extraction": "rows of double_extraction.csv",
    "discrepancies": "rows of discrepancies.csv",
}
#: What may stand for a source in `discrepancies` beside a source_id.
NOT_A_DOCUMENT: Vocabulary = {
    "computed": "worked out from printed figures",
    "extractor-a": "how the first extractor coded it",
    "extractor-b": "how the second extractor coded it",
}


def phrase(word: str) -> str:
    """Write a controlled word as a reader would: ``live-birth`` becomes ``live birth``."""
    return {"art-pregnancy": "pregnancy after ART"}.get(word, word.replace("-", " "))
