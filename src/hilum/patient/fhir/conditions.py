"""Conditions: the primary tumour, its metastases, and what else bears on the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.patient.fhir.codes import OWN_WORD, Meaning, meanings, name_key, names, system_of
from hilum.patient.fhir.gathered import Gathered, Moment, inner, moment, place_of, word_of
from hilum.patient.fhir.models import Concept, Valued
from hilum.patient.fhir.staging import staged
from hilum.patient.fhir.status import CLINICAL, VERIFICATION, use_of
from hilum.patient.naming import attribute_of
from hilum.patient.spoken import clean

if TYPE_CHECKING:
    from hilum.patient.fhir.bundle import Entry
    from hilum.patient.fhir.lines import Place

PRIMARY, SECONDARY = "primary-cancer-condition", "secondary-cancer-condition"
LIVER, NODES, OTHER = "liver", "lymphnode", "other"


def read_condition(entry: Entry, out: Gathered) -> bool:
    """Read one condition; whether it is used."""
    resource, place = entry.resource, place_of(entry)
    concept = resource.code or Concept()
    verified, clinical = word_of(resource.verificationStatus), word_of(resource.clinicalStatus)
    use, code = use_of(VERIFICATION, verified)
    if use != "counts":
        said = code if use == "not" else "unconfirmed"
        out.say(said, place, name=concept.called, status=verified)
        return False
    use, code = use_of(CLINICAL, clinical)
    profiles = " ".join(resource.profiles)
    when = moment(resource.recordedDate or resource.onsetDateTime)
    first = PRIMARY in profiles
    if _says(concept, "denied"):
        out.say("unconfirmed", place, name=concept.called, status=verified)
        return False
    other = not first and bool(meanings(concept, ("condition", "question")))
    if SECONDARY in profiles or (not first and _spread(concept)):
        if use == "not":
            out.say("resolved", place, date=when.text, name=concept.called, status=clinical)
            return False
        return _secondary(entry, concept, place, out)
    tumour = bool(meanings(concept, ("primary",))) or _says(concept, "net")
    # An insulinoma is a tumour and a syndrome; the carcinoid syndrome is no tumour.
    if first or (tumour and (not other or _says(concept, "secreting"))):
        return _primary(entry, concept, place, when, out)
    if use == "not":
        out.say("resolved", place, date=when.text, name=concept.called, status=clinical)
        return False
    note = "no_status" if use == "unclear" else ""
    return _other(entry, concept, place, when, note, out)


def _says(concept: Concept, kind: str) -> bool:
    """Whether a name of the concept holds one of the words of a kind."""
    words = [clean(row) for row in names().get(kind, {})]
    return any(word in name_key(name) for name in concept.names for word in words)


def _spread(concept: Concept) -> bool:
    """Whether the condition is a metastasis: by its code, or by its name."""
    return bool(meanings(concept, ("secondary",))) or _says(concept, "spread")


def _sites(concepts: list[Concept]) -> set[str]:
    own = {
        one.code
        for site in concepts
        for one in site.coding
        if system_of(one.system) == OWN_WORD and one.code
    }
    return own or {one.means for site in concepts for one in meanings(site, ("site",))}


def _secondary(entry: Entry, concept: Concept, place: Place, out: Gathered) -> bool:
    coded = {one.means for one in meanings(concept, ("secondary",)) if one.means}
    coded = coded or _named_site(concept, "secondary")
    body = _sites(entry.resource.bodySite)
    if coded and body and not (body & coded):
        out.say("two_facts", place, facts=", ".join(sorted(coded | body)))
        return False
    found = coded or body
    if not found:
        nodes = any(NODES in name_key(name) for name in _all_names(entry, concept))
        if nodes:
            out.say("not_by_itself", place, "extrahepatic_sites", name=concept.called)
        else:
            out.say("site_not_known", place)
        return False
    allowed = out.tables.attributes["extrahepatic_sites"].allowed
    for site in sorted(found):
        if site == LIVER:
            out.liver = True
            out.say("liver", place)
            continue
        word = site if site in allowed else OTHER
        out.sites.setdefault(word, place)
        out.say("used", place, "extrahepatic_sites", value=word)
    return True


def _all_names(entry: Entry, concept: Concept) -> list[str]:
    return [*concept.names, *(name for site in entry.resource.bodySite for name in site.names)]


def _named_site(concept: Concept, kind: str) -> set[str]:
    """The site in a name such as *secondary malignant neoplasm of bone*."""
    found: set[str] = set()
    for name in concept.names:
        plain = name_key(name)
        for words in names()[kind]:
            # "of the ileum" has lost its "of" already.
            prefix = words.removesuffix("of")
            rest = plain.removeprefix(prefix).removeprefix("of")
            known = names()["site"].get(rest)
            if plain.startswith(prefix) and known is not None:
                found.add(known.means)
    return found


def _primary(entry: Entry, concept: Concept, place: Place, when: Moment, out: Gathered) -> bool:
    known = meanings(concept, ("primary",))
    net = bool(known) or (_says(concept, "net") and not _says(concept, "not_net"))
    if not net:
        out.say("another_cancer", place, name=concept.called)
        return False
    out.say("net", inner(place, "code"), name=concept.called)
    for one in meanings(concept, ("condition",)):
        out.state(one.fact, one.means, concept.called, when, inner(place, "code"))
    for name in concept.names:
        for words, one in names()["histology"].items():
            if words in name_key(name):
                out.state(one.fact, one.means, name, when, inner(place, "code"))
    body = _sites(entry.resource.bodySite)
    said = {one.means for one in known if one.means} or _named_site(concept, "primaryof")
    sites = said | body
    if sites == {LIVER} and _spread(concept):
        out.say("not_by_itself", place, "primary_site", name=concept.called)
        return True
    if len(sites) > 1:
        out.say("two_facts", place, facts=", ".join(sorted(sites)))
    where = inner(place, "bodySite" if body else "code")
    for site in sites if len(sites) == 1 else ():
        allowed = out.tables.attributes["primary_site"].allowed
        word = site if site in allowed else OTHER
        text = next((one.called for one in entry.resource.bodySite), concept.called)
        out.state("primary_site", word, text, when, where)
    if not sites and entry.resource.bodySite:
        called = ", ".join(one.called for one in entry.resource.bodySite)
        out.say("not_read", where, "primary_site", value=called, expected=", ".join(
            out.tables.attributes["primary_site"].allowed
        ))  # fmt: skip
    for number, stage in enumerate(entry.resource.stage):
        if stage.summary is not None:
            part = Valued(valueCodeableConcept=stage.summary)
            staged(part, "stage_clinical", when, inner(place, f"stage[{number}]"), out)
    return True


def _other(
    entry: Entry, concept: Concept, place: Place, when: Moment, note: str, out: Gathered
) -> bool:
    found = meanings(concept, ("condition", "question"))
    if not found:
        named = {one.name for name in concept.names if (one := attribute_of(name, out.tables))}
        truths = [one for one in named if out.tables.attributes[one].type == "boolean"]
        found = [Meaning("condition", one, "true") for one in truths]
    if not found:
        out.say("no_fact", place, name=concept.called)
        return False
    if len({(one.fact, one.means) for one in found}) > 1:
        out.say("two_facts", place, facts=", ".join(sorted({one.fact for one in found})))
        return False
    meaning = found[0]
    if meaning.kind == "question":
        grave = {one.means for one in meanings(entry.resource.severity, ("severity",))}
        allowed = out.tables.attributes[meaning.fact].allowed
        if len(grave) == 1 and next(iter(grave)) in allowed:
            out.state(meaning.fact, grave.pop(), concept.called, when, place, note=note)
            return True
        out.say("not_by_itself", place, meaning.fact, when.text, name=concept.called)
        return False
    out.state(meaning.fact, meaning.means, concept.called, when, place, note=note)
    return True
