"""What of a case could not be used, and what is used but should be confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.errors import Fault, phrased
from hilum.patient.expected import MESSAGES, Expected, in_words
from hilum.patient.labels import ENGLISH, in_short, with_labels

if TYPE_CHECKING:
    from hilum.language import Words

# The sentence of each code; the first part of a remark is always the key with its text.
SENTENCES: dict[str, str] = {
    "unknown_attribute": "not a known fact",
    "not_understood": "not understood; expected {expected}",
    "out_of_range": "out of range; expected {expected}",
    "ask_unit": "{text} {expected} is not plausible: is {text} {nearest} meant? Write the unit",
    "unknown_unit": "not a unit of this fact; known: {expected}",
    "unknown_word": "not a known word; expected one of {expected}",
    "unknown_treatment": "not read as a treatment; write each by its usual name or abbreviation: "
    "octreotide, PRRT, TACE, RFA, everolimus, CAPTEM",
    "which_treatment": "may mean several treatments: write which one: {expected}",
    "beside_treatment": "not used: {expected} is not understood beside a treatment; "
    "if it was given, write its name alone, with cycles and dates",
    "no_option": "used for its dates alone; it is no treatment by itself here",
    "duplicate": "stated twice; the other reading is {expected}",
    "misplaced": "stands outside the table [patient]",
    "confirm_unit": "used as {expected}; unusual: is {nearest} meant? Write the unit",
    "fraction": "used as it is; a whole number is expected",
    "aside": "used as {expected}; what stands behind it is not read",
}
# What a refused case is told was expected.
EXPECTATIONS: dict[str, str] = {
    "unknown_attribute": "a known fact",
    "not_understood": "{expected}",
    "out_of_range": "{expected}",
    "ask_unit": "a value with its unit: {text} {expected} is not plausible",
    "unknown_unit": "a unit of this fact: {expected}",
    "unknown_word": "one of {expected}",
    "unknown_treatment": "a treatment by its usual name or abbreviation: "
    "octreotide, PRRT, TACE, RFA, everolimus, CAPTEM",
    "which_treatment": "which of these it was: {expected}",
    "beside_treatment": "a treatment alone, with cycles and dates; not understood: {expected}",
    "no_option": "a treatment that is one by itself",
    "duplicate": "one value; the other is {expected}",
    "misplaced": "a place in the table [patient]",
    "confirm_unit": "a value with its unit",
    "fraction": "a whole number",
    "aside": "{expected} alone",
}
NEAREST = "; nearest: {nearest}"
# Remarks on a list of treatments: their names in a word or two, never their ids.
OF_TREATMENTS = frozenset({"unknown_treatment", "which_treatment", "beside_treatment"})


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing of a case that is not used, or to be confirmed: where, as written, why.

    ``code`` is a key of :data:`SENTENCES`; ``name`` is the attribute where it is known, ``line``
    the line of the file.
    """

    key: str
    text: str
    code: str
    expected: str
    nearest: str
    line: int | None
    name: str = ""

    def __post_init__(self) -> None:
        if self.code not in SENTENCES:
            message = phrased(
                "no remark {code!r}; known: {sentences}",
                code=self.code,
                sentences=", ".join(SENTENCES),
            )
            raise ValueError(message)


def sentence(remark: Remark, words: Words) -> str:
    """A remark in words, without its key and text."""
    template = SENTENCES[remark.code]
    expected = in_words(remark.expected, words)
    nearest = remark.nearest
    if remark.code in OF_TREATMENTS:
        expected = in_short(expected, words.language)
        nearest = in_short(nearest, words.language)
    elif not isinstance(remark.expected, Expected):
        expected = with_labels(remark.name, expected, words.language)
        nearest = with_labels(remark.name, nearest, words.language)
    found = words(template, text=remark.text, expected=expected, nearest=nearest)
    if nearest and "{nearest}" not in template:
        found += words(NEAREST, nearest=nearest)
    return found


def fault_of(remark: Remark, file: str) -> Fault:
    """A remark as a fault, for a case that is refused."""
    known, nearest = remark.expected, remark.nearest
    if remark.code in OF_TREATMENTS:
        known, nearest = in_short(known, ENGLISH), in_short(nearest, ENGLISH)
    expected = phrased(EXPECTATIONS[remark.code], text=remark.text, expected=known)
    if nearest:
        hint = phrased(NEAREST, nearest=nearest)
        expected = phrased("{expected}{hint}", expected=expected, hint=hint)
    return Fault(file, remark.line, remark.key, remark.text, expected)


def messages() -> set[str]:
    """Message ids that are looked up in tables."""
    return {*SENTENCES.values(), NEAREST, *MESSAGES}
