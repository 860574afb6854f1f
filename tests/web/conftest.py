import os

import pytest
from starlette.testclient import TestClient

from hilum.store import accounts
from hilum.store.cases import Cases
from hilum.store.opening import NAME, connected, opened
from hilum.web.app import application
from hilum.web.desk import Desk
from tests.cluster import emptied

PORT = 8337
HOME = f"http://127.0.0.1:{PORT}"
ORIGIN = {"origin": HOME}


# Every test of the workbench on the other database: HILUM_TEST_STORE=postgresql.
STORE = os.environ.get("HILUM_TEST_STORE", "sqlite")


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    """A store in which nothing is kept: making its tables takes longer than most tests."""
    folder = tmp_path_factory.mktemp("empty")
    opened(folder).dispose()
    return (folder / NAME).read_bytes()


@pytest.fixture
def store():
    """The database of a test's desk."""
    return STORE


@pytest.fixture(scope="session")
def made_engine(request):
    """A function that opens an empty store: a file of the folder, or the other database."""

    def made(folder, store=STORE):
        if store == "sqlite":
            (folder / NAME).write_bytes(request.getfixturevalue("empty_store"))
            return opened(folder)
        assert store == "postgresql", "the databases there are"
        return connected(request.getfixturevalue("postgresql"))

    return made


@pytest.fixture
def engine(store, made_engine, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    made = made_engine(folder, store)
    yield made
    if store == "postgresql":
        emptied(made)
    made.dispose()


@pytest.fixture(autouse=True, scope="session")
def soon_hashed():
    """A good hash takes a second of four threads, and tests sign in by the hundred.

    How slow the real one is stands in ``test_passwords_are_kept_as_slow_hashes``.
    """
    from argon2 import PasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        patch.setattr(accounts, "_hasher", lambda: quick)
        yield


@pytest.fixture
def desk(engine, tmp_path):
    made = Desk(Cases(engine), PORT, folder=tmp_path / "data")
    yield made
    made.close()


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
