"""Three and more levels: effects nested in studies, studies nested in groups; linear in k."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy import special

from hilum.errors import NotConverged, NotEstimable, phrased
from hilum.records import found
from hilum.synthesis.arrays import coverage
from hilum.synthesis.least_squares import RESTRICTED
from hilum.synthesis.roots import brentq
from hilum.synthesis.two_stage import (
    Prediction,
    checked_design,
    effects,
    fit,
    new_study,
    predicted,
)
from hilum.synthesis.wald import Wald, inference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from hilum.synthesis.arrays import Array, Mask

MAX_ITERATIONS = 100


@dataclass(frozen=True)
class MultilevelFit(Wald):
    """A fitted model with nested random intercepts.

    ``sigma2`` has one variance a level, outermost first. ``marginal`` is the k x k covariance of
    yi under the model.
    """

    yi: Array
    vi: Array
    design: Array
    names: tuple[str, ...]
    groups: tuple[Array, ...]
    method: Literal["REML", "ML"]
    level: float
    beta: Array
    vb: Array
    sigma2: Array
    loglik: float
    QE: float
    test: str = "z"

    @cached_property
    def degrees(self) -> Array:
        """Degrees of freedom of each coefficient by containment (Pinheiro & Bates 2000).

        Groups of the outermost level within which the column does not vary, less the coefficients.
        """
        p, out = len(self.beta), np.ones(len(self.beta))
        for j in range(p):
            column, counts = self.design[:, j], []
            for group in (*self.groups, np.arange(self.k)):
                _, codes = np.unique(group, return_inverse=True)
                first = np.full(int(codes.max()) + 1, np.nan)
                first[codes] = column
                if (first[codes] == column).all():
                    counts.append(len(first))
            out[j] = max(min(counts) - p, 1)
        return out

    @property
    def dfs(self) -> int | None:
        """With t: the least of :attr:`degrees`; None for normal tests."""
        return int(self.degrees.min()) if inference(self.test).student else None

    @property
    def k(self) -> int:
        """Number of effects."""
        return len(self.yi)

    @property
    def QEp(self) -> float:  # noqa: N802
        """P value of (residual) heterogeneity."""
        return float(special.chdtrc(self.k - len(self.beta), self.QE))

    def predict(self, design: ArrayLike | None = None) -> Prediction:
        """As :meth:`hilum.synthesis.two_stage.Fit.predict`; a new effect in a new group."""
        p = len(self.beta)
        if design is None and p > 1:
            message = phrased("a prediction needs values of {names}", names=", ".join(self.names))
            raise NotEstimable(message)
        x = np.ones((1, 1)) if design is None else np.atleast_2d(np.asarray(design, np.float64))
        variance = np.einsum("mi,ij,mj->m", x, self.vb, x)
        new = new_study(int(self.degrees.min()), self.level)
        return predicted(x @ self.beta, variance, float(self.sigma2.sum()), self.quantile, new)

    @cached_property
    def marginal(self) -> Array:
        """Covariance of yi: sampling variances plus what each level shares."""
        out = np.diag(self.vi)
        for sigma2, group in zip(self.sigma2, self.groups, strict=True):
            out += sigma2 * (group[:, None] == group)
        return out

    def profile_interval(self, which: int) -> tuple[float, float]:
        """Profile-likelihood interval of ``sigma2[which]``; a lower limit of 0 where it ends there.

        Raises
        ------
        NotConverged
            When no upper limit is found below a million times the estimate.
        """
        drop = float(special.chdtri(1, 1 - self.level)) / 2
        tree = _Tree(self.yi, self.vi, self.design, self.groups)

        def excess(value: float) -> float:
            held = np.zeros(len(self.sigma2), np.bool_)
            held[which] = True
            start = np.where(held, value, self.sigma2)
            return _maximise(tree, start, RESTRICTED[self.method], held)[1] - (self.loglik - drop)

        top = float(self.sigma2[which])
        low = 0.0
        if excess(0.0) < 0:
            low = brentq(excess, 0.0, top, xtol=1e-12 + 1e-10 * top)
        high = max(2 * top, 1e-3 * float(self.vi.mean()))
        for _ in range(40):
            if excess(high) < 0:
                return low, brentq(excess, top, high, xtol=1e-12 + 1e-10 * top)
            high *= 2
        message = phrased(
            "sigma2 of level {which}: no upper limit below {high:g}", which=which + 1, high=high
        )
        raise NotConverged(message)


def multilevel(
    yi: ArrayLike,
    vi: ArrayLike,
    levels: Sequence[ArrayLike],
    *,
    method: Literal["REML", "ML"] = "REML",
    mods: ArrayLike | None = None,
    names: Sequence[str] = (),
    test: str = "z",
    level: float = 0.95,
) -> MultilevelFit:
    """Fit nested random intercepts (Konstantopoulos 2011) by (restricted) maximum likelihood.

    The likelihood is summed from the innermost groups outwards, each adding one rank to the
    covariance of its members, so that time and memory are linear in the number of effects.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances, independent within studies.
    levels : sequence of array_like, shape (k,)
        Group labels from the outermost level inwards; labels of an inner level need only be
        unique within its outer group. The innermost may be the effects themselves.
    mods, names, level
        As in :func:`hilum.synthesis.two_stage.fit`.
    test : {"z", "t"}
        Of the coefficients; t with the degrees of freedom of :attr:`MultilevelFit.degrees`.

    Raises
    ------
    NotEstimable
        A test that scales errors, no level, labels of another length, a level of one group or
        of the groups of the one around it, or what ``fit`` refuses.
    NotConverged
        When the variances do not settle.
    """
    restricted = found(RESTRICTED, method, "method")
    y, v = effects(yi, vi)
    coverage(level)
    if inference(test).scale is not None:
        message = phrased("test {test!r}: nested groups are tested by z or t", test=test)
        raise NotEstimable(message)
    if not levels:
        message = "a multilevel model needs at least one grouping"
        raise NotEstimable(message)
    x, labels = (
        (np.ones((len(y), 1)), ("intrcpt",))
        if mods is None and len(y) > 1
        else checked_design(np.ones(len(y)), ("intrcpt",), len(y))
        if mods is None
        else checked_design(mods, names, len(y))
    )
    groups: list[Array] = []
    outer = np.zeros(len(y), np.int64)
    for number, labels_of in enumerate(levels):
        raw = np.asarray(labels_of)
        if raw.shape != y.shape:
            message = phrased(
                "level {number}: {shape} labels for {number_2} effects",
                number=number + 1,
                shape=raw.shape,
                number_2=len(y),
            )
            raise NotEstimable(message)
        _, codes = np.unique(raw, return_inverse=True)
        _, outer = np.unique(outer * (codes.max() + 1) + codes, return_inverse=True)
        _distinguishable(number + 1, outer, groups)
        groups.append(outer.astype(np.float64))
    tree = _Tree(y, v, x, tuple(groups))
    # Without moderators the plain model is the same and takes a third of the time.
    design: dict[str, Any] = {} if mods is None else {"mods": x, "names": labels}
    crude = max(fit(y, v, method="HE", **design).tau2, 0.1 * float(v.mean()))
    start = np.full(len(groups), crude / len(groups))
    sigma2, value = _maximise(tree, start, restricted, np.zeros(len(groups), np.bool_))
    _, a, b, _, _ = tree.sums(sigma2)
    vb = np.linalg.inv(a)
    q = fit(y, v, method="EE", **design).QE
    return MultilevelFit(
        y, v, x, labels, tuple(groups), method, level, vb @ b, vb, sigma2, value, q, test
    )


def _distinguishable(level: int, own: NDArray[np.integer[Any]], outer: list[Array]) -> None:
    """Refuse a level whose variance the data cannot tell from the mean or from another level's."""
    groups = int(own.max()) + 1
    if groups == 1:
        message = phrased(
            "level {level}: one group, whose variance cannot be told from the mean; leave the "
            "level out",
            level=level,
        )
        raise NotEstimable(message)
    if outer and groups == int(outer[-1].max()) + 1:
        message = phrased(
            "levels {first} and {level} are the same groups, whose variances cannot be told apart",
            first=level - 1,
            level=level,
        )
        raise NotEstimable(message)


class _Tree:
    """Sums over nested groups of C'M^-1 C for C = [X, y, 1], with derivatives in sigma2."""

    def __init__(self, y: Array, v: Array, x: Array, groups: tuple[Array, ...]) -> None:
        order = np.lexsort(tuple(reversed(groups)))
        c = np.column_stack([x, y, np.ones(len(y))])[order]
        self.p, self.k = x.shape[1], len(y)
        self.leaves = c[:, :, None] * c[:, None, :] / v[order, None, None]
        self.log_v = float(np.log(v).sum())
        self.log_xx = float(np.linalg.slogdet(x.T @ x)[1])
        # Where each group begins, in units of the level below it.
        self.starts: list[NDArray[np.intp]] = []
        units = np.arange(len(y))
        for group in reversed(groups):
            labels = group[order][units]
            first = np.flatnonzero(np.append(True, labels[1:] != labels[:-1]))
            self.starts.insert(0, first)
            units = units[first]

    def sums(self, sigma2: Array) -> tuple[float, Array, Array, float, list[tuple[float, Array]]]:
        """log|M| - log|V|, X'M^-1X, X'M^-1y, y'M^-1y, and each variance's derivatives."""
        total, s = 0.0, self.leaves
        slopes: dict[int, Array] = {}
        logs: dict[int, float] = {}
        for level in range(len(sigma2) - 1, -1, -1):
            value = sigma2[level]
            s = np.add.reduceat(s, self.starts[level], axis=0)
            own = s[:, :, -1]
            last = own[:, -1]
            plain = 1 + value * last
            d = plain[:, None, None]
            outer = own[:, :, None] * own[:, None, :] / d
            for inner, slope in slopes.items():
                ds = np.add.reduceat(slope, self.starts[level], axis=0)
                change = ds[:, :, -1]
                logs[inner] += float(value * np.add.reduce(change[:, -1] / plain))
                both = change[:, :, None] * own[:, None, :]
                bend = value * outer * (change[:, -1][:, None, None] / d)
                slopes[inner] = ds - value * ((both + both.swapaxes(1, 2)) / d - bend)
            slopes[level] = -outer / d
            logs[level] = float(np.add.reduce(last / plain))
            total += float(np.add.reduce(np.log(plain)))
            s = s - value * outer
        whole = s.sum(0)
        p = self.p
        changes = [(logs[i], slopes[i].sum(0)) for i in range(len(sigma2))]
        return total, whole[:p, :p], whole[:p, p], float(whole[p, p]), changes

    def loglik(self, sigma2: Array, restricted: bool) -> tuple[float, Array]:
        """Log-likelihood and its gradient in sigma2."""
        log_m, a, b, c, changes = self.sums(sigma2)
        inverse, log_a = _inverted(a)
        beta = inverse @ b
        value = self.log_v + log_m + c - float(b @ beta)
        p = self.p
        full = np.append(beta, -1.0)
        gradient = np.empty(len(sigma2))
        for i, (log_change, change) in enumerate(changes):
            gradient[i] = log_change + float(full @ change[: p + 1, : p + 1] @ full)
            if restricted:
                gradient[i] += float((inverse * change[:p, :p]).sum())
        if restricted:
            value += log_a - self.log_xx
        value += (self.k - (p if restricted else 0)) * float(np.log(2 * np.pi))
        return -value / 2, -gradient / 2


def _inverted(a: Array) -> tuple[Array, float]:
    """The inverse of a matrix and the log of its determinant; of the commonest one by division."""
    if len(a) == 1:
        return 1 / a, math.log(abs(a[0, 0])) if a[0, 0] else -math.inf
    return np.linalg.inv(a), float(np.linalg.slogdet(a)[1])


def _maximise(tree: _Tree, start: Array, restricted: bool, held: Mask) -> tuple[Array, float]:
    """Projected Newton's method on sigma2 >= 0; curvature by differences of the gradient."""
    theta = start.astype(np.float64)
    value, gradient = tree.loglik(theta, restricted)
    scale = float(theta.max()) + 1e-3 / float(tree.leaves[:, -1, -1].mean())
    decrement, before, hessian = np.inf, np.zeros(0, np.int64), np.zeros((0, 0))
    for _ in range(MAX_ITERATIONS):
        where = np.flatnonzero(~held & ~((theta == 0) & (gradient <= 0)))
        if not len(where):
            return theta, value
        # Near the maximum the last curvature serves.
        if decrement > 1e-2 or len(where) != len(before) or (where != before).any():
            before, hessian = where, np.empty((len(where), len(where)))
            for j, i in enumerate(where):
                h = 1e-5 * max(theta[i], 1e-2 * scale)
                moved = theta.copy()
                moved[i] += h
                hessian[j] = (tree.loglik(moved, restricted)[1] - gradient)[where] / h
        roots, vectors = np.linalg.eigh(-(hessian + hessian.T) / 2)
        turned = vectors.T @ gradient[where]
        small = 1e-8 * max(float(np.abs(roots).max()), 1e-300)
        step = vectors @ (turned / np.maximum(np.abs(roots), small))
        decrement = float(turned @ (turned / np.maximum(np.abs(roots), small)))
        for _ in range(40):
            trial = theta.copy()
            trial[where] = np.clip(theta[where] + step, 0.0, 20 * theta[where] + 20 * scale)
            new, slope = tree.loglik(trial, restricted)
            if new >= value - 1e-13 * abs(value):
                break
            step = step / 2
        else:
            return theta, value
        still = float(np.abs(trial - theta).max()) <= 1e-10 * scale
        theta, value, gradient = trial, new, slope
        if still or decrement < 1e-13:
            return theta, value
    message = phrased(
        "sigma2 {theta}: not settled", theta=", ".join(f"{value:g}" for value in theta)
    )
    raise NotConverged(message)
