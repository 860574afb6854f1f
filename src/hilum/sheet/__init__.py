"""Which figure answers which question for this patient: the sheet as data, no words, no layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.deferred import later

if TYPE_CHECKING:
    from hilum.sheet.build import board
    from hilum.sheet.sheet import Sheet, json_schema

__all__ = [
    "Sheet",
    "board",
    "json_schema",
]

__getattr__ = later(
    __name__,
    {
        "Sheet": "hilum.sheet.sheet",
        "board": "hilum.sheet.build",
        "json_schema": "hilum.sheet.sheet",
    },
)
