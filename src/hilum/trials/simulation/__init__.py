"""Simulated trials: patients, looks, operating characteristics with their Monte-Carlo error."""

from hilum.trials.simulation.logrank import RiskTable, log_hazard_ratio, log_rank, risk_table
from hilum.trials.simulation.patients import Patients, draw
from hilum.trials.simulation.piecewise import Piecewise
from hilum.trials.simulation.platform import (
    PlatformOutcomes,
    platform_characteristics,
    simulate_platform,
)
from hilum.trials.simulation.platform_trial import PlatformTrial
from hilum.trials.simulation.survival import (
    SurvivalOutcomes,
    analyse,
    simulate_survival,
    survival_characteristics,
)
from hilum.trials.simulation.survival_trial import SurvivalTrial
from hilum.trials.simulation.tally import Moments, Tally, merge, tally

__all__ = [
    "Moments",
    "Patients",
    "Piecewise",
    "PlatformOutcomes",
    "PlatformTrial",
    "RiskTable",
    "SurvivalOutcomes",
    "SurvivalTrial",
    "Tally",
    "analyse",
    "draw",
    "log_hazard_ratio",
    "log_rank",
    "merge",
    "platform_characteristics",
    "risk_table",
    "simulate_platform",
    "simulate_survival",
    "survival_characteristics",
    "tally",
]
