"""Times of pooled survival: which are told, how far it is drawn, and how its median is marked."""

from __future__ import annotations

from dataclasses import replace
from math import log
from typing import TYPE_CHECKING, Final

from hilum.analyses.survival_answer import CLOSE, everything
from hilum.analyses.survival_table import MONTHS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.survival_answer import ArmRow, Lasting, Line
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.survival.reports import Grouped

YEARS: Final = (1, 3, 5, 10)
# Pooled survival may leave the reports by so much before it is named.
MARGIN: Final = 0.03


def reported_times(unit: str | None, arms: Sequence[Grouped]) -> tuple[float, ...]:
    """1, 3, 5 and 10 years in the table's unit; the reported times where no unit is stated."""
    if unit is not None:
        return tuple(12 * year / MONTHS[unit] for year in YEARS)
    ends = sorted({piece.end for arm in arms for piece in arm.pieces if piece.kind != "floor"})
    if not ends:
        last = max(arm.last for arm in arms if arm.used)
        return tuple(last * share for share in (0.25, 0.5, 0.75, 1.0))
    step = max(1, len(ends) // 8)
    return tuple(ends[::-1][::step][::-1])


def drawn_at(last: float) -> Array:
    """Little further than the reports: a long dashed tail would draw the eye to a guess."""
    import numpy as np

    return np.linspace(0, 1.15 * last, 70)


def as_told(
    median: Lasting | None, curve: Line, studies: Sequence[ArmRow], last: float
) -> Lasting | None:
    """The median with what marks it: beyond every report, or determined by none.

    A printed median is a report of survival one half. With a constant hazard a pooled curve that
    is :data:`MARGIN` above it at that time comes down to one half later by the ratio of the two
    logarithms: so far it is the printed median still, and nobody's guess.
    """
    import numpy as np

    if median is None:
        return None
    printed = [mark.time for one in studies for mark in one.marks if mark.kind == "median"]
    reach = max(last, max(printed, default=0.0) * log(0.5) / log(0.5 + MARGIN))
    times = [median.value, *(end for end in median.ci if end is not None)]
    known = [np.asarray(band, np.float64) for band in (curve.time, curve.ci_lb, curve.ci_ub)]
    low, high = (np.interp(times, known[0], band, right=np.nan) for band in known[1:])
    return replace(
        median,
        extrapolated=median.value > reach * (1 + CLOSE),
        undetermined=any(map(everything, zip(low.tolist(), high.tolist(), strict=True))),
    )
