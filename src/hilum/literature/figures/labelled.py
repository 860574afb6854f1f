"""The scale given by hand against the numbers printed along it, and axes that are broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.figures.rulers import number, thin_of, ticks_near, with_signs
from hilum.literature.figures.self_check import judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.lines import Line
    from hilum.literature.figures.page import Page
    from hilum.literature.figures.rulers import Ruler
    from hilum.literature.figures.self_check import SelfCheck

# Points of the page: labels of one row, ticks off the scale, and what a line goes beyond a label.
ROW, OFF, BEYOND = 1.5, 3.0, 1.5
# Labels of percent stand for shares.
FULL: Final = (1.0, 100.0)
# An axis of levels that goes further than this counts something else, and may be given as shares.
MOST = 120.0
CODES: Final = ("times_as_labelled", "levels_as_labelled")
"""The checks of the scales across and upwards."""


def broken_at(page: Page, ruler: Ruler) -> tuple[float, float] | None:
    """Two labels that follow one another on an axis, and no one scale holds; None where all lie.

    The numbers in the ruler's row that go on growing after its last one (or before its first),
    each with a tick, are of its axis; if none of them lies on its scale, the axis is broken. A
    level 0 alone below the others is a foot: the scale above it holds for all that is drawn.
    """
    along, axis = ruler.along, ruler.axis
    thin = [(a, b) for stroke in page.strokes for a, b in thin_of(stroke)]
    after: list[tuple[float, float]] = []
    before: list[tuple[float, float]] = []
    for word in with_signs(page.words):
        value = number(word.text)
        if value is None or _off_row(word.centre, ruler):
            continue
        place = word.centre[along]
        ticks = ticks_near(word, thin, along)
        if ruler.first - BEYOND < place < ruler.last + BEYOND or not ticks:
            continue
        onwards = (place > ruler.last) == (along == 0)
        if onwards and value > axis.high:
            after.append((value, ticks[0]))
        elif not onwards and value < axis.low:
            before.append((value, ticks[0]))
    if after and not _some_on(after, axis):
        return axis.high, min(after)[0]
    foot = along == 1 and [value for value, _ in before] == [0.0]
    if before and not foot and not _some_on(before, axis):
        return max(before)[0], axis.low
    return None


def _off_row(centre: tuple[float, float], ruler: Ruler) -> bool:
    # Labels upwards end beside one another: their middles differ by their lengths.
    return abs(centre[1 - ruler.along] - ruler.beside) > (ROW if ruler.along == 0 else 4 * ROW)


def _some_on(labels: Iterable[tuple[float, float]], axis: Axis) -> bool:
    return any(abs(axis.place(value) - place) < OFF for value, place in labels)


def refuse_broken(
    page: Page, line: Line, across: Sequence[Ruler], upwards: Sequence[Ruler]
) -> None:
    """Refuse a line that goes on beyond the place where one of its axes is broken.

    Raises
    ------
    InputError
        It does.
    """
    left, top, right, bottom = line.box
    for ruler in rows_beside(line, across, upwards)[0]:
        # A line may end before the break, or be drawn where the axis goes on from.
        if left > ruler.first - BEYOND and right < ruler.last + BEYOND:
            continue
        if (found := broken_at(page, ruler)) is not None:
            raise _broken_time(page, *found)
    for ruler in rows_beside(line, across, upwards)[1]:
        if top > ruler.first - BEYOND and bottom < ruler.last + BEYOND:
            continue
        if (found := broken_at(page, ruler)) is not None and found[1] <= MOST:
            raise _broken_level(page, *found)


def _broken_time(page: Page, at: float, following: float) -> InputError:
    wanted = phrased(
        "one scale of time: the axis is broken between its labels {at:g} and {following:g}, and no "
        "two points give both parts (digitise each part with its own scale, join the points in one "
        "CSV, and read that)",
        at=at,
        following=following,
    )
    return InputError(Fault("", None, "x_axis", f"{page.file}, page {page.number}", wanted))


def _broken_level(page: Page, at: float, following: float) -> InputError:
    wanted = phrased(
        "one scale of levels: the axis is broken between its labels {at:g} and {following:g}, and "
        "no two points give both parts (digitise each part with its own scale, join the points in "
        "one CSV, and read that)",
        at=at,
        following=following,
    )
    return InputError(Fault("", None, "y_axis", f"{page.file}, page {page.number}", wanted))


def rows_beside(
    line: Line, across: Sequence[Ruler], upwards: Sequence[Ruler]
) -> tuple[list[Ruler], list[Ruler]]:
    """The rulers in the nearest row under a line, and in the nearest column beside it."""
    left, top, right, bottom = line.box
    under = [r for r in across if r.ticked and r.first < right and r.last > left]
    under = [r for r in under if r.beside > bottom]
    beside = [r for r in upwards if r.ticked and r.first < bottom and r.last > top]
    before = [r for r in beside if r.beside < left + 5] or [r for r in beside if r.beside > right]
    return _nearest(under, bottom), _nearest(before, left)


def _nearest(rulers: Sequence[Ruler], edge: float) -> list[Ruler]:
    if not rulers:
        return []
    near = min(rulers, key=lambda r: abs(r.beside - edge)).beside
    return [r for r in rulers if abs(r.beside - near) < 4 * ROW]


def against_labels(
    line: Line, across: Sequence[Ruler], upwards: Sequence[Ruler], x: Axis | None, y: Axis | None
) -> tuple[SelfCheck, ...]:
    """How far the labels of the page lie from the scales that were given by hand."""
    return tuple(
        _agrees(code, rulers, given)
        for code, rulers, given in zip(
            CODES, rows_beside(line, across, upwards), (x, y), strict=True
        )
        if given is not None
    )


def _agrees(code: str, rulers: Sequence[Ruler], given: Axis) -> SelfCheck:
    """The furthest label, as a share of the axis: its value, and what the scale given says there.

    Levels may be given as shares where labels are percent, and in any measure where they count.
    """
    worst: list[tuple[float, tuple[float, float]]] = []
    for ruler in rulers:
        if ruler.along == 1 and ruler.axis.high > MOST:
            continue
        whole = FULL if ruler.along == 1 else FULL[:1]
        fits = [
            max(
                (abs(given.place(value / full) - place) / ruler.span, (value, given.value(place)))
                for value, place in ruler.labels
                if value > 0 or not given.log
            )
            for full in whole
        ]
        worst.append(min(fits))
    if not worst:
        return judged(code, None)
    off, span = max(worst)
    return judged(code, off, span)
