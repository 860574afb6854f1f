"""The key of a store: where it comes from, what it opens, how a store is told that it has one.

What a person holds - a key of 32 bytes, or a passphrase - opens the store's own keys, which seal
what is in it. The store keeps them wrapped, in a row each; nothing of what a person holds.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Engine, insert, select

from hilum.errors import Fault, InputError
from hilum.records import found
from hilum.store.schema import METADATA, SEALS
from hilum.store.sealed import CELLS, KEY, PLAIN, Sealing, Spoilt
from hilum.store.times import now

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from sqlalchemy import Connection

VARIABLE, SAID = "HILUM_KEY", "HILUM_PASSPHRASE"
SALT, LEAST = 16, 12
WANTED: Final = "32 bytes in base64 or hexadecimal, as hilum serve new-key writes them"


@dataclass(frozen=True, slots=True)
class Given:
    """What a person holds, and how the store's keys are wrapped by it: ``key``, ``passphrase``."""

    kind: str
    secret: bytes = field(repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """What tells it to a process of one's own; no list of programs shows it."""
        if self.kind == "key":
            return {VARIABLE: b64encode(self.secret).decode()}
        return {SAID: self.secret.decode()}


def _by_key(secret: bytes, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY, salt, b"hilum store").derive(secret)


def _by_passphrase(secret: bytes, salt: bytes) -> bytes:
    """Argon2id with the second recommended parameters of RFC 9106 (2021), section 4."""
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(
        secret, salt, time_cost=3, memory_cost=65_536, parallelism=4, hash_len=KEY, type=Type.ID
    )


KINDS: Final[dict[str, Callable[[bytes, bytes], bytes]]] = {
    "key": _by_key,
    "passphrase": _by_passphrase,
}


def given_key(file: Path | None = None, environ: Mapping[str, str] | None = None) -> Given | None:
    """The key of a file, else of ``HILUM_KEY``, else the passphrase ``HILUM_PASSPHRASE``.

    Raises
    ------
    InputError
        It is no key, or cannot be read.
    """
    known = os.environ if environ is None else environ
    if file is not None:
        try:
            return Given("key", _decoded(file.read_bytes(), "--key-file"))
        except OSError as error:
            wanted = "a file that can be read"
            raise InputError(Fault("--key-file", None, "key", file.name, wanted)) from error
    if known.get(VARIABLE):
        return Given("key", _decoded(known[VARIABLE].encode(), VARIABLE))
    return passphrase(known[SAID]) if known.get(SAID) else None


def passphrase(said: str) -> Given:
    """A passphrase as what opens a store."""
    if len(said) < LEAST:
        raise InputError(Fault(SAID, None, "passphrase", "", "at least 12 characters"))
    return Given("passphrase", said.encode())


def new_key() -> str:
    """A key for a file."""
    return b64encode(os.urandom(KEY)).decode()


def _decoded(said: bytes, where: str) -> bytes:
    """32 bytes; what was said instead is never repeated."""
    text = said.strip()
    try:
        made = bytes.fromhex(text.decode()) if len(text) == 2 * KEY else b64decode(text, None, True)
    except (ValueError, NotBase64):
        made = said if len(said) == KEY else b""
    if len(made) != KEY:
        raise InputError(Fault(where, None, "key", "", WANTED))
    return made


def unlocked(engine: Engine, given: Given | None, *, fresh: bool = True) -> Sealing:
    """What seals and opens the content of a store.

    A store in which nothing is kept yet is sealed from now on by the key that is given.

    Parameters
    ----------
    engine : Engine
        The store.
    given : Given, optional
        What the person holds.
    fresh : bool
        Whether nothing lies beside the store either.

    Raises
    ------
    InputError
        The store needs a key and has none, or another one; or it is not sealed.
    """
    with engine.begin() as connection:
        rows = connection.execute(select(SEALS).order_by(SEALS.c.number)).all()
        if not rows and given is None:
            return PLAIN
        if given is None:
            wanted = (
                "the key of this store, which is encrypted: --key-file, HILUM_KEY or "
                "HILUM_PASSPHRASE"
            )
            raise InputError(Fault("--key-file", None, "key", "", wanted))
        if rows:
            return Sealing({int(row.number): _unwrapped(row, given) for row in rows})
        if not fresh or _holds(connection):
            wanted = (
                "no key: this store is not encrypted yet; hilum serve rekey encrypts what is in it"
            )
            raise InputError(Fault("--key-file", None, "key", "", wanted))
        return Sealing({1: added(connection, given, 1)})


def added(connection: Connection, given: Given, number: int) -> bytes:
    """A new key of the store, wrapped and kept."""
    made = os.urandom(KEY)
    wrap(connection, given, {number: made})
    return made


def wrap(connection: Connection, given: Given, keys: Mapping[int, bytes]) -> None:
    """Keep keys of the store, wrapped by what the person holds."""
    for number, key in keys.items():
        salt = os.urandom(SALT)
        by = Sealing({1: found(KINDS, given.kind, "kind")(given.secret, salt)})
        wrapped = by.close(b64encode(key).decode(), ("seals", number, given.kind))
        row = {"number": number, "made_at": now(), "kind": given.kind}
        row |= {"salt": b64encode(salt).decode(), "wrapped": wrapped}
        connection.execute(insert(SEALS).values(**row))


def _unwrapped(row: Any, given: Given) -> bytes:
    wrong = InputError(
        Fault("--key-file", None, "key", "", "the key of this store: this one does not open it")
    )
    if row.kind != given.kind:
        raise wrong
    by = Sealing({1: found(KINDS, given.kind, "kind")(given.secret, b64decode(row.salt))})
    try:
        return b64decode(by.open(str(row.wrapped), ("seals", int(row.number), given.kind)))
    except Spoilt as error:
        raise wrong from error


def _holds(connection: Connection) -> bool:
    """Whether any column that would be sealed has content."""
    for cell in CELLS:
        table = METADATA.tables[cell.table]
        asked = select(*(table.c[name] for name in cell.key)).limit(len(cell.but) + 1)
        if any(tuple(row) not in cell.but for row in connection.execute(asked)):
            return True
    return False
