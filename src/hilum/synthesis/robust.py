"""Cluster-robust standard errors for effects that share patients, authors or controls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.records import found
from hilum.synthesis.wald import ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.multilevel import MultilevelFit
    from hilum.synthesis.two_stage import Fit


@dataclass(frozen=True, slots=True)
class RobustFit:
    """The fit's coefficients with cluster-robust errors; ``dfs`` one a coefficient."""

    kind: Literal["CR1", "CR2"]
    beta: Array
    vb: Array
    se: Array
    tval: Array
    dfs: Array
    pval: Array
    ci_lb: Array
    ci_ub: Array
    clusters: int


# Whether each cluster's residuals are corrected for the model's own covariance.
CORRECTED: Final = {"CR1": False, "CR2": True}


def cluster_robust(
    fit: Fit | MultilevelFit,
    cluster: ArrayLike,
    *,
    kind: Literal["CR1", "CR2"] = "CR2",
) -> RobustFit:
    """Sandwich errors by cluster.

    CR1 multiplies the plain sandwich by n / (n - p) and has n - p degrees of freedom (n
    clusters; Hedges, Tipton & Johnson 2010). CR2 corrects each cluster's residuals for the
    model's own covariance and takes Satterthwaite's degrees of freedom (Tipton 2015;
    Pustejovsky & Tipton 2018); with fewer than some forty clusters only CR2 holds its level.

    Parameters
    ----------
    fit : Fit or MultilevelFit
        Weights are the inverse of its marginal covariance, which is also the working model.
    cluster : array_like, shape (k,)
        Cluster labels.

    Raises
    ------
    NotEstimable
        Labels of another length, or no more clusters than coefficients.
    """
    levers = _levers(fit, cluster, kind)
    vb, beta = levers.vb, levers.beta
    n, p = levers.influence.shape[:2]
    if not CORRECTED[kind]:
        dfs = np.full(p, float(n - p))
    else:
        dfs = np.array([_satterthwaite(levers.own(j), levers.marginal) for j in range(p)])
    se = np.sqrt(np.diagonal(vb))
    tval = ratio(beta, se)
    half = special.stdtrit(dfs, 0.5 + fit.level / 2) * se
    pval = 2 * special.stdtr(dfs, -np.abs(tval))
    return RobustFit(kind, beta, vb, se, tval, dfs, pval, beta - half, beta + half, n)


@dataclass(frozen=True, slots=True)
class _Levers:
    """Coefficients and their robust covariance, and what both are made of.

    ``influence`` (n, p, k): contribution of each cluster's residuals to each coefficient; ``maker``
    (k, k) makes residuals of effects.
    """

    beta: Array
    vb: Array
    influence: Array
    maker: Array
    marginal: Array

    def own(self, j: int) -> Array:
        """Of one coefficient, each cluster's weights of the effects, shape (n, k)."""
        return self.influence[:, j] @ self.maker


def _levers(fit: Fit | MultilevelFit, cluster: ArrayLike, kind: str) -> _Levers:
    corrected = found(CORRECTED, kind, "kind")
    labels = np.asarray(cluster)
    if labels.shape != fit.yi.shape:
        message = phrased(
            "cluster: {shape} labels for {number} effects", shape=labels.shape, number=len(fit.yi)
        )
        raise NotEstimable(message)
    _, code = np.unique(labels, return_inverse=True)
    n, x = int(code.max()) + 1, fit.design
    p = x.shape[1]
    if n <= p:
        message = phrased("{n} clusters cannot carry {p} coefficients", n=n, p=p)
        raise NotEstimable(message)
    marginal = _marginal(fit)
    weight = np.linalg.inv(marginal)
    bread = np.linalg.inv(x.T @ weight @ x)
    beta = bread @ (x.T @ (weight @ fit.yi))
    residual = fit.yi - x @ beta
    influence = np.empty((n, p, len(residual)))
    for g in range(n):
        rows = np.flatnonzero(code == g)
        # Contribution of the cluster's residuals to the coefficients.
        lever = bread @ (x.T @ weight)[:, rows]
        if corrected:
            lever = lever @ _adjustment(marginal[np.ix_(rows, rows)], x[rows], bread)
        influence[g] = np.zeros((p, len(residual)))
        influence[g][:, rows] = lever
    moved = influence @ residual
    vb = moved.T @ moved
    if not corrected:
        vb *= n / (n - p)
    maker = np.eye(len(residual)) - x @ bread @ x.T @ weight
    return _Levers(beta, vb, influence, maker, marginal)


def robust_wald(
    fit: Fit | MultilevelFit,
    cluster: ArrayLike,
    which: Sequence[int],
    *,
    kind: Literal["CR1", "CR2"] = "CR2",
) -> tuple[float, float, float]:
    """F of several coefficients with cluster-robust errors, its second degrees of freedom, and p.

    CR1: Wald's statistic by its number, with n - p degrees of freedom. CR2: Hotelling's T2 with
    the degrees of freedom of Zhang (Tipton & Pustejovsky 2015, "HTZ"), from the variance of the
    robust covariance's entries under the working model. NaN where none are left, and where so few
    clusters leave the robust covariance singular.
    """
    levers = _levers(fit, cluster, kind)
    index, q = list(which), len(which)
    beta, vb = levers.beta[index], levers.vb[np.ix_(index, index)]
    if np.linalg.matrix_rank(vb) < q:
        return float("nan"), float("nan"), float("nan")
    wald = float(beta @ np.linalg.solve(vb, beta))
    n, p = levers.influence.shape[:2]
    if not CORRECTED[kind]:
        return wald / q, float(n - p), float(special.fdtrc(q, n - p, wald / q))
    rows = np.stack([levers.own(j) for j in index])
    expected = np.einsum("sgi,ij,tgj->st", rows, levers.marginal, rows)
    roots, vectors = np.linalg.eigh(expected)
    white = np.einsum("st,tgi->sgi", (vectors * roots**-0.5) @ vectors.T, rows)
    # Covariance of each cluster's share of one coefficient with each one's of another.
    share = np.einsum("sgi,ij,thj->sgth", white, levers.marginal, white)
    varied = np.einsum("sgsh,tgth->st", share, share) + np.einsum("sgth,tgsh->st", share, share)
    eta = q * (q + 1) / float(varied.sum())
    dfs = eta - q + 1
    if not dfs > 0:
        return float("nan"), dfs, float("nan")
    f = dfs / (eta * q) * wald
    return f, dfs, float(special.fdtrc(q, dfs, f))


def _marginal(fit: Fit | MultilevelFit) -> Array:
    tau2 = getattr(fit, "tau2", None)
    if tau2 is None:
        return fit.marginal  # pyright: ignore[reportAttributeAccessIssue, reportUnknownVariableType]
    return np.diag(fit.vi + tau2)


def _adjustment(block: Array, x: Array, bread: Array) -> Array:
    """A = D'B^(-1/2) D with D'D the block and B = D (block - X M X') D' (Pustejovsky & Tipton)."""
    d = np.linalg.cholesky(block).T
    b = d @ (block - x @ bread @ x.T) @ d.T
    roots, vectors = np.linalg.eigh((b + b.T) / 2)
    # A cluster that alone determines a coefficient leaves a null direction: pseudo-inverse.
    kept = roots > 1e-10 * max(float(roots[-1]), 1e-300)
    power = np.where(kept, np.where(kept, roots, 1.0) ** -0.5, 0.0)
    return d.T @ (vectors * power) @ vectors.T @ d


def _satterthwaite(rows: Array, marginal: Array) -> float:
    """Twice mean squared over variance of the variance estimator under the working model."""
    product = rows @ marginal @ rows.T
    return float(np.trace(product) ** 2 / (product**2).sum())
