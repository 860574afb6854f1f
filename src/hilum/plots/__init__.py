"""Drawing estimates; a plot knows nothing of how they were fitted."""

from hilum.plots.appraisal import (
    AppraisedStudy,
    appraisal_summary_svg,
    certainty_svg,
    traffic_light_svg,
)
from hilum.plots.by_precision import labbe_svg, radial_svg
from hilum.plots.diagnostics import baujat_svg, bubble_svg, gosh_svg, influence_svg
from hilum.plots.forest import ForestRow, forest_svg
from hilum.plots.league import league_svg, net_heat_svg
from hilum.plots.network import network_svg
from hilum.plots.printed_curve import DrawnArm, printed_curve_svg
from hilum.plots.ranks import rankogram_svg
from hilum.plots.small_studies import adjusted_funnel_svg, drapery_svg, funnel_svg
from hilum.plots.survival import CurvePoint, CurveWords, ReportMark, survival_svg, time_ticks
from hilum.plots.trial_design import boundaries_svg, operating_svg, reestimation_svg
from hilum.plots.worth import WorthCurve, WorthPanel, worth_svg

__all__ = [
    "AppraisedStudy",
    "CurvePoint",
    "CurveWords",
    "DrawnArm",
    "ForestRow",
    "ReportMark",
    "WorthCurve",
    "WorthPanel",
    "adjusted_funnel_svg",
    "appraisal_summary_svg",
    "baujat_svg",
    "boundaries_svg",
    "bubble_svg",
    "certainty_svg",
    "drapery_svg",
    "forest_svg",
    "funnel_svg",
    "gosh_svg",
    "influence_svg",
    "labbe_svg",
    "league_svg",
    "net_heat_svg",
    "network_svg",
    "operating_svg",
    "printed_curve_svg",
    "radial_svg",
    "rankogram_svg",
    "reestimation_svg",
    "survival_svg",
    "time_ticks",
    "traffic_light_svg",
    "worth_svg",
]
