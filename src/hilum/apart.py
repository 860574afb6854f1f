"""Work in a process of its own, which can be ended at any moment.

A compiled kernel, a reader of PDF files or a large array looks at nothing for seconds. What
somebody watches, and may stop, then runs in a child that reports what is done and is killed when
it is not wanted any more.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any, Final

from hilum import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from hilum.watch import Watch

LOOK: Final = 0.2
"""Seconds between two looks at the watch."""
CHILD: Final = "from hilum.apart import serve; serve()"
# What an error is made of, where that is not what it says.
PARTS: Final = {
    "InputError": ("faults", True),
    "UnknownCode": (("name", "code", "known"), False),
    "OutOfRange": (("row", "values", "expected"), False),
}


def run_apart(
    work: str, watch: Watch, *, heard: Callable[[Any], None] | None = None, **given: Any
) -> Any:
    """What a function gives, run in a process of its own.

    Parameters
    ----------
    work : str
        ``module:function``, of a function that takes a :class:`Telling` first: a watch that is
        told of parts done, not of stages.
    watch : Watch
        Looked at every :data:`LOOK` seconds.
    heard : callable, optional
        Given what the work tells before its end, in order.
    **given
        Its further arguments; they and what it gives are pickled.

    Raises
    ------
    Stopped
        When the watch says so; the child is dead by then.
    HilumError
        From the function.
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
            pickle.dump((work, given), child.stdin)
            child.stdin.flush()
        for kind, told in _told(child, watch):
            if kind == "done":
                watch.done(told)
            elif kind == "part" and heard is not None:
                heard(told)
            elif kind == "answer":
                return told
            elif kind == "error":
                name, said = told
                raise getattr(errors, name)(*said)
        message = "the process that computes ended without an answer"
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


class Telling:
    """The child's watch: says how many parts are done, and what is complete already."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self.pipe = pipe

    def stage(self, code: str, total: int) -> None:
        """Told by the parent itself."""

    def done(self, n: int = 1) -> None:
        """Tell the parent."""
        _say(self.pipe, "done", n)

    def part(self, found: Any) -> None:
        """Hand the parent what is complete."""
        _say(self.pipe, "part", found)


def _say(pipe: IO[bytes], kind: str, told: Any) -> None:
    pickle.dump((kind, told), pipe)
    pipe.flush()


def serve() -> None:
    """Be the child: arguments on standard input, what is said and found on standard output."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no message
    work, given = pickle.load(sys.stdin.buffer)
    threading.Thread(target=with_the_parent, daemon=True).start()
    module, _, name = work.partition(":")
    try:
        _say(pipe, "answer", getattr(import_module(module), name)(Telling(pipe), **given))
    except errors.HilumError as error:
        _say(pipe, "error", _packed(error))


def _packed(error: errors.HilumError) -> tuple[str, tuple[Any, ...]]:
    name = type(error).__name__
    parts, whole = PARTS.get(name, ("args", True))
    if whole:
        return name, tuple(getattr(error, str(parts)))
    return name, tuple(getattr(error, one) for one in parts)


def with_the_parent() -> None:
    """End when the parent does, however it ends: standard input ends with it."""
    # Not through Python's buffer, which a process that ends cannot take from this thread.
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os._exit(1)
