"""Synopses of randomised trials with one analysis, and with borrowed controls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

import numpy as np
from scipy import special

from hilum.trials.borrowing.effective_size import effective_size
from hilum.trials.borrowing.trial import VAGUE, borrowed_trial
from hilum.trials.fixed.exact_tests import TESTS, exact_test, exact_two_proportions
from hilum.trials.fixed.means import equivalent_means, two_means
from hilum.trials.fixed.proportions import (
    equivalent_proportions,
    noninferior_proportions,
    two_proportions,
)
from hilum.trials.fixed.sizes import SampleSize, whole
from hilum.trials.fixed.survival import Course, Method, survival
from hilum.trials.parameters import Requirements
from hilum.trials.synopsis.one_group import (
    conventions,
    course_assumptions,
    course_step,
    given,
)
from hilum.trials.synopsis.record import (
    Alternative,
    Assumption,
    Operating,
    Pico,
    Step,
    Synopsis,
    Unit,
    WhyNow,
    spirit_items,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.trials.borrowing.mixture import BetaMixture

Hypothesis = Literal["superiority", "noninferiority", "equivalence"]
Normal = Literal["normal", "normal-unpooled", "continuity"]
HYPOTHESES = ("superiority", "noninferiority", "equivalence")
METHODS = ("normal", "normal-unpooled", "continuity", *TESTS)
Curve = tuple[tuple[float, float, float | None], ...]


def two_proportions_synopsis(
    question: Pico,
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
    found: Sequence[Assumption] = (),
    why: WhyNow | None = None,
) -> Synopsis:
    """Two proportions: exact or normal, superiority, non-inferiority or equivalence."""
    check = Requirements()
    check.one_of("method", method, METHODS)
    check.one_of("hypothesis", hypothesis, HYPOTHESES)
    check.need(hypothesis == "superiority" or margin is not None, "margin", margin, "a margin")
    check.need(
        sided == 1 or (method not in TESTS and hypothesis == "superiority"),
        "sided", sided, "1: exact tests, non-inferiority and equivalence are one-sided",
    )  # fmt: skip
    check.done()
    alternatives: tuple[Alternative, ...] = ()
    if hypothesis == "noninferiority":
        size = noninferior_proportions(p1, p2, margin or 0, alpha=alpha, power=power, ratio=ratio)
        step = Step("noninferior_formula", {"margin": margin or 0, "n": size.patients})
        analysis = Step("farrington_manning", {"margin": margin or 0})
    elif hypothesis == "equivalence":
        size = equivalent_proportions(p1, p2, margin or 0, alpha=alpha, power=power, ratio=ratio)
        step = Step("equivalent_formula", {"margin": margin or 0, "n": size.patients})
        analysis = Step("two_one_sided", {"margin": margin or 0})
    elif method in TESTS:
        size = exact_two_proportions(p1, p2, alpha=alpha, power=power, ratio=ratio, test=method)
        step = Step(
            "exact_two",
            {
                "test": method,
                "n": size.patients,
                "size": size.actual_alpha or 0,
                "reached": size.actual_power or 0,
            },
        )
        analysis = Step("exact_test_analysis", {"test": method})
        alternatives = _two_alternatives(p1, p2, alpha, power, ratio, size, method)
    else:
        normal = cast("Normal", method)
        size = two_proportions(
            p1, p2, alpha=alpha, power=power, sided=sided, ratio=ratio, method=normal
        )
        step = Step(
            "normal_two",
            {
                "z_alpha": size.critical or 0,
                "z_beta": float(special.ndtri(power)),
                "n": size.patients,
            },
        )
        analysis = Step("normal_test_analysis")
    shift = p1 - p2
    curve = _proportion_curve(size, p2, shift, method, hypothesis)
    return _make(
        question, "two-proportions", size.method, hypothesis, "proportion", size, None,
        (Step("two_rates", {"p1": p1, "p2": p2, "difference": shift}), step,
         Step("ratio", {"ratio": ratio})),
        (analysis, Step("difference_report")),
        curve,
        (Operating("null", _null_effect(hypothesis, margin), size.actual_alpha or alpha,
                   size.patients),
         Operating("alternative", shift, size.actual_power or power, size.patients)),
        (given("p1", p1, "proportion", found), given("p2", p2, "proportion", found)),
        why, alternatives,
    )  # fmt: skip


def _null_effect(hypothesis: str, margin: float | None) -> float:
    return 0.0 if hypothesis == "superiority" else -(margin or 0.0)


def _two_alternatives(
    p1: float, p2: float, alpha: float, power: float, ratio: float, chosen: SampleSize, method: str
) -> tuple[Alternative, ...]:
    """What other tests would need."""
    found = [Alternative(method, method, chosen.patients, None, True)]
    for other in TESTS:
        if other != method and chosen.patients <= 250:
            size = exact_two_proportions(p1, p2, alpha=alpha, power=power, ratio=ratio, test=other)
            found.append(Alternative(other, other, size.patients))
    size = two_proportions(p1, p2, alpha=alpha, power=power, ratio=ratio)
    found.append(Alternative("normal", "normal", size.patients))
    return tuple(found)


def _proportion_curve(
    size: SampleSize, p2: float, shift: float, method: str, hypothesis: str
) -> Curve:
    n1, n2 = whole(size.n1), whole(size.n2)
    low, high = max(-p2, min(0.0, shift) - abs(shift) * 0.5), min(1 - p2, abs(shift) * 1.6 + 0.02)
    points = np.linspace(low + 1e-3, high - 1e-3, 31)
    if hypothesis != "superiority":
        return ()
    if method in TESTS:
        test = exact_test(n1, n2, size.alpha, method)
        return tuple((float(d), test.power(p2 + float(d), p2), None) for d in points)
    za = size.critical or 0.0
    mean = (n1 * (p2 + points) + n2 * p2) / (n1 + n2)
    null = np.sqrt(mean * (1 - mean) * (1 / n1 + 1 / n2))
    p1 = p2 + points
    other = np.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    sign = 1 if shift > 0 else -1
    chance = special.ndtr((sign * points - za * null) / other)
    return tuple((float(d), float(c), None) for d, c in zip(points, chance, strict=True))


def means_synopsis(
    question: Pico,
    difference: float,
    sd: float,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    hypothesis: Hypothesis = "superiority",
    margin: float | None = None,
    found: Sequence[Assumption] = (),
    why: WhyNow | None = None,
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
    return _make(
        question, "means", size.method, hypothesis, "number", size, None,
        (Step("two_means", {"difference": difference, "sd": sd}),
         Step("t_formula", {"n": size.patients, "margin": margin or 0}),
         Step("ratio", {"ratio": ratio})),
        (Step("t_analysis"), Step("difference_report")),
        (),
        (Operating("null", edge, alpha, size.patients),
         Operating("alternative", difference, power, size.patients)),
        (given("difference", difference, "number", found), given("sd", sd, "number", found)),
        why, (),
    )  # fmt: skip


def survival_synopsis(
    question: Pico,
    hazard_ratio: float,
    control_median: float,
    course: Course,
    *,
    alpha: float = 0.025,
    power: float = 0.8,
    sided: int = 1,
    ratio: float = 1.0,
    method: Method = "schoenfeld",
    margin: float | None = None,
    found: Sequence[Assumption] = (),
    why: WhyNow | None = None,
) -> Synopsis:
    """Log-rank test, superiority or (with a margin) non-inferiority."""
    check = Requirements()
    if margin is None:
        check.need(
            0 < hazard_ratio < 1, "hazard_ratio", hazard_ratio,
            "a ratio of treatment to control between 0 and 1, 1 excluded",
        )  # fmt: skip
    check.done()
    size = survival(
        hazard_ratio, control_median, course, alpha=alpha, power=power, sided=sided,
        ratio=ratio, null=margin or 1.0, method=method,
    )  # fmt: skip
    alternatives = [Alternative(method, method, size.patients, None, True)]
    if margin is None:
        for other in ("schoenfeld", "freedman", "lakatos"):
            if other != method:
                again = survival(
                    hazard_ratio, control_median, course, alpha=alpha, power=power, sided=sided,
                    ratio=ratio, method=other,
                )  # fmt: skip
                alternatives.append(Alternative(other, other, again.patients))
    events = size.events or 0.0
    za = float(-special.ndtri(alpha / sided))
    share = ratio / (1 + ratio) ** 2
    ratios = np.exp(np.linspace(np.log(min(hazard_ratio**1.6, 0.99)), np.log(1.1), 31))
    power_at = special.ndtr(-np.log(ratios / (margin or 1.0)) * (events * share) ** 0.5 - za)
    return _make(
        question, "survival", method, "noninferiority" if margin else "superiority", "ratio",
        size, course,
        (Step("hazards", {"hazard_ratio": hazard_ratio, "median": control_median,
                          "median1": control_median / hazard_ratio}),
         Step(f"{method}_events", {"events": whole(events), "null": margin or 1.0,
                                   "z_alpha": za, "z_beta": float(special.ndtri(power))}),
         Step("events_to_patients", {"events": whole(events), "n": size.patients,
                                     "chance": events / size.n}),
         course_step(course), Step("ratio", {"ratio": ratio})),
        (Step("logrank_analysis"), Step("cox_report")),
        tuple((float(r), float(p), None) for r, p in zip(ratios, power_at, strict=True)),
        (Operating("null", margin or 1.0, alpha / sided, size.patients),
         Operating("alternative", hazard_ratio, power, size.patients)),
        (given("hazard_ratio", hazard_ratio, "ratio", found),
         given("control_median", control_median, "months", found), *course_assumptions(course)),
        why, tuple(alternatives),
    )  # fmt: skip


def borrowed_synopsis(
    question: Pico,
    n1: int,
    n2: int,
    p1: float,
    control: BetaMixture,
    *,
    expected: float | None = None,
    threshold: float = 0.975,
    found: Sequence[Assumption] = (),
    why: WhyNow | None = None,
) -> Synopsis:
    """A randomised trial whose control borrows from a (robust) prior; exact characteristics.

    ``expected`` is the control rate at which power is stated: the mean before the prior was made
    robust; the prior's own when omitted.
    """
    check = Requirements()
    check.rate("p1", p1)
    check.done()
    trial = borrowed_trial(n1, n2, control, threshold=threshold)
    p2 = control.mean if expected is None else expected
    rates = np.linspace(0.01, 0.99, 99)
    levels = [trial.chance(float(p), float(p)) for p in rates]
    inside = [
        level
        for p, level in zip(rates, levels, strict=True)
        if control.quantile(0.025) <= p <= control.quantile(0.975)
    ]
    size = SampleSize(
        n1 + n2, n1, n2, max(levels), trial.chance(p1, p2), 1, "robust MAP prior",
        actual_alpha=trial.chance(p2, p2), actual_power=trial.chance(p1, p2),
    )  # fmt: skip
    worth = effective_size(control)
    shifts = np.linspace(0, min(0.95 - p2, 2 * max(p1 - p2, 0.1)), 31)
    return _make(
        question, "borrowed", "robust MAP prior", "superiority", "proportion", size, None,
        (Step("borrowed_sizes", {"n1": n1, "n2": n2}),
         Step("borrowed_prior", {"mean": control.mean, "sd": control.sd, "worth": worth,
                                 "components": len(control.weights)}),
         Step("borrowed_rule", {"threshold": threshold}),
         Step("borrowed_level", {"at": trial.chance(p2, p2), "inside": max(inside, default=0.0),
                                 "largest": max(levels)}),
         Step("borrowed_assurance", {"assurance": trial.assurance(VAGUE, control)})),
        (Step("borrowed_analysis", {"threshold": threshold}), Step("bayesian_report")),
        tuple((float(d), trial.chance(p2 + float(d), p2), None) for d in shifts),
        (Operating("null", 0.0, trial.chance(p2, p2), n1 + n2),
         Operating("alternative", p1 - p2, trial.chance(p1, p2), n1 + n2)),
        (given("p1", p1, "proportion", found), given("p2", p2, "proportion", found)),
        why, (),
    )  # fmt: skip


def _make(
    question: Pico,
    kind: str,
    method: str,
    hypothesis: str,
    scale: Unit,
    size: SampleSize,
    course: Course | None,
    steps: tuple[Step, ...],
    analysis: tuple[Step, ...],
    curve: Curve,
    operating: tuple[Operating, ...],
    assumptions: tuple[Assumption, ...],
    why: WhyNow | None,
    alternatives: tuple[Alternative, ...],
) -> Synopsis:
    return Synopsis(
        kind=kind,
        method=method,
        hypothesis=hypothesis,
        scale=scale,
        question=question,
        alpha=size.alpha,
        power=size.power,
        sided=size.sided,
        patients=size.patients,
        per_arm=(("treatment", whole(size.n1)), ("control", whole(size.n2))),
        events=None if size.events is None else whole(size.events),
        months=course.total if course else None,
        expected_n0=None,
        expected_n1=None,
        steps=steps,
        looks=(),
        operating=operating,
        curve=curve,
        assumptions=assumptions
        if kind == "borrowed"
        else (*assumptions, *conventions(size.alpha, size.power)),
        analysis=analysis,
        alternatives=alternatives,
        why=why,
        spirit=spirit_items(interim=False, randomised=True, recruitment=course is not None),
    )
