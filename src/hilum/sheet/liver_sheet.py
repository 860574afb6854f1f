"""The models of the liver part: what was measured or typed, the remnant, plans and doses."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Range = tuple[float, float]
Plain = str | int | float | bool | list[str]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NoticePart(_Part):
    """A code and its facts; the sentence is made where it is shown."""

    code: str
    facts: dict[str, str | float]


class SegmentPart(_Part):
    """One segment, in mL."""

    name: str
    ml: float
    ml_range: Range
    tumour_ml: float
    burden_percent: float
    components: int
    lesions: list[int]


class LesionPart(_Part):
    """One lesion, in mL and mm."""

    id: int
    ml: float
    ml_range: Range
    longest_axial_mm: float
    feret_mm: float
    segments: list[str]
    centroid_mm_ras: tuple[float, float, float]
    vein_mm: dict[str, float]
    outside_ml: float = 0.0


class ThresholdPart(_Part):
    """The remnant beside one published threshold, in the threshold's units."""

    name: str
    threshold: float
    units: str
    population: str
    source: str
    applies: bool
    value: float | None
    p_below: float | None


class RemnantPart(_Part):
    """What the plan leaves; ``flr_ml`` without lesions.

    ``flr_percent_ct`` is of the functional liver as measured, ``sflr_percent`` of the standard
    liver volume by ``sflr_formula``, ``flr_body_weight_ratio`` in percent of body weight.
    """

    plan: str
    segments: list[str]
    wedge: list[int]
    ablate: list[int]
    margin_mm: float | None
    flr_ml: float
    flr_ml_range: Range | None
    resected_ml: float | None
    flr_percent_ct: float | None
    flr_percent_ct_range: Range | None
    sflr_percent: float | None
    sflr_formula: str
    sflr_by_formula: dict[str, float]
    flr_body_weight_ratio: float | None
    lesions_resected: list[int]
    lesions_ablated: list[int]
    lesions_left: list[int]
    lesions_margin_short: list[int]
    tumour_resected_percent: float | None
    tumour_cleared_percent: float | None
    volume_sd_percent: float
    thresholds: list[ThresholdPart]


class NeededPart(_Part):
    """Growth that would be needed to reach one threshold."""

    threshold: str
    percent_needed: float
    units: str
    missing_ml: float
    growth_percent: float
    weeks: float
    mean_growth_percent_pve: float
    mean_growth_percent_alpps: float
    source: str


class PlanPart(_Part):
    """One plan that none beats."""

    plan: str
    segments: list[str]
    lesions_wedged: list[int]
    lesions_ablated: list[int]
    lesions_left: list[int]
    flr_ml: float
    flr_percent_ct: float
    sflr_percent: float | None
    thresholds_reached: list[str]


class SearchPart(_Part):
    """The plans that none beats, and what a search assumed."""

    plans: list[PlanPart]
    tried: int
    margin_mm: float
    ablation_limit_mm: float
    ablation_limit_rule: str
    ablation_limit_source: str
    one_stage: bool | None
    lesions_untreatable: list[int]
    growth_needed: list[NeededPart]


class GrowthPart(_Part):
    """Growth in points of standardised remnant; ``notices`` are of the earlier label maps."""

    sflr_before: float
    sflr_after: float
    degree_of_hypertrophy: float
    kinetic_growth_rate: float
    weeks: float
    notices: list[NoticePart]


class LungLimitPart(_Part):
    """One published limit on what reaches the lungs."""

    rule_id: str
    attribute: str
    value: float
    operator: str
    threshold: str
    unit: str
    exceeded: bool
    statement: str
    statement_zh: str
    source: str


class DosesPart(_Part):
    """A planned radioembolisation: activity in GBq, mean doses in Gy."""

    product: str
    method: str
    activity_gbq: float
    target_ml: float
    shunt_percent: float
    lung_gy: float
    target_gy: float
    tumour_gy: float | None
    normal_gy: float | None
    tn_ratio: float | None
    limits: list[LungLimitPart]


class DisagreementPart(_Part):
    """A value given by hand beside the measured one; the given one is used."""

    attribute: str
    given: Plain
    measured: Plain


class LiverPart(_Part):
    """The liver; ``source`` says whether label maps were measured or numbers were typed."""

    source: Literal["label_maps", "case_file"]
    files: list[str]
    liver_ml: float | None
    liver_ml_range: Range | None
    functional_liver_ml: float | None
    tumour_ml: float | None
    tumour_ml_range: Range | None
    burden_percent: float | None
    lesion_count: int | None
    distribution: str | None
    distribution_basis: str | None
    spacing_mm: list[float]
    segments: list[SegmentPart]
    lesions: list[LesionPart]
    remnant: RemnantPart | None
    search: SearchPart | None
    growth: GrowthPart | None
    doses: DosesPart | None
    disagreements: list[DisagreementPart]
    notices: list[NoticePart]
    has_veins: bool
    picture_png: str | None
