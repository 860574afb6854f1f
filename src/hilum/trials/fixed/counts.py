"""Sizes for counts of events: Poisson and negative binomial rates."""

from __future__ import annotations

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.trials.fixed.nonproportional import MOST
from hilum.trials.fixed.proportions import quantiles
from hilum.trials.fixed.sizes import SampleSize, whole
from hilum.trials.parameters import Requirements


def log_ratio_variance(
    rate1: float, rate2: float, dispersion: float, exposure: float, n1: float, n2: float
) -> float:
    """Variance of the log of the ratio of two negative binomial rates.

    ``(1 / (exposure rate) + dispersion) / n`` of each group added: counts have the variance
    ``mu + dispersion mu^2`` (Keene et al. 2007; Zhu & Lakkis 2014).
    """
    return (1 / (exposure * rate1) + dispersion) / n1 + (1 / (exposure * rate2) + dispersion) / n2


def counts(
    rate_ratio: float,
    control_rate: float,
    exposure: float,
    *,
    dispersion: float = 0.0,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    null: float = 1.0,
) -> SampleSize:
    """Patients of a test of the log ratio of two event rates.

    ``n2 = (z_a + z_b)^2 (1 / (t l2) + 1 / (r t l1) + k (1 + 1 / r)) / log(ratio / null)^2``, the
    variance at the rates hoped for (Zhu & Lakkis 2014, Stat Med 33:376, their second approach).

    Parameters
    ----------
    rate_ratio : float
        Treatment over control, as hoped for.
    control_rate, exposure : float
        Events of a control patient per unit of time, and the time for which each is followed.
    dispersion : float
        0 for Poisson counts.
    ratio : float
        Treatment over control group.
    null : float
        1 for superiority; a margin on the other side of the ratio for non-inferiority.

    Raises
    ------
    InputError
        Parameters that cannot be; a ratio at the null.
    NotEstimable
        A size that no trial could have.
    """
    check = Requirements()
    check.errors(alpha, power, sided)
    check.above_zero("control_rate", control_rate)
    check.above_zero("exposure", exposure)
    check.not_negative("dispersion", dispersion)
    check.above_zero("ratio", ratio)
    if check.above_zero("rate_ratio", rate_ratio) & check.above_zero("null", null):
        wanted = phrased("a ratio other than {null:g}", null=null)
        check.need(rate_ratio != null, "rate_ratio", rate_ratio, wanted)
    check.done()
    za, zb = quantiles(alpha, power, sided)
    rate1, far = control_rate * rate_ratio, abs(float(np.log(rate_ratio / null)))
    n2 = (za + zb) ** 2 / far**2
    n2 *= log_ratio_variance(rate1, control_rate, dispersion, exposure, ratio, 1.0)
    n1 = n2 * ratio
    if n1 + n2 > MOST:
        message = phrased("a trial of these values would need over {most:g} patients", most=MOST)
        raise NotEstimable(message)
    error = log_ratio_variance(rate1, control_rate, dispersion, exposure, whole(n1), whole(n2))
    return SampleSize(
        n1 + n2, n1, n2, alpha, power, sided, "negative binomial" if dispersion else "poisson",
        critical=za, actual_power=float(special.ndtr(far / error**0.5 - za)),
    )  # fmt: skip
