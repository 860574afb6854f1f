"""Equal- and random-effects models on effects yi with known sampling variances vi."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, joined, phrased
from hilum.records import found
from hilum.synthesis.arrays import Array, columns, coverage, refuse
from hilum.synthesis.heterogeneity import ESTIMATORS, Method, standard_error, tau2_of
from hilum.synthesis.least_squares import (
    loglik,
    mean_one,
    orthonormal,
    solve,
    trace_one,
    traces,
)
from hilum.synthesis.redundant import RANK, redundant
from hilum.synthesis.wald import Wald, inference

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

# A code of INFERENCES.
Test = str


@dataclass(frozen=True)
class Fit(Wald):
    """One fitted model; arrays have one entry a coefficient (the intercept first).

    Attributes
    ----------
    beta, se, zval, pval, ci_lb, ci_ub : ndarray, shape (p,)
        Coefficients on the effect measure's own scale.
    vb : ndarray, shape (p, p)
        Their covariance.
    tau2, I2, H2, QE, QEp : float
        Heterogeneity beyond the moderators; I2 in percent (Higgins & Thompson 2002).
    QM, QMp : float
        Omnibus test of the moderators (of the intercept where there are none).
    k, p, dfs : int, int, int or None
        Studies, coefficients, degrees of freedom of t tests.
    """

    yi: Array
    vi: Array
    design: Array
    names: tuple[str, ...]
    method: Method
    test: Test
    level: float
    beta: Array
    vb: Array
    tau2: float
    QE: float
    typical: float

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.yi)

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return len(self.beta)

    @property
    def mean(self) -> bool:
        """Whether the one coefficient is a mean of all studies, not a slope through 0."""
        return self.p == 1 and bool((self.design == 1).all())

    @property
    def dfs(self) -> int | None:
        """Degrees of freedom of the t tests; None for normal ones."""
        return self.k - self.p if inference(self.test).student else None

    @property
    def random(self) -> bool:
        """Whether effects may differ between studies (not so for equal effects)."""
        return found(ESTIMATORS, self.method, "method").random

    @property
    def I2(self) -> float:  # noqa: N802
        """Share of the total variance between studies, percent; NaN without one to spare."""
        if self.k <= self.p:
            return float("nan")
        if not self.random:
            return max(0.0, 100 * (1 - (self.k - self.p) / self.QE)) if self.QE > 0 else 0.0
        return 100 * self.tau2 / (self.typical + self.tau2)

    @property
    def H2(self) -> float:  # noqa: N802
        """Total over typical sampling variance; NaN without a study to spare."""
        if self.k <= self.p:
            return float("nan")
        if not self.random:
            return self.QE / (self.k - self.p)
        return self.tau2 / self.typical + 1

    @property
    def QEp(self) -> float:  # noqa: N802
        """P value of (residual) heterogeneity."""
        return float(special.chdtrc(self.k - self.p, self.QE)) if self.k > self.p else float("nan")

    @property
    def scale(self) -> float:
        """Hartung and Knapp's factor q: the residual variance in units of the model's own.

        Below 1 the effects are more alike than their errors allow; NaN without a study to spare.
        """
        if self.k <= self.p:
            return float("nan")
        residual = self.yi - self.design @ self.beta
        return float((residual**2 / (self.vi + self.tau2)).sum() / (self.k - self.p))

    @cached_property
    def _moderators(self) -> slice:
        whole = self.p == 1 or self.names[0] != "intrcpt"
        return slice(0, None) if whole else slice(1, None)

    @cached_property
    def QM(self) -> float:  # noqa: N802
        """Wald statistic of the moderators; divided by their number where tests are t."""
        which = self._moderators
        beta, vb = self.beta[which], self.vb[which, which]
        if not vb.any():
            # Hartung & Knapp's errors are 0 where all effects are equal.
            return float("inf") if beta.any() else 0.0
        statistic = float(beta @ np.linalg.solve(vb, beta))
        return statistic if self.dfs is None else statistic / len(beta)

    @property
    def QMp(self) -> float:  # noqa: N802
        """P value of QM: chi-squared, or F where tests are t."""
        m = len(self.beta[self._moderators])
        if self.dfs is None:
            return float(special.chdtrc(m, self.QM))
        return float(special.fdtrc(m, self.dfs, self.QM))

    @cached_property
    def R2(self) -> float | None:  # noqa: N802
        """Percent of tau2 the moderators account for (Raudenbush 2009); None without any."""
        if self.p == 1 or self.names[0] != "intrcpt" or not self.random:
            return None
        alone = float(tau2_of(self.yi, self.vi, None, 1, self.method))
        return max(0.0, 100 * (alone - self.tau2) / alone) if alone > 0 else None

    @cached_property
    def se_tau2(self) -> float | None:
        """Standard error of tau2; None for equal effects, and from one study."""
        if self.k <= self.p:
            return None
        tau2 = np.asarray(self.tau2)
        error = standard_error(self.yi, self.vi, self._basis, self.p, self.method, tau2)
        return None if error is None else float(error)

    @cached_property
    def _basis(self) -> Array | None:
        if self.p == 1 and self.names == ("intrcpt",):
            return None
        return orthonormal(self.design, np.ones(self.k, np.bool_))[0]

    @cached_property
    def loglik_ml(self) -> float:
        """Log-likelihood at the estimates."""
        return float(loglik(self.yi, self.vi, self.tau2, self._basis, restricted=False))

    @cached_property
    def loglik_reml(self) -> float:
        """Restricted log-likelihood at the estimates."""
        return float(loglik(self.yi, self.vi, self.tau2, self._basis, restricted=True))

    @cached_property
    def weights(self) -> Array:
        """Weight of each study in percent: 1 / (vi + tau2), normed."""
        w = 1 / (self.vi + self.tau2)
        return 100 * w / w.sum()

    @cached_property
    def hat(self) -> Array:
        """Diagonal of the hat matrix, shape (k,)."""
        w = 1 / (self.vi + self.tau2)
        inverse = np.linalg.inv((w[:, None] * self.design).T @ self.design)
        return np.einsum("ki,ij,kj,k->k", self.design, inverse, self.design, w)

    def predict(self, design: ArrayLike | None = None) -> Prediction:
        """Average effect with its interval, and the interval for the effect of a new study.

        The latter takes t quantiles with k - p degrees of freedom whatever the test (Veroniki
        2019): the normal ones cover far too little with few studies (Higgins 2009). It is missing
        for equal effects, and where no study is to spare.

        Parameters
        ----------
        design : array_like, shape (m, p), optional
            Rows of moderators (the intercept's 1 included); the one row of 1 by default.

        Raises
        ------
        NotEstimable
            Without rows where the model has moderators, or rows of another width.
        """
        if design is None and not self.mean:
            message = phrased("a prediction needs values of {names}", names=", ".join(self.names))
            raise NotEstimable(message)
        x = np.ones((1, 1)) if design is None else np.atleast_2d(np.asarray(design, np.float64))
        if x.shape[1] != self.p:
            message = phrased(
                "prediction rows have {shape} values, the model has {p}", shape=x.shape[1], p=self.p
            )
            raise NotEstimable(message)
        pred = x @ self.beta
        variance = np.einsum("mi,ij,mj->m", x, self.vb, x)
        return predicted(
            pred,
            variance,
            self.tau2 if self.random else float("nan"),
            self.quantile,
            new_study(self.k - self.p, self.level),
        )

    def blup(self) -> Prediction:
        """Each study's own true effect, shrunken towards the model (Raudenbush & Bryk 1985)."""
        share = self.tau2 / (self.tau2 + self.vi)
        fitted = self.design @ self.beta
        pred = share * self.yi + (1 - share) * fitted
        variance = share * self.vi + (1 - share) ** 2 * np.einsum(
            "mi,ij,mj->m", self.design, self.vb, self.design
        )
        se = np.sqrt(variance)
        low, high = pred - self.quantile * se, pred + self.quantile * se
        return Prediction(pred, se, low, high, low, high, low, high)


def predicted(pred: Array, variance: Array, tau2: float, quantile: float, new: float) -> Prediction:
    """Intervals from variances: NaN as ``tau2`` where effects are equal."""
    se, root = np.sqrt(variance), np.sqrt(variance + tau2)
    half, wide, own = quantile * se, quantile * root, new * root
    return Prediction(
        pred, se, pred - half, pred + half, pred - wide, pred + wide, pred - own, pred + own
    )


def new_study(df: int, level: float) -> float:
    """Multiplier of the standard error in the interval of a new study; NaN without a study over."""
    return float(special.stdtrit(df, 0.5 + level / 2)) if df > 0 else float("nan")


@dataclass(frozen=True, slots=True)
class Prediction:
    """Predictions on the model's scale, shape (m,); ``pi_*``, ``new_*`` are NaN for equal effects.

    ``pi_*`` take the quantile of the test, as metafor does; ``new_*`` that of t with k - p degrees
    of freedom whatever the test (Higgins, Thompson & Spiegelhalter 2009; Riley 2011), which covers
    a new study where there are few. Readers are shown ``new_*``.
    """

    pred: Array
    se: Array
    ci_lb: Array
    ci_ub: Array
    pi_lb: Array
    pi_ub: Array
    new_lb: Array
    new_ub: Array


def fit(
    yi: ArrayLike,
    vi: ArrayLike,
    *,
    method: Method = "REML",
    test: Test = "z",
    mods: ArrayLike | None = None,
    names: Sequence[str] = (),
    level: float = 0.95,
) -> Fit:
    """Fit an equal- or random-effects model, with moderators if given.

    Parameters
    ----------
    yi, vi : array_like, shape (k,)
        Effects and sampling variances, finite, ``vi > 0``.
    method : str
        Equal effects or the estimator of tau2: a code of
        :data:`hilum.synthesis.heterogeneity.ESTIMATORS`.
    test : str
        A code of :data:`hilum.synthesis.wald.INFERENCES`: normal tests and intervals; t with
        k - p degrees of freedom; or t with the standard error of Hartung & Knapp 2001, as it is
        or (adhoc) never below the model's own.
    mods : array_like, shape (k, p), optional
        The whole design matrix, the intercept's column of ones included where wanted.
    names : sequence of str, length p
        Names of its columns; the intercept is ``intrcpt``.

    Raises
    ------
    NotEstimable
        No study, fewer studies than coefficients (or as many), a value out of range, a level
        that is not between 0 and 1, collinear moderators. One study without moderators is a fit
        with tau2 = 0 and no test of heterogeneity.
    NotConverged
        When tau2 does not settle.
    """
    y, v = effects(yi, vi)
    coverage(level)
    found(ESTIMATORS, method, "method")
    scale = inference(test).scale
    if mods is None:
        return _intercept(y, v, method, test, level)
    x, labels = checked_design(mods, names, len(y))
    p = x.shape[1]
    basis, back = orthonormal(x, np.ones(len(y), np.bool_))
    tau2 = float(tau2_of(y, v, basis, p, method))
    solved = solve(y, 1 / (v + tau2), basis)
    fixed = 1 / v
    vb = back @ solved.inverse @ back.T
    if scale is not None:
        vb = vb * scale(solved.rss, len(y) - p)
    return Fit(
        y,
        v,
        x,
        labels,
        method,
        test,
        level,
        back @ solved.coefficients,
        vb,
        tau2,
        float(solve(y, fixed, basis).rss),
        float((len(y) - p) / traces(fixed, basis)[0]),
    )


def _intercept(y: Array, v: Array, method: Method, test: Test, level: float) -> Fit:
    k = len(y)
    tau2 = float(tau2_of(y, v, None, 1, method)) if k > 1 else 0.0
    solved = mean_one(y, 1 / (v + tau2))
    fixed = 1 / v
    variance = solved.inverse
    scale = inference(test).scale
    if scale is not None and k > 1:
        variance = variance * float(scale(np.asarray(solved.rss), k - 1))
    return Fit(
        y,
        v,
        np.ones((k, 1)),
        ("intrcpt",),
        method,
        test if k > 1 else "z",
        level,
        np.array([solved.value]),
        np.array([[variance]]),
        tau2,
        mean_one(y, fixed).rss if k > 1 else 0.0,
        (k - 1) / trace_one(fixed) if k > 1 else float(v[0]),
    )


def effects(yi: ArrayLike, vi: ArrayLike) -> tuple[Array, Array]:
    """Checked effects and variances, at least one row."""
    y, v = columns(yi=yi, vi=vi)
    if not len(y):
        message = "no study to pool"
        raise NotEstimable(message)
    wrong = ~(np.isfinite(y) & (v > 0) & (v < np.inf))
    if bool(wrong.any()):
        refuse(wrong, "finite yi and finite vi > 0", yi=y, vi=v)
        row = int(np.flatnonzero(wrong)[0])
        message = phrased(
            "row {row}: yi {y:g}, vi {v:g}: missing; leave the row out",
            row=row + 1,
            y=y[row],
            v=v[row],
        )
        raise NotEstimable(message)
    return y, v


def checked_design(mods: ArrayLike, names: Sequence[str], k: int) -> tuple[Array, tuple[str, ...]]:
    """A design matrix of full rank with more rows than columns, and its column names."""
    x = np.asarray(mods, np.float64)
    x = x[:, None] if x.ndim == 1 else x
    labels = tuple(names) or tuple(
        "intrcpt" if bool(np.all(x[:, j] == 1)) else f"x{j}" for j in range(x.shape[1])
    )
    if x.shape != (k, len(labels)) or not bool(np.isfinite(x).all()):
        message = phrased(
            "mods: expected finite values of shape ({k}, {number}), found {shape}",
            k=k,
            number=len(labels),
            shape=x.shape,
        )
        raise NotEstimable(message)
    if k <= x.shape[1]:
        message = phrased(
            "{k} studies cannot carry {shape} coefficients ({labels}): it takes more studies than "
            "coefficients",
            k=k,
            shape=x.shape[1],
            labels=", ".join(labels),
        )
        raise NotEstimable(message)
    # Columns scaled to unit length, so that calendar years are not mistaken for collinearity.
    lengths = np.linalg.norm(x, axis=0)
    unit = x / np.where(lengths > 0, lengths, 1.0)
    if np.linalg.matrix_rank(unit, tol=RANK) < x.shape[1]:
        raise NotEstimable(joined(redundant(x, unit, labels)))
    return x, labels
