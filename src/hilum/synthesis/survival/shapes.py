"""Priors of the shapes of survival curves, as the shipped evidence teaches them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import special

from hilum.synthesis.survival.families import FLOOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.survival.families import Family
    from hilum.synthesis.survival.reports import SurvivalArm

FILE = "shapes.json"
# The prior is so much wider than what the shipped arms teach of the next one of their kind: a
# table of other patients differs from them more than they do from one another.
WIDER = 1.5


@dataclass(frozen=True, slots=True)
class ShapePrior:
    """Independent normal priors of a family's parameters after its location."""

    mean: tuple[float, ...]
    sd: tuple[float, ...]

    def log_density(self, at: Sequence[float]) -> float:
        """At one shape; 0 for a family without one."""
        z = (np.array(at) - np.array(self.mean)) / np.array(self.sd)
        return float(-(z**2).sum() / 2 - np.log(np.array(self.sd)).sum() - len(z) * _HALF_LOG)


_HALF_LOG = 0.5 * float(np.log(2 * np.pi))


@cache
def shape_priors() -> dict[str, ShapePrior]:
    """By family; made by ``python -m tools.shapes`` from the shipped evidence."""
    return {
        name: ShapePrior(tuple(one["mean"]), tuple(WIDER * sd for sd in one["sd"]))
        for name, one in _kept()["families"].items()
    }


def width_prior() -> tuple[float, float]:
    """Mean and spread of the log growth between a median's limits, beside what ``n`` makes it."""
    kept = _kept()["widths"]
    return float(kept["mean"]), float(kept["sd"])


@cache
def _kept() -> dict[str, Any]:
    return json.loads((files("hilum.synthesis.survival") / FILE).read_text("utf-8"))


def learn_shape_prior(name: str, arms: Sequence[SurvivalArm]) -> ShapePrior:
    """The shape of the next arm, after those seen: its mean and standard deviation.

    Each arm's location is its own (flat); its shape is a normal draw whose mean and spread are
    unknown (flat, on a grid). ``sd`` holds the spread between arms, what the arms leave open of
    it, and what they leave open of the mean. A spread of zero is never taken for granted.
    """
    from hilum.synthesis.survival.families import closed_families

    family = closed_families()[name]
    parameters = family.parameters[1:]
    if not parameters:
        return ShapePrior((), ())
    sizes = NODES[len(parameters)]
    axes = [np.linspace(*BOXES[one], size) for one, size in zip(parameters, sizes, strict=True)]
    nodes = np.stack([one.ravel() for one in np.meshgrid(*axes, indexing="ij")], axis=1)
    seen = np.array([_by_shape(family, nodes, arm) for arm in arms])
    # Means and spreads to try, each axis' own; their product for two shapes.
    each = [_candidates(axis) for axis in axes]
    tried = np.array(list(product(*each)))  # (tries, axes, 2)
    logs = np.empty(len(tried))
    height = np.exp(seen - seen.max(1, keepdims=True))
    for i, one in enumerate(tried):
        weight = np.exp(-(((nodes - one[:, 0]) / one[:, 1]) ** 2).sum(1) / 2)
        logs[i] = np.log(np.maximum(height @ (weight / weight.sum()), FLOOR)).sum()
    mass = np.exp(logs - logs.max())
    mass /= mass.sum()
    mean = np.einsum("t,ta->a", mass, tried[:, :, 0])
    square = np.einsum("t,ta->a", mass, tried[:, :, 1] ** 2 + tried[:, :, 0] ** 2)
    return ShapePrior(tuple(map(float, mean)), tuple(map(float, np.sqrt(square - mean**2))))


def _by_shape(family: Family, nodes: Array, arm: SurvivalArm) -> Array:
    """An arm's log-likelihood by shape, its location summed over its own grid."""
    from hilum.synthesis.survival.grid import StudyGrid, shaped
    from hilum.synthesis.survival.likelihood import arrange
    from hilum.synthesis.survival.reports import group

    grid = StudyGrid(arrange(group([arm])))
    rows = grid.rows([shaped(family, tuple(map(float, node))) for node in nodes], grid.locations)
    return special.logsumexp(rows[:, 0], axis=1)


def _candidates(axis: Array) -> list[tuple[float, float]]:
    """Means along the axis, spreads from its step to a third of it."""
    width, step = float(axis[-1] - axis[0]), float(axis[1] - axis[0])
    means = np.linspace(axis[0] + width / 6, axis[-1] - width / 6, 21)
    return [(float(m), float(s)) for m in means for s in np.linspace(step, width / 3, 12)]


# Where a shape may lie at all; what thirty arms say stands well inside.
BOXES: Final = {
    "log_shape": (-0.9, 1.3),
    "rate": (-1.5, 2.0),
    "q": (-2.0, 3.5),
    "logit_cured": (-6.0, 1.0),
    "log_scale": (-1.5, 4.0),
}
NODES: Final = {1: (61,), 2: (37, 25)}
