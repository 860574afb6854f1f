"""A second factor: one-time codes by the clock (RFC 6238), and codes for whoever lost theirs.

A code is good in its own half minute and the one before and after, and never twice. The secret is
sealed where the store has a key; recovery codes are 120 random bits, of which the hash is kept.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from sqlalchemy import delete, insert, select, update

from hilum.store.audit import logged
from hilum.store.schema import RECOVERY_CODES, SECOND_FACTORS, SETTLED
from hilum.store.sealed import PLAIN, SECOND, Sealing
from hilum.store.times import now

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

STEP, DIGITS, BYTES = 30, 6, 20
# Clocks differ: so many steps before and after.
DRIFT: Final = 1
CODES, CODE_BYTES, GROUP = 10, 15, 4
DEMANDED: Final = "second_factor"
BLANKS = re.compile(r"[\s-]+")


def one_time(secret: bytes, step: int, digits: int = DIGITS) -> str:
    """The code of a step of time (RFC 4226, 5.3, with SHA-1 as every programme for phones has)."""
    whole = hmac.digest(secret, step.to_bytes(8), "sha1")
    at = whole[-1] & 15
    number = int.from_bytes(whole[at : at + 4]) & 0x7FFFFFFF
    return f"{number % 10**digits:0{digits}}"


@dataclass(frozen=True, slots=True)
class SecondFactors:
    """The second factors of one store."""

    engine: Engine
    sealing: Sealing = PLAIN

    def asked_of(self, account: str) -> bool:
        """Whether an account signs in with a code as well."""
        asked = select(SECOND_FACTORS.c.confirmed_at).where(SECOND_FACTORS.c.account == account)
        with self.engine.connect() as connection:
            return connection.execute(asked).scalar() is not None

    def demanded(self) -> bool:
        """Whether everybody has to have a second factor."""
        asked = select(SETTLED.c.value).where(SETTLED.c.name == DEMANDED)
        with self.engine.connect() as connection:
            return connection.execute(asked).scalar() is not None

    def demand(self, by: str, *, of_all: bool) -> None:
        """Demand a second factor of everybody, or of nobody any more."""
        with self.engine.begin() as connection:
            connection.execute(delete(SETTLED).where(SETTLED.c.name == DEMANDED))
            if of_all:
                connection.execute(insert(SETTLED).values(name=DEMANDED, value="all"))
            logged(connection, by, "second_demanded" if of_all else "second_free")

    def lacks(self, account: str) -> bool:
        """Whether one is demanded of an account that has none."""
        return self.demanded() and not self.asked_of(account)

    def begin(self, account: str) -> str:
        """A new secret, as it is typed or scanned; it counts once a code of it was given."""
        secret = base64.b32encode(secrets.token_bytes(BYTES)).decode("ascii")
        sealed = self.sealing.close(secret, SECOND.context(account))
        row = {"account": account, "secret": sealed, "made_at": now(), "step": 0}
        with self.engine.begin() as connection:
            mine = SECOND_FACTORS.c.account == account
            waiting = delete(SECOND_FACTORS).where(mine, SECOND_FACTORS.c.confirmed_at.is_(None))
            connection.execute(waiting)
            there = connection.execute(select(SECOND_FACTORS.c.account).where(mine)).first()
            if there is None:
                connection.execute(insert(SECOND_FACTORS).values(**row, confirmed_at=None))
        return secret

    def confirm(self, account: str, code: str) -> tuple[str, ...] | None:
        """The recovery codes, shown once, where the code is right; else nothing."""
        if self.asked_of(account) or not self._counted(account, code):
            return None
        made = tuple(_recovery() for _ in range(CODES))
        with self.engine.begin() as connection:
            mine = update(SECOND_FACTORS).where(SECOND_FACTORS.c.account == account)
            connection.execute(mine.values(confirmed_at=now()))
            connection.execute(delete(RECOVERY_CODES).where(RECOVERY_CODES.c.account == account))
            rows = [{"account": account, "hash": _hash(one)} for one in made]
            connection.execute(insert(RECOVERY_CODES), rows)
            logged(connection, account, "second_added", about=account)
        return made

    def right(self, account: str, code: str) -> bool:
        """Whether a code, or a recovery code, is good now; it is no longer good afterwards."""
        plain = BLANKS.sub("", code)[:64]
        if len(plain) == DIGITS:
            return self._counted(account, plain)
        mine = (RECOVERY_CODES.c.account == account) & (RECOVERY_CODES.c.hash == _hash(plain))
        with self.engine.begin() as connection:
            if not connection.execute(delete(RECOVERY_CODES).where(mine)).rowcount:
                return False
            logged(connection, account, "recovery_used", about=account)
        return True

    def left(self, account: str) -> int:
        """Recovery codes that were not used."""
        asked = select(RECOVERY_CODES.c.hash).where(RECOVERY_CODES.c.account == account)
        with self.engine.connect() as connection:
            return len(connection.execute(asked).all())

    def remove(self, account: str, by: str) -> None:
        """Ask for no code any more."""
        with self.engine.begin() as connection:
            if dropped(connection, account):
                logged(connection, by, "second_removed", about=account)

    def _counted(self, account: str, code: str) -> bool:
        """Whether a code is one of now; of two who give the same one, one is let in."""
        mine = SECOND_FACTORS.c.account == account
        with self.engine.connect() as connection:
            row = connection.execute(select(SECOND_FACTORS).where(mine)).first()
        if row is None:
            return False
        secret = base64.b32decode(self.sealing.open(row.secret, SECOND.context(account)))
        this = int(now().timestamp()) // STEP
        good = [one for one in range(this - DRIFT, this + DRIFT + 1)
                if hmac.compare_digest(one_time(secret, one), code)]  # fmt: skip
        if not good:
            return False
        later = update(SECOND_FACTORS).where(mine, SECOND_FACTORS.c.step < good[-1])
        with self.engine.begin() as connection:
            return bool(connection.execute(later.values(step=good[-1])).rowcount)


def dropped(connection: Connection, account: str) -> bool:
    """Take a second factor away, as part of a transaction; whether there was one."""
    connection.execute(delete(RECOVERY_CODES).where(RECOVERY_CODES.c.account == account))
    mine = delete(SECOND_FACTORS).where(SECOND_FACTORS.c.account == account)
    return bool(connection.execute(mine).rowcount)


def address_of(account: str, secret: str) -> str:
    """What a programme for phones takes the secret from."""
    return f"otpauth://totp/hilum:{quote(account)}?secret={secret}&issuer=hilum"


def _recovery() -> str:
    text = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode("ascii").lower()
    return "-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def _hash(code: str) -> str:
    return hashlib.sha256(BLANKS.sub("", code).lower().encode()).hexdigest()
