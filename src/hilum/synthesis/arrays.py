"""Arrays at the border of synthesis: one type, one way to refuse what cannot be used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from hilum.errors import NotEstimable, OutOfRange, phrased
from hilum.synthesis.estimate import coverage as coverage

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

# Any kind of real number: with the kind spelled out, the checker took twice as long over a line of
# arithmetic and said nothing more.
Array = NDArray[Any]
Mask = NDArray[np.bool_]
# Effects and their sampling variances.
Pair = tuple[Array, Array]
Indices = NDArray[np.integer[Any]]


# Numbers of one array that stand in the processor's cache beside others. From 10,000 on the linear
# algebra library sets threads on a sum of products, whose waiting for one another takes longer.
PIECE: Final = 8192


def dot(a: Array, b: Array) -> Any:
    """Sum of products of two vectors, on one thread however long they are."""
    if len(a) <= PIECE:
        return np.dot(a, b)
    whole = len(a) - len(a) % PIECE
    rows = np.vecdot(a[:whole].reshape(-1, PIECE), b[:whole].reshape(-1, PIECE))
    return np.add.reduce(rows) + np.dot(a[whole:], b[whole:])


def columns(**named: ArrayLike) -> tuple[Array, ...]:
    """One-dimensional float arrays of one length.

    Raises
    ------
    NotEstimable
        A column is not one-dimensional, not numeric or not as long as the first.
    """
    out: list[Array] = []
    for name, values in named.items():
        try:
            array = np.asarray(values, np.float64)
        except (TypeError, ValueError):
            message = phrased("{name}: expected numbers", name=name)
            raise NotEstimable(message) from None
        if array.ndim != 1:
            message = phrased(
                "{name}: expected one dimension, found shape {shape}", name=name, shape=array.shape
            )
            raise NotEstimable(message)
        if out and len(array) != len(out[0]):
            first = next(iter(named))
            message = phrased(
                "{name} has {number} values, {first} has {number_2}",
                name=name,
                number=len(array),
                first=first,
                number_2=len(out[0]),
            )
            raise NotEstimable(message)
        out.append(array)
    return tuple(out)


def refuse(wrong: Mask, expected: str, **named: Array) -> None:
    """Raise for the first row where ``wrong`` holds, with its values; missing rows pass."""
    missing = np.any([np.isnan(column) for column in named.values()], axis=0)
    rows = np.flatnonzero(wrong & ~missing)
    if len(rows):
        row = int(rows[0])
        values = {name: float(column[row]) for name, column in named.items()}
        raise OutOfRange(row, values, expected)


Numbers = NDArray[np.integer[Any]]


def sums(groups: Numbers, values: Array | Mask, size: int) -> Array:
    """Sum of ``values`` in each of the groups 0 to ``size`` - 1."""
    out: Any = np.bincount(groups, values, size)
    return out
