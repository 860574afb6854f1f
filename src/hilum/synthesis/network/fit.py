"""Network meta-analysis: common and random effects of every pair of treatments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.arrays import coverage
from hilum.synthesis.network.connection import components
from hilum.synthesis.network.heterogeneity import (
    NetworkMethod,
    at,
    loglik,
    network_estimator,
    tau2_network,
)
from hilum.synthesis.network.laplacian import Geometry, Solution

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.network.contrasts import Contrasts


@dataclass(frozen=True)
class Effects:
    """Effects of all pairs, row minus column, shape (n, n); the diagonal is 0.

    ``statistic`` and ``pval`` are NaN on the diagonal.
    """

    TE: Array
    seTE: Array  # noqa: N815
    level: float

    @cached_property
    def half(self) -> Array:
        """Half the width of the intervals."""
        return float(special.ndtri(0.5 + self.level / 2)) * self.seTE

    @property
    def lower(self) -> Array:
        """Lower limits."""
        return self.TE - self.half

    @property
    def upper(self) -> Array:
        """Upper limits."""
        return self.TE + self.half

    @cached_property
    def statistic(self) -> Array:
        """TE / seTE."""
        known = self.seTE > 0
        return np.where(known, self.TE / np.where(known, self.seTE, 1.0), np.nan)

    @property
    def pval(self) -> Array:
        """Two-sided p values."""
        return 2 * special.ndtr(-np.abs(self.statistic))


@dataclass(frozen=True)
class NetworkFit:
    """One network, fitted with common and with random effects.

    Attributes
    ----------
    contrasts : Contrasts
    geometry : Geometry
    method : {"DL", "PM", "ML", "REML"}
    level : float
    tau2 : float
        Variance of each contrast between studies; one for the network.
    solved, solved_random : Solution
        Least squares at tau2 = 0 and at ``tau2``.
    """

    contrasts: Contrasts
    geometry: Geometry
    method: NetworkMethod
    level: float
    tau2: float
    solved: Solution
    solved_random: Solution

    @property
    def treatments(self) -> tuple[str, ...]:
        """Names in the order of rows and columns."""
        return self.contrasts.treatments

    @property
    def n(self) -> int:
        """Treatments."""
        return self.contrasts.n

    @property
    def k(self) -> int:
        """Studies."""
        return self.contrasts.k

    @property
    def m(self) -> int:
        """Pairwise contrasts."""
        return self.contrasts.m

    @property
    def df(self) -> int:
        """Independent contrasts, less the n - 1 parameters."""
        return len(self.geometry.rows.y) - self.n + 1

    @property
    def Q(self) -> float:  # noqa: N802
        """Heterogeneity and inconsistency together."""
        return self.solved.rss

    @property
    def pval_Q(self) -> float:  # noqa: N802
        """P value of Q; NaN without degrees of freedom."""
        return float(special.chdtrc(self.df, self.Q)) if self.df > 0 else float("nan")

    @property
    def tau(self) -> float:
        """Square root of tau2."""
        return self.tau2**0.5

    @property
    def I2(self) -> float:  # noqa: N802
        """(Q - df) / Q from 0 to 1, NaN without degrees of freedom."""
        if self.df < 1:
            return float("nan")
        return max(0.0, (self.Q - self.df) / self.Q) if self.Q > 0 else 0.0

    @cached_property
    def common(self) -> Effects:
        """Common effects."""
        return effects(self.solved, self.level)

    @cached_property
    def random(self) -> Effects:
        """Random effects."""
        return effects(self.solved_random, self.level)

    @cached_property
    def prediction(self) -> tuple[Array, Array]:
        """Limits for the effect in a new study, t with df - 1 degrees of freedom.

        NaN where df - 1 is below 1; 0 on the diagonal.
        """
        out = np.full((self.n, self.n), np.nan)
        if self.df < 2:
            return out, out.copy()
        t = float(special.stdtrit(self.df - 1, 0.5 + self.level / 2))
        half = t * np.sqrt(self.random.seTE**2 + self.tau2)
        low, high = self.random.TE - half, self.random.TE + half
        np.fill_diagonal(low, 0.0)
        np.fill_diagonal(high, 0.0)
        return low, high

    @cached_property
    def loglik_reml(self) -> float:
        """Restricted log-likelihood at tau2."""
        return loglik(self.geometry, self.solved_random, restricted=True)

    def loglik_reml_at(self, tau2: float) -> float:
        """Restricted log-likelihood at another tau2."""
        return loglik(self.geometry, at(self.geometry, tau2), restricted=True)

    def index(self, treatment: str) -> int:
        """Row of a treatment.

        Raises
        ------
        NotEstimable
            Unknown; the known names are listed.
        """
        if treatment not in self.treatments:
            message = phrased(
                "treatment {treatment!r}: expected one of {treatments}",
                treatment=treatment,
                treatments=", ".join(self.treatments),
            )
            raise NotEstimable(message)
        return self.treatments.index(treatment)


def effects(solution: Solution, level: float) -> Effects:
    """All pairs from one solution."""
    theta, inverse = solution.theta, solution.inverse
    own = np.diagonal(inverse)
    variance = own[:, None] + own - 2 * inverse
    np.fill_diagonal(variance, 0.0)
    return Effects(theta[:, None] - theta, np.sqrt(np.maximum(variance, 0.0)), level)


def fit_network(
    evidence: Contrasts,
    *,
    method: NetworkMethod = "DL",
    level: float = 0.95,
    tau2: float | None = None,
) -> NetworkFit:
    """Fit a connected network.

    Parameters
    ----------
    evidence : Contrasts
        From :func:`contrasts` or :func:`contrasts_from_arms`.
    method : {"DL", "PM", "ML", "REML"}
        Estimator of the one tau2 (:func:`tau2_network`).
    level : float
        Coverage of intervals.
    tau2 : float, optional
        A value to use instead of an estimate.

    Raises
    ------
    NotEstimable
        An unknown method, or a network in several components (named with their treatments):
        analyse them one by one (:func:`separate`), or join them by an additive component model.
    NotConverged
        tau2 does not settle.

    Notes
    -----
    Ruecker 2012; Ruecker & Schwarzer 2014. Generalised least squares on all contrasts gives the
    same figures.
    """
    network_estimator(method)
    coverage(level)
    parts = components(evidence)
    if len(parts) > 1:
        named = "; ".join(
            f"{i}: {', '.join(evidence.treatments[t] for t in part)}"
            for i, part in enumerate(parts, start=1)
        )
        message = phrased(
            "the network is not connected; {number} components: {named}",
            number=len(parts),
            named=named,
        )
        raise NotEstimable(message)
    geometry = Geometry(evidence.rows, evidence.n)
    solved = geometry.solve(1 / evidence.rows.v)
    geometry.accurate(solved)
    if tau2 is not None:
        if not 0 <= tau2 < float("inf"):
            message = phrased("tau2 {tau2:g}: expected a finite number, 0 or more", tau2=tau2)
            raise NotEstimable(message)
        random = at(geometry, tau2)
        return NetworkFit(evidence, geometry, method, level, tau2, solved, random)
    df = len(evidence.rows.y) - evidence.n + 1
    found, random = tau2_network(geometry, solved, df, method)
    return NetworkFit(evidence, geometry, method, level, found, solved, random)
