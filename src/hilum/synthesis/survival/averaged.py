"""Families of curves averaged by how well each explains the reports.

Every family of curves gets a posterior on a grid: its shape, the variation between studies and
the location of the middle study. The sum over the grid is the probability of the reports under
the family, and its share is the family's weight (Hoeting, Madigan, Raftery & Volinsky 1999). A
curve is then a mixture over families, shapes and variation, so that its limits hold what none of
them alone knows. Shapes have the prior that the shipped evidence teaches
(:mod:`hilum.synthesis.survival.shapes`): where no report tells of the shape, as with medians
alone, it speaks alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.synthesis.arrays import coverage
from hilum.synthesis.survival.families import Family, closed_families
from hilum.synthesis.survival.grid import StudyGrid, centre, shaped
from hilum.synthesis.survival.shape_cells import ShapeCells, even_cells, settled
from hilum.synthesis.survival.shapes import ShapePrior, shape_priors

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.survival.likelihood import SurvivalData
    from hilum.synthesis.survival.reports import Grouped, SurvivalArm

AVERAGED = (
    "exponential",
    "weibull",
    "loglogistic",
    "lognormal",
    "gompertz",
    "gengamma",
    "promotion",
)
# Standard deviation of log time between studies: half-normal, and where its nodes stand.
TAU_SCALE = 0.5
TAUS = 2.5 * np.linspace(0.0, 1.0, 17) ** 1.6
# Shapes reach so many prior standard deviations.
REACH = 4.0
DRAWS = 8000


@dataclass(frozen=True)
class FamilyPosterior:
    """One family on its grid: ``log_mass`` by shape, tau and location sums to ``log_evidence``."""

    family: Family
    cells: ShapeCells
    log_mass: Array
    log_evidence: float
    loglik: float


@dataclass(frozen=True)
class Weighed:
    """One family's share of the average."""

    family: str
    weight: float
    log_evidence: float
    loglik: float


def family_posterior(
    grid: StudyGrid, name: str, taus: Array, prior: ShapePrior, spreads: Sequence[Array]
) -> FamilyPosterior:
    """The family's posterior, its shapes in cells that are cut where the mass lies.

    ``spreads`` are the kernels of ``taus``, which all families share.
    """
    family = closed_families()[name]
    of_taus = np.log(_tau_weights(taus)) + np.log(grid.locations[1] - grid.locations[0])
    best = -np.inf

    def log_mass(cells: ShapeCells) -> tuple[Array, Array]:
        nonlocal best
        logs = _on_nodes(grid, family, cells.middle, spreads)
        best = max(best, float(logs.max()))
        logs += of_taus[None, :, None]
        shapes = np.array([prior.log_density(point) for point in cells.middle])
        logs += (shapes + cells.log_volume)[:, None, None]
        return _log_sum(logs.reshape(len(logs), -1)), logs

    first = even_cells(np.array(prior.mean), REACH * np.array(prior.sd))
    cells, logs = settled(first, log_mass)
    return FamilyPosterior(family, cells, logs, float(_log_sum(logs.ravel()[None])[0]), best)


def _on_nodes(grid: StudyGrid, family: Family, points: Array, spreads: Sequence[Array]) -> Array:
    """Log-likelihood, shape (shapes, taus, locations)."""
    a = grid.locations
    rows = grid.rows([shaped(family, tuple(map(float, one))) for one in points], a)
    top = rows.max(2, keepdims=True)  # rows: (shapes, k, locations)
    height = np.exp(rows - top)
    logs = np.empty((len(points), len(spreads), len(a)))
    flat = height.reshape(-1, len(a))
    for j, spread in enumerate(spreads):
        by_study = np.log(np.maximum(flat @ spread, 1e-300)).reshape(height.shape)
        logs[:, j] = by_study.sum(1)
    return logs + top.sum(1)[:, None, :]


def kernel(a: Array, tau: float) -> Array:
    """Normal density of a study's location (rows) about the middle one's (columns), as weights.

    A normal narrower than the grid is the three points that have its variance.
    """
    step = float(a[1] - a[0])
    away = np.abs(a[:, None] - a[None, :]) / step
    width = tau / step
    if width < 0.6:
        side = width**2 / 2
        out = np.where(away < 0.5, 1 - 2 * side, np.where(away < 1.5, side, 0.0))
    else:
        out = np.exp(-((away / width) ** 2) / 2)
        out /= width * np.sqrt(2 * np.pi)
    return out


def _tau_weights(taus: Array) -> Array:
    """Half-normal prior mass of each node (trapezoid)."""
    if len(taus) == 1:
        return np.ones(1)
    density = np.exp(-((taus / TAU_SCALE) ** 2) / 2)
    width = np.zeros_like(taus)
    gaps = np.diff(taus)
    width[:-1] += gaps / 2
    width[1:] += gaps / 2
    mass = density * width
    return mass / mass.sum()


def _log_sum(logs: Array) -> Array:
    top = logs.max(-1)
    return top + np.log(np.exp(logs - top[..., None]).sum(-1))


@dataclass(frozen=True)
class Part:
    """Equally weighted draws of one family: its own parameters and tau."""

    family: Family
    beta: Array
    tau: Array
    new: Array


@dataclass(frozen=True)
class AveragedFit:
    """The average; :mod:`hilum.synthesis.survival.mixture` reads curves off it."""

    data: SurvivalData
    arms: tuple[Grouped, ...]
    level: float
    k: int
    n: float | None
    varies: bool
    weights: tuple[Weighed, ...]
    parts: tuple[Part, ...]
    shape_assumed: bool


def average_survival(
    arms: Sequence[SurvivalArm],
    *,
    families: Sequence[str] = AVERAGED,
    random: bool = True,
    level: float = 0.95,
    progress: Callable[[str], None] | None = None,
    look: Callable[[], None] = lambda: None,
    draws: int = DRAWS,
) -> AveragedFit:
    """Average families of curves over every report.

    Parameters
    ----------
    arms : sequence of SurvivalArm
        Arms of one study share its effect.
    families : sequence of str
        Of :data:`AVERAGED`; every one has the same weight before the reports.
    random : bool
        Whether the location varies between studies (with one study it does not).
    progress : callable, optional
        Called with the name of each family about to be fitted.
    look : callable, optional
        Called several times a second; what it raises ends the fit.

    Raises
    ------
    NotEstimable
        No usable report, a report that contradicts itself, or no death.
    """
    from hilum.synthesis.survival.joint import require_deaths, tells_shape
    from hilum.synthesis.survival.likelihood import arrange
    from hilum.synthesis.survival.reports import group

    coverage(level)
    grouped = group(arms)
    data = arrange(grouped)
    require_deaths(data)
    tell = progress or (lambda _: None)
    varies = random and data.k > 1
    taus = TAUS if varies else np.zeros(1)
    grid = StudyGrid(data, look)
    spreads = [kernel(grid.locations, float(tau)) for tau in taus]
    found: list[FamilyPosterior] = []
    for name in families:
        tell(name)
        found.append(family_posterior(grid, name, taus, shape_priors()[name], spreads))
    evidence = np.array([one.log_evidence for one in found])
    weight = np.exp(evidence - evidence.max())
    weight /= weight.sum()
    sizes = [arm.n for arm in grouped if arm.used]
    return AveragedFit(
        data,
        grouped,
        level,
        data.k,
        None if any(n is None for n in sizes) else sum(n for n in sizes if n is not None),
        varies,
        tuple(
            Weighed(one.family.name, float(w), one.log_evidence, one.loglik)
            for one, w in zip(found, weight, strict=True)
        ),
        tuple(
            _drawn(one, grid.locations, taus, round(float(w) * draws))
            for one, w in zip(found, weight, strict=True)
            if round(float(w) * draws) > 0
        ),
        not tells_shape(grouped),
    )


def _drawn(one: FamilyPosterior, a: Array, taus: Array, count: int) -> Part:
    """Draws that stand evenly in the mass (a low-discrepancy sequence, so always the same)."""
    middle, half = one.cells.middle, one.cells.half
    shapes, widths = len(middle), len(taus)
    mass = np.exp(one.log_mass - one.log_mass.max()).reshape(shapes * widths, len(a))
    rows = mass.sum(1)
    cumulative = np.cumsum(rows) / rows.sum()
    first = (np.arange(count) + 0.5) / count
    row = np.minimum(np.searchsorted(cumulative, first), len(rows) - 1)
    # Within a row the draws stand evenly, whatever its neighbours took (Kronecker's sequence).
    turn = (np.arange(1, count + 1)[:, None] * _IRRATIONAL) % 1.0
    location = _within(mass, a, row, turn[:, 0])
    # A node stands for its cell.
    inside = 2 * turn[:, 1 : 1 + middle.shape[1]] - 1
    shape = middle[row // widths] + inside * half[row // widths]
    edges = np.concatenate([taus[:1], (taus[1:] + taus[:-1]) / 2, taus[-1:]])
    place = row % widths
    # None at all is a node of its own: it stays where it is.
    share = np.where(taus[place] > 0, turn[:, 4], 0.0)
    tau = edges[place] + share * (edges[place + 1] - edges[place])
    beta = np.column_stack([location - centre(one.family, shape), shape])
    new = tau * special.ndtri(np.clip(turn[:, 3], 1e-6, 1 - 1e-6))
    return Part(one.family, beta, tau, new)


# Roots of different primes: no one of them is a fraction of the others (Besicovitch 1940), or two
# of a draw's figures would go together.
_IRRATIONAL = np.sqrt(np.array([2.0, 3.0, 5.0, 7.0, 11.0])) % 1.0


def _within(mass: Array, a: Array, row: Array, turn: Array) -> Array:
    """A location of each draw's row, by its distribution: cubic through the log mass, refined."""
    from scipy.interpolate import CubicSpline

    fine = np.linspace(a[0], a[-1], 4 * (len(a) - 1) + 1)
    unique, place = np.unique(row, return_inverse=True)
    different = unique.astype(np.int64)
    some = mass[different]
    logs = np.log(np.maximum(some, 1e-290 * np.maximum(some.max(1, keepdims=True), 1e-10)))
    dense = CubicSpline(a, logs, axis=1)(fine)
    density = np.exp(dense - dense.max(1, keepdims=True))
    total = np.cumsum((density[:, 1:] + density[:, :-1]) / 2, axis=1)
    total = np.concatenate([np.zeros((len(some), 1)), total], axis=1)
    out = np.empty(len(row))
    for i in range(len(different)):
        at = place == i
        out[at] = np.interp(turn[at] * total[i, -1], total[i], fine)
    return out
