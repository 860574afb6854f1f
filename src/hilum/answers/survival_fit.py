"""One survival curve from the chosen reports of a treatment, and what may be read from it.

The reports of an arm enter together (:func:`hilum.synthesis.survival.average_survival`, families
of curves averaged by their weight), so that a five-year rate can never lie above a three-year
rate. What they weigh where no interval is printed
is measured on the shipped tables: a median counts as log-normal with standard error
``1.49 / sqrt(n)`` (94 rows with interval and n; an exponential's is ``1.44 / sqrt(n)``), a rate as
``0.8 n`` patients followed (28 rows, median 0.83, 0.75 after 40 months).
"""

from __future__ import annotations

import hashlib
import json
import math
import statistics
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from hilum.errors import NotConverged, NotEstimable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hilum.synthesis.survival import AveragedFit, Report, SurvivalArm

Interval = tuple[float, float]
SE_MEDIAN = 1.49
FOLLOWED = 0.8
Z = 1.959963984540054
# Families that a handful of rates and medians can tell apart; richer ones need patients.
FAMILIES = ("exponential", "weibull", "loglogistic", "lognormal", "gompertz")
AVERAGE = "average"
RATE_TIMES = (12.0, 36.0, 60.0, 120.0)
STEP = 3.0
# A figure rests on a report no further away than this ratio of times.
NEAR = 2.0
VERSION = 3


@dataclass(frozen=True, slots=True)
class CurveReport:
    """One chosen figure of survival.

    Attributes
    ----------
    result_id, study_id, arm_id, subgroup : str
        Where it stands in the tables.
    cohort : str
        Studies of one cohort share their patients, and one random effect.
    time_months : float or None
        Of a rate; ``None`` for a median.
    value, low, high : float
        A share from 0 to 1, or months; the ends as printed.
    n : float or None
        Patients at the start; ``assumed`` where they are those of the arm.
    """

    result_id: str
    study_id: str
    cohort: str
    arm_id: str
    subgroup: str
    time_months: float | None
    value: float
    low: float | None
    high: float | None
    n: float | None
    assumed: bool = False

    @property
    def at(self) -> float:
        """The time that it speaks of."""
        return self.value if self.time_months is None else self.time_months


@dataclass(frozen=True, slots=True)
class CurveRead:
    """The curve at one time, or its median (``survival`` 0.5).

    ``near`` studies report within a factor of two of the time, ``reach`` at or beyond it
    (of the median: or print their own), with ``n`` patients.
    """

    time_months: float
    survival: float
    ci: Interval
    prediction: Interval | None
    near: int
    reach: int
    n: int


@dataclass(frozen=True, slots=True)
class FittedCurve:
    """A fitted curve, as numbers that can be kept: nothing of the model but what is read off it.

    Attributes
    ----------
    k, n : int
        Cohorts and patients in the fit.
    family, shape_assumed, shape_varies, tau : the model
        ``shape_assumed`` where no arm tells two times well apart, so that the shape is what the
        shipped evidence teaches of others; ``tau`` is the middle of its posterior.
    support_months : float
        The time to which at least ``min(3, k)`` cohorts report.
    median, rates, line : readings
        The median (``None`` where never reached), at :data:`RATE_TIMES`, and every three months
        up to the support.
    used, unused : tuple
        Ids of the reports in the fit; the others with their reason.
    """

    k: int
    n: int
    family: str
    shape_assumed: bool
    shape_varies: bool
    tau: float
    support_months: float
    median: CurveRead | None
    rates: tuple[CurveRead, ...]
    line: tuple[CurveRead, ...]
    used: tuple[str, ...]
    unused: tuple[tuple[str, str], ...]


def content_hash(reports: Iterable[CurveReport]) -> str:
    """Hash of what a fit depends on, whatever the order of the reports."""
    rows = sorted(json.dumps(asdict(one), sort_keys=True) for one in reports)
    text = json.dumps([VERSION, *rows])
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def fit_curve(reports: Sequence[CurveReport]) -> FittedCurve | None:
    """The joint model of the reports; ``None`` where they do not determine one."""
    from hilum.synthesis.survival import average_survival, averaged_median, averaged_taus

    arms, unused = curve_arms(reports)
    if not arms:
        return None
    try:
        fit = average_survival(arms, families=FAMILIES)
    except (NotConverged, NotEstimable):
        return None
    unused += [(left.report.label, left.reason) for arm in fit.arms for left in arm.unused]
    used = {one.label for arm in fit.arms for one in arm.used}
    size = patients(one for one in reports if one.result_id in used)
    times = _Times(fit, size)
    support = times.support()
    grid = [STEP * i for i in range(int(support / STEP) + 1)]
    if grid[-1] < support:
        grid.append(support)
    found = averaged_median(fit)
    median = None
    last = max(arm.last for arm in fit.arms if arm.used)
    # Nobody was followed so long, or its interval has no end: it is not reached.
    if found is not None and found.value <= NEAR * last and math.isfinite(found.ci[1]):
        new = found.prediction
        median = CurveRead(
            found.value,
            0.5,
            found.ci,
            new if new is None or math.isfinite(new[1]) else None,
            *times.counts(found.value, medians=True),
        )
    return FittedCurve(
        k=fit.k,
        n=round(sum(size.values())),
        family=AVERAGE,
        shape_assumed=fit.shape_assumed,
        shape_varies=False,
        tau=statistics.median(averaged_taus(fit).tolist()),
        support_months=support,
        median=median,
        rates=_read(fit, RATE_TIMES, times),
        line=_read(fit, grid, times),
        used=tuple(one.result_id for one in reports if one.result_id in used),
        unused=tuple(sorted(unused)),
    )


def curve_arms(
    reports: Sequence[CurveReport],
) -> tuple[list[SurvivalArm], list[tuple[str, str]]]:
    """The reports as weighted arms; those that weigh nothing or contradict themselves apart.

    Studies of one cohort that report different times enter together and weigh, together, what
    the largest of them weighs: the same patients are not counted twice. An arm whose rates rise
    is left out whole, since which of its figures is wrong is not known.
    """
    from hilum.synthesis.survival import SurvivalArm, group

    unused: list[tuple[str, str]] = []
    groups: dict[tuple[str, str, str, str], list[CurveReport]] = {}
    for one in sorted(reports, key=_order):
        if one.n is None and (one.low is None or one.high is None):
            unused.append((one.result_id, "no_n"))
            continue
        key = (one.cohort, one.study_id, one.arm_id, one.subgroup)
        groups.setdefault(key, []).append(one)
    share = _shares(groups)
    arms: list[SurvivalArm] = []
    for (cohort, *place), rows in groups.items():
        bare = any(one.time_months is not None and _bare(one) for one in rows)
        weight = (FOLLOWED if bare else 1.0, share.get(cohort, 1.0))
        arm = SurvivalArm(cohort, "/".join(place), tuple(_report(one, *weight) for one in rows))
        try:
            group([arm])
        except NotEstimable:
            unused += [(one.result_id, "contradicts") for one in rows]
            continue
        arms.append(arm)
    return arms, unused


def _shares(groups: dict[tuple[str, str, str, str], list[CurveReport]]) -> dict[str, float]:
    """Of each cohort read from several studies: its largest study's part of all their patients."""
    sizes: dict[str, dict[str, float]] = {}
    for (cohort, study, *_), rows in groups.items():
        own = sizes.setdefault(cohort, {})
        own[study] = own.get(study, 0.0) + max(one.n or 0.0 for one in rows)
    return {
        cohort: max(own.values()) / sum(own.values())
        for cohort, own in sizes.items()
        if len(own) > 1 and sum(own.values()) > 0
    }


def patients(reports: Iterable[CurveReport]) -> dict[str, float]:
    """Patients of each cohort: those of its largest study, all arms of it together."""
    arms: dict[str, dict[str, dict[tuple[str, str], float]]] = {}
    for one in reports:
        own = arms.setdefault(one.cohort, {}).setdefault(one.study_id, {})
        place = (one.arm_id, one.subgroup)
        own[place] = max(own.get(place, 0.0), one.n or 0.0)
    return {
        cohort: max(sum(own.values()) for own in studies.values())
        for cohort, studies in arms.items()
    }


def _order(one: CurveReport) -> tuple[object, ...]:
    return one.cohort, one.study_id, one.arm_id, one.subgroup, one.at, one.result_id


def _bare(one: CurveReport) -> bool:
    return one.low is None or one.high is None


def _report(one: CurveReport, followed: float, share: float) -> Report:
    from hilum.synthesis.survival import Report

    n = None if one.n is None else followed * share * one.n
    low, high = one.low, one.high
    if share < 1 and one.n is not None:
        # The printed interval is that of all its patients, some of whom another study counts.
        low = high = None
    if one.time_months is not None:
        return Report("rate", one.time_months, one.value, low, high, n, one.result_id)
    made = one.n is not None and (low is None or high is None)
    if one.n is not None and made:
        spread = math.exp(Z * SE_MEDIAN / math.sqrt(share * one.n))
        low, high = one.value / spread, one.value * spread
    return Report("median", None, one.value, low, high, n, one.result_id, from_n=made)


class _Times:
    """How many cohorts of a fit speak of a time."""

    def __init__(self, fit: AveragedFit, size: dict[str, float]) -> None:
        self.at: dict[str, set[float]] = {}
        self.median: set[str] = set()
        self.size = size
        for arm in fit.arms:
            if not arm.used:
                continue
            own = self.at.setdefault(arm.study, set())
            for one in arm.used:
                own.add((one.value if one.kind == "median" else one.time) or 0.0)
                if one.kind == "median":
                    self.median.add(arm.study)

    def support(self) -> float:
        last = sorted((max(own) for own in self.at.values()), reverse=True)
        return last[min(3, len(last)) - 1]

    def counts(self, time: float, *, medians: bool = False) -> tuple[int, int, int]:
        near = sum(
            any(time / NEAR <= one <= time * NEAR for one in own) for own in self.at.values()
        )
        reach = [
            name
            for name, own in self.at.items()
            if max(own) >= time - 1e-9 or (medians and name in self.median)
        ]
        return near, len(reach), round(sum(self.size[name] for name in reach))


def _read(fit: AveragedFit, times: Sequence[float], count: _Times) -> tuple[CurveRead, ...]:
    from hilum.synthesis.survival import averaged_curve

    curve = averaged_curve(fit, times)
    out: list[CurveRead] = []
    for i, time in enumerate(times):
        new = None
        if curve.pi_lb is not None and curve.pi_ub is not None:
            new = (float(curve.pi_lb[i]), float(curve.pi_ub[i]))
        out.append(
            CurveRead(
                float(time),
                float(curve.survival[i]),
                (float(curve.ci_lb[i]), float(curve.ci_ub[i])),
                new,
                *count.counts(float(time)),
            )
        )
    return tuple(out)
