"""Many meta-analyses in one call: what resampling, simulation and living updates are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.records import found
from hilum.synthesis.arrays import coverage
from hilum.synthesis.heterogeneity import ESTIMATORS, tau2_of
from hilum.synthesis.least_squares import orthonormal, solve, traces
from hilum.synthesis.wald import inference, ratio
from hilum.watch import SILENT

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.heterogeneity import Method
    from hilum.synthesis.likeliest import Engine
    from hilum.synthesis.two_stage import Test
    from hilum.watch import Watch

# Batches are cut so that working arrays stay in the processor's cache.
CHUNK = 60_000
# A device wants few, large pieces of one shape; this is 80 MB an array.
DEVICE_CHUNK = 10_000_000
PIECES: Final = {"numpy": CHUNK, "jax": DEVICE_CHUNK}


@dataclass(frozen=True, slots=True)
class BatchFit:
    """B fits: ``beta``, ``se``, ``zval``, ``pval``, ``ci_lb``, ``ci_ub`` (B, p), the rest (B,).

    A meta-analysis with fewer studies than coefficients, or with moderators that are collinear
    in it, is NaN throughout; as many studies as coefficients leave tau2 = 0. ``scale`` is Hartung
    and Knapp's factor, as of :class:`hilum.synthesis.two_stage.Fit`.
    """

    beta: Array
    se: Array
    zval: Array
    pval: Array
    ci_lb: Array
    ci_ub: Array
    tau2: Array
    I2: Array
    H2: Array
    QE: Array
    k: Array
    scale: Array


def fit_batch(
    yi: ArrayLike,
    vi: ArrayLike,
    mask: ArrayLike | None = None,
    *,
    method: Method = "REML",
    test: Test = "z",
    mods: ArrayLike | None = None,
    level: float = 0.95,
    near: float | None = None,
    engine: Engine = "numpy",
    watch: Watch = SILENT,
) -> BatchFit:
    """Fit B meta-analyses of up to K studies each; the same answers as B calls of ``fit``.

    Parameters
    ----------
    yi, vi : array_like, shape (B, K) or (K,)
        Effects and variances; values where ``mask`` is False are not read.
    mask : array_like of bool, shape (B, K), optional
        Which studies take part.
    method, test, level
        As in :func:`hilum.synthesis.two_stage.fit`.
    mods : array_like, shape (K, p) or (B, K, p), optional
        Design matrix with its intercept.
    near : float, optional
        A tau2 that all are expected to be near, such as that of the fit they vary: ML and REML
        start there, which saves time and changes nothing else.
    engine : {"numpy", "jax"}
        ``jax`` climbs ML and REML of batches without moderators on an accelerator, in float64,
        once compiled: for millions of meta-analyses. On a few cores it saves nothing.

    watch : Watch
        Told of every piece of meta-analyses that is done.

    Raises
    ------
    Stopped
        When the watch says so.
    NotEstimable
        Shapes that do not fit, or a value out of range where the mask is True.
    NotConverged
        When a tau2 does not settle.
    """
    coverage(level)
    y, v, x = _arrays(yi, vi, mask, mods)
    taking = np.isfinite(v)
    p = 1 if x is None else x.shape[-1]
    # Most studies first would cost a sort; equal pieces are near enough.
    step = max(1, found(PIECES, engine, "engine") // (y.shape[1] * p))
    pieces: list[tuple[Array, ...]] = []
    for i in range(0, len(y), step):
        part = slice(i, i + step)
        design = None if x is None else (x if x.ndim == 2 else x[part])
        pieces.append(
            _piece(y[part], v[part], design, taking[part], method, test, level, near, engine)
        )
        watch.done(len(y[part]))
    return BatchFit(*(np.concatenate(parts) for parts in zip(*pieces, strict=True)))


def _arrays(
    yi: ArrayLike, vi: ArrayLike, mask: ArrayLike | None, mods: ArrayLike | None
) -> tuple[Array, Array, Array | None]:
    y, v = np.asarray(yi, np.float64), np.asarray(vi, np.float64)
    parts = [y.shape, v.shape]
    chosen = None if mask is None else np.asarray(mask, np.bool_)
    if chosen is not None:
        parts.append(chosen.shape)
    x = None if mods is None else np.asarray(mods, np.float64)
    if x is not None:
        parts.append(x.shape[:-1])
    try:
        shape = np.broadcast_shapes(*parts)
    except ValueError:
        shape = ()
    if len(shape) != 2:
        message = phrased("yi, vi, mask and mods do not fit into (B, K): {parts}", parts=parts)
        raise NotEstimable(message)
    y, v = np.broadcast_to(y, shape), np.broadcast_to(v, shape)
    chosen = np.ones(shape, np.bool_) if chosen is None else np.broadcast_to(chosen, shape)
    wrong = chosen & ~(np.isfinite(y) & np.isfinite(v) & (v > 0))
    if bool(wrong.any()):
        row, column = (int(i[0]) for i in np.nonzero(wrong))
        message = phrased(
            "meta-analysis {row}, study {column}: yi {y:g}, vi {v:g}: expected "
            "finite yi and vi > 0",
            row=row + 1,
            column=column + 1,
            y=y[row, column],
            v=v[row, column],
        )
        raise NotEstimable(message)
    return np.where(chosen, y, 0.0), np.where(chosen, v, np.inf), x


def _piece(
    y: Array,
    v: Array,
    x: Array | None,
    taking: Array,
    method: Method,
    test: Test,
    level: float,
    near: float | None,
    engine: Engine,
) -> tuple[Array, ...]:
    by = inference(test)
    p = 1 if x is None else x.shape[-1]
    k = taking.sum(-1)
    enough = k > p if x is None else (k > p) & (_rank(x, taking) == p)
    basis = back = None
    if x is not None:
        safe = np.where(enough[:, None, None], x, np.eye(y.shape[1], p))
        rows = np.where(enough[:, None], taking, True)
        basis, back = orthonormal(np.broadcast_to(safe, (*y.shape, p)), rows)
    v = np.where(enough[:, None] | (np.asarray(x is None) & (k > 0)[:, None]), v, 1.0)
    tau2 = np.zeros(len(y))
    if bool(enough.any()):
        part = None if basis is None else basis[enough]
        tau2[enough] = tau2_of(y[enough], v[enough], part, p, method, near, engine)
    solved = solve(y, 1 / (v + tau2[:, None]), basis)
    fixed = 1 / v
    q = solve(y, fixed, basis).rss
    with np.errstate(divide="ignore", invalid="ignore"):
        typical = (k - p) / traces(fixed, basis)[0]
        if basis is None:
            beta, variance = solved.coefficients[:, None], solved.inverse[:, None]
        else:
            assert back is not None
            beta = (back @ solved.coefficients[..., None])[..., 0]
            variance = np.einsum("bij,bjk,bik->bi", back, solved.inverse, back)
        if by.scale is not None:
            factor = np.where(k > p, by.scale(solved.rss, np.maximum(k - p, 1)), 1.0)
            variance = variance * factor[:, None]
        i2 = 100 * tau2 / (typical + tau2)
        h2 = tau2 / typical + 1
        if not found(ESTIMATORS, method, "method").random:
            i2, h2 = np.maximum(0.0, 100 * (1 - (k - p) / q)), q / (k - p)
        se = np.sqrt(variance)
        zval = ratio(beta, se)
        if not by.student:
            pval, quantile = 2 * special.ndtr(-np.abs(zval)), special.ndtri(0.5 + level / 2)
        else:
            df = np.where(k > p, k - p, np.inf)[:, None]
            pval, quantile = (
                2 * special.stdtr(df, -np.abs(zval)),
                special.stdtrit(df, 0.5 + level / 2),
            )
            quantile = np.where(np.isinf(df), special.ndtri(0.5 + level / 2), quantile)
    nothing = ~enough if x is not None else k == 0
    lone = ~enough & ~nothing
    out = [beta, se, zval, pval, beta - quantile * se, beta + quantile * se]
    for array in out:
        array[nothing] = np.nan
    own = np.where(k > p, solved.rss / np.maximum(k - p, 1), np.nan)
    rest = [tau2, i2, h2, q, own]
    for array, alone in zip(rest, (0.0, 0.0, 1.0, 0.0, np.nan), strict=True):
        array[lone] = alone
        array[nothing] = np.nan
    return (*out, *rest[:-1], k, own)


def _rank(x: Array, taking: Array) -> Array:
    lengths = np.linalg.norm(np.where(taking[..., None], x, 0.0), axis=-2, keepdims=True)
    scaled = np.where(taking[..., None], x, 0.0) / np.where(lengths > 0, lengths, 1.0)
    return np.linalg.matrix_rank(scaled, tol=1e-10)
