"""The joint model linearised: each study's information about treatments' levels, in closed form.

Given the standard deviations, an arm's empirical log odds (or log hazard) is close to normal, the
model is linear, and precision adds up over studies. Used to start the sampler near its target and
to say which studies carry a contrast; no posterior that is shown comes from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hilum.synthesis.joint.data import COMPARATIVE, SINGLE
from hilum.synthesis.joint.weights import whole

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint.data import Integers, Studies
    from hilum.synthesis.joint.priors import Priors

FREE_VARIANCE = 100.0
SCALES = ("sigma", "tau", "kappa_comparative", "kappa_single", "shrinkage", "interaction")


@dataclass(frozen=True, eq=False)
class Information:
    """Precision matrices on (levels, biases, covariate effects), shape (p, p) each.

    ``within`` (S, p, p) holds what a study says by comparing its own arms, ``between`` what it
    adds because baselines are exchangeable (all of it, for a series); ``prior`` is the prior's.
    ``mean`` (p,) is the linear model's posterior mean.
    """

    within: Array
    between: Array
    prior: Array
    mean: Array

    @property
    def total(self) -> Array:
        """Posterior precision."""
        return self.prior + self.within.sum(0) + self.between.sum(0)


def information(
    studies: Studies, priors: Priors, scales: Mapping[str, float], weights: Sequence[float]
) -> Information:
    """Information of each study at given standard deviations.

    Parameters
    ----------
    scales : mapping
        sigma, tau, kappa_comparative, kappa_single, shrinkage, interaction.
    weights : sequence of float
        Of single-arm and of non-randomised comparative evidence, or all four.
    """
    counts = whole(weights)
    t, j = len(studies.treatments), len(studies.covariates)
    size = t + 2 + j + t * j
    x = np.nan_to_num(studies.standardised()[0])
    shape = (studies.count, size, size)
    within, between, pull = np.zeros(shape), np.zeros(shape), np.zeros(size)
    square = scales["sigma"] ** 2 + 1e-12
    shared = square / (counts.exchange + square / FREE_VARIANCE)
    for s in range(studies.count):
        single, other = studies.design[s] == SINGLE, studies.design[s] == COMPARATIVE
        weight = counts.single if single else counts.comparative if other else counts.randomised
        own = scales["tau"] ** 2 / 2 + (scales["kappa_comparative"] ** 2 / 2 if other else 0.0)
        rows = studies.arms_of(s)
        contrast = np.flatnonzero(studies.contrast[:, 0] == s)
        if len(contrast):
            yi, sei, favoured = studies.effect[contrast[0]]
            _, a, b = studies.contrast[contrast[0]]
            row = _row(size, t, j, int(a), x[s]) - _row(size, t, j, int(b), x[s])
            row[t + 1] = favoured if other else 0.0
            precision = weight / (sei**2 + 2 * own)
            within[s] = precision * np.outer(row, row)
            pull += precision * row * yi
            continue
        design = np.array([_row(size, t, j, int(studies.treatment[r]), x[s]) for r in rows])
        value, variance = _observed(studies, rows)
        if single:
            design[:, t] = 1.0
            spread = variance + square + scales["tau"] ** 2 / 2 + scales["kappa_single"] ** 2
            precision = np.diag(weight / spread)
            between[s] = design.T @ precision @ design
        else:
            design[:, t + 1] = studies.favoured[rows] if other else 0.0
            one = np.ones((len(rows), len(rows)))
            diagonal = np.diag(variance + own)
            free = weight * np.linalg.inv(diagonal + 1e6 * one)
            precision = weight * np.linalg.inv(diagonal + shared * one)
            within[s] = design.T @ free @ design
            between[s] = design.T @ (precision - free) @ design
        pull += design.T @ precision @ value
    prior = prior_precision(studies, priors, scales)
    start = np.zeros(size)
    start[:t] = priors.centre.mean
    start[t], start[t + 1] = priors.bias_single.mean, priors.bias_comparative.mean
    precision = prior + within.sum(0) + between.sum(0)
    mean = np.linalg.solve(precision, pull + prior @ start)
    return Information(within, between, prior, mean)


def prior_precision(studies: Studies, priors: Priors, scales: Mapping[str, float]) -> Array:
    """Prior precision of levels, biases and covariate effects."""
    t, j = len(studies.treatments), len(studies.covariates)
    out = np.zeros((t + 2 + j + t * j,) * 2)
    levels = priors.effect_sd**2 * np.eye(t) + priors.centre.sd**2
    out[:t, :t] = np.linalg.inv(levels)
    spread = [priors.bias_single.sd, priors.bias_comparative.sd]
    spread += [scales["shrinkage"]] * j + [scales["interaction"]] * (t * j)
    place = np.arange(t, len(out))
    out[place, place] = 1 / np.maximum(spread, 1e-4) ** 2
    return out


def _row(size: int, t: int, j: int, treatment: int, x: Array) -> Array:
    row = np.zeros(size)
    row[treatment] = 1.0
    row[t + 2 : t + 2 + j] = x
    first = t + 2 + j + treatment * j
    row[first : first + j] = x
    return row


def _observed(studies: Studies, rows: Integers) -> tuple[Array, Array]:
    """Log odds with half an event added, or the log hazard as given, with variances."""
    y, n = studies.y[rows], studies.n[rows]
    if studies.kind == "normal":
        return y, n**2
    return np.log((y + 0.5) / (n - y + 0.5)), 1 / (y + 0.5) + 1 / (n - y + 0.5)


class Whitening(NamedTuple):
    """Levels as ``centre + transform @ z + shift @ biases``, z near standard normal.

    ``shift`` (T, 2) follows the standardised biases, with which levels are correlated; ``scales``
    are the standard deviations the linear model was given.
    """

    centre: Array
    transform: Array
    shift: Array
    scales: dict[str, float]


def guessed(priors: Priors) -> dict[str, float]:
    """Standard deviations by name before anything is drawn."""
    scales: dict[str, float] = {}
    for name in SCALES:
        scale = getattr(priors, name)
        # Vague scales would start far from where any data lie.
        scales[name] = scale.value if scale.fixed else min(0.6 * scale.value, 0.8)
    return scales


def whiten(studies: Studies, priors: Priors, weights: Sequence[float]) -> Whitening:
    """Start near the target: the linear model at guessed standard deviations."""
    scales = guessed(priors)
    found = information(studies, priors, scales, weights)
    t = len(studies.treatments)
    precision = found.total
    covariance = np.linalg.inv(precision)[: t + 2, : t + 2]
    of_both = np.linalg.inv((covariance + covariance.T) / 2)
    conditional = np.linalg.inv(of_both[:t, :t])
    transform = np.linalg.cholesky((conditional + conditional.T) / 2)
    sd = np.array([priors.bias_single.sd, priors.bias_comparative.sd])
    shift = -conditional @ of_both[:t, t:] * sd
    return Whitening(found.mean[:t], transform, shift, scales)
