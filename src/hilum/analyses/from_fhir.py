"""A case out of a FHIR bundle, and what became of everything in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from hilum.analyses.asked import Option, check
from hilum.errors import Fault
from hilum.patient.report import plain
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.patient.fhir.gathered import Staged, Statement
    from hilum.patient.fhir.lines import Line
    from hilum.watch import Watch


@dataclass(frozen=True, kw_only=True)
class FromFhirAsked:
    """A bundle or a single resource, as its JSON."""

    bundle: dict[str, Any]
    date: Annotated[
        str | None,
        Option("Day of the case (2026-11-28): ages are counted to it; today when omitted."),
    ] = None
    patient: Annotated[str | None, Option("Id of the patient, where the file holds several.")] = (
        None
    )

    def __post_init__(self) -> None:
        """Refuse a day that is none."""
        wrong = self.date is not None and _day(self.date) is None
        wanted = "a day such as 2026-11-28"
        check(self, *([Fault("", None, "date", str(self.date), wanted)] if wrong else []))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFact:
    """One fact of the case: its value in ``unit`` (``[low, high]``: a range), where it stood."""

    fact: str
    value: float | bool | str | list[float] | list[str]
    unit: str
    written: str
    date: str
    resource: str
    id: str
    element: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedFact:
    """A category of TNM or a stage: no rule reads it."""

    what: str
    value: str
    written: str
    date: str
    resource: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLine:
    """What became of one element: ``state`` used, question, history, carried or not_used."""

    state: str
    code: str
    resource: str
    id: str
    element: str
    fact: str
    date: str
    places: dict[str, str]
    sentence: str


@dataclass(frozen=True, kw_only=True)
class FromFhirAnswered:
    """The case, in the shape of a case file, and a line for every element of the bundle.

    The bundle itself is not repeated: what is not used of a person is kept nowhere.
    """

    case: dict[str, Any]
    facts: tuple[ReadFact, ...]
    carried: tuple[CarriedFact, ...]
    lines: tuple[SaidLine, ...]


def run(asked: FromFhirAsked, watch: Watch = SILENT) -> FromFhirAnswered:
    """Read a bundle into a case.

    Raises
    ------
    InputError
        When the file holds several patients and none is chosen.
    """
    from hilum.patient.fhir.read import read_bundle

    watch.done()
    found = read_bundle(
        asked.bundle,
        today=_day(asked.date) if asked.date else None,
        patient=asked.patient,
    )
    units = {one.name: one for one in found.case.facts}
    return FromFhirAnswered(
        case=found.data,
        facts=tuple(_fact(one, units[one.fact].unit) for one in found.facts if one.fact in units),
        carried=tuple(_carried(one) for one in found.carried),
        lines=tuple(_line(one) for one in found.lines),
    )


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _fact(one: Statement, unit: str) -> ReadFact:
    value: Any = plain(one.value)
    return ReadFact(
        fact=one.fact,
        value=list(value) if isinstance(value, list | tuple) else value,
        unit=unit,
        written=one.text,
        date=one.when.text,
        resource=one.place.resource,
        id=one.place.id,
        element=one.place.element,
    )


def _carried(one: Staged) -> CarriedFact:
    return CarriedFact(
        what=one.what,
        value=one.value,
        written=one.text,
        date=one.when.text,
        resource=one.place.resource,
        id=one.place.id,
    )


def _line(one: Line) -> SaidLine:
    from hilum.language import words
    from hilum.patient.fhir.lines import said

    return SaidLine(
        state=one.state,
        code=one.code,
        resource=one.place.resource,
        id=one.place.id,
        element=one.place.element,
        fact=one.fact,
        date=one.date,
        places=dict(one.places),
        sentence=said(one, words("en")),
    )
