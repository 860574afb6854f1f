"""Value of information: what better knowledge of an outcome would be worth, and to whom."""

from hilum.trials.worth.closed_form import normal_evpi, normal_evsi, unit_normal_loss
from hilum.trials.worth.information import (
    Worth,
    conditional,
    evpi,
    evppi,
    evsi,
    evsi_moment_matching,
    worth_of,
)
from hilum.trials.worth.posterior import Posterior, posterior

__all__ = [
    "Posterior",
    "Worth",
    "conditional",
    "evpi",
    "evppi",
    "evsi",
    "evsi_moment_matching",
    "normal_evpi",
    "normal_evsi",
    "posterior",
    "unit_normal_loss",
    "worth_of",
]
