"""Drawing data from the model: prior and posterior predictive checks, and simulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.synthesis.joint.data import COMPARATIVE, SINGLE
from hilum.synthesis.joint.precision import ENDS, quantile_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.estimate import Interval
    from hilum.synthesis.joint.data import Studies
    from hilum.synthesis.joint.priors import Normal, Priors, Scale
    from hilum.synthesis.joint.record import JointFit


@dataclass(frozen=True, slots=True)
class PriorCheck:
    """What the priors say before any data, central 95 % intervals.

    ``outcome`` of an arm (a proportion, or the median in months), ``ratio`` of two treatments
    (odds or hazard ratio), ``ratio_non_randomised`` as a non-randomised comparison sees it.
    """

    outcome: Interval
    ratio: Interval
    ratio_non_randomised: Interval


@dataclass(frozen=True, slots=True)
class ArmCheck:
    """One arm against what the fitted model would expect of a new study like it.

    ``observed`` and ``interval`` (central 95 %) are events or the log hazard; ``p`` is the
    two-sided mid-p value.
    """

    study: str
    treatment: str
    observed: float
    interval: Interval
    p: float


@dataclass(frozen=True, slots=True)
class PosteriorCheck:
    """Arms against replications; ``p`` compares Pearson's discrepancy over all arms.

    A ``p`` near 0 says that the studies scatter more than the model allows, near 1 less.
    """

    arms: tuple[ArmCheck, ...]
    p: float

    @property
    def outside(self) -> tuple[ArmCheck, ...]:
        """Arms outside their 95 % interval."""
        return tuple(a for a in self.arms if not a.interval[0] <= a.observed <= a.interval[1])


def prior_draws(
    studies: Studies, priors: Priors, rng: np.random.Generator, size: int
) -> dict[str, Array]:
    """Parameters drawn from the priors, named and shaped as a fit's flat draws."""
    t, j = len(studies.treatments), len(studies.covariates)

    def scale(prior: Scale) -> Array:
        if not prior.free:
            return np.full(size, prior.value)
        if prior.uniform:
            return rng.uniform(0, prior.value, size)
        return np.abs(rng.normal(0, prior.value, size))

    def normal(prior: Normal) -> Array:
        return rng.normal(prior.mean, prior.sd, size)

    centre = normal(priors.centre)[:, None]
    out: dict[str, Array] = {}
    out["alpha"] = centre + rng.normal(0, priors.effect_sd, (size, t))
    for name in ("sigma", "tau", "kappa_single", "kappa_comparative"):
        out[name] = scale(getattr(priors, name))
    out["bias_single"] = normal(priors.bias_single)
    out["bias_comparative"] = normal(priors.bias_comparative)
    if j:
        beta = scale(priors.shrinkage)[:, None, None] * rng.normal(size=(size, 1, j))
        own = scale(priors.interaction)[:, None, None] * rng.normal(size=(size, t, j))
        out["slope"] = beta + own
        out["nu"] = rng.normal(size=(size, j))
        out["spread"] = np.abs(rng.normal(size=(size, j)))
    return out


def replicate(studies: Studies, draws: Mapping[str, Array], rng: np.random.Generator) -> Array:
    """New data of the same arms, one set a draw, shape (draws, A); random effects are new.

    Baselines are exchangeable here (weight 1). Covariates not reported are drawn too.
    """
    size = len(draws["sigma"])
    x = np.broadcast_to(studies.standardised()[0], (size, *studies.x.shape)).copy()
    if studies.covariates:
        new = draws["nu"][:, None, :] + draws["spread"][:, None, :] * rng.normal(size=x.shape)
        x = np.where(np.isnan(x), new, x)
    design = studies.design[studies.study]
    baseline = draws["sigma"][:, None] * rng.normal(size=(size, studies.count))
    own = draws["tau"] ** 2 / 2
    zero = np.zeros(size)
    single = draws.get("kappa_single", zero) ** 2
    comparative = draws.get("kappa_comparative", zero) ** 2 / 2
    variance = own[:, None] + np.where(
        design == SINGLE, single[:, None], np.where(design == COMPARATIVE, comparative[:, None], 0)
    )
    eta = draws["alpha"][:, studies.treatment] + baseline[:, studies.study]
    eta = eta + np.sqrt(variance) * rng.normal(size=eta.shape)
    eta = eta + np.where(design == SINGLE, draws.get("bias_single", zero)[:, None], 0.0)
    favoured = (design == COMPARATIVE) * studies.favoured
    eta = eta + favoured * draws.get("bias_comparative", zero)[:, None]
    if studies.covariates:
        slope = draws["slope"][:, studies.treatment]
        eta = eta + (slope * x[:, studies.study]).sum(-1)
    if studies.kind == "binomial":
        return rng.binomial(studies.n.astype(int), special.expit(eta)).astype(float)
    return rng.normal(eta, studies.n)


def prior_predictive(
    studies: Studies, priors: Priors, *, seed: int = 1, size: int = 4000
) -> PriorCheck:
    """What the priors imply for outcomes and ratios, before data."""
    rng = np.random.default_rng(seed)
    draws = prior_draws(studies, priors, rng, size)
    level = draws["alpha"][:, 0] + draws["sigma"] * rng.normal(size=size)
    outcome = special.expit(level) if studies.kind == "binomial" else np.log(2) * np.exp(-level)
    shift = rng.normal(0, 2**0.5 * priors.effect_sd, size) + draws["tau"] * rng.normal(size=size)
    seen = shift + draws["bias_comparative"]
    seen = seen + draws["kappa_comparative"] * rng.normal(size=size)
    return PriorCheck(*(_central(values) for values in (outcome, np.exp(shift), np.exp(seen))))


def posterior_predictive(fit: JointFit, *, seed: int = 1) -> PosteriorCheck:
    """Each arm, and all together, against data replicated from the posterior."""
    rng = np.random.default_rng(seed)
    studies = fit.studies
    names = ("alpha", "sigma", "tau", "kappa_single", "kappa_comparative", "bias_single")
    names = (*names, "bias_comparative", "slope", "nu", "spread")
    draws = {name: fit.flat(name) for name in names if name in fit.draws}
    new = replicate(studies, draws, rng)
    again = replicate(studies, draws, rng)
    mean, variance = again.mean(0), again.var(0) + 1e-9
    discrepancy = ((new - mean) ** 2 / variance).sum(1)
    seen = float(((studies.y - mean) ** 2 / variance).sum())
    arms: list[ArmCheck] = []
    for a, y in enumerate(studies.y):
        below = float((new[:, a] < y).mean() + (new[:, a] == y).mean() / 2)
        arms.append(
            ArmCheck(
                studies.studies[studies.study[a]],
                studies.treatments[studies.treatment[a]],
                float(y),
                _central(new[:, a]),
                2 * min(below, 1 - below),
            )
        )
    return PosteriorCheck(tuple(arms), float((discrepancy >= seen).mean()))


def _central(values: Array) -> Interval:
    ordered = np.sort(values)
    low, high = (float(quantile_of(ordered, p)) for p in ENDS)
    return low, high
