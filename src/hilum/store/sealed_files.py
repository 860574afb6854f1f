"""Files of a folder, each sealed into a numbered one; opened again into a folder of its own.

A file's name is sealed with it. It is sealed in frames, each bound to its file, its number and
whether it is the last, so that none can be left out, moved or added.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO, Final

from hilum.store.sealed import Spoilt

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from hilum.store.sealed import Context, Sealing

FRAME: Final = 1 << 22
LENGTH: Final = 4
# Where a system keeps files in memory; elsewhere they lie beside the store until they are read.
MEMORY: Final = Path("/dev/shm")
MORE, LAST = "more", "last"


@contextmanager
def aside(folder: Path) -> Generator[Path]:
    """An empty folder of one's own for plain files, in memory where that can be; it goes again."""
    at = MEMORY if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) else folder
    with TemporaryDirectory(prefix="hilum-", dir=at) as made:
        yield Path(made)


def seal_folder(sealing: Sealing, source: Path, target: Path, of: Context) -> None:
    """Seal every file of a folder into an empty one."""
    files = sorted(path for path in source.rglob("*") if path.is_file())
    for number, path in enumerate(files, 1):
        with path.open("rb") as plain, (target / f"{number:06}").open("xb") as out:
            frames = _frames(plain, path.relative_to(source).as_posix())
            for at, (frame, end) in enumerate(frames):
                sealed = sealing.seal(frame, (*of, number, at, end))
                out.write(len(sealed).to_bytes(LENGTH) + sealed)
            out.flush()
            os.fsync(out.fileno())


def open_folder(sealing: Sealing, source: Path, target: Path, of: Context) -> None:
    """Open every sealed file of a folder into an empty one.

    Raises
    ------
    Spoilt
        One was changed, cut or moved.
    """
    for path in sorted(source.iterdir()):
        number = int(path.name)
        with path.open("rb") as sealed:
            frames = _opened(sealing, sealed, (*of, number))
            place = target / _inside(next(frames))
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as out:
                for frame in frames:
                    out.write(frame)


def _frames(plain: BinaryIO, name: str) -> Iterator[tuple[bytes, str]]:
    """The name, then the content; the last is said to be it."""
    frame = json.dumps(name).encode()
    while True:
        following = plain.read(FRAME)
        yield frame, MORE if following else LAST
        if not following:
            return
        frame = following


def _opened(sealing: Sealing, sealed: BinaryIO, of: Context) -> Iterator[bytes]:
    at = 0
    size = int.from_bytes(sealed.read(LENGTH))
    while True:
        frame = sealed.read(size)
        head = sealed.read(LENGTH)
        yield sealing.unseal(frame, (*of, at, MORE if head else LAST))
        if not head:
            return
        at, size = at + 1, int.from_bytes(head)


def _inside(name: bytes) -> PurePosixPath:
    path = PurePosixPath(json.loads(name))
    if path.is_absolute() or ".." in path.parts:
        raise Spoilt("what is kept here does not open: it was changed or moved, or has another key")
    return path
