"""Asking a design to be simulated, as planned and in the ways it may fail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from hilum.analyses.asked import Option, options_of
from hilum.analyses.designs.asked import DesignAsked, fault
from hilum.analyses.scenario import ScenarioText
from hilum.errors import InputError, Parameter, phrased
from hilum.trials.failing.ways import AMOUNTS, KNOBS, WAYS, way, ways_for

if TYPE_CHECKING:
    from hilum.analyses.designs.source import Source
    from hilum.errors import Fault
    from hilum.trials.failing.play import Playable
    from hilum.trials.failing.rates import Pace
    from hilum.trials.failing.ways import Way
    from hilum.trials.simulation.survival_trial import SurvivalTrial
    from hilum.trials.synopsis.record import Synopsis
    from hilum.watch import Watch

TRIALS = 10_000
"""Trials of each row where scenarios are asked for without a number."""
FIELDS = {
    "delay": "scenario_delay",
    "slower": "scenario_accrual",
    "crossover": "scenario_crossover",
    "drop_out": "scenario_drop_out",
    "effect": "scenario_effect",
    "control_points": "scenario_control",
    "control_times": "scenario_control_median",
    "control_events": "scenario_control_rate",
    "sd": "scenario_sd",
    "dispersion": "scenario_dispersion",
    "misread": "scenario_misread",
}
"""The field that says how much, by the amount's name."""
ASKED = ("simulate", "seed", "scenarios", *FIELDS.values(), "patients_a_month")
"""Fields of what is simulated, in the order in which they are listed."""


def codes() -> tuple[str, ...]:
    """Ways to fail."""
    return tuple(WAYS)


def _ways(*kinds: str) -> Option:
    """What the ways are that a kind of trial (one of several) can be asked for."""
    return Option(
        "Ways the trial may fail, simulated beside the plan, with commas between; also a file of "
        "your own (.toml).",
        (lambda: ways_for(*kinds)) if kinds else codes,
    )


AnyWays = Annotated[tuple[str, ...], _ways()]
FollowedWays = Annotated[tuple[str, ...], _ways("followed")]
OneRateWays = Annotated[tuple[str, ...], _ways("one-rate")]
TwoRatesWays = Annotated[tuple[str, ...], _ways("two-rates")]
StagedRatesWays = Annotated[tuple[str, ...], _ways("staged-rates")]
OneMeanWays = Annotated[tuple[str, ...], _ways("one-mean")]
TwoMeansWays = Annotated[tuple[str, ...], _ways("two-means")]
CountsWays = Annotated[tuple[str, ...], _ways("counts")]
LandmarkWays = Annotated[tuple[str, ...], _ways("landmark")]
OneCurveWays = Annotated[tuple[str, ...], _ways("one-curve")]
ArmsFollowedWays = Annotated[tuple[str, ...], _ways("arms-followed")]
EitherWays = Annotated[tuple[str, ...], _ways("followed", "two-rates")]
EnrichedWays = Annotated[tuple[str, ...], _ways("stages-followed", "staged-rates", "staged-means")]


@dataclass(frozen=True, kw_only=True)
class PlayedAsked(DesignAsked):
    """What is played beside the computed figures."""

    plays: ClassVar[str]
    """A key of :data:`hilum.trials.failing.ways.KNOBS`: what may be otherwise than planned."""

    simulate: Annotated[
        int | None,
        Option(
            "Simulate so many trials, without an effect, as planned and in each scenario.",
            at_least=2,
            at_most=1_000_000,
        ),
    ] = None
    seed: Annotated[int, Option("Of the simulation.", at_least=0)] = 1
    scenarios: AnyWays = ()
    scenario_files: tuple[ScenarioText, ...] = ()
    scenario_accrual: Annotated[
        float, Option("slow-accrual: how many times as long the accrual takes.", above=1)
    ] = AMOUNTS["slower"]
    scenario_effect: Annotated[
        float,
        Option("smaller-effect: share of the effect hoped for that is true.", at_least=0, below=1),
    ] = AMOUNTS["effect"]
    scenario_drop_out: Annotated[
        float,
        Option(
            "drop-out: share of all lost in a year (times to events, counts), or whose outcome is "
            "missing.",
            above=0,
            below=1,
        ),
    ] = AMOUNTS["drop_out"]

    @property
    def kind_played(self) -> str:
        """What may be otherwise than planned, of the outcome that was asked for."""
        return self.plays

    @property
    def trials(self) -> int | None:
        """How many are simulated; None where nothing is."""
        return self.simulate or (TRIALS if self.fails else None)

    @property
    def fails(self) -> bool:
        """Whether ways to fail are asked for."""
        return bool(self.scenarios or self.scenario_files)

    @property
    def pace(self) -> Pace:
        """Patients a month, where that was said."""
        from hilum.trials.failing.rates import Pace

        return Pace(getattr(self, "patients_a_month", None))

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """The trial that is simulated, with the sizes of the synopsis."""
        raise NotImplementedError

    def ways(self) -> tuple[Way, ...]:
        """Scenarios of the table, then those of the user's own files.

        Raises
        ------
        InputError
            A file that is none.
        """
        from hilum.analyses.designs.own_ways import ways_of

        amounts = {
            name: getattr(self, where) for name, where in FIELDS.items() if hasattr(self, where)
        }
        found = [way(code, amounts) for code in dict.fromkeys(self.scenarios)]
        for file in self.scenario_files:
            found += ways_of(file, KNOBS[self.kind_played])
        return tuple(found)

    def failing(self) -> list[Fault]:
        """Scenarios that this design cannot be asked for, and what they need."""
        known = ways_for(self.kind_played)
        said = options_of(type(self))["scenarios"][0].choices
        of_another = [one for one in self.scenarios if said and one in said() and one not in known]
        if any(one not in known for one in self.scenarios):
            wanted = phrased("one of {known}", known=", ".join(known))
            return [fault("scenarios", one, wanted) for one in of_another]
        faults: list[Fault] = []
        paced = hasattr(self, "patients_a_month") and self.kind_played not in TIMED
        if paced and self.pace.monthly is None:
            needs = [one for one in self.ways() if one.changes.made.keys() == {"slower"}]
            if needs:
                wanted = "patients a month: slower accrual costs months, and nothing else here"
                faults.append(fault("patients_a_month", "", wanted))
        else:
            self.ways()
        return faults

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


TIMED = ("followed", "landmark", "one-curve", "arms-followed", "stages-followed")
"""Kinds whose months follow from the course that was planned."""


@dataclass(frozen=True, kw_only=True)
class AlwaysPlayed(PlayedAsked):
    """A design that is simulated anyway: the table of ways to fail comes where it is asked for."""

    @property
    def trials(self) -> int | None:
        """How many are simulated of each way; None where none is asked for."""
        return (self.simulate or TRIALS) if self.fails else None


@dataclass(frozen=True, kw_only=True)
class PacedAsked(PlayedAsked):
    """A design that says nothing of months: they follow from the pace of recruitment."""

    patients_a_month: Annotated[
        float | None, Option("Patients a month, for the months of simulated trials.", above=0)
    ] = None


@dataclass(frozen=True, kw_only=True)
class Delaying(PlayedAsked):
    """An effect that may come late."""

    scenario_delay: Annotated[
        float, Option("delayed-effect: months without an effect.", above=0, unit="months")
    ] = AMOUNTS["delay"]


@dataclass(frozen=True, kw_only=True)
class Crossing(PlayedAsked):
    """Controls who may take up the treatment."""

    scenario_crossover: Annotated[
        float,
        Option(
            "crossover: share of the controls who cross over, in a year where patients are "
            "followed in time.",
            above=0,
            below=1,
        ),
    ] = AMOUNTS["crossover"]


@dataclass(frozen=True, kw_only=True)
class OtherMedian(PlayedAsked):
    """A control whose median may be another."""

    scenario_control_median: Annotated[
        float,
        Option(
            "longer-control, shorter-control: by which the control's median is multiplied or "
            "divided.",
            above=1,
            at_most=10,
        ),
    ] = AMOUNTS["control_times"]


@dataclass(frozen=True, kw_only=True)
class OtherRate(PlayedAsked):
    """A control (or uninteresting) rate that may be another."""

    scenario_control: Annotated[
        float,
        Option(
            "higher-control, lower-control: by how much the control's (or the uninteresting) rate "
            "is another; the difference hoped for stays.",
            above=0,
            below=1,
        ),
    ] = AMOUNTS["control_points"]


@dataclass(frozen=True, kw_only=True)
class Misreading(OtherRate, PacedAsked):
    """Responses that may be misread."""

    scenario_misread: Annotated[
        float,
        Option(
            "misread: share of the responses taken for none, and of none taken for a response.",
            above=0,
            below=0.5,
        ),
    ] = AMOUNTS["misread"]


@dataclass(frozen=True, kw_only=True)
class OtherSd(PlayedAsked):
    """A standard deviation that may be larger."""

    scenario_sd: Annotated[
        float,
        Option("larger-sd: by which the standard deviation is multiplied.", above=1, at_most=10),
    ] = AMOUNTS["sd"]


@dataclass(frozen=True, kw_only=True)
class OtherCounts(PlayedAsked):
    """Events of which there may be more or fewer, and more unevenly."""

    scenario_control_rate: Annotated[
        float,
        Option(
            "more-control-events, fewer-control-events: by which the control's rate is multiplied "
            "or divided.",
            above=1,
            at_most=10,
        ),
    ] = AMOUNTS["control_events"]
    scenario_dispersion: Annotated[
        float,
        Option("more-dispersion: what is added to the dispersion.", above=0, at_most=100),
    ] = AMOUNTS["dispersion"]


@dataclass(frozen=True, kw_only=True)
class SimulatedAsked(Delaying, Crossing, OtherMedian):
    """A log-rank test of two groups, played patient by patient."""

    plays: ClassVar[str] = "followed"

    scenarios: FollowedWays = ()

    def played(self, synopsis: Synopsis, trial: SurvivalTrial) -> SurvivalTrial:
        """The trial that is simulated, of the one with the sizes of the synopsis."""
        del synopsis
        return trial

    def playable(self, synopsis: Synopsis, source: Source) -> Playable:
        """See :class:`PlayedAsked`."""
        from hilum.trials.simulation.designed import designed_trial, followed

        del source
        course: Any = self
        known = {one.parameter: one.value for one in synopsis.assumptions}
        pattern = getattr(self, "pattern", lambda: ((0.0, known["hazard_ratio"]),))()
        trial = designed_trial(synopsis, pattern, known["control_median"], course.drop_out_time)
        return followed(synopsis, self.played(synopsis, trial))


@dataclass(frozen=True, kw_only=True)
class EitherPlayed(SimulatedAsked, Misreading):
    """Times to an event, or rates, as was asked for."""

    plays_rates: ClassVar[str] = "two-rates"

    scenarios: EitherWays = ()

    @property
    def kind_played(self) -> str:
        """Of the outcome whose effect was given."""
        survival = getattr(self, "hazard_ratio", None) is not None
        return self.plays if survival else self.plays_rates


def with_simulation(asked: Any, synopsis: Synopsis, source: Source, watch: Watch) -> Synopsis:
    """The synopsis with simulated trials, where they were asked for."""
    if not isinstance(asked, PlayedAsked) or asked.trials is None:
        return synopsis
    from hilum.trials.failing.play import played

    trial, ways = asked.playable(synopsis, source), asked.ways()
    _bounded(trial, ways, asked.trials, synopsis.patients)
    try:
        made = played(trial, ways, asked.trials, asked.seed, watch)
    except InputError as error:
        raise InputError(*(_at_its_option(one, ways) for one in error.faults)) from None
    return replace(synopsis, simulated=made)


def _bounded(trial: Playable, ways: tuple[Way, ...], trials: int, patients: int) -> None:
    """Refuse more than can be waited for.

    Raises
    ------
    InputError
        Too many trials of so many patients; it says how many can be played.
    """
    from hilum.trials.failing.play import MOST_PLAYED, patients_played

    most = MOST_PLAYED // patients_played(trial, ways, 1)
    if trials <= most:
        return
    wanted = phrased(
        "at most {most}: a trial has {patients} patients and is played in {rows} rows; take fewer "
        "trials or fewer scenarios",
        most=most,
        patients=patients,
        rows=2 + len(ways),
    )
    raise InputError(fault("simulate", str(trials), wanted))


def _at_its_option(one: Fault, ways: tuple[Way, ...]) -> Fault:
    """A change that cannot be, at the option that asked for it; a user's own stays in its file."""
    if one.file in {way.file for way in ways if way.file}:
        return one
    return fault(FIELDS.get(one.column, one.column), one.value, one.expected)
