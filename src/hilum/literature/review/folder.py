"""A review's folder written: one writer at a time, each file whole or not at all."""

from __future__ import annotations

import csv
import os
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.store.locks import lock
from hilum.store.whole import write

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from pathlib import Path

    from hilum.literature.review.changes import Changes
    from hilum.literature.screening.decisions import Decision

WAIT: Final = 30.0
"""Seconds that a writer waits for another."""
LOOK: Final = 0.02


def now() -> str:
    """The time as the logs have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@contextmanager
def held(path: Path) -> Generator[None]:
    """One writer of a folder or file at a time; another is waited for.

    Raises
    ------
    InputError
        It does not end.
    """
    until = time.monotonic() + WAIT
    while True:
        try:
            locked = lock(path)
            break
        except InputError:
            if time.monotonic() > until:
                raise
            time.sleep(LOOK)
    try:
        yield
    finally:
        if locked is not None:
            locked.close()


def written_all(changes: Changes, folder: Path) -> None:
    """Write the files of a change in their order, then remove what nothing refers to any more.

    Raises
    ------
    InputError
        A place that cannot be written.
    """
    for name, content in changes.write:
        write(content, folder / name)
    for name in changes.remove:
        with suppress(FileNotFoundError):
            (folder / name).unlink()


def keep_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files of a review's folder, each whole; tables get into the list of its package."""
    from hilum.literature.review.changes import Changes

    written_all(Changes(tuple(files.items())), folder)
    list_tables(folder, files)


def list_tables(folder: Path, files: Mapping[str, bytes]) -> None:
    """Get tables into the list of a review's package, by their path and first line."""
    from hilum.literature.review.changes import listed
    from hilum.literature.review.state import is_review, read_review

    if not is_review(folder):
        return
    heads = [
        (name, next(csv.reader([content.decode().split("\n")[0]])))
        for name, content in files.items()
        if name.endswith(".csv")
    ]
    written_all(listed(read_review(folder), heads), folder)


def tidied(folder: Path) -> None:
    """Remove files of imports that are not in the review: what a killed run left."""
    from hilum.literature.review.changes import orphans
    from hilum.literature.review.state import read_review

    for name in orphans(folder, read_review(folder)):
        with suppress(FileNotFoundError):
            (folder / name).unlink()


def append(folder: Path, decision: Decision) -> None:
    """Add a decision; a kill leaves the file with its row or without it.

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
        with held(path):
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
