"""A survival curve in an image: one colour, followed column by column to a fraction of a pixel.

A pixel at the edge of a line is a mixture of line and paper, and its share of line says where in
the pixel the edge lies. A line of width w that only goes right and down has, above a place x, its
upper edge at the level it had at x - w/2, raised by w/2: so the upper edge alone gives the level of
every column, also where steps share a few columns. Averages of columns keep the area under the
curve; where between two levels the fall stands follows from that area.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hilum.errors import Fault, InputError, MissingExtra
from hilum.literature.figures.axes import Axis
from hilum.literature.figures.coordinates import Coordinates
from hilum.literature.figures.vector import FigureCurve

if TYPE_CHECKING:
    from pathlib import Path

Array = NDArray[np.floating[Any]]

# A page at 1200 dpi has 140 million pixels; figures are far below.
MOST_PIXELS = 80_000_000
# Distance in RGB (of 441) from the mixture of line and paper at which a pixel is something else.
OTHER = 55.0
# Share of line from which a pixel belongs to it.
SHARE = 0.15
# Pixels: one level may waver by this much; a mark rises above it by at least that much.
WAVER, RISES = 0.3, 1.2
# Share of columns with a second line apart from the first from which there are two curves.
TWO = 0.12
# A calibration point is at most this far from the line it was set on; one death may be further.
BESIDE = 1.0
# What may have fallen before a curve that starts hidden is seen.
LOST = 0.15
# Standard error of a level, in pixels: many programs draw level lines on whole pixels.
LEVEL_ERROR = 0.3


@dataclass(frozen=True, slots=True)
class _Trace:
    """Row of the line in each column, NaN where it could not be seen alone."""

    row: Array
    ticks: list[float]
    width: float


class _Run(NamedTuple):
    """Neighbouring rows of line in a column: ends, upper edge, middle, sum of shares."""

    first: int
    last: int
    upper: float
    middle: float
    total: float


def read_image(
    path: Path,
    *,
    x_axis: Axis,
    y_axis: Axis,
    colour: str | None = None,
    box: tuple[float, float, float, float] | None = None,
) -> FigureCurve:
    """The curve of one colour in a PNG or JPEG.

    Parameters
    ----------
    path : Path
        The image.
    x_axis, y_axis : Axis
        Scales from two calibration points each; places are pixels, the first column and row 0.
    colour : str, optional
        #rrggbb; where None, the only strong colour between the axes.
    box : tuple, optional
        Left, top, right, bottom of the part to look at.

    Raises
    ------
    InputError
        Not an image, too large, no pixel of the colour at the start of the curve, several colours
        and none chosen, or two curves of one colour.
    MissingExtra
        Pillow is not installed.
    """
    pixels = load(path)
    window = _window(pixels.shape, x_axis, y_axis, box, path.name)
    left, top, right, bottom = window
    part = pixels[top:bottom, left:right]
    paper = _paper(part)
    line = _parse(colour) if colour is not None else _only_colour(part, paper, path.name)
    share, other = _shares(part, line, paper)
    full = 100.0 if y_axis.high > 1.5 else 1.0
    trace = _follow(
        share, other, y_axis.place(full) - top, x_axis.place(0.0) - left, path.name, left
    )
    levels = _levels(trace)
    zero, summit = y_axis.place(0.0), y_axis.place(full)
    first = y_axis.value(levels[0][1] + top)
    if first < (1 - LOST) * full:
        place = f"row {levels[0][1] + top:.0f}"
        wanted = f"a curve that starts at {full:g} (it is {first:.3g} there: are the axes swapped?)"
        raise InputError(Fault(path.name, None, "start", place, wanted))
    if abs(levels[0][1] + top - summit) < BESIDE:
        # The first level is 1 by definition, which corrects the calibration point at the top.
        summit = levels[0][1] + top
    else:
        # The very beginning is hidden by the frame or by another curve.
        levels = [(x_axis.place(0.0) - left, summit - top), *levels]
    scale = full / (zero - summit)
    places = tuple((x + left, y + top) for x, y in levels)
    read = Coordinates(
        path.name,
        "",
        tuple(max(x_axis.value(x), 0.0) for x, _ in places),
        tuple(min(max((zero - y) * scale, 0.0), full) for _, y in places),
        (0,) * len(places),
        tuple(max(x_axis.value(x + left), 0.0) for x in trace.ticks),
        (0,) * len(trace.ticks),
        None,
        LEVEL_ERROR * scale / full,
    )
    ticks = tuple((x + left, _row_at(places, x + left)) for x in trace.ticks)
    return FigureCurve(read, places, ticks, _name(line), x_axis, y_axis)


def load(path: Path) -> Array:
    """An image as float RGB, transparency on white."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        message = "reading an image needs the extra survival: pip install 'hilum[survival]'"
        raise MissingExtra(message) from None
    if not path.is_file():
        raise InputError(Fault(path.name, None, "file", str(path), "an existing PNG or JPEG"))
    try:
        with warnings.catch_warnings():
            # Our own limit is the stricter one.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(path)
        with image:
            if image.width * image.height > MOST_PIXELS:
                size = f"{image.width} x {image.height} pixels"
                wanted = f"at most {MOST_PIXELS / 1e6:.0f} million (cut out the figure)"
                raise InputError(Fault(path.name, None, "file", size, wanted))
            rgba = image.convert("RGBA")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        wanted = f"a readable PNG or JPEG ({type(error).__name__})"
        raise InputError(Fault(path.name, None, "file", path.name, wanted)) from None
    values = np.asarray(rgba, np.float32)
    opaque = values[..., 3:] / 255
    return values[..., :3] * opaque + 255 * (1 - opaque)


def _window(
    shape: tuple[int, ...],
    x: Axis,
    y: Axis,
    box: tuple[float, float, float, float] | None,
    file: str,
) -> tuple[int, int, int, int]:
    """Columns and rows the curve can be in, the frame left out where there is no box."""
    if x.slope <= 0 or y.slope >= 0:
        wanted = "time growing to the right and survival upwards (are the axes swapped?)"
        raise InputError(Fault(file, None, "axes", "", wanted))
    full = 100.0 if y.high > 1.5 else 1.0
    height, width = shape[:2]
    if box is None:
        wide = x.place(x.high) - x.place(0.0)
        box = (
            x.place(0.0),
            y.place(full) - 0.03 * (y.place(0.0) - y.place(full)),
            x.place(x.high) + 0.12 * wide,
            y.place(0.0) + 2,
        )
    left, top = max(round(box[0]), 0), max(round(box[1]), 0)
    right, bottom = min(round(box[2]) + 1, width), min(round(box[3]) + 1, height)
    if right - left < 20 or bottom - top < 20:
        found = f"{width} x {height} pixels"
        raise InputError(Fault(file, None, "axes", found, "calibration points inside the image"))
    return left, top, right, bottom


def _paper(part: Array) -> Array:
    flat = part.reshape(-1, 3)
    coarse = (flat // 8).astype(np.int64)
    keys = coarse[:, 0] * 4096 + coarse[:, 1] * 64 + coarse[:, 2]
    values, counts = np.unique(keys, return_counts=True)
    return flat[keys == values[counts.argmax()]].mean(axis=0)


def _only_colour(part: Array, paper: Array, file: str) -> Array:
    """The one strong colour, or black where there is none."""
    flat = part.reshape(-1, 3)
    strong = flat[(flat.max(axis=1) - flat.min(axis=1) > 60)]
    enough = 0.3 * part.shape[1]
    found: list[Array] = []
    while len(strong) >= enough:
        coarse = (strong // 16).astype(np.int64)
        keys = coarse[:, 0] * 256 + coarse[:, 1] * 16 + coarse[:, 2]
        values, counts = np.unique(keys, return_counts=True)
        core = strong[keys == values[counts.argmax()]].mean(axis=0)
        # Its mixtures with the paper are the same line.
        own = _off(strong, core, paper)[1] < OTHER
        if own.sum() >= enough and counts.max() >= 0.1 * enough:
            found.append(core)
        strong = strong[~own]
    if len(found) == 1:
        return found[0]
    if found:
        wanted = f"--colour with one of {', '.join(_name(c) for c in found)}"
        raise InputError(Fault(file, None, "colour", f"{len(found)} colours", wanted))
    return np.zeros(3)


def _parse(colour: str) -> Array:
    text = colour.removeprefix("#")
    if re.fullmatch("[0-9a-fA-F]{6}", text) is None:
        wanted = "#rrggbb, such as #d62728"
        raise InputError(Fault("--colour", None, "colour", colour, wanted))
    return np.array([int(text[i : i + 2], 16) for i in (0, 2, 4)], float)


def _name(colour: Array) -> str:
    return "#" + "".join(f"{round(float(c)):02x}" for c in colour)


def _off(pixels: Array, line: Array, paper: Array) -> tuple[Array, Array]:
    """Share of line in each pixel, and how far it is from any mixture of line and paper."""
    towards = line - paper
    share = np.clip((pixels - paper) @ towards / max(float(towards @ towards), 1.0), 0, 1)
    return share, np.linalg.norm(pixels - paper - share[..., None] * towards, axis=-1)


def _shares(part: Array, line: Array, paper: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Share of line in each pixel, and which pixels are something else."""
    share, off = _off(part, line, paper)
    # A faint pixel must lie nearer: the grey edge of a black frame is not far from a faint blue.
    own = off < OTHER * (0.2 + 0.8 * share)
    return np.where(own, share, 0.0), ~own & (off > OTHER)


def _follow(
    share: Array, other: NDArray[np.bool_], top: float, start: float, file: str, offset: int
) -> _Trace:
    """The run of the line in each column that goes on from the one before, never upwards."""
    many = share.shape[1]
    row, foot = np.full(many, np.nan), np.full(many, np.nan)
    apart: list[tuple[int, _Run]] = []
    width = _line_width(share)
    reach, gap = width + 2, 0
    # Upper and lower ends of the last columns: a mark or half of one must not lose the line.
    recent = [(top, top)]
    for c in range(max(int(start) - 1, 0), many):
        runs = _runs(share[:, c])
        at, low = min(r for r, _ in recent), max(r for _, r in recent)
        on = [r for r in runs if r.first - reach <= low and r.last + reach >= at]
        if gap > 3 and not on:
            # Behind another line or a dash the curve goes on at or below where it was.
            on = [r for r in runs if 0 <= r.first - at <= 6 * gap + reach][:1]
        if not on:
            gap += 1
            continue
        run = min(on, key=lambda r: abs(r.first - recent[-1][0]))
        apart += [(c, r) for r in runs if r.total > 0.6 * width and _apart(r, run) > 2]
        # Beside another line the upper edge is that line's.
        hidden = bool(other[max(run.first - 2, 0) : run.first, c].any())
        if hidden:
            low = run.last + 0.5 - width / 2
            recent = [*recent[1 - int(width) - 3 :], (run.first + width / 2, low)]
        elif run.total >= width - 0.7:
            row[c] = run.middle if run.total <= width + 0.4 else run.upper + width / 2
            foot[c] = run.last
            recent = [*recent[1 - int(width) - 3 :], (float(row[c]), run.last + 0.5 - width / 2)]
        gap = 0
    seen = np.isfinite(row)
    begin = int(start) + max(30, many // 10)
    if seen.sum() < 10 or not seen[:begin].any():
        wanted = "a line of that colour from the start of the axis"
        raise InputError(Fault(file, None, "colour", f"{int(seen.sum())} columns", wanted))
    second = _long_lines(apart, int(4 * width) + 20)
    if len(second) > TWO * seen.sum():
        place = f"column {second[0] + offset}"
        wanted = "one curve of this colour (two are seen from there on; --box can part them)"
        raise InputError(Fault(file, None, "colour", place, wanted))
    hold = int(width) + 4
    marks, halves = _without_marks(row, foot, hold, int(start + width))
    marks += _end_mark(row, hold, halves)
    return _Trace(row, _centres(sorted(marks)), width)


def _long_lines(apart: list[tuple[int, _Run]], least: int) -> list[int]:
    """Columns of runs that go on from column to column for longer than a mark does."""
    lines: list[list[tuple[int, _Run]]] = []
    open_lines: list[list[tuple[int, _Run]]] = []
    for c, run in apart:
        open_lines = [line for line in open_lines if c - line[-1][0] <= 2]
        line = next((own for own in open_lines if _apart(own[-1][1], run) <= 2), None)
        if line is None:
            line = []
            lines.append(line)
            open_lines.append(line)
        line.append((c, run))
    return sorted({c for line in lines if len(line) >= least for c, _ in line})


def _without_marks(
    row: Array, foot: Array, hold: int, start: int
) -> tuple[list[tuple[int, float]], list[float]]:
    """Take out, in place, columns that rise above a level already reached: marks across the line.

    So are columns that fall and come back to the same level within the width of a mark: half a
    mark whose other half is hidden. Returned are columns with how far they leave the line, and
    how far marks reach below it.
    """
    marks: list[tuple[int, float]] = []
    halves: list[float] = []
    seen = np.flatnonzero(np.isfinite(row)).tolist()
    at = float(row[seen[0]])
    for i, c in enumerate(seen):
        level = float(row[c])
        if level < at - RISES and c > start:
            marks.append((c, at - level))
            halves.append(float(foot[c]) - at)
            row[c] = np.nan
        elif level > at + RISES:
            following = row[seen[i + 1 : i + 1 + hold]]
            if (np.abs(following - at) < WAVER).sum() >= 2:
                marks.append((c, level - at))
                row[c] = np.nan
            else:
                at = level
        else:
            at = max(at, level)
    return marks, halves


def _end_mark(row: Array, hold: int, halves: list[float]) -> list[tuple[int, float]]:
    """A fall in the last columns as long as half a mark is the mark at the end of follow-up."""
    seen = np.flatnonzero(np.isfinite(row))
    if len(seen) <= hold or not halves:
        return []
    level = float(np.median(row[seen[-2 * hold : -hold]]))
    last = seen[-hold:]
    low = last[row[last] > level + RISES]
    if not len(low) or abs(float(row[low].max()) - level - float(np.median(halves))) > RISES:
        return []
    row[low] = np.nan
    return [(int(c), 1.0) for c in low]


def _line_width(share: Array) -> float:
    """The commonest height of a run: most columns of a curve are flat."""
    heights: list[float] = []
    for c in range(0, share.shape[1], 2):
        heights += [r.total for r in _runs(share[:, c]) if 0.5 < r.total < 15]
    if not heights:
        return 1.0
    values, counts = np.unique(np.round(np.array(heights) * 4) / 4, return_counts=True)
    near = values[counts.argmax()]
    return float(np.median([h for h in heights if abs(h - near) <= 0.3]))


def _runs(column: Array) -> list[_Run]:
    """Runs of line in a column, the highest first."""
    on = np.flatnonzero(column > SHARE)
    if not len(on):
        return []
    out: list[_Run] = []
    for rows in np.split(on, np.flatnonzero(np.diff(on) > 1) + 1):
        first, last = int(rows[0]), int(rows[-1])
        lo, hi = max(first - 1, 0), min(last + 2, len(column))
        weight = column[lo:hi]
        total = float(weight.sum())
        # Down to the first full row the shares add up to how far the edge is above its foot.
        full = int(np.argmax(weight >= 0.9 * weight.max()))
        upper = lo + full + 0.5 - float(weight[: full + 1].sum())
        middle = float(weight @ np.arange(lo, hi)) / total
        out.append(_Run(first, last, upper, middle, total))
    return out


def _apart(a: _Run, b: _Run) -> int:
    return max(a.first - b.last, b.first - a.last)


def _centres(marks: list[tuple[int, float]]) -> list[float]:
    """Middle of each group of neighbouring columns that rise above the line."""
    out: list[float] = []
    group: list[tuple[int, float]] = []
    for mark in [*marks, (10**9, 0.0)]:
        if group and mark[0] - group[-1][0] > 1:
            weight = sum(w for _, w in group)
            if weight > 0:
                out.append(sum(c * w for c, w in group) / weight)
            group = []
        group.append(mark)
    return out


def _levels(trace: _Trace) -> list[tuple[float, float]]:
    """Where the line falls, and the row from then on, from its first column to its last."""
    seen = np.flatnonzero(np.isfinite(trace.row))
    rows = np.maximum.accumulate(trace.row[seen])
    # Levels held for more than a column, or the only one there is between two falls.
    held: list[tuple[int, int, float]] = []
    begin = 0
    while begin < len(seen):
        stop = begin + 1
        while stop < len(seen) and rows[stop] - rows[begin:stop].mean() < WAVER:
            stop += 1
        held.append((begin, stop - 1, float(np.median(rows[begin:stop]))))
        begin = stop
    plateaus = [
        one
        for i, one in enumerate(held)
        if one[1] > one[0] or i in (0, len(held) - 1) or _alone(held, i)
    ]
    left = trace.width / 2
    out = [(float(seen[0]), plateaus[0][2])]
    for (_, last, before), (first, _, after) in pairwise(plateaus):
        if after <= before:
            continue
        a, b = int(seen[last]), int(seen[first])
        between = np.interp(np.arange(a + 1, b), seen, rows)
        if b - a > trace.width + 6:
            # Hidden for longer than one fall takes: the way between is drawn straight.
            out += [
                (max(c - left, out[-1][0]), float(row))
                for c, row in zip(range(a + 1, b, 3), between[::3], strict=True)
            ]
            out.append((max(b - left, out[-1][0]), after))
            continue
        fallen = float(np.clip((between - before) / (after - before), 0, 1).sum())
        out.append((max(b - 0.5 - fallen - left, out[-1][0]), after))
    # A line ends at its last point or half its width beyond, by the program that drew it.
    out.append((max(float(seen[-1]) + 0.5 - left / 2, out[-1][0]), out[-1][1]))
    return out


def _alone(held: list[tuple[int, int, float]], i: int) -> bool:
    """A column of its own level, not the partly covered column of one fall."""
    before, after = held[i - 1], held[i + 1]
    return before[1] == before[0] and after[1] == after[0]


def _row_at(places: tuple[tuple[float, float], ...], x: float) -> float:
    row = places[0][1]
    for at, y in places:
        if at > x:
            break
        row = y
    return row
