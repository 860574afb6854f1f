"""Records found by their code: a dispatch is a look-up, never a chain that ends in a guess.

A table of records is a plain dict from code to record. Adding a variant is adding a record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hilum.errors import UnknownCode

if TYPE_CHECKING:
    from collections.abc import Mapping

Record = TypeVar("Record")


def found(table: Mapping[str, Record], code: str, name: str) -> Record:
    """The record of a code; ``name`` says of what, for the message.

    Raises
    ------
    UnknownCode
        With the known codes.
    """
    if code not in table:
        raise UnknownCode(name, code, tuple(table))
    return table[code]
