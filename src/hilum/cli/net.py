"""The last net: what nobody foresaw becomes one line, without anything of the patient."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from hilum._version import __version__
from hilum.errors import HilumError, phrased

if TYPE_CHECKING:
    from collections.abc import Callable

# Exit statuses of sysexits.h: a fault of the program, output that could not be written.
SOFTWARE, IO_ERROR = 70, 74
TRACEBACK = "HILUM_TRACEBACK"


def harden() -> None:
    """Let every character through the standard streams, whatever the locale."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            with suppress(ValueError, OSError):
                reconfigure(errors="backslashreplace")


def caught(error: BaseException) -> tuple[HilumError, int]:
    """One line and an exit status for an error that no command expects."""
    if isinstance(error, MemoryError):
        return HilumError("not enough memory for this input"), SOFTWARE
    if isinstance(error, OSError):
        reason = error.strerror or type(error).__name__
        if error.filename is None:
            line = phrased(
                "standard output: not everything could be written ({reason})", reason=reason
            )
        else:
            line = phrased("{file}: {reason}", file=error.filename, reason=reason)
        return HilumError(line), IO_ERROR
    line = phrased(
        "something unforeseen happened ({kind} in {place}, hilum {version}). Please file an issue "
        "with this line and the command, without data of a patient; {variable}=1 shows more, "
        "which may hold values of the input",
        kind=type(error).__name__,
        place=place(error),
        version=__version__,
        variable=TRACEBACK,
    )
    return HilumError(line), SOFTWARE


def place(error: BaseException) -> str:
    """The last line of hilum's own code that an error passed, by file name and number."""
    root = Path(__file__).parents[1]
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if root in path.parents:
            return f"{path.relative_to(root).as_posix()}:{frame.lineno}"
    return phrased("no line of its own")


def flush(stream: TextIO) -> None:
    """Write what is buffered now, while an error can still be told.

    Raises
    ------
    OSError
        The disk is full, or the reader went away.
    """
    # The command line's own framework swallows a closed pipe and leaves this in its place.
    if type(stream).__name__ == "PacifyFlushWrapper":
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
    stream.flush()


def leave(message: str, status: int) -> int:
    """Print the line; keep Python from trying the broken output again at its end."""
    from hilum.tabular import visible

    with suppress(OSError, ValueError):
        print(f"hilum: {visible(message)}", file=sys.stderr)
        sys.stderr.flush()
    if status == IO_ERROR:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status
