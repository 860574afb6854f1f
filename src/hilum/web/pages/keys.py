"""What an account comes in with besides its password: a second factor, tokens of programs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hilum.errors import InputError, UnknownCode
from hilum.language import told
from hilum.records import found
from hilum.store.audit import log
from hilum.store.second import address_of
from hilum.web.answers import shown, to, trouble
from hilum.web.asking import whole_number
from hilum.web.pages.account import OWN, WAIT, WRONG_OWN, entered, own_page, waiting, with_key
from hilum.web.roles import GIVEN

if TYPE_CHECKING:
    from starlette.responses import Response

    from hilum.store.accounts import Accounts
    from hilum.web.asking import Ask

WRONG_CODE: Final = "This code is not right: the clock of the phone must be."

DEMANDED: Final = "It is asked of everybody here: an administrator decides."
YOURS_FIRST: Final = "Take up a second factor of your own first: else nobody could come in."


def messages() -> set[str]:
    """Ids that stand in constants."""
    return {WRONG_CODE, DEMANDED, YOURS_FIRST}


def add_token(ask: Ask) -> Response:
    """A new token, shown once."""
    accounts = _accounts(ask)
    role = found({str(one): one for one in GIVEN if one in ask.roles}, ask.form.get("role"), "role")
    try:
        secret = ask.desk.tokens.add(
            accounts.one(ask.who).name, ask.form.get("name").strip(), str(role),
            whole_number(ask.form.get("days").strip()) or 0,
        )  # fmt: skip
    except InputError as error:
        return own_page(ask, accounts, *told(error, ask.words).splitlines(), status=422)
    return shown(ask, "keys.html.j2", head=ask.words("The token"), codes=[secret], link="",
                 confirm=False, line="")  # fmt: skip


def revoke_token(ask: Ask) -> Response:
    """End a token."""
    _accounts(ask)
    ask.desk.tokens.revoke(ask.params["token"], ask.who)
    return to(OWN)


def begin_second(ask: Ask) -> Response:
    """A secret for a phone, and the field for its first code."""
    accounts = _accounts(ask)
    if not _known(ask, accounts):
        return own_page(ask, accounts, ask.words(WRONG_OWN), status=403)
    if ask.desk.seconds.asked_of(ask.who):
        return to(OWN)
    return _to_confirm(ask, ask.desk.seconds.begin(ask.who))


def confirm_second(ask: Ask) -> Response:
    """The first code: from now on one is asked for. The recovery codes are shown once."""
    accounts = _accounts(ask)
    wait = waiting(ask, ask.who)
    if wait is not None:
        return own_page(ask, accounts, ask.words(WAIT, seconds=wait), status=429)
    codes = ask.desk.seconds.confirm(ask.who, "".join(ask.form.get("code").split()))
    if codes is None:
        return own_page(ask, accounts, ask.words(WRONG_CODE), status=403)
    ask.desk.throttle.succeeded(ask.who, ask.address)
    # Whoever had to take one up first comes in now, under a new key.
    key, _ = entered(ask, accounts.one(ask.who))
    answer = shown(replace(ask, session=ask.desk.sessions.of(key), key=key), "keys.html.j2",
                   head=ask.words("Recovery codes"), codes=codes, link="", confirm=False,
                   line="")  # fmt: skip
    with_key(ask, answer, key)
    return answer


def remove_second(ask: Ask) -> Response:
    """Ask for no code any more, where the password is right."""
    accounts = _accounts(ask)
    if not _known(ask, accounts):
        return own_page(ask, accounts, ask.words(WRONG_OWN), status=403)
    if ask.desk.seconds.demanded():
        return own_page(ask, accounts, ask.words(DEMANDED), status=403)
    ask.desk.seconds.remove(ask.who, ask.who)
    return to(OWN)


def demand_second(ask: Ask) -> Response:
    """Demand a second factor of everybody, or of nobody any more; who lacks it comes in anew."""
    accounts = _accounts(ask)
    of_all = ask.form.get("to") == "all"
    if of_all and not ask.desk.seconds.asked_of(ask.who):
        return trouble(ask, 422, ask.words("This was not done"), ask.words(YOURS_FIRST),
                       back="/account")  # fmt: skip
    ask.desk.seconds.demand(ask.who, of_all=of_all)
    if of_all:
        for account in accounts.listed():
            if not ask.desk.seconds.asked_of(account.name):
                accounts.end_sessions(account.name, ask.who)
    return to("/accounts")


def take_second(ask: Ask) -> Response:
    """An administrator takes the second factor of somebody who has lost it; sessions end."""
    accounts = _accounts(ask)
    account = accounts.one(ask.params["account"])
    ask.desk.seconds.remove(account.name, ask.who)
    accounts.end_sessions(account.name, ask.who)
    return to("/accounts")


def _to_confirm(ask: Ask, secret: str) -> Response:
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return shown(ask, "keys.html.j2", head=ask.words("A second factor"), codes=[groups],
                 link=address_of(ask.who, secret), confirm=True, line="")  # fmt: skip


def _known(ask: Ask, accounts: Accounts) -> bool:
    """Whether the password that was given with it is right; a wrong one counts as a try."""
    if waiting(ask, ask.who) is not None:
        return False
    if accounts.verified(ask.who, ask.form.get("password")) is None:
        log(accounts.engine, ask.who, "sign_in_failed", about=ask.address)
        return False
    ask.desk.throttle.succeeded(ask.who, ask.address)
    return True


def _accounts(ask: Ask) -> Accounts:
    if ask.desk.accounts is None:
        raise UnknownCode("page", OWN, ())
    return ask.desk.accounts
