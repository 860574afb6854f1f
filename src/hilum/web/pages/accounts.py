"""Accounts of everybody, for administrators: added, given a role or a password, taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.errors import HilumError, UnknownCode
from hilum.language import told
from hilum.records import found
from hilum.store.accounts import LONGEST, SHORTEST
from hilum.web.answers import shown, to
from hilum.web.pages.account import ROLES
from hilum.web.roles import GIVEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from hilum.store.accounts import Accounts
    from hilum.web.asking import Ask

HOME = "/accounts"


def listing(ask: Ask) -> Response:
    """Every account."""
    accounts = _accounts(ask)
    ask.desk.cases.seen(None, "accounts_seen", ask.who)
    return _shown(ask, accounts)


def add(ask: Ask) -> Response:
    """A new account; its password is to be changed at the first sign-in."""
    name, role = ask.form.get("name").strip().lower(), _role(ask)
    return _done(ask, lambda all_: all_.add(name, role, ask.form.get("password"), ask.who))


def give_role(ask: Ask) -> Response:
    """Another role; the account's sessions end."""
    name, role = ask.params["account"], _role(ask)
    return _done(ask, lambda all_: all_.give_role(name, role, ask.who))


def give_password(ask: Ask) -> Response:
    """Another password for somebody who has lost theirs, to be changed at the next sign-in."""
    name = ask.params["account"]
    return _done(ask, lambda all_: all_.give_password(name, ask.form.get("password"), ask.who))


def remove(ask: Ask) -> Response:
    """Take an account away; its sessions end."""
    return _done(ask, lambda all_: all_.remove(ask.params["account"], ask.who))


def _role(ask: Ask) -> str:
    return found({str(one): str(one) for one in GIVEN}, ask.form.get("role"), "role")


def _accounts(ask: Ask) -> Accounts:
    """The accounts.

    Raises
    ------
    UnknownCode
        Nobody signs in here.
    """
    if ask.desk.accounts is None:
        raise UnknownCode("page", HOME, ())
    return ask.desk.accounts


def _done(ask: Ask, what: Callable[[Accounts], None]) -> Response:
    """Do it; a fault is said above the accounts as they are."""
    accounts = _accounts(ask)
    try:
        what(accounts)
    except UnknownCode:
        raise
    except HilumError as error:
        return _shown(ask, accounts, *told(error, ask.words).splitlines(), status=422)
    return to(HOME)


def _shown(ask: Ask, accounts: Accounts, *lines: str, status: int = 200) -> Response:
    rows = [
        {
            "name": one.name,
            "role": one.role,
            "must": one.must_change,
            "second": ask.desk.seconds.asked_of(one.name),
            "changed": one.changed_at.astimezone().strftime("%Y-%m-%d"),
        }
        for one in accounts.listed()
    ]
    roles = [(code, ask.words(ROLES[code])) for code in GIVEN]
    return shown(ask, "accounts.html.j2", status, rows=rows, known=roles, lines=lines,
                 least=SHORTEST, most=LONGEST, demanded=ask.desk.seconds.demanded())  # fmt: skip
