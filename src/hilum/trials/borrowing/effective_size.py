"""How many patients a prior is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array
    from hilum.trials.borrowing.mixture import BetaMixture

Method = Literal["elir", "moment", "morita"]
METHODS = ("elir", "moment", "morita")


def effective_size(prior: BetaMixture, method: Method = "elir") -> float:
    """Effective sample size of a prior of a binomial rate; ``a + b`` for one beta distribution.

    ``elir`` (Neuenschwander, Weber, Schmidli & O'Hagan 2020): the expected local information
    ratio, ``E[i(p) / i_F(p)]`` with ``i = -(log prior)''`` and ``i_F = 1 / (p (1 - p))``; the only
    one of the three for which prior plus n patients is worth n more. ``moment``: of the beta
    distribution with the same mean and variance. ``morita`` (Morita, Thall & Müller 2008):
    information at the prior mean against that of a vague prior and m patients.

    Raises
    ------
    NotEstimable
        Another method; components with a shape below 1, where elir's integral diverges; a
        prior that is not peaked at its mean (morita).
    """
    if method == "moment":
        return prior.mean * (1 - prior.mean) / prior.sd**2 - 1
    if method == "morita":
        return _morita(prior)
    if method != "elir":
        message = phrased(
            "method {method!r}: expected one of {methods}",
            method=method,
            methods=", ".join(METHODS),
        )
        raise NotEstimable(message)
    if min(*prior.a, *prior.b) < 1:
        message = "a component has a shape below 1: its expected local information is infinite"
        raise NotEstimable(message)
    theta = np.linspace(-34.0, 34.0, 13601)
    p, q = special.expit(theta), special.expit(-theta)
    density, information = _local(prior, p, q)
    step = float(theta[1] - theta[0])
    # dp = p q dtheta; the ratio is information times p q.
    return float((density * p * q * information * p * q).sum() * step)


def _local(prior: BetaMixture, p: Array, q: Array) -> tuple[Array, Array]:
    """Density and -(log density)'' at p = 1 - q."""
    w, a, b = prior.arrays()
    logs = (a - 1) * np.log(p)[:, None] + (b - 1) * np.log(q)[:, None] - special.betaln(a, b)
    parts = w * np.exp(logs)
    density = parts.sum(1)
    slope = (a - 1) / p[:, None] - (b - 1) / q[:, None]
    curve = slope**2 - (a - 1) / p[:, None] ** 2 - (b - 1) / q[:, None] ** 2
    share = parts / np.maximum(density, 1e-300)[:, None]
    return density, (share * slope).sum(1) ** 2 - (share * curve).sum(1)


def _morita(prior: BetaMixture, vague: float = 1e-4) -> float:
    """Solve information(prior) = information(vague prior + m patients) at the mean; linear in m."""
    mean = prior.mean
    p, q = np.array([mean]), np.array([1 - mean])
    wanted = float(_local(prior, p, q)[1][0])
    a0, b0 = vague * mean, vague * (1 - mean)
    start = (a0 - 1) / mean**2 + (b0 - 1) / (1 - mean) ** 2
    size = (wanted - start) * mean * (1 - mean)
    if size < 0:
        message = (
            "the prior is not peaked at its mean (a robust mixture): Morita's size has no sense"
        )
        raise NotEstimable(message)
    return size


def events_worth(sd: float) -> float:
    """Events that a normal prior of a log hazard (or log median) is worth: ``1 / sd^2``.

    With exponential survival the information of d events on the log hazard is d.
    """
    if not 0 < sd < np.inf:
        message = phrased("sd {sd:g}: expected a number above 0", sd=sd)
        raise NotEstimable(message)
    return sd**-2
