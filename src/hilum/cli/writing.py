"""Files written whole or not at all, as private as they were, and never over an input."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
import tempfile
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased
from hilum.store.processes import running

if TYPE_CHECKING:
    from collections.abc import Generator

# The words of the command that runs: an output that two of them name is also an input.
GIVEN: ContextVar[tuple[str, ...]] = ContextVar("given", default=())
# .NAME.PROCESS-RANDOM.part: a file that its process has not finished.
_PART = re.compile(r"\..+\.(\d+)-[0-9a-f]{8}\.part")
# Tables and images that a folder given as an input is read for.
READ = (".csv", ".nii", ".nii.gz", ".nrrd", ".mha", ".dcm")


@contextmanager
def replacing(path: Path, *, mode: int | None = None) -> Generator[Path]:
    """A new file beside ``path`` that takes its place when the block ends without an error.

    The folder is made where it is missing; an existing file stays as it was until then. The new
    file has ``mode``, else the existing file's permissions, else those that the user's umask
    leaves. Where ``path`` is a link, its target is written; a device or a pipe is written into.
    Files that a killed run left in the folder are removed.

    Raises
    ------
    InputError
        When the folder cannot be made or written to, or the file is an input of the command.
    """
    try:
        target = _target(path)
        _check_input(path, target)
        if _is_passage(path):
            with _poured(path) as temporary:
                yield temporary
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        temporary = target.parent / f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.part"
        # Nobody else reads the file while it is written.
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            yield temporary
            temporary.chmod(_mode(target) if mode is None else mode)
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise InputError(
            Fault(
                str(path),
                None,
                "file",
                path.name,
                phrased("a place that can be written ({reason})", reason=reason),
            )
        ) from error


def _is_passage(path: Path) -> bool:
    """Whether there is a device, a pipe or a socket: a file in its place would end it."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


@contextmanager
def _poured(path: Path) -> Generator[Path]:
    """A file elsewhere whose content goes into a device or a pipe when it is whole."""
    with tempfile.TemporaryDirectory(prefix="hilum-") as folder:
        temporary = Path(folder) / path.name
        temporary.touch(mode=0o600)
        yield temporary
        with temporary.open("rb") as source, path.open("wb", buffering=0) as sink:
            shutil.copyfileobj(source, sink)


def _target(path: Path) -> Path:
    """The file behind a link."""
    if not path.is_symlink():
        return path
    try:
        return path.resolve()
    except RuntimeError as error:
        # What Python before 3.13 says of links that lead back to themselves.
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from error


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


def write(content: bytes, path: Path, *, mode: int | None = None) -> None:
    """Write a file whole or not at all; errors as in :func:`replacing`."""
    with replacing(path, mode=mode) as temporary:
        temporary.write_bytes(content)


def _mode(path: Path) -> int:
    """The permissions of an existing file, else what the user's umask leaves of read and write."""
    with suppress(FileNotFoundError):
        return path.stat().st_mode & 0o777
    mask = os.umask(0o077)
    os.umask(mask)
    return 0o666 & ~mask


def _sweep(folder: Path) -> None:
    """Remove what killed runs left: files of a process that is no more."""
    for one in folder.iterdir():
        match = _PART.fullmatch(one.name)
        if match and not running(int(match[1])):
            with suppress(OSError):
                one.unlink()


def _check_input(path: Path, target: Path) -> None:
    """Refuse an output that the command also reads."""
    words = [word.partition("=")[2] or word for word in GIVEN.get()]
    same = [word for word in words if _is_same(word, target)]
    inside = [
        word
        for word in words
        if target.exists()
        and target.name.lower().endswith(READ)
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
