"""Answers as words in every language and as pictures; knows nothing of how they were computed."""

from typing import Final

MESSAGES: Final = (
    "hilum.rendering.appraise",
    "hilum.rendering.cell",
    "hilum.rendering.joint",
    "hilum.rendering.joint_plots",
    "hilum.rendering.liver_dose",
    "hilum.rendering.liver_measure",
    "hilum.rendering.liver_plan",
    "hilum.rendering.liver_search",
    "hilum.rendering.board_list",
    "hilum.rendering.case_answer",
    "hilum.rendering.case_file",
    "hilum.rendering.case_form",
    "hilum.rendering.days",
    "hilum.rendering.fhir",
    "hilum.rendering.network",
    "hilum.rendering.network_plots",
    "hilum.rendering.measures",
    "hilum.rendering.pool",
    "hilum.rendering.pool_forest",
    "hilum.rendering.pool_page",
    "hilum.rendering.pool_plots",
    "hilum.rendering.published",
    "hilum.rendering.rank",
    "hilum.rendering.read_curves",
    "hilum.rendering.reconstruct",
    "hilum.rendering.sensitivity",
    "hilum.rendering.simulate",
    "hilum.rendering.stages",
    "hilum.rendering.study",
    "hilum.rendering.summary",
    "hilum.rendering.survival",
    "hilum.rendering.survival_plot",
)
"""Modules with tables of messages (their ``messages()``)."""
