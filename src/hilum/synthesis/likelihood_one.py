"""The likelihood of one meta-analysis without moderators, the commonest fit, from nine sums.

With weights w = 1 / (v + tau2) and y about a centre, the likelihood, its derivative and its
curvature in tau2 are functions of sum(w^a y^b), a = 1 to 3, b = 0 to 2: nine sums of products, in
pieces that stay in the processor's cache.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hilum.synthesis.arrays import PIECE, dot

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array


# Of a short table one small matrix product is quicker than nine sums.
SHORT: Final = 100


class Beginning(NamedTuple):
    """Hedges & Olkin's tau2, DerSimonian & Laird's, and the sum of weights at tau2 = 0."""

    hedges: float
    moments: float
    total: float


class Likelihood:
    """The (restricted) likelihood of effects ``y`` with sampling variances ``v``, all finite."""

    def __init__(self, y: Array, v: Array, *, restricted: bool) -> None:
        self.restricted = restricted
        self.k = k = len(y)
        size = min(k, PIECE)
        # Their own mean at tau2 = 0 is near every other: squares about it keep their digits, also
        # where one study is far more precise than the rest.
        fixed = 1 / v
        self.mean = dot(fixed, y) / np.add.reduce(fixed)
        self.variances = float(np.add.reduce(v))
        powers = np.empty((3, k))
        powers[0] = 1.0
        away = np.subtract(y, self.mean, powers[1])
        np.multiply(away, away, powers[2])
        self.v, self.away = v, away
        # Where the sums were made last.
        self.last = 0.0
        self._held: dict[float, list[list[float]]] = {}
        self._work = np.empty((3, size))
        self._pieces = [
            (v[at : at + size], powers[:, at : at + size], *self._work[:, : min(size, k - at)])
            for at in range(0, k, size)
        ]

    def sums(self, tau2: float) -> list[list[float]]:
        """Row a - 1, column b: sum of w^a y^b."""
        held = self._held.get(tau2)
        if held is not None:
            return held
        self.last = tau2
        out: Array | None = None
        for v, powers, w, square, cube in self._pieces:
            np.add(v, tau2, w)
            np.reciprocal(w, w)
            np.multiply(w, w, square)
            np.multiply(square, w, cube)
            if self.k <= SHORT:
                out = np.dot(self._work, powers.T)
                break
            part = np.vecdot(self._work[:, None, : len(v)], powers)
            out = part if out is None else out + part
        assert out is not None
        self._held[tau2] = held = out.tolist()
        return held

    def log_growth(self, tau2: float) -> float:
        """Sum of log((v + tau2) / v): by how much the weights at 0 exceed those at ``tau2``."""
        total = 0.0
        for v, _, w, _, _ in self._pieces:
            np.divide(tau2, v, w)
            total += float(np.add.reduce(np.log1p(w, w)))
        return total

    def at(self, tau2: float) -> tuple[float, float, float]:
        """Twice the score, and twice the observed and the expected information."""
        (s1, a1, _), (s2, a2, b2), (s3, a3, b3) = self.sums(tau2)
        mean = a1 / s1
        quadratic = b2 - mean * (2 * a2 - mean * s2)
        cubic = b3 - mean * (2 * a3 - mean * s3) - (a2 - mean * s2) ** 2 / s1
        trace, square = s1, s2
        if self.restricted:
            share = s2 / s1
            square = s2 - 2 * s3 / s1 + share * share
            trace = s1 - share
        return quadratic - trace, 2 * cubic - square, square

    def fall(self, tau2: float) -> float:
        """How much higher the log-likelihood stands at 0 than at ``tau2``."""
        (s0, a0, b0), (s1, a1, b1) = self.sums(0.0)[0], self.sums(tau2)[0]
        twice = self.log_growth(tau2) - (b0 - a0 * a0 / s0) + (b1 - a1 * a1 / s1)
        return (twice + math.log(s1 / s0) if self.restricted else twice) / 2

    def beginning(self) -> Beginning:
        """Moment estimates to start from, either of which may be negative."""
        (s1, a1, b1), (s2, _, _), _ = self.sums(0.0)
        df = self.k - 1
        # Where one weight is all there is the trace is rounding, and may fall below 0.
        trace = max(s1 - s2 / s1, 1e-16 * s1)
        sum_away = float(np.add.reduce(self.away))
        squares = float(dot(self.away, self.away)) - sum_away * sum_away / self.k
        crude = squares - self.variances * df / self.k
        return Beginning(crude / df, (b1 - a1 * a1 / s1 - df) / trace, s1)
