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
from hilum.trials.worth.predictive import median_draws, proportion_draws
from hilum.trials.worth.rank import Candidate, Point, rank_comparisons
from hilum.trials.worth.reach import Costs, Reach, Recruitment
from hilum.trials.worth.study import BinaryStudy, SurvivalStudy, restricted_mean

__all__ = [
    "BinaryStudy",
    "Candidate",
    "Costs",
    "Point",
    "Posterior",
    "Reach",
    "Recruitment",
    "SurvivalStudy",
    "Worth",
    "conditional",
    "evpi",
    "evppi",
    "evsi",
    "evsi_moment_matching",
    "median_draws",
    "normal_evpi",
    "normal_evsi",
    "posterior",
    "proportion_draws",
    "rank_comparisons",
    "restricted_mean",
    "unit_normal_loss",
    "worth_of",
]
