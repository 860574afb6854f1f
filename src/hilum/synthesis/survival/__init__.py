"""Survival: patients' curves, printed figures of every kind, and one pooled answer from both."""

from hilum.synthesis.survival.averaged import AVERAGED, AveragedFit, Weighed, average_survival
from hilum.synthesis.survival.fidelity import Fidelity, compare_arms, fidelity
from hilum.synthesis.survival.hazard_ratios import (
    LogHazard,
    Reported,
    TwoArms,
    log_hazard,
    two_arms,
)
from hilum.synthesis.survival.joint import Candidate, SurvivalFit, fit_survival
from hilum.synthesis.survival.kaplan_meier import (
    Contrast,
    CoxFit,
    KaplanMeier,
    cox,
    kaplan_meier,
    log_rank,
    restricted_mean_contrast,
    restricted_mean_time,
)
from hilum.synthesis.survival.median_widths import unlikely_widths
from hilum.synthesis.survival.mixture import (
    averaged_curve,
    averaged_median,
    averaged_rate,
    averaged_restricted_mean,
    averaged_taus,
)
from hilum.synthesis.survival.pooled_curve import (
    ConditionalSurvival,
    PooledCurve,
    conditional_from_pieces,
    conditional_survival,
    pooled_curve,
)
from hilum.synthesis.survival.posterior import (
    Posterior,
    Priors,
    posterior,
    posterior_curve,
    posterior_median,
    posterior_restricted_mean,
)
from hilum.synthesis.survival.reconstruct import Reconstruction, reconstruct
from hilum.synthesis.survival.reports import Report, SurvivalArm, Unused, group
from hilum.synthesis.survival.summary import (
    Quantity,
    SurvivalCurve,
    median_survival,
    pooled_survival,
    rate_at,
    restricted_mean,
    study_curve,
)

__all__ = [
    "AVERAGED",
    "AveragedFit",
    "Candidate",
    "ConditionalSurvival",
    "Contrast",
    "CoxFit",
    "Fidelity",
    "KaplanMeier",
    "LogHazard",
    "PooledCurve",
    "Posterior",
    "Priors",
    "Quantity",
    "Reconstruction",
    "Report",
    "Reported",
    "SurvivalArm",
    "SurvivalCurve",
    "SurvivalFit",
    "TwoArms",
    "Unused",
    "Weighed",
    "average_survival",
    "averaged_curve",
    "averaged_median",
    "averaged_rate",
    "averaged_restricted_mean",
    "averaged_taus",
    "compare_arms",
    "conditional_from_pieces",
    "conditional_survival",
    "cox",
    "fidelity",
    "fit_survival",
    "group",
    "kaplan_meier",
    "log_hazard",
    "log_rank",
    "median_survival",
    "pooled_curve",
    "pooled_survival",
    "posterior",
    "posterior_curve",
    "posterior_median",
    "posterior_restricted_mean",
    "rate_at",
    "reconstruct",
    "restricted_mean",
    "restricted_mean_contrast",
    "restricted_mean_time",
    "study_curve",
    "two_arms",
    "unlikely_widths",
]
