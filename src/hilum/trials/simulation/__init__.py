"""Simulated trials: patients, looks, operating characteristics with their Monte-Carlo error."""

from hilum.trials.simulation.arms import ArmsOutcomes, arms_characteristics, simulate_arms
from hilum.trials.simulation.arms_trial import ArmsTrial
from hilum.trials.simulation.logrank import RiskTable, log_hazard_ratio, log_rank, risk_table
from hilum.trials.simulation.patients import Patients, draw
from hilum.trials.simulation.piecewise import Piecewise
from hilum.trials.simulation.platform import (
    PlatformOutcomes,
    platform_characteristics,
    simulate_platform,
)
from hilum.trials.simulation.platform_rules import RulesOutcomes, rules_truths, simulate_rules
from hilum.trials.simulation.platform_trial import PlatformTrial
from hilum.trials.simulation.reestimated import (
    ReestimatedOutcomes,
    reestimated_characteristics,
    simulate_reestimated,
)
from hilum.trials.simulation.reestimated_trial import ReestimatedTrial
from hilum.trials.simulation.survival import (
    SurvivalOutcomes,
    analyse,
    simulate_survival,
    survival_characteristics,
)
from hilum.trials.simulation.survival_trial import SurvivalTrial
from hilum.trials.simulation.tally import Moments, Tally, merge, tally

__all__ = [
    "ArmsOutcomes",
    "ArmsTrial",
    "Moments",
    "Patients",
    "Piecewise",
    "PlatformOutcomes",
    "PlatformTrial",
    "ReestimatedOutcomes",
    "ReestimatedTrial",
    "RiskTable",
    "RulesOutcomes",
    "SurvivalOutcomes",
    "SurvivalTrial",
    "Tally",
    "analyse",
    "arms_characteristics",
    "draw",
    "log_hazard_ratio",
    "log_rank",
    "merge",
    "platform_characteristics",
    "reestimated_characteristics",
    "risk_table",
    "rules_truths",
    "simulate_arms",
    "simulate_platform",
    "simulate_reestimated",
    "simulate_rules",
    "simulate_survival",
    "survival_characteristics",
    "tally",
]
