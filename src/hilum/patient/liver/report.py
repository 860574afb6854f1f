"""A measurement, a plan or a search as the object that ``--json`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.patient.liver.notices import BASES, GEOMETRY, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.patient.liver.anatomy import Notice
    from hilum.patient.liver.measure import LiverMeasurement
    from hilum.patient.liver.plan import Remnant
    from hilum.patient.liver.search import Search
    from hilum.patient.volumetry import Growth, Needed


def measurement_object(found: LiverMeasurement, more: Sequence[Notice] = ()) -> dict[str, Any]:
    """The keys of ``hilum liver measure --json``; volumes in mL, lengths in mm."""
    spread = found.distribution
    return {
        "liver_ml": found.liver_ml,
        "liver_ml_range": list(found.liver_ml_range),
        "functional_liver_ml": found.functional_liver_ml,
        "functional_liver_ml_range": list(found.functional_liver_ml_range),
        "tumour_ml": found.tumour_ml,
        "tumour_ml_range": list(found.tumour_ml_range),
        "burden_percent": found.burden_percent,
        "lesion_count": len(found.lesions),
        "segments": {
            one.name: {
                "ml": one.ml,
                "ml_range": list(one.ml_range),
                "functional_ml": one.functional_ml,
                "tumour_ml": one.tumour_ml,
                "burden_percent": one.burden_percent,
                "components": one.components,
                "components_6": one.components_6,
                "largest_component_ml": one.largest_component_ml,
                "lesions": list(one.lesions),
                "lesion_count": len(one.lesions),
            }
            for one in found.segments
        },
        "lesions": [
            {
                "id": one.id,
                "ml": one.ml,
                "ml_range": list(one.ml_range),
                "longest_axial_mm": one.longest_axial_mm,
                "feret_mm": one.feret_mm,
                "segments": list(one.segments),
                "segment_ml": dict(one.segment_ml),
                "centroid_mm_ras": list(one.centroid_mm_ras),
                "components": one.components,
                "outside_ml": one.outside_ml,
                "surface_mm": one.surface_mm,
                "vein_mm": dict(one.vein_mm),
            }
            for one in found.lesions
        ],
        "distribution": spread.type,
        "distribution_basis": BASES[spread.basis],
        "sides": spread.sides,
        "largest_lesion_share": spread.largest_share,
        "lesions_outside_ml": found.outside_ml,
        "spacing_mm": list(found.spacing_mm),
        "shape": list(found.shape),
        "voxel_ml": found.voxel_ml,
        "files": list(found.files),
        "labels": [
            {
                "file": one.file,
                "label": one.label,
                "name": one.name,
                "role": one.words,
                "used": one.used,
            }
            for one in found.labels
        ],
        "labels_not_used": sum(not one.used for one in found.labels),
        "warnings": [sentence(one) for one in (*found.notices, *more)],
    }


def remnant_object(found: Remnant, growth: Growth | None = None) -> dict[str, Any]:
    """What a plan adds."""
    plan = found.plan
    out: dict[str, Any] = {
        "plan": {
            "name": plan.name,
            "segments": _numerals(plan.segments),
            "wedge": list(plan.wedge),
            "ablate": list(plan.ablate),
            "margin_mm": plan.margin_mm,
            "plane": None if plan.plane is None else [list(one) for one in plan.plane],
            "drawn_remnant": plan.drawn_remnant,
        },
        "flr_ml": found.flr_ml,
        "flr_ml_range": list(found.flr_ml_range),
        "resected_ml": found.resected_ml,
        "remnant_with_lesions_ml": found.remnant_with_lesions_ml,
        "flr_percent": found.flr_percent,
        "flr_percent_range": list(found.flr_percent_range),
        "sflr_percent": found.sflr_percent,
        "sflr_formula": found.formula,
        "sflr_by_formula": dict(found.sflr_by_formula),
        "flr_body_weight_ratio": found.flr_body_weight_ratio,
        "lesions_resected": list(found.lesions_resected),
        "lesions_ablated": list(found.lesions_ablated),
        "lesions_left": list(found.lesions_left),
        "lesions_margin_short": list(found.lesions_margin_short),
        "tumour_resected_percent": found.tumour_resected_percent,
        "tumour_cleared_percent": found.tumour_cleared_percent,
        "volume_sd_percent": found.sd_percent,
        "p_below": {f"{value:g}": p for value, p in found.p_below},
        "thresholds": [
            {
                "name": one.threshold.name,
                "threshold": one.threshold.value,
                "units": one.threshold.units,
                "population": one.threshold.population,
                "source": one.threshold.source,
                "value": one.value,
                "p_below": one.p_below,
            }
            for one in found.thresholds
        ],
    }
    if growth is not None:
        out["growth"] = {name: getattr(growth, name) for name in growth.__slots__}
    return out


def search_object(found: Search) -> dict[str, Any]:
    """The keys that a search adds."""
    return {
        "what_this_is": GEOMETRY,
        "margin_mm": found.margin_mm,
        "ablation_limit_mm": found.limit.mm,
        "ablation_limit_rule": found.limit.rule_id,
        "ablation_preferred_mm": None if found.preferred is None else found.preferred.mm,
        "liver_condition": found.condition or "normal",
        "plans_tried": found.tried,
        "one_stage": found.one_stage,
        "lesions_untreatable": list(found.untreatable),
        "plans": [
            {
                "name": one.plan.name,
                "segments": _numerals(one.plan.segments),
                "flr_ml": one.flr_ml,
                "flr_percent": one.flr_percent,
                "sflr_percent": one.sflr_percent,
                "lesions_resected": list(one.lesions_resected),
                "lesions_wedged": list(one.lesions_wedged),
                "lesions_ablated": list(one.lesions_ablated),
                "lesions_left": list(one.lesions_left),
                "lesions_margin_short": list(one.lesions_margin_short),
                "thresholds_reached": list(one.enough),
            }
            for one in found.candidates
        ],
        "growth_needed": [needed_object(one) for one in found.growth],
    }


def needed_object(one: Needed) -> dict[str, Any]:
    """What growth would have to achieve."""
    return {
        "threshold": one.threshold.name,
        "percent_needed": one.threshold.value,
        "units": one.threshold.units,
        "target_ml": one.target_ml,
        "missing_ml": one.missing_ml,
        "growth_percent": one.percent,
        "percentage_points": one.points,
        "weeks_at_2_percent_a_week": one.weeks,
        "days_at_mean_pve_rate": one.days_pve,
        "days_at_mean_alpps_rate": one.days_alpps,
        "mean_growth_percent_pve": one.percent_pve,
        "mean_growth_percent_alpps": one.percent_alpps,
        "source": one.threshold.source,
    }


def _numerals(numbers: Sequence[int]) -> list[str]:
    from hilum.patient.liver.anatomy import SEGMENTS

    return [SEGMENTS[number - 1] for number in numbers]
