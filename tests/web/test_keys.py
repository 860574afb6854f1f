"""A second factor by the clock, recovery codes, and tokens of programs."""

import base64
import datetime as dt
import re

import pytest

from hilum.errors import InputError
from hilum.store.second import CODES, STEP, SecondFactors, one_time
from hilum.store.tokens import MOST, MOST_DAYS
from tests.web.conftest import ORIGIN
from tests.web.test_accounts import (  # noqa: F401
    GOOD,
    OTHER,
    browser,
    come_in,
    house,
    lines,
    sign_in,
    staff,
)

SIMON = {"p0": 0.1, "p1": 0.3}


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"), (1111111109, "07081804"), (1111111111, "14050471"),
        (1234567890, "89005924"), (2000000000, "69279037"), (20000000000, "65353130"),
    ],
)  # fmt: skip
def test_codes_are_those_of_rfc_6238(seconds, code):
    """Appendix B of M'Raihi et al., RFC 6238 (2011), the rows of SHA-1."""
    assert one_time(b"12345678901234567890", seconds // STEP, 8) == code


@pytest.fixture
def at(monkeypatch):
    """The clock of the codes."""
    clock = [dt.datetime(2026, 11, 28, 12, 0, 10, tzinfo=dt.UTC)]
    monkeypatch.setattr("hilum.store.second.now", lambda: clock[0])
    return clock


def code_of(secret, clock, steps=0):
    return one_time(base64.b32decode(secret), int(clock[0].timestamp()) // STEP + steps)


def test_a_code_is_good_in_its_time_and_once(house, at):  # noqa: F811
    seconds = SecondFactors(house.cases.engine)
    secret = seconds.begin("clin")
    assert not seconds.asked_of("clin"), "until a code of it was given"
    assert seconds.confirm("clin", "000000") is None
    recovery = seconds.confirm("clin", code_of(secret, at))
    assert len(set(recovery)) == CODES
    assert seconds.asked_of("clin")
    assert not seconds.right("clin", code_of(secret, at)), "it was used"
    # On each side of what is good: one step before and after, and no more.
    at[0] += dt.timedelta(minutes=10)
    assert not seconds.right("clin", code_of(secret, at, -2))
    assert not seconds.right("clin", code_of(secret, at, 2))
    assert seconds.right("clin", code_of(secret, at, -1))
    assert seconds.right("clin", code_of(secret, at, 1))
    assert not seconds.right("clin", code_of(secret, at)), "later ones were taken"
    assert not seconds.right("clin", "")
    assert not seconds.right("rea", code_of(secret, at)), "another's"
    assert seconds.right("clin", f" {recovery[0].upper()} ")
    assert not seconds.right("clin", recovery[0])
    assert seconds.left("clin") == CODES - 1
    # A new secret is not begun over one that counts.
    seconds.begin("clin")
    at[0] += dt.timedelta(minutes=10)
    assert seconds.right("clin", code_of(secret, at))
    house.accounts.remove("clin", "boss")
    assert not seconds.asked_of("clin")
    assert seconds.left("clin") == 0


def test_signing_in_with_a_code(house, at):  # noqa: F811
    with browser(house) as client:
        mine = come_in(house, client, "clin")
        sent = {"csrf": mine.csrf}
        wrong = client.post("/account/second", data={**sent, "password": OTHER}, headers=ORIGIN)
        assert wrong.status_code == 403
        page = client.post("/account/second", data={**sent, "password": GOOD}, headers=ORIGIN)
        secret = re.search(r"secret=([A-Z2-7]{32})&amp;", page.text)[1]
        at_once = {**sent, "code": code_of(secret, at)}
        shown = client.post("/account/second/confirm", data=at_once, headers=ORIGIN)
        recovery = re.findall(r"<code>([a-z2-7-]{29})</code>", shown.text)
        assert len(recovery) == CODES
        assert secret not in client.get("/account").text
        house.sessions.end_of("clin")
        at[0] += dt.timedelta(minutes=1)
        for code in ("", "123456", recovery[0][:-1]):
            assert sign_in(client, "clin").status_code == 403
            house.throttle.succeeded("clin", "testclient")
            refused = client.post("/sign-in", data={"name": "clin", "password": GOOD, "code": code},
                                  headers=ORIGIN)  # fmt: skip
            assert refused.status_code == 403
            house.throttle.succeeded("clin", "testclient")
        for code in (code_of(secret, at), recovery[0]):
            client.cookies.clear()
            good = {"name": "clin", "password": GOOD, "code": code}
            assert client.post("/sign-in", data=good, headers=ORIGIN).headers["location"] == "/"
        # A wrong password with the right code is nothing either.
        client.cookies.clear()
        at[0] += dt.timedelta(minutes=1)
        bad = {"name": "clin", "password": OTHER, "code": code_of(secret, at)}
        assert client.post("/sign-in", data=bad, headers=ORIGIN).status_code == 403
    with browser(house) as client:
        boss = come_in(house, client, "boss")
        assert "clin/second/remove" in client.get("/accounts").text
        taken = client.post("/accounts/clin/second/remove", data={"csrf": boss.csrf},
                            headers=ORIGIN)  # fmt: skip
        assert taken.status_code == 303
    assert not house.seconds.asked_of("clin")
    said = [one.what for one in house.cases.audit() if one.what.startswith(("second", "recovery"))]
    assert said == ["second_added", "recovery_used", "second_removed"]


def asks(client, secret, **more):
    headers = {"authorization": f"Bearer {secret}", "content-type": "application/json"}
    return client.post("/api/design-simon", json=SIMON, headers=headers, **more)


def test_a_program_with_a_token(house):  # noqa: F811
    with browser(house) as client:
        mine = come_in(house, client, "clin")
        form = {"csrf": mine.csrf, "name": "registry", "role": "clinician", "days": "30"}
        page = client.post("/account/tokens", data=form, headers=ORIGIN)
        secret = re.search(r"<code>(hilum_[\w-]{43})</code>", page.text)[1]
        assert secret not in client.get("/account").text, "shown once"
        higher = client.post("/account/tokens", data={**form, "role": "admin"}, headers=ORIGIN)
        assert higher.status_code == 404, "no role that the account has not"
        for days in ("0", str(MOST_DAYS + 1), "x"):
            late = client.post("/account/tokens", data={**form, "days": days}, headers=ORIGIN)
            assert late.status_code == 422
    token = house.tokens.of("clin")[0]
    with browser(house) as program:
        answer = asks(program, secret)
        assert answer.status_code == 200
        assert answer.json()["asked"]["p0"] == 0.1
        assert program.get("/api/session", headers={"authorization": f"Bearer {secret}"}).json()[
            "who"] == "clin"  # fmt: skip
        # Good for programs' routes alone, and nothing comes in with a wrong one.
        assert program.get("/cases", headers={"authorization": f"Bearer {secret}"}).headers[
            "location"] == "/sign-in"  # fmt: skip
        for wrong in (secret[:-1], secret.upper(), "", "hilum_"):
            assert asks(program, wrong).status_code == 403
        assert program.post("/api/design-simon", json=SIMON).status_code == 403
        # From another site not even with a token.
        assert asks(program, secret).status_code == 200
    with browser(house) as client:
        other = come_in(house, client, "boss")
        stranger = client.post(f"/account/tokens/{token.token_id}/revoke",
                               data={"csrf": other.csrf}, headers=ORIGIN)  # fmt: skip
        assert stranger.status_code == 404, "another's"
        mine = come_in(house, client, "clin")
        done = client.post(f"/account/tokens/{token.token_id}/revoke", data={"csrf": mine.csrf},
                           headers=ORIGIN)  # fmt: skip
        assert done.status_code == 303
        assert asks(client, secret).status_code == 403, "a cookie beside it does not help"
    said = [one.what for one in house.cases.audit() if one.what.startswith("token")]
    assert [one for one in said if one != "token_refused"] == [
        "token_added", "token_used", "token_revoked"]  # fmt: skip
    assert "token_refused" in said
    assert secret not in "".join(str(one) for one in house.cases.audit())


def test_a_token_ends_with_its_day_its_role_and_its_password(house, monkeypatch):  # noqa: F811
    made = {role: house.tokens.add("boss", role, role, 1) for role in ("clinician", "admin")}
    assert "admin" not in house.of_token(made["clinician"]).roles
    assert "admin" in house.of_token(made["admin"]).roles
    house.accounts.add("second", "admin", GOOD, "boss", lasting=True)
    house.accounts.give_role("boss", "reader", "second")
    assert "reviewer" not in house.of_token(made["admin"]).roles, "no more than the account now"
    later = house.tokens.of("boss")[0].ends_at
    for by, there in ((-1, True), (0, False)):
        when = later + dt.timedelta(seconds=by)
        monkeypatch.setattr("hilum.store.tokens.now", lambda when=when: when)
        assert (house.of_token(made["admin"]) is not None) is there
    monkeypatch.undo()
    assert house.of_token(made["admin"]) is not None
    house.accounts.give_password("boss", OTHER, "boss", lasting=True)
    assert house.of_token(made["admin"]) is None
    for number in range(MOST):
        house.tokens.add("boss", str(number), "reader", MOST_DAYS)
    with pytest.raises(InputError, match="at most"):
        house.tokens.add("boss", "one more", "reader", 1)


def test_a_second_factor_of_everybody(house):  # noqa: F811
    with browser(house) as boss, browser(house) as client:
        mine = come_in(house, boss, "boss")
        assert client.get("/sign-in").status_code == 200
        come_in(house, client, "clin")
        form = {"csrf": mine.csrf, "to": "all"}
        early = boss.post("/accounts/second", data=form, headers=ORIGIN)
        assert early.status_code == 422, "one's own first"
        secret = house.seconds.begin("boss")
        step = int(dt.datetime.now(tz=dt.UTC).timestamp()) // 30
        assert house.seconds.confirm("boss", one_time(base64.b32decode(secret), step))
        assert boss.post("/accounts/second", data=form, headers=ORIGIN).status_code == 303
        assert "Let each person decide" in boss.get("/accounts").text
        kept = house.tokens.add("clin", "program", "clinician", 1)
        assert house.of_token(kept) is None
        # Whoever has none is signed out, and comes to the account alone.
        assert client.get("/cases").headers["location"] == "/sign-in"
        client.cookies.clear()
        sent = {"name": "clin", "password": GOOD}
        assert client.post("/sign-in", data=sent, headers=ORIGIN).headers["location"] == "/account"
        assert client.get("/cases").status_code == 403
        assert "asked of everybody here" in client.get("/account").text
        limited = house.sessions.of(client.cookies[house.cookie])
        begun = {"csrf": limited.csrf, "password": GOOD}
        page = client.post("/account/second", data=begun, headers=ORIGIN)
        secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)[1].replace(" ", "")
        step = int(dt.datetime.now(tz=dt.UTC).timestamp()) // 30
        code = {"csrf": limited.csrf, "code": one_time(base64.b32decode(secret), step)}
        page = client.post("/account/second/confirm", data=code, headers=ORIGIN)
        assert page.text.count("<code>") == 10
        assert client.get("/cases").status_code == 200, "and the rooms are open"
        assert house.of_token(kept) is not None
        mine = house.sessions.of(client.cookies[house.cookie])
        gone = {"csrf": mine.csrf, "password": GOOD}
        answer = client.post("/account/second/remove", data=gone, headers=ORIGIN)
        assert answer.status_code == 403, "an administrator decides"
        mine = house.sessions.of(boss.cookies[house.cookie])
        free = {"csrf": mine.csrf, "to": "none"}
        assert boss.post("/accounts/second", data=free, headers=ORIGIN).status_code == 303
        answer = client.post("/account/second/remove", data=gone, headers=ORIGIN)
        assert answer.status_code == 303
    said = [one.what for one in house.cases.audit() if one.what.startswith("second_")]
    assert said[-3:] == ["second_added", "second_free", "second_removed"]
