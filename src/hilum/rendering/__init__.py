"""Answers as words in every language and as pictures; knows nothing of how they were computed."""

from typing import Final

MESSAGES: Final = (
    "hilum.rendering.joint",
    "hilum.rendering.joint_plots",
    "hilum.rendering.network",
    "hilum.rendering.network_plots",
    "hilum.rendering.pool",
    "hilum.rendering.pool_plots",
    "hilum.rendering.rank",
    "hilum.rendering.reconstruct",
    "hilum.rendering.sensitivity",
    "hilum.rendering.simulate",
    "hilum.rendering.stages",
    "hilum.rendering.survival",
    "hilum.rendering.survival_plot",
)
"""Modules with tables of messages (their ``messages()``)."""
