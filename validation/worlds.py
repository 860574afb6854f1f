"""Series of patients under known truths, and what papers print of them, for ``validation.pooled``.

A world is a law of survival at a study's effect ``b`` (on log time; of a cure, on the log time of
those who are not cured). The truth of a meta-analysis is five-year survival at ``b = 0``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from hilum.synthesis.survival import Report, SurvivalArm

if TYPE_CHECKING:
    from collections.abc import Callable

Z = 1.959963984540054
RATES: Final = (12.0, 36.0, 60.0)
POINTS: Final = (6.0, 12.0, 18.0, 24.0, 36.0, 48.0, 60.0)
AT_RISK: Final = (0.0, 12.0, 24.0, 36.0, 48.0, 60.0)
YEARS_5 = 60.0


@dataclass(frozen=True, slots=True)
class World:
    """``survival`` and its inverse ``time`` (of a uniform draw), at effect 0."""

    name: str
    survival: Callable[[np.ndarray], np.ndarray]
    time: Callable[[np.ndarray], np.ndarray]

    @property
    def truth(self) -> float:
        """Five-year survival of the middle study."""
        return float(self.survival(np.array([YEARS_5]))[0])


def _weibull(shape: float, median: float) -> World:
    scale = median / np.log(2) ** (1 / shape)
    return World(
        f"Weibull, shape {shape:g}",
        lambda t: np.exp(-((t / scale) ** shape)),
        lambda u: scale * (-np.log(u)) ** (1 / shape),
    )


def _lognormal(sigma: float, median: float) -> World:
    return World(
        "log-normal",
        lambda t: special.ndtr(-(np.log(t / median)) / sigma),
        lambda u: median * np.exp(-sigma * special.ndtri(u)),
    )


def _loglogistic(shape: float, median: float) -> World:
    return World(
        "log-logistic",
        lambda t: 1 / (1 + (t / median) ** shape),
        lambda u: median * (1 / u - 1) ** (1 / shape),
    )


def _cure(share: float, shape: float, median: float) -> World:
    scale = median / np.log(2) ** (1 / shape)

    def time(u: np.ndarray) -> np.ndarray:
        # What is left of a uniform draw once the cured are set apart is uniform again.
        own = np.clip((u - share) / (1 - share), 1e-300, 1.0)
        return np.where(u <= share, np.inf, scale * (-np.log(own)) ** (1 / shape))

    return World(
        f"cure {share:.0%}",
        lambda t: share + (1 - share) * np.exp(-((t / scale) ** shape)),
        time,
    )


def _two_hazards(first: float, then: float, until: float) -> World:
    """A high hazard at first, a lower one later: no family of the model's own."""

    def time(u: np.ndarray) -> np.ndarray:
        total = -np.log(u)
        return np.where(
            total < first * until, total / first, until + (total - first * until) / then
        )

    return World(
        "two hazards",
        lambda t: np.exp(-first * np.minimum(t, until) - then * np.maximum(t - until, 0)),
        time,
    )


WORLDS: Final = {
    "weibull13": _weibull(1.3, 40.0),
    "weibull08": _weibull(0.8, 40.0),
    "lognormal": _lognormal(1.0, 40.0),
    "loglogistic": _loglogistic(1.6, 40.0),
    "cure": _cure(0.25, 1.2, 30.0),
    "two": _two_hazards(0.03, 0.01, 18.0),
}
KINDS: Final = ("rates", "points", "mixed", "medians", "bare medians")


@dataclass(frozen=True, slots=True)
class Series:
    """One simulated study's patients; nobody is followed beyond ``followed``'s draws."""

    name: str
    time: np.ndarray
    status: np.ndarray
    followed: float

    @property
    def n(self) -> int:
        """Patients."""
        return len(self.time)


def series(rng: np.random.Generator, world: World, k: int, tau: float) -> list[Series]:
    """``k`` studies of 30 to 110 patients, followed evenly from 24 to 120 months."""
    out: list[Series] = []
    for i in range(k):
        n = int(rng.integers(30, 111))
        died = np.exp(tau * rng.normal()) * world.time(rng.uniform(size=n))
        end = rng.uniform(24, 120, n)
        out.append(
            Series(
                f"s{i}",
                np.minimum(died, end).round(2).clip(0.01),
                (died <= end).astype(int),
                float(np.median(end)),
            )
        )
    return out


@dataclass(frozen=True, slots=True)
class Steps:
    """Kaplan and Meier's curve with its log-log limits; plain and fast."""

    at: np.ndarray
    survival: np.ndarray
    low: np.ndarray
    high: np.ndarray
    last: float


def steps(one: Series) -> Steps:
    """The curve of one study, at its deaths."""
    order = np.argsort(one.time, kind="stable")
    time, died = one.time[order], one.status[order]
    risk = np.arange(len(time), 0, -1)
    survival = np.cumprod(1 - died / risk)
    with np.errstate(divide="ignore"):
        variance = np.cumsum(np.where(died == 1, 1 / (risk * np.maximum(risk - 1, 1e-9)), 0.0))
    inside = np.clip(survival, 1e-12, 1 - 1e-12)
    se = np.sqrt(variance) / np.maximum(-np.log(inside), 1e-12)
    deep = np.log(-np.log(inside))
    low, high = (np.exp(-np.exp(np.clip(deep + z * se, -30, 6))) for z in (Z, -Z))
    return Steps(time, survival, low, high, float(time[-1]))


def printed(one: Series, kind: str, *, interval: bool) -> SurvivalArm:
    """What a paper prints of a study; ``kind`` is rates, points, medians or patients."""
    curve = steps(one)
    if kind == "patients":
        whole = Report("curve", times=tuple(one.time), status=tuple(map(int, one.status)))
        return SurvivalArm(one.name, "", (whole,))
    if kind == "medians":
        return SurvivalArm(one.name, "", (_median(one, curve, interval),))
    times = RATES if kind == "rates" else POINTS
    reports = [r for t in times if (r := _rate(one, curve, t, interval)) is not None]
    if kind == "points":
        # To a tenth of a percent, as a figure is read; numbers at risk stand under it.
        reports = [Report("rate", r.time, round(r.value or 0.0, 3), n=r.n) for r in reports]
        reports += [
            Report("at_risk", t, n=float((one.time >= t).sum()))
            for t in AT_RISK
            if (one.time >= t).any()
        ]
    return SurvivalArm(one.name, "", tuple(reports))


def _median(one: Series, curve: Steps, interval: bool) -> Report:
    def first(line: np.ndarray) -> float | None:
        below = np.flatnonzero(line <= 0.5)
        return float(curve.at[below[0]].round(1)) if len(below) else None

    middle = first(curve.survival)
    if middle is None:
        return Report("not_reached", one.followed, n=one.n)
    if interval:
        return Report("median", None, middle, first(curve.low), first(curve.high), one.n)
    return Report("median", None, middle, n=one.n)


def _rate(one: Series, curve: Steps, time: float, interval: bool) -> Report | None:
    i = int(np.searchsorted(curve.at, time, side="right")) - 1
    # Nobody is followed so long; where everybody has died, survival is known to be 0.
    if curve.last < time and curve.survival[-1] > 0:
        return None
    value = float(curve.survival[i]) if i >= 0 else 1.0
    if not (interval and 0 < value < 1):
        return Report("rate", time, round(value, 3), n=one.n)
    ends = float(curve.low[i].round(3)), float(curve.high[i].round(3))
    return Report("rate", time, round(value, 3), *ends, one.n)


def prints(rng: np.random.Generator, studies: list[Series], kind: str) -> list[SurvivalArm]:
    """Every study as it is printed; every second one, by chance, with intervals.

    Of ``bare medians`` none has one.
    """
    each = ("rates", "points", "medians", "rates", "medians")
    if kind == "bare medians":
        return [printed(one, "medians", interval=False) for one in studies]
    return [
        printed(
            one,
            each[i % len(each)] if kind == "mixed" else kind,
            interval=bool(rng.integers(0, 2)),
        )
        for i, one in enumerate(studies)
    ]
