"""Signing in and out, and one's own account: its password, its sessions."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import InputError
from hilum.language import told
from hilum.records import found
from hilum.store.accounts import LONGEST, SHORTEST
from hilum.store.audit import log
from hilum.store.tokens import MOST_DAYS
from hilum.web.answers import shown, to, trouble
from hilum.web.asking import WHY_GONE
from hilum.web.roles import GIVEN, Role, held_by

if TYPE_CHECKING:
    import datetime as dt

    from starlette.responses import Response

    from hilum.store.accounts import Account, Accounts
    from hilum.web.asking import Ask

SIGN_IN: Final = "/sign-in"
OWN: Final = "/account"
# Whoever must choose a password first may do nothing else.
CHANGING: Final = held_by(Role.MEMBER)
WRONG: Final = "Name, password or code is not right."
WRONG_OWN: Final = "Your password until now is not right."
WAIT: Final = "Too many tries: the next one is looked at in {seconds} seconds."
UNALIKE: Final = "The two new passwords are not the same."
TAKE_UP: Final = (
    "A second factor is asked of everybody here: take one up below, and the rooms are open again."
)
CHOOSE: Final = "Somebody else chose your password: choose another one first."
ROLE: Final = {str(role): role for role in Role}
# Words of the roles, and what each may do.
ROLES: Final = {
    "reader": "Reader: evidence, and syntheses and trial designs that others asked for",
    "reviewer": "Reviewer: also asks for syntheses and trial designs",
    "clinician": "Clinician: also patients",
    "admin": "Administrator: also accounts and the log",
}


def messages() -> set[str]:
    """Ids that stand in constants."""
    return {WRONG, WRONG_OWN, WAIT, UNALIKE, CHOOSE, TAKE_UP, *ROLES.values()}


def sign_in_page(ask: Ask) -> Response:
    """The form; who is signed in is not asked again."""
    if ask.desk.accounts is None:
        return _none(ask)
    return to("/") if ask.session is not None else shown(ask, "sign_in.html.j2", line="")


def sign_in(ask: Ask) -> Response:
    """Begin a session for whoever gives the name and password of an account.

    What is answered, and how soon, is the same for a wrong password and a name that nobody has.
    """
    accounts, name = ask.desk.accounts, ask.form.get("name").strip().lower()[:40]
    if accounts is None:
        return _none(ask)
    wait = waiting(ask, name)
    if wait is not None:
        return _wait_page(ask, wait)
    account = accounts.verified(name, ask.form.get("password"))
    known = accounts.find(name) is not None
    seconds = ask.desk.seconds
    if account is not None and seconds.asked_of(name):
        # A wrong code is answered as a wrong password.
        account = account if seconds.right(name, ask.form.get("code")) else None
    if account is None:
        # What was typed as a name that nobody has may be a password.
        log(accounts.engine, name if known else "", "sign_in_failed", about=ask.address)
        return shown(ask, "sign_in.html.j2", 403, line=ask.words(WRONG))
    ask.desk.throttle.succeeded(name, ask.address)
    log(accounts.engine, name, "signed_in", about=ask.address)
    return begun(ask, account)


def begun(ask: Ask, account: Account) -> Response:
    """A session under a new key; the one before is no longer good."""
    key, first = entered(ask, account)
    answer = to(OWN if first else "/")
    with_key(ask, answer, key)
    return answer


def entered(ask: Ask, account: Account) -> tuple[str, bool]:
    """The key of a new session in the place of this one, and whether something comes first."""
    sessions = ask.desk.sessions
    sessions.end(ask.key)
    first = account.must_change or ask.desk.seconds.lacks(account.name)
    roles = CHANGING if first else held_by(found(ROLE, account.role, "role"))
    return sessions.begin(account.name, roles, account.epoch), first


def with_key(ask: Ask, answer: Response, key: str) -> None:
    """Give the browser the key of its session."""
    answer.set_cookie(
        ask.desk.cookie,
        key,
        httponly=True,
        samesite="strict",
        path="/",
        secure=ask.desk.door.secure,
    )


def sign_out(ask: Ask) -> Response:
    """End this session; what the browser kept of it goes as well."""
    ask.desk.sessions.end(ask.key)
    if ask.desk.accounts is not None:
        log(ask.desk.accounts.engine, ask.who, "signed_out", about=ask.address)
    answer = to(SIGN_IN if ask.desk.accounts is not None else "/")
    answer.delete_cookie(ask.desk.cookie, path="/", httponly=True, samesite="strict",
                         secure=ask.desk.door.secure)  # fmt: skip
    answer.headers["clear-site-data"] = '"cache", "storage"'
    return answer


def own(ask: Ask) -> Response:
    """One's own account."""
    if ask.desk.accounts is None:
        return _none(ask)
    return own_page(ask, ask.desk.accounts)


def change_password(ask: Ask) -> Response:
    """Another password, by whoever knows the one until now; every other session ends."""
    accounts = ask.desk.accounts
    if accounts is None:
        return _none(ask)
    wait = waiting(ask, ask.who)
    if wait is not None:
        return own_page(ask, accounts, ask.words(WAIT, seconds=wait), status=429)
    if accounts.verified(ask.who, ask.form.get("password")) is None:
        log(accounts.engine, ask.who, "sign_in_failed", about=ask.address)
        return own_page(ask, accounts, ask.words(WRONG_OWN), status=403)
    ask.desk.throttle.succeeded(ask.who, ask.address)
    if ask.form.get("new") != ask.form.get("again"):
        return own_page(ask, accounts, ask.words(UNALIKE), status=422)
    try:
        accounts.give_password(ask.who, ask.form.get("new"), ask.who, lasting=True)
    except InputError as error:
        return own_page(ask, accounts, *told(error, ask.words).splitlines(), status=422)
    ask.desk.sessions.end_of(ask.who)
    return begun(ask, accounts.one(ask.who))


def sign_out_everywhere(ask: Ask) -> Response:
    """End every session of this account, on every machine."""
    if ask.desk.accounts is None:
        return _none(ask)
    ask.desk.accounts.end_sessions(ask.who, ask.who)
    ask.desk.sessions.end_of(ask.who)
    return sign_out(ask)


def own_page(ask: Ask, accounts: Accounts, *lines: str, status: int = 200) -> Response:
    """One's own account, with what is to be said above it."""
    account = accounts.one(ask.who)
    first = (ask.words(CHOOSE),) if account.must_change else ()
    first += (ask.words(TAKE_UP),) if ask.desk.seconds.lacks(account.name) else ()
    context: dict[str, Any] = {"least": SHORTEST, "most": LONGEST, "lines": (*first, *lines)}
    role = ask.words(found(ROLES, account.role, "role"))
    context |= {
        "second": ask.desk.seconds.asked_of(account.name),
        "left": ask.desk.seconds.left(account.name),
        "tokens": [
            {
                "key": one.token_id,
                "name": one.name,
                "role": one.role,
                "ends": _day(one.ends_at),
                "used": _day(one.used_at) if one.used_at else "",
            }
            for one in ask.desk.tokens.of(account.name)
        ],
        "may": [str(one) for one in GIVEN if one in ask.roles],
        "most_days": MOST_DAYS,
    }
    return shown(ask, "account.html.j2", status, role=role, must=account.must_change, **context)


def _day(when: dt.datetime) -> str:
    return when.astimezone().strftime("%Y-%m-%d")


def waiting(ask: Ask, name: str) -> int | None:
    """Seconds until the next try is looked at; none where it is this one."""
    wait = ask.desk.throttle.tried(name, ask.address)
    return ceil(wait) if wait else None


def _wait_page(ask: Ask, seconds: int) -> Response:
    """The form, with how long to wait."""
    answer = shown(ask, "sign_in.html.j2", 429, line=ask.words(WAIT, seconds=seconds))
    answer.headers["retry-after"] = str(seconds)
    return answer


def _none(ask: Ask) -> Response:
    """Where nobody signs in there is no such page."""
    return trouble(ask, 404, ask.words("Not there"), ask.words(WHY_GONE))
