"""A posterior of the joint model as it is held: its draws, checks and what it was asked with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.errors import NotConverged
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint.data import Studies
    from hilum.synthesis.joint.diagnostics import Convergence
    from hilum.synthesis.joint.priors import Priors

# Parameters whose convergence decides whether the fit is shown.
SHOWN: Final = (
    "alpha", "slope", "beta", "sigma", "tau", "kappa_single", "kappa_comparative",
    "bias_single", "bias_comparative",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class JointFit:
    """Posterior of the joint model at one pair of weights; only made when it has converged.

    Attributes
    ----------
    studies : Studies
    priors : Priors
    weights : (float, float)
        Of single-arm and of non-randomised comparative evidence.
    draws : dict of str to ndarray, shape (chains, draws, ...)
        ``alpha`` (..., T) level of each treatment at the covariates' observed means, on the
        model's scale; ``sigma``, ``tau``, ``kappa_*``, ``bias_*``; ``slope`` (..., T, J) change
        per observed standard deviation of a covariate; ``nu``, ``spread`` the covariates' own
        mean and standard deviation, in observed ones.
    convergence : Convergence
    seconds : float
        Wall time of the whole batch the fit belongs to.
    parts : mapping of str to JointFit or NotConverged
        The same model of less: without an assumption, or of one kind of evidence alone
        (:mod:`hilum.synthesis.joint.weights`); or why such a fit is not there.
    """

    studies: Studies
    priors: Priors
    weights: tuple[float, float]
    draws: dict[str, Array]
    convergence: Convergence
    seconds: float
    seed: int
    steps: float = 0.0
    parts: Mapping[str, JointFit | NotConverged] = field(default_factory=dict)

    def flat(self, name: str) -> Array:
        """Draws of all chains together, shape (chains * draws, ...)."""
        values = self.draws[name]
        return values.reshape(values.shape[0] * values.shape[1], *values.shape[2:])

    @property
    def treatments(self) -> tuple[str, ...]:
        """Names of the treatments, in the order of ``alpha``."""
        return self.studies.treatments


@dataclass(frozen=True, eq=False)
class Dial:
    """Fits along weights; a weight whose fit failed holds the reason instead."""

    on: str
    weights: tuple[float, ...]
    fits: tuple[JointFit | NotConverged, ...]
    seconds: float = field(default=0.0)
