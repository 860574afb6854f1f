"""Estimators of tau2, the between-study variance, for one meta-analysis or a batch of them.

Shapes and masking are those of :mod:`hilum.synthesis.least_squares`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from hilum.errors import NotConverged, phrased
from hilum.records import found
from hilum.synthesis.least_squares import solve, traces
from hilum.synthesis.likeliest import (
    MAX_ITERATIONS,
    crude_variance,
    degrees,
    hedges,
    likeliest,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.likeliest import Engine

# A code of ESTIMATORS.
Method = str
# What is divided by it is still a number.
TINY = 1e-300
# The share of tau2 below which a step of Newton's method on Q is none.
STILL = 1e-12


@dataclass(frozen=True, slots=True)
class Start:
    """What an iteration may use: a tau2 it is expected to be near, and what it runs on."""

    near: float | None = None
    engine: Engine = "numpy"


@dataclass(frozen=True, slots=True)
class Estimator:
    """One way to estimate tau2.

    Parameters
    ----------
    code : str
        What it is asked for by.
    tau2 : callable (y, v, basis, p, start) -> Array, shape (...,)
    error : callable (y, v, basis, p, tau2) -> Array, or None
        Large-sample standard error of tau2: that of the quadratic form, or from the information.
    iterative : bool
        Settles by steps, not in closed form.
    random : bool
        Effects may differ between studies; False for equal effects, which have no tau2.
    source : str
    """

    code: str
    tau2: Callable[[Array, Array, Array | None, int, Start], Array]
    error: Callable[[Array, Array, Array | None, int, Array], Array] | None
    iterative: bool
    source: str
    random: bool = True


def tau2_of(
    y: Array,
    v: Array,
    basis: Array | None,
    p: int,
    method: Method,
    near: float | None = None,
    engine: Engine = "numpy",
) -> Array:
    """tau2, never negative, shape (...,), by one of :data:`ESTIMATORS`.

    ``near`` is where ML and REML start, if known.

    Raises
    ------
    UnknownCode
        An estimator that is not in the table.
    NotConverged
        When an iteration does not settle.
    """
    return found(ESTIMATORS, method, "method").tau2(y, v, basis, p, Start(near, engine))


def standard_error(
    y: Array, v: Array, basis: Array | None, p: int, method: Method, tau2: Array
) -> Array | None:
    """Large-sample standard error of tau2; ``None`` where the estimator has none."""
    error = found(ESTIMATORS, method, "method").error
    return None if error is None else error(y, v, basis, p, tau2)


def generalised_q_root(y: Array, v: Array, basis: Array | None, target: Array) -> Array:
    """tau2 >= 0 where Q(tau2) = ``target``; 0 where Q(0) is below it.

    Q falls and is convex, so Newton's steps from 0 never overshoot (DerSimonian & Kacker 2007).
    """
    tau2 = np.zeros(target.shape)
    for _ in range(MAX_ITERATIONS):
        w = 1 / (v + tau2[..., None])
        fitted = solve(y, w, basis)
        wr = w * fitted.residual
        step = np.maximum((fitted.rss - target) / np.maximum(np.vecdot(wr, wr), TINY), 0.0)
        tau2 = tau2 + step
        if bool(np.all(step <= STILL * tau2)):
            return tau2
    message = phrased(
        "tau2: Q(tau2) = {target:g} not reached after {max_iterations} steps",
        target=float(np.max(target)),
        max_iterations=MAX_ITERATIONS,
    )
    raise NotConverged(message)


def _equal(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    del v, basis, p, start
    return np.zeros(y.shape[:-1])


def _hedges_olkin(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    del start
    return np.maximum(hedges(y, v, basis, degrees(v, p)), 0.0)


def _dersimonian_laird(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    del start
    w = 1 / v
    excess = solve(y, w, basis).rss - degrees(v, p)
    return np.maximum(excess / traces(w, basis)[0], 0.0)


def _hunter_schmidt(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    del start
    w = 1 / v
    excess = solve(y, w, basis).rss - (degrees(v, p) + p)
    return np.maximum(excess / w.sum(-1), 0.0)


def _paule_mandel(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    del start
    return generalised_q_root(y, v, basis, np.asarray(degrees(v, p), np.float64))


def _median_unbiased(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    del start
    target = special.chdtri(degrees(v, p), 0.5)
    return generalised_q_root(y, v, basis, np.asarray(target, np.float64))


def _ml(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    return likeliest(y, v, basis, p, start.near, start.engine, restricted=False)


def _reml(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    return likeliest(y, v, basis, p, start.near, start.engine, restricted=True)


def _ml_error(y: Array, v: Array, basis: Array | None, p: int, tau2: Array) -> Array:
    del y, basis, p
    w = 1 / (v + tau2[..., None])
    return np.sqrt(2 / np.vecdot(w, w))


def _reml_error(y: Array, v: Array, basis: Array | None, p: int, tau2: Array) -> Array:
    del y, p
    w = 1 / (v + tau2[..., None])
    return np.sqrt(2 / traces(w, basis)[1])


def _hedges_error(y: Array, v: Array, basis: Array | None, p: int, tau2: Array) -> Array:
    return _quadratic_error(y, v, basis, degrees(v, p), tau2, None)


def _sidik_jonkman_error(y: Array, v: Array, basis: Array | None, p: int, tau2: Array) -> Array:
    return _quadratic_error(y, v, basis, degrees(v, p), tau2, crude_variance(y, v))


def _profile_error(y: Array, v: Array, basis: Array | None, p: int, tau2: Array) -> Array:
    del y, basis
    df = degrees(v, p)
    return np.sqrt(2 / df) * (df + p) / (1 / (v + tau2[..., None])).sum(-1)


def _moment_error(v: Array, basis: Array | None, p: int, tau2: Array) -> tuple[Array, Array]:
    """The root of the variance of Q at weights 1 / v, and the trace of P."""
    trace, square = traces(1 / v, basis)
    return np.sqrt(2 * degrees(v, p) + 4 * tau2 * trace + 2 * tau2**2 * square), trace


def _dersimonian_laird_error(y: Array, v: Array, basis: Array | None, p: int, tau2: Array) -> Array:
    del y
    root, trace = _moment_error(v, basis, p, tau2)
    return root / trace


def _hunter_schmidt_error(y: Array, v: Array, basis: Array | None, p: int, tau2: Array) -> Array:
    del y
    return _moment_error(v, basis, p, tau2)[0] / (1 / v).sum(-1)


def _sidik_jonkman(y: Array, v: Array, basis: Array | None, p: int, start: Start) -> Array:
    del start
    crude = crude_variance(y, v)
    # Of equal effects throughout it is 0, and so is what is found.
    return crude * solve(y, 1 / (v + crude[..., None]), basis).rss / degrees(v, p)


def _quadratic_error(
    y: Array, v: Array, basis: Array | None, df: Array, tau2: Array, crude: Array | None
) -> Array:
    """Standard error of scale * y'Ay for A = P at the method's own weights, linear in studies.

    tr(PAPB) of diagonal A and B is a sum over P's diagonal, and one over the rest of it, where P is
    of rank p.
    """
    del y
    taking = np.isfinite(v)
    w = taking.astype(np.float64) if crude is None else 1 / (v + crude[..., None])
    x = np.ones((*w.shape, 1)) if basis is None else basis
    weighted = w[..., None] * x
    inverse = np.linalg.inv(weighted.mT @ x)
    own = np.vecdot(weighted @ inverse, weighted)
    diagonal = (w - own) ** 2

    def product(a: Array, b: Array) -> Array:
        one, two = (inverse @ (weighted.mT @ (part[..., None] * weighted)) for part in (a, b))
        rest = np.einsum("...ij,...ji->...", one, two) - (own**2 * a * b).sum(-1)
        return (diagonal * a * b).sum(-1) + rest

    known, ones = np.where(taking, v, 0.0), taking.astype(np.float64)
    trace = product(known, known) + 2 * tau2 * product(known, ones)
    trace += tau2**2 * product(ones, ones)
    return np.sqrt(2 * trace) * (1.0 if crude is None else crude) / df


ESTIMATORS: Final[dict[str, Estimator]] = {
    one.code: one
    for one in (
        Estimator("EE", _equal, None, iterative=False, random=False, source="equal effects"),
        Estimator(
            "DL",
            _dersimonian_laird,
            _dersimonian_laird_error,
            iterative=False,
            source="DerSimonian & Laird 1986",
        ),
        Estimator(
            "HE", _hedges_olkin, _hedges_error, iterative=False, source="Hedges & Olkin 1985"
        ),
        Estimator(
            "HS",
            _hunter_schmidt,
            _hunter_schmidt_error,
            iterative=False,
            source="Hunter & Schmidt 2004",
        ),
        # From the crude variance.
        Estimator(
            "SJ",
            _sidik_jonkman,
            _sidik_jonkman_error,
            iterative=False,
            source="Sidik & Jonkman 2005",
        ),
        Estimator("ML", _ml, _ml_error, iterative=True, source="Viechtbauer 2005"),
        Estimator("REML", _reml, _reml_error, iterative=True, source="Viechtbauer 2005"),
        # Morris's equation is Paule & Mandel's.
        Estimator("EB", _paule_mandel, _profile_error, iterative=True, source="Morris 1983"),
        Estimator(
            "PM", _paule_mandel, _profile_error, iterative=True, source="Paule & Mandel 1982"
        ),
        # The median-unbiased variant.
        Estimator(
            "PMM", _median_unbiased, _profile_error, iterative=True, source="Viechtbauer 2021"
        ),
    )
}
"""Estimators of tau2 by their code; a new one is one record here."""
