"""Weighted least squares in batches: everything the variance estimators need, linear in k.

Arrays end in the study axis: ``y`` and ``v`` are (..., k). A study that takes no part has
``v = inf``, hence weight 0. ``basis`` is ``None`` for the intercept alone, else (..., k, p) with
orthonormal columns (:func:`orthonormal`), so that moderators such as calendar years lose no
digits. P = W - WX (X'WX)^-1 X'W throughout.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from hilum.synthesis.arrays import Array, Mask, dot

# Which likelihood a method maximises: that of all contrasts free of the coefficients, or the whole.
RESTRICTED: Final = {"REML": True, "ML": False}


# Rounding of a weight.
SMALL: Final = 1e-16


class Solution(NamedTuple):
    """The weighted fit at given weights.

    ``coefficients`` (..., p) and ``inverse`` (..., p, p) belong to the basis; for the intercept
    alone they are (...,), the mean and its inverse weight.
    """

    coefficients: Array
    inverse: Array
    residual: Array
    rss: Array


def solve(y: Array, w: Array, basis: Array | None) -> Solution:
    """Minimise sum w (y - X b)^2; ``rss`` is that minimum."""
    if basis is None:
        product = dot if y.ndim == w.ndim == 1 else np.vecdot
        inverse = 1 / np.add.reduce(w, -1)
        mean = product(w, y) * inverse
        residual = y - mean[..., None]
        return Solution(mean, inverse, residual, product(w * residual, residual))
    weighted = w[..., None] * basis
    inverse = np.linalg.inv(weighted.mT @ basis)
    b = (inverse @ (weighted.mT @ y[..., None]))[..., 0]
    residual = y - np.vecdot(basis, b[..., None, :])
    return Solution(b, inverse, residual, np.vecdot(w * residual, residual))


def score(
    y: Array, v: Array, tau2: Array | float, basis: Array | None, *, restricted: bool
) -> tuple[Array, Array, Array]:
    """Twice the derivative of the (restricted) log-likelihood in tau2, and twice its curvature.

    Returns the score y'PPy - tr(P) (tr(W) for ML), the observed information 2 y'PPPy - tr(PP)
    and the expected one tr(PP) (Viechtbauer 2005).
    """
    if y.ndim == 1 and basis is None:
        return _score_one(y, v, tau2, restricted)
    w = 1 / (v + np.asarray(tau2)[..., None])
    found = solve(y, w, basis)
    wr = w * found.residual
    quadratic = np.vecdot(wr, wr)
    trace, square = w.sum(-1), np.vecdot(w, w)
    if basis is None:
        cubic = np.vecdot(w * wr, wr) - np.vecdot(w, wr) ** 2 * found.inverse
        if restricted:
            share = square * found.inverse
            square = square - 2 * np.vecdot(w * w, w) * found.inverse + share**2
            trace = trace - share
        return quadratic - trace, 2 * cubic - square, square
    cross = basis.mT @ (w * wr)[..., None]
    cubic = np.vecdot(w * wr, wr) - (cross.mT @ found.inverse @ cross)[..., 0, 0]
    if restricted:
        shrink, twice = _powers(w, basis, found.inverse)
        trace = trace - _trace(shrink)
        square = square - 2 * _trace(twice) + _trace(shrink @ shrink)
    return quadratic - trace, 2 * cubic - square, square


def _score_one(
    y: Array, v: Array, tau2: Array | float, restricted: bool
) -> tuple[Array, Array, Array]:
    """The same for one meta-analysis without moderators, the commonest fit: a third of the time."""
    w = 1 / (v + tau2)
    total = np.add.reduce(w)
    wr = w * (y - dot(w, y) / total)
    weighted = w * wr
    trace, square = total, dot(w, w)
    cubic = dot(weighted, wr) - dot(w, wr) ** 2 / total
    if restricted:
        share = square / total
        square = square - 2 * dot(w * w, w) / total + share * share
        trace = trace - share
    return dot(wr, wr) - trace, 2 * cubic - square, square


def traces(w: Array, basis: Array | None) -> tuple[Array, Array]:
    """tr(P) and tr(PP)."""
    if basis is None:
        total = w.sum(-1)
        share = w / total[..., None]
        own = share * _others(w)
        between = np.vecdot(share**2, _others(w**2))
        return own.sum(-1), np.vecdot(own, own) + between
    inverse = np.linalg.inv((w[..., None] * basis).mT @ basis)
    shrink, twice = _powers(w, basis, inverse)
    trace = w.sum(-1) - _trace(shrink)
    square = np.vecdot(w, w) - 2 * _trace(twice) + _trace(shrink @ shrink)
    # Where one weight is all there is both are rounding, and may fall below 0.
    return np.maximum(trace, SMALL * w.max(-1)), np.maximum(square, (SMALL * w.max(-1)) ** 2)


class Mean(NamedTuple):
    """A weighted mean, one by the sum of its weights, and the weighted squares about it."""

    value: float
    inverse: float
    rss: float


def mean_one(y: Array, w: Array) -> Mean:
    """:func:`solve` of one meta-analysis without moderators, in plain numbers."""
    inverse = 1 / float(np.add.reduce(w))
    value = float(dot(w, y)) * inverse
    residual = y - value
    return Mean(value, inverse, float(dot(w * residual, residual)))


def trace_one(w: Array) -> float:
    """tr(P) of one meta-analysis without moderators."""
    total = np.add.reduce(w)
    share = dot(w, w) / total
    # Beside one weight that is nearly all there is, the difference would be rounding.
    return float(total - share) if share < 0.9 * total else float(traces(w, None)[0])


def _others(w: Array) -> Array:
    """Sum of all weights but one's own; that beside the largest is not a difference."""
    top = w.argmax(-1)[..., None]
    rest = w.sum(-1, keepdims=True) - w
    without = w.copy()
    np.put_along_axis(without, top, 0.0, -1)
    np.put_along_axis(rest, top, without.sum(-1, keepdims=True), -1)
    return rest


def loglik(
    y: Array, v: Array, tau2: Array | float, basis: Array | None, *, restricted: bool
) -> Array:
    """Log-likelihood of the marginal normal model, constants included.

    The restricted one is that of k - p error contrasts, as R's metafor states it (with
    log|X'X| / 2), which does not depend on how moderators are coded.
    """
    taking = np.isfinite(v)
    w = 1 / (v + np.asarray(tau2)[..., None])
    found = solve(y, w, basis)
    k = taking.sum(-1)
    logs = np.log(np.where(taking, w, 1.0)).sum(-1)
    value = (logs - found.rss) / 2
    if not restricted:
        return value - k / 2 * np.log(2 * np.pi)
    if basis is None:
        return value + np.log(k * found.inverse) / 2 - (k - 1) / 2 * np.log(2 * np.pi)
    determinant = np.linalg.slogdet(found.inverse)[1]
    return value + determinant / 2 - (k - basis.shape[-1]) / 2 * np.log(2 * np.pi)


def orthonormal(design: Array, taking: Mask) -> tuple[Array, Array]:
    """Orthonormal basis of the rows taking part, and R^-1 to come back: b = R^-1 coefficients."""
    basis, r = np.linalg.qr(np.where(taking[..., None], design, 0.0))
    return basis, np.linalg.inv(r)


def _powers(w: Array, basis: Array, inverse: Array) -> tuple[Array, Array]:
    """(X'WX)^-1 X'W^2 X and (X'WX)^-1 X'W^3 X."""
    weighted = w[..., None] * basis
    return inverse @ (weighted.mT @ weighted), inverse @ ((w[..., None] * weighted).mT @ weighted)


def _trace(matrix: Array) -> Array:
    return np.trace(matrix, axis1=-2, axis2=-1)
