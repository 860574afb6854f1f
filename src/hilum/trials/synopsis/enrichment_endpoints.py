"""Synopsis of an enrichment trial of a rate, of a mean, or of the time to an event."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.trials.simulation.enriched_sizes import Known
from hilum.trials.synopsis.enrichment import Facts, common, listed, operating_rows, played
from hilum.trials.synopsis.enrichment_truths import mean_truths, rate_truths, time_truths
from hilum.trials.synopsis.parts import course_assumptions, course_step, given
from hilum.trials.synopsis.record import Assumption, Basis, Step, Synopsis, spirit_items
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.trials.sequential.enrichment import Enrichment
    from hilum.trials.simulation.enriched_means import MeanTruth
    from hilum.trials.simulation.enriched_rates import RateTruth
    from hilum.trials.simulation.enriched_sizes import Times
    from hilum.trials.synopsis.enrichment import Sought
    from hilum.watch import Watch


def enriched_rates(
    basis: Basis,
    plan: Enrichment,
    hoped: RateTruth,
    sought: Sought,
    *,
    lower: bool = False,
    watch: Watch = SILENT,
) -> Synopsis:
    """Of a rate; ``hoped`` holds chances of the good outcome, without the event where ``lower``."""
    made = played(plan, Known(), rate_truths(hoped, sought.prevalences), sought, watch)
    side = -1 if lower else 1

    def rate(good: float) -> float:
        return 1 - good if lower else good

    def effect(good: float) -> float:
        return side * good + 0.0  # no effect has no sign

    own, rest = (
        (rate(two), rate(one)) for one, two in zip(hoped.treatment, hoped.control, strict=True)
    )
    steps = (
        Step("enrich_rates", {"p2": own[0], "p1": own[1], "rest2": rest[0], "rest1": rest[1],
                              "full": effect(hoped.effects[0])}),
        *((Step("lower_better"),) if lower else ()),
    )  # fmt: skip
    assumptions = (
        given("p1", own[1], "proportion", basis.found),
        given("p2", own[0], "proportion", basis.found),
        Assumption("rest_p1", rest[1], "proportion", "given"),
        Assumption("rest_p2", rest[0], "proportion", "given"),
    )
    return common(
        basis, plan, made, sought, steps, assumptions, Step("enrich_analysis_rates"), effect,
        of="rates", scale="proportion", lower=lower,
    )  # fmt: skip


def enriched_means(
    basis: Basis,
    plan: Enrichment,
    hoped: MeanTruth,
    sought: Sought,
    *,
    lower: bool = False,
    watch: Watch = SILENT,
) -> Synopsis:
    """Of a mean; ``hoped`` holds differences for the better, of the other sign if ``lower``."""
    made = played(plan, Known(), mean_truths(hoped, sought.prevalences), sought, watch)
    side = -1 if lower else 1

    def effect(good: float) -> float:
        return side * good + 0.0  # no effect has no sign

    own, rest = (effect(one) for one in hoped.differences)
    facts: Facts = {
        "difference": own, "rest": rest, "sd": hoped.sds[0], "rest_sd": hoped.sds[1],
        "full": effect(hoped.effects[0]),
    }  # fmt: skip
    if not hoped.apart:
        del facts["rest_sd"]
    steps = (
        Step("enrich_means_apart" if hoped.apart else "enrich_means", facts),
        *((Step("enrich_lower_mean"),) if lower else ()),
    )
    assumptions = (
        Assumption("difference", own, "number", "given"),
        Assumption("rest_difference", rest, "number", "given"),
        Assumption("sd", hoped.sds[0], "number", "given"),
        *((Assumption("rest_sd", hoped.sds[1], "number", "given"),) if hoped.apart else ()),
    )
    analysis = Step("enrich_analysis_means_apart" if hoped.apart else "enrich_analysis_means")
    return common(
        basis, plan, made, sought, steps, assumptions, analysis, effect,
        of="means", scale="number", lower=lower,
    )  # fmt: skip


def enriched_survival(
    basis: Basis,
    plan: Enrichment,
    times: Times,
    sought: Sought,
    *,
    watch: Watch = SILENT,
) -> Synopsis:
    """Of times to an event; ``times.planned`` is what is hoped for. Expected sizes are events."""
    hoped = times.planned
    made = played(plan, times, time_truths(hoped, sought.prevalences), sought, watch)
    events, course = times.events(plan, made.sizes), times.windows.course
    most = events.planned[0] + sum(
        max(one) for one in zip(events.planned[1:], events.enriched[1:], strict=True)
    )

    def ratio(effect: float) -> float:
        return float(np.exp(-hoped.better * effect))

    null, one = made.of("null"), made.of("alternative")
    steps = (
        Step("enrich_hazards", {
            "median": hoped.medians[0], "ratio": hoped.ratios[0],
            "rest_median": hoped.medians[1], "rest_ratio": hoped.ratios[1],
        }),
        *((Step("enrich_event_good"),) if hoped.better < 0 else ()),
        course_step(course),
        Step("enrich_followed", {
            "events": listed(events.planned), "enriched": listed(events.enriched[1:]),
            "months": listed([f"{one:.3g}" for one in times.windows.ends[:-1]]),
            "end": f"{course.total:.3g}",
        }),
        Step("enrich_slower", {
            "times": plan.rule.enlarged / plan.prevalence,
            "planned": null["months"].mean, "hoped": one["months"].mean,
        }),
        Step("enrich_expected_events", {
            "null": f"{null['events'].mean:.1f}", "alternative": f"{one['events'].mean:.1f}",
        }),
    )  # fmt: skip
    assumptions = (
        Assumption("hazard_ratio", hoped.ratios[0], "ratio", "given"),
        given("control_median", hoped.medians[0], "months", basis.found),
        Assumption("rest_ratio", hoped.ratios[1], "ratio", "given"),
        Assumption("rest_median", hoped.medians[1], "months", "given"),
        *course_assumptions(course),
    )
    found = common(
        basis, plan, made, sought, steps, assumptions, Step("enrich_analysis_times"), ratio,
        of="times", scale="ratio", lower=hoped.better > 0,
    )  # fmt: skip
    # Interim analyses come when their stage is recruited, the last one at the planned end.
    months = (*times.windows.ends[:-1], course.total)
    return replace(
        found,
        events=most,
        # Recruitment of the subgroup alone takes longer than planned: the longest that is expected.
        months=max(course.total, *(truth["months"].mean for truth in made.found)),
        expected_of="events",
        expected_n0=null["events"].mean,
        expected_n1=one["events"].mean,
        looks=tuple(
            replace(look, months=month) for look, month in zip(found.looks, months, strict=True)
        ),
        operating=operating_rows(made, "events", ratio),
        spirit=spirit_items(basis.why, interim=True, randomised=True, recruitment=True),
    )
