"""The trials that synopses describe, to be played under other truths than the planned one."""

from __future__ import annotations

from functools import partial
from math import inf
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import special

from hilum.records import found
from hilum.trials.borrowing.trial import borrowed_trial
from hilum.trials.failing import rate_tests
from hilum.trials.failing.counts import TwoCounts
from hilum.trials.failing.curves import StrataCurves, TwoCurves
from hilum.trials.failing.enriched import EnrichedPlayed
from hilum.trials.failing.growing import GrowingRates
from hilum.trials.failing.means import TwoMeans
from hilum.trials.failing.rate_arms import ManyArms, Strata
from hilum.trials.failing.rates import CountedStages, Rates, TwoRates
from hilum.trials.fixed.course import Hazard
from hilum.trials.fixed.exact_tests import TESTS
from hilum.trials.fixed.nonproportional import WEIGHTS
from hilum.trials.fixed.sizes import whole
from hilum.trials.simulation.enriched_rates import Patients

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.trials.failing.rates import Pace
    from hilum.trials.fixed.course import Course
    from hilum.trials.sequential.enrichment import Enrichment
    from hilum.trials.sequential.promising import PromisingZone
    from hilum.trials.simulation.enriched_sizes import Endpoint, Truth
    from hilum.trials.synopsis.nonproportional import Nonproportional
    from hilum.trials.synopsis.record import Synopsis


class Stages(Protocol):
    """Stages of an enrichment trial, and what is hoped for."""

    @property
    def plan(self) -> Enrichment:
        """The stages and their tests."""
        ...

    @property
    def endpoint(self) -> Endpoint:
        """How its patients are drawn."""
        ...

    @property
    def truth(self) -> Truth:
        """What is hoped for."""
        ...

    @property
    def lower(self) -> bool:
        """Whether fewer events are hoped for."""
        ...


def known(synopsis: Synopsis) -> dict[str, float]:
    """Assumptions by their names."""
    return {one.parameter: one.value for one in synopsis.assumptions}


def critical(synopsis: Synopsis) -> float:
    """Normal quantile of the level of one side."""
    return float(-special.ndtri((synopsis.alpha or 0.0) / synopsis.sided))


def groups(synopsis: Synopsis) -> tuple[int, int]:
    """Patients of the treatment and of the control; no control in a trial of one group."""
    arms = dict(synopsis.per_arm)
    return arms["treatment"], arms.get("control", 0)


def counted_stages(synopsis: Synopsis, pace: Pace) -> CountedStages:
    """A trial of one group whose successes are counted; bounds as its looks have them."""
    figures, lower = known(synopsis), synopsis.better == "lower"
    p0, p1 = figures["p0"], figures["p1"]
    n = tuple(round(one.n or 0) for one in synopsis.looks)

    def good(count: int | None, size: int, none: int) -> int:
        """Of successes; synopses state counts of what is better lower as they are."""
        if count is None:
            return none
        return size - count if lower else count

    looks = tuple(zip(synopsis.looks, n, strict=True))
    return CountedStages(
        Rates(1 - p0, (1 - p1,), lower=True) if lower else Rates(p0, (p1,)),
        n,
        tuple(good(one.futility_count, size, -1) for one, size in looks),
        tuple(good(one.efficacy_count, size, size + 1) for one, size in looks),
        pace,
    )


def two_rates(synopsis: Synopsis, method: str, margin: float | None, pace: Pace) -> TwoRates:
    """A trial of two proportions with one analysis or several, by the test it was sized for."""
    figures, lower = known(synopsis), synopsis.better == "lower"
    p1, p2 = figures["p1"], figures["p2"]
    good1, good2 = (1 - p1, 1 - p2) if lower else (p1, p2)
    hypothesis = synopsis.hypothesis
    level = (synopsis.alpha or 0.0) / synopsis.sided
    n1, n2 = groups(synopsis)
    sizes1, sizes2 = (n1,), (n2,)
    efficacy: tuple[float, ...] = (critical(synopsis),)
    futility: tuple[float, ...] = (-inf,)
    if synopsis.looks:
        shares = [one.information or 1.0 for one in synopsis.looks]
        sizes1, sizes2 = (tuple(whole(share * n) for share in shares) for n in (n1, n2))
        efficacy = tuple(_or(one.efficacy_z, inf) for one in synopsis.looks)
        futility = tuple(_or(one.futility_z, -inf) for one in synopsis.looks)
        if synopsis.sided == 2:
            # A trial of two sides ends on the other side too.
            futility = tuple(-one for one in efficacy)
    idle = () if hypothesis == "superiority" else (good2 - (margin or 0.0),)
    if hypothesis == "superiority" and method in TESTS:
        test = partial(rate_tests.exact, alpha=level, test=method)
        efficacy = (0.5,)
    else:
        test = _test(hypothesis, method, margin or 0.0)
    rates = Rates(good2, (good1,), idle, lower)
    return TwoRates(rates, sizes1, sizes2, test, efficacy, futility, pace)


def borrowed_rates(
    synopsis: Synopsis, prior: BetaMixture, p1: float, p2: float, threshold: float, pace: Pace
) -> TwoRates:
    """Two rates of which the control's borrows from a prior; success by the posterior."""
    lower = synopsis.better == "lower"
    good1, good2 = (1 - p1, 1 - p2) if lower else (p1, p2)
    counted = prior.mirrored() if lower else prior
    n1, n2 = groups(synopsis)
    made: dict[tuple[int, int], np.ndarray] = {}

    def declares(x1: np.ndarray, x2: np.ndarray, m1: int, m2: int) -> np.ndarray:
        if (m1, m2) not in made:
            made[m1, m2] = borrowed_trial(m1, m2, counted, threshold=threshold).success
        return made[m1, m2][x1, x2].astype(float)

    rates = Rates(good2, (good1,), lower=lower)
    return TwoRates(rates, (n1,), (n2,), declares, (0.5,), (-inf,), pace)


def _or(value: float | None, other: float) -> float:
    return other if value is None else value


def _test(hypothesis: str, method: str, margin: float) -> Callable[..., np.ndarray]:
    """The statistic of a test that rests on the normal law."""
    superior = {
        "normal": rate_tests.pooled,
        "normal-unpooled": rate_tests.unpooled,
        "continuity": rate_tests.continuity,
    }
    if hypothesis == "superiority":
        return superior.get(method, rate_tests.pooled)
    against = {
        "noninferiority": partial(rate_tests.score, bound=-margin),
        "equivalence": partial(rate_tests.equivalence, margin=margin),
    }
    return found(against, hypothesis, "hypothesis")


def growing_rates(
    synopsis: Synopsis, plan: PromisingZone, ratio: float, margin: float | None, pace: Pace
) -> GrowingRates:
    """Two stages of two rates whose second may grow."""
    figures, lower = known(synopsis), synopsis.better == "lower"
    p1, p2 = figures["p1"], figures["p2"]
    good1, good2 = (1 - p1, 1 - p2) if lower else (p1, p2)
    idle = () if margin is None else (good2 - margin,)
    test = _test(synopsis.hypothesis, "normal", margin or 0.0)
    return GrowingRates(Rates(good2, (good1,), idle, lower), plan, ratio / (1 + ratio), test, pace)


def many_rates(synopsis: Synopsis, arms: int, other: float | None) -> Rates:
    """Rates of a control and several treatments, the one hoped for first; the others as given."""
    figures, lower = known(synopsis), synopsis.better == "lower"
    p1, p2 = figures["p1"], figures["p2"]
    rest = p2 if other is None else other
    rates = [1 - one if lower else one for one in (p2, p1, rest)]
    return Rates(rates[0], (rates[1], *[rates[2]] * (arms - 1)), lower=lower)


def many_arms(synopsis: Synopsis, arms: int, other: float | None, pace: Pace) -> ManyArms:
    """Several treatments of a rate, dropped in stages."""
    sizes = dict(synopsis.per_arm)
    looks = synopsis.looks
    return ManyArms(
        many_rates(synopsis, arms, other),
        tuple(one.information or 1.0 for one in looks),
        tuple(_or(one.efficacy_z, inf) for one in looks),
        tuple(_or(one.futility_z, -inf) for one in looks),
        sizes["each_treatment"], sizes["control"], pace,
    )  # fmt: skip


def strata_rates(synopsis: Synopsis, pace: Pace) -> Strata:
    """Two rates within the strata of a synopsis."""
    lower = synopsis.better == "lower"
    n1, n2 = groups(synopsis)
    rates = tuple(
        Rates(1 - one.control, (1 - one.treatment,), lower=True)
        if lower
        else Rates(one.control, (one.treatment,))
        for one in synopsis.strata
    )
    shares = np.array([one.share for one in synopsis.strata])
    return Strata(rates, tuple((shares / shares.sum()).tolist()), n1, n2, critical(synopsis), pace)


def two_curves(synopsis: Synopsis, plan: Nonproportional) -> TwoCurves:
    """Two groups whose hazards are not proportional."""
    n1, n2 = groups(synopsis)
    bound = plan.sized(plan.test).critical or 0.0
    horizon = plan.horizon if plan.test == "rmst" else None
    return TwoCurves(plan.control, plan.hazard_ratios, plan.course, n1, n2, bound, WEIGHTS, horizon)


def strata_curves(synopsis: Synopsis, course: Course) -> StrataCurves:
    """Times to an event within the strata of a synopsis, by a stratified log-rank test."""
    n1, n2 = groups(synopsis)
    shares = np.array([one.share for one in synopsis.strata])
    return StrataCurves(
        tuple(Hazard.from_median(one.control) for one in synopsis.strata),
        tuple((shares / shares.sum()).tolist()), known(synopsis)["hazard_ratio"], course, n1, n2,
        synopsis.events or 0, critical(synopsis),
    )  # fmt: skip


def enriched_trial(synopsis: Synopsis, stages: Stages, of: str, pace: Pace) -> EnrichedPlayed:
    """Stages that may enrich, with the sizes of a synopsis."""
    size = next(one.facts for one in synopsis.steps if one.code == "enrich_size")
    planned, enriched = (
        tuple(int(n) for n in str(size[name]).split(",") if n.strip())
        for name in ("planned", "enriched")
    )
    # The first stage recruits everybody.
    sizes = Patients(planned, (planned[0], *enriched))
    return EnrichedPlayed(
        stages.plan, stages.endpoint, stages.truth, sizes, of, pace, lower=stages.lower
    )


def two_means(synopsis: Synopsis, margin: float | None, pace: Pace) -> TwoMeans:
    """A t test of one group or of two."""
    figures = known(synopsis)
    n1, n2 = groups(synopsis)
    difference = figures["difference"]
    # Against a margin a higher mean is better; otherwise what is hoped for is.
    better = difference if margin is not None else abs(difference)
    level = (synopsis.alpha or 0.0) / synopsis.sided
    equivalent = synopsis.hypothesis == "equivalence"
    return TwoMeans(better, figures["sd"], n1, n2, level, margin or 0.0, equivalent, pace)


def two_counts(synopsis: Synopsis, null: float, pace: Pace) -> TwoCounts:
    """Two rates of events, one analysis or several."""
    figures = known(synopsis)
    n1, n2 = groups(synopsis)
    sizes1, sizes2 = (n1,), (n2,)
    efficacy: tuple[float, ...] = (critical(synopsis),)
    if synopsis.looks:
        shares = [one.information or 1.0 for one in synopsis.looks]
        sizes1, sizes2 = (tuple(whole(share * n) for share in shares) for n in (n1, n2))
        efficacy = tuple(_or(one.efficacy_z, inf) for one in synopsis.looks)
    return TwoCounts(
        figures["rate_ratio"], null, figures["control_rate"], figures["exposure"],
        figures["dispersion"], sizes1, sizes2, efficacy, synopsis.sided, pace,
    )  # fmt: skip
