"""Files written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def replacing(path: Path, *, mode: int = 0o644) -> Generator[Path]:
    """A new file beside ``path`` that takes its place when the block ends without an error.

    The folder is made where it is missing; an existing file stays as it was until then. ``mode``
    is the permission of the new file.

    Raises
    ------
    InputError
        When the folder cannot be made or written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            temporary.chmod(mode)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            Fault(str(path), None, "file", path.name, f"a place that can be written ({reason})")
        ) from error


def write(content: bytes, path: Path, *, mode: int = 0o644) -> None:
    """Write a file whole or not at all; errors as in :func:`replacing`."""
    with replacing(path, mode=mode) as temporary:
        temporary.write_bytes(content)
