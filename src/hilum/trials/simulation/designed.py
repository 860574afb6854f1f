"""Simulating a designed trial of time to an event: as planned, and in the ways it may fail."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from fractions import Fraction
from math import inf, log
from typing import TYPE_CHECKING, Final

from scipy import special

from hilum.trials.failing.play import Played, played
from hilum.trials.failing.ways import way
from hilum.trials.fixed.sizes import whole
from hilum.trials.simulation.reestimated import simulate_reestimated
from hilum.trials.simulation.reestimated_trial import ReestimatedTrial
from hilum.trials.simulation.survival import simulate_survival
from hilum.trials.simulation.survival_trial import SurvivalTrial
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy as np

    from hilum.trials.failing.changes import Changes
    from hilum.trials.simulation.reestimated import ReestimatedOutcomes
    from hilum.trials.simulation.survival import SurvivalOutcomes
    from hilum.trials.synopsis.record import Synopsis
    from hilum.trials.synopsis.special import Simulated
    from hilum.watch import Watch

# Everybody at once, where the design says so: the rate is only finite.
AT_ONCE = 1e6
MOST_PARTS = 20


def designed_trial(
    synopsis: Synopsis,
    pattern: tuple[tuple[float, float], ...],
    control_median: float,
    drop_out_time: float,
) -> SurvivalTrial:
    """The trial that a synopsis describes.

    Parameters
    ----------
    synopsis : Synopsis
        Of a log-rank test of superiority; two-sided without bounds for futility.
    pattern : tuple of (float, float)
        Hazard ratios by the month from which they hold; the first from 0.
    control_median, drop_out_time : float
        Months.
    """
    known = {one.parameter: one.value for one in synopsis.assumptions}
    arms = dict(synopsis.per_arm)
    share = Fraction(arms["treatment"] / arms["control"]).limit_denominator(MOST_PARTS)
    lost = known.get("drop_out", 0.0)
    leaving = -log(1 - lost) / drop_out_time
    accrual = known["accrual"]
    looks = synopsis.looks
    level = (synopsis.alpha or 0.0) / synopsis.sided
    efficacy: tuple[float, ...] = (float(-special.ndtri(level)),)
    futility: tuple[float, ...] = ()
    events: tuple[int, ...] = (synopsis.events or 0,)
    if looks:
        efficacy = tuple(inf if one.efficacy_z is None else one.efficacy_z for one in looks)
        events = tuple(whole(one.events or 0) for one in looks)
        if any(one.futility_z is not None for one in looks):
            futility = tuple(-inf if one.futility_z is None else one.futility_z for one in looks)
    return SurvivalTrial(
        patients=synopsis.patients,
        accrual_rates=(synopsis.patients / accrual if accrual else AT_ONCE * synopsis.patients,),
        control_hazards=(log(2) / control_median,),
        hazard_ratios=tuple(ratio for _, ratio in pattern),
        ratio_breaks=tuple(month for month, _ in pattern[1:]),
        allocation=(share.denominator, share.numerator),
        dropout_hazards=(leaving, leaving),
        events=events,
        efficacy=efficacy,
        futility=futility,
        sided=1 if synopsis.sided == 1 else 2,
    )


def growing_trial(
    synopsis: Synopsis,
    largest: SurvivalTrial,
    *,
    conditional_power: float,
    promising_from: float,
    assumed_ratio: float | None,
) -> ReestimatedTrial:
    """The trial with the rule by which its second stage grows.

    Parameters
    ----------
    synopsis : Synopsis
        Of a two-stage trial; its ``patients`` and ``events`` are the most there may be.
    largest : SurvivalTrial
        The trial with all patients that there may be.
    conditional_power, promising_from : float
        Wanted at the first look, and the least from which it is raised.
    assumed_ratio : float or None
        Hazard ratio at which it is taken; the observed one where None.
    """
    patients = whole(synopsis.looks[-1].n or 0.0)
    pace = patients / synopsis.patients
    planned = replace(
        largest, patients=patients, accrual_rates=tuple(pace * one for one in largest.accrual_rates)
    )
    better = None if assumed_ratio is None else min(assumed_ratio, 1 / assumed_ratio)
    return ReestimatedTrial(
        **{one.name: getattr(planned, one.name) for one in fields(planned)},
        events_max=synopsis.events or 0,
        patients_max=synopsis.patients,
        conditional_power=conditional_power,
        promising_from=promising_from,
        assumed_ratio=better,
    )


# By the kind of trial, what plays it: each tells when a trial ended, with what, and its size.
PLAYS: Final[dict[type[SurvivalTrial], Callable[..., SurvivalOutcomes | ReestimatedOutcomes]]] = {
    SurvivalTrial: simulate_survival,
    ReestimatedTrial: simulate_reestimated,
}


@dataclass(frozen=True, slots=True)
class Followed:
    """A designed trial of two groups followed in time, to be played under other truths.

    Parameters
    ----------
    trial : SurvivalTrial
        As planned, with the effect hoped for.
    months : float or None
        The planned month of the end.
    good : bool
        Whether the event is a good one: what the treatment gains is what the other group loses.
    """

    trial: SurvivalTrial
    months: float | None
    good: bool = False
    levels: bool = False
    counted: str = "events"
    ends: str = "events"

    @property
    def analyses(self) -> int:
        """Number of looks."""
        return self.trial.looks

    @property
    def at_once(self) -> int:
        """Patients of a trial."""
        return self.trial.patients

    def changed(self, changes: Changes, *, works: bool) -> SurvivalTrial:
        """The trial under a truth."""
        trial = self.trial
        if not works:
            trial = replace(trial, hazard_ratios=(1.0,), ratio_breaks=())
        elif changes.effect != 1:
            ratios = tuple(one**changes.effect for one in trial.hazard_ratios)
            trial = replace(trial, hazard_ratios=ratios)
        if works and changes.delay:
            trial = replace(
                trial,
                hazard_ratios=(1.0, trial.hazard_ratios[-1]),
                ratio_breaks=(changes.delay,),
            )
        if changes.slower != 1:
            slower = tuple(x / changes.slower for x in trial.accrual_rates)
            trial = replace(trial, accrual_rates=slower)
        if changes.closed:
            trial = replace(trial, maximum_months=self.months or inf)
        if changes.crossover:
            trial = replace(trial, crossover_hazards=(by_a_year(changes.crossover), 0.0))
        if changes.drop_out:
            rate = by_a_year(changes.drop_out)
            trial = replace(trial, dropout_hazards=(rate, rate))
        if changes.control_times != 1:
            other = tuple(x / changes.control_times for x in trial.control_hazards)
            trial = replace(trial, control_hazards=other)
        return _mirrored(trial) if self.good else trial

    def play(
        self, changes: Changes, trials: int, seed: np.random.SeedSequence, *, works: bool
    ) -> Played:
        """See :class:`hilum.trials.failing.play.Playable`."""
        trial = self.changed(changes, works=works)
        out = PLAYS[type(trial)](trial, trials, seed)
        return Played(out.rejected, out.look, out.patients, out.events, out.months, out.short)


def by_a_year(share: float) -> float:
    """The hazard, a month, by which this share has had it in 12 months."""
    return -log(1 - share) / 12


def simulate_designed(
    synopsis: Synopsis,
    trial: SurvivalTrial,
    *,
    scenarios: Iterable[str] = (),
    trials: int = 10_000,
    seed: int = 1,
    watch: Watch = SILENT,
) -> Simulated:
    """Simulate the trial without an effect, as planned, and in each scenario, as is usual.

    Raises
    ------
    UnknownCode
        A scenario that is none; lists them.
    Stopped
        When the watch says so.
    """
    ways = [way(code, {}) for code in dict.fromkeys(scenarios)]
    return played(followed(synopsis, trial), ways, trials, seed, watch)


def followed(synopsis: Synopsis, trial: SurvivalTrial) -> Followed:
    """The trial of a synopsis, to be played."""
    hoped = next(one.value for one in synopsis.assumptions if one.parameter == "hazard_ratio")
    return Followed(trial, synopsis.months, hoped > 1)


def _mirrored(trial: SurvivalTrial) -> SurvivalTrial:
    """The same trial with its groups in each other's place."""
    treated = trial.hazards[1]
    return replace(
        trial,
        control_hazards=treated.rates,
        control_breaks=treated.breaks,
        hazard_ratios=tuple(1 / one for one in trial.hazard_ratios),
        allocation=trial.allocation[::-1],
        dropout_hazards=trial.dropout_hazards[::-1],
        competing_hazards=trial.competing_hazards[::-1],
        crossover_hazards=trial.crossover_hazards[::-1],
    )
