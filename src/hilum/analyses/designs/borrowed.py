"""Randomised trials whose controls borrow from published series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from hilum.analyses.asked import Option
from hilum.analyses.designs.asked import P1, Power, fault
from hilum.analyses.designs.direction import Better, rates_side
from hilum.analyses.designs.simulated import (
    Crossing,
    Misreading,
    TwoRatesWays,
)
from hilum.errors import Parameter, phrased

if TYPE_CHECKING:
    from hilum.analyses.designs.source import Source
    from hilum.errors import Fault
    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.trials.failing.play import Playable
    from hilum.trials.synopsis.record import Assumption, Synopsis

ROBUST, TAU_SCALE = 0.2, 1.0


@dataclass(frozen=True, kw_only=True)
class BorrowedAsked(Crossing, Misreading):
    """A prior of the control rate from its studies, and new controls."""

    design: ClassVar[str] = "borrowed"
    plays: ClassVar[str] = "two-rates"

    scenarios: TwoRatesWays = ()

    p1: P1
    n1: Annotated[
        int | None,
        Option("Patients on treatment; sized for --power when omitted.", at_least=1, at_most=2000),
    ] = None
    n2: Annotated[
        int | None,
        Option("New controls; sized for --power when omitted.", at_least=1, at_most=2000),
    ] = None
    power: Power = 0.8
    ratio: Annotated[
        float,
        Option("Patients on treatment for each new control, where sized.", above=0, at_most=100),
    ] = 2.0
    threshold: Annotated[
        float,
        Option("Posterior probability of being better that is success.", above=0, below=1),
    ] = 0.975
    robust: Annotated[
        float | None,
        Option("Weight of the vague part of the MAP prior; 0.2 when omitted.", at_least=0, below=1),
    ] = None
    tau_scale: Annotated[
        float | None,
        Option(
            "Half-normal scale of the spread between studies (log odds) of the MAP prior; 1 when "
            "omitted.",
            above=0,
            below=100,
        ),
    ] = None
    power_prior: Annotated[
        float | None,
        Option(
            "Power prior instead of the MAP prior: the share, from 0 to 1, at which historical "
            "patients count.",
            at_least=0,
            at_most=1,
        ),
    ] = None
    better: Better = None

    def together(self) -> list[Fault]:
        """A prior has studies, and is of one kind."""
        faults: list[Fault] = []
        if self.control_from_evidence is None:
            wanted = "a treatment whose studies make the prior"
            faults.append(fault("control_from_evidence", "", wanted))
        for name, other in (("n1", "n2"), ("n2", "n1")):
            if getattr(self, name) is None and getattr(self, other) is not None:
                wanted = phrased("a number beside {other}, or neither", other=Parameter(other))
                faults.append(fault(name, "", wanted))
        if self.power_prior is not None:
            for name in ("robust", "tau_scale"):
                value = getattr(self, name)
                if value is not None:
                    wanted = phrased("none together with {other}", other=Parameter("power_prior"))
                    faults.append(fault(name, f"{value:g}", wanted))
        return faults

    def prior(self, source: Source) -> tuple[BetaMixture, float, Any, tuple[Assumption, ...]]:
        """Prior of the control rate, the rate expected, where it is plausible, and whence."""
        if self.power_prior is not None:
            prior, expected, found = source.historical(self.power_prior)
            return prior, expected, source.plausible(), found
        weight = ROBUST if self.robust is None else self.robust
        scale = TAU_SCALE if self.tau_scale is None else self.tau_scale
        prior, made, found = source.prior(scale, weight)
        return prior, made.mean, made.interval, found

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`hilum.analyses.designs.simulated.PlayedAsked`."""
        from hilum.trials.failing.designed import borrowed_rates

        prior, expected, _, _ = self.prior(source)
        return borrowed_rates(synopsis, prior, self.p1, expected, self.threshold, self.pace)


def borrowed(asked: BorrowedAsked, source: Source) -> Synopsis:
    """What a trial that borrows its controls would do."""
    from hilum.trials.synopsis.borrowed import borrowed_synopsis

    prior, expected, plausible, found = asked.prior(source)
    rates_side(asked, "p1", expected)
    return borrowed_synopsis(
        source.basis(found, single=False),
        asked.n1,
        asked.n2,
        asked.p1,
        prior,
        expected=expected,
        plausible=plausible,
        threshold=asked.threshold,
        share=asked.power_prior,
        power=asked.power,
        ratio=asked.ratio,
        watch=source.watch,
    )
