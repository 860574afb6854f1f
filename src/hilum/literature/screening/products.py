"""Inner products of records: all of them at once where they fit, else by their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

GRAM: Final = 4000
"""Records up to which all products are kept: 64 MB."""
DENSE: Final = 3000
"""Records read up to which the products among them are kept: 36 MB, and room to grow."""
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
    np.fill_diagonal(out, _squares(rows))
    out += BIAS
    return out


def same_before(old: NDArray[Any], new: NDArray[Any]) -> int:
    """How far two orders of reading are one; what was taken back begins again from there."""
    both = min(len(old), len(new))
    other = np.flatnonzero(new[:both] != old[:both])
    return int(other[0]) if len(other) else both


class Among:
    """The products among the records read, kept, and added to as records are read."""

    def __init__(self) -> None:
        self._read = np.zeros(0, dtype=np.int64)
        self._among = np.zeros((0, 0), dtype=np.float32)

    def take(self, read: NDArray[Any], fresh: Callable[[NDArray[Any]], NDArray[Any]]) -> None:
        """Add the rows of records read anew, which ``fresh`` makes."""
        old, n = same_before(self._read, read), len(read)
        if n > len(self._among):
            # Room for as many again, so that adding one seldom moves the others.
            room = np.zeros((2 * n, 2 * n), dtype=np.float32)
            room[:old, :old] = self._among[:old, :old]
            self._among = room
        if n > old:
            rows = fresh(read[old:])
            self._among[old:n, :n] = rows
            self._among[:n, old:n] = rows.T
        self._read = read.copy()

    @property
    def products(self) -> NDArray[Any]:
        """One row and one column a record read."""
        n = len(self._read)
        return self._among[:n, :n]


class Kept:
    """All products, kept."""

    def __init__(self, rows: Any) -> None:
        self._all = gram(rows)
        self._among = Among()
        self._read = np.zeros(0, dtype=np.int64)
        # The rows of the records read in that order: side by side, a sum over them is one sweep.
        self._ordered = np.zeros(self._all.shape, dtype=np.float32)

    def take(self, read: NDArray[Any]) -> None:
        """See :class:`Products`."""
        old = same_before(self._read, read)
        self._ordered[old : len(read)] = self._all[read[old:]]
        self._read = read.copy()
        self._among.take(read, lambda new: self._all[np.ix_(new, read)])
        self.diagonal = self._all[read, read]

    def within(self, values: NDArray[Any]) -> NDArray[Any]:
        """See :class:`Products`."""
        return self._among.products @ values

    def scores(self, values: NDArray[Any]) -> NDArray[Any]:
        """See :class:`Products`."""
        return values @ self._ordered[: len(values)]


class ByRows:
    """Products from the rows each time: for many records.

    What stands in one record alone is left out of the rows: it has to do with that record's own
    length, which is kept beside them.
    """

    def __init__(self, rows: Any) -> None:
        standing = np.bincount(rows.indices, minlength=rows.shape[1])
        self._rows = rows[:, np.flatnonzero(standing > 1)]
        squares, shared = _squares(rows), _squares(self._rows)
        self._alone = squares - shared
        self._squares = squares + BIAS
        self._among = Among()

    def take(self, read: NDArray[Any]) -> None:
        """See :class:`Products`."""
        self._read = read
        self._part = self._rows[read]
        self._back = self._part.T
        self.diagonal = self._squares[read]
        self._dense = len(read) <= DENSE
        if self._dense:
            self._among.take(read, self._fresh)

    def _fresh(self, new: NDArray[Any]) -> NDArray[Any]:
        rows = (self._rows[new] @ self._back).toarray() + BIAS
        at = np.arange(len(new))
        # Records read anew are the last ones.
        rows[at, rows.shape[1] - len(new) + at] += self._alone[new]
        return rows

    def within(self, values: NDArray[Any]) -> NDArray[Any]:
        """See :class:`Products`."""
        if self._dense:
            return self._among.products @ values
        alone = self._alone[self._read] * values
        return self._part @ (self._back @ values) + alone + BIAS * values.sum()

    def scores(self, values: NDArray[Any]) -> NDArray[Any]:
        """See :class:`Products`."""
        out = self._rows @ (self._back @ values) + BIAS * values.sum()
        out[self._read] += self._alone[self._read] * values
        return out


def _squares(rows: Any) -> NDArray[Any]:
    return np.asarray(rows.multiply(rows).sum(axis=1), dtype=np.float32).ravel()
