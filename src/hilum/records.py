"""Records found by their code: a dispatch is a look-up, never a chain that ends in a guess.

A table of records is a plain dict from code to record. Adding a variant is adding a record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from hilum.errors import UnknownCode, phrased

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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


def nearest(said: str, known: Iterable[str], most: int = 1, least: float = 0.6) -> str:
    """A hint at the names that are like the one said, to stand behind a list; empty for none."""
    from difflib import get_close_matches  # seldom needed

    near = get_close_matches(said, list(known), most, least)
    return phrased("; nearest: {nearest}", nearest=", ".join(map(repr, near))) if near else ""
