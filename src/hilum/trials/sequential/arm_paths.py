"""Chances that arms with a common control pass a row of stages, by quadrature over the control.

The log hazard ratio of arm k at stage j is ``mu_j + A_kj - C_j``: with ``e`` events of a group its
own part is a Brownian motion at ``e`` over ``e``. Given the control's path the arms are
independent (Dunnett 1955; Royston et al. 2011), and an arm's path is integrated stage by stage.
The last stage may be another outcome, whose part has covariance ``carry`` times that of the
intermediate outcome going on.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import ceil, factorial
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import NotEstimable
from hilum.trials.sequential.recursion import advance
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array
    from hilum.trials.sequential.recursion import Ongoing
    from hilum.watch import Watch

MAX_STAGES = 5
# Gauss-Hermite points of one increment of the control; against more points and against the
# recursion for one arm the error is below 1e-6 for one to eight arms.
POINTS = {1: 40, 2: 20, 3: 12, 4: 9, 5: 7}
# Gauss-Legendre points of an arm's own sum: so many while a stage adds as many events as there
# were, more where it adds few, whose kernel is narrow.
INNER, MOST = 24, 200
REACH = 7.5
# Numbers of a kernel held at once.
HELD = 2_000_000


@dataclass(frozen=True, slots=True)
class ArmPath:
    """One arm beside the control, all stages.

    Parameters
    ----------
    control, arm : tuple of float, length J
        Events of the control and of the arm at each stage, of the outcome judged there.
    bounds : tuple of float, length J
        Log hazard ratios; an arm passes a stage at or below.
    effects : tuple of float, length J
        True log hazard ratios of the outcomes judged.
    carry : float
        1 where the last stage judges the outcome of the stages before it.
    """

    control: tuple[float, ...]
    arm: tuple[float, ...]
    bounds: tuple[float, ...]
    effects: tuple[float, ...]
    carry: float = 1.0

    @property
    def information(self) -> tuple[float, ...]:
        """Of the log hazard ratio, ``1 / (1 / e0 + 1 / e1)``."""
        return tuple(1 / (1 / a + 1 / b) for a, b in zip(self.control, self.arm, strict=True))

    @property
    def possible(self) -> bool:
        """Whether the correlation of the last stage with the one before is below 1."""
        pairs = (self.control, self.arm)
        return len(self.control) < 2 or all(self.carry**2 * e[-2] < e[-1] for e in pairs)


def passing(path: ArmPath) -> tuple[float, ...]:
    """Chances that one arm passes stages 1 to j, j = 1..J; exact to rounding error."""
    info = path.information
    drift = -path.effects[0]
    low = [-bound * i**0.5 for bound, i in zip(path.bounds, info, strict=True)]
    ongoing: Ongoing | None = None
    out: list[float] = []
    for j, t in enumerate(info):
        last = j == len(info) - 1
        if j == 0:
            own = drift if not last else -path.effects[-1]
            out.append(float(special.ndtr(own * t**0.5 - low[0])))
        elif ongoing is not None:
            # Noise of the sum so far; the last outcome takes ``carry`` of it.
            noise = ongoing.z * ongoing.t**0.5 - drift * ongoing.t
            carry = path.carry if last else 1.0
            mean = -path.effects[j] * t + carry * noise
            root = (t - carry**2 * ongoing.t) ** 0.5
            chance = special.ndtr((mean - low[j] * t**0.5) / root)
            out.append(float(ongoing.mass @ chance))
        if not last:
            following = info[j + 1]
            if j + 2 == len(info):
                # The kernel of the last stage is narrower or wider; its panels follow it.
                following = t + max(following - path.carry**2 * t, 1e-9 * t)
            ongoing = advance(ongoing, t, low[j], np.inf, drift, following)
    return tuple(out)


def passing_given_control(path: ArmPath, watch: Watch = SILENT) -> tuple[Array, Array]:
    """Chances of :func:`passing` at nodes of the control's path, and the nodes' probabilities.

    Returns
    -------
    chances : ndarray, shape (nodes, J)
    mass : ndarray, shape (nodes,)

    Raises
    ------
    NotEstimable
        Stages that nearly coincide.
    Stopped
        When the watch says so; it is looked at for every block of nodes.
    """
    nodes, mass = _nodes(len(path.control))
    steps = _steps(path.control, path.carry)
    points = _points(path)
    block = max(1, HELD // points**2)
    parts: list[Array] = []
    for first in range(0, len(nodes), block):
        watch.done(0)
        control = np.zeros((len(nodes[first : first + block]), len(steps)))
        sums = np.zeros(len(control))
        for j, root in enumerate(steps):
            last = j == len(steps) - 1
            carry = path.carry if last and j else 1.0
            sums = carry * sums + root * nodes[first : first + block, j]
            control[:, j] = sums / path.control[j]
        parts.append(_arm(path, control, points))
    return np.concatenate(parts), mass


def _points(path: ArmPath) -> int:
    """Points that resolve the narrowest step of an arm's sum."""
    steps = _steps(path.arm, path.carry)
    ratio = max(
        (before**0.5 / root for before, root in zip(path.arm, steps[1:], strict=False)),
        default=1.0,
    )
    points = ceil(INNER * max(1.0, ratio))
    if points > MOST:
        message = "two stages nearly coincide: give fewer stages, or levels further apart"
        raise NotEstimable(message)
    return points


def _arm(path: ArmPath, control: Array, points: int) -> Array:
    """Chances of an arm to pass up to each stage, given the control's part of each ratio."""
    e = np.asarray(path.arm)
    # The arm's own sum must stay at or below these.
    high = (np.asarray(path.bounds) - np.asarray(path.effects) + control) * e
    steps = _steps(path.arm, path.carry)
    x, w = np.polynomial.legendre.leggauss(points)
    places, mass = np.zeros((len(high), 1)), np.ones((len(high), 1))
    out = np.zeros(high.shape)
    for j, root in enumerate(steps):
        last = j == len(steps) - 1
        carry = path.carry if last and j else 1.0
        out[:, j] = (mass * special.ndtr((high[:, j, None] - carry * places) / root)).sum(axis=1)
        if not last:
            spread = REACH * float(e[j]) ** 0.5
            top = np.clip(high[:, j], -spread, spread)
            half = (top + spread)[:, None] / 2
            here = half * (x + 1) - spread
            off = (here[:, :, None] - places[:, None, :]) / root
            density = (np.exp(-(off**2) / 2) * mass[:, None, :]).sum(axis=2)
            places, mass = here, half * w * density / (root * np.sqrt(2 * np.pi))
    return out


def _steps(events: Sequence[float], carry: float) -> list[float]:
    """Standard deviation of each step of a group's sum; the last one of another outcome."""
    before = (0.0, *events[:-1])
    out = [(b - a) ** 0.5 for a, b in zip(before, events, strict=True)]
    if len(out) > 1:
        out[-1] = (events[-1] - carry**2 * events[-2]) ** 0.5
    return out


def _nodes(stages: int) -> tuple[Array, Array]:
    """Standard normal increments of the control, shape (m, J), and their probabilities."""
    x, w = np.polynomial.hermite_e.hermegauss(POINTS[stages])
    nodes = np.stack([one.ravel() for one in np.meshgrid(*[x] * stages, indexing="ij")], axis=1)
    masses = np.meshgrid(*[w / w.sum()] * stages, indexing="ij")
    mass = np.prod([one.ravel() for one in masses], axis=0)
    used = mass > 1e-12
    return nodes[used], mass[used] / mass[used].sum()


@dataclass(frozen=True, slots=True)
class ArmsTogether:
    """Chances of K arms alike: that any, that all pass every stage, and the arms left by stage.

    Parameters
    ----------
    any_arm, all_arms : float
    left : dict
        Chance of each course of the trial: arms that passed stage 1, 2, ..., J - 1.
    """

    any_arm: float
    all_arms: float
    left: dict[tuple[int, ...], float]


def together(path: ArmPath, arms: int, watch: Watch = SILENT) -> ArmsTogether:
    """All arms with the same truth beside one control."""
    chances, mass = passing_given_control(path, watch)
    success = chances[:, -1]
    stages = chances.shape[1]
    any_arm = float(mass @ (1 - (1 - success) ** arms))
    all_arms = float(mass @ success**arms)
    # Dropped at stage 1, 2, ..., J - 1, or still there before the last analysis.
    reached = np.concatenate([np.ones((len(mass), 1)), chances[:, :-1]], axis=1)
    ends = np.concatenate([reached[:, :-1] - reached[:, 1:], reached[:, -1:]], axis=1)
    ends = np.maximum(ends, 0.0)
    left: dict[tuple[int, ...], float] = {}
    for places in combinations_with_replacement(range(stages), arms):
        watch.done(0)
        counts = [places.count(s) for s in range(stages)]
        ways = factorial(arms) // int(np.prod([factorial(c) for c in counts]))
        chance = ways * float(mass @ np.prod(ends ** np.array(counts), axis=1))
        remaining = tuple(arms - sum(counts[: s + 1]) for s in range(stages - 1))
        left[remaining] = chance
    return ArmsTogether(any_arm, all_arms, left)
