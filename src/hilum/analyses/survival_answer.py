"""What a pooled survival curve says, as figures that JSON can hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hilum.analyses.forms import number, numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.survival import AveragedFit, PooledCurve, Quantity, SurvivalCurve
    from hilum.synthesis.survival.joint import SurvivalFit
    from hilum.synthesis.survival.reports import Grouped

Figures = tuple[float | None, ...]
# Times that differ by no more are one time.
CLOSE = 1e-9
# A time so many times the last report, or more, is what a family says and no study.
FURTHEST = 2.0
# An interval of survival as wide as this says nothing, nor one of a mean by its horizon.
EVERYTHING = 0.9
Ends = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alive:
    """Survival at a time; ``k`` studies (``n`` patients) reach it, none where extrapolated."""

    time: float
    survival: float
    ci: Ends
    prediction: Ends | None
    k: int
    n: int | None
    extrapolated: bool

    @property
    def undetermined(self) -> bool:
        """Whether the interval holds nearly everything, so that the figure says nothing."""
        return everything(self.ci)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """A time with its interval and that of a new study; an end not reached is None.

    So is an end further out than :data:`FURTHEST` times the last report: nobody was followed
    there. ``extrapolated`` where the time lies beyond every study's last report;
    ``undetermined`` where survival, at it or at an end, has an interval that says nothing.
    """

    value: float
    ci: Ends
    prediction: Ends | None = None
    extrapolated: bool = False
    undetermined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """The mean survived up to ``horizon``; ``extrapolated`` beyond every study's last report."""

    horizon: float
    value: float | None = None
    ci: Ends | None = None
    prediction: Ends | None = None
    extrapolated: bool = False

    @property
    def undetermined(self) -> bool:
        """Whether the interval holds nearly everything up to the horizon."""
        return self.ci is not None and everything(self.ci, self.horizon)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The curve with its bands; ``pi`` is a new study's."""

    time: Figures
    survival: Figures
    ci_lb: Figures
    ci_ub: Figures
    pi_lb: Figures | None = None
    pi_ub: Figures | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One family that was fitted, or the reason why it was not; ``weight`` in an average."""

    family: str
    random: str
    parameters: int
    loglik: float | None
    aic: float | None
    reason: str | None
    weight: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One printed figure of an arm: survival at a time, or a median."""

    kind: str
    time: float
    survival: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmRow:
    """One arm that went in: what of, its figures, and where its patients are given their steps.

    ``followed``: how long each of those patients was followed. ``deaths`` is the range of their
    deaths where they were read back from a printed curve, and ``information`` the share of what
    they say that it leaves. ``far``: of such patients the largest fall of survival between two
    points that were read, and the times of both. ``at_risk``: printed numbers at risk, (time,
    number).
    """

    study: str
    arm: str | None
    n: float | None
    last: float
    kinds: dict[str, int]
    marks: tuple[Mark, ...]
    steps: tuple[tuple[float, float], ...]
    followed: tuple[float, ...] = ()
    deaths: tuple[int, int] | None = None
    information: float = 1.0
    far: tuple[float, float, float] | None = None
    at_risk: tuple[tuple[float, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftReport:
    """A report that did not go in; ``reason`` is a code."""

    study: str
    arm: str | None
    row: str | None
    kind: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Varies:
    """Likelihood-ratio test of no variation between studies."""

    lr: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeGiven:
    """Normal prior of one parameter of a family, as the shipped evidence teaches it."""

    family: str
    parameter: str
    mean: float
    sd: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorScales:
    """Scales of the priors: location (None: flat), the other parameters, and tau (half-normal).

    ``shapes`` of families on a grid; ``others_sd`` is of a spline's coefficients.
    """

    location_sd: float | None
    others_sd: float | None
    tau_half_normal: float
    shapes: tuple[ShapeGiven, ...] = ()


def figures_of_fit(fit: SurvivalFit) -> dict[str, Any]:
    """The model and its fit."""
    return {
        "family": fit.family.name,
        "parameters": dict(zip(fit.family.parameters, map(float, fit.beta), strict=True)),
        "time_unit_of_parameters": number(fit.data.unit),
        "random": ("location", "shape")[: len(fit.random)],
        "tau2": number(fit.tau2) if fit.random else None,
        "G": tuple(numbers(row) for row in fit.G) if len(fit.random) > 1 else None,
        "loglik": number(fit.loglik),
        "aic": number(fit.aic),
        "k": fit.k,
        "n": fit.n,
        "families": tuple(
            Tried(
                family=one.family,
                random=one.random,
                parameters=one.parameters,
                loglik=number(one.loglik),
                aic=number(one.aic),
                reason=one.reason or None,
            )
            for one in fit.candidates
        ),
    }


def figures_of_average(fit: AveragedFit) -> dict[str, Any]:
    """The families with their weights, variation between studies, and the priors."""
    import numpy as np

    from hilum.synthesis.survival import averaged_taus
    from hilum.synthesis.survival.averaged import TAU_SCALE
    from hilum.synthesis.survival.families import closed_families
    from hilum.synthesis.survival.shapes import shape_priors

    closed, priors = closed_families(), shape_priors()
    tau = np.quantile(averaged_taus(fit), (0.5, (1 - fit.level) / 2, (1 + fit.level) / 2))
    ordered = sorted(fit.weights, key=lambda one: -one.weight)
    return {
        "family": "average" if len(ordered) > 1 else ordered[0].family,
        "random": ("location",) if fit.varies else (),
        "tau2": number(tau[0] ** 2) if fit.varies else None,
        "tau": numbers(tau) if fit.varies else None,
        "k": fit.k,
        "n": fit.n,
        "families": tuple(
            Tried(
                family=one.family,
                random="location" if fit.varies else "none",
                parameters=len(closed[one.family].parameters) + fit.varies,
                loglik=number(one.loglik),
                aic=None,
                reason=None,
                weight=number(one.weight),
            )
            for one in ordered
        ),
        "priors": PriorScales(
            location_sd=None,
            others_sd=None,
            tau_half_normal=TAU_SCALE,
            shapes=tuple(
                ShapeGiven(family=one.family, parameter=parameter, mean=mean, sd=sd)
                for one in ordered
                for parameter, mean, sd in zip(
                    closed[one.family].parameters[1:],
                    priors[one.family].mean,
                    priors[one.family].sd,
                    strict=True,
                )
            ),
        ),
    }


def alive(at: SurvivalCurve, times: Sequence[float]) -> tuple[Alive, ...]:
    """Survival at the times that are reported."""
    return tuple(
        Alive(
            time=float(t),
            survival=float(at.survival[i]),
            ci=(number(at.ci_lb[i]), number(at.ci_ub[i])),
            prediction=None
            if at.pi_lb is None or at.pi_ub is None
            else (number(at.pi_lb[i]), number(at.pi_ub[i])),
            k=int(at.k[i]),
            n=int(at.n[i]),
            extrapolated=int(at.k[i]) == 0,
        )
        for i, t in enumerate(times)
    )


def line(curve: SurvivalCurve | PooledCurve) -> Line:
    """The whole curve."""
    low, high = getattr(curve, "pi_lb", None), getattr(curve, "pi_ub", None)
    return Line(
        time=numbers(curve.time),
        survival=numbers(curve.survival),
        ci_lb=numbers(curve.ci_lb),
        ci_ub=numbers(curve.ci_ub),
        pi_lb=None if low is None else numbers(low),
        pi_ub=None if high is None else numbers(high),
    )


def lasting(one: Quantity | None, last: float) -> Lasting | None:
    """A median, from studies whose last report stands at ``last``."""
    if one is None or one.value > FURTHEST * last:
        return None
    new = None if one.prediction is None else _seen(one.prediction, last)
    return Lasting(value=one.value, ci=_seen(one.ci, last), prediction=new)


def everything(ends: Ends, whole: float = 1.0) -> bool:
    """Whether an interval is so wide, of ``whole``, that it says nothing."""
    low, high = ends
    return low is not None and high is not None and high - low >= (EVERYTHING - CLOSE) * whole


def mean(one: Quantity | None, horizon: float, last: float) -> Mean:
    """A restricted mean, from studies whose last report stands at ``last``."""
    beyond = horizon > last * (1 + CLOSE)
    if one is None:
        return Mean(horizon=horizon, extrapolated=beyond)
    return Mean(
        horizon=horizon,
        value=one.value,
        ci=_ends(one.ci),
        prediction=None if one.prediction is None else _ends(one.prediction),
        extrapolated=beyond,
    )


def _ends(pair: tuple[float | None, float | None]) -> Ends:
    return number(pair[0]), number(pair[1])


def _seen(pair: tuple[float | None, float | None], last: float) -> Ends:
    """Both ends, where they are not so late that no study speaks of them."""
    low, high = (None if end is None or end > FURTHEST * last else number(end) for end in pair)
    return low, high


def alive_freely(curve: PooledCurve) -> tuple[Alive, ...]:
    """Survival at the grid of a curve without a distribution."""
    return tuple(
        Alive(
            time=float(t),
            survival=float(curve.survival[i]),
            ci=(number(curve.ci_lb[i]), number(curve.ci_ub[i])),
            prediction=None,
            k=int(curve.k[i]),
            n=None,
            extrapolated=False,
        )
        for i, t in enumerate(curve.time)
    )


def median_freely(curve: PooledCurve) -> Lasting | None:
    """The median of such a curve."""
    if curve.median is None:
        return None
    return Lasting(value=curve.median, ci=_ends(curve.median_ci))


def inputs(arms: Sequence[Grouped]) -> dict[str, Any]:
    """What went in and what did not."""
    used = [arm for arm in arms if arm.used]
    return {
        "reports": dict(Counter(report.kind for arm in used for report in arm.used)),
        "studies": tuple(_arm(arm) for arm in used),
        "left_out": tuple(
            LeftReport(
                study=left.study,
                arm=left.arm or None,
                row=left.report.label.removeprefix("row ") or None,
                kind=left.report.kind,
                reason=left.reason,
            )
            for arm in arms
            for left in arm.unused
        ),
    }


def _arm(arm: Grouped) -> ArmRow:
    from hilum.synthesis.survival import kaplan_meier

    marks: list[Mark] = []
    steps: tuple[tuple[float, float], ...] = ()
    for report in arm.used:
        if report.kind == "rate":
            marks.append(Mark(kind="rate", time=report.time or 0.0, survival=report.value or 0.0))
        if report.kind == "median":
            marks.append(Mark(kind="median", time=report.value or 0.0, survival=0.5))
        if report.kind == "curve":
            one = kaplan_meier(arm.times, arm.status)
            steps = tuple(zip(one.time.tolist(), one.survival.tolist(), strict=True))
    return ArmRow(
        study=arm.study,
        arm=arm.arm or None,
        n=number(arm.n),
        last=arm.last,
        kinds=dict(Counter(report.kind for report in arm.used)),
        marks=tuple(marks),
        steps=steps,
        followed=tuple(arm.times.tolist()),
        deaths=next((report.deaths for report in arm.used if report.kind == "curve"), None),
        information=arm.weight,
        far=next((report.far for report in arm.used if report.kind == "curve"), None),
        at_risk=tuple(
            sorted(
                (report.time or 0.0, int(report.n or 0))
                for report in arm.used
                if report.kind == "at_risk"
            )
        ),
    )


def total(arms: Sequence[Grouped]) -> int | None:
    """Patients, where every arm says how many."""
    sizes = [arm.n for arm in arms if arm.used]
    if any(n is None for n in sizes):
        return None
    return round(sum(n for n in sizes if n is not None))
