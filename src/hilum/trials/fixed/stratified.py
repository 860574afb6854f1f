"""Survival compared within strata: the stratified log-rank test, and strata from one figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import phrased
from hilum.trials.fixed.course import Course, Hazard
from hilum.trials.fixed.lakatos import Information, information, lakatos, size_of
from hilum.trials.fixed.proportions import quantiles
from hilum.trials.fixed.sizes import of_whole, sized
from hilum.trials.fixed.survival import METHODS, Method, required_events
from hilum.trials.parameters import Requirements

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array
    from hilum.trials.fixed.sizes import SampleSize


@dataclass(frozen=True, slots=True)
class Mixture:
    """Survival of patients of several strata taken together: ``sum_k shares[k] S_k(t)``."""

    shares: tuple[float, ...]
    parts: tuple[Hazard, ...]

    @property
    def starts(self) -> tuple[float, ...]:
        """Every time at which a stratum's hazard jumps."""
        return tuple(sorted({start for part in self.parts for start in part.starts}))

    @property
    def rates(self) -> tuple[float, ...]:
        """Every rate of every stratum."""
        return tuple(rate for part in self.parts for rate in part.rates)

    def survival(self, t: Array) -> Array:
        """Share that is event-free at times t."""
        return sum(
            (w * part.survival(t) for w, part in zip(self.shares, self.parts, strict=True)),
            np.zeros_like(t),
        )

    def at(self, t: Array) -> Array:
        """Hazard at times t among those still event-free."""
        density = sum(
            (
                w * part.survival(t) * part.at(t)
                for w, part in zip(self.shares, self.parts, strict=True)
            ),
            np.zeros_like(t),
        )
        return density / np.maximum(self.survival(t), 1e-300)


@dataclass(frozen=True, slots=True)
class StratifiedSurvival:
    """A trial analysed by the stratified log-rank test.

    Parameters
    ----------
    size : SampleSize
    patients, events : tuple of float, length s
        By stratum, before rounding.
    information : Information
        What one patient adds, strata in their shares.
    unstratified : SampleSize
        What a log-rank test that ignores the strata would need of the same patients; its hazard
        ratio is nearer to 1 where strata differ, though it is the same in each of them.
    """

    size: SampleSize
    patients: tuple[float, ...]
    events: tuple[float, ...]
    information: Information
    unstratified: SampleSize


def stratified_survival(
    hazard_ratio: float,
    controls: Sequence[Hazard | float],
    shares: Sequence[float],
    course: Course,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    method: Method = "schoenfeld",
) -> StratifiedSurvival:
    """Patients for a hazard ratio that is the same in every stratum.

    Numerators and variances of the log-rank test add over strata. Near a ratio of 1 each event
    is worth ``r / (1 + r)^2`` whatever its stratum (Schoenfeld 1981, 1983), so that only the
    patients needed for the events depend on the strata; ``lakatos`` sums what the numbers at risk
    of each stratum give (Lakatos 1988).

    Parameters
    ----------
    controls : sequence of Hazard or float, length s
        Control hazard of each stratum, or its median in months.
    shares : sequence of float, length s
        Shares of all patients, summing to 1; allocation is alike in all strata.

    Raises
    ------
    InputError
        As :func:`hilum.trials.fixed.survival.survival`; shares that do not sum to 1.
    """
    check = Requirements()
    check.errors(alpha, power, sided)
    check.above_zero("ratio", ratio)
    check.one_of("method", method, METHODS)
    course.require(check)
    check_shares(check, shares, len(controls))
    for control in controls:
        if not isinstance(control, Hazard):
            check.above_zero("control_median", control, "months")
    check.done()
    # Raises what is wrong with the ratio whatever the method.
    name = "freedman" if method == "freedman" else "schoenfeld"
    events = required_events(
        hazard_ratio, alpha=alpha, power=power, sided=sided, ratio=ratio, method=name
    )
    hazards = [one if isinstance(one, Hazard) else Hazard.from_median(one) for one in controls]
    treated = [one.scaled(hazard_ratio) for one in hazards]
    parts = [
        information(one, other, course, ratio=ratio)
        for one, other in zip(treated, hazards, strict=True)
    ]
    total = together(parts, shares)
    if method == "lakatos":
        size = size_of(total, alpha=alpha, power=power, sided=sided, ratio=ratio)
    else:
        ends = quantiles(alpha, power, sided)
        n, reached = events / total.events, of_whole(ends, events)
        size = sized(n, events, ratio, alpha, power, sided, method, ends[0], reached)
    weights = tuple(float(share) for share in shares)
    return StratifiedSurvival(
        size,
        tuple(size.n * w for w in weights),
        tuple(size.n * w * part.events for w, part in zip(weights, parts, strict=True)),
        total,
        lakatos(
            Mixture(weights, tuple(treated)), Mixture(weights, tuple(hazards)), course,
            alpha=alpha, power=power, sided=sided, ratio=ratio,
        ),
    )  # fmt: skip


def together(parts: Sequence[Information], shares: Sequence[float]) -> Information:
    """What one patient adds whose stratum is not known yet."""
    return Information(
        float(sum(w * one.events for w, one in zip(shares, parts, strict=True))),
        float(sum(w * one.shift for w, one in zip(shares, parts, strict=True))),
        float(sum(w * one.spread for w, one in zip(shares, parts, strict=True))),
    )


def check_shares(check: Requirements, shares: Sequence[float], strata: int) -> None:
    """Note shares that are none, or do not sum to 1."""
    if check.need(
        len(shares) == strata > 0,
        "shares",
        len(shares),
        phrased("one a stratum ({strata})", strata=strata),
    ):
        right = all(share > 0 for share in shares) and abs(sum(shares) - 1) < 1e-6
        shown = " + ".join(f"{share:g}" for share in shares)
        check.need(right, "shares", shown, "shares above 0 that sum to 1")


def medians_from(median: float, ratios: Sequence[float], shares: Sequence[float]) -> list[float]:
    """Control medians of strata with these ratios of hazards, around one median of all patients.

    A published median describes patients of all strata together, so that the strata are put
    around it instead of one of them at it.
    """
    from hilum.trials.sequential.recursion import solve

    check = Requirements()
    check.above_zero("control_median", median, "months")
    _positive(check, ratios, shares)
    r, w = np.asarray(ratios, float), np.asarray(shares, float)

    def off(log_rate: float) -> float:
        return float(w @ np.exp(-np.exp(log_rate) * r * median)) - 0.5

    middle = float(np.log(np.log(2) / median))
    spread = float(np.log(r.max() / r.min()) + abs(np.log(r)).max() + 1)
    rate = float(np.exp(solve(off, middle - spread, middle + spread)))
    return (np.log(2) / (rate * r)).tolist()


def rates_from(rate: float, odds: Sequence[float], shares: Sequence[float]) -> list[float]:
    """Control rates of strata with these ratios of odds, whose mean is this rate."""
    from hilum.trials.sequential.recursion import solve

    check = Requirements()
    check.rate("p2", rate)
    _positive(check, odds, shares)
    logs, w = np.log(np.asarray(odds, float)), np.asarray(shares, float)
    middle = float(special.logit(rate))
    spread = float(abs(logs).max() + 1)
    at = solve(lambda x: float(w @ special.expit(x + logs)) - rate, middle - spread,
               middle + spread)  # fmt: skip
    return special.expit(at + logs).tolist()


def _positive(check: Requirements, ratios: Sequence[float], shares: Sequence[float]) -> None:
    check_shares(check, shares, len(ratios))
    for ratio in ratios:
        check.above_zero("ratio of the strata", ratio)
    check.done()


def rate_of_odds(rate: float, odds_ratio: float) -> float:
    """The rate whose odds are so many times those of another."""
    return float(special.expit(special.logit(rate) + np.log(odds_ratio)))
