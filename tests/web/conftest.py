import pytest
from starlette.testclient import TestClient

from hilum.store.cases import Cases
from hilum.store.opening import NAME, opened
from hilum.web.app import application
from hilum.web.desk import Desk

PORT = 8337
HOME = f"http://127.0.0.1:{PORT}"
ORIGIN = {"origin": HOME}


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    """A store in which nothing is kept: making its tables takes longer than most tests."""
    folder = tmp_path_factory.mktemp("empty")
    opened(folder).dispose()
    return (folder / NAME).read_bytes()


@pytest.fixture
def folder(tmp_path, empty_store):
    made = tmp_path / "data"
    made.mkdir()
    (made / NAME).write_bytes(empty_store)
    return made


@pytest.fixture
def desk(folder):
    made = Desk(Cases(opened(folder)), PORT)
    yield made
    made.cases.engine.dispose()


@pytest.fixture
def stranger(desk):
    """A browser that did not come in."""
    with TestClient(
        application(desk), base_url=HOME, follow_redirects=False, raise_server_exceptions=True
    ) as made:
        yield made


@pytest.fixture
def visitor(stranger, desk):
    """A browser that came in by the first address."""
    assert stranger.get("/enter", params={"secret": desk.sessions.secret}).status_code == 303
    return stranger


@pytest.fixture
def csrf(visitor, desk):
    return desk.sessions.of(visitor.cookies[desk.cookie]).csrf


@pytest.fixture
def send(visitor, csrf):
    """Send a form as a page of hilum's own does."""

    def sent(path, data=None, *, headers=None, files=None):
        return visitor.post(
            path, data={"csrf": csrf, **(data or {})}, files=files,
            headers={**ORIGIN, **(headers or {})},
        )  # fmt: skip

    return sent


@pytest.fixture
def case(send):
    """The address of a case of the invented patient."""
    answer = send("/examples", {"name": "midgut-multifocal"})
    assert answer.status_code == 303
    return answer.headers["location"]
