"""Cells that a spreadsheet would compute, made text and back."""

from __future__ import annotations

import re
from typing import Any, Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula when it stands first."""
FIGURE: Final = r"-?[0-9]+(?:[.,][0-9]+)*(?:[eE][-+]?[0-9]+)?"
SAFE: Final = {
    "figure": rf"{FIGURE} ?%?",
    "interval": rf"{FIGURE}(?: to | 至 |至|, |; ){FIGURE}",
    "figure with interval": (
        rf"{FIGURE} ?[(\uff08\[]{FIGURE}(?: to | 至 |至|, |; ){FIGURE}[)\uff09\]]"
    ),
}
"""What begins with a minus and is no formula: nothing stands in it but figures and their limits."""
PLAIN: Final = tuple(re.compile(form) for form in SAFE.values())


def safe_cell(cell: Any) -> Any:
    """A text that would be a formula behind an apostrophe; anything else as it is."""
    if not isinstance(cell, str) or not cell.lstrip("'").startswith(FORMULA):
        return cell
    return cell if any(form.fullmatch(cell) for form in PLAIN) else f"'{cell}"


def plain_cell(cell: str) -> str:
    """The text that :func:`safe_cell` was given."""
    if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA):
        return cell[1:]
    return cell
