"""Locks between programs that write the same file or folder."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from hilum.errors import Fault, InputError


class Held:
    """A lock that is let go when this is closed or forgotten."""

    def __init__(self, place: Path) -> None:
        self._file = os.open(place, os.O_CREAT | os.O_RDWR, 0o600)

    def fileno(self) -> int:
        """The file that is locked."""
        return self._file

    def close(self) -> None:
        """Let go."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __del__(self) -> None:
        self.close()


def lock(path: Path) -> Held | None:
    """Keep other runs from adding to the same file; held while the result is kept.

    The lock lies in the system's temporary folder and is none where the system has no such locks.

    Raises
    ------
    InputError
        Another run holds it.
    """
    try:
        import fcntl
    except ImportError:  # pragma: no cover
        return None
    name = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    folder = Path(tempfile.gettempdir()) / f"hilum-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    held = Held(folder / f"{name}.lock")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        held.close()
        expected = "a file that no other run is writing (wait for it, or give another name)"
        raise InputError(Fault(str(path), None, "file", path.name, expected)) from None
    return held
