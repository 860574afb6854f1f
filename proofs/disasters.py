"""A full disk, a folder that cannot be written, too little memory, a clock set back."""

from __future__ import annotations

import errno
import os
import re
import resource
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from proofs.killing import held, inside, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from proofs.killing import Stage

YEAR = 365 * 86_400.0


def _full(size: int) -> Callable[[Stage], None]:
    """No file grows beyond so many bytes; as a full disk, the write fails in its midst."""

    def act(_: Stage) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return act


def _read_only(stage: Stage) -> None:
    """Nothing in the folder can be opened for writing; also for a user who may do all."""

    def refuse(event: str, arguments: tuple[Any, ...]) -> None:
        if (
            event == "open"
            and isinstance(arguments[0], (str, os.PathLike))
            and inside(os.fspath(arguments[0]), stage.folder)
        ):
            flags = arguments[2] if isinstance(arguments[2], int) else 0
            if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(arguments[0]))

    sys.addaudithook(refuse)


def _memory(more: int) -> Callable[[Stage], None]:
    """So many bytes beyond what the process has now."""

    def act(_: Stage) -> None:
        status = Path("/proc/self/status").read_text("utf-8")
        found = re.search(r"VmSize:\s+(\d+)", status)
        assert found is not None
        size = int(found[1]) * 1024 + more
        resource.setrlimit(resource.RLIMIT_AS, (size, size))

    return act


def _clock(stage: Stage) -> None:
    """The clock says a year ago; the file that is there is of tomorrow."""
    real = time.time
    time.time = lambda: real() - YEAR
    if stage.out.exists():
        later = real() + 86_400
        os.utime(stage.out, (later, later))


# Name: what befalls the process, whether the command then has to do its work all the same.
DISASTERS: dict[str, tuple[Callable[[Stage], None], bool]] = {
    "disk full at 0": (_full(0), False),
    "disk full at 100": (_full(100), False),
    "disk full at 2,000": (_full(2000), False),
    "read-only folder": (_read_only, False),
    "memory 0 MB": (_memory(0), False),
    "memory 4 MB": (_memory(4 * 2**20), False),
    "memory 32 MB": (_memory(32 * 2**20), False),
    "clock set back": (_clock, True),
}


def befall(stage: Stage, disaster: str) -> list[str]:
    """Every fault of a writer that something befalls: the file as above, and a clear message."""
    act, works = DISASTERS[disaster]
    stage.reset()
    status, done = run(stage, lambda: act(stage))
    other_day = disaster.startswith("clock")
    found = [f"{one} ({disaster})" for one in held(stage, other_day=other_day)]
    left = {one for one in stage.present() if one.endswith(".part")}
    # A library may end the process where memory is short; its part goes with the next run.
    if left and done is not None:
        found.append(f"left behind: {sorted(left)} ({disaster})")
    if done is None:
        if not disaster.startswith("memory") or status == -signal.SIGKILL:
            found.append(f"unforeseen: the process died or hung ({disaster})")
        return found
    if works and done.returncode != 0:
        found.append(f"unforeseen: {done.stderr.strip()[:200]} ({disaster})")
    if done.returncode != 0:
        short = "not enough memory" in done.stderr and disaster.startswith("memory")
        if not done.stderr.strip() or (done.returncode == 70 and not short):
            found.append(f"unforeseen: {done.stderr.strip()[:200]} ({disaster})")
    elif not disaster.startswith("memory") and not stage.whole(
        stage.out.read_bytes(), other_day=other_day
    ):
        found.append(f"torn: status 0 and no whole file ({disaster})")
    return found
