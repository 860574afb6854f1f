"""Answers as words in every language and as pictures; knows nothing of how they were computed."""

from typing import Final

MESSAGES: Final = (
    "hilum.render.network",
    "hilum.render.network_plots",
    "hilum.render.pool",
    "hilum.render.pool_plots",
    "hilum.render.reconstruct",
    "hilum.render.sensitivity",
    "hilum.render.stages",
    "hilum.render.survival",
    "hilum.render.survival_plot",
)
"""Modules with tables of messages (their ``messages()``)."""
