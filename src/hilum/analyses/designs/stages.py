"""Group sequential trials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from hilum.analyses.asked import Option
from hilum.analyses.designs.asked import (
    P2,
    Alpha,
    EffectSd,
    EitherAsked,
    Median,
    Power,
    Rate,
    Ratio,
    Sided,
    SurvivalRatio,
    fault,
)
from hilum.analyses.designs.direction import Better, hazard_side, rates_side
from hilum.analyses.designs.simulated import EitherPlayed

if TYPE_CHECKING:
    from hilum.analyses.designs.source import Source
    from hilum.errors import Fault
    from hilum.trials.failing.play import Playable
    from hilum.trials.synopsis.record import Synopsis


def kinds() -> tuple[str, ...]:
    """Families of bounds that need no errors spent by hand."""
    from hilum.trials.sequential.design import KINDS

    return tuple(name for name in KINDS if name != "asUser")


@dataclass(frozen=True, kw_only=True)
class SequentialAsked(EitherPlayed, EitherAsked):
    """Several analyses with bounds."""

    design: ClassVar[str] = "sequential"

    hazard_ratio: SurvivalRatio = None
    control_median: Median = None
    p1: Rate = None
    p2: P2 = None
    better: Better = None
    alpha: Alpha = 0.025
    power: Power = 0.8
    sided: Sided = 1
    ratio: Ratio = 1.0
    kind: Annotated[
        str,
        Option(
            "Bounds: O'Brien-Fleming, Pocock, Wang-Tsiatis (OF, P, WT), or spending by Lan-DeMets "
            "(asOF, asP), Hwang-Shih-DeCani (asHSD) or Kim-DeMets (asKD).",
            kinds,
        ),
    ] = "asOF"
    parameter: Annotated[float | None, Option("delta of WT, gamma of asHSD, rho of asKD.")] = None
    stages: Annotated[int, Option("Equally spaced analyses.", at_least=1)] = 3
    information_rates: Annotated[
        tuple[float, ...],
        Option('Shares of the information instead: "0.4 0.7 1".', above=0, share=True),
    ] = ()
    futility: Annotated[
        str | None, Option('Beta spending (asOF, asP, asHSD, asKD) or z bounds: "0 0.5".')
    ] = None
    futility_parameter: Annotated[float | None, Option("gamma or rho of the beta spending.")] = None
    binding: Annotated[bool, Option("Futility bounds are binding.")] = False
    effect_sd: EffectSd = None

    def together(self) -> list[Fault]:
        """Either outcome; a belief is of a hazard ratio."""
        faults = super().together()
        if self.p1 is not None and self.effect_sd is not None:
            faults.append(fault("effect_sd", f"{self.effect_sd:g}", "none, but for survival"))
        both = self.sided == 2 and self.futility is not None
        faults += self.not_simulated(futility=self.futility if both else None)
        if self.futility is not None and self.bounds() is None:
            faults.append(fault("futility", self.futility, "numbers separated by blanks"))
        return faults

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        if self.p1 is None:
            return super().playable(synopsis, source)
        from hilum.trials.failing.designed import two_rates

        return two_rates(synopsis, "normal", None, self.pace)

    def bounds(self) -> str | list[float] | None:
        """Beta spending by its name, or z bounds; None where there are none or they are none."""
        from hilum.trials.sequential.spending import FAMILIES

        if self.futility is None or self.futility in FAMILIES:
            return self.futility
        try:
            return [float(one) for one in self.futility.replace(",", " ").split()]
        except ValueError:
            return None


def sequential(asked: SequentialAsked, source: Source) -> Synopsis:
    """Size a group sequential trial."""
    from hilum.trials.sequential.design import group_sequential
    from hilum.trials.synopsis.sequential import (
        sequential_proportions_synopsis,
        sequential_survival_synopsis,
    )

    plan = group_sequential(
        list(asked.information_rates) or None,
        stages=asked.stages,
        alpha=asked.alpha,
        power=asked.power,
        kind=asked.kind,
        parameter=asked.parameter,
        sided=asked.sided,
        futility=asked.bounds(),
        futility_parameter=asked.futility_parameter,
        binding=asked.binding,
    )
    if asked.p1 is not None:
        value, basis = source.with_control("p2", asked.p2, "proportion", single=False)
        rates_side(asked, "p1", value)
        return sequential_proportions_synopsis(basis, plan, asked.p1, value, ratio=asked.ratio)
    value, basis = source.with_control(
        "control_median", asked.control_median, "months", single=False
    )
    hazard_side(asked, asked.hazard_ratio or 1.0)
    return sequential_survival_synopsis(
        basis,
        plan,
        asked.hazard_ratio or 1.0,
        value,
        asked.course(),
        ratio=asked.ratio,
        effect_sd=asked.effect_sd,
    )
