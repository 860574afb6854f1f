import pytest

from hilum.store.opening import connected, opened
from tests.cluster import emptied

DATABASES = ("sqlite", "postgresql")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "data"


@pytest.fixture(params=DATABASES)
def engine(request, folder):
    """A store, empty, on each database."""
    if request.param == "sqlite":
        made = opened(folder)
        yield made
    else:
        made = connected(request.getfixturevalue("postgresql"))
        yield made
        emptied(made)
    made.dispose()


@pytest.fixture
def again(engine, request):
    """The same store, opened once more as another program does."""
    made = []

    def opens():
        one = connected(engine.url)
        made.append(one)
        return one

    yield opens
    for one in made:
        one.dispose()
