"""Points of a curve so far apart that its deaths stand somewhere between them.

A click on each step of a drawn staircase says when that step is. Clicks a year apart do not: each
says how many have died by then, and deaths taken to stand at the clicks keep survival too high all
the year. Where several deaths lie between two clicks they are spread evenly, which is what nothing
known of an interval amounts to (the middle of all curves through both ends; interval-censored
models such as R's survreg say the same within the gap's sampling).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.survival.staircase import Staircase

# Two deaths on one day are common where times are rounded, and standing at the end of a gap they
# move the curve by less than its standard error; more than so many are steps that were not read.
TOGETHER = 2
# A staircase clicked at its steps has such falls too, late, where few are followed; a curve that
# is read at its levels falls so for the most part.
MOST = 0.5


class Gap(NamedTuple):
    """Survival falls by ``fall`` somewhere from ``start`` to ``stop``, in about ``deaths``."""

    start: float
    stop: float
    fall: float
    deaths: int


def far_points(
    curve: Staircase,
    risk_time: Array,
    risk_n: NDArray[np.int64],
    *,
    near: float,
) -> tuple[Gap, ...]:
    """Falls between two points that hold more deaths than one step, and more time than a click.

    None where they are the smaller part of the curve's fall: its points are its steps then.

    Parameters
    ----------
    curve : Staircase
        As read.
    risk_time, risk_n : ndarray, shape (r,)
        Numbers at risk, from time 0: those of the last column before a point are the most there.
    near : float
        Points no further apart are on one vertical.
    """
    read = np.unique(np.concatenate([[0.0], curve.points_time]))
    out: list[Gap] = []
    before = 1.0
    for time, level in zip(curve.time.tolist(), curve.survival.tolist(), strict=True):
        at = int(np.searchsorted(read, time, side="left"))
        start = float(read[max(at - 1, 0)])
        column = int(np.searchsorted(risk_time, start, side="right")) - 1
        n = min(float(risk_n[column]), float(risk_n[0]) * before)
        deaths = round(n * (1 - level / before)) if before > 0 else 0
        if deaths > TOGETHER and time - start > near:
            out.append(Gap(start, time, before - level, deaths))
        before = level
    return tuple(out) if sum(one.fall for one in out) > MOST * (1 - before) else ()


def spread(curve: Staircase, gaps: Sequence[Gap], precision: float) -> Staircase:
    """The curve with a fall of each gap parted: one step a death, none finer than the reading."""
    times, levels = curve.time, curve.survival
    for gap in gaps:
        count = max(1, min(gap.deaths, int(gap.fall / precision)))
        at = int(np.searchsorted(times, gap.stop))
        low = levels[at]
        shares = (np.arange(count) + 0.5) / count
        own = low + gap.fall * (1 - np.arange(1, count + 1) / count)
        times = np.concatenate(
            [times[:at], gap.start + shares * (gap.stop - gap.start), times[at + 1 :]]
        )
        levels = np.concatenate([levels[:at], own, levels[at + 1 :]])
    return replace(curve, time=times, survival=levels)


def inside(gaps: Iterable[Gap], start: float, stop: float) -> bool:
    """Whether some gap reaches between two times."""
    return any(gap.start < stop and gap.stop > start for gap in gaps)


def widest(gaps: Sequence[Gap]) -> Gap | None:
    """The gap with the largest fall."""
    return max(gaps, key=lambda one: one.fall, default=None)
