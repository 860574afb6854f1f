"""The interval of tau2 of an exact likelihood, by its profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.effects import measure as measure_of
from hilum.synthesis.exact.models import exact_model
from hilum.synthesis.roots import brentq
from hilum.synthesis.tau2_interval import HeterogeneityInterval, scaled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.exact.fit import ExactFit

FARTHEST: Final = 30.0
"""A tau on the logit or log scale beyond which nothing can be told apart (odds of 1e13)."""
XTOL: Final = 1e-7


def profile_interval(
    fit: ExactFit, measure: str, data: Mapping[str, ArrayLike], design: Array | None = None
) -> HeterogeneityInterval:
    """Every tau2 whose likelihood, at its own best coefficients, is not rejected (Pawitan 2001).

    Twice the log-likelihood falls by less than the chi-squared quantile with one degree of freedom
    (3.84 at 95 %); 0 belongs to the interval where it does at 0. An upper limit beyond a tau of
    :data:`FARTHEST` is infinite: the counts set none.

    Parameters
    ----------
    measure, data : as in :func:`hilum.synthesis.exact.fit.fit_exact`
    design : ndarray, shape (k, p), of all rows of ``data``; an intercept where there is none.

    Raises
    ------
    NotEstimable
        No degree of freedom is left.
    NotConverged
        The coefficients do not settle at a tau.
    """
    if fit.k <= fit.p:
        message = phrased("{k} study, {p} coefficient: no interval of tau2", k=fit.k, p=fit.p)
        raise NotEstimable(message)
    record = exact_model(measure, fit.code)
    climb = record.at_tau
    if climb is None:
        message = phrased("{model} has no profile of tau", model=record.name)
        raise NotEstimable(message)
    used = np.array(fit.used)
    values = tuple(np.asarray(data[name], np.float64)[used] for name in measure_of(measure).columns)
    x = np.ones((fit.k, 1)) if design is None else np.asarray(design, np.float64)[used]
    cut = fit.loglik - float(special.chdtri(1, 1 - fit.level)) / 2
    tau, beta = fit.tau2**0.5, fit.beta

    def above(at: float) -> float:
        return climb(values, x, at, beta)[0] - cut

    low = 0.0
    if tau > 0 and above(0.0) < 0:
        low = brentq(above, 0.0, tau, xtol=XTOL)
    last, high = tau, max(2 * tau, 0.25)
    while above(high) > 0:
        if high > FARTHEST:
            return scaled(fit, low**2, np.inf)
        last, high = high, 2 * high
    return scaled(fit, low**2, brentq(above, last, high, xtol=XTOL) ** 2)
