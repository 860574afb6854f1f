"""Censoring marks on a curve: small drawn things, and letters such as + and |."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.figures.page import Page, Point, Stroke

# Points of the page: a mark is smaller than this, its middle this near to the curve.
MARK, SMALLEST, ON_CURVE = 14.0, 1.5, 0.6
# Two strokes of one mark have one middle.
ONE_MARK = 0.02
# Letters that stand for a mark; their middles are off by less than this, all alike.
LETTERS: Final = "+|x×✕oO•●○◦▲△▼▽■□◆◇✚⎸ǀ∣│"
LETTER_OFF, ALIKE = 4.0, 0.35
SAME = 0.006
# Share of the falls of a curve with a mark at their upper end above which marks are the points that
# its line is drawn through, and the fewest falls that tell it.
POINTS, FEWEST = 0.5, 3
NO_INK: Final = ("#000000", None)


@dataclass(frozen=True, slots=True)
class Mark:
    """A thing that may be a mark; ``colour`` is None where it is black."""

    centre: Point
    colour: str | None
    top: float
    bottom: float
    letter: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A curve as marks see it: corners from left to right, its colour and where time 0 stands."""

    places: tuple[Point, ...]
    colour: str
    start: float
    bottom: float


def marks_of(strokes: Sequence[Stroke], page: Page) -> list[Mark]:
    """Every small thing of a page that may be a mark."""
    out: list[Mark] = []
    for stroke in strokes:
        left, top, right, bottom = stroke.box
        if SMALLEST < bottom - top < MARK and right - left < MARK:
            ink = stroke.colour or stroke.fill
            colour = None if ink in NO_INK else ink
            out.append(Mark(((left + right) / 2, (top + bottom) / 2), colour, top, bottom))
    for word in page.words:
        if word.text and all(letter in LETTERS for letter in word.text):
            colour = None if word.colour in NO_INK else word.colour
            half = (word.bottom - word.top) / 2
            out += [Mark((x, y), colour, y - half, y + half, True) for x, y in word.letters]
    return out


def ticks_on(marks: Sequence[Mark], runs: Sequence[Run]) -> list[list[Point]]:
    """The marks of each curve: those on it, nearer than on another, and of its colour."""
    shift = _letters_off([m for m in marks if m.letter], runs)
    ways = (lambda m: m.centre[1], lambda m: m.bottom, lambda m: m.top)
    found: list[list[Point]] = [[] for _ in runs]
    for way in ways:
        found = [[] for _ in runs]
        for mark in sorted(marks, key=lambda m: m.centre):
            x = mark.centre[0]
            y = mark.centre[1] + shift if mark.letter else way(mark)
            own = _owner((x, y), mark, runs)
            if own is None:
                continue
            found[own].append((x, y))
        if any(found):
            break
        # Marks drawn upwards from the curve, or hanging from it.
    return [_once(without_points(run.places, own)) for run, own in zip(runs, found, strict=True)]


def _once(marks: Sequence[Point]) -> list[Point]:
    """One place of each mark that is drawn as several strokes."""
    out: list[Point] = []
    for mark in marks:
        if not out or mark[0] - out[-1][0] >= ONE_MARK:
            out.append(mark)
    return out


def without_points(places: Sequence[Point], ticks: Sequence[Point]) -> list[Point]:
    """The marks of a curve without those at the points that its line is drawn through.

    Nobody is censored where a curve still stands at the level before a death at that very time:
    marks at most upper ends of falls stand at every corner of the line, and at its two ends.

    Parameters
    ----------
    places : sequence of (float, float)
        Where the curve starts and falls, and its level from then on.
    ticks : sequence of (float, float)
        The marks on it.
    """
    falls = [(x, above) for (_, above), (x, y) in pairwise(places) if y != above]
    if len(falls) < FEWEST:
        return list(ticks)
    upper = sum(any(abs(x - a) < ONE_MARK and abs(y - b) < ON_CURVE for a, b in ticks)
                for x, y in falls)  # fmt: skip
    if upper <= POINTS * len(falls):
        return list(ticks)
    corners = [x for x, _ in (*falls, places[0], places[-1])]
    return [tick for tick in ticks if min(abs(tick[0] - x) for x in corners) >= ONE_MARK]


def _owner(place: Point, mark: Mark, runs: Sequence[Run]) -> int | None:
    gaps = [distance(run.places, place) for run in runs]
    colours = {run.colour for run in runs}
    fits = [
        (gap, i)
        for i, (gap, run) in enumerate(zip(gaps, runs, strict=True))
        if gap <= ON_CURVE and (mark.colour not in colours or mark.colour == run.colour)
    ]
    if not fits:
        return None
    _, own = min(fits)
    run = runs[own]
    # At the very start the frame and the first ticks of both axes meet the curve.
    if abs(place[0] - run.start) < 0.5:
        return None
    # So do the ticks of the axis of time where the curve has come down to it.
    return own


def _letters_off(letters: Sequence[Mark], runs: Sequence[Run]) -> float:
    """How far the middles of letters stand over what they mark: most of them alike."""
    gaps: list[float] = []
    for mark in letters:
        near = [g for run in runs if (g := _signed(run.places, mark.centre)) is not None]
        if near and abs(best := min(near, key=abs)) < LETTER_OFF:
            gaps.append(best)
    if len(gaps) < 3:
        return 0.0
    middle = median(gaps)
    alike = sum(abs(g - middle) < ALIKE for g in gaps)
    return middle if alike > 0.6 * len(gaps) else 0.0


def _signed(places: Sequence[Point], point: Point) -> float | None:
    xs = [x for x, _ in places]
    at = bisect_right(xs, point[0] + SAME) - 1
    if at < 0 or point[0] > xs[-1] + ON_CURVE:
        return None
    return places[at][1] - point[1]


def distance(places: Sequence[Point], point: Point) -> float:
    """Vertical distance to the level at, or just before, a place across."""
    xs = [x for x, _ in places]
    at = bisect_right(xs, point[0] + SAME) - 1
    if at < 0 or point[0] > xs[-1] + ON_CURVE:
        return float("inf")
    gap = abs(places[at][1] - point[1])
    if at and point[0] - xs[at] < ON_CURVE:
        gap = min(gap, abs(places[at - 1][1] - point[1]))
    return gap
