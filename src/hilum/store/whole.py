"""Files written whole or not at all, as private as they were."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import stat
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased
from hilum.store.processes import running

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

# .NAME.PROCESS-RANDOM.part: a file that its process has not finished.
_PART = re.compile(r"\..+\.(\d+)-[0-9a-f]{8}\.part")


@contextmanager
def replacing(
    path: Path,
    *,
    mode: int | None = None,
    checked: Callable[[Path, Path], None] | None = None,
) -> Generator[Path]:
    """A new file beside ``path`` that takes its place when the block ends without an error.

    The folder is made where it is missing; an existing file stays as it was until then. The new
    file has ``mode``, else the existing file's permissions, else those that the user's umask
    leaves. Where ``path`` is a link, its target is written; a device or a pipe is written into.
    Files that a killed run left in the folder are removed. ``checked`` is given the path and its
    target, and may refuse.

    Raises
    ------
    InputError
        When the folder cannot be made or written to.
    """
    try:
        target = _target(path)
        if checked is not None:
            checked(path, target)
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
