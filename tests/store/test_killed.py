"""Writers and workers that are killed; `make crash` kills two hundred of each."""

import sys

import pytest
from proofs.stores import saved, worked

from hilum.store.opening import connected
from tests.cluster import emptied

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX"),
    pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning"),
]
KILLS = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request):
    if request.param == "sqlite":
        yield None
        return
    yield request.getfixturevalue("postgresql")
    engine = connected(request.getfixturevalue("postgresql"))
    emptied(engine)
    engine.dispose()


def test_what_was_said_to_be_kept_is_kept(tmp_path, address):
    assert saved(KILLS, 1, tmp_path / "data", address) == []


def test_work_that_was_begun_is_done_in_the_end(tmp_path, address):
    made, faults = worked(KILLS, 1, tmp_path / "data", address)
    assert faults == []
    assert made > 1
