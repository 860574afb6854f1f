"""Decisions appended to a review's file: one write a decision, one writer at a time."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from hilum.literature.screening.decisions import Decision

WAIT = 30.0
"""Seconds that a writer waits for another."""


def append(folder: Path, decision: Decision) -> None:
    """Add a row; a kill leaves the file with it or without it.

    A line that a kill cut off is taken away first: it was never a decision.

    Raises
    ------
    InputError
        The file cannot be written, or another writer does not end.
    """
    from hilum.literature.screening.decisions import FILE, head_line, line_of

    append_line(folder, FILE, head_line(), line_of(decision))


def append_line(folder: Path, name: str, head: bytes, line: bytes) -> None:
    """Add a line to a file of a review, its head first where it is new; as :func:`append`.

    Raises
    ------
    InputError
        The file cannot be written, or another writer does not end.
    """
    path = folder / name
    try:
        with _alone(path):
            file = os.open(path, os.O_CREAT | os.O_RDWR | os.O_APPEND, 0o666)
            try:
                end = _whole(file)
                os.ftruncate(file, end)
                os.write(file, line if end else head + line)
                os.fsync(file)
            finally:
                os.close(file)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        expected = phrased("a place that can be written ({reason})", reason=reason)
        raise InputError(Fault(str(path), None, "file", path.name, expected)) from error


def _whole(file: int) -> int:
    """Where the last whole line ends."""
    size = os.fstat(file).st_size
    start, tail = size, b""
    while start and b"\n" not in tail:
        start = max(start - 4096, 0)
        tail = os.pread(file, size - start, start)
    return start + tail.rfind(b"\n") + 1


@contextmanager
def _alone(path: Path) -> Generator[None]:
    from hilum.cli.writing import lock

    until = time.monotonic() + WAIT
    while True:
        try:
            held = lock(path)
            break
        except InputError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
    try:
        yield
    finally:
        if held is not None:
            held.close()


def now() -> str:
    """The time as the log has it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
