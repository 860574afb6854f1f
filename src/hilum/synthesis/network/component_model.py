"""Additive component network meta-analysis (Welton 2009; Ruecker 2020).

A combination's effect is the sum of its components' effects, and of interactions where asked for.
The model may join networks that share no treatment but share components.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.arrays import coverage
from hilum.synthesis.network.connection import separate
from hilum.synthesis.network.fit import Effects, effects
from hilum.synthesis.network.heterogeneity import (
    NetworkMethod,
    at,
    network_estimator,
    tau2_network,
)
from hilum.synthesis.network.inconsistency import QTest
from hilum.synthesis.network.laplacian import Geometry, Solution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.network.contrasts import Contrasts

SINGULAR = 1e-10


class _Additive(Geometry):
    """Rows on components instead of treatments; the inverse is a generalised one."""

    def __init__(self, evidence: Contrasts, c: Array) -> None:
        rows = evidence.rows
        dense = np.einsum("ka,kac->kc", rows.coef, c[rows.place])
        place = np.broadcast_to(np.arange(c.shape[1]), dense.shape).copy()
        super().__init__(replace(rows, place=place, coef=dense), c.shape[1])
        # Two components are not two ends of an edge.
        self.simple = False

    def ground(self, matrix: Array) -> Array:
        """Moore-Penrose inverse."""
        return np.linalg.pinv(matrix, rcond=SINGULAR, hermitian=True)


@dataclass(frozen=True)
class ComponentFit:
    """An additive component model.

    Attributes
    ----------
    contrasts : Contrasts
    components : tuple of str
        Components, then interactions written ``A*B``; inactive ones are left out.
    matrix : ndarray, shape (n, c)
        Which components each treatment has.
    solved, solved_random : Solution
        Least squares at tau2 = 0 and at ``tau2``, by a generalised inverse.
    tau2 : float
    rank : int
        What the rows determine of the components.
    Q_diff : QTest
        What additivity adds to the Q of the network without it (of its parts, where it falls
        apart).
    """

    contrasts: Contrasts
    components: tuple[str, ...]
    matrix: Array
    method: NetworkMethod
    level: float
    solved: Solution
    solved_random: Solution
    tau2: float
    rank: int
    Q_diff: QTest

    @property
    def tau(self) -> float:
        """Square root of tau2."""
        return self.tau2**0.5

    @property
    def Q_additive(self) -> QTest:  # noqa: N802
        """Heterogeneity around the additive model."""
        return QTest(self.solved.rss, len(self.contrasts.rows.y) - self.rank)

    @cached_property
    def _space(self) -> Array:
        """Projector on what the rows determine, shape (c, c)."""
        rows = self.contrasts.rows
        x = np.einsum("ka,kac->kc", rows.coef, self.matrix[rows.place])
        return np.linalg.pinv(x, rcond=1e-9) @ x

    @cached_property
    def estimable(self) -> Mask:
        """Components that the rows determine one by one, shape (c,).

        Of the others only some sums and differences are known; their estimates are NaN.
        """
        return np.abs(np.diagonal(self._space) - 1) < 1e-8

    def combination(self, weights: Array, *, random: bool = True) -> tuple[float, float]:
        """Estimate and standard error of a sum of components; NaN where not determined."""
        solution = self.solved_random if random else self.solved
        if float(np.abs(self._space @ weights - weights).max()) > 1e-8:
            return float("nan"), float("nan")
        variance = float(weights @ solution.inverse @ weights)
        return float(weights @ solution.theta), max(variance, 0.0) ** 0.5

    def _each(self, solution: Solution) -> tuple[Array, Array]:
        se = np.sqrt(np.maximum(np.diagonal(solution.inverse), 0.0))
        return (
            np.where(self.estimable, solution.theta, np.nan),
            np.where(self.estimable, se, np.nan),
        )

    @property
    def comp(self) -> Array:
        """Random-effects estimates."""
        return self._each(self.solved_random)[0]

    @property
    def se(self) -> Array:
        """Their standard errors."""
        return self._each(self.solved_random)[1]

    @property
    def comp_common(self) -> Array:
        """Common-effects estimates."""
        return self._each(self.solved)[0]

    @property
    def se_common(self) -> Array:
        """Their standard errors."""
        return self._each(self.solved)[1]

    @property
    def pval(self) -> Array:
        """Two-sided p values of the random-effects estimates."""
        return 2 * special.ndtr(-np.abs(self.comp / self.se))

    @cached_property
    def random(self) -> Effects:
        """Effects of all pairs of treatments under additivity, row minus column."""
        return self._pairs(self.solved_random)

    @cached_property
    def common(self) -> Effects:
        """The same with common effects."""
        return self._pairs(self.solved)

    def _pairs(self, solution: Solution) -> Effects:
        c = self.matrix
        found = effects(
            replace(solution, theta=c @ solution.theta, inverse=c @ solution.inverse @ c.T),
            self.level,
        )
        gap = c[:, None, :] - c[None, :, :]
        known = np.abs(gap @ self._space - gap).max(2) < 1e-8
        return Effects(
            np.where(known, found.TE, np.nan), np.where(known, found.seTE, np.nan), self.level
        )


def fit_components(
    evidence: Contrasts,
    *,
    separator: str = "+",
    inactive: str | None = None,
    interactions: Sequence[str] = (),
    method: NetworkMethod = "DL",
    level: float = 0.95,
) -> ComponentFit:
    """Fit the additive component model.

    Parameters
    ----------
    evidence : Contrasts
        Connected or not.
    separator : str
        What stands between the components in a treatment's name.
    inactive : str, optional
        A component without effect, such as placebo.
    interactions : sequence of str
        Pairs of components whose effects together differ from their sum, written ``A*B``.
    method : {"DL", "PM", "ML", "REML"}
    level : float

    Raises
    ------
    NotEstimable
        Unknown component, an interaction that no treatment has, or no component left.
    """
    network_estimator(method)
    names, matrix = component_matrix(evidence.treatments, separator, inactive, interactions)
    geometry = _Additive(evidence, matrix)
    coverage(level)
    solved = geometry.solve(1 / evidence.rows.v)
    rank = int(np.linalg.matrix_rank(geometry.rows.coef, tol=1e-9))
    df = len(evidence.rows.y) - rank
    tau2, random = _tau2(geometry, solved, df, method)
    q, own = _standard(evidence)
    gap = QTest(solved.rss - q if solved.rss - q > 1e-9 else 0.0, df - own)
    return ComponentFit(evidence, names, matrix, method, level, solved, random, tau2, rank, gap)


def _tau2(
    geometry: _Additive, solved: Solution, df: int, method: NetworkMethod
) -> tuple[float, Solution]:
    if not network_estimator(method).determinant:
        return tau2_network(geometry, solved, df, method)
    # The likelihood needs a determinant: an independent basis of the components' rows.
    u, s, _ = np.linalg.svd(geometry.rows.coef, full_matrices=False)
    basis = u[:, s > 1e-9 * s[0]]
    places = np.broadcast_to(np.arange(basis.shape[1] + 1), (len(basis), basis.shape[1] + 1)).copy()
    padded = np.concatenate([np.zeros((len(basis), 1)), basis], 1)
    full = Geometry(replace(geometry.rows, place=places, coef=padded), basis.shape[1] + 1)
    full.simple = False
    tau2, _ = tau2_network(full, full.solve(solved.w), df, method)
    return tau2, at(geometry, tau2)


def _standard(evidence: Contrasts) -> tuple[float, int]:
    """Q and its degrees of freedom without additivity, over the network's components."""
    q, df = 0.0, 0
    for part in separate(evidence):
        geometry = Geometry(part.rows, part.n)
        q += geometry.solve(1 / part.rows.v).rss
        df += len(part.rows.y) - part.n + 1
    return q, df


def component_matrix(
    treatments: Sequence[str],
    separator: str = "+",
    inactive: str | None = None,
    interactions: Sequence[str] = (),
) -> tuple[tuple[str, ...], Array]:
    """Components of each treatment as a matrix of 0 and 1, interactions after the components."""
    split = [[part.strip() for part in name.split(separator)] for name in treatments]
    for name, parts in zip(treatments, split, strict=True):
        if not all(parts):
            message = phrased(
                "treatment {name!r}: expected names between the {separator!r}",
                name=name,
                separator=separator,
            )
            raise NotEstimable(message)
    known = sorted({p for parts in split for p in parts}, key=lambda name: (name.casefold(), name))
    if inactive is not None and inactive not in known:
        message = phrased(
            "inactive component {inactive!r}: expected one of {known}",
            inactive=inactive,
            known=", ".join(known),
        )
        raise NotEstimable(message)
    names = [name for name in known if name != inactive]
    if not names:
        message = "no active component"
        raise NotEstimable(message)
    columns = [[float(name in parts) for parts in split] for name in names]
    for pair in interactions:
        both = [part.strip() for part in pair.split("*")]
        if len(both) < 2 or any(part not in names for part in both):
            message = phrased(
                "interaction {pair!r}: expected A*B of {names}", pair=pair, names=", ".join(names)
            )
            raise NotEstimable(message)
        column = [float(all(part in parts for part in both)) for parts in split]
        if not any(column):
            message = phrased(
                "interaction {pair!r}: no treatment has these components together", pair=pair
            )
            raise NotEstimable(message)
        names.append("*".join(both))
        columns.append(column)
    return tuple(names), np.array(columns).T
