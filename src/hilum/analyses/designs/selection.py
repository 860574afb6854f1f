"""Trials of several treatments of which an interim analysis selects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar

from hilum.analyses.asked import Option
from hilum.analyses.designs.asked import P1, P2, Alpha, Power, fault
from hilum.analyses.designs.direction import Better, rates_side
from hilum.analyses.designs.growing import bounds
from hilum.analyses.designs.simulated import (
    AlwaysPlayed,
    Crossing,
    Misreading,
    StagedRatesWays,
)
from hilum.errors import Parameter, phrased

if TYPE_CHECKING:
    from hilum.analyses.designs.source import Source
    from hilum.errors import Fault
    from hilum.trials.failing.play import Playable
    from hilum.trials.sequential.selection import Selection
    from hilum.trials.synopsis.record import Synopsis


def rules() -> tuple[str, ...]:
    """Rules of selection."""
    from hilum.trials.sequential.selection import RULES

    return tuple(RULES)


def tests() -> tuple[str, ...]:
    """Tests of an intersection."""
    from hilum.trials.sequential.closed import TESTS

    return tuple(TESTS)


@dataclass(frozen=True, kw_only=True)
class SelectionAsked(AlwaysPlayed, Crossing, Misreading):
    """Treatments selected at an interim analysis, family-wise error kept by a closed test."""

    design: ClassVar[str] = "selection"
    plays: ClassVar[str] = "staged-rates"

    scenarios: StagedRatesWays = ()

    arms: Annotated[int, Option("Treatments besides the control.", at_least=2, at_most=6)]
    p1: P1
    p2: P2 = None
    uninteresting: Annotated[
        float | None,
        Option("Rate of the other treatments; the control's if omitted.", above=0, below=1),
    ] = None
    select: Annotated[
        str,
        Option(
            "Who goes on: the best, the --keep best, those within --epsilon of the best, or all "
            "(with --futility: all promising).",
            rules,
        ),
    ] = "best"
    keep: Annotated[
        int | None, Option("How many go on (--select keep).", at_least=1, at_most=5)
    ] = None
    epsilon: Annotated[
        float | None,
        Option("Observed rates so close to the best go on (--select epsilon).", above=0, below=1),
    ] = None
    futility: Annotated[
        float | None,
        Option("Interim z below which no treatment goes on (not binding).", above=-10, below=10),
    ] = None
    interim: Annotated[
        float,
        Option("Share of a treatment's patients at the interim analysis.", above=0, below=1),
    ] = 0.5
    kind: Annotated[str, Option("Efficacy bound of the interim analysis.", bounds)] = "none"
    test: Annotated[str, Option("Test of several treatments at once.", tests)] = "dunnett"
    alpha: Alpha = 0.025
    power: Power = 0.8
    ratio: Annotated[float, Option("Control to treatment patients.", above=0)] = 1.0
    simulate: Annotated[
        int, Option("Trials simulated of each truth.", at_least=1_000, at_most=1_000_000)
    ] = 10_000
    better: Better = None

    def together(self) -> list[Fault]:
        """A number to keep, or a distance, of the rule that has it."""
        faults: list[Fault] = []
        for name in ("keep", "epsilon"):
            value = getattr(self, name)
            if (value is None) == (self.select == name):
                wanted = phrased(
                    "a value together with {other} {rule}, and only then",
                    other=Parameter("select"), rule=name,
                )  # fmt: skip
                faults.append(fault(name, "" if value is None else f"{value:g}", wanted))
        return faults

    def plan(self) -> Selection:
        """The stages and their tests."""
        from hilum.trials.sequential.interim_rule import NONE
        from hilum.trials.sequential.selection import Rule
        from hilum.trials.sequential.selection import selection as planned

        rule = Rule(
            self.select, self.epsilon or 0.1, NONE if self.futility is None else self.futility,
            keep=self.keep or 1,
        )  # fmt: skip
        return planned(
            self.arms, rule, interim=self.interim, kind=self.kind, test=self.test,
            alpha=self.alpha, ratio=self.ratio,
        )  # fmt: skip

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        from hilum.trials.failing.designed import many_rates
        from hilum.trials.failing.rate_arms import Selecting
        from hilum.trials.simulation.selected import sizes_of

        del source
        plan = self.plan()
        n = next(n for name, n in synopsis.per_arm if name != "control")
        rates = many_rates(synopsis, self.arms, self.uninteresting)
        return Selecting(rates, plan, sizes_of(plan, n), self.pace)


def selection(asked: SelectionAsked, source: Source) -> Synopsis:
    """Size a trial with selection."""
    from hilum.trials.synopsis.selection import Hopes, selection_synopsis

    value, basis = source.with_control("p2", asked.p2, "proportion", single=False)
    rates_side(asked, "p1", value)
    other = value if asked.uninteresting is None else asked.uninteresting
    hopes = Hopes(asked.p1, value, other, asked.power, asked.simulate, asked.seed)
    return selection_synopsis(basis, asked.plan(), hopes, source.watch)
