"""Trials of several treatments against one control, judged by responders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from hilum.analyses.asked import Option
from hilum.analyses.designs.asked import P1, P2, Alpha, Power, fields_named
from hilum.analyses.designs.direction import Better, rates_side
from hilum.analyses.designs.simulated import (
    AlwaysPlayed,
    Crossing,
    Misreading,
    StagedRatesWays,
    TwoRatesWays,
)

if TYPE_CHECKING:
    from hilum.analyses.designs.source import Source
    from hilum.trials.failing.play import Playable
    from hilum.trials.sequential.platform import PlatformRules
    from hilum.trials.synopsis.record import Synopsis

Arms = Annotated[int, Option("Treatments besides the control.", at_least=1)]

SHAPES = ("OF", "P")


def shapes() -> tuple[str, ...]:
    """Shapes of the bounds."""
    return SHAPES


@dataclass(frozen=True, kw_only=True)
class MultiArmAsked(Crossing, Misreading):
    """Arms dropped at stages."""

    design: ClassVar[str] = "multi-arm"
    plays: ClassVar[str] = "two-rates"

    scenarios: TwoRatesWays = ()

    arms: Arms
    p1: P1
    p2: P2 = None
    uninteresting: Annotated[
        float | None,
        Option("Rate of the other treatments; the control's if omitted.", above=0, below=1),
    ] = None
    stages: Annotated[int, Option("Analyses, 1 to 3.", at_least=1, at_most=3)] = 2
    shape: Annotated[str, Option("Shape of the bounds.", shapes)] = "OF"
    futility: Annotated[float | None, Option("z below which an arm is dropped.")] = 0.0
    alpha: Alpha = 0.025
    power: Power = 0.8
    ratio: Annotated[float, Option("Control to treatment patients.", above=0)] = 1.0
    better: Better = None

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        from hilum.trials.failing.designed import many_arms

        del source
        return many_arms(synopsis, self.arms, self.uninteresting, self.pace)


@dataclass(frozen=True, kw_only=True)
class PlatformAsked(AlwaysPlayed, Crossing, Misreading):
    """Rules of a Bayesian platform."""

    design: ClassVar[str] = "platform"
    plays: ClassVar[str] = "staged-rates"

    scenarios: StagedRatesWays = ()

    # With more, not every treatment could keep the smallest share.
    arms: Annotated[int, Option("Treatments besides the control.", at_least=1, at_most=19)]
    p1: P1
    p2: P2 = None
    n_max: Annotated[int, Option("Patients in all.", at_least=1, at_most=100_000)] = 200
    burn_in: Annotated[int, Option("Patients of each arm before adapting.", at_least=1)] = 10
    batch: Annotated[int, Option("Patients between analyses.", at_least=1)] = 10
    drop_below: Annotated[
        float, Option("Probability below which an arm goes.", at_least=0, below=1)
    ] = 0.05
    graduate_above: Annotated[float, Option("Above which it graduates.", above=0, at_most=1)] = (
        0.975
    )
    margin: Annotated[float, Option("Difference that counts as better.", above=-1, below=1)] = 0.0
    adapt: Annotated[
        float, Option("Allocation by P(best) to this power; 0 is equal.", at_least=0)
    ] = 1.0
    simulate: Annotated[
        int | None,
        Option(
            "Simulate so many trials of each truth for error rates and power.",
            at_least=2,
            at_most=1_000_000,
        ),
    ] = None
    better: Better = None

    def rules(self) -> PlatformRules:
        """The rules as the trial follows them."""
        from hilum.trials.sequential.platform import PlatformRules

        with fields_named(power="adapt"):
            return PlatformRules(
                self.arms,
                burn_in=self.burn_in,
                batch=self.batch,
                n_max=self.n_max,
                drop_below=self.drop_below,
                graduate_above=self.graduate_above,
                margin=self.margin,
                power=self.adapt,
            )

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        from hilum.trials.failing.designed import many_rates
        from hilum.trials.failing.rate_arms import RulesPlayed

        del source
        return RulesPlayed(many_rates(synopsis, self.arms, None), self.rules(), self.pace)


def multi_arm(asked: MultiArmAsked, source: Source) -> Synopsis:
    """Size a multi-arm multi-stage trial."""
    from hilum.trials.synopsis.many_arms import multi_arm_synopsis

    value, basis = source.with_control("p2", asked.p2, "proportion", single=False)
    rates_side(asked, "p1", value)
    return multi_arm_synopsis(
        basis,
        asked.arms,
        asked.p1,
        value,
        uninteresting=asked.uninteresting,
        stages=asked.stages,
        alpha=asked.alpha,
        power=asked.power,
        shape=asked.shape,
        futility=asked.futility,
        ratio=asked.ratio,
        watch=source.watch,
    )


def platform(asked: PlatformAsked, source: Source) -> Synopsis:
    """The rules of a platform, simulated where that is asked for."""
    from hilum.trials.synopsis.many_arms import platform_synopsis

    value, basis = source.with_control("p2", asked.p2, "proportion", single=False)
    rates_side(asked, "p1", value)
    rules = asked.rules()
    made = None
    if asked.simulate is not None:
        from hilum.trials.simulation.platform_rules import rules_truths

        # Patients without the event are counted where a lower rate is hoped for.
        rates = (1 - value, 1 - asked.p1) if asked.p1 < value else (value, asked.p1)
        made = rules_truths(rules, *rates, asked.simulate, asked.seed, watch=source.watch)
    return platform_synopsis(basis, rules, value, asked.p1, simulated=made)
