"""Randomised trials of time to an event, with one analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, cast

from hilum.analyses.asked import Option
from hilum.analyses.designs.asked import (
    Alpha,
    CourseAsked,
    EffectSd,
    HazardRatio,
    Median,
    Power,
    Ratio,
    Sided,
    fault,
)
from hilum.analyses.designs.direction import Better, hazard_side
from hilum.analyses.designs.one_group import shown
from hilum.analyses.designs.simulated import SimulatedAsked
from hilum.analyses.designs.two_groups import Assurance, nothing_believed
from hilum.errors import Parameter, phrased

if TYPE_CHECKING:
    from hilum.analyses.designs.source import Source
    from hilum.errors import Fault
    from hilum.trials.fixed.survival import Method
    from hilum.trials.synopsis.record import Synopsis


def formulas() -> tuple[str, ...]:
    """Formulas for the number of events."""
    from hilum.trials.fixed.survival import METHODS

    return METHODS


@dataclass(frozen=True, kw_only=True)
class SurvivalAsked(SimulatedAsked, CourseAsked):
    """A hazard ratio, the same throughout or changing."""

    design: ClassVar[str] = "survival"

    hazard_ratio: HazardRatio
    control_median: Median = None
    alpha: Alpha = 0.025
    power: Power = 0.8
    sided: Sided = 1
    ratio: Ratio = 1.0
    better: Better = None
    method: Annotated[str, Option("Formula for the events.", formulas)] = "schoenfeld"
    margin: Annotated[
        float | None, Option("Hazard ratio not to be exceeded: non-inferiority.", above=1)
    ] = None
    delay: Annotated[
        float | None,
        Option("Months before the hazard ratio holds (lakatos).", above=0, unit="months"),
    ] = None
    hazard_ratio_before: Annotated[
        float, Option("Hazard ratio until then; above 1 the curves cross.", above=0)
    ] = 1.0
    until: Annotated[
        float | None,
        Option("Month from which the effect is over (lakatos).", above=0, unit="months"),
    ] = None
    weights: Annotated[
        tuple[float, ...],
        Option('Fleming-Harrington weights "rho gamma"; "0 1" stresses late events.', at_least=0),
    ] = ()
    effect_sd: EffectSd = None
    assurance: Assurance = None

    @property
    def changing(self) -> str | None:
        """The parameter that makes the effect change or weighs it; None where it is constant."""
        given = (("delay", self.delay is not None), ("until", self.until is not None))
        return next((name for name, is_so in given if is_so), "weights" if self.weights else None)

    def pattern(self) -> tuple[tuple[float, float], ...]:
        """Hazard ratios by the month from which they hold."""
        found = [(0.0, self.hazard_ratio)]
        if self.delay is not None:
            found = [(0.0, self.hazard_ratio_before), (self.delay, self.hazard_ratio)]
        return tuple(found if self.until is None else [*found, (self.until, 1.0)])

    def together(self) -> list[Fault]:
        """What an effect that changes needs, and cannot have."""
        faults = nothing_believed(self.assurance, self.effect_sd, self.control_from_evidence)
        faults += self.not_simulated(margin=self.margin, weights=self.weights)
        if self.delay is None and self.hazard_ratio_before != 1:
            wanted = phrased(
                "the months for which {before} holds", before=Parameter("hazard_ratio_before")
            )
            faults.append(fault("delay", "", wanted))
        if self.until is not None and self.delay is not None and not self.until > self.delay:
            wanted = phrased("months above {value:g}", value=self.delay)
            faults.append(fault("until", f"{self.until:g}", wanted))
        if len(self.weights) not in (0, 2):
            wanted = "two numbers of at least 0: rho and gamma"
            faults.append(fault("weights", shown(self.weights), wanted))
        if self.margin is not None and self.better is not None:
            wanted = phrased("none together with {other}", other=Parameter("margin"))
            faults.append(fault("better", self.better, wanted))
        cause = self.changing
        if cause is None:
            return faults
        if self.method != "lakatos":
            wanted = phrased(
                "{expected} together with {other}", expected="lakatos", other=Parameter(cause)
            )
            faults.append(fault("method", self.method, wanted))
        for name in ("margin", "effect_sd", "assurance"):
            value = getattr(self, name)
            if value is not None:
                wanted = phrased("none together with {other}", other=Parameter(cause))
                faults.append(fault(name, f"{value:g}", wanted))
        return faults


def survival(asked: SurvivalAsked, source: Source) -> Synopsis:
    """Size a trial of time to an event."""
    from hilum.trials.synopsis.survival import changing_synopsis, survival_synopsis

    value, basis = source.with_control(
        "control_median", asked.control_median, "months", single=False
    )
    side = "lower" if asked.margin is not None else hazard_side(asked, asked.hazard_ratio)
    if asked.changing is not None:
        rho, gamma = asked.weights or (0.0, 0.0)
        return changing_synopsis(
            basis,
            asked.pattern(),
            value,
            asked.course(),
            weights=(rho, gamma),
            alpha=asked.alpha,
            power=asked.power,
            sided=asked.sided,
            ratio=asked.ratio,
            good=side == "higher",
        )
    return survival_synopsis(
        basis,
        asked.hazard_ratio,
        value,
        asked.course(),
        alpha=asked.alpha,
        power=asked.power,
        sided=asked.sided,
        ratio=asked.ratio,
        method=cast("Method", asked.method),
        margin=asked.margin,
        effect_sd=asked.effect_sd,
        assurance=asked.assurance,
    )
