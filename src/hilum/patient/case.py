"""One patient: a case file read into facts, and remarks on everything that was not used."""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from hilum.errors import Fault, InputError, phrased
from hilum.fingerprint import fingerprint
from hilum.patient.asides import before_aside
from hilum.patient.casefile import CaseFile, load_case, values_of
from hilum.patient.courses import Course, months_since, read_courses
from hilum.patient.dates import day_of
from hilum.patient.expected import LIST, TEXT, Expected
from hilum.patient.imaging import Imaging, parse_imaging
from hilum.patient.lists import (
    allowed_words,
    items,
    nearest_item,
    says_empty,
    takes_treatments,
    words_of_list,
)
from hilum.patient.naming import as_written, attribute_of, nearest_attribute
from hilum.patient.plausibility import asks_unit, confirms_unit, named_unit
from hilum.patient.reading import ValueNotRead, read_value
from hilum.patient.remarks import Remark, fault_of
from hilum.patient.spoken import printable
from hilum.patient.tables import read_tables
from hilum.patient.values import Range, span
from hilum.patient.vocabulary import is_unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.records import Attribute
    from hilum.patient.tables import Tables
    from hilum.patient.values import Value

TABLES = ("patient", "imaging", "name", "id", "date", "question")
FROM_COURSES = ("courses",)
# Two figures of one fact are the same within rounding to two digits.
SAME = 0.01
# 03/04/2026 is one day in Europe and another in the United States.
EITHER_FIRST = re.compile(r"(?!(\d\d?)/\1/)(?:0?[1-9]|1[0-2])/(?:0?[1-9]|1[0-2])/\d{4}")
WHOLE = frozenset({"integer", "points"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing the case says, in the attribute's unit.

    ``text`` is what was written; ``origin`` is empty for what was stated, ``("imaging",)`` for what
    was measured, ``("courses",)`` for what the dates of earlier treatments give.
    """

    name: str
    value: Value
    unit: str
    text: str = ""
    origin: tuple[str, ...] = ()
    key: str = field(default="", compare=False)
    given: str | float | bool | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Case:
    """A patient as described.

    ``not_used`` keeps everything that was written and could not be used, ``to_confirm`` what is
    used but looks as if it were in another unit. ``other_readings`` are second, different values
    of a fact that is there. ``date`` is the day the case speaks of, ``id`` the patient's number and
    ``question`` what the board is asked.
    """

    name: str
    facts: tuple[Fact, ...]
    imaging: Imaging | None = None
    not_used: tuple[Remark, ...] = ()
    courses: tuple[Course, ...] = ()
    date: dt.date | None = None
    to_confirm: tuple[Remark, ...] = ()
    other_readings: tuple[Fact, ...] = ()
    id: str = ""
    question: str = ""

    def get(self, name: str) -> Value | None:
        """Value of an attribute, stated or measured; ``None`` when the case does not say it."""
        return next((fact.value for fact in self.facts if fact.name == name), None)

    @property
    def given(self) -> dict[str, Value]:
        """Every stated or measured value by name: what the rules are answered from."""
        return {fact.name: fact.value for fact in self.facts}

    @property
    def content_hash(self) -> str:
        """Hash of what is known of the patient: facts, courses and the day, no name."""
        rows: list[object] = [("fact", one.name, one.value, one.unit) for one in self.facts]
        rows += [("course", repr(one)) for one in self.courses]
        return fingerprint([*rows, ("date", self.date)])

    @property
    def unread(self) -> frozenset[str]:
        """Attributes of which something was written that was not used."""
        return frozenset(one.name for one in self.not_used if one.name)


def read_case(
    source: str | Path | Mapping[str, Any], *, strict: bool = False, tables: Tables | None = None
) -> Case:
    """Read a case from a TOML or JSON file, or a mapping of the same shape.

    What is not understood is kept as a remark and not used; ``strict`` refuses it.

    Raises
    ------
    InputError
        When the file cannot be read, ``[imaging]`` has a fault, or, with ``strict``, for every
        remark. No value of the patient but the faulty one goes into the message.
    """
    tables = tables or read_tables()
    if isinstance(source, str | Path):
        path = Path(source)
        file, folder = load_case(path), path.parent
    else:
        file, folder = CaseFile(dict(source), "<case>", ""), Path()
    reader = _Reader(file, tables)
    patient = reader.patient()
    for name, raw in values_of(patient):
        reader.read(name, raw)
    facts = reader.facts()
    imaging = _imaging(file, folder)
    name, number, question = reader.title(), reader.written("id"), reader.written("question")
    case = Case(
        name, facts, imaging, tuple(reader.remarks), tuple(reader.courses), reader.date,
        tuple(reader.confirm), tuple(reader.twice), number, question,
    )  # fmt: skip
    if strict and case.not_used:
        raise InputError(*(fault_of(one, file.file) for one in case.not_used))
    return case


@dataclass(slots=True)
class _Reader:
    """Facts and remarks of one case while it is read."""

    file: CaseFile
    tables: Tables
    remarks: list[Remark] = field(default_factory=list)
    confirm: list[Remark] = field(default_factory=list)
    courses: list[Course] = field(default_factory=list)
    twice: list[Fact] = field(default_factory=list)
    said: dict[str, list[tuple[str, Fact]]] = field(default_factory=dict)
    date: dt.date | None = None

    def patient(self) -> dict[str, Any]:
        """The table of facts; a file without tables is one itself."""
        data = self.file.data
        self._date(data.get("date"))
        inner = data.get("patient")
        if isinstance(inner, dict):
            for name, raw in values_of(data):
                if name not in TABLES:
                    self._stray(name, raw)
            return cast("dict[str, Any]", inner)
        if inner is None and any(
            attribute_of(name, self.tables) for name in data if name not in TABLES
        ):
            return {name: raw for name, raw in data.items() if name not in TABLES}
        near = difflib.get_close_matches("patient", data, 1) if inner is None else []
        hint = phrased("; nearest: {nearest}", nearest=repr(near[0])) if near else ""
        fault = Fault(
            self.file.file,
            self.file.line("patient"),
            "patient",
            "",
            phrased("a table [patient]{hint}", hint=hint),
        )
        raise InputError(fault)

    def title(self) -> str:
        """The name of the case, in printable characters."""
        return self.written("name") or self.file.stem

    def written(self, name: str) -> str:
        """A text or number that belongs to the case, in printable characters on one line."""
        raw = self.file.data.get(name)
        if raw in (None, "") or isinstance(raw, bool):
            return ""
        if not isinstance(raw, str | int | float):
            self._remark(name, raw, "not_understood", Expected(TEXT), "")
            return ""
        return " ".join(printable(str(raw)).split())

    def read(self, name: str, raw: object) -> None:
        """One key and its value."""
        alias = attribute_of(name, self.tables)
        if alias is None:
            near = nearest_attribute(name, self.tables)
            self._remark(name, raw, "unknown_attribute", "", near)
            return
        attribute = self.tables.attributes[alias.name]
        meant = raw
        if isinstance(raw, str | bool):
            word = str(raw).lower() if isinstance(raw, bool) else raw.strip()
            meant = alias.words.get(word, raw)
        if is_unknown(meant, attribute):
            return
        if attribute.type == "list":
            self._list(name, raw, attribute)
            return
        try:
            value = read_value(meant, attribute, self.tables, alias.unit, today=self.date)
        except ValueNotRead as error:
            aside = before_aside(meant, attribute, self.tables, alias.unit)
            if aside is not None:
                value, word = aside
                self.confirm.append(self._of(name, raw, "aside", word, "", attribute.name))
                self._say(name, raw, value, attribute)
                return
            code, expected = error.code, error.expected
            if code == "out_of_range" and error.nearest:
                code, expected = "ask_unit", attribute.unit
            self._remark(name, raw, code, expected, error.nearest, attribute.name)
            return
        if not (alias.unit or isinstance(value, bool)) and self._asks(name, raw, value, attribute):
            return
        self._say(name, raw, value, attribute)

    def facts(self) -> tuple[Fact, ...]:
        """What was said of every attribute, the first reading where two keys differ."""
        found: list[Fact] = []
        for name, said in self.said.items():
            _, fact = said[0]
            for written, other in said[1:]:
                agreed = _agreed(fact.value, other.value)
                if agreed is None:
                    self._remark(written, other.text, "duplicate", fact.text, "", name)
                    self.twice.append(other)
                else:
                    fact = replace(fact, value=agreed)
            found.append(fact)
        return (*found, *self._since({fact.name for fact in found}))

    def _since(self, stated: set[str]) -> list[Fact]:
        found: list[Fact] = []
        for name in dict.fromkeys(one.months_since for one in self.courses if one.months_since):
            if name in self.tables.attributes and name not in stated:
                attribute = self.tables.attributes[name]
                last = months_since(self.courses, attribute, self.date or dt.date.today())
                if last is not None:
                    value, course = last
                    found.append(Fact(name, value, attribute.unit, course.text, FROM_COURSES))
        return found

    def _list(self, name: str, raw: object, attribute: Attribute) -> None:
        if isinstance(raw, dict):
            self._remark(name, raw, "not_understood", Expected(LIST), "", attribute.name)
            return
        if says_empty(raw, attribute):
            self._say(name, raw, frozenset(), attribute)
            return
        if takes_treatments(attribute):
            known, complete = self._treatments(name, raw, attribute)
        else:
            known, unknown = words_of_list(raw, attribute, self.tables)
            expected, complete = allowed_words(attribute, self.tables), not unknown
            for one in unknown:
                near = nearest_item(one, attribute, self.tables)
                self._remark(name, one, "unknown_word", expected, near, attribute.name)
        # A list of which nothing is known is no empty list: that would say *untreated*.
        if known or complete:
            self._say(name, raw, known, attribute)

    def _treatments(
        self, name: str, raw: object, attribute: Attribute
    ) -> tuple[frozenset[str], bool]:
        """The earlier treatments of a list, and whether all of it was understood."""
        courses, unread = read_courses(items(raw), self.tables)
        self.courses += courses
        known = allowed_words(attribute, self.tables)
        for one in unread:
            code, expected, near = "unknown_treatment", known, ""
            if one.candidates:
                code, expected = "which_treatment", ", ".join(one.candidates)
            elif one.beside:
                code, expected = "beside_treatment", one.beside
            else:
                near = nearest_item(one.text, attribute, self.tables)
            self._remark(name, one.text, code, expected, near, attribute.name)
        for one in courses:
            if not one.treatment:
                self._remark(name, one.text, "no_option", "", "", attribute.name)
        treatments = frozenset(one.treatment for one in courses if one.treatment)
        return treatments, not unread and bool(treatments or not courses)

    def _asks(self, name: str, raw: object, value: Value, attribute: Attribute) -> bool:
        """Whether a bare number has to be asked for its unit; notes what is to be confirmed."""
        if not isinstance(value, float | Range) or not _bare(raw):
            return False
        if attribute.type in WHOLE and not all(end.is_integer() for end in span(value)):
            self.confirm.append(self._of(name, raw, "fraction", "", "", attribute.name))
        ends = span(value)
        figure = ends.high if ends.low == attribute.low else ends.low  # the end that was written
        unit = asks_unit(figure, attribute)
        if unit and not named_unit(name, attribute):
            self._remark(name, raw, "ask_unit", attribute.unit, unit, attribute.name)
            return True
        unit = unit or confirms_unit(figure, attribute)
        if unit:
            self.confirm.append(
                self._of(name, raw, "confirm_unit", attribute.unit, unit, attribute.name)
            )
        return False

    def _say(self, name: str, raw: object, value: Value, attribute: Attribute) -> None:
        text = as_written(raw)
        scalar = raw if isinstance(raw, str | int | float) else text
        fact = Fact(attribute.name, value, attribute.unit, text, key=name, given=scalar)
        self.said.setdefault(attribute.name, []).append((name, fact))

    def _stray(self, name: str, raw: object) -> None:
        if attribute_of(name, self.tables) is not None:
            self._remark(name, raw, "misplaced", "", "")
            return
        near = difflib.get_close_matches(name, TABLES, 1)
        self._remark(name, raw, "unknown_attribute", "", near[0] if near else "")

    def _date(self, raw: object) -> None:
        if raw in (None, ""):
            return
        day = None if isinstance(raw, str) and EITHER_FIRST.fullmatch(raw.strip()) else day_of(raw)
        if day is None or day.first != day.last:
            self._remark("date", raw, "not_understood", "2026-11-28", "")
        else:
            self.date = day.first

    def _remark(
        self, name: str, raw: object, code: str, expected: str, near: str, attribute: str = ""
    ) -> None:
        self.remarks.append(self._of(name, raw, code, expected, near, attribute))

    def _of(
        self, name: str, raw: object, code: str, expected: str, near: str, attribute: str
    ) -> Remark:
        text = as_written(raw)
        return Remark(
            printable(name), text, code, expected, near, self.file.line(name), attribute
        )  # fmt: skip


def _bare(raw: object) -> bool:
    """Whether a number was written without a unit."""
    if isinstance(raw, dict):
        return not cast("dict[str, Any]", raw).get("unit") and _bare(
            cast("dict[str, Any]", raw).get("value")
        )
    return not isinstance(raw, str) or re.search(r"\d\s*\+?$", raw.strip()) is not None


def _agreed(one: Value, other: Value) -> Value | None:
    """One value of two that say the same: the narrower of a number and a range that holds it."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one if one is other else None
    if isinstance(one, float | Range) and isinstance(other, float | Range):
        a, b = span(one), span(other)
        if math.isclose(a.low, b.low, rel_tol=SAME) and math.isclose(a.high, b.high, rel_tol=SAME):
            return one
        low, high = max(a.low, b.low), min(a.high, b.high)
        if low > high or (not isinstance(one, Range) and not isinstance(other, Range)):
            return None
        return low if low == high else Range(low, high)
    return one if one == other else None


def _imaging(file: CaseFile, folder: Path) -> Imaging | None:
    table = file.data.get("imaging")
    if table is None:
        return None
    if not isinstance(table, dict):
        raise InputError(
            Fault(file.file, file.line("imaging"), "imaging", as_written(table), "a table")
        )
    found, faults = parse_imaging(
        cast("dict[str, Any]", table), folder, file.file, lambda name: file.line(name, "imaging")
    )
    if faults:
        raise InputError(*faults)
    return found
