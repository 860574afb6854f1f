"""Numbers as tables write them; what Python alone would accept is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hilum.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Columns that count people or events, by the names of the measures; times and sums are not.
COUNTS = frozenset(
    (
        "ai", "bi", "ci", "di", "n1i", "n2i", "x1i", "x2i", "xi", "ni", "event", "n",
        "event1", "event2", "n1", "n2",
    )
)  # fmt: skip
MISSING = frozenset({"", "na", "nan", "n/a", "null", ".", "-"})
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?\d+,\d+", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([ _'\u00a0\u202f,.]\d{3})+([.,]\d+)?", re.ASCII)


def number(cell: str) -> float:
    """A finite number.

    Raises
    ------
    ValueError
        Anything else; the message says what was expected.
    """
    text = cell.strip()
    if _NUMBER.fullmatch(text):
        value = float(text)
        if value in (float("inf"), float("-inf")):
            raise ValueError("a finite number")
        return value
    if text.lower().lstrip("+-") in ("inf", "infinity"):
        raise ValueError("a finite number")
    if _GROUPED.fullmatch(text):
        raise ValueError("a number without signs between thousands, or empty")
    if _COMMA.fullmatch(text):
        raise ValueError("a number with a point before its decimals, or empty")
    raise ValueError("a number, or empty")


def count_faults(
    file: str, columns: Mapping[str, tuple[str, Iterable[tuple[int, float]]]]
) -> list[Fault]:
    """Fractions of patients or events, and numbers below 0, where people are counted.

    ``columns`` has, for each name of a measure, the column of the table and its lines and values.
    """
    return [
        Fault(file, line, column, f"{value:g}", "a whole number of patients or events, from 0")
        for name, (column, cells) in columns.items()
        if name in COUNTS
        for line, value in cells
        if value == value and (value < 0 or value != int(value))
    ]
