"""What one study says of its own effect eta: log-likelihoods and two derivatives.

Each likelihood holds k studies; ``terms(eta)`` takes (k, q) values and returns the log-likelihood
without its constant and its first and second derivative in eta, same shape. Values are differences
from the highest a study's own effect reaches, summed so that nothing cancels: a study of a thousand
million patients has a log-likelihood of 1e9, whose rounding would drown every step of a climb.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array, Mask

Terms = tuple["Array", "Array", "Array"]
# A log rate beyond this is this: its square is still a number.
FURTHEST = 300.0


class Likelihood(Protocol):
    """Log-concave in eta, one row a study."""

    @property
    def constant(self) -> float:
        """Sum of what does not depend on eta."""
        ...

    @property
    def highest(self) -> Array:
        """Each study's own highest value, without the constant, shape (k,)."""
        ...

    @property
    def common(self) -> float:
        """Near the one effect that all studies would have in common."""
        ...

    def terms(self, eta: Array) -> Terms:
        """Value, slope and curvature at ``eta``, shape (k, q)."""
        ...


@dataclass(frozen=True)
class Binomial:
    """``x`` events of ``n``, log odds ``eta + offset``."""

    x: Array
    n: Array
    offset: Array

    @property
    def constant(self) -> float:
        """Log probabilities of what was seen at each study's own share."""
        return self._constant

    @cached_property
    def _constant(self) -> float:
        return float(_log_binomial(self.x, self.n).sum())

    @property
    def highest(self) -> Array:
        """0 by construction: values are differences from it."""
        return np.zeros(len(self.x))

    @property
    def common(self) -> float:
        """Log odds of all events, with the studies' offsets taken off."""
        events, others = float(self.x.sum()), float((self.n - self.x).sum())
        return _log_odds(events, others) - float(np.average(self.offset, weights=self.n))

    @cached_property
    def _inside(self) -> tuple[Mask, bool, bool]:
        """Studies with events and others: which, whether all are, whether any is."""
        inner = (self.x > 0) & (self.x < self.n)
        return inner, bool(inner.all()), bool(inner.any())

    @cached_property
    def _seen(self) -> tuple[Array, Array, Array, Array, Array, Array]:
        """Share with events, the rest, -n, the information there and less it, own log odds less."""
        inner, every, _ = self._inside
        x, n = self.x, self.n
        seen = x / n if every else np.where(inner, x / np.maximum(n, 1), 0.5)
        share, size = seen[:, None], n[:, None]
        own = (self.offset - np.log(seen) + np.log1p(-seen))[:, None]
        information = size * share * (1 - share)
        return share, 1 - share, -size, information, -information, own

    def terms(self, eta: Array) -> Terms:
        """See :class:`Likelihood`."""
        inner, every, some = self._inside
        if every:
            return self._inner(eta)
        ends = self._ends(eta)
        if not some:
            return ends
        made = self._inner(eta)
        return tuple(np.where(inner[:, None], a, b) for a, b in zip(made, ends, strict=True))  # pyright: ignore[reportReturnType]

    def _inner(self, eta: Array) -> Terms:
        """Of studies with events and others: from the distance to their own log odds."""
        share, other, less, size, less_information, own = self._seen
        delta = eta + own
        below_zero = delta < 0
        away = np.abs(delta, out=delta)
        moved = np.expm1(-away)
        lead = np.where(below_zero, share, other)
        # Few arrays, each used for several things in turn: their making takes half of the time.
        shift = lead * moved
        away *= lead
        away += np.log1p(shift)
        away *= less
        shift += 1
        np.reciprocal(shift, out=shift)
        np.multiply(moved, shift, out=lead)
        moved += 1
        moved *= shift
        moved *= shift
        moved *= less_information
        lead *= np.where(below_zero, less_information, size)
        return away, lead, moved

    def _ends(self, eta: Array) -> Terms:
        """Of studies with no event, or with nothing else: the highest is 0, never reached."""
        n = self.n[:, None]
        towards = np.where(self.x > 0, 1.0, -1.0)[:, None]
        away = -towards * (eta + self.offset[:, None])
        # exp(-|eta|) serves both the logarithm and the probability, and cannot overflow.
        small = np.exp(-np.abs(away))
        rest = small / (1 + small)
        p = np.where(away >= 0, 1 - rest, rest)
        value = -n * (np.maximum(away, 0.0) + np.log1p(small))
        return value, towards * n * p, -n * rest * (1 - rest)


@dataclass(frozen=True, slots=True)
class Poisson:
    """``x`` events in person-time ``t``, log rate ``eta``."""

    x: Array
    t: Array

    @property
    def constant(self) -> float:
        """Log probabilities of what was seen at each study's own rate."""
        return float(_log_poisson(self.x).sum())

    @property
    def highest(self) -> Array:
        """0 by construction: values are differences from it."""
        return np.zeros(len(self.x))

    @property
    def common(self) -> float:
        """Log rate of all events."""
        return float(np.log(max(float(self.x.sum()), 0.5) / float(self.t.sum())))

    def terms(self, eta: Array) -> Terms:
        """See :class:`Likelihood`."""
        x, t = self.x[:, None], self.t[:, None]
        expected = t * np.exp(np.minimum(eta, FURTHEST))
        with np.errstate(divide="ignore"):
            delta = np.where(x > 0, eta - np.log(np.where(x > 0, x, 1.0) / t), 0.0)
        more = np.expm1(np.minimum(delta, FURTHEST))
        value = np.where(x > 0, x * (delta - more), -expected)
        return value, np.where(x > 0, -x * more, -expected), -expected


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
        """0: a value is the whole log probability of the table seen."""
        return 0.0

    @property
    def highest(self) -> Array:
        """By Newton's method: the odds ratio at which the table seen is likeliest."""
        eta = np.zeros((len(self.a), 1))
        for _ in range(200):
            _, first, second = self.terms(eta)
            step = np.clip(first / np.maximum(-second, 1e-12), -2, 2)
            eta = np.clip(eta + step, -40, 40)
            if np.abs(step).max() < 1e-10:
                break
        return self.terms(eta)[0][:, 0]

    @property
    def common(self) -> float:
        """Log odds ratio of Mantel and Haenszel's kind, without correction of empty cells."""
        total = self.n1 + self.n2
        more = float((self.a * (self.n2 - self.m + self.a) / total).sum())
        fewer = float(((self.m - self.a) * (self.n1 - self.a) / total).sum())
        return _log_odds(more, fewer)

    def terms(self, eta: Array) -> Terms:
        """See :class:`Likelihood`; of many possible tables those near the likeliest are summed."""
        value, mean, spread = np.empty_like(eta), np.empty_like(eta), np.empty_like(eta)
        for i, row in enumerate(eta):
            cells = _Cells(self.a[i], self.n1[i], self.n2[i], self.m[i])
            # Distances from the table seen, shape (tables, q) or (tables, 1), and their step.
            away, step = cells.all() if cells.size <= MANY else cells.near(row)
            logs = cells.log_ratio(away)
            away = np.where(np.isnan(away), 0.0, away)
            logs = logs + away * row
            top = logs.max(0)
            weights = np.exp(logs - top)
            total = weights.sum(0)
            weights /= total
            mean[i] = (away * weights).sum(0)
            spread[i] = ((away - mean[i]) ** 2 * weights).sum(0)
            value[i] = -top - np.log(total * step)
        return value, -mean, -spread


# So many tables are summed one by one; of more, those within REACH standard deviations of the
# likeliest. A sum of a smooth bell in steps of a quarter of its width is exact to rounding.
MANY = 4000
REACH = 12.0
PART = 0.25
# From here on the factorials' ratio is taken from Stirling's series.
LARGE = 1000.0


@dataclass(frozen=True, slots=True)
class _Cells:
    """All two-by-two tables with the margins of one that was seen."""

    a: float
    n1: float
    n2: float
    m: float

    @property
    def ends(self) -> tuple[float, float]:
        """Fewest and most events the first group can have."""
        return max(0.0, self.m - self.n2), min(self.n1, self.m)

    @property
    def size(self) -> float:
        """How many tables there are."""
        low, high = self.ends
        return high - low + 1

    def all(self) -> tuple[Array, Array]:
        """Every table, as its distance from the one seen."""
        low, high = self.ends
        return (np.arange(low, high + 1) - self.a)[:, None], np.ones(1)

    def near(self, eta: Array) -> tuple[Array, Array]:
        """Tables around the likeliest of each eta, and the step between them."""
        low, high = self.ends
        mode = np.clip(np.floor(self._likeliest(eta)), low, high)
        cells = (mode, self.n1 - mode, self.m - mode, self.n2 - self.m + mode)
        width = np.sqrt(1 / sum(1 / (cell + 1) for cell in cells))
        reach = np.ceil(REACH * width + 30)
        inside = (mode - reach > low) & (mode + reach < high)
        step = np.where(inside, np.maximum(np.floor(PART * width), 1.0), 1.0)
        count = int(np.ceil(reach / step).max())
        tables = mode + np.arange(-count, count + 1)[:, None] * step
        # Beyond an end there is no table.
        return np.where((tables < low) | (tables > high), np.nan, tables) - self.a, step

    def _likeliest(self, eta: Array) -> Array:
        """Where neighbouring tables have one probability: the smaller root of a quadratic."""
        top = np.maximum(eta, 0.0)
        odds, one = np.exp(eta - top), np.exp(-top)
        rest = self.n2 - self.m + 1
        lead = odds - one
        linear = (self.n1 + self.m) * odds + (rest + 1) * one
        last = self.n1 * self.m * odds - rest * one
        root = np.sqrt(np.maximum(linear**2 - 4 * lead * last, 0.0))
        return 2 * last / (linear + root)

    def log_ratio(self, away: Array) -> Array:
        """Log ratio of the ways to make the tables and the one seen; -inf for no table."""
        out = -sum(
            _log_factorials(cell, sign * away)
            for cell, sign in (
                (self.a, 1.0),
                (self.n1 - self.a, -1.0),
                (self.m - self.a, -1.0),
                (self.n2 - self.m + self.a, 1.0),
            )
        )
        return np.where(np.isnan(out), -np.inf, out)


def _log_odds(one: float, other: float) -> float:
    """Log of one by the other, each at least a half: where a climb begins, no estimate."""
    return float(np.log(max(one, 0.5) / max(other, 0.5)))


def _log_factorials(start: float, more: Array) -> Array:
    """Log of (start + more)! / start!, which keeps its digits where both are large."""
    end = start + more
    plain = special.gammaln(end + 1) - special.gammaln(start + 1)
    if start < LARGE:
        return plain
    safe = np.maximum(end, LARGE)
    series = (start + 0.5) * np.log1p((safe - start) / start) + (safe - start) * np.log(safe)
    series += -(safe - start) + _stirling(safe) - _stirling(np.asarray(start))
    return np.where(end >= LARGE, series, plain)


def _stirling(z: Array) -> Array:
    """Log z! less (z + 1/2) log z - z + log(2 pi) / 2, by its series where z is large."""
    safe = np.maximum(z, 1e-300)
    exact = special.gammaln(z + 1) - (z + 0.5) * np.log(safe) + z - 0.5 * np.log(2 * np.pi)
    wide = np.maximum(z, 16.0)
    series = 1 / (12 * wide) - 1 / (360 * wide**3) + 1 / (1260 * wide**5)
    return np.where(z > 16, series, np.where(z > 0, exact, 0.0))


def _log_binomial(x: Array, n: Array) -> Array:
    """Log probability of x of n at the share x / n (Loader 2000)."""
    inner = (x > 0) & (x < n)
    a, b = np.where(inner, x, 1.0), np.where(inner, n - x, 1.0)
    bulk = _stirling(a + b) - _stirling(a) - _stirling(b)
    return np.where(inner, bulk + 0.5 * np.log((a + b) / (2 * np.pi * a * b)), 0.0)


def _log_poisson(x: Array) -> Array:
    """Log probability of x events where x are expected."""
    a = np.where(x > 0, x, 1.0)
    return np.where(x > 0, -_stirling(a) - 0.5 * np.log(2 * np.pi * a), 0.0)
