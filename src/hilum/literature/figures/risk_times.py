"""At which time each number of a row stands: by the labels of the axis, or by its own place."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from hilum.literature.figures.risk_headings import CENSORED, EVENTS, PERCENT, kinds_in
from hilum.literature.figures.rulers import number
from hilum.literature.figures.unit_words import unit_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.risk_cells import Cell

Labels = tuple[tuple[float, float], ...]
"""Value and place of each label."""

# A number stands under its time to within so many points, or the time between its ends.
UNDER = 7.0
# The middle of a number is so far from its time, points.
STANDS = 0.8
# Columns stand a whole multiple of one of these apart: times of days, weeks, months and years.
UNITS: Final = (
    *(365.25, 91.3125, 30.4375, 100.0, 30.0, 25.0, 13.0446, 12.0, 10.0, 6.0, 5.0, 4.3482),
    *(1.0, 0.5, 0.25, 0.1),
)
# ... of which the slip of a step is no more than this share; of times that are not evenly apart the
# chance that all of them are whole ones is no more than that.
NEARLY, CHANCE = 0.15, 0.01
# A table that is moved as a whole stands no further from its labels than this share of their
# distance, and its columns stray by no more than that share of it (and no more than ``UNDER``).
MOVED, STRAYED = 0.35, 0.2
# A row begins at time 0, give or take this share of the axis.
START = 0.02
# A line of times has so many at least.
FEWEST = 3


def times_of(line: Sequence[Cell], labels: Labels, axis: Axis) -> list[float] | None:
    """The time of each number of a row; None where its places say none.

    In this order: the label over or under it, the label of a table that is moved as a whole, whole
    times evenly apart from 0, or whole times one by one.
    """
    under = _under(line, labels)
    if under is not None:
        return under
    moved = _moved(line, labels)
    if moved is not None or axis.log:
        return moved
    places = [cell.centre for cell in line]
    return _evenly(places, axis) or _one_by_one(places, axis)


def times_told(line: Sequence[Cell], said: str, labels: Labels, axis: Axis) -> Labels:
    """The labels that a line of a table is, where it prints its own times; none else.

    Each stands at its own time on the axis; or they are said to be times, as far apart as their
    numbers are; or they are labels of the axis, one after the other.

    Parameters
    ----------
    line : sequence of Cell
        Of numbers.
    said : str
        The words before it.
    labels, axis
        Of the axis of time.
    """
    values = [number(cell.numbers[0]) for cell in line if len(cell.numbers) == 1]
    found = [value for value in values if value is not None]
    if len(found) < max(len(line), FEWEST) or any(b <= a for a, b in pairwise(found)):
        return ()
    if not abs(found[0]) <= START * axis.high or any(cell.percent for cell in line):
        return ()
    places = [cell.centre for cell in line]
    own = all(abs(axis.place(v) - p) <= UNDER / 2 for v, p in zip(found, places, strict=True))
    spaced = unit_in(said) is not None and _straight(found, places)
    same = found == sorted(value for value, _ in labels)[: len(found)]
    told = own or spaced or same
    return tuple(zip(found, places, strict=True)) if told and not _counted(said) else ()


def _counted(said: str) -> bool:
    """Whether words say that the numbers behind them are counts of something else."""
    return bool({EVENTS, CENSORED, PERCENT} & set(kinds_in(said)))


def _straight(values: Sequence[float], places: Sequence[float]) -> bool:
    """Whether numbers are as far apart as they stand."""
    slope = (places[-1] - places[0]) / (values[-1] - values[0])
    return all(
        abs(places[0] + slope * (v - values[0]) - p) <= UNDER / 2
        for v, p in zip(values, places, strict=True)
    )


def _under(line: Sequence[Cell], labels: Labels) -> list[float] | None:
    out: list[float] = []
    for cell in line:
        value, place = min(labels, key=lambda v: abs(v[1] - cell.centre))
        if abs(place - cell.centre) < UNDER or cell.left - 1 <= place <= cell.right + 1:
            out.append(value)
    return out if len(out) == len(line) == len(set(out)) else None


def _moved(line: Sequence[Cell], labels: Labels) -> list[float] | None:
    """Of a table that stands beside its labels as a whole, by one edge or the middle of each."""
    stands = sorted((place, value) for value, place in labels)
    apart = min((b[0] - a[0] for a, b in pairwise(stands)), default=0.0)
    near = min(UNDER, STRAYED * apart)
    for edge in ("centre", "left", "right"):
        places = [float(getattr(cell, edge)) for cell in line]
        shift = places[0] - stands[0][0]
        if abs(shift) > MOVED * apart:
            continue
        found = [min(stands, key=lambda s, at=place - shift: abs(s[0] - at)) for place in places]
        stray = max(abs(s[0] + shift - p) for s, p in zip(found, places, strict=True))
        if stray <= near and len({value for _, value in found}) == len(found):
            return [value for _, value in found]
    return None


def _evenly(places: Sequence[float], axis: Axis) -> list[float] | None:
    """Whole times evenly apart from 0."""
    times = [axis.value(place) for place in places]
    slip = STANDS * abs(axis.slope)
    step = (times[-1] - times[0]) / (len(times) - 1)
    if abs(times[0]) > slip or any(
        abs(t - times[0] - i * step) > slip for i, t in enumerate(times)
    ):
        return None
    allowed = slip / (len(times) - 1)
    for unit in UNITS:
        whole = unit * round(step / unit)
        if whole > 0 and abs(whole - step) <= allowed <= NEARLY * unit:
            return [i * whole for i in range(len(times))]
    return None


def _one_by_one(places: Sequence[float], axis: Axis) -> list[float] | None:
    """Whole times that are not evenly apart."""
    times = [axis.value(place) for place in places]
    slip = STANDS * abs(axis.slope)
    for unit in UNITS:
        if len(UNITS) * (2 * slip / unit) ** (len(times) - 1) > CHANCE:
            continue
        whole = [unit * round(t / unit) for t in times]
        if all(abs(w - t) <= slip for w, t in zip(whole, times, strict=True)):
            return whole if len(set(whole)) == len(whole) else None
    return None
