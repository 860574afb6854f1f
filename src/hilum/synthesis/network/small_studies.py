"""Comparison-adjusted funnel: each study against the mean of its comparison (Chaimani 2012)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.arrays import sums
from hilum.synthesis.two_stage import fit as fit_pairwise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array, Numbers
    from hilum.synthesis.network.fit import NetworkFit


@dataclass(frozen=True, slots=True)
class AdjustedFunnel:
    """Contrasts around the mean of their comparison.

    Attributes
    ----------
    effect, se : ndarray, shape (p,)
        Effect minus the direct mean of its comparison; comparisons of one study are left out, as
        they lie on the middle line by construction.
    comparison : ndarray of int, shape (p, 2)
        Treatments in the order given: the earlier one minus the later.
    study : ndarray of int, shape (p,)
    intercept, intercept_se, pval : float
        Egger's regression of effect / se on 1 / se (Egger 1997), t with p - 2 degrees of freedom;
        NaN for fewer than three points.
    """

    effect: Array
    se: Array
    comparison: Numbers
    study: Numbers
    intercept: float
    intercept_se: float
    pval: float


def adjusted_funnel(
    fit: NetworkFit, order: Sequence[str], *, random: bool = True
) -> AdjustedFunnel:
    """Points of the comparison-adjusted funnel plot.

    Parameters
    ----------
    fit : NetworkFit
    order : sequence of str
        All treatments in an order with a meaning (newest to oldest, sponsored to placebo): without
        one the plot cannot show anything.
    random : bool
        Direct means at the network's tau2; inverse-variance ones otherwise.

    Raises
    ------
    NotEstimable
        ``order`` is not a permutation of the treatments, or no comparison has two studies.
    """
    if sorted(order) != sorted(fit.treatments):
        message = phrased(
            "order {order}: expected each of {treatments} once",
            order=", ".join(order),
            treatments=", ".join(fit.treatments),
        )
        raise NotEstimable(message)
    evidence, n = fit.contrasts, fit.n
    rank = np.array([order.index(name) for name in fit.treatments])
    forward = rank[evidence.treat1] < rank[evidence.treat2]
    first = np.where(forward, evidence.treat1, evidence.treat2)
    second = np.where(forward, evidence.treat2, evidence.treat1)
    y = np.where(forward, evidence.TE, -evidence.TE)
    w = 1 / (evidence.seTE**2 + (fit.tau2 if random else 0.0))
    pair = first * n + second
    total = sums(pair, w, n * n)
    mean = sums(pair, w * y, n * n) / np.where(total > 0, total, 1.0)
    several = np.bincount(pair, minlength=n * n)[pair] > 1
    if not several.any():
        message = "no comparison has two studies: nothing to show in an adjusted funnel plot"
        raise NotEstimable(message)
    effect, se = (y - mean[pair])[several], evidence.seTE[several]
    intercept = error = pval = float("nan")
    if len(effect) > 2 and float(np.ptp(se)) > 0:
        # Weighted regression of the effect on se: its slope is Egger's intercept.
        found = fit_pairwise(effect, se**2, method="EE", mods=np.stack([np.ones(len(se)), se], 1))
        left = effect - found.design @ found.beta
        scale = float(np.sqrt((left**2 / se**2).sum() / (len(se) - 2)))
        intercept, error = float(found.beta[1]), float(found.se[1]) * scale
        if error > 0:
            pval = float(2 * special.stdtr(len(se) - 2, -abs(intercept / error)))
    return AdjustedFunnel(
        effect,
        se,
        np.stack([first, second], 1)[several],
        evidence.study[several],
        intercept,
        error,
        pval,
    )
