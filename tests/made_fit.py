"""A joint fit with a posterior known beforehand, so that a test need not compile a sampler."""

import numpy as np
from scipy import special

from hilum.synthesis.joint import Convergence, JointFit, Priors

CHAINS, DRAWS = 4, 250


def made_fit(studies, *, seed=1, sigma=0.5, tau=0.3, slopes=False, **_):
    """Independent normal levels near each treatment's own share, standard deviations as given.

    ``slopes`` gives the studies' covariates slopes of their own, in observed deviations.
    """
    rng = np.random.default_rng([seed, 99])
    shape = CHAINS, DRAWS
    binomial = studies.kind == "binomial"
    centre = []
    for place in range(len(studies.treatments)):
        own = studies.treatment == place
        if binomial and own.any():
            centre.append(special.logit((studies.y[own].sum() + 0.5) / (studies.n[own].sum() + 1)))
        else:
            centre.append(studies.y[own].mean() if own.any() else -3.0)
    draws = {
        "alpha": np.array(centre) + 0.4 * rng.normal(size=(*shape, len(centre))),
        "sigma": sigma * np.exp(0.1 * rng.normal(size=shape)),
        "tau": tau * np.exp(0.1 * rng.normal(size=shape)),
        "kappa_single": 0.3 * np.exp(0.1 * rng.normal(size=shape)),
        "kappa_comparative": 0.3 * np.exp(0.1 * rng.normal(size=shape)),
        "bias_single": 0.4 * rng.normal(size=shape),
        "bias_comparative": np.zeros(shape),
        "slope": np.zeros((*shape, len(centre), 0)),
    }
    if slopes:
        draws["slope"] = 0.2 * rng.normal(size=(*shape, len(centre), len(studies.covariates)))
    passed = Convergence(1.0, 1000.0, 1000.0, 0, CHAINS * DRAWS, "")
    priors = Priors() if binomial else Priors.log_hazard()
    return JointFit(studies, priors, (1.0, 1.0), draws, passed, 0.0, seed)
