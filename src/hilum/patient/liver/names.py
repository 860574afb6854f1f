"""What a name or code of a label means, by the table ``names.csv``: words of five languages.

``match`` says how a term is looked for in a name: as a ``word``, ``inside`` a longer word, as the
``whole`` name, ``before`` or ``after`` a numeral (segments), ``maybe`` before one (only where
several segments are so named), or as a ``code`` of SNOMED CT. The longest term claims its letters
first. Role ``ask`` marks words that leave the meaning open, ``ignore`` structures that are known
and not measured; ``image``, ``drawn`` and ``filler`` are words around a name that say nothing of
the structure.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from hilum.patient.liver.anatomy import SEGMENTS

KINDS = ("liver", "lesion", "segment", "hepatic", "portal", "vessel", "remnant")
AROUND = ("image", "drawn", "filler")
ROLES = (*KINDS, "ignore", "ask", *AROUND)
MATCHES = ("word", "inside", "whole", "before", "after", "maybe", "code")
# More than a person numbers: a date, or a patient's number, is no lesion's.
MAX_NUMBER = 9999
_NUMERALS = {
    word: number
    for words in (map(str.lower, SEGMENTS), map(str, range(1, 9)), "一二三四五六七八")
    for number, word in enumerate(words, start=1)
}
_NUMERAL = "(" + "|".join(sorted(_NUMERALS, key=len, reverse=True)) + ")"


@dataclass(frozen=True, slots=True)
class Role:
    """What a label stands for; ``number`` is a segment, or one lesion (0: not told apart).

    ``sure`` is false for a numbered segment that may as well be a program's name for anything.
    """

    kind: str
    number: int = 0
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Term:
    """One row of the table."""

    term: str
    match: str
    role: str
    number: int
    language: str
    source: str


@cache
def terms() -> tuple[Term, ...]:
    """The table, the longest terms first."""
    text = files("hilum.patient.liver").joinpath("names.csv").read_text("utf-8")
    rows = [
        Term(
            row["term"], row["match"], row["role"], int(row["number"] or 0), row["language"],
            row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda one: -len(one.term)))


def plain(name: str) -> str:
    """A name in small letters without accents, words and numbers apart by one blank."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = unicodedata.normalize("NFKD", text)
    text = "".join(one for one in text if not unicodedata.combining(one))
    text = re.sub(r"[\W_]+", " ", text)
    text = re.sub(r"(?<=\d)(?=[^\W\d])|(?<=[^\W\d])(?=\d)", " ", text)
    return " ".join(text.split())


def meaning_of_code(code: str) -> Role | None:
    """The role of a SNOMED CT code."""
    for one in terms():
        if one.match == "code" and one.term == code:
            return Role(one.role, one.number)
    return None


def meaning_of_name(name: str) -> Role | None:
    """The role of a name; ``None`` where it is not known or could mean several things."""
    text = plain(name)
    if not text:
        return None
    bare = " ".join(word for word in text.split() if not word.isdigit())
    for one in terms():
        if one.match == "whole" and one.term in (text, bare):
            return None if one.role == "ask" else Role(one.role, one.number)
    kinds, rest = _claimed(text)
    if "ask" in kinds:
        return None
    segment = _segment(text)
    if "lesion" in kinds:
        if kinds & {"ignore", "remnant", "portal", "hepatic", "vessel"}:
            return None
        return Role("lesion", 0 if _placed(text) else _lesion_number(text))
    if "ignore" in kinds:
        return Role("ignore")
    if "remnant" in kinds:
        return Role("remnant")
    if segment is not None:
        return segment
    for kind in ("portal", "hepatic", "vessel"):
        if kind in kinds:
            return Role(kind)
    if rest:
        return None
    if "liver" in kinds:
        return Role("liver")
    return Role("ignore") if "image" in kinds and "drawn" not in kinds else None


def _claimed(text: str) -> tuple[set[str], list[str]]:
    """Roles of the terms in a name, and the words that no term claims."""
    left = f" {text} "
    kinds: set[str] = set()
    for one in terms():
        if one.match == "word":
            found = f" {one.term} " in left
            left = left.replace(f" {one.term} ", " | ") if found else left
        elif one.match == "inside":
            found = one.term in left
            left = left.replace(one.term, "|") if found else left
        else:
            continue
        if found:
            kinds.add(one.role)
    words = [word for word in left.replace("|", " | ").split() if word != "|"]
    return kinds, [word for word in words if not word.isdigit()]


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], bool], ...]:
    """Patterns of whole names of segments, and whether each is sure."""
    found: list[tuple[re.Pattern[str], bool]] = []
    fillers = [re.escape(one.term) for one in terms() if one.role in AROUND]
    more = "|".join([*fillers, *(re.escape(one.term) for one in terms() if one.role == "liver")])
    around = rf"(?:(?:{more}|\d+) )*"
    for one in terms():
        word = re.escape(one.term)
        end = rf"(?: (?:{more}))*"
        if one.match in ("before", "maybe"):
            pattern = rf"{around}{word} ?{_NUMERAL}(?: ?[abcd])?{end}"
            found.append((re.compile(pattern), one.match == "before"))
        elif one.match == "after":
            pattern = (
                rf"{around}(?:s )?(?:第)?(?:肝)?(?: ?s)? ?{_NUMERAL}(?: ?[abcd])? ?{word}{end}"
            )
            found.append((re.compile(pattern), True))
    return tuple(found)


def _segment(text: str) -> Role | None:
    unsure: Role | None = None
    for pattern, sure in _patterns():
        match = pattern.fullmatch(text)
        if match:
            # "Segment 2" is what a program calls the second thing drawn; "Segment II" is not.
            numeral = not match[1].isdigit() and not text.startswith("s ")
            role = Role("segment", _NUMERALS[match[1]], sure or numeral)
            if role.sure:
                return role
            unsure = unsure or role
    return unsure


def _placed(text: str) -> bool:
    """Whether a lesion's name says the segment it lies in, so that its number is not its own."""
    word = "|".join(re.escape(one.term) for one in terms() if one.match in ("before", "maybe"))
    return re.search(rf"(?:^| )(?:{word}) ?{_NUMERAL}(?: |$)|段", text) is not None


def _lesion_number(text: str) -> int:
    """The one number of a name; 0 where it has none or several."""
    found = re.findall(r"\d+", text)
    number = int(found[0]) if len(found) == 1 and len(found[0]) <= 4 else 0
    return number if number <= MAX_NUMBER else 0
