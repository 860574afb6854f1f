"""At which time each number of a row stands: by the labels of the axis, or by its own place."""

from __future__ import annotations

import re
from itertools import pairwise
from math import log
from typing import TYPE_CHECKING, Final

from hilum.literature.figures.risk import DAYS
from hilum.literature.figures.risk_headings import CENSORED, EVENTS, PERCENT, kinds_in
from hilum.literature.figures.rulers import number
from hilum.literature.figures.unit_words import plain_letters, unit_in

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
# Times of a table are so many times as far apart as on an axis without a unit, or it is another.
NO_MORE = 2.0
# Words that say that numbers are times.
TIME: Final = re.compile(r"(?<![a-z])(?:time|zeit|temps|tiempo|tempo)(?![a-z])|时间|時間")
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


def times_under(line: Sequence[Cell], head: Labels, axis: Axis) -> list[float] | None:
    """The time of each number of a row by the times that its table prints.

    Where those stand at their own times on the axis, numbers between them do too.
    """
    if all(abs(axis.place(value) - place) <= UNDER / 2 for value, place in head):
        return times_of(line, head, axis)
    under = _under(line, head)
    return _moved(line, head) if under is None else under


def times_told(
    line: Sequence[Cell], said: str, labels: Labels, axis: Axis, unit: str | None = None
) -> Labels:
    """The labels that a line of a table is, where it prints its own times; none else.

    Each stands at its own time on the axis; or they are labels of the axis, one after the other; or
    they are said to be times, wherever they stand.

    Parameters
    ----------
    line : sequence of Cell
        Of numbers.
    said : str
        The words before it.
    labels, axis
        Of the axis of time.
    unit : str, optional
        Of the axis: times said in another one are converted.
    """
    values = [number(cell.numbers[0]) for cell in line if len(cell.numbers) == 1]
    found = [value for value in values if value is not None]
    if len(found) < max(len(line), FEWEST) or any(b <= a for a, b in pairwise(found)):
        return ()
    if any(cell.percent for cell in line) or _counted(said):
        return ()
    places = [cell.centre for cell in line]
    if all(abs(axis.place(v) - p) <= UNDER / 2 for v, p in zip(found, places, strict=True)):
        return tuple(zip(found, places, strict=True))
    if found == sorted(value for value, _ in labels)[: len(found)]:
        return tuple(zip(found, places, strict=True))
    own = unit_in(said) or (unit if TIME.search(plain_letters(said)) else None)
    if own is None:
        return ()
    ratio = DAYS[own] / DAYS[unit] if unit else _ratio(found, places, axis, own)
    return (
        () if ratio is None else tuple((v * ratio, p) for v, p in zip(found, places, strict=True))
    )


def _ratio(values: Sequence[float], places: Sequence[float], axis: Axis, own: str) -> float | None:
    """What turns times into those of an axis without a unit, on which they are about as far apart.

    None where no unit makes them so: each is more than four times another.
    """
    wide = axis.value(places[-1]) - axis.value(places[0])
    long = values[-1] - values[0]
    ratio = min(
        (DAYS[own] / DAYS[unit] for unit in DAYS), key=lambda r: abs(log(wide / (long * r)))
    )
    return ratio if 1 / NO_MORE <= wide / (long * ratio) <= NO_MORE else None


def _counted(said: str) -> bool:
    """Whether words say that the numbers behind them are counts of something else."""
    return bool({EVENTS, CENSORED, PERCENT} & set(kinds_in(said)))


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
