"""Assurance of two-group trials against adaptive quadrature and enumeration."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from hilum.errors import NotEstimable
from hilum.trials.borrowing.assurance import (
    assurance_at_a_month,
    assurance_of_proportions,
    power_for_assurance,
    proportions_power,
)
from hilum.trials.borrowing.mixture import BetaMixture
from hilum.trials.borrowing.trial import assurance_survival
from hilum.trials.fixed.exact_tests import exact_test, exact_two_proportions
from hilum.trials.fixed.proportions import two_proportions

SIZE = two_proportions(0.5, 0.3, power=0.8, ratio=2)
PRIOR = BetaMixture((0.6, 0.4), (12.0, 4.0), (30.0, 9.0))


def test_the_power_function_is_the_sizes():
    """At the design's rates and sizes rounded up, the formula's power and the exact one."""
    power = proportions_power(SIZE, "normal")
    assert 0.8 <= power(np.array([0.5]), np.array([0.3]))[0] < 0.805
    exact = exact_two_proportions(0.6, 0.3)
    region = exact_test(round(exact.n1), round(exact.n2), 0.025, "boschloo")
    found = proportions_power(exact, "boschloo")(np.array([0.6, 0.4]), np.array([0.3, 0.35]))
    assert found == pytest.approx([region.power(0.6, 0.3), region.power(0.4, 0.35)], abs=1e-12)


@pytest.mark.parametrize("control", [None, PRIOR])
@pytest.mark.parametrize("sd", [0.0, 0.5])
def test_assurance_of_proportions_by_quad(control, sd):
    """scipy's adaptive quadrature over the control rate and the log odds ratio, 1e-6."""
    power = proportions_power(SIZE, "normal")
    shift = special.logit(0.5) - special.logit(0.3)

    def given(p2):
        def at(effect):
            p1 = special.expit(special.logit(p2) + effect)
            chance = float(power(np.array([p1]), np.array([p2]))[0])
            return chance * (stats.norm.pdf(effect, shift, sd) if sd else 1.0)

        if sd == 0:
            return at(shift)
        return integrate.quad(at, shift - 8 * sd, shift + 8 * sd, epsabs=1e-9)[0]

    expected = given(0.3) if control is None else integrate.quad(
        lambda p2: float(control.pdf(p2)) * given(p2), 1e-9, 1 - 1e-9, epsabs=1e-7
    )[0]  # fmt: skip
    found = assurance_of_proportions(power, 0.5, 0.3, effect_sd=sd, control=control)
    assert found == pytest.approx(expected, abs=1e-6)


def test_assurance_at_a_month_by_quad():
    """Events fall with the control's median; its log is normal."""

    def events(median):
        return 250 * -np.expm1(-24 * np.log(2) / median)

    def power(count):
        return assurance_survival(count, 0.65, 0.15)

    sd = np.log(30 / 8) / (2 * stats.norm.isf(0.025))
    expected = integrate.quad(
        lambda x: stats.norm.pdf(x) * power(events(15 * np.exp(sd * x))), -9, 9, epsabs=1e-11
    )[0]
    found = assurance_at_a_month(events, 15, (8, 30), power)
    assert found == pytest.approx(expected, abs=1e-8)
    with pytest.raises(NotEstimable, match="no prior"):
        assurance_at_a_month(events, 15, (0, 30), power)


def test_the_power_that_assurance_needs():
    """Normal prior: the closed form solved for the events."""

    def assured(power):
        z = stats.norm.isf(0.025) + stats.norm.ppf(power)
        return assurance_survival(4 * z**2 / np.log(0.6) ** 2, 0.6, 0.2)

    power = power_for_assurance(assured, 0.8, 0.025)
    assert assured(power) == pytest.approx(0.8, abs=1e-5)
    assert power > 0.8
    with pytest.raises(NotEstimable, match=r"assurance 0\.999"):
        power_for_assurance(assured, 0.999, 0.025)
