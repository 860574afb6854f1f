"""One new centre or study: what every treatment would achieve there, draw by draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable
from hilum.synthesis.joint.posterior import levels

if TYPE_CHECKING:
    from hilum.synthesis.arrays import Array
    from hilum.synthesis.joint.data import Integers
    from hilum.synthesis.joint.posterior import Target
    from hilum.synthesis.joint.record import JointFit


@dataclass(frozen=True, eq=False)
class NewSetting:
    """Draws of a centre or study that the evidence does not hold, on the model's scale.

    Attributes
    ----------
    rows : ndarray of int, shape (s,)
        Place of each draw in the fit's flat draws, in order.
    level : ndarray, shape (s, T)
        Level of each treatment in a typical setting.
    baseline : ndarray, shape (s,)
        What the setting adds to every treatment, variance sigma^2.
    own : ndarray, shape (s, T)
        What it adds to one treatment alone, variance tau^2 / 2.
    """

    rows: Integers
    level: Array
    baseline: Array
    own: Array

    @property
    def eta(self) -> Array:
        """Level of each treatment in the setting, shape (s, T)."""
        return self.level + self.baseline[:, None] + self.own


def new_setting(
    fit: JointFit, draws: int, rng: np.random.Generator, target: Target | None = None
) -> NewSetting:
    """All treatments side by side in one new setting, where ``posterior.absolute`` has each alone.

    One baseline a draw, shared by the treatments; heterogeneity of each; no bias of any design,
    which belongs to how outcomes were seen, not to the setting. A draw's posterior row is taken
    in the order of the chains, several times where ``draws`` exceeds them.

    Raises
    ------
    NotEstimable
        A target with an anchor, whose baseline is known, or as ``posterior.levels``.
    """
    if target is not None and target.anchor is not None:
        message = "a new setting has a baseline of its own: expected a target without an anchor"
        raise NotEstimable(message)
    level = levels(fit) if target is None else levels(fit, target)
    rows = np.arange(draws) * len(level) // draws
    level = level[rows]
    baseline = fit.flat("sigma")[rows] * rng.normal(size=draws)
    own = (fit.flat("tau")[rows] / np.sqrt(2))[:, None] * rng.normal(size=level.shape)
    return NewSetting(rows, level, baseline, own)
