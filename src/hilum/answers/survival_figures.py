"""What may be printed of a survival curve: one figure a time, in one of four forms."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hilum.answers.survival_fit import FOLLOWED, SE_MEDIAN, Interval, Z

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.answers.survival_fit import CurveRead, CurveReport, FittedCurve

Form = Literal["pooled", "single", "range", "none"]
Why = Literal[
    "no_fit", "few_studies", "few_patients", "few_near", "few_reach", "never_reached", "wide",
    "far_from_weighted",
]  # fmt: skip
FEWEST, FEWEST_PATIENTS = 3, 30
WIDE_SHARE, WIDE_MONTHS = 0.40, 3.0
FAR_SHARE, FAR_MONTHS = 0.10, 1.5
PREDICTION_FROM = 4


@dataclass(frozen=True, slots=True)
class SurvivalFigure:
    """Survival at one time, or the median, as it may be printed.

    Attributes
    ----------
    time_months : float or None
        ``None`` for the median.
    form : str
        ``pooled``: read from the curve of ``k`` cohorts; ``single``: the one study that reports
        it, its own figures; ``range``: lowest and highest of those that report it, and the
        largest; ``none``: no study reports it and the curve does not carry it.
    value, ci, prediction
        A share from 0 to 1, or months. ``prediction`` from four cohorts on, where it is wider
        than the interval.
    k, n : int, int or None
        Cohorts and patients behind the form: of the whole curve, or of the studies that report it.
    reports : tuple of str
        Ids of the figures printed for just this time: points of the curve, or the range itself.
    largest : str or None
        Id of that with most patients.
    why : str or None
        What kept it from being pooled.
    outside : bool
        Whether a pooled value lies outside the range of the figures printed for this time:
        studies that report other times then speak against it.
    """

    time_months: float | None
    form: Form
    value: float | None = None
    ci: Interval | None = None
    prediction: Interval | None = None
    k: int = 0
    n: int | None = None
    range: Interval | None = None
    reports: tuple[str, ...] = ()
    largest: str | None = None
    why: Why | None = None
    outside: bool = False


@dataclass(frozen=True, slots=True)
class StudyPoint:
    """One study's figure at one time, its arms together."""

    study_id: str
    value: float
    n: float | None
    ci: Interval | None
    reports: tuple[str, ...]


def survival_figure(
    time: float | None, curve: FittedCurve | None, here: Sequence[CurveReport]
) -> SurvivalFigure:
    """The figure at a time from the curve where it carries one, else from who reports it.

    Parameters
    ----------
    time : float or None
        Months, or ``None`` for the median.
    here : sequence of CurveReport
        Figures printed for just this time, one study a cohort.
    """
    points = study_points(here)
    values = [one.value for one in points]
    ends = (min(values), max(values)) if values else None
    big = max(points, key=lambda one: (one.n or 0.0, one.study_id), default=None)
    ids = tuple(one.result_id for one in here)
    read = _at(curve, time)
    why = unread(curve, read, time, points)
    largest = big.reports[0] if big else None
    if why is None and curve is not None and read is not None:
        value = read.time_months if time is None else read.survival
        new = read.prediction if curve.k >= PREDICTION_FROM else None
        return SurvivalFigure(
            time, "pooled", value, read.ci, _wider(new, read.ci, time), curve.k, curve.n, ends, ids,
            largest, None, ends is not None and not _inside(value, ends, time),
        )  # fmt: skip
    known = [one.n for one in points if one.n is not None]
    n = round(sum(known)) if known else None
    if not points:
        return SurvivalFigure(time, "none", why=why)
    if len(points) == 1:
        one = points[0]
        return SurvivalFigure(
            time, "single", one.value, one.ci, None, 1, n, ends, ids, largest, why
        )
    return SurvivalFigure(time, "range", None, None, None, len(points), n, ends, ids, largest, why)


def unread(
    curve: FittedCurve | None,
    read: CurveRead | None,
    time: float | None,
    points: Sequence[StudyPoint],
) -> Why | None:
    """Why a curve may not be read at a time, the first rule that fails, or ``None``."""
    if curve is None:
        return "no_fit"
    if curve.k < FEWEST:
        return "few_studies"
    if curve.n < FEWEST_PATIENTS:
        return "few_patients"
    if read is None:
        return "never_reached"
    if read.near < FEWEST:
        return "few_near"
    if read.reach < FEWEST:
        return "few_reach"
    if time is None:
        if read.ci[1] / read.ci[0] > WIDE_MONTHS:
            return "wide"
    elif read.ci[1] - read.ci[0] > WIDE_SHARE:
        return "wide"
    weighted = patient_weighted(points, time)
    if weighted is None:
        return None
    if time is None:
        far = not 1 / FAR_MONTHS < read.time_months / weighted < FAR_MONTHS
    else:
        far = abs(read.survival - weighted) > FAR_SHARE
    return "far_from_weighted" if far else None


def patient_weighted(points: Sequence[StudyPoint], time: float | None) -> float | None:
    """Mean of the figures of a time by their patients (medians on the log scale), from three on."""
    known = [(one.value, one.n) for one in points if one.n]
    if len(known) < FEWEST:
        return None
    total = sum(n for _, n in known)
    if time is None:
        return math.exp(sum(n * math.log(value) for value, n in known) / total)
    return sum(n * value for value, n in known) / total


def study_points(here: Iterable[CurveReport]) -> tuple[StudyPoint, ...]:
    """One point a study: shares by patients, medians by their precision on the log scale."""
    groups: dict[str, list[CurveReport]] = {}
    for one in here:
        groups.setdefault(one.study_id, []).append(one)
    return tuple(_point(study, rows) for study, rows in sorted(groups.items()))


def _point(study: str, rows: Sequence[CurveReport]) -> StudyPoint:
    known = [(one, one.n) for one in rows if one.n is not None]
    n = sum(size for _, size in known) if known else None
    ids = tuple(one.result_id for one in rows)
    if len(rows) == 1:
        return StudyPoint(study, rows[0].value, n, _own(rows[0]), ids)
    median = rows[0].time_months is None
    if not median:
        value = (
            sum(size * one.value for one, size in known) / n
            if n
            else sum(one.value for one in rows) / len(rows)
        )
        return StudyPoint(study, value, n, _share_interval(value, n), ids)
    spread = [_spread(one) for one in rows]
    logs = [math.log(one.value) for one in rows]
    precise = [v for v in spread if v is not None]
    if len(precise) < len(rows):
        return StudyPoint(study, math.exp(sum(logs) / len(logs)), n, None, ids)
    weight = [1 / v for v in precise]
    middle = sum(w * y for w, y in zip(weight, logs, strict=True)) / sum(weight)
    half = Z / math.sqrt(sum(weight))
    return StudyPoint(
        study, math.exp(middle), n, (math.exp(middle - half), math.exp(middle + half)), ids
    )


def _own(one: CurveReport) -> Interval | None:
    """Interval of one figure: as printed, else from its patients."""
    if one.low is not None and one.high is not None:
        return one.low, one.high
    if one.n is None:
        return None
    if one.time_months is not None:
        return _share_interval(one.value, one.n)
    half = Z * SE_MEDIAN / math.sqrt(one.n)
    return one.value * math.exp(-half), one.value * math.exp(half)


def _spread(one: CurveReport) -> float | None:
    if one.low and one.high:
        return (math.log(one.high / one.low) / (2 * Z)) ** 2
    return None if one.n is None else SE_MEDIAN**2 / one.n


def _share_interval(value: float, n: float | None) -> Interval | None:
    """Exact interval of the survivors among the patients that a rate amounts to."""
    from hilum.synthesis import exact_interval

    if not n:
        return None
    size = max(1, round(FOLLOWED * n))
    return exact_interval(round(value * size), size)


def _at(curve: FittedCurve | None, time: float | None) -> CurveRead | None:
    if curve is None:
        return None
    if time is None:
        return curve.median
    return next(one for one in curve.rates if one.time_months == time)


def _inside(value: float, ends: Interval, time: float | None) -> bool:
    """Whether a value lies in a range, to the digits printed."""
    scale = 1.0 if time is None else 100.0
    low, high, own = (round(scale * one) for one in (*ends, value))
    return low <= own <= high


def _wider(new: Interval | None, ci: Interval, time: float | None) -> Interval | None:
    if new is None:
        return None
    scale = 1.0 if time is None else 100.0
    same = all(round(scale * a) == round(scale * b) for a, b in zip(new, ci, strict=True))
    return None if same else new
