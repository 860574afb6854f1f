"""Trials whose second stage may grow where the interim result is promising."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from hilum.analyses.asked import Option
from hilum.analyses.designs.asked import (
    P2,
    Alpha,
    EitherAsked,
    Median,
    Power,
    Rate,
    Ratio,
    SurvivalRatio,
    fault,
)
from hilum.analyses.designs.direction import Better, hazard_side, known_side, rates_side
from hilum.analyses.designs.simulated import EitherPlayed
from hilum.errors import InputError, Parameter, phrased

if TYPE_CHECKING:
    from hilum.analyses.designs.source import Source
    from hilum.errors import Fault
    from hilum.trials.failing.play import Playable
    from hilum.trials.sequential.design import GroupSequential
    from hilum.trials.simulation.survival_trial import SurvivalTrial
    from hilum.trials.synopsis.record import Synopsis
    from hilum.trials.synopsis.reestimation import Growing


AT = ("observed", "planned")


def effects() -> tuple[str, ...]:
    """Effects at which conditional power is taken."""
    return AT


BOUNDS = ("none", "OF", "P", "asOF", "asP")


def bounds() -> tuple[str, ...]:
    """Efficacy bounds of the interim analysis."""
    return BOUNDS


@dataclass(frozen=True, kw_only=True)
class ReestimateAsked(EitherPlayed, EitherAsked):
    """Two stages and the zone in which the second grows."""

    design: ClassVar[str] = "reestimate"
    plays_rates: ClassVar[str] = "staged-rates"

    hazard_ratio: SurvivalRatio = None
    control_median: Median = None
    p1: Rate = None
    p2: P2 = None
    better: Better = None
    margin: Annotated[
        float | None,
        Option(
            "Non-inferiority: hazard ratio not to be exceeded, or the difference of rates to the "
            "bad side that is allowed.",
            above=0,
            share=True,
        ),
    ] = None
    alpha: Alpha = 0.025
    power: Power = 0.8
    ratio: Ratio = 1.0
    interim: Annotated[
        float,
        Option("Share of the planned information at the interim analysis.", above=0, below=1),
    ] = 0.5
    most: Annotated[float, Option("Largest size as a multiple of the planned one.", above=1)] = 2.0
    conditional_power: Annotated[
        float, Option("Conditional power the second stage grows for.", above=0, below=1)
    ] = 0.9
    promising_from: Annotated[
        float, Option("Conditional power from which it may grow.", at_least=0, below=1)
    ] = 0.3
    at: Annotated[str, Option("Effect at which conditional power is taken.", effects)] = "observed"
    kind: Annotated[str, Option("Efficacy bound of the interim analysis.", bounds)] = "none"
    futility: Annotated[
        float | None,
        Option("Interim z below which the trial stops (not binding).", above=-10, below=10),
    ] = None
    interim_z: Annotated[
        float | None,
        Option("An interim result: the synopsis then says what it decides.", above=-10, below=10),
    ] = None

    def together(self) -> list[Fault]:
        """A margin lies on the bad side of no difference; of hazards the event is a bad one."""
        faults = super().together()
        if self.p1 is None:
            faults += self.not_simulated(margin=self.margin)
        if self.margin is None:
            return faults
        if self.p1 is not None and not self.margin < 1:
            faults.append(fault("margin", f"{self.margin:g}", "a difference above 0 and below 1"))
        if self.hazard_ratio is not None and not self.margin > 1:
            faults.append(fault("margin", f"{self.margin:g}", "a ratio above 1"))
        if self.hazard_ratio is not None and self.better == "higher":
            wanted = phrased("none together with {other}", other=Parameter("margin"))
            faults.append(fault("better", self.better, wanted))
        return faults

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        if self.p1 is None:
            return super().playable(synopsis, source)
        from hilum.trials.failing.designed import growing_rates
        from hilum.trials.synopsis.reestimation import zone_of

        plan = zone_of(_two_stages(self), float(round(synopsis.looks[-1].n or 0)), _growing(self))
        return growing_rates(synopsis, plan, self.ratio, self.margin, self.pace)

    def played(self, synopsis: Synopsis, trial: SurvivalTrial) -> SurvivalTrial:
        """With the rule by which the second stage grows."""
        from hilum.trials.simulation.designed import growing_trial

        return growing_trial(
            synopsis,
            trial,
            conditional_power=self.conditional_power,
            promising_from=self.promising_from,
            assumed_ratio=self.hazard_ratio if self.at == "planned" else None,
        )


def reestimate(asked: ReestimateAsked, source: Source) -> Synopsis:
    """Size a trial whose second stage may grow."""
    from hilum.trials.synopsis.reestimation import reestimation_synopsis
    from hilum.trials.synopsis.sequential import (
        sequential_proportions_synopsis,
        sequential_survival_synopsis,
    )

    grow, plan = _growing(asked), _two_stages(asked)
    if asked.p1 is not None:
        value, basis = source.with_control("p2", asked.p2, "proportion", single=False)
        side = rates_side(asked, "p1", value if asked.margin is None else None)
        planned = sequential_proportions_synopsis(
            basis, plan, asked.p1, value, ratio=asked.ratio, margin=asked.margin,
            lower=side == "lower",
        )  # fmt: skip
        return reestimation_synopsis(planned, plan, grow, asked.p1 - value)
    value, basis = source.with_control(
        "control_median", asked.control_median, "months", single=False
    )
    ratio = asked.hazard_ratio or 1.0
    if asked.margin is None:
        hazard_side(asked, ratio)
    elif known_side(asked.outcome, hazard=True) == "higher":
        wanted = "an outcome whose event is a bad one, with a margin"
        raise InputError(fault("outcome", asked.outcome or "", wanted))
    planned = sequential_survival_synopsis(
        basis, plan, ratio, value, asked.course(), ratio=asked.ratio, margin=asked.margin
    )
    return reestimation_synopsis(planned, plan, grow, ratio)


def _growing(asked: ReestimateAsked) -> Growing:
    """How the second stage may grow."""
    from hilum.trials.synopsis.reestimation import Growing

    return Growing(
        asked.most,
        asked.conditional_power,
        asked.promising_from,
        asked.at == "planned",
        asked.interim_z,
    )


def _two_stages(asked: ReestimateAsked) -> GroupSequential:
    """The planned design; with no bound the whole error is left for the second stage."""
    from hilum.trials.sequential.design import group_sequential

    none = asked.kind == "none"
    return group_sequential(
        [asked.interim, 1.0],
        alpha=asked.alpha,
        power=asked.power,
        kind="asUser" if none else asked.kind,
        user_alpha_spent=(0.0, asked.alpha) if none else None,
        futility=None if asked.futility is None else [asked.futility],
    )
