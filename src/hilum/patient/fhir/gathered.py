"""What is gathered from a bundle while it is read: statements, courses, lines."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hilum.patient.dates import Period, day_of
from hilum.patient.fhir.lines import Line, Place
from hilum.patient.fhir.verbatim import said_in
from hilum.patient.numbers import ValueNotRead
from hilum.patient.reading import read_value
from hilum.patient.vocabulary import is_unknown

if TYPE_CHECKING:
    from hilum.patient.fhir.bundle import Bundle, Entry
    from hilum.patient.fhir.models import Concept, Resource
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value

DAY = 10  # characters of a date


@dataclass(frozen=True, slots=True)
class Moment:
    """When something was: the days that it may mean, and the instant where one is written."""

    days: Period | None = None
    instant: dt.datetime | None = None
    text: str = ""

    def before(self, other: Moment) -> bool:
        """Whether this is surely earlier."""
        if self.days is None or other.days is None:
            return False
        if self.instant is not None and other.instant is not None:
            return self.instant < other.instant
        return self.days.last < other.days.first


@dataclass(frozen=True, slots=True)
class Statement:
    """One reading of a fact: what a case file would write, and what that is read as.

    ``key`` is that of the case, where hilum wrote the resource out of one; ``note`` is the code of
    a line that asks for confirmation, ``preliminary`` as the record has it.
    """

    fact: str
    written: str | float | bool
    value: Value
    text: str
    when: Moment
    place: Place
    note: str = ""
    preliminary: bool = False
    key: str = ""


@dataclass(frozen=True, slots=True)
class Staged:
    """A category of TNM or a stage: carried, no fact of the rules."""

    what: str
    value: str
    text: str
    when: Moment
    place: Place
    added: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """A course of a treatment, as one item of the case's list."""

    word: str
    start: str
    end: str
    ongoing: bool
    place: Place
    note: str = ""


@dataclass(slots=True)
class Gathered:
    """Everything said so far, and how it is read."""

    bundle: Bundle
    tables: Tables
    today: dt.date
    patient: Entry | None = None
    lines: list[Line] = field(default_factory=list[Line])
    statements: list[Statement] = field(default_factory=list[Statement])
    staged: list[Staged] = field(default_factory=list[Staged])
    courses: list[Given] = field(default_factory=list[Given])
    sites: dict[str, Place] = field(default_factory=dict[str, Place])
    case: dict[str, str] = field(default_factory=dict[str, str])
    liver: bool = False

    def say(
        self, code: str, place: Place, /, fact: str = "", date: str = "", **places: str
    ) -> None:
        """Add a line; ``fact`` also fills its place in the sentence."""
        if fact:
            places.setdefault("fact", fact)
        self.lines.append(Line(code, place, fact, date, places))

    def state(
        self,
        fact: str,
        written: str | float | bool | None,
        text: str,
        when: Moment,
        place: Place,
        *,
        note: str = "",
        preliminary: bool = False,
        own: object = None,
    ) -> None:
        """Add a reading of a fact, or the line that says why it is none."""
        attribute = self.tables.attributes[fact]
        if when.days is not None and when.days.first > self.today:
            self.say("future", place, fact, when.text, value=text)
            return
        if written is None or is_unknown(written, attribute):
            self.say("absent", place, fact, when.text, reason=text)
            return
        try:
            value = read_value(written, attribute, self.tables, today=self.today)
        except ValueNotRead as error:
            code = "unknown_unit" if error.code == "unknown_unit" else "not_read"
            self.say(code, place, fact, when.text, value=text, expected=error.expected)
            return
        key, scalar = said_in(own, value, attribute, self.tables) if own else ("", written)
        said = written if scalar is None else scalar
        found = Statement(fact, said, value, text, when, place, note, preliminary, key)
        self.statements.append(found)


def place_of(entry: Entry, element: str = "") -> Place:
    """The place of an element of an entry."""
    name = entry.resource.id or f"#{entry.number}"
    return Place(entry.kind, name, element)


def inner(place: Place, element: str) -> Place:
    """The same resource, another element."""
    return replace(place, element=element)


def moment(text: str | None) -> Moment:
    """When a FHIR date or dateTime is; nothing where there is none or it is no date."""
    if not text:
        return Moment()
    days = day_of(text[:DAY])
    if days is None:
        return Moment()
    try:
        instant = dt.datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        instant = None
    if instant is not None and instant.tzinfo is None:
        instant = None
    return Moment(days, instant, text[:DAY])


def effective(resource: Resource) -> Moment:
    """When an observation is of; the end of a period where one is given."""
    period = resource.effectivePeriod
    ends = (period.end or period.start) if period else None
    return moment(resource.effectiveDateTime or resource.effectiveInstant or ends)


def word_of(concept: Concept | None) -> str:
    """The code of a status that is written as a concept."""
    if concept is None:
        return ""
    coded = next((one.code for one in concept.coding if one.code), None)
    return (coded or concept.text or "").casefold()
