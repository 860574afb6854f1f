"""Two-sided tests with an inner wedge for futility, against rpact 3.3.4 and simulation."""

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.trials.sequential.design import group_sequential
from hilum.trials.sequential.two_sided import wedge_crossing
from tests.synthesis.reference import FILES, numbers

DESIGNS = [one for one in FILES["rpact_adaptive"]["designs"] if one["kind"] == "two_sided_futility"]


@pytest.mark.parametrize("one", DESIGNS)
def test_bounds_and_sizes_are_rpacts(one):
    """rpact 3.3.4 (its two-sided beta spending is marked experimental), 1e-6."""
    found = group_sequential(
        one["info"], alpha=0.05, power=0.8, sided=2, kind="asOF",
        futility="as" + one["futility"][2:], futility_parameter=one["parameter"],
        binding=one["binding"],
    )  # fmt: skip
    inner = np.array(found.futility[:-1])
    inner[np.isinf(inner)] = np.nan
    assert inner == pytest.approx(numbers(one["bounds"]), abs=1e-6, nan_ok=True)
    assert found.efficacy == pytest.approx(one["critical"], abs=1e-6)
    assert found.inflation == pytest.approx(one["inflation"], abs=1e-6)
    assert found.expected_size_h0 == pytest.approx(one["avg_n0"], abs=1e-6)
    assert found.expected_size_h01 == pytest.approx(one["avg_n01"], abs=1e-6)
    assert found.expected_size_h1 == pytest.approx(one["avg_n1"], abs=1e-6)
    # rpact prints what was to be spent, at the drift where neither side rejects with beta; ours
    # is what is spent at the drift of the power, which counts one side.
    assert found.beta_spent == pytest.approx(one["beta_spent"], abs=2e-6)
    assert found.power_at(found.drift) == pytest.approx(0.8, abs=1e-10)


@pytest.mark.parametrize("binding", [False, True])
def test_level_and_stopping_are_simulated(binding):
    """400,000 trials; three standard errors."""
    design = group_sequential(
        [0.4, 0.7, 1], alpha=0.05, power=0.9, sided=2, kind="asP", futility="asP", binding=binding
    )
    rng = np.random.default_rng(20261126)
    runs = 400_000
    steps = np.diff([0.0, *design.information_rates])
    for drift in (0.0, design.drift):
        score = (rng.normal(size=(runs, 3)) * steps**0.5 + drift * steps).cumsum(axis=1)
        z = abs(score / np.sqrt(design.information_rates))
        going = np.ones(runs, bool)
        found = design.stopping(drift)
        for k in range(3):
            up = going & (z[:, k] >= design.efficacy[k])
            inside = going & (z[:, k] < design.futility[k])
            assert found.upper[k] == pytest.approx(up.mean(), abs=1.5 / runs**0.5)
            assert found.lower[k] == pytest.approx(inside.mean(), abs=1.5 / runs**0.5)
            going &= ~up & ~inside
    level = design.stopping(0.0, heed_futility=binding).upper.sum()
    assert level == pytest.approx(0.05, abs=1e-10)


def test_without_a_wedge_nothing_changes():
    """A wedge of no width is the two-sided test without one."""
    plain = group_sequential(stages=3, alpha=0.05, power=0.9, sided=2, kind="OF")
    assert not plain.has_wedge
    found = wedge_crossing(plain.information_rates, plain.efficacy, (-np.inf,) * 3, plain.drift)
    assert float(found.upper.sum()) == pytest.approx(0.9, abs=1e-10)
    assert found.inside[:2] == pytest.approx([0, 0])
    assert found.upper.sum() + found.lower.sum() + found.inside.sum() == pytest.approx(1)
    with pytest.raises(InputError, match="a family that spends beta"):
        group_sequential(stages=3, alpha=0.05, sided=2, futility=[0, 0.5])
