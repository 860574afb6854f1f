"""Direct against indirect evidence, comparison by comparison."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.synthesis.arrays import sums
from hilum.synthesis.network.connection import components, separate
from hilum.synthesis.network.fit import fit_network
from hilum.synthesis.network.heterogeneity import tau2_network
from hilum.synthesis.network.laplacian import Geometry

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask, Numbers
    from hilum.synthesis.network.contrasts import Contrasts
    from hilum.synthesis.network.fit import NetworkFit


@dataclass(frozen=True, slots=True)
class Part:
    """One estimate with its interval and test, shape (number of comparisons,); NaN where none."""

    TE: Array
    seTE: Array  # noqa: N815
    level: float

    @property
    def lower(self) -> Array:
        """Lower limits."""
        return self.TE - float(special.ndtri(0.5 + self.level / 2)) * self.seTE

    @property
    def upper(self) -> Array:
        """Upper limits."""
        return self.TE + float(special.ndtri(0.5 + self.level / 2)) * self.seTE

    @property
    def statistic(self) -> Array:
        """TE / seTE."""
        return self.TE / self.seTE

    @property
    def p(self) -> Array:
        """Two-sided p values."""
        return 2 * special.ndtr(-np.abs(self.statistic))


@dataclass(frozen=True, slots=True)
class Split:
    """Every comparison in a direct and an indirect part.

    Attributes
    ----------
    treat1, treat2 : ndarray of int, shape (c,)
        Rows of the comparison ``treat1`` minus ``treat2``, all n (n - 1) / 2 of them.
    k : ndarray of int, shape (c,)
        Studies that compare the two directly.
    proportion : ndarray, shape (c,)
        Share of the direct evidence, Var(network) / Var(direct) (Koenig 2013); 0 without any.
    network, direct, indirect, compare : Part
        ``compare`` is direct minus indirect.
    Q, tau2, I2 : ndarray, shape (c,)
        Heterogeneity of the direct studies alone; NaN for tau2 and I2 of fewer than two.
    """

    treat1: Numbers
    treat2: Numbers
    k: Numbers
    proportion: Array
    network: Part
    direct: Part
    indirect: Part
    compare: Part
    Q: Array
    tau2: Array
    I2: Array


def direct_indirect(fit: NetworkFit, *, random: bool = True, reference: str | None = None) -> Split:
    """Split of every network estimate by back-calculation (SIDE; Koenig 2013, Dias 2010).

    The direct estimate is the inverse-variance mean of the studies that compare the two, at the
    network's tau2; what the network knows beyond it, as if independent, is the indirect one. In
    networks with multi-arm trials that is an approximation: :func:`without_direct` and
    :func:`node_split` do without.

    Parameters
    ----------
    fit : NetworkFit
    random : bool
        Random effects; common ones otherwise.
    reference : str, optional
        Comparisons with this treatment are given as the other minus it.
    """
    evidence, n = fit.contrasts, fit.n
    tau2 = fit.tau2 if random else 0.0
    first, second = np.triu_indices(n, 1)
    pair = _pair(evidence, n)
    sign = np.where(evidence.treat1 < evidence.treat2, 1.0, -1.0)
    y, v = sign * evidence.TE, evidence.seTE**2
    w = 1 / (v + tau2)
    code = first * n + second
    count = np.bincount(pair, minlength=n * n)[code]
    total = sums(pair, w, n * n)[code]
    has = count > 0
    safe = np.where(has, total, 1.0)
    direct = np.where(has, sums(pair, w * y, n * n)[code] / safe, np.nan)
    variance = np.where(has, 1 / safe, np.nan)
    effects = fit.random if random else fit.common
    network, own = effects.TE[first, second], effects.seTE[first, second] ** 2
    share = np.where(has, own / variance, 0.0)
    # Only direct evidence: nothing is left, up to rounding.
    both = share < 1 - 1e-9
    rest = np.where(both, 1 - share, 1.0)
    indirect = np.where(both, (network - np.where(has, share * direct, 0.0)) / rest, np.nan)
    leftover = np.where(both, own / rest, np.nan)
    q, spread = _heterogeneity(pair, y, v, code, count, n)
    flip = np.ones(len(code))
    if reference is not None:
        flip[first == fit.index(reference)] = -1.0
    one, two = np.where(flip > 0, first, second), np.where(flip > 0, second, first)
    several = count > 1
    with np.errstate(divide="ignore", invalid="ignore"):
        i2 = np.where(q > 0, np.maximum(0.0, (q - count + 1) / q), 0.0)
    return Split(
        one,
        two,
        count,
        share,
        Part(flip * network, np.sqrt(own), fit.level),
        Part(flip * direct, np.sqrt(variance), fit.level),
        Part(flip * indirect, np.sqrt(leftover), fit.level),
        Part(flip * (direct - indirect), np.sqrt(variance + leftover), fit.level),
        np.where(has, q, np.nan),
        np.where(several, spread, np.nan),
        np.where(several, i2, np.nan),
    )


def _pair(evidence: Contrasts, n: int) -> Numbers:
    low = np.minimum(evidence.treat1, evidence.treat2)
    return low * n + np.maximum(evidence.treat1, evidence.treat2)


def _heterogeneity(
    pair: Numbers, y: Array, v: Array, code: Numbers, count: Numbers, n: int
) -> tuple[Array, Array]:
    """Q and DerSimonian-Laird tau2 of each pair's own studies."""
    w = 1 / v
    total = sums(pair, w, n * n)
    mean = sums(pair, w * y, n * n) / np.where(total > 0, total, 1.0)
    q = sums(pair, w * (y - mean[pair]) ** 2, n * n)[code]
    square = sums(pair, w * w, n * n)[code]
    scale = total[code] - square / np.where(count > 0, total[code], 1.0)
    tau2 = np.maximum(0.0, (q - count + 1) / np.where(count > 1, scale, 1.0))
    return q, tau2


@dataclass(frozen=True, slots=True)
class NodeSplit:
    """One comparison split by a model.

    ``direct``, ``indirect`` and ``difference`` (direct minus indirect) are (estimate, standard
    error); ``pval`` tests the difference; ``tau2`` is that of the split model. Parts that the
    evidence does not hold are None.
    """

    treat1: str
    treat2: str
    direct: tuple[float, float] | None
    indirect: tuple[float, float] | None
    difference: tuple[float, float] | None
    pval: float | None
    tau2: float


def without_direct(fit: NetworkFit, treat1: str, treat2: str) -> NodeSplit:
    """Separate indirect from direct design evidence (SIDDE; Efthimiou 2019).

    The indirect estimate comes from the studies that do not have both treatments, the direct one
    from a network of those that do, both at the network's tau2. No study is in both, so the two
    are independent also with multi-arm trials.
    """
    a, b = fit.index(treat1), fit.index(treat2)
    evidence = fit.contrasts
    has = np.array([a in design and b in design for design in evidence.designs])
    direct = _estimate(evidence, has, treat1, treat2, fit.tau2)
    indirect = _estimate(evidence, ~has, treat1, treat2, fit.tau2)
    difference = pval = None
    if direct and indirect:
        gap = direct[0] - indirect[0]
        se = float(np.hypot(direct[1], indirect[1]))
        difference, pval = (gap, se), float(2 * special.ndtr(-abs(gap / se)))
    return NodeSplit(treat1, treat2, direct, indirect, difference, pval, fit.tau2)


def _estimate(
    evidence: Contrasts, keep: Mask, treat1: str, treat2: str, tau2: float
) -> tuple[float, float] | None:
    if not keep.any():
        return None
    for part in separate(evidence.part(keep)):
        if treat1 in part.treatments and treat2 in part.treatments:
            found = fit_network(part, tau2=tau2).random
            i, j = part.treatments.index(treat1), part.treatments.index(treat2)
            return float(found.TE[i, j]), float(found.seTE[i, j])
    return None


class _Split(Geometry):
    """Geometry with one more parameter: what the studies of a comparison add to it."""

    def __init__(self, evidence: Contrasts, a: int, b: int) -> None:
        rows = evidence.rows
        has = np.array([a in d and b in d for d in evidence.designs])[rows.study]
        # The extra effect falls half on each arm, against the rest (White 2015, symmetric).
        on_a = np.where(rows.place == a, rows.coef, 0.0).sum(1)
        on_b = np.where(rows.place == b, rows.coef, 0.0).sum(1)
        place = np.concatenate([rows.place, np.full((len(rows.y), 1), evidence.n)], 1)
        extra = np.where(has, (on_a - on_b) / 2, 0.0)
        coef = np.concatenate([rows.coef, extra[:, None]], 1)
        super().__init__(replace(rows, place=place, coef=coef), evidence.n + 1)


def node_split(fit: NetworkFit, treat1: str, treat2: str) -> NodeSplit:
    """Node splitting as one model with a tau2 of its own (Dias 2010; White 2015, symmetric).

    Studies of the comparison have the direct effect, all others the consistent ones; in multi-arm
    studies the difference falls half on either arm.
    """
    a, b = fit.index(treat1), fit.index(treat2)
    evidence = fit.contrasts
    has = np.array([a in design and b in design for design in evidence.designs])
    direct = _estimate(evidence, has, treat1, treat2, fit.tau2)
    if direct is None or not _estimable(evidence, has, treat1, treat2):
        indirect = (
            None if direct is not None else _estimate(evidence, ~has, treat1, treat2, fit.tau2)
        )
        return NodeSplit(treat1, treat2, direct, indirect, None, None, fit.tau2)
    geometry = _Split(evidence, a, b)
    common = geometry.solve(1 / evidence.rows.v)
    tau2, solution = tau2_network(geometry, common, fit.df - 1, fit.method)
    n = evidence.n
    basis = np.zeros((3, n + 1))
    basis[:2, a] += 1
    basis[:2, b] -= 1
    basis[0, n] = basis[2, n] = 1.0
    values = basis @ solution.theta
    se = np.sqrt(np.einsum("ij,jk,ik->i", basis, solution.inverse, basis))
    parts = [(float(value), float(error)) for value, error in zip(values, se, strict=True)]
    pval = float(2 * special.ndtr(-abs(parts[2][0] / parts[2][1])))
    return NodeSplit(treat1, treat2, parts[0], parts[1], parts[2], pval, tau2)


def _estimable(evidence: Contrasts, has: Mask, treat1: str, treat2: str) -> bool:
    """Whether studies without both treatments connect them."""
    if has.all():
        return False
    part = evidence.part(~has)
    if treat1 not in part.treatments or treat2 not in part.treatments:
        return False
    i, j = part.treatments.index(treat1), part.treatments.index(treat2)
    return any(i in own and j in own for own in components(part))


__all__ = [
    "NodeSplit",
    "Part",
    "Split",
    "direct_indirect",
    "node_split",
    "without_direct",
]
