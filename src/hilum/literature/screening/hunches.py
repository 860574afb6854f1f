"""Signs that little is left. None of them promises anything, and none is offered as a stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hilum.literature.screening.stopping import at_most

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

IN_A_ROW: Final = 50
STRIDE: Final = 0.01
"""Share of all records after which the ranked rule is looked at again."""


def irrelevant_in_a_row(order: NDArray[Any], run: int = IN_A_ROW) -> int | None:
    """Records read when the first ``run`` irrelevant ones in a row were; None where they never."""
    places = np.flatnonzero(np.concatenate([[True], order.astype(bool), [True]]))
    gaps = np.flatnonzero(np.diff(places) > run)
    return int(places[gaps[0]] + run) if len(gaps) else None


def ranked_chance(order: NDArray[Any], records: int, recall: float) -> float:
    """The rule's chance for records read in the model's order, as if at random.

    The least over every number of records read last (Callaghan & Müller-Hansen 2020, "ranked
    quasi-sampling"); it holds as far as the model ranks no worse than chance among the last ones.
    """
    seen = np.cumsum(order[::-1])
    sizes = np.arange(1, len(order) + 1)
    total = int(seen[-1]) if len(seen) else 0
    held = np.floor(total / recall + 1e-9).astype(int) - total + seen + 1
    rest = records - len(order) + sizes
    # Windows that hold many relevant records cannot be the least.
    few = seen <= max(int(seen.min(initial=0)) + 30, 30)
    chances = at_most(seen[few], rest[few], held[few], sizes[few])
    return float(chances.min(initial=1.0))


def ranked_rule(order: NDArray[Any], recall: float, confidence: float = 0.95) -> int | None:
    """Records read when the ranked rule would first have said stop."""
    n = len(order)
    step = max(int(STRIDE * n), 1)
    for read in range(step, n + 1, step):
        if ranked_chance(order[:read], n, recall) <= 1 - confidence:
            return read
    return None


HUNCHES: Final[dict[str, Callable[[NDArray[Any], float, float], int | None]]] = {
    "in_a_row": lambda order, recall, confidence: irrelevant_in_a_row(order),
    "ranked": ranked_rule,
}
"""Hunches by name: records read when each would have stopped."""
