"""One exact likelihood of many meta-analyses at once: studies left out, added or drawn again.

Each study's integral depends on the mean and on tau alone, so that all meta-analyses climb side
by side from the fit of all studies; one whose climb is not at its maximum to the last digits is
left to :func:`hilum.synthesis.exact.fit.fit_exact`, which also says why where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hilum.errors import NotConverged, NotEstimable
from hilum.synthesis.effects import effect_sizes
from hilum.synthesis.effects import measure as measure_of
from hilum.synthesis.exact.boundary import common_effect, profiled
from hilum.synthesis.exact.fit import fit_exact
from hilum.synthesis.exact.mixed import SMALLEST_TAU
from hilum.synthesis.exact.models import exact_model
from hilum.synthesis.exact.quadrature import Integral, integrate, integrate_many
from hilum.synthesis.exact.scores import LEAST, score_interval
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.exact.fit import ExactFit
    from hilum.synthesis.exact.likelihoods import Likelihood
    from hilum.synthesis.sensitivity import Parts
    from hilum.watch import Watch

    # How often each row holds each study.
    Counts = Array | Sequence[Sequence[int]] | Parts

# Counts that are held at once: 16 MB.
BLOCK: Final = 2_000_000
POINTS: Final = 21
# A rough rule leads to the last steps, which are taken by the fine one.
ROUGH: Final = 9
FINER: Final = 41
ROUGH_STEPS: Final = 3
STEPS: Final = 6
# Newton decrement left at the end: 1e-7 standard errors, as for a single fit.
DECREMENT: Final = 1e-14
# Values that stand in the processor's cache.
CHUNK: Final = 100_000
# Moved by more than this part of tau, a fit's rule is held against a finer one again.
NEAR: Final = 0.2
# A step longer than this is no small change of the fit of all: it is left to the single fit.
FAR: Final = 2.0


@dataclass(frozen=True, slots=True)
class ExactRefits:
    """Fits of m meta-analyses, shape (m,); NaN where one cannot be fitted, and why.

    ``beta`` and ``se`` on the model's scale, ``QE`` the likelihood-ratio test of heterogeneity,
    ``typical`` the typical sampling variance of I2, ``k`` the studies that carry information,
    ``scale`` Hartung and Knapp's factor from the scores (NaN where the likelihood has none).
    """

    beta: Array
    se: Array
    tau2: Array
    QE: Array
    typical: Array
    k: Array
    reasons: tuple[str, ...]
    scale: Array

    @property
    def I2(self) -> Array:  # noqa: N802
        """Share of the total variance between studies, percent."""
        return 100 * self.tau2 / (self.tau2 + self.typical)


def refit_exact(
    measure: str,
    data: Mapping[str, ArrayLike],
    counts: Counts,
    *,
    model: str | None = None,
    watch: Watch = SILENT,
    stage: str = "refits",
) -> ExactRefits:
    """Fit the exact likelihood of each row of ``counts``: how often it holds each study.

    Parameters
    ----------
    measure, data, model
        As in :func:`hilum.synthesis.exact.fit.fit_exact`; k studies, no moderators.
    counts : array of int, shape (m, k), or what gives such rows for a slice
        0 leaves a study out, 2 takes it twice. Read in pieces, so that where rows are made as they
        are read (:class:`hilum.synthesis.sensitivity.Parts`) no m x k table is ever held.
    stage : str
        What the watch is told that this is.

    Raises
    ------
    Stopped
        When the watch says so.
    """
    record = exact_model(measure, model)
    names = measure_of(measure).columns
    values = tuple(np.asarray(data[name], np.float64) for name in names)
    informative = record.informative(values)
    m, size = len(counts), len(informative)
    known, used = _Known.empty(m), np.zeros(m, np.int64)
    climbed: Mask = np.zeros(m, np.bool_)
    whole = _Whole.of(measure, model, tuple(value[informative] for value in values))
    step = max(1, BLOCK // max(size, 1))
    watch.stage(stage, m)
    for first in range(0, m, step):
        rows = slice(first, first + step)
        weights = np.where(informative, np.asarray(counts[rows], np.float64), 0.0)
        used[rows] = weights.sum(1)
        if whole is not None:
            known.put(rows, _climb_all(whole, weights[:, informative], watch))
            climbed[rows] = np.isfinite(known.beta[rows])
    rest = np.flatnonzero(~climbed)
    watch.stage(stage, len(rest))
    for row in rest.tolist():
        taken = np.where(informative, np.asarray(counts[row : row + 1])[0], 0)
        drawn = np.repeat(np.arange(size), taken.astype(int))
        part = {name: np.asarray(data[name])[drawn] for name in names}
        try:
            known.take(row, fit_exact(measure, part, model=model), measure, part)
        except (NotEstimable, NotConverged) as error:
            known.reasons[row] = error.sentence
        watch.done()
    return ExactRefits(
        known.beta, known.se, known.tau2, known.q, known.typical,
        used, tuple(known.reasons), known.scale,
    )  # fmt: skip


@dataclass(slots=True)
class _Known:
    """What is found so far, an entry a meta-analysis."""

    beta: Array
    se: Array
    tau2: Array
    q: Array
    typical: Array
    scale: Array
    reasons: list[str]

    @classmethod
    def empty(cls, m: int) -> _Known:
        beta, se, tau2, q, typical, scale = np.full((6, m), np.nan)
        return cls(beta, se, tau2, q, typical, scale, [""] * m)

    def put(self, rows: slice, found: Array) -> None:
        """What the climb of some rows found, an array each."""
        self.beta[rows], self.se[rows], self.tau2[rows], self.q[rows] = found[:4]
        self.typical[rows], self.scale[rows] = found[4:]

    def take(self, row: int, fit: ExactFit, measure: str, data: Mapping[str, ArrayLike]) -> None:
        self.beta[row], self.se[row] = fit.beta[0], fit.se[0]
        self.tau2[row], self.q[row], self.typical[row] = fit.tau2, fit.QE, fit.typical
        try:
            made = score_interval(fit, measure, data, new=False)
        except NotConverged:
            made = None
        self.scale[row] = np.nan if made is None else made.q


@dataclass(frozen=True, slots=True)
class _Whole:
    """The fit of all studies, from which all meta-analyses climb.

    ``start`` is None where it has no spread, ``vi`` each study's two-stage variance, ``ends``
    whether it lies at an end of its range.
    """

    likelihood: Likelihood
    beta: float
    tau: float
    modes: Array
    start: Integral | None
    vi: Array
    ends: Mask

    @classmethod
    def of(cls, measure: str, model: str | None, values: tuple[Array, ...]) -> _Whole | None:
        """None where all climb singly: another kind of likelihood, no maximum, too few points."""
        record, k = exact_model(measure, model), len(values[0])
        if record.likelihood is None or k < 2:
            return None
        named = dict(zip(measure_of(measure).columns, values, strict=True))
        try:
            found = fit_exact(measure, named, model=model)
        except (NotEstimable, NotConverged):
            return None
        likelihood, beta, tau = record.likelihood(values), float(found.beta[0]), found.tau2**0.5
        modes, start = np.zeros(k), None
        if tau >= SMALLEST_TAU:
            if not _rule_holds(likelihood, beta, tau, k):
                return None
            modes = found.random_effects / tau
            start = integrate(likelihood, np.full(k, beta), tau, POINTS, modes)
        # A study alone says whether it lies at an end; together they do where all of them do.
        ends = np.array(
            [record.extreme(tuple(value[i : i + 1] for value in values)) for i in range(k)]
        )
        return cls(likelihood, beta, tau, modes, start, effect_sizes(measure, named).vi, ends)


def _climb_all(whole: _Whole, weights: Array, watch: Watch) -> Array:
    """Climb all at once from the fit of all studies; NaN where no maximum was reached.

    Mean, its error, tau2, the test of heterogeneity, typical variance, Hartung and Knapp's factor:
    shape (6, m).
    """
    likelihood, k = whole.likelihood, weights.shape[1]
    out = np.full((6, len(weights)), np.nan)
    # One study, or all at an end of their range, has no maximum; the single fit says why.
    fine = ((weights > 0).sum(1) > 1) & (weights[:, ~whole.ends].sum(1) > 0)
    places = np.flatnonzero(fine)
    common = common_effect(likelihood, weights[places], whole.beta)
    out[3, places] = np.maximum(0.0, 2 * (weights[places] @ likelihood.highest - common.value))
    out[4, places] = _typical(whole.vi, weights[places])
    begun = np.array([[whole.beta, whole.tau]])
    theta, alive = np.tile(begun, (len(places), 1)), np.zeros(len(places), np.bool_)
    if whole.start is not None:
        theta, alive = _step(theta, weights[places], whole.start, ~alive)
    piece = max(1, CHUNK // (k * POINTS))

    def climb(which: Array) -> None:
        for first in range(0, len(which), piece):
            at = which[first : first + piece]
            rows = places[at]
            end = _climb(likelihood, theta[at], weights[rows], whole.modes, begun)
            # A gain below rounding error is no evidence against tau2 = 0: the single fit decides.
            alive[at] = end.reached & (end.height > common.value[at] + 1e-10)
            out[:3, rows] = end.theta[:, 0], end.se, end.theta[:, 1] ** 2
            out[5, rows] = end.scale
            watch.done(len(rows))

    climb(np.flatnonzero(alive))
    rest = np.flatnonzero(~alive)
    for first in range(0, len(rest), piece):
        at = rest[first : first + piece]
        rows = places[at]
        seen = profiled(likelihood, weights[rows], common.mean[at], common.value[at])
        low = seen.falling & (common.rise[at] < 0)
        still, no_spread = at[low], rows[low]
        out[0, no_spread], out[1, no_spread] = common.mean[still], common.se[still]
        out[2, no_spread], out[5, no_spread] = 0.0, common.scale[still]
        alive[still] = True
        theta[at] = seen.best
        watch.done(len(no_spread))
        climb(at[~low & seen.known])
    fine[places] = alive
    out[:, ~fine] = np.nan
    return out


def _rule_holds(likelihood: Likelihood, beta: float, tau: float, k: int) -> bool:
    """Whether more points leave every study's slope where it is, at the fit of all."""
    centre, modes = np.full(k, beta), np.zeros(k)
    one = integrate(likelihood, centre, tau, POINTS, modes)
    two = integrate(likelihood, centre, tau, FINER, modes)
    curve = np.abs(one.curve.sum()), np.abs(one.curve_tau.sum())
    gaps = np.abs(one.slope - two.slope).max(), np.abs(one.slope_tau - two.slope_tau).max()
    return all(gap**2 < 1e-10 * bend / k for gap, bend in zip(gaps, curve, strict=True))


@dataclass(frozen=True, slots=True)
class _End:
    theta: Array
    se: Array
    height: Array
    reached: Mask
    scale: Array


def _climb(
    likelihood: Likelihood, theta: Array, weights: Array, modes: Array, begun: Array
) -> _End:
    """Newton's method, first by the rough rule and then by the fine one."""
    alive: Mask = np.ones(len(theta), np.bool_)
    mode = np.broadcast_to(modes[:, None], (len(modes), len(theta))).copy()
    for step in range(ROUGH_STEPS):
        found = integrate_many(likelihood, theta, ROUGH, mode)
        mode = found.mode
        before = theta
        theta, alive = _step(theta, weights, found, alive)
        if np.abs(theta - before).max() < 1e-4 and step:
            break
    found = integrate_many(likelihood, theta, POINTS, mode)
    for _ in range(STEPS):
        if not np.any(alive & ~(_decrement(*_sums(weights, found)) < DECREMENT)):
            break
        theta, alive = _step(theta, weights, found, alive)
        found = integrate_many(likelihood, theta, POINTS, found.mode)
    gradient, hessian = _sums(weights, found)
    reached = alive & (_decrement(gradient, hessian) < DECREMENT)
    moved = np.flatnonzero(reached & (np.abs(theta - begun).max(1) > NEAR * begun[:, 1]))
    if len(moved):
        finer = integrate_many(likelihood, theta[moved], FINER, found.mode[:, moved])
        slope, _ = _sums(weights[moved], finer)
        reached[moved] = _decrement(slope, hessian[moved]) < 1e-10
    determinant = hessian[:, 0, 0] * hessian[:, 1, 1] - hessian[:, 0, 1] ** 2
    top = (determinant > 0) & (hessian[:, 0, 0] < 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        se = np.sqrt(-hessian[:, 1, 1] / determinant)
    scores = found.slope**2 / np.maximum(-found.curve, LEAST)
    scale = np.vecdot(weights, scores.T) / np.maximum(weights.sum(1) - 1, 1)
    return _End(theta, se, np.vecdot(weights, found.value.T), reached & top, scale)


def _decrement(gradient: Array, hessian: Array) -> Array:
    a, b, c = hessian[:, 0, 0], hessian[:, 0, 1], hessian[:, 1, 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        one = (c * gradient[:, 0] - b * gradient[:, 1]) / (a * c - b**2)
        two = (a * gradient[:, 1] - b * gradient[:, 0]) / (a * c - b**2)
    return -(gradient[:, 0] * one + gradient[:, 1] * two)


def _step(theta: Array, weights: Array, found: Integral, alive: Mask) -> tuple[Array, Mask]:
    """One Newton step where the likelihood is curved as at a maximum; others are given up."""
    gradient, hessian = _sums(weights, found)
    a, b, c = hessian[:, 0, 0], hessian[:, 0, 1], hessian[:, 1, 1]
    determinant = a * c - b**2
    alive = alive & (determinant > 0) & (a < 0)
    safe = np.where(alive, determinant, 1.0)
    step = np.stack(
        [(b * gradient[:, 1] - c * gradient[:, 0]) / safe,
         (b * gradient[:, 0] - a * gradient[:, 1]) / safe], 1
    )  # fmt: skip
    moved = theta + np.where(alive[:, None], step, 0.0)
    alive = alive & (moved[:, 1] > 10 * SMALLEST_TAU) & (np.abs(step).max(1) < FAR)
    return np.where(alive[:, None], moved, theta), alive


def _sums(weights: Array, found: Integral) -> tuple[Array, Array]:
    """Gradient (m, 2) and Hessian (m, 2, 2) of each meta-analysis."""

    def total(per_study: Array) -> Array:
        return weights @ per_study if per_study.ndim == 1 else np.vecdot(weights, per_study.T)

    mixed = total(found.curve_mixed)
    gradient = np.stack([total(found.slope), total(found.slope_tau)], 1)
    hessian = np.stack([total(found.curve), mixed, mixed, total(found.curve_tau)], 1)
    return gradient, hessian.reshape(-1, 2, 2)


def _typical(vi: Array, weights: Array) -> Array:
    """The typical sampling variance of the two-stage effects (Higgins 2002)."""
    w = weights / vi
    total = w.sum(1)
    return (weights.sum(1) - 1) / (total - (w / vi).sum(1) / total)
