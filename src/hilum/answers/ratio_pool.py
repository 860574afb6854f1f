"""Ratios of few trials together: how wide the interval is must not come from the method alone.

With two to four trials the spread between them cannot be estimated: Hartung-Knapp's Student
quantile with one degree of freedom turned two clearly positive trials (0.21 and 0.28) into
0.24 (0.04-1.37). The pooled line then takes a Bayesian normal-normal model whose spread has the
weakly informative prior half-normal(0.5) on the log scale of hazard and odds ratios (Röver C,
et al. Res Synth Methods 2021;12:448-474). From five trials on, REML with Hartung-Knapp.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hilum.answers.kept_pools import bayes_ratios
from hilum.errors import NotEstimable, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence

Interval = tuple[float, float]
PRIOR: Literal["half-normal"] = "half-normal"
PRIOR_SCALE = 0.5
PRIOR_SOURCE = "Röver C, et al. Res Synth Methods 2021;12:448-474"
MOST_BAYES = 4
Z = 1.959963984540054
Method = Literal["common", "bayes", "reml_hartung_knapp"]


@dataclass(frozen=True, slots=True)
class PooledRatio:
    """Trials' ratios together, on the natural scale.

    Attributes
    ----------
    value, ci : float, (low, high)
        Posterior median and central interval (``bayes``), or estimate and confidence interval.
    prediction : (low, high) or None
        Of a new trial's ratio; from four trials on, where it is wider than ``ci``.
    tau : float or None
        Spread between trials on the log scale (posterior median, or REML); ``None`` for one.
    i2 : float or None
        Percent; ``None`` for one trial.
    sampling_ci : (low, high)
        The interval by the trials' own sampling error alone (common effect). Imprecision is
        judged by this one: spread between trials is inconsistency, and the width that a prior or
        a quantile adds is the method's.
    method, prior : str, str or None
    """

    value: float
    ci: Interval
    prediction: Interval | None
    tau: float | None
    i2: float | None
    k: int
    method: Method
    prior: str | None
    sampling_ci: Interval


def pool_ratios(yi: Sequence[float], vi: Sequence[float], labels: Sequence[str]) -> PooledRatio:
    """Log ratios and their variances, one a trial, pooled.

    Raises
    ------
    NotEstimable
        No trial, or a ratio or variance that is not a finite number (variance above 0).
    """
    if not yi:
        message = "no ratio to pool"
        raise NotEstimable(message)
    for y, v, name in zip(yi, vi, labels, strict=True):
        if not (math.isfinite(y) and math.isfinite(v) and v > 0):
            message = phrased(
                "{name}: expected a finite log ratio and a variance above 0, not {y}, {v}",
                name=name,
                y=y,
                v=v,
            )
            raise NotEstimable(message)
    weight = [1 / v for v in vi]
    total = math.fsum(weight)
    centre = math.fsum(w * y for w, y in zip(weight, yi, strict=True)) / total
    spread = Z / math.sqrt(total)
    sampling = _natural((centre - spread, centre + spread))
    k = len(yi)
    if k == 1:
        return PooledRatio(
            math.exp(centre), sampling, None, None, None, 1, "common", None, sampling
        )
    i2 = _i2(yi, weight, centre)
    if k <= MOST_BAYES:
        middle, ends, new_ends, tau = bayes_ratios(tuple(yi), tuple(vi))
        ci, new = _natural(ends), _natural(new_ends)
        return PooledRatio(
            math.exp(middle),
            ci,
            _wider(new, ci) if k >= MOST_BAYES else None,
            tau,
            i2,
            k,
            "bayes",
            f"{PRIOR}({PRIOR_SCALE:g})",
            sampling,
        )
    from hilum.synthesis import random_effects

    found = random_effects(list(yi), list(vi), list(labels), method="REML", test="knha", back="exp")
    tau = None if found.tau2 is None else math.sqrt(found.tau2)
    return PooledRatio(
        found.value,
        found.ci,
        None if found.prediction is None else _wider(found.prediction, found.ci),
        tau,
        i2,
        k,
        "reml_hartung_knapp",
        None,
        sampling,
    )


def _i2(yi: Sequence[float], weight: Sequence[float], centre: float) -> float:
    q = math.fsum(w * (y - centre) ** 2 for w, y in zip(weight, yi, strict=True))
    return 0.0 if q <= 0 else max(0.0, 100 * (q - (len(yi) - 1)) / q)


def _natural(ends: Interval) -> Interval:
    return math.exp(ends[0]), math.exp(ends[1])


def _wider(new: Interval, ci: Interval) -> Interval | None:
    """A prediction interval, unless it prints like the interval of the mean."""
    same = all(f"{a:.2f}" == f"{b:.2f}" for a, b in zip(new, ci, strict=True))
    return None if same else new
