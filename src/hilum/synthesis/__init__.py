"""Arrays in, estimates out: knows nothing of files, studies, diseases or pages."""

from hilum.synthesis.batch import BatchFit, fit_batch
from hilum.synthesis.effects import (
    back_transform,
    effect_sizes,
    from_quantiles,
    log_effect_from_interval,
    log_effect_from_p,
)
from hilum.synthesis.estimate import Estimate
from hilum.synthesis.exact import (
    ExactFit,
    beta_binomial,
    binomial_normal,
    exact_interval,
    fit_exact,
)
from hilum.synthesis.network import (
    Contrasts,
    NetworkFit,
    contrasts,
    contrasts_from_arms,
    fit_components,
    fit_network,
)
from hilum.synthesis.random_effects import pool_medians, random_effects
from hilum.synthesis.stratified import StratifiedFit, mantel_haenszel, peto
from hilum.synthesis.tau2_interval import generalised_q, q_profile
from hilum.synthesis.two_stage import Fit, fit

__all__ = [
    "BatchFit",
    "Contrasts",
    "Estimate",
    "ExactFit",
    "Fit",
    "NetworkFit",
    "StratifiedFit",
    "back_transform",
    "beta_binomial",
    "binomial_normal",
    "contrasts",
    "contrasts_from_arms",
    "effect_sizes",
    "exact_interval",
    "fit",
    "fit_batch",
    "fit_components",
    "fit_exact",
    "fit_network",
    "from_quantiles",
    "generalised_q",
    "log_effect_from_interval",
    "log_effect_from_p",
    "mantel_haenszel",
    "peto",
    "pool_medians",
    "q_profile",
    "random_effects",
]
