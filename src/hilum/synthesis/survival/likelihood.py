"""Marginal likelihood of grouped survival data with study random effects, and its gradient.

Given a study's effects, its pieces are binomial in the conditional survival of the family, its
patients contribute density or survival, and a median not reached the probability that the
estimate at that time exceeds one half. The effects are integrated out by Gauss-Hermite quadrature
centred and scaled at each study's mode (Liu & Pierce 1994; Pinheiro & Bates 1995).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hilum.synthesis.arrays import Array, Indices
    from hilum.synthesis.survival.families import Family
    from hilum.synthesis.survival.reports import Grouped

# Half a step of the differences that give the curvature at a mode (u has unit variance a priori).
STEP = 0.02
LOG_LOG_2 = float(np.log(np.log(2.0)))
HALF_LOG_2PI = 0.5 * float(np.log(2 * np.pi))


@dataclass(frozen=True)
class Widths:
    """Growth of the log cumulative hazard between two points, on the log scale, with its error."""

    start: Indices
    end: Indices
    log_growth: Array
    se: Array
    study: Indices

    def __len__(self) -> int:
        return len(self.start)

    def conditional(self, total: Array, slopes: Sequence[Array]) -> tuple[Array, list[Array]]:
        """Log-likelihood of each by node, and its derivatives, from those of the hazards."""
        low, high = (np.maximum(total[at], 1e-12) for at in (self.start, self.end))
        grown = np.maximum(np.log(high / low), 1e-12)
        away = (np.log(grown) - self.log_growth[:, None]) / self.se[:, None]
        pull = -away / (self.se[:, None] * grown)
        return -(away**2) / 2, [
            pull * (one[self.end] / high - one[self.start] / low) for one in slopes
        ]


@dataclass(frozen=True)
class SurvivalData:
    """Arrays of all studies, ordered by study; times relative to ``unit``.

    ``points`` are the distinct times at which the family is evaluated; every piece names its two
    ends among them (-1 for time 0), and those from ``first_patient`` on are patients' own.
    ``weight`` is what each patient counts, ``order`` sorts pieces, widths and patients by study.
    """

    studies: tuple[str, ...]
    unit: float
    point_time: Array
    point_study: Indices
    start: Indices
    end: Indices
    m: Array
    p: Array
    kind: NDArray[np.str_]
    log_se: Array
    piece_study: Indices
    widths: Widths
    first_patient: int
    status: Array
    weight: Array
    order: Indices

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.studies)


def arrange(arms: Sequence[Grouped]) -> SurvivalData:
    """Arrays of the arms that hold a usable report."""
    used = [arm for arm in arms if arm.used]
    names = tuple(dict.fromkeys(arm.study for arm in used))
    code = {name: i for i, name in enumerate(names)}
    used.sort(key=lambda arm: code[arm.study])
    deaths, exposure = 0.0, 0.0
    for arm in used:
        deaths += float(arm.status.sum())
        exposure += float(arm.times.sum())
        for piece in arm.pieces:
            share = min(piece.p, 0.999) if piece.kind == "floor" else piece.p
            deaths += piece.m * (1 - share)
            exposure += piece.m * (piece.end - piece.start) * (1 + share) / 2
    unit = exposure / max(deaths, 0.5)
    time, study = list[float](), list[int]()
    pieces = list[tuple[int, int, float, float, int]]()
    kinds, spread = list[str](), list[float]()
    widths = list[tuple[int, int, float, float, int]]()
    for arm in used:
        i = code[arm.study]
        for piece in arm.pieces:
            begin = -1
            if piece.start > 0:
                time.append(piece.start)
                study.append(i)
                begin = len(time) - 1
            time.append(piece.end)
            study.append(i)
            pieces.append((begin, len(time) - 1, piece.m, piece.p, i))
            kinds.append(piece.kind)
            spread.append(piece.log_se or np.nan)
        for width in arm.widths:
            time += [width.start, width.end]
            study += [i, i]
            widths.append((len(time) - 2, len(time) - 1, width.log_growth, width.se, i))
    start, end, m, p, owner = _columns(pieces)
    wide = _columns(widths)
    times = [np.array(time), *(arm.times for arm in used)]
    owners = [np.array(study, int), *(np.full(len(arm.times), code[arm.study]) for arm in used)]
    point_study = np.concatenate(owners).astype(int)
    terms = np.concatenate([owner.astype(int), wide[4].astype(int), point_study[len(time) :]])
    order = np.argsort(terms, kind="stable")
    return SurvivalData(
        names,
        unit,
        np.concatenate(times) / unit,
        point_study,
        start.astype(int),
        end.astype(int),
        m.astype(float),
        p.astype(float),
        np.array(kinds, dtype="U8"),
        np.array(spread),
        owner.astype(int),
        Widths(wide[0].astype(int), wide[1].astype(int), wide[2], wide[3], wide[4].astype(int)),
        len(time),
        np.concatenate([arm.status for arm in used]),
        np.concatenate([np.full(len(arm.times), arm.weight) for arm in used]),
        order,
    )


def _columns(rows: Sequence[tuple[int, int, float, float, int]]) -> tuple[Array, ...]:
    """Five columns; empty ones of no rows."""
    return tuple(np.array(rows, np.float64).reshape(len(rows), 5).T)


def _fixed(values: Array) -> Array:
    own = values.copy()
    own.flags.writeable = False
    return own


class MarginalLikelihood:
    """The log-likelihood of (family's parameters, Cholesky factor of the effects' covariance).

    Keeps the studies' modes between calls, so that each begins where the last one ended.
    """

    def __init__(
        self, data: SurvivalData, family: Family, random: tuple[int, ...], points: int
    ) -> None:
        self.data, self.family, self.random = data, family, random
        self.fixed = len(family.parameters)
        self.lower = [(i, j) for i in range(len(random)) for j in range(i + 1)]
        self.size = self.fixed + len(self.lower)
        d = len(random)
        nodes, weights = np.polynomial.hermite_e.hermegauss(points)
        grid = np.array(list(product(range(points), repeat=d)), int).reshape(points**d, d)
        self.nodes = nodes[grid]
        # log of weight times exp(x'x / 2): the rule integrates any smooth function.
        self.log_weights = np.log(weights)[grid].sum(1) + (self.nodes**2).sum(1) / 2
        self.modes = np.zeros((data.k, d))
        self.order = data.order
        self.floor = data.kind == "floor"
        self.by_time, self.by_log = data.kind == "time", data.kind == "log_time"
        self.log_se = np.where(self.by_log, data.log_se, 1.0)[:, None]
        # What a family is asked at stays as it is, so that it may keep what depends on it alone.
        self.time = _fixed(data.point_time[:, None])
        self.median_time = _fixed(self.time[data.end[self.by_time | self.by_log]])
        self.patient_time = _fixed(self.time[data.first_patient :])
        self.begun = data.start[:, None] >= 0
        self.sorted = bool(np.all(np.diff(self.order) == 1))
        counts = np.bincount(self._owner(), minlength=data.k)
        self.bounds = np.concatenate([[0], np.cumsum(counts)[:-1]])

    def _owner(self) -> Indices:
        data = self.data
        patients = data.point_study[data.first_patient :]
        return np.concatenate([data.piece_study, data.widths.study, patients])

    def split(self, theta: Array) -> tuple[Array, Array]:
        """Fixed parameters and the Cholesky factor."""
        d = len(self.random)
        factor = np.zeros((d, d))
        for value, (i, j) in zip(theta[self.fixed :], self.lower, strict=True):
            factor[i, j] = value
        return theta[: self.fixed], factor

    def conditional(
        self, theta: Array, u: Array, of: Sequence[int] | None = None
    ) -> tuple[Array, Array]:
        """Log-likelihood of each study given standardised effects, and its gradient.

        Parameters
        ----------
        theta : ndarray, shape (size,)
        u : ndarray, shape (k, nodes, d)
        of : sequence of int, optional
            The study's own parameters in which derivatives are wanted; all unless said.

        Returns
        -------
        ndarray, shape (k, nodes)
        ndarray, shape (len(of), k, nodes)
            Derivatives in those parameters.
        """
        of = range(self.fixed) if of is None else of
        beta, factor = self.split(theta)
        data = self.data
        effects = u @ factor.T  # (k, nodes, d)
        rows = effects[data.point_study]
        params = [
            beta[j] + rows[:, :, self.random.index(j)]
            if j in self.random
            else np.full((1, 1), beta[j])
            for j in range(self.fixed)
        ]
        total, every = self.family.hazards(self.time, params)
        slopes = [every[j] for j in of]
        values = np.empty((len(self.order), u.shape[1]))
        gradient = np.empty((len(slopes), *values.shape))
        pieces = len(data.m)
        if pieces:
            growth = np.maximum(self._growth(total), 1e-12)
            values[:pieces], by_growth = self._pieces(growth)
            grown = [self._growth(slope) for slope in slopes]
            for j, slope in enumerate(grown):
                gradient[j, :pieces] = by_growth * slope
            self._medians(params, growth, grown, of, values, gradient)
        first = pieces + len(data.widths)
        if len(data.widths):
            values[pieces:first], pulled = data.widths.conditional(total, slopes)
            for j, pull in enumerate(pulled):
                gradient[j, pieces:first] = pull
        if len(data.status):
            at, died = slice(data.first_patient, None), data.status[:, None]
            log_hazard, log_slopes = self.family.log_hazard(
                self.patient_time, [one[at] if len(one) > 1 else one for one in params]
            )
            counts = data.weight[:, None]
            values[first:] = counts * (died * log_hazard - total[at])
            for j, own in enumerate(of):
                gradient[j, first:] = counts * (died * log_slopes[own] - slopes[j][at])
        if not self.sorted:
            values, gradient = values[self.order], gradient[:, self.order]
        return (
            np.add.reduceat(values, self.bounds, axis=0),
            np.add.reduceat(gradient, self.bounds, axis=1),
        )

    def _growth(self, total: Array) -> Array:
        """Growth of a cumulative quantity over each piece."""
        data = self.data
        before = np.where(self.begun, total[data.start], 0.0)
        return total[data.end] - before

    def _pieces(self, growth: Array) -> tuple[Array, Array]:
        """Log-likelihood of each piece and its derivative in the growth of H."""
        data = self.data
        m, p = data.m[:, None], data.p[:, None]
        dead = -np.expm1(-growth)
        value = -m * p * growth + m * (1 - p) * np.log(dead)
        slope = m * (-p + (1 - p) * np.exp(-growth) / dead)
        if self.floor.any():
            at = self.floor
            # P(estimate > p): normal on the log scale, Var log S = (1 - p) / (p m) by Greenwood.
            scale = np.sqrt(m[at] * p[at] / np.maximum(1 - p[at], 1e-9))
            z = scale * (-growth[at] - np.log(p[at]))
            tail = special.log_ndtr(z)
            value[at] = tail
            slope[at] = -scale * np.exp(-(z**2) / 2 - HALF_LOG_2PI - tail)
        return value, slope

    def _medians(
        self,
        params: list[Array],
        every_growth: Array,
        grown: list[Array],
        of: Sequence[int],
        values: Array,
        gradient: Array,
    ) -> None:
        """What a median adds: its *time* is what varies, so its density is that of a time.

        On the log-log scale log(-log S) of the family at the printed median is normal; as a
        density of log time it carries the slope d log(-log S) / d log t = t h / H. Without it
        families with flat survival would be favoured. Where the paper gives the standard error
        of the log median itself, the distance is divided by that slope instead.
        """
        data = self.data
        some = self.by_time | self.by_log
        if not some.any():
            return
        rows = data.end[some]
        here = [one[rows] if len(one) > 1 else one for one in params]
        log_hazard, log_slopes = self.family.log_hazard(self.median_time, here)
        growth = every_growth[some]
        log_slope = log_hazard + np.log(self.median_time / growth)
        relative = [one[some] / growth for one in grown]
        timed = self.by_time[some]
        away = (np.log(growth) - LOG_LOG_2) / (np.exp(log_slope) * self.log_se[some])
        places = np.flatnonzero(some)
        values[places] = np.where(timed[:, None], values[places] + log_slope, -(away**2) / 2)
        scale = np.exp(log_slope) * self.log_se[some]
        for j, own in enumerate(of):
            turn = log_slopes[own] - relative[j]
            pulled = -away * (relative[j] / scale - away * turn)
            gradient[j, places] = np.where(timed[:, None], gradient[j, places] + turn, pulled)

    def _modes(self, theta: Array) -> Array:
        """Move every study's effects to their mode; Cholesky factors of the inverse curvature."""
        d = len(self.random)
        if d == 0:
            return np.zeros((self.data.k, 0, 0))
        _, factor = self.split(theta)
        offsets = np.zeros((1 + 2 * d, d))
        for j in range(d):
            offsets[1 + 2 * j, j], offsets[2 + 2 * j, j] = STEP, -STEP
        curvature = np.tile(np.eye(d), (self.data.k, 1, 1))
        modes = self.modes
        for _ in range(25):
            u = modes[:, None, :] + offsets
            _, gradient = self.conditional(theta, u, self.random)
            # d/du = factor' d/d(parameters)
            by_u = np.einsum("rkn,rs->kns", gradient, factor) - u
            curvature = -np.stack(
                [(by_u[:, 1 + 2 * j] - by_u[:, 2 + 2 * j]) / (2 * STEP) for j in range(d)], axis=1
            )
            curvature = (curvature + np.swapaxes(curvature, 1, 2)) / 2
            if d == 1:
                curvature = np.maximum(curvature, 0.3)
            else:
                roots, vectors = np.linalg.eigh(curvature)
                roots = np.maximum(roots, 0.3)
                curvature = (vectors * roots[:, None, :]) @ np.swapaxes(vectors, 1, 2)
            move = np.linalg.solve(curvature, by_u[:, 0][..., None])[..., 0]
            move = np.minimum(np.maximum(move, -1.5), 1.5)
            modes = np.minimum(np.maximum(modes + move, -12), 12)
            if float(np.abs(move).max()) < 1e-2:
                break
        self.modes = modes
        return np.linalg.cholesky(np.linalg.inv(curvature))

    def __call__(self, theta: Array) -> tuple[float, Array]:
        """Log-likelihood and gradient (Fisher's identity: the mean of the conditional's)."""
        # A search may try parameters whose hazards overflow; the caller refuses what is not finite.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            value, u, weight, gradient = self._integrated(theta, range(self.fixed))
        out = np.empty(self.size)
        out[: self.fixed] = (gradient * weight).sum((1, 2))
        for place, (i, j) in enumerate(self.lower):
            out[self.fixed + place] = float((gradient[self.random[i]] * weight * u[:, :, j]).sum())
        return value, out

    def value(self, theta: Array) -> float:
        """Log-likelihood alone, to the last digit what a call gives."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            return self._integrated(theta, ())[0]

    def _integrated(self, theta: Array, of: Sequence[int]) -> tuple[float, Array, Array, Array]:
        """Log-likelihood; the effects' nodes, their weights, and the gradient ``of`` parameters."""
        d = len(self.random)
        roots = self._modes(theta)
        spread = np.einsum("kij,nj->kni", roots, self.nodes)
        u = self.modes[:, None, :] + spread
        values, gradient = self.conditional(theta, u, of)
        logs = values - (u**2).sum(2) / 2 - d * HALF_LOG_2PI + self.log_weights
        logs += np.log(np.diagonal(roots, axis1=1, axis2=2)).sum(1)[:, None]
        top = logs.max(1, keepdims=True)
        weight = np.exp(logs - top)
        mass = weight.sum(1, keepdims=True)
        weight /= mass
        return float((top + np.log(mass)).sum()), u, weight, gradient
