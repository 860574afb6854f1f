"""Permutation tests, bootstrap intervals and all-subsets plots, by batches of refits."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable
from hilum.synthesis.batch import fit_batch

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.two_stage import Fit

BLOCK = 50_000


@dataclass(frozen=True, slots=True)
class Permutation:
    """P value of each coefficient; ``exact`` when every arrangement was tried."""

    pval: Array
    repetitions: int
    exact: bool


def permutation_test(fit: Fit, *, repetitions: int = 1000, seed: int | None = None) -> Permutation:
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
    if fit.p == 1:
        exact = 2**fit.k <= repetitions
        if exact:
            signs = np.array(list(product((1.0, -1.0), repeat=fit.k)))
        else:
            signs = _random(seed).choice((1.0, -1.0), (repetitions - 1, fit.k))
        found = fit_batch(signs * fit.yi, fit.vi, method=fit.method, test=fit.test).zval
    else:
        exact = False
        rng = _random(seed)
        order = rng.permuted(np.tile(np.arange(fit.k), (repetitions - 1, 1)), axis=1)
        found = fit_batch(
            fit.yi, fit.vi, method=fit.method, test=fit.test, mods=fit.design[order]
        ).zval
    # Arrangements that tie with the observed one but for rounding count as at least as extreme.
    beyond = (np.abs(found) >= observed * (1 - 1e-12)).sum(0)
    total = len(found) if exact else len(found) + 1
    return Permutation((beyond + (0 if exact else 1)) / total, total, exact)


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Percentile intervals of the coefficients (p,) and of tau2; ``used`` of the resamples."""

    ci_lb: Array
    ci_ub: Array
    tau2: tuple[float, float]
    used: int


def bootstrap(fit: Fit, *, repetitions: int = 2000, seed: int | None = None) -> Bootstrap:
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
        message = f"{fit.k} studies are too few to resample with {fit.p} coefficients"
        raise NotEstimable(message)
    taken = _random(seed).integers(0, fit.k, (repetitions, fit.k))
    found = fit_batch(
        fit.yi[taken],
        fit.vi[taken],
        method=fit.method,
        mods=None if fit.p == 1 and bool((fit.design == 1).all()) else fit.design[taken],
    )
    usable = np.isfinite(found.beta).all(-1)
    if usable.mean() < 0.9:
        message = f"only {int(usable.sum())} of {repetitions} resamples can be fitted"
        raise NotEstimable(message)
    tails = [(1 - fit.level) / 2, (1 + fit.level) / 2]
    low, high = np.quantile(found.beta[usable], tails, axis=0)
    spread = np.quantile(found.tau2[usable], tails)
    return Bootstrap(low, high, (float(spread[0]), float(spread[1])), int(usable.sum()))


@dataclass(frozen=True, slots=True)
class Gosh:
    """One entry a subset: pooled effect, I2 (percent), and which studies were in it."""

    beta: Array
    I2: Array
    member: Mask


def gosh(fit: Fit, *, subsets: int = 20_000, seed: int | None = None) -> Gosh:
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
    parts = [
        fit_batch(fit.yi, fit.vi, member[i : i + BLOCK], method=fit.method)
        for i in range(0, len(member), BLOCK)
    ]
    return Gosh(
        np.concatenate([part.beta[:, 0] for part in parts]),
        np.concatenate([part.I2 for part in parts]),
        member,
    )


def _random(seed: int | None) -> np.random.Generator:
    if seed is None:
        message = "random arrangements need a seed"
        raise NotEstimable(message)
    return np.random.default_rng(seed)
