"""What a value should have been, as a message with named places: English as it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.counted import filled
from hilum.errors import phrased
from hilum.patient.labels import unit_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.language import Words

NUMBER: Final = "a number, {low} to {high}"
NUMBER_WITH_UNIT: Final = "a number, {low} to {high} {unit}"
BOUNDS: Final = "{low} to {high}"
BOUNDS_WITH_UNIT: Final = "{low} to {high} {unit}"
UNITLESS: Final = "a number without a unit"
EITHER: Final = "{first} or {second}"
LOWER_FIRST: Final = "the lower number first"
TRUTH: Final = "true, false"
DAY_BEFORE: Final = "a day before the date of the case"
LIST: Final = "a list"
TEXT: Final = "a text"
MESSAGES: Final = (
    *(NUMBER, NUMBER_WITH_UNIT, BOUNDS, BOUNDS_WITH_UNIT, UNITLESS),
    *(EITHER, LOWER_FIRST, TRUTH, DAY_BEFORE, LIST, TEXT),
)
# The place that holds a unit, which has a name of its own in another language.
UNIT: Final = "unit"


class Expected(str):
    """The English text of what was expected; ``said`` gives it in another language."""

    __slots__ = ("message", "places")
    message: str
    places: Mapping[str, str]

    def __new__(cls, message: str, **places: str) -> Expected:
        """Fill the places of one of :data:`MESSAGES`."""
        if message not in MESSAGES:
            known = "; ".join(MESSAGES)
            fault = phrased(
                "no expectation {message!r}; known: {known}", message=message, known=known
            )
            raise ValueError(fault)
        made = super().__new__(cls, filled(message, places))
        made.message, made.places = message, places
        return made

    def said(self, words: Words) -> str:
        """The expectation in a language."""
        named = {
            name: unit_label(text, words.language) if name == UNIT else text
            for name, text in self.places.items()
        }
        return words(self.message, **named)


def in_words(expected: str, words: Words) -> str:
    """An expectation in a language; codes, units and words of a table as they are written."""
    return expected.said(words) if isinstance(expected, Expected) else expected
