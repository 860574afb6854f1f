"""Randomised trials whose hazard ratio changes, judged by MaxCombo or restricted means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, cast

from hilum.analyses.asked import Option
from hilum.analyses.designs.asked import (
    Alpha,
    CourseAsked,
    HazardRatio,
    Median,
    Power,
    Ratio,
    fault,
)
from hilum.analyses.designs.direction import known_side
from hilum.analyses.designs.simulated import (
    AlwaysPlayed,
    Crossing,
    Delaying,
    FollowedWays,
    OtherMedian,
)
from hilum.errors import phrased

if TYPE_CHECKING:
    from hilum.analyses.designs.source import Source
    from hilum.errors import Fault
    from hilum.trials.failing.play import Playable
    from hilum.trials.synopsis.nonproportional import Nonproportional, Test
    from hilum.trials.synopsis.record import Synopsis


def tests() -> tuple[str, ...]:
    """Tests that do not rest on proportional hazards."""
    from hilum.trials.synopsis.nonproportional import TESTS

    return TESTS


@dataclass(frozen=True, kw_only=True)
class NonproportionalAsked(AlwaysPlayed, Delaying, Crossing, OtherMedian, CourseAsked):
    """An effect that comes late, fades or turns."""

    design: ClassVar[str] = "non-proportional"
    plays: ClassVar[str] = "followed"

    scenarios: FollowedWays = ()

    hazard_ratio: HazardRatio
    control_median: Median = None
    delay: Annotated[
        float, Option("Months before the hazard ratio holds.", at_least=0, unit="months")
    ] = 0.0
    hazard_ratio_before: Annotated[
        float, Option("Hazard ratio until then; above 1 the curves cross.", above=0)
    ] = 1.0
    until: Annotated[
        float | None, Option("Month from which the effect is lost.", above=0, unit="months")
    ] = None
    method: Annotated[
        str,
        Option("Largest of four weighted log-rank tests, or restricted mean survival.", tests),
    ] = "maxcombo"
    horizon: Annotated[
        float | None,
        Option(
            "Months over which survival is averaged (rmst); the shortest planned follow-up when "
            "omitted.",
            above=0,
            unit="months",
        ),
    ] = None
    alpha: Alpha = 0.025
    power: Power = 0.8
    ratio: Ratio = 1.0
    simulate: Annotated[
        int, Option("Trials simulated beside the formula.", at_least=100, at_most=100_000)
    ] = 2_000

    def pattern(self) -> tuple[tuple[float, float], ...]:
        """Hazard ratios by the month from which they hold."""
        found = [(0.0, self.hazard_ratio)]
        if self.delay:
            found = [(0.0, self.hazard_ratio_before), (self.delay, self.hazard_ratio)]
        return tuple(found if self.until is None else [*found, (self.until, 1.0)])

    def together(self) -> list[Fault]:
        """A ratio that helps, months in order, a horizon within the trial."""
        faults: list[Fault] = []
        if not self.hazard_ratio < 1:
            wanted = "a ratio of treatment to control above 0 and below 1"
            faults.append(fault("hazard_ratio", f"{self.hazard_ratio:g}", wanted))
        if not self.delay and self.hazard_ratio_before != 1:
            faults.append(fault("delay", "0", "months above 0, for a ratio until then"))
        if self.until is not None and not self.until > self.delay:
            wanted = phrased("months above {value:g}", value=self.delay)
            faults.append(fault("until", f"{self.until:g}", wanted))
        end = self.accrual + self.follow_up
        if known_side(self.outcome, hazard=True) == "higher":
            wanted = "an outcome whose event is a bad one (survival sizes good ones)"
            faults.append(fault("outcome", self.outcome or "", wanted))
        if not self.delay < end:
            wanted = phrased("months below the trial's end ({end:g})", end=end)
            faults.append(fault("delay", f"{self.delay:g}", wanted))
        if self.horizon is not None and not self.horizon < end:
            wanted = phrased("months above 0 and below the trial's end ({end:g})", end=end)
            faults.append(fault("horizon", f"{self.horizon:g}", wanted))
        if self.horizon is None and not self.follow_up > 0:
            faults.append(fault("horizon", "", "months, without follow-up of the last patient"))
        return faults

    def plan(self, control_median: float) -> Nonproportional:
        """The trial that is sized."""
        from hilum.trials.synopsis.nonproportional import Nonproportional

        horizon = self.follow_up if self.horizon is None else self.horizon
        return Nonproportional(
            self.pattern(), control_median, self.course(),
            # Of a trial without accrual the end itself cannot be reached.
            horizon if horizon < self.accrual + self.follow_up else 0.999 * horizon,
            cast("Test", self.method), self.alpha, self.power, self.ratio, self.simulate,
            self.seed,
        )  # fmt: skip

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        from hilum.trials.failing.designed import two_curves

        del source
        median = next(x.value for x in synopsis.assumptions if x.parameter == "control_median")
        return two_curves(synopsis, self.plan(median))


def nonproportional(asked: NonproportionalAsked, source: Source) -> Synopsis:
    """Size a trial whose hazards are not proportional, and simulate it."""
    from hilum.trials.synopsis.nonproportional import nonproportional_synopsis

    value, basis = source.with_control(
        "control_median", asked.control_median, "months", single=False
    )
    return nonproportional_synopsis(basis, asked.plan(value), source.watch)
