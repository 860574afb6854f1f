"""How far the axes of an image go: calibration points may stand anywhere on them.

A frame, the edge of a panel on paper of another colour, or the end of the axis' own line says so;
where there is none of these, the picture is looked at further and further.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.literature.figures.picture import LONG, Straight, paper_of

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array, Mask, Rows
    from hilum.literature.figures.axes import Axis

# Brightness of a frame away from the paper, as a share of the most that there can be.
CONTRAST = 0.43
# Distance in RGB of paper outside of a panel from that inside, and share of it within which a pixel
# is of the outer one.
PANEL, OUTER = 6.0, 0.4
# Pixels from which a stretch of the page is no grid line of its colour.
BROAD = 5
# Pixels that a frame may lie before the last calibration point, and over which a line may break.
BEFORE, BREAK = 3, 3
# Share of an axis that a line along all of it has, and that a line goes on for behind another.
WHOLE, ON = 0.9, 0.03
# Shares of the axis of time by which a curve may pass its last point, where nothing says more.
BEYOND, FURTHER = 0.12, (0.5, 1.5, 4.0)
# Pixels that a frame is thick, and the least that are looked at behind it: no tick is as long.
FRAME, LEAST = 4, 16
# Share of a line, distance in RGB from its hue, and share of what it has of ink so far: its own.
INKED, ANOTHER, STILL = 0.35, 55.0, 0.8
# Rows that a line may waver by, fall by under a frame, and fall by behind it.
DOWN, FALLEN, DEEP = 2, 10, 60
# Share of the axis of survival within which a line at its foot lies at 0.
AT_ZERO = 0.01


def ruled(pixels: Array, x: Axis, y: Axis) -> Mask:
    """Pixels as far from the paper between the calibration points as lines of a frame are."""
    bright = pixels.mean(axis=-1)
    paper = float(_paper(pixels, x, y).mean())
    return np.abs(bright - paper) > CONTRAST * max(paper, 255 - paper)


def _paper(pixels: Array, x: Axis, y: Axis) -> Array:
    """The colour of the paper between the calibration points, or of the whole picture."""
    left, right = sorted((round(x.place(x.low)), round(x.place(x.high))))
    top, bottom = sorted((round(y.place(y.high)), round(y.place(y.low))))
    part = pixels[max(top, 0) : bottom + 1, max(left, 0) : right + 1]
    return paper_of(part if part.size else pixels)


def _outside(pixels: Array, x: Axis, y: Axis) -> Mask:
    """Pixels of the page around a panel of another colour; none where all is of one."""
    ring = np.concatenate([pixels[[0, -1]].reshape(-1, 3), pixels[:, [0, -1]].reshape(-1, 3)])
    page, paper = paper_of(ring[None]), _paper(pixels, x, y)
    apart = float(np.linalg.norm(page - paper))
    if apart <= PANEL:
        return np.zeros(pixels.shape[:2], np.bool_)
    differs = pixels - page
    return np.einsum("...i,...i->...", differs, differs) < (OUTER * apart) ** 2


def _broad(page: Mask) -> Mask:
    """Without grid lines of the page's colour."""
    from scipy.ndimage import binary_opening

    return np.asarray(binary_opening(page, np.ones(BROAD, bool)), np.bool_)


def right_ends(picture: Straight, full: float, first: float) -> list[tuple[float, float]]:
    """Columns that the plot may end at and where its axis ends, the likeliest first.

    Each is further right than the last.

    Parameters
    ----------
    picture : Straight
        With its axes.
    full : float
        What survival 1 is on the scale.
    first : float
        Column of the first time.
    """
    x, y, pixels = picture.x, picture.y, picture.pixels
    high, width = x.place(x.high), pixels.shape[1]
    dark = ruled(pixels, x, y)
    upper, lower = max(round(y.place(full)), 0), round(y.place(y.low))
    ends: list[tuple[float, float]] = []
    if lower > upper and dark[upper : lower + 1].size:
        rows = slice(upper, lower + 1)
        page = _broad(_outside(pixels, x, y)[rows].mean(axis=0) > LONG)
        edge = (dark[rows].mean(axis=0) > LONG) | page
        at = np.flatnonzero(edge)
        at = at[(at > high - BEFORE)]
        ends = [(float(a) - 1.0, float(a) - 1.0) for a in _firsts(at)]
    if not ends:
        wide = high - first
        line = _end_of_line(dark, y, round(x.place(x.low)), round(high))
        ends = [(high + BEYOND * wide, high)]
        if line is not None and line > ends[0][0]:
            ends = [(line + BEYOND * (line - first), float(line))]
        far = [high + share * wide for share in FURTHER]
        ends += [(at, at) for at in far if at > ends[0][0]]
    return [*(e for e in ends if e[0] < width - 1), (float(width - 1), float(width - 1))]


def _firsts(places: Rows) -> list[int]:
    """The first of each run of neighbours."""
    if not len(places):
        return []
    return places[np.r_[True, np.diff(places) > 1]].tolist()


def _end_of_line(dark: Mask, y: Axis, left: int, right: int) -> int | None:
    """Last column of a level line that runs along the axis at its foot, or below it."""
    foot = round(y.place(y.low))
    reach = round(BEYOND * abs(y.place(y.low) - y.place(y.high)))
    top = max(foot - BEFORE, 0)
    part = dark[top : foot + reach + 1]
    if not part[:, max(left, 0) : right + 1].size:
        return None
    ends: list[int] = []
    for row in np.flatnonzero(part[:, max(left, 0) : right + 1].mean(axis=1) > WHOLE).tolist():
        on = np.flatnonzero(part[row, right:])
        gaps = np.flatnonzero(np.diff(on) > BREAK)
        if len(on) and on[0] <= BREAK:
            ends.append(right + int(on[gaps[0]] if len(gaps) else on[-1]))
    return max(ends) if ends else None


def with_foot(picture: Straight) -> tuple[Straight, float]:
    """The picture with its axis of survival down to where it ends, and the last row above that.

    An axis that is cut off above 0 ends at the first level line along all of it that no upright
    line passes.
    """
    x, y, pixels = picture.x, picture.y, picture.pixels
    dark = ruled(pixels, x, y)
    zero = float(len(pixels) - 1) if y.log else y.place(0.0)
    left, right = max(round(x.place(x.low)), 0), round(x.place(x.high))
    low = round(y.place(y.low))
    bottom = min(zero + 2, len(pixels) - 1.0)
    sides = _sides(dark, y, left, right)
    part = dark[:, left : right + 1]
    rows = part.mean(axis=1) if part.size else np.zeros(0)
    outside = _outside(pixels, x, y)[:, left : right + 1]
    page = _broad(outside.mean(axis=1) > LONG) if outside.size else rows > LONG
    edge = np.flatnonzero((rows > LONG) | page)
    on = max(round(ON * len(pixels)), 5)
    for row in edge[(edge > low - BEFORE) & (edge <= bottom)].tolist():
        if any(dark[row + BREAK + 1 : row + on, side].mean() > WHOLE for side in sides):
            continue
        if y.log or y.value(row) > AT_ZERO * y.high:
            return picture, row - 1.0
        break
    foot = max(round(zero) - BREAK, low + 1)
    reaches = not y.log and any(dark[low:foot, side].mean() > WHOLE for side in sides)
    lower = replace(y, low=0.0) if reaches else y
    return replace(picture, y=lower), bottom


def _sides(dark: Mask, y: Axis, left: int, right: int) -> list[int]:
    """Columns of upright lines along the whole axis of survival, beside it or at its other end."""
    top, foot = sorted((round(y.place(y.high)), round(y.place(y.low))))
    part = dark[max(top, 0) : foot + 1]
    if not part.size:
        return []
    reach = round(BEYOND * (right - left))
    whole = np.flatnonzero(part.mean(axis=0) > WHOLE)
    return whole[(whole >= left - reach) & (whole <= right + reach)].tolist()


def with_start(picture: Straight) -> Straight:
    """The picture with a logarithmic axis of time from its left end: it has no time 0."""
    x, y = picture.x, picture.y
    if not x.log:
        return picture
    dark = ruled(picture.pixels, x, y)
    top, foot = sorted((round(y.place(y.high)), round(y.place(y.low))))
    rows = slice(max(top, 0), foot + 1)
    page = _broad(_outside(picture.pixels, x, y)[rows].mean(axis=0) > LONG)
    edge = (dark[rows].mean(axis=0) > LONG) | page
    before = np.flatnonzero(edge[: max(round(x.place(x.low)) + BEFORE, 0)])
    if not len(before):
        return picture
    start = float(before[-1])
    return replace(picture, x=replace(x, low=min(x.low, x.value(start))))


def goes_on(
    picture: Straight,
    end: tuple[int, int],
    line: Array,
    *,
    wide: float,
    seen: float,
    rising: bool = False,
) -> bool:
    """Whether a line goes on, level or falling, behind the last column that was looked at.

    Parameters
    ----------
    picture : Straight
        With its axes.
    end : (int, int)
        Column and row where the reading stops.
    line : array
        Colour of the line.
    wide : float
        Columns of the axis of time.
    seen : float
        Share of the line that is ink: dashes have gaps.
    rising : bool
        Whether it goes up.
    """
    (column, row), pixels = end, picture.pixels
    behind = column + 1 + FRAME
    if rising:
        pixels, row = pixels[::-1], len(pixels) - 1 - row
    top = max(row - DOWN, 0)
    part = pixels[top : row + DEEP, behind : behind + max(round(ON * wide), LEAST)]
    if part.shape[1] < LEAST or not part.size:
        return False
    paper = _paper(pixels, picture.x, picture.y)
    towards, differs = line - paper, part - paper
    share = differs @ towards / max(float(towards @ towards), 900.0)
    off = np.linalg.norm(differs - share[..., None] * towards, axis=-1)
    return _followed((share > INKED) & (off < ANOTHER), row - top) > STILL * seen


def _followed(own: Mask, row: int) -> float:
    """Share of the columns in which a line that only goes right and down has ink."""
    count, reach = 0, FALLEN
    for column in own.T:
        near = np.flatnonzero(column[max(row - DOWN, 0) : row + reach + 1])
        if not len(near):
            continue
        count, reach = count + 1, DOWN
        start = max(row - DOWN, 0) + int(near[0])
        ends = np.flatnonzero(~column[start:])
        foot = start + (int(ends[0]) if len(ends) else len(column) - start) - 1
        row = max(row, foot - DOWN)
    return count / own.shape[1]
