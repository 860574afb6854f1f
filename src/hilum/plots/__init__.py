"""Drawing estimates; a plot knows nothing of how they were fitted."""

from hilum.plots.diagnostics import baujat_svg, bubble_svg, gosh_svg, influence_svg
from hilum.plots.forest import ForestRow, forest_svg
from hilum.plots.small_studies import drapery_svg, funnel_svg
from hilum.plots.survival import CurvePoint, CurveWords, ReportMark, survival_svg, time_ticks

__all__ = [
    "CurvePoint",
    "CurveWords",
    "ForestRow",
    "ReportMark",
    "baujat_svg",
    "bubble_svg",
    "drapery_svg",
    "forest_svg",
    "funnel_svg",
    "gosh_svg",
    "influence_svg",
    "survival_svg",
    "time_ticks",
]
