"""Few studies by an exact likelihood: Hartung and Knapp's interval from each study's own score.

Of normal effects a study's score is ``w (y - mean)`` and its information ``w``, so that the sum
of score^2 / information is the generalised Q that Hartung and Knapp scale the variance by, and
whose chi-squared distribution tells what tau may be. Exact likelihoods have scores and information
of the same kind, integrated over the study's own random effect; the same sum serves them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from hilum.errors import NotConverged
from hilum.synthesis.effects import measure as measure_of
from hilum.synthesis.exact.models import exact_model
from hilum.synthesis.exact.quadrature import hermite, modes, moments
from hilum.synthesis.few import Spread, half_new, half_width, joined, shares

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.exact.fit import ExactFit
    from hilum.synthesis.exact.likelihoods import Likelihood

POINTS: Final = 21
TAUS: Final = np.concatenate([[0.0], np.geomspace(0.02, 5.0, 25)])
"""Where the profile is computed; between them it is interpolated. At 5 studies differ 150-fold."""
STEPS: Final = 20
ENOUGH: Final = 1e-6
ROUGH: Final = 0.05
LEAST: Final = 1e-6
# Values that are computed at once.
CHUNK: Final = 400_000


@dataclass(frozen=True, slots=True)
class Profile:
    """At each tau, shape (B, T): the likeliest mean, its information, Q of the scores, loglik.

    ``settled`` is False where a rule of few points does not find the mean, which happens at a tau
    far beyond what tiny studies can carry: the distribution of tau ends before it.
    """

    tau: Array
    mean: Array
    information: Array
    q: Array
    loglik: Array
    settled: Mask

    def spread(self, k: int) -> Spread:
        """The confidence distribution of tau, B meta-analyses of k studies."""
        places, weight = shares()
        target = special.chdtri(k - 1, places)
        out = np.empty((4, len(self.mean), len(places)))
        for i in range(len(self.mean)):
            known = np.logical_and.accumulate(self.settled[i])
            at = self.tau[known]
            falling = np.minimum.accumulate(self.q[i, known])
            tau = np.interp(-target, -falling, at)
            out[0, i] = tau
            for j, one in enumerate((self.mean, self.information, self.q), start=1):
                out[j, i] = np.interp(tau, at, one[i, known])
        se = np.sqrt(out[3] / (k - 1) / out[2])
        return Spread(out[0], out[1], se, weight, k - 1)


def profile(likelihood: Likelihood, k: int, start: Array, taus: Array = TAUS) -> Profile:
    """The likeliest mean at each tau, for B meta-analyses of ``k`` studies in one likelihood.

    Parameters
    ----------
    likelihood : Likelihood
        Of B k studies, those of one meta-analysis side by side.
    start : ndarray, shape (B,)
        Where to look for the means.
    """
    piece = max(1, CHUNK // (len(start) * k * POINTS))
    parts = [
        _piece(likelihood, k, start, taus[first : first + piece])
        for first in range(0, len(taus), piece)
    ]
    return Profile(taus, *(np.concatenate(one, 1) for one in zip(*parts, strict=True)))


def _piece(
    likelihood: Likelihood, k: int, start: Array, taus: Array
) -> tuple[Array, Array, Array, Array, Mask]:
    mean = np.repeat(start[:, None], len(taus), 1)
    at = _sums(likelihood, k, mean, taus, np.zeros((len(start) * k, len(taus))))
    for _ in range(STEPS):
        if at.left.max() < ENOUGH:
            break
        mean = mean + at.move
        at = _sums(likelihood, k, mean, taus, at.mode)
    settled: Mask = np.less(at.left, ROUGH)
    return mean, at.information, at.q, at.value, settled


@dataclass(frozen=True, slots=True)
class _Sums:
    """Over the studies of each meta-analysis at its mean, (B, T); ``left``: in standard errors."""

    information: Array
    q: Array
    value: Array
    move: Array
    left: Array
    mode: Array


def _sums(likelihood: Likelihood, k: int, mean: Array, taus: Array, mode: Array) -> _Sums:
    b = len(mean)
    nodes, log_weights = hermite(POINTS)
    centre = np.repeat(mean, k, 0)
    mode, scale = modes(likelihood, centre, taus, mode)
    u = mode[..., None] + scale[..., None] * nodes
    eta = (centre[..., None] + taus[:, None] * u).reshape(b * k, -1)
    value, first, second = (one.reshape(u.shape) for one in likelihood.terms(eta))
    made = moments((value, first, second), u, log_weights, np.log(scale), mode)
    slope = made.slope.reshape(b, k, -1)
    # Positive, but for the rule's own error where a study says next to nothing.
    information = np.maximum(-made.curve.reshape(b, k, -1), LEAST)
    total = information.sum(1)
    reach = np.maximum(1.0, taus)
    move = np.clip(slope.sum(1) / total, -reach, reach)
    q = (slope**2 / information).sum(1)
    left = np.abs(move) * np.sqrt(total)
    return _Sums(total, q, made.value.reshape(b, k, -1).sum(1), move, left, mode)


@dataclass(frozen=True, slots=True)
class ScoreInterval:
    """On the model's scale: ends of the mean's interval and of a new study's, and the factor q.

    ``common`` is the common effect (tau = 0) with its normal interval.
    """

    ci: tuple[float, float]
    new: tuple[float, float] | None
    q: float
    common: tuple[float, float, float]


def score_interval(
    fit: ExactFit, measure: str, data: Mapping[str, ArrayLike], *, new: bool
) -> ScoreInterval | None:
    """Intervals of a fit without moderators; None where its likelihood has baselines of its own.

    Raises
    ------
    NotConverged
        A mean that does not settle.
    """
    record = exact_model(measure, fit.code)
    if record.likelihood is None or fit.p > 1:
        return None
    used = np.array(fit.used)
    values = tuple(np.asarray(data[name], np.float64)[used] for name in measure_of(measure).columns)
    likelihood, k, beta = record.likelihood(values), fit.k, float(fit.beta[0])
    at = profile(likelihood, k, fit.beta[:1], np.array([0.0, np.sqrt(fit.tau2)]))
    if not at.settled.all():
        message = "the profile of tau does not settle"
        raise NotConverged(message)
    q, se = at.q[0, 1:] / (k - 1), fit.se[:1]
    one, z = float(at.mean[0, 0]), float(special.ndtri(0.5 + fit.level / 2))
    wide = z / float(at.information[0, 0]) ** 0.5
    common = one, one - wide, one + wide
    half = float(half_width(se, q, k, fit.level)[0])
    ends = None
    if new:
        made = profile(likelihood, k, fit.beta[:1]).spread(k)
        spread = Spread(made.tau[0], made.mean[0], made.se[0], made.weight, made.df)
        half_t = float(half_new(se, q, np.asarray(fit.tau2), k, fit.level)[0])
        ends = joined(beta, half_t, spread, fit.level)
    return ScoreInterval((beta - half, beta + half), ends, float(q[0]), common)
