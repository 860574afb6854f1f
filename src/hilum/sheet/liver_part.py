"""Filling the liver part of the sheet from label maps, or from volumes typed in the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.patient.liver_forms import filled, numerals, png_text
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
    from hilum.patient.liver.plan import Remnant
    from hilum.patient.liver.search import Search
    from hilum.patient.volumetry import Growth, Needed
    from hilum.patient.volumetry_shares import AtThreshold


def liver_part(case: Case, findings: LiverFindings | None) -> LiverPart | None:
    """The part for a case; ``None`` where neither label maps nor volumes are known."""
    condition = case.get("liver_condition")
    condition = condition if isinstance(condition, str) else None
    if findings is None:
        return _typed(case, condition)
    found = findings.measurement
    return filled(
        LiverPart,
        found,
        source="label_maps",
        lesion_count=len(found.lesions),
        distribution=found.distribution.type,
        distribution_basis=found.distribution.basis,
        segments=[filled(SegmentPart, one) for one in found.segments],
        lesions=[filled(LesionPart, one, vein_mm=dict(one.vein_mm)) for one in found.lesions],
        remnant=None if findings.remnant is None else _remnant(findings.remnant, condition),
        search=None if findings.search is None else _search(findings.search),
        growth=None
        if findings.growth is None
        else _growth(findings.growth, findings.earlier_notices),
        doses=_doses(findings),
        disagreements=[
            filled(DisagreementPart, one, given=_plain(one.given), measured=_plain(one.measured))
            for one in findings.disagreements
        ],
        notices=_notices(findings.notices),
        has_veins=findings.has_veins,
        picture_png=png_text(findings.picture),
    )


def _growth(found: Growth, earlier: Sequence[Notice]) -> GrowthPart:
    return filled(GrowthPart, found, notices=_notices(earlier))


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
    from hilum.patient.body import body_of
    from hilum.patient.volumetry import (
        STANDARD,
        flr_percent_slv,
        segmentation_sd_percent,
        standard_volumes,
    )
    from hilum.patient.volumetry_shares import (
        Denominators,
        at_thresholds,
        flr_body_weight_ratio,
    )

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
    return filled(
        RemnantPart,
        found,
        plan=plan.name,
        segments=numerals(plan.segments),
        wedge=plan.wedge,
        ablate=plan.ablate,
        margin_mm=plan.margin_mm,
        sflr_formula=found.formula,
        sflr_by_formula=dict(found.sflr_by_formula),
        volume_sd_percent=found.sd_percent,
        thresholds=_thresholds(found.thresholds, condition),
    )


def _thresholds(found: Sequence[AtThreshold], condition: str | None) -> list[ThresholdPart]:
    return [
        filled(
            ThresholdPart,
            one.threshold,
            threshold=one.threshold.value,
            applies=condition in one.threshold.conditions,
            value=one.value,
            p_below=one.p_below,
        )
        for one in found
    ]


def _search(found: Search) -> SearchPart:
    return filled(
        SearchPart,
        found,
        plans=[
            filled(
                PlanPart,
                one,
                plan=one.plan.name,
                segments=numerals(one.plan.segments),
                thresholds_reached=one.enough,
            )
            for one in found.candidates
        ],
        ablation_limit_mm=found.limit.mm,
        ablation_limit_rule=found.limit.rule_id,
        ablation_limit_source=found.limit.source,
        lesions_untreatable=found.untreatable,
        growth_needed=[_needed(one) for one in found.growth],
    )


def _needed(one: Needed) -> NeededPart:
    return filled(
        NeededPart,
        one,
        threshold=one.threshold.name,
        percent_needed=one.threshold.value,
        units=one.threshold.units,
        growth_percent=one.percent,
        mean_growth_percent_pve=one.percent_pve,
        mean_growth_percent_alpps=one.percent_alpps,
        source=one.threshold.source,
    )


def _doses(findings: LiverFindings) -> DosesPart | None:
    found = findings.doses
    if found is None:
        return None
    return filled(DosesPart, found, limits=[filled(LungLimitPart, one) for one in found.limits])


def _notices(found: Sequence[Notice]) -> list[NoticePart]:
    return [filled(NoticePart, one, facts=dict(one.facts)) for one in found]


def _plain(value: object) -> Plain:
    if isinstance(value, tuple):
        return [str(one) for one in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, str | int | float | bool):
        return value
    return str(value)
