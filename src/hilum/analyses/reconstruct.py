"""Patients reconstructed from a printed survival curve and its numbers at risk."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from math import log
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option, check
from hilum.analyses.forms import number, numbers
from hilum.errors import Fault, InputError, NotEstimable, phrased
from hilum.literature.figures import Coordinates, RiskTable
from hilum.literature.figures.printed_risk import beyond, excess
from hilum.literature.figures.risk import MOST
from hilum.literature.figures.self_check import SelfCheck, judged
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hilum.literature.figures import PrintedCurve
    from hilum.synthesis.survival import Reconstruction
    from hilum.watch import Watch

Figures = tuple[float | None, ...]


@dataclass(frozen=True, kw_only=True)
class ReconstructAsked:
    """Curves as they were read, and what else was printed of each arm.

    ``risk`` is the table of each arm ("" where it names none); ``total_events``, ``patients`` and
    ``median`` are by arm ("" where there is one).
    """

    curves: tuple[Coordinates, ...]
    risk: dict[str, RiskTable] = field(default_factory=dict)
    total_events: dict[str, float] = field(default_factory=dict)
    patients: dict[str, float] = field(default_factory=dict)
    median: dict[str, float] = field(default_factory=dict)
    unit: Annotated[
        str | None,
        Option("Unit of time: days, weeks, months or years (months if not stated)."),
    ] = None
    precision: Annotated[
        float | None,
        Option("Standard error of a survival that was read (0.002 for clicks).", above=0),
    ] = None
    hazard_ratio: Annotated[
        float | None, Option("Hazard ratio as printed, second arm to first.", above=0)
    ] = None
    p_value: Annotated[float | None, Option("P value as printed.", at_least=0, at_most=1)] = None
    curve: Annotated[str | None, Option("One curve of a file that has several.")] = None

    def __post_init__(self) -> None:
        """Refuse values outside their range, all at once."""
        faults = [
            Fault("", None, name, f"{value:g}", wanted)
            for name, wanted, whole in (
                ("total_events", "a whole number from 0", True),
                ("patients", "a whole number from 0", True),
                ("median", "a number from 0", False),
            )
            for value in getattr(self, name).values()
            if not 0 <= value < float("inf") or (whole and value != int(value))
        ]
        faults += [
            Fault("", None, name, f"{value:g}", phrased("at most {most:,} patients", most=MOST))
            for name in ("total_events", "patients")
            for value in getattr(self, name).values()
            if MOST < value < float("inf")
        ]
        check(self, *faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskMet:
    """Numbers at risk as printed, and those of the patients."""

    time: Figures
    printed: tuple[int, ...]
    reconstructed: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Distances:
    """How far the patients' curve is from the printed one; survival as a share."""

    rmse: float | None
    largest_gap: float | None
    largest_gap_time: float | None
    ks: float | None
    ks_p: float | None
    median: float | None
    curve_median: float | None
    reported_median: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patients:
    """One patient an entry: follow-up, and 1 for a death."""

    time: tuple[float, ...]
    status: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Survival at times."""

    time: Figures
    survival: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmPatients:
    """One arm: its patients, how well they meet what was printed, and both curves.

    ``events_low`` and ``events_high`` are the fewest and the most deaths that the curve and its
    numbers allow; ``censoring`` says what the censored were taken from (a code of
    :class:`hilum.synthesis.survival.Reconstruction`).
    """

    arm: str
    n: int
    events: int
    events_low: int
    events_high: int
    censored: int
    censoring: str
    risk_table: RiskMet
    fidelity: Distances
    levelled: float
    hazard_factor: float
    patients: Patients
    read: Steps
    steps: Steps
    checks: tuple[SelfCheck, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The second arm against the first, beside what was printed."""

    of: str
    against: str
    hazard_ratio: float | None
    lower: float | None
    upper: float | None
    p: float | None
    logrank_p: float | None
    reported_hazard_ratio: float | None
    reported_p: float | None
    checks: tuple[SelfCheck, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReconstructAnswered:
    """The patients of each arm."""

    asked: ReconstructAsked
    file: str
    unit: str
    arms: tuple[ArmPatients, ...]
    comparison: Compared | None = None


def run(asked: ReconstructAsked, watch: Watch = SILENT) -> ReconstructAnswered:
    """Patients whose survival curve is the printed one.

    Raises
    ------
    InputError
        Points that are no survival curve, an arm without numbers, or a figure of no arm.
    NotEstimable
        From the reconstruction.
    Stopped
        When the watch says so.
    """
    from hilum.literature.figures import checked, choose

    curves = list(asked.curves)
    if asked.curve is not None or len({one.name for one in curves}) < len(curves):
        curves = [choose(curves, asked.curve)]
    unit = asked.unit or next((one.unit for one in curves if one.unit), None) or "months"
    arms = [checked(one, unit) for one in curves]
    tables = _tables(asked, arms)
    given = {name: _per_arm(asked, name, arms) for name in ("total_events", "patients", "median")}
    reported = asked.hazard_ratio is not None or asked.p_value is not None
    if reported and len(arms) != 2:
        raise InputError(Fault("", None, "hazard_ratio", str(len(arms)), "two arms to compare"))
    watch.stage("reconstructing", len(arms))
    found: list[Reconstruction] = []
    for arm in arms:
        name = arm.name
        size, total = given["patients"].get(name), given["total_events"].get(name)
        found.append(_patients(arm, tables.get(name), total, size, asked.precision, watch))
        watch.done()
    return ReconstructAnswered(
        asked=asked,
        file=asked.curves[0].file,
        unit=unit,
        arms=tuple(
            _arm(arm, one, given["median"].get(arm.name))
            for arm, one in zip(arms, found, strict=True)
        ),
        comparison=_compared(asked, arms, found) if len(arms) == 2 else None,
    )


def _tables(asked: ReconstructAsked, arms: Sequence[PrintedCurve]) -> Mapping[str, RiskTable]:
    """The risk table of each arm; one without a column ``arm`` belongs to the only one."""
    from hilum.literature.figures import check_against_curve

    tables = asked.risk
    if not tables:
        return {}
    if len(arms) == 1 and len(tables) == 1:
        tables = {arms[0].name: next(iter(tables.values()))}
    tables = {name: table.within(arms[0].unit) for name, table in tables.items()}
    for arm in arms:
        if arm.name not in tables:
            known = ", ".join(repr(name) for name in tables)
            wanted = phrased("rows of arm {name!r} (found {known})", name=arm.name, known=known)
            file = next(iter(tables.values())).file
            raise InputError(Fault(file, None, "arm", "", wanted))
        check_against_curve(tables[arm.name], arm)
    return tables


def _per_arm(asked: ReconstructAsked, name: str, arms: Sequence[PrintedCurve]) -> dict[str, float]:
    """Figures by the arms' names; one without a name belongs to the only arm."""
    names = [arm.name for arm in arms]
    out: dict[str, float] = {}
    for arm, value in getattr(asked, name).items():
        own = names[0] if not arm and len(arms) == 1 else arm
        if own not in names:
            wanted = phrased("ARM=VALUE with one of {names}", names=", ".join(names))
            if names == [""]:
                wanted = "a number alone: the file has one curve, without a name"
            raise InputError(Fault("", None, name, arm or f"{value:g}", wanted))
        out[own] = value
    return out


def _patients(
    arm: PrintedCurve,
    table: RiskTable | None,
    total: float | None,
    size: float | None,
    precision: float | None,
    watch: Watch,
) -> Reconstruction:
    from hilum.synthesis.survival import reconstruct as make
    from hilum.synthesis.survival.reconstruct import CLICK

    if table is None and size is None:
        wanted = "the number of patients, or their numbers at risk"
        if arm.name:
            wanted = phrased("that of arm {arm} too, or its numbers at risk", arm=arm.name)
        raise InputError(Fault("", None, "patients", "", wanted))
    try:
        return make(
            arm.time,
            arm.survival,
            None if table is None else table.time,
            None if table is None else table.n,
            None if total is None else int(total),
            arm.censor_time or None,
            patients=None if size is None else int(size),
            precision=precision or arm.precision or CLICK,
            watch=watch,
        )
    except NotEstimable as error:
        where = f"{arm.source}, {arm.name}" if arm.name else arm.source
        message = phrased("{where}: {error}", where=where, error=error)
        raise NotEstimable(message) from None


def _arm(arm: PrintedCurve, one: Reconstruction, median: float | None) -> ArmPatients:
    from hilum.synthesis.survival import fidelity

    time, survival = one.product_limit()
    apart = {name: number(value) for name, value in asdict(fidelity(one)).items()}
    return ArmPatients(
        arm=arm.name,
        n=one.n,
        events=one.events,
        events_low=one.deaths.fewest,
        events_high=one.deaths.most,
        censored=one.n - one.events,
        censoring=one.censoring,
        risk_table=RiskMet(
            time=numbers(one.risk_time),
            printed=tuple(one.risk_n.tolist()),
            reconstructed=tuple(int(n) for n in one.at_risk(one.risk_time)),
        ),
        fidelity=Distances(**apart, reported_median=median),
        levelled=float(one.curve.levelled),
        hazard_factor=float(one.hazard_factor),
        patients=Patients(time=tuple(one.time.tolist()), status=tuple(one.status.tolist())),
        read=Steps(time=numbers(arm.time), survival=numbers(arm.survival)),
        steps=Steps(time=numbers(time), survival=numbers(survival)),
        checks=_checks(one, apart["rmse"], apart["curve_median"], median),
    )


def _checks(
    one: Reconstruction, rmse: float | None, curve_median: float | None, printed: float | None
) -> tuple[SelfCheck, ...]:
    """Whether the patients' curve, the numbers at risk and the printed median are the curve's."""
    table = len(one.risk_n) > 1
    steps = [(0.0, 1.0), *zip(one.curve.time.tolist(), one.curve.survival.tolist(), strict=True)]
    long = one.curve.end > 0
    reached = float(one.risk_time[-1]) / one.curve.end if table and long else None
    numbered = one.risk_time.tolist(), one.risk_n.tolist()
    fits = excess([t for t, _ in steps], [s for _, s in steps], *numbered)
    after = beyond([one.curve.end], *numbered) if table and long else None
    apart = None
    if printed is not None and curve_median is not None and printed > 0:
        apart = abs(curve_median - printed) / printed
    return (
        judged("patients_have_curve", rmse),
        judged("at_risk_fits", fits if table else None),
        judged("at_risk_beyond", after),
        judged("at_risk_reaches", reached),
        judged("median_agrees", apart),
    )


def _compared(
    asked: ReconstructAsked, arms: Sequence[PrintedCurve], found: Sequence[Reconstruction]
) -> Compared:
    from hilum.synthesis.survival import compare_arms

    one = {name: number(value) for name, value in asdict(compare_arms(*found)).items()}
    ratio, printed = one["hazard_ratio"], asked.hazard_ratio
    apart = None if not ratio or printed is None else abs(log(ratio / printed))
    return Compared(
        of=arms[1].name,
        against=arms[0].name,
        **one,
        reported_hazard_ratio=asked.hazard_ratio,
        reported_p=asked.p_value,
        checks=(judged("hazard_ratio_agrees", apart),),
    )
