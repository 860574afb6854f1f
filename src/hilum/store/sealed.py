"""What is kept encrypted: AES-GCM over the content of a row or a file, bound to where it stands.

A sealed value opens under its own context alone - table, column and the key of its row, or the
number of a file - so that one row's content cannot be put in the place of another's. A store
without a key keeps plain text; with a key, plain text is refused as well as what was changed.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hilum.errors import HilumError

if TYPE_CHECKING:
    from collections.abc import Mapping

Context = tuple[str | int, ...]
MARK: Final = b"hilum-sealed-1:"
NONCE, NUMBER, KEY = 12, 4, 32


class Spoilt(HilumError):
    """What is kept was changed or moved, or is of another key: it does not open."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A column that is sealed, and the columns that say which row it stands in.

    ``but`` are keys of rows that hold a code of hilum's own and stay as they are.
    """

    table: str
    column: str
    key: tuple[str, ...]
    but: frozenset[tuple[str | int, ...]] = frozenset()

    def context(self, *row: str | int) -> Context:
        """What binds the content of one row to it."""
        return (self.table, self.column, *row)


STATE: Final = Cell("case_states", "content", ("case_id", "number"))
DRAFT: Final = Cell("case_drafts", "content", ("case_id",))
BACK: Final = Cell("case_put_back", "content", ("case_id",))
SECOND: Final = Cell("second_factors", "secret", ("account",))
BOARD: Final = Cell("boards", "title", ("id",), frozenset({("list",)}))
ANSWER: Final = Cell("answers", "content", ("key",))
JOB_ASKED: Final = Cell("jobs", "asked", ("id",))
JOB_ERROR: Final = Cell("jobs", "error", ("id",))
STEP: Final = Cell("board_steps", "content", ("board_id", "number"))
FORM: Final = Cell("form_drafts", "content", ("who", "form"))
CELLS: Final = (STATE, DRAFT, BACK, BOARD, ANSWER, JOB_ASKED, JOB_ERROR, STEP, FORM, SECOND)
"""Every sealed column: one row here makes a column part of sealing and of changing the key."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """What seals and opens, by the keys of one store; none of them: all stays plain.

    Parameters
    ----------
    keys : mapping of int to bytes
        By number; the highest seals, earlier ones open what was sealed before.

    Examples
    --------
    >>> plain = Sealing()
    >>> plain.unseal(plain.seal(b"x", ("answers", "1")), ("answers", "1"))
    b'x'
    """

    keys: Mapping[int, bytes] = field(default_factory=dict[int, bytes], repr=False)

    def __bool__(self) -> bool:
        return bool(self.keys)

    @property
    def number(self) -> int:
        """Of the key that seals."""
        return max(self.keys, default=0)

    def seal(self, data: bytes, context: Context) -> bytes:
        """Encrypt bytes for the place that the context names; as they are without a key."""
        if not self.keys:
            return data
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        number, nonce = self.number, os.urandom(NONCE)
        sealed = AESGCM(self.keys[number]).encrypt(nonce, data, _bound(context))
        return MARK + number.to_bytes(NUMBER) + nonce + sealed

    def unseal(self, data: bytes, context: Context) -> bytes:
        """The bytes again.

        Raises
        ------
        Spoilt
            They were changed, stood elsewhere, or are of another key; or plain where all is sealed.
        """
        if not self.keys:
            if data.startswith(MARK):
                raise _spoilt()
            return data
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        start = len(MARK) + NUMBER
        key = self.keys.get(int.from_bytes(data[len(MARK) : start]))
        if not data.startswith(MARK) or key is None:
            raise _spoilt()
        nonce, sealed = data[start : start + NONCE], data[start + NONCE :]
        try:
            return AESGCM(key).decrypt(nonce, sealed, _bound(context))
        except (InvalidTag, ValueError) as error:
            raise _spoilt() from error

    def close(self, text: str, context: Context) -> str:
        """Seal a text for a text column; as it is without a key."""
        if not self.keys:
            return text
        return b64encode(self.seal(text.encode(), context)).decode()

    def open(self, text: str, context: Context) -> str:
        """The text again; see :meth:`unseal`."""
        if not self.keys:
            if text.startswith(MARKED):
                raise _spoilt()
            return text
        try:
            return self.unseal(b64decode(text, validate=True), context).decode()
        except ValueError as error:
            raise _spoilt() from error


# The mark as a text column holds it: whole groups of three bytes keep their letters.
MARKED: Final = b64encode(MARK).decode()
PLAIN: Final = Sealing()


def _bound(context: Context) -> bytes:
    return json.dumps(context).encode()


def _spoilt() -> Spoilt:
    return Spoilt("what is kept here does not open: it was changed or moved, or has another key")
