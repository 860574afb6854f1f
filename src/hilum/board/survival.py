"""One survival curve a treatment and population from every rate and median the tables hold."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from hilum.board.answer import POPULATIONS, figures
from hilum.board.sheet import SurvivalAnswer, SurvivalFamily, SurvivalPoint, SurvivalTime
from hilum.errors import NotConverged, NotEstimable
from hilum.evidence import LeftOut, Measure, Outcome, Population, Selection, select_survival

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.board.sheet import StudyFigure
    from hilum.evidence import Evidence, Result
    from hilum.synthesis.survival import Quantity, Report, SurvivalArm, SurvivalFit

RATE_TIMES = (12.0, 36.0, 60.0, 120.0)
STEP = 3.0
# How far from a reported time a figure still rests on it, as a ratio of times.
NEAR = 1.25
# Families that a handful of rates and medians can tell apart; richer ones need patients.
FAMILIES = ("exponential", "weibull", "loglogistic", "lognormal", "gompertz")


def survival_answer(
    evidence: Evidence, modalities: tuple[str, ...], *, include_derived: bool = True
) -> SurvivalAnswer | None:
    """Curve of the nearest population that has a study, the others beside it, never mixed.

    ``None`` where no population holds a figure of overall survival.
    """
    each = [
        found
        for population in POPULATIONS
        if (found := _of_population(evidence, modalities, population, include_derived))
    ]
    main = next((one for one in each if one.k), each[0] if each else None)
    if main is None:
        return None
    return main.model_copy(update={"other_populations": [one for one in each if one is not main]})


def _of_population(
    evidence: Evidence, modalities: tuple[str, ...], population: Population, derived: bool
) -> SurvivalAnswer | None:
    from hilum.synthesis.survival import fit_survival

    selection = select_survival(
        evidence, modalities, Outcome.OVERALL_SURVIVAL, population, include_derived=derived
    )
    if not selection.rows and not selection.left_out:
        return None
    arms, rows, left_out = _arms(selection)
    fit: SurvivalFit | None = None
    if arms:
        try:
            fit = fit_survival(arms, candidates=FAMILIES)
        except (NotConverged, NotEstimable):
            fit = None
    if fit is None:
        return _empty(evidence, population, rows, left_out)
    kinds = Counter(report.kind for arm in fit.arms for report in arm.used)
    supported = max(arm.last for arm in fit.arms if arm.used)
    grid = [STEP * i for i in range(int(supported / STEP) + 1)]
    if grid[-1] < supported:
        grid.append(supported)
    curve = _points(fit, [*grid])
    used = {report.label for arm in fit.arms for report in arm.used}
    patients = [arm.n for arm in fit.arms if arm.used]
    known = [n for n in patients if n is not None]
    return SurvivalAnswer(
        population=population,
        kind="pooled" if fit.k > 1 else "single",
        k=fit.k,
        n=round(sum(known)) if known else None,
        n_complete=len(known) == len(patients),
        reports={kind: kinds[kind] for kind in ("rate", "median") if kinds[kind]},
        family=fit.family.name,
        shape_assumed=fit.shape_assumed,
        shape_varies=len(fit.random) > 1,
        tau2=fit.tau2 if fit.random else None,
        method="summary-likelihood",
        supported_months=supported,
        curve=curve,
        rates=_points(fit, list(RATE_TIMES)),
        median=_median(fit),
        families=[
            SurvivalFamily(
                family=one.family, shape_varies=one.random == "location+shape", aic=one.aic
            )
            for one in fit.candidates
        ],
        studies=figures(evidence, [row for row in rows if row.label in used]),
        left_out=[_left(evidence, item) for item in left_out],
        other_populations=[],
    )


def _arms(
    selection: Selection,
) -> tuple[list[SurvivalArm], tuple[Result, ...], list[LeftOut]]:
    """Arms of the selected rows; a row that its own arm contradicts is left out and says so."""
    from hilum.synthesis.survival import SurvivalArm, group

    left_out = list(selection.left_out)
    grouped: dict[tuple[str, str], list[Result]] = {}
    for row in selection.rows:
        grouped.setdefault((row.study_id, row.arm_id), []).append(row)
    arms: list[SurvivalArm] = []
    used: set[int] = set()
    for (study, arm), rows in grouped.items():
        one = SurvivalArm(study, arm, tuple(_report(row) for row in rows))
        try:
            (found,) = group([one])
        except NotEstimable:
            # Survival that rises, or limits that do not hold their value.
            left_out += [LeftOut(row, "contradicts") for row in rows]
            continue
        arms.append(one)
        by_label = {row.label: row for row in rows}
        used |= {by_label[report.label].row for report in found.used}
        left_out += [LeftOut(by_label[item.report.label], item.reason) for item in found.unused]
    order = sorted(left_out, key=lambda item: item.result.row)
    return arms, tuple(row for row in selection.rows if row.row in used), order


def _report(row: Result) -> Report:
    from hilum.synthesis.survival import Report

    n = None if row.n is None else float(row.n)
    if row.measure is Measure.MEDIAN_MONTHS:
        return Report("median", None, row.value, row.ci_low, row.ci_high, n, row.label)
    value, low, high = (
        None if end is None else end / 100 for end in (row.value, row.ci_low, row.ci_high)
    )
    return Report("rate", row.time_months, value, low, high, n, row.label)


def _points(fit: SurvivalFit, times: Sequence[float]) -> list[SurvivalPoint]:
    from hilum.synthesis.survival import pooled_survival

    curve = pooled_survival(fit, times)
    new = curve.pi_lb is not None and curve.pi_ub is not None
    return [
        SurvivalPoint(
            time_months=float(curve.time[i]),
            survival=float(curve.survival[i]),
            ci=(float(curve.ci_lb[i]), float(curve.ci_ub[i])),
            prediction=(float(curve.pi_lb[i]), float(curve.pi_ub[i]))
            if new and curve.pi_lb is not None and curve.pi_ub is not None
            else None,
            k=int(curve.k[i]),
            n=int(curve.n[i]),
            supported=_supported(fit, float(curve.time[i])),
        )
        for i in range(len(times))
    ]


def _median(fit: SurvivalFit) -> SurvivalTime | None:
    from hilum.synthesis.survival import median_survival

    found: Quantity | None = median_survival(fit)
    if found is None:
        return None
    medians = [one for arm in fit.arms for one in arm.used if one.kind == "median"]
    ci = found.ci
    if fit.k == 1 and len(medians) == 1 and medians[0].lower and medians[0].upper:
        # One study's printed interval is shown as it is printed.
        ci = (medians[0].lower, medians[0].upper)
    return SurvivalTime(
        value=found.value,
        ci=ci,
        prediction=found.prediction,
        supported=_supported(fit, found.value),
    )


def _supported(fit: SurvivalFit, time: float) -> bool:
    """Whether the reports, rather than the family, say what survival is at a time."""
    ends = [piece.end for arm in fit.arms for piece in arm.pieces]
    if fit.shape_assumed and time > 0:
        return any(time / NEAR <= end <= time * NEAR for end in ends)
    return time <= max(ends) + 1e-9


def _left(evidence: Evidence, item: LeftOut) -> StudyFigure:
    (figure,) = figures(evidence, [item.result])
    return figure.model_copy(update={"left_out": item.reason, "kept": item.kept})


def _empty(
    evidence: Evidence,
    population: Population,
    rows: Sequence[Result],
    left_out: Sequence[LeftOut],
) -> SurvivalAnswer:
    return SurvivalAnswer(
        population=population,
        kind="not_estimable" if rows else "no_study",
        k=0,
        n=None,
        n_complete=True,
        reports={},
        family=None,
        shape_assumed=False,
        shape_varies=False,
        tau2=None,
        method=None,
        supported_months=None,
        curve=[],
        rates=[],
        median=None,
        families=[],
        studies=figures(evidence, rows),
        left_out=[_left(evidence, item) for item in left_out],
        other_populations=[],
    )
