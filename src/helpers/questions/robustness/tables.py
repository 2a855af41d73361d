"""Tables of a multiverse: how many specifications answer what, and which choices move the answer."""

from __future__ import annotations

import pandas as pd

from helpers.counts.one_count import with_women
from helpers.evidence.vocabulary import capital, phrase
from helpers.questions.background.pairs import POWERS
from helpers.questions.robustness.effects import distinct_results, option_answers
from helpers.questions.robustness.rows import (
    ANSWERS,
    COMPARATOR_KINDS,
    POSSIBLE,
    Multiverse,
)
from helpers.show.numbers import in_percent, months_text, percent, points
from helpers.show.table import Table, table


def answer_table(multiverse: Multiverse) -> Table:
    """Build the table of what the specifications of each kind of comparator answer, and why others are impossible."""
    rows = multiverse.possible
    distinct = distinct_results(rows)
    lines = []
    for kind in multiverse.kinds:
        of_kind = rows[rows["kind"] == kind]
        answers, small = (
            of_kind["answer"].value_counts(),
            of_kind.groupby("answer", observed=False)["too_small"].sum(),
        )
        results = distinct.loc[distinct["kind"] == kind, "answer"].value_counts()
        lines += [
            {
                "head": f"Compared with {kind}",
                "answer": word,
                "specifications": int(answers[word]),
                "share": _share(answers[word] / answers.sum() if answers.sum() else float("nan")),
                "small": f"{int(small[word]):,}",
                "results": int(results[word]),
            }
            for word in POSSIBLE
        ]
    counts = multiverse.specifications["answer"].value_counts()
    lines += [
        {
            "head": "Impossible",
            "answer": word,
            "specifications": int(counts[word]),
            "share": "",
            "small": "",
            "results": 0,
        }
        for word in ANSWERS
        if word not in POSSIBLE
    ]
    columns = {
        "answer": f"{in_percent(multiverse.level)} CI of the difference", "specifications": "specifications",
        "share": "percent of those possible with this kind", "small": "of them too small to detect a doubling",
        "results": "distinct results",
    }  # fmt: skip
    note = (
        "Difference: treated minus comparator. A CI that includes zero shows neither a difference nor its absence. Doubling: of the "
        f"comparator's rate, with a power of {100 * POWERS[0]:g} %, if each group were one study of its size."
    )
    return table(
        pd.DataFrame(lines), columns, title="What the specifications answer", note=note, group="head"
    )


def treated_set_table(multiverse: Multiverse) -> Table:
    """Build the table of the distinct data sets of treated women that any specification uses, the most used first."""
    used = multiverse.possible["treated_set"].value_counts()
    lines = [
        {
            "studies": "; ".join(
                f"{name} {count}"
                for name, count in zip(
                    with_women(rows["study_label"], rows["population"]), _counts(rows), strict=True
                )
            ),
            "k": len(rows),
            "counts": f"{int(rows['events'].sum())}/{int(rows['total'].sum())}",
            "specifications": int(used[place]),
            "evidence": "; ".join(rows["evidence_row"]),
        }
        for place in used.index
        for rows in [multiverse.sets[int(place)]]
    ]
    columns = {
        "studies": "studies and their counts", "k": "studies", "counts": "events/women", "specifications": "specifications",
        "evidence": "evidence rows",
    }  # fmt: skip
    rows = pd.DataFrame(lines, columns=list(columns))
    note = "Sums are shown for orientation; how they are pooled is a choice of its own."
    return table(rows, columns, title="Data sets of women with cells", note=note)


def comparator_cohort_table(multiverse: Multiverse) -> Table:
    """Build the table of the cohorts without cells that any specification compares with: by kind, the lowest rate first."""
    used = sorted(multiverse.possible["background_set"].unique())
    rows = pd.concat([multiverse.comparators[place] for place in used])
    rows = rows.drop_duplicates(["evidence_row", "total"]).sort_values(["proportion", "total"], kind="stable")
    rows = rows.sort_values("kind", key=lambda kind: kind.map(list(COMPARATOR_KINDS).index), kind="stable")
    lines = rows.assign(
        head=rows["kind"].map(COMPARATOR_KINDS).map(capital),
        who=rows["study_label"] + ": " + rows["arm_label"],
        women=rows["condition"] + (": " + rows["population"]).fillna(""),
        follow_up=rows["months"].map(months_text),
        outcome=rows["outcome"].map(phrase),
        counts=_counts(rows),
        share=[f"{percent(share)} %" for share in rows["proportion"]],
        evidence=rows["evidence_row"],
    ).drop(columns="evidence_row")
    columns = {
        "who": "cohort", "women": "women", "outcome": "outcome", "counts": "events/women", "share": "rate",
        "follow_up": "follow-up", "evidence": "evidence row",
    }  # fmt: skip
    return table(lines, columns, title="Women without cells", group="head")


def _counts(rows: pd.DataFrame) -> pd.Series[str]:
    return rows["events"].astype(str) + "/" + rows["total"].astype(str)


def option_table(multiverse: Multiverse, options: pd.DataFrame) -> Table:
    """Build the table of `effects.option_effects`, one row per option, with a column for each kind of comparator."""
    answers = option_answers(multiverse).set_index(["kind", "choice", "option"])
    texts = {
        key: f"{_share(above)} / {_share(below)}"
        for key, above, below in zip(
            answers.index, answers["share_above"], answers["share_below"], strict=True
        )
    }
    shares = {
        kind: [
            texts.get((kind, *pair), "–") for pair in zip(options["choice"], options["option"], strict=True)
        ]
        for kind in multiverse.kinds
    }
    rows = options.assign(
        head=options["choice"] + ": " + (100 * options["explained"]).map("{:.1f}".format) + " % of the estimates, "
        + (100 * options["explained_answer"]).map("{:.1f}".format) + " % of the answers",
        middle=options["median"].map(_points),
        span=(options["lowest"].map(_points) + " to " + options["highest"].map(_points)).where(options["possible"] > 0, "none"),
        **shares,
    )  # fmt: skip
    columns = {
        "option": "option", "possible": "possible", "impossible": "impossible", "middle": "median difference",
        "span": "lowest to highest", **{kind: f"CI above / below zero: {kind}" for kind in multiverse.kinds},
    }  # fmt: skip
    note = (
        "Differences in percentage points, treated minus comparator. The heads give the percentage of the variance between specifications "
        "that goes with the choice alone (eta squared): percentages of choices that act together do not add up. Above and below are "
        "percentages of the specifications that are possible with the option and that kind of comparator; in the rest the CI includes zero."
    )
    return table(rows, columns, title="Options of each choice and what they answer", group="head", note=note)


def _points(difference: float) -> str:
    return "none possible" if pd.isna(difference) else points(difference)


def _share(share: float) -> str:
    return "none possible" if pd.isna(share) else f"{percent(share)} %"
