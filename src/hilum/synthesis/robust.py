"""Cluster-robust standard errors for effects that share patients, authors or controls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.records import found

if TYPE_CHECKING:
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
        dfs = np.full(p, float(n - p))
    else:
        maker = np.eye(len(residual)) - x @ bread @ x.T @ weight
        dfs = np.array([_satterthwaite(influence[:, j] @ maker, marginal) for j in range(p)])
    se = np.sqrt(np.diagonal(vb))
    tval = beta / se
    half = special.stdtrit(dfs, 0.5 + fit.level / 2) * se
    pval = 2 * special.stdtr(dfs, -np.abs(tval))
    return RobustFit(kind, beta, vb, se, tval, dfs, pval, beta - half, beta + half, n)


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
