"""What a measured figure is written with: the digits it carries, never across a cut-off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hilum.patient.liver.taken import carried


@pytest.mark.parametrize(
    ("value", "unit", "cuts", "written"),
    [
        (39.93, "mm", (), 40),
        (598.07, "mL", (), 598),
        (85.03, "percent", (90.0,), 85),
        (3.217, "mL", (), 3.2),
        (0.04, "percent/week", (), 0.04),
        (1.96, "percent/week", (2.0,), 1.96),
        (90.0, "percent", (90.0,), 90),
        (90.4, "percent", (90.0,), 90.4),
        (89.96, "percent", (90.0,), 89.96),
        (29.6, "mm", (30.0,), 29.6),
        (30.2, "mm", (30.0,), 30.2),
    ],
)
def test_what_a_measurement_carries(value, unit, cuts, written):
    assert carried(value, unit, cuts) == written


@given(st.floats(0, 3000), st.sampled_from(["mm", "mL", "percent", "GBq"]),
       st.lists(st.floats(0, 100), max_size=4))  # fmt: skip
def test_no_cut_off_is_crossed_and_little_is_lost(value, unit, cuts):
    found = carried(value, unit, cuts)
    assert abs(found - value) <= 0.5
    for cut in cuts:
        assert (found > cut, found < cut) == (value > cut, value < cut)
