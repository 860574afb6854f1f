"""Hazard ratios from prints and from patients."""

import numpy as np
import pytest

from hilum.errors import NotEstimable
from hilum.synthesis.survival import (
    Reported,
    cox,
    log_hazard,
    two_arms,
)
from tests.synthesis.reference import FILES

Z = 1.959963984540054


@pytest.mark.parametrize(
    ("one", "yi", "vi", "how"),
    [
        # exp(-0.3 -+ Z 0.2)
        (
            Reported("a", np.exp(-0.3), np.exp(-0.3 - Z * 0.2), np.exp(-0.3 + Z * 0.2)),
            -0.3,
            0.04,
            "interval",
        ),
        # z of two-sided p 0.05 is Z
        (Reported("a", 0.5, p=0.05), np.log(0.5), (np.log(0.5) / Z) ** 2, "p value"),
        (
            Reported("a", observed_minus_expected=-6.0, variance=15.0),
            -0.4,
            1 / 15,
            "log-rank table",
        ),
        (
            Reported("a", 0.7, events=40, comparator_events=60),
            np.log(0.7),
            1 / 40 + 1 / 60,
            "events of both arms",
        ),
        # V = 100 / 4 with arms of one size; z = Z (Parmar 1998)
        (
            Reported("a", p=0.05, events=100, favours_first=True),
            -Z / 5,
            1 / 25,
            "p value and events",
        ),
    ],
)
def test_each_way_by_its_closed_form(one, yi, vi, how):
    found = log_hazard(one)
    assert found.yi == pytest.approx(yi, rel=1e-9)
    assert found.vi == pytest.approx(vi, rel=1e-9)
    assert found.derived_from == how


@pytest.mark.parametrize(
    "one",
    [
        Reported("trial x"),
        Reported("trial x", 0.7),
        Reported("trial x", 0.7, 0.8, 0.9),
        Reported("trial x", -1.0, 0.5, 0.9),
        Reported("trial x", observed_minus_expected=1.0, variance=0.0),
        Reported("trial x", 0.7, events=0, comparator_events=5),
        Reported("trial x", p=1.5, events=10, favours_first=True),
    ],
)
def test_refusals_name_the_trial(one):
    with pytest.raises(NotEstimable, match="trial x"):
        log_hazard(one)


def _lung():
    data = FILES["survival_lung"]["input"]
    time, status, group = (np.array(data[key]) for key in ("time", "status", "group"))
    return [(time[group == g], status[group == g]) for g in ("2", "1")]


def test_patients_give_the_reference_ratio_and_its_check():
    """R survival 3.5-3 on lung: coxph and cox.zph."""
    reference = FILES["survival_lung"]
    found = two_arms("lung", *_lung())
    assert found.log_hazard.yi == pytest.approx(reference["cox"]["coef"], rel=1e-7)
    assert found.hazard_ratio.se == pytest.approx(reference["cox"]["se"], rel=1e-7)
    assert found.zph_p == pytest.approx(reference["zph"][-1]["p"], rel=1e-6)
    assert found.proportional
    assert found.horizon == 965
    a, b = reference["rmean"][1]["rmean"], reference["rmean"][0]["rmean"]
    assert found.rmst_difference.value == pytest.approx(a - b)
    assert found.rmst_ratio.value == pytest.approx(a / b)


def test_crossing_hazards_are_seen():
    rng = np.random.default_rng(4)
    early = 30 * rng.weibull(0.6, 300), np.ones(300)
    late = 30 * rng.weibull(2.5, 300), np.ones(300)
    assert not two_arms("x", early, late).proportional


def test_hazard_ratio_is_the_weibull_truth():
    """Weibull arms of one shape: HR = (scale ratio)^-shape, within three standard errors."""
    rng = np.random.default_rng(9)
    a, b = 50 * rng.weibull(1.4, 2000), 30 * rng.weibull(1.4, 2000)
    model = cox(np.concatenate([a, b]), np.ones(4000), np.repeat([1.0, 0.0], 2000))
    assert model.beta[0] == pytest.approx(-1.4 * np.log(50 / 30), abs=3 * model.se[0])
