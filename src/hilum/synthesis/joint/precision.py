"""Monte-Carlo error of quantiles, and the digits of a printed limit that another seed keeps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from hilum.synthesis.joint.effective import ess_mean, ess_true, halves

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint.data import Studies
    from hilum.synthesis.joint.posterior import Target

ERRORS: Final = 4.0
"""Monte-Carlo errors in a step of a printed figure."""
POINTS: Final = 0.05
"""A limit of a proportion is known well enough where its step is at most five points,"""
SHARE: Final = 0.1
"""any other where its step is at most a tenth of it."""
STEPS: Final = (1.0, 2.0, 5.0)
ENDS: Final = (0.025, 0.975)


def quantiles(draws: Array, points: Sequence[float]) -> list[tuple[Array, Array]]:
    """Quantiles over all chains, each with its Monte-Carlo standard error, shape (q,).

    ``draws`` has shape (chains, draws, q). The error, by effective draws of the quantile's
    indicator, is half the distance between the quantiles at the 16 and 84 % points of
    Beta(n p + 1, n (1 - p) + 1), n the effective sample size of ``x <= quantile`` (Vehtari 2021,
    section 4.3).
    """
    chains, count, size = draws.shape
    ordered = np.sort(draws.reshape(chains * count, size), axis=0)
    return [(value := quantile_of(ordered, p), _error(draws, ordered, value, p)) for p in points]


def quantile_of(ordered: Array, p: float) -> Array:
    """A quantile of sorted values, shape (n,), or columns, (n, q): between two by share of the way.

    Hyndman & Fan's seventh, from the nearer end, as ``numpy.quantile`` has it to the last digit.
    """
    place = p * (len(ordered) - 1)
    below = math.floor(place)
    share = place - below
    low, high = ordered[below], ordered[min(below + 1, len(ordered) - 1)]
    gap = high - low
    between = low + gap * share if share < 0.5 else high - gap * (1 - share)
    # No number is sorted last.
    return np.where(np.isnan(ordered[-1]), np.nan, between)


def _error(draws: Array, ordered: Array, value: Array, p: float) -> Array:
    with np.errstate(invalid="ignore", divide="ignore"):
        n = ess_true(halves(draws <= value))
    # A constant has no correlation, and no error.
    count = len(ordered)
    n = np.where(np.isfinite(n) & (n > 0), n, count)
    low, high = (special.betaincinv(n * p + 1, n * (1 - p) + 1, q) for q in special.ndtr((-1, 1)))
    below = np.maximum(np.floor(low * count) - 1, 0).astype(int)
    above = np.minimum(np.ceil(high * count) - 1, count - 1).astype(int)
    place = np.arange(ordered.shape[1])
    return (ordered[above, place] - ordered[below, place]) / 2


def step_of(error: float, finest: float) -> float:
    """The step to which a figure is printed: 1, 2 or 5 times a power of ten.

    The smallest of at least :data:`ERRORS` Monte-Carlo errors, and never finer than ``finest``:
    another seed then moves a printed figure by no more than one step.
    """
    least = ERRORS * error
    if not least > finest:
        return finest
    power = 10.0 ** math.floor(math.log10(least))
    # A step that is met exactly is met.
    return next((one * power for one in STEPS if one * power >= least * (1 - 1e-9)), 10.0 * power)


@dataclass(frozen=True, slots=True)
class Summary:
    """Mean, standard deviation and central 95 % interval of draws.

    ``error`` and ``ci_error`` are Monte-Carlo standard errors of the mean and of both limits.
    """

    value: float
    se: float
    ci: tuple[float, float]
    error: float
    ci_error: tuple[float, float]


def spoken(draws: Array) -> Summary:
    """What draws of one figure say, shape (chains, draws)."""
    column = draws[..., None]
    (low, first), (high, last) = quantiles(column, ENDS)
    se = float(draws.std(ddof=1))
    with np.errstate(invalid="ignore", divide="ignore"):
        size = float(ess_mean(halves(column))[0])
    error = se / size**0.5 if size > 0 else 0.0
    ends, errors = (float(low[0]), float(high[0])), (float(first[0]), float(last[0]))
    return Summary(float(draws.mean()), se, ends, error, errors)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What must stand before no more draws are made: levels in a target, and some pairs.

    ``levels`` are the treatments whose level is asked of the studies, every one unless said: the
    outcome of another, and a difference from it, are the prior's and are not printed.
    """

    target: Target
    pairs: tuple[tuple[int, int], ...]
    levels: tuple[int, ...] | None = None


def stands(draws: Mapping[str, Array], studies: Studies, wanted: Wanted) -> bool:
    """Whether every limit that will be printed is known well enough.

    Parameters
    ----------
    draws : mapping of str to ndarray, shape (chains, draws, ...)
    """
    from hilum.synthesis.joint.posterior import levels_of, natural_of

    eta = levels_of(draws, studies, wanted.target)
    value = natural_of(studies.kind, eta)
    own = range(value.shape[2]) if wanted.levels is None else wanted.levels
    each = {
        "value": value[..., list(own)],
        "difference": _pairs(value, [one for one in wanted.pairs if {*one} <= {*own}]),
        "ratio": np.exp(_pairs(eta, wanted.pairs)),
    }
    for what, one in each.items():
        limits, errors = zip(*quantiles(one, ENDS), strict=True)
        if not known(studies.kind, what, np.array(limits), np.array(errors)):
            return False
    return True


def known(kind: str, what: str, limits: Array, errors: Array) -> bool:
    """Whether limits are known to a step that is allowed.

    Parameters
    ----------
    kind : {"binomial", "normal"}
    what : {"value", "difference", "ratio"}
    limits, errors : ndarray, shape (2, q)
        Lower and upper limits with their Monte-Carlo errors.
    """
    if what != "ratio" and kind == "binomial":
        allowed = np.full(limits.shape, POINTS)
    elif what == "difference":
        # Months: by the difference's own spread, as it may be 0.
        allowed = SHARE * (limits[1:] - limits[:1])
    else:
        allowed = SHARE * limits
    return not bool((ERRORS * errors > allowed).any())


def _pairs(values: Array, pairs: Sequence[tuple[int, int]]) -> Array:
    if not pairs:
        return np.zeros((*values.shape[:2], 0))
    a, b = zip(*pairs, strict=True)
    return values[:, :, list(a)] - values[:, :, list(b)]
