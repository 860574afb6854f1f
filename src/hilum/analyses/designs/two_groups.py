"""Randomised trials of two rates or two means, with one analysis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, cast

from hilum.analyses.asked import Option
from hilum.analyses.designs.asked import (
    EVIDENCE,
    P1,
    P2,
    Alpha,
    EffectSd,
    Hypothesis,
    Margin,
    Power,
    RateMargin,
    Ratio,
    Sided,
    fault,
)
from hilum.analyses.designs.direction import Better, rates_side
from hilum.analyses.designs.simulated import (
    Crossing,
    Misreading,
    OtherSd,
    PacedAsked,
    TwoMeansWays,
    TwoRatesWays,
)
from hilum.errors import Parameter, phrased

if TYPE_CHECKING:
    from hilum.analyses.designs.source import Source
    from hilum.errors import Fault
    from hilum.trials.failing.play import Playable
    from hilum.trials.synopsis.record import Synopsis
    from hilum.trials.synopsis.two_groups import Hypothesis as Known

Assurance = Annotated[
    float | None, Option("Size on this assurance instead of on --power.", above=0, below=1)
]


def methods() -> tuple[str, ...]:
    """Tests of two rates; exact ones first."""
    from hilum.trials.fixed.exact_tests import TESTS
    from hilum.trials.synopsis.two_groups import METHODS

    return (*TESTS, *(name for name in METHODS if name not in TESTS))


@dataclass(frozen=True, kw_only=True)
class TwoProportionsAsked(Crossing, Misreading):
    """Two rates."""

    design: ClassVar[str] = "two-proportions"
    plays: ClassVar[str] = "two-rates"

    scenarios: TwoRatesWays = ()

    p1: P1
    p2: P2 = None
    alpha: Alpha = 0.025
    power: Power = 0.8
    sided: Sided = 1
    ratio: Ratio = 1.0
    method: Annotated[
        str,
        Option("Test: exact unconditional, exact conditional (fisher), or normal.", methods),
    ] = "boschloo"
    hypothesis: Hypothesis = "superiority"
    margin: RateMargin = None
    effect_sd: EffectSd = None
    assurance: Assurance = None
    better: Better = None

    def together(self) -> list[Fault]:
        """An assurance rests on a belief; a margin is of another hypothesis."""
        return [
            *nothing_believed(self.assurance, self.effect_sd, self.control_from_evidence),
            *margin_alone(self.hypothesis, self.margin),
        ]

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        from hilum.trials.failing.designed import two_rates

        del source
        return two_rates(synopsis, self.method, self.margin, self.pace)


@dataclass(frozen=True, kw_only=True)
class MeansAsked(Crossing, OtherSd, PacedAsked):
    """Two means."""

    design: ClassVar[str] = "means"
    plays: ClassVar[str] = "two-means"

    scenarios: TwoMeansWays = ()

    difference: Annotated[float, Option("Difference hoped for.")]
    sd: Annotated[float, Option("Standard deviation.", above=0)]
    alpha: Alpha = 0.025
    power: Power = 0.8
    sided: Sided = 1
    ratio: Ratio = 1.0
    hypothesis: Hypothesis = "superiority"
    margin: Margin = None

    def together(self) -> list[Fault]:
        """A margin is of another hypothesis than superiority."""
        return margin_alone(self.hypothesis, self.margin)

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        from hilum.trials.failing.designed import two_means

        del source
        margin = None if self.hypothesis == "superiority" else self.margin
        return two_means(synopsis, margin, self.pace)


def margin_alone(hypothesis: str, margin: float | None) -> list[Fault]:
    """The fault of a margin that superiority would not use."""
    if margin is None or hypothesis != "superiority":
        return []
    wanted = phrased(
        "none for superiority; with a margin say {hypothesis} noninferiority or equivalence",
        hypothesis=Parameter("hypothesis"),
    )
    return [fault("margin", f"{margin:g}", wanted)]


def two_proportions(asked: TwoProportionsAsked, source: Source) -> Synopsis:
    """Size a trial of two rates."""
    from hilum.trials.synopsis.two_groups import two_proportions_synopsis

    value, basis = source.with_control("p2", asked.p2, "proportion", single=False)
    superior = asked.hypothesis == "superiority"
    side = rates_side(asked, "p1", value if superior else None)
    return two_proportions_synopsis(
        basis,
        asked.p1,
        value,
        alpha=asked.alpha,
        power=asked.power,
        sided=asked.sided,
        ratio=asked.ratio,
        method=asked.method,
        hypothesis=cast("Known", asked.hypothesis),
        margin=asked.margin,
        effect_sd=asked.effect_sd,
        assurance=asked.assurance,
        control=source.control_prior() if superior else None,
        lower=side == "lower",
        watch=source.watch,
    )


def means(asked: MeansAsked, source: Source) -> Synopsis:
    """Size a trial of two means."""
    from hilum.trials.synopsis.two_groups import means_synopsis

    return means_synopsis(
        source.basis(single=False),
        asked.difference,
        asked.sd,
        alpha=asked.alpha,
        power=asked.power,
        sided=asked.sided,
        ratio=asked.ratio,
        hypothesis=cast("Known", asked.hypothesis),
        margin=asked.margin,
    )


def nothing_believed(
    assurance: float | None, effect_sd: float | None, control: str | None
) -> list[Fault]:
    """The fault of an assurance without anything believed."""
    if assurance is None or effect_sd is not None or control is not None:
        return []
    wanted = phrased(
        "what is believed of the effect (or {evidence}), for assurance", evidence=EVIDENCE
    )
    return [fault("effect_sd", "", wanted)]
