"""Multi-arm multi-stage trials with times to events, arms dropped for lack of benefit.

Royston, Parmar & Qian 2003; Royston and others 2011 (Trials 12:81): stages before the last judge
an intermediate outcome against a critical hazard ratio, the last the definitive outcome. Looks are
due at given numbers of control events.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil, exp, inf, log
from typing import TYPE_CHECKING

from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.trials.fixed.course import Course
from hilum.trials.parameters import Requirements
from hilum.trials.sequential.arm_calendar import ArmCalendar, hazard_of
from hilum.trials.sequential.arm_paths import ArmPath, passing, together
from hilum.trials.sequential.arm_requirements import ATTENUATION, require_arms
from hilum.trials.sequential.multi_arm import dunnett_critical
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.watch import Watch


@dataclass(frozen=True, slots=True)
class ArmStage:
    """One analysis as planned.

    Parameters
    ----------
    alpha, asked, power : float
        One-sided level, power asked for, and power reached with whole control events.
    control_events, arm_events : float
        Of the outcome judged, in the control and, under the effect hoped for, in one treatment.
    critical_ratio : float
        A treatment goes on (at the last stage: is better) at or below this hazard ratio.
    month, patients, controls : float
        From the first patient; recruited by then in all groups, and in the control.
    recruiting : int
        Treatments recruiting in the stage that ends here, as planned.
    passing0, passing1 : float
        Chances that one treatment has passed all stages so far, without and with the effect.
    """

    alpha: float
    asked: float
    power: float
    control_events: int
    arm_events: float
    critical_ratio: float
    month: float
    patients: float
    controls: float
    recruiting: int
    passing0: float = 0.0
    passing1: float = 0.0


@dataclass(frozen=True, slots=True)
class Truth:
    """What the trial does when every treatment has the same effect.

    ``any_arm`` and ``all_arms`` are chances that any, that all treatments are declared better;
    ``patients`` and ``months`` are expected, arms leaving when they fail a stage.
    """

    pairwise: float
    any_arm: float
    all_arms: float
    patients: float
    months: float


NOTHING = Truth(0.0, 0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class SurvivalArms:
    """A multi-arm multi-stage design for times to events.

    Parameters
    ----------
    arms, ratio
        Treatments, and controls for each patient of a treatment.
    same : bool
        Whether every stage judges the definitive outcome.
    correlation : float
        Between the log hazard ratios of the two outcomes at one time; 1 where they are the same.
    hazard_ratio, intermediate_ratio, control_median, intermediate_median : float
    stages : tuple of ArmStage, length J
    null, alternative : Truth
        No treatment has an effect on either outcome; all have the effect hoped for.
    largest_error : float
        Family-wise error if every treatment passed the stages before the last: the largest under
        any effect on the intermediate outcome, or where the rules for dropping are not obeyed.
    """

    arms: int
    ratio: float
    same: bool
    correlation: float
    hazard_ratio: float
    intermediate_ratio: float
    control_median: float
    intermediate_median: float
    calendar: ArmCalendar
    stages: tuple[ArmStage, ...]
    null: Truth
    alternative: Truth
    largest_error: float

    @property
    def side(self) -> int:
        """1 where a lower hazard is hoped for, -1 where the event is a good one."""
        return 1 if self.hazard_ratio < 1 else -1

    @property
    def largest(self) -> tuple[float, float]:
        """Patients and months where every treatment recruits to the end."""
        month = _end(self, (self.arms,) * (len(self.stages) - 1), {})
        return self.calendar.patients(month), month

    def at(
        self, hazard_ratio: float, intermediate_ratio: float | None = None, watch: Watch = SILENT
    ) -> Truth:
        """Behaviour when every treatment has these hazard ratios; alike on both by default."""
        first = hazard_ratio if intermediate_ratio is None else intermediate_ratio
        return _truth(self, self.path(hazard_ratio, first), watch)

    def path(self, hazard_ratio: float, intermediate_ratio: float) -> ArmPath:
        """One treatment's course beside the control under these hazard ratios."""
        return _path(self, self.stages, hazard_ratio, intermediate_ratio)


def survival_arms(
    arms: int,
    hazard_ratio: float,
    control_median: float,
    accrual: float,
    *,
    alphas: Sequence[float] = (0.5, 0.25, 0.025),
    powers: Sequence[float] = (0.95, 0.95, 0.9),
    intermediate_ratio: float | None = None,
    intermediate_median: float | None = None,
    correlation: float = 0.6,
    ratio: float = 1.0,
    recruiting: Sequence[int] | None = None,
    stop_accrual: float | None = None,
    drop_out: float = 0.0,
    drop_out_time: float = 12.0,
    family_wise: float | None = None,
    watch: Watch = SILENT,
) -> SurvivalArms:
    """Control events of every stage, when they come, and what the trial does.

    With ``e0`` control events an arm has ``e1`` under the effect hoped for (exponential times), the
    critical log hazard ratio is ``z_alpha sqrt((1 + r) / e0)`` (r controls for a patient of the
    arm), and the stage's power ``Phi((critical - log HR) / sqrt(1 / e0 + 1 / e1))``.

    Parameters
    ----------
    arms : int
        Treatments besides the control, 1 to 8.
    hazard_ratio, control_median : float
        Of the definitive outcome: hoped for; months in the control. A ratio above 1 is that of an
        event that is a good one: log hazard ratios and critical ones then count the other way.
    accrual : float
        Patients a month in all.
    alphas, powers : sequence of float, length J (at most 5)
        One-sided level and power of each stage.
    intermediate_ratio, intermediate_median : float, optional
        Of the intermediate outcome. Without a median the definitive outcome is judged throughout.
    correlation : float
        Between the log hazard ratios on both outcomes at one time; 0.6 suits progression or death
        and death (Royston et al. 2011, who advise to look at 0.4 to 0.8).
    recruiting : sequence of int, length J, optional
        Treatments recruiting in each stage, for the calendar; all where omitted.
    stop_accrual : float, optional
        Month at which recruitment ends, within the last stage.
    drop_out, drop_out_time : float
        Share lost by so many months.
    family_wise : float, optional
        Level of all comparisons together; replaces the last of ``alphas`` (Dunnett 1955).

    Raises
    ------
    InputError
        Parameters that cannot be.
    NotEstimable
        Stages whose events come in the wrong order or never.
    Stopped
        When the watch says so; it is looked at for every block of an integral.
    """
    check = Requirements()
    require_arms(
        check, arms, hazard_ratio, control_median, accrual, alphas, powers, intermediate_ratio,
        intermediate_median, correlation, ratio, recruiting, stop_accrual, family_wise,
    )  # fmt: skip
    course = Course(1.0, 0.0, drop_out, drop_out_time)
    course.require(check)
    check.done()
    same = intermediate_median is None
    first = hazard_ratio if intermediate_ratio is None else intermediate_ratio
    levels = list(alphas)
    if family_wise is not None:
        levels[-1] = float(special.ndtr(-dunnett_critical(arms, family_wise, ratio)))
    calendar = ArmCalendar(
        accrual, ratio, inf if stop_accrual is None else stop_accrual, course.drop_out_rate
    )
    design = SurvivalArms(
        arms, ratio, same, 1.0 if same else correlation, hazard_ratio, first,
        control_median, control_median if intermediate_median is None else intermediate_median,
        calendar, (), NOTHING, NOTHING, 0.0,
    )  # fmt: skip
    stages = _stages(design, levels, powers, tuple(recruiting or (arms,) * len(levels)))
    critical = float(special.ndtri(levels[-1])) * (1 + 1 / ratio) ** 0.5
    last = ArmPath((ratio,), (1.0,), (critical,), (0.0,))
    design = replace(design, stages=stages, largest_error=together(last, arms, watch).any_arm)
    null, other = design.path(1.0, 1.0), design.path(hazard_ratio, first)
    if not (null.possible and other.possible):
        message = phrased(
            "a correlation of {correlation:g} cannot be: the stage before the "
            "last has more events than the last; lower it, or give fewer stages",
            correlation=correlation,
        )
        raise NotEstimable(message)
    chances = zip(stages, passing(null), passing(other), strict=True)
    design = replace(
        design, stages=tuple(replace(one, passing0=a, passing1=b) for one, a, b in chances)
    )
    return replace(
        design, null=_truth(design, null, watch), alternative=_truth(design, other, watch)
    )


def _stages(
    design: SurvivalArms, alphas: Sequence[float], powers: Sequence[float], plan: tuple[int, ...]
) -> tuple[ArmStage, ...]:
    stages: list[ArmStage] = []
    starts: tuple[float, ...] = (0.0,)
    for j, (alpha, power) in enumerate(zip(alphas, powers, strict=True)):
        last = j == len(alphas) - 1
        one = _stage(design, alpha, power, starts, plan[: j + 1], last)
        if one.month <= starts[-1] + 1e-9:
            message = phrased(
                "the {control_events} control events of stage {j} come before "
                "stage {j_2} ends: give fewer stages, or other levels and powers",
                control_events=one.control_events,
                j=j + 1,
                j_2=j,
            )
            raise NotEstimable(message)
        if not last and design.calendar.stop < one.month:
            message = phrased(
                "recruitment ends at month {stop:g}, before stage {j} ends "
                "({month:.1f}): stop it within the last stage",
                stop=design.calendar.stop,
                j=j + 1,
                month=one.month,
            )
            raise NotEstimable(message)
        stages.append(one)
        starts = (*starts, one.month)
    return tuple(stages)


def _stage(
    design: SurvivalArms,
    alpha: float,
    power: float,
    starts: tuple[float, ...],
    plan: tuple[int, ...],
    last: bool,
) -> ArmStage:
    """The fewest control events that give the stage its power."""
    calendar, r = design.calendar, design.ratio
    median = design.control_median if last else design.intermediate_median
    true, side = design.hazard_ratio if last else design.intermediate_ratio, design.side
    effect, hazard = side * log(true), hazard_of(median)

    def reached(events: int) -> tuple[float, float, float, float]:
        month = calendar.month_of(starts, plan, hazard, events)
        own = calendar.control_events(starts, plan, hazard * true, month) / r
        bound = float(special.ndtri(alpha)) * ((1 + r) / events) ** 0.5
        z = (bound - effect) / (1 / events + 1 / own) ** 0.5
        return float(special.ndtr(z)), month, own, bound

    # At most so many events a control event as the larger hazard gives: a lower limit.
    most = (1 + r / max(true, 1.0)) ** 0.5
    z = float(special.ndtri(power)) * most - float(special.ndtri(alpha)) * (1 + r) ** 0.5
    low = max(1, ceil((z / effect) ** 2 - 1e-9))
    high = low
    while reached(high)[0] < power:
        # In small steps: with limited recruitment many more events may never come.
        low, high = high + 1, high + max(1, high // 20)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle)[0] >= power else (middle + 1, high)
    got, month, own, bound = reached(high)
    return ArmStage(
        alpha, power, got, high, own, exp(side * bound), month, calendar.patients(month),
        calendar.controls(starts, plan, month), plan[-1],
    )  # fmt: skip


def _path(
    design: SurvivalArms,
    stages: tuple[ArmStage, ...],
    hazard_ratio: float,
    intermediate_ratio: float,
) -> ArmPath:
    control = tuple(float(one.control_events) for one in stages)
    starts = (0.0, *(one.month for one in stages[:-1]))
    plan = tuple(one.recruiting for one in stages)
    last = len(stages) - 1
    ratios = (*(intermediate_ratio,) * last, hazard_ratio)
    medians = (*(design.intermediate_median,) * last, design.control_median)
    own = tuple(
        design.calendar.control_events(
            starts[: j + 1], plan[: j + 1], hazard_of(medians[j]) * ratios[j], one.month
        )
        / design.ratio
        for j, one in enumerate(stages)
    )
    carry = 1.0 if design.same else ATTENUATION * design.correlation
    return ArmPath(
        control, own, tuple(design.side * log(one.critical_ratio) for one in stages),
        tuple(design.side * log(one) for one in ratios), carry,
    )  # fmt: skip


def _truth(design: SurvivalArms, path: ArmPath, watch: Watch) -> Truth:
    found = together(path, design.arms, watch)
    months = patients = 0.0
    known: dict[tuple[int, ...], float] = {}
    for left, chance in found.left.items():
        watch.done(0)
        month = _end(design, left, known)
        months += chance * month
        patients += chance * design.calendar.patients(month)
    return Truth(passing(path)[-1], found.any_arm, found.all_arms, patients, months)


def _end(design: SurvivalArms, left: tuple[int, ...], known: dict[tuple[int, ...], float]) -> float:
    """Month at which a trial ends whose arms left after each stage are these."""
    starts: tuple[float, ...] = (0.0,)
    plan: tuple[int, ...] = (design.arms,)
    for j, one in enumerate(design.stages):
        last = j == len(design.stages) - 1
        if plan not in known:
            median = design.control_median if last else design.intermediate_median
            month = design.calendar.month_of(starts, plan, hazard_of(median), one.control_events)
            # Faster recruitment can bring the last outcome's events before the stage before.
            known[plan] = max(month, starts[-1])
        if last or left[j] == 0:
            break
        starts, plan = (*starts, known[plan]), (*plan, left[j])
    return known[plan]
