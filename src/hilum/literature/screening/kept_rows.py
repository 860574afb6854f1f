"""Texts as rows, made once for the same texts: kept in memory, and large ones on disk.

Reading ten thousand texts takes longer than everything a reviewer then waits for. The rows are
found again by a hash of the texts, the way of weighing and the version; they hold figures, no word
of a text. They are derived: any of these files may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

from scipy import sparse

from hilum._version import __version__
from hilum.derived import derived
from hilum.literature.screening.features import Weighing, rows_of
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.watch import Watch

HELD: Final = 2
"""Sets of rows in memory."""
LARGE: Final = 2000
"""Records from which on the rows are kept on disk."""
FILES: Final = 4
"""Sets of rows on disk; the oldest goes."""

_held: OrderedDict[str, Any] = OrderedDict()
_lock = Lock()


def kept_rows(
    titles: Sequence[str], abstracts: Sequence[str], weighing: Weighing, watch: Watch = SILENT
) -> Any:
    """Rows as :func:`hilum.literature.screening.features.rows_of` makes them, once."""
    key = _key(titles, abstracts, weighing)
    with _lock:
        if key in _held:
            _held.move_to_end(key)
            return _held[key]
    place = derived("screening") if len(titles) >= LARGE else None
    path = place / f"{key}.npz" if place else None
    rows = _read(path, len(titles))
    if rows is None:
        rows = rows_of(titles, abstracts, weighing, watch)
        _keep(path, rows)
    with _lock:
        _held[key] = rows
        while len(_held) > HELD:
            _held.popitem(last=False)
    return rows


def _key(titles: Sequence[str], abstracts: Sequence[str], weighing: Weighing) -> str:
    made = hashlib.sha256(f"{__version__}\0{weighing}\0{len(titles)}".encode())
    for text in (*titles, *abstracts):
        raw = text.encode("utf-8", "replace")
        made.update(len(raw).to_bytes(8) + raw)
    return made.hexdigest()[:32]


def _read(path: Path | None, records: int) -> Any:
    """Rows from disk; None where there are none, or none that can be read."""
    if path is None or not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            rows: Any = sparse.load_npz(file)
        os.utime(path)
    except Exception:
        # A foreign reader of a file that may be cut or changed: the rows are made anew.
        return None
    return rows if rows.shape[0] == records else None


def _keep(path: Path | None, rows: Any) -> None:
    """Write the rows; a place that cannot be written keeps nothing."""
    if path is None:
        return
    part = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part.npz")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        sparse.save_npz(part, rows, compressed=False)
        part.replace(path)
        files = sorted(path.parent.glob("*.npz"), key=lambda one: one.stat().st_mtime)
        for old in files[:-FILES]:
            old.unlink(missing_ok=True)
    except OSError:
        part.unlink(missing_ok=True)
