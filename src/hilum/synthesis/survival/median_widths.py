"""What the width of a median's interval tells of the curve: how fast it falls there.

The standard error of a median is that of the survival at it over the curve's slope: of two arms of
as many patients the one with the wider interval has the flatter curve. With ``n`` patients
followed, the log cumulative hazard at the median has the standard error ``1 / (log 2 sqrt(n))``
(Greenwood 1926), so that between the limits (Brookmeyer & Crowley 1982) it grows by
``2 z / (log 2 sqrt(n))``, whatever the curve. An interval spans about ``z sqrt(n)`` deaths, which
makes its log width vary by ``1 / sqrt(z sqrt(n))`` from sample to sample (a sum of so many
exponential spacings). What papers print differs from that further: patients lost before the
median, other kinds of limits, medians of fewer patients than the table says. How far, the shipped
evidence tells (``shapes.json``).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt

from scipy import special

from hilum.synthesis.survival.shapes import width_prior

LOG_2 = log(2.0)


@dataclass(frozen=True, slots=True)
class Width:
    """From ``start`` to ``end`` the log cumulative hazard grows by about ``exp(log_growth)``.

    ``se`` is the standard error of the log of that growth.
    """

    start: float
    end: float
    log_growth: float
    se: float


def median_width(
    median: float,
    lower: float | None,
    upper: float | None,
    n: float,
    level: float,
    beside_n: tuple[float, float] | None = None,
) -> Width:
    """What an interval of a median of ``n`` patients tells; half of one tells half as much.

    Parameters
    ----------
    median, lower, upper : float
        In time units; one limit suffices. A limit on the median itself is none.
    n : float
        Patients at the start.
    level : float
        Of the interval.
    beside_n : (float, float), optional
        Mean and spread of the log growth beside what ``n`` makes it; the shipped evidence's.
    """
    z = float(special.ndtri(0.5 + level / 2))
    mean, sd = beside_n or width_prior()
    below = lower if lower is not None and 0 < lower < median else None
    above = upper if upper is not None and upper > median else None
    halves = (below is not None) + (above is not None)
    return Width(
        below or median,
        above or median,
        log(halves * z / (LOG_2 * sqrt(n))) + mean,
        sqrt(2 / (halves * z * sqrt(n)) + sd**2),
    )
