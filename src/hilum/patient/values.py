"""What a fact can be: a number, a range of numbers, a truth, a word or a set of words."""

from __future__ import annotations

from typing import NamedTuple


class Range(NamedTuple):
    """All numbers from ``low`` to ``high``, in the unit of the attribute."""

    low: float
    high: float


Value = float | bool | str | Range | frozenset[str]


def span(value: float | Range) -> Range:
    """A number as the range that holds it alone."""
    return value if isinstance(value, Range) else Range(value, value)


def hull(*values: float | Range) -> float | Range:
    """The smallest range that holds every value; a number where they are all the same one."""
    low = min(span(value).low for value in values)
    high = max(span(value).high for value in values)
    return float(low) if low == high else Range(low, high)


def word_of(value: Value) -> str:
    """A value in the words that the tables compare with."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Range):
        return f"{value.low:g}-{value.high:g}"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "none"
    return f"{value:g}" if isinstance(value, int | float) else value
