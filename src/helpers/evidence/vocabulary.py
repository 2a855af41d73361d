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
    "title": "only the title or an index record was seen, no figure",
}
READ: Vocabulary = {
    "complete": "read to its end",
    "cut": "our copy ends before its end, so that figures printed later were not seen",
}
ROLE: Vocabulary = {
    "cited": "one of the four studies that the article cites",
    "treatment": "another study of women treated with cells",
    "background": "a study of what happens without cells",
    "preclinical": "a study in animals",
    "in-vitro": "a study of cells in the laboratory",
}
TISSUE: Vocabulary = {"ovary": "treatment of the ovary", "endometrium": "treatment of the uterine lining"}
#: The organ of a treated tissue, as it is named to readers.
ORGAN: Vocabulary = {"ovary": "ovary", "endometrium": "uterus"}
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
    "mixed": "women with cells and women without, not reported apart",
}
CELL_SOURCE: Vocabulary = {
    "UC-MSC": "umbilical-cord mesenchymal stem cells",
    "WJ-MSC": "mesenchymal stem cells of Wharton's jelly, the core of the cord",
    "UC-perivascular": "perivascular stem cells of the umbilical-cord artery",
    "UCB-MNC": "umbilical-cord-blood mononuclear cells",
    "BM-MSC": "bone-marrow mesenchymal stem cells",
    "BM-MNC": "bone-marrow mononuclear cells",
    "BM-nucleated": "bone-marrow nucleated cells, not separated further",
    "BM-selected": "bone-marrow cells selected by antibody",
    "BM-mobilised": "bone-marrow stem cells mobilised into blood and collected by apheresis",
    "BM-unspecified": "bone-marrow cells, kind not stated",
    "AD-MSC": "adipose mesenchymal stem cells",
    "AD-SVF": "adipose stromal vascular fraction",
    "MenSC": "menstrual-blood stem cells",
    "EndoMSC": "endometrial mesenchymal stem cells",
    "PB-MSC": "peripheral-blood mesenchymal stem cells",
    "P-MSC": "placental mesenchymal stem cells",
    "CP-MSC": "mesenchymal stem cells of the chorionic plate",
    "chorion-MSC": "mesenchymal stem cells of the chorion",
    "amnion-MSC": "amniotic mesenchymal stem cells",
    "AF-MSC": "mesenchymal stem cells of amniotic fluid",
    "hAEC": "amniotic epithelial cells",
    "dermal-MSC": "dermal mesenchymal cells",
    "hESC-MSC": "mesenchymal cells made from embryonic stem cells",
    "ovarian-stem-cell": "stem cells of the ovary",
    "UC-MSC-EV": "vesicles of umbilical-cord mesenchymal stem cells, cell-free",
    "BM-MSC-EV": "vesicles of bone-marrow mesenchymal stem cells, cell-free",
    "MenSC-EV": "vesicles of menstrual-blood stem cells, cell-free",
    "P-MSC-EV": "vesicles of placental mesenchymal stem cells, cell-free",
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
    "re-transplanted-ovarian-tissue": "put back with ovarian tissue that was treated outside the body",
}
CO_TREATMENT: Vocabulary = {
    "hysteroscopic-adhesiolysis": "uterine adhesions divided by hysteroscopy",
    "adhesiolysis": "uterine adhesions divided, how is not stated or stands in the note",
    "endometrial-plowing": "endometrium scored with scissors",
    "curettage": "curettage of the uterus",
    "balloon": "balloon left in the uterine cavity",
    "IUD": "intrauterine device",
    "HA-gel": "hyaluronic acid gel",
    "hormone-therapy": "hormones to replace those of the ovary, which ones not stated",
    "oestrogen": "oestrogen alone, or no other hormone stated",
    "ovarian-stimulation": "controlled stimulation of the ovaries",
    "IVF": "in-vitro fertilisation",
    "frozen-transfer": "transfer of a frozen embryo",
    "PRP": "platelet-rich plasma",
    "G-CSF": "granulocyte colony-stimulating factor",
    "growth-factors": "growth factors, not named",
}
OUTCOME: Vocabulary = {
    "pregnancy": "pregnancy of any kind",
    "natural-pregnancy": "pregnancy without assisted reproduction",
    "art-pregnancy": "pregnancy after assisted reproduction",
    "ongoing-pregnancy": "pregnancy not ended at the last follow-up",
    "live-birth": "birth of a living child",
    "natural-live-birth": "birth of a living child conceived without assisted reproduction",
    "birth": "birth, whether the child lived not stated",
    "term-birth": "birth at term",
    "preterm-birth": "birth before term",
    "miscarriage": "pregnancy loss",
    "implantation": "implantation of a transferred embryo",
    "menses-resumed": "menstruation after amenorrhoea",
    "menses-improved": "more or more regular menstruation",
    "menses-normal": "normal menstruation",
    "amenorrhoea-persistent": "still no menstruation",
    "ovarian-function-improved": "responder, or function resumed, by the study's own definition",
    "arrest-of-resumption": "resumed ovarian function lost again",
    "follicle-growth": "growth of at least one follicle",
    "follicles-on-ultrasound": "follicles seen on ultrasound",
    "ovulation": "ovulation",
    "AMH-increased": "AMH higher than before",
    "AFC-increased": "antral follicle count higher than before",
    "E2-increased": "oestradiol above a limit that the study set",
    "hormones-improved": "better hormone profile by the study's own definition",
    "oocyte-retrieved": "oocyte aspirated",
    "embryo-obtained": "embryo obtained",
    "euploid-embryo": "embryo with a normal set of chromosomes",
    "embryo-transfer": "embryo transferred",
    "cycle-cancellation": "treatment cycle cancelled",
    "ivf-performed": "in-vitro fertilisation carried out",
    "endometrial-thickness-increased": "endometrium thicker than before",
    "endometrial-thickness-7mm-or-more": "endometrium at least seven millimetres thick",
    "cavity-restored": "normal uterine cavity",
    "cavity-improved": "uterine cavity better than before",
    "cavity-not-improved": "uterine cavity no better than before",
    "adhesion-recurrence": "adhesions again",
    "adverse-event": "any adverse event",
    "serious-adverse-event": "serious adverse event, as the source defines it",
    "birth-defect": "birth defect in a child born after treatment",
    "placental-complication": "complication of the placenta",
    "placenta-accreta": "placenta grown into the uterine wall",
    "adherent-placenta": "placenta that does not come away",
    "placenta-previa": "placenta over the cervix",
    "placenta-increta": "placenta grown deep into the uterine wall",
    "retained-placenta": "placenta retained",
    "postpartum-haemorrhage": "bleeding after birth",
    "mild-abdominal-pain": "mild abdominal pain",
    "abnormal-blood-indices": "abnormal blood values",
    "low-bone-density": "bone density below a limit that the study set",
    "fracture": "bone fracture",
    "depression": "depression",
    "death": "death from any cause",
    "cardiovascular-death": "death from cardiovascular disease",
}
#: Outcomes that are harms of a treatment, to the woman, the pregnancy or the child, each as in a sentence. Loss of the pregnancy
#: and birth before term are among them, as in core outcome sets of fertility trials: that untreated women have them too is a
#: matter of comparison, not of looking. Low bone density, fracture, depression and heart disease are not: they follow from the
#: ovarian failure itself.
HARMS: Vocabulary = {
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
KINDS_OF = {"pregnancy": ("natural-pregnancy", "art-pregnancy")}
#: Outcomes that are the birth of a child.
BIRTHS = ("live-birth", "natural-live-birth", "birth", "term-birth", "preterm-birth")
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
    "model": "printed as a cumulative or modelled rate, which is no plain share of the total",
}
REPORTING: Vocabulary = {
    "event-triggered": "published because the event had happened: a count that enters no proportion and no pool; the note gives the reason",
}
MEASURE: Vocabulary = {
    "FSH": "follicle-stimulating hormone in serum",
    "LH": "luteinising hormone in serum",
    "E2": "oestradiol in serum",
    "AMH": "anti-Müllerian hormone in serum",
    "progesterone": "progesterone in serum",
    "hormone-fluctuation": "how much hormone levels vary with time",
    "unspecified-hormone": "a hormone that the source does not name",
    "AFC": "antral follicle count",
    "ovarian-volume": "volume of an ovary",
    "ovarian-structure": "structure of the ovary on imaging or in tissue",
    "ovarian-cortex-thickness": "thickness of the ovarian cortex",
    "ovary-diameter-left": "diameter of the left ovary",
    "ovary-diameter-right": "diameter of the right ovary",
    "ovarian-reserve-markers": "markers of ovarian reserve, not named",
    "ovarian-function": "ovarian function as a whole, not quantified",
    "stimulable-antral-follicles": "antral follicles that respond to stimulation",
    "follicle-development": "development of follicles",
    "follicle-maturity": "maturity that follicles reach",
    "follicle-number-day-11": "follicles on day 11 of stimulation",
    "follicle-size-day-11": "size of follicles on day 11 of stimulation",
    "mature-follicle": "obtaining a mature follicle",
    "oocytes": "oocytes retrieved",
    "mature-oocytes": "mature (metaphase II) oocytes",
    "oocyte-retrieval-rate": "rate of oocyte retrieval",
    "oocyte-maturation": "maturation of oocytes",
    "oocyte-quality": "quality of oocytes",
    "blastocysts": "blastocysts",
    "time-to-pregnancy": "time until pregnancy",
    "endometrial-thickness": "thickness of the endometrium",
    "endometrial-blood-flow": "blood flow in the endometrium",
    "uterine-volume": "volume of the uterus",
    "adhesion-score": "score of intrauterine adhesion",
    "time-to-normal-cavity": "time until the uterine cavity is normal",
    "amenorrhoea-duration": "time without menstruation before treatment",
    "menstrual-duration": "days of menstrual bleeding",
    "menstrual-volume": "amount of menstrual bleeding",
    "BMI": "body mass index",
    "infertility-duration": "time of infertility before treatment",
    "prior-pregnancies": "pregnancies before treatment",
    "prior-deliveries": "deliveries before treatment",
    "treatment-result": "result of treatment, not specified",
    "menopausal-symptoms": "menopausal symptoms",
    "hot-flushes": "hot flushes",
    "insomnia": "insomnia",
    "hot-flush-frequency": "how often hot flushes come",
    "hot-flush-severity": "how strong hot flushes are",
    "night-sweats": "night sweats",
    "sleep-quality": "quality of sleep",
    "irritability": "irritability",
    "mood-swings": "swings of mood",
    "anxiety": "anxiety",
    "mental-health": "mental health",
    "life-satisfaction": "satisfaction with life",
    "quality-of-life": "quality of life",
    "bone-density": "mineral density of bone",
    "osteoporosis": "osteoporosis",
    "blood-lipids": "lipids in blood",
    "blood-pressure": "blood pressure",
    "ER": "oestrogen receptor in tissue, kind not stated",
    "ER-alpha": "oestrogen receptor alpha in tissue",
    "PR": "progesterone receptor in tissue",
    "vimentin": "vimentin in tissue",
    "Ki67": "proliferation marker Ki67 in tissue",
    "vWF": "von Willebrand factor in tissue",
    "microvessel-density": "density of small vessels in tissue",
    "deltaNP63": "delta-NP63 in tissue",
}
#: A change can be told of a level or of how often an outcome happened.
CHANGE_MEASURE: Vocabulary = MEASURE | OUTCOME
COMPARED_WITH: Vocabulary = {
    "baseline": "the same women before treatment",
    "contralateral-ovary": "the other ovary of the same women",
    "control-arm": "another arm of the study",
    "other-patients": "other women of the same study; the note says which",
    "previous-time-point": "the same women at the time point before",
    "not-stated": "not stated",
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
PART_KIND: Vocabulary = {
    "existence": "says that something can happen or happened to some: one row that agrees shows it, and rows that do not agree deny nothing",
}
HORIZON: Vocabulary = {
    "short": "one to six months after treatment",
    "long": "more than six months after treatment",
}
#: What a criterion asks for: a level, or how often an outcome happens.
CRITERION_MEASURE: Vocabulary = CHANGE_MEASURE | {"menses-regular": "regular menstruation"}
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
    "follicle-class": "follicles on ultrasound at entry",
    "cell-line": "cell line that the woman received",
    "infertility-class": "primary or secondary infertility",
    "adhesion-class": "grade of intrauterine adhesion",
    "endometrial-thickness-class": "class of endometrial thickness",
    "bone-density-class": "class of bone density",
    "prior-implantation": "implantation before the treatment under study",
    "prior-pregnancy": "pregnancy before the treatment under study",
    "prior-live-birth": "live birth before the treatment under study",
}
#: The classes in which a measure can be given; of several the first that a study has.
CLASSES_OF = {"AMH": ("AMH-class",), "AFC": ("AFC-class-total", "AFC-class-left", "AFC-class-right")}
STATEMENT_ITEM: Vocabulary = {
    "n-enrolled": "women enrolled",
    "n-planned": "women planned",
    "n-screened": "women screened",
    "n-treated": "women treated",
    "n-treatments": "number of treatments",
    "follow-up": "length of follow-up",
    "route": "route of the cells",
    "cell-source": "source of the cells",
    "n-arms": "groups that women came into",
    "allocation": "how women came into the arms",
    "start": "date on which the study began",
    "first-posted": "date on which the registry first showed the record",
    "primary-completion": "date of the last examination for the main outcome, as it was, not as planned",
    "completion": "date on which the study ended, as it was, not as planned",
    "published": "date on which the paper appeared first",
    "status": "status of the trial in the record, when it was read",
    "trial-phase": "phase of the trial",
    "control-ovary": "what was done to the control ovary",
    "eligibility-age": "age required for entry",
    "eligibility-FSH": "FSH required for entry",
    "eligibility-criteria": "other requirements for entry",
    "G-CSF-days": "days of growth factor before collection",
    "marrow-volume": "marrow taken",
    "AMH-increase-responders": "share of women whose AMH rose",
    "AMH-AUC": "area under the curve of AMH as a diagnostic test",
    "stem-cell-score": "score of endometrial stem cells",
    "adhesion-recurrence-range": "range of recurrence of adhesions quoted from the literature",
    "live-birth-rate": "live-birth rate given as a limit only",
    "correlation": "correlation told without its size",
    "tendency": "tendency told without its direction",
    "unexplained-figure": "a figure whose label the source does not explain",
    "harm": "a harm that the source reports in words, without a count",
    "no-harm": "the source says in words, without a count, that it saw no harm, or calls the treatment safe",
}
#: Items of `STATEMENT_ITEM` that are about harm, and whether a harm is reported.
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
#: Items of `STATEMENT_ITEM` whose value is a date.
DATE_ITEMS = ("start", "first-posted", "primary-completion", "completion", "published")
RISK_TOOL: Vocabulary = {
    "JBI-case-series": "checklist of the Joanna Briggs Institute for case series, here of the arm with cells",
    "ROBINS-I": "risk of bias in non-randomised studies of interventions, version of 2016, of the effect of the cells",
}
JBI_DOMAIN: Vocabulary = {
    "inclusion-criteria": "is it clear who could enter?",
    "condition-measured": "was the condition measured in the same reliable way in every woman?",
    "condition-identified": "was the condition established by a valid method in every woman?",
    "consecutive-inclusion": "did women enter one after the other, without choice among them?",
    "complete-inclusion": "are all women who could enter, or entered, in the series?",
    "demographics-reported": "is it clear who the women were, age foremost?",
    "clinical-information-reported": "is it clear in what clinical state they were before treatment?",
    "outcomes-reported": "is it clear what became of them?",
    "sites-reported": "is it clear where they were treated?",
    "statistics-appropriate": "does the statistical analysis fit the data?",
}
ROBINS_I_DOMAIN: Vocabulary = {
    "confounding": "what made women receive the cells, or not, may also govern the outcome",
    "selection-of-participants": "who is in the analysis, or from when, depends on treatment and outcome",
    "classification-of-interventions": "who received what is not clear, or was decided afterwards",
    "deviations-from-interventions": "women received something else beside, or not what was meant",
    "missing-data": "women who entered are missing from the result",
    "measurement-of-outcomes": "who measured, or told, the outcome knew of the treatment",
    "selection-of-reported-result": "the result reported was chosen among several",
}
#: Most judgements of either tool end here: the documents were not read deep enough.
_NOT_ASSESSABLE: Vocabulary = {"not-assessable": "cannot be judged from what was read"}
JBI_JUDGEMENT: Vocabulary = {
    "yes": "the question is answered with yes",
    "no": "the question is answered with no",
    "not-applicable": "the question does not apply, as to a single case",
    **_NOT_ASSESSABLE,
}
ROBINS_I_JUDGEMENT: Vocabulary = {
    "low": "as in a sound randomised trial",
    "moderate": "sound for a study without randomisation",
    "serious": "important problems",
    "critical": "too problematic to tell anything of an effect",
    **_NOT_ASSESSABLE,
}
RISK_DOMAIN: Vocabulary = JBI_DOMAIN | ROBINS_I_DOMAIN
RISK_JUDGEMENT: Vocabulary = JBI_JUDGEMENT | ROBINS_I_JUDGEMENT
#: The domains and the judgements of each tool, in its order.
RISK_TOOLS: dict[str, tuple[Vocabulary, Vocabulary]] = {
    "JBI-case-series": (JBI_DOMAIN, JBI_JUDGEMENT),
    "ROBINS-I": (ROBINS_I_DOMAIN, ROBINS_I_JUDGEMENT),
}
EVIDENCE_TABLE: Vocabulary = {
    "outcomes": "rows of outcomes.csv",
    "measurements": "rows of measurements.csv",
    "changes": "rows of changes.csv",
    "statements": "rows of statements.csv",
    "studies": "rows of studies.csv",
    "arms": "rows of arms.csv",
    "sources": "rows of sources.csv",
    "pooled": "rows of pooled.csv",
    "secretion": "rows of secretion.csv",
    "mechanisms": "rows of mechanisms.csv",
    "factors": "rows of factors.csv",
    "reference_values": "rows of reference_values.csv",
    "criteria": "rows of criteria.csv, which show what the article itself says and nothing more",
    "double_extraction": "rows of double_extraction.csv",
    "discrepancies": "rows of discrepancies.csv",
    "findings": "what the rules on printed figures find among these rows; a part that asks for one holds only while it is found",
}
#: What may stand for a source in `discrepancies` beside a source_id.
NOT_A_DOCUMENT: Vocabulary = {
    "computed": "worked out from printed figures",
    "curator": "remarked when the tables were put together",
    "extractor-a": "how the first extractor coded it",
    "extractor-b": "how the second extractor coded it",
    "extractor-c": "how the extractor of the wider literature coded it",
}
SPECIES: Vocabulary = {
    "human": "women",
    "rat": "rats",
    "mouse": "mice",
    "rabbit": "rabbits",
    "mixed": "animals of more than one species",
    "animal": "animals, species not seen",
}
SUBGROUP_VARIABLE: Vocabulary = {
    "cell-source": "source of the cells",
    "EV-source": "source of the vesicles",
    "cell-origin": "cells of humans or of animals",
    "cells": "donor and scaffold together",
    "donor": "autologous or allogeneic cells",
    "dose": "dose of cells",
    "route": "route",
    "treatment": "treatment",
    "intervention": "intervention of a network",
    "species": "species",
    "induction": "how the damage was done",
    "condition": "condition",
    "severity": "severity",
    "design": "design of the studies",
    "timepoint-months": "months after treatment",
}
#: The subgroups of the variables whose levels are words; those of the others are figures, or stand as printed.
SUBGROUP: dict[str, Vocabulary] = {
    "species": {
        "mouse": "mice",
        "rat": "rats",
        "rabbit": "rabbits",
        "mouse and rat": "mice and rats together",
    },
    "cell-source": CELL_SOURCE,
    "EV-source": CELL_SOURCE
    | {
        "human AD-MSC": "adipose mesenchymal stem cells of humans",
        "human AF-MSC": "mesenchymal stem cells of human amniotic fluid",
        "mouse AF-MSC": "mesenchymal stem cells of the amniotic fluid of mice",
        "human BM-MSC": "bone-marrow mesenchymal stem cells of humans",
        "mouse BM-MSC": "bone-marrow mesenchymal stem cells of mice",
        "human UC-MSC": "umbilical-cord mesenchymal stem cells of humans",
        "iPSC-MSC": "mesenchymal cells made from induced pluripotent stem cells",
        "E-AFMSC": "as printed: amniotic fluid, the E is not explained in what was read",
        "H-cMSC": "as printed: the c is not explained in what was read",
    },
    "cell-origin": {"human": "cells of humans", "animal": "cells of animals"},
    "route": ROUTE | {"intraperitoneal": "injected into the abdominal cavity of animals"},
    "induction": {
        "chemotherapy": "damage by chemotherapy",
        "radiation": "damage by radiation",
        "autoimmune": "damage by autoimmunity",
    },
}
EFFECT: Vocabulary = {
    "SMD": "standardised mean difference",
    "MD": "mean difference",
    "RR": "risk ratio",
    "OR": "odds ratio",
    "HR": "hazard ratio",
    "logOR": "logarithm of the odds ratio",
    "proportion": "proportion, between 0 and 1",
    "count": "number of events",
    "SUCRA": "surface under the cumulative ranking, percent",
    "unstated": "no figure was seen",
}
#: Scale of a measure of effect: no effect is 0 on a difference and 1 on a ratio. Others have no line of no effect.
SCALE_OF_EFFECT = {"SMD": "difference", "MD": "difference", "RR": "ratio", "OR": "ratio", "HR": "ratio"}
MODEL: Vocabulary = {"random": "random effects", "fixed": "fixed effect", "unstated": "not stated"}
POOLED_ONLY: Vocabulary = {
    "ovarian-weight": "weight of an ovary",
    "oestrous-cycle": "oestrous cycle",
    "oestrous-cycle-improved": "oestrous cycle better",
    "oestrous-cycle-length": "length of the oestrous cycle",
    "folliculogenesis": "formation of follicles",
    "follicle-count": "follicles, kind not stated",
    "follicles-total": "all follicles",
    "follicles-primordial": "primordial follicles",
    "follicles-primary": "primary follicles",
    "follicles-secondary": "secondary follicles",
    "follicles-growing": "growing follicles",
    "follicles-early-antral": "early antral follicles",
    "follicles-antral": "antral follicles",
    "follicles-mature": "mature follicles",
    "follicles-atretic": "atretic follicles",
    "corpus-luteum": "corpora lutea",
    "births-count": "number of young born",
    "INHB": "inhibin B in serum",
    "FSH-LH-ratio": "ratio of FSH to LH",
    "adhesion": "intrauterine adhesion",
    "biochemical-pregnancy": "pregnancy by blood test",
    "cardiovascular": "cardiovascular disease",
    "coronary-heart-disease": "coronary heart disease",
    "stroke": "stroke",
    "quality-of-life-poor": "poor quality of life",
    "studies-from-asia": "studies from Asia, of the studies reviewed",
    "studies-without-control": "studies without control, of the studies reviewed",
    "studies-bm-msc": "studies of marrow cells, of the studies reviewed",
    "studies-bm-msc-including-prp": "studies of marrow cells with platelet-rich plasma, of the studies reviewed",
    "studies-intraovarian": "studies with injection into the ovary, of the studies reviewed",
    "studies-laparoscopic": "studies by laparoscopy, of the studies reviewed",
    "studies-transvaginal": "studies through the vagina, of the studies reviewed",
    "studies-follow-up-7-12-months": "studies with a follow-up of 7 to 12 months, of the studies reviewed",
    "studies-reporting-pregnancy": "studies that report pregnancy, of the studies reviewed",
}
POOLED_OUTCOME: Vocabulary = MEASURE | OUTCOME | POOLED_ONLY
LEVEL: Vocabulary = {
    "human": "in women",
    "animal": "in animals",
    "in-vitro": "in cells or tissue in the laboratory",
}
#: In whom a level of evidence is seen, in a word.
SEEN_IN = {"human": "women", "animal": "animals", "in-vitro": "laboratory"}
FOUND: Vocabulary = {
    "supports": "found as the article expects",
    "contradicts": "found otherwise than the article expects",
    "mixed": "found in part, or in some and not in others",
    "none": "no effect found, or the finding does not bear on it",
}
MECHANISM: Vocabulary = {
    "differentiation": "the cells turn into ovarian cells",
    "paracrine": "the cells act by what they secrete",
    "immunomodulation": "the cells calm the immune system",
    "microenvironment": "the cells mend the tissue around the follicles",
}
EXPECTED: Vocabulary = {
    "up": "rises",
    "down": "falls",
    "present": "is present",
    "secreted": "is secreted",
    "modulated": "is modulated",
    "restored": "is restored",
    "better": "gets better",
    "better than control": "does better than the control",
    "equal to cells": "does as well as the cells",
}
FACTOR_CATEGORY: Vocabulary = {
    "cells": "the cells",
    "protocol": "how they are given",
    "patient": "the woman who receives them",
}
FACTOR: Vocabulary = {
    "cell-source": "source of the cells",
    "cell-quality": "quality of the cells",
    "dose": "dose",
    "route": "route",
    "timing": "time of treatment",
    "n-treatments": "number of treatments",
    "co-treatment": "what is given beside the cells",
    "age": "age",
    "cause-of-damage": "what damaged the ovary",
    "autoimmune-disease": "autoimmune disease",
    "diabetes": "diabetes",
    "lifestyle": "lifestyle",
}
SECRETION_DIRECTION: Vocabulary = {
    "higher": "higher than in what it is compared with",
    "lower": "lower",
    "equal": "alike",
    "detected": "detected, not compared",
    "undetected": "looked for and not detected",
    "mixed": "depends on source or condition",
    "none": "no dependence found",
    "not-comparable": "the source says that values cannot be compared",
}
SECRETION_MEASURE: Vocabulary = {
    "protein-secretion": "protein in the medium",
    "gene-expression": "expression of the gene",
    "gene-and-protein-expression": "expression of gene and protein",
    "proteome": "all proteins secreted",
    "function": "what the cells or their medium do",
    "differentiation": "a marker after induced differentiation",
    "unspecified": "not specified",
}
SECRETION_COMPARED_WITH: Vocabulary = CELL_SOURCE | {
    "control medium": "medium without cells",
    "younger donors": "cells of younger donors",
    "non-diabetic donors": "cells of donors without diabetes",
    "no smoke extract": "cells without extract of cigarette smoke",
    "unstimulated": "the same cells, not stimulated",
    "sham-treated cells": "the same cells, sham-treated",
    "native cells": "the same cells, not primed",
    "VCAM-1-negative cells": "the fraction of the same cells without VCAM-1",
    "first passage": "the same cells in their first passage",
    "earlier time": "the same cells at an earlier time",
    "other growth factors": "other growth factors of the same cells",
    "other interleukins": "other interleukins of the same cells",
}


def phrase(word: str) -> str:
    """Write a controlled word as a reader would: ``live-birth`` becomes ``live birth``."""
    return {"art-pregnancy": "pregnancy after ART"}.get(word, word.replace("-", " "))


def capital(text: str) -> str:
    """Write the first letter large and leave the others: ``pregnancy after ART`` becomes ``Pregnancy after ART``."""
    return text[:1].upper() + text[1:]
