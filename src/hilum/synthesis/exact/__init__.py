"""Exact likelihoods of counts with a random effect: no correction of empty cells."""

from hilum.synthesis.exact.beta_binomial import BetaBinomialFit, beta_binomial
from hilum.synthesis.exact.fit import ExactFit, fit_exact
from hilum.synthesis.exact.proportions import binomial_normal, exact_interval

__all__ = [
    "BetaBinomialFit",
    "ExactFit",
    "beta_binomial",
    "binomial_normal",
    "exact_interval",
    "fit_exact",
]
