"""Numbers at risk printed with a plot, each row given to the curve that it belongs to, or to none.

A row is said to be numbers at risk by its heading, or proven by the steps of the curve.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise, permutations
from math import gcd
from typing import TYPE_CHECKING, Final

from hilum.literature.figures.risk_headings import (
    AT_RISK,
    CENSORED,
    EVENTS,
    LATE,
    NO_ROW,
    NO_TIME,
    PERCENT,
    RISES,
    TWO,
    UNSAID,
)
from hilum.literature.figures.risk_rows import RiskRow
from hilum.literature.figures.risk_steps import MOST, NEAR, StepCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# A curve fits a row if it asks for no more than so many patients that the row lacks.
FITS = 1.0
MOST_ROWS = 6
# The smallest step of a curve is a death among those at risk, give or take its reading.
ONE_DEATH = 0.7
# A number of patients behind a name.
COUNT: Final = re.compile(r"[\s,]*[(\[]?\s*[nN]\s*=\s*[\d,]+\s*[)\]]?\s*$")
# Times are one within this share of the distance of two columns.
SAME_TIME = 0.002
# Rows that all start at it may be percentages.
HUNDRED = 100
# A level in whole per cent is rounded by so much, and read so finely.
WHOLE_PERCENT = 0.005 + 0.0003
# Which of several rows is told of first.
ORDER: Final = (AT_RISK, RISES, LATE, NO_TIME, UNSAID, TWO, PERCENT, EVENTS, CENSORED, NO_ROW)


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
        # A fall at a column's own time may have been read on its other side.
        slip = SAME_TIME * (t1 - t0)
        before, after = _before(time, survival, t0 + slip), _before(time, survival, t1 - slip)
        if before <= 0:
            continue
        asked = n1 * before / after if after > 0 else float(n1 + n0)
        worst = max(worst, asked - n0)
    return worst


def beyond(time: Sequence[float], row_time: Sequence[float], n: Sequence[float]) -> float:
    """Share of the patients that are at risk in the first column after a curve's end."""
    apart = (row_time[-1] - row_time[0]) / max(len(row_time) - 1, 1)
    later = [v for t, v in zip(row_time, n, strict=True) if t > time[-1] + SAME_TIME * apart]
    return later[0] / n[0] if later and n[0] else 0.0


def _before(time: Sequence[float], survival: Sequence[float], at: float) -> float:
    """Survival just before a time."""
    k = bisect_left(time, at) - 1
    return survival[k] if k >= 0 else 1.0


@dataclass(frozen=True, slots=True)
class Given:
    """What a curve was given: its row, or a row that is not its, and the code of why."""

    row: RiskRow | None = None
    refused: RiskRow | None = None
    why: str = ""


def rows_given(
    rows: Sequence[RiskRow],
    names: Sequence[str],
    colours: Sequence[str],
    curves: Sequence[tuple[Sequence[float], Sequence[float]]],
    checks: Callable[[int, RiskRow], StepCheck],
) -> list[Given]:
    """The numbers at risk of each curve: rows that are said to be, or that its steps prove.

    Parameters
    ----------
    rows, names, colours, curves
        As of :func:`given_to`.
    checks : callable
        The check of a curve's steps (by its number) against a row.
    """
    said = [row for row in rows if row.kind == AT_RISK]
    out = given_to(said, names, colours, curves)
    judged = [(i, row) for i, row in enumerate(out) if row is not None]
    judged += [
        (i, row)
        for row in said
        for i, curve in enumerate(curves)
        if not any(row is own for own in out) and are_percentages(row, *curve)
    ]
    if _percentages(judged, checks):
        why = {i: "hundred" if row is not None else "" for i, row in enumerate(out)}
    else:
        why = {i: "hundred" if _of_others(row, i, out, checks) else "" for i, row in enumerate(out)}
    out = [None if why[i] else row for i, row in enumerate(out)]
    bare = [i for i, row in enumerate(out) if row is None and not why[i]]
    doubtful = _percentages_not_said(rows, curves, checks)
    free = [
        row
        for row in rows
        if row.kind in (AT_RISK, UNSAID, TWO) and not any(row is own for own in (*out, *doubtful))
    ]
    claims = [_claims(row, names, colours) for row in free]
    makes = [[proves(row, checks, i) for i in bare] for row in free]
    for k, i in enumerate(bare):
        mine = [r for r, made in enumerate(makes) if made[k] and set(claims[r]) <= {i, None}]
        named = [r for r in mine if i in claims[r]]
        alone = [r for r in mine if sum(makes[r]) == 1]
        chosen = named or alone
        if len(chosen) == 1:
            out[i] = free[chosen[0]]
    taken = [row for row in out if row is not None]
    left = [row for row in rows if not any(row is one for one in taken)]
    given = [
        Given(row)
        if row is not None
        else _refused(left, i, names, colours, why[i], partial(checks, i))
        for i, row in enumerate(out)
    ]
    return [
        replace(one, why="shares")
        if one.why in ("unproven", "contradicted", TWO)
        and any(one.refused is row for row in doubtful)
        else one
        for one in given
    ]


def _percentages_not_said(
    rows: Sequence[RiskRow],
    curves: Sequence[tuple[Sequence[float], Sequence[float]]],
    checks: Callable[[int, RiskRow], StepCheck],
) -> list[RiskRow]:
    """The rows from 100, not said to be at risk, under whose heading one has levels of a curve.

    Percentages all start at 100: the other rows of the table are judged by their steps. Of a curve
    whose levels only a hundred patients make, percentages are numbers at risk.
    """
    free = [row for row in rows if row.kind in (UNSAID, TWO) and row.n[0] == HUNDRED]
    levels = [
        (row, i)
        for row in free
        for i, curve in enumerate(curves)
        if are_percentages(row, *curve)
    ]
    heads = {row.heading for row, _ in levels}
    patients = [row for row, i in levels if checks(i, row).of_all]
    return [
        row
        for row in free
        if row.heading in heads and not any(row is one for one in patients)
    ]


def are_percentages(row: RiskRow, time: Sequence[float], survival: Sequence[float]) -> bool:
    """Whether every number of a row from 100 is the level of a curve there, in whole per cent.

    Numbers at risk of a hundred patients, none of them censored, are the same numbers.
    """
    if row.n[0] != HUNDRED:
        return False
    slip = NEAR * (row.time[-1] - row.time[0]) / max(len(row.time) - 1, 1)
    return all(
        _before(time, survival, t + slip) - WHOLE_PERCENT
        <= n / HUNDRED
        <= _before(time, survival, t - slip) + WHOLE_PERCENT
        for t, n in zip(row.time, row.n, strict=True)
    )


def _percentages(
    given: Sequence[tuple[int, RiskRow]], checks: Callable[[int, RiskRow], StepCheck]
) -> bool:
    """Whether rows that all start at 100 are no patients, as far as steps tell.

    They are patients where the steps of one curve prove its row and those of none contradict.
    """
    if not given or any(row.n[0] != HUNDRED for _, row in given):
        return False
    told = [(i, row) for i, row in given if checks(i, row).share is not None]
    wrong = any(checks(i, row).contradicted for i, row in told)
    return bool(told) and (wrong or not any(proves(row, checks, i) for i, row in told))


def _of_others(
    row: RiskRow | None,
    curve: int,
    given: Sequence[RiskRow | None],
    checks: Callable[[int, RiskRow], StepCheck],
) -> bool:
    """Whether a row from 100 beside rows of other numbers is not that of its curve's patients."""
    patients = any(one is not None and one.n[0] != HUNDRED for one in given)
    return (
        row is not None
        and row.n[0] == HUNDRED
        and patients
        and checks(curve, row).contradicted
    )


def proves(row: RiskRow, checks: Callable[[int, RiskRow], StepCheck], curve: int) -> bool:
    """Whether the steps of a curve prove a row to be its numbers at risk.

    Numbers that are all multiples of one are not proven where a part of them makes the steps too:
    percentages of 50 patients are twice their numbers. Of numbers from 100 the first step has to be
    of 100: percentages of 97 patients are hardly other numbers than theirs.
    """
    check = checks(curve, row)
    if not check.proves(row.n[0]) or (row.n[0] == HUNDRED and not check.whole(HUNDRED)):
        return False
    common = gcd(*row.n)
    return not any(
        checks(curve, replace(row, n=tuple(v // part for v in row.n))).against <= MOST
        for part in range(2, common + 1)
        if common % part == 0
    )


def _refused(
    rows: Sequence[RiskRow],
    curve: int,
    names: Sequence[str],
    colours: Sequence[str],
    why: str,
    check: Callable[[RiskRow], StepCheck],
) -> Given:
    """The row that is most likely a curve's, and why it is not given to it."""
    torn = refused_for(rows, names, colours)[curve]
    claims = [_claims(row, names, colours) for row in rows]
    if torn and not why:
        return Given(refused=next(row for row in rows if row.label == torn), why="two_curves")
    own = [row for row, pair in zip(rows, claims, strict=True) if curve in pair]
    own = own or [row for row, pair in zip(rows, claims, strict=True) if pair == (None, None)]
    if not own:
        return Given()
    row = min(own, key=lambda row: ORDER.index(row.kind))
    if why or row.kind not in (AT_RISK, UNSAID):
        return Given(refused=row, why=why or row.kind)
    if row.kind == AT_RISK:
        return Given(refused=row, why="whose")
    return Given(refused=row, why="contradicted" if check(row).contradicted else "unproven")


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
    own, other = _bare(label), _bare(name)
    return bool(own) and own == other


def _bare(words: str) -> str:
    """A name in small letters, without what stands before = and a number of patients behind it."""
    return COUNT.sub("", words).rpartition("=")[2].strip(" :").lower()
