"""Levels and mean biases of the joint model given its standard deviations, as normal.

Each arm's likelihood stands as a normal one of its log odds (``Sites``); the model is then linear
and, given the standard deviations, levels and biases are jointly normal in closed form. Proposals
are made from it (:mod:`hilum.synthesis.joint.independent`); no posterior that is shown is.
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
"""Of a comparative study's baseline once the weight of exchangeability is 0, as in the density."""
TINY = 1e-12
BIASES = ("bias_single", "bias_comparative")


class Sites(NamedTuple):
    """Normal stand-ins for the arms' likelihoods of their log odds (log hazards): shape (A,)."""

    value: Array
    variance: Array


@dataclass(frozen=True, eq=False)
class Linear:
    """The linear model of levels and free mean biases, of ``p`` parameters.

    Attributes
    ----------
    mean : ndarray, shape (p,)
    covariance : ndarray, shape (p, p)
        Prior of levels, the common centre integrated out, and of biases on their own scale.
    arms, contrasts : ndarray, shape (A, p) and (C, p)
        What of the parameters a row's mean is made of.
    offset, contrast_offset : ndarray, shape (A,) and (C,)
        What a bias that is fixed adds to it.
    power, contrast_power : ndarray, shape (A,) and (C,)
        Weight of each row's study.
    single, several : ndarray of int
        Rows of series, and of studies that compare; ``study`` (rows of ``several``) the place of
        each one's study among those ``count``.
    other, contrast_other : ndarray
        1 where the study compares without randomisation: of ``several``, and of contrasts.
    exchange : float
        Weight of exchangeable baselines.
    """

    studies: Studies
    mean: Array
    covariance: Array
    arms: Array
    contrasts: Array
    offset: Array
    contrast_offset: Array
    power: Array
    contrast_power: Array
    single: Integers
    several: Integers
    study: Integers
    other: Array
    contrast_other: Array
    exchange: float

    @property
    def count(self) -> int:
        """Studies of several arms."""
        return int(self.study.max()) + 1 if len(self.study) else 0

    def shared(self, sigma: Array) -> Array:
        """Variance of a comparative study's baseline."""
        square = sigma**2 + TINY
        return square / (self.exchange + square / FREE_VARIANCE)

    def of_series(self, scales: Mapping[str, Array]) -> Array:
        """Variance of a series' level about its treatment's."""
        return TINY + scales["sigma"] ** 2 + scales["tau"] ** 2 / 2 + scales["kappa_single"] ** 2

    def own(self, scales: Mapping[str, Array], other: Array) -> Array:
        """Variance of an arm's own departure, shape (..., len(other))."""
        square = (scales["tau"] ** 2)[..., None]
        return TINY + square / 2 + other * (scales["kappa_comparative"] ** 2)[..., None] / 2

    def given(self, scales: Mapping[str, Array], sites: Sites) -> tuple[Array, Array]:
        """Precision, shape (m, p, p), and precision times mean, (m, p), at ``m`` sets of scales."""
        size = len(self.mean)
        prior = np.linalg.inv(self.covariance)
        m = len(scales["sigma"])
        total = np.broadcast_to(prior.reshape(-1), (m, size * size)).copy()
        pull = np.broadcast_to(prior @ self.mean, (m, size)).copy()
        value = sites.value - self.offset

        def add(design: Array, precision: Array, seen: Array) -> None:
            """Rows of one design are one: what is squared is as many columns as there are."""
            each, place = np.unique(design, axis=0, return_inverse=True)
            onto = np.zeros((len(design), len(each)))
            onto[np.arange(len(design)), place.reshape(-1)] = 1.0
            squares = (each[:, :, None] * each[:, None, :]).reshape(len(each), -1)
            np.add(total, (precision @ onto) @ squares, out=total)
            np.add(pull, (precision * seen) @ design, out=pull)

        rows = self.single
        if len(rows):
            spread = sites.variance[rows] + self.of_series(scales)[:, None]
            add(self.arms[rows], self.power[rows] / spread, value[rows])
        if len(self.contrasts):
            yi, sei = self.studies.effect.T[:2]
            spread = sei**2 + 2 * self.own(scales, self.contrast_other)
            add(self.contrasts, self.contrast_power / spread, yi - self.contrast_offset)
        rows = self.several
        if len(rows):
            each = 1 / (sites.variance[rows] + self.own(scales, self.other))
            add(self.arms[rows], self.power[rows] * each, value[rows])
            # One baseline for a study's arms takes a product of its rows away.
            belongs = np.zeros((len(rows), self.count))
            belongs[np.arange(len(rows)), self.study] = 1.0
            bound = 1 / (1 / self.shared(scales["sigma"])[:, None] + each @ belongs)
            power = np.zeros(self.count)
            power[self.study] = self.power[rows]
            root = np.sqrt(power * bound)
            sums = (belongs[:, :, None] * self.arms[rows][:, None, :]).reshape(len(rows), -1)
            joined = root[:, :, None] * (each @ sums).reshape(m, self.count, size)
            total -= (joined.transpose(0, 2, 1) @ joined).reshape(m, -1)
            level = root * ((each * value[rows]) @ belongs)
            pull -= (joined * level[:, :, None]).sum(1)
        return total.reshape(m, size, size), pull


def linear(
    studies: Studies, priors: Priors, weights: Sequence[float], biases: Sequence[str]
) -> Linear:
    """The linear model of studies at weights; ``biases`` are those that are free, in order."""
    counts = whole(weights)
    t = len(studies.treatments)
    size = t + len(biases)
    mean = np.full(size, float(priors.centre.mean))
    covariance = np.zeros((size, size))
    covariance[:t, :t] = priors.effect_sd**2 * np.eye(t) + priors.centre.sd**2
    for at, name in enumerate(biases, t):
        mean[at] = getattr(priors, name).mean
        covariance[at, at] = getattr(priors, name).sd ** 2
    design = studies.design[studies.study]
    arms = np.zeros((len(studies.y), size))
    arms[np.arange(len(arms)), studies.treatment] = 1.0
    acts = {
        "bias_single": (design == SINGLE) * 1.0,
        "bias_comparative": (design == COMPARATIVE) * studies.favoured,
    }
    of_contrast = studies.design[studies.contrast[:, 0]]
    contrasts = np.zeros((len(studies.contrast), size))
    for sign, column in ((1.0, 1), (-1.0, 2)):
        contrasts[np.arange(len(contrasts)), studies.contrast[:, column]] += sign
    favoured = (of_contrast == COMPARATIVE) * studies.effect[:, 2]
    offset, contrast_offset = np.zeros(len(arms)), np.zeros(len(contrasts))
    for name in BIASES:
        if name in biases:
            arms[:, t + biases.index(name)] = acts[name]
        else:
            offset += getattr(priors, name).mean * acts[name]
    if "bias_comparative" in biases:
        contrasts[:, t + biases.index("bias_comparative")] = favoured
    else:
        contrast_offset += priors.bias_comparative.mean * favoured
    powers = np.array([counts.randomised, counts.comparative, counts.single])
    several = np.flatnonzero(design != SINGLE)
    _, study = np.unique(studies.study[several], return_inverse=True)
    return Linear(
        studies, mean, covariance, arms, contrasts, offset, contrast_offset, powers[design],
        powers[of_contrast], np.flatnonzero(design == SINGLE), several, study,
        (design[several] == COMPARATIVE) * 1.0, (of_contrast == COMPARATIVE) * 1.0,
        counts.exchange,
    )  # fmt: skip


def draw_of(precision: Array, pull: Array, away: Array) -> tuple[Array, Array]:
    """Mean plus ``away`` in the whitened directions, (m, p), and half the log determinants, (m,).

    With ``precision`` L L', the draw is L'^-1 (L^-1 pull + away).
    """
    root = np.linalg.cholesky(precision)
    half = np.log(np.diagonal(root, axis1=1, axis2=2)).sum(1)
    # The sets side by side: a step of the substitution is one sum over all.
    root = np.ascontiguousarray(root.transpose(1, 2, 0))
    size = len(root)
    out = np.ascontiguousarray(pull.T)
    for i in range(size):
        out[i] = (out[i] - (root[i, :i] * out[:i]).sum(0)) / root[i, i]
    out += away.T
    for i in reversed(range(size)):
        out[i] = (out[i] - (root[i + 1 :, i] * out[i + 1 :]).sum(0)) / root[i, i]
    return out.T, half
