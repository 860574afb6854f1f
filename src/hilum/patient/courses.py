"""Earlier treatments with their dates, and the facts that the end of a course gives."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from hilum.patient.dates import Period, day_of, time_since
from hilum.patient.naming import as_written
from hilum.patient.treatment_text import ONGOING, NotSaid, said_in
from hilum.patient.values import span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.patient.records import Attribute
    from hilum.patient.spoken import TreatmentWord
    from hilum.patient.tables import Tables
    from hilum.patient.treatment_text import Said
    from hilum.patient.values import Range

KEYS = ("treatment", "from", "to", "best_response", "stopped_for")


@dataclass(frozen=True, slots=True)
class Course:
    """One earlier treatment; ``treatment`` is an id, or empty for a drug that is none here.

    ``start`` and ``end`` hold the first and last day that a written date may mean. ``ongoing``:
    a start is known and no end.
    """

    treatment: str
    text: str
    start: Period | None = None
    end: Period | None = None
    ongoing: bool = False
    best_response: str = ""
    stopped_for: str = ""
    months_since: str = ""


def read_courses(
    items: Iterable[object], tables: Tables
) -> tuple[tuple[Course, ...], tuple[NotSaid, ...]]:
    """Courses of a list, and everything in it that names no treatment for certain.

    An item may name several (``TACE x2, then RFA``); one that says only when and how often is of
    the treatment before it.
    """
    found: list[Course] = []
    unread: list[NotSaid] = []
    texts: list[str] = []
    for one in (*items, None):
        if isinstance(one, str):
            texts.append(one)
            continue
        said, not_said = said_in("\n".join(texts), tables)
        found += map(_of_said, said)
        unread += not_said
        texts = []
        if one is None or one is False:
            continue
        course = _of_table(cast("dict[str, Any]", one), tables) if isinstance(one, dict) else None
        if course is None:
            unread.append(NotSaid(as_written(one)))
        else:
            found.append(course)
    return tuple(found), tuple(unread)


def _of_said(one: Said) -> Course:
    return Course(
        one.word.treatment, one.text, one.start, one.end, one.ongoing, one.response,
        months_since=one.word.months_since,
    )  # fmt: skip


def months_since(
    courses: Iterable[Course], attribute: Attribute, today: dt.date
) -> tuple[float | Range, Course] | None:
    """Months since the last course that gives a fact, and that course; 0 while it goes on."""
    found: list[tuple[float | Range, Course]] = []
    for one in courses:
        if one.months_since != attribute.name:
            continue
        if one.ongoing:
            found.append((0.0, one))
        elif one.end is not None and one.end.first <= today:
            found.append((time_since(one.end, today, attribute.unit), one))
    return min(found, key=lambda pair: span(pair[0]), default=None)


def _of_table(raw: dict[str, Any], tables: Tables) -> Course | None:
    meant = _treatment(str(raw.get("treatment", "")), tables)
    if meant is None or set(raw) - set(KEYS):
        return None
    start, last = day_of(raw.get("from")), raw.get("to", "")
    end = day_of(last)
    written = last not in ONGOING if isinstance(last, str) else True
    if ("from" in raw and start is None) or (written and end is None):
        return None
    text = " ".join(str(raw[name]) for name in KEYS if name in raw)
    return Course(
        meant.treatment, text, start, end, start is not None and end is None,
        str(raw.get("best_response", "")), str(raw.get("stopped_for", "")), meant.months_since,
    )  # fmt: skip


def _treatment(text: str, tables: Tables) -> TreatmentWord | None:
    """A treatment by its name, doses and cycles beside it left out."""
    said, unread = said_in(text, tables)
    return said[0].word if len(said) == 1 and not unread else None
