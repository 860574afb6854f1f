"""How well an order of reading found the relevant records.

Definitions: WSS, Cohen 2006 (JAMIA 13:206); RRF and time to discovery, Ferdinands 2023
(Systematic Reviews 12:100); loss, Teijema 2025 as ASReview 3 computes it: the area between the
recall curve and the best one, as a share of that between the best and the worst.
Records that the replay began with are no discovery and are not counted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from hilum.errors import NotEstimable

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Figures of one order of reading; shares of 1.

    Parameters
    ----------
    n95 : int
        Records read until 95 % of the relevant ones were found.
    wss95 : float
        ``1 - n95/N - 0.05``.
    rrf10 : float
        Share of the relevant records found in the first tenth.
    atd : float
        Mean place at which a relevant record was found, as a share of all records.
    loss : float
        0 for the best order, 1 for the worst.
    """

    n95: int
    wss95: float
    rrf10: float
    atd: float
    loss: float


def needed(relevant: int, recall: float) -> int:
    """Relevant records that make up a recall, rounded up exactly."""
    return math.ceil(Fraction(str(recall)) * relevant)


def measured(order: NDArray[Any]) -> Measured:
    """Figures of a complete order of reading: True where the record is relevant.

    Raises
    ------
    NotEstimable
        None or all are relevant.
    """
    order = np.asarray(order, dtype=bool)
    n, relevant = len(order), int(order.sum())
    if relevant in (0, n):
        raise NotEstimable("relevant and irrelevant records are needed beyond those begun with")
    places = np.flatnonzero(order) + 1
    n95 = int(places[needed(relevant, 0.95) - 1])
    best = relevant * (n - (relevant - 1) / 2)
    area = float((n - places + 1).sum())
    return Measured(
        n95=n95,
        wss95=1 - n95 / n - 0.05,
        rrf10=float((places * 10 <= n).mean()),
        atd=float(places.mean() / n),
        loss=(best - area) / (relevant * (n - relevant)),
    )
