"""tau2 of a network: generalised DerSimonian & Laird, Paule & Mandel, ML and REML.

All contrasts share one tau2 and those of one study the correlation 1/2. As rows are independent
(:mod:`hilum.synthesis.network.independent`) these are the estimators of a meta-regression, with
P = W - WX (X'WX)^-1 X'W, and everything is a sum over rows or an n x n product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hilum.errors import NotConverged, phrased
from hilum.records import found as record
from hilum.synthesis.likeliest import climb_one

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.network.laplacian import Geometry, Solution

# A code of NETWORK_ESTIMATORS.
NetworkMethod = str
MAX_ITERATIONS = 200
# Points between a hundredth of the typical sampling variance and the crude variance of the rows,
# where to look for a second maximum of the likelihood.
GRID = np.linspace(0.0, 1.0, 9)


def tau2_network(
    geometry: Geometry, common: Solution, df: int, method: NetworkMethod
) -> tuple[float, Solution]:
    """tau2, never negative, and the solution at it.

    Parameters
    ----------
    geometry : Geometry
    common : Solution
        At tau2 = 0.
    df : int
        sum(a - 1) - (n - 1); without any tau2 is 0.
    method : str
        DL: Jackson 2012 (univariate case), as used by Ruecker & Schwarzer 2014; PM: Q(tau2) = df
        (Paule & Mandel 1982); ML, REML: Newton's method on the score (Viechtbauer 2005), the
        higher maximum where there are several.

    Raises
    ------
    UnknownCode
        A method that is not in :data:`NETWORK_ESTIMATORS`.
    NotConverged
    """
    estimate = network_estimator(method).estimate
    if df < 1:
        return 0.0, common
    tau2 = estimate(geometry, common, df)
    return tau2, at(geometry, tau2) if tau2 > 0 else common


def at(geometry: Geometry, tau2: float) -> Solution:
    """The solution at tau2."""
    return geometry.solve(1 / (geometry.rows.v + tau2))


def moment(geometry: Geometry, common: Solution, df: int) -> float:
    """(Q - df) / tr(P), 0 at least: E(Q) = df + tau2 tr(P)."""
    w = common.w
    trace = w.sum() - np.dot(w * w, geometry.leverage(common.inverse))
    return max(0.0, float((common.rss - df) / trace))


def loglik(geometry: Geometry, solution: Solution, *, restricted: bool) -> float:
    """Log-likelihood, constants included; the restricted one does not depend on the coding."""
    w = solution.w
    value = (float(np.log(w).sum()) - solution.rss) / 2
    if not restricted:
        return value - len(w) / 2 * float(np.log(2 * np.pi))
    ones = np.linalg.slogdet(geometry.assemble(np.ones(len(w)))[1:, 1:])[1]
    inverse = np.linalg.slogdet(solution.inverse[1:, 1:])[1]
    constant = (len(w) - geometry.n + 1) / 2 * float(np.log(2 * np.pi))
    return value + float(ones + inverse) / 2 - constant


def _paule_mandel(geometry: Geometry, common: Solution, df: int) -> float:
    """Newton's steps from 0: Q falls and is convex, so they never overshoot."""
    tau2, found = 0.0, common
    for _ in range(MAX_ITERATIONS):
        wr = found.w * found.residual
        step = max((found.rss - df) / max(float(np.dot(wr, wr)), 1e-300), 0.0)
        tau2 += step
        if step <= 1e-12 * tau2:
            return tau2
        found = at(geometry, tau2)
    message = phrased(
        "tau2: Q(tau2) = {df} not reached after {max_iterations} steps",
        df=df,
        max_iterations=MAX_ITERATIONS,
    )
    raise NotConverged(message)


def _score(
    geometry: Geometry, found: Solution, *, restricted: bool
) -> tuple[Array | float, Array | float, Array | float]:
    """Twice the score, twice the observed and the expected information (Viechtbauer 2005)."""
    w, inverse = found.w, found.inverse
    wr = w * found.residual
    cross = geometry.project(w * wr)
    square = np.dot(w, w)
    trace = w.sum()
    cubic = np.dot(w * wr, wr) - cross @ inverse @ cross
    if restricted:
        twice = geometry.assemble(w * w)
        shrink = inverse @ twice
        trace = trace - np.trace(shrink)
        cube = np.dot(w * w * w, geometry.leverage(inverse))
        square = square - 2 * cube + np.vdot(shrink, shrink.T)
    return np.dot(wr, wr) - trace, 2 * cubic - square, square


def _likelihood(geometry: Geometry, common: Solution, df: int, *, restricted: bool) -> float:
    start = moment(geometry, common, df)
    small = 1e-3 * len(common.w) / float(common.w.sum())

    def slope(tau2: Array | float) -> tuple[Array, Array, Array]:
        found = at(geometry, float(tau2)) if float(tau2) > 0 else common
        return _score(geometry, found, restricted=restricted)  # pyright: ignore[reportReturnType]

    best = float(climb_one(slope, float(start), float(small), 0.0))
    nothing = loglik(geometry, common, restricted=restricted)
    lower = nothing > loglik(geometry, at(geometry, best), restricted=restricted) + 1e-12
    if start > 0 and 0.7 * start <= best <= 1.4 * start and not lower:
        return best
    # The likelihood can have several hills, at 0 among others: look for higher ground where the
    # climb ended far from the moment estimate.
    low = 10 * small
    high = max(2 * float(np.mean(common.residual**2)), 100 * small)
    tops = [0.0, *(low * (high / low) ** GRID)]
    heights = [loglik(geometry, at(geometry, top), restricted=restricted) for top in tops]
    place = int(np.argmax(heights))
    if heights[place] <= loglik(geometry, at(geometry, best), restricted=restricted) + 1e-12:
        return best
    return float(climb_one(slope, float(tops[place]), float(small), 0.5))


def _ml(geometry: Geometry, common: Solution, df: int) -> float:
    return _likelihood(geometry, common, df, restricted=False)


def _reml(geometry: Geometry, common: Solution, df: int) -> float:
    return _likelihood(geometry, common, df, restricted=True)


@dataclass(frozen=True, slots=True)
class NetworkEstimator:
    """One way to estimate a network's tau2 from (geometry, common, df).

    ``determinant`` where it needs that of L, hence rows on independent columns.
    """

    estimate: Callable[[Geometry, Solution, int], float]
    determinant: bool = False


NETWORK_ESTIMATORS: Final[dict[str, NetworkEstimator]] = {
    "DL": NetworkEstimator(moment),
    "PM": NetworkEstimator(_paule_mandel),
    "ML": NetworkEstimator(_ml, determinant=True),
    "REML": NetworkEstimator(_reml, determinant=True),
}
"""Estimators of a network's tau2 by their code; a new one is one record here."""


def network_estimator(method: str) -> NetworkEstimator:
    """The estimator of a code; an unknown code lists the known ones."""
    return record(NETWORK_ESTIMATORS, method, "method")
