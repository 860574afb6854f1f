"""What rules of interim analyses share that decide who goes on, and the bounds of their tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import phrased
from hilum.trials.sequential.design import group_sequential

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.trials.parameters import Requirements

NONE = -np.inf
"""No bound for futility."""


@dataclass(frozen=True, slots=True)
class InterimRule:
    """Who goes on after an interim analysis; the closed test holds whatever was decided.

    Parameters
    ----------
    select : str
        A code of the rules of the design.
    epsilon : float
        Difference of effects that does not decide yet.
    futility : float
        Interim z below which nobody goes on, ``-inf`` for none; not binding.
    """

    select: str
    epsilon: float = 0.1
    futility: float = NONE

    def require_futility(self, check: Requirements, efficacy: Sequence[float]) -> None:
        """Refuse a bound for futility that is not below those for efficacy of ``efficacy``."""
        high = min(efficacy)
        wanted = phrased(
            "a bound below that for efficacy, {high:.3f} at analysis {stage}", high=high,
            stage=1 + int(np.argmin(efficacy)),
        )  # fmt: skip
        check.need(self.futility < high, "futility", f"{self.futility:g}", wanted)


def efficacy_bounds(shares: Sequence[float], kind: str, alpha: float) -> tuple[float, ...]:
    """Bounds of the combined scores; infinite where only the last analysis ends with success.

    Parameters
    ----------
    shares : sequence of float
        Squared weights of the stages; they add to 1.
    kind : str
        ``none``, or the family of the bounds.
    """
    none = kind == "none"
    rates = [*np.cumsum(shares)[:-1].tolist(), 1.0]
    spent = (*[0.0] * (len(shares) - 1), alpha)
    made = group_sequential(
        rates, alpha=alpha, power=max(0.8, (1 + alpha) / 2), kind="asUser" if none else kind,
        user_alpha_spent=spent if none else None,
    )  # fmt: skip
    return tuple(made.efficacy)
