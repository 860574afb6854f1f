"""Answers as words in every language and as pictures; knows nothing of how they were computed."""

from typing import Final

MESSAGES: Final = (
    "hilum.rendering.board_list",
    "hilum.rendering.case_file",
    "hilum.rendering.days",
    "hilum.rendering.fhir",
    "hilum.rendering.network",
    "hilum.rendering.network_plots",
    "hilum.rendering.pool",
    "hilum.rendering.pool_plots",
    "hilum.rendering.reconstruct",
    "hilum.rendering.sensitivity",
    "hilum.rendering.stages",
    "hilum.rendering.survival",
    "hilum.rendering.survival_plot",
)
"""Modules with tables of messages (their ``messages()``)."""
