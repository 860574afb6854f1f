"""The liver from label maps: measuring, planning the remnant, searching plans, doses."""

from hilum.patient.liver.anatomy import Anatomy, Grid, Notice
from hilum.patient.liver.lesions import Lesion
from hilum.patient.liver.measure import Distribution, LiverMeasurement, Segment, measure_liver
from hilum.patient.liver.plan import (
    OPERATIONS,
    Plan,
    Remnant,
    check_plan,
    parse_segments,
    plan_remnant,
)
from hilum.patient.liver.presets import PRESETS, Preset, read_mapping
from hilum.patient.liver.read import read_liver
from hilum.patient.liver.search import Search, ablation_limits, search_plans
from hilum.patient.liver.tally import Tally, tally

__all__ = [
    "OPERATIONS",
    "PRESETS",
    "Anatomy",
    "Distribution",
    "Grid",
    "Lesion",
    "LiverMeasurement",
    "Notice",
    "Plan",
    "Preset",
    "Remnant",
    "Search",
    "Segment",
    "Tally",
    "ablation_limits",
    "check_plan",
    "measure_liver",
    "parse_segments",
    "plan_remnant",
    "read_liver",
    "read_mapping",
    "search_plans",
    "tally",
]
