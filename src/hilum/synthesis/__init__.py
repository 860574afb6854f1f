"""Arrays in, estimates out: knows nothing of files, studies, diseases or pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.deferred import later

if TYPE_CHECKING:
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
    from hilum.synthesis.pooling import pool_medians, random_effects
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

__getattr__ = later(
    __name__,
    {
        "BatchFit": "hilum.synthesis.batch",
        "Contrasts": "hilum.synthesis.network",
        "Estimate": "hilum.synthesis.estimate",
        "ExactFit": "hilum.synthesis.exact",
        "Fit": "hilum.synthesis.two_stage",
        "NetworkFit": "hilum.synthesis.network",
        "StratifiedFit": "hilum.synthesis.stratified",
        "back_transform": "hilum.synthesis.effects",
        "beta_binomial": "hilum.synthesis.exact",
        "binomial_normal": "hilum.synthesis.exact",
        "contrasts": "hilum.synthesis.network",
        "contrasts_from_arms": "hilum.synthesis.network",
        "effect_sizes": "hilum.synthesis.effects",
        "exact_interval": "hilum.synthesis.exact",
        "fit": "hilum.synthesis.two_stage",
        "fit_batch": "hilum.synthesis.batch",
        "fit_components": "hilum.synthesis.network",
        "fit_exact": "hilum.synthesis.exact",
        "fit_network": "hilum.synthesis.network",
        "from_quantiles": "hilum.synthesis.effects",
        "generalised_q": "hilum.synthesis.tau2_interval",
        "log_effect_from_interval": "hilum.synthesis.effects",
        "log_effect_from_p": "hilum.synthesis.effects",
        "mantel_haenszel": "hilum.synthesis.stratified",
        "peto": "hilum.synthesis.stratified",
        "pool_medians": "hilum.synthesis.pooling",
        "q_profile": "hilum.synthesis.tau2_interval",
        "random_effects": "hilum.synthesis.pooling",
    },
)
