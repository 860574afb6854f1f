"""TNM categories and stages as records write them: *3* for T3, *cM1a*, *4* for IV."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hilum.patient.fhir.codes import codes, system_of
from hilum.patient.fhir.gathered import Gathered, Moment, Staged
from hilum.patient.fhir.lines import CARRIED
from hilum.patient.spoken import clean

if TYPE_CHECKING:
    from hilum.patient.fhir.lines import Place
    from hilum.patient.fhir.models import Concept, Valued

CATEGORY = re.compile(r"[cpyar]*([tnm])?(x|is|0|[1-4][a-e]?)(?:\([a-z0-9+]*\))?", re.IGNORECASE)
WITHIN = re.compile(r"\b[cpyar]*([TNM])(X|is|0|[1-4][a-e]?)\b")
STAGE = re.compile(r"(?:.*\bstage\s+)?(iv|iii|ii|i|[0-4])\s*([a-d]?)\b.*", re.IGNORECASE)
NUMERALS = {"0": "0", "1": "I", "2": "II", "3": "III", "4": "IV"}


def staged(part: Valued, what: str, when: Moment, place: Place, out: Gathered) -> None:
    """Carry one category or stage, or say that it is not understood."""
    written = _written(part)
    for text in written:
        value, added = (
            (_stage(text), False) if what.startswith("stage") else _category(text, what[0])
        )
        if value:
            out.staged.append(Staged(what, value, text, when, place, added))
            return
    name = CARRIED[what]
    if not written:
        out.say("no_value", place, date=when.text, name=name)
        return
    out.say("stage_not_read", place, date=when.text, what=name, text=written[0])


def _written(part: Valued) -> list[str]:
    concept: Concept | None = part.valueCodeableConcept
    found: list[str] = []
    if concept is not None:
        known = (codes().get((system_of(one.system), one.code or "")) for one in concept.coding)
        found += [row["means"] for row in known if row is not None and row["kind"] == "stage"]
        found += [one.code for one in concept.coding if one.code]
        found += concept.names
    if part.valueString is not None:
        found.append(part.valueString)
    if part.valueInteger is not None:
        found.append(f"{part.valueInteger:g}")
    return [clean(one) for one in found]


def _category(text: str, letter: str) -> tuple[str, bool]:
    """The category with its letter, and whether the letter had to be added."""
    found = CATEGORY.fullmatch(text)
    if found is None:
        inside = WITHIN.search(text)
        if inside is None or inside[1].casefold() != letter:
            return "", False
        found = inside
    said = (found[1] or "").casefold()
    if said not in ("", letter):
        return "", False
    rest = found[2].casefold()
    return letter.upper() + ("X" if rest == "x" else rest), not said


def _stage(text: str) -> str:
    found = STAGE.fullmatch(text)
    if found is None:
        return ""
    plain = NUMERALS.get(found[1], found[1].upper())
    return plain + found[2].upper()
