"""How far work is, told as it moves."""

import asyncio
import threading

import pytest
from starlette.responses import Response

from hilum.web import streams
from hilum.web.doing import Doing
from hilum.web.streams import ENDED, HEART, Places, Stream, Told, events, message

LIVER = f"/cases/{'a' * 32}/liver/{'b' * 32}"


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(streams, "LOOK", 0.0)


def heard(told, over=bool):
    async def all_of():
        return [one async for one in events(told, over)]

    return asyncio.run(all_of())


def looking(*said):
    left = iter(said)
    return lambda: next(left)


def test_what_has_changed_is_said_once_and_then_the_end(at_once):
    told = Told(looking("<p>1</p>\n<b>x</b>", "<p>1</p>\n<b>x</b>", "<p>2</p>", None), bool)
    assert heard(told) == [b"data: <p>1</p>\ndata: <b>x</b>\n\n", b"data: <p>2</p>\n\n", ENDED]


@pytest.mark.parametrize("text", ["a\rb", "a\r\nb", "a\nb", "a\u2028b"])
def test_no_line_of_a_part_is_a_field_of_its_own(text):
    assert message(text) == b"data: a\ndata: b\n\n"


def test_a_beat_asks_whether_the_reader_still_may(at_once, monkeypatch):
    monkeypatch.setattr(streams, "BEAT", 0.0)
    may = iter((True, True, False))
    assert heard(Told(lambda: "x", lambda: next(may))) == [message("x"), HEART, HEART]


def test_a_stream_ends_with_the_program_and_after_its_time(at_once, monkeypatch):
    over = iter((False, False, True))
    assert heard(Told(lambda: "x", bool), lambda: next(over)) == [message("x")]
    monkeypatch.setattr(streams, "LASTS", 0.0)
    assert heard(Told(lambda: "x", bool)) == []


def test_there_are_so_many_places():
    places = Places(most=3, each=2)
    assert [places.enter(key) for key in "aaabb"] == [True, True, False, True, False]
    places.leave("a")
    assert [places.enter(key) for key in "bb"] == [True, False]
    for key in "abb":
        places.leave(key)
    assert len(places) == 0
    assert places._taken == {}


def answered(stream, method="GET", leaves=None):
    """What a server sends of it; the reader leaves after ``leaves`` parts."""
    sent = []

    async def call():
        gone = asyncio.Event()

        async def receive():
            await gone.wait()
            return {"type": "http.disconnect"}

        async def send(one):
            sent.append(one)
            if len(sent) == leaves:
                gone.set()

        scope = {"type": "http", "method": method, "asgi": {"spec_version": "2.3"}}
        await stream(scope, receive, send)

    asyncio.run(call())
    return sent


def a_stream(places, look=lambda: "x"):
    return Stream(Told(look, bool), places, "a", Response("part"))


def test_a_reader_who_leaves_gives_the_place_back(at_once):
    places = Places()
    sent = answered(a_stream(places), leaves=2)
    assert sent[0]["status"] == 200
    headers = dict(sent[0]["headers"])
    assert headers[b"content-type"].startswith(b"text/event-stream")
    assert b"no-transform" in headers[b"cache-control"]
    assert len(places) == 0

    def breaks():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        answered(a_stream(places, breaks))
    assert len(places) == 0


@pytest.mark.parametrize(("method", "most"), [("GET", 0), ("HEAD", 1)])
def test_without_a_place_the_part_that_asks_again_is_sent(at_once, method, most):
    sent = answered(a_stream(Places(most=most)), method)
    assert b"".join(one.get("body", b"") for one in sent) == b"part"


def test_the_stream_of_a_room(visitor, desk):
    """From the page that names it to the end that leads on."""
    on, began = threading.Event(), threading.Event()

    def work(watch):
        watch.stage("pool", 4)
        watch.done(1)
        began.set()
        on.wait(60)
        return "/cases"

    desk.doings.patience = 0.0
    desk.doings.begin("k" * 8, Doing("Plans", "/trials", "owner", work))
    assert began.wait(60)
    at = "/doing/" + "k" * 8
    page = visitor.get(at)
    assert f'hx-sse:connect="{at}/told"' in page.text
    assert "1 of 4" in page.text
    assert 'hx-trigger="ended' in page.text
    policy, nonce = page.headers["content-security-policy"], page.text.split(' nonce="')[1][:22]
    assert f"script-src 'self' 'nonce-{nonce}'" in policy
    assert page.text.count(f'hx-nonce="{nonce}"') == page.text.count("hx-get=") + 1
    assert visitor.get(at).text.split(' nonce="')[1][:22] != nonce
    # No place is left: the part asks again by itself, and takes the whole part's place.
    desk.places.most = 0
    part = visitor.get(f"{at}/told")
    assert part.headers["hx-retarget"] == "#doing"
    assert "every 2s" in part.text
    assert "hx-sse" not in part.text
    desk.places.most = 1
    on.set()
    said = visitor.get(f"{at}/told")
    assert said.headers["content-type"].startswith("text/event-stream")
    assert said.content.endswith(ENDED)
    assert len(desk.places) == 0
    assert visitor.get(at).headers["location"] == "/cases"


@pytest.mark.parametrize("path", ["/doing/none", "/doing/none/told"])
def test_work_that_is_forgotten_is_asked_for_anew(visitor, path):
    answer = visitor.get(path, headers={"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-refresh"]) == (404, "true")


@pytest.mark.parametrize("path", [f"{LIVER}/reading/told", f"{LIVER}/plans/told"])
def test_a_liver_that_is_not_there_tells_nothing(visitor, path):
    assert visitor.get(path).status_code == 404


def test_a_stream_keeps_no_session_open(desk, visitor):
    now = [0.0]
    key = visitor.cookies[desk.cookie]
    session = desk.sessions.of(key)
    desk.sessions.clock, desk.sessions.idle = (lambda: now[0]), 10.0
    assert desk.sessions.of(key) is session
    now[0] = 9.0
    assert desk.still(key, session)
    now[0] = 10.0
    assert not desk.still(key, session)
    assert not desk.still(None, session)
    assert not desk.still(key, None)
