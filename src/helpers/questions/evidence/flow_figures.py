"""The flow of records: boxes from top to bottom, and at each step those that go no further."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from helpers.questions.evidence.flow import Step
from helpers.show import style
from helpers.show.frame import framed

_BOX, _SIDE, _LEFT, _LINE, _GAP = 3.7, 4.3, 0.3, 0.16, 0.34
#: Documents and studies differ in lightness.
_GROUND = {"documents": "#f0f0f0", "studies": "#d3e3f3"}


def flow_chart(steps: Sequence[Step], *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw the flow: a box per step with its number, and beside the arrow how many go no further and why."""
    lines = style.footer_lines([], notes)
    gaps = [max(_GAP, _LINE * len(_reasons(step)) + 0.2) for step in steps[:-1]]
    tall = 0.34
    body = tall * len(steps) + sum(gaps) + 0.02
    with framed(title, subtitle, lines, body=body, above=0.05, below=0.1) as page:
        axes = page.inches()
        y = 0.0
        for place, step in enumerate(steps):
            _box(axes, _LEFT, y, _BOX, tall, _GROUND[step.unit])
            axes.text(_LEFT + 0.1, y + tall / 2, f"{step.count}", va="center", fontweight="bold")
            axes.text(_LEFT + 0.55, y + tall / 2, step.words, va="center", fontsize=8.5)
            if place < len(gaps):
                _onward(axes, step, steps[place + 1], y + tall, gaps[place])
                y += tall + gaps[place]
    return page.figure


def _reasons(step: Step) -> list[str]:
    reasons = [f"{number}  {why}" for why, number in step.left if number]
    return [line for text in reasons for line in textwrap.wrap(text, 62)]


def _onward(axes: Axes, step: Step, following: Step, y: float, gap: float) -> None:
    x = _LEFT + _BOX / 4
    arrow = {"arrowstyle": "-|>", "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (x, y + gap), (x, y), arrowprops={**arrow, "color": style.INK, "lw": 1.0})
    if step.unit != following.unit:
        words = f"{step.count} {step.unit} report on {following.count} {following.unit}"
        axes.text(x + 0.12, y + gap / 2, words, va="center", fontsize=8.5, style="italic", color=style.MUTED)
        return
    reasons = _reasons(step)
    if not reasons:
        return
    middle, tall = y + gap / 2, _LINE * len(reasons) + 0.08
    side = _LEFT + _BOX + 0.5
    axes.annotate("", (side, middle), (x, middle), arrowprops={**arrow, "color": style.MUTED, "lw": 0.8})
    _box(axes, side, middle - tall / 2, _SIDE, tall, "white")
    axes.text(side + 0.1, middle, "\n".join(reasons), va="center", fontsize=8.5, linespacing=1.3)


def _box(axes: Axes, x: float, y: float, wide: float, tall: float, ground: str) -> None:
    axes.add_patch(Rectangle((x, y), wide, tall, fc=ground, ec=style.MUTED, lw=0.8))
