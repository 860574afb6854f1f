"""Writers and workers that are killed; `make crash` kills two hundred of each.

In a process of its own: its children are forks, and other tests of a process begin threads.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from hilum.store.opening import connected
from tests.cluster import emptied

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
ROOT = Path(__file__).parents[2]
KILLS = 6


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request):
    if request.param == "sqlite":
        yield ()
        return
    address = request.getfixturevalue("postgresql")
    yield ("--store", str(address))
    engine = connected(address)
    emptied(engine)
    engine.dispose()


def test_what_was_kept_stays_and_what_was_begun_is_done(store):
    done = subprocess.run(
        [sys.executable, "-m", "proofs.stores", "--kills", str(KILLS), *store],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{2 * KILLS} kills" in done.stdout
    assert f"0 faults of {KILLS} saves" in done.stdout
