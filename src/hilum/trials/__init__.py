"""Designing the study that is missing: arrays and numbers in, designs out; no files, no pages."""

from hilum.trials.borrowing.effective_size import effective_size, events_worth
from hilum.trials.borrowing.em import MixtureFit, fit_mixture
from hilum.trials.borrowing.map_prior import MapPrior, map_prior
from hilum.trials.borrowing.mixture import BetaMixture
from hilum.trials.borrowing.trial import (
    BorrowedTrial,
    assurance,
    assurance_survival,
    assurance_two_proportions,
    borrowed_trial,
    power_prior,
)
from hilum.trials.fixed.course import Course, Hazard, event_probability
from hilum.trials.fixed.exact_tests import ExactTest, exact_test, exact_two_proportions
from hilum.trials.fixed.lakatos import changing_hazard, lakatos
from hilum.trials.fixed.means import equivalent_means, one_mean, two_means
from hilum.trials.fixed.proportions import (
    equivalent_proportions,
    noninferior_proportions,
    one_proportion,
    stratified_proportions,
    two_proportions,
)
from hilum.trials.fixed.sizes import SampleSize
from hilum.trials.fixed.stratified import StratifiedSurvival, stratified_survival
from hilum.trials.fixed.survival import required_events, survival
from hilum.trials.sequential.design import GroupSequential, group_sequential
from hilum.trials.sequential.multi_arm import MultiArm, dunnett_critical, multi_arm
from hilum.trials.sequential.platform import PlatformRules
from hilum.trials.sequential.promising import PromisingZone, promising_zone
from hilum.trials.sequential.reestimation import (
    Reestimate,
    conditional_power,
    inverse_normal,
    reestimate,
)
from hilum.trials.sequential.sizes import (
    SequentialTrial,
    sequential_means,
    sequential_proportions,
    sequential_survival,
)
from hilum.trials.sequential.survival_arms import SurvivalArms, survival_arms
from hilum.trials.single_arm.bayesian import (
    BayesianDesign,
    find_posterior_design,
    find_predictive_design,
    posterior_design,
    predictive_design,
)
from hilum.trials.single_arm.landmark import landmark, one_sample_logrank
from hilum.trials.single_arm.simon import Admissible, Simon, TwoStage, simon, two_stage
from hilum.trials.single_arm.stages import Characteristics, Stages, fleming, single_stage

__all__ = [
    "Admissible",
    "BayesianDesign",
    "BetaMixture",
    "BorrowedTrial",
    "Characteristics",
    "Course",
    "ExactTest",
    "GroupSequential",
    "Hazard",
    "MapPrior",
    "MixtureFit",
    "MultiArm",
    "PlatformRules",
    "PromisingZone",
    "Reestimate",
    "SampleSize",
    "SequentialTrial",
    "Simon",
    "Stages",
    "StratifiedSurvival",
    "SurvivalArms",
    "TwoStage",
    "assurance",
    "assurance_survival",
    "assurance_two_proportions",
    "borrowed_trial",
    "changing_hazard",
    "conditional_power",
    "dunnett_critical",
    "effective_size",
    "equivalent_means",
    "equivalent_proportions",
    "event_probability",
    "events_worth",
    "exact_test",
    "exact_two_proportions",
    "find_posterior_design",
    "find_predictive_design",
    "fit_mixture",
    "fleming",
    "group_sequential",
    "inverse_normal",
    "lakatos",
    "landmark",
    "map_prior",
    "multi_arm",
    "noninferior_proportions",
    "one_mean",
    "one_proportion",
    "one_sample_logrank",
    "posterior_design",
    "power_prior",
    "predictive_design",
    "promising_zone",
    "reestimate",
    "required_events",
    "sequential_means",
    "sequential_proportions",
    "sequential_survival",
    "simon",
    "single_stage",
    "stratified_proportions",
    "stratified_survival",
    "survival",
    "survival_arms",
    "two_means",
    "two_proportions",
    "two_stage",
]
