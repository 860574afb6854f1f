"""Synopsis of a multi-arm multi-stage trial with times to events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.fixed.sizes import whole
from hilum.trials.sequential.arm_paths import passing
from hilum.trials.sequential.arm_requirements import ATTENUATION
from hilum.trials.sequential.survival_arms import SurvivalArms, Truth
from hilum.trials.synopsis.one_group import conventions, given
from hilum.trials.synopsis.record import (
    Assumption,
    Basis,
    Look,
    Operating,
    Step,
    Synopsis,
    spirit_items,
)
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.watch import Watch

# The range of correlations at which error and power are shown (help of nstage).
LOW, HIGH = 0.4, 0.8
CURVE = 13
# With more stages each point takes seconds, so that the picture keeps the power alone.
SIZED_STAGES = 3


def survival_arms_synopsis(
    basis: Basis,
    design: SurvivalArms,
    *,
    intermediate: str | None = None,
    drop_out: float = 0.0,
    drop_out_time: float = 12.0,
    watch: Watch = SILENT,
) -> Synopsis:
    """Several treatments against one control, dropped for lack of benefit (Royston 2011).

    Parameters
    ----------
    design : SurvivalArms
        From :func:`hilum.trials.sequential.survival_arms.survival_arms`.
    intermediate : str, optional
        Code or words of the intermediate outcome.
    drop_out, drop_out_time
        As the design was asked for.
    """
    last = design.stages[-1]
    n2 = whole(last.controls)
    n1 = whole((last.patients - last.controls) / design.arms)
    equal = {one.recruiting for one in design.stages} == {design.arms}
    most, months = design.largest
    total = design.arms * n1 + n2 if equal else whole(most)
    return Synopsis(
        kind="multi-arm-survival",
        method="royston",
        hypothesis="superiority",
        scale="ratio",
        question=basis.question,
        alpha=last.alpha,
        power=design.alternative.pairwise,
        sided=1,
        patients=total,
        per_arm=(("each_treatment", n1), ("control", n2)) if equal else (),
        events=None,
        months=months,
        expected_n0=design.null.patients,
        expected_n1=design.alternative.patients,
        steps=_steps(design, n1, n2, total, equal=equal, drop_out=drop_out, time=drop_out_time),
        looks=_looks(design, basis.question.outcome, intermediate),
        operating=_operating(design),
        curve=_curve(design, watch),
        assumptions=(
            *_assumptions(design, basis.found, drop_out),
            *conventions(last.alpha, last.asked),
        ),
        analysis=(
            Step("arms_look" if design.side > 0 else "arms_look_good"),
            Step("arms_guidance", {"largest": design.largest_error}),
            Step("arms_final", {"level": last.alpha, "critical": last.critical_ratio}),
            Step("cox_report"),
        ),
        why=basis.why,
        spirit=spirit_items(
            basis.why, interim=len(design.stages) > 1, randomised=True, recruitment=True
        ),
        better="lower" if design.side > 0 else "higher",
    )


def _steps(
    design: SurvivalArms, n1: int, n2: int, total: int, *, equal: bool, drop_out: float, time: float
) -> tuple[Step, ...]:
    stages = design.stages
    found = [
        Step("hazards", {"hazard_ratio": design.hazard_ratio, "median": design.control_median,
                         "median1": design.control_median / design.hazard_ratio}),
        *((Step("event_good"),) if design.side < 0 else ()),
        Step("arms_same")
        if design.same
        else Step("arms_intermediate", {"median": design.intermediate_median,
                                        "hazard_ratio": design.intermediate_ratio}),
        Step("arms_events", {"arms": design.arms,
                             "events": ", ".join(str(one.control_events) for one in stages)}),
        Step("arms_calendar", {
            "rate": design.calendar.accrual, "ratio": design.ratio, "drop_out": 100 * drop_out,
            "drop_out_time": time,
            "recruiting": ", ".join(str(one.recruiting) for one in stages),
            "months": ", ".join(f"{one.month:.1f}" for one in stages)}),
    ]  # fmt: skip
    if np.isfinite(design.calendar.stop):
        found.append(Step("arms_stop", {"stop": design.calendar.stop}))
    if not design.same:
        found.append(_correlation(design))
    null, other = design.null, design.alternative
    found += [
        Step("arms_error", {"pairwise": null.pairwise, "last": stages[-1].alpha,
                            "any": null.any_arm, "largest": design.largest_error}),
        Step("arms_power", {"pairwise": other.pairwise, "any": other.any_arm,
                            "all": other.all_arms}),
    ]  # fmt: skip
    if equal:
        found.append(Step("arms_size", {"n1": n1, "n2": n2, "n": total}))
    return tuple(found)


def _correlation(design: SurvivalArms) -> Step:
    """What error and power would be under a weaker and a stronger tie of the outcomes."""
    from dataclasses import replace

    facts: dict[str, float | int | str] = {
        "correlation": design.correlation, "low": LOW, "high": HIGH,
    }  # fmt: skip
    paths = {
        "error": design.path(1.0, 1.0),
        "power": design.path(design.hazard_ratio, design.intermediate_ratio),
    }
    for name, path in paths.items():
        for end, value in (("low", LOW), ("high", HIGH)):
            other = replace(path, carry=ATTENUATION * value)
            facts[f"{name}_{end}"] = passing(other)[-1] if other.possible else "–"
    return Step("arms_correlation", facts)


def _looks(design: SurvivalArms, outcome: str, intermediate: str | None) -> tuple[Look, ...]:
    last = len(design.stages) - 1
    return tuple(
        Look(
            j + 1,
            n=one.patients,
            months=one.month,
            outcome=outcome if design.same or j == last else intermediate or "intermediate",
            control_events=one.control_events,
            arm_events=one.arm_events,
            critical_ratio=one.critical_ratio,
            level=one.alpha,
            stage_power=one.power,
            passing0=one.passing0,
            passing1=one.passing1,
        )
        for j, one in enumerate(design.stages)
    )


def _operating(design: SurvivalArms) -> tuple[Operating, ...]:
    def rows(truth: Truth, effect: float, code: str) -> list[Operating]:
        one = [Operating(code, effect, truth.pairwise, truth.patients)]
        if design.arms > 1:
            one.append(Operating(f"{code}_any", effect, truth.any_arm, truth.patients))
        return one

    found = rows(design.null, 1.0, "null")
    if design.arms > 1:
        found.append(Operating("null_largest", 1.0, design.largest_error))
    found += rows(design.alternative, design.hazard_ratio, "alternative")
    if design.arms > 1:
        other = design.alternative
        found.append(
            Operating("alternative_all", design.hazard_ratio, other.all_arms, other.patients)
        )
    return tuple(found)


def _curve(design: SurvivalArms, watch: Watch) -> tuple[tuple[float, float, float | None], ...]:
    """Power of one comparison, and patients, where the effect on both outcomes shrinks alike."""
    share = np.linspace(-0.3, 1.6, CURVE)
    out: list[tuple[float, float, float | None]] = []
    for part in share[::-1]:
        watch.done(0)
        ratio, first = design.hazard_ratio**part, design.intermediate_ratio**part
        if len(design.stages) <= SIZED_STAGES:
            truth = design.at(ratio, first, watch)
            out.append((ratio, truth.pairwise, truth.patients))
        else:
            out.append((ratio, passing(design.path(ratio, first))[-1], None))
    return tuple(sorted(out, key=lambda one: one[0]))


def _assumptions(
    design: SurvivalArms, found: Sequence[Assumption], drop_out: float
) -> tuple[Assumption, ...]:
    out = [
        given("hazard_ratio", design.hazard_ratio, "ratio", found),
        given("control_median", design.control_median, "months", found),
    ]
    if not design.same:
        out += [
            given("intermediate_ratio", design.intermediate_ratio, "ratio", found),
            given("intermediate_median", design.intermediate_median, "months", found),
            Assumption("correlation", design.correlation, "number", "given"),
        ]
    out.append(Assumption("rate", design.calendar.accrual, "number", "given"))
    if drop_out:
        out.append(Assumption("drop_out", drop_out, "proportion", "given"))
    return tuple(out)
