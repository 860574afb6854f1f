"""The patient: sex and age, and what names the case. Nothing else of a person is kept."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from hilum.patient.dates import day_of
from hilum.patient.fhir.gathered import DAY, Gathered, Moment, inner, place_of

if TYPE_CHECKING:
    from hilum.patient.fhir.bundle import Entry
    from hilum.patient.fhir.models import HumanName

# Names that are not the patient's own, or no longer.
OLD = frozenset({"old", "anonymous", "maiden"})


def read_patient(entry: Entry, out: Gathered) -> bool:
    """Read the patient of the file."""
    resource, place = entry.resource, place_of(entry)
    if resource.gender is not None:
        where = inner(place, "gender")
        known = None if resource.gender == "unknown" else resource.gender
        out.state("sex", known, resource.gender, Moment(), where)
    if resource.birthDate is not None:
        _age(resource.birthDate, entry, out)
    if resource.deceasedBoolean or resource.deceasedDateTime:
        date = (resource.deceasedDateTime or "")[:DAY]
        out.say("deceased", inner(place, "deceased"), date=date)
    called = next((one for one in resource.name if one.use not in OLD), None)
    if called is not None and (text := _called(called)):
        out.case["name"] = text
        out.say("used_for_case", inner(place, "name"), fact="name")
    number = next((one.value for one in resource.identifier if one.value), None)
    if number:
        out.case["id"] = number
        out.say("used_for_case", inner(place, "identifier"), fact="id")
    return True


def _called(name: HumanName) -> str:
    return name.text or " ".join(part for part in (*name.given, name.family) if part)


def _age(born: str, entry: Entry, out: Gathered) -> None:
    """Whole years on the day of the case; a range where the birthday may or may not have been."""
    place = inner(place_of(entry), "birthDate")
    days = day_of(born[:DAY])
    if days is None or days.first > out.today:
        out.say("not_read", place, "age", value=born, expected="a day before the date of the case")
        return
    low, high = years(days.last, out.today), years(days.first, out.today)
    low = max(low, 0)
    written = f"{low} years" if low == high else f"{low}-{high} years"
    out.state("age", written, born, Moment(), place)


def years(born: dt.date, today: dt.date) -> int:
    """Whole years of life."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
