"""Linear algebra on one thread, for work of many small matrices."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import MutableMapping

VARIABLES: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def one_thread() -> None:
    """Have numerical libraries that are not loaded yet use one thread, unless somebody said more.

    Threads of a library that share a matrix of some dozen rows wait for each other in a loop: a
    ranking costs seven times the processor with two of them, and more where others compute beside
    it. Processes started from here inherit it.
    """
    if "numpy" not in sys.modules:
        of_one(os.environ)


def of_one(environment: MutableMapping[str, str]) -> None:
    """The same in the environment of a process that is to be started."""
    for name in VARIABLES:
        environment.setdefault(name, "1")
