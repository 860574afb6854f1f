"""Randomised trials of event rates: counts of events of each patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from hilum.analyses.asked import Option
from hilum.analyses.designs.asked import Alpha, Power, Ratio, Sided, fault
from hilum.analyses.designs.direction import Better, hazard_side
from hilum.analyses.designs.simulated import (
    CountsWays,
    Crossing,
    OtherCounts,
    PacedAsked,
)
from hilum.analyses.designs.stages import kinds
from hilum.errors import Parameter, phrased

if TYPE_CHECKING:
    from hilum.analyses.designs.source import Source
    from hilum.errors import Fault
    from hilum.trials.failing.play import Playable
    from hilum.trials.synopsis.record import Synopsis


@dataclass(frozen=True, kw_only=True)
class CountsAsked(Crossing, OtherCounts, PacedAsked):
    """Events a month, such as days with diarrhoea or admissions."""

    design: ClassVar[str] = "counts"
    plays: ClassVar[str] = "counts"

    scenarios: CountsWays = ()

    rate_ratio: Annotated[float, Option("Ratio of the event rates hoped for.", above=0)]
    control_rate: Annotated[float, Option("Events of a control patient a month.", above=0)]
    exposure: Annotated[
        float, Option("Months for which each patient is followed.", above=0, unit="months")
    ]
    dispersion: Annotated[
        float,
        Option("Counts vary by mean + this x mean squared between patients; 0: Poisson.",
               at_least=0),
    ] = 0.0  # fmt: skip
    alpha: Alpha = 0.025
    power: Power = 0.8
    sided: Sided = 1
    ratio: Ratio = 1.0
    margin: Annotated[
        float | None,
        Option("Rate ratio not to be exceeded (good events: fallen below): non-inferiority.",
               above=0),
    ] = None  # fmt: skip
    better: Better = None
    stages: Annotated[int, Option("Equally spaced analyses.", at_least=1, at_most=20)] = 1
    kind: Annotated[str, Option("Bounds of several analyses.", kinds)] = "asOF"
    parameter: Annotated[float | None, Option("delta of WT, gamma of asHSD, rho of asKD.")] = None

    def together(self) -> list[Fault]:
        """A margin lies on the bad side of the ratio hoped for, and has one side."""
        faults: list[Fault] = []
        if self.margin is None:
            return faults
        if self.sided != 1:
            wanted = phrased("1 together with {other}", other=Parameter("margin"))
            faults.append(fault("sided", str(self.sided), wanted))
        good = self.better == "higher"
        beyond = (
            self.margin < min(1.0, self.rate_ratio)
            if good
            else self.margin > max(1.0, self.rate_ratio)
        )
        if not beyond:
            wanted = (
                "a ratio below 1 and below the one hoped for, for good events"
                if good
                else "a ratio above 1 and above the one hoped for"
            )
            faults.append(fault("margin", f"{self.margin:g}", wanted))
        return faults

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        from hilum.trials.failing.designed import two_counts

        del source
        return two_counts(synopsis, self.margin or 1.0, self.pace)


def counts(asked: CountsAsked, source: Source) -> Synopsis:
    """Size a trial of event rates."""
    from hilum.trials.sequential.design import group_sequential
    from hilum.trials.synopsis.counts import Counted, counts_synopsis

    if asked.margin is None:
        hazard_side(asked, asked.rate_ratio, "rate_ratio")
    plan = Counted(
        asked.rate_ratio, asked.control_rate, asked.exposure, asked.dispersion, asked.alpha,
        asked.power, asked.sided, asked.ratio, asked.margin or 1.0,
    )  # fmt: skip
    stages = None
    if asked.stages > 1:
        stages = group_sequential(
            stages=asked.stages, alpha=asked.alpha, power=asked.power, kind=asked.kind,
            parameter=asked.parameter, sided=asked.sided,
        )  # fmt: skip
    return counts_synopsis(source.basis(single=False), plan, stages)
