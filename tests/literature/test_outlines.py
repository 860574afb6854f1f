"""Lines written as filled outlines: by browsers that print dashes, by programs that expand them."""

from itertools import pairwise

import numpy as np
import pytest

from hilum.literature.figures.outlines import FEWEST, SLACK, _piece, _spans, outlined
from hilum.literature.figures.page import Stroke
from hilum.literature.figures.svg import read_svg
from hilum.literature.figures.vector import curves_of

LEFT, RIGHT, TOP, BOTTOM = 50.0, 350.0, 20.0, 220.0
TIMES = [3.1, 7.4, 12.2, 13.0, 18.9, 27.3, 33.6, 41.7, 50.2]
LEVELS = [0.94, 0.86, 0.81, 0.74, 0.66, 0.57, 0.47, 0.41, 0.3]
WIDTH = 1.4


def place(time, level):
    return LEFT + (RIGHT - LEFT) * time / 60, BOTTOM - (BOTTOM - TOP) * level


def stair(rising=False):
    """Corners of the middle of the line on the page."""
    out, before = [], 1.0
    for time, level in [*zip(TIMES, LEVELS, strict=True), (57.0, LEVELS[-1])]:
        out += [place(time, before), place(time, level)]
        before = level
    out = [place(0, 1.0), *out[:-1]]
    return [(x, TOP + BOTTOM - y) for x, y in out] if rising else out


def cut(points, on, off):
    """The pieces of a way in dashes."""
    pieces, piece, left, inked = [], [points[0]], on, True
    for (x0, y0), (x1, y1) in pairwise(points):
        gone, long = 0.0, abs(x1 - x0) + abs(y1 - y0)
        while long - gone > left:
            gone += left
            spot = (x0 + (x1 - x0) * gone / long, y0 + (y1 - y0) * gone / long)
            if inked:
                pieces.append([*piece, spot])
            piece, inked = [spot], not inked
            left = on if inked else off
        left -= long - gone
        if inked:
            piece.append((x1, y1))
    return [*pieces, piece] if inked and len(piece) > 1 else pieces


def outline(points, width=WIDTH):
    """The edge of a line of level and upright parts: once there on its left, and back."""
    half = width / 2
    clean = [p for i, p in enumerate(points) if not i or p != points[i - 1]]

    def side(points):
        out = []
        for i, (x, y) in enumerate(points):
            steps = [points[i] if not i else points[i - 1], points[min(i + 1, len(points) - 1)]]
            ways = [
                np.sign([b[0] - a[0], b[1] - a[1]])
                for a, b in ((steps[0], points[i]), (points[i], steps[1]))
                if a != b
            ]
            moved = {(way[1] * half, -way[0] * half) for way in ways}
            out.append((x + sum(m[0] for m in moved), y + sum(m[1] for m in moved)))
        return out

    return (*side(clean), *side(clean[::-1]))


def svg(path, shapes, colour="#d62728"):
    ticks = "".join(
        f'<path d="M{place(t, 0)[0]},{BOTTOM}v5" stroke="#000"/>'
        f'<text x="{place(t, 0)[0]}" y="{BOTTOM + 16}" text-anchor="middle" font-size="9">{t}'
        "</text>"
        for t in range(0, 61, 12)
    ) + "".join(
        f'<path d="M{LEFT},{place(0, v / 5)[1]}h-5" stroke="#000"/>'
        f'<text x="{LEFT - 8}" y="{place(0, v / 5)[1] + 3}" text-anchor="end" font-size="9">'
        f"{v / 5}</text>"
        for v in range(6)
    )
    drawn = "".join(
        f'<polygon points="{" ".join(f"{x:.5f},{y:.5f}" for x, y in one)}" fill="{colour}"/>'
        for one in shapes
    )
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="260">{ticks}{drawn}</svg>'
    )
    return path


def error(found):
    read = found.coordinates
    grid = np.linspace(0, 56.9, 4001)
    level = np.array(read.survival)[np.searchsorted(read.time, grid, side="right") - 1]
    true = np.r_[1.0, LEVELS][np.searchsorted(TIMES, grid, side="right")]
    return float(np.sqrt(np.mean((level - true) ** 2)))


@pytest.mark.parametrize("rising", [False, True])
@pytest.mark.parametrize(("on", "off", "most"), [(6.0, 3.0, 0.008), (1.6, 2.0, 0.008)])
def test_dashes_written_as_outlines_are_the_line_they_were(tmp_path, rising, on, off, most):
    shapes = [outline(piece) for piece in cut(stair(rising), on, off)]
    page = read_svg(svg(tmp_path / "figure.svg", shapes))
    (found,) = curves_of(page, None, None)
    assert found.increasing == rising
    assert found.dashed
    # A fall inside a gap lies somewhere in it: three points of 300.
    assert error(found) < most
    assert found.coordinates.time[-1] == pytest.approx(57, abs=0.6)


@pytest.mark.parametrize("rising", [False, True])
def test_a_whole_line_written_as_one_outline_is_read_exactly(tmp_path, rising):
    page = read_svg(svg(tmp_path / "figure.svg", [outline(stair(rising))]))
    (found,) = curves_of(page, None, None)
    assert error(found) < 0.0005
    assert not found.dashed


def test_a_band_is_no_line():
    high = stair()
    low = [(x, y + 12 + (x - LEFT) / 10) for x, y in high]
    band = Stroke((*high, *low[::-1]), None, 0.0, (), "#d62728")
    assert outlined([band]) == []


def test_two_broken_lines_of_one_colour_warn(tmp_path):
    lower = [(x, y + 25) for x, y in stair()]
    shapes = [outline(p) for line in (stair(), lower) for p in cut(line, 6.0, 3.0)]
    page = read_svg(svg(tmp_path / "figure.svg", shapes))
    found = curves_of(page, None, None)
    assert found
    for one in found:
        assert "line_alone" in [c.code for c in one.checks if c.outcome == "warn"]


@pytest.mark.parametrize(("many", "lines"), [(FEWEST - 1, 0), (FEWEST, 1), (FEWEST + 1, 1)])
def test_fewer_dashes_are_no_line(many, lines):
    pieces = cut([(0, 0), (200, 0)], 8.0, 4.0)[:many]
    strokes = [Stroke(outline(p), None, 0.0, (), "#d62728") for p in pieces]
    assert len(outlined(strokes)) == lines


@pytest.mark.parametrize(("more", "piece"), [(0.0, True), (0.9, True), (1.1, False)])
def test_a_shape_thicker_than_its_line_by_so_much_is_none(more, piece):
    """A level bar of 40 points, in part thicker: what is beyond SLACK of its area is no line."""
    width, long = 1.0, 40.0
    # Area a = width * long + extra; off by extra: SLACK * a + half the width squared are allowed.
    allowed = (SLACK * width * long + width**2 / 2) / (1 - SLACK)
    high = more * allowed / 10
    shape = [(0, 0), (long, 0), (long, width), (25, width), (25, width + high), (15, width + high),
             (15, width), (0, width)]  # fmt: skip
    assert (_piece(_spans(shape), width) is not None) == piece
