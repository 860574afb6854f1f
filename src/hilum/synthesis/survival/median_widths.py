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
from typing import TYPE_CHECKING

from hilum.synthesis.survival.shapes import shape_priors, width_prior

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.synthesis.survival.reports import Report, SurvivalArm

LOG_2 = log(2.0)
# An interval so many standard errors from what its patients and the shapes' prior make likely is
# that of other patients, or mistyped: of normal errors 1 in 370, and of the shipped medians none.
FAR = 3.0
# Limits of fewer patients stand on single deaths and differ by how they are made (R's are of the
# log of survival): simulated ones are called far off up to one time in seven at 8 patients, one in
# 20 at 15, one in 50 at 30 at most.
FEWEST = 25


@dataclass(frozen=True, slots=True)
class Width:
    """From ``start`` to ``end`` the log cumulative hazard grows by about ``exp(log_growth)``.

    ``se`` is the standard error of the log of that growth.
    """

    start: float
    end: float
    log_growth: float
    se: float

    @property
    def likely(self) -> bool:
        """Whether a curve of a shape seen before makes it, as a Weibull's."""
        prior = shape_priors()["weibull"]
        away = log(log(self.end / self.start)) - (self.log_growth - prior.mean[0])
        return abs(away) <= FAR * sqrt(self.se**2 + prior.sd[0] ** 2)


def width_of(report: Report, beside_n: tuple[float, float] | None = None) -> Width | None:
    """What the printed interval of a median tells; ``None`` of any other report.

    Half of an interval tells half as much. A limit on the median itself is none, nor are limits
    made from ``n``, nor those of fewer than :data:`FEWEST`.

    Parameters
    ----------
    beside_n : (float, float), optional
        Mean and spread of the log growth beside what ``n`` makes it; the shipped evidence's.
    """
    median, lower, upper, n = report.value, report.lower, report.upper, report.n
    if report.kind != "median" or not median or not n or n < FEWEST or report.from_n:
        return None
    below = lower if lower is not None and 0 < lower < median else None
    above = upper if upper is not None and upper > median else None
    halves = (below is not None) + (above is not None)
    if not halves:
        return None
    z = report.z
    mean, sd = beside_n or width_prior()
    return Width(
        below or median,
        above or median,
        log(halves * z / (LOG_2 * sqrt(n))) + mean,
        sqrt(2 / (halves * z * sqrt(n)) + sd**2),
    )


def unlikely_widths(arms: Iterable[SurvivalArm]) -> tuple[str, ...]:
    """Studies with an interval of a median that so many patients hardly make."""
    odd = (
        arm.study
        for arm in arms
        for report in arm.reports
        if (width := width_of(report)) is not None and not width.likely
    )
    return tuple(dict.fromkeys(odd))
