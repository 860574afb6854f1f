"""Simulating a designed trial of time to an event: as planned, and in the ways it may fail."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from fractions import Fraction
from math import inf, log
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from hilum.records import found
from hilum.trials.fixed.sizes import whole
from hilum.trials.simulation.reestimated import simulate_reestimated
from hilum.trials.simulation.reestimated_trial import ReestimatedTrial
from hilum.trials.simulation.survival import simulate_survival
from hilum.trials.simulation.survival_trial import SurvivalTrial
from hilum.trials.synopsis.special import Simulated, SimulatedTruth
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hilum.trials.simulation.reestimated import ReestimatedOutcomes
    from hilum.trials.simulation.survival import SurvivalOutcomes
    from hilum.trials.synopsis.record import Synopsis
    from hilum.watch import Watch

# So many patients take about a tenth of a second.
PATIENTS_AT_ONCE = 500_000
# Everybody at once, where the design says so: the rate is only finite.
AT_ONCE = 1e6
MOST_PARTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Failing:
    """How much of each failure: months of delay, times as long, and shares by a year.

    Parameters
    ----------
    delay : float
        Months without an effect.
    slower : float
        How many times as long the accrual takes.
    crossing : float
        Share of the control patients who cross over to the treatment within 12 months.
    lost : float
        Share of all patients lost to follow-up within 12 months.
    """

    delay: float = 4.0
    slower: float = 1.5
    crossing: float = 0.3
    lost: float = 0.2


@dataclass(frozen=True, slots=True)
class Scenario:
    """A way to fail: what it makes of a trial, and the numbers its sentence needs."""

    code: str
    changed: Callable[[SurvivalTrial, Failing, Synopsis], SurvivalTrial]
    facts: Callable[[Failing, Synopsis], dict[str, float]]


def _delayed(trial: SurvivalTrial, failing: Failing, synopsis: Synopsis) -> SurvivalTrial:
    del synopsis
    return replace(
        trial,
        hazard_ratios=(1.0, trial.hazard_ratios[-1]),
        ratio_breaks=(failing.delay,),
    )


def _slow(trial: SurvivalTrial, failing: Failing, synopsis: Synopsis) -> SurvivalTrial:
    del synopsis
    return replace(trial, accrual_rates=tuple(x / failing.slower for x in trial.accrual_rates))


def _closed(trial: SurvivalTrial, failing: Failing, synopsis: Synopsis) -> SurvivalTrial:
    return replace(_slow(trial, failing, synopsis), maximum_months=synopsis.months or inf)


def _crossing(trial: SurvivalTrial, failing: Failing, synopsis: Synopsis) -> SurvivalTrial:
    del synopsis
    return replace(trial, crossover_hazards=(-log(1 - failing.crossing) / 12, 0.0))


def _lost(trial: SurvivalTrial, failing: Failing, synopsis: Synopsis) -> SurvivalTrial:
    del synopsis
    rate = -log(1 - failing.lost) / 12
    return replace(trial, dropout_hazards=(rate, rate))


SCENARIOS: Final = {
    one.code: one
    for one in (
        Scenario("delayed-effect", _delayed, lambda f, _: {"delay": f.delay}),
        Scenario("slow-accrual", _slow, lambda f, _: {"slower": f.slower}),
        Scenario(
            "slow-accrual-closed",
            _closed,
            lambda f, s: {"slower": f.slower, "months": s.months or 0.0},
        ),
        Scenario("crossover", _crossing, lambda f, _: {"share": 100 * f.crossing}),
        Scenario("drop-out", _lost, lambda f, _: {"share": 100 * f.lost}),
    )
}
"""Ways to fail by their code; a new one is a record here and its sentence."""


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


def simulate_designed(
    synopsis: Synopsis,
    trial: SurvivalTrial,
    *,
    scenarios: Iterable[str] = (),
    failing: Failing | None = None,
    trials: int = 10_000,
    seed: int = 1,
    watch: Watch = SILENT,
) -> Simulated:
    """Simulate the trial without an effect, as planned, and in each scenario.

    The same seed gives the same figures; each row has a stream of its own.

    Raises
    ------
    UnknownCode
        A scenario that is none of :data:`SCENARIOS`; lists them.
    Stopped
        When the watch says so.
    """
    how = failing or Failing()
    chosen = [found(SCENARIOS, code, "scenario") for code in dict.fromkeys(scenarios)]
    none = replace(trial, hazard_ratios=(1.0,), ratio_breaks=())
    rows: list[tuple[str, SurvivalTrial, dict[str, float]]] = [
        ("no-effect", none, {}),
        ("as-planned", trial, {}),
        *(
            (one.code, one.changed(trial, how, synopsis), one.facts(how, synopsis))
            for one in chosen
        ),
    ]
    hoped = next(one.value for one in synopsis.assumptions if one.parameter == "hazard_ratio")
    if hoped > 1:
        # The event is a good one: what the treatment gains is what the other group loses.
        rows = [(code, _mirrored(one), facts) for code, one, facts in rows]
    watch.stage("simulating", trials * len(rows))
    # By code: another scenario beside it does not change a row.
    return Simulated(trials, seed, tuple(_truth(*row, trials, seed, watch) for row in rows))


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


def _truth(
    code: str,
    trial: SurvivalTrial,
    facts: dict[str, float],
    trials: int,
    seed: int,
    watch: Watch,
) -> SimulatedTruth:
    size = max(10, PATIENTS_AT_ONCE // trial.patients)
    up, down = np.zeros(trial.looks), np.zeros(trial.looks)
    sums = np.zeros(4)
    root = np.random.SeedSequence(seed, spawn_key=tuple(code.encode()))
    starts = range(0, trials, size)
    for start, own in zip(starts, root.spawn(len(starts)), strict=True):
        number = min(size, trials - start)
        out = PLAYS[type(trial)](trial, number, own)
        up += np.bincount(out.look[out.rejected], minlength=trial.looks)
        down += np.bincount(out.look[~out.rejected], minlength=trial.looks)
        sums += (out.events.sum(), out.patients.sum(), out.months.sum(), out.short.sum())
        watch.done(number)
    success = float(up.sum() / trials)
    events, patients, months, short = (sums / trials).tolist()
    return SimulatedTruth(
        code=code,
        facts=facts,
        success=success,
        mcse=(success * (1 - success) / trials) ** 0.5,
        efficacy=tuple((up / trials).tolist()),
        futility=tuple((down / trials).tolist()),
        events=events,
        patients=patients,
        months=months,
        short=short,
    )
