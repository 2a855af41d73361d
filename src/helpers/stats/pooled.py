"""What a pooling method returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

#: With so few studies no single interval can be trusted: show the three of `effects_side_by_side` together.
FEW_STUDIES = 5
_NUMPY = (np.ndarray, np.generic)


@dataclass(frozen=True)
class Pooled:
    """A pooled estimate with its uncertainty and its heterogeneity.

    Every field holds one value for one data set, and an ndarray of shape (datasets,) for many at once.

    Attributes
    ----------
    estimate, low, high : float or ndarray
        Pooled estimate and its interval: in the unit of the effects, or as a proportion.
    se : float or ndarray
        Standard error (posterior standard deviation under a Bayesian method), on the same scale. For a proportion by
        maximum likelihood it comes from `logit_se` by the delta method.
    tau2, tau2_low, tau2_high : float or ndarray
        Between-study variance and its interval: Q-profile for effects, equal-tailed posterior for Bayesian
        methods. On the logit scale for proportions, where maximum likelihood gives no interval (None).
    i2 : float or ndarray
        Heterogeneity in percent: tau2 against the sum of tau2 and the typical within-study variance.
    q, q_p : float or ndarray
        Statistic of heterogeneity and its p-value (chi-squared with k - 1 degrees of freedom): Cochran's Q
        for effects, the likelihood-ratio statistic for proportions.
    k : int or ndarray
        Number of studies.
    prediction_low, prediction_high : float or ndarray
        Interval for the true value in a new study.
    prediction_convention : str or ndarray
        Where the prediction interval takes its critical value from; or that there is none, where proportions do not vary:
        its limits then repeat `low` and `high`.
    method : str or ndarray
        The model and the interval, in words for a figure or table.
    logit, logit_se : float, ndarray or None
        Estimate and standard error on the logit scale; None for effects.
    """

    estimate: Any
    low: Any
    high: Any
    se: Any
    tau2: Any
    tau2_low: Any
    tau2_high: Any
    i2: Any
    q: Any
    q_p: Any
    k: Any
    prediction_low: Any
    prediction_high: Any
    prediction_convention: Any
    method: Any
    logit: Any = None
    logit_se: Any = None


def assemble(single: bool, **fields: Any) -> Pooled:
    """Build a `Pooled` from arrays of shape (datasets,); a single data set gives plain numbers."""
    if single:
        fields = {
            name: value.item() if isinstance(value, _NUMPY) else value for name, value in fields.items()
        }
    return Pooled(**fields)
