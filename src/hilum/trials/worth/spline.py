"""Regression of outcomes on parameters by penalised splines, fit and smoothing in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import BSpline

from hilum.errors import NotEstimable, phrased
from hilum.trials.worth.fitted import Fitted, matched

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array

DEGREE = 3
MAIN, CROSSED = 12, 6
MOST_CROSSED = 4
# Splines of parameters that are kept: of 10,000 draws 0.7 MB each on average.
KEPT = 64
# Smoothing parameters tried, relative to the data's own scale; GCV is flat between neighbours.
LAMBDAS = np.logspace(-6, 9, 61)


def spline_fit(y: Array, x: Array) -> Fitted:
    """Fitted conditional means E(y | x), smoothing by generalised cross-validation.

    Cubic B-splines of each parameter with knots at its quantiles; their pairwise tensor products
    up to four parameters. Second divided differences of the coefficients over the Greville
    abscissae are penalised (Eilers & Marx 1996; uneven knots), so that the limit of heavy
    smoothing is a plane. One smoothing parameter a response (Craven & Wahba 1979).

    Parameters
    ----------
    y : ndarray, shape (s, r)
        Responses, each smoothed on its own.
    x : ndarray, shape (s, p)

    Returns
    -------
    Fitted

    Raises
    ------
    NotEstimable
        Fewer draws than twice the coefficients.
    """
    design, penalty = _design(x)
    s, width = design.shape
    if s < 2 * width:
        message = phrased(
            "{s} draws cannot carry {width} coefficients of {shape} parameters",
            s=s,
            width=width,
            shape=x.shape[1],
        )
        raise NotEstimable(message)
    # The basis made orthonormal (columns without variation fall out), then the penalty diagonal:
    # every smoothing parameter is tried at the price of one (Demmler & Reinsch 1975). Through the
    # small cross-product: scaled splines keep their singular values above 1e-4 of the largest,
    # so squaring them loses nothing that the limit does not cut.
    values, vectors = np.linalg.eigh(design.T @ design)
    keep = values > 1e-13 * values[-1]
    back = vectors[:, keep] / np.sqrt(values[keep])
    values, vectors = np.linalg.eigh(back.T @ penalty @ back)
    values = np.maximum(values, 0.0)
    scale = float(values.max()) or 1.0
    turn = back @ vectors
    scores = turn.T @ (design.T @ y)
    rest = (y**2).sum(axis=0) - (scores**2).sum(axis=0)
    shrunk = 1 / (1 + LAMBDAS[:, None] * values / scale)
    rss = rest + np.einsum("lk,kr->lr", (1 - shrunk) ** 2, scores**2)
    freedom = shrunk.sum(axis=1)
    gcv = rss / (s - freedom[:, None]) ** 2
    best = np.argmin(gcv, axis=0)
    kept = shrunk[best].T
    # In these coordinates the posterior of the coefficients is diagonal (Wood 2006, section 4.8);
    # responses share their residuals' covariance.
    residual = y - design @ (turn @ (kept * scores))
    left = np.sqrt(np.outer(s - freedom[best], s - freedom[best]))
    values, vectors = np.linalg.eigh(residual.T @ residual / left)
    root = vectors * np.sqrt(np.maximum(values, 0.0))

    def off(rng: np.random.Generator, times: int) -> Array:
        drawn = np.sqrt(kept) * (rng.standard_normal((times, *kept.shape)) @ root.T)
        coefficients = (turn @ drawn).transpose(0, 2, 1)
        moved = coefficients.reshape(-1, width) @ design.T
        return moved.reshape(times, -1, s)

    variance = (residual**2).sum(axis=0) / (s - freedom[best])
    return Fitted(matched(y - residual, variance * ((kept**2).sum(axis=0) - 1) / s), off)


def _design(x: Array) -> tuple[Array, Array]:
    """Columns of the basis and the penalty of their coefficients."""
    s, p = x.shape
    each = [_Column(x[:, j].tobytes()) for j in range(p)]
    mains = [_basis(one, MAIN) for one in each]
    crossed: list[tuple[_Spline, _Spline]] = []
    if 1 < p <= MOST_CROSSED:
        crossed = list(combinations([_basis(one, CROSSED) for one in each], 2))
    roots = [np.zeros((0, 1)), *(root for _, root in mains)]
    for (a, da), (b, db) in crossed:
        across = np.kron(da, np.eye(b.shape[1]))
        along = np.kron(np.eye(a.shape[1]), db)
        roots.append(np.vstack([across, along]))
    width = sum(root.shape[1] for root in roots)
    penalty, design = np.zeros((width, width)), np.empty((s, width))
    design[:, 0] = 1.0
    start = 0
    for place, root in enumerate(roots):
        end = start + root.shape[1]
        penalty[start:end, start:end] = root.T @ root
        if 0 < place <= p:
            design[:, start:end] = mains[place - 1][0]
        elif place:
            (a, _), (b, _) = crossed[place - 1 - p]
            into = design[:, start:end].reshape(s, a.shape[1], b.shape[1])
            np.multiply(a[:, :, None], b[:, None, :], out=into)
        start = end
    return design, penalty


_Spline = tuple["Array", "Array"]


@dataclass(frozen=True, slots=True)
class _Column:
    """A parameter's values, told from others by what they are."""

    held: bytes


@lru_cache(maxsize=KEPT)
def _basis(column: _Column, size: int) -> _Spline:
    """B-splines of one parameter, centred, and the root of their penalty.

    Kept: an arm of a trial is compared with every other arm of its size.
    """
    values = np.frombuffer(column.held)
    low, high = float(values.min()), float(values.max())
    if not high > low:
        return np.zeros((len(values), 1)), np.zeros((0, 1))
    # Shares of patients take few values: splines of each are made once.
    each, place = np.unique(values, return_inverse=True)
    inner = np.quantile(each, np.linspace(0, 1, size - DEGREE + 1)[1:-1])
    inner = np.unique((inner - low) / (high - low))
    inner = inner[(inner > 1e-9) & (inner < 1 - 1e-9)]
    knots = np.concatenate([np.zeros(DEGREE + 1), inner, np.ones(DEGREE + 1)])
    at = np.clip((each - low) / (high - low), 0.0, 1.0)
    basis = BSpline.design_matrix(at, knots, DEGREE).toarray()[place]
    greville = np.array([knots[i + 1 : i + 1 + DEGREE].mean() for i in range(basis.shape[1])])
    first = np.diff(np.eye(len(greville)), axis=0) / np.diff(greville)[:, None]
    wide = np.diff(greville)
    middle = np.sqrt((wide[1:] + wide[:-1]) / 2)
    basis -= basis.mean(axis=0)
    basis.flags.writeable = False
    return basis, np.diff(first, axis=0) / middle[:, None]
