"""Exact likelihoods of counts with a random effect: no correction of empty cells."""

from hilum.synthesis.exact.beta_binomial import BetaBinomialFit, beta_binomial
from hilum.synthesis.exact.fit import ExactFit, fit_exact
from hilum.synthesis.exact.interval import exact_interval
from hilum.synthesis.exact.models import EXACT_MODELS, ExactModel, exact_model, exact_models
from hilum.synthesis.exact.proportions import binomial_normal

__all__ = [
    "EXACT_MODELS",
    "BetaBinomialFit",
    "ExactFit",
    "ExactModel",
    "beta_binomial",
    "binomial_normal",
    "exact_interval",
    "exact_model",
    "exact_models",
    "fit_exact",
]
