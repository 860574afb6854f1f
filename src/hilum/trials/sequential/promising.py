"""Planning a trial whose second stage may grow in a promising zone; all by quadrature."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import phrased
from hilum.trials.parameters import Requirements
from hilum.trials.sequential.reestimation import Reestimate, reestimate

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array
    from hilum.trials.sequential.design import GroupSequential

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)
# Beyond so many standard deviations from the mean of z lies less than 1e-17 of the probability.
REACH = 8.6
# Panels no wider than this (in z), so that 24 points integrate products of normal curves to 1e-14.
PANEL = 1.0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What happens under one true effect.

    ``success`` at either analysis, ``expected`` size, chance that the second stage is ``raised``,
    and to stop at the interim analysis for efficacy or futility (``stopped``).
    """

    success: float
    expected: float
    raised: float
    stopped: float


@dataclass(frozen=True, slots=True)
class PromisingZone:
    """A two-stage trial whose second stage grows where conditional power is promising.

    Parameters
    ----------
    design : GroupSequential
        Two stages; its bounds stand whatever the second stage comes to be, as the final statistic
        combines the stages with the planned weights (Cui, Hung & Wang 1999).
    n1, n2, n2_max : float
        First stage, planned and largest second stage, in patients or events.
    power : float
        Conditional power wanted.
    promising_from : float
        Conditional power at which the promising zone begins.
    effect : float or None
        Effect a unit of information at which conditional power is taken; None for the observed.
    """

    design: GroupSequential
    n1: float
    n2: float
    n2_max: float
    power: float
    promising_from: float
    effect: float | None

    @property
    def critical(self) -> float:
        """What the combined statistic is compared with."""
        return self.design.efficacy[1]

    def at(self, z1: float) -> Reestimate:
        """The decision after an interim statistic."""
        return reestimate(
            z1, self.critical, self.n1, self.n2, self.n2_max, power=self.power,
            effect=self.effect, promising_from=self.promising_from,
        )  # fmt: skip

    def needed(self, z1: float) -> float:
        """What the second stage's own z must reach."""
        t = self.design.information_rates[0]
        return (self.critical - t**0.5 * z1) / (1 - t) ** 0.5

    def zone(self) -> tuple[float, float, float]:
        """Interim z from which the zone is promising, the maximum is enough, nothing is added."""
        return (
            self._where(self.promising_from, self.n2),
            self._where(self.power, self.n2_max),
            self._where(self.power, self.n2),
        )

    def _where(self, power: float, n2: float) -> float:
        """Interim z at which a second stage of n2 has this conditional power."""
        if power == 0:
            return 0.0 if self.effect is None else -np.inf
        t = self.design.information_rates[0]
        far, weight = self.critical / (1 - t) ** 0.5, (t / (1 - t)) ** 0.5
        quantile = float(special.ndtri(power))
        if self.effect is None:
            # Below 0 the observed effect points the wrong way and nothing is added.
            return max(0.0, (quantile + far) / ((n2 / self.n1) ** 0.5 + weight))
        return (quantile + far - self.effect * n2**0.5) / weight

    def second_stage(self, z1: Array) -> Array:
        """Size of the second stage after each interim statistic, shape of ``z1``."""
        low, _, high = self.zone()
        drift = z1 / self.n1**0.5 if self.effect is None else np.full(z1.shape, self.effect)
        t = self.design.information_rates[0]
        needed = (self.critical - t**0.5 * z1) / (1 - t) ** 0.5
        wanted = ((needed + float(special.ndtri(self.power))) / np.maximum(drift, 1e-12)) ** 2
        grown = np.clip(wanted, self.n2, self.n2_max)
        return np.where((z1 >= low) & (z1 < high) & (drift > 0), grown, self.n2)

    def under(self, drift: float, *, growing: bool = True) -> Outlook:
        """Chances and expected size under a true effect.

        Parameters
        ----------
        drift : float
            Mean of z at the planned information, ``effect * sqrt(n1 + n2)``.
        growing : bool
            False for the planned trial, whose second stage never grows.
        """
        t = self.design.information_rates[0]
        mean = drift * t**0.5
        top, low = self.design.efficacy[0], self.design.futility[0]
        start, end = max(low, mean - REACH), min(top, mean + REACH)
        early = float(special.ndtr(mean - top))
        stopped = early + float(special.ndtr(low - mean))
        if not start < end:
            return Outlook(early, self.n1, 0.0, stopped)
        breaks = [start, *(z for z in sorted(self.zone()) if start < z < end), end]
        edges = np.concatenate([
            np.linspace(a, b, max(2, int(np.ceil((b - a) / PANEL)) + 1))[:-1]
            for a, b in pairwise(breaks)
        ] + [np.array([end])])  # fmt: skip
        width = np.diff(edges)
        z = (edges[:-1, None] + width[:, None] * (_NODES + 1) / 2).ravel()
        mass = (width[:, None] * _WEIGHTS / 2).ravel() * np.exp(-((z - mean) ** 2) / 2)
        mass = mass / (2 * np.pi) ** 0.5
        n2 = self.second_stage(z) if growing else np.full(z.shape, self.n2)
        needed = (self.critical - t**0.5 * z) / (1 - t) ** 0.5
        unit = drift / (self.n1 + self.n2) ** 0.5
        late = special.ndtr(unit * np.sqrt(n2) - needed)
        return Outlook(
            early + float(mass @ late),
            self.n1 + float(mass @ n2),
            float(mass @ (n2 > self.n2 * (1 + 1e-12))),
            stopped,
        )


def promising_zone(
    design: GroupSequential,
    total: float,
    most: float,
    *,
    power: float = 0.9,
    promising_from: float = 0.3,
    effect: float | None = None,
) -> PromisingZone:
    """Plan the re-estimation of a two-stage design (Mehta & Pocock 2011).

    Parameters
    ----------
    design : GroupSequential
        Of two stages, with or without stopping at the first.
    total, most : float
        Planned and largest size, in patients or events.
    power, promising_from, effect
        As in :func:`hilum.trials.sequential.reestimation.reestimate`.

    Raises
    ------
    InputError
        Not two stages or two sides, a largest size below the planned one, powers that cannot be.
    """
    check = Requirements()
    check.need(design.stages == 2, "stages", design.stages, "2 for a re-estimation")
    check.need(design.sided == 1, "sided", design.sided, "1 for a re-estimation")
    check.above_zero("total", total)
    check.need(
        np.isfinite(most) and most >= total,
        "most",
        most,
        phrased("at least {total:g}", total=total),
    )
    if check.rate("conditional_power", power):
        check.need(
            0 <= promising_from < power, "promising_from", promising_from,
            phrased("from 0 to below the conditional power wanted ({power:g})", power=power),
        )  # fmt: skip
    if effect is not None:
        check.above_zero("effect", effect)
    check.done()
    n1 = design.information_rates[0] * total
    return PromisingZone(design, n1, total - n1, most - n1, power, promising_from, effect)
