"""Piecewise constant rates: hazards and accrual share one small type."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array


@dataclass(frozen=True)
class Piecewise:
    """Rates a month, the last one without end.

    Attributes
    ----------
    rates : tuple of float
        Rate of each piece, at least 0.
    breaks : tuple of float, one fewer than ``rates``
        Months at which the next piece starts, rising, above 0.
    """

    rates: tuple[float, ...]
    breaks: tuple[float, ...] = ()

    @cached_property
    def starts(self) -> tuple[float, ...]:
        """Start of each piece."""
        return (0.0, *self.breaks)

    @cached_property
    def before(self) -> tuple[float, ...]:
        """Cumulative rate at the start of each piece."""
        out = [0.0]
        for i, end in enumerate(self.breaks):
            out.append(out[-1] + self.rates[i] * (end - self.starts[i]))
        return tuple(out)

    def cumulative(self, t: Array) -> Array:
        """Integral of the rate from 0 to ``t``, any shape."""
        if len(self.rates) == 1:
            return self.rates[0] * t
        out = np.zeros_like(t)
        ends = (*self.breaks, np.inf)
        for rate, start, end in zip(self.rates, self.starts, ends, strict=True):
            if rate > 0:
                out += rate * np.clip(t - start, 0.0, end - start)
        return out

    def inverse(self, total: Array) -> Array:
        """Month at which the cumulative rate reaches ``total``; inf where it never does."""
        if len(self.rates) == 1:
            rate = self.rates[0]
            return total / rate if rate > 0 else np.full_like(total, np.inf)
        out = np.full_like(total, np.inf)
        for rate, start, before in zip(self.rates, self.starts, self.before, strict=True):
            # A piece of rate 0 is crossed at no cost: what lies beyond belongs to a later piece.
            there = start + (total - before) / rate if rate > 0 else np.inf
            out = np.where(total > before, there, out)
        return out

    def times(self, ratio: Piecewise) -> Piecewise:
        """Product of two step functions, on the union of their breaks."""
        breaks = tuple(sorted({*self.breaks, *ratio.breaks}))
        starts = (0.0, *breaks)
        return Piecewise(tuple(self.at(t) * ratio.at(t) for t in starts), breaks)

    def at(self, t: float) -> float:
        """Rate at month ``t`` (of the piece that starts there)."""
        return self.rates[sum(1 for b in self.breaks if b <= t)]
