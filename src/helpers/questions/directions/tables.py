"""Tables of the directions, the sign tests, and the directions hoped for."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import DIRECTION, TISSUE, capital, phrase
from helpers.questions.directions.rows import AGAINST, CONTROL, COURSE, TIME
from helpers.show.numbers import in_percent, number, p_text, percent
from helpers.show.table import Table, table

_NOT_MEASURED = "not reported"


def wanted_table(wanted: pd.DataFrame) -> Table:
    """List which direction of each marker is hoped for, and why; made by `rows.wanted_rows`."""
    rows = wanted.assign(marker=wanted["measure"].map(phrase), hoped=wanted["wanted"].map(DIRECTION))
    columns = {"marker": "marker", "hoped": "direction hoped for", "why": "reason"}
    return table(rows, columns, title="Which direction is hoped for, and why")


def direction_table(rows: pd.DataFrame, voted: pd.DataFrame) -> Table:
    """List one row to each study, marker and period, with the direction of the control in a separate column.

    `rows` are made by `rows.directions`, `voted` by `signs.votes`.
    """
    each = rows.assign(way=rows["direction"].map(lambda way: DIRECTION.get(way, way)))
    treated = each[each["comparison"] != CONTROL].drop_duplicates(TIME)
    place = pd.MultiIndex.from_frame(treated[TIME])
    ways = {
        name: each[each["comparison"] == comparison].set_index(TIME)["way"].reindex(place)
        for name, comparison in {"treated": COURSE, "control_way": CONTROL, "against": AGAINST}.items()
    }
    joined = ["evidence", "citation", "reporter"]
    of_time = each.groupby(TIME, sort=False)[joined].agg(_joined).reindex(place)
    vote = ["study_id", "measure"]
    why = voted[voted["why"] != ""].drop_duplicates(vote).set_index(vote)["why"]
    shown = treated.assign(
        block=_blocks(treated),
        marker=treated["measure"].map(phrase),
        n=["not printed" if pd.isna(women) else number(women) for women in treated["women"]],
        when=[
            f"{period}, month {number(month)}" if month >= 0 else period
            for period, month in zip(treated["period"], treated["month"], strict=True)
        ],
        **{name: way.fillna(_NOT_MEASURED).to_numpy() for name, way in ways.items()},
        **{name: of_time[name].to_numpy() for name in joined},
        control=treated["control"].replace("", "no control"),
        no_vote=why.reindex(pd.MultiIndex.from_frame(treated[vote])).fillna("").to_numpy(),
    ).drop(columns="evidence_row")
    columns = {
        "study_label": "study", "arm_label": "treated arm", "n": "women", "marker": "marker", "when": "period",
        "treated": "treated women, after compared with before", "control_way": "control arm, after compared with before",
        "against": "treated women compared with the control",
        "control": "control", "reporter": "reported by", "no_vote": "why it does not count in the sign test", "citation": "source",
        "evidence": "evidence",
    }  # fmt: skip
    note = (
        "Of several reports, the table has the report nearest to the study, of the whole arm, at the latest time of the period. The comparison "
        "with the control is as reported. It is computed only where the arms went opposite ways or both levels were printed."
    )
    return table(
        shown, columns, title="Direction of each marker, by study and period", note=note, group="block"
    )


def sign_table(tests: pd.DataFrame, *, level: float) -> Table:
    """List the counts of studies by direction, with the sign test where there are enough; made by `signs.sign_tests`."""
    limits = [
        f"{percent(low)} to {percent(high)} %" if pd.notna(low) else "too few studies"
        for low, high in zip(tests["low"], tests["high"], strict=True)
    ]
    shown = tests.assign(
        block=_blocks(tests),
        hoped=tests["better"].astype("str") + " of " + tests["k"].astype("str"),
        limits=limits,
        p_text=[p_text(p) if pd.notna(p) else "too few studies" for p in tests["p"]],
    )
    columns = {
        "marker": "marker", "comparison": "comparison", "reporter": "reports", "hoped": "hoped-for direction, of studies with one",
        "limits": f"exact {in_percent(level)} CI", "p_text": "p of the sign test", "unchanged": "unchanged",
        "no_sign": "mixed or unclear", "not_voting": "case reports and overlapping cohorts, not counted",
    }  # fmt: skip
    note = (
        "Exact two-sided sign test against one half; it ignores size and precision. Without a control, one half is not what to expect if "
        "nothing works: the women were chosen for poor values, and poor values tend to be followed by better ones."
    )
    return table(
        shown, columns, title="How many studies have the hoped-for direction?", note=note, group="block"
    )


def _blocks(rows: pd.DataFrame) -> pd.Series[str]:
    return rows["tissue"].map(TISSUE).map(capital) + ": " + rows["received"]


def _joined(cells: pd.Series[str]) -> str:
    return "; ".join(dict.fromkeys(part for cell in cells for part in str(cell).split("; ")))
