"""Accounts: who may sign in, as what, by which password; the only module that reads the table.

Passwords are kept as argon2id hashes (argon2-cffi's parameters: the second recommended ones of
RFC 9106, 2021) and compared as they were typed. A name that nobody has takes as long as a wrong
password.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from threading import Semaphore
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from hilum.errors import Fault, HilumError, InputError, UnknownCode, phrased
from hilum.store.audit import logged
from hilum.store.schema import ACCOUNTS, TOKENS
from hilum.store.second import dropped
from hilum.store.times import aware, now

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy import Connection

# Hospitals' own names, also addresses of mail; short enough for the log.
NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,39}")
# The log says these of nobody's account.
NOT_NAMES: Final = ("owner", "terminal", "hilum")
SHORTEST, LONGEST = 12, 128
# Guesses below which a password counts as known: what is on lists of stolen ones, and what is made
# from such words by the usual changes (Wheeler, USENIX Security 2016).
FEWEST_GUESSES: Final = 1e8
LOOKED_AT: Final = 72
# Each hash takes 64 MiB: so many at once.
AT_ONCE: Final = Semaphore(2)
ADMIN: Final = "admin"
TERMINAL: Final = "terminal"


class LastAdmin(HilumError):
    """Nobody could change accounts any more."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account without its password; ``epoch`` is that of the sessions that are good."""

    name: str
    role: str
    epoch: int
    must_change: bool
    made_at: dt.datetime
    changed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Accounts:
    """The accounts of one store."""

    engine: Engine

    def add(self, name: str, role: str, password: str, by: str, *, lasting: bool = False) -> None:
        """A new account.

        Parameters
        ----------
        name, role, password : str
            The role is one of the caller's.
        by : str
            Who adds it, for the log.
        lasting : bool
            The password is the person's own choice and need not be changed at the first sign-in.

        Raises
        ------
        InputError
            A name that cannot be one or is taken, or a password that is too easy.
        """
        if not NAME.fullmatch(name) or name in NOT_NAMES:
            wanted = "2 to 40 small letters, digits or . _ @ -, and none of hilum's own words"
            raise InputError(Fault("", None, "name", name[:40], wanted))
        checked_password(password, name)
        when = now()
        row = {"name": name, "role": role, "password": hashed(password), "epoch": 1}
        row |= {"must_change": not lasting, "made_at": when, "changed_at": when}
        try:
            with self.engine.begin() as connection:
                connection.execute(insert(ACCOUNTS).values(**row))
                logged(connection, by, "account_added", about=f"{name} {role}")
        except IntegrityError as error:
            raise InputError(Fault("", None, "name", name, "a name nobody has yet")) from error

    def listed(self) -> list[Account]:
        """Every account, by name."""
        with self.engine.connect() as connection:
            asked = select(ACCOUNTS).order_by(ACCOUNTS.c.name)
            return [_account(row) for row in connection.execute(asked)]

    def find(self, name: str) -> Account | None:
        """An account by its name."""
        with self.engine.connect() as connection:
            row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == name)).first()
        return None if row is None else _account(row)

    def one(self, name: str) -> Account:
        """An account by its name.

        Raises
        ------
        UnknownCode
            There is none.
        """
        found = self.find(name)
        if found is None:
            raise UnknownCode("account", name, ())
        return found

    def verified(self, name: str, password: str) -> Account | None:
        """The account whose password this is; nothing where there is none, after the same time."""
        with self.engine.connect() as connection:
            row = connection.execute(select(ACCOUNTS).where(ACCOUNTS.c.name == name)).first()
        known = _nobodys() if row is None else str(row.password)
        right = _matches(known, password[: LONGEST + 1])
        if row is None or not right:
            return None
        if _hasher().check_needs_rehash(known):
            with self.engine.begin() as connection:
                _set(connection, name, password=hashed(password))
        return _account(row)

    def give_role(self, name: str, role: str, by: str) -> None:
        """Give another role; sessions that are open end."""
        with self.engine.begin() as connection:
            self._there(connection, name)
            _set(connection, name, role=role, epoch=ACCOUNTS.c.epoch + 1)
            self._still_led(connection)
            logged(connection, by, "account_role", about=f"{name} {role}")

    def give_password(self, name: str, password: str, by: str, *, lasting: bool = False) -> None:
        """Set another password; sessions that are open end.

        Raises
        ------
        InputError
            It is too easy.
        UnknownCode
            There is no such account.
        """
        checked_password(password, name)
        made = hashed(password)
        with self.engine.begin() as connection:
            self._there(connection, name)
            _set(connection, name, password=made, epoch=ACCOUNTS.c.epoch + 1,
                 must_change=not lasting, changed_at=now())  # fmt: skip
            # Whoever knew the old one may have made them.
            connection.execute(delete(TOKENS).where(TOKENS.c.account == name))
            logged(connection, by, "account_password", about=name)

    def end_sessions(self, name: str, by: str) -> None:
        """End every session of an account."""
        with self.engine.begin() as connection:
            self._there(connection, name)
            _set(connection, name, epoch=ACCOUNTS.c.epoch + 1)
            logged(connection, by, "signed_out_everywhere", about=name)

    def remove(self, name: str, by: str) -> None:
        """Take an account away; the log keeps its name."""
        with self.engine.begin() as connection:
            self._there(connection, name)
            connection.execute(delete(ACCOUNTS).where(ACCOUNTS.c.name == name))
            connection.execute(delete(TOKENS).where(TOKENS.c.account == name))
            dropped(connection, name)
            self._still_led(connection)
            logged(connection, by, "account_removed", about=name)

    def _there(self, connection: Connection, name: str) -> None:
        row = connection.execute(select(ACCOUNTS.c.name).where(ACCOUNTS.c.name == name)).first()
        if row is None:
            raise UnknownCode("account", name, ())

    def _still_led(self, connection: Connection) -> None:
        """Refuse what would leave accounts and none that may change them."""
        asked = select(func.count()).select_from(ACCOUNTS)
        admins = connection.execute(asked.where(ACCOUNTS.c.role == ADMIN)).scalar()
        if not admins and connection.execute(asked).scalar():
            raise LastAdmin("this is the last account that may change accounts: give another first")


def checked_password(password: str, *about: str) -> None:
    """Refuse a password that is short, or that somebody would guess.

    No kinds of characters are asked for, and no change after some time.

    Raises
    ------
    InputError
        With what is wrong, and nothing of the password.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        wanted = phrased("{least} to {most} characters", least=SHORTEST, most=LONGEST)
        raise InputError(Fault("", None, "password", "", wanted))
    from zxcvbn import zxcvbn

    words = [one for text in (*about, "hilum") for one in (text, *re.split(r"[._@-]", text)) if one]
    if zxcvbn(password[:LOOKED_AT], words)["guesses"] < FEWEST_GUESSES:
        wanted = (
            "a password that is not easily guessed: this one is on lists of stolen ones, or made "
            "from such words; a few words that do not belong together are good"
        )
        raise InputError(Fault("", None, "password", "", wanted))


def hashed(password: str) -> str:
    """An argon2id hash with its parameters and salt."""
    with AT_ONCE:
        return _hasher().hash(password)


def _matches(known: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        with AT_ONCE:
            return _hasher().verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> Any:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    """What the password of a name that nobody has is compared with."""
    from secrets import token_urlsafe

    return hashed(token_urlsafe())


def _set(connection: Connection, name: str, **values: Any) -> None:
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.name == name).values(**values))


def _account(row: Any) -> Account:
    return Account(row.name, row.role, int(row.epoch), bool(row.must_change),
                   aware(row.made_at), aware(row.changed_at))  # fmt: skip
