"""Nobody gets in who must not: names, sessions, origins, tokens, sizes, roles."""

import logging
import re

import pytest
from starlette.testclient import TestClient

from hilum.store.cases import Cases
from hilum.web.app import application
from hilum.web.asking import WHY_GONE, whole_number
from hilum.web.desk import Desk
from hilum.web.guard import HEADERS, own_names
from hilum.web.roles import Role
from hilum.web.sessions import Session
from hilum.web.table import PAGES
from tests.web.conftest import HOME, ORIGIN, PORT

ANY = "0" * 32
CLOSED = [one for one in PAGES if one.role is not Role.ANYBODY]
CHANGES = [one for one in PAGES if one.method == "POST"]


def address(page):
    named = page.path.replace("{case}", ANY).replace("{number:count}", "1")
    named = named.replace("{form:document}", "pdf").replace("{name}", "workbench.css")
    named = named.replace("{board}", ANY).replace("{review}", ANY).replace("{key}", ANY)
    named = named.replace("{answer}", ANY).replace("{kind:drawing}", "forest")
    named = named.replace("{form:simulated}", "csv").replace("{own:own}", "network")
    named = named.replace("{kind:ownplot}", "graph")
    named = named.replace("{account}", "nobody")
    return named.replace("{design}", "simon")


def called(page):
    return f"{page.method} {page.path}"


def test_every_route_has_a_role_and_comes_from_the_table(desk):
    assert all(isinstance(one.role, Role) for one in PAGES)
    assert all(one.method in ("GET", "POST") for one in PAGES)
    assert len({(one.method, one.path) for one in PAGES}) == len(PAGES)
    served = {(method, route.path) for route in application(desk).app.routes
              for method in route.methods - {"HEAD"}}  # fmt: skip
    assert served == {(one.method, one.path) for one in PAGES}
    # What anybody may call holds nothing of a patient.
    open_to_all = {one.path for one in PAGES if one.role is Role.ANYBODY}
    assert open_to_all == {"/enter", "/sign-in", "/look", "/static/{name}"}


@pytest.fixture(scope="module")
def shut(made_engine, tmp_path_factory):
    """One workbench for all that is refused, since nothing that is refused changes it."""
    folder = tmp_path_factory.mktemp("shut")
    made = Desk(Cases(made_engine(folder)), PORT, folder=folder)
    yield made
    assert made.cases.listed() == []
    made.close()
    made.cases.engine.dispose()


@pytest.fixture(scope="module")
def without(shut):
    """A browser that did not come in."""
    with TestClient(application(shut), base_url=HOME, follow_redirects=False) as made:
        yield made


@pytest.fixture(scope="module")
def within(shut):
    """A browser that came in, and the token of its forms."""
    with TestClient(application(shut), base_url=HOME, follow_redirects=False) as made:
        assert made.get("/enter", params={"secret": shut.sessions.secret}).status_code == 303
        yield made, shut.sessions.of(made.cookies[shut.cookie]).csrf


@pytest.fixture(scope="module")
def elsewhere(shut):
    """A browser with a role that opens nothing."""
    shut.sessions._open["key"] = Session("token", frozenset({Role.ANYBODY}), "x")
    with TestClient(application(shut), base_url=HOME, follow_redirects=False) as made:
        made.cookies.set(shut.cookie, "key")
        yield made


@pytest.mark.parametrize("page", CLOSED, ids=called)
def test_a_stranger_is_refused(page, without):
    answer = without.request(page.method, address(page), headers=ORIGIN)
    assert answer.status_code == 403
    assert "hilum serve" in answer.text


@pytest.mark.parametrize("page", PAGES, ids=called)
def test_another_name_is_refused_on_every_route(page, within):
    visitor, _ = within
    for host in ("evil.example", "127.0.0.1.evil.example:8337", "localhost:80", "0.0.0.0:8337", ""):
        answer = visitor.request(page.method, address(page), headers={"host": host, **ORIGIN})
        assert answer.status_code == 421, host
        assert answer.headers["content-security-policy"] == HEADERS["content-security-policy"]


def test_own_names_are_answered(stranger):
    for host in own_names(8337):
        assert stranger.get("/static/workbench.css", headers={"host": host}).status_code == 200
    assert own_names(80) >= {"localhost", "127.0.0.1:80"}
    assert "localhost" not in own_names(8337)


@pytest.mark.parametrize("page", CHANGES, ids=called)
def test_another_site_changes_nothing(page, within):
    visitor, csrf = within
    for origin in ("http://evil.example", "null", "https://127.0.0.1:8337", "http://127.0.0.1"):
        answer = visitor.post(address(page), data={"csrf": csrf}, headers={"origin": origin})
        assert answer.status_code == 403, origin
    assert visitor.post(address(page), data={"csrf": csrf}).status_code == 403, "none said"
    # A name of this machine is still another origin than the one that is open.
    other = {"origin": "http://localhost:8337"}
    assert visitor.post(address(page), data={"csrf": csrf}, headers=other).status_code == 403


@pytest.mark.parametrize("page", CHANGES, ids=called)
def test_a_form_without_its_token_changes_nothing(page, within, shut):
    visitor, csrf = within
    for sent in ({}, {"csrf": ""}, {"csrf": csrf[:-1]}, {"csrf": shut.sessions.secret}):
        answer = visitor.post(address(page), data={"x": "y", **sent}, headers=ORIGIN)
        assert answer.status_code == 403
    assert shut.cases.listed() == []


@pytest.mark.parametrize("page", CLOSED, ids=called)
def test_another_role_is_refused(page, elsewhere):
    answer = elsewhere.request(
        page.method, address(page), headers=ORIGIN,
        **({"data": {"csrf": "token"}} if page.method == "POST" else {}),
    )  # fmt: skip
    assert answer.status_code == 403
    assert "another role" in answer.text


def test_the_secret_lets_in_and_leaves_the_address(stranger, desk):
    answer = stranger.get("/enter", params={"secret": desk.sessions.secret})
    assert answer.headers["location"] == "/cases"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert desk.sessions.secret not in cookie
    assert stranger.get("/cases").status_code == 200


@pytest.mark.parametrize("secret", ["", "x", "é"])
def test_another_secret_does_not(secret, stranger):
    answer = stranger.get("/enter", params={"secret": secret})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers
    assert stranger.get("/cases").status_code == 403


def test_sessions_do_not_outlive_the_program(visitor, desk):
    desk.sessions._open.clear()
    assert visitor.get("/cases").status_code == 403


def test_headers_of_every_answer(visitor, case):
    for path in (case, "/static/htmx.min.js", "/nowhere", f"/cases/{ANY}"):
        headers = visitor.get(path).headers
        for name, value in HEADERS.items():
            # A page's parts bear a nonce of its own.
            said = re.sub(r" 'nonce-[\w-]{22}'", "", headers[name])
            assert said == value, (path, name)
    policy = HEADERS["content-security-policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert visitor.get(case).headers["cache-control"] == "no-store"


def test_pages_hold_no_script_and_no_style(visitor, case):
    for path in ("/cases", case, f"{case}/states", "/audit", f"{case}/remove"):
        text = visitor.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert "<script>" not in text
        assert " onclick" not in text
        assert "http://" not in text.replace("http://www.w3.org/2000/svg", ""), path
        assert "https://" not in text, "nothing comes from elsewhere"


def test_too_much_is_refused_before_it_is_read(visitor, csrf, case, send):
    for path, most in ((f"{case}/typed", 200_000), ("/files", 8_000_000)):
        answer = send(path, {"f:age": "5" * most})
        assert answer.status_code == 413, path
        # Without a length that is said, the reading itself ends.
        parts = (b"csrf=" + csrf.encode() + b"&x=" + b"y" * most for _ in range(1))
        kind = {"content-type": "application/x-www-form-urlencoded", **ORIGIN}
        assert visitor.post(path, content=parts, headers=kind).status_code == 413
    wrong = {"content-type": "application/x-www-form-urlencoded", "content-length": "-1", **ORIGIN}
    assert visitor.post("/cases", content=b"", headers=wrong).status_code == 413


def test_a_thousand_fields_and_strange_forms(visitor, csrf, send):
    many = {f"f{number}": "1" for number in range(1001)}
    assert send("/cases", many).status_code == 400
    for kind, status in (("application/json", 415), ("text/plain", 415), ("", 415)):
        answer = visitor.post("/cases", content=b"{}", headers={"content-type": kind, **ORIGIN})
        assert answer.status_code == status, kind
    odd = {"content-type": "multipart/form-data", **ORIGIN}
    assert visitor.post("/cases", content=b"x", headers=odd).status_code == 400
    bad = {"content-type": "application/x-www-form-urlencoded", **ORIGIN}
    assert visitor.post("/cases", content=b"\xff\xfe=1", headers=bad).status_code == 400


@pytest.mark.parametrize(
    "name",
    ["../desk.py", "..%2fdesk.py", "%2e%2e/%2e%2e/cli/main.py", "/etc/passwd", "vendored.csv", ""],
)
def test_no_file_but_those_named(name, visitor):
    answer = visitor.get(f"/static/{name}")
    assert answer.status_code == 404
    assert "import" not in answer.text


def test_no_way_to_another_site(send):
    for back in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:x"):
        assert send("/look", {"look": "dark", "back": back}).headers["location"] == "/"
    assert send("/look", {"look": "dark", "back": "/audit"}).headers["location"] == "/audit"


def test_what_nobody_foresaw_says_nothing_of_the_patient(desk, case, monkeypatch, caplog):
    """No traceback, no value, in the answer or in the log."""
    import hilum.web.pages.case as page

    def fails(*given, **named):
        raise RuntimeError("A. Secret, bilirubin 9")

    monkeypatch.setattr(page, "judged", fails)
    with (
        TestClient(
            application(desk), base_url=HOME, follow_redirects=False, raise_server_exceptions=False
        ) as browser,
        caplog.at_level(logging.DEBUG),
    ):
        browser.get("/enter", params={"secret": desk.sessions.secret})
        answer = browser.get(case)
    assert answer.status_code == 500
    assert "Nothing was changed." in answer.text
    assert "Secret" not in answer.text
    said = caplog.text
    assert "RuntimeError" in said
    assert "Secret" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("said", "number"),
    [("0", 0), ("12", 12), ("9" * 15, 10**15 - 1), ("9" * 16, None), ("9" * 5000, None),
     ("²", None), ("١", None), ("-1", None), ("", None), (" 1", None), ("1.0", None)],
)  # fmt: skip
def test_numbers_are_plain_digits(said, number):
    assert whole_number(said) == number


def test_a_number_that_is_none_is_answered(send, visitor, case):
    # Nothing is to be kept, or the state that it rests on is not the last one.
    assert send(f"{case}/kept", {"base": "²", "f:age": "44"}).status_code == 409
    assert send(f"{case}/states/{'9' * 4000}").status_code == 404
    assert visitor.get(f"{case}/compare", params={"one": "²", "other": "1"}).status_code == 404


def test_a_file_that_is_not_there_says_so(visitor):
    answer = visitor.get("/static/nothing.css")
    assert answer.status_code == 404
    assert WHY_GONE in answer.text
