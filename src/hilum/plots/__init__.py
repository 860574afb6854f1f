"""Drawing estimates; a plot knows nothing of how they were fitted."""

from hilum.plots.appraisal import (
    AppraisedStudy,
    appraisal_summary_svg,
    certainty_svg,
    traffic_light_svg,
)
from hilum.plots.diagnostics import baujat_svg, bubble_svg, gosh_svg, influence_svg
from hilum.plots.forest import ForestRow, forest_svg
from hilum.plots.small_studies import drapery_svg, funnel_svg

__all__ = [
    "AppraisedStudy",
    "ForestRow",
    "appraisal_summary_svg",
    "baujat_svg",
    "bubble_svg",
    "certainty_svg",
    "drapery_svg",
    "forest_svg",
    "funnel_svg",
    "gosh_svg",
    "influence_svg",
    "traffic_light_svg",
]
