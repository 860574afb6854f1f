"""When the events of a multi-arm trial come, while arms drop out and others recruit faster."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log

from hilum.errors import NotEstimable, phrased
from hilum.trials.sequential.recursion import solve


@dataclass(frozen=True, slots=True)
class ArmCalendar:
    """Recruitment shared by the control and the treatments still recruiting; exponential times.

    Parameters
    ----------
    accrual : float
        Patients a month, all groups together: where an arm ends the others recruit faster.
    ratio : float
        Controls for each patient of a treatment.
    stop : float
        Month at which recruitment ends; infinite where it goes on to the last analysis.
    lost : float
        Hazard of drop-out, a month.
    """

    accrual: float
    ratio: float
    stop: float = inf
    lost: float = 0.0

    def control_rate(self, treatments: int) -> float:
        """Controls a month beside so many recruiting treatments."""
        return self.accrual * self.ratio / (self.ratio + treatments)

    def patients(self, month: float) -> float:
        """Recruited by then, all groups together."""
        return self.accrual * min(month, self.stop)

    def controls(self, starts: tuple[float, ...], recruiting: tuple[int, ...], t: float) -> float:
        """Controls recruited by month ``t``."""
        return sum(
            self.control_rate(k) * (end - start)
            for start, end, k in self._pieces(starts, recruiting, t)
        )

    def control_events(
        self, starts: tuple[float, ...], recruiting: tuple[int, ...], hazard: float, t: float
    ) -> float:
        """Events expected among controls by month ``t``.

        Parameters
        ----------
        starts : tuple of float
            Months at which each stage begins, the first 0.
        recruiting : tuple of int
            Treatments recruiting in each of these stages.
        hazard : float
            Of the event, a month. With a treatment's hazard this counts its events times ``ratio``.
        """
        total = hazard + self.lost
        out = 0.0
        for start, end, k in self._pieces(starts, recruiting, t):
            spared = (exp(-total * (t - end)) - exp(-total * (t - start))) / total
            out += self.control_rate(k) * (end - start - spared)
        return out * hazard / total

    def month_of(
        self, starts: tuple[float, ...], recruiting: tuple[int, ...], hazard: float, events: float
    ) -> float:
        """Month at which so many events are expected among controls.

        Raises
        ------
        NotEstimable
            Recruitment ends too soon for them.
        """

        def off(t: float) -> float:
            return self.control_events(starts, recruiting, hazard, t) - events

        high = starts[-1] + log(2) / hazard
        while off(high) < 0:
            high *= 2
            if high > 1e6:
                message = phrased(
                    "{events:g} control events are never expected: recruit longer or faster",
                    events=events,
                )
                raise NotEstimable(message)
        return solve(off, 1e-12, high, 1e-10)

    def _pieces(
        self, starts: tuple[float, ...], recruiting: tuple[int, ...], t: float
    ) -> list[tuple[float, float, int]]:
        ends = (*starts[1:], inf)
        return [
            (start, min(end, t, self.stop), k)
            for start, end, k in zip(starts, ends, recruiting, strict=True)
            if min(end, t, self.stop) > start
        ]


def hazard_of(median: float) -> float:
    """Hazard a month of exponential times with this median."""
    return log(2) / median
