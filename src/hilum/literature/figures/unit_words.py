"""Units of time in the titles of axes, in several languages (``unit_words.csv``).

The unit of an axis stands at the end of its title: in brackets, behind a comma, a stroke or ``in``.
Elsewhere a title may name times that are no unit: a landmark of 90 days, the first day, a cycle.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Final

OPEN, CLOSED = r"(\[{【", r")\]}】"
# What a title ends with: brackets (one may have lost its other half), or what stands behind a
# comma, a stroke or "in".
BRACKET: Final = re.compile(rf"[{OPEN}]([^{OPEN}{CLOSED}]*)[{CLOSED}]?[\s.:]*$")
UNOPENED: Final = re.compile(rf"^([^{OPEN}{CLOSED}]*)[{CLOSED}][\s.:]*$")
BEHIND: Final = re.compile(r"(?:[,;:/、]|(?<![a-z])(?:in|en)\s)\s*([^,;:/、]+?)[\s.]*$")
ENDS: Final = (BRACKET, UNOPENED, BEHIND)
# Behind a number, or a word that says which one, a unit is a time: 90 days, the first day.
WHICH: Final = (
    r"(?:\d[\s-]*|[一二三四五六七八九十半第首末每毎][\d个個ヶか]*"
    r"|(?<![a-z])(?:first|last|second|third|same|next|each|every|per|one|ersten?|erster|letzten?"
    r"|premiere?|dernier|primer|primero|ultimo|primo|cada)[\s-]+)"
)
# ... and so it is before a number, and one of them before "of": day 0, the day of surgery.
OF: Final = r"(?:day|week|month|year|tag|jour|dia|giorno)\s+(?:of|zero|one|der|des|de|du|del|di)\b"
BEFORE: Final = r"[\s-]*\d"
# Words in which a sign of a unit means something else: a cycle, all around, a date.
OTHERWISE: Final = re.compile(r"[周週]期|[周週]围|[周週]圍|日期|日常|日本|年[龄齢齡代]")
# Numbers of an axis that are to be multiplied: (x 10), ×10^3, 10³, months/10, tens of months.
MULTIPLIED: Final = re.compile(
    r"(?<![a-z0-9])[x×✕*]\s*\d|[/÷]\s*10|10\s*\^|10[²³⁴-⁹]|(?<![a-z])(?:tens|hundreds|thousands) of"
)


def unit_in(title: str) -> str | None:
    """The unit that the title of an axis of time names, whatever its accents.

    What the title ends with decides: its last brackets, or what follows its last comma, stroke or
    ``in``; without such an end the only unit of the whole. None where there is none, where several
    are named, where a unit before its end says something else, and where numbers are multiplied.
    """
    if MULTIPLIED.search(title.lower()):
        return None
    text = _free(plain_letters(title).strip())
    for pattern in ENDS:
        end = pattern.search(text)
        if end is None:
            continue
        told = text[: end.start()]
        units, before = _units(end[1], end=bool(told.strip())), _units(told, end=False)
        if units:
            return units.pop() if len(units) == 1 and before <= units else None
        if before:
            # The end says something else, such as how long a cycle is.
            return unit_in(told)
    units = _units(text, end=False)
    return units.pop() if len(units) == 1 else None


def _units(text: str, *, end: bool) -> set[str]:
    """The units that a part of a title names; signs of one letter only where it is its end."""
    bare = text.strip(" .")
    return {
        unit
        for unit, where, pattern in _patterns()
        if (pattern.search(text) if where == "any" else end and pattern.fullmatch(bare))
    }


def _free(text: str) -> str:
    """Without the units that are no unit of the axis."""
    text = OTHERWISE.sub(" ", text)
    named = "|".join(p.pattern for _, where, p in _patterns() if where == "any")
    text = re.sub(f"{WHICH}(?:{named})", " ", text)
    return re.sub(rf"(?<![a-z])(?:{OF}|(?:{named}){BEFORE})", " ", text)


@cache
def _patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    """Each unit, where it may stand (anywhere, or as the end of a title), and what names it.

    Names are whole words in Latin letters, and stand anywhere in other scripts.
    """
    path = Path(__file__).with_suffix(".csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    out: list[tuple[str, str, re.Pattern[str]]] = []
    for row in rows:
        names = row["words"].split()
        told = "|".join(sorted(names, key=len, reverse=True))
        latin = all(name.isascii() for name in names)
        pattern = rf"(?<![a-z])(?:{told})(?![a-z])" if latin else f"(?:{told})"
        out.append((row["unit"], row["where"], re.compile(pattern)))
    return tuple(out)


def plain_letters(text: str) -> str:
    """Small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return re.sub("[‐‑‒–—−]", "-", plain)
