"""Arrays in, estimates out: knows nothing of files, studies, diseases or pages."""

from hilum.synthesis.estimate import Estimate
from hilum.synthesis.exact import binomial_normal, exact_interval
from hilum.synthesis.random_effects import (
    log_effect_from_interval,
    pool_medians,
    random_effects,
)

__all__ = [
    "Estimate",
    "binomial_normal",
    "exact_interval",
    "log_effect_from_interval",
    "pool_medians",
    "random_effects",
]
