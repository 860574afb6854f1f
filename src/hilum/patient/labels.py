"""What a person reads for a fact, its value or a unit, in either language, from the tables.

``pathway/labels.csv`` names every word that a fact can have: ``kind`` is the attribute (or
``boolean``, or ``phrase`` with ``attribute=word`` where the patient's line says it in other words,
or ``short`` for a treatment's name in a word or two, or ``authority`` for what a source is called).
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.records import Attribute, Treatment

ENGLISH, CHINESE = "en", "zh-Hans"
# A unit as printed, English and Chinese; a unit that is not here is printed as it is.
UNITS = {
    "percent": ("%", "%"),
    "years": ("years", "岁"),
    "months": ("months", "个月"),
    "percent/week": ("% a week", "%/周"),
    "percent/month": ("% a month", "%/月"),
    "percentage points": ("percentage points", "个百分点"),
    "m2": ("m²", "m²"),
    "10^9/L": ("× 10⁹/L", "×10⁹/L"),
    "umol/L": ("µmol/L", "µmol/L"),
    "mg/24 h": ("mg in 24 h", "mg/24 h"),
}


@cache
def word_labels() -> Mapping[tuple[str, str], tuple[str, str]]:
    """English and Chinese of every word, by (kind, word)."""
    text = files("hilum.patient").joinpath("pathway/labels.csv").read_text("utf-8")
    return {
        (row["kind"], row["key"]): (row["label_en"], row["label_zh"])
        for row in csv.DictReader(text.splitlines())
    }


def word_label(attribute: str, word: str, language: str) -> str:
    """A word of a fact as a person reads it; the word itself where no label is written."""
    known = word_labels()
    pair = known.get((attribute, word)) or known.get(("boolean", word))
    return _either(pair, language) if pair else word.replace("_", " ")


def region_label(region: str, language: str) -> str:
    """Where a rule is in force: one place, or several that the table joins by a bar."""
    joint = "、" if language == CHINESE else ", "
    return joint.join(word_label("region", one, language) for one in region.split("|") if one)


def with_labels(attribute: str, codes: str, language: str) -> str:
    """Words to write, each with what it means; in English they are words already."""
    known = word_labels()
    if language != CHINESE:
        # A word of the table is read as its label too.
        pairs = [(one, known.get((attribute, one))) for one in codes.split(", ")]
        return ", ".join(pair[0] if pair and "_" in one else one for one, pair in pairs)
    found: list[str] = []
    for code in codes.split(", "):
        pair = known.get((attribute, code)) or known.get(("short", code))
        label = _either(pair, language) if pair else code
        found.append(code if label.casefold() == code.casefold() else f"{code}（{label}）")
    return "、".join(found)


def in_short(treatments: str, language: str) -> str:
    """Treatments by their ids, each in a word or two; what is no id stays as it is."""
    known = word_labels()
    found = [
        _either(pair, language) if (pair := known.get(("short", one))) else one
        for one in treatments.split(", ")
    ]
    return ("、" if language == CHINESE else ", ").join(found)


def phrase(attribute: str, word: str, language: str) -> str:
    """How the patient's line says a word of a fact; empty where it has no phrase of its own."""
    pair = word_labels().get(("phrase", f"{attribute}={word}"))
    return _either(pair, language) if pair else ""


def attribute_label(attribute: Attribute, language: str) -> str:
    """Name of a fact."""
    return attribute.label_zh if language == CHINESE else attribute.label_en


def treatment_label(treatment: Treatment, language: str) -> str:
    """Name of a treatment."""
    return treatment.name_zh if language == CHINESE else treatment.name_en


def short_label(treatment: Treatment, language: str) -> str:
    """Name of a treatment in a word or two, where it has one."""
    pair = word_labels().get(("short", treatment.id))
    return _either(pair, language) if pair else treatment_label(treatment, language)


def unit_label(unit: str, language: str) -> str:
    """A unit as printed after a number."""
    pair = UNITS.get(unit)
    return _either(pair, language) if pair else unit


def _either(pair: tuple[str, str], language: str) -> str:
    return pair[1] if language == CHINESE else pair[0]
