"""Curves, rates, medians and restricted means of a fitted survival model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.survival.joint import SurvivalFit, t_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.survival.averaged import AveragedFit
    from hilum.synthesis.survival.reports import Grouped


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """Survival in the middle study, with limits for it and for a new study; shape (T,) each.

    ``k`` and ``n`` count the studies, and the patients of those whose number is known, that
    report at or beyond each time: where ``k`` is 0 the curve is the family's extrapolation.
    """

    time: Array
    survival: Array
    ci_lb: Array
    ci_ub: Array
    pi_lb: Array | None
    pi_ub: Array | None
    k: Array
    n: Array


@dataclass(frozen=True, slots=True)
class Quantity:
    """One figure read off the curve; ``prediction`` is for a new study's own."""

    value: float
    ci: tuple[float, float]
    prediction: tuple[float, float] | None


def checked_times(times: ArrayLike) -> Array:
    """Times at which a curve is read, shape (T,).

    Raises
    ------
    NotEstimable
        A negative or infinite time.
    """
    time = np.asarray(times, np.float64)
    if time.ndim != 1 or not np.all(np.isfinite(time)) or np.any(time < 0):
        message = "times: expected one dimension of finite numbers from 0"
        raise NotEstimable(message)
    return time


def curve_of(
    fit: SurvivalFit | AveragedFit,
    time: Array,
    middle: Array,
    ci: tuple[Array, Array],
    new: tuple[Array, Array] | None,
) -> SurvivalCurve:
    """The curve of one family or of several, with who reports at or beyond each time."""
    lasts, sizes = reach(fit.arms, fit.data.studies)
    still = lasts[None, :] >= time[:, None] - 1e-9
    low, high = new or (None, None)
    patients = (still * np.nan_to_num(sizes)).sum(1)
    return SurvivalCurve(time, middle, *ci, low, high, still.sum(1), patients)


def first_of(curve: SurvivalCurve) -> Quantity:
    """What a curve says at its first time."""
    new = None
    if curve.pi_lb is not None and curve.pi_ub is not None:
        new = float(curve.pi_lb[0]), float(curve.pi_ub[0])
    return Quantity(float(curve.survival[0]), (float(curve.ci_lb[0]), float(curve.ci_ub[0])), new)


def pooled_survival(fit: SurvivalFit, times: ArrayLike) -> SurvivalCurve:
    """The curve at ``times``, limits by the delta method on the log-log scale.

    Raises
    ------
    NotEstimable
        A negative or infinite time.
    """
    time = checked_times(times)
    total, slopes = _hazards(fit, time)
    safe = np.maximum(total, 1e-300)
    gradient = slopes / safe[:, None]
    eta = np.log(safe)
    se = np.sqrt(np.einsum("ti,ij,tj->t", gradient, fit.vb, gradient))

    def limits(spread: Array) -> tuple[Array, Array]:
        low = np.exp(-np.exp(np.minimum(eta + spread, 6.5)))
        high = np.exp(-np.exp(np.minimum(eta - spread, 6.5)))
        return np.where(time > 0, low, 1.0), np.where(time > 0, high, 1.0)

    ci = limits(t_quantile(fit) * se)
    new = None
    if fit.random and fit.k > 2:
        own = gradient[:, list(fit.random)]
        between = np.einsum("ti,ij,tj->t", own, fit.G, own)
        new = limits(t_quantile(fit, prediction=True) * np.sqrt(se**2 + between))
    return curve_of(fit, time, np.where(time > 0, np.exp(-total), 1.0), ci, new)


def rate_at(fit: SurvivalFit, time: float) -> Quantity:
    """Survival at one time."""
    return first_of(pooled_survival(fit, [time]))


def median_survival(fit: SurvivalFit) -> Quantity | None:
    """Median of the middle study, by the delta method on log time; ``None`` if never reached.

    A Gompertz curve with a falling hazard may end on a plateau above one half.
    """
    target = float(np.log(2.0))
    low, high = 1e-6, 1.0
    while _total(fit, high) < target:
        high *= 2
        if high > 1e6:
            return None
    for _ in range(200):
        middle = (low + high) / 2
        if _total(fit, middle) < target:
            low = middle
        else:
            high = middle
    relative = (low + high) / 2
    time = relative * fit.data.unit
    _, slopes = _hazards(fit, np.array([time]))
    up, down = _total(fit, relative * 1.0001), _total(fit, relative / 1.0001)
    speed = (up - down) / (2 * float(np.log(1.0001)))
    if speed <= 0:
        return None
    gradient = -slopes[0] / speed
    variance = float(gradient @ fit.vb @ gradient)
    half = t_quantile(fit) * float(np.sqrt(variance))
    new = None
    if fit.random and fit.k > 2:
        own = gradient[list(fit.random)]
        wide = t_quantile(fit, prediction=True) * float(np.sqrt(variance + own @ fit.G @ own))
        new = (time * _exp(-wide), time * _exp(wide))
    return Quantity(time, (time * _exp(-half), time * _exp(half)), new)


def restricted_mean(fit: SurvivalFit, horizon: float) -> Quantity:
    """Mean survival time up to ``horizon`` in the middle study (delta method, natural scale).

    Raises
    ------
    NotEstimable
        A horizon that is not a finite time above 0.
    """
    if not 0 < horizon < np.inf:
        message = phrased("horizon {horizon:g}: expected a finite time above 0", horizon=horizon)
        raise NotEstimable(message)
    nodes, weights = np.polynomial.legendre.leggauss(24)
    panels = np.linspace(0.0, 1.0, 9) ** 2 * horizon
    width = np.diff(panels)
    time = (panels[:-1, None] + width[:, None] * (nodes + 1) / 2).ravel()
    weight = (width[:, None] * weights / 2).ravel()
    total, slopes = _hazards(fit, time)
    survival = np.exp(-total)
    value = float(weight @ survival)
    gradient = -(weight * survival) @ slopes
    variance = float(gradient @ fit.vb @ gradient)
    half = t_quantile(fit) * float(np.sqrt(variance))

    def inside(spread: float) -> tuple[float, float]:
        return max(value - spread, 0.0), min(value + spread, horizon)

    new = None
    if fit.random and fit.k > 2:
        own = gradient[list(fit.random)]
        wide = t_quantile(fit, prediction=True) * float(np.sqrt(variance + own @ fit.G @ own))
        new = inside(wide)
    return Quantity(value, inside(half), new)


def study_curve(fit: SurvivalFit, study: str, times: ArrayLike) -> Array:
    """Survival of one study at its own effects (posterior mode).

    Raises
    ------
    NotEstimable
        A study that is not in the fit.
    """
    if study not in fit.data.studies:
        message = phrased(
            "study {study}: not among {studies}", study=study, studies=", ".join(fit.data.studies)
        )
        raise NotEstimable(message)
    beta = fit.beta.copy()
    if fit.random and fit.modes is not None:
        factor = np.linalg.cholesky(fit.G + 1e-14 * np.eye(len(fit.G)))
        beta[list(fit.random)] += factor @ fit.modes[fit.data.studies.index(study)]
    relative = np.asarray(times, np.float64) / fit.data.unit
    params = [np.array([[value]]) for value in beta]
    total, _ = fit.family.hazards(np.maximum(relative, 1e-12)[:, None], params)
    return np.exp(-total[:, 0])


def _exp(x: float) -> float:
    return float(np.exp(min(x, 50.0)))


def _hazards(fit: SurvivalFit, time: Array) -> tuple[Array, Array]:
    """Cumulative hazard, shape (T,), and its gradient, shape (T, p)."""
    params = [np.array([[value]]) for value in fit.beta]
    relative = np.maximum(time / fit.data.unit, 1e-12)[:, None]
    total, slopes = fit.family.hazards(relative, params)
    columns = [np.broadcast_to(one, total.shape)[:, 0] for one in slopes]
    return total[:, 0], np.column_stack(columns)


def _total(fit: SurvivalFit, relative: float) -> float:
    params = [np.array([[value]]) for value in fit.beta]
    return float(fit.family.hazards(np.array([[relative]]), params)[0][0, 0])


def reach(arms: Sequence[Grouped], names: Sequence[str]) -> tuple[Array, Array]:
    """Last reported time and number of patients (NaN where unknown) of each study."""
    last: dict[str, float] = {}
    size: dict[str, float] = {}
    for arm in arms:
        if arm.used:
            last[arm.study] = max(last.get(arm.study, 0.0), arm.last)
            size[arm.study] = size.get(arm.study, 0.0) + (arm.n if arm.n is not None else np.nan)
    return np.array([last[name] for name in names]), np.array([size[name] for name in names])
