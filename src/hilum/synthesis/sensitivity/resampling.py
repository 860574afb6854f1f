"""Permutation tests, bootstrap intervals and all-subsets plots, by batches of refits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.batch import fit_batch
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.two_stage import Fit
    from hilum.watch import Watch

BLOCK = 50_000
# Cells drawn at once: few enough to be asked to stop between, many enough to cost nothing.
CELLS = 600_000


@dataclass(frozen=True, slots=True)
class Permutation:
    """P value of each coefficient; ``exact`` when every arrangement was tried."""

    pval: Array
    repetitions: int
    exact: bool


def permutation_test(
    fit: Fit, *, repetitions: int = 1000, seed: int | None = None, watch: Watch = SILENT
) -> Permutation:
    """Permutation test of the coefficients (Higgins & Thompson 2004; Follmann & Proschan 1999).

    Without moderators the signs of ``yi`` are flipped, with moderators their rows are shuffled;
    two-sided, the observed arrangement counts as one. All 2^k sign patterns are used where there
    are no more than ``repetitions``.

    Parameters
    ----------
    fit : Fit
        The model to test; its method and test are used for every arrangement.
    repetitions : int
        Random arrangements.
    seed : int
        Seed of the random arrangements; required unless all are tried.

    Raises
    ------
    NotEstimable
        Without a seed where one is needed.
    """
    observed = np.abs(fit.zval)
    alone = fit.p == 1
    exact = alone and 2**fit.k <= repetitions
    total = 2**fit.k if exact else repetitions - 1
    rng = None if exact else _random(seed)
    watch.stage("permutation", total)
    beyond = np.zeros(fit.p, np.int64)
    for first, size in _blocks(total, fit.k * fit.p):
        yi, mods = fit.yi, None
        if rng is None:
            codes = np.arange(first, first + size)[:, None]
            yi = fit.yi * (1.0 - 2.0 * ((codes >> np.arange(fit.k)) & 1))
        elif alone:
            yi = rng.choice((1.0, -1.0), (size, fit.k)) * fit.yi
        else:
            order = rng.permuted(np.tile(np.arange(fit.k), (size, 1)), axis=1)
            mods = fit.design[order]
        found = fit_batch(yi, fit.vi, method=fit.method, test=fit.test, mods=mods, watch=watch).zval
        # Arrangements that tie with the observed one but for rounding count as extreme.
        beyond += (np.abs(found) >= observed * (1 - 1e-12)).sum(0)
    # The observed arrangement counts as one of the random ones.
    own = 0 if exact else 1
    return Permutation((beyond + own) / (total + own), total + own, exact)


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Percentile intervals of the coefficients (p,) and of tau2; ``used`` of the resamples."""

    ci_lb: Array
    ci_ub: Array
    tau2: tuple[float, float]
    used: int


def bootstrap(
    fit: Fit, *, repetitions: int = 2000, seed: int | None = None, watch: Watch = SILENT
) -> Bootstrap:
    """Resample studies with replacement and refit (Efron 1979; van den Noortgate 2005).

    Parameters
    ----------
    fit : Fit
        The model to resample; its method and level are used.
    repetitions : int
        Resamples. Those in which moderators are collinear are left out.
    seed : int
        Seed of the resampling.

    Raises
    ------
    NotEstimable
        Fewer than three studies more than coefficients, no seed, or hardly a resample that can
        be fitted.
    """
    if fit.k < fit.p + 3:
        message = phrased(
            "{k} studies are too few to resample with {p} coefficients", k=fit.k, p=fit.p
        )
        raise NotEstimable(message)
    watch.stage("bootstrap", repetitions)
    rng, plain = _random(seed), fit.p == 1 and bool((fit.design == 1).all())
    beta, tau2 = np.empty((repetitions, fit.p)), np.empty(repetitions)
    for first, size in _blocks(repetitions, fit.k * fit.p):
        taken = rng.integers(0, fit.k, (size, fit.k))
        found = fit_batch(
            fit.yi[taken],
            fit.vi[taken],
            method=fit.method,
            mods=None if plain else fit.design[taken],
            watch=watch,
        )
        beta[first : first + size], tau2[first : first + size] = found.beta, found.tau2
    usable = np.isfinite(beta).all(-1)
    if usable.mean() < 0.9:
        message = phrased(
            "only {sum} of {repetitions} resamples can be fitted",
            sum=int(usable.sum()),
            repetitions=repetitions,
        )
        raise NotEstimable(message)
    tails = [(1 - fit.level) / 2, (1 + fit.level) / 2]
    low, high = np.quantile(beta[usable], tails, axis=0)
    spread = np.quantile(tau2[usable], tails)
    return Bootstrap(low, high, (float(spread[0]), float(spread[1])), int(usable.sum()))


@dataclass(frozen=True, slots=True)
class Gosh:
    """One entry a subset: pooled effect, I2 (percent), and which studies were in it."""

    beta: Array
    I2: Array
    member: Mask


def gosh(
    fit: Fit, *, subsets: int = 20_000, seed: int | None = None, watch: Watch = SILENT
) -> Gosh:
    """Fits on all subsets of at least two studies, or on random ones (Olkin 2012).

    Raises
    ------
    NotEstimable
        Moderators, fewer than three studies, or no seed where subsets are drawn.
    """
    if fit.p > 1 or fit.k < 3:
        message = "subsets are fitted without moderators, from three studies on"
        raise NotEstimable(message)
    if 2**fit.k <= subsets:
        codes = np.arange(1, 2**fit.k)
        member = (codes[:, None] >> np.arange(fit.k)) & 1 == 1
    else:
        member = _random(seed).random((subsets, fit.k)) < 0.5
    member = member[member.sum(1) >= 2]
    watch.stage("gosh", len(member))
    parts = [
        fit_batch(fit.yi, fit.vi, member[i : i + BLOCK], method=fit.method, watch=watch)
        for i in range(0, len(member), BLOCK)
    ]
    return Gosh(
        np.concatenate([part.beta[:, 0] for part in parts]),
        np.concatenate([part.I2 for part in parts]),
        member,
    )


def _blocks(total: int, width: int) -> Iterator[tuple[int, int]]:
    """Where each block of rows begins, and its size."""
    step = max(1, CELLS // width)
    for first in range(0, total, step):
        yield first, min(step, total - first)


def _random(seed: int | None) -> np.random.Generator:
    if seed is None:
        message = "random arrangements need a seed"
        raise NotEstimable(message)
    return np.random.default_rng(seed)
