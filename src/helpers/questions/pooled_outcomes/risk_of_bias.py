"""The risk of bias as judged: every judgement with its reason, and how many there are in each domain."""

from __future__ import annotations

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.vocabulary import RISK_DOMAIN, RISK_TOOLS, ROLE, TISSUE, phrase
from helpers.questions.pooled_outcomes.rows import in_order

#: Judgements that speak against a study, and the one for what could not be assessed.
AGAINST = ("no", "serious", "critical")
NOT_ASSESSABLE = "not-assessable"


def judgement_rows(ev: Evidence, studies: pd.DataFrame) -> pd.DataFrame:
    """Gather the judgements on studies, sorted by role (cited first), tissue, study, tool and domain of the tool.

    Each tool where it applies: the questions for case series to studies that are not randomised, ROBINS-I to studies with an arm
    without cells. asks is the domain in words, judged the judgement in words.
    """
    rows = ev.select("risk_of_bias")
    compared = ev.arms.loc[ev.arms["kind"].isin(["comparator", "untreated"]), "study_id"]
    applies = rows["design"].ne("rct").where(rows["tool"] != "ROBINS-I", rows["study_id"].isin(compared))
    rows = rows[rows["study_id"].isin(studies["study_id"]) & applies]
    rows = in_order(
        rows, {"role": ROLE, "tissue": TISSUE, "study_label": None, "tool": RISK_TOOLS, "domain": RISK_DOMAIN}
    )
    return rows.assign(asks=rows["domain"].map(RISK_DOMAIN), judged=rows["judgement"].map(phrase))


def domain_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Count the judgements of `judgement_rows` in each domain with a row, in the order of tools and domains.

    One column per judgement of any tool (missing if the tool has no such judgement); assessable is neither not assessable nor not
    applicable, against is no, serious or critical.
    """
    words = list(dict.fromkeys(word for _, judgements in RISK_TOOLS.values() for word in judgements))
    lines = []
    for tool, (domains, judgements) in RISK_TOOLS.items():
        for domain in domains:
            judged = rows.loc[rows["tool"].eq(tool) & rows["domain"].eq(domain), "judgement"]
            line = {"tool": tool, "domain": domain, "studies": len(judged)} | {
                word: int((judged == word).sum()) for word in judgements
            }
            line["assessable"] = int((~judged.isin([NOT_ASSESSABLE, "not-applicable"])).sum())
            line["against"] = int(judged.isin(AGAINST).sum())
            lines += [line] if len(judged) else []
    numbers = [*words, "studies", "assessable", "against"]
    return pd.DataFrame(lines, columns=["tool", "domain", *numbers]).astype(dict.fromkeys(numbers, "Int64"))
