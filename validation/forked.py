"""Tests on a copy of the source, each run in a child that has the libraries loaded already.

To start a process and load numpy, scipy and pydantic takes longer than most tests: they are loaded
once, hilum in each child anew from the copy that holds the fault.
"""

from __future__ import annotations

import importlib
import os
import random
import resource
import signal
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LIBRARIES: Final = (
    "pytest", "_pytest.assertion.rewrite", "numpy", "scipy.stats", "scipy.optimize",
    "scipy.special", "scipy.linalg", "scipy.ndimage", "pydantic", "nibabel",
    "openpyxl", "typer.testing", "rich.console",
)  # fmt: skip
SEED, WAIT = 2026, 20


def load() -> None:
    """Load what every child needs; hilum itself must not be among it."""
    for name in LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(name)
    if any(name.split(".")[0] == "hilum" for name in sys.modules):
        sys.exit("hilum is loaded already: its faults would not be seen")


def start(
    source: Path, root: Path, tests: Sequence[str], seconds: float, *, keeps: bool = False
) -> int:
    """Begin the tests on ``source`` in a child; its process id.

    Parameters
    ----------
    keeps : bool
        Keep what Python compiles beside the source: of one without a fault, so that later runs
        compile only what holds their fault (a file that was changed has another time).
    """
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    status = 70
    try:
        # Seconds of the processor, so that a machine that has others to serve notices no faults;
        # and an end for what waits for nothing.
        most = max(1, round(seconds))
        resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
        signal.alarm(WAIT * most)
        sys.dont_write_bytecode = not keeps
        status = _run(source, root, tests)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def passed(status: int) -> bool:
    """Whether a child's tests passed, from what ``os.waitpid`` says of it."""
    return os.waitstatus_to_exitcode(status) == 0


def _run(source: Path, root: Path, tests: Sequence[str]) -> int:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    os.chdir(root)
    sys.path[:0] = [str(source), str(root)]
    import hilum

    if not str(hilum.__file__).startswith(str(source)):
        return 71
    random.seed(SEED)
    import pytest

    words = [
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--tb=short",
        f"--hypothesis-seed={SEED}",
    ]
    return int(pytest.main([*words, *(str(root / "tests" / one) for one in tests)]))
