"""The axes of a forest: each is one record, and an unknown one is an error."""

import pytest

from hilum.errors import UnknownCode
from hilum.plots import ForestRow, forest_svg
from hilum.plots.forest import FOREST_SCALES, ForestScale

ROWS = (
    ForestRow("one", 0.4, (0.2, 0.7), "0.40"),
    ForestRow("all", 0.5, (0.4, 0.6), "0.50", role="pooled"),
)


@pytest.mark.parametrize(
    ("scale", "null", "label"),
    [("proportion", False, ">75<"), ("ratio", True, ">0.5<"), ("linear", True, ">0.4<")],
)
def test_every_scale(scale, null, label):
    drawn = forest_svg(ROWS, title="t", axis="a", scale=scale)
    assert ('class="null"' in drawn) == null
    assert label in drawn


def test_a_linear_axis_reaches_no_difference():
    rows = (ForestRow("one", 0.4, (0.2, 0.7), ""),)
    assert FOREST_SCALES["linear"].limits(rows)[0] < 0
    assert 'class="null"' in forest_svg(rows, title="t", axis="a", scale="linear")


def test_months_start_at_nothing():
    rows = (ForestRow("one", 30.0, (20.0, 40.0), ""),)
    assert FOREST_SCALES["months"].limits(rows) == (0.0, 40.0 * 1.02)
    assert ">36<" in forest_svg(rows, title="t", axis="a", scale="months")


def test_an_unknown_scale_lists_the_known_ones():
    with pytest.raises(UnknownCode, match="proportion, months, ratio, linear"):
        forest_svg(ROWS, title="t", axis="a", scale="years")


def test_a_made_up_scale_is_drawn(monkeypatch):
    mine = ForestScale(lambda rows: (0.0, 2.0), lambda low, high: [1.0], label=lambda t: f"<{t:g}>")
    monkeypatch.setitem(FOREST_SCALES, "mine", mine)
    assert "<1>" in forest_svg(ROWS, title="t", axis="a", scale="mine")
