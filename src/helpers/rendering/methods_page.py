"""The page of the book on what was computed, how and how fast, with the simulations behind it."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import stats
from helpers.checks import check_numbers
from helpers.checks.means import possible_totals, sd_possible
from helpers.checks.percentages import possible_counts
from helpers.questions.claims.rows import verdicts
from helpers.questions.criteria.rows import criteria_judged
from helpers.questions.hormone_trajectories import reference_change, variation
from helpers.questions.methods import figures, speed_text, tables
from helpers.questions.methods import text as methods_text
from helpers.questions.pooled_outcomes import certainty, mean_changes, risk_of_bias
from helpers.rendering import attachments
from helpers.rendering.markdown import escaped
from helpers.rendering.project import Project
from helpers.show import page as show_page
from helpers.show import table

NAME = "methods"
#: Where a project keeps its simulations.
PROPORTIONS = Path("benchmarks", "coverage_of_proportions.csv")
EFFECTS = Path("benchmarks", "coverage_of_effects.csv")
#: Where it keeps what `benchmarks/rendering.py` measured.
SPEED = Path("benchmarks", "rendering.json")

_TITLE = """\
# Methods

What was computed, by which function of the package `helpers`, and after which source. The functions say more: their
parameters, units and limits stand in their documentation.
"""


@dataclass(frozen=True)
class _Section:
    title: str
    text: str
    functions: tuple[Callable[..., Any], ...]


_SECTIONS = (
    _Section(
        "The interval of a single study",
        "A proportion has the exact interval of Clopper and Pearson unless a notebook says otherwise: it holds the truth at "
        "least as often as promised, whatever the proportion and however few the women, and is therefore rather wide. Where "
        "no event was seen, the upper bound says how frequent it may still be. Events over time have exact Poisson limits.",
        (stats.proportion_interval, stats.zero_event_upper_bound, stats.rate_interval),
    ),
    _Section(
        "Pooling",
        "Proportions are pooled from the counts themselves: each study is binomial, and the logits of the true rates are "
        "normal around that of a typical study. A study without events needs no repair. Effects with a standard error are "
        "pooled under the normal model. A single study is never called a pool, cohorts that overlap never share one, and a "
        "retracted paper is in none. Of maximum likelihood the interval with the t distribution is the default, as "
        "the simulations below advise, and of effects that of Hartung, Knapp, Sidik and Jonkman in its modified form; the page "
        "on pooled outcomes tells the Bayesian one of proportions unless asked, with the others beside it. The pooled number is the rate of a typical study, the median; where studies differ, the "
        "mean rate over all women is another number.",
        (stats.pool_proportions, stats.pool_effects, stats.pool_effects_bayes),
    ),
    _Section(
        "Few studies",
        f"With {stats.FEW_STUDIES} studies or fewer the data hardly tell how much studies differ, and no single interval can be "
        "trusted. Three then stand side by side: Wald, which takes that spread as known; one with the wider t distribution "
        "(for effects the modified interval of Hartung, Knapp, Sidik and Jonkman); and a Bayesian one, which rests on a stated "
        "prior. How often each holds the truth is simulated below.",
        (stats.effects_side_by_side,),
    ),
    _Section(
        "Prediction intervals",
        "A prediction interval says where the true value of a new study may lie. There is no one convention. Here its critical "
        "value is that of the confidence interval it stands beside: normal for Wald, t with one degree of freedom less than "
        "studies otherwise; the Bayesian one is posterior predictive. Each result names its own, as `prediction_convention`.",
        (stats.pool_proportions, stats.pool_effects),
    ),
    _Section(
        "Change in the same women",
        "A printed mean before and after gives a mean change; its interval also needs the correlation of the two, which no paper "
        "prints: it is worked out for a grid of correlations. Only markers whose levels are about normal have one, women of one "
        "condition from two independent studies at least make a pool, and without a control group no change can be attributed to the "
        "treatment.",
        (stats.before_after, stats.change_interval, mean_changes.mean_changes),
    ),
    _Section(
        "What each study does to a pool",
        "Each study is left out in turn.",
        (stats.leave_one_out,),
    ),
    _Section(
        "Compared with women without cells",
        "A count of treated women is compared with a background count. The difference has a confidence interval put together "
        "from the exact ones of the two rates, at face value (MOVER with Clopper-Pearson limits; Newcombe's method 10 is the same "
        "with Wilson limits). The "
        "probability that the treated rate is the higher takes weight away from a background of other women, by a discount that "
        "the notebook declares: it widens what is known of the background on both sides and draws the probability towards one half. Where an untreated cohort counts natural pregnancies only, they "
        "stand for its pregnancies, and the pair is marked. Outside of a randomised trial "
        "nobody was assigned by chance, and no difference can be attributed to the cells. An interval that includes zero shows neither "
        "a difference nor its absence: each pair, and each specification of the multiverse, says whether its two groups could detect a "
        "doubling of the comparator's rate, two unequal groups counting as two of their harmonic mean size. How many women a trial would "
        "need comes from the same two rates.",
        (
            stats.compare_with_background,
            stats.difference_limits,
            stats.can_detect,
            stats.patients_needed,
            stats.patients_to_see,
        ),
    ),
    _Section(
        "Reference change values",
        "A change is compared with what analytical and within-person variation give in an unchanged woman. Bands from coefficients of "
        "variation are even on the log scale: a doubling is as far as a halving. Limits of agreement hold in the unit of the marker where "
        "the women in whom they were measured had levels within a factor of 1.5; elsewhere they are carried over in proportion to the "
        "level. The mean of n women measured twice moves less by itself than one woman, by the root of n. No band is wider than the "
        "study's own standard deviations allow. A marker without a printed variation is not judged.",
        (
            stats.reference_change,
            stats.largest_unchanged,
            reference_change.noise_bands,
            variation.judged_changes,
        ),
    ),
    _Section(
        "Verdicts, criteria and checks of numbers",
        "The verdict on a claim of the article, and whether a study meets a criterion of the article, follow by rule from the "
        "rows of the evidence: what the study's own document says is heard before what others say of it. Printed numbers are "
        "held against each other: whether a percentage or mean can come from the counts, and whether sums agree.",
        (verdicts, criteria_judged, check_numbers, possible_counts, possible_totals, sd_possible),
    ),
    _Section(
        "Risk of bias and certainty",
        "Each study is judged domain by domain: by the JBI questions for case series, which look at its arm with cells alone, and "
        "by ROBINS-I where it was not randomised and is no mere series of cases. Randomised trials were not judged with RoB 2, "
        "because how they randomised was not read; their comparisons are taken down for it. The certainty of a result is graded "
        "from these judgements and from its numbers, by limits that stand in the module of the function.",
        (risk_of_bias.judgement_rows, certainty.grade),
    ),
    _Section(
        "What is not done, and why",
        "- **No double-arcsine transformation.** Its way back to a proportion depends on one sample size for all studies, and can "
        "order pooled results wrongly.\n"
        "- **No half added to counts.** Half an event is much where events are few, and the binomial model needs none.\n"
        "- **No medians turned into means.** That needs a shape of the distribution which small, skewed samples do not have.\n"
        "- **No pooled percent changes.** They come without a standard error, and a mean of ratios is no ratio of means.\n"
        "- **No ranking of cell sources across single arms.** Such a comparison is naive and indirect; figures that show arms side "
        "by side say so.\n"
        "- **No shared axis of animals and women.**",
        (),
    ),
)


def write(project: Project, files: dict[str, bytes]) -> None:
    """Add the page, its figures and its tables to the source of the book, `files`.

    Simulations are in `PROPORTIONS` and `EFFECTS`, the speed of rendering in `SPEED`; without them the page says so.
    """
    parts = [_TITLE.strip(), *map(_section, _SECTIONS), "## How often the intervals hold the truth"]
    for heading, where, tell in (
        ("Pooled proportions", PROPORTIONS, _proportions),
        ("Pooled mean changes", EFFECTS, _effects),
    ):
        parts.append(f"### {heading}")
        if (project.root / where).is_file():
            parts += _simulated(project.root / where, files, tell)
        else:
            parts.append(f"This project holds no simulations of them: `{where.as_posix()}` is missing.")
    parts.append("## How fast it renders")
    if (project.root / SPEED).is_file():
        parts += _measured(json.loads((project.root / SPEED).read_bytes()), files)
    else:
        parts.append(f"This project holds no measurement of it: `{SPEED.as_posix()}` is missing.")
    files[f"{NAME}.md"] = ("\n\n".join(parts) + "\n").encode()


def _section(section: _Section) -> str:
    parts = [f"## {section.title}", section.text]
    if section.functions:
        parts.append("Functions: " + ", ".join(f"`{_address(function)}`" for function in section.functions))
        sources = dict.fromkeys(
            reference for function in section.functions for reference in references(function)
        )
        if sources:
            parts.append("Sources:\n\n" + "\n".join(f"- {escaped(reference)}" for reference in sources))
    return "\n\n".join(parts)


def _address(function: Callable[..., Any]) -> str:
    """Name a function by where it is imported from: `stats` exports its own."""
    place = "helpers.stats" if function.__module__.startswith("helpers.stats.") else function.__module__
    return f"{place}.{function.__name__}"


def references(function: Callable[..., Any]) -> list[str]:
    """Take the references out of a docstring in numpydoc's form, one entry each; empty where it names none."""
    _, heading, rest = (inspect.getdoc(function) or "").partition("References\n----------\n")
    words = " ".join(rest.partition("\n\n")[0].split())
    # A reference ends where a full stop comes before the family name and initials of the next author.
    parts = re.split(r"(?<=[\d)*])\.\s+(?=[^\W\d_])", words.rstrip("."))
    return [f"{reference}." for reference in parts] if heading else []


def _simulated(
    simulations: Path,
    files: dict[str, bytes],
    paragraphs: Callable[[pd.DataFrame, dict[str, bytes]], list[str]],
) -> list[str]:
    rows = pd.read_csv(simulations, comment="#")
    made = simulations.read_text(encoding="utf-8").partition("\n")[0].removeprefix("#").strip()
    return [*paragraphs(rows, files), f"Made by {escaped(made)}."]


def _proportions(rows: pd.DataFrame, files: dict[str, bytes]) -> list[str]:
    drawn = figures.coverage_panels(
        rows,
        title=methods_text.coverage_title(rows),
        subtitle="Share of simulated sets of single-arm studies whose interval holds the median rate; bars: two Monte Carlo errors.",
        notes=(
            "tau: standard deviation of the true logits between studies. How wide the intervals are stands in the table.",
        ),
    )
    alt = "Coverage of the intervals of a pooled proportion by number of studies, a panel per rate and heterogeneity"
    width = int(100 * drawn.get_figwidth())
    picture = attachments.figure(
        show_page.png(drawn), show_page.svg(drawn), "methods-figure-1", files, alt=alt, width=width
    )
    made = tables.coverage_table(rows), tables.prediction_table(rows)
    return [methods_text.coverage_conclusion(rows), picture, *_shown(made, files, first=1)]


def _effects(rows: pd.DataFrame, files: dict[str, bytes]) -> list[str]:
    made = (tables.effect_coverage_table(rows),)
    return [methods_text.effect_coverage_conclusion(rows), *_shown(made, files, first=3)]


def _measured(measured: Mapping[str, Any], files: dict[str, bytes]) -> list[str]:
    drawn = figures.growth(
        speed_text.growth(measured),
        title=speed_text.title(measured),
        subtitle=speed_text.subtitle(measured),
        notes=(speed_text.machine(measured),),
    )
    width = int(100 * drawn.get_figwidth())
    picture = attachments.figure(
        show_page.png(drawn),
        show_page.svg(drawn),
        "methods-figure-2",
        files,
        alt=speed_text.alt(measured),
        width=width,
    )
    return [speed_text.speed_conclusion(measured), picture]


def _shown(made: Sequence[table.Table], files: dict[str, bytes], *, first: int) -> list[str]:
    """Put tables on the page, each with its csv, numbered from `first`."""
    shown = []
    for number, given in enumerate(made, first):
        page = given.page.as_raw_html(inline_css=False)
        shown.append(
            f'````{{raw}} html\n<div class="cell_output"><div class="output text_html">\n{page}\n</div></div>\n````'
        )
        shown.append(attachments.table_link(table.csv_text(given.rows), f"methods-table-{number}", files))
    return shown
