"""Files of a review written whole or not at all: a killed run leaves the old state or the new."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from pathlib import Path


def keep(path: Path, content: bytes) -> None:
    """Write a file in one step, its folder where it is missing.

    Raises
    ------
    InputError
        A place that cannot be written.
    """
    part = path.parent / f".{path.name}.{secrets.token_hex(4)}.part"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with part.open("xb") as file:
                file.write(content)
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or type(error).__name__
        wanted = phrased("a place that can be written ({reason})", reason=reason)
        raise InputError(Fault(str(path), None, "file", path.name, wanted)) from error
