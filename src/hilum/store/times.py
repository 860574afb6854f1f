"""Times of the store: all are written in UTC."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """The time, with its zone."""
    return dt.datetime.now(tz=dt.UTC)


def aware(when: dt.datetime) -> dt.datetime:
    """A time with its zone: SQLite forgets it."""
    return when if when.tzinfo else when.replace(tzinfo=dt.UTC)
