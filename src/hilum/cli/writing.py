"""Files of a command written whole or not at all, and never over an input."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError
from hilum.store.locks import Held, lock
from hilum.store.whole import replacing as replacing_any

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ("GIVEN", "Held", "lock", "replacing", "write")
# The words of the command that runs: an output that two of them name is also an input.
GIVEN: ContextVar[tuple[str, ...]] = ContextVar("given", default=())
# Tables and images that a folder given as an input is read for.
READ = (".csv", ".nii", ".nii.gz", ".nrrd", ".mha", ".dcm")


@contextmanager
def replacing(path: Path, *, mode: int | None = None) -> Generator[Path]:
    """As :func:`hilum.store.whole.replacing`, for a file that is no input of the command.

    Raises
    ------
    InputError
        When the folder cannot be made or written to, or the file is an input of the command.
    """
    with replacing_any(path, mode=mode, checked=_check_input) as temporary:
        yield temporary


def write(content: bytes, path: Path, *, mode: int | None = None) -> None:
    """Write a file whole or not at all; errors as in :func:`replacing`."""
    with replacing(path, mode=mode) as temporary:
        temporary.write_bytes(content)


def _check_input(path: Path, target: Path) -> None:
    """Refuse an output that the command also reads: what is not there yet, no command has read."""
    if not target.exists():
        return
    words = [word.partition("=")[2] or word for word in GIVEN.get()]
    same = [word for word in words if _is_same(word, target)]
    inside = [
        word
        for word in words
        if target.name.lower().endswith(READ)
        and word
        and Path(word).is_dir()
        and target.resolve().parent == Path(word).resolve()
    ]
    if len(same) > 1 or inside:
        expected = "an output that is none of the inputs"
        raise InputError(Fault(str(path), None, "file", path.name, expected))


def _is_same(word: str, target: Path) -> bool:
    try:
        return bool(word) and Path(word).resolve() == target.resolve()
    except (OSError, ValueError, RuntimeError):
        return False
