"""Inner products of records: all of them at once where they fit, else by their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

GRAM: Final = 4000
"""Records up to which all products are kept: 64 MB."""
COMMON: Final = 0.1
"""Share of the records above which a column is multiplied as a dense one."""
BIAS: Final = np.float32(1)
"""Every record's last column: the machine's constant."""


class Products(Protocol):
    """Products of the records read with one another and with all; the constant belongs to each."""

    diagonal: Any

    def take(self, read: NDArray[Any]) -> None:
        """Say which records are read."""
        ...

    def within(self, values: NDArray[Any]) -> NDArray[Any]:
        """The matrix of the products among the records read, times values."""
        ...

    def scores(self, values: NDArray[Any]) -> NDArray[Any]:
        """The products of all records with those read, times values."""
        ...


def products_of(rows: Any) -> Products:
    """The faster way for as many rows."""
    return Kept(rows) if rows.shape[0] <= GRAM else ByRows(rows)


def gram(rows: Any) -> NDArray[Any]:
    """Every record with every other; what stands in many is multiplied as dense columns."""
    standing = np.bincount(rows.indices, minlength=rows.shape[1])
    common = standing > COMMON * rows.shape[0]
    dense = rows[:, np.flatnonzero(common)].toarray()
    rare = rows[:, np.flatnonzero(~common & (standing > 1))]
    out = dense @ dense.T
    out += (rare @ rare.T).toarray()
    # What stands in one record alone has to do with that record's own length.
    squares = np.asarray(rows.multiply(rows).sum(axis=1), dtype=np.float32).ravel()
    np.fill_diagonal(out, squares)
    out += BIAS
    return out


class Kept:
    """All products, kept."""

    def __init__(self, rows: Any) -> None:
        self._all = gram(rows)
        self._read = np.zeros(0, dtype=np.int64)
        self._among = np.zeros((0, 0), dtype=np.float32)

    def take(self, read: NDArray[Any]) -> None:
        """Rows of records read anew are added; another order begins again."""
        old, n = len(self._read), len(read)
        if old > n or not np.array_equal(read[:old], self._read):
            old = 0
        if n > len(self._among):
            # Room for as many again, so that adding one seldom moves the others.
            room = np.zeros((min(2 * n, len(self._all)),) * 2, dtype=np.float32)
            room[:old, :old] = self._among[:old, :old]
            self._among = room
        fresh = self._all[np.ix_(read[old:], read)]
        self._among[old:n, :n] = fresh
        self._among[:n, old:n] = fresh.T
        self._read = read.copy()
        self.diagonal = self._among.diagonal()[:n]

    def within(self, values: NDArray[Any]) -> NDArray[Any]:
        """See :class:`Products`."""
        n = len(self._read)
        return self._among[:n, :n] @ values

    def scores(self, values: NDArray[Any]) -> NDArray[Any]:
        """See :class:`Products`."""
        inside = np.flatnonzero(values)
        return values[inside] @ self._all[self._read[inside]]


class ByRows:
    """Products from the rows each time: for many records."""

    def __init__(self, rows: Any) -> None:
        self._rows = rows
        self._squares = np.asarray(rows.multiply(rows).sum(axis=1), dtype=np.float32).ravel()

    def take(self, read: NDArray[Any]) -> None:
        """See :class:`Products`."""
        self._among = self._rows[read]
        self._back = self._among.T
        self.diagonal = self._squares[read] + BIAS

    def within(self, values: NDArray[Any]) -> NDArray[Any]:
        """See :class:`Products`."""
        return self._among @ (self._back @ values) + BIAS * values.sum()

    def scores(self, values: NDArray[Any]) -> NDArray[Any]:
        """See :class:`Products`."""
        return self._rows @ (self._back @ values) + BIAS * values.sum()
