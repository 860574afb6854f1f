"""Units of time in the titles of axes, in several languages (``unit_words.csv``)."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path

# What stands in brackets is the unit; of scripts without blanks a unit stands inside a word.
BRACKETED = re.compile(r"[(\[（［【]([^)\]）］】]+)")


def unit_in(word: str) -> str | None:
    """The unit that a word names, whatever its accents; of a title, what stands in brackets first.

    Several units in one word are none.
    """
    bracketed = BRACKETED.findall(word)
    for text in (*bracketed, word):
        units = {unit for unit, pattern in _patterns() if pattern.search(_plain(text))}
        if len(units) == 1:
            return units.pop()
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each unit and what names it: whole words of Latin letters, anywhere in other scripts."""
    path = Path(__file__).with_suffix(".csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    out: list[tuple[str, re.Pattern[str]]] = []
    for row in rows:
        names = row["words"].split()
        latin = all(name.isascii() for name in names)
        told = "|".join(names)
        pattern = rf"(?<![a-z])({told})(?![a-z])" if latin else rf"({told})"
        out.append((row["unit"], re.compile(pattern)))
    return tuple(out)


def _plain(text: str) -> str:
    """Small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
