"""Cells that a spreadsheet would compute, made text and back."""

from __future__ import annotations

from typing import Any, Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula when it stands first."""


def safe_cell(cell: Any) -> Any:
    """A text that would be a formula behind an apostrophe; anything else as it is."""
    if isinstance(cell, str) and cell.lstrip("'").startswith(FORMULA):
        return f"'{cell}"
    return cell


def plain_cell(cell: str) -> str:
    """The text that :func:`safe_cell` was given."""
    if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA):
        return cell[1:]
    return cell
