"""The workers of one program: started when work waits, ended with it."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Final

from hilum.one_thread import of_one
from hilum.store.opening import ADDRESS

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.store.work import Jobs

# Seconds without work after which a worker goes, and gives its memory back.
IDLE: Final = 120
# Seconds that a worker has to go by itself.
GOES: Final = 3.0


@dataclass(slots=True, eq=False)
class Crew:
    """Workers that this program starts.

    Parameters
    ----------
    jobs : Jobs
        What they do.
    folder : Path
        Where label maps lie.
    most : int
        How many at once; none where others do the work.
    dask : str
        Address of a Dask scheduler, empty where there is none.
    more : tuple of str
        Further options of each.
    secret : dict
        Variables that tell each the key of the store.
    """

    jobs: Jobs
    folder: Path
    most: int
    dask: str = ""
    more: tuple[str, ...] = ()
    secret: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    _alive: list[subprocess.Popen[bytes]] = field(
        default_factory=list[subprocess.Popen[bytes]], repr=False
    )
    _lock: Lock = field(default_factory=Lock, repr=False)
    _closed: bool = False

    def fill(self) -> None:
        """Start as many workers as work waits for, and as there may be."""
        with self._lock:
            for one in self._alive:
                if one.poll() is not None and one.stdin is not None:
                    one.stdin.close()
            self._alive = [one for one in self._alive if one.returncode is None]
            wanted = min(self.most - len(self._alive), self.jobs.waiting())
            if not self._closed:
                self._alive += [self._started() for _ in range(wanted)]

    def _started(self) -> subprocess.Popen[bytes]:
        engine = self.jobs.engine
        environment = dict(os.environ)
        environment.pop(ADDRESS, None)
        environment |= self.secret
        of_one(environment)
        if engine.dialect.name != "sqlite":
            # With its password, which no list of programs shows.
            environment[ADDRESS] = engine.url.render_as_string(hide_password=False)
        command = [sys.executable, "-m", "hilum", "serve", "work", "--one", "--data",
                   str(self.folder), "--idle", str(IDLE), *self.more]  # fmt: skip
        if self.dask:
            command += ["--dask", self.dask]
        # A group of its own: Ctrl-C is told to whoever started it, which then closes its input.
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        )

    def __len__(self) -> int:
        return sum(one.poll() is None for one in self._alive)

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes."""
        return tuple(one.pid for one in self._alive if one.poll() is None)

    def close(self) -> None:
        """End every worker; what they were doing is taken up again by others, or next time."""
        with self._lock:
            self._closed = True
            for one in self._alive:
                if one.stdin is not None:
                    one.stdin.close()
            for one in self._alive:
                try:
                    one.wait(GOES)
                except subprocess.TimeoutExpired:
                    one.kill()
                    one.wait()
            self._alive = []
