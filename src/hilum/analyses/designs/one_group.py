"""Trials with one group whose responders are counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, cast

from hilum.analyses.asked import Option
from hilum.analyses.designs.asked import P0, P1, Alpha, Power, fault
from hilum.analyses.designs.direction import Better, rates_side
from hilum.analyses.designs.simulated import (
    Misreading,
    OneRateWays,
)

if TYPE_CHECKING:
    from hilum.analyses.designs.source import Source
    from hilum.errors import Fault
    from hilum.trials.failing.play import Playable
    from hilum.trials.synopsis.record import Synopsis

# The chance of every number of responders at every look is worked out: minutes beyond.
MOST = 1000
SINGLE = {"exact": "single-stage", "normal": "single-stage-normal"}

VARIANTS = ("optimal", "minimax")


def variants() -> tuple[str, ...]:
    """Which of Simon's designs."""
    return VARIANTS


RULES = ("predictive", "posterior")


def rules() -> tuple[str, ...]:
    """Which probability is watched."""
    return RULES


def single_methods() -> tuple[str, ...]:
    """Ways to size a single stage."""
    return tuple(SINGLE)


@dataclass(frozen=True, kw_only=True)
class CountedAsked(Misreading):
    """A rate, uninteresting and hoped for."""

    plays: ClassVar[str] = "one-rate"

    scenarios: OneRateWays = ()

    p1: P1
    p0: P0 = None
    alpha: Alpha = 0.05
    power: Power = 0.8
    better: Better = None

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        from hilum.trials.failing.designed import counted_stages

        del source
        return counted_stages(synopsis, self.pace)


@dataclass(frozen=True, kw_only=True)
class SimonAsked(CountedAsked):
    """Simon's two stages."""

    design: ClassVar[str] = "simon"

    variant: Annotated[str, Option("Which of the designs.", variants)] = "optimal"


@dataclass(frozen=True, kw_only=True)
class SingleStageAsked(CountedAsked):
    """One stage."""

    design: ClassVar[str] = "single-stage"

    method: Annotated[str, Option("Exact, or the normal approximation.", single_methods)] = "exact"


@dataclass(frozen=True, kw_only=True)
class FlemingAsked(CountedAsked):
    """Fleming's stages."""

    design: ClassVar[str] = "fleming"

    stages: Annotated[int, Option("Number of equal stages.", at_least=1)] = 2
    n: Annotated[
        tuple[float, ...], Option('Patients at each analysis, instead: "15 25 40".', above=0)
    ] = ()

    def together(self) -> list[Fault]:
        """Patients are whole."""
        return whole_numbers("n", self.n)


@dataclass(frozen=True, kw_only=True)
class BayesianAsked(CountedAsked):
    """Monitoring by a posterior or predictive probability."""

    design: ClassVar[str] = "bayesian"

    alpha: Alpha = 0.1
    power: Power = 0.9
    by: Annotated[
        str,
        Option("Which probability is watched (Lee & Liu 2008; Thall & Simon 1994).", rules),
    ] = "predictive"
    prior: Annotated[
        tuple[float, ...], Option('Beta prior "a b"; p0 and 1 - p0 when omitted.', above=0)
    ] = ()
    first: Annotated[int, Option("Patients before the first look.", at_least=1, at_most=MOST)] = 10
    cohort: Annotated[int, Option("Patients between looks.", at_least=1, at_most=MOST)] = 5
    n_max: Annotated[
        int | None, Option("Maximum; searched for when omitted.", at_least=2, at_most=MOST)
    ] = None

    def together(self) -> list[Fault]:
        """A beta distribution has two shapes."""
        if len(self.prior) in (0, 2):
            return []
        return [fault("prior", shown(self.prior), "two numbers above 0")]


def simon(asked: SimonAsked, source: Source) -> Synopsis:
    """Size Simon's design."""
    from hilum.trials.synopsis.one_group import simon_synopsis

    value, basis = source.with_control("p0", asked.p0, "proportion", single=True)
    rates_side(asked, "p1", value)
    variant = cast("Literal['optimal', 'minimax']", asked.variant)
    return simon_synopsis(
        basis,
        value,
        asked.p1,
        alpha=asked.alpha,
        power=asked.power,
        variant=variant,
        watch=source.watch,
    )


def single_stage(asked: SingleStageAsked, source: Source) -> Synopsis:
    """Size a single stage."""
    from hilum.trials.synopsis.one_group import stages_synopsis

    value, basis = source.with_control("p0", asked.p0, "proportion", single=True)
    rates_side(asked, "p1", value)
    method = cast("Literal['single-stage', 'single-stage-normal']", SINGLE[asked.method])
    return stages_synopsis(
        basis, value, asked.p1, alpha=asked.alpha, power=asked.power, method=method
    )


def fleming(asked: FlemingAsked, source: Source) -> Synopsis:
    """Size Fleming's design."""
    from hilum.trials.synopsis.one_group import stages_synopsis

    value, basis = source.with_control("p0", asked.p0, "proportion", single=True)
    rates_side(asked, "p1", value)
    return stages_synopsis(
        basis,
        value,
        asked.p1,
        alpha=asked.alpha,
        power=asked.power,
        method="fleming",
        stages=asked.stages,
        n=[round(size) for size in asked.n] or None,
    )


def bayesian(asked: BayesianAsked, source: Source) -> Synopsis:
    """Search for the smallest design by a Bayesian rule."""
    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.trials.synopsis.one_group import bayesian_synopsis

    value, basis = source.with_control("p0", asked.p0, "proportion", single=True)
    rates_side(asked, "p1", value)
    shapes = asked.prior
    return bayesian_synopsis(
        basis,
        value,
        asked.p1,
        alpha=asked.alpha,
        power=asked.power,
        prior=BetaMixture((1.0,), (shapes[0],), (shapes[1],)) if shapes else None,
        by=cast("Literal['predictive', 'posterior']", asked.by),
        first=asked.first,
        cohort=asked.cohort,
        n_max=asked.n_max,
        watch=source.watch,
    )


def whole_numbers(name: str, values: tuple[float, ...]) -> list[Fault]:
    """The fault of counts that are none."""
    wrong = [value for value in values if not value.is_integer()]
    return [fault(name, shown(wrong), "whole numbers")] if wrong else []


def shown(values: tuple[float, ...] | list[float]) -> str:
    """Numbers as they are typed."""
    return " ".join(f"{value:g}" for value in values)
