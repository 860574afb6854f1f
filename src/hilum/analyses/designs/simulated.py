"""Asking a design to be simulated, as planned and in the ways it may fail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from hilum.analyses.asked import Option
from hilum.analyses.designs.asked import fault
from hilum.errors import Parameter, phrased

if TYPE_CHECKING:
    from hilum.errors import Fault
    from hilum.trials.simulation.survival_trial import SurvivalTrial
    from hilum.trials.synopsis.record import Synopsis
    from hilum.watch import Watch

TRIALS = 10_000
"""Trials of each row where scenarios are asked for without a number."""


def codes() -> tuple[str, ...]:
    """Ways to fail."""
    from hilum.trials.simulation.designed import SCENARIOS

    return tuple(SCENARIOS)


@dataclass(frozen=True, kw_only=True)
class SimulatedAsked:
    """What is played beside the computed figures of a log-rank test."""

    simulate: Annotated[
        int | None,
        Option(
            "Simulate so many trials, without an effect, as planned and in each scenario.",
            at_least=2,
            at_most=1_000_000,
        ),
    ] = None
    seed: Annotated[int, Option("Of the simulation.", at_least=0)] = 1
    scenarios: Annotated[
        tuple[str, ...],
        Option("Ways the trial may fail, simulated beside the plan, with commas between.", codes),
    ] = ()
    scenario_delay: Annotated[
        float, Option("delayed-effect: months without an effect.", above=0, unit="months")
    ] = 4.0
    scenario_accrual: Annotated[
        float, Option("slow-accrual: how many times as long the accrual takes.", above=1)
    ] = 1.5
    scenario_crossover: Annotated[
        float,
        Option("crossover: share of the controls who cross over in a year.", above=0, below=1),
    ] = 0.3
    scenario_drop_out: Annotated[
        float, Option("drop-out: share of all lost in a year.", above=0, below=1)
    ] = 0.2

    @property
    def trials(self) -> int | None:
        """How many are simulated; None where nothing is."""
        return self.simulate or (TRIALS if self.scenarios else None)

    def played(self, synopsis: Synopsis, trial: SurvivalTrial) -> SurvivalTrial:
        """The trial that is simulated, of the one with the sizes of the synopsis."""
        del synopsis
        return trial

    def not_simulated(self, **given: object) -> list[Fault]:
        """Faults where something is given with which no trial is simulated."""
        if self.trials is None:
            return []
        cause = next((name for name, value in given.items() if value not in (None, (), False)), "")
        if not cause:
            return []
        name = "simulate" if self.simulate is not None else "scenarios"
        shown = str(self.simulate) if self.simulate is not None else ",".join(self.scenarios)
        return [fault(name, shown, phrased("none together with {other}", other=Parameter(cause)))]


def with_simulation(asked: Any, synopsis: Synopsis, watch: Watch) -> Synopsis:
    """The synopsis with simulated trials, where they were asked for."""
    if not isinstance(asked, SimulatedAsked) or asked.trials is None:
        return synopsis
    from hilum.trials.simulation.designed import Failing, designed_trial, simulate_designed

    course: Any = asked
    known = {one.parameter: one.value for one in synopsis.assumptions}
    pattern = getattr(asked, "pattern", lambda: ((0.0, known["hazard_ratio"]),))()
    trial = designed_trial(synopsis, pattern, known["control_median"], course.drop_out_time)
    trial = asked.played(synopsis, trial)
    failing = Failing(
        delay=asked.scenario_delay,
        slower=asked.scenario_accrual,
        crossing=asked.scenario_crossover,
        lost=asked.scenario_drop_out,
    )
    made = simulate_designed(
        synopsis,
        trial,
        scenarios=asked.scenarios,
        failing=failing,
        trials=asked.trials,
        seed=asked.seed,
        watch=watch,
    )
    return replace(synopsis, simulated=made)
