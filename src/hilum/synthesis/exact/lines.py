"""Exact likelihoods with moderators: Knapp and Hartung's factor from the scores, at any line.

As :mod:`hilum.synthesis.exact.scores`, whose mean becomes a line in the moderators.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotConverged
from hilum.synthesis.effects import measure as measure_of
from hilum.synthesis.exact.models import exact_model
from hilum.synthesis.exact.quadrature import hermite, modes, moments
from hilum.synthesis.exact.scores import ENOUGH, LEAST, POINTS, ROUGH, STEPS, TAUS
from hilum.synthesis.few import Spread, shares

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.exact.fit import ExactFit
    from hilum.synthesis.exact.likelihoods import Likelihood


@dataclass(frozen=True, slots=True)
class LineProfile:
    """At each tau (T,): coefficients (T, p), the inverse of their information, Q of the scores."""

    tau: Array
    beta: Array
    inverse: Array
    q: Array
    settled: Mask


@dataclass(frozen=True)
class LineScores:
    """One fit's likelihood with its moderators; ``q`` is the factor at the estimates."""

    fit: ExactFit
    likelihood: Likelihood
    design: Array

    @property
    def q(self) -> float:
        """Q of the scores by its degrees of freedom, at the estimates.

        Raises
        ------
        NotConverged
            The profile does not settle there.
        """
        at = self.profile(np.array([np.sqrt(self.fit.tau2)]))
        if not at.settled.all():
            message = "the profile of tau does not settle"
            raise NotConverged(message)
        return float(at.q[0]) / (self.fit.k - self.fit.p)

    def profile(self, taus: Array = TAUS) -> LineProfile:
        """The likeliest coefficients at each tau."""
        x, k = self.design, self.fit.k
        nodes, log_weights = hermite(POINTS)
        beta = np.repeat(self.fit.beta[None], len(taus), 0)
        mode = np.zeros((k, len(taus)))
        reach = np.maximum(1.0, taus)
        step = 0
        while True:
            centre = x @ beta.T
            mode, scale = modes(self.likelihood, centre, taus, mode)
            u = mode[..., None] + scale[..., None] * nodes
            eta = (centre[..., None] + taus[:, None] * u).reshape(k, -1)
            value, first, second = (one.reshape(u.shape) for one in self.likelihood.terms(eta))
            made = moments((value, first, second), u, log_weights, np.log(scale), mode)
            information = np.maximum(-made.curve, LEAST)
            inverse = np.linalg.inv(np.einsum("kt,ki,kj->tij", information, x, x))
            slope = made.slope.T @ x
            move = np.einsum("tij,tj->ti", inverse, slope)
            left = np.sqrt(np.maximum(np.einsum("ti,ti->t", slope, move), 0.0))
            if left.max() < ENOUGH or step == STEPS:
                break
            shift = np.abs(x @ move.T).max(0)
            beta = beta + move * np.minimum(1.0, reach / np.maximum(shift, 1e-300))[:, None]
            step += 1
        q = (made.slope**2 / information).sum(0)
        return LineProfile(taus, beta, inverse, q, np.less(left, ROUGH))

    def spreads(self, rows: Array) -> list[Spread]:
        """The confidence distribution of tau, with the mean at each of ``rows`` (m, p)."""
        at = self.profile()
        df = self.fit.k - self.fit.p
        places, weight = shares()
        known = np.logical_and.accumulate(at.settled)
        taus, falling = at.tau[known], np.minimum.accumulate(at.q[known])
        tau = np.interp(-special.chdtri(df, places), -falling, taus)
        mean = rows @ at.beta[known].T
        root = np.sqrt(np.einsum("mi,tij,mj->mt", rows, at.inverse[known], rows) * at.q[known] / df)
        return [
            Spread(tau, np.interp(tau, taus, one), np.interp(tau, taus, two), weight, df)
            for one, two in zip(mean, root, strict=True)
        ]


def line_scores(
    fit: ExactFit, measure: str, data: Mapping[str, ArrayLike], design: Array
) -> LineScores | None:
    """Scores of a fit with moderators; None where its likelihood has baselines of its own."""
    record = exact_model(measure, fit.code)
    if record.likelihood is None or fit.k <= fit.p:
        return None
    used = np.array(fit.used)
    values = tuple(np.asarray(data[name], np.float64)[used] for name in measure_of(measure).columns)
    return LineScores(fit, record.likelihood(values), np.asarray(design, np.float64)[used])
