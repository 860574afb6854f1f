"""Earlier treatments with their dates, and the facts that the end of a course gives."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from hilum.patient.dates import MONTH, Period, day_of, time_since
from hilum.patient.lists import parts
from hilum.patient.spoken import clean, key, spoken, treatment_words
from hilum.patient.values import span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.patient.records import Attribute
    from hilum.patient.spoken import TreatmentWord
    from hilum.patient.tables import Tables
    from hilum.patient.values import Range

KEYS = ("treatment", "from", "to", "best_response", "stopped_for")
ONGOING = frozenset({"", "now", "today", "ongoing", "present", "current", "至今", "现在", "heute"})
DATE = (
    r"(?:(?:19|20)\d\d ?年(?: ?\d{1,2} ?月)?"
    r"|(?:\d{1,2}[./-]){0,2}(?:19|20)\d\d(?:[-/.]\d{1,2}(?!\d)){0,2}"
    rf"|(?:{MONTH})\.? (?:19|20)\d\d)"
)
DATED = re.compile(
    rf"(?P<before>.*?)(?P<first>(?<![0-9A-Za-z_]){DATE})(?P<after>.*)", re.IGNORECASE
)
UNTIL = re.compile(r"\s*(?:-|~|to|until|till|bis|至|到|through|→|->)\s*(?P<last>.*)", re.IGNORECASE)


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


def read_course(raw: object, tables: Tables) -> Course | None:
    """A course from an item of a list of treatments; nothing where no treatment is known by it."""
    if isinstance(raw, dict):
        return _of_table(cast("dict[str, Any]", raw), tables)
    if not isinstance(raw, str):
        return None
    text = clean(raw)
    words = treatment_words(tables)
    match = None if key(text) in words else DATED.fullmatch(text)
    if match is None:
        meant = _treatment(text, tables)
        return None if meant is None else Course(
            meant.treatment, text, months_since=meant.months_since
        )  # fmt: skip
    before, since = _without_since(match["before"].strip(" (,:"))
    meant = _treatment(before, tables)
    if meant is None:
        return None
    start = day_of(match["first"])
    after = match["after"].strip(" )")
    if key(after) in spoken().since_after:
        # "2024年5月起": since then, said behind the day.
        since, after = True, ""
    if until := UNTIL.fullmatch(after):
        last = until["last"].strip().casefold()
        end = None if last in ONGOING else day_of(last)
        if last not in ONGOING and end is None:
            return None
    elif after:
        return None
    else:
        end = None if since else start
    return Course(
        meant.treatment, text, start, end, start is not None and end is None,
        months_since=meant.months_since,
    )  # fmt: skip


def read_courses(
    items: Iterable[object], tables: Tables
) -> tuple[tuple[Course, ...], tuple[object, ...]]:
    """Courses of a list, and the items that name no known treatment."""
    found: list[Course] = []
    unknown: list[object] = []
    for one in items:
        if one is False or (isinstance(one, str) and says_none(one)):
            continue
        course = read_course(one, tables)
        joined = [] if course else [read_course(part, tables) for part in parts(one)]
        known = [part for part in joined if part is not None]
        if course is not None:
            found.append(course)
        elif known and len(known) == len(joined):
            found += known
        else:
            unknown.append(one)
    return tuple(found), tuple(unknown)


def says_none(text: str) -> bool:
    """Whether an item of a list says that there is none."""
    return key(text) == "none" or spoken().truths.get(key(text)) is False


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
    meant = _treatment(clean(str(raw.get("treatment", ""))), tables)
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
    """A treatment by its name, doses and cycles after it left out."""
    words = treatment_words(tables)
    meant = words.get(key(text))
    if meant is None:
        # "PRRT 4 cycles", "octreotide LAR 30 mg": from a figure on, the rest is no name.
        shorter = re.sub(r"(?<=\S)[\s,x]+\d.*$", "", text)
        meant = words.get(key(shorter))
    return meant


def _without_since(text: str) -> tuple[str, bool]:
    plain = text.casefold()
    for word in spoken().since:
        if plain.endswith(f" {word}") or (plain.endswith(word) and not word.isascii()):
            return text[: -len(word)].strip(" (,:"), word not in ("last", "from")
    return text, False
