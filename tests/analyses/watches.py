"""Watches that look over an analysis's shoulder."""

import os
import time
from pathlib import Path

from hilum.errors import Stopped


def children():
    """Processes that this one started and that still run."""
    listed = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    running = listed.read_text().split() if listed.exists() else ()
    return {one for one in running if not _tracks(one)}


def _tracks(pid):
    """Whether it is the one that multiprocessing keeps for as long as this process lives."""
    try:
        return b"resource_tracker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


WAITED = Path("/proc/thread-self/schedstat")


def unhindered():
    """The clock, less what this thread waited for a processor that others had."""
    waited = int(WAITED.read_text().split()[1]) / 1e9 if WAITED.exists() else 0.0
    return time.perf_counter() - waited


class Listening:
    """Keeps what it is told."""

    def __init__(self):
        self.stages, self.parts = [], 0

    def stage(self, code, total):
        self.stages.append((code, total))

    def done(self, n=1):
        self.parts += n


class Stopping(Listening):
    """Asks to stop after ``seconds``, and knows when it was first heard."""

    def __init__(self, seconds=0.0, clock=time.perf_counter):
        super().__init__()
        self.clock = clock
        self.asked = clock() + seconds
        self.heard = None

    def done(self, n=1):
        super().done(n)
        if self.clock() >= self.asked:
            self.heard = self.clock()
            raise Stopped("asked to")
