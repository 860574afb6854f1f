"""Linear algebra on one thread, for work of many small matrices."""

from __future__ import annotations

import os
import sys
from typing import Final

VARIABLES: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def one_thread() -> None:
    """Have numerical libraries that are not loaded yet use one thread, unless somebody said more.

    Threads of a library that share a matrix of some dozen rows wait for each other in a loop: a
    ranking costs seven times the processor with two of them, and more where others compute beside
    it. Processes started from here inherit it.
    """
    if "numpy" in sys.modules:
        return
    for name in VARIABLES:
        os.environ.setdefault(name, "1")
