"""Where a line in an image begins: at 1 and at time 0, below another line, later, or nowhere."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import Fault, InputError, phrased
from hilum.literature.figures.hidden import falls_at_once, with_start
from hilum.literature.figures.paths import late_way

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array
    from hilum.literature.figures.ink import Ink
    from hilum.literature.figures.plot_part import Plot
    from hilum.literature.figures.seen_colours import SeenColour
    from hilum.literature.figures.way import Way

# What may have fallen before a curve that starts hidden is seen; and, as root mean square over the
# axis, before one that is seen soon.
LOST, SOON = 0.15, 0.04
# Rows by which a level line may waver, columns by which it may begin late.
ROW = 3
# Above the row of survival 1 a line is looked for over so much of the two axes, within so much of
# its colour (RGB, of 441).
HIGH, FAR, ALIKE = 1.0, 0.6, 60.0


class NoLine(InputError):
    """No line of a colour starts with the axis."""

    def named(self, seen: list[SeenColour], asked: str = "") -> InputError:
        """The refusal, with the colours there are; ``asked`` is seen, but not from the start."""
        if not seen:
            return InputError(*self.faults)
        fault = self.faults[0]
        others = [one.name for one in seen if one.name != asked]
        if len(others) < len(seen):
            wanted = phrased(
                "{wanted}: ink of {asked} is seen, but no line that can be followed from there "
                "(where it begins under a frame or another line, or in dashes, click it)",
                wanted=fault.expected,
                asked=asked,
            )
        else:
            wanted = phrased(
                "{wanted}; lines are seen in {known}",
                wanted=fault.expected,
                known=", ".join(others),
            )
        return InputError(replace(fault, expected=wanted))


def from_start(plot: Plot, ink: Ink, way: Way, width: float, *, rising: bool) -> Way:
    """The line from time 0 on where its beginning is hidden.

    Raises
    ------
    InputError
        It begins low, and nothing that was there before hides the rest of it.
    """
    top, start = top_row(plot, ink, rising=rising), round(plot.start)
    if plot.picture.x.log or way.row[0] - top <= 2 * ROW:
        return way
    if falls_at_once(ink, way, start, top, width):
        return way
    whole = with_start(ink, way, start, top, width) if way.first > start + ROW else None
    if whole is not None:
        return whole
    first, _ = _begins(plot, ink, way, rising=rising)
    late = way.first - start
    soon = late > 2 * ROW and (1 - first) * (late / plot.wide) ** 0.5 <= SOON
    if first >= 1 - LOST or soon:
        return way
    raise _late(plot, ink, way, rising=rising)


def _begins(plot: Plot, ink: Ink, way: Way, *, rising: bool) -> tuple[float, float]:
    """Survival and time where a line is first seen."""
    x, y = plot.picture.x, plot.picture.y
    row = len(ink.share) - 1 - int(way.row[0]) if rising else int(way.row[0])
    first = share_of(y.value(row + plot.top), plot.full, rising=rising)
    return first, max(x.value(way.first + plot.left), 0.0)


def _late(plot: Plot, ink: Ink, way: Way, *, rising: bool) -> NoLine:
    """Why a line that is first seen low is no curve from 1 on."""
    first, at = _begins(plot, ink, way, rising=rising)
    if way.first - round(plot.start) <= 2 * ROW:
        wanted = phrased(
            "a curve that starts at {full:g} (the line of this colour starts at {first:.3g}: see "
            "the calibration points, and whether it is a curve)",
            full=plot.full,
            first=plot.full * first,
        )
    else:
        wanted = phrased(
            "a curve that starts at {full:g} (the line of this colour is first seen at time "
            "{time:.3g}, at {first:.3g}; before that it is not drawn or lies under something else: "
            "click it)",
            full=plot.full,
            first=plot.full * first,
            time=at,
        )
    return NoLine(Fault(plot.file, None, "start", f"column {way.first + plot.left}", wanted))


def nothing_from_start(plot: Plot, ink: Ink) -> NoLine:
    """Why no line of a colour starts with the axis: it is first seen later, or there is none."""
    late = late_way(ink, top_row(plot, ink, rising=False), round(plot.start), plot.wide)
    if late is None or _begins(plot, ink, late, rising=False)[0] >= 1 - LOST:
        return no_line(plot)
    return _late(plot, ink, late, rising=False)


def no_line(plot: Plot) -> NoLine:
    """The refusal of a colour in which there is no line."""
    wanted = "a line of that colour from the start of the axis"
    return NoLine(Fault(plot.file, None, "colour", "0 lines", wanted))


def too_high(plot: Plot, line: Array) -> NoLine | None:
    """Why no line is read that falls over the row of survival 1 from above; None where none does.

    It is one piece, from the start of the axis down to that row. What does not fall is a frame.
    """
    from scipy.ndimage import label

    y = plot.picture.y
    top, left = plot.top + round(plot.level_row(plot.full)), plot.left + round(plot.start) + ROW
    over = max(top - round(HIGH * abs(y.place(y.high) - y.place(y.low))), 0)
    part = plot.picture.pixels[over : top + ROW, left : left + round(FAR * plot.wide)]
    if top - over < 4 * ROW or not part.size:
        return None
    pieces, _ = label(np.linalg.norm(part - line, axis=-1) < ALIKE, np.ones((3, 3)))
    begun = set(np.unique(pieces[: top - over - 2 * ROW, : 2 * ROW]).tolist())
    for piece in begun & set(np.unique(pieces[-1]).tolist()) - {0}:
        own = pieces[: top - over - 2 * ROW] == piece
        rows = own.argmax(axis=0)[own.any(axis=0)]
        if np.ptp(rows) >= 2 * ROW:
            wanted = phrased(
                "a curve that starts at {full:g} (a line of this colour runs above that from the "
                "start of the axis: see the points of --y-axis)",
                full=plot.full,
            )
            return NoLine(Fault(plot.file, None, "y_axis", f"row {top}", wanted))
    return None


def bare_start(plot: Plot, ink: Ink, way: Way, top: float) -> int:
    """Columns from time 0 to the line's first in which neither it nor anything over it is seen.

    None where the line's first fall is seen from the top.
    """
    begin = max(round(plot.start), 0)
    upper, lower = sorted((max(round(top), 0), int(way.row[0])))
    drawn = ink.share[:, max(way.first - 1, 0) : way.first + 3].max(axis=1)
    covered = ink.other[:, max(way.first - 1, 0) : way.first + 3].any(axis=1)
    down = ((drawn > 0.3) | covered)[upper : lower + 1]
    if lower - upper > 2 and down.mean() < 0.8:
        return max(way.first - begin, 1)
    here = slice(max(upper - 2, 0), upper + 3)
    return int((~ink.other[here, begin : max(way.first - 1, begin)].any(axis=0)).sum())


def top_row(plot: Plot, ink: Ink, *, rising: bool) -> float:
    """Row that a curve starts in; of one that rises as it is seen upside down."""
    if not rising:
        return plot.level_row(plot.full)
    y = plot.picture.y
    return len(ink.share) - 1 - (y.place(y.low if y.log else 0.0) - plot.top)


def share_of(value: float, full: float, *, rising: bool) -> float:
    """Survival at a value of the axis whose top is ``full``."""
    share = value / full
    return min(max(1 - share if rising else share, 0.0), 1.0)
