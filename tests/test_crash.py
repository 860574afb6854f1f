"""A small part of ``make crash``, and that it sees what it is there to see."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from proofs import killing
from proofs.crash import shares
from proofs.writers import WRITERS

ROOT = Path(__file__).parents[1]


def test_killed_writers_leave_the_old_file_or_the_new_one():
    """In a process of its own, which forks: the writers that take least."""
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    for only, kills in (("case set", 100), ("plot", 70), ("simulation", 50)):
        words = ["-m", "proofs.crash", "--kills", str(kills), "--only", only]
        done = subprocess.run(
            [sys.executable, *words], capture_output=True, text=True, cwd=ROOT, env=env, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "torn 0, lost 0, left behind 0; other faults 0" in done.stdout


def test_every_writer_has_its_share():
    found = shares(1000)
    assert set(found) == {one.name for one in WRITERS}
    assert min(found.values()) >= 1
    assert sum(found.values()) == pytest.approx(1000, abs=len(WRITERS))


class Stage(killing.Stage):
    """Of a file that a program writes in place, half by half."""

    def __init__(self, folder, old):
        self.folder, self.old, self.new, self.same = folder, old, b"new" * 100, True
        self.writer = next(one for one in WRITERS if one.name == "case set")
        self.names = {"case.toml"}


@pytest.mark.parametrize(
    ("content", "old", "kind"),
    [
        (b"new" * 100, b"old", None), (b"old", b"old", None), (None, None, None),
        (b"new" * 50, b"old", "torn"), (b"", b"old", "torn"), (None, b"old", "lost"),
    ],
)  # fmt: skip
def test_what_is_torn_or_lost(tmp_path, content, old, kind):
    if content is not None:
        (tmp_path / "case.toml").write_bytes(content)
    found = killing.held(Stage(tmp_path, old))
    assert [one.partition(":")[0] for one in found] == ([kind] if kind else [])


def test_a_child_that_is_ended():
    """In a process of its own: others in this one may hold threads, which no fork takes along."""
    program = (
        "import os, signal; from proofs.killing import forked\n"
        "assert forked(lambda: os.kill(os.getpid(), signal.SIGKILL)) == -signal.SIGKILL\n"
        "assert forked(lambda: 7) == 7\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert done.returncode == 0
