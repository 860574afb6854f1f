"""Effects and variances of a measure, and figures back on the scale that people read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.records import found
from hilum.synthesis.effects.measures import measure as measure_of
from hilum.synthesis.effects.scales import SCALES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.effects.counts import Correct
    from hilum.synthesis.effects.measures import Measure


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
        A code of :data:`hilum.synthesis.effects.measures.MEASURES`.
    data : mapping of str to array_like, shape (k,)
        The measure's columns; NaN is missing.
    add : float
        What is added to the cells of a table that has an empty one.
    to : {"only0", "all", "if0all", "none"}
        To which tables: those with an empty cell, all, all as soon as one has, none.

    Raises
    ------
    UnknownCode
        A measure that is not in the table.
    NotEstimable
        A missing column, or a value out of range (names row and values).
    """
    record = measure_of(measure)
    if add < 0 or not np.isfinite(add):
        message = phrased("add {add:g}: expected a finite number, 0 or more", add=add)
        raise NotEstimable(message)
    absent = [name for name in record.columns if name not in data]
    if absent:
        message = phrased(
            "measure {measure} needs the columns {columns}",
            measure=measure,
            columns=", ".join(record.columns),
        )
        raise NotEstimable(
            phrased("{message}; missing: {absent}", message=message, absent=", ".join(absent))
        )
    values = tuple(data[name] for name in record.columns)
    with np.errstate(divide="ignore", invalid="ignore"):
        yi, vi = record.compute(values, add, to)
    usable = np.isfinite(yi) & np.isfinite(vi) & (vi > 0)
    return EffectSizes(np.where(usable, yi, np.nan), np.where(usable, vi, np.nan), measure)


def back_transform(values: ArrayLike, measure: str, ni: ArrayLike | None = None) -> Array:
    """``values`` on the natural scale of ``measure``; unchanged where that is the model's own.

    Parameters
    ----------
    values : array_like
        Figures on the model's scale: estimates, limits.
    measure : str
        The effect measure's code.
    ni : array_like, optional
        Sample sizes behind each value, for PFT only. A pooled value has none of its own: the
        harmonic mean of the studies' sizes is customary (Miller 1978) and is used by
        :func:`harmonic_mean`, but where sizes differ widely the answer can lie outside every
        study's proportion (Schwarzer 2019); prefer PLO by exact likelihood.

    Returns
    -------
    ndarray
        Values outside a transformation's range are set to its end before inverting, and what no
        figure of the measure can be (a proportion below 0) to the nearest that can
        (:func:`beyond` says whether).

    Raises
    ------
    UnknownCode
        A measure that is not in the table.
    """
    record = measure_of(measure)
    return np.clip(_natural(values, record, ni), record.least, record.most)


def beyond(values: ArrayLike, measure: str, ni: ArrayLike | None = None) -> bool:
    """Whether a value lies where no figure of ``measure`` can be, so that it is cut."""
    record = measure_of(measure)
    natural = _natural(values, record, ni)
    return bool(np.any((natural < record.least) | (natural > record.most)))


def _natural(values: ArrayLike, record: Measure, ni: ArrayLike | None) -> Array:
    sizes = None if ni is None else np.asarray(ni, np.float64)
    return found(SCALES, record.scale, "scale").back(np.asarray(values, np.float64), sizes)
