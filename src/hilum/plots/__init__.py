"""Drawing estimates; a plot knows nothing of how they were fitted."""

from hilum.plots.diagnostics import baujat_svg, bubble_svg, gosh_svg, influence_svg
from hilum.plots.forest import ForestRow, forest_svg
from hilum.plots.small_studies import drapery_svg, funnel_svg
from hilum.plots.worth import WorthCurve, WorthPanel, worth_svg

__all__ = [
    "ForestRow",
    "WorthCurve",
    "WorthPanel",
    "baujat_svg",
    "bubble_svg",
    "drapery_svg",
    "forest_svg",
    "funnel_svg",
    "gosh_svg",
    "influence_svg",
    "worth_svg",
]
