"""Tables of a multiverse: what the specifications answer, what they could have detected, and what is in none."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd

from helpers.counts.one_count import with_women
from helpers.evidence.vocabulary import capital, phrase
from helpers.questions.robustness.choices import CHOICE_WORDS
from helpers.questions.robustness.comparators import COMPARATOR_KINDS
from helpers.questions.robustness.rows import ANSWERS, Multiverse
from helpers.show.numbers import count, in_percent, months_text, number, p_text, percent, points
from helpers.show.table import Table, table


def answer_table(multiverse: Multiverse) -> Table:
    """Build the table of what the specifications with each kind of comparator answer, by whether they had the power to."""
    rows = multiverse.specifications
    lines = []
    for kind in multiverse.kinds:
        for word, powered in (("could have detected a doubling", True), ("could not", False)):
            own = rows[(rows["kind"] == kind) & (rows["powered"] == powered)]
            lines.append({
                "head": f"Compared with {kind}",
                "power": word,
                "specifications": len(own),
                **{answer: int((own["answer"] == answer).sum()) for answer in ANSWERS},
                "span": _span(own["estimate"], points),
                "detectable": _span(own["detectable"], percent),
            })  # fmt: skip
    columns = {
        "power": "with a power of 80 %", "specifications": "specifications", **{answer: f"CI {answer}" for answer in ANSWERS},
        "span": "difference, points", "detectable": "smallest rate detectable, %",
    }  # fmt: skip
    note = (
        f"Difference: treated minus comparator, with its {in_percent(multiverse.level)} confidence interval (CI; MOVER, from credible intervals where the model is Bayesian); a CI that includes zero shows "
        "neither a difference nor its absence. Doubling: of the comparator's rate; of a rate of half or more, half as many women without the "
        "event. Detectable: the treated rate that the specification declares higher with a power of 80 %, the comparator taken as observed."
    )
    title = "What the specifications answer"
    return table(pd.DataFrame(lines), columns, title=title, note=note, group="head")


def joint_table(tests: pd.DataFrame) -> Table:
    """Build the table of the joint test of each kind of comparator."""
    lines = tests.assign(
        middle=tests["median"].map(points),
        **{
            f"{name} text": tests[name].map(p_text) + " (±" + tests[f"{name}_error"].map(_decimals(3)) + ")"
            for name in ("p_median", "p_above")
        },
        null=tests["null_rate"].map(percent) + " % (tau " + tests["null_tau"].map(_decimals(2)) + ")",
    )
    columns = {
        "kind": "compared with", "cohorts": "cohorts", "pairs": "pairs of data sets", "null": "common rate drawn from",
        "middle": "median difference, points", "p_median text": "p of the median", "above": "pairs declared higher", "p_above text": "p of that number",
    }  # fmt: skip
    note = (
        f"Each p, with its Monte-Carlo standard error, from {count(tests['draws'].iloc[0])} curves drawn as if all cohorts, treated or not, had rates "
        "from one distribution (parametric bootstrap; random effects, t, no bias variance). The p of the median is two-sided."
    )
    return table(lines, columns, title="The curve as a whole", note=note)


def _decimals(digits: int) -> Callable[[float], str]:
    return partial(number, digits=digits)


def excluded_table(multiverse: Multiverse) -> Table:
    """Build the table of what is in no specification by rule, or is counted with another."""
    columns = {"what": "excluded", "number": "combinations, cohorts or specifications", "why": "reason"}
    return table(multiverse.excluded, columns, title="What is excluded or counted once")


def treated_set_table(multiverse: Multiverse) -> Table:
    """Build the table of the distinct data sets of treated women, the most used first."""
    lines = []
    for place, times in multiverse.specifications["treated_set"].value_counts().items():
        rows = multiverse.sets[int(str(place))]
        studies = with_women(rows["study_label"], rows["population"]) + " " + _counts(rows)
        lines.append({
            "studies": "; ".join(studies),
            "k": len(rows),
            "counts": f"{rows['events'].sum()}/{rows['total'].sum()}",
            "from": ", ".join(rows["origin"].unique()),
            "specifications": times,
            "evidence": "; ".join(rows["evidence_row"]),
        })  # fmt: skip
    columns = {
        "studies": "studies and their counts", "k": "studies", "counts": "events/women", "from": "reported by",
        "specifications": "specifications", "evidence": "evidence rows",
    }  # fmt: skip
    note = "Sums are shown for orientation; how they are pooled is a choice of its own."
    return table(pd.DataFrame(lines), columns, title="Data sets of women with cells", note=note)


def comparator_cohort_table(multiverse: Multiverse, nearer: pd.DataFrame) -> Table:
    """Build the table of the cohorts that any specification compares with: by kind, the lowest rate first.

    `nearer`, made by `nearer.nearer_counts`, adds for which treated study another count of the cohort is nearer.
    """
    used = sorted(multiverse.specifications["background_set"].unique())
    rows = pd.concat([multiverse.comparators[place] for place in used])
    rows = rows.drop_duplicates(["evidence_row", "total"]).sort_values(["proportion", "total"], kind="stable")
    rows = rows.sort_values("kind", key=lambda kind: kind.map(list(COMPARATOR_KINDS).index), kind="stable")
    unlike = {
        row: "; ".join(same["treated"] + ": " + same["nearer"] + " (" + same["conception"] + ") is nearer")
        for row, same in nearer.groupby("evidence_row", sort=False)
    }
    lines = rows.assign(
        unlike=rows["evidence_row"].map(lambda row: unlike.get(row, "")),
        head=rows["kind"].map(COMPARATOR_KINDS).map(capital),
        who=rows["study_label"] + ": " + rows["arm_label"],
        women=rows["condition"] + (": " + rows["population"]).fillna(""),
        follow_up=rows["months"].map(months_text),
        outcome=rows["outcome"].map(phrase),
        counts=_counts(rows),
        share=rows["proportion"].map(percent) + " %",
        evidence=rows["evidence_row"],
    ).drop(columns="evidence_row")
    columns = {
        "who": "cohort", "women": "women", "outcome": "outcome", "counts": "events/women", "share": "rate",
        "follow_up": "follow-up", **({"unlike": "not matched in the way of conceiving"} if unlike else {}), "evidence": "evidence row",
    }  # fmt: skip
    title = "Women without cells that any specification compares with"
    return table(lines, columns, title=title, group="head")


def _counts(rows: pd.DataFrame) -> pd.Series[str]:
    return rows["events"].astype(str) + "/" + rows["total"].astype(str)


def option_table(options: pd.DataFrame) -> Table:
    """Build the table of `effects.option_effects`, one row per option."""
    rows = options.assign(
        head=options["choice"].map(CHOICE_WORDS).map(capital) + ": " + options["explained"].map(percent) + " % of the estimates, "
        + options["explained_answer"].map(percent) + " % of the answers",
        middle=options["median"].map(points),
        span=options["lowest"].map(points) + " to " + options["highest"].map(points),
    )  # fmt: skip
    columns = {
        "option": "option", "specifications": "specifications", "powered": "of these, with power for a doubling",
        "middle": "median difference", "span": "lowest to highest",
    }  # fmt: skip
    note = (
        "Differences in percentage points, treated minus comparator. The heads give the percentage of the variance between specifications "
        "that goes with the choice alone (eta squared): percentages of choices that act together do not add up. A specification "
        "that several options lead to counts with each."
    )
    return table(rows, columns, title="Options of each choice", group="head", note=note)


def _span(values: pd.Series[float], text: Callable[[float], str]) -> str:
    known = values.dropna()
    if known.empty:
        return "none"
    low, high = text(known.min()), text(known.max())
    return low if low == high else f"{low} to {high}"
