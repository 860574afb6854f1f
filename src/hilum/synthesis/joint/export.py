"""The posterior as ArviZ's InferenceData, for anyone's own checks."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from hilum.errors import MissingExtra
from hilum.synthesis.joint.predictive import replicate

if TYPE_CHECKING:
    from hilum.synthesis.joint.record import JointFit


def to_arviz(fit: JointFit, *, seed: int = 1) -> Any:
    """Posterior, posterior predictive and observed data, with treatments and studies as coords.

    Raises
    ------
    MissingExtra
        ArviZ is not installed.
    """
    try:
        with warnings.catch_warnings():
            # ArviZ announces its next major version at import.
            warnings.simplefilter("ignore", FutureWarning)
            import arviz
    except ImportError:
        message = "export needs the extra joint: pip install 'hilum[joint]'"
        raise MissingExtra(message) from None
    studies = fit.studies
    chains, draws = fit.draws["sigma"].shape
    new = replicate(
        studies, {name: fit.flat(name) for name in fit.draws}, np.random.default_rng(seed)
    )
    arm = [
        f"{studies.studies[s]}: {studies.treatments[t]}"
        for s, t in zip(studies.study, studies.treatment, strict=True)
    ]
    dims = {"alpha": ["treatment"], "slope": ["treatment", "covariate"], "beta": ["covariate"]}
    dims |= {"nu": ["covariate"], "spread": ["covariate"], "y": ["arm"]}
    return arviz.from_dict(
        posterior=fit.draws,
        posterior_predictive={"y": new.reshape(chains, draws, -1)},
        observed_data={"y": studies.y},
        coords={
            "treatment": list(studies.treatments),
            "covariate": list(studies.covariates),
            "arm": arm,
        },
        dims=dims,
        attrs={"weight_single_arm": fit.weights[0], "weight_comparative": fit.weights[1]},
    )
