"""Synopses of randomised trials of two proportions or two means, with one analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

import numpy as np
from scipy import special

from hilum.trials.borrowing.assurance import (
    assurance_of_proportions,
    power_for_assurance,
    proportions_power,
)
from hilum.trials.fixed.exact_tests import TESTS, exact_two_proportions
from hilum.trials.fixed.means import equivalent_means, two_means
from hilum.trials.fixed.proportions import (
    equivalent_proportions,
    noninferior_proportions,
    two_proportions,
)
from hilum.trials.parameters import Requirements
from hilum.trials.synopsis.parts import Curve, conventions, given, one_analysis, wanted
from hilum.trials.synopsis.record import Alternative, Basis, Operating, Step, Synopsis
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.trials.fixed.sizes import SampleSize
    from hilum.watch import Watch

Hypothesis = Literal["superiority", "noninferiority", "equivalence"]
Normal = Literal["normal", "normal-unpooled", "continuity"]
HYPOTHESES = ("superiority", "noninferiority", "equivalence")
METHODS = ("normal", "normal-unpooled", "continuity", *TESTS)


def two_proportions_synopsis(
    basis: Basis,
    p1: float,
    p2: float,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    method: str = "boschloo",
    hypothesis: Hypothesis = "superiority",
    margin: float | None = None,
    effect_sd: float | None = None,
    control: BetaMixture | None = None,
    assurance: float | None = None,
    watch: Watch = SILENT,
) -> Synopsis:
    """Two proportions: exact or normal, superiority, non-inferiority or equivalence.

    ``effect_sd`` (of the log odds ratio) and ``control`` (prior of the control rate) are what is
    believed; the synopsis then says the assurance. With ``assurance`` the trial is sized on it
    instead of on ``power``.
    """
    check = Requirements()
    check.one_of("method", method, METHODS)
    check.one_of("hypothesis", hypothesis, HYPOTHESES)
    check.need(hypothesis == "superiority" or margin is not None, "margin", margin, "a margin")
    check.need(
        sided == 1 or (method not in TESTS and hypothesis == "superiority"),
        "sided", sided, "1: exact tests, non-inferiority and equivalence are one-sided",
    )  # fmt: skip
    for name, value in (("effect_sd", effect_sd), ("assurance", assurance)):
        check.need(
            value is None or (hypothesis == "superiority" and p1 > p2),
            name, value, "none, but for the superiority of a higher rate",
        )  # fmt: skip
    check.done()
    shift = p1 - p2
    rates = Step("two_rates", {"p1": p1, "p2": p2, "difference": shift})
    assumptions = (
        given("p1", p1, "proportion", basis.found), given("p2", p2, "proportion", basis.found),
    )  # fmt: skip
    if hypothesis != "superiority":
        return _within_margin(
            basis, p1, p2, margin or 0.0, hypothesis, alpha=alpha, power=power, ratio=ratio,
        )  # fmt: skip

    def sized(wanted: float, by: str = method) -> SampleSize:
        if by in TESTS:
            return exact_two_proportions(
                p1, p2, alpha=alpha, power=wanted, ratio=ratio, test=by, watch=watch
            )
        return two_proportions(
            p1, p2, alpha=alpha, power=wanted, sided=sided, ratio=ratio, method=cast("Normal", by)
        )

    def assured(size: SampleSize, by: str = method) -> float:
        return assurance_of_proportions(
            proportions_power(size, by), p1, p2, effect_sd=effect_sd or 0.0, control=control
        )

    believed: tuple[Step, ...] = ()
    if assurance is not None:
        check.rate("assurance", assurance)
        check.done()
        # An exact test is slow to size; the normal one says where to look.
        near = power_for_assurance(
            lambda wanted: assured(sized(wanted, "normal"), "normal"), assurance, alpha
        ) if method in TESTS else None  # fmt: skip
        power = power_for_assurance(
            lambda wanted: assured(sized(wanted)), assurance, alpha, near=near
        )
        believed = (Step("sized_on_assurance", {"assurance": assurance, "power": power}),)
    size = sized(power)
    reached = None
    if p1 > p2 and (effect_sd is not None or control is not None):
        reached = assured(size)
        believed += (
            Step("assurance_proportions", {"assurance": reached, "sd": effect_sd or 0.0,
                                           "odds_ratio": p1 * (1 - p2) / (p2 * (1 - p1))}),
            Step("assurance_control", {"mean": control.mean, "sd": control.sd})
            if control else Step("assurance_fixed", {"p2": p2}),
        )  # fmt: skip
    exact = method in TESTS
    formula = (
        Step("exact_two", {"test": method, "n": size.patients, "size": size.actual_alpha or 0,
                           "reached": size.actual_power or 0})
        if exact
        else Step("normal_two", {"z_alpha": size.critical or 0, "n": size.patients,
                                 "z_beta": float(special.ndtri(power))})
    )  # fmt: skip
    return one_analysis(
        basis, "two-proportions", size, scale="proportion",
        steps=(rates, formula, Step("ratio", {"ratio": ratio}), *believed),
        analysis=(Step("exact_test_analysis", {"test": method}) if exact
                  else Step("normal_test_analysis"), Step("difference_report")),
        operating=(
            Operating("null", 0.0, size.actual_alpha or alpha, size.patients),
            Operating("alternative", shift, size.actual_power or power, size.patients),
        ),
        assumptions=(*assumptions, *wanted(alpha, power, effect_sd, assurance)),
        curve=_curve(size, p2, shift, method),
        alternatives=_two_alternatives(p1, p2, alpha, power, ratio, size, method, watch)
        if exact else (),
        assurance=reached,
    )  # fmt: skip


def _within_margin(
    basis: Basis,
    p1: float,
    p2: float,
    margin: float,
    hypothesis: Hypothesis,
    *,
    alpha: float,
    power: float,
    ratio: float,
) -> Synopsis:
    """Non-inferiority or equivalence of two proportions by score tests."""
    inferior = hypothesis == "noninferiority"
    find = noninferior_proportions if inferior else equivalent_proportions
    size = find(p1, p2, margin, alpha=alpha, power=power, ratio=ratio)
    code, test = (
        ("noninferior_formula", "farrington_manning")
        if inferior
        else ("equivalent_formula", "two_one_sided")
    )
    return one_analysis(
        basis, "two-proportions", size, hypothesis=hypothesis, scale="proportion",
        steps=(Step("two_rates", {"p1": p1, "p2": p2, "difference": p1 - p2}),
               Step(code, {"margin": margin, "n": size.patients}),
               Step("ratio", {"ratio": ratio})),
        analysis=(Step(test, {"margin": margin}), Step("difference_report")),
        operating=(Operating("null", -margin, alpha, size.patients),
                   Operating("alternative", p1 - p2, power, size.patients)),
        assumptions=(given("p1", p1, "proportion", basis.found),
                     given("p2", p2, "proportion", basis.found), *conventions(alpha, power)),
    )  # fmt: skip


def _two_alternatives(
    p1: float,
    p2: float,
    alpha: float,
    power: float,
    ratio: float,
    chosen: SampleSize,
    method: str,
    watch: Watch,
) -> tuple[Alternative, ...]:
    """What other tests would need."""
    found = [Alternative(method, method, chosen.patients, None, True)]
    for other in TESTS:
        if other != method and chosen.patients <= 250:
            size = exact_two_proportions(
                p1, p2, alpha=alpha, power=power, ratio=ratio, test=other, watch=watch
            )
            found.append(Alternative(other, other, size.patients))
    size = two_proportions(p1, p2, alpha=alpha, power=power, ratio=ratio)
    found.append(Alternative("normal", "normal", size.patients))
    return tuple(found)


def _curve(size: SampleSize, p2: float, shift: float, method: str) -> Curve:
    """Power over true differences, the control rate held."""
    low, high = max(-p2, min(0.0, shift) - abs(shift) * 0.5), min(1 - p2, abs(shift) * 1.6 + 0.02)
    points = np.linspace(low + 1e-3, high - 1e-3, 31)
    p1, control = p2 + points, np.full(points.shape, p2)
    # A treatment hoped to have the lower rate is the same trial with failures counted.
    chance = (
        proportions_power(size, method)(p1, control)
        if shift > 0
        else proportions_power(size, method)(1 - p1, 1 - control)
    )
    return tuple((float(d), float(c), None) for d, c in zip(points, chance, strict=True))


def means_synopsis(
    basis: Basis,
    difference: float,
    sd: float,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    hypothesis: Hypothesis = "superiority",
    margin: float | None = None,
) -> Synopsis:
    """Two means by t tests."""
    check = Requirements()
    check.one_of("hypothesis", hypothesis, HYPOTHESES)
    check.need(hypothesis == "superiority" or margin is not None, "margin", margin, "a margin")
    check.done()
    if hypothesis == "equivalence":
        size = equivalent_means(difference, sd, margin or 0, alpha=alpha, power=power, ratio=ratio)
    else:
        size = two_means(
            difference, sd, alpha=alpha, power=power, sided=sided, ratio=ratio, margin=margin or 0
        )
    edge = 0.0 if hypothesis == "superiority" else -(margin or 0)
    return one_analysis(
        basis, "means", size, hypothesis=hypothesis, scale="number",
        steps=(Step("two_means", {"difference": difference, "sd": sd}),
               Step("t_formula", {"n": size.patients, "margin": margin or 0}),
               Step("ratio", {"ratio": ratio})),
        analysis=(Step("t_analysis"), Step("difference_report")),
        operating=(Operating("null", edge, alpha, size.patients),
                   Operating("alternative", difference, power, size.patients)),
        assumptions=(given("difference", difference, "number", basis.found),
                     given("sd", sd, "number", basis.found), *conventions(alpha, power)),
    )  # fmt: skip
