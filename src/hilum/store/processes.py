"""Whether the program that left something unfinished still runs."""

from __future__ import annotations

import os


def running(process: int) -> bool:
    """Whether a process of this number is there; its own counts, and one of another user."""
    if process == os.getpid():
        return True
    if os.name == "nt":  # pragma: no cover: there an open file cannot be removed anyway
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
