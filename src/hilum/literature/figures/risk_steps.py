"""Steps of a curve against numbers at risk: whole deaths among whole patients make them.

A step falls by the share d/n of d deaths among n at risk, which lies between the numbers of the
columns before and after it. Where levels are read finely enough few numbers can make a step.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from math import ceil, floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# A step is read to so many standard errors of a level, and to this share of its height.
ERRORS, OFF = 3.0, 0.004
# Deaths of a step are told apart where they are read to within this.
TOLD = 0.2
# A column stands this share of the distance to the next one from its time at most.
NEAR = 0.02
# Numbers that the steps prove: so many steps tell something, and no more than this share of them
# contradicts; the first of them has this share of the first number at risk.
ENOUGH, MOST, FIRST = 5, 0.1, 0.95
# So many levels have to be whole numbers of patients where nobody is censored: of twice as many
# patients each of them is one by a chance of one half.
LEVELS = 10


@dataclass(frozen=True, slots=True)
class StepCheck:
    """Share of the steps that tell that no whole deaths among the numbers make; how many tell.

    ``columns`` is between how many columns they stand; ``first`` of how many patients the first
    step is one death, 0 where that is not told; ``of_all`` whether every level is a share of the
    first number at risk, which nobody leaves otherwise, and of no other number.
    """

    against: float
    telling: int
    columns: int = 0
    first: float = 0.0
    of_all: bool = False

    @property
    def share(self) -> float | None:
        """The share that contradicts; None where too few steps tell."""
        return self.against if self.telling >= ENOUGH else None

    @property
    def contradicted(self) -> bool:
        """Whether enough steps tell, and more contradict than a reading's slips."""
        return self.telling >= ENOUGH and self.against > MOST

    def whole(self, number: int) -> bool:
        """Whether the first step is a whole number of deaths of so many patients."""
        deaths = number / self.first if self.first else 0.0
        return round(deaths) >= 1 and abs(deaths - round(deaths)) <= OFF * round(deaths)

    def proves(self, number: int) -> bool:
        """Whether the steps have the first number at risk, and the others do not contradict."""
        if self.telling < ENOUGH or self.columns < 2 or self.against > MOST or not self.first:
            return False
        deaths = number / self.first
        return floor(deaths * (1 + OFF)) >= max(FIRST * deaths, 1)


def check_steps(
    time: Sequence[float],
    survival: Sequence[float],
    row_time: Sequence[float],
    n: Sequence[int],
    precision: float,
) -> StepCheck:
    """How many steps of a curve the numbers at risk contradict.

    Parameters
    ----------
    time, survival : sequence of float
        Corners of the curve, survival a share.
    row_time, n : sequence
        Columns of the table: time and number at risk.
    precision : float
        Standard error of a level, a share.
    """
    steps = _steps(time, survival)
    since = [_column(row_time, when, -NEAR) for when, _, _ in steps]
    until = [_column(row_time, when, NEAR) for when, _, _ in steps]
    columns: set[int] = set()
    telling, against, first = 0, 0, 0.0
    for i, (_, fall, before) in enumerate(steps):
        near = ERRORS * precision / before
        if not first and near < TOLD * fall:
            first = 1 / fall
        if until[i] < 0 or n[0] * near >= TOLD:
            continue
        # Every step before it since its column took one patient at least, and so does every one
        # that follows until the next column.
        high = n[max(since[i], 0)] - since[:i].count(since[i])
        left = until[i:].count(until[i])
        low = n[until[i] + 1] + left if until[i] + 1 < len(n) else left
        telling += 1
        against += not _made(fall, low, high, near)
        columns.add(until[i])
    alone = levels_of(time, survival, row_time[-1], n[0], precision)
    return StepCheck(against / telling if telling else 0.0, telling, len(columns), first, alone)


def levels_of(
    time: Sequence[float], survival: Sequence[float], until: float, patients: int, precision: float
) -> bool:
    """Whether so many patients make every level until a time without censoring, and no others do.

    Their levels are k/n exactly. Numbers up to twice theirs are looked at: a multiple makes the
    same levels only where its patients die together at every step.
    """
    near = ERRORS * precision
    levels = {level for when, level in zip(time, survival, strict=True) if when <= until}
    levels -= {1.0}
    if len(levels) < LEVELS or patients * near >= TOLD:
        return False

    def makes(number: int) -> bool:
        return all(abs(level * number - round(level * number)) <= near * number for level in levels)

    return makes(patients) and not any(
        makes(number) for number in range(1, 2 * patients) if number != patients
    )


def _steps(time: Sequence[float], survival: Sequence[float]) -> list[tuple[float, float, float]]:
    """When each step falls, by which share of the level before it, and that level."""
    out: list[tuple[float, float, float]] = []
    level = 1.0
    for when, after in zip(time, survival, strict=True):
        if after < level and level > 0:
            out.append((when, 1 - after / level, level))
            level = after
    return out


def _column(row_time: Sequence[float], when: float, near: float) -> int:
    """The last column whose time has come, columns moved by a share of their distance."""
    many = len(row_time)
    apart = (row_time[-1] - row_time[0]) / max(many - 1, 1)
    return bisect_right(row_time, when + near * apart) - 1


def _made(fall: float, low: int, high: int, near: float) -> bool:
    """Whether whole deaths among some whole number from low to high make a fall."""
    if high < max(low, 1):
        return False
    for deaths in range(max(ceil(fall * low - TOLD), 1), floor(fall * high + TOLD) + 1):
        most = deaths * (1 + OFF) / max(fall - near, 1e-9)
        least = deaths * (1 - OFF) / (fall + near)
        if floor(min(most, high)) >= ceil(max(least, low)):
            return True
    return False
