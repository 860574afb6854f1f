"""A case out of a FHIR bundle: every resource read or named, the latest values chosen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from hilum.errors import Fault, InputError, phrased
from hilum.patient.case import Case, read_case
from hilum.patient.fhir.bundle import Bundle, Entry, opened
from hilum.patient.fhir.choosing import carry, chosen
from hilum.patient.fhir.codes import elements
from hilum.patient.fhir.conditions import read_condition
from hilum.patient.fhir.gathered import Gathered, place_of
from hilum.patient.fhir.given import merged, read_allergy, read_medication, read_procedure
from hilum.patient.fhir.lines import Line, Place
from hilum.patient.fhir.observing import read_observation
from hilum.patient.fhir.person import read_patient
from hilum.patient.fhir.verbatim import AS_WRITTEN
from hilum.patient.tables import read_tables
from hilum.patient.template import written_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.patient.fhir.gathered import Given, Staged, Statement
    from hilum.patient.tables import Tables

PERSON: Final = "Patient"
# What is read, by type of resource; every other is named by its type.
READERS: Final[dict[str, Callable[[Entry, Gathered], bool]]] = {
    "Observation": read_observation,
    "Condition": read_condition,
    "Procedure": read_procedure,
    "MedicationStatement": read_medication,
    "MedicationRequest": read_medication,
    "MedicationAdministration": read_medication,
    "AllergyIntolerance": read_allergy,
}
# Read with the resource that refers to it.
HELD: Final = "Medication"
RELATIVE: Final = "FamilyMemberHistory"


@dataclass(frozen=True, slots=True)
class FhirCase:
    """What a bundle says: facts as a case file writes them, and a line for everything.

    ``data`` has the shape of a case file, ``case`` is that as read; ``carried`` are categories and
    stages that are no facts of the rules.
    """

    data: dict[str, Any]
    case: Case
    facts: tuple[Statement, ...]
    carried: tuple[Staged, ...]
    lines: tuple[Line, ...] = field(default=())


def read_bundle(
    data: dict[str, Any],
    *,
    today: dt.date | None = None,
    patient: str | None = None,
    tables: Tables | None = None,
) -> FhirCase:
    """Read a bundle, or one resource, into a case.

    Parameters
    ----------
    data : dict
        The JSON of the file.
    today : date, optional
        The day of the case: ages are of it; today when omitted.
    patient : str, optional
        The id of the patient where the file holds several.

    Raises
    ------
    InputError
        When the file holds several patients and none is chosen.
    """
    known = tables or read_tables()
    bundle = opened(data)
    out = Gathered(bundle, known, today or dt.date.today())
    out.patient = _patient(bundle, patient)
    about = _Subject(bundle, out)
    for entry in bundle.entries:
        _read(entry, out, about)
    for entry in bundle.of(HELD):
        if not any(one.place == place_of(entry) for one in out.lines):
            out.say(
                "no_fact",
                place_of(entry),
                name=(entry.resource.code.called if entry.resource.code else ""),
            )
    for name in bundle.sent:
        out.say("transport", Place("Bundle", "", name))
    for name in bundle.broken:
        out.say("malformed", Place("Bundle", "", name))
    if out.patient is None and bundle.entries:
        out.say("no_patient", Place("Bundle"))
    if not out.liver:
        out.say("no_liver", Place("Bundle"))
    facts = chosen(out)
    staged = carry(out)
    made = _data(out, facts, merged(out.courses))
    case = read_case(made, tables=known)
    return FhirCase(made, case, tuple(facts), tuple(staged), tuple(out.lines))


def _patient(bundle: Bundle, chosen_id: str | None) -> Entry | None:
    """The one patient of a file.

    Raises
    ------
    InputError
        When there are several, or none has the id.
    """
    found = [one for one in bundle.of(PERSON) if one.owner < 0] or list(bundle.of(PERSON))
    if chosen_id is not None:
        found = [one for one in found if one.resource.id == chosen_id]
        if not found:
            wanted = "the id of a patient in the file"
            raise InputError(Fault("", None, "patient", chosen_id, wanted))
    if len({one.resource.id or one.number for one in found}) > 1:
        expected = phrased("one patient, or the id of one of {count}", count=len(found))
        raise InputError(Fault("<bundle>", None, PERSON, "", expected))
    return found[0] if found else None


class _Subject:
    """Says of each resource whether it is about the patient."""

    def __init__(self, bundle: Bundle, out: Gathered) -> None:
        self.bundle, self.out = bundle, out
        self.said: str | None = None

    def check(self, entry: Entry) -> str:
        """The code of the line that says otherwise; empty for the patient's own."""
        resource, main = entry.resource, self.out.patient
        for reference in resource.focus:
            about = self.bundle.resolve(reference, entry)
            kind = about.kind if about else (reference.reference or "").split("/")[0]
            if kind in (PERSON, "RelatedPerson") and about is not main:
                return "other_subject"
        reference = resource.subject or resource.patient
        if reference is None or not reference.reference:
            return "no_subject"
        if main is None:
            self.said = self.said or reference.reference
            return "" if reference.reference == self.said else "other_subject"
        return "" if self.bundle.resolve(reference, entry) is main else "other_subject"


def _read(entry: Entry, out: Gathered, about: _Subject) -> None:
    place = place_of(entry)
    if entry.raw.get("modifierExtension"):
        out.say("modifier", place)
        return
    if entry.raw.get("implicitRules"):
        out.say("rules", place)
        return
    if entry.kind == PERSON:
        if entry is out.patient:
            read_patient(entry, out)
            _elements(entry, out)
        else:
            out.say("other_subject", place)
        return
    reader = READERS.get(entry.kind)
    if reader is None:
        if entry.kind != HELD:
            out.say("relative" if entry.kind == RELATIVE else "type", place, name=entry.kind)
        return
    code = about.check(entry)
    if code == "other_subject":
        out.say(code, place)
        return
    if reader(entry, out):
        if code:
            out.say(code, place)
        _elements(entry, out)


def _elements(entry: Entry, out: Gathered) -> None:
    """A line for every element of a used resource that is not read."""
    for name, raw in entry.raw.items():
        code = elements().get((entry.kind, name), elements().get(("*", name), "no_place"))
        place = place_of(entry, name)
        if not code:
            if raw not in (None, [], {}) and _lost(entry, name):
                out.say("malformed", place)
            continue
        if code == "extension":
            foreign = [one for one in raw if not _as_written(one)] if isinstance(raw, list) else raw
            if foreign:
                out.say(code, place, name=_addresses(foreign))
        else:
            out.say(code, place)


def _lost(entry: Entry, name: str) -> bool:
    """Whether an element that is read was of a kind that could not be."""
    return name in type(entry.resource).model_fields and getattr(entry.resource, name) in (None, [])


def _as_written(raw: Any) -> bool:
    """Whether an extension is hilum's own, which is read with the value."""
    return isinstance(raw, dict) and cast("dict[str, Any]", raw).get("url") == AS_WRITTEN


def _addresses(raw: Any) -> str:
    listed = raw if isinstance(raw, list) else [raw]
    return ", ".join(str(one.get("url", "")) for one in listed if isinstance(one, dict))


def _data(out: Gathered, facts: list[Statement], courses: list[Given]) -> dict[str, Any]:
    """The facts in the shape of a case file."""
    patient: dict[str, Any] = {}
    by_fact = {one.fact: one for one in facts}
    for name, attribute in out.tables.attributes.items():
        one = by_fact.get(name)
        if one is not None:
            value = one.written
            plain = sorted(one.value) if isinstance(one.value, frozenset) else value
            bare = isinstance(value, int | float)
            patient[one.key or (name if bare else written_name(attribute))] = plain
    if out.sites:
        patient["extrahepatic_sites"] = sorted({*out.sites, *patient.get("extrahepatic_sites", [])})
    if courses:
        patient["prior_treatments"] = [_course(one) for one in courses]
        for one in courses:
            out.say(one.note or "used", one.place, "prior_treatments", one.start, value=one.word)
    return {
        **{name: out.case[name] for name in ("name", "id") if name in out.case},
        "date": out.today.isoformat(),
        **{name: out.case[name] for name in ("question",) if name in out.case},
        "patient": patient,
    }


def _course(one: Given) -> dict[str, str]:
    """A course as an item of the list: an end that nobody gives is not one that has not come."""
    found = {"treatment": one.word}
    if one.start and (one.end or one.ongoing):
        found["from"] = one.start
    if one.end:
        found["to"] = one.end
    return found
