"""Integrals over a study's normal random effect u, and their derivatives.

The study's effect is ``eta = centre + tau * u``. Derivatives in centre and tau are moments of u's
posterior at the nodes (Louis 1982), so the gradient is that of the integral itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.exact.likelihoods import Likelihood, Terms

# Half-width and step of the plain rule: phi(9) is 1e-18, and the step resolves effects with tau
# up to about 30.
GRID = np.linspace(-9.0, 9.0, 721)
HALF_LOG_2_PI = 0.5 * float(np.log(2 * np.pi))


@dataclass(frozen=True, slots=True)
class Integral:
    """Per study, shape (k,): log-likelihood; its gradient and Hessian in (centre, tau)."""

    value: Array
    slope: Array
    slope_tau: Array
    curve: Array
    curve_mixed: Array
    curve_tau: Array
    mode: Array


def integrate(
    likelihood: Likelihood, centre: Array, tau: float, points: int | None, mode: Array
) -> Integral:
    """Integrate by adaptive Gauss-Hermite quadrature (Pinheiro & Bates 1995), or plainly.

    Parameters
    ----------
    centre : ndarray, shape (k,)
        Fixed part of eta.
    points : int or None
        Nodes a study around its mode; ``None`` for the trapezoid rule on a fixed grid, which
        holds where posteriors are far from normal (tiny, nearly separated studies).
    mode : ndarray, shape (k,)
        Where to start looking for the modes; those found are returned.
    """
    if points is None:
        u = np.broadcast_to(GRID, (len(centre), len(GRID)))
        offset = np.full(len(centre), np.log(GRID[1] - GRID[0]))
        log_weights = np.zeros(len(GRID))
    else:
        nodes, log_weights = hermite(points)
        found, spread = modes(likelihood, centre[:, None], tau, mode[:, None])
        mode, scale = found[:, 0], spread[:, 0]
        u = mode[:, None] + scale[:, None] * nodes
        offset = np.log(scale)
    return moments(likelihood.terms(centre[:, None] + tau * u), u, log_weights, offset, mode)


def integrate_many(likelihood: Likelihood, theta: Array, points: int, mode: Array) -> Integral:
    """Integrals of k studies at m places (mean, tau), shape (m, 2): each shape (k, m)."""
    nodes, log_weights = hermite(points)
    mean, tau = theta[:, 0], theta[:, 1]
    mode, scale = modes(likelihood, mean, tau, mode)
    u = mode[..., None] + scale[..., None] * nodes
    eta = (mean[:, None] + tau[:, None] * u).reshape(len(u), -1)
    value, first, second = (one.reshape(u.shape) for one in likelihood.terms(eta))
    return moments((value, first, second), u, log_weights, np.log(scale), mode)


def moments(made: Terms, u: Array, log_weights: Array, offset: Array, mode: Array) -> Integral:
    """The integral over the nodes ``u``, which stand in the last axis, and its derivatives.

    Parameters
    ----------
    made : tuple of ndarray
        Value, slope and curvature of the log-likelihood at the nodes.
    offset : ndarray
        Log of the step between nodes, an entry an integral.
    """
    value, first, second = made
    # Two arrays, each used for several things in turn, and sums that are divided, not their terms.
    posterior = u * u
    posterior *= -0.5
    posterior += value
    posterior += log_weights
    top = np.maximum.reduce(posterior, -1)
    posterior -= top[..., None]
    np.exp(posterior, out=posterior)
    total = np.add.reduce(posterior, -1)
    held = posterior * first
    slope = np.add.reduce(held, -1) / total
    slope_tau = np.vecdot(held, u) / total
    np.multiply(first, first, out=held)
    held += second
    held *= posterior
    curve = np.add.reduce(held, -1) / total
    held *= u
    mixed, curve_tau = np.add.reduce(held, -1) / total, np.vecdot(held, u) / total
    return Integral(
        np.log(total) + top + offset - HALF_LOG_2_PI,
        slope,
        slope_tau,
        curve - slope * slope,
        mixed - slope * slope_tau,
        curve_tau - slope_tau * slope_tau,
        mode,
    )


@lru_cache
def hermite(points: int) -> tuple[Array, Array]:
    """Gauss-Hermite nodes, and their log weights with the bell taken off."""
    nodes, weights = np.polynomial.hermite.hermgauss(points)
    return nodes, np.log(weights) + nodes**2


def modes(
    likelihood: Likelihood, centre: Array, tau: float | Array, start: Array
) -> tuple[Array, Array]:
    """Modes of u's posteriors and sqrt(2) times their normal scale, shape (k, m): m places."""
    mode, curvature = start, np.ones_like(start)
    for _ in range(60):
        _, first, second = likelihood.terms(centre + tau * mode)
        curvature = 1 - tau**2 * second
        # The log-posterior is concave; a bounded step cannot leave its maximum for good.
        move = np.clip((tau * first - mode) / curvature, -3, 3)
        mode = mode + move
        if np.abs(move).max() < 1e-4:
            break
    # Newton's error is squared: within 1e-8 of the mode, and any centre nearby serves.
    return mode, np.sqrt(2 / curvature)
