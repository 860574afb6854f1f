"""What one study, or a growing series of studies, does to a fit."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.batch import BatchFit, fit_batch
from hilum.synthesis.least_squares import RESTRICTED
from hilum.synthesis.sensitivity.one_out import without_each_likelihood
from hilum.synthesis.wald import Wald, inference
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array, Mask, Numbers
    from hilum.synthesis.two_stage import Fit
    from hilum.watch import Watch


# Effects that are refitted at once: 16 MB an array.
BLOCK: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Influence:
    """Deletion diagnostics, one entry a study (Viechtbauer & Cheung 2010).

    ``rstudent`` is the standardised deleted residual, ``dffits`` the change of the study's own
    fitted value in standard errors, ``cook`` the squared distance between the coefficients with
    and without it, ``covr`` the ratio of the determinants of their covariances, ``tau2del`` and
    ``QEdel`` what is left without it, ``hat`` and ``weight`` (percent) its leverage. ``dfbs`` is
    the change of each coefficient in its standard errors, shape (k, p): these by the spread that is
    left without the study, at all studies, as metafor has them.
    """

    rstudent: Array
    dffits: Array
    cook: Array
    covr: Array
    tau2del: Array
    QEdel: Array
    hat: Array
    weight: Array
    dfbs: Array


def leave_one_out(fit: Fit) -> BatchFit:
    """Refit without each study in turn, same method and test.

    Raises
    ------
    NotEstimable
        Fewer than two studies.
    """
    if fit.k < 2:
        message = "leaving one out needs at least two studies"
        raise NotEstimable(message)
    if fit.k > 2 and _plain(fit) and fit.method in RESTRICTED:
        return _at_once(fit)
    return refit(fit, without_each(fit.k))


def _plain(fit: Fit) -> bool:
    """Whether the model is one mean."""
    return fit.p == 1 and bool(np.all(fit.design == 1))


def _at_once(fit: Fit) -> BatchFit:
    """One mean by ML or REML, linear in studies."""
    y, v, k = fit.yi, fit.vi, fit.k - 1
    found = without_each_likelihood(y, v, restricted=RESTRICTED[fit.method])
    fixed = 1 / v
    total, square = fixed.sum() - fixed, (fixed**2).sum() - fixed**2
    typical = (k - 1) / (total - square / total)
    # Far from 0 the squares of effects would lose the digits of their spread.
    away = y - float(np.average(y, weights=fixed))
    first, second = ((fixed * part).sum() - fixed * part for part in (away, away**2))
    by, scale = inference(fit.test), found.rss / (k - 1)
    variance = 1 / found.weight
    if by.scale is not None:
        variance = variance * by.scale(found.rss, k - 1)
    one = _Means(found.mean, variance, fit.level, k - 1 if by.student else None)
    named = (one.beta, one.se, one.zval, one.pval, one.ci_lb, one.ci_ub)
    return BatchFit(
        *(values[:, None] for values in named),
        tau2=found.tau2,
        I2=100 * found.tau2 / (typical + found.tau2),
        H2=found.tau2 / typical + 1,
        QE=second - first**2 / total,
        k=np.full(fit.k, k),
        scale=scale,
    )


@dataclass(frozen=True)
class _Means(Wald):
    """One mean a meta-analysis with its variance."""

    beta: Array
    variance: Array
    level: float
    over: int | None

    @property
    def dfs(self) -> int | None:
        return self.over

    @cached_property
    def se(self) -> Array:
        return np.sqrt(self.variance)


def cumulative(fit: Fit, order: Sequence[int] | None = None) -> BatchFit:
    """Refit on the first one, two, ... studies in ``order`` (0-based; as given by default)."""
    places = np.arange(fit.k) if order is None else np.asarray(order)
    if sorted(places.tolist()) != list(range(fit.k)):
        message = phrased("order: expected each of 0 to {k} once", k=fit.k - 1)
        raise NotEstimable(message)
    return refit(fit, growing(places))


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """Which of k studies take part in each of k refits, made as they are read: never k x k.

    ``rows`` gives the rows (m, k) of some refits; the whole is made where an array is asked for.
    """

    k: int
    rows: Callable[[Numbers], Mask]

    def __len__(self) -> int:
        return self.k

    def __getitem__(self, at: slice) -> Mask:
        return self.rows(np.arange(self.k)[at])

    def __iter__(self) -> Iterator[Mask]:
        return (self.rows(np.array([i]))[0] for i in range(self.k))

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Mask:
        del dtype, copy
        return self.rows(np.arange(self.k))


class EachLeftOut(Parts):
    """Each of k studies left out in turn."""

    __slots__ = ()


def without_each(k: int) -> EachLeftOut:
    """Each of k studies left out in turn."""
    return EachLeftOut(k, lambda places: places[:, None] != np.arange(k))


def growing(order: ArrayLike) -> Parts:
    """The first one, two, ... studies in ``order`` (0-based)."""
    places = np.asarray(order)
    rank = np.empty(len(places), np.int64)
    rank[places] = np.arange(len(places))
    return Parts(len(places), lambda rows: rank <= rows[:, None])


def influence(fit: Fit) -> Influence:
    """Deletion diagnostics of every study.

    Raises
    ------
    NotEstimable
        When leaving one study out leaves too few.
    """
    if fit.k <= fit.p + 1:
        message = phrased("influence needs more than {p} studies, found {k}", p=fit.p + 1, k=fit.k)
        raise NotEstimable(message)
    without = leave_one_out(fit)
    x, shift, hat = fit.design, fit.beta - without.beta, fit.hat
    # Errors that the test scales are scaled here too, as in metafor.
    factor = _factor(fit, without)
    spread = factor * (fit.vi + without.tau2)
    inverse = without.se[:, :, None] ** 2 if _plain(fit) else _inverses(fit, without)
    own = np.einsum("ki,kij,kj->k", x, inverse, x)
    pred_without = np.einsum("ki,ki->k", x, without.beta)
    return Influence(
        rstudent=(fit.yi - pred_without) / np.sqrt(spread + own),
        dffits=np.einsum("ki,ki->k", x, shift) / np.sqrt(hat * spread),
        cook=np.einsum("ki,ij,kj->k", shift, np.linalg.inv(fit.vb), shift),
        covr=np.linalg.det(inverse) / np.linalg.det(fit.vb),
        tau2del=without.tau2,
        QEdel=without.QE,
        hat=hat,
        weight=fit.weights,
        dfbs=shift / np.sqrt(factor[:, None] * _variances_of_all(fit, without)),
    )


def _factor(fit: Fit, without: BatchFit) -> Array:
    """What the test scales variances by, without each study (k,)."""
    scale, df = inference(fit.test).scale, fit.k - 1 - fit.p
    return np.ones(fit.k) if scale is None else scale(without.scale * df, df)


def _variances_of_all(fit: Fit, without: BatchFit) -> Array:
    """Variances of the coefficients of all studies by the spread without each, shape (k, p)."""
    x = fit.design
    products = (x[:, :, None] * x[:, None, :]).reshape(fit.k, -1)
    step, out = max(1, BLOCK // fit.k), np.empty((fit.k, fit.p))
    for first in range(0, fit.k, step):
        rows = slice(first, first + step)
        w = 1 / (fit.vi + without.tau2[rows, None])
        inverse = np.linalg.inv((w @ products).reshape(-1, fit.p, fit.p))
        out[rows] = np.diagonal(inverse, axis1=1, axis2=2)
    return out


def _inverses(fit: Fit, without: BatchFit) -> Array:
    """Covariance of the coefficients without each study, shape (k, p, p), some at a time."""
    x = fit.design
    products = (x[:, :, None] * x[:, None, :]).reshape(fit.k, -1)
    step, parts = max(1, BLOCK // fit.k), without_each(fit.k)
    out = np.empty((fit.k, fit.p, fit.p))
    for first in range(0, fit.k, step):
        rows = slice(first, first + step)
        w = np.where(parts[rows], 1 / (fit.vi + without.tau2[rows, None]), 0.0)
        out[rows] = np.linalg.inv((w @ products).reshape(-1, fit.p, fit.p))
    return out * _factor(fit, without)[:, None, None]


def baujat(fit: Fit) -> tuple[Array, Array]:
    """Coordinates of Baujat's plot (Baujat 2002), one entry a study.

    First the study's share of Q, its squared Pearson residual; then its pull on the result, the
    squared change of its fitted value in units of that value's variance without it.
    """
    without = leave_one_out(fit)
    x = fit.design
    share = (fit.yi - x @ fit.beta) ** 2 / (fit.vi + fit.tau2)
    change = np.einsum("ki,ki->k", x, fit.beta - without.beta) ** 2
    if fit.p == 1:
        return share, change / (x[:, 0] * without.se[:, 0]) ** 2
    return share, change / np.einsum("ki,ij,kj->k", x, fit.vb, x)


def refit(fit: Fit, mask: Mask | Parts, watch: Watch = SILENT) -> BatchFit:
    """The same model on each row of ``mask`` (m, k): which studies take part."""
    design = None if _plain(fit) else fit.design
    step = max(1, BLOCK // fit.k)
    parts = [
        fit_batch(
            fit.yi,
            fit.vi,
            mask[first : first + step],
            method=fit.method,
            test=fit.test,
            mods=design,
            level=fit.level,
            near=fit.tau2,
            watch=watch,
        )
        for first in range(0, len(mask), step)
    ]
    if len(parts) == 1:
        return parts[0]
    names = [one.name for one in fields(BatchFit)]
    return BatchFit(**{n: np.concatenate([getattr(one, n) for one in parts]) for n in names})
