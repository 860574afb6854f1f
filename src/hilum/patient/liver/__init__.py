"""The liver from label maps: measuring, planning the remnant, searching plans, doses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.deferred import later

if TYPE_CHECKING:
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
    from hilum.patient.liver.tally import Tally

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
]

__getattr__ = later(
    __name__,
    {
        "Anatomy": "hilum.patient.liver.anatomy",
        "Distribution": "hilum.patient.liver.measure",
        "Grid": "hilum.patient.liver.anatomy",
        "Lesion": "hilum.patient.liver.lesions",
        "LiverMeasurement": "hilum.patient.liver.measure",
        "Notice": "hilum.patient.liver.anatomy",
        "OPERATIONS": "hilum.patient.liver.plan",
        "PRESETS": "hilum.patient.liver.presets",
        "Plan": "hilum.patient.liver.plan",
        "Preset": "hilum.patient.liver.presets",
        "Remnant": "hilum.patient.liver.plan",
        "Search": "hilum.patient.liver.search",
        "Segment": "hilum.patient.liver.measure",
        "Tally": "hilum.patient.liver.tally",
        "ablation_limits": "hilum.patient.liver.search",
        "check_plan": "hilum.patient.liver.plan",
        "measure_liver": "hilum.patient.liver.measure",
        "parse_segments": "hilum.patient.liver.plan",
        "plan_remnant": "hilum.patient.liver.plan",
        "read_liver": "hilum.patient.liver.read",
        "read_mapping": "hilum.patient.liver.presets",
        "search_plans": "hilum.patient.liver.search",
    },
)
