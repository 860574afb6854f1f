"""Synopsis of a randomised trial whose hazards are not proportional."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from hilum.errors import InputError, NotEstimable
from hilum.records import found
from hilum.trials.fixed.course import Course, Hazard
from hilum.trials.fixed.lakatos import changing_hazard, lakatos
from hilum.trials.fixed.nonproportional import WEIGHTS, maxcombo, rmst
from hilum.trials.fixed.proportions import quantiles
from hilum.trials.fixed.sizes import SampleSize, whole
from hilum.trials.parameters import Requirements
from hilum.trials.simulation.nonproportional import Rejected, simulated_nonproportional
from hilum.trials.synopsis.parts import (
    conventions,
    course_assumptions,
    given,
    one_analysis,
    patients_steps,
)
from hilum.trials.synopsis.record import Alternative, Basis, Operating, Step, Synopsis
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.watch import Watch

Test = Literal["maxcombo", "rmst"]
TESTS: tuple[Test, ...] = ("maxcombo", "rmst")


@dataclass(frozen=True, slots=True)
class Nonproportional:
    """What a trial is asked for whose hazard ratio changes.

    Parameters
    ----------
    hazard_ratios : tuple of (month, ratio from then on)
    horizon : float
        Months over which restricted means are taken.
    trials, seed : int
        Of the simulation.
    """

    hazard_ratios: tuple[tuple[float, float], ...]
    control_median: float
    course: Course
    horizon: float
    test: Test = "maxcombo"
    alpha: float = 0.025
    power: float = 0.8
    ratio: float = 1.0
    trials: int = 2_000
    seed: int = 1

    @property
    def control(self) -> Hazard:
        """Hazard of the control group."""
        return Hazard.from_median(self.control_median)

    @property
    def treated(self) -> Hazard:
        """Hazard of the treated."""
        return changing_hazard(self.control, self.hazard_ratios)

    def sized(self, test: str) -> SampleSize:
        """The trial by MaxCombo, by restricted means, or by the log-rank test."""
        trial = self.treated, self.control, self.course
        alpha, power, ratio = self.alpha, self.power, self.ratio
        ways = {
            "maxcombo": lambda: maxcombo(*trial, alpha=alpha, power=power, ratio=ratio).size,
            "rmst": lambda: rmst(*trial, self.horizon, alpha=alpha, power=power, ratio=ratio).size,
            "logrank": lambda: lakatos(*trial, alpha=alpha, power=power, ratio=ratio),
        }
        return found(ways, test, "test")()

    def played(self, size: SampleSize, treated: Hazard, watch: Watch) -> Rejected:
        """Simulated trials of this size."""
        return simulated_nonproportional(
            treated, self.control, self.course, whole(size.n1), whole(size.n2), method=self.test,
            critical=size.critical or 0.0, plain=quantiles(self.alpha, self.power, 1)[0],
            weights=WEIGHTS, horizon=self.horizon, trials=self.trials, seed=self.seed,
            watch=watch,
        )  # fmt: skip


def nonproportional_synopsis(
    basis: Basis, asked: Nonproportional, watch: Watch = SILENT
) -> Synopsis:
    """A delayed, waning or crossing effect, judged by MaxCombo or by restricted means.

    Size and power are in closed form and by quadrature; the same trial is simulated beside them.

    Raises
    ------
    InputError
        An effect that is none over the whole trial.
    """
    check = Requirements()
    check.above_zero("control_median", asked.control_median, "months")
    check.done()
    hoped = min(one for _, one in asked.hazard_ratios)
    size = asked.sized(asked.test)
    means = rmst(asked.treated, asked.control, asked.course, asked.horizon,
                 alpha=asked.alpha, power=asked.power, ratio=asked.ratio)  # fmt: skip
    check.need(
        asked.test != "rmst" or means.treatment > means.control, "hazard_ratio", hoped,
        "an effect that is one over the whole trial",
    )  # fmt: skip
    check.done()
    watch.stage("simulating", 2)
    none = asked.played(size, asked.control, watch)
    watch.done()
    one = asked.played(size, asked.treated, watch)
    watch.done()
    made = one_analysis(
        basis, "non-proportional", size, method=asked.test, scale="ratio", course=asked.course,
        steps=(
            _hazards(asked, hoped),
            Step("maxcombo_size", {"critical": size.critical or 0.0, "n": size.patients,
                                   "alpha": asked.alpha})
            if asked.test == "maxcombo"
            else Step("rmst_size", {"horizon": asked.horizon, "mean1": means.treatment,
                                    "mean2": means.control, "n": size.patients,
                                    "difference": means.treatment - means.control}),
            *patients_steps(size, asked.course), Step("ratio", {"ratio": asked.ratio}),
            Step("nonproportional_simulated", {
                "trials": one.trials, "seed": one.seed, "power": f"{100 * one.power:.1f} %",
                "error": f"{100 * one.error:.1f}", "level": f"{100 * none.power:.1f} %",
                "logrank": f"{100 * one.logrank:.1f} %",
            }),
        ),
        analysis=(
            Step("maxcombo_analysis" if asked.test == "maxcombo" else "rmst_analysis",
                 {"horizon": asked.horizon}),
            Step("changing_report"),
        ),
        operating=(
            Operating("null", 1.0, none.power, size.patients, mcse=none.error),
            Operating("alternative", hoped, one.power, size.patients, mcse=one.error),
        ),
        assumptions=(
            given("hazard_ratio", hoped, "ratio", basis.found),
            given("control_median", asked.control_median, "months", basis.found),
            *course_assumptions(asked.course), *conventions(asked.alpha, asked.power),
        ),
        alternatives=_beside(asked, size),
    )  # fmt: skip
    return replace(made, better="lower")


def _beside(asked: Nonproportional, size: SampleSize) -> tuple[Alternative, ...]:
    """What the other tests would need."""
    out = [Alternative(asked.test, asked.test, size.patients, None, True)]
    for other in (*TESTS, "logrank"):
        if other == asked.test:
            continue
        try:
            out.append(Alternative(other, other, asked.sized(other).patients))
        except (InputError, NotEstimable):
            continue  # the test cannot show this effect
    return tuple(out)


def _hazards(asked: Nonproportional, hoped: float) -> Step:
    """The course of the hazard ratio."""
    pattern = "; ".join(f"{month:g}: {ratio:g}" for month, ratio in asked.hazard_ratios)
    return Step("changing_from", {"median": asked.control_median, "pattern": pattern,
                                  "hazard_ratio": hoped})  # fmt: skip
