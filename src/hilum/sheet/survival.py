"""The survival curves of a treatment as the sheet holds them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from hilum.answers import treatments as known_treatments
from hilum.answers.survival import TreatmentCurve, survival_curves
from hilum.evidence import Measure, Population
from hilum.sheet.cells_part import ANYBODY, item_figure
from hilum.sheet.sheet import SurvivalAnswer, SurvivalPoint, SurvivalTime

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.answers import Index, Item, LeftOut, Switches
    from hilum.answers.survival_fit import CurveRead, FittedCurve
    from hilum.evidence import Evidence
    from hilum.sheet.sheet_cells import AskedPart, StudyFigure

Kind = Literal["pooled", "single", "range", "not_estimable", "no_study"]
FEWEST = 3


def survival_answer(
    evidence: Evidence | Index,
    treatment: str,
    asked: AskedPart = ANYBODY,
    switches: Switches | None = None,
) -> SurvivalAnswer | None:
    """The main curve of a treatment for patients as asked, with the curves beside it.

    ``None`` where no figure of overall survival touches the question.
    """
    if treatment not in known_treatments():
        return None
    main, *others = survival_curves(
        evidence, treatment, asked.site, asked.grade, asked.line, switches
    )
    if not main.reports and not main.left_out:
        return None
    return _answer(main).model_copy(update={"beside": [_answer(one) for one in others]})


def _answer(one: TreatmentCurve) -> SurvivalAnswer:
    curve = one.curve
    used = set(curve.used) if curve else set[str]()
    inside = [item for item in one.reports if item.row.result_id in used]
    kinds = Counter(
        "median" if item.row.measure is Measure.MEDIAN_MONTHS else "rate" for item in inside
    )
    return SurvivalAnswer(
        selection=one.selection,
        width=one.width,
        population=_population(one.reports),
        kind=_kind(one),
        k=curve.k if curve else 0,
        n=curve.n if curve else None,
        n_complete=all(item.n is not None for item in inside),
        reports={kind: kinds[kind] for kind in ("rate", "median") if kinds[kind]},
        family=curve.family if curve else None,
        shape_assumed=bool(curve and curve.shape_assumed),
        shape_varies=bool(curve and curve.shape_varies),
        tau2=curve.tau**2 if curve and curve.k > 1 else None,
        method="summary-likelihood" if curve else None,
        supported_months=curve.support_months if curve else None,
        curve=_points(curve.line, FEWEST) if curve and one.drawn else [],
        rates=_points(curve.rates, FEWEST) if curve else [],
        median=_median(curve, FEWEST) if curve else None,
        studies=[_figure(item) for item in inside],
        left_out=_left_out(one, used),
        beside=[],
    )


def _kind(one: TreatmentCurve) -> Kind:
    if one.curve is None:
        return "not_estimable" if one.reports else "no_study"
    if one.curve.k >= FEWEST:
        return "pooled"
    return "single" if one.curve.k == 1 else "range"


def _points(reads: Iterable[CurveRead], least: int) -> list[SurvivalPoint]:
    return [
        SurvivalPoint(
            time_months=read.time_months,
            survival=read.survival,
            ci=read.ci,
            prediction=read.prediction,
            k=read.reach,
            n=read.n,
            supported=read.near >= least and read.reach >= least,
        )
        for read in reads
    ]


def _median(curve: FittedCurve, least: int) -> SurvivalTime | None:
    read = curve.median
    if read is None:
        return None
    return SurvivalTime(
        value=read.time_months,
        ci=read.ci,
        prediction=read.prediction,
        supported=read.near >= least and read.reach >= least,
    )


def _left_out(one: TreatmentCurve, used: set[str]) -> list[StudyFigure]:
    """What is not in the curve: figures that weigh nothing there, and those of other patients."""
    why = dict(one.curve.unused) if one.curve else {}
    weightless = [
        _figure(item).model_copy(update={"left_out": why.get(item.row.result_id, "no_n")})
        for item in one.reports
        if item.row.result_id not in used
    ]
    return [*weightless, *(_figure(left.item, left) for left in one.left_out)]


def _figure(item: Item, left: LeftOut | None = None) -> StudyFigure:
    scale = 1.0 if item.row.measure is Measure.MEDIAN_MONTHS else 0.01
    return item_figure(item, scale, left)


def _population(items: Iterable[Item]) -> str:
    alone = all(item.study.population is Population.NETLM for item in items)
    return Population.NETLM if alone else Population.MIXED_NET
