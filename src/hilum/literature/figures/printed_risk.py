"""Numbers at risk printed with a plot, each row given to the curve that it belongs to, or to none.

A row is of whole numbers that never rise, under the axis or in the plot.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise, permutations
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.literature.figures.axes import Axis
    from hilum.literature.figures.page import Word
    from hilum.literature.figures.rulers import Ruler

WHOLE: Final = re.compile(r"\d{1,6}|\d{1,3}(,\d{3})+")
# Numbers of one row stand on one line to within this; a number under its time to within that.
ALIGNED, UNDER = 1.8, 7.0
# The middle of a number is so far from its time.
STANDS = 0.8
# Columns stand a whole multiple of one of these apart, to within this share of it; or as they do.
UNITS: Final = (100.0, 30.0, 25.0, 12.0, 10.0, 6.0, 5.0, 1.0, 0.5, 0.25, 0.1)
NEARLY = 0.15
# A curve fits a row if it asks for no more than so many patients that the row lacks.
FITS = 1.0
MOST_ROWS = 6
# The smallest step of a curve is a death among those at risk, give or take its reading.
ONE_DEATH = 0.7
DARK: Final = ("#000000", None)


@dataclass(frozen=True, slots=True)
class RiskRow:
    """One row: times, numbers, the words before it and their colour."""

    time: tuple[float, ...]
    n: tuple[int, ...]
    label: str
    colour: str | None


@dataclass(frozen=True, slots=True)
class Contradicted:
    """A number at risk that was typed, and the one on the page that it cannot be true beside.

    ``printed_time`` is another time than ``time`` where the page prints none for that one: numbers
    at risk never rise, so that those around it bound it.
    """

    time: float
    n: int
    printed_time: float
    printed_n: int


def contradicted(
    typed: Sequence[tuple[float, int]], printed: Sequence[tuple[float, int]], slip: float
) -> tuple[Contradicted, ...]:
    """The numbers typed that the row of the page contradicts.

    Parameters
    ----------
    typed, printed : sequence of (time, number)
        In the order of time.
    slip : float
        Times this far apart or nearer are one: a number stands so far from its time on the page.
    """
    out: list[Contradicted] = []
    for time, n in typed:
        same = min(printed, key=lambda one: abs(one[0] - time), default=None)
        if same is not None and abs(same[0] - time) <= slip:
            wrong = None if same[1] == n else same
        else:
            before = max((one for one in printed if one[0] < time), default=None)
            after = min((one for one in printed if one[0] > time), default=None)
            wrong = None
            if before is not None and n > before[1]:
                wrong = before
            elif after is not None and n < after[1]:
                wrong = after
        if wrong is not None:
            out.append(Contradicted(time, n, *wrong))
    return tuple(out)


def rows_of(words: Sequence[Word], ruler: Ruler, axis: Axis) -> list[RiskRow]:
    """Every row of numbers that may be numbers at risk on this axis of time."""
    upright = [w for w in words if w.upright]
    numbers = [
        w
        for w in upright
        if WHOLE.fullmatch(w.text)
        and ruler.first - 14 < w.centre[0] < ruler.last + 0.35 * ruler.span
        and abs(w.centre[1] - ruler.beside) > 2 * ALIGNED
    ]
    lines: list[list[Word]] = []
    for word in sorted(numbers, key=lambda w: w.centre[1]):
        if lines and word.centre[1] - lines[-1][0].centre[1] < ALIGNED:
            lines[-1].append(word)
        else:
            lines.append([word])
    out: list[RiskRow] = []
    for line in lines:
        line.sort(key=lambda w: w.centre[0])
        row = _row(line, upright, ruler, axis)
        if row is not None:
            out.append(row)
    return out


def _row(line: list[Word], words: Sequence[Word], ruler: Ruler, axis: Axis) -> RiskRow | None:
    n = [int(w.text.replace(",", "")) for w in line]
    if len(n) < 2 or n[0] < 1 or any(b > a for a, b in pairwise(n)):
        return None
    time = _times(line, ruler, axis)
    if time is None or time[0] > 0.02 * axis.high:
        return None
    first = line[0]
    before = [
        w
        for w in words
        if abs(w.centre[1] - first.centre[1]) < 2.5
        and w.right < first.left + 1
        and not WHOLE.fullmatch(w.text)
    ]
    before.sort(key=lambda w: w.left)
    near: list[Word] = []
    at = first.left
    for word in reversed(before):
        if at - word.right > (130 if not near else 8):
            break
        near.insert(0, word)
        at = word.left
    inks = {w.colour for w in (near or line)} - set(DARK)
    label = " ".join(w.text for w in near)
    return RiskRow(tuple(time), tuple(n), label, inks.pop() if len(inks) == 1 else None)


def _times(line: list[Word], ruler: Ruler, axis: Axis) -> list[float] | None:
    """The time of each number: of the label over or under it, or a whole one."""
    labelled: list[float] = []
    for word in line:
        value, place = min(ruler.labels, key=lambda v: abs(v[1] - word.centre[0]))
        if abs(place - word.centre[0]) < UNDER or word.left - 1 <= place <= word.right + 1:
            labelled.append(value)
    if len(labelled) == len(line) and len(set(labelled)) == len(labelled):
        return labelled
    return None if axis.log else _even_times([w.centre[0] for w in line], axis)


def _even_times(places: list[float], axis: Axis) -> list[float] | None:
    """Times evenly apart from 0, as whole as their places let them be."""
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
        if whole > 0 and abs(whole - step) < min(allowed, NEARLY * unit):
            return [i * whole for i in range(len(times))]
    return [max(t, 0.0) for t in times]


def excess(
    time: Sequence[float], survival: Sequence[float], row_time: Sequence[float], n: Sequence[float]
) -> float:
    """Patients whom the curve asks for beyond those that the numbers leave, at the worst column.

    Between two columns a curve that falls by a share r needs at least n/r patients before, if n are
    left (Guyot 2012: all censored at the start).
    """
    worst = 0.0
    for (t0, n0), (t1, n1) in pairwise(zip(row_time, n, strict=True)):
        if t1 > time[-1] or n1 == 0:
            continue
        before, after = _before(time, survival, t0), _before(time, survival, t1)
        if before <= 0:
            continue
        asked = n1 * before / after if after > 0 else float(n1 + n0)
        worst = max(worst, asked - n0)
    return worst


def _before(time: Sequence[float], survival: Sequence[float], at: float) -> float:
    """Survival just before a time."""
    k = bisect_left(time, at) - 1
    return survival[k] if k >= 0 else 1.0


def given_to(
    rows: Sequence[RiskRow],
    names: Sequence[str],
    colours: Sequence[str],
    curves: Sequence[tuple[Sequence[float], Sequence[float]]],
) -> list[RiskRow | None]:
    """The row of each curve: by its name, its colour, or as the only one that it fits.

    A row that is one curve's by its name and another's by its colour is none's.
    """
    out: list[RiskRow | None] = [None] * len(curves)
    claims = [_claims(row, names, colours) for row in rows]
    kept = [k for k, (name, colour) in enumerate(claims) if _agree(name, colour)]
    for i in range(len(curves)):
        own = [k for k in kept if claims[k][0] == i]
        if len(own) != 1:
            own = [k for k in kept if claims[k][1] == i]
        if len(own) == 1:
            out[i] = rows[own[0]]
    if len(kept) != len(curves) or len(rows) != len(curves) or len(rows) > MOST_ROWS:
        return out
    free = [i for i, row in enumerate(out) if row is None]
    left = [row for row in rows if not any(row is own for own in out)]
    if len(left) != len(free):
        return out
    fitting = [
        order
        for order in permutations(left)
        if len(free) == 1 or all(_fits(curves[i], row) for i, row in zip(free, order, strict=True))
    ]
    if len(fitting) == 1:
        for i, row in zip(free, fitting[0], strict=True):
            out[i] = row
    return out


def refused_for(rows: Sequence[RiskRow], names: Sequence[str], colours: Sequence[str]) -> list[str]:
    """For each curve the words of a row that its name or its colour, but not both, say is its."""
    out = [""] * len(names)
    for row in rows:
        name, colour = _claims(row, names, colours)
        if name is not None and colour is not None and not _agree(name, colour):
            out[name] = out[colour] = row.label
    return out


def _claims(
    row: RiskRow, names: Sequence[str], colours: Sequence[str]
) -> tuple[int | None, int | None]:
    """The only curve that has the row's words as its name, and the only one in its colour."""
    named = [i for i, name in enumerate(names) if name and _alike(row.label, name)]
    inked = [i for i, colour in enumerate(colours) if colour == row.colour]
    return (
        named[0] if len(named) == 1 else None,
        inked[0] if len(inked) == 1 else None,
    )


def _agree(name: int | None, colour: int | None) -> bool:
    return name is None or colour is None or name == colour


def _fits(curve: tuple[Sequence[float], Sequence[float]], row: RiskRow) -> bool:
    """Whether numbers leave enough patients, and every step of the curve is one death at least."""
    time, survival = curve
    if excess(time, survival, row.time, row.n) > FITS:
        return False
    for (_, before), (when, after) in pairwise(zip(time, survival, strict=True)):
        at = bisect_right(row.time, when) - 1
        if after < before and at >= 0 and row.n[at] * (1 - after / before) < ONE_DEATH:
            return False
    return True


def _alike(label: str, name: str) -> bool:
    """Whether a row's words are a curve's name, whatever stands before = in either."""
    own = label.rpartition("=")[2].strip(" :").lower()
    return bool(own) and own == name.rpartition("=")[2].strip(" :").lower()
