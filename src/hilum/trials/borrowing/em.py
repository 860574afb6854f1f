"""Fitting a mixture of beta distributions to a distribution by expectation-maximisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotConverged, NotEstimable, phrased
from hilum.trials.borrowing.mixture import BetaMixture

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array

MAX_ITERATIONS = 4000
# Size of a Monte-Carlo sample that the number of components is chosen for, and the penalty of a
# parameter: what users of RBesT (4 chains of 1000) get by default.
SAMPLE, PENALTY = 4000, 6.0
# Mass below which neighbouring places are taken together.
LITTLE = 2e-4


@dataclass(frozen=True, slots=True)
class MixtureFit:
    """A mixture with its distance from what it stands for.

    ``divergence`` is Kullback and Leibler's in nats up to the grid's resolution, ``worst_cdf`` the
    largest difference of distribution functions.
    """

    mixture: BetaMixture
    divergence: float
    worst_cdf: float


def fit_mixture(
    rates: Array, mass: Array, *, components: int | None = None, largest: int = 4
) -> MixtureFit:
    """Fit by weighted maximum likelihood (Schmidli et al. 2014, section 2.3).

    Parameters
    ----------
    rates, mass : ndarray, shape (m,)
        Places strictly between 0 and 1, ascending, and their probabilities (a
        :class:`~hilum.trials.borrowing.map_prior.MapPrior`'s, or draws with equal mass).
    components : int, optional
        The number; chosen up to ``largest`` by an information criterion when omitted.

    Shapes are at least 1, so that the density is bounded (and its local information finite).

    Raises
    ------
    NotEstimable
        Places outside (0, 1), or no component asked for.
    NotConverged
        The likelihood still moves after 4000 steps.
    """
    p, w = np.asarray(rates, float), np.asarray(mass, float)
    if not (len(p) == len(w) > 1 and bool(np.all((p > 0) & (p < 1))) and bool(np.all(w >= 0))):
        message = "expected rates above 0 and below 1, and their probabilities"
        raise NotEstimable(message)
    if components is not None and not 1 <= components <= 10:
        message = phrased("components {components}: expected 1 to 10", components=components)
        raise NotEstimable(message)
    w = w / w.sum()
    order = np.argsort(p)
    p, w = p[order], w[order]
    p, w = p[w > 1e-13], w[w > 1e-13]
    merged = _merged(p, w)
    counts = [components] if components else range(1, largest + 1)
    best: tuple[float, BetaMixture] | None = None
    for count in counts:
        found, loglik = _em(*merged, count)
        criterion = -2 * SAMPLE * loglik + PENALTY * (3 * count - 1)
        if best is not None and criterion >= best[0]:
            break
        best = criterion, found
    if best is None:
        message = "no number of components was tried"
        raise NotEstimable(message)
    mixture = best[1]
    upto = np.cumsum(w)
    # Between two places the distribution function is known at their middle.
    middle = (p[:-1] + p[1:]) / 2
    worst = float(np.abs(mixture.cdf(middle) - upto[:-1]).max())
    cells = np.diff(np.concatenate([[0.0], mixture.cdf(middle), [1.0]]))
    divergence = float(w @ np.log(w / np.maximum(cells, 1e-300)))
    return MixtureFit(mixture, divergence, worst)


def _merged(p: Array, w: Array) -> tuple[Array, Array, Array]:
    """Means of log p and log(1 - p) in groups of neighbours, and the mass of each group.

    Places with little mass, in the tails, share a group; a beta density is loglinear in these two
    statistics, so next to nothing is lost and the steps become several times faster.
    """
    group = np.unique(np.floor(np.cumsum(w) / LITTLE), return_inverse=True)[1]
    mass = np.zeros(int(group.max()) + 1)
    mass += np.bincount(group, w)
    return (
        np.bincount(group, w * np.log(p)) / mass,
        np.bincount(group, w * np.log1p(-p)) / mass,
        mass,
    )


def _em(logp: Array, log1p: Array, w: Array, count: int) -> tuple[BetaMixture, float]:
    share, a, b = _start(np.exp(logp), w, count)
    before = loglik = -np.inf
    for _ in range(MAX_ITERATIONS):
        logs = np.log(share) + (a - 1) * logp[:, None] + (b - 1) * log1p[:, None]
        logs = logs - special.betaln(a, b)
        top = logs.max(1, keepdims=True)
        parts = np.exp(logs - top)
        total = parts.sum(1, keepdims=True)
        loglik = float(w @ (np.log(total) + top)[:, 0])
        if abs(loglik - before) < 1e-8:
            break
        before = loglik
        belongs = w[:, None] * parts / total
        share = np.maximum(belongs.sum(0), 1e-12)
        share = share / share.sum()
        a, b = _beta_ml(logp @ belongs / share, log1p @ belongs / share, a, b)
    else:
        if abs(loglik - before) > 1e-7:
            message = phrased(
                "{count} components: log-likelihood {loglik:.9f} still moves",
                count=count,
                loglik=loglik,
            )
            raise NotConverged(message)
    order = np.argsort(-share)
    found = BetaMixture(
        tuple(share[order].tolist()), tuple(a[order].tolist()), tuple(b[order].tolist())
    )
    return found, loglik


def _start(p: Array, w: Array, count: int) -> tuple[Array, Array, Array]:
    """Components of one centre and different widths, as predictive distributions have."""
    mean = float(w @ p)
    size = max(mean * (1 - mean) / float(w @ (p - mean) ** 2) - 1, 0.5)
    if count == 1:
        return np.ones(1), np.array([max(mean * size, 1)]), np.array([max((1 - mean) * size, 1)])
    wide = size * np.geomspace(0.3, 3.0, count)
    return np.full(count, 1 / count), np.maximum(mean * wide, 1), np.maximum((1 - mean) * wide, 1)


def _beta_ml(mean_log: Array, mean_log1: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """Maximum likelihood shapes of at least 1 from the means of log p and log(1 - p), by Newton.

    A shape below 1 would let the density rise without end at 0 or 1, which nothing observed says;
    where the maximum lies there, that shape stays at 1 and the other is maximised.
    """
    for _ in range(60):
        both = special.digamma(a + b)
        ga = mean_log - special.digamma(a) + both
        gb = mean_log1 - special.digamma(b) + both
        t = special.polygamma(1, a + b)
        ta, tb = special.polygamma(1, a) - t, special.polygamma(1, b) - t
        determinant = ta * tb - t**2
        da = (tb * ga + t * gb) / determinant
        db = (t * ga + ta * gb) / determinant
        low_a, low_b = (a <= 1) & (ga <= 0), (b <= 1) & (gb <= 0)
        da, db = np.where(low_b, ga / ta, da), np.where(low_a, gb / tb, db)
        da, db = np.where(low_a, 0.0, da), np.where(low_b, 0.0, db)
        # No step below a fifth, and none below 1.
        new_a, new_b = (
            np.maximum(a + da, np.maximum(a / 5, 1)),
            np.maximum(b + db, np.maximum(b / 5, 1)),
        )
        moved = max(float(np.abs(new_a / a - 1).max()), float(np.abs(new_b / b - 1).max()))
        a, b = new_a, new_b
        if moved < 1e-11:
            break
    return a, b
