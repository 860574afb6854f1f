"""Synopses of randomised trials whose analysis is stratified: survival, and proportions."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.trials.borrowing.trial import assurance_survival
from hilum.trials.fixed.course import Course
from hilum.trials.fixed.proportions import (
    stratified_power,
    stratified_proportions,
    two_proportions,
)
from hilum.trials.fixed.sizes import whole
from hilum.trials.fixed.stratified import rate_of_odds, stratified_survival
from hilum.trials.fixed.survival import METHODS, Method
from hilum.trials.parameters import Requirements
from hilum.trials.synopsis.parts import (
    Curve,
    assurance_step,
    conventions,
    course_assumptions,
    given,
    one_analysis,
    patients_steps,
    true_ratios,
    wanted,
)
from hilum.trials.synopsis.record import (
    Alternative,
    Assumption,
    Basis,
    Operating,
    Step,
    Synopsis,
)
from hilum.trials.synopsis.special import Stratum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.trials.fixed.stratified import StratifiedSurvival


@dataclass(frozen=True, slots=True)
class Planned:
    """A stratum as it is planned: share of the patients, and the control's median or rate."""

    name: str
    share: float
    control: float


def stratified_survival_synopsis(
    basis: Basis,
    strata: Sequence[Planned],
    hazard_ratio: float,
    course: Course,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    method: Method = "schoenfeld",
    effect_sd: float | None = None,
) -> Synopsis:
    """Stratified log-rank test for a hazard ratio that is the same in every stratum.

    ``effect_sd`` is what is believed of its log; the synopsis then says the assurance.
    """
    good = hazard_ratio > 1
    controls, shares = [one.control for one in strata], [one.share for one in strata]

    def sized(by: Method) -> StratifiedSurvival:
        return stratified_survival(
            hazard_ratio, controls, shares, course, alpha=alpha, power=power, sided=sided,
            ratio=ratio, method=by,
        )  # fmt: skip

    found = sized(method)
    size = found.size
    events = size.events or 0.0
    za = float(-special.ndtri(alpha / sided))
    sure = None
    if effect_sd is not None:
        against = min(hazard_ratio, 1 / hazard_ratio)
        sure = assurance_survival(events, against, effect_sd, alpha=alpha / sided, ratio=ratio)
    made = one_analysis(
        basis, "stratified", size, method=method, scale="ratio", course=course,
        steps=(
            Step("stratified_ratio", {"hazard_ratio": hazard_ratio, "strata": len(strata)}),
            *((Step("event_good"),) if good else ()),
            Step(f"{method}_events", {"events": whole(events), "null": 1.0, "z_alpha": za,
                                      "z_beta": float(special.ndtri(power))}),
            Step("strata_add"),
            *patients_steps(size, course),
            Step("ratio", {"ratio": ratio}),
            Step("strata_ignored", {"n": found.unstratified.patients}),
            *(() if effect_sd is None or sure is None
              else (assurance_step(hazard_ratio, effect_sd, sure),)),
        ),
        analysis=(Step("stratified_logrank"), Step("stratified_cox"), Step("strata_randomised")),
        curve=_logrank_curve(hazard_ratio, events, ratio, za),
        operating=(Operating("null", 1.0, alpha / sided, size.patients),
                   Operating("alternative", hazard_ratio, size.actual_power or power,
                             size.patients)),
        assumptions=(
            given("hazard_ratio", hazard_ratio, "ratio", basis.found),
            *_overall(basis, "control_median"),
            *course_assumptions(course), *wanted(alpha, power, effect_sd, None),
        ),
        assurance=sure,
        alternatives=(
            Alternative(method, method, size.patients, None, True),
            *(Alternative(by, by, sized(by).size.patients) for by in METHODS if by != method),
            Alternative("unstratified", "unstratified", found.unstratified.patients),
        ),
    )  # fmt: skip
    return replace(
        made,
        better="higher" if good else "lower",
        strata=tuple(
            Stratum(one.name, one.share, one.control, one.control / hazard_ratio, whole(n), d)
            for one, n, d in zip(strata, found.patients, found.events, strict=True)
        ),
    )


def _logrank_curve(hazard_ratio: float, events: float, ratio: float, critical: float) -> Curve:
    """Power over true hazard ratios, from well below the one hoped for to harm."""
    ratios, side = true_ratios(hazard_ratio), -1.0 if hazard_ratio < 1 else 1.0
    chances = special.ndtr(side * np.log(ratios) * (events * ratio) ** 0.5 / (1 + ratio) - critical)
    return tuple((float(r), float(p), None) for r, p in zip(ratios, chances, strict=True))


def stratified_proportions_synopsis(
    basis: Basis,
    strata: Sequence[Planned],
    odds_ratio: float,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
) -> Synopsis:
    """Cochran-Mantel-Haenszel test for an odds ratio that is the same in every stratum."""
    check = Requirements()
    check.need(
        0 < odds_ratio < np.inf and odds_ratio != 1, "odds_ratio", odds_ratio,
        "odds of treatment to control other than 1",
    )  # fmt: skip
    for one in strata:
        check.rate(f"control rate of {one.name}", one.control)
    check.done()
    p2, shares = [one.control for one in strata], [one.share for one in strata]
    p1, lower = [rate_of_odds(rate, odds_ratio) for rate in p2], odds_ratio < 1
    # Patients without the event are counted where fewer events are hoped for.
    counted = [1 - rate for rate in p2] if lower else p2
    size = stratified_proportions(
        p1, p2, shares, alpha=alpha, power=power, sided=sided, ratio=ratio
    )
    overall = [float(np.dot(rates, shares)) for rates in (p1, p2)]
    ignored = two_proportions(*overall, alpha=alpha, power=power, sided=sided, ratio=ratio)
    end = 1.6 * np.log(odds_ratio)
    tried = np.exp(np.linspace(np.log(1.1 if lower else 0.9), end, 31)).tolist()
    made = one_analysis(
        basis, "stratified", size, scale="ratio",
        steps=(
            Step("stratified_odds", {"odds_ratio": odds_ratio, "strata": len(strata),
                                     "p1": overall[0], "p2": overall[1]}),
            *((Step("lower_better"),) if lower else ()),
            Step("cmh_formula", {"z_alpha": size.critical or 0.0, "n": size.patients,
                                 "z_beta": float(special.ndtri(power))}),
            Step("ratio", {"ratio": ratio}),
            Step("strata_ignored_rates", {"n": ignored.patients}),
        ),
        analysis=(Step("cmh_analysis"), Step("cmh_report"), Step("strata_randomised")),
        curve=tuple(
            (value,
             stratified_power(
                 size.n, [rate_of_odds(rate, 1 / value if lower else value) for rate in counted],
                 counted, shares, alpha=alpha / sided, ratio=ratio), None)
            for value in tried
        ),
        operating=(Operating("null", 1.0, alpha / sided, size.patients),
                   Operating("alternative", odds_ratio, size.actual_power or power, size.patients)),
        assumptions=(
            given("odds_ratio", odds_ratio, "ratio", basis.found), *_overall(basis, "p2"),
            *conventions(alpha, power),
        ),
        alternatives=(
            Alternative("cmh", "cmh", size.patients, None, True),
            Alternative("unstratified_rates", "unstratified_rates", ignored.patients),
        ),
    )  # fmt: skip
    return replace(
        made,
        better="lower" if lower else "higher",
        strata=tuple(
            Stratum(one.name, one.share, one.control, rate, whole(one.share * size.n))
            for one, rate in zip(strata, p1, strict=True)
        ),
    )


def _overall(basis: Basis, parameter: str) -> tuple[Assumption, ...]:
    """The published figure around which the strata were put; none where they were given."""
    return tuple(one for one in basis.found if one.parameter == parameter)
