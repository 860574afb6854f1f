"""Axes of a figure from the words and ticks of its page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError
from hilum.literature.figures.axes import Axis, from_points

if TYPE_CHECKING:
    from hilum.literature.figures.page import Page, Stroke, Word

# Labels of one axis stand on one line to within this; their centres are within half a letter of
# their ticks. Points of the page.
ALIGNED = 1.5
BESIDE = 5.0
# A tick is between these long; a longer line is a grid.
TICK = (1.0, 12.0)
# The centre of a label is about this far from its tick, where ticks are not drawn.
LABEL_ERROR = 0.3
TICK_ERROR = 0.005
UNIT_WORDS = (
    (re.compile(r"\b(months?|mos?)\b", re.I), "months"),
    (re.compile(r"\b(years?|yrs?)\b", re.I), "years"),
    (re.compile(r"\b(weeks?|wks?)\b", re.I), "weeks"),
    (re.compile(r"\bdays?\b", re.I), "days"),
)


@dataclass(frozen=True, slots=True)
class Scale:
    """Both axes, and the unit of time where the page states it."""

    x: Axis
    y: Axis
    unit: str | None


def scale_of(page: Page, curve: Stroke, x: Axis | None, y: Axis | None) -> Scale:
    """The axes beside a curve; those given are taken as they are.

    Raises
    ------
    InputError
        No labels that grow evenly along an axis.
    """
    left, top, right, bottom = curve.box
    row: list[Word] = []
    if x is None:
        row = _row(page.words, left, right, bottom)
        if len(row) < 2:
            raise _no_axis(page, "x_axis")
        x = _axis(page, row, 0)
    if y is None:
        column = _column(page.words, left, top, bottom)
        if len(column) < 2:
            raise _no_axis(page, "y_axis")
        y = _axis(page, column, 1)
    return Scale(x, y, _unit(page.words, left, right, bottom))


def number(text: str) -> float | None:
    """A tick label as a number: 0.5, 0,5, 0·5 and 50%."""
    plain = text.replace("·", ".").replace("−", "-").rstrip("%").strip()
    plain = re.sub(r"^(-?\d*),(\d+)$", r"\1.\2", plain)
    return float(plain) if re.fullmatch(r"-?(\d+\.?\d*|\.\d+)", plain) else None


def _no_axis(page: Page, axis: str) -> InputError:
    wanted = (
        "numbers along it, or two of its points PLACE=VALUE,PLACE=VALUE (points of the page "
        "from the top left)"
    )
    return InputError(Fault("", None, axis, f"{page.file}, page {page.number}", wanted))


def _row(words: tuple[Word, ...], left: float, right: float, bottom: float) -> list[Word]:
    """Numbers on one line below the curve that grow evenly; the nearest such line."""
    lines: dict[int, list[Word]] = {}
    below = [w for w in words if w.centre[1] > bottom - ALIGNED and number(w.text) is not None]
    for word in sorted(below, key=lambda w: w.centre[1]):
        if word.right > left - 60 and word.left < right + 60:
            key = next(
                (k for k, ws in lines.items() if abs(ws[0].centre[1] - word.centre[1]) < ALIGNED),
                len(lines),
            )
            lines.setdefault(key, []).append(word)
    for line in lines.values():
        even = _even(sorted(line, key=lambda w: w.centre[0]), 0)
        if len(even) >= 3 or (len(even) == 2 and len(line) == 2):
            return even
    return []


def _column(words: tuple[Word, ...], left: float, top: float, bottom: float) -> list[Word]:
    """Numbers one over the other left of the curve that fall evenly; the nearest such column."""
    beside = [
        w
        for w in words
        if w.right < left + BESIDE
        and number(w.text) is not None
        and top - 0.5 * (bottom - top) - 30 < w.centre[1]
    ]
    columns: list[list[Word]] = []
    for word in sorted(beside, key=lambda w: -w.right):
        for column in columns:
            if (
                abs(column[0].right - word.right) < ALIGNED
                or abs(column[0].centre[0] - word.centre[0]) < ALIGNED
            ):
                column.append(word)
                break
        else:
            columns.append([word])
    for column in columns:
        even = _even(sorted(column, key=lambda w: w.centre[1]), 1)
        values = [number(w.text) or 0.0 for w in even]
        if (len(even) >= 3 or (len(even) == 2 and len(column) == 2)) and values[0] > values[-1]:
            return even
    return []


def _even(words: list[Word], along: int) -> list[Word]:
    """The longest run of neighbours whose values change in step with their places."""
    best: list[Word] = words if len(words) == 2 else []
    for start in range(len(words) - 2):
        for stop in range(len(words), start + 2, -1):
            run = words[start:stop]
            if len(run) <= len(best):
                break
            values = [number(w.text) or 0.0 for w in run]
            if len(set(values)) < len(values):
                continue
            axis = from_points([w.centre[along] for w in run], values, 0.0)
            if axis.slope and axis.error < 2.5:
                best = run
                break
    return best


def _axis(page: Page, labels: list[Word], along: int) -> Axis:
    """From ticks beside the labels where each has one, or from the labels' centres."""
    values = [number(word.text) or 0.0 for word in labels]
    ticks: list[float] = []
    for word in labels:
        near: list[tuple[float, float]] = []
        for stroke in page.strokes:
            (a0, b0), (a1, b1) = _turned(stroke.points[0], along), _turned(stroke.points[-1], along)
            if len(stroke.points) != 2 or abs(a0 - a1) > 0.01:
                continue
            gap = abs(a0 - word.centre[along])
            edge = word.top if along == 0 else word.right
            reach = min(abs(max(b0, b1) - edge), abs(min(b0, b1) - edge))
            if gap < BESIDE and reach < 20 and TICK[0] <= abs(b0 - b1) <= TICK[1]:
                near.append((gap, a0))
        if near:
            ticks.append(min(near)[1])
    if len(ticks) == len(labels):
        found = from_points(ticks, values, TICK_ERROR)
        if found.error < 0.2:
            return found
    return from_points([w.centre[along] for w in labels], values, LABEL_ERROR)


def _turned(point: tuple[float, float], along: int) -> tuple[float, float]:
    return (point[0], point[1]) if along == 0 else (point[1], point[0])


def _unit(words: tuple[Word, ...], left: float, right: float, bottom: float) -> str | None:
    """The unit in the words under the axis."""
    under = [
        w
        for w in words
        if bottom < w.top < bottom + 120 and w.right > left - 60 and w.left < right + 60
    ]
    for word in sorted(under, key=lambda w: w.top):
        for pattern, unit in UNIT_WORDS:
            if pattern.search(word.text):
                return unit
    return None
