"""Regression of outcomes on parameters by a Gaussian process, for many parameters at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.worth.fitted import Fitted, matched

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array

# Draws that choose length scales and noise, and inducing points of the final fit.
LEARNING, INDUCING = 500, 300
JITTER = 1e-8


def gaussian_process_fit(y: Array, x: Array) -> Fitted:
    """Fitted conditional means E(y | x).

    A plane plus a process with squared exponential covariance and one length scale a parameter
    (Strong, Oakley & Brennan 2014, section 2.3.2). Length scales and noise maximise the marginal
    likelihood of evenly spaced draws; the fit then uses all draws through inducing points
    (subset of regressors; Quinonero-Candela & Rasmussen 2005), so it is linear in draws.

    Parameters
    ----------
    y : ndarray, shape (s, r)
    x : ndarray, shape (s, p)

    Returns
    -------
    Fitted
    """
    spread = x.std(axis=0)
    used = spread > 0
    if not bool(used.any()):
        spread_of_means = y.std(axis=0, ddof=1) / np.sqrt(len(y))
        return Fitted(
            np.broadcast_to(y.mean(axis=0), y.shape).copy(),
            lambda rng, times: np.broadcast_to(
                (rng.standard_normal((times, y.shape[1])) * spread_of_means)[:, :, None],
                (times, y.shape[1], len(y)),
            ),
        )
    scaled = (x[:, used] - x[:, used].mean(axis=0)) / spread[used]
    plane = np.column_stack([np.ones(len(x)), scaled])
    flat = plane @ np.linalg.lstsq(plane, y, rcond=None)[0]
    rest = y - flat
    out = np.empty_like(y)
    bases: list[Array] = []
    for r in range(y.shape[1]):
        size = float(rest[:, r].std())
        # A response that the plane explains to rounding has nothing left to learn.
        if size <= 1e-10 * (float(np.abs(y[:, r]).max()) or 1.0):
            out[:, r] = flat[:, r]
            bases.append(np.zeros((len(x), 0)))
            continue
        fitted, along = _process(rest[:, r] / size, scaled)
        out[:, r] = flat[:, r] + size * fitted
        bases.append(along)
    even, _ = np.linalg.qr(plane)
    residual = (y - out).std(axis=0)

    def off(rng: np.random.Generator, times: int) -> Array:
        """Of the plane and of the process; responses apart."""
        moved = [
            rng.standard_normal((times, even.shape[1])) @ even.T
            + rng.standard_normal((times, one.shape[1])) @ one.T
            for one in bases
        ]
        return np.stack(moved, axis=1) * residual[:, None]

    # The plane's own directions, and of the process the eigenvalues of its smoother.
    own = [np.linalg.eigvalsh(one.T @ one) if one.shape[1] else np.zeros(0) for one in bases]
    freedom = np.array([even.shape[1] + one.sum() for one in own])
    squares = np.array([even.shape[1] - 1 + (one**2).sum() for one in own])
    variance = ((y - out) ** 2).sum(axis=0) / np.maximum(len(y) - freedom, 1.0)
    return Fitted(matched(out, variance * squares / len(y)), off)


def _process(y: Array, x: Array) -> tuple[Array, Array]:
    """The fit, and the directions in which it may be off, in units of the residuals' spread."""
    learn = np.unique(np.linspace(0, len(y) - 1, LEARNING).astype(int))
    lengths, noise = _learn(y[learn], x[learn])
    if noise >= 1e4:
        # Noise ten thousand times the signal: nothing beyond the plane.
        return np.zeros_like(y), np.zeros((len(y), 0))
    points = x[np.unique(np.linspace(0, len(y) - 1, INDUCING).astype(int))]
    between = _covariance(x, points, lengths)
    inner = noise * (_covariance(points, points, lengths) + JITTER * np.eye(len(points)))
    # By least squares: inducing points that coincide leave the system singular.
    whole = inner + between.T @ between
    values, vectors = np.linalg.eigh(whole)
    keep = values > 1e-12 * values[-1]
    along = between @ (vectors[:, keep] / np.sqrt(values[keep]))
    return along @ (along.T @ y), along


def _covariance(a: Array, b: Array, lengths: Array) -> Array:
    left, right = a / lengths, b / lengths
    squared = (left**2).sum(1)[:, None] + (right**2).sum(1) - 2 * left @ right.T
    return np.exp(-np.maximum(squared, 0.0))


def _learn(y: Array, x: Array) -> tuple[Array, float]:
    """Length scales, and noise relative to the process's variance (profiled out)."""
    from scipy.linalg import cho_factor, cho_solve
    from scipy.optimize import minimize

    n, p = x.shape
    parts = [(x[:, j, None] - x[:, j]) ** 2 for j in range(p)]

    def loss(logs: Array) -> tuple[float, Array]:
        """Negative log marginal likelihood and its gradient."""
        weights, noise = np.exp(-2 * logs[:-1]), float(np.exp(logs[-1]))
        k = np.exp(-sum(w * part for w, part in zip(weights, parts, strict=True)))
        factor = cho_factor(k + (noise + JITTER) * np.eye(n), lower=True)
        solved = cho_solve(factor, y)
        total = float(y @ solved)
        value = n / 2 * np.log(total / n) + float(np.log(np.diag(factor[0])).sum())
        inverse = cho_solve(factor, np.eye(n))
        slope = np.empty(p + 1)
        for j in range(p):
            change = k * (2 * weights[j] * parts[j])
            slope[j] = (inverse * change).sum() / 2 - n / 2 * (solved @ change @ solved) / total
        slope[-1] = noise * (np.trace(inverse) / 2 - n / 2 * (solved @ solved) / total)
        return value, slope

    start = np.concatenate([np.full(p, 0.7), [0.0]])
    bounds = [(-2.5, 5.0)] * p + [(-12.0, 12.0)]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return np.exp(found.x[:-1]), float(np.exp(found.x[-1]))
