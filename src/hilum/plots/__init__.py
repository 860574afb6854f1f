"""Drawing estimates; a plot knows nothing of how they were fitted."""

from hilum.plots.forest import ForestRow, forest_svg

__all__ = ["ForestRow", "forest_svg"]
