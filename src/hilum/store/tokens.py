"""What programs come in with: tokens of an account, of no more than its role, that end.

A token is 256 random bits, shown once; its SHA-256 is kept, since nobody guesses it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, insert, select, update

from hilum.errors import Fault, InputError, UnknownCode, phrased
from hilum.store.audit import logged
from hilum.store.schema import TOKENS
from hilum.store.times import aware, now

if TYPE_CHECKING:
    from sqlalchemy import Engine

MARK: Final = "hilum_"
BYTES: Final = 32
# What a header may hold of one.
LONGEST: Final = 100
MOST_NAME, MOST_DAYS, MOST = 40, 366, 20
# The log has a line where a token is used, and no more than one in this time.
NOTED: Final = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its secret."""

    token_id: str
    account: str
    name: str
    role: str
    made_at: dt.datetime
    ends_at: dt.datetime
    used_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one store."""

    engine: Engine

    def add(self, account: str, name: str, role: str, days: int) -> str:
        """A new token of an account; what is returned is shown once, and kept nowhere.

        Raises
        ------
        InputError
            No name, days beyond a year, or too many tokens.
        """
        faults: list[Fault] = []
        if not (0 < len(name) <= MOST_NAME and name.isprintable()):
            expected = phrased("1 to {most} characters", most=MOST_NAME)
            faults.append(Fault("", None, "name", name[:MOST_NAME], expected))
        if not 1 <= days <= MOST_DAYS:
            expected = phrased("1 to {most} days", most=MOST_DAYS)
            faults.append(Fault("", None, "days", str(days), expected))
        if faults:
            raise InputError(*faults)
        secret, when = MARK + secrets.token_urlsafe(BYTES), now()
        row = {"id": uuid.uuid4().hex, "account": account, "name": name, "role": role,
               "hash": _hash(secret), "made_at": when, "used_at": None,
               "ends_at": when + dt.timedelta(days=days)}  # fmt: skip
        with self.engine.begin() as connection:
            mine = TOKENS.c.account == account
            connection.execute(delete(TOKENS).where(mine, TOKENS.c.ends_at <= when))
            count = connection.execute(select(func.count()).select_from(TOKENS).where(mine))
            if (count.scalar() or 0) >= MOST:
                expected = phrased("at most {most} tokens of an account", most=MOST)
                raise InputError(Fault("", None, "token", str(MOST), expected))
            connection.execute(insert(TOKENS).values(**row))
            logged(connection, account, "token_added", about=f"{row['id']} {role}")
        return secret

    def of(self, account: str) -> list[Token]:
        """The tokens of an account, the last first."""
        asked = select(TOKENS).where(TOKENS.c.account == account)
        with self.engine.connect() as connection:
            found = connection.execute(asked.order_by(TOKENS.c.made_at.desc()))
            return [_token(row) for row in found]

    def find(self, secret: str) -> Token | None:
        """The token of a secret, which is used now; nothing where there is none, or it has ended.

        It is looked for by its hash: how long that takes tells nothing of what is kept.
        """
        if not secret.startswith(MARK) or len(secret) > LONGEST:
            return None
        with self.engine.connect() as connection:
            asked = select(TOKENS).where(TOKENS.c.hash == _hash(secret))
            row = connection.execute(asked).first()
        when = now()
        if row is None or aware(row.ends_at) <= when:
            return None
        found = _token(row)
        if found.used_at is None or when - found.used_at >= NOTED:
            with self.engine.begin() as connection:
                mine = update(TOKENS).where(TOKENS.c.id == found.token_id)
                connection.execute(mine.values(used_at=when))
                logged(connection, found.account, "token_used", about=found.token_id)
        return found

    def revoke(self, token_id: str, account: str) -> None:
        """End a token of an account.

        Raises
        ------
        UnknownCode
            It has none such.
        """
        mine = (TOKENS.c.id == token_id) & (TOKENS.c.account == account)
        with self.engine.begin() as connection:
            if not connection.execute(delete(TOKENS).where(mine)).rowcount:
                raise UnknownCode("token", token_id, ())
            logged(connection, account, "token_revoked", about=token_id)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _token(row: Any) -> Token:
    used = None if row.used_at is None else aware(row.used_at)
    return Token(row.id, row.account, row.name, row.role, aware(row.made_at),
                 aware(row.ends_at), used)  # fmt: skip
