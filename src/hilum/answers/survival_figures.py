"""What may be read from a survival curve: a rate or a median, or why not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from hilum.answers.thresholds import (
    CENTRE_FACTOR,
    CENTRE_POINTS,
    MIN_PATIENTS,
    MIN_STUDIES,
    WIDEST_MONTHS,
    WIDEST_SHARE,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.answers.study import Reported
    from hilum.answers.survival_fit import CurveRead, FittedCurve

Why = Literal[
    "no_fit", "few_studies", "few_patients", "never_reached", "few_near", "few_reach", "wide",
    "far_from_weighted",
]  # fmt: skip


def unread(
    curve: FittedCurve | None,
    read: CurveRead | None,
    points: Sequence[Reported],
    *,
    median: bool,
) -> Why | None:
    """Why a curve may not be read at a time, the first rule that fails; ``None`` where it may.

    Parameters
    ----------
    curve, read : FittedCurve, CurveRead
        The curve and its reading at the time (of the median, where it is reached).
    points : sequence of Reported
        What studies print for just this time, percent or months.
    median : bool
        Whether the reading is the median.
    """
    if curve is None:
        return "no_fit"
    if curve.k < MIN_STUDIES:
        return "few_studies"
    if curve.n < MIN_PATIENTS:
        return "few_patients"
    if read is None:
        return "never_reached"
    if read.near < MIN_STUDIES:
        return "few_near"
    if read.reach < MIN_STUDIES:
        return "few_reach"
    low, high = read.ci
    if high / low > WIDEST_MONTHS if median else 100 * (high - low) > WIDEST_SHARE:
        return "wide"
    return "far_from_weighted" if _far(read, points, median=median) else None


def _far(read: CurveRead, points: Sequence[Reported], *, median: bool) -> bool:
    """Whether it lies far from the mean of three or more studies by their patients."""
    known = [(one.value, one.n) for one in points if one.n]
    if len(known) < MIN_STUDIES:
        return False
    total = sum(n for _, n in known)
    if median:
        weighted = math.exp(sum(n * math.log(value) for value, n in known) / total)
        return not 1 / CENTRE_FACTOR < read.time_months / weighted < CENTRE_FACTOR
    weighted = sum(n * value for value, n in known) / total
    return abs(100 * read.survival - weighted) > CENTRE_POINTS
