"""Dates as letters write them, and the time gone since."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from hilum.patient.spoken import clean, spoken
from hilum.patient.values import Range, hull

MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
# "oct", "sept" and "october", not "octreotide".
MONTH = "|".join(
    sorted({one[:n] for one in MONTHS for n in (3, 4, len(one))}, key=len, reverse=True)
)
DAYS_A_YEAR = 365.25
DAYS = {"months": DAYS_A_YEAR / 12, "years": DAYS_A_YEAR}
PATTERNS = tuple(
    re.compile(text)
    for text in (
        r"(?P<y>(?:19|20)\d\d)(?:[-/.](?P<m>\d{1,2})(?:[-/.](?P<d>\d{1,2}))?)?",
        r"(?:(?P<d>\d{1,2})[-/.])?(?P<m>\d{1,2})[-/.](?P<y>(?:19|20)\d\d)",
        r"(?P<y>(?:19|20)\d\d) ?年(?: ?(?P<m>\d{1,2}) ?月(?: ?(?P<d>\d{1,2}) ?[日号])?)?",
        rf"(?:(?P<d>\d{{1,2}})\.? )?(?P<w>{MONTH})\.? (?P<y>(?:19|20)\d\d)",
    )
)


class Period(NamedTuple):
    """The days that a date may mean: one day, a month or a year."""

    first: dt.date
    last: dt.date


def day_of(raw: object) -> Period | None:
    """The days that a text or a date means; nothing where it is no date."""
    if isinstance(raw, dt.datetime):
        raw = raw.date()
    if isinstance(raw, dt.date):
        return Period(raw, raw)
    if not isinstance(raw, str):
        return None
    text = clean(raw).casefold()
    for word in spoken().since:
        if text.startswith(word):
            text = text.removeprefix(word).strip(" :")
            break
    for pattern in PATTERNS:
        if match := pattern.fullmatch(text):
            return _period(match.groupdict())
    return None


def time_since(when: Period, today: dt.date, unit: str) -> float | Range:
    """Months or years from a date to the day of the case; a range where the date is a month."""
    days = DAYS[unit]
    # A month or year that is still running ends today.
    last = min(when.last, today) if when.first <= today else when.last
    return hull((today - last).days / days, (today - when.first).days / days)


def _period(parts: dict[str, str | None]) -> Period | None:
    year, day = int(str(parts["y"])), parts.get("d")
    month = parts.get("m")
    if word := parts.get("w"):
        month = str(next(n for n, name in enumerate(MONTHS, 1) if name.startswith(word)))
    try:
        if month is None:
            return Period(dt.date(year, 1, 1), dt.date(year, 12, 31))
        if day is not None:
            one = dt.date(year, int(month), int(day))
            return Period(one, one)
        first = dt.date(year, int(month), 1)
        following = dt.date(year + month_is_last(first), first.month % 12 + 1, 1)
    except ValueError:
        return None
    return Period(first, following - dt.timedelta(days=1))


def month_is_last(day: dt.date) -> bool:
    """Whether a day lies in December."""
    return day.month == len(MONTHS)
