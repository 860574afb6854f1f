"""Curves, rates, medians and restricted means of averaged families."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.survival.summary import Quantity, checked_times, curve_of, first_of

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.survival.averaged import AveragedFit, Part
    from hilum.synthesis.survival.summary import SurvivalCurve

# Where a median is sought, in crude mean survivals; beyond it is never reached.
SHORTEST, LONGEST = 1e-6, 1e6
# Panels of the restricted mean: square steps, since curves fall fastest at first.
PANELS = np.linspace(0.0, 1.0, 7) ** 2


def averaged_curve(fit: AveragedFit, times: ArrayLike) -> SurvivalCurve:
    """Survival of the middle study at ``times``: medians and central limits of the mixture.

    Raises
    ------
    NotEstimable
        A negative or infinite time.
    """
    time = checked_times(times)
    middle, low, high = _three(fit, _survival(fit, time, new=False))
    new = _three(fit, _survival(fit, time, new=True))[1:] if fit.varies else None
    return curve_of(fit, time, middle, (low, high), new)


def averaged_rate(fit: AveragedFit, time: float) -> Quantity:
    """Survival at one time."""
    return first_of(averaged_curve(fit, [time]))


def averaged_median(fit: AveragedFit) -> Quantity | None:
    """Median survival; ``None`` where half of the mixture never reaches it, an end infinite."""
    return _quantity(fit, *(_medians(fit, new=new) for new in (False, True)))


def averaged_restricted_mean(fit: AveragedFit, horizon: float) -> Quantity:
    """Mean survival time to ``horizon``.

    Raises
    ------
    NotEstimable
        A horizon that is not a finite time above 0.
    """
    if not 0 < horizon < np.inf:
        message = phrased("horizon {horizon:g}: expected a finite time above 0", horizon=horizon)
        raise NotEstimable(message)
    nodes, weights = np.polynomial.legendre.leggauss(8)
    edges = PANELS * horizon
    width = np.diff(edges)
    time = (edges[:-1, None] + width[:, None] * (nodes + 1) / 2).ravel()
    weight = (width[:, None] * weights / 2).ravel()
    found = _quantity(fit, *(weight @ _survival(fit, time, new=new) for new in (False, True)))
    assert found is not None
    return found


def averaged_taus(fit: AveragedFit) -> Array:
    """Draws of the standard deviation between studies."""
    return np.concatenate([part.tau for part in fit.parts])


def _quantity(fit: AveragedFit, own: Array, other: Array) -> Quantity | None:
    middle, low, high = (float(one[0]) for one in _three(fit, own[None]))
    if not np.isfinite(middle):
        return None
    _, *new = (float(one[0]) for one in _three(fit, other[None]))
    return Quantity(middle, (low, high), (new[0], new[1]) if fit.varies else None)


def _three(fit: AveragedFit, values: Array) -> tuple[Array, Array, Array]:
    """Median and central limits over the draws (last axis)."""
    tail = (1 - fit.level) / 2
    # Nearest ranks: a median not reached is infinite, which no interpolation may meet.
    low, middle, high = np.quantile(values, (tail, 0.5, 1 - tail), axis=1, method="inverted_cdf")
    return middle, low, high


def _survival(fit: AveragedFit, time: Array, *, new: bool) -> Array:
    """Of every draw, shape (times, draws)."""
    relative = np.maximum(time / fit.data.unit, 1e-12)[:, None]
    return np.concatenate([np.exp(-_total(part, relative, new=new)) for part in fit.parts], axis=1)


def _total(part: Part, relative: Array, *, new: bool) -> Array:
    """Cumulative hazard at ``relative`` times, (T, 1) or (T, draws)."""
    location = part.beta[:, 0] + (part.new if new else 0.0)
    params = [location[None], *(one[None] for one in part.beta.T[1:])]
    with np.errstate(over="ignore", under="ignore"):
        total, _ = part.family.curve(relative, params, hazard=False)
    return np.broadcast_to(total, np.broadcast_shapes(total.shape, location[None].shape))


def _medians(fit: AveragedFit, *, new: bool) -> Array:
    return np.concatenate([_median(part, new=new) for part in fit.parts]) * fit.data.unit


def _median(part: Part, *, new: bool) -> Array:
    """By halving, all draws at once; infinite where survival stays above one half."""
    target = float(np.log(2.0))
    low = np.full((1, len(part.beta)), np.log(SHORTEST))
    high = np.full_like(low, np.log(LONGEST))
    reached = _total(part, np.exp(high), new=new)[0] >= target
    for _ in range(44):
        middle = (low + high) / 2
        below = _total(part, np.exp(middle), new=new) < target
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.where(reached, np.exp(high[0]), np.inf)
