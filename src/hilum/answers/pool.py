"""What the studies of a cell amount to, and in which form it may be printed."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hilum.answers.kept_pools import Interval, exact, medians, shares
from hilum.answers.thresholds import (
    CENTRE_FACTOR,
    CENTRE_POINTS,
    MIN_PATIENTS,
    MIN_SERIES,
    MIN_STUDIES,
    PREDICTION_STUDIES,
    WIDEST_MONTHS,
    WIDEST_SHARE,
    Z95,
)
from hilum.errors import NotConverged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.answers.study import Reported
    from hilum.answers.tables import OutcomeAsked
    from hilum.synthesis import Estimate

Form = Literal["pooled", "total", "single", "range", "none"]


@dataclass(frozen=True, slots=True)
class Pooled:
    """A form with its figure; percent or months. ``crude`` is the patient-weighted figure."""

    form: Form
    value: float | None = None
    ci: Interval | None = None
    prediction: Interval | None = None
    crude: float | None = None
    estimate: Estimate | None = None


def usable(studies: Sequence[Reported], asked: OutcomeAsked) -> list[Reported]:
    """Studies that may be weighted: with a denominator, not too small for their kind of outcome."""
    least = least_patients(asked)
    return [one for one in studies if one.n and one.n >= least and (not asked.months or one.v)]


def least_patients(asked: OutcomeAsked) -> int:
    """Patients that a study needs to be weighted for an outcome."""
    return MIN_SERIES if asked.group == "response" else 1


def patients_of(used: Sequence[Reported]) -> int:
    """Patients of the studies that may be weighted."""
    return sum(one.n for one in used if one.n is not None)


def pool(studies: Sequence[Reported], asked: OutcomeAsked) -> Pooled:
    """Form and figure of the studies of one cell (``SELECTION.md``, section 5)."""
    used = usable(studies, asked)
    if not used:
        return Pooled("none" if not studies else "single" if len(studies) == 1 else "range")
    if asked.group == "harm" and len(studies) > 1:
        return _total(used)
    if len(studies) == 1:
        return Pooled("single", studies[0].value, own_interval(studies[0], asked))
    if len(used) < MIN_STUDIES or patients_of(used) < MIN_PATIENTS:
        return Pooled("range")
    return _medians(used) if asked.months else _shares(used)


def counts_of(used: Sequence[Reported]) -> list[tuple[int, int]]:
    """Events and patients of each study; of shares and rates each that is weighted has both."""
    whole = [(one.events, one.size) for one in used]
    return [(events, size) for events, size in whole if events is not None if size is not None]


def _total(used: Sequence[Reported]) -> Pooled:
    """Harms: the mean risk of the patients seen, never the centre of a distribution of studies.

    That centre lies below the mean risk where arms have no event.
    """
    counts = counts_of(used)
    events, size = sum(events for events, _ in counts), sum(size for _, size in counts)
    low, high = exact(events, size)
    form: Form = "total" if size >= MIN_PATIENTS and len(used) > 1 else "range"
    share = 100 * events / size
    return Pooled(form, share, (100 * low, 100 * high), None, share)


def _medians(used: Sequence[Reported]) -> Pooled:
    """REML with Hartung-Knapp on the log scale."""
    logs = tuple(one.y for one in used if one.y is not None)
    variances = tuple(one.v for one in used if one.v is not None)
    patients = [one.n for one in used if one.n is not None]
    found = medians(logs, variances, tuple(one.study_id for one in used))
    crude = math.exp(sum(map(operator.mul, patients, logs)) / sum(patients))
    wide = found.ci[1] / found.ci[0] > WIDEST_MONTHS
    off = not 1 / CENTRE_FACTOR < found.value / crude < CENTRE_FACTOR
    enough = len(used) >= PREDICTION_STUDIES
    return Pooled(
        "range" if wide or off else "pooled",
        found.value,
        found.ci,
        found.prediction if enough else None,
        crude,
        found,
    )


def _shares(used: Sequence[Reported]) -> Pooled:
    """Binomial-normal model of proportions and rates."""
    counts = counts_of(used)
    events, size = tuple(events for events, _ in counts), tuple(size for _, size in counts)
    try:
        found = shares(events, size, tuple(one.study_id for one in used))
    except NotConverged:
        return Pooled("range")  # no maximum, so no line: the studies are shown as they are
    crude = 100 * sum(events) / sum(size)
    low, high = (100 * end for end in found.ci)
    prediction = None
    if found.prediction is not None and len(used) >= PREDICTION_STUDIES:
        prediction = 100 * found.prediction[0], 100 * found.prediction[1]
    why = share_unsteady(100 * found.value, (low, high), crude)
    return Pooled(
        "range" if why else "pooled", 100 * found.value, (low, high), prediction, crude, found
    )


def share_unsteady(value: float, ci: Interval, crude: float) -> Literal["wide", "off"] | None:
    """Why a pooled share (percent) is no line; None where it is one.

    ``wide``: its interval excludes nothing; ``off``: small studies pull it away from ``crude``, the
    share of the patients seen.
    """
    if too_wide_share(ci):
        return "wide"
    return "off" if abs(value - crude) > CENTRE_POINTS else None


def too_wide_share(ci: Interval) -> bool:
    """Whether the interval of a pooled share (percent) is so wide that it excludes nothing."""
    return ci[1] - ci[0] > WIDEST_SHARE


def own_interval(one: Reported, asked: OutcomeAsked) -> Interval | None:
    """Interval of one study: as printed, else exact for counts, else from n."""
    low, high = one.row.ci_low, one.row.ci_high
    if len(one.items) == 1 and low is not None and high:
        return low, high
    if asked.months:
        if one.y is None or not one.v:
            return None
        half = Z95 * math.sqrt(one.v)
        return math.exp(one.y - half), math.exp(one.y + half)
    if one.events is None or one.size is None:
        return None
    low, high = exact(one.events, one.size)
    return 100 * low, 100 * high
