"""Tables of answers into files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hilum.cli.drawing import missing_folder, say_made
from hilum.cli.writing import write
from hilum.errors import Fault, InputError, phrased
from hilum.rendering.pool_studies import WRITERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def write_table(path: Path, head: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write a table as its file's name says.

    Raises
    ------
    InputError
        Another kind of file.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        expected = phrased("a file name that ends in {known}", known=", ".join(WRITERS))
        raise InputError(Fault("--table", None, "table", path.name, expected))
    absent = missing_folder(path)
    write(writer(head, rows), path)
    say_made(absent)
