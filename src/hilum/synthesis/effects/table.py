"""Which columns each effect measure needs, and how they become yi and vi."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hilum.errors import NotEstimable
from hilum.synthesis.arrays import Array, Pair, columns, refuse
from hilum.synthesis.effects import counts, means, rates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from hilum.synthesis.effects.counts import Correct

ONE_GROUP: Final = ("xi", "ni")
ONE_RATE: Final = ("xi", "ti")
TWO_GROUPS: Final = ("ai", "n1i", "ci", "n2i")
TWO_RATES: Final = ("x1i", "t1i", "x2i", "t2i")
TWO_MEANS: Final = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")

COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("PR", "PLO", "PLN", "PAS", "PFT"), ONE_GROUP),
    **dict.fromkeys(("IR", "IRLN"), ONE_RATE),
    "MN": ("mi", "sdi", "ni"),
    **dict.fromkeys(("OR", "RR", "RD", "AS", "PETO"), TWO_GROUPS),
    **dict.fromkeys(("IRR", "IRD", "IRSD"), TWO_RATES),
    **dict.fromkeys(("MD", "SMD", "ROM"), TWO_MEANS),
    "HR": ("yi", "vi"),
    "GEN": ("yi", "vi"),
}
"""Columns of each measure, by metafor's names; GEN is any effect with its variance."""


@dataclass(frozen=True, slots=True)
class EffectSizes:
    """Effects ``yi`` with sampling variances ``vi``, shape (k,), on the measure's own scale.

    A row with a missing value, or one that carries no information (no event in either arm
    without a correction), has NaN in both.
    """

    yi: Array
    vi: Array
    measure: str

    def __iter__(self):
        """``yi, vi = effect_sizes(...)``."""
        return iter((self.yi, self.vi))


def effect_sizes(
    measure: str,
    data: Mapping[str, ArrayLike],
    *,
    add: float = 0.5,
    to: Correct = "only0",
) -> EffectSizes:
    """Effects and sampling variances of ``measure`` from the columns of ``data``.

    Parameters
    ----------
    measure : str
        A key of :data:`COLUMNS`.
    data : mapping of str to array_like, shape (k,)
        The measure's columns (:data:`COLUMNS`); NaN is missing.
    add : float
        What is added to the cells of a table that has an empty one.
    to : {"only0", "all", "if0all", "none"}
        To which tables: those with an empty cell, all, all as soon as one has, none.

    Raises
    ------
    NotEstimable
        Unknown measure, a missing column, or a value out of range (names row and values).
    """
    if measure not in COLUMNS:
        message = f"measure {measure!r}: expected one of {', '.join(COLUMNS)}"
        raise NotEstimable(message)
    if add < 0 or not np.isfinite(add):
        message = f"add {add:g}: expected a finite number, 0 or more"
        raise NotEstimable(message)
    absent = [name for name in COLUMNS[measure] if name not in data]
    if absent:
        message = f"measure {measure} needs the columns {', '.join(COLUMNS[measure])}"
        raise NotEstimable(f"{message}; missing: {', '.join(absent)}")
    values = tuple(data[name] for name in COLUMNS[measure])
    with np.errstate(divide="ignore", invalid="ignore"):
        yi, vi = _compute(measure, values, add, to)
    usable = np.isfinite(yi) & np.isfinite(vi) & (vi > 0)
    return EffectSizes(np.where(usable, yi, np.nan), np.where(usable, vi, np.nan), measure)


def _compute(measure: str, values: tuple[ArrayLike, ...], add: float, to: Correct) -> Pair:
    needs, v = COLUMNS[measure], values
    if needs == ONE_GROUP:
        return counts.single(measure, v[0], v[1], add, to)
    if needs == TWO_GROUPS:
        return counts.paired(measure, v[0], v[1], v[2], v[3], add, to)
    if needs == ONE_RATE:
        return rates.single(measure, v[0], v[1], add, to)
    if needs == TWO_RATES:
        return rates.paired(measure, v[0], v[1], v[2], v[3], add, to)
    if needs == TWO_MEANS:
        return means.paired(measure, v[0], v[1], v[2], v[3], v[4], v[5])
    if measure == "MN":
        return means.single(v[0], v[1], v[2])
    yi, vi = columns(yi=v[0], vi=v[1])
    refuse(~(np.isfinite(yi) & (vi > 0) & np.isfinite(vi)), "finite yi and vi > 0", yi=yi, vi=vi)
    return yi, vi
