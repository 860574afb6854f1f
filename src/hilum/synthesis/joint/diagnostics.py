"""Convergence of chains: rank-normalised split R-hat, bulk and tail effective sample size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import phrased
from hilum.synthesis.joint.effective import ess_mean, ess_true, halves

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.errors import Phrase
    from hilum.synthesis.arrays import Array

R_HAT, ESS = 1.01, 400.0
# Divergent transitions bias the tails; a handful in thousands is below what any figure shows.
DIVERGENT_SHARE = 0.001


@dataclass(frozen=True, slots=True)
class Convergence:
    """The worst figure over all quantities that are shown, and where it is.

    ``needed`` is the effective sample size asked for; ``passed`` says whether the fit may be
    shown.
    """

    r_hat: float
    ess_bulk: float
    ess_tail: float
    divergences: int
    draws: int
    worst: str
    needed: float = ESS

    @property
    def passed(self) -> bool:
        """Whether every check holds."""
        return (
            self.r_hat <= R_HAT
            and min(self.ess_bulk, self.ess_tail) >= self.needed
            and self.divergences <= DIVERGENT_SHARE * self.draws
        )

    @property
    def sentence(self) -> Phrase:
        """Every figure beside its bound, to be told in any language."""
        return phrased(
            "R-hat {r_hat:.3f} (at most {most}), effective draws {bulk:.0f} bulk and {tail:.0f} "
            "tail (at least {needed:.0f}), {divergences} divergences in {draws}; worst: {worst}",
            r_hat=self.r_hat,
            most=R_HAT,
            bulk=self.ess_bulk,
            tail=self.ess_tail,
            needed=self.needed,
            divergences=self.divergences,
            draws=self.draws,
            worst=self.worst,
        )

    def __str__(self) -> str:
        return str(self.sentence)


def convergence(draws: Mapping[str, Array], divergences: int, needed: float = ESS) -> Convergence:
    """Checks over all quantities (Vehtari 2021).

    Parameters
    ----------
    draws : mapping of str to ndarray, shape (chains, draws, ...)
    divergences : int
        Divergent transitions after warm-up.
    """
    worst, where = (0.0, np.inf, np.inf), ""
    count = 0
    for name, values in draws.items():
        count = values.shape[0] * values.shape[1]
        flat = values.reshape(*values.shape[:2], -1)
        varies = np.ptp(flat, axis=(0, 1)) > 0
        flat = flat[..., varies]
        if not flat.shape[2]:
            continue
        one = r_hat(flat), ess_bulk(flat), ess_tail(flat)
        if float(one[1].min()) < worst[1]:
            place = int(np.argmin(one[1]))
            where = f"{name}[{np.flatnonzero(varies)[place]}]" if flat.shape[2] > 1 else name
        worst = (
            max(worst[0], float(one[0].max())),
            min(worst[1], float(one[1].min())),
            min(worst[2], float(one[2].min())),
        )
    return Convergence(*worst, divergences, count, where, needed)


def r_hat(draws: Array) -> Array:
    """Larger of the rank-normalised split R-hats of draws and of their distance to the median.

    ``draws`` has shape (chains, draws, q); the answer (q,). Vehtari 2021, section 4.
    """
    split = halves(draws)
    folded = np.abs(split - np.median(split, axis=(0, 1)))
    return np.maximum(_r_hat(_ranked(split)), _r_hat(_ranked(folded)))


def ess_bulk(draws: Array) -> Array:
    """Effective sample size of rank-normalised split chains, shape (q,)."""
    return ess_mean(_ranked(halves(draws)))


def ess_tail(draws: Array) -> Array:
    """Smaller effective sample size of the 5 % and 95 % quantiles, shape (q,)."""
    split = halves(draws)
    sizes = [ess_true(split <= np.quantile(split, p, axis=(0, 1))) for p in (0.05, 0.95)]
    return np.minimum(*sizes)


def _ranked(draws: Array) -> Array:
    flat = draws.reshape(-1, draws.shape[2])
    return special.ndtri((_ranks(flat) - 0.375) / (len(flat) + 0.25)).reshape(draws.shape)


def _ranks(columns: Array) -> Array:
    """Ranks from 1 within each column, equal values their mean; none where one is no number.

    As ``scipy.stats.rankdata``, whose package takes longer to load than a fit to be judged.
    """
    count = len(columns)
    order = np.argsort(columns, axis=0, kind="stable")
    ordered = np.take_along_axis(columns, order, axis=0)
    place = np.arange(count)[:, None]
    edge = np.ones((1, columns.shape[1]), bool)
    other = ordered[1:] != ordered[:-1]
    first = np.maximum.accumulate(np.where(np.concatenate([edge, other]), place, 0), axis=0)
    ends = np.where(np.concatenate([other, edge]), place, count)[::-1]
    last = np.minimum.accumulate(ends, axis=0)[::-1]
    out = np.empty(columns.shape)
    np.put_along_axis(out, order, (first + last) / 2 + 1, axis=0)
    out[:, np.isnan(ordered[-1])] = np.nan
    return out


def _r_hat(draws: Array) -> Array:
    n = draws.shape[1]
    inside = draws.var(axis=1, ddof=1).mean(0)
    outside = n * draws.mean(1).var(axis=0, ddof=1)
    return np.sqrt((n - 1) / n + outside / inside / n)
