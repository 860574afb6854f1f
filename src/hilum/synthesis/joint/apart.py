"""The sampler in a process of its own, which can be ended while it compiles or draws.

A compiled kernel looks at nothing, and compiling takes seconds: what somebody watches, and may
stop, is drawn by a child that reports its transitions and is killed when it is not wanted any more.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any, Final

from hilum import errors

if TYPE_CHECKING:
    from collections.abc import Generator

    from hilum.watch import Watch

LOOK: Final = 0.2
"""Seconds between two looks at the watch."""
CHILD: Final = "from hilum.synthesis.joint.apart import serve; serve()"


def drawn_apart(watch: Watch, **given: Any) -> Any:
    """What :func:`hilum.synthesis.joint.fit.drawn` gives for the same arguments, the same draws.

    Raises
    ------
    Stopped
        When the watch says so, within :data:`LOOK` seconds; the child is dead by then.
    MissingExtra, NotEstimable
        From the child.
    NotConverged
        The child ended without an answer.
    """
    path = os.pathsep.join(one or os.getcwd() for one in sys.path)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
        # Ctrl-C is the parent's to hear.
        start_new_session=True,
    )
    try:
        assert child.stdin is not None
        with suppress(BrokenPipeError):
            pickle.dump(given, child.stdin)
            child.stdin.flush()
        for kind, told in _told(child, watch):
            if kind == "done":
                watch.done(told)
            elif kind == "answer":
                return told
            elif kind == "error":
                name, said = told
                raise getattr(errors, name)(*said)
        message = "the process that draws ended without an answer"
        raise errors.NotConverged(message)
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()


def _told(child: subprocess.Popen[bytes], watch: Watch) -> Generator[tuple[str, Any]]:
    """What the child says, until it ends; between two sayings the watch is looked at."""
    said: queue.Queue[tuple[str, Any] | None] = queue.Queue()

    def listen(pipe: IO[bytes]) -> None:
        with suppress(EOFError, OSError, ValueError, pickle.UnpicklingError):
            while True:
                said.put(pickle.load(pipe))
        said.put(None)

    assert child.stdout is not None
    threading.Thread(target=listen, args=(child.stdout,), daemon=True).start()
    while True:
        try:
            one = said.get(timeout=LOOK)
        except queue.Empty:
            watch.done(0)
            continue
        if one is None:
            return
        yield one


class _Telling:
    """The child's watch: says how many parts are done."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self.pipe = pipe

    def stage(self, code: str, total: int) -> None:
        """Told by the parent itself."""

    def done(self, n: int = 1) -> None:
        """Tell the parent."""
        _say(self.pipe, "done", n)


def _say(pipe: IO[bytes], kind: str, told: Any) -> None:
    pickle.dump((kind, told), pipe)
    pipe.flush()


def serve() -> None:
    """Be the child: arguments on standard input, what is said and found on standard output."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no message
    given = pickle.load(sys.stdin.buffer)
    threading.Thread(target=_with_the_parent, daemon=True).start()
    from hilum.synthesis.joint.fit import drawn

    try:
        _say(pipe, "answer", drawn(_Telling(pipe), **given))
    except errors.HilumError as error:
        _say(pipe, "error", (type(error).__name__, error.args))


def _with_the_parent() -> None:
    """Standard input ends when the parent does, however it ends; then so does this process."""
    sys.stdin.buffer.read()
    os._exit(1)
