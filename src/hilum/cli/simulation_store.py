"""The Parquet file of a simulation: resumed, added to, replaced only when complete."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hilum.cli.writing import lock, replacing
from hilum.errors import Fault, InputError, MissingExtra, phrased
from hilum.trials.simulation.table import from_arrow, to_arrow

if TYPE_CHECKING:
    from pathlib import Path

# A write is due after a second, or twenty times what the last one took where that is longer.
SECONDS_BETWEEN_WRITES, TIMES_A_WRITE = 1.0, 20
# Some twenty a scenario: beyond any grid; a small file can hold billions.
MOST_ROWS = 5_000_000


class Store:
    """Rows of finished cells, on disk a second or so later."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Held until the process ends or the store goes: a second run would overwrite this one's.
        self._lock = lock(path)
        self.rows: list[dict[str, Any]] = _read(path) if path.exists() else []
        self._unwritten = False
        self._due = time.monotonic() + SECONDS_BETWEEN_WRITES
        if not path.parent.is_dir():
            wanted = "a folder that exists"
            raise InputError(Fault("--out", None, "out", str(path), wanted))

    def add(self, rows: list[dict[str, Any]]) -> None:
        """Add a finished cell."""
        self.rows += rows
        self._unwritten = True
        if time.monotonic() > self._due:
            self.write()

    def write(self) -> None:
        """Replace the file by all rows so far, or leave it as it was.

        Raises
        ------
        InputError
            Where it cannot be written.
        """
        if not self._unwritten:
            return
        import pyarrow.parquet as pq

        begun = time.monotonic()
        with replacing(self.path) as temporary:
            pq.write_table(to_arrow(self.rows), temporary)
        now = time.monotonic()
        self._unwritten = False
        self._due = now + max(SECONDS_BETWEEN_WRITES, TIMES_A_WRITE * (now - begun))


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        import pyarrow.parquet as pq
        from pyarrow import ArrowException
    except ImportError:
        message = "Parquet needs the extra trials: pip install 'hilum[trials]'"
        raise MissingExtra(message) from None
    rows = None
    with suppress(OSError, ArrowException):
        with pq.ParquetFile(path) as file:
            count = file.metadata.num_rows
            if count > MOST_ROWS:
                expected = phrased("a table of at most {most:,} rows", most=MOST_ROWS)
                raise InputError(Fault("--out", None, "out", f"{count:,} rows", expected))
        rows = from_arrow(pq.read_table(path))
    if rows is None:
        wanted = "a table that hilum trials simulate wrote, or a new name"
        raise InputError(Fault("--out", None, "out", str(path), wanted))
    return rows
