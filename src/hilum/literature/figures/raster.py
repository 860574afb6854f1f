"""A survival curve in an image: the line of one colour, and of one dash, between two axes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError
from hilum.literature.figures.choice import chosen
from hilum.literature.figures.chroma import restored
from hilum.literature.figures.coordinates import Coordinates
from hilum.literature.figures.ends import rest_of, with_rest
from hilum.literature.figures.ground import above_ground
from hilum.literature.figures.hues import of_hue, own_hue
from hilum.literature.figures.ink import Ink, ink_of, name_of, parsed
from hilum.literature.figures.last_fall import End, end_of, level_end, with_dashes_below
from hilum.literature.figures.limits import width_of
from hilum.literature.figures.mark_family import with_marks
from hilum.literature.figures.paths import line_width, ways_of
from hilum.literature.figures.picture import load, paper_of, straightened
from hilum.literature.figures.plot_part import Plot, check_axes, first_column, plot_of, span_of
from hilum.literature.figures.raster_checks import behind_the_end, checks_of
from hilum.literature.figures.raster_start import (
    NoLine,
    bare_start,
    from_start,
    no_line,
    nothing_from_start,
    share_of,
    too_high,
    top_row,
)
from hilum.literature.figures.seen_colours import (
    colours_of,
    is_alone,
    nearest_of,
    only_colour,
    others_than,
)
from hilum.literature.figures.shades import deepest_of, own_shade
from hilum.literature.figures.trace import falls, measured
from hilum.literature.figures.vector import FigureCurve
from hilum.literature.figures.way import Way

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.figures.arrays import Array
    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.picture import Straight
    from hilum.literature.figures.trace import Trace


STYLES = ("solid", "dashed", "dotted")
# A calibration point is at most this far from the line it was set on; one death may be further.
BESIDE = 1.0
# Standard error of a level, in pixels: many programs draw level lines on whole pixels.
LEVEL_ERROR = 0.3
# Rows by which a level line may waver.
ROW = 3
# Distance in RGB within which a colour seen is the one asked for.
SAME_COLOUR = 30.0
# Share of the axis along which a line that falls is surely one; a shorter one is held against lines
# that rise.
CLEARLY = 0.4


def opened(path: Path, x_axis: Axis, y_axis: Axis) -> Straight:
    """The image as every curve of it is read: each line in its colour, the axes straight.

    Raises
    ------
    InputError
        Not an image, too large, or axes swapped.
    MissingExtra
        Pillow is not installed.
    """
    pixels = restored(load(path))
    check_axes(x_axis, y_axis, path.name)
    return straightened(pixels, x_axis, y_axis)


def read_image(
    path: Path,
    *,
    x_axis: Axis,
    y_axis: Axis,
    colour: str | None = None,
    box: tuple[float, float, float, float] | None = None,
    increasing: bool | None = None,
    picture: Straight | None = None,
) -> FigureCurve:
    """The curve of one colour in a PNG, JPEG or TIFF.

    Parameters
    ----------
    path : Path
        The image.
    x_axis, y_axis : Axis
        Scales from two calibration points each; places are pixels, the first column and row 0.
        They say which plot is read where there are several.
    colour : str, optional
        #rrggbb, with solid, dashed or dotted behind it where lines share a colour; where None, the
        only strong colour between the axes.
    box : tuple, optional
        Left, top, right, bottom of the part to look at.
    increasing : bool, optional
        Whether the curve rises (cumulative incidence, read as 1 minus it); found out without.
    picture : Straight, optional
        What :func:`opened` made of the image, where several curves of it are read.

    Raises
    ------
    InputError
        Not an image, too large, no line of the colour at the start of the axis, several colours
        and none chosen, or several lines of one colour and dash.
    MissingExtra
        Pillow is not installed.
    """
    picture = opened(path, x_axis, y_axis) if picture is None else picture
    found, further = None, 0
    while True:
        plot = plot_of(picture, box, path.name, further)
        try:
            found, on = _of_colour(plot, colour, increasing, (x_axis, y_axis))
        except InputError:
            if found is None:
                raise
            return found
        if not (on and plot.more):
            return found
        further += 1


def _of_colour(
    plot: Plot, colour: str | None, increasing: bool | None, axes: tuple[Axis, Axis]
) -> tuple[FigureCurve, bool]:
    """The curve of a colour in a plot, or the only one; and whether it goes on behind its end."""
    wanted, style = _parsed(colour)
    axes = plot.axes_of(*axes)
    if not wanted:
        seen = colours_of(plot.part)
        line = only_colour(seen, plot.file)
        try:
            found, on = _read(plot, line, style, increasing, axes)
        except NoLine as none:
            raise none.named(seen) from None
        return replace(found, others=others_than(line, seen)), on
    line = parsed(wanted)
    try:
        return _read(plot, line, style, increasing, axes)
    except NoLine as none:
        seen = colours_of(plot.part)
        paper = paper_of(plot.part)
        near = nearest_of(line, seen, paper)
        if near is not None:
            unsure = not is_alone(near, seen, paper)
            try:
                found, on = _read(plot, near.rgb, style, increasing, axes, unsure=unsure)
                return replace(found, asked=name_of(line)), on
            except InputError:
                if (high := too_high(plot, near.rgb)) is not None:
                    raise high from None
        same = min(seen, key=lambda one: float(np.linalg.norm(one.rgb - line)), default=None)
        own = same is not None and float(np.linalg.norm(same.rgb - line)) < SAME_COLOUR
        raise none.named(seen, same.name if same is not None and own else "") from None


def _read(
    plot: Plot,
    line: Array,
    style: str,
    increasing: bool | None,
    axes: tuple[Axis, Axis],
    *,
    unsure: bool = False,
) -> tuple[FigureCurve, bool]:
    """The curve of one colour in a plot; ``unsure`` whether it is the one asked for."""
    if increasing is not True and (high := too_high(plot, line)) is not None:
        raise high
    whole = ink_of(plot.part, line, span_of(plot))
    deepest = deepest_of(line, paper_of(plot.part))
    ink = own_shade(whole, round(plot.start), plot.wide, deepest)
    ink = own_hue(ink, plot.part, line, round(plot.start), plot.wide)
    ink = replace(ink, unsure=ink.unsure or unsure)
    try:
        return _line(plot, ink, line, style, increasing, axes)
    except InputError:
        if not (ink.shaded and style):
            raise
        # A broken line as thin as a pixel looks paler than a whole one of its colour.
        return _line(plot, replace(whole, unsure=True), line, style, increasing, axes)


def _line(
    plot: Plot, ink: Ink, line: Array, style: str, increasing: bool | None, axes: tuple[Axis, Axis]
) -> tuple[FigureCurve, bool]:
    """The line of a dash in the ink of one colour."""
    rising, ways = _ways(plot, ink, increasing)
    if not ways:
        raise nothing_from_start(plot, ink)
    part = plot.part[::-1] if rising else plot.part
    if rising:
        ink = ink.upside_down()
    ways, between = of_hue(ways, ink, part, line)
    way, limits = chosen(plot, ways, ink.share, style, name_of(line))
    width = width_of(way, ink.share, line_width(ink.share))
    rest = rest_of(ink, way, width)
    if rest is not None:
        longer = with_rest(ink, rest, part)
        ways = _found(plot, longer, rising=rising)
        ink = longer
        way, limits = chosen(plot, ways, ink.share, style, name_of(line))
    if way in limits:
        # A broken line was asked for, and none is seen but what looks like limits.
        between, limits = True, []
    ink = replace(ink, unsure=ink.unsure or between)
    way = from_start(plot, ink, way, width, rising=rising)
    end = end_of(ink, way, width, _zero(plot, ink, rising=rising))
    own = replace(ink, share=_alone(ink.share, way, ways, width))
    end = with_dashes_below(end, own.share, way, width)
    line_ = level_end(way, end)
    trace = with_marks(own.share, measured(own, line_, round(plot.start), width))
    if np.isfinite(trace.row).sum() < 5:
        raise no_line(plot)
    on = end.column is None and behind_the_end(plot, way, line, rising=rising)
    if on:
        end = replace(end, told=False)
    curve = _curve(
        plot, ink, way, ways, limits, trace, end, name_of(line), rising=rising,
        axes=axes,
    )  # fmt: skip
    return curve, on


def _parsed(colour: str | None) -> tuple[str, str]:
    """Colour and dash as they are asked for."""
    words = (colour or "").split()
    style = next((w.lower() for w in words if w.lower() in STYLES), "")
    rest = [w for w in words if w.lower() not in STYLES]
    if len(rest) > 1:
        wanted = "#rrggbb, and solid, dashed or dotted behind it where lines share a colour"
        raise InputError(Fault("", None, "colour", colour or "", wanted))
    return (rest[0] if rest else ""), style


def _ways(plot: Plot, ink: Ink, increasing: bool | None) -> tuple[bool, list[Way]]:
    """Lines that fall from the top, or else lines that rise from the bottom."""
    if increasing is not True:
        found = _found(plot, ink, rising=False)
        longest = max((int(w.seen.sum()) for w in found if w.fall > ROW), default=0)
        if increasing is False or longest > CLEARLY * plot.wide:
            return False, found
        if found:
            # Samples and words of a legend at the top may look like a line above those that rise.
            rising = _found(plot, ink.upside_down(), rising=True)
            most = max(int(w.seen.sum()) for w in found)
            risen = any(w.fall > ROW and w.seen.sum() > 1.5 * most for w in rising)
            return risen, (rising if risen else found)
    return True, _found(plot, ink.upside_down(), rising=True)


def _found(plot: Plot, ink: Ink, *, rising: bool) -> list[Way]:
    """The lines above the axis at survival 0."""
    above, top = _above(plot, ink, rising=rising), top_row(plot, ink, rising=rising)
    return ways_of(above, top, round(plot.start), plot.wide)


def _above(plot: Plot, ink: Ink, *, rising: bool) -> Ink:
    """The ink above the axis at survival 0."""
    return above_ground(ink, _zero(plot, ink, rising=rising), round(plot.start), plot.wide)


def _zero(plot: Plot, ink: Ink, *, rising: bool) -> float:
    """Row of survival 0 (upside down where curves rise); beyond the part where it has none."""
    y = plot.picture.y
    if rising:
        return len(ink.share) - 1 - plot.level_row(plot.full)
    return math.inf if y.log or y.low > 0 else plot.level_row(0.0)


def _alone(share: Array, way: Way, ways: list[Way], width: float) -> Array:
    """The ink without that of the other lines, where they are not on this one."""
    out = share.copy()
    reach = int(width / 2 + 2)
    for other in ways:
        if other is way:
            continue
        before = int(other.row[0])
        for i, r in enumerate(other.row.tolist()):
            c = other.first + i
            span = slice(max(min(before, r) - reach, 0), r + reach + 1)
            before = r
            kept = out[:, c].copy()
            out[span, c] = 0
            if way.first <= c <= way.last:
                at = int(way.row[c - way.first])
                last = int(way.row[max(c - way.first - 1, 0)])
                mine = slice(max(last - reach, 0), at + reach + 1)
                out[mine, c] = kept[mine]
    return out


def _curve(
    plot: Plot,
    ink: Ink,
    way: Way,
    ways: list[Way],
    limits: list[Way],
    trace: Trace,
    end: End,
    colour: str,
    *,
    rising: bool,
    axes: tuple[Axis, Axis],
) -> FigureCurve:
    """Levels and times of what was measured, in the values of the axes."""
    x, y, full = plot.picture.x, plot.picture.y, plot.full
    rows = len(ink.share)

    def row_of(level: float) -> float:
        at = rows - 1 - level if rising else level
        return at + plot.top

    levels = [(a + plot.left, row_of(b)) for a, b in falls(trace)]
    if end.column is not None:
        # The foot of a last fall to 0 is hidden by the axis: it is 0 by what it means.
        foot = _zero(plot, ink, rising=rising) if end.low is None else end.low
        before = levels[:-1]
        if end.step is not None:
            before = [*((a, b) for a, b in before if a < end.step[0] + plot.left),
                      (end.step[0] + plot.left, row_of(end.step[1]))]  # fmt: skip
        levels = [*((min(a, end.column + plot.left), b) for a, b in before),
                  (end.column + plot.left, row_of(foot))]  # fmt: skip
    summit = y.place(0.0 if rising and not y.log else full)
    first = share_of(y.value(levels[0][1]), full, rising=rising)
    shift = summit - levels[0][1]
    late = (
        bare_start(plot, ink, way, rows - 1 - (summit - plot.top) if rising else summit - plot.top)
        / plot.wide
    )
    below = 0.0 if late == 0 else abs(1 - first)
    if abs(shift) < BESIDE:
        # The first level is 1 by definition, which corrects the calibration point at the top.
        zero = y.place(full if rising else 0.0) if not y.log else y.place(y.low)
        stretch = (zero - summit) / (zero - levels[0][1])
        at_levels = [zero - (zero - row) * stretch for _, row in levels]
    else:
        # The very beginning is hidden by the frame or by another curve.
        levels = [(min(first_column(x), levels[0][0]), summit), *levels]
        at_levels = [row for _, row in levels]
    height = abs(y.place(full) - y.place(y.low if y.log else 0.0))
    places = tuple(plot.picture.printed(a, b) for a, b in levels)
    # The middle of a mark at the very end may lie a little beyond it.
    last = levels[-1][0]
    ends = [min(t + plot.left, last) for t in trace.marks if t + plot.left < last + 2 * trace.width]
    ticks = tuple((t, _row_at(levels, t)) for t in ends)
    read = Coordinates(
        plot.file,
        "",
        tuple(max(x.value(a), 0.0) for a, _ in levels),
        tuple(share_of(y.value(row), full, rising=rising) for row in at_levels),
        (0,) * len(levels),
        tuple(max(x.value(a), 0.0) for a, _ in ticks),
        (0,) * len(ticks),
        None,
        LEVEL_ERROR / height,
    )
    untold = 0.0 if end.told else read.survival[-1]
    above = _above(plot, ink, rising=rising)
    checks = checks_of(plot, above, way, ways, trace, late, below, untold)
    return FigureCurve(
        read,
        places,
        tuple(plot.picture.printed(a, b) for a, b in ticks),
        colour,
        *axes,
        checks=checks,
        increasing=rising,
        dashed=way.style != "solid",
        limits=len(limits),
    )


def _row_at(places: list[tuple[float, float]], x: float) -> float:
    row = places[0][1]
    for at, y in places:
        if at > x:
            break
        row = y
    return row
