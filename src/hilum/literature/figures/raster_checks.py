"""Whether what was read from an image looks like what is drawn there."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from hilum.literature.figures.ends_of_axes import goes_on
from hilum.literature.figures.exchanged import ends_exchanged
from hilum.literature.figures.hidden import Hidden, hidden_end, hidden_falls
from hilum.literature.figures.limits import THIN, weight_of
from hilum.literature.figures.self_check import judged
from hilum.literature.figures.slopes import sloped

if TYPE_CHECKING:
    from hilum.literature.figures.arrays import Array, Mask
    from hilum.literature.figures.ink import Ink
    from hilum.literature.figures.plot_part import Plot
    from hilum.literature.figures.self_check import SelfCheck
    from hilum.literature.figures.trace import Trace
    from hilum.literature.figures.way import Way

# Rows beside a line that its marks may reach.
AROUND = 10
# Rows that a line may fall by right where it loses its shade.
BELOW = 60
# Columns before the end of a part in which a line ends there.
NEAR_END = 4
# Rows by which a line is clearly above or below another.
APART = 4
# Share of the axis behind a line's end that is looked at, of the columns up to the last inked one
# that dashes take, and the fewest that are more than a mark.
AHEAD, FOLLOWS, DASH = 0.08, 0.3, 10
# Share of a line that may be lost where it ends at a line of another shade.
LOST = 0.05
# Share of a line's columns in which other ink of its colour makes it doubtful: a broken line and a
# solid one, along which broken lines have gaps.
ALONG = (0.5, 0.35)
# A row of such ink along more of the line than this is a frame or a grid line.
RULED = 0.85


def checks_of(
    plot: Plot,
    ink: Ink,
    way: Way,
    ways: list[Way],
    trace: Trace,
    late: float,
    below: float,
    untold: float,
) -> tuple[SelfCheck, ...]:
    """Whether what was read looks like what was drawn."""
    # A line that begins later may have fallen at once, or just there: the most that this makes.
    unseen = late * plot.wide >= 2 * trace.width + 2
    lost = below * late**0.5 if unseen else 0.0
    loose = float(_beyond(ink, way, trace.width, round(plot.start + plot.wide)))
    if (
        (ink.shaded and _goes_on(ink, way))
        or foot_goes_on(ink, way)
        or _dashes(ink, way, trace.width, plot.wide)
    ):
        # What was taken for a line of another shade, or for none, may be the rest of this one.
        loose = max(loose, LOST * len(way.row))
    bare = way.bare / max(way.fall, 1.0)
    if way.style != "solid":
        bare = max(bare - 1.5 * (1 - way.coverage), 0.0)
    bare = max(bare, sloped(trace.row[way.first : way.last + 1], way.fall))
    # Broken lines of one colour may have been mixed up where they meet, limits among them.
    solid = way.style == "solid"
    others = [w for w in ways if w is not way]
    dotted = way.style == "dotted"
    alike = [
        w
        for w in others
        if ((w.style == "solid") == solid and _meet(way, w, trace.width))
        or (dotted and _cross(way, w))
    ]
    y, axis = plot.picture.y, plot.wide
    height = abs(y.place(plot.full) - y.place(y.low if y.log else 0.0))
    hidden = hidden_falls(ink, way, trace.width, axis, height)
    rest = round(plot.start + axis) - way.last
    if rest > 0 and hidden_end(ink, way, axis):
        # It may fall from its last level at once.
        level = max(1 - float(way.row[-1] - way.row[0]) / height, 0.0)
        hidden = Hidden(math.hypot(hidden.lost, level * (rest / axis) ** 0.5), way.last,
                        way.last + rest)  # fmt: skip
    mixed = (
        ink.unsure
        or ends_exchanged(way, ways, trace.width)
        or _among_others(ink, way, ways, trace.width)
    )
    return (
        judged("covers_ink", 1 - loose / (len(way.row) + loose)),
        judged("line_seen", hidden.lost, _times(plot, hidden.first, hidden.last)),
        judged("steps_only_down", bare),
        judged("starts_at_one", None if unseen else below),
        judged("starts_at_zero", lost),
        judged("end_told", untold),
        judged("axis_straight", max(plot.picture.x.bent, plot.picture.y.bent)),
        judged("line_alone", float(len(alike) + mixed)),
        *(() if trace.told else (judged("marks_told", None),)),
        judged("at_risk_fits", None),
        judged("median_agrees", None),
        judged("hazard_ratio_agrees", None),
    )


def behind_the_end(plot: Plot, way: Way, line: Array, *, rising: bool) -> bool:
    """Whether a line of a colour ends where the part does, and goes on behind it."""
    rows, columns = plot.part.shape[:2]
    if way.last < columns - 1 - NEAR_END:
        return False
    row = rows - 1 - int(way.row[-1]) if rising else int(way.row[-1])
    seen = way.coverage if way.style == "solid" else float(way.seen.mean())
    at = columns - 1 + plot.left, row + plot.top
    return goes_on(plot.picture, at, line, wide=plot.wide, seen=seen, rising=rising)


def _times(plot: Plot, first: int, last: int) -> tuple[float, float]:
    """From when to when columns of the part reach."""
    x = plot.picture.x
    return max(x.value(first + plot.left), 0.0), x.value(last + plot.left)


def _goes_on(ink: Ink, way: Way) -> bool:
    """Whether ink of the hue, of whatever shade, goes on from the end of a line, level or down."""
    own, _ = _from_the_end(ink, way)
    return bool(own[:, 2 : 2 + APART].any(axis=0).sum() >= APART - 1)


def foot_goes_on(ink: Ink, way: Way) -> bool:
    """Whether ink of another colour goes on, level, from the foot of a stroke down at the end.

    A thin level line in a JPEG has lost its colour to the paper beside it; and whoever draws a
    stroke down draws on from its foot.
    """
    own, top = _from_the_end(ink, way)
    rows = np.flatnonzero(own.any(axis=1))
    if not len(rows) or top + rows[-1] <= int(way.row[-1]) + APART:
        return False
    foot = top + int(rows[-1])
    near = slice(foot - APART, foot + APART + 1), slice(way.last + 1, way.last + 1 + 2 * APART)
    return bool(ink.other[near].any(axis=0).sum() >= 2 * APART - 1)


def _from_the_end(ink: Ink, way: Way) -> tuple[Mask, int]:
    """Ink of the hue that hangs together with the end of a line, and the row it begins in.

    From one column before the end on.
    """
    from scipy.ndimage import label

    row, left = int(way.row[-1]), max(way.last - 1, 0)
    top = max(row - APART, 0)
    here = ink.depth[top : row + BELOW + 1, left : way.last + 1 + 2 * APART] > 0.4
    pieces, _ = label(here, np.ones((3, 3)))
    end = pieces[row - top - 1 : row - top + 2, : way.last + 2 - left]
    return np.isin(pieces, np.unique(end[end > 0])), top


def _cross(a: Way, b: Way) -> bool:
    """Whether one line lies clearly above the other here and clearly below it there.

    A dotted line is lost where it crosses a solid one of its colour: a few dots tell little.
    """
    first, last = max(a.first, b.first), min(a.last, b.last)
    gap = a.row[first - a.first : last + 1 - a.first] - b.row[first - b.first : last + 1 - b.first]
    return bool((gap > APART).any() and (gap < -APART).any())


def _dashes(ink: Ink, way: Way, width: float, wide: float) -> bool:
    """Whether pieces of the colour follow the end of a line for longer than a mark."""
    row, ahead = int(way.row[-1]), int(AHEAD * wide)
    here = slice(max(row - 2, 0), row + ahead), slice(way.last + 2, way.last + 2 + ahead)
    on = ink.share[here] > 0.4
    inked = np.flatnonzero(_level(on, width).any(axis=0))
    pieces = len(inked) > DASH and len(inked) > FOLLOWS * (inked[-1] + 1)
    # Marks side by side on such pieces leave little of them.
    return bool(pieces or on.any(axis=0).sum() > 1.5 * DASH)


def _meet(a: Way, b: Way, width: float) -> bool:
    """Whether two lines, once apart, come together and part again: there they may be mixed up.

    Lines that keep their distance are each their own, whatever their colour.
    """
    first, last = max(a.first, b.first), min(a.last, b.last)
    if last < first:
        return False
    one = a.row[first - a.first : last + 1 - a.first]
    other = b.row[first - b.first : last + 1 - b.first]
    apart = np.flatnonzero(np.abs(one - other) > width + APART)
    if not len(apart):
        return False
    # Where both fall at once the foot of one stroke may touch the top of the other.
    near = round(width) + 1
    before, after = (np.clip(np.arange(len(one)) + s, 0, len(one) - 1) for s in (-near, near))
    touch = np.minimum(other, one)[after] >= np.maximum(other, one)[before] - width - 1
    return bool(touch[apart[0] + near : apart[-1] - near].any())


def _among_others(ink: Ink, way: Way, ways: list[Way], width: float) -> bool:
    """Whether ink of the colour that no line read explains lies along much of this line.

    A frame is none, nor what is thinner and keeps to its side: limits, where this line is thicker.
    """
    left = _level(ink.share > 0.4, width)
    for line in ways:
        before = int(line.row[0])
        for i, r in enumerate(line.row.tolist()):
            left[max(before - AROUND, 0) : r + AROUND + 1, line.first + i] = False
            before = r
    left = left[:, way.first : way.last + 1]
    left[left.mean(axis=1) > RULED] = False
    if left.any(axis=0).mean() <= ALONG[way.style == "solid"]:
        return False
    share = ink.share[:, way.first : way.last + 1]
    thin = _thickness(share, left) < THIN * weight_of(way, ink.share)
    return not (thin and _keeps_away(left, way))


def _thickness(share: Array, left: Mask) -> float:
    """Sum of shares over a crossing of what is left, its edges with it: the middle one."""
    near = left.copy()
    for off in (1, 2):
        near[off:] |= left[:-off]
        near[:-off] |= left[off:]
    columns = left.any(axis=0)
    runs = np.maximum((np.diff(left.astype(np.int8), axis=0, prepend=0) > 0).sum(axis=0), 1)
    return float(np.median(((share * near).sum(axis=0) / runs)[columns]))


def _keeps_away(left: Mask, way: Way) -> bool:
    """Whether what is left does not come near a line again, once it was apart from it."""
    before = np.r_[way.row[:1], way.row[:-1]]
    rows = np.arange(len(left))[:, None]
    gap = np.where(left, np.maximum(before - rows, rows - way.row), len(left)).min(axis=0)
    apart = np.flatnonzero((gap > AROUND + APART) & left.any(axis=0))
    if not len(apart):
        return False
    return not (gap[apart[0] : apart[-1]] <= AROUND + 1).any()


def _level(on: Mask, width: float) -> Mask:
    """Ink of level pieces as thin as a line and longer than thick; marks and words have few."""
    from scipy.ndimage import binary_opening

    tall, long = round(width) + 3, round(width) + 2
    thick = binary_opening(on, np.ones((tall, 1), bool))
    return binary_opening(on & ~thick, np.ones((1, long), bool))


def _beyond(ink: Ink, way: Way, width: float, end: int) -> int:
    """Columns behind the end of the reading, up to the end of the axis, with a level line in them.

    A line of the same colour that goes on at or below the last level was lost.
    """
    last = int(way.row[-1])
    share = ink.share[max(last - 2, 0) :, way.last + 1 : end]
    if not share.size:
        return 0
    # A level line: as thick as the curve, and in the same rows for a dozen columns.
    on = share > 0.4
    thick = on.sum(axis=0)
    line = (thick >= 1) & (thick <= width + 2)
    rows = np.argmax(on, axis=0)
    count = run = 0
    for i in range(1, len(rows)):
        run = (
            run + 1 if line[i] and line[i - 1] and abs(int(rows[i]) - int(rows[i - 1])) <= 1 else 0
        )
        count += (run == 12) * 12 + (run > 12)
    return count
