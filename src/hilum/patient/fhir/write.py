"""A FHIR bundle out of a case: mCODE's profiles where they fit, hilum's own codes for the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hilum.patient.fhir.codes import (
    LOINC,
    OWN,
    OWN_TREATMENT,
    OWN_WORD,
    SNOMED,
    UCUM,
    codes,
)
from hilum.patient.fhir.values import COMPARATORS
from hilum.patient.fhir.verbatim import Given, extension, given_of, ucum_of
from hilum.patient.labels import word_label
from hilum.patient.lists import takes_treatments
from hilum.patient.spoken import TreatmentWord, treatment_words
from hilum.patient.tables import read_tables
from hilum.patient.values import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hilum.patient.case import Case, Fact
    from hilum.patient.courses import Course
    from hilum.patient.dates import Period
    from hilum.patient.records import Attribute
    from hilum.patient.tables import Tables

MCODE = "http://hl7.org/fhir/us/mcode/StructureDefinition"
PATIENT = "urn:uuid:00000000-0000-4000-8000-000000000001"
PROFILES = {"ecog": "mcode-ecog-performance-status", "progressive": "mcode-cancer-disease-status"}
ENGLISH = "en"
OF_METASTASES = ("lesion_count", "lesion_max_mm", "liver_burden_percent")
# Drugs are statements of medication, what is done is a procedure.
DRUGS = frozenset({"systemic"})


@dataclass(frozen=True, slots=True)
class Written:
    """A bundle, the facts under hilum's own code alone, and what could not be written.

    ``own`` are attributes that other systems will not know; ``left_out`` are keys of the case.
    """

    bundle: dict[str, Any]
    coded: tuple[str, ...]
    own: tuple[str, ...]
    left_out: tuple[str, ...]


def write_bundle(case: Case, *, tables: Tables | None = None) -> Written:
    """Write a case as a collection of resources; an invented birth date or status is not in it."""
    known = tables or read_tables()
    writer = _Writer(case, known)
    resources = list(writer.resources())
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": _url(number), "resource": one} for number, one in enumerate(resources, 1)
        ],
    }
    left = [*dict.fromkeys(one.key for one in case.not_used)]
    left += ["imaging"] if case.imaging is not None else []
    for name in ("best_response", "stopped_for"):
        left += [name] if any(getattr(one, name) for one in case.courses) else []
    return Written(bundle, tuple(writer.coded), tuple(writer.own), tuple(left))


def _url(number: int) -> str:
    return f"urn:uuid:00000000-0000-4000-8000-{number:012d}"


class _Writer:
    """Writes the resources of one case, the patient first."""

    def __init__(self, case: Case, tables: Tables) -> None:
        self.case, self.tables = case, tables
        self.coded: list[str] = []
        self.own: list[str] = []

    def resources(self) -> Iterator[dict[str, Any]]:
        yield self.patient()
        for fact in self.case.facts:
            attribute = self.tables.attributes[fact.name]
            if fact.name == "sex":
                self.coded.append(fact.name)
            elif fact.name == "primary_site":
                yield self.primary(fact)
            elif takes_treatments(attribute):
                yield from self.treatments(fact, attribute)
            elif fact.origin != ("courses",):
                yield self.observation(fact, attribute)
        if any(self.case.get(name) is not None for name in OF_METASTASES):
            yield self.metastases()
        if self.case.question:
            yield self.observed("question", {"valueString": self.case.question})

    def patient(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "resourceType": "Patient",
            "id": "patient",
            "meta": {"profile": [f"{MCODE}/mcode-cancer-patient"]},
        }
        if self.case.name:
            found["name"] = [{"text": self.case.name}]
        if self.case.id:
            found["identifier"] = [{"value": self.case.id}]
        sex = self.case.get("sex")
        if isinstance(sex, str):
            found["gender"] = sex
        return found

    def primary(self, fact: Fact) -> dict[str, Any]:
        site = str(fact.value)
        coding = [{"system": OWN_WORD, "code": site}]
        published = _site(site)
        if published is not None:
            coding.insert(0, published)
            self.coded.append(fact.name)
        else:
            self.own.append(fact.name)
        return {
            "resourceType": "Condition",
            "id": "primary",
            "meta": {"profile": [f"{MCODE}/mcode-primary-cancer-condition"]},
            "subject": {"reference": PATIENT},
            "code": {"text": "Neuroendocrine tumour"},
            "bodySite": [{"coding": coding, "text": word_label("primary_site", site, ENGLISH)}],
        }

    def metastases(self) -> dict[str, Any]:
        """Written only where the case counts or measures them."""
        (system, code), row = next(
            (key, row)
            for key, row in codes().items()
            if row["kind"] == "secondary" and row["means"] == "liver"
        )
        return {
            "resourceType": "Condition",
            "id": "liver-metastases",
            "meta": {"profile": [f"{MCODE}/mcode-secondary-cancer-condition"]},
            "subject": {"reference": PATIENT},
            "code": {"coding": [{"system": system, "code": code, "display": row["display"]}]},
        }

    def treatments(self, fact: Fact, attribute: Attribute) -> Iterator[dict[str, Any]]:
        if not self.case.courses:
            yield self.observation(fact, attribute)
            return
        for number, one in enumerate(self.case.courses, 1):
            yield self.course(one, number)
        self.own.append(fact.name)

    def course(self, one: Course, number: int) -> dict[str, Any]:
        known = self.tables.treatments.get(one.treatment)
        coding = [{"system": OWN_TREATMENT, "code": one.treatment}] if known else []
        concept: dict[str, Any] = {"text": known.name_en if known else one.text}
        if one.months_since:
            # The end of this course is a fact of its own: only the drug's own word says so.
            concept["text"], coding = self.word(one), []
        if coding:
            concept["coding"] = coding
        found: dict[str, Any] = {
            "id": f"treatment-{number}",
            "status": "active" if one.ongoing else "completed",
            "subject": {"reference": PATIENT},
        }
        period = {
            name: day for name, day in (("start", _day(one.start)), ("end", _day(one.end))) if day
        }
        drug = known is None or bool(DRUGS & set(known.classes))
        if drug:
            found |= {"resourceType": "MedicationStatement", "medicationCodeableConcept": concept}
            if period:
                found["effectivePeriod"] = period
        else:
            found |= {"resourceType": "Procedure", "code": concept}
            if period:
                found["performedPeriod"] = period
            found["status"] = "in-progress" if one.ongoing else "completed"
        return found

    def word(self, one: Course) -> str:
        """A word of letters that means the same treatment and gives the same fact."""
        meant = TreatmentWord(one.treatment, one.months_since)
        return next(word for word, found in treatment_words(self.tables).items() if found == meant)

    def observation(self, fact: Fact, attribute: Attribute) -> dict[str, Any]:
        given = given_of(fact, attribute, self.tables)
        if given is None:
            return self.observed(fact.name, _value(fact, attribute))
        return self.observed(
            fact.name, {"extension": [extension(given)], **_as_given(given, fact, attribute)}
        )

    def observed(self, name: str, value: dict[str, Any]) -> dict[str, Any]:
        attribute = self.tables.attributes.get(name)
        coding = [{"system": OWN, "code": name}]
        published = _code(name)
        if published is not None:
            coding.insert(0, published)
        if attribute is not None:
            (self.coded if published is not None else self.own).append(name)
        found: dict[str, Any] = {"resourceType": "Observation", "id": name.replace("_", "-")}
        if name in PROFILES:
            found["meta"] = {"profile": [f"{MCODE}/{PROFILES[name]}"]}
        found |= {
            "status": "final",
            "code": {"coding": coding, "text": attribute.label_en if attribute else name},
            "subject": {"reference": PATIENT},
        }
        if self.case.date is not None:
            found["effectiveDateTime"] = self.case.date.isoformat()
        return found | value


def _code(fact: str) -> dict[str, str] | None:
    """The published code of a fact, the first of the table."""
    for (system, code), row in codes().items():
        if row["kind"] == "observation" and row["fact"] == fact and system == LOINC:
            return {"system": system, "code": code, "display": row["display"]}
    return None


def _site(site: str) -> dict[str, str] | None:
    for (system, code), row in codes().items():
        if row["kind"] == "site" and row["means"] == site and system == SNOMED:
            # Of two codes of one site the general one stands last in the table.
            found = {"system": system, "code": code, "display": row["display"]}
            if site != "small_bowel" or "Small" in row["display"]:
                return found
    return None


def _value(fact: Fact, attribute: Attribute) -> dict[str, Any]:
    value = fact.value
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, frozenset):
        return {"valueString": ", ".join(sorted(value)) or "none"}
    if isinstance(value, str):
        label = word_label(attribute.name, value, ENGLISH)
        return {"valueCodeableConcept": {
            "coding": [{"system": OWN_WORD, "code": value}], "text": label,
        }}  # fmt: skip
    if isinstance(value, Range):
        return _range(value, attribute)
    if attribute.name == "ecog":
        return {"valueInteger": int(value)}
    return {"valueQuantity": _quantity(value, attribute)}


def _as_given(given: Given, fact: Fact, attribute: Attribute) -> dict[str, Any]:
    """The figure and the unit that the case was written in."""
    if attribute.name == "ecog" and not isinstance(fact.value, Range):
        return _value(fact, attribute)
    parts = given.parts
    if parts.bound in COMPARATORS:
        return {"valueQuantity": _quantity(parts.low, attribute, parts.bound, given.unit)}
    if parts.low == parts.high and not isinstance(fact.value, Range):
        return {"valueQuantity": _quantity(parts.low, attribute, unit=given.unit)}
    if parts.low == parts.high:
        # "multiple", "about 12": the range is hilum's reading of it.
        return _value(fact, attribute)
    low = _quantity(parts.low, attribute, unit=given.unit)
    return {"valueRange": {"low": low, "high": _quantity(parts.high, attribute, unit=given.unit)}}


def _quantity(
    value: float, attribute: Attribute, comparator: str = "", unit: str = ""
) -> dict[str, Any]:
    found: dict[str, Any] = {"value": int(value) if float(value).is_integer() else value}
    if comparator:
        found["comparator"] = comparator
    named = unit or attribute.unit
    code = ucum_of(named, attribute) if named else "1"
    if named:
        found["unit"] = named
    if code is not None:
        found |= {"system": UCUM, "code": code}
    return found


def _range(value: Range, attribute: Attribute) -> dict[str, Any]:
    """A range, or a bound where it ends at what the attribute allows."""
    if value.low == attribute.low and value.high < attribute.high:
        end, sign = _end(value.high, math.inf, "<")
        return {"valueQuantity": _quantity(end, attribute, sign)}
    if value.high == attribute.high and value.low > attribute.low:
        end, sign = _end(value.low, -math.inf, ">")
        return {"valueQuantity": _quantity(end, attribute, sign)}
    low, high = _quantity(value.low, attribute), _quantity(value.high, attribute)
    return {"valueRange": {"low": low, "high": high}}


def _end(value: float, towards: float, sign: str) -> tuple[float, str]:
    """A bound as it was written: the number beside it is exclusive, itself inclusive."""
    beside = math.nextafter(value, towards)
    return (beside, sign) if len(repr(beside)) < len(repr(value)) else (value, f"{sign}=")


def _day(period: Period | None) -> str:
    """A date as exact as it is known: a day, a month or a year."""
    if period is None:
        return ""
    first, last = period
    if first == last:
        return first.isoformat()
    same_month = (first.year, first.month) == (last.year, last.month)
    return f"{first:%Y-%m}" if same_month else f"{first:%Y}"
