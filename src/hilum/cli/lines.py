"""Lines of a terminal."""

from __future__ import annotations

import shutil
import sys
from itertools import zip_longest
from typing import TYPE_CHECKING

from hilum.language.columns import fold, padded, shortened, width_of

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["GAP", "beside", "fold", "padded", "shortened", "terminal_width", "width_of"]

WIDEST = 100
# Between two columns.
GAP = 2


def terminal_width() -> int:
    """Columns to write in: those of the terminal up to 100, 100 where it goes elsewhere."""
    if not sys.stdout.isatty():
        return WIDEST
    return max(40, min(WIDEST, shutil.get_terminal_size((WIDEST, 40)).columns))


def beside(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Cells of one row beside each other, each broken at its width; the last takes the rest."""
    broken = [fold(cell, width) for cell, width in zip(cells, widths, strict=True)]
    lines: list[str] = []
    for parts in zip_longest(*broken, fillvalue=""):
        line = "".join(padded(part, width + GAP) for part, width in zip(parts, widths, strict=True))
        lines.append(line.rstrip())
    return lines
