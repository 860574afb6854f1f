"""People who sign in: passwords, sessions, roles at every route, waits, what the log says."""

import csv
import io
import re
from itertools import pairwise
from pathlib import Path

import pytest
from argon2 import Type, extract_parameters
from starlette.testclient import TestClient

from hilum.errors import InputError
from hilum.store import accounts
from hilum.store.accounts import Accounts, LastAdmin, checked_password
from hilum.store.accounts import _hasher as slow_hasher
from hilum.store.cases import Cases
from hilum.store.opening import NAME, opened
from hilum.web.app import application
from hilum.web.desk import Desk
from hilum.web.door import Door
from hilum.web.guard import own_names
from hilum.web.offered import CASES, LOOKED_UP, OPEN, role_of
from hilum.web.roles import GIVEN, Role, held_by
from hilum.web.sessions import IDLE, MOST_EACH, WHOLE, signed_in
from hilum.web.table import PAGES
from hilum.web.throttle import FREE, LONGEST, Throttle
from tests.web.conftest import HOME, ORIGIN, PORT
from tests.web.test_guard import address, called

GOOD = "violet anchor sandwich 47"
OTHER = "quiet copper marmalade 12"
NAMES = {"reader": "rea", "reviewer": "rev", "clinician": "clin", "admin": "boss"}
SECURE = Door(own_names(PORT, "https") | {"hilum.example:8337"}, "https")


def browser(desk, base=HOME):
    return TestClient(application(desk), base_url=base, follow_redirects=False)


def desk_of(folder, **more):
    cases = Cases(opened(folder))
    return Desk(cases, PORT, sessions=signed_in(), accounts=Accounts(cases.engine), **more)


@pytest.fixture(scope="module")
def staff(tmp_path_factory, empty_store):
    """A store with an account of every role; made once, since a good hash takes its time."""
    folder = tmp_path_factory.mktemp("staff")
    (folder / NAME).write_bytes(empty_store)
    made = Accounts(opened(folder))
    for role, name in NAMES.items():
        made.add(name, role, GOOD, "terminal", lasting=True)
    made.engine.dispose()
    return (folder / NAME).read_bytes()


@pytest.fixture
def house(tmp_path, staff):
    folder = tmp_path / "house"
    folder.mkdir()
    (folder / NAME).write_bytes(staff)
    made = desk_of(folder)
    yield made
    made.close()
    made.cases.engine.dispose()


def sign_in(client, name, password=GOOD, **more):
    return client.post(
        "/sign-in", data={"name": name, "password": password}, headers=ORIGIN, **more
    )


def come_in(desk, client, name):
    """A session without the time that a hash takes."""
    account = desk.accounts.one(name)
    key = desk.sessions.begin(name, held_by(Role(account.role)), account.epoch)
    client.cookies.set(desk.cookie, key)
    return desk.sessions.of(key)


def lines(desk, what):
    return [one for one in desk.cases.audit() if one.what == what]


def test_signing_in_and_out(house):
    with browser(house) as client:
        assert client.get("/cases").headers["location"] == "/sign-in"
        assert 'autocomplete="current-password"' in client.get("/sign-in").text
        answer = sign_in(client, " Clin ")
        assert answer.headers["location"] == "/"
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert client.get("/").headers["location"] == "/cases"
        assert client.get("/sign-in").headers["location"] == "/"
        key = client.cookies[house.cookie]
        csrf = house.sessions.of(key).csrf
        out = client.post("/sign-out", data={"csrf": csrf}, headers=ORIGIN)
        assert out.headers["location"] == "/sign-in"
        assert "cache" in out.headers["clear-site-data"]
        client.cookies.set(house.cookie, key)
        assert client.get("/cases").headers["location"] == "/sign-in", "the key is no longer good"
    assert [one.who for one in lines(house, "signed_in")] == ["clin"]
    assert [one.who for one in lines(house, "signed_out")] == ["clin"]
    assert lines(house, "signed_in")[0].about == "testclient"


def test_in_chinese(house):
    with browser(house) as client:
        answer = client.post(
            "/look", data={"language": "zh-Hans", "back": "/sign-in"}, headers=ORIGIN
        )
        assert answer.headers["location"] == "/sign-in"
        assert 'lang="zh-Hans"' in client.get("/sign-in").text
        elsewhere = client.post("/look", data={"language": "en"}, headers={"origin": "http://x"})
        assert elsewhere.status_code == 403


def test_a_key_from_before_is_not_taken_over(house):
    """Session fixation: signing in makes a new key, and ends what the browser came with."""
    with browser(house) as client:
        client.cookies.set(house.cookie, "chosen-by-somebody-else")
        sign_in(client, "rea")
        first = client.cookies.get(house.cookie, domain="127.0.0.1")
        assert first != "chosen-by-somebody-else"
        assert house.sessions.of("chosen-by-somebody-else") is None
        old = house.sessions.of(first)
        client.cookies.clear()
        client.cookies.set(house.cookie, first)
        data = {"name": "rea", "password": GOOD, "csrf": old.csrf}
        again = client.post("/sign-in", data=data, headers=ORIGIN)
        assert again.status_code == 303
        assert house.sessions.of(first) is None


def test_the_first_address_lets_nobody_in(house):
    with browser(house) as client:
        answer = client.get("/enter", params={"secret": house.sessions.secret})
        assert answer.status_code == 404
        assert "set-cookie" not in answer.headers


def test_a_wrong_name_is_answered_as_a_wrong_password(house):
    texts = []
    with browser(house) as client:
        for name in ("clin", "nobody", GOOD):
            answer = sign_in(client, name, "wrong password 1")
            assert answer.status_code == 403
            texts.append(re.sub(r'nonce="[^"]*"', "", answer.text))  # each page has its own
    assert texts[0] == texts[1] == texts[2]
    assert [one.who for one in lines(house, "sign_in_failed")] == ["clin", "", ""]


def test_a_wrong_name_takes_as_long(house, monkeypatch):
    """One hash is compared either way, made alike; it is what takes the time."""
    compared = []

    def counted(known, password):
        compared.append(known)
        return False

    monkeypatch.setattr(accounts, "_matches", counted)
    for name in ("clin", "nobody"):
        assert house.accounts.verified(name, "wrong password 1") is None
    known, nobodys = compared
    assert known != nobodys
    assert extract_parameters(known) == extract_parameters(nobodys)


def test_passwords_are_kept_as_slow_hashes():
    """The second recommended parameters of RFC 9106; tests have quicker ones."""
    real = slow_hasher()
    assert (real.type, real.memory_cost, real.time_cost, real.parallelism) == (Type.ID, 65536, 3, 4)
    assert real is not accounts._hasher()


def test_one_waits_longer_each_time():
    now = [0.0]
    throttle = Throttle(clock=lambda: now[0])
    for _ in range(FREE["pair"]):
        assert throttle.tried("a", "1.1.1.1") == 0
    waits = []
    for _ in range(12):
        wait = throttle.tried("a", "1.1.1.1")
        waits.append(wait)
        assert throttle.tried("a", "1.1.1.1") == wait, "a try too early changes nothing"
        now[0] += wait
        assert throttle.tried("a", "1.1.1.1") == 0
    assert waits[:4] == [2, 4, 8, 16]
    assert max(waits) == LONGEST


def test_many_names_from_one_address_and_many_addresses_for_one_name():
    throttle = Throttle(clock=lambda: 0.0)
    found = [throttle.tried(f"name{number}", "1.1.1.1") for number in range(FREE["address"] + 1)]
    assert found[-1] > 0
    assert set(found[:-1]) == {0}
    throttle = Throttle(clock=lambda: 0.0)
    found = [throttle.tried("name", f"1.1.1.{number}") for number in range(FREE["name"] + 1)]
    assert found[-1] > 0
    throttle = Throttle(clock=lambda: 0.0)
    for _ in range(100):
        assert throttle.tried("a", "1.1.1.1") == 0
        throttle.succeeded("a", "1.1.1.1")


def test_waiting_is_said_and_the_right_password_waits_too(house):
    with browser(house) as client:
        for _ in range(FREE["pair"]):
            house.throttle.tried("clin", "testclient")
        answer = sign_in(client, "clin")
        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) <= 2
        assert "set-cookie" not in answer.headers


def test_sessions_end(house):
    now = [0.0]
    house.sessions.clock = lambda: now[0]
    with browser(house) as client:
        come_in(house, client, "clin")
        now[0] = IDLE - 1
        assert client.get("/cases").status_code == 200
        now[0] += IDLE
        assert client.get("/cases").headers["location"] == "/sign-in"
        come_in(house, client, "clin")
        start = now[0]
        while now[0] < start + WHOLE - IDLE:
            now[0] += IDLE / 2
            assert client.get("/account").status_code == 200
        now[0] = start + WHOLE
        assert client.get("/account").headers["location"] == "/sign-in"


def test_no_more_sessions_of_one_name_than_some(house):
    keys = [house.sessions.begin("clin", held_by(Role.CLINICIAN), 1) for _ in range(MOST_EACH + 1)]
    assert house.sessions.of(keys[0]) is None
    assert all(house.sessions.of(one) for one in keys[1:])


@pytest.mark.parametrize("change", ["role", "password", "everywhere", "remove"])
def test_a_change_of_the_account_ends_its_sessions_at_once(change, house):
    """Also where another program makes it: the account is looked at with every request."""
    with browser(house) as client:
        come_in(house, client, "clin")
        assert client.get("/cases").status_code == 200
        elsewhere = Accounts(opened(Path(house.cases.engine.url.database).parent))
        {
            "role": lambda: elsewhere.give_role("clin", "reader", "boss"),
            "password": lambda: elsewhere.give_password("clin", OTHER, "boss"),
            "everywhere": lambda: elsewhere.end_sessions("clin", "clin"),
            "remove": lambda: elsewhere.remove("clin", "boss"),
        }[change]()
        elsewhere.engine.dispose()
        assert client.get("/cases").headers["location"] == "/sign-in"


@pytest.mark.parametrize("role", [None, *GIVEN], ids=str)
def test_every_route_with_every_role(role, house):
    """Whoever has a role is let in where it is asked for, and nowhere else."""
    held = held_by(role) if role else {Role.ANYBODY}
    with browser(house) as client:
        for page in PAGES:
            csrf = come_in(house, client, NAMES[role]).csrf if role else ""
            # As a page's script asks, so that a refusal is said and leads nowhere.
            headers = {**ORIGIN, "hx-request": "true", "x-csrf-token": csrf}
            sent = {"json": {}} if page.machine else {"data": {"csrf": csrf}}
            more = sent if page.method == "POST" else {}
            answer = client.request(page.method, address(page), headers=headers, **more)
            refused = answer.status_code == 403 and "Refused" in answer.text
            assert refused is (page.role not in held), (called(page), role, answer.status_code)


def test_roles_hold_what_stands_before_them():
    held = [held_by(role) for role in Role]
    assert all(one < other for one, other in pairwise(held))
    patients = [one for one in PAGES if one.path.startswith("/cases") or one.path == "/files"]
    assert patients
    assert {one.role for one in patients} == {Role.CLINICIAN}
    changes = [one.path for one in PAGES if one.method == "POST" and one.role is Role.READER]
    # Tokens of one's own; of the analyses those that look up what has been published.
    own = ["/account/tokens", "/account/tokens/{token}/revoke", "/api/{analysis}"]
    assert changes == own, "a reader changes nothing"


@pytest.mark.parametrize("role", ["reader", "reviewer", "clinician"])
def test_each_analysis_asks_for_the_least_role(role, house):
    """Over the routes of programs: what is published, what is pooled, what is of a patient."""
    questions = {"reader": "published", "reviewer": "design-simon", "clinician": "to_fhir"}
    with browser(house) as client:
        token = come_in(house, client, NAMES[role]).csrf
        headers = {**ORIGIN, "x-csrf-token": token}
        named = {one["name"] for one in client.get("/api/analyses").json()}
        for needed, name in questions.items():
            let_in = Role(needed) in held_by(Role(role))
            answer = client.post(f"/api/{name}", json={"nothing": 1}, headers=headers)
            assert answer.status_code == (422 if let_in else 403), (role, name)
            assert (name in named) is let_in
        assert client.post("/api/no-such", json={}, headers=headers).status_code == 404
        # What others asked for: by the kind of it.
        answers = house.jobs.answers
        kinds = {"reader": "cell", "reviewer": "pool", "clinician": "liver_plans"}
        for number, (needed, kind) in enumerate(kinds.items()):
            key = str(number) * 64
            answers.keep(key, kind, "{}", None)
            let_in = Role(needed) in held_by(Role(role))
            status = client.get(f"/api/answers/{key}").status_code
            assert (status == 403) is not let_in, (role, kind)


def test_what_is_offered_of_a_patient_is_a_clinicians():
    assert {role_of(one) for one in CASES} == {Role.CLINICIAN}
    assert role_of("anything else") is Role.CLINICIAN
    assert set(OPEN) >= LOOKED_UP


def test_refusals_are_in_the_log(house):
    with browser(house) as client:
        session = come_in(house, client, "rea")
        assert client.get("/cases/" + "0" * 32).status_code == 403
        client.post("/look", data={"csrf": "wrong"}, headers=ORIGIN)
        client.post("/look", data={"csrf": session.csrf}, headers={"origin": "http://evil.example"})
    assert [(one.who, one.about) for one in lines(house, "refused")] == [
        ("rea", "GET /cases/{case}"), ("rea", "POST /look"), ("rea", "POST /look"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "password",
    ["short", "12345678901", "x" * 129, "password1234", "Passw0rd1234", "qwertyuiopas",
     "aaaaaaaaaaaaaaaa", "anna.muster1", "hilumhilumhilum", "1234567890123"],
)  # fmt: skip
def test_passwords_that_are_refused(password):
    with pytest.raises(InputError, match="password") as caught:
        checked_password(password, "anna.muster")
    assert password not in str(caught.value)


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        OTHER,
        "hundred and eight small lanterns " * 3,
        "肝脏 会诊 星期四 下午 三点钟",
        "correct horse staple!",
    ],
)
def test_passwords_that_are_taken(password):
    checked_password(password, "anna.muster")


def test_a_password_counts_as_typed(house):
    house.accounts.add("long", "reader", GOOD + "x" * 60, "boss", lasting=True)
    assert house.accounts.verified("long", GOOD + "x" * 60)
    for wrong in (GOOD + "x" * 59, GOOD.upper() + "x" * 60, f" {GOOD}" + "x" * 60):
        assert house.accounts.verified("long", wrong) is None
    raw = house.cases.engine.raw_connection()
    stored = raw.execute("SELECT password FROM accounts WHERE name = 'long'").fetchone()[0]
    raw.close()
    assert stored.startswith("$argon2id$v=19$")
    assert GOOD not in stored


def test_whose_password_somebody_else_chose_changes_it_first(house):
    house.accounts.add("new.one", "clinician", GOOD, "boss")
    with browser(house) as client:
        assert sign_in(client, "new.one").headers["location"] == "/account"
        assert client.get("/cases").status_code == 403
        assert client.get("/").headers["location"] == "/account"
        csrf = house.sessions.of(client.cookies[house.cookie]).csrf
        first = client.cookies[house.cookie]

        def change(old, new, again):
            return client.post(
                "/account/password", headers=ORIGIN,
                data={"csrf": csrf, "password": old, "new": new, "again": again},
            )  # fmt: skip

        assert change("wrong password 1", OTHER, OTHER).status_code == 403
        assert change(GOOD, OTHER, GOOD).status_code == 422
        assert change(GOOD, "short", "short").status_code == 422
        assert change(GOOD, OTHER, OTHER).status_code == 303
        assert client.cookies[house.cookie] != first
        assert client.get("/cases").status_code == 200
    assert house.accounts.verified("new.one", GOOD) is None
    assert [one.about for one in lines(house, "account_password")] == ["new.one"]


def test_administrators_look_after_accounts(house):
    with browser(house) as client:
        csrf = come_in(house, client, "boss").csrf

        def send(path, **data):
            return client.post(path, data={"csrf": csrf, **data}, headers=ORIGIN)

        assert send("/accounts", name="x.y", role="clinician", password=GOOD).status_code == 303
        assert house.accounts.one("x.y").must_change
        assert send("/accounts", name="x.y", role="reader", password=GOOD).status_code == 422
        for name in ("A b", "owner", "<script>", "../x", "a", "x" * 41):
            answer = send("/accounts", name=name, role="reader", password=GOOD)
            assert answer.status_code == 422, name
            assert "<script>" not in answer.text.replace("<script src", "")
        assert send("/accounts", name="z.z", role="owner", password=GOOD).status_code == 404
        assert (
            send("/accounts", name="z.z", role="reader", password="password1234").status_code == 422
        )
        assert send("/accounts/x.y/role", role="reader").status_code == 303
        assert send("/accounts/x.y/password", password=OTHER).status_code == 303
        assert send("/accounts/nobody/role", role="reader").status_code == 404
        text = client.get("/accounts").text
        assert "x.y" in text
        assert GOOD not in text
        assert send("/accounts/x.y/remove").status_code == 303
        last = send("/accounts/boss/remove")
        assert last.status_code == 422
        assert "last account" in last.text
        table = list(csv.DictReader(io.StringIO(client.get("/audit.csv").text)))
    done = [
        (one["who"], one["what"], one["about"])
        for one in table
        if one["what"].startswith("account_")
    ]
    assert done[-4:] == [
        ("boss", "account_added", "x.y clinician"), ("boss", "account_role", "x.y reader"),
        ("boss", "account_password", "x.y"), ("boss", "account_removed", "x.y"),
    ]  # fmt: skip


def test_the_last_administrator_stays(house):
    with pytest.raises(LastAdmin):
        house.accounts.give_role("boss", "reader", "boss")
    assert house.accounts.one("boss").role == "admin"
    house.accounts.give_role("clin", "admin", "boss")
    house.accounts.remove("boss", "clin")


def test_cookies_over_https_stay_there(house):
    house.door = SECURE
    with browser(house, "https://hilum.example:8337") as client:
        origin = {"origin": "https://hilum.example:8337"}
        answer = client.post(
            "/sign-in", data={"name": "rea", "password": GOOD}, headers=origin
        )  # fmt: skip
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-hilum=")
        for said in ("Secure", "HttpOnly", "SameSite=strict", "Path=/"):
            assert said in cookie
        assert "Domain" not in cookie
        assert "max-age=31536000" in answer.headers["strict-transport-security"]
        assert client.post("/sign-in", headers=ORIGIN).status_code == 403, "http is another origin"
    with browser(house, "https://127.0.0.1:8337") as client:
        assert "strict-transport-security" not in client.get("/sign-in").headers
    with browser(house, "https://evil.example:8337") as client:
        for page in PAGES:
            assert client.request(page.method, address(page)).status_code == 421


def test_signing_out_is_on_every_page(house):
    with browser(house) as client:
        come_in(house, client, "boss")
        for path in ("/cases", "/evidence", "/synthesis", "/trials", "/audit", "/accounts",
                     "/account", "/nowhere"):  # fmt: skip
            assert 'action="/sign-out"' in client.get(path).text, path


def test_pages_show_the_rooms_of_the_role(house):
    rooms = {"reader": ("/evidence", "/synthesis", "/trials")}
    rooms["reviewer"] = rooms["reader"]
    rooms["clinician"] = ("/cases", *rooms["reader"])
    rooms["admin"] = (*rooms["clinician"], "/audit", "/accounts")
    for role, wanted in rooms.items():
        with browser(house) as client:
            come_in(house, client, NAMES[role])
            text = client.get("/account").text
            nav = text[text.index("<nav") : text.index("</nav>")]
            assert {one for one in rooms["admin"] if f'href="{one}"' in nav} == set(wanted), role


def test_a_removed_case_leaves_the_memory(house):
    with browser(house) as client:
        csrf = come_in(house, client, "clin").csrf
        made = client.post("/cases", data={"csrf": csrf}, headers=ORIGIN).headers["location"]
        case_id = made.removeprefix("/cases/")
        for key in ((case_id, 1, "html"), ("f" * 32, 1, "html")):
            house.documents.get(key, lambda: b"x")
        client.post(f"{made}/remove", data={"csrf": csrf}, headers=ORIGIN)
    assert len(house.documents) == 1


def test_what_a_copy_still_holds_is_said(house, tmp_path):
    from hilum.store.copies import copied

    with browser(house) as client:
        csrf = come_in(house, client, "clin").csrf
        made = client.post("/cases", data={"csrf": csrf}, headers=ORIGIN).headers["location"]
        assert "copy.zip" not in client.get(f"{made}/remove").text
        copied(Path(house.cases.engine.url.database).parent, tmp_path / "copy.zip")
        assert "copy.zip" in client.get(f"{made}/remove").text
        later = client.post("/cases", data={"csrf": csrf}, headers=ORIGIN).headers["location"]
        assert "copy.zip" not in client.get(f"{later}/remove").text, "made before the case was"
        (tmp_path / "copy.zip").unlink()
        assert "copy.zip" not in client.get(f"{made}/remove").text
