"""Sizing enrichment trials: the truth that is hoped for, by the outcome that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.analyses.designs.asked import fault
from hilum.analyses.designs.direction import hazard_side, mean_side, rates_side
from hilum.errors import InputError, phrased

if TYPE_CHECKING:
    from hilum.analyses.designs.enrichment import EnrichmentAsked
    from hilum.analyses.designs.source import Source
    from hilum.trials.sequential.enrichment import Enrichment
    from hilum.trials.simulation.enriched_means import MeanTruth
    from hilum.trials.simulation.enriched_rates import RateTruth
    from hilum.trials.simulation.enriched_sizes import Known, Times
    from hilum.trials.simulation.enriched_survival import TimeTruth
    from hilum.trials.synopsis.record import Synopsis


@dataclass(frozen=True, slots=True)
class OfRates:
    """Stages of a rate, and what is hoped for; patients without the event where ``lower``."""

    plan: Enrichment
    truth: RateTruth
    lower: bool
    endpoint: Known


@dataclass(frozen=True, slots=True)
class OfMeans:
    """Stages of a mean, differences for the better."""

    plan: Enrichment
    truth: MeanTruth
    lower: bool
    endpoint: Known


@dataclass(frozen=True, slots=True)
class OfTimes:
    """Stages of times to an event; the truth hoped for is ``endpoint.planned``."""

    plan: Enrichment
    endpoint: Times
    lower: bool = False

    @property
    def truth(self) -> TimeTruth:
        """What is hoped for."""
        return self.endpoint.planned


Stages = OfRates | OfMeans | OfTimes


def enrichment(asked: EnrichmentAsked, source: Source) -> Synopsis:
    """Size an enrichment trial of the outcome whose effect was given."""
    from hilum.trials.synopsis.enrichment_endpoints import (
        enriched_means,
        enriched_rates,
        enriched_survival,
    )

    if asked.p1 is not None:
        value, basis = source.with_control("p2", asked.p2, "proportion", single=False)
        found = _rates(asked, value)
        return enriched_rates(
            basis, found.plan, found.truth, asked.sought(), lower=found.lower, watch=source.watch
        )
    if asked.difference is not None:
        of = _means(asked)
        return enriched_means(
            source.basis(single=False), of.plan, of.truth, asked.sought(), lower=of.lower,
            watch=source.watch,
        )  # fmt: skip
    value, basis = source.with_control(
        "control_median", asked.control_median, "months", single=False
    )
    times = _survival(asked, value)
    return enriched_survival(basis, times.plan, times.endpoint, asked.sought(), watch=source.watch)


def stages_of(asked: EnrichmentAsked, synopsis: Synopsis) -> Stages:
    """The stages of a trial that was sized, and what is hoped for."""
    figures = {one.parameter: one.value for one in synopsis.assumptions}
    if asked.p1 is not None:
        return _rates(asked, figures["p2"])
    if asked.difference is not None:
        return _means(asked)
    return _survival(asked, figures["control_median"])


def _rates(asked: EnrichmentAsked, value: float) -> OfRates:
    from hilum.trials.simulation.enriched_rates import RateTruth
    from hilum.trials.simulation.enriched_sizes import Known

    hoped = asked.p1 or 0.0
    lower = rates_side(asked, "p1", value) == "lower"
    if hoped == value:
        wanted = phrased("a rate other than p2 ({p2:g})", p2=value)
        raise InputError(fault("p1", f"{hoped:g}", wanted))
    rest2 = value if asked.rest_p2 is None else asked.rest_p2
    rest1 = rest2 if asked.rest_p1 is None else asked.rest_p1

    def good(own: float, rest: float) -> tuple[float, float]:
        return (1 - own, 1 - rest) if lower else (own, rest)

    plan = asked.plan(asked.rule(-1 if lower else 1))
    truth = RateTruth(good(value, rest2), good(hoped, rest1), asked.prevalence)
    return OfRates(plan, truth, lower, Known())


def _means(asked: EnrichmentAsked) -> OfMeans:
    from hilum.trials.simulation.enriched_means import MeanTruth
    from hilum.trials.simulation.enriched_sizes import Known

    hoped, rest = asked.difference or 0.0, asked.rest_difference or 0.0
    lower = mean_side(asked, hoped) == "lower"
    side = -1 if lower else 1
    truth = MeanTruth((side * hoped, side * rest), asked.sd or 1.0, asked.prevalence, asked.rest_sd)
    return OfMeans(asked.plan(asked.rule(side)), truth, lower, Known())


def _survival(asked: EnrichmentAsked, value: float) -> OfTimes:
    from hilum.trials.parameters import Requirements
    from hilum.trials.simulation.enriched_sizes import Times
    from hilum.trials.simulation.enriched_survival import TimeTruth, Windows, chance_of

    ratio = asked.hazard_ratio or 1.0
    side = hazard_side(asked, ratio)
    check = Requirements()
    course = asked.course()
    course.require(check)
    check.done()
    rest = value if asked.rest_median is None else asked.rest_median
    truth = TimeTruth(
        (value, rest), (ratio, asked.rest_ratio or 1.0), asked.prevalence,
        1 if side == "lower" else -1,
    )  # fmt: skip
    rule = asked.rule(truth.better)
    plan = asked.plan(rule)
    windows = Windows.of(plan.shares, course)
    # The stages weigh as their planned events do.
    parts = [n * p for n, p in zip(plan.shares, chance_of(plan, windows, truth), strict=True)]
    plan = asked.plan(rule, tuple(one / sum(parts) for one in parts))
    return OfTimes(plan, Times(windows, truth))
