"""Synopses of randomised trials of time to an event, with one analysis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.trials.borrowing.assurance import assurance_at_a_month, power_for_assurance
from hilum.trials.borrowing.trial import assurance_survival
from hilum.trials.fixed.course import Course, Hazard, expected_events
from hilum.trials.fixed.few_events import FEW, simulated_power
from hilum.trials.fixed.lakatos import Information, changing_hazard, information, lakatos
from hilum.trials.fixed.sizes import SampleSize, whole
from hilum.trials.fixed.survival import METHODS, Method, survival
from hilum.trials.parameters import Requirements
from hilum.trials.synopsis.parts import (
    Curve,
    assurance_step,
    conventions,
    course_assumptions,
    given,
    one_analysis,
    patients_steps,
    short_of,
    true_ratios,
    wanted,
)
from hilum.trials.synopsis.record import Alternative, Basis, Operating, Step, Synopsis

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array

WEIGHTS = {
    (0.0, 0.0): "weights_none",
    (1.0, 0.0): "weights_early",
    (0.0, 1.0): "weights_late",
    (1.0, 1.0): "weights_middle",
}
"""Fleming-Harrington weights by (rho, gamma): what they stress."""


def survival_synopsis(
    basis: Basis,
    hazard_ratio: float,
    control_median: float,
    course: Course,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    method: Method = "schoenfeld",
    margin: float | None = None,
    effect_sd: float | None = None,
    assurance: float | None = None,
) -> Synopsis:
    """Log-rank test, superiority or (with a margin) non-inferiority.

    ``effect_sd`` is what is believed of the log hazard ratio; the synopsis then says the
    assurance. With ``assurance`` the trial is sized on it instead of on ``power``.
    """
    null, good = margin or 1.0, hazard_ratio > 1 and margin is None
    against = hazard_ratio / null
    believed = _Believed(basis, min(against, 1 / against), control_median, hazard_ratio, course,
                         alpha / sided, ratio, effect_sd)  # fmt: skip

    def sized(wanted: float, by: Method) -> SampleSize:
        return survival(
            hazard_ratio, control_median, course, alpha=alpha, power=wanted, sided=sided,
            ratio=ratio, null=null, method=by,
        )  # fmt: skip

    first = sized(power, method)
    steps: tuple[Step, ...] = ()
    if assurance is not None:
        power = believed.power_for(assurance, lambda wanted: sized(wanted, method), alpha)
        steps = (Step("sized_on_assurance", {"assurance": assurance, "power": power}),)
    size = first if assurance is None else sized(power, method)
    alternatives = [Alternative(method, method, size.patients, None, True)]
    if margin is None:
        alternatives += [
            Alternative(other, other, sized(power, other).patients)
            for other in METHODS if other != method
        ]  # fmt: skip
    events = size.events or 0.0
    za = float(-special.ndtri(alpha / sided))
    few = None
    if whole(events) < FEW:
        few = _FewEvents(hazard_ratio, null, control_median, course, size, za, sided)
    made = one_analysis(
        basis, "survival", size, method=method, scale="ratio", course=course,
        hypothesis="noninferiority" if margin else "superiority",
        reached=few.reached if few else None,
        steps=(
            _hazards(hazard_ratio, control_median), *((Step("event_good"),) if good else ()),
            Step(f"{method}_events", {"events": whole(events), "null": null, "z_alpha": za,
                                      "z_beta": float(special.ndtri(power))}),
            *patients_steps(size, course), Step("ratio", {"ratio": ratio}),
            *(few.steps if few else ()),
            *steps, *believed.steps(size),
        ),
        analysis=(Step("logrank_analysis"), Step("cox_report")),
        curve=() if few else _curve(hazard_ratio, null, events, ratio, za),
        operating=_truths(null, hazard_ratio, size) if few is None else few.truths,
        assumptions=(
            given("hazard_ratio", hazard_ratio, "ratio", basis.found),
            given("control_median", control_median, "months", basis.found),
            *course_assumptions(course), *wanted(alpha, power, effect_sd, assurance),
        ),
        alternatives=tuple(alternatives),
        assurance=believed.assurance(size) if believed.known else None,
    )  # fmt: skip
    return replace(made, better="higher" if good else "lower")


class _FewEvents:
    """What simulation says of a trial whose events are too few for a formula."""

    def __init__(
        self, hazard_ratio: float, null: float, median: float, course: Course, size: SampleSize,
        critical: float, sided: int,
    ) -> None:  # fmt: skip
        groups = whole(size.n1), whole(size.n2)
        hoped, none = (
            simulated_power(
                ratio,
                median,
                course,
                *groups,
                critical=critical,
                null=null,
                sided=sided,
                good=hazard_ratio > null,
            )
            for ratio in (hazard_ratio, null)
        )
        self.reached = hoped.power
        self.truths = (
            Operating("null", null, none.power, float(sum(groups))),
            Operating("alternative", hazard_ratio, hoped.power, float(sum(groups))),
        )
        facts: dict[str, float | int | str] = {
            "events": whole(size.events or 0.0), "few": FEW, "trials": hoped.trials,
            "seed": hoped.seed, "power": 100 * hoped.power, "error": 100 * hoped.error,
            "level": 100 * none.power, "month": course.total,
        }  # fmt: skip
        self.steps = (Step("few_events", facts), *short_of(size.power, hoped.power))


class _Believed:
    """What is believed of the hazard ratio and of the control's median, and what follows."""

    def __init__(
        self,
        basis: Basis,
        against_null: float,
        median: float,
        hazard_ratio: float,
        course: Course,
        alpha: float,
        ratio: float,
        effect_sd: float | None,
    ) -> None:
        self.against_null, self.median, self.hazard_ratio = against_null, median, hazard_ratio
        self.course, self.alpha, self.ratio, self.effect_sd = course, alpha, ratio, effect_sd
        self.interval = next(
            (one.prediction for one in basis.found
             if one.parameter == "control_median" and one.prediction and one.prediction[0] > 0),
            None,
        )  # fmt: skip

    @property
    def known(self) -> bool:
        """Whether anything is believed with a spread."""
        return self.effect_sd is not None or self.interval is not None

    def assurance(self, size: SampleSize) -> float:
        """Of a trial that waits for its events; of one that does not, if only the median is open.

        Power rests on the events alone, so that an open median matters only where the analysis
        comes at its month whatever the events.
        """
        if self.effect_sd is not None or self.interval is None:
            return self._power(size.events or 0.0)
        return self._at_its_month(size)

    def power_for(
        self, assurance: float, sized: Callable[[float], SampleSize], alpha: float
    ) -> float:
        """Power at which a trial has this assurance."""
        check = Requirements()
        check.rate("assurance", assurance)
        check.done()
        return power_for_assurance(lambda power: self.assurance(sized(power)), assurance, alpha)

    def _power(self, events: float) -> float:
        return assurance_survival(
            events, self.against_null, self.effect_sd or 0.0, alpha=self.alpha, ratio=self.ratio
        )

    def _at_its_month(self, size: SampleSize) -> float:
        def events(median: float) -> float:
            control = Hazard.from_median(median)
            return expected_events(
                size.n, control.scaled(self.hazard_ratio), control, self.course, self.ratio,
                self.course.total,
            )  # fmt: skip

        return assurance_at_a_month(events, self.median, self.interval or (1.0, 1.0), self._power)

    def steps(self, size: SampleSize) -> tuple[Step, ...]:
        """Sentences of the derivation."""
        found: list[Step] = []
        if self.effect_sd is not None:
            sure = self._power(size.events or 0.0)
            found.append(assurance_step(self.hazard_ratio, self.effect_sd, sure))
        if self.interval is not None:
            found.append(
                Step("assurance_month", {"assurance": self._at_its_month(size),
                                         "month": self.course.total, "low": self.interval[0],
                                         "high": self.interval[1]})
            )  # fmt: skip
        return tuple(found)


def changing_synopsis(
    basis: Basis,
    hazard_ratios: tuple[tuple[float, float], ...],
    control_median: float,
    course: Course,
    *,
    weights: tuple[float, float] = (0.0, 0.0),
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    good: bool = False,
) -> Synopsis:
    """A hazard ratio that changes over time, or a weighted log-rank test (Lakatos 1988).

    Parameters
    ----------
    hazard_ratios : tuple of (month, ratio from then on)
        The smallest is the effect hoped for; of a good event the largest.
    weights : (rho, gamma)
        Of Fleming & Harrington.
    """
    hoped = (max if good else min)(ratio_here for _, ratio_here in hazard_ratios)
    check = Requirements()
    check.above_zero("control_median", control_median, "months")
    check.done()
    trial = _Changing(
        hazard_ratios,
        Hazard.from_median(control_median),
        course,
        weights,
        ratio,
        alpha / sided,
        good,
    )
    treated = trial.treated(hoped)

    def sized(rho: float, gamma: float) -> SampleSize:
        return lakatos(
            treated, trial.control, course, alpha=alpha, power=power, sided=sided, ratio=ratio,
            rho=rho, gamma=gamma,
        )  # fmt: skip

    size = sized(*weights)
    check.need(
        trial.information(hoped).shift * (-1 if good else 1) < 0, "hazard_ratio", hoped,
        "an effect that is one over the whole trial",
    )  # fmt: skip
    check.done()
    tried = {weights: "weights_own", **WEIGHTS}
    alternatives = tuple(
        Alternative(code, f"({rho:g}, {gamma:g})", sized(rho, gamma).patients, None,
                    (rho, gamma) == weights)
        for (rho, gamma), code in tried.items()
    )  # fmt: skip
    steps = trial.steps(size, control_median, power)
    if good:
        steps = (steps[0], Step("event_good"), *steps[1:])
    if len(hazard_ratios) > 1:
        at_once = survival(hoped, trial.control, course, alpha=alpha, power=power, sided=sided,
                           ratio=ratio, method="lakatos")  # fmt: skip
        steps += (Step("at_once", {"hazard_ratio": hoped, "n": at_once.patients}),)
    made = one_analysis(
        basis, "survival", size, method="lakatos", scale="ratio", course=course,
        steps=steps,
        analysis=(
            Step("weighted_analysis", {"rho": weights[0], "gamma": weights[1]})
            if trial.weighted else Step("logrank_analysis"),
            Step("changing_report"),
        ),
        curve=tuple((float(r), trial.power_at(float(r), size), None) for r in true_ratios(hoped)),
        operating=_truths(1.0, hoped, size),
        assumptions=(
            given("hazard_ratio", hoped, "ratio", basis.found),
            given("control_median", control_median, "months", basis.found),
            *course_assumptions(course), *conventions(alpha, power),
        ),
        alternatives=alternatives,
    )  # fmt: skip
    return replace(made, better="higher" if good else "lower")


@dataclass(frozen=True, slots=True)
class _Changing:
    """A trial whose hazard ratio changes or whose log-rank test is weighted; level of one side."""

    hazard_ratios: tuple[tuple[float, float], ...]
    control: Hazard
    course: Course
    weights: tuple[float, float]
    ratio: float
    alpha: float
    good: bool

    @property
    def hoped(self) -> float:
        """The effect hoped for."""
        return (max if self.good else min)(ratio for _, ratio in self.hazard_ratios)

    @property
    def weighted(self) -> bool:
        """Whether some months count for more than others."""
        return self.weights != (0.0, 0.0)

    @property
    def critical(self) -> float:
        """What the test's z must reach."""
        return float(-special.ndtri(self.alpha))

    def treated(self, value: float) -> Hazard:
        """Hazard of the treated where the effect hoped for is this one."""
        hoped = self.hoped
        pattern = tuple((month, value if r == hoped else r) for month, r in self.hazard_ratios)
        return changing_hazard(self.control, pattern)

    def information(self, value: float) -> Information:
        """What one patient adds then."""
        return information(
            self.treated(value), self.control, self.course, ratio=self.ratio,
            rho=self.weights[0], gamma=self.weights[1],
        )  # fmt: skip

    def power_at(self, value: float, size: SampleSize) -> float:
        """Power of a trial of this size then."""
        one, side = self.information(value), 1.0 if self.good else -1.0
        return float(special.ndtr(side * one.shift * (size.n / one.spread) ** 0.5 - self.critical))

    def steps(self, size: SampleSize, median: float, power: float) -> tuple[Step, ...]:
        """Sentences of the derivation."""
        facts: dict[str, float | int | str] = {
            "events": whole(size.events or 0.0), "z_alpha": self.critical,
            "z_beta": float(special.ndtri(power)),
            "rho": self.weights[0], "gamma": self.weights[1],
        }  # fmt: skip
        return (
            self._hazards(median),
            Step("weighted_events" if self.weighted else "lakatos_events", facts),
            *patients_steps(size, self.course),
            Step("ratio", {"ratio": self.ratio}),
        )

    def _hazards(self, median: float) -> Step:
        """The hazard ratio, or its course over the months."""
        if len(self.hazard_ratios) == 1:
            return _hazards(self.hoped, median)
        pattern = "; ".join(f"{month:g}: {r:g}" for month, r in self.hazard_ratios)
        return Step("changing_hazards", {"median": median,
                                         "median1": _median(self.treated(self.hoped)),
                                         "pattern": pattern})  # fmt: skip


def _hazards(hazard_ratio: float, median: float) -> Step:
    """One hazard ratio, and the median it gives the treated."""
    return Step("hazards", {"hazard_ratio": hazard_ratio, "median": median,
                            "median1": median / hazard_ratio})  # fmt: skip


def _truths(null: float, hazard_ratio: float, size: SampleSize) -> tuple[Operating, ...]:
    return (
        Operating("null", null, size.alpha / size.sided, size.patients),
        Operating("alternative", hazard_ratio, size.actual_power or size.power, size.patients),
    )


def _curve(hazard_ratio: float, null: float, events: float, ratio: float, critical: float) -> Curve:
    """Power over true hazard ratios against the null's, with so many events."""
    share = ratio / (1 + ratio) ** 2
    ratios, side = true_ratios(hazard_ratio), -1.0 if hazard_ratio < null else 1.0
    power_at = special.ndtr(side * np.log(ratios / null) * (events * share) ** 0.5 - critical)
    return tuple((float(r), float(p), None) for r, p in zip(ratios, power_at, strict=True))


def _median(hazard: Hazard) -> float:
    """Time by which half have had the event."""
    left = float(np.log(2))
    for start, end, rate in zip(
        hazard.starts, (*hazard.starts[1:], np.inf), hazard.rates, strict=True
    ):
        if left <= rate * (end - start):
            return start + left / rate
        left -= rate * (end - start)
    return float("inf")
