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
from helpers.show.numbers import in_percent, percent
from helpers.show.words import counted, listed, plain
from helpers.stats.background import HIGH

#: Treated cohorts that are named one by one in a sentence.
_NAMED = 4


def predictive_answer(made: Predictions, *, level: float) -> str:
    """Say for each organ whether treated cohorts show more than a new cohort without cells would, as markdown.

    An organ without any treated cohort is not named; without any at all, that is said.
    """
    organs = [
        _organ(Predictions(lines, made.treated[made.treated["line"].isin(lines["name"])]), str(tissue), level)
        for tissue, lines in made.lines.groupby("tissue", sort=False)
    ]
    return "\n\n".join(organs) or "No cohort treated with cells is counted for these outcomes."


def panels_subtitle(*, level: float, tau_scale: float, bias_sd: float) -> str:
    """Describe in one line what `predictive_figures.predicted_panels` shows."""
    bias = f" and a bias of SD {bias_sd:g} logits" if bias_sd else ""
    return (
        f"Treated cohorts, each with its exact {in_percent(level)} CI. P: probability that the treated rate is above that of a new cohort without "
        f"cells, with a half-normal prior of scale {tau_scale:g} for the spread between cohorts{bias}."
    )


def not_drawn(made: Predictions, tissue: str) -> tuple[str, ...]:
    """Name the outcomes of a tissue whose treated cohorts are not drawn, for want of a usable count without cells."""
    lines = made.lines[(made.lines["tissue"] == tissue) & (made.lines["k"] == 0)]
    if lines.empty:
        return ()
    return (f"Not drawn, {NO_COHORT}: {_steps(lines)}.",)


def _organ(made: Predictions, tissue: str, level: float) -> str:
    treated, lines = made.treated, made.lines
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
    above = int((compared["position"] == ABOVE).sum())
    more = (
        f"{above or 'none'} of {counted(len(compared), 'comparable count')} {'lies' if above < 2 else 'lie'} above what a new cohort "
        "without cells would show"
        if len(compared)
        else "no count can be compared with women of other studies"
    )
    trials = treated[treated["control_gap"] != ""].drop_duplicates("study_id")
    if trials.empty:
        return f"It is not known whether cells change the outcome: no counted cohort has a randomised control, and {more}."
    names = "; ".join(_trial(row) for row in trials.itertuples())
    return f"{capital(counted(len(trials), 'trial'))} compared cells with a randomised control: {names}. " + (
        f"Against women of other studies, {more}." if len(compared) else f"{capital(more)}."
    )


def _tally(compared: pd.DataFrame) -> str:
    if compared.empty:
        return ""
    between, below = (int((compared["position"] == place).sum()) for place in (BETWEEN, BELOW))
    text = (
        f"{capital(counted(between, 'count'))} {'is' if between == 1 else 'are'} compatible with the outcome of women without cells, "
        "and also with a higher or a lower one"
    )
    text += f"; {below} {'lies' if below == 1 else 'lie'} below" if below else ""
    return f"{text}. Above or below means a probability of {in_percent(HIGH)} or more."


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
    unlike = treated[
        (treated["position"] == NOT_COMPARED) & treated["line"].isin(lines.loc[lines["k"] > 0, "name"])
    ]
    text = (
        f"{capital(counted(len(unlike), 'further count'))} {'is' if len(unlike) == 1 else 'are'} not compared. "
        if len(unlike)
        else ""
    )
    none = lines[lines["k"] == 0]
    text += f"There is {NO_COHORT} for {_steps(none)}." if len(none) else ""
    return text.strip()


def _steps(lines: pd.DataFrame) -> str:
    return listed(
        f"{phrase(str(outcome))} ({', '.join(plain(stratum) for stratum in rows['stratum'])})"
        for outcome, rows in lines.groupby("outcome", sort=False)
    )


def _bullet(line: Any, treated: pd.DataFrame, level: float) -> str:
    received = "untreated women" if line.kind == UNTREATED else "women with another treatment"
    shown = treated[treated["proportion"].notna()]
    cells = "; ".join(_named(row) for row in shown.head(_NAMED).itertuples())
    more = f"; {len(shown) - _NAMED} more in the table" if len(shown) > _NAMED else ""
    return (
        f"- {capital(phrase(line.outcome))}, {plain(line.stratum)}: a new cohort of {received} would show {percent(line.prediction_low)} to "
        f"{percent(line.prediction_high)} % ({in_percent(level)} prediction interval, {line.k} studies, {line.events:,} of {line.total:,} women{_whom(line)}). "
        f"With cells: {cells}{more}."
    )


def _whom(line: Any) -> str:
    """Name the studies without cells with their women; of many, where they are named."""
    if len(line.cohorts) > _NAMED:
        return ", named in the table"
    return f": {'; '.join(map(plain, line.cohorts))}"


def _named(row: Any) -> str:
    unlike = f", not compared: {row.why}" if row.why else differences(row)
    reporter = "" if row.origin == ORIGINS[0] else f", {row.origin}"
    return f"{plain(row.who)} {row.events}/{row.total} ({percent(row.proportion)} %{reporter}{unlike})"


def differences(row: Any) -> str:
    """Say in which aspects the women of a treated cohort differ from those without cells, and which were not reported for all."""
    parts = (
        (" differs in ", row.mismatch.replace("time", "time watched")),
        (" not reported for all: ", row.unknown.replace("time", "time watched")),
    )
    return "".join(f";{words}{aspects}" for words, aspects in parts if aspects)
