"""Heterogeneity within designs, inconsistency between them (Krahn 2013, Higgins 2012).

A design is the set of treatments a study compares. The full design-by-treatment interaction model
gives every design effects of its own: its Q is that within designs, and what the consistency model
adds to it is the Q between designs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.synthesis.arrays import sums
from hilum.synthesis.network.heterogeneity import NetworkMethod, at, tau2_network
from hilum.synthesis.network.laplacian import Geometry, Solution

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Numbers
    from hilum.synthesis.network.contrasts import Contrasts
    from hilum.synthesis.network.fit import NetworkFit


# 1 - leverage below this: a design's contrast that no other evidence bears on.
ALONE = 1e-9


@dataclass(frozen=True, slots=True)
class QTest:
    """A chi-squared test: ``Q`` on ``df`` degrees of freedom; p is NaN where df is 0."""

    Q: float
    df: int

    @property
    def pval(self) -> float:
        """Upper tail."""
        return float(special.chdtrc(self.df, max(self.Q, 0.0))) if self.df > 0 else float("nan")


@dataclass(frozen=True)
class Decomposition:
    """Q of the common-effects model in parts.

    Attributes
    ----------
    designs : tuple of tuple of int
        Treatments of each design, in the order of first appearance.
    total, within, between : QTest
    within_design : tuple of QTest
        One a design.
    detached : tuple of QTest
        Between designs without the studies of one design.
    between_random : QTest
        Between designs when each row also varies by ``tau2_within``.
    tau2_within : float
        DerSimonian & Laird within designs.
    wald : QTest
        Design-by-treatment interaction (Higgins 2012; White 2012): the Wald statistic of all
        inconsistency parameters in the random-effects model.
    tau2_interaction : float
        REML tau2 of that model.
    """

    designs: tuple[tuple[int, ...], ...]
    total: QTest
    within: QTest
    between: QTest
    within_design: tuple[QTest, ...]
    detached: tuple[QTest, ...]
    between_random: QTest
    tau2_within: float
    wald: QTest
    tau2_interaction: float


class Interaction(Geometry):
    """Geometry of the design-by-treatment interaction model.

    Every design has its own copy of its treatments, the first of them grounded; parameters of
    different designs do not meet, so inversion goes design by design.
    """

    def __init__(self, evidence: Contrasts) -> None:
        self.designs = tuple(dict.fromkeys(evidence.designs))
        which = {design: i for i, design in enumerate(self.designs)}
        own = np.array([which[design] for design in evidence.designs])
        rows = evidence.rows
        offset = np.concatenate([[0], np.cumsum([len(design) for design in self.designs])])
        place = np.full((len(self.designs), evidence.n), -1)
        for i, design in enumerate(self.designs):
            place[i, list(design)] = offset[i] + np.arange(len(design))
        self.design_of_study = own
        self.design_of_row = own[rows.study]
        self.blocks = [slice(a, b) for a, b in pairwise(offset.tolist())]
        super().__init__(
            replace(rows, place=place[self.design_of_row[:, None], rows.place]), int(offset[-1])
        )

    @property
    def parameters(self) -> int:
        """sum(a - 1) over designs."""
        return self.n - len(self.designs)

    def ground(self, matrix: Array) -> Array:
        """Inverse of each design's block, its first treatment grounded."""
        out = np.zeros_like(matrix)
        for block in self.blocks:
            inner = slice(block.start + 1, block.stop)
            out[inner, inner] = np.linalg.inv(matrix[inner, inner])
        return out


@dataclass(frozen=True)
class _Between:
    """Design estimates against the consistency model on them, each design's rows whitened.

    Attributes
    ----------
    rows : ndarray, shape (R, n)
        C'A of all designs, R = sum(a - 1), where A gives a design's contrasts against its first
        treatment and CC' is their information.
    residual : ndarray, shape (R,)
        C' (design estimate - A theta), theta the consistent effects.
    inverse : ndarray, shape (n, n)
        Covariance of theta.
    design : ndarray of int, shape (R,)
    """

    rows: Array
    residual: Array
    inverse: Array
    design: Numbers

    @property
    def count(self) -> int:
        """Number of designs."""
        return int(self.design[-1]) + 1

    @cached_property
    def share(self) -> Array:
        """Each design's share of Q between designs, shape (D,)."""
        return sums(self.design, self.residual**2, self.count)

    @cached_property
    def detached(self) -> tuple[Array, Numbers]:
        """Shares of all designs (rows) when one (column) is let go, and the rank each takes away.

        Deleting rows Z with residuals r from a fit moves theta by -G Z' (I - Z G Z')^+ r; a
        direction that hangs on the design alone has leverage 1 and residual 0.
        """
        rank = np.empty(self.count, np.intp)
        ends = np.searchsorted(self.design, np.arange(self.count + 1))
        shift = np.empty((self.rows.shape[1], self.count))
        for d, (start, stop) in enumerate(pairwise(ends.tolist())):
            own = self.rows[start:stop]
            reach = self.inverse @ own.T
            roots, vectors = np.linalg.eigh(np.eye(stop - start) - own @ reach)
            free = roots > ALONE
            rank[d] = int(free.sum())
            some = vectors[:, free]
            shift[:, d] = reach @ (some @ ((some.T @ self.residual[start:stop]) / roots[free]))
        after = self.residual[:, None] + self.rows @ shift
        left = np.add.reduceat(after**2, ends[:-1], axis=0)
        # The detached design fits its own effects.
        np.fill_diagonal(left, 0.0)
        return left, rank


def _between(interaction: Interaction, tau2: float, geometry: Geometry) -> _Between:
    within, whole = at(interaction, tau2), at(geometry, tau2)
    information = interaction.assemble(within.w)
    rows: list[Array] = []
    residual: list[Array] = []
    for design, block in zip(interaction.designs, interaction.blocks, strict=True):
        inner = slice(block.start + 1, block.stop)
        root = np.linalg.cholesky(information[inner, inner]).T
        contrast = np.zeros((len(design) - 1, whole.theta.size))
        contrast[np.arange(len(design) - 1), list(design[1:])] = 1.0
        contrast[:, design[0]] -= 1.0
        rows.append(root @ contrast)
        residual.append(root @ (within.theta[inner] - contrast @ whole.theta))
    sizes = [len(one) for one in residual]
    return _Between(
        np.concatenate(rows),
        np.concatenate(residual),
        whole.inverse,
        np.repeat(np.arange(len(sizes)), sizes),
    )


def decompose(fit: NetworkFit) -> Decomposition:
    """Q of a network, its parts and the tests of inconsistency."""
    evidence = fit.contrasts
    interaction = Interaction(evidence)
    within = interaction.solve(1 / evidence.rows.v)
    total = QTest(fit.Q, fit.df)
    df_within = len(evidence.rows.y) - interaction.parameters
    df_between = fit.df - df_within
    parts = sums(interaction.design_of_row, within.w * within.residual**2, len(interaction.designs))
    rows = np.bincount(interaction.design_of_row, minlength=len(interaction.designs))
    inside = tuple(
        QTest(float(q), int(count) - len(design) + 1)
        for q, count, design in zip(parts, rows, interaction.designs, strict=True)
    )
    tau2_within = _tau2(interaction, within, df_within, "DL")
    tau2_reml = _tau2(interaction, within, df_within, "REML")
    left, lost = _between(interaction, 0.0, fit.geometry).detached
    detached = zip(left.sum(0).tolist(), lost.tolist(), strict=True)
    return Decomposition(
        interaction.designs,
        total,
        QTest(within.rss, df_within),
        QTest(_floor(fit.Q - within.rss), df_between),
        inside,
        tuple(QTest(_floor(q), df_between - rank) for q, rank in detached),
        QTest(_gap(fit, interaction, tau2_within), df_between),
        tau2_within,
        QTest(_gap(fit, interaction, tau2_reml), df_between),
        tau2_reml,
    )


def _tau2(interaction: Interaction, within: Solution, df: int, method: NetworkMethod) -> float:
    return tau2_network(interaction, within, df, method)[0]


def _gap(fit: NetworkFit, interaction: Interaction, tau2: float) -> float:
    """Q(consistency) - Q(interaction) at one tau2: the Wald statistic of the difference."""
    return _floor(at(fit.geometry, tau2).rss - at(interaction, tau2).rss)


def _floor(value: float) -> float:
    # A network without a loop has exactly 0 here, up to rounding.
    return value if value > 1e-9 else 0.0


@dataclass(frozen=True, slots=True)
class NetHeat:
    """Net heat plot as data (Krahn 2013).

    Attributes
    ----------
    designs : tuple of tuple of int
        Designs that inconsistency can show in, clustered by their rows of ``heat``.
    heat : ndarray, shape (D, D)
        Row d, column e: by how much the share of design d in Q between designs falls when design
        e is let go its own way. Positive (warm): e is where d's inconsistency may come from.
    hat : ndarray, shape (D, D)
        How much the direct evidence of design e (column) weighs in the network's estimate for
        design d (row), from 0 to 1 (mean absolute entry of the block in designs of many arms).
    Q : ndarray, shape (D,)
        Share of each design in Q between designs.
    """

    designs: tuple[tuple[int, ...], ...]
    heat: Array
    hat: Array
    Q: Array


def net_heat(fit: NetworkFit, *, random: bool = False) -> NetHeat:
    """Where inconsistency arises; with ``random``, at the tau2 within designs.

    Designs whose detachment leaves them out of every loop carry no inconsistency (Q share 0 and no
    change) and are left out.
    """
    evidence = fit.contrasts
    interaction = Interaction(evidence)
    within = interaction.solve(1 / evidence.rows.v)
    df = len(evidence.rows.y) - interaction.parameters
    tau2 = _tau2(interaction, within, df, "DL") if random else 0.0
    model = _between(interaction, tau2, fit.geometry)
    heat = model.share[:, None] - model.detached[0]
    hat = _hat(interaction, model)
    moving = np.abs(heat).max(1) > 1e-9
    index = _clustered(heat, np.flatnonzero(moving))
    square = np.ix_(index, index)
    return NetHeat(
        tuple(interaction.designs[i] for i in index), heat[square], hat[square], model.share[index]
    )


def _hat(interaction: Interaction, model: _Between) -> Array:
    """Mean absolute entry of each block of the hat matrix on basic contrasts."""
    first = np.array([design[0] for design in interaction.designs])[model.design]
    other = np.array([t for design in interaction.designs for t in design[1:]])
    across = model.inverse[other] - model.inverse[first]
    # Back from whitened rows: the weights of a design's contrasts are C C' A.
    out = np.empty((model.count, model.count))
    starts = np.searchsorted(model.design, np.arange(model.count + 1))
    for e, (start, stop) in enumerate(pairwise(starts.tolist())):
        own = model.rows[start:stop]
        root = own[:, other[start:stop]]
        block = np.abs(across @ own.T @ root).mean(1)
        out[:, e] = np.add.reduceat(block, starts[:-1]) / np.diff(starts)
    return out


def _clustered(heat: Array, index: Numbers) -> list[int]:
    if len(index) < 3:
        return [int(i) for i in index]
    from scipy.cluster.hierarchy import leaves_list, linkage

    rows = heat[np.ix_(index, index)]
    both = rows + rows.T
    order = leaves_list(linkage(both, "complete", optimal_ordering=True))
    return [int(index[i]) for i in order]
