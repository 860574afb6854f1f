"""Observations and their components: which fact, which value, whether it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.patient.fhir.codes import (
    OWN,
    Meaning,
    by_long_name,
    foreign_code,
    meanings,
    system_of,
)
from hilum.patient.fhir.gathered import Gathered, Moment, effective, inner, place_of
from hilum.patient.fhir.staging import staged
from hilum.patient.fhir.status import OBSERVATION, use_of
from hilum.patient.fhir.values import raw_value
from hilum.patient.naming import attribute_of

if TYPE_CHECKING:
    from hilum.patient.fhir.bundle import Entry
    from hilum.patient.fhir.lines import Place
    from hilum.patient.fhir.models import Concept, Resource, Valued
    from hilum.patient.tables import Tables

KINDS = ("observation", "staging", "question")
# Facts of the liver's metastases: the record has to say that it speaks of them.
OF_LIVER = frozenset({"lesion_max_mm", "lesion_count", "liver_burden_percent"})
LIVER = "liver"
# Fields of the case itself that hilum writes as observations of its own.
OF_CASE = ("question", "date")


def read_observation(entry: Entry, out: Gathered) -> bool:
    """Read one observation; whether anything of it is used."""
    resource, place = entry.resource, place_of(entry)
    use, code = use_of(OBSERVATION, resource.status)
    if use == "not":
        out.say(code, place, status=resource.status or "")
        return False
    when = effective(resource)
    parts: list[tuple[Valued, Place]] = [(resource, place)]
    parts += [
        (one, inner(place, f"component[{number}]")) for number, one in enumerate(resource.component)
    ]
    used = False
    for part, where in parts:
        meaning = _meaning(
            part.code, where, out, alone=not resource.component or part is not resource
        )
        if meaning is not None:
            used |= _part(part, meaning, where, when, entry, out, use, code)
    return used


def _meaning(
    concept: Concept | None, place: Place, out: Gathered, *, alone: bool
) -> Meaning | None:
    """The one fact that a code means; where there are none or several, a line says so."""
    if concept is None:
        out.say("no_fact", place, name="")
        return None
    own = next((one.code for one in concept.coding if system_of(one.system) == OWN), None)
    if own in out.tables.attributes or own in OF_CASE:
        return Meaning("observation", str(own), "")
    found = meanings(concept, KINDS)
    facts = {one.fact for one in found}
    if len(facts) > 1:
        out.say("two_facts", place, facts=", ".join(sorted(facts)))
        return None
    if found and not (found[0].by_name and foreign_code(concept)):
        return found[0]
    meant = by_long_name(concept)
    if meant is not None:
        return meant
    named = found[0].fact if found else _named(concept, out.tables)
    code = foreign_code(concept)
    if named and code:
        out.say("code_not_known", place, named, name=concept.called, code=code)
    elif named:
        return Meaning("observation", named, "", by_name=True)
    elif alone:
        out.say("no_fact", place, name=concept.called)
    return None


def _named(concept: Concept, tables: Tables) -> str:
    """The attribute that a record calls by a name of hilum's or of letters."""
    found = {alias.name for name in concept.names if (alias := attribute_of(name, tables))}
    return found.pop() if len(found) == 1 else ""


def _part(
    part: Valued,
    meaning: Meaning,
    place: Place,
    when: Moment,
    entry: Entry,
    out: Gathered,
    use: str,
    code: str,
) -> bool:
    name = part.code.called if part.code else ""
    if meaning.kind == "staging":
        staged(part, meaning.fact, when, place, out)
        return True
    if meaning.fact in OF_CASE:
        if part.valueString and meaning.fact != "date":
            out.case[meaning.fact] = part.valueString
            out.say("used_for_case", place, fact=meaning.fact)
        return True
    attribute = out.tables.attributes[meaning.fact]
    raw = raw_value(part, attribute)
    if meaning.kind == "question":
        out.say("not_by_itself", place, meaning.fact, when.text, name=f"{name} {raw.text}".strip())
        return False
    if raw.code:
        _no_value(raw.code, raw.text, name, meaning.fact, place, when, out)
        return False
    by_name = meaning.by_name and bool(part.code and part.code.coding)
    note = code or ("by_name" if by_name else "no_unit_confirm" if raw.unitless else "")
    if meaning.fact in OF_LIVER and not by_own(part) and not _in_liver(entry.resource, out, entry):
        out.say("not_liver", place, meaning.fact, when.text, value=raw.text)
        return False
    own = (part.model_extra or {}).get("extension") if by_own(part) else None
    out.state(
        meaning.fact, raw.value, raw.text, when, place,
        note=note, preliminary=use == "preliminary", own=own,
    )  # fmt: skip
    return True


def by_own(part: Valued) -> bool:
    """Whether hilum wrote the code, or the name says of what it is."""
    if part.code is None:
        return False
    own = any(system_of(one.system) == OWN for one in part.code.coding)
    return own or any(LIVER in name.casefold() for name in part.code.names)


def _no_value(
    code: str, text: str, name: str, fact: str, place: Place, when: Moment, out: Gathered
) -> None:
    """A value that is none: absent, without its unit, of the wrong kind."""
    facts: dict[str, dict[str, str]] = {
        "absent": {"reason": text},
        "ask_unit": {"value": text},
        "no_value": {"name": name},
        "two_facts": {"facts": text},
        "not_read": {"value": text, "expected": ""},
        "malformed": {},
    }
    out.say(code, place, fact, when.text, **facts[code])


def _in_liver(resource: Resource, out: Gathered, entry: Entry) -> bool:
    """Whether an observation says that it is of the liver: its site, or what it is about."""
    sites = [one for site in resource.bodySite for one in meanings(site, ("site",))]
    if sites:
        return all(one.means == LIVER for one in sites)
    for reference in resource.focus:
        about = out.bundle.resolve(reference, entry)
        if about is not None:
            code = meanings(about.resource.code, ("secondary",))
            body = [one for site in about.resource.bodySite for one in meanings(site, ("site",))]
            found = {one.means for one in (*code, *body)}
            if found == {LIVER}:
                return about.kind != "Condition" or "primary-cancer-condition" not in " ".join(
                    about.resource.profiles
                )
    return False
