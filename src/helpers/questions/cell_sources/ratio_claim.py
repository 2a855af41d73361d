"""The article's ratio between umbilical cord and bone marrow: findings for it, against it, and in which units."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

import pandas as pd

from helpers.errors import ChoiceError
from helpers.evidence import Evidence
from helpers.questions.cell_sources.secretion import NOT_SEEN, divided, secretion_rows

#: The quantity of the claim in `claims`.
QUANTITY = "angiogenic-factor-secretion-ratio"
PAIR = "cord against marrow"
#: What bears on the claim, nearest first. The sources of the evidence group these words so; all else is shown with them.
_ABOUT = {
    "angiogenic factor": (
        "angiogenic-factors", "angiogenic-genes", "angiogenic-profile", "VEGF", "VEGF-A", "VEGF-D", "PlGF", "FGF-2", "HGF",
        "PDGF", "PDGF-BB", "angiogenin", "angiopoietin-1", "angiopoietin-2",
    ),
    "angiogenic function": (
        "angiogenic-capacity", "CM-proangiogenic-activity", "tube-formation", "tubule-length", "endothelial-migration",
        "endothelial-proliferation", "microvasculature-formation", "perfusion-recovery", "plug-haemoglobin",
        "limb-ischaemia-recovery",
    ),
    "endothelial marker": ("Flk-1", "vWF", "VE-cadherin"),
}  # fmt: skip
FACTOR, FUNCTION, _ = _ABOUT
OTHER = "something else"
_ABOUT_OF = {mediator: about for about, mediators in _ABOUT.items() for mediator in mediators}
#: What was found, of a state of `secretion_rows`. More from cord speaks for the claim, more from marrow against it.
FOUND = {
    "higher": "more from cord", "lower": "more from marrow", "equal": "no difference reported", "mixed": "both ways", NOT_SEEN: NOT_SEEN,
}  # fmt: skip
FOR, AGAINST, NO_DIFFERENCE, UNSEEN = "higher", "lower", "equal", NOT_SEEN


@dataclass(frozen=True)
class RatioTrace:
    """The row of `claims` with the article's ratio, what the article does not give with it, and the findings for and against it.

    rows are those of `secretion_rows` on cord against marrow by others than the article, with about, found,
    ratio_value (missing where none), ratio_printed and fits (the ratio rounds to the claimed one).
    """

    claim: pd.Series
    missing: list[str]
    rows: pd.DataFrame

    def documents(self, about: str, state: str, *, by_paper: bool = False) -> int:
        """Count the documents with such a finding, each once; `by_paper` leaves out findings retold by others."""
        rows = self.rows[self.rows["about"].eq(about) & self.rows["state"].eq(state)]
        return int(rows.loc[rows["by_paper"] | (not by_paper), "source_id"].nunique())

    def ratios(self) -> pd.DataFrame:
        """Take the findings with a ratio, printed or divided by the extractor."""
        return self.rows[self.rows["ratio_value"].notna()]


def ratio_trace(ev: Evidence) -> RatioTrace:
    """Trace the article's ratio between cord and marrow: more from cord supports it, more from marrow speaks against it.

    A ratio fits if it rounds, halves up, to the claimed one at its decimals.
    """
    claim = ev.select("claims", quantity=QUANTITY).iloc[0]
    rows = secretion_rows(ev)
    rows = rows[rows["pair"] == PAIR]
    values = pd.to_numeric(rows["ratio"], errors="coerce")
    # A comparison of marrow with cord is turned, and so must its ratio be.
    upright = rows["compared_with"].astype("str").str.startswith("BM")
    rows = rows.assign(
        about=rows["mediator"].map(_ABOUT_OF).fillna(OTHER),
        found=rows["state"].map(FOUND).fillna(rows["state"]),
        ratio_value=values.where(upright, 1 / values),
        ratio_printed=rows["ratio"].notna() & ~rows["note"].map(divided),
    )
    rows["fits"] = [rounds_to(value, str(claim["value"])) for value in rows["ratio_value"]]
    order = [*_ABOUT, OTHER].index
    rows = rows.sort_values("about", key=lambda column: column.map(order), kind="stable")
    return RatioTrace(claim, _missing(ev, claim), rows)


def rounds_to(value: float, claimed: str) -> bool:
    """Check whether a number rounds, halves up, to a claimed one at its decimals: 2.25 does to ``2.3``, 2.35 does not.

    A missing number rounds to nothing; a claim that is no number raises `ValueError`.
    """
    try:
        wanted = Decimal(claimed)
    except InvalidOperation:
        raise ChoiceError(f"the claimed ratio must be a number, for example 2.3; it is {claimed!r}") from None
    return bool(pd.notna(value)) and Decimal(str(value)).quantize(wanted, ROUND_HALF_UP) == wanted


def _missing(ev: Evidence, claim: pd.Series) -> list[str]:
    """List what the article leaves blank in its row."""
    rows = ev.select("secretion")
    rows = rows[rows["source_kind"].eq("article-under-review") & rows["ratio"].eq(str(claim["value"]))]
    blank = {"assay": "assay", "unit": "unit", "n_donors": "number of donors"}
    named = set(rows["mediator"]) - {"angiogenic-factors"}
    return [
        *(["reference"] if pd.isna(claim["article_reference"]) else []),
        *([] if named else ["factor"]),
        *(words for column, words in blank.items() if rows[column].isna().all()),
    ]


def ratio_values(trace: RatioTrace) -> dict[str, object]:
    """Take the numbers recorded of the trace: documents by subject and finding, and the ratios."""
    ratios = trace.ratios()
    names = ratios["source_id"] + "/" + ratios["mediator"]
    return {
        "documents": {
            about: {words: trace.documents(about, state) for state, words in FOUND.items()}
            for about in (*_ABOUT, OTHER)
        },
        "ratios": dict(zip(names, ratios["ratio_value"], strict=True)),
        "printed ratios": int(ratios["ratio_printed"].sum()),
        "ratios that round to the claimed one": int(ratios["fits"].sum()),
        "not given with the claim": trace.missing,
    }
