"""Why a printed figure of an arm did not enter, by code and in words."""

from typing import Final

REASONS: Final = {
    "patients_given": "the arm's patients are given",
    "same_time": "a rate at the same time is used",
    "median_reached_later": "the arm's rates reach the median before",
    "contradicts": "the arm's own rates contradict it",
    "no_n": "no number of patients, and no interval that says anything (0 to 100 % says nothing)",
    "at_risk_alone": "numbers at risk say nothing of deaths without a rate or a median",
    "not_on_grid": "no survival at two neighbouring times of the grid",
    "no_information": "adds nothing to the arm's other figures",
}
"""Sentences by their codes."""
