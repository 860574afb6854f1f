"""Three and more levels: effects nested in studies, studies nested in groups; linear in k."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from scipy import special

from hilum.errors import NotConverged, NotEstimable, phrased
from hilum.records import found
from hilum.synthesis.arrays import coverage
from hilum.synthesis.heterogeneity import tau2_of
from hilum.synthesis.least_squares import RESTRICTED, orthonormal, solve
from hilum.synthesis.roots import brentq
from hilum.synthesis.two_stage import (
    Prediction,
    checked_design,
    effects,
    new_study,
    predicted,
)
from hilum.synthesis.wald import Wald, inference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from hilum.synthesis.arrays import Array, Mask

MAX_ITERATIONS = 100
# Of the crude variance, what a level has at least where the climb starts.
LEAST: Final = 0.05
LOG_2_PI: Final = float(np.log(2 * np.pi))
# Numbers of a table whose likelihood is no longer computed at several places at once.
MANY: Final = 500_000


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
        mean = len(self.beta) == 1 and bool((self.design == 1).all())
        if design is None and not mean:
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
    # Without moderators no basis is needed, and a third of the time.
    basis = None if mods is None else orthonormal(x, np.ones(len(y), np.bool_))[0]
    crude = max(float(tau2_of(y, v, basis, x.shape[1], "HE")), 0.1 * float(v.mean()))
    residual = solve(y, 1 / (v + crude), basis).residual
    start = _beginning(residual, groups, crude)
    sigma2, value = _maximise(tree, start, restricted, np.zeros(len(groups), np.bool_))
    beta, vb = tree.coefficients(sigma2)
    q = float(solve(y, 1 / v, basis).rss)
    return MultilevelFit(
        y, v, x, labels, tuple(groups), method, level, beta, vb, sigma2, value, q, test
    )


def _beginning(residual: Array, groups: list[Array], crude: float) -> Array:
    """Where to start: what effects of one group share, by the mean product of their residuals.

    Of a level whose groups have one effect each, all that ``crude`` finds; never next to nothing.
    """
    shared = [0.0]
    for group in groups:
        codes = group.astype(np.intp)
        sizes, totals = np.bincount(codes), np.bincount(codes, residual)
        pairs = int((sizes * sizes).sum()) - len(codes)
        products = float(np.vecdot(totals, totals)) - float(np.vecdot(residual, residual))
        shared.append(products / pairs if pairs else crude)
    return np.clip(np.diff(shared), LEAST * crude, crude)


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

    def sums(self, sigma2: Array) -> tuple[Array, Array, list[tuple[Array, Array]]]:
        """log|M| - log|V| and C'M^-1 C at places (m, levels), and each variance's derivatives."""
        levels = sigma2.shape[-1]
        total, s = np.zeros(len(sigma2)), self.leaves
        slopes: dict[int, Array] = {}
        logs: dict[int, Array] = {}
        for level in range(levels - 1, -1, -1):
            value = sigma2[:, level, None]
            wide = value[..., None, None]
            s = np.add.reduceat(s, self.starts[level], axis=-3)
            own = s[..., -1]
            last = own[..., -1]
            plain = 1 + value * last
            d = plain[..., None, None]
            outer = own[..., :, None] * own[..., None, :] / d
            for inner, slope in slopes.items():
                ds = np.add.reduceat(slope, self.starts[level], axis=-3)
                change = ds[..., -1]
                logs[inner] += np.add.reduce(value * change[..., -1] / plain, -1)
                both = change[..., :, None] * own[..., None, :]
                bend = wide * outer * (change[..., -1, None, None] / d)
                slopes[inner] = ds - wide * ((both + both.swapaxes(-1, -2)) / d - bend)
            slopes[level] = -outer / d
            logs[level] = np.add.reduce(last / plain, -1)
            total += np.add.reduce(np.log(plain), -1)
            s = s - wide * outer
        changes = [(logs[i], np.add.reduce(slopes[i], -3)) for i in range(levels)]
        return total, np.add.reduce(s, -3), changes

    def coefficients(self, sigma2: Array) -> tuple[Array, Array]:
        """The coefficients and their covariance."""
        whole, p = self.sums(sigma2[None])[1][0], self.p
        vb = np.linalg.inv(whole[:p, :p])
        return vb @ whole[:p, p], vb

    def loglik(self, sigma2: Array, restricted: bool) -> tuple[Array, Array]:
        """Log-likelihoods (m,) and their gradients at places (m, levels)."""
        log_m, whole, changes = self.sums(sigma2)
        p = self.p
        a, b, c = whole[:, :p, :p], whole[:, :p, p], whole[:, p, p]
        inverse, log_a = _inverted(a)
        full = np.empty((len(sigma2), p + 1))
        full[:, p] = -1.0
        beta = full[:, :p]
        beta[:] = (inverse @ b[..., None])[..., 0]
        value = self.log_v + log_m + c - np.vecdot(b, beta)
        gradient = np.empty(sigma2.shape)
        for i, (log_change, change) in enumerate(changes):
            turned = (change[:, : p + 1, : p + 1] @ full[..., None])[..., 0]
            gradient[:, i] = log_change + np.vecdot(full, turned)
            if restricted:
                gradient[:, i] += np.add.reduce(inverse * change[:, :p, :p], (1, 2))
        if restricted:
            value = value + log_a - self.log_xx
        value = value + (self.k - (p if restricted else 0)) * LOG_2_PI
        return -value / 2, -gradient / 2

    def bent(self, sigma2: Array, restricted: bool, scale: float) -> tuple[float, Array, Array]:
        """Log-likelihood, gradient and, by differences of the gradient, curvature at one place."""
        h = 1e-5 * np.maximum(sigma2, 1e-2 * scale)
        places = np.concatenate([sigma2[None], sigma2 + np.diag(h)])
        # All at once, but for a table so long that a copy a variance would fill the memory.
        step = len(places) if self.leaves.size < MANY else 1
        parts = [self.loglik(places[i : i + step], restricted) for i in range(0, len(places), step)]
        value, slopes = (np.concatenate(one) for one in zip(*parts, strict=True))
        curve = (slopes[1:] - slopes[0]) / h[:, None]
        return float(value[0]), slopes[0], (curve + curve.T) / 2


def _inverted(a: Array) -> tuple[Array, Array]:
    """Inverses of matrices and logs of their determinants; of the commonest ones by division."""
    if a.shape[-1] == 1:
        with np.errstate(divide="ignore"):
            return 1 / a, np.log(np.abs(a[:, 0, 0]))
    return np.linalg.inv(a), np.linalg.slogdet(a)[1]


def _maximise(tree: _Tree, start: Array, restricted: bool, held: Mask) -> tuple[Array, float]:
    """Projected Newton's method on sigma2 >= 0; curvature by differences of the gradient."""
    theta = start.astype(np.float64)
    scale = float(theta.max()) + 1e-3 / float(tree.leaves[:, -1, -1].mean())
    value, gradient, hessian = tree.bent(theta, restricted, scale)
    fresh, before = True, np.zeros(0, np.int64)
    for _ in range(MAX_ITERATIONS):
        where = np.flatnonzero(~held & ~((theta == 0) & (gradient <= 0)))
        if not len(where):
            return theta, value
        if not fresh and (len(where) != len(before) or (where != before).any()):
            _, _, hessian = tree.bent(theta, restricted, scale)
        before = where
        roots, vectors = np.linalg.eigh(-hessian[np.ix_(where, where)])
        turned = vectors.T @ gradient[where]
        small = 1e-8 * max(float(np.abs(roots).max()), 1e-300)
        step = vectors @ (turned / np.maximum(np.abs(roots), small))
        decrement = float(turned @ (turned / np.maximum(np.abs(roots), small)))
        # Near the maximum the last curvature serves.
        fresh = decrement > 1e-2
        for _ in range(40):
            trial = theta.copy()
            trial[where] = np.clip(theta[where] + step, 0.0, 20 * theta[where] + 20 * scale)
            if fresh:
                new, slope, curve = tree.bent(trial, restricted, scale)
            else:
                (new,), (slope,) = tree.loglik(trial[None], restricted)
                curve = hessian
            if new >= value - 1e-13 * abs(value):
                break
            step = step / 2
        else:
            return theta, value
        still = float(np.abs(trial - theta).max()) <= 1e-10 * scale
        theta, value, gradient, hessian = trial, float(new), slope, curve
        if still or decrement < 1e-13:
            return theta, value
    message = phrased(
        "sigma2 {theta}: not settled", theta=", ".join(f"{value:g}" for value in theta)
    )
    raise NotConverged(message)
