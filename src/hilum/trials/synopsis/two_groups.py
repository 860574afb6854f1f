"""Synopses of randomised trials of two proportions or two means, with one analysis."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    lower: bool | None = None,
    watch: Watch = SILENT,
) -> Synopsis:
    """Two proportions: exact or normal, superiority, non-inferiority or equivalence.

    ``lower`` says that a lower rate is better, seen from the rate hoped for where it is omitted;
    patients without the event are then what is tested.

    ``effect_sd`` (of the log odds ratio) and ``control`` (prior of the control rate) are what is
    believed; the synopsis then says the assurance. With ``assurance`` the trial is sized on it
    instead of on ``power``.
    """
    _require_two(p1, p2, sided, method, hypothesis, margin, effect_sd, assurance)
    lower = (p1 < p2 and hypothesis == "superiority") if lower is None else lower
    side = "lower" if lower else "higher"
    if hypothesis != "superiority":
        within = _within_margin(
            basis, p1, p2, margin or 0.0, hypothesis, alpha=alpha, power=power, ratio=ratio,
            lower=lower,
        )  # fmt: skip
        return replace(within, better=side)
    q1, q2 = (1 - p1, 1 - p2) if lower else (p1, p2)
    asked = _Superior(q1, q2, alpha, sided, ratio, method, effect_sd, control, watch, lower)
    sized_on: tuple[Step, ...] = ()
    if assurance is not None:
        power = asked.power_for(assurance)
        sized_on = (Step("sized_on_assurance", {"assurance": assurance, "power": power}),)
    size = asked.sized(power)
    reached = asked.assured(size) if asked.believed else None
    exact, shift = method in TESTS, p1 - p2
    made = one_analysis(
        basis, "two-proportions", size, scale="proportion",
        steps=(
            Step("two_rates", {"p1": p1, "p2": p2, "difference": shift}),
            *((Step("lower_better"),) if lower else ()), _formula(size, method, power), Step("ratio", {"ratio": ratio}),
            *sized_on, *(() if reached is None else asked.assurance_steps(reached)),
        ),
        analysis=(Step("exact_test_analysis", {"test": method}) if exact
                  else Step("normal_test_analysis"), Step("difference_report")),
        operating=(
            Operating("null", 0.0, size.actual_alpha or alpha, size.patients),
            Operating("alternative", shift, size.actual_power or power, size.patients),
        ),
        assumptions=(
            given("p1", p1, "proportion", basis.found), given("p2", p2, "proportion", basis.found),
            *wanted(alpha, power, effect_sd, assurance),
        ),
        curve=_curve(size, p2, shift, method),
        alternatives=_two_alternatives(q1, q2, alpha, power, ratio, size, method, watch)
        if exact else (),
        assurance=reached,
    )  # fmt: skip
    return replace(made, better=side)


def _require_two(
    p1: float,
    p2: float,
    sided: int,
    method: str,
    hypothesis: Hypothesis,
    margin: float | None,
    effect_sd: float | None,
    assurance: float | None,
) -> None:
    """Refuse what no test of two proportions can be asked for."""
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
            value is None or hypothesis == "superiority",
            name, value, "none, but for superiority",
        )  # fmt: skip
    check.done()


@dataclass(frozen=True, slots=True)
class _Superior:
    """Superiority of one proportion: what is asked, and what is believed of the two rates."""

    p1: float
    p2: float
    alpha: float
    sided: int
    ratio: float
    method: str
    effect_sd: float | None
    control: BetaMixture | None
    watch: Watch
    lower: bool

    @property
    def counted(self) -> BetaMixture | None:
        """Prior of the control's rate of what is counted."""
        return self.control.mirrored() if self.control and self.lower else self.control

    @property
    def believed(self) -> bool:
        """Whether a rate is believed with a spread, in a trial that hopes for a higher one."""
        return self.p1 > self.p2 and (self.effect_sd is not None or self.control is not None)

    def sized(self, power: float) -> SampleSize:
        """The trial with this power."""
        return self._sized(power, self.method)

    def assured(self, size: SampleSize) -> float:
        """Power expected over what is believed."""
        return self._assured(size, self.method)

    def power_for(self, assurance: float) -> float:
        """Power at which the trial has this assurance."""
        check = Requirements()
        check.rate("assurance", assurance)
        check.done()
        # An exact test is slow to size; the normal one says where to look.
        near = self._power_by("normal", assurance) if self.method in TESTS else None
        return self._power_by(self.method, assurance, near)

    def assurance_steps(self, reached: float) -> tuple[Step, Step]:
        """What is believed of the effect and of the control, and the assurance."""
        odds_ratio = self.p1 * (1 - self.p2) / (self.p2 * (1 - self.p1))
        if self.lower:
            odds_ratio = 1 / odds_ratio
        return (
            Step("assurance_proportions", {"assurance": reached, "sd": self.effect_sd or 0.0,
                                           "odds_ratio": odds_ratio}),
            Step("assurance_control", {"mean": self.control.mean, "sd": self.control.sd})
            if self.control else Step("assurance_fixed", {"p2": 1 - self.p2 if self.lower else self.p2}),
        )  # fmt: skip

    def _power_by(self, method: str, assurance: float, near: float | None = None) -> float:
        """The same with one test, looked for ``near`` a power where one is known."""
        return power_for_assurance(
            lambda power: self._assured(self._sized(power, method), method),
            assurance, self.alpha, near=near,
        )  # fmt: skip

    def _sized(self, power: float, method: str) -> SampleSize:
        """The trial with this power by one test."""
        if method in TESTS:
            return exact_two_proportions(
                self.p1, self.p2, alpha=self.alpha, power=power, ratio=self.ratio, test=method,
                watch=self.watch,
            )  # fmt: skip
        return two_proportions(
            self.p1, self.p2, alpha=self.alpha, power=power, sided=self.sided, ratio=self.ratio,
            method=cast("Normal", method),
        )  # fmt: skip

    def _assured(self, size: SampleSize, method: str) -> float:
        """Power of one test expected over what is believed."""
        return assurance_of_proportions(
            proportions_power(size, method), self.p1, self.p2, effect_sd=self.effect_sd or 0.0,
            control=self.counted,
        )  # fmt: skip


def _formula(size: SampleSize, method: str, power: float) -> Step:
    """How the size was found: by an exact test, or by the normal approximation."""
    if method in TESTS:
        return Step("exact_two", {"test": method, "n": size.patients,
                                  "size": size.actual_alpha or 0,
                                  "reached": size.actual_power or 0})  # fmt: skip
    return Step("normal_two", {"z_alpha": size.critical or 0, "n": size.patients,
                               "z_beta": float(special.ndtri(power))})  # fmt: skip


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
    lower: bool,
) -> Synopsis:
    """Non-inferiority or equivalence of two proportions by score tests."""
    inferior = hypothesis == "noninferiority"
    find = noninferior_proportions if inferior else equivalent_proportions
    q1, q2 = (1 - p1, 1 - p2) if lower else (p1, p2)
    size = find(q1, q2, margin, alpha=alpha, power=power, ratio=ratio)
    code, test = (
        ("noninferior_formula", "farrington_manning")
        if inferior
        else ("equivalent_formula", "two_one_sided")
    )
    return one_analysis(
        basis, "two-proportions", size, hypothesis=hypothesis, scale="proportion",
        steps=(Step("two_rates", {"p1": p1, "p2": p2, "difference": p1 - p2}),
               *((Step("lower_is_better"),) if lower else ()),
               Step(code, {"margin": margin, "n": size.patients}),
               Step("ratio", {"ratio": ratio})),
        analysis=(Step(test, {"margin": margin}), Step("difference_report")),
        operating=(Operating("null", margin if lower else -margin, alpha, size.patients),
                   Operating("alternative", p1 - p2, size.actual_power or power, size.patients)),
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
                   Operating("alternative", difference, size.actual_power or power, size.patients)),
        assumptions=(given("difference", difference, "number", basis.found),
                     given("sd", sd, "number", basis.found), *conventions(alpha, power)),
    )  # fmt: skip
