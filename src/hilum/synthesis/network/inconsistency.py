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
from hilum.synthesis.network.connection import separate
from hilum.synthesis.network.fit import fit_network
from hilum.synthesis.network.heterogeneity import NetworkMethod, at, tau2_network
from hilum.synthesis.network.laplacian import Geometry, Solution

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Numbers
    from hilum.synthesis.network.contrasts import Contrasts
    from hilum.synthesis.network.fit import NetworkFit


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
    """Design estimates at one tau2 against the consistency model on them."""

    interaction: Interaction
    within: Solution
    n: int

    @cached_property
    def information(self) -> list[Array]:
        """Laplacian of each design over its treatments."""
        whole = self.interaction.assemble(self.within.w)
        return [whole[block, block] for block in self.interaction.blocks]

    def shares(self) -> tuple[Array, Array]:
        """Laplacian (D, n, n) and X'Wy (D, n) of each design over all treatments."""
        designs = self.interaction.designs
        laplacian = np.zeros((len(designs), self.n, self.n))
        moment = np.zeros((len(designs), self.n))
        for d, (design, block) in enumerate(zip(designs, self.interaction.blocks, strict=True)):
            index = list(design)
            laplacian[d][np.ix_(index, index)] = self.information[d]
            moment[d, index] = self.information[d] @ self.within.theta[block]
        return laplacian, moment

    def distance(self, theta: Array) -> Array:
        """Each design's share of Q between designs at consistent effects theta, shape (D,)."""
        out = np.empty(len(self.interaction.designs))
        for d, (design, block) in enumerate(
            zip(self.interaction.designs, self.interaction.blocks, strict=True)
        ):
            gap = self.within.theta[block] - theta[list(design)]
            out[d] = gap @ self.information[d] @ gap
        return out


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
    return Decomposition(
        interaction.designs,
        total,
        QTest(within.rss, df_within),
        QTest(_floor(fit.Q - within.rss), df_between),
        inside,
        tuple(_detached(fit, interaction, d) for d in range(len(interaction.designs))),
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


def _detached(fit: NetworkFit, interaction: Interaction, design: int) -> QTest:
    """Q between designs of the studies outside one design."""
    keep = interaction.design_of_study != design
    if not keep.any():
        return QTest(0.0, 0)
    q, df = 0.0, 0
    for part in separate(fit.contrasts.part(keep)):
        whole = fit_network(part, tau2=0.0)
        inner = Interaction(part)
        q += whole.Q - inner.solve(1 / part.rows.v).rss
        df += whole.df - (len(part.rows.y) - inner.parameters)
    return QTest(_floor(q), df)


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
    model = _Between(interaction, at(interaction, tau2), evidence.n)
    laplacian, moment = model.shares()
    whole, right = laplacian.sum(0), moment.sum(0)
    # A detached design may cut the network: the pseudo-inverse fits each part by itself.
    inverse = np.linalg.pinv(whole, hermitian=True)
    q = model.distance(inverse @ right)
    size = len(interaction.designs)
    heat = np.zeros((size, size))
    for e in range(size):
        theta = np.linalg.pinv(whole - laplacian[e], rcond=1e-10, hermitian=True) @ (
            right - moment[e]
        )
        left = model.distance(theta)
        # The detached design fits its own effects.
        left[e] = 0.0
        heat[:, e] = q - left
    hat = _hat(interaction, laplacian, inverse)
    moving = np.abs(heat).max(1) > 1e-9
    index = _clustered(heat, np.flatnonzero(moving))
    square = np.ix_(index, index)
    return NetHeat(
        tuple(interaction.designs[i] for i in index), heat[square], hat[square], q[index]
    )


def _hat(interaction: Interaction, laplacian: Array, inverse: Array) -> Array:
    size = len(interaction.designs)
    out = np.zeros((size, size))
    for d, own in enumerate(interaction.designs):
        rows = inverse[list(own[1:])] - inverse[own[0]]
        for e, other in enumerate(interaction.designs):
            # Basic contrasts of design e against its first treatment.
            block = (rows @ laplacian[e])[:, list(other[1:])]
            out[d, e] = float(np.abs(block).mean())
    return out


def _clustered(heat: Array, index: Numbers) -> list[int]:
    if len(index) < 3:
        return [int(i) for i in index]
    from scipy.cluster.hierarchy import leaves_list, linkage

    rows = heat[np.ix_(index, index)]
    both = rows + rows.T
    order = leaves_list(linkage(both, "complete", optimal_ordering=True))
    return [int(index[i]) for i in order]
