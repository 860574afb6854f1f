"""Numbers as tables write them; what Python alone would accept is not."""

from __future__ import annotations

import re

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
