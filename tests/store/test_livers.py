"""Half a liver that a killed program left, and one that ended in an error."""

import os
import subprocess
import sys

import pytest

from hilum.store.livers import Livers
from hilum.store.processes import running

CASE = "a" * 32


def test_this_process_runs_and_one_that_has_ended_does_not():
    assert running(os.getpid())
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert not running(ended.pid)
    assert running(10**9) is False
    assert running(10**30), "no number of a process: nothing of it is touched"


@pytest.fixture
def livers(tmp_path):
    return Livers(tmp_path)


def test_what_a_killed_program_left_is_swept(livers, tmp_path):
    kept = livers.add(CASE, lambda folder: (folder / "l.nii").write_bytes(b"x"))
    home = tmp_path / "livers" / CASE
    dead, alive = home / f".{10**9}-{'c' * 32}", home / f".{os.getpid()}-{'d' * 32}"
    for one in (dead, alive):
        (one / "files").mkdir(parents=True)
        (one / "files" / "l.nii").write_bytes(b"of a patient")
    beside = tmp_path / "livers" / "notes"
    beside.mkdir()
    livers.sweep()
    assert not dead.exists()
    assert alive.exists(), "another program writes it"
    assert beside.exists(), "nothing that hilum did not make"
    assert [one.liver_id for one in livers.of(CASE)] == [kept.liver_id]
    Livers(tmp_path / "nothing").sweep()


def test_an_error_leaves_nothing_of_it(livers, tmp_path):
    def full(folder):
        (folder / "l.nii").write_bytes(b"x")
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        livers.add(CASE, full)
    assert list((tmp_path / "livers" / CASE).iterdir()) == []
