"""What one study says of its own effect eta: log-likelihoods and two derivatives.

Each likelihood holds k studies; ``terms(eta)`` takes (k, q) values and returns the log-likelihood
without its constant and its first and second derivative in eta, same shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array

Terms = tuple["Array", "Array", "Array"]


class Likelihood(Protocol):
    """Log-concave in eta, one row a study."""

    @property
    def constant(self) -> float:
        """Sum of what does not depend on eta."""
        ...

    def terms(self, eta: Array) -> Terms:
        """Value, slope and curvature at ``eta``, shape (k, q)."""
        ...


@dataclass(frozen=True, slots=True)
class Binomial:
    """``x`` events of ``n``, log odds ``eta + offset``."""

    x: Array
    n: Array
    offset: Array

    @property
    def constant(self) -> float:
        """Log binomial coefficients."""
        x, n = self.x, self.n
        logs = special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)
        return float(logs.sum())

    def terms(self, eta: Array) -> Terms:
        """See :class:`Likelihood`."""
        shifted = eta + self.offset[:, None]
        n = self.n[:, None]
        # exp(-|eta|) serves both the logarithm and the probability, and cannot overflow.
        small = np.exp(-np.abs(shifted))
        log1p = np.log1p(small)
        value = self.x[:, None] * shifted - n * (np.maximum(shifted, 0.0) + log1p)
        rest = small / (1 + small)
        p = np.where(shifted >= 0, 1 - rest, rest)
        return value, self.x[:, None] - n * p, -n * rest * (1 - rest)


@dataclass(frozen=True, slots=True)
class Poisson:
    """``x`` events in person-time ``t``, log rate ``eta``."""

    x: Array
    t: Array

    @property
    def constant(self) -> float:
        """Log factorials."""
        return float((self.x * np.log(self.t) - special.gammaln(self.x + 1)).sum())

    def terms(self, eta: Array) -> Terms:
        """See :class:`Likelihood`."""
        expected = self.t[:, None] * np.exp(np.minimum(eta, 700.0))
        value = self.x[:, None] * eta - expected
        return value, self.x[:, None] - expected, -expected


@dataclass(frozen=True, slots=True)
class Hypergeometric:
    """``a`` of all ``m`` events in the first group of ``n1`` against ``n2``, log odds ratio eta.

    The exact distribution given the margins (Fisher's noncentral hypergeometric).
    """

    a: Array
    n1: Array
    n2: Array
    m: Array

    @property
    def constant(self) -> float:
        """Log coefficients of the tables seen."""
        return float(_log_ways(self.a, self.n1, self.n2, self.m).sum())

    def terms(self, eta: Array) -> Terms:
        """See :class:`Likelihood`; linear in the number of possible tables."""
        value, mean, spread = np.empty_like(eta), np.empty_like(eta), np.empty_like(eta)
        for i, row in enumerate(eta):
            n1, n2, m = self.n1[i], self.n2[i], self.m[i]
            support = np.arange(max(0.0, m - n2), min(n1, m) + 1)
            logs = _log_ways(support, n1, n2, m)[:, None] + support[:, None] * row
            top = logs.max(0)
            weights = np.exp(logs - top)
            total = weights.sum(0)
            weights /= total
            mean[i] = support @ weights
            spread[i] = ((support[:, None] - mean[i]) ** 2 * weights).sum(0)
            value[i] = self.a[i] * row - top - np.log(total)
        return value, self.a[:, None] - mean, -spread


def _log_ways(a: Array, n1: Array, n2: Array, m: Array) -> Array:
    def log_choose(n: Array, x: Array) -> Array:
        return special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)

    return log_choose(n1, a) + log_choose(n2, m - a)
