"""Procedures, medications and allergies: what was done, given, or must not be given."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hilum.patient.fhir.codes import OWN_TREATMENT, meanings, name_key, names, system_of
from hilum.patient.fhir.gathered import Gathered, Given, Moment, inner, moment, place_of, word_of
from hilum.patient.fhir.models import Concept
from hilum.patient.fhir.status import (
    CLINICAL,
    MEDICATION,
    ORDERS,
    PROCEDURE,
    RUNNING,
    VERIFICATION,
    use_of,
)
from hilum.patient.spoken import clean, key, treatment_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hilum.patient.fhir.bundle import Entry
    from hilum.patient.tables import Tables

LIVER = "liver"
# Treatments that are of the liver only where the record does not name another site.
LOCAL = frozenset({"ablation", "liver_directed", "surgery"})


def read_procedure(entry: Entry, out: Gathered) -> bool:
    """Read one procedure; whether it is used."""
    resource, place = entry.resource, place_of(entry)
    concept = resource.code or Concept()
    use, code = use_of(PROCEDURE, resource.status)
    if use == "not":
        out.say(code, place, name=concept.called, status=resource.status or "")
        return False
    period = resource.performedPeriod
    when = moment(resource.performedDateTime or (period.end or period.start if period else None))
    facts = meanings(concept, ("procedure", "question"))
    word = treatment_of(concept, out.tables)
    for one in facts:
        if one.kind == "question":
            out.say("not_by_itself", place, one.fact, when.text, name=concept.called)
        else:
            out.state(one.fact, one.means, concept.called, when, place, note=code)
    if word is None:
        if not facts:
            out.say("no_fact", place, name=concept.called)
        return any(one.kind != "question" for one in facts)
    treatment = treatment_words(out.tables)[key(word)].treatment
    local = LOCAL & set(out.tables.treatments[treatment].classes) if treatment else set[str]()
    sites = {one.means for site in resource.bodySite for one in meanings(site, ("site",))}
    if local and resource.bodySite and sites != {LIVER}:
        out.say("not_liver", place, "prior_treatments", when.text, value=concept.called)
        return False
    day = when.text
    start = _day(period.start) if period else day
    end = _day(period.end) if period else day
    out.courses.append(Given(word, start, end, ongoing=False, place=place, note=code))
    return True


def read_medication(entry: Entry, out: Gathered) -> bool:
    """Read one statement, order or administration of a drug; whether it is used."""
    resource, place = entry.resource, place_of(entry)
    concept = _drug(entry, out)
    name = concept.called
    use, code = use_of(MEDICATION, resource.status)
    ordered = entry.kind == "MedicationRequest"
    if resource.doNotPerform:
        use, code = "not", "negated"
    elif ordered and use != "not" and (resource.intent or "") not in ORDERS:
        use, code = "not", "planned"
    if use == "not":
        status = resource.intent if code == "planned" and ordered else resource.status
        out.say(code, place, name=name, status=status or "")
        return False
    word = treatment_of(concept, out.tables)
    if word is None:
        out.say("unknown_treatment", place, name=name)
        return False
    period = resource.effectivePeriod or resource.occurrencePeriod
    single = resource.effectiveDateTime or resource.occurrenceDateTime
    start = _day(period.start if period else single or resource.authoredOn)
    end = _day(period.end) if period else ""
    running = (resource.status or "") in RUNNING
    if entry.kind == "MedicationAdministration":
        end, running = end or start, False
    note = "ordered" if ordered else code
    out.courses.append(Given(word, start, end, running and not end, place, note))
    return True


def read_allergy(entry: Entry, out: Gathered) -> bool:
    """Read one allergy or intolerance; whether it is used."""
    resource, place = entry.resource, place_of(entry)
    concept = resource.code or Concept()
    verified, clinical = word_of(resource.verificationStatus), word_of(resource.clinicalStatus)
    for table, status in ((VERIFICATION, verified), (CLINICAL, clinical)):
        use, code = use_of(table, status)
        if use != "counts":
            said = code if use == "not" else "unconfirmed"
            out.say(said, place, name=concept.called, status=status)
            return False
    substances = [concept, *(one.substance for one in resource.reaction if one.substance)]
    found = {
        (known.fact, known.means)
        for one in substances
        for name in one.names
        for text in _shorter(name)
        if (known := names()["substance"].get(name_key(text))) is not None
    }
    for fact, means in sorted(found):
        out.state(fact, means, concept.called, Moment(), place)
    if not found:
        out.say("no_fact", place, name=concept.called)
    return bool(found)


def treatment_of(concept: Concept, tables: Tables) -> str | None:
    """The word by which a case file names the treatment; nothing where none is known."""
    words = treatment_words(tables)
    for one in concept.coding:
        if system_of(one.system) == OWN_TREATMENT and one.code and key(one.code) in words:
            return one.code
    for name in concept.names:
        for text in _shorter(name):
            known = names()["treatment"].get(name_key(text))
            if known is not None and known.fact in tables.treatments:
                return known.fact
            if key(text) in words:
                return text
    return None


def _shorter(name: str) -> Iterator[str]:
    """A name, without its brand, dose and form, and the brand: *octreotide 20 MG [Sandostatin]*."""
    text = clean(name)
    yield text
    plain = re.sub(r"\s*\[[^\]]*\]", "", text)
    yield plain
    yield re.split(r"[\s,]+\d", plain)[0]
    yield from re.findall(r"\[([^\]]*)\]", text)


def _drug(entry: Entry, out: Gathered) -> Concept:
    """The drug: in words and codes, or in a resource that is referred to or contained."""
    resource = entry.resource
    if resource.medicationCodeableConcept is not None:
        return resource.medicationCodeableConcept
    held = out.bundle.resolve(resource.medicationReference, entry)
    if held is not None and held.kind == "Medication":
        out.say("read_with", place_of(held))
        return held.resource.code or Concept()
    shown = resource.medicationReference.display if resource.medicationReference else None
    return Concept(text=shown)


def _day(text: str | None) -> str:
    """A date as a case file writes it."""
    return moment(text).text if text else ""


def merged(courses: list[Given]) -> list[Given]:
    """Courses as items of a list: single doses of one drug are one course from first to last."""
    found: list[Given] = []
    doses: dict[str, list[Given]] = {}
    for one in courses:
        if one.place.resource == "MedicationAdministration" and one.start:
            doses.setdefault(one.word, []).append(one)
        elif not any(_same(one, other) for other in found):
            found.append(one)
    for word, given in doses.items():
        start, end = min(one.start for one in given), max(one.end for one in given)
        found.append(Given(word, start, end, ongoing=False, place=inner(given[0].place, "")))
    return found


def _same(one: Given, other: Given) -> bool:
    return (one.word, one.start, one.end, one.ongoing) == (
        other.word, other.start, other.end, other.ongoing,
    )  # fmt: skip
