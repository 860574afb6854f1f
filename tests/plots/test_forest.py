"""The axes of a forest: each is one record, and an unknown one is an error."""

import itertools
import re

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


@pytest.mark.parametrize("role", ["study", "pooled"])
@pytest.mark.parametrize(
    "name", ["A study with a name that goes on " * 3, "Unbroken" * 12, "研究组" * 9]
)
def test_a_long_name_and_source_are_written_whole_and_move_the_rows_below(name, role):

    row = ForestRow(name, 1.0, (0.5, 2.0), "1", role=role, source=name)
    below = ForestRow("below", 1.0, (0.5, 2.0), "1")
    svg = forest_svg((row, below), title="t", axis="a", scale="ratio")
    said = re.findall(r'<text[^>]* x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)<', svg)
    for at in ("4", "740"):
        mine = [(float(y), words) for x, y, words in said if x == at and words != "below"]
        assert "".join(w for _, w in mine).replace(" ", "") == name.replace(" ", "")
        gaps = [b - a for (a, _), (b, _) in itertools.pairwise(mine)]
        assert gaps
        assert min(gaps) >= 12
    last = max(float(y) for x, y, words in said if x == "4" and words != "below")
    assert next(float(y) for _, y, words in said if words == "below") >= last + 14
