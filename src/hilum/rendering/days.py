"""A day as the reader's language writes it: 28 November 2026, 2026年11月28日."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hilum.language import Words

FORM: Final = "{day} {month} {year}"
MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def day_words(day: str | dt.date | None, words: Words) -> str:
    """A day in words; what is no ISO day stays as it is written."""
    if day is None:
        return ""
    try:
        found = day if isinstance(day, dt.date) else dt.date.fromisoformat(day)
    except ValueError:
        return str(day)
    return words(FORM, day=found.day, month=words(MONTHS[found.month - 1]), year=found.year)


def messages() -> set[str]:
    """Ids that stand in the tables."""
    return {FORM, *MONTHS}
