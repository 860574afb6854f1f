"""How far two reviewers agree: kappa and PABAK with intervals.

Kappa: Cohen 1960 (Educational and Psychological Measurement 20:37), its standard error Fleiss,
Cohen & Everitt 1969 (Psychological Bulletin 72:323). PABAK, ``2 po - 1`` of a table of two by two:
Byrt, Bishop & Carlin 1993 (Journal of Clinical Epidemiology 46:423); its interval is twice that of
the observed agreement (Wilson 1927) less one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Of two reviewers over the records that both decided.

    Parameters
    ----------
    records : int
    observed : float
        Share decided alike.
    kappa, kappa_low, kappa_high : float | None
        None where it has no value: both put every record in one and the same class. No interval
        where the standard error is zero though they disagree: one of them said the same of all.
    pabak, pabak_low, pabak_high : float
    """

    records: int
    observed: float
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    pabak: float
    pabak_low: float
    pabak_high: float


def kappa_and_error(counts: NDArray[Any]) -> tuple[float, float] | None:
    """Kappa of a square table of counts and its standard error; None where chance agrees wholly."""
    n = counts.sum()
    p = counts / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    seen, chance = float(np.trace(p)), float(rows @ columns)
    if chance >= 1:
        return None
    kappa = (seen - chance) / (1 - chance)
    both = rows[:, None] + columns[None, :]
    # Margins crosswise: a cell's row stands with the column of the other reviewer.
    cross = columns[:, None] + rows[None, :]
    on = float((np.diag(p) * (1 - np.diag(both) * (1 - kappa)) ** 2).sum())
    off = float((p * cross**2).sum() - (np.diag(p) * np.diag(cross) ** 2).sum())
    variance = on + (1 - kappa) ** 2 * off - (kappa - chance * (1 - kappa)) ** 2
    return kappa, float(np.sqrt(max(variance, 0.0) / n) / (1 - chance))


def wilson(hits: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Interval of a share (Wilson 1927)."""
    z = float(ndtri((1 + confidence) / 2))
    share, extra = hits / n, z * z / n
    middle = (share + extra / 2) / (1 + extra)
    half = z * np.sqrt(share * (1 - share) / n + extra / (4 * n)) / (1 + extra)
    return float(middle - half), float(middle + half)


def agreement(first: NDArray[Any], second: NDArray[Any], confidence: float = 0.95) -> Agreement:
    """Agreement of two lists of yes and no over the same records, one at least."""
    n = len(first)
    counts = np.array(
        [[(first & second).sum(), (first & ~second).sum()],
         [(~first & second).sum(), (~first & ~second).sum()]],
        dtype=float,
    )  # fmt: skip
    alike = int(counts.trace())
    low, high = wilson(alike, n, confidence)
    found = kappa_and_error(counts)
    known = found is not None and (found[1] > 0 or alike == n)
    half = float(ndtri((1 + confidence) / 2)) * found[1] if found else 0.0
    return Agreement(
        records=n,
        observed=alike / n,
        kappa=found[0] if found else None,
        kappa_low=found[0] - half if found and known else None,
        kappa_high=min(found[0] + half, 1.0) if found and known else None,
        pabak=2 * alike / n - 1,
        pabak_low=2 * low - 1,
        pabak_high=2 * high - 1,
    )
