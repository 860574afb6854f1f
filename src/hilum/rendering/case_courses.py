"""Earlier treatments as they were read, each with its days: what stands at the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.patient.courses import read_courses
from hilum.patient.lists import items
from hilum.patient.naming import LONGEST_TEXT

if TYPE_CHECKING:
    from hilum.language import Words
    from hilum.patient.courses import Course
    from hilum.patient.dates import Period
    from hilum.sheet.verdict_words import VerdictWords

SINCE: Final = "{treatment} since {day}"
FROM_TO: Final = "{treatment} {first} to {last}"
UNTIL: Final = "{treatment} until {day}"
WHEN: Final = "{treatment} {day}"


def messages() -> set[str]:
    """Ids that stand in the tables above."""
    return {SINCE, FROM_TO, UNTIL, WHEN}


def courses_said(written: str, tongue: VerdictWords) -> str:
    """The treatments of a text by name, with their days; empty where the text was cut short."""
    if len(written) > LONGEST_TEXT:
        return ""
    courses, _ = read_courses(items(written), tongue.tables)
    named = [(tongue.treatment(one.treatment), one) for one in courses if one.treatment]
    return tongue.joined([_said(name, one, tongue.words) for name, one in named])


def _said(name: str, one: Course, words: Words) -> str:
    if one.start is None:
        return words(UNTIL, treatment=name, day=_day(one.end)) if one.end else name
    if one.end is None:
        return words(SINCE, treatment=name, day=_day(one.start))
    if one.start == one.end:
        return words(WHEN, treatment=name, day=_day(one.start))
    return words(FROM_TO, treatment=name, first=_day(one.start), last=_day(one.end))


def _day(when: Period) -> str:
    """A day, a month or a year, as exact as it was written."""
    first, last = when.first.isoformat(), when.last.isoformat()
    if first == last:
        return first
    return first[:7] if first[:7] == last[:7] else first[:4]
