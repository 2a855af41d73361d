"""Would it have happened anyway? The answer for ovary and uterus apart, from cohorts without cells and a new one of their kind."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.counts.one_count import UNTREATED
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.background.predictive import (
    ABOVE,
    BELOW,
    BETWEEN,
    NO_COHORT,
    NOT_COMPARED,
    RANDOMISED,
    Predictions,
)
from helpers.show.numbers import count, in_percent, number, percent
from helpers.show.words import counted, listed, plain
from helpers.stats.background import HIGH

#: Treated cohorts that are named one by one in a sentence.
_NAMED = 4


def predictive_answer(made: Predictions, *, level: float) -> str:
    """Say for each organ whether treated cohorts show more than a new cohort without cells would, as markdown.

    An organ without any treated cohort is not named; without any at all, that is said.
    """
    organs = [
        _organ(lines, made.treated[made.treated["tissue"] == tissue], str(tissue), level)
        for tissue, lines in made.lines.groupby("tissue", sort=False)
    ]
    return "\n\n".join(organs) or "No cohort treated with cells is counted for these outcomes."


def panels_subtitle(*, level: float, tau_scale: float, bias_sd: float) -> str:
    """Describe in one line what `predictive_figures.predicted_panels` shows."""
    bias = f" and a bias of SD {number(bias_sd)} logits" if bias_sd else ""
    return (
        f"Treated cohorts, each with its exact {in_percent(level)} CI. P: probability that the treated rate is above that of a new cohort without "
        f"cells, with a half-normal prior of scale {number(tau_scale)} for the spread between cohorts{bias}."
    )


def not_drawn(made: Predictions, tissue: str) -> tuple[str, ...]:
    """Name the outcomes of a tissue whose treated cohorts are not drawn, for want of a usable count without cells."""
    lines = made.lines[(made.lines["tissue"] == tissue) & (made.lines["k"] == 0)]
    return () if lines.empty else (f"Not drawn, {NO_COHORT}: {_steps(lines)}.",)


def _organ(lines: pd.DataFrame, treated: pd.DataFrame, tissue: str, level: float) -> str:
    compared = treated[treated["position"] != NOT_COMPARED]
    sentences = [_lead(treated, compared), _tally(compared), _apart(compared), _not_compared(treated, lines)]
    bullets = [
        _bullet(line, treated[treated["line"] == line.name], level)
        for line in lines[(lines["k"] > 1) & lines["name"].isin(treated["line"])].itertuples()
    ]
    head = f"**{capital(ORGAN[tissue])}.** " + " ".join(filter(None, sentences))
    return "\n".join([head, *([""] if bullets else []), *bullets])


def _lead(treated: pd.DataFrame, compared: pd.DataFrame) -> str:
    """Answer in one sentence: whether there is a randomised control, and whether any cohort lies above."""
    above, of_others = int((compared["position"] == ABOVE).sum()), "Against women of other studies, "
    more = (
        f"{above or 'none'} of {counted(len(compared), 'comparable count')} {'lies' if above < 2 else 'lie'} above what a new cohort "
        "without cells would show"
    )
    if compared.empty:
        more, of_others = "no count can be compared with women of other studies", ""
    trials = treated[treated["control_gap"] != ""].drop_duplicates("study_id")
    if trials.empty:
        return f"It is not known whether cells change the outcome: no counted cohort has a randomised control, and {more}."
    names = "; ".join(_trial(row) for row in trials.itertuples())
    against = of_others + more if of_others else capital(more)
    return f"{capital(counted(len(trials), 'trial'))} compared cells with a randomised control: {names}. {against}."


def _tally(compared: pd.DataFrame) -> str:
    if compared.empty:
        return ""
    between, below = (int((compared["position"] == place).sum()) for place in (BETWEEN, BELOW))
    lower = f"; {counted(below, 'lies', 'lie')} below" if below else ""
    return (
        f"{capital(counted(between, 'count is', 'counts are'))} compatible with the outcome of women without cells, and also with a higher "
        f"or a lower one{lower}. Above or below means a probability of {in_percent(HIGH)} or more."
    )


def _apart(compared: pd.DataFrame) -> str:
    """Name the cohorts above and below, with how little bias would be enough to explain the first."""
    above, below = (compared[compared["position"] == place] for place in (ABOVE, BELOW))
    parts = [_lies_above(row) for row in above.head(_NAMED).itertuples()]
    parts += [f"{_counted(row)} lies below" for row in below.head(_NAMED).itertuples()]
    return f"{'. '.join(parts)}." if parts else ""


def _trial(row: Any) -> str:
    control = row.control.removesuffix(RANDOMISED)
    among = f" ({row.among})" if row.among else ""
    return f"{plain(row.who)}, {phrase(row.outcome)} {row.events}/{row.total} against {control}{among}, {row.control_gap}"


def _counted(row: Any) -> str:
    return f"{plain(row.who)} ({phrase(row.outcome)} {row.events}/{row.total})"


def _lies_above(row: Any) -> str:
    return f"{_counted(row)} lies above; a bias of {percent(row.bias_to_high)} points would be enough to undo that"


def _not_compared(treated: pd.DataFrame, lines: pd.DataFrame) -> str:
    none = lines[lines["k"] == 0]
    left = treated["position"].eq(NOT_COMPARED) & ~treated["line"].isin(none["name"])
    further = capital(counted(int(left.sum()), "further count is", "further counts are"))
    without = f"There is {NO_COHORT} for {_steps(none)}." if len(none) else ""
    return f"{further} not compared. {without}".strip() if left.any() else without


def _steps(lines: pd.DataFrame) -> str:
    return listed(
        f"{phrase(str(outcome))} ({', '.join(plain(stratum) for stratum in rows['stratum'])})"
        for outcome, rows in lines.groupby("outcome", sort=False)
    )


def _bullet(line: Any, treated: pd.DataFrame, level: float) -> str:
    shown = treated[treated["proportion"].notna()]
    cells = "; ".join(_named(row) for row in shown.head(_NAMED).itertuples())
    more = f"; {len(shown) - _NAMED} more in the table" if len(shown) > _NAMED else ""
    whom = f": {'; '.join(map(plain, line.cohorts))}"
    if len(line.cohorts) > _NAMED:
        whom = ", named in the table"
    return (
        f"- {capital(phrase(line.outcome))}, {plain(line.stratum)}: a new cohort of {would_show(line)} ({in_percent(level)} prediction "
        f"interval, {line.k} studies, {count(line.events)} of {count(line.total)} women{whom}). With cells: {cells}{more}."
    )


def would_show(line: Any) -> str:
    """Say between which percentages a new cohort like those of a line would lie."""
    received = "untreated women" if line.kind == UNTREATED else "women with another treatment"
    return f"{received} would show {percent(line.prediction_low)} to {percent(line.prediction_high)} %"


def _named(row: Any) -> str:
    unlike = f", not compared: {row.why}" if row.why else differences(row)
    return f"{plain(row.who)} {row.events}/{row.total} ({percent(row.proportion)} %{reporter(row)}{unlike})"


def reporter(row: Any) -> str:
    """Name who reports a count where that is not the study itself."""
    return "" if row.origin == ORIGINS[0] else f", {row.origin}"


def differences(row: Any) -> str:
    """Say in which aspects the women of a treated cohort differ from those without cells, and which were not reported for all."""
    parts = {"differs in": row.mismatch, "not reported for all:": row.unknown}
    return "".join(
        f"; {words} {aspects.replace('time', 'time watched')}" for words, aspects in parts.items() if aspects
    )
