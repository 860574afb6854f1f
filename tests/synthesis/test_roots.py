"""The root finder against SciPy's of the same name, which it follows step for step."""

import math

import numpy as np
import pytest
from scipy import optimize

from hilum.synthesis.roots import brentq


def test_it_is_scipys_to_the_last_digit() -> None:
    rng = np.random.default_rng(20251129)
    kinds = (
        lambda c: lambda x: math.exp(min(x, 300.0)) - math.exp(c),
        lambda c: lambda x: (x - c) ** 3 + (x - c) / 9,
        lambda c: lambda x: math.atan(50 * (x - c)),
        lambda c: lambda x: (1.0 if x > c else -1.0) * abs(x - c) ** 0.2,
        lambda c: lambda x: x**5 - c**5 + (x - c),
        # A step: nothing to interpolate.
        lambda c: lambda x: 1.0 if x > c else -1.0,
    )
    for _ in range(200):
        for kind in kinds:
            c = float(rng.normal(0, 3))
            low, high = c - float(rng.exponential(5)), c + float(rng.exponential(5))
            xtol = float(10.0 ** rng.uniform(-12, -3))
            wanted = optimize.brentq(kind(c), low, high, xtol=xtol, rtol=1e-13)
            assert brentq(kind(c), low, high, xtol=xtol, rtol=1e-13) == wanted


def test_an_end_may_be_the_root() -> None:
    assert brentq(lambda x: x, 0.0, 1.0) == 0.0
    assert brentq(lambda x: x - 1, 0.0, 1.0) == 1.0


@pytest.mark.parametrize(
    ("f", "said"),
    [
        (lambda x: x + 2, "different signs"),
        (lambda x: -1 - x, "different signs"),
        (lambda x: math.nan, "not a number"),
        (lambda x: math.nan if 0 < x < 1 else x - 0.5, "not a number"),
    ],
)
def test_what_has_no_root_is_refused(f, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        brentq(f, 0.0, 1.0)
