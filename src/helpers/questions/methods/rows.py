"""Names of the intervals in the simulations of a pooled proportion or mean change."""

from __future__ import annotations

from helpers.stats import effects_pooling

#: What the columns of the simulation call the intervals, and their headings.
INTERVALS = {"wald": "Wald", "t": "t", "bayes": "Bayes", "crude": "naive"}
#: The same of a pooled mean change.
EFFECT_INTERVALS = effects_pooling.INTERVALS | {"bayes": "Bayes"}
