"""Synopsis of a two-stage trial whose second stage may grow in a promising zone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.fixed.sizes import whole
from hilum.trials.parameters import Requirements
from hilum.trials.sequential.promising import PromisingZone, promising_zone
from hilum.trials.synopsis.record import Operating, Step, Synopsis
from hilum.trials.synopsis.special import Growth, Interim

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.trials.sequential.design import GroupSequential
    from hilum.trials.synopsis.parts import Curve

# The picture's step in interim z, and every how many of them the table has a row.
STEP, ROWS = 0.05, 5


@dataclass(frozen=True, slots=True)
class Growing:
    """How the second stage may grow.

    Parameters
    ----------
    most : float
        Largest size as a multiple of the planned one.
    power : float
        Conditional power wanted.
    promising_from : float
        Conditional power from which the second stage may grow.
    planned_effect : bool
        Whether conditional power is taken at the effect hoped for instead of the observed.
    z : float or None
        An interim result to be decided on.
    """

    most: float = 2.0
    power: float = 0.9
    promising_from: float = 0.3
    planned_effect: bool = False
    z: float | None = None


def zone_of(design: GroupSequential, total: float, grow: Growing) -> PromisingZone:
    """The planned trial of so many patients (or events) and how its second stage grows."""
    return promising_zone(
        design, total, float(np.floor(grow.most * total + 1e-9)), power=grow.power,
        promising_from=grow.promising_from,
        effect=design.drift / total**0.5 if grow.planned_effect else None,
    )  # fmt: skip


def reestimation_synopsis(
    planned: Synopsis, design: GroupSequential, grow: Growing, effect: float
) -> Synopsis:
    """Make a planned two-stage trial one whose second stage may grow.

    Parameters
    ----------
    planned : Synopsis
        Of the sequential trial without growth (events where it has them, patients otherwise).
    design : GroupSequential
        Its two stages.
    effect : float
        Effect hoped for: a hazard ratio (survival) or a difference.
    """
    _require_growth(grow)
    survival = planned.events is not None
    total = float(planned.events if planned.events is not None else planned.patients)
    plan = zone_of(design, total, grow)
    most = plan.n1 + plan.n2_max

    # No effect, or the margin that it is tested against.
    null = planned.operating[0].effect

    def effect_of(drift: float) -> float:
        share = drift / design.drift
        if survival:
            return float(null * (effect / null) ** share)
        return null + share * (effect - null) + 0.0

    truths = (("null", 0.0), ("middle", design.drift / 2), ("alternative", design.drift))
    outlooks = [(code, drift, plan.under(drift)) for code, drift in truths]
    factor = most / total
    stops = design.efficacy[0] < np.inf or design.futility[0] > -np.inf
    return replace(
        planned,
        kind="reestimate",
        method="promising zone",
        patients=sum(whole(n * factor) for _, n in planned.per_arm),
        per_arm=tuple((name, whole(n * factor)) for name, n in planned.per_arm),
        events=round(most) if survival else None,
        expected_n0=outlooks[0][2].expected,
        expected_n1=outlooks[2][2].expected,
        steps=(
            *(planned.steps if stops else _without_bounds(planned.steps)),
            *_steps(plan, planned, grow, total, most),
        ),
        looks=tuple(
            one if one.efficacy_z is not None
            else replace(one, efficacy_p=None, efficacy_effect=None)
            for one in planned.looks
        ),
        operating=tuple(
            Operating(code, effect_of(drift), one.success, one.expected, one.stopped)
            for code, drift, one in outlooks
        ),
        curve=_curve(plan, effect_of),
        analysis=(
            Step("reestimated_logrank" if survival else "reestimated_proportions"),
            *((Step("margin_report"),) if planned.hypothesis == "noninferiority" else ()),
            Step("reestimated_report"), *planned.analysis[1:],
        ),
        interim=_interims(plan, _observed(planned, design), design),
        growth=tuple(
            Growth(code, effect_of(drift), one.success, other.success, one.expected,
                   other.expected, one.raised)
            for code, drift, one in outlooks
            for other in (plan.under(drift, growing=False),)
        ),
        reached=outlooks[2][2].success,
    )  # fmt: skip


def _require_growth(grow: Growing) -> None:
    """Refuse a second stage that cannot grow."""
    check = Requirements()
    check.need(1 < grow.most < np.inf, "most", grow.most, "a multiple of the planned size above 1")
    check.need(
        grow.promising_from > 0,
        "promising_from",
        grow.promising_from,
        "a conditional power above 0",
    )
    check.done()


def _curve(plan: PromisingZone, effect_of: Callable[[float], float]) -> Curve:
    """Success and expected size over true effects, from harm to half as much again as hoped for."""
    drifts = np.linspace(-0.3, 1.5, 25) * plan.design.drift
    return tuple(
        (effect_of(float(drift)), one.success, one.expected)
        for drift in drifts
        for one in (plan.under(float(drift)),)
    )


def _without_bounds(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The derivation of a trial that never stops at its interim analysis."""
    return tuple(
        Step("no_interim_stop", {"alpha": one.facts["alpha"]})
        if one.code.startswith("bounds_")
        else one
        for one in steps
        if not one.code.startswith("inflation")
    )


def _steps(
    plan: PromisingZone, planned: Synopsis, grow: Growing, total: float, most: float
) -> tuple[Step, ...]:
    """How the second stage may grow, and what an interim result decides."""
    low, enough, high = plan.zone()
    t = plan.design.information_rates[0]
    steps = [
        Step("combination", {"w1": t**0.5, "w2": (1 - t) ** 0.5, "critical": plan.critical}),
        Step("zone_planned" if grow.planned_effect else "zone_observed",
             {"promising": 100 * grow.promising_from, "wanted": 100 * grow.power, "low": low,
              "high": high}),
        Step("zone_events" if planned.events is not None else "zone_patients",
             {"planned": round(total), "most": round(most), "enough": enough}),
    ]  # fmt: skip
    if grow.z is not None:
        one = plan.at(grow.z)
        size = whole(plan.n1 + one.n2)
        top = plan.design.efficacy[0]
        code = (
            "decided_efficacy" if grow.z >= top
            else "decided_futility" if grow.z < plan.design.futility[0]
            else f"decided_{one.zone}"
        )  # fmt: skip
        steps.append(
            Step(code, {
                "z": grow.z, "planned_power": 100 * one.planned_power,
                "reached": 100 * one.conditional_power, "n": size, "planned": round(total),
                "needed": plan.needed(grow.z), "critical": plan.critical,
            })
        )  # fmt: skip
    return tuple(steps)


def _observed(planned: Synopsis, design: GroupSequential) -> Callable[[float], float]:
    """Effect observed at an interim z; at full effect and information z is the drift."""
    effect, null = planned.operating[-1].effect, planned.operating[0].effect
    t = design.information_rates[0]

    def of(z: float) -> float:
        share = z / (design.drift * t**0.5)
        # Not -0 where a lower rate is hoped for.
        if planned.scale == "ratio":
            return float(null * (effect / null) ** share)
        return null + share * (effect - null) + 0.0

    return of


def _interims(
    plan: PromisingZone, effect_of: Callable[[float], float], design: GroupSequential
) -> tuple[Interim, ...]:
    """What happens after each interim z, from no effect to the end of the favourable zone."""
    low, enough, high = plan.zone()
    top = min(design.efficacy[0], max(np.ceil((high + 0.5) / 0.25) * 0.25, 2.5))
    # Without a lower edge (from conditional power 0 on) the table begins at -1.
    start = max(design.futility[0], -1.0, min(0.0, np.floor(max(low, -1.0) / 0.25) * 0.25))
    edges = [edge for edge in (low, enough, high) if start <= edge < top]
    grid = {
        round(k * STEP, 10): k % ROWS == 0 and all(abs(k * STEP - edge) > 0.03 for edge in edges)
        for k in range(round(start / STEP), int(top / STEP + 1e-9) + 1)
    }
    # Beside each edge, so that rounding error does not decide the zone; the size jumps at the
    # first, which is drawn from both sides.
    grid |= {edge + 1e-9: True for edge in edges}
    if low in edges:
        grid[low - 1e-9] = False
    found: list[Interim] = []
    for z, shown in sorted(grid.items()):
        one = plan.at(z)
        zone = "capped" if one.zone == "promising" and z < enough else one.zone
        found.append(
            Interim(z, effect_of(z), zone, one.planned_power, one.conditional_power,
                    plan.n1 + one.n2, plan.needed(z), shown)
        )  # fmt: skip
    return tuple(found)
