"""Numbers that tell lines of two shades apart: on the line and on both sides."""

import numpy as np
import pytest

from hilum.literature.figures.ink import Ink
from hilum.literature.figures.shades import (
    ALONG,
    BETWEEN,
    BIN,
    DEEPER,
    EDGE,
    EVEN,
    FEWEST,
    FULL,
    LEAST,
    ON,
    RULED,
    SHOWN,
    THINNER,
    TOGETHER,
    VALLEY,
    WIDE,
    WIDEST,
    Cores,
    Shade,
    _asked_for,
    _width,
    along,
    cores_of,
    deepest_of,
    heaps,
    own_shade,
    side_by_side,
    unruled,
)

WHITE = np.full(3, 255.0)


def ink(depth):
    return Ink(np.minimum(depth, 1.0), np.zeros(depth.shape, bool), depth)


def cores(*columns_depths):
    """Crossings of as many columns as given, at one depth each."""
    rows, columns, depth = [], [], []
    for i, (many, deep) in enumerate(columns_depths):
        rows += [20 * i] * many
        columns += list(range(many))
        depth += [deep] * many
    n = len(rows)
    depths = np.array(depth, float)
    return Cores(np.array(rows), np.array(columns), depths, depths, np.full(n, 3))


# Crossings of a line.


@pytest.mark.parametrize(("deep", "many"), [(0.24, 0), (0.25, 0), (0.26, 10)])
def test_a_pixel_of_a_line(deep, many):
    assert ON == 0.25
    depth = np.zeros((30, 10))
    depth[10] = deep
    assert len(cores_of(depth).row) == many


@pytest.mark.parametrize(("edge", "length"), [(0.07, 1), (0.08, 1), (0.09, 3)])
def test_the_edge_of_a_line_belongs_to_it(edge, length):
    assert EDGE == 0.08
    depth = np.zeros((30, 10))
    depth[9:12] = np.array([edge, 1.0, edge])[:, None]
    found = cores_of(depth)
    assert set(found.length.tolist()) == {length}
    assert found.total == pytest.approx(1 + 2 * edge)


@pytest.mark.parametrize(("thick", "many"), [(11, 10), (12, 10), (13, 0)])
def test_what_is_thicker_is_no_line(thick, many):
    assert WIDEST == 12
    depth = np.zeros((40, 10))
    depth[10 : 10 + thick] = 1.0
    assert len(cores_of(depth).row) == many


@pytest.mark.parametrize(("columns", "kept"), [(84, True), (85, True), (86, False)])
def test_a_row_with_cores_along_most_of_it_is_a_frame(columns, kept):
    assert RULED == 0.85
    depth = np.zeros((100, 100))
    depth[10, :columns] = 1.0
    assert bool(unruled(depth).any()) is kept
    assert bool(unruled(depth.T).any()) is kept


@pytest.mark.parametrize(("total", "width"), [(0.4, 0.5), (0.6, 0.5), (0.7, 0.75), (1.1, 1.0)])
def test_the_commonest_width_is_told_to_a_quarter_of_a_pixel(total, width):
    assert _width(cores((30, total))) == width


@pytest.mark.parametrize(("many", "known"), [(4, 0), (5, 5), (6, 6)])
def test_how_many_crossings_tell_a_piece(many, known):
    assert FEWEST == 5
    found = cores((many, 1.0))
    assert np.isfinite(along(found, found.depth, (30, 40))).sum() == known


@pytest.mark.parametrize(("first", "middle"), [(10, 1.0), (15, 1.0), (16, 1.5), (20, 1.5)])
def test_along_how_many_pixels_of_a_line_the_median_is_taken(first, middle):
    """Of columns 15 to 29, the first deep up to a place, the others pale."""
    assert ALONG == 15
    found = cores((30, 1.0))
    depth = np.where(np.arange(30) < first + 7, 1.5, 1.0)
    assert along(found, depth, (30, 40))[20] == (1.5 if first > 15 else 1.0) == middle


# Heaps of depths.


def two(gap, *, many=50, between=0, other=50):
    """Medians of two heaps ``gap`` bins apart, and so many in each bin between them."""
    places = 1.005 + BIN * np.arange(gap + 1)
    counts = [many, *(gap - 1) * [between], other]
    middle = np.repeat(places, counts)
    columns = np.concatenate([np.arange(c) for c in counts])
    return middle, Cores(np.zeros(len(middle), int), columns, middle, middle, middle)


@pytest.mark.parametrize(("gap", "many"), [(4, 1), (5, 2), (6, 2)])
def test_heaps_nearer_than_that_are_one(gap, many):
    """The smallest distance of two of even heaps with a valley of 0.4 of their height."""
    assert (BIN, VALLEY) == (0.01, 0.4)
    assert len(heaps(*two(gap), 50.0)) == many


@pytest.mark.parametrize(("between", "many"), [(6, 2), (7, 2), (8, 1)])
def test_how_deep_the_valley_between_two_heaps_is(between, many):
    """A bin of 50 among bins of 7.6, smoothed, is 19 high: 40 % of that."""
    assert VALLEY == 0.4
    assert len(heaps(*two(10, between=between), 50.0)) == many


@pytest.mark.parametrize(("columns", "many"), [(39, 1), (40, 2), (41, 2)])
def test_along_how_much_of_the_axis_a_shade_is_seen(columns, many):
    assert LEAST == 0.2
    assert len(heaps(*two(20, many=150, other=columns), 200.0)) == many


@pytest.mark.parametrize(("pale", "even"), [(0.89, False), (0.9, False), (0.91, True)])
def test_a_line_as_deep_all_along(pale, even):
    """The paler fifth against the deeper one."""
    assert EVEN == 0.9
    middle = np.ones(100)
    depth = np.r_[np.full(30, pale), np.ones(70)]
    crossed = Cores(np.zeros(100, int), np.arange(100), depth, middle, middle)
    (shade,) = heaps(middle, crossed, 100.0)
    assert shade.even is even
    assert (shade.middle, shade.depth) == (1.0, 1.0)


@pytest.mark.parametrize(("both", "together"), [(19, False), (20, True), (21, True)])
def test_two_lines_stand_in_the_same_columns(both, together):
    """Of the fifty columns of the shorter 40 %."""
    assert TOGETHER == 0.4
    columns = np.r_[np.arange(80), np.arange(80 - both, 130 - both)]
    middle = np.r_[np.ones(80), np.full(50, 1.5)]
    crossed = Cores(np.zeros(130, int), columns, middle, middle, middle)
    one, other = shade(1.0, low=0.5, high=1.2), shade(1.5, low=1.2, high=2.0)
    assert side_by_side(one, other, middle, crossed) is together


# Which shade was asked for.


def shade(middle, depth=None, *, even=False, low=0.0, high=9.0):
    return Shade(middle, middle if depth is None else depth, even, low, high)


@pytest.mark.parametrize(("off", "unsure"), [(0.09, False), (0.1, False), (0.11, True)])
def test_a_shade_is_surely_the_nearest_where_it_is_twice_as_near(off, unsure):
    assert BETWEEN == 0.5
    shades = [shade(1 - off), shade(1.2)]
    own, between = _asked_for(shades, full=True, width=3.0, deepest=2.0)
    assert own is shades[0]
    assert between is unsure


@pytest.mark.parametrize(("darkest", "unsure"), [(1.29, False), (1.3, True), (1.32, True)])
def test_no_other_line_is_darker_than_a_colour_can_be(darkest, unsure):
    """Lines of one pixel: the paler may be asked for where the other is then 1.4 times as deep."""
    assert DEEPER == 0.08
    shades = [shade(1 / 1.4), shade(1.0)]
    own, told = _asked_for(shades, full=False, width=1.0, deepest=darkest)
    assert own is shades[1]
    assert told is unsure


@pytest.mark.parametrize(("deep", "own", "told"), [
    (1.07, 1, True), (1.079, 1, True), (1.081, 0, False), (1.2, 0, False),
])  # fmt: skip
def test_a_thin_line_is_never_deeper_than_it_is(deep, own, told):
    assert DEEPER == 0.08
    shades = [shade(deep / 1.5), shade(deep)]
    found = _asked_for(shades, full=False, width=1.0, deepest=2.0)
    assert found == (shades[own], told)


@pytest.mark.parametrize(("deep", "own", "told"), [(1.02, 1, True), (1.04, 0, False)])
def test_of_two_shades_that_are_near_neither_is_deeper_than_half_their_distance(deep, own, told):
    shades = [shade(deep - 0.06), shade(deep)]
    assert _asked_for(shades, full=False, width=1.0, deepest=2.0) == (shades[own], told)


@pytest.mark.parametrize(("even", "width", "told"), [
    (False, 1.1, True), (False, 1.3, False), (True, 1.3, True), (True, 2.2, True),
    (True, 2.6, False),
])  # fmt: skip
def test_the_deepest_pixels_of_a_line_show_it(even, width, told):
    """If the paler, at 0.8 of the colour, were asked for, its pixels would be deeper than they are.

    Where it lies on two pixels all along, each shows half of its width.
    """
    assert SHOWN == 0.9
    shades = [shade(0.8, even=even), shade(1.0, even=even)]
    own, found = _asked_for(shades, full=False, width=width, deepest=2.0)
    assert own is shades[1]
    assert found is told


@pytest.mark.parametrize(("deep", "told"), [(0.93, True), (0.91, None), (0.7, None)])
def test_which_of_two_shades_that_are_paler_was_asked_for_is_not_told(deep, told):
    """Nearer than the other, but not as deep as the colour asked for."""
    assert DEEPER == 0.08
    shades = [shade(0.75 * deep), shade(deep)]
    assert _asked_for(shades, full=False, width=0.7, deepest=2.0) == (shades[1], told)


def test_lines_of_one_width_are_as_deep_as_their_sums_are():
    """The paler lies beside whole pixels: its deepest ones are paler than it by that."""
    shades = [shade(1.0, 0.84), shade(1.06, 1.05)]
    assert _asked_for(shades, full=False, width=1.0, deepest=1.2) == (shades[0], False)


@pytest.mark.parametrize(("colour", "paper", "deepest"), [
    ((0, 0, 0), 255, 1.0), ((51, 51, 51), 255, 1.25), ((255, 0, 0), 255, 1.0),
    ((204, 204, 204), 0, 1.25), ((102, 102, 255), 255, 255 / 153),
])  # fmt: skip
def test_how_deep_the_darkest_colour_of_a_hue_is(colour, paper, deepest):
    found = deepest_of(np.array(colour, float), np.full(3, float(paper)))
    assert found == pytest.approx(deepest)


def test_paper_asked_for_has_no_deepest():
    assert deepest_of(WHITE, WHITE) == np.inf


# What is done with it.


def pair(one, other, thick=(3, 3), edge=0.0, columns=200):
    """Two level lines of so many rows, at depths."""
    depth = np.zeros((80, 240))
    for row, deep, rows in zip((20, 50), (one, other), thick, strict=True):
        depth[row : row + rows, :columns] = deep
        depth[[row - 1, row + rows], :columns] = edge * deep
    return ink(depth)


@pytest.mark.parametrize(("columns", "split"), [(19, False), (20, True), (21, True)])
def test_few_crossings_tell_no_shade(columns, split):
    """Along less than a tenth of the axis each."""
    assert LEAST == 0.2
    depth = np.zeros((80, 240))
    depth[20:23, :columns] = 1.0
    depth[50:53, :columns] = 0.7
    found = own_shade(ink(depth), 0, 2.0 * columns if columns > 19 else 200.0, 2.0)
    assert found.shaded is split


@pytest.mark.parametrize(("rows", "edge", "full"), [
    (3, 0.0, True), (1, 0.5, True), (1, 0.39, False), (2, 0.0, False),
])  # fmt: skip
def test_which_lines_show_their_own_shade(rows, edge, full):
    """Three pixels across, the sum of which is 1.8 of the deepest."""
    assert (FULL, WIDE) == (3, 1.8)
    # Paler by half: told at once where pixels show it, else it may be the other's colour.
    found = own_shade(pair(1.0, 0.5, (rows, rows), edge), 0, 200.0, 2.5)
    assert found.shaded
    assert found.unsure is (not full)


@pytest.mark.parametrize(("apart", "split"), [(0.09, False), (0.11, True)])
def test_thin_lines_as_deep_at_their_deepest_are_of_one_shade(apart, split):
    assert THINNER == 0.1
    assert own_shade(pair(1.0, 1 - apart, (1, 1)), 0, 200.0, 2.0).shaded is split
    # Of a line three pixels thick each pixel tells.
    assert own_shade(pair(1.0, 1 - apart), 0, 200.0, 2.0).shaded


def test_thin_lines_of_which_the_deeper_is_less_differ_in_width():
    depth = pair(1.0, 0.8, (1, 1)).depth
    depth[51, :200] = 0.5
    assert not own_shade(ink(depth), 0, 200.0, 2.0).shaded


def test_where_it_is_not_told_nothing_is_taken_and_the_reading_warns():
    thin = pair(0.7, 0.5, (1, 1))
    found = own_shade(thin, 0, 200.0, 2.5)
    assert found.unsure
    assert not found.shaded
    assert found.share.sum() == thin.share.sum()
