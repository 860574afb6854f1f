"""Which axes a line runs along, and why a line has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.figures.clipped import clipped
from hilum.literature.figures.lines import STRAIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.lines import Line
    from hilum.literature.figures.page import Page
    from hilum.literature.figures.rulers import Ruler

# A line passes its last label by no more than this share of the axis.
BEYOND = 0.35
# Levels of an axis of percent, with room above and below.
LEAST, MOST = -20.0, 120.0

WANTED: Final = {
    "numbers": "numbers along it, or two of its points PLACE=VALUE,PLACE=VALUE (points of the page "
    "from the top left)",
    "text": "numbers along it as text: this file holds none (R's svg() draws letters as shapes; a "
    "PDF of the same figure works), or two of its points PLACE=VALUE,PLACE=VALUE (points of the "
    "page from the top left)",
    "even": "an axis that the numbers of the page make: they stand there as text, but not evenly "
    "beside one another along this line; give two of its points PLACE=VALUE,PLACE=VALUE (points of "
    "the page from the top left)",
}
"""What an axis lacks, by what stands on the page."""


def home_of(
    line: Line,
    page: Page,
    across: Sequence[Ruler],
    upwards: Sequence[Ruler],
    x: Axis | None,
    y: Axis | None,
) -> tuple[Line, Ruler | None, Ruler | None] | None:
    """A line with its axes, cut off at its frame where only that part has any; None without."""
    for one in (line, clipped(line, page.strokes)):
        own_x = None if x is not None else _below(across, one)
        own_y = None if y is not None else _beside(upwards, one, own_x)
        if (own_x is not None or x is not None) and (own_y is not None or y is not None):
            return one, own_x, own_y
    return None


def no_home(
    line: Line,
    page: Page,
    across: Sequence[Ruler],
    upwards: Sequence[Ruler],
    x: Axis | None,
    y: Axis | None,
) -> InputError:
    """What a line lacks: an axis, or one that it stays inside of."""
    left, top, right, bottom = line.box
    seen = f"{page.file}, page {page.number}"
    if x is None and not any(r.first < right and r.last > left for r in across):
        return InputError(Fault("", None, "x_axis", seen, _no_axis(page)))
    beside = [r for r in upwards if r.first < bottom and r.last > top]
    if y is None and not beside:
        return InputError(Fault("", None, "y_axis", seen, _no_axis(page)))
    if y is None and all(r.axis.high > MOST for r in beside):
        wanted = phrased(
            "shares, or percent: the axis goes to {high:g} (give the scale in shares: two of its "
            "points PLACE=VALUE,PLACE=VALUE, points of the page from the top left)",
            high=max(r.axis.high for r in beside),
        )
        return InputError(Fault("", None, "y_axis", seen, wanted))
    if x is None and _below(across, line) is None and any(r.last < bottom for r in beside):
        wanted = phrased(
            "levels inside the axis: the line in {colour} goes on below its last number (it is cut "
            "off there; give --x-axis and --y-axis)",
            colour=line.colour,
        )
        return InputError(Fault("", None, "y_axis", seen, wanted))
    wanted = phrased(
        "times inside the axis: the line in {colour} begins or ends outside of it (an axis that "
        "begins later than time 0 is given by --x-axis, with --y-axis)",
        colour=line.colour,
    )
    return InputError(Fault("", None, "x_axis", seen, wanted))


def _no_axis(page: Page) -> str:
    """What a page without an axis lacks: any text, numbers, or their order."""
    if not page.words:
        return WANTED["text"]
    return (
        WANTED["even"]
        if any(c.isdigit() for w in page.words for c in w.text)
        else WANTED["numbers"]
    )


def _below(rulers: Iterable[Ruler], line: Line) -> Ruler | None:
    """The nearest axis under a line that it runs along; one with ticks before one without."""
    left, top, right, bottom = line.box
    fits = [
        r
        for r in rulers
        if (r.axis.log or left >= r.first - 1.2 * r.span / (len(r.labels) - 1) - 6)
        and right <= r.last + max(BEYOND, 1.2 / (len(r.labels) - 1)) * r.span
        and right > r.first
    ]
    under = [r for r in fits if r.beside > bottom - STRAIGHT]
    over = [r for r in fits if r.beside < top and r.ticked]
    if under:
        return min(under, key=lambda r: (not r.ticked, r.beside - bottom))
    return min(over, key=lambda r: top - r.beside) if over else None


def _beside(rulers: Iterable[Ruler], line: Line, across: Ruler | None) -> Ruler | None:
    """The nearest axis left of a line (or right of it) along which it falls."""
    left, top, right, bottom = line.box
    fits = [
        r
        for r in rulers
        if r.span > 0
        and top >= r.first - 0.35 * r.span - 6
        and bottom <= r.last + BEYOND * r.span
        and bottom > r.first
        and r.axis.high <= MOST
        and r.axis.low >= LEAST
    ]
    if across is not None:
        left = across.first + 2 if across.axis.log else min(left, across.first + 2)
        right = max(right, across.last - 2)
    before = [r for r in fits if r.beside < left + 5]
    after = [r for r in fits if r.beside > right - 5]
    if before:
        return min(before, key=lambda r: (not r.ticked, left - r.beside))
    return min(after, key=lambda r: (not r.ticked, r.beside - right)) if after else None
