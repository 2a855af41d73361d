"""The risk of bias as judged: every judgement with its reason, and how many there are in each domain."""

from __future__ import annotations

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.vocabulary import RISK_DOMAIN, RISK_TOOLS, ROLE, TISSUE, phrase

#: Judgements that speak against a study, and what is not known of it.
AGAINST = ("no", "serious", "critical")
NOT_ASSESSABLE = "not-assessable"


def judgement_rows(ev: Evidence, studies: pd.DataFrame) -> pd.DataFrame:
    """Gather the judgements on the risk of bias of studies, in the order in which they are drawn.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    studies : pandas.DataFrame
        Rows of ``Evidence.select("studies", ...)``.

    Returns
    -------
    pandas.DataFrame
        Rows of ``Evidence.select("risk_of_bias")`` sorted by role (cited first), tissue, study, tool and domain of the
        tool, with asks (the domain in words) and judged (the judgement in words).
    """
    rows = ev.select("risk_of_bias")
    rows = rows[rows["study_id"].isin(studies["study_id"])]
    order = pd.DataFrame(
        {
            "role": rows["role"].map(list(ROLE).index),
            "tissue": rows["tissue"].map(list(TISSUE).index),
            "study": rows["study_label"],
            "tool": rows["tool"].map(list(RISK_TOOLS).index),
            "domain": rows["domain"].map(list(RISK_DOMAIN).index),
        }
    )
    rows = rows.loc[order.sort_values(list(order.columns), kind="stable").index]
    return rows.assign(asks=rows["domain"].map(RISK_DOMAIN), judged=rows["judgement"].map(phrase))


def domain_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Count the judgements in each domain.

    Parameters
    ----------
    rows : pandas.DataFrame
        Made by `judgement_rows`.

    Returns
    -------
    pandas.DataFrame
        tool, domain, asks, one column per judgement of any tool (how many studies; missing where the tool has no such
        judgement), studies, assessable (neither not assessable nor not applicable) and against (no, serious or
        critical), in the order of tools and domains. A domain without a row is left out.
    """
    words = list(dict.fromkeys(word for _, judgements in RISK_TOOLS.values() for word in judgements))
    found = []
    for tool, (domains, judgements) in RISK_TOOLS.items():
        for domain, asks in domains.items():
            own = rows.loc[rows["tool"].eq(tool) & rows["domain"].eq(domain), "judgement"]
            if own.empty:
                continue
            counts = {word: int((own == word).sum()) if word in judgements else None for word in words}
            found.append(
                {"tool": tool, "domain": domain, "asks": asks, **counts, "studies": len(own),
                 "assessable": int((~own.isin([NOT_ASSESSABLE, "not-applicable"])).sum()),
                 "against": int(own.isin(AGAINST).sum())}
            )  # fmt: skip
    columns = ["tool", "domain", "asks", *words, "studies", "assessable", "against"]
    counted = pd.DataFrame(found, columns=columns)
    return counted.astype(dict.fromkeys([*words, "studies", "assessable", "against"], "Int64"))
