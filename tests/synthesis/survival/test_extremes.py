"""Patients by the limits of 100 % and of 0 %: Clopper and Pearson's, as scipy has them."""

import pytest
from scipy.stats import binomtest

from hilum.synthesis.survival import Report, SurvivalArm, group
from hilum.synthesis.survival.extremes import patients_of_extreme


@pytest.mark.parametrize("level", [0.9, 0.95, 0.99])
@pytest.mark.parametrize("n", [1, 5, 28, 29, 400])
def test_exact_limits_give_back_the_patients(n, level):
    """To rounding error, on both ends."""
    for k, value in ((n, 1.0), (0, 0.0)):
        ends = binomtest(k, n).proportion_ci(level, method="exact")
        assert patients_of_extreme(value, ends.low, ends.high, level) == pytest.approx(n, rel=1e-9)


@pytest.mark.parametrize("n", [20, 28, 100])
def test_score_limits_give_nearly_as_many(n):
    ends = binomtest(n, n).proportion_ci(0.95, method="wilson")
    assert patients_of_extreme(1.0, ends.low, 1.0, 0.95) == pytest.approx(n, rel=0.1)


@pytest.mark.parametrize(
    ("value", "lower", "upper"),
    [(1.0, None, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, 1.0), (0.0, 0.0, 1.0), (0.0, 0.0, None),
     (0.0, 0.0, 0.0), (0.99, 0.88, 1.0)],
)  # fmt: skip
def test_limits_that_say_nothing(value, lower, upper):
    assert patients_of_extreme(value, lower, upper, 0.95) is None


def _one(*reports):
    return group([SurvivalArm("s", "", reports)])[0]


def test_a_rate_of_everybody_enters_by_its_lower_limit():
    found = _one(Report("rate", 12, 1.0, 0.88, 1.0), Report("rate", 36, 0.8, 0.6, 0.92))
    assert found.pieces[0].m == pytest.approx(28.857, abs=1e-3)
    assert not found.unused
    # n, where it is fewer than the interval's; and the interval where those were fewer.
    assert _one(Report("rate", 12, 1.0, 0.88, 1.0, n=20)).pieces[0].m == 20
    assert _one(Report("rate", 12, 1.0, 0.88, 1.0, n=50)).pieces[0].m < 29


def test_a_rate_of_nobody_enters_by_its_upper_limit():
    assert _one(Report("rate", 12, 0.0, 0.0, 0.12)).pieces[0].m == pytest.approx(28.857, abs=1e-3)
    # After another figure it is of those left, whom that figure tells.
    later = _one(Report("rate", 6, 0.5, n=40), Report("rate", 12, 0.0, 0.0, 0.12))
    assert later.pieces[1].m == 20
