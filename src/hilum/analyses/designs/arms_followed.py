"""Trials of several treatments against one control, with times to events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, ClassVar

from hilum.analyses.asked import Option
from hilum.analyses.designs.arms import Arms
from hilum.analyses.designs.asked import EVIDENCE, HazardRatio, Median, fault
from hilum.analyses.designs.direction import Better, hazard_side
from hilum.analyses.designs.one_group import whole_numbers
from hilum.analyses.designs.simulated import (
    ArmsFollowedWays,
    OtherMedian,
)
from hilum.errors import InputError, phrased

if TYPE_CHECKING:
    from hilum.analyses.designs.source import Source
    from hilum.errors import Fault
    from hilum.trials.failing.play import Playable
    from hilum.trials.sequential.survival_arms import SurvivalArms
    from hilum.trials.synopsis.record import Assumption, Synopsis
    from hilum.watch import Watch


@dataclass(frozen=True, kw_only=True)
class MultiArmSurvivalAsked(OtherMedian):
    """Arms dropped on an intermediate outcome."""

    design: ClassVar[str] = "multi-arm-survival"
    plays: ClassVar[str] = "arms-followed"

    scenarios: ArmsFollowedWays = ()

    arms: Arms
    hazard_ratio: HazardRatio
    accrual: Annotated[float, Option("Patients a month, all groups together.", above=0)]
    control_median: Median = None
    intermediate_ratio: Annotated[
        float | None, Option("Hazard ratio hoped for on the intermediate outcome.", above=0)
    ] = None
    intermediate_median: Annotated[
        float | None,
        Option("Its control median; without one, one outcome throughout.", above=0, unit="months"),
    ] = None
    intermediate_outcome: Annotated[
        str | None,
        Option("Its name; with --control-from-evidence its median comes from there."),
    ] = None
    alphas: Annotated[
        tuple[float, ...], Option("One-sided level of each stage.", above=0, below=1)
    ] = (0.5, 0.25, 0.025)
    powers: Annotated[tuple[float, ...], Option("Power of each stage.", above=0, below=1)] = (
        0.95,
        0.95,
        0.9,
    )
    correlation: Annotated[
        float,
        Option("Of the log hazard ratios on both outcomes at one time.", at_least=-1, at_most=1),
    ] = 0.6
    ratio: Annotated[float, Option("Controls for a patient of each treatment.", above=0)] = 1.0
    recruiting: Annotated[
        tuple[float, ...],
        Option('Treatments expected to recruit in each stage: "3 2 1"; all if omitted.'),
    ] = ()
    stop_accrual: Annotated[
        float | None,
        Option("Month at which recruitment ends, in the last stage.", above=0, unit="months"),
    ] = None
    drop_out: Annotated[
        float, Option("Share lost by --drop-out-time, from 0 to below 1.", at_least=0, below=1)
    ] = 0.0
    drop_out_time: Annotated[
        float, Option("Months by which that share is lost.", above=0, unit="months")
    ] = 12.0
    better: Better = None
    family_wise: Annotated[
        float | None,
        Option("Level of all comparisons together; sets the last of --alphas.", above=0, below=1),
    ] = None

    def together(self) -> list[Fault]:
        """Treatments are whole; an intermediate outcome has a median."""
        faults = whole_numbers("recruiting", self.recruiting)
        unknown = self.intermediate_median is None and self.control_from_evidence is None
        if self.intermediate_outcome is not None and unknown:
            wanted = phrased("months, or {evidence} TREATMENT", evidence=EVIDENCE)
            faults.append(fault("intermediate_median", "", wanted))
        if self.trials is not None and self.hazard_ratio > 1:
            name = "simulate" if self.simulate is not None else "scenarios"
            wanted = "none with a ratio above 1: trials of a good event are not simulated"
            faults.append(fault(name, str(self.trials), wanted))
        return faults

    def plan(self, control_median: float, intermediate_median: float | None,
             watch: Watch) -> SurvivalArms:  # fmt: skip
        """The stages, as they are sized."""
        from hilum.trials.sequential.survival_arms import survival_arms

        return survival_arms(
            self.arms,
            self.hazard_ratio,
            control_median,
            self.accrual,
            alphas=self.alphas,
            powers=self.powers,
            intermediate_ratio=self.intermediate_ratio,
            intermediate_median=intermediate_median,
            correlation=self.correlation,
            ratio=self.ratio,
            recruiting=[round(one) for one in self.recruiting] or None,
            stop_accrual=self.stop_accrual,
            drop_out=self.drop_out,
            drop_out_time=self.drop_out_time,
            family_wise=self.family_wise,
            watch=watch,
        )

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        from hilum.trials.failing.designed import known
        from hilum.trials.failing.survival_arms import arms_followed

        figures = known(synopsis)
        plan = self.plan(
            figures["control_median"], figures.get("intermediate_median"), source.watch
        )
        return arms_followed(plan)


def multi_arm_survival(asked: MultiArmSurvivalAsked, source: Source) -> Synopsis:
    """Size a multi-arm multi-stage trial with times to events."""
    from hilum.trials.synopsis.arms import survival_arms_synopsis

    value, basis = source.with_control(
        "control_median", asked.control_median, "months", single=False
    )
    hazard_side(asked, asked.hazard_ratio)
    first, also = _intermediate(asked, source)
    plan = asked.plan(value, first, source.watch)
    return survival_arms_synopsis(
        replace(basis, found=(*basis.found, *also)),
        plan,
        intermediate=asked.intermediate_outcome,
        drop_out=asked.drop_out,
        drop_out_time=asked.drop_out_time,
        watch=source.watch,
    )


def _intermediate(
    asked: MultiArmSurvivalAsked, source: Source
) -> tuple[float | None, tuple[Assumption, ...]]:
    """The control's median of the intermediate outcome, as given or as pooled."""
    outcome, treatment = asked.intermediate_outcome, asked.control_from_evidence
    if asked.intermediate_median is not None or outcome is None or treatment is None:
        return asked.intermediate_median, ()
    from hilum.sheet.assumptions import assumption

    answer = source.published.of(outcome, "intermediate_outcome")
    if answer.unit != "months":
        wanted = "an outcome measured as months for this design"
        raise InputError(fault("intermediate_outcome", outcome, wanted))
    one = assumption(answer, "intermediate_median", treatment)
    return one.value, (one,)
