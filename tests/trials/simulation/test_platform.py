"""Multi-arm trials against enumeration and quadrature; seeds explicit."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from hilum.errors import InputError
from hilum.trials.simulation import (
    PlatformTrial,
    platform_characteristics,
    simulate_platform,
)
from hilum.trials.simulation.beta_arms import chance_to_be_best, chance_to_beat

SEED = 20240604


def _exact(a, b, c, d, margin=0.0):
    """P(Beta(a, b) > Beta(c, d) + margin) by adaptive quadrature."""
    x, y = stats.beta(a, b), stats.beta(c, d)
    return integrate.quad(
        lambda t: x.pdf(t) * y.cdf(t - margin), 0, 1, epsabs=1e-11, epsrel=1e-11, limit=400
    )[0]


@pytest.mark.parametrize("margin", [0.0, 0.1])
@pytest.mark.parametrize(
    ("own", "control"),
    [((3, 9), (5, 7)), ((1, 31), (4, 28)), ((180, 220), (200, 300)), ((1.5, 1.5), (1, 1))],
)
def test_chance_to_beat_equals_quadrature(own, control, margin):
    a, b = np.array([[control[0], own[0]]], float), np.array([[control[1], own[1]]], float)
    assert chance_to_beat(a, b, margin)[0, 0] == pytest.approx(
        _exact(*own, *control, margin), abs=1e-5
    )


def test_chance_to_be_best_equals_quadrature_and_leaves_out_dropped_arms():
    a, b = np.array([[4.0, 7.0, 6.0]] * 2), np.array([[9.0, 8.0, 6.0]] * 2)
    found = chance_to_be_best(a, b, np.array([[True, True, True], [True, True, False]]))
    one, two, three = (stats.beta(x, y) for x, y in zip(a[0], b[0], strict=True))
    expected = integrate.quad(lambda t: one.pdf(t) * two.cdf(t) * three.cdf(t), 0, 1)[0]
    assert found[0, 0] == pytest.approx(expected, abs=1e-5)
    assert found[0].sum() == pytest.approx(1)
    assert found[1, 2] == 0
    assert found[1, 0] == pytest.approx(_exact(4, 9, 7, 8), abs=1e-5)


def _two_arms(**changes):
    base = {"rates": (0.3, 0.3), "looks": (60,), "efficacy": (0.975,), "weights": (1.0, 1.0)}
    return PlatformTrial(**base | changes)


@pytest.mark.parametrize(("statistic", "cut"), [("posterior", 0.975), ("z", 1.96)])
def test_one_look_equals_enumeration(statistic, cut):
    # Numbers in each arm are binomial, so the exact chance sums over them as well.
    trial = _two_arms(statistic=statistic, efficacy=(cut,), rates=(0.2, 0.5))
    found = platform_characteristics(trial, 20_000, SEED)["power"]
    expected = 0.0
    for m in range(61):
        n = 60 - m
        x, y = np.meshgrid(np.arange(m + 1), np.arange(n + 1), indexing="ij")
        if statistic == "z":
            pooled = (x + y) / 60
            variance = pooled * (1 - pooled) * (1 / max(m, 1) + 1 / max(n, 1))
            fine = (variance > 0) & (m > 0) & (n > 0)
            z = (y / max(n, 1) - x / max(m, 1)) / np.sqrt(np.where(fine, variance, 1))
            wins = fine & (z >= cut)
        else:
            a = np.stack([1 + x.ravel(), 1 + y.ravel()], 1).astype(float)
            b = np.stack([1 + m - x.ravel(), 1 + n - y.ravel()], 1).astype(float)
            wins = (chance_to_beat(a, b)[:, 0] >= cut).reshape(x.shape)
        chance = stats.binom(m, 0.2).pmf(x) * stats.binom(n, 0.5).pmf(y)
        expected += stats.binom(60, 0.5).pmf(m) * float((chance * wins).sum())
    assert found.mean == pytest.approx(expected, abs=3.5 * found.mcse)


def test_dropped_arms_get_no_more_patients_and_futility_saves_them():
    base = {
        "rates": (0.3, 0.05, 0.6),
        "looks": (60, 120, 180),
        "efficacy": (0.99, 0.99, 0.975),
    }
    kept = platform_characteristics(PlatformTrial(**base), 400, SEED)
    found = platform_characteristics(PlatformTrial(**base, futility=(0.05, 0.05, 0.05)), 400, SEED)
    assert found["dropped_arm_1"].mean > 0.9
    assert found["patients_arm_1"].mean < kept["patients_arm_1"].mean
    out = simulate_platform(PlatformTrial(**base, futility=(0.05, 0.05, 0.05)), 400, SEED)
    assert not (out.success & out.dropped).any()
    assert not out.success[:, 0].any()


def test_adaptive_shares_favour_the_better_arm_and_keep_floors():
    base = {
        "rates": (0.2, 0.2, 0.5),
        "looks": (50, 100, 150, 200),
        "efficacy": (1.0, 1.0, 1.0, 0.975),
        "allocation": "adaptive",
    }
    found = platform_characteristics(
        PlatformTrial(**base, control_share=0.3, minimum_share=0.15), 500, SEED
    )
    assert found["share_arm_2"].mean > 0.42
    # First stage: a third each; later 0.30 for control and 0.15 at least for each arm.
    assert found["share_arm_0"].mean == pytest.approx((50 / 3 + 150 * 0.3) / 200, abs=0.01)
    assert found["share_arm_1"].mean > (50 / 3 + 150 * 0.15) / 200 - 0.01
    flat = platform_characteristics(PlatformTrial(**base, tempering=0.0), 500, SEED)
    for arm in range(3):
        assert flat[f"share_arm_{arm}"].mean == pytest.approx(1 / 3, abs=0.01)


def test_family_wise_error_of_many_arms_exceeds_one_arms():
    # Dunnett's setting: three null arms against one control at one-sided 0.025 each.
    trial = PlatformTrial(rates=(0.4,) * 4, looks=(800,), efficacy=(1.96,), statistic="z")
    found = platform_characteristics(trial, 8000, SEED)
    half = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
    expected = 1 - stats.multivariate_normal(np.zeros(3), half).cdf(
        np.full(3, 1.96), rng=np.random.default_rng(1)
    )
    # The normal approximation of 200 an arm is good to 0.2 percentage points.
    assert found["family_wise_error"].mean == pytest.approx(
        expected, abs=3.5 * found["family_wise_error"].mcse + 0.002
    )
    assert "power" not in found


def test_lag_hides_outcomes_from_interim_looks_and_delays_the_end():
    base = {"rates": (0.2, 0.6), "looks": (40, 80), "efficacy": (0.99, 0.975), "accrual_rate": 4.0}
    soon = platform_characteristics(PlatformTrial(**base), 1000, SEED)
    late = platform_characteristics(PlatformTrial(**base, lag_months=5.0), 1000, SEED)
    assert late["stopped_at_look_1"].mean < soon["stopped_at_look_1"].mean
    out = simulate_platform(PlatformTrial(**base, lag_months=5.0), 300, SEED)
    assert set(out.months[out.look == 1]) == {80 / 4 + 5}
    assert set(out.months[out.look == 0]) == {10.0}


def test_stopping_at_the_first_success():
    base = {"rates": (0.2, 0.6, 0.6), "looks": (60, 120), "efficacy": (0.98, 0.98)}
    one = simulate_platform(PlatformTrial(**base, stop="first"), 300, SEED)
    every = simulate_platform(PlatformTrial(**base, stop="all"), 300, SEED)
    assert one.patients.sum() < every.patients.sum()
    assert (one.patients.sum(axis=1)[one.success.any(axis=1) & (one.look == 0)] == 60).all()


@pytest.mark.parametrize(
    ("changes", "name", "value"),
    [
        ({"rates": (0.3, 1.2)}, "rates", "1.2"),
        ({"rates": (0.3,)}, "rates", "0.3"),
        ({"looks": (60, 50), "efficacy": (0.9, 0.9)}, "looks", "60, 50"),
        ({"efficacy": (1.5,)}, "efficacy", "1.5"),
        ({"efficacy": ()}, "efficacy", "none"),
        ({"futility": (0.99,)}, "futility", "0.99"),
        ({"futility": (math.nan,)}, "futility", "nan"),
        ({"prior": (0.0, 1.0)}, "prior", "0"),
        ({"accrual_rate": -1.0}, "accrual_rate", "-1"),
        ({"lag_months": -1.0}, "lag_months", "-1"),
        ({"weights": (1.0, 0.0)}, "weights", "0"),
        ({"allocation": "adaptive", "minimum_share": 0.7}, "minimum_share", "0.7"),
        ({"allocation": "adaptive", "control_share": 1.0}, "control_share", "1"),
        ({"minimum_share": 0.1}, "allocation", "fixed"),
        ({"statistic": "t"}, "statistic", "t"),
        ({"stop": "never"}, "stop", "never"),
    ],
)
def test_impossible_parameters_are_named_with_their_value(changes, name, value):
    with pytest.raises(InputError) as caught:
        _two_arms(**changes)
    assert any(name == fault.column and value in fault.value for fault in caught.value.faults)
