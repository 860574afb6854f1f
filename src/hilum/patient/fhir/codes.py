"""The tables beside this file: codes, names, units, and what is done with resources and elements.

``codes.csv`` holds no code that was not read in a published text (``source``); ``names.csv`` are
words by which a record may call the same things; ``elements.csv`` says of the elements that hilum
does not read why not.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from hilum.patient.spoken import clean, key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.patient.fhir.models import Concept

LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
# hilum's own codes, for what has no published one.
OWN = "urn:x-hilum:fact"
OWN_WORD = "urn:x-hilum:word"
OWN_TREATMENT = "urn:x-hilum:treatment"
# LOINC's long names: what is measured, [how], in what.
LONG_NAME = re.compile(r"(?P<analyte>[^\[\]]+?) \[[^\]]+\] in (?P<system>.+?)(?: by .*)?")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code or a name stands for: an attribute, or a word of one, or both."""

    kind: str
    fact: str
    means: str
    by_name: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A UCUM unit and how hilum writes it, for facts in the unit ``of``."""

    ucum: str
    written: str
    of: str


@cache
def codes() -> Mapping[tuple[str, str], dict[str, str]]:
    """The published codes by system and code."""
    return {(row["system"], row["code"]): row for row in rows("codes")}


@cache
def names() -> Mapping[str, Mapping[str, Meaning]]:
    """The names by kind, under :func:`name_key`."""
    found: dict[str, dict[str, Meaning]] = {}
    for row in rows("names"):
        meaning = Meaning(row["kind"], row["fact"], row["means"], by_name=True)
        found.setdefault(row["kind"], {})[name_key(row["name"])] = meaning
    return found


@cache
def units() -> tuple[Unit, ...]:
    """The UCUM units."""
    return tuple(Unit(row["ucum"], row["written"], row["of"]) for row in rows("ucum"))


@cache
def _systems() -> Mapping[str, str]:
    return {row["written"]: row["system"] for row in rows("systems")}


@cache
def elements() -> Mapping[tuple[str, str], str]:
    """Why an element is not read, by type of resource (``*`` for all) and element."""
    return {(row["resource"], row["element"]): row["code"] for row in rows("elements")}


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a table of this folder."""
    text = (files("hilum.patient") / "fhir" / f"{name}.csv").read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def system_of(written: str | None) -> str:
    """The address of a code system as the tables have it."""
    plain = (written or "").split("|")[0].rstrip("/")
    return _systems().get(plain, plain)


def name_key(text: str) -> str:
    """A name as the tables are searched for it: kinds in brackets and word order aside."""
    plain = clean(text).casefold()
    plain = re.sub(
        r"\((?:body structure|disorder|finding|procedure|substance|product)\)", "", plain
    )
    plain = re.sub(r"\b(?:structure|entire)(?: of)?\b|\bof the\b", " ", plain)
    return key(plain)


def meanings(concept: Concept | None, kinds: Iterable[str]) -> list[Meaning]:
    """What a concept means: by its codes where one is known, else by its names.

    Different meanings of several codings are all there: the caller says so and chooses none.
    """
    if concept is None:
        return []
    wanted = tuple(kinds)
    found = [
        Meaning(row["kind"], row["fact"], row["means"])
        for one in concept.coding
        if (row := codes().get((system_of(one.system), one.code or ""))) and row["kind"] in wanted
    ]
    if not found:
        found = [
            known
            for name in concept.names
            for kind in wanted
            if (known := names().get(kind, {}).get(name_key(name))) is not None
        ]
    return list(dict.fromkeys(found))


def foreign_code(concept: Concept) -> str:
    """A LOINC code of a concept that the table does not hold; its name alone does not settle it."""
    return next(
        (
            one.code
            for one in concept.coding
            if system_of(one.system) == LOINC and one.code and (LOINC, one.code) not in codes()
        ),
        "",
    )


def by_long_name(concept: Concept) -> Meaning | None:
    """What a LOINC code that is not in the table measures, by its long name in blood alone."""
    known = names()
    for name in concept.names:
        found = LONG_NAME.fullmatch(clean(name))
        if found and name_key(found["system"]) in known["system"]:
            return known["analyte"].get(name_key(found["analyte"]))
    return None
