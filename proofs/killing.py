"""A writer in a forked process that ends at a chosen step, and what has to lie there then."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from pathlib import Path

    from proofs.face import Done
    from proofs.writers import Writer

WATCHED = ("open", "os.rename", "os.remove", "os.chmod", "os.mkdir", "os.truncate")
HANGS = 180.0  # seconds after which a child is ended
TIMED = 0.4  # share of kills after a time instead of at a step
_step: Callable[[str], None] | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _step is not None and event in WATCHED and isinstance(arguments[0], (str, os.PathLike)):
        _step(os.fspath(arguments[0]))


sys.addaudithook(_hook)


class Stage:
    """A folder in which a writer works, with its files before and after."""

    def __init__(self, writer: Writer, folder: Path) -> None:
        self.writer, self.folder = writer, folder
        self.old: bytes | None = None
        self.reset()
        if writer.before is not None:
            done = writer.write(folder, writer.before)
            assert done.returncode == 0, done.stderr
        if self.out.exists():
            self.old = self.out.read_bytes()
        begun = time.monotonic()
        done = writer.write(folder, writer.words)
        assert done.returncode == 0, done.stderr
        self.new = self.out.read_bytes()
        self.reset()
        # Twice: what the first run imports is not part of the time, and the files must be equal.
        begun = time.monotonic()
        done = writer.write(folder, writer.words)
        self.seconds = time.monotonic() - begun
        self.same = self.out.read_bytes() == self.new
        self.names = self.present()
        self.steps = self.count()

    @property
    def out(self) -> Path:
        """The file that is written."""
        return self.folder / self.writer.out

    def reset(self) -> None:
        """The folder as it was before."""
        self.clear()
        self.folder.mkdir(exist_ok=True)
        for name, make in self.writer.inputs.items():
            (self.folder / name).write_bytes(make())
        if self.old is not None:
            self.out.write_bytes(self.old)

    def clear(self) -> None:
        """No folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def present(self) -> set[str]:
        """Names of all that lies in the folder."""
        return {one.name for one in self.folder.iterdir()}

    def count(self) -> int:
        """Steps of one whole run."""
        self.reset()
        read, write = os.pipe()

        def counting() -> None:
            seen = 0

            def step(_: str) -> None:
                nonlocal seen
                seen += 1

            _watch(self.folder, step)
            self.writer.write(self.folder, self.writer.words)
            os.write(write, str(seen).encode())

        forked(counting)
        os.close(write)
        with os.fdopen(read) as answer:
            return int(answer.read())

    def whole(self, content: bytes, *, other_day: bool = False) -> bool:
        """Whether a file is the new one; by its parts where a date makes each run differ."""
        if self.same and not (self.writer.dated and other_day):
            return content == self.new
        return valid(self.writer.out, content)

    def rows(self, content: bytes) -> int:
        """Rows of a table that grows."""
        import io

        import pyarrow.parquet as pq

        return pq.read_table(io.BytesIO(content)).num_rows


def valid(name: str, content: bytes) -> bool:
    """Whether a file can be read to its end."""
    import io
    import json
    import tomllib
    import zipfile

    try:
        if name.endswith(".json"):
            json.loads(content)
        elif name.endswith(".toml"):
            tomllib.loads(content.decode())
        elif name.endswith(".docx"):
            return zipfile.ZipFile(io.BytesIO(content)).testzip() is None
        elif name.endswith(".html"):
            return content.rstrip().endswith(b"</html>")
        elif name.endswith(".parquet"):
            import pyarrow.parquet as pq

            pq.read_table(io.BytesIO(content))
        elif name.endswith(".nc"):
            import h5netcdf

            with h5netcdf.File(io.BytesIO(content)) as file:
                return all(one[...] is not None for one in file.groups["posterior"].values())
        else:
            return False
    except Exception:
        return False
    return True


def inside(name: str, folder: Path) -> bool:
    """Whether a file is in the folder, in which the command runs."""
    return not os.path.isabs(name) or name.startswith(str(folder))


def _watch(folder: Path, step: Callable[[str], None]) -> None:
    """Call ``step`` at every act on a file in the folder, also between the parts of a write."""
    global _step
    from pathlib import Path as Real

    def seen(name: str) -> None:
        if inside(name, folder):
            step(name)

    def pieces(path: Path, content: Any) -> int:
        with path.open("wb") as file:
            for start in range(0, len(content), max(1, len(content) // 4)):
                file.write(content[start : start + max(1, len(content) // 4)])
                file.flush()
                step("written")
        return len(content)

    Real.write_bytes = pieces
    _step = seen


def forked(act: Callable[[], Any], seconds: float | None = None) -> int:
    """Run in a child; its exit status, or the negative number of the signal that ended it."""
    child = os.fork()
    if child == 0:
        status = 99
        with contextlib.suppress(BaseException):
            found = act()
            status = found if isinstance(found, int) else 0
        os._exit(status)
    end = time.monotonic() + (HANGS if seconds is None else seconds)
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def run(stage: Stage, before: Callable[[], None] | None = None) -> tuple[int, Done | None]:
    """The writer in a child of its own, with what it said."""
    import json

    from proofs.face import Done

    read, write = os.pipe()

    def act() -> int:
        if before is not None:
            before()
        done = stage.writer.write(stage.folder, stage.writer.words)
        os.write(write, json.dumps([done.returncode, done.stdout[-500:], done.stderr]).encode())
        return 0

    status = forked(act)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        said = answer.read()
    return status, Done(*json.loads(said)) if said else None


def kill_once(stage: Stage, rng: random.Random) -> tuple[bool, list[str]]:
    """Kill the writer once; whether it was still at work, and every fault found after."""
    stage.reset()
    if rng.random() < TIMED:
        status = forked(
            lambda: stage.writer.write(stage.folder, stage.writer.words),
            rng.uniform(0.2, 1.1) * stage.seconds,
        )
    else:
        last = rng.randint(1, stage.steps)

        def killed() -> None:
            seen = 0

            def step(_: str) -> None:
                nonlocal seen
                seen += 1
                if seen == last:
                    os.kill(os.getpid(), signal.SIGKILL)

            _watch(stage.folder, step)
            stage.writer.write(stage.folder, stage.writer.words)

        status = forked(killed)
    if status != -signal.SIGKILL:
        return False, []
    return True, [*held(stage), *after(stage)]


def held(stage: Stage, *, other_day: bool = False) -> list[str]:
    """What is wrong with the file after a kill: neither the old one nor the new one."""
    if not stage.out.exists():
        return ["lost: the file that was there"] if stage.old is not None else []
    content = stage.out.read_bytes()
    if stage.writer.grows and stage.old is not None:
        if not valid(stage.writer.out, content):
            return ["torn: a table that cannot be read"]
        if stage.rows(content) < stage.rows(stage.old):
            return ["lost: rows of the table"]
        return []
    if content != stage.old and not stage.whole(content, other_day=other_day):
        return [f"torn: {len(content)} bytes of {len(stage.new)}"]
    return []


def after(stage: Stage) -> list[str]:
    """What the next run leaves: its file whole, and nothing else."""
    if stage.out.exists() and stage.old is None:
        stage.out.unlink()  # commands that never replace a file would refuse
    done = stage.writer.write(stage.folder, stage.writer.words)
    found = [] if done.returncode == 0 else [f"next run: {done.stderr.strip()[:200]}"]
    if not found and stage.writer.grows:
        if stage.rows(stage.out.read_bytes()) != stage.rows(stage.new):
            found.append("lost: rows after the next run")
    elif not found and not stage.whole(stage.out.read_bytes()):
        found.append("torn: after the next run")
    more = stage.present() - stage.names
    return [*found, *(f"left behind: {one}" for one in sorted(more))]
