"""Assurance of two-group trials: the power expected over what is believed of both groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.trials.borrowing.trial import prior_mass
from hilum.trials.fixed.exact_tests import TESTS, exact_test
from hilum.trials.fixed.proportions import binomial
from hilum.trials.parameters import Requirements

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array
    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.trials.fixed.sizes import SampleSize

# Gauss-Hermite points of a normal prior; power is smooth in the effect, 30 give 1e-9.
POINTS = 30
Z95 = 1.959963984540054


def proportions_power(size: SampleSize, method: str) -> Callable[[Array, Array], Array]:
    """Power of a trial of two proportions at any pairs of rates, arrays of one shape.

    An exact test's is enumerated over all tables; a normal one's counts rejection in favour of
    the treatment (a higher rate), with the variances of its formula.
    """
    from hilum.trials.fixed.sizes import whole

    n1, n2 = whole(size.n1), whole(size.n2)
    if method in TESTS:
        rejects = exact_test(n1, n2, size.alpha, method).rejects.astype(float)  # pyright: ignore[reportArgumentType]

        def exact(p1: Array, p2: Array) -> Array:
            first, second = binomial(n1, p1), binomial(n2, p2)
            return np.einsum("mi,mi->m", first @ rejects, second)

        return exact
    za = float(-special.ndtri(size.alpha / size.sided))

    def normal(p1: Array, p2: Array) -> Array:
        mean = (n1 * p1 + n2 * p2) / (n1 + n2)
        other = np.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
        null = (
            other if method == "normal-unpooled"
            else np.sqrt(mean * (1 - mean) * (1 / n1 + 1 / n2))
        )  # fmt: skip
        return special.ndtr((p1 - p2 - za * null) / other)

    return normal


def assurance_of_proportions(
    power: Callable[[Array, Array], Array],
    p1: float,
    p2: float,
    *,
    effect_sd: float = 0.0,
    control: BetaMixture | None = None,
) -> float:
    """Expected power over the control rate and the odds ratio (O'Hagan, Stevens & Campbell 2005).

    The log odds ratio is normal around that of ``p1`` and ``p2``, independent of the control
    rate; an odds ratio, unlike a difference, keeps the treatment's rate inside 0 to 1 whatever
    the control's.

    Parameters
    ----------
    power : function of two arrays of rates
    effect_sd : float
        Standard deviation of the log odds ratio; 0 holds it.
    control : BetaMixture, optional
        Prior of the control rate; ``p2`` holds when omitted.
    """
    check = Requirements()
    check.rate("p1", p1)
    check.rate("p2", p2)
    check.not_negative("effect_sd", effect_sd)
    check.done()
    if control is None:
        rates, mass = np.array([p2]), np.array([1.0])
    else:
        rates, mass = prior_mass(control)
        kept = mass > 1e-12
        rates, mass = rates[kept], mass[kept] / mass[kept].sum()
    shift, weight = normal_points(float(special.logit(p1) - special.logit(p2)), effect_sd)
    treated = special.expit(special.logit(rates)[:, None] + shift)
    found = power(treated.ravel(), np.repeat(rates, len(shift))).reshape(treated.shape)
    return float(mass @ found @ weight)


def assurance_at_a_month(
    events: Callable[[float], float],
    median: float,
    interval: tuple[float, float],
    power: Callable[[float], float],
) -> float:
    """Expected power of a survival trial analysed at its planned month, whatever the events.

    Parameters
    ----------
    events : function
        Events expected by that month, of the control group's median.
    median, interval
        Control median and its 95 % interval for a new study; the log is taken as normal.
    power : function
        Power (or assurance over the hazard ratio) with so many events.

    Raises
    ------
    NotEstimable
        An interval that reaches 0.
    """
    low, high = interval
    if not 0 < low < high < np.inf:
        message = phrased(
            "the control's median may be from {low:g} to {high:g}: no prior of its log",
            low=low,
            high=high,
        )
        raise NotEstimable(message)
    sd = float(np.log(high / low)) / (2 * Z95)
    logs, weight = normal_points(float(np.log(median)), sd)
    found = [power(events(float(at))) for at in np.exp(logs)]
    return float(weight @ np.array(found))


def power_for_assurance(
    assured: Callable[[float], float], target: float, low: float, *, near: float | None = None
) -> float:
    """Power to ask of a design so that its assurance is at least ``target``.

    Parameters
    ----------
    assured : function
        Assurance of the design sized for a power; rises with it, perhaps in steps.
    low : float
        Alpha: no power is below it.
    near : float, optional
        Where to look first, for a design that takes long to size; found to 0.001 then, which is
        less than a patient.

    Raises
    ------
    NotEstimable
        No power up to 0.9999 has the assurance: the priors leave too much chance of no effect.
    """
    low, high = low + 1e-6, 0.9999
    if near is not None:
        first, last = max(low, near - 0.03), min(high, near + 0.03)
        if assured(first) < target <= assured(last):
            return _halved(assured, target, first, last, 6)
    most = assured(high)
    if most < target:
        message = phrased(
            "assurance {target:g}: a trial of power {high} has {most:.3f} "
            "under these priors; no size can have much more",
            target=target,
            high=high,
            most=most,
        )
        raise NotEstimable(message)
    return _halved(assured, target, low, high, 18)


def _halved(
    assured: Callable[[float], float], target: float, low: float, high: float, times: int
) -> float:
    """Upper end of the interval in which the assurance passes its target, halved so often."""
    for _ in range(times):
        middle = (low + high) / 2
        if assured(middle) >= target:
            high = middle
        else:
            low = middle
    return high


def normal_points(mean: float, sd: float) -> tuple[Array, Array]:
    """Points and weights of a normal distribution; one point where it has no spread."""
    if sd == 0:
        return np.array([mean]), np.array([1.0])
    nodes, weights = np.polynomial.hermite_e.hermegauss(POINTS)
    return mean + sd * nodes, weights / weights.sum()
