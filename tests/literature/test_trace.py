"""Where the falls of a drawn staircase are measured: against the staircase itself, pixel by pixel.

The lines are drawn here by area (each pixel's share of the line is the area it covers), so that
their places are known exactly; nothing of a drawing program's rounding is in them.
"""

from itertools import pairwise

import numpy as np
import pytest

from hilum.literature.figures.ink import Ink
from hilum.literature.figures.paths import ways_of
from hilum.literature.figures.trace import falls, measured

ROWS, COLUMNS = 220, 420


def _covered(low, high, count):
    """Share of each pixel (centres on whole numbers) between two places."""
    edges = np.arange(count + 1) - 0.5
    return np.clip(np.minimum(edges[1:], high) - np.maximum(edges[:-1], low), 0, 1)


def _drawn(corners, width, dash=None):
    """Share of ink of a line through corners, level and upright by turns, from their middles."""
    share = np.zeros((ROWS, COLUMNS))
    gone, half = 0.0, width / 2
    for (x0, y0), (x1, y1) in pairwise(corners):
        length = abs(x1 - x0) + abs(y1 - y0)
        for a, b in _pieces(gone, length, dash):
            ends = [(x0 + (x1 - x0) * s / length, y0 + (y1 - y0) * s / length) for s in (a, b)]
            level = y0 == y1
            # A join is filled; a dash ends where it ends.
            more = half if dash is None else 0.0
            left, right = (
                ends[0][0] - (more if level else half),
                ends[1][0] + (more if level else half),
            )
            top, bottom = (
                ends[0][1] - (half if level else more),
                ends[1][1] + (half if level else more),
            )
            box = np.outer(_covered(top, bottom, ROWS), _covered(left, right, COLUMNS))
            share = np.maximum(share, box)
        gone += length
    return share


def _pieces(gone, length, dash):
    if dash is None:
        return [(0.0, length)]
    on, off = dash
    out, at = [], -(gone % (on + off))
    while at < length:
        a, b = max(at, 0.0), min(at + on, length)
        if b > a:
            out.append((a, b))
        at += on + off
    return out


def _corners(times, levels):
    out = [(10.0, levels[0])]
    for time, before, after in zip(times, levels, levels[1:], strict=False):
        out += [(time, before), (time, after)]
    return [*out, (400.0, levels[-1])]


def _read(share, width):
    ink = Ink(share, np.zeros(share.shape, bool), share)
    way = ways_of(ink, 10.0, 10, 390.0)[0]
    return falls(measured(ink, way, 10, width)), way


@pytest.mark.parametrize("width", [1.4, 2.0, 3.0, 3.6])
@pytest.mark.parametrize("seed", [1, 2])
def test_falls_of_a_solid_line_stand_where_they_are(width, seed):
    """Also where a fall is higher than a censoring mark, and the line thicker than two pixels."""
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.uniform(12, 40, 9)) + 10
    levels = np.concatenate([[10.0], 10 + np.cumsum(rng.uniform(6, 45, 9))])
    levels = levels * min(1.0, 205 / levels[-1])
    found, way = _read(_drawn(_corners(times, levels), width), width)
    assert way.style == "solid"
    inner = found[1:-1]
    assert len(inner) == 9
    assert np.abs([x for x, _ in inner] - times).max() < 0.2
    assert np.abs([y for _, y in inner] - levels[1:]).max() < 0.2


@pytest.mark.parametrize("dash", [(9.0, 5.0), (6.0, 4.0)])
@pytest.mark.parametrize("seed", [3, 4, 5])
def test_falls_of_a_dashed_line_are_not_to_one_side(dash, seed):
    """A gap hides where a line falls: by its middle, the area under the curve is kept."""
    rng = np.random.default_rng(seed)
    times = np.cumsum(rng.uniform(9, 30, 12)) + 10
    levels = np.concatenate([[10.0], 10 + np.cumsum(rng.uniform(5, 25, 12))])
    levels = levels * min(1.0, 205 / levels[-1])
    found, way = _read(_drawn(_corners(times, levels), 2.4, dash), 2.4)
    assert way.style == "dashed"
    grid = np.arange(12.0, 398.0, 0.1)
    steps = np.array(found)
    read = steps[np.searchsorted(steps[:, 0], grid, side="right") - 1, 1]
    true = levels[np.searchsorted(times, grid, side="right")]
    assert abs((read - true).mean()) < 0.35
    assert np.sqrt(((read - true) ** 2).mean()) < 4.0
