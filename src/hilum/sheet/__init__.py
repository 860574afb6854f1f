"""Which figure answers which question for this patient: the sheet as data, no words, no layout."""

from hilum.sheet.build import board
from hilum.sheet.sheet import Sheet, json_schema

__all__ = ["Sheet", "board", "json_schema"]
