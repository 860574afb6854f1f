"""A solid and a broken line of one colour whose ends may be exchanged; strokes that end lines."""

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.literature.figures import read_image
from hilum.literature.figures.exchanged import FEWEST, begins_whole, ends_exchanged
from hilum.literature.figures.way import Way
from tests.literature.test_raster_shades import X, Y, paper, pen, saved, stair

BLACK = "#000000"
CURVE = ([4, 9, 13, 20, 27, 33, 41], [0.86, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2])


def read(path, colour=BLACK):
    found = read_image(path, x_axis=X, y_axis=Y, colour=colour)
    return found.coordinates, [c.code for c in found.checks if c.outcome == "warn"]


def _lines(dashes, gap):
    """Two ways that meet at column 100: one whole until then, dashes or not from there on."""
    n = 200
    upper = np.r_[np.full(100, 20), np.full(100, 60)]
    lower = np.r_[np.full(100, 50), np.full(100, 62)]
    broken = np.arange(n) % 10 < 6
    whole = np.ones(n, bool)
    rest = slice(n - dashes, n)
    whole[rest] = np.arange(dashes) % 10 < 10 - gap
    none = np.zeros(n, bool)
    return [
        Way(0, n - 1, rows.astype(np.int64), seen, none, 0.0, 40.0)
        for rows, seen in ((upper, whole), (lower, broken))
    ]


@pytest.mark.parametrize(
    ("dashes", "gap", "exchanged"),
    [(100, 4, True), (100, 2, True), (100, 1, False), (0, 4, False)],
)
def test_a_line_that_began_whole_and_goes_on_in_dashes(dashes, gap, exchanged):
    ways = _lines(dashes, gap)
    # They stay together to the last column: dashes behind that tell it.
    one = Way(0, 199, ways[0].row, ways[0].seen, ways[0].hidden, 0.0, 40.0)
    other = Way(0, 119, ways[1].row[:120], ways[1].seen[:120], ways[1].hidden[:120], 0.0, 12.0)
    assert begins_whole(one, other)
    assert not begins_whole(other, one)
    for way in (one, other):
        assert ends_exchanged(way, [one, other], 3.0) is exchanged


@pytest.mark.parametrize(("more", "exchanged"), [(0, True), (-1, False)])
def test_so_many_columns_tell_dashes(more, exchanged):
    one, other = _lines(100, 4)
    stop = 200 - FEWEST - more
    short = Way(0, stop - 1, other.row[:stop], other.seen[:stop], other.hidden[:stop], 0.0, 12.0)
    assert ends_exchanged(one, [one, short], 3.0) is exchanged


@pytest.mark.parametrize("width", [1, 3])
def test_a_stroke_down_at_the_end_is_a_fall(tmp_path, width):
    """It ends at the level that follows, where no level line is drawn."""
    picture = paper()
    pen(picture, CURVE, 0, width=width)
    # The line ends with its last fall, and nothing after it.
    last = round(X.place(CURVE[0][-1])) + width
    picture[: round(Y.place(0.0)) - 8, last:] = 255
    curve, warned = read(saved(picture, tmp_path / "figure.png"))
    assert curve.survival[-1] == pytest.approx(CURVE[1][-1], abs=0.01)
    assert curve.time[-1] == pytest.approx(CURVE[0][-1], abs=0.3)
    assert warned == []


def test_a_mark_at_the_end_is_no_fall(tmp_path):
    picture = paper()
    pen(picture, (CURVE[0][:-1], CURVE[1][:-1]), 0)
    row, column = round(Y.place(CURVE[1][-2])), round(X.place(50))
    picture[: round(Y.place(0.0)) - 8, column + 2 :] = 255
    picture[row - 9 : row + 10, column] = 0
    curve, _ = read(saved(picture, tmp_path / "figure.png"))
    assert curve.survival[-1] == pytest.approx(CURVE[1][-2], abs=0.005)


def test_dashes_below_the_end_of_a_broken_line_warn(tmp_path):
    picture = paper()
    half = 1
    for i, (c, r) in enumerate(stair(CURVE)):
        if i % 14 < 8 and c < X.place(45):
            picture[r - half : r + half + 1, c - half : c + half + 1] = 0
    end = max(c for c, r in stair(CURVE) if c < X.place(45))
    row = round(Y.place(CURVE[1][-1]))
    picture[row + 7 : row + 16, end + 2 : end + 4] = 0
    curve, warned = read(saved(picture, tmp_path / "figure.png"))
    assert curve.survival[-1] == pytest.approx(CURVE[1][-1], abs=0.01)
    assert "end_told" in warned


def test_a_dash_that_is_not_seen_says_what_to_do(tmp_path):
    picture = paper()
    pen(picture, CURVE, 0)
    with pytest.raises(InputError, match=r"#000000 solid \(no other line.*click it"):
        read(saved(picture, tmp_path / "figure.png"), f"{BLACK} dashed")
