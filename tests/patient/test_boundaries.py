"""Comparisons of two ranges: certain, impossible or open, by every pair of whole numbers."""

import operator
from itertools import product

import pytest

from hilum.patient.compile import RANGES
from hilum.patient.values import Range

SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
         "==": operator.eq, "!=": operator.ne}  # fmt: skip
ENDS = [(low, high) for low, high in product(range(4), repeat=2) if low <= high]


@pytest.mark.parametrize("sign", SIGNS)
def test_a_comparison_of_ranges_holds_where_it_holds_for_every_pair(sign):
    assert set(RANGES) == set(SIGNS)
    for one, other in product(ENDS, ENDS):
        # Quarters, so that ranges hold more than their ends.
        pairs = product(*([low + n / 4 for n in range(4 * (high - low) + 1)]
                          for low, high in (one, other)))  # fmt: skip
        found = {SIGNS[sign](a, b) for a, b in pairs}
        certain, never = RANGES[sign](Range(*one), Range(*other))
        assert (certain, never) == (found == {True}, found == {False}), (one, other)
