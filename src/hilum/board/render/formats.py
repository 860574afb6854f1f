"""The output formats by name, and the atomic writing of one of them."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError

if TYPE_CHECKING:
    from hilum.board.sheet import Sheet
    from hilum.language import Words

FORMATS: Final = ("html", "json", "docx", "pdf")


def render(sheet: Sheet, form: str, words: Words) -> bytes:
    """Render a sheet in one of :data:`FORMATS`.

    Raises
    ------
    MissingExtra
        When DOCX or PDF is asked for and its library is not installed.
    """
    if form == "json":
        return (sheet.model_dump_json(indent=2) + "\n").encode()
    if form == "html":
        from hilum.board.render.html import html

        return html(sheet, words).encode()
    if form == "pdf":
        from hilum.board.render.pdf import pdf

        return pdf(sheet, words)
    if form == "docx":
        from hilum.board.render.docx import docx

        return docx(sheet, words)
    raise InputError(Fault("--format", None, "format", form, f"one of {', '.join(FORMATS)}"))


def write(content: bytes, path: Path) -> None:
    """Write a file whole or not at all: an existing one is replaced only by a complete new one.

    Raises
    ------
    InputError
        When the folder cannot be made or written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(temporary).chmod(0o644)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(
            Fault(str(path), None, "file", path.name, f"a place that can be written ({reason})")
        ) from error
