"""What one study, or a growing series of studies, does to a fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.batch import BatchFit, fit_batch
from hilum.synthesis.wald import inference
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.two_stage import Fit
    from hilum.watch import Watch


@dataclass(frozen=True, slots=True)
class Influence:
    """Deletion diagnostics, one entry a study (Viechtbauer & Cheung 2010).

    ``rstudent`` is the standardised deleted residual, ``dffits`` the change of the study's own
    fitted value in standard errors, ``cook`` the squared distance between the coefficients with
    and without it, ``covr`` the ratio of the determinants of their covariances, ``tau2del`` and
    ``QEdel`` what is left without it, ``hat`` and ``weight`` (percent) its leverage.
    """

    rstudent: Array
    dffits: Array
    cook: Array
    covr: Array
    tau2del: Array
    QEdel: Array
    hat: Array
    weight: Array


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
    return refit(fit, without_each(fit.k))


def cumulative(fit: Fit, order: Sequence[int] | None = None) -> BatchFit:
    """Refit on the first one, two, ... studies in ``order`` (0-based; as given by default)."""
    places = np.arange(fit.k) if order is None else np.asarray(order)
    if sorted(places.tolist()) != list(range(fit.k)):
        message = phrased("order: expected each of 0 to {k} once", k=fit.k - 1)
        raise NotEstimable(message)
    return refit(fit, growing(places))


def without_each(k: int) -> Mask:
    """Each of k studies left out in turn, shape (k, k)."""
    return ~np.eye(k, dtype=np.bool_)


def growing(order: ArrayLike) -> Mask:
    """The first one, two, ... studies in ``order`` (0-based), shape (k, k)."""
    places = np.asarray(order)
    rank = np.empty(len(places), np.int64)
    rank[places] = np.arange(len(places))
    return rank[None, :] <= np.arange(len(places))[:, None]


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
    x, mask = fit.design, without_each(fit.k)
    w = np.where(mask, 1 / (fit.vi + without.tau2[:, None]), 0.0)
    inverse = np.linalg.inv(np.einsum("bk,ki,kj->bij", w, x, x))
    scale = inference(fit.test).scale
    if scale is not None:
        residual = fit.yi - without.beta @ x.T
        inverse *= scale((w * residual**2).sum(1), fit.k - 1 - fit.p)[:, None, None]
    own = np.einsum("ki,kij,kj->k", x, inverse, x)
    pred_without = np.einsum("ki,ki->k", x, without.beta)
    shift = fit.beta - without.beta
    hat = fit.hat
    spread = fit.vi + without.tau2
    return Influence(
        rstudent=(fit.yi - pred_without) / np.sqrt(spread + own),
        dffits=np.einsum("ki,ki->k", x, shift) / np.sqrt(hat * spread),
        cook=np.einsum("ki,ij,kj->k", shift, np.linalg.inv(fit.vb), shift),
        covr=np.linalg.det(inverse) / np.linalg.det(fit.vb),
        tau2del=without.tau2,
        QEdel=without.QE,
        hat=hat,
        weight=fit.weights,
    )


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


def refit(fit: Fit, mask: Mask, watch: Watch = SILENT) -> BatchFit:
    """The same model on each row of ``mask`` (m, k): which studies take part."""
    plain = fit.p == 1 and bool(np.all(fit.design == 1))
    return fit_batch(
        fit.yi,
        fit.vi,
        mask,
        method=fit.method,
        test=fit.test,
        mods=None if plain else fit.design,
        level=fit.level,
        near=fit.tau2,
        watch=watch,
    )
