"""A file as a stream in memory, which gives no more than it has."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from hilum.patient.liver.layers import MAX_BYTES
from hilum.tabular.encoding import read_bytes

if TYPE_CHECKING:
    from pathlib import Path


def in_memory(path: Path) -> BytesIO:
    """The content of a file of at most 2 GB.

    A reader that asks a file for as many bytes as a damaged header says makes room for them first;
    here it gets those that there are.

    Raises
    ------
    InputError
        A file that cannot be read or is larger.
    """
    return BytesIO(read_bytes(path, MAX_BYTES))
