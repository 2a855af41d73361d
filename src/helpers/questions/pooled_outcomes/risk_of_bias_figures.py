"""Traffic lights of the risk of bias: one per study and domain, a panel per tool."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.evidence.vocabulary import RISK_TOOLS, TISSUE, phrase
from helpers.show import marks, style
from helpers.show.page import check_made

#: Colour, sign and ink of a light. The sign says the same as the colour.
LIGHTS = {
    "yes": ("#0072b2", "+", "white"),
    "low": ("#0072b2", "+", "white"),
    "moderate": ("#8cc2e3", "~", style.INK),
    "serious": ("#e69f00", "−", style.INK),
    "no": ("#d55e00", "×", "white"),
    "critical": ("#d55e00", "×", "white"),
    "not-assessable": ("white", "?", style.MUTED),
    "not-applicable": ("white", "", style.MUTED),
}
_NAMES, _CELL, _ROW, _GAP, _HEAD, _SECTION = 2.35, 0.335, 0.205, 0.3, 1.72, 0.26


def traffic_lights(rows: pd.DataFrame, *, title: str, subtitle: str) -> Figure:
    """Draw each judgement of `risk_of_bias.judgement_rows` as a light, a panel per tool side by side over the same studies.

    Studies are in the order of the rows. Where a tool was not applied to a study the panel says so. Each judgement of a tool is one
    collection, labelled with tool and word. Without any judgement it raises ValueError.
    """
    check_made(
        rows.columns, "helpers.questions.pooled_outcomes.risk_of_bias.judgement_rows", "asks", "judged"
    )
    if rows.empty:
        message = (
            "no judgement on the risk of bias is left after the selection: choose other studies or tools"
        )
        raise ValueError(message)
    rows = rows.assign(section=[_section(*pair) for pair in zip(rows["role"], rows["tissue"], strict=True)])
    lines = style.footer_lines(rows["citation"])
    handles = _handles(rows)
    places, body = _places(rows)
    top = style.title_height(title, subtitle) + marks.legend_height(handles) + 0.1
    bottom = style.footer_height(lines)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + _HEAD + body + bottom))
        height = figure.get_figheight()
        style.titled(figure, title, subtitle)
        marks.legend_below(figure, handles, (height - style.title_height(title, subtitle)) / height)
        axes = figure.add_axes((0, bottom / height, 1, (_HEAD + body) / height))
        axes.set_xlim(0, style.WIDTH)
        axes.set_ylim(body, -_HEAD)
        axes.axis("off")
        _names(axes, rows, places)
        _panels(axes, rows, places, body)
        style.footed(figure, lines)
    return figure


def _section(role: str, tissue: str) -> str:
    return "cited by the article" if role == "cited" else f"others, {TISSUE[tissue]}"


def _places(rows: pd.DataFrame) -> tuple[dict[str, float], float]:
    """Place each study below the head of its section, and return the height of all."""
    places: dict[str, float] = {}
    y = 0.0
    for _, studies in rows.groupby("section", sort=False):
        y += _SECTION
        for study in studies["study_id"].unique():
            places[study] = y + _ROW / 2
            y += _ROW
    return places, y + 0.06


def _names(axes: Axes, rows: pd.DataFrame, places: dict[str, float]) -> None:
    labels = rows.drop_duplicates("study_id").set_index("study_id")["study_label"]
    for study, y in places.items():
        name = style.shortened(str(labels[study]), _NAMES - 0.25, 8.5)
        axes.text(_NAMES - 0.12, y, name, ha="right", va="center", fontsize=8.5)
    for section, studies in rows.groupby("section", sort=False):
        number = studies["study_id"].nunique()
        y = places[studies["study_id"].iloc[0]] - _ROW / 2 - 0.06
        axes.text(0.1, y, f"{section} ({number})", va="bottom", fontsize=8.5, fontweight="bold")
        axes.plot([0.1, style.WIDTH - 0.1], [y + 0.03] * 2, color=style.MUTED, lw=0.6)


def _panels(axes: Axes, rows: pd.DataFrame, places: dict[str, float], body: float) -> None:
    left = _NAMES
    for tool, (domains, _) in RISK_TOOLS.items():
        judged = rows[rows["tool"] == tool]
        if judged.empty:
            continue
        across = {domain: left + (place + 0.5) * _CELL for place, domain in enumerate(domains)}
        words = f"{tool} ({judged['study_id'].nunique()})"
        axes.text(left + 0.06, -_HEAD + 0.1, words, va="center", fontsize=10, fontweight="bold")
        for domain, x in across.items():
            axes.text(
                x - 0.02, -0.05, phrase(domain), rotation=62, rotation_mode="anchor", fontsize=8, va="center"
            )
            axes.plot([x, x], [0.02, body], color=style.FAINT, lw=0.4, zorder=1)
        _lights(axes, judged, across, places)
        for study in (study for study in places if study not in set(judged["study_id"])):
            middle = left + _CELL * len(domains) / 2
            axes.text(middle, places[study], "– not applied –", ha="center", va="center", fontsize=7.5, color=style.MUTED,
                      style="italic", bbox={"fc": "white", "ec": "none", "pad": 1.0})  # fmt: skip
        left += _CELL * len(domains) + _GAP


def _lights(axes: Axes, rows: pd.DataFrame, across: dict[str, float], places: dict[str, float]) -> None:
    for judgement, judged in rows.groupby("judgement"):
        x, y = judged["domain"].map(across).tolist(), judged["study_id"].map(places).tolist()
        look = _look(str(judgement))
        axes.scatter(x, y, s=look["ms"] ** 2, c=look["mfc"], edgecolors=look["mec"], linewidths=look["mew"], zorder=3,
                     label=f"{rows['tool'].iloc[0]}: {judgement}")  # fmt: skip
        _, sign, ink = LIGHTS[str(judgement)]
        for place in zip(x, y, strict=True):
            axes.text(
                *place,
                sign,
                ha="center",
                va="center_baseline",
                fontsize=7.5,
                fontweight="bold",
                color=ink,
                zorder=4,
            )


def _look(judgement: str) -> dict[str, Any]:
    face = LIGHTS[judgement][0]
    edge = style.FAINT if face == "white" else face
    return {
        "marker": "o",
        "ms": 4 if judgement == "not-applicable" else 10.5,
        "mfc": face,
        "mec": edge,
        "mew": 0.9,
    }


def _handles(rows: pd.DataFrame) -> list[Line2D]:
    """Make one entry per look: judgements of two tools that look alike have one."""
    counts = rows["judgement"].value_counts()
    words: dict[tuple[str, str], list[str]] = {}
    for judgement, (face, sign, _) in LIGHTS.items():
        if judgement in counts:
            words.setdefault((face, sign), []).append(judgement)
    return [
        Line2D([], [], ls="", **_look(alike[0]), label=(f"{sign}  " if sign else "")
               + ", ".join(f"{phrase(word)} ({counts[word]})" for word in alike))
        for (_, sign), alike in words.items()
    ]  # fmt: skip
