"""Mixtures of beta distributions: the form in which a prior is carried from evidence to a trial."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.roots import brentq

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array


@dataclass(frozen=True, slots=True)
class BetaMixture:
    """``sum_k weights[k] Beta(a[k], b[k])``."""

    weights: tuple[float, ...]
    a: tuple[float, ...]
    b: tuple[float, ...]

    def __post_init__(self) -> None:
        shapes = np.array([*self.a, *self.b])
        total = float(np.sum(self.weights))
        right = len(self.weights) == len(self.a) == len(self.b) > 0
        if not (right and np.all(shapes > 0) and min(self.weights) >= 0 and abs(total - 1) < 1e-9):
            message = phrased(
                "weights {weights}, a {a}, b {b}: expected weights of at least 0 "
                "that sum to 1, and shapes above 0",
                weights=self.weights,
                a=self.a,
                b=self.b,
            )
            raise NotEstimable(message)

    def shapes(self) -> str:
        """Its weights and shapes as they are written."""
        parts = zip(self.weights, self.a, self.b, strict=True)
        return " + ".join(
            (f"{w:.3g} × " if len(self.weights) > 1 else "") + f"beta({a:.4g}, {b:.4g})"
            for w, a, b in parts
        )

    @property
    def mean(self) -> float:
        """Mean."""
        w, a, b = self.arrays()
        return float(w @ (a / (a + b)))

    @property
    def sd(self) -> float:
        """Standard deviation."""
        w, a, b = self.arrays()
        second = a * (a + 1) / ((a + b) * (a + b + 1))
        return float(np.sqrt(w @ second - self.mean**2))

    def arrays(self) -> tuple[Array, Array, Array]:
        """Weights and shapes as arrays, shape (K,)."""
        return np.array(self.weights), np.array(self.a), np.array(self.b)

    def pdf(self, p: ArrayLike) -> Array:
        """Density at each p."""
        w, a, b = self.arrays()
        at = np.asarray(p, float)[..., None]
        logs = special.xlogy(a - 1, at) + special.xlog1py(b - 1, -at) - special.betaln(a, b)
        return np.exp(logs) @ w

    def cdf(self, p: ArrayLike) -> Array:
        """Distribution function at each p."""
        w, a, b = self.arrays()
        return special.betainc(a, b, np.asarray(p, float)[..., None]) @ w

    def quantile(self, q: float) -> float:
        """Inverse distribution function."""
        return brentq(lambda p: float(self.cdf(p)) - q, 0.0, 1.0, xtol=1e-13)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Central interval."""
        tail = (1 - level) / 2
        return self.quantile(tail), self.quantile(1 - tail)

    def mirrored(self) -> BetaMixture:
        """The distribution of 1 - p."""
        return BetaMixture(self.weights, self.b, self.a)

    def update(self, x: ArrayLike, n: int) -> Posteriors:
        """Posteriors after each count ``x`` of ``n``; exact, a mixture again."""
        w, a, b = self.arrays()
        count = np.asarray(x, float)[..., None]
        logs = np.log(np.maximum(w, 1e-300)) + special.betaln(a + count, b + n - count)
        logs = logs - special.betaln(a, b)
        return Posteriors(special.softmax(logs, axis=-1), a + count, b + n - count)

    def predictive(self, n: int) -> Array:
        """Beta-binomial probabilities of 0 to n events, shape (n + 1,)."""
        w, a, b = self.arrays()
        return Posteriors(w, a, b).predictive(n)

    def after(self, x: int, n: int) -> BetaMixture:
        """The posterior after one count, as a mixture."""
        found = self.update(x, n)
        return BetaMixture(
            tuple((found.weights / found.weights.sum()).tolist()),
            tuple(found.a.tolist()),
            tuple(found.b.tolist()),
        )

    def robust(self, weight: float = 0.2, mean: float = 0.5, n: float = 1.0) -> BetaMixture:
        """Add a vague component of ``n`` + 1 patients' worth (Schmidli 2014).

        ``mean`` 0.5 with ``n`` 1 is the uniform distribution.
        """
        if not (0 <= weight <= 1 and 0 < mean < 1 and n > 0):
            message = phrased(
                "weight {weight:g}, mean {mean:g}, n {n:g}: expected 0-1, inside 0-1, above 0",
                weight=weight,
                mean=mean,
                n=n,
            )
            raise NotEstimable(message)
        size = n + 1
        return BetaMixture(
            (*(w * (1 - weight) for w in self.weights), weight),
            (*self.a, mean * size),
            (*self.b, (1 - mean) * size),
        )


@dataclass(frozen=True, slots=True)
class Posteriors:
    """Many mixtures at once: every array has shape (..., K)."""

    weights: Array
    a: Array
    b: Array

    def above(self, p: float) -> Array:
        """P(rate > p), shape (...)."""
        return (self.weights * special.betaincc(self.a, self.b, p)).sum(-1)

    def mean(self) -> Array:
        """Posterior means, shape (...)."""
        return (self.weights * self.a / (self.a + self.b)).sum(-1)

    def predictive(self, n: int) -> Array:
        """Beta-binomial probabilities of 0 to n further events, shape (..., n + 1)."""
        y = np.arange(n + 1, dtype=float)
        choose = special.gammaln(n + 1) - special.gammaln(y + 1) - special.gammaln(n - y + 1)
        a, b = self.a[..., None], self.b[..., None]
        logs = choose + special.betaln(a + y, b + n - y) - special.betaln(a, b)
        return (self.weights[..., None] * np.exp(logs)).sum(-2)
