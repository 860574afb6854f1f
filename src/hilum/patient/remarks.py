"""What of a case could not be used, and what is used but should be confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.errors import Fault

if TYPE_CHECKING:
    from hilum.language import Words

# The sentence of each code; the first part of a remark is always the key with its text.
SENTENCES: dict[str, str] = {
    "unknown_attribute": "not a known fact",
    "not_understood": "not understood; expected {expected}",
    "out_of_range": "out of range; expected {expected}",
    "ask_unit": "not plausible without a unit; write the unit ({nearest}?)",
    "unknown_unit": "not a unit of this fact; known: {expected}",
    "unknown_word": "not a known word; expected one of {expected}",
    "unknown_treatment": "not a known treatment; 'hilum rules list' names them",
    "duplicate": "stated twice; the other reading is {expected}",
    "misplaced": "stands outside the table [patient]",
    "confirm_unit": "used as {expected}; unusual: is {nearest} meant? Write the unit",
    "fraction": "used as it is; a whole number is expected",
}
NEAREST = "; nearest: {nearest}"


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
            message = f"no remark {self.code!r}; known: {', '.join(SENTENCES)}"
            raise ValueError(message)


def sentence(remark: Remark, words: Words) -> str:
    """A remark in words, without its key and text."""
    template = SENTENCES[remark.code]
    found = words(template, expected=remark.expected, nearest=remark.nearest)
    if remark.nearest and "{nearest}" not in template:
        found += words(NEAREST, nearest=remark.nearest)
    return found


def fault_of(remark: Remark, file: str) -> Fault:
    """A remark as a fault, for a case that is refused."""
    from hilum.language import words

    return Fault(file, remark.line, remark.key, remark.text, sentence(remark, words("en")))
