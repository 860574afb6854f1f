"""Filling the liver part of the sheet from label maps, or from volumes typed in the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.sheet.liver_sheet import (
    DisagreementPart,
    DosesPart,
    GrowthPart,
    LesionPart,
    LiverPart,
    LungLimitPart,
    NeededPart,
    NoticePart,
    Plain,
    PlanPart,
    RemnantPart,
    SearchPart,
    SegmentPart,
    ThresholdPart,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.patient import Case
    from hilum.patient.liver.anatomy import Notice
    from hilum.patient.liver.conduct import LiverFindings
    from hilum.patient.liver.measure import LiverMeasurement
    from hilum.patient.liver.plan import AtThreshold, Remnant
    from hilum.patient.liver.search import Search
    from hilum.patient.volumetry import Growth, Needed


def liver_part(case: Case, findings: LiverFindings | None) -> LiverPart | None:
    """The part for a case; ``None`` where neither label maps nor volumes are known."""
    condition = case.get("liver_condition")
    condition = condition if isinstance(condition, str) else None
    if findings is None:
        return _typed(case, condition)
    from base64 import b64encode

    found = findings.measurement
    return LiverPart(
        source="label_maps",
        files=list(found.files),
        liver_ml=found.liver_ml,
        liver_ml_range=found.liver_ml_range,
        functional_liver_ml=found.functional_liver_ml,
        tumour_ml=found.tumour_ml,
        tumour_ml_range=found.tumour_ml_range,
        burden_percent=found.burden_percent,
        lesion_count=len(found.lesions),
        distribution=found.distribution.type,
        distribution_basis=found.distribution.basis,
        spacing_mm=list(found.spacing_mm),
        segments=_segments(found),
        lesions=_lesions(found),
        remnant=None if findings.remnant is None else _remnant(findings.remnant, condition),
        search=None if findings.search is None else _search(findings.search),
        growth=None
        if findings.growth is None
        else _growth(findings.growth, findings.earlier_notices),
        doses=_doses(findings),
        disagreements=[
            DisagreementPart(
                attribute=one.attribute, given=_plain(one.given), measured=_plain(one.measured)
            )
            for one in findings.disagreements
        ],
        notices=_notices(findings.notices),
        has_veins=findings.has_veins,
        picture_png=None
        if findings.picture is None
        else b64encode(findings.picture).decode("ascii"),
    )


def _segments(found: LiverMeasurement) -> list[SegmentPart]:
    return [
        SegmentPart(
            name=one.name,
            ml=one.ml,
            ml_range=one.ml_range,
            tumour_ml=one.tumour_ml,
            burden_percent=one.burden_percent,
            components=one.components,
            lesions=list(one.lesions),
        )
        for one in found.segments
    ]


def _lesions(found: LiverMeasurement) -> list[LesionPart]:
    return [
        LesionPart(
            id=one.id,
            ml=one.ml,
            ml_range=one.ml_range,
            longest_axial_mm=one.longest_axial_mm,
            feret_mm=one.feret_mm,
            segments=list(one.segments),
            centroid_mm_ras=one.centroid_mm_ras,
            vein_mm=dict(one.vein_mm),
            outside_ml=one.outside_ml,
        )
        for one in found.lesions
    ]


def _growth(found: Growth, earlier: Sequence[Notice]) -> GrowthPart:
    return GrowthPart(
        sflr_before=found.sflr_before,
        sflr_after=found.sflr_after,
        degree_of_hypertrophy=found.degree_of_hypertrophy,
        kinetic_growth_rate=found.kinetic_growth_rate,
        weeks=found.weeks,
        notices=_notices(earlier),
    )


def _typed(case: Case, condition: str | None) -> LiverPart | None:
    """The same from volumes in the case file, where label maps were not given."""

    def number(name: str) -> float | None:
        value = case.get(name)
        return float(value) if isinstance(value, int | float) else None

    liver, tumour, flr = (
        number(name) for name in ("total_liver_volume_ml", "tumour_volume_ml", "flr_volume_ml")
    )
    if liver is None and tumour is None and flr is None:
        return None
    functional = liver - tumour if liver is not None and tumour is not None else None
    lesions = number("lesion_count")
    spread = case.get("distribution")
    return LiverPart(
        source="case_file",
        files=[],
        liver_ml=liver,
        liver_ml_range=None,
        functional_liver_ml=functional,
        tumour_ml=tumour,
        tumour_ml_range=None,
        burden_percent=number("liver_burden_percent"),
        lesion_count=None if lesions is None else int(lesions),
        distribution=spread if isinstance(spread, str) else None,
        distribution_basis=None,
        spacing_mm=[],
        segments=[],
        lesions=[],
        remnant=None if flr is None else _typed_remnant(case, flr, functional, condition),
        search=None,
        growth=None,
        doses=None,
        disagreements=[],
        notices=[],
        has_veins=False,
        picture_png=None,
    )


def _typed_remnant(
    case: Case, flr: float, functional: float | None, condition: str | None
) -> RemnantPart:
    """A remnant typed in the case, by every denominator that is known."""
    from hilum.patient.liver.from_case import body_of
    from hilum.patient.liver.plan import at_thresholds
    from hilum.patient.volumetry import (
        STANDARD,
        flr_percent_slv,
        segmentation_sd_percent,
        standard_volumes,
    )
    from hilum.patient.volumetry_shares import Denominators, flr_body_weight_ratio

    body, sd = body_of(case), segmentation_sd_percent()
    standard = standard_volumes(body)
    by = Denominators(functional, standard.get(STANDARD), body.surface_m2)
    weight = body.weight_kg
    return RemnantPart(
        plan="",
        segments=[],
        wedge=[],
        ablate=[],
        margin_mm=None,
        flr_ml=flr,
        flr_ml_range=None,
        resected_ml=None if functional is None else functional - flr,
        flr_percent_ct=by.share(flr, "ct_non_tumour"),
        flr_percent_ct_range=None,
        sflr_percent=by.share(flr, "slv"),
        sflr_formula=STANDARD,
        sflr_by_formula={name: flr_percent_slv(flr, slv) for name, slv in standard.items()},
        flr_body_weight_ratio=None if weight is None else flr_body_weight_ratio(flr, weight),
        lesions_resected=[],
        lesions_ablated=[],
        lesions_left=[],
        lesions_margin_short=[],
        tumour_resected_percent=None,
        tumour_cleared_percent=None,
        volume_sd_percent=sd,
        thresholds=_thresholds(at_thresholds(flr, by, sd), condition),
    )


def _remnant(found: Remnant, condition: str | None) -> RemnantPart:
    plan = found.plan
    return RemnantPart(
        plan=plan.name,
        segments=_numerals(plan.segments),
        wedge=list(plan.wedge),
        ablate=list(plan.ablate),
        margin_mm=plan.margin_mm,
        flr_ml=found.flr_ml,
        flr_ml_range=found.flr_ml_range,
        resected_ml=found.resected_ml,
        flr_percent_ct=found.flr_percent_ct,
        flr_percent_ct_range=found.flr_percent_ct_range,
        sflr_percent=found.sflr_percent,
        sflr_formula=found.formula,
        sflr_by_formula=dict(found.sflr_by_formula),
        flr_body_weight_ratio=found.flr_body_weight_ratio,
        lesions_resected=list(found.lesions_resected),
        lesions_ablated=list(found.lesions_ablated),
        lesions_left=list(found.lesions_left),
        lesions_margin_short=list(found.lesions_margin_short),
        tumour_resected_percent=found.tumour_resected_percent,
        tumour_cleared_percent=found.tumour_cleared_percent,
        volume_sd_percent=found.sd_percent,
        thresholds=_thresholds(found.thresholds, condition),
    )


def _thresholds(found: Sequence[AtThreshold], condition: str | None) -> list[ThresholdPart]:
    return [
        ThresholdPart(
            name=one.threshold.name,
            threshold=one.threshold.value,
            units=one.threshold.units,
            population=one.threshold.population,
            source=one.threshold.source,
            applies=condition in one.threshold.conditions,
            value=one.value,
            p_below=one.p_below,
        )
        for one in found
    ]


def _search(found: Search) -> SearchPart:
    return SearchPart(
        plans=[
            PlanPart(
                plan=one.plan.name,
                segments=_numerals(one.plan.segments),
                lesions_wedged=list(one.lesions_wedged),
                lesions_ablated=list(one.lesions_ablated),
                lesions_left=list(one.lesions_left),
                flr_ml=one.flr_ml,
                flr_percent_ct=one.flr_percent_ct,
                sflr_percent=one.sflr_percent,
                thresholds_reached=list(one.enough),
            )
            for one in found.candidates
        ],
        tried=found.tried,
        margin_mm=found.margin_mm,
        ablation_limit_mm=found.limit.mm,
        ablation_limit_rule=found.limit.rule_id,
        ablation_limit_source=found.limit.source,
        one_stage=found.one_stage,
        lesions_untreatable=list(found.untreatable),
        growth_needed=[_needed(one) for one in found.growth],
    )


def _needed(one: Needed) -> NeededPart:
    return NeededPart(
        threshold=one.threshold.name,
        percent_needed=one.threshold.value,
        units=one.threshold.units,
        missing_ml=one.missing_ml,
        growth_percent=one.percent,
        weeks=one.weeks,
        mean_growth_percent_pve=one.percent_pve,
        mean_growth_percent_alpps=one.percent_alpps,
        source=one.threshold.source,
    )


def _doses(findings: LiverFindings) -> DosesPart | None:
    found = findings.doses
    if found is None:
        return None
    return DosesPart(
        product=found.product,
        method=found.method,
        activity_gbq=found.activity_gbq,
        target_ml=found.target_ml,
        shunt_percent=found.shunt_percent,
        lung_gy=found.lung_gy,
        target_gy=found.target_gy,
        tumour_gy=found.tumour_gy,
        normal_gy=found.normal_gy,
        tn_ratio=found.tn_ratio,
        limits=[
            LungLimitPart(
                rule_id=one.rule_id,
                attribute=one.attribute,
                value=one.value,
                operator=one.operator,
                threshold=one.threshold,
                unit=one.unit,
                exceeded=one.exceeded,
                statement=one.statement,
                statement_zh=one.statement_zh,
                source=one.source,
            )
            for one in found.limits
        ],
    )


def _notices(found: Sequence[Notice]) -> list[NoticePart]:
    return [NoticePart(code=one.code, facts=dict(one.facts)) for one in found]


def _plain(value: object) -> Plain:
    if isinstance(value, tuple):
        return [str(one) for one in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, str | int | float | bool):
        return value
    return str(value)


def _numerals(numbers: Sequence[int]) -> list[str]:
    from hilum.patient.liver.anatomy import SEGMENTS

    return [SEGMENTS[number - 1] for number in numbers]
