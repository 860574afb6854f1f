"""Two-stage trials with treatments selected at the interim analysis: played, and sized so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.trials.fixed.sizes import whole
from hilum.trials.simulation.played import check_rates, sized_in_play
from hilum.trials.simulation.tally import Tally, tally
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.synthesis.arrays import Array, Mask
    from hilum.trials.sequential.selection import Selection
    from hilum.watch import Watch

BLOCK = 5_000
# Draws of the normal model in which the size is looked for; the same for every size.
DRAWS = 5_000


@dataclass(frozen=True, slots=True)
class Selected:
    """What came of each trial.

    Attributes
    ----------
    rejected, going : ndarray of bool, shape (trials, arms)
        Declared better than the control; had a second stage.
    early : ndarray of bool, shape (trials,)
        Ended at the interim analysis.
    patients : ndarray, shape (trials,)
    """

    rejected: Mask
    going: Mask
    early: Mask
    patients: Array


@dataclass(frozen=True, slots=True)
class Sizes:
    """Patients of a treatment and of the control in each stage."""

    treatment: tuple[int, int]
    control: tuple[int, int]

    def largest(self, plan: Selection) -> int:
        """Patients where as many treatments go on as may."""
        first = plan.arms * self.treatment[0] + self.control[0]
        return first + plan.most * self.treatment[1] + self.control[1]


def sizes_of(plan: Selection, n: float) -> Sizes:
    """Stages of a trial of n patients of a treatment that goes on to the end."""
    first = max(whole(plan.closed.share * n), 2)
    second = max(whole(n - first), 2)
    ratio = plan.closed.ratio
    return Sizes((first, second), (whole(ratio * first), whole(ratio * second)))


def simulate_selected(
    plan: Selection,
    sizes: Sizes,
    rates: Sequence[float],
    trials: int,
    seed: int | np.random.SeedSequence,
    *,
    watch: Watch = SILENT,
) -> Selected:
    """Simulate trials of a rate; the same seed and number give the same trials.

    Parameters
    ----------
    rates : sequence of float, length arms + 1
        True chance of the good outcome, control first.

    Raises
    ------
    InputError
        Rates that are no probabilities, or too few of them; no trials.
    """
    check_rates(plan.arms, rates, trials)
    rng = np.random.default_rng(seed)
    parts: list[Selected] = []
    for i in range(0, trials, BLOCK):
        watch.done(0)
        parts.append(_block(plan, sizes, np.asarray(rates, float), min(BLOCK, trials - i), rng))
    return Selected(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Selected.__slots__)
    )


def _block(
    plan: Selection, sizes: Sizes, rates: Array, trials: int, rng: np.random.Generator
) -> Selected:
    stages: list[tuple[Array, Array]] = []
    for n, m in zip(sizes.treatment, sizes.control, strict=True):
        control = rng.binomial(m, rates[0], (trials, 1))
        stages.append(_compared(rng.binomial(n, rates[1:], (trials, plan.arms)), n, control, m))
    (z1, difference), (z2, _) = stages
    return judged(plan, z1, z2, difference, sizes.treatment, sizes.control)


def _compared(x: Array, n: int, control: Array, m: int) -> tuple[Array, Array]:
    """Pooled z of two proportions, and their difference."""
    p = (x + control) / (n + m)
    difference = x / n - control / m
    spread = np.sqrt(p * (1 - p) * (1 / n + 1 / m))
    return np.where(spread > 0, difference / np.where(spread > 0, spread, 1.0), 0.0), difference


def judged(
    plan: Selection,
    z1: Array,
    z2: Array,
    difference: Array,
    treatment: tuple[float, float],
    control: tuple[float, float],
) -> Selected:
    """Selection and closed test of the statistics of two stages."""
    going = plan.rule.going(z1, difference)
    early, late = plan.closed.rejected(z1, z2, going)
    success: Mask = np.any(early, axis=1)
    going = going & ~success[:, None]
    goes_on: Mask = np.any(going, axis=1)
    patients = plan.arms * treatment[0] + control[0] + going.sum(axis=1) * treatment[1]
    return Selected(
        np.where(success[:, None], early, late), going, ~goes_on,
        patients + goes_on * control[1],
    )  # fmt: skip


def characteristics(
    plan: Selection,
    sizes: Sizes,
    rates: Sequence[float],
    trials: int,
    seed: int | np.random.SeedSequence,
    *,
    watch: Watch = SILENT,
) -> Tally:
    """Figures of the trials, each a mean with its Monte-Carlo error.

    ``any``, ``all`` and the ``first`` treatment declared better, any that is no better than the
    control (``false``); ``first_goes_on``; ``patients``; ended ``early``, ``early_success``.
    """
    idle = np.asarray(rates[1:]) <= rates[0]
    out = simulate_selected(plan, sizes, rates, trials, seed, watch=watch)
    return tally(
        {
            "any": out.rejected.any(axis=1),
            "all": out.rejected.all(axis=1),
            "first": out.rejected[:, 0],
            "false": (out.rejected & idle).any(axis=1),
            "first_goes_on": out.going[:, 0] | out.rejected[:, 0],
            "patients": out.patients,
            "early": out.early,
            "early_success": out.early & out.rejected.any(axis=1),
        }
    )


def normal_power(
    plan: Selection, effects: Sequence[float], sd: float, draws: int, seed: int
) -> Callable[[float], float]:
    """Chance that the first treatment is declared better, by patients of a treatment.

    The statistics are taken as normal; every size is tried on the same draws.

    Parameters
    ----------
    effects : sequence of float, one a treatment
        Differences from the control in standard deviations.
    sd : float
        One standard deviation on the scale of the rates, which the rule ``epsilon`` is on.
    """
    rng = np.random.default_rng(seed)
    share, ratio = plan.closed.share, plan.closed.ratio
    noise: list[Array] = []
    for _ in range(2):
        drawn = rng.standard_normal((draws, plan.arms + 1))
        noise.append((drawn[:, 1:] - drawn[:, :1] / ratio**0.5) / (1 + 1 / ratio) ** 0.5)
    drift = np.asarray(effects, float) / (1 + 1 / ratio) ** 0.5

    def power(n: float) -> float:
        n1, n2 = share * n, (1 - share) * n
        z1, z2 = noise[0] + drift * n1**0.5, noise[1] + drift * n2**0.5
        difference = z1 * sd * ((1 + 1 / ratio) / n1) ** 0.5
        out = judged(plan, z1, z2, difference, (n1, n2), (ratio * n1, ratio * n2))
        return float(out.rejected[:, 0].mean())

    return power


def sized(
    plan: Selection,
    rates: Sequence[float],
    power: float,
    trials: int,
    seed: int,
    *,
    watch: Watch = SILENT,
) -> tuple[Sizes, Tally]:
    """The stages in which the first treatment is declared better with this chance.

    The size is looked for in the normal model and raised until played trials have the power.

    Parameters
    ----------
    rates : sequence of float
        Chance of the good outcome, control first, then the treatment that is hoped for.

    Raises
    ------
    NotEstimable
        No trial of a million patients a treatment has it.
    """
    middle = (rates[0] + rates[1]) / 2
    sd = (middle * (1 - middle)) ** 0.5
    effects = [(one - rates[0]) / sd for one in rates[1:]]
    normal = normal_power(plan, effects, sd, DRAWS, seed)

    def played(n: float) -> Tally:
        return characteristics(plan, sizes_of(plan, n), rates, trials, seed, watch=watch)

    def never() -> NotEstimable:
        message = phrased(
            "power {power:g} is not reached by any size: the rule leaves the good treatment "
            "out too often",
            power=power,
        )
        return NotEstimable(message)

    n, found = sized_in_play(normal, played, "first", power, plan.alpha, never, watch)
    return sizes_of(plan, n), found
