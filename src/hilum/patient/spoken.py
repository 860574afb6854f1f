"""How letters say things: words, spellings of units, names of treatments, plausible figures.

Tables of ``pathway/``: ``words.csv``, ``units.csv``, ``treatment_words.csv``, ``plausible.csv``.
They say how a text is read, never what follows from it.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.patient.tables import Tables

KINDS = (
    *("unknown", "true", "false", "bound", "bound_after", "between", "count", "word"),
    *("name", "dated", "since", "since_after", "empty", "joint", "detail", "outcome"),
)
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-"))


@dataclass(frozen=True, slots=True)
class Plausible:
    """Where a figure in the attribute's own unit is believed, and where it usually lies.

    A convention of hilum's: outside ``low`` to ``high`` a bare number asks for its unit, outside
    ``usual_low`` to ``usual_high`` it is used and shown for confirmation.
    """

    low: float
    high: float
    usual_low: float
    usual_high: float


@dataclass(frozen=True, slots=True)
class TreatmentWord:
    """A treatment as letters call it; ``months_since`` is a fact that the end of a course gives."""

    treatment: str
    months_since: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """Every word of the tables, under its :func:`key`."""

    unknown: frozenset[str]
    truths: Mapping[str, bool]
    bounds: tuple[tuple[str, str], ...]
    bounds_after: tuple[tuple[str, str], ...]
    between: tuple[str, ...]
    counts: Mapping[str, Mapping[str, str]]
    words: Mapping[str, Mapping[str, str]]
    names: Mapping[str, tuple[str, ...]]
    empty: Mapping[str, Mapping[str, str]]
    joints: re.Pattern[str]
    joint_words: frozenset[str]
    details: frozenset[str]
    outcomes: frozenset[str]
    dated: frozenset[str]
    since: tuple[str, ...]
    since_after: frozenset[str]
    units: Mapping[str, tuple[tuple[str, float], ...]]
    plausible: Mapping[str, Plausible]
    treatments: Mapping[str, TreatmentWord]
    either_treatment: Mapping[str, tuple[str, ...]]


def key(text: str) -> str:
    """A text as the tables are searched for it: case, spaces, dashes and underscores aside."""
    return re.sub(r"[\s_-]+", "", clean(text).casefold()).strip(".,;:")


def unit_key(text: str) -> str:
    """A unit as the tables are searched for it: case, spaces, superscripts and signs aside."""
    plain = clean(text).casefold()
    plain = plain.replace("×", "x").replace("·", "*").replace("μ", "u").replace("µ", "u")
    return re.sub(r"[\s_]+", "", plain)


def clean(text: str) -> str:
    """One line in plain characters: full-width forms, dashes and superscripts made ordinary."""
    if not text.isascii():
        text = re.sub(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹])", r"10^\1", text).translate(SUPERSCRIPTS)
        text = unicodedata.normalize("NFKC", text.translate(DASHES)).translate(DASHES)
    return " ".join(printable(text).split())


def printable(text: str) -> str:
    """A text without control characters, halves of characters and code points that are none.

    Marks that turn the direction of everything behind them go too; a word in a script that is
    written from the right needs none.
    """
    if text.isprintable():
        return text
    return "".join(
        " " if one in "\t\n\r\v\f" else one
        for one in text
        if one in "\t\n\r\v\f"
        or (unicodedata.category(one) not in ("Cc", "Cs", "Cn") and one not in TURNING)
    )


@cache
def spoken() -> Spoken:
    """The tables, read once."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows("words"):
        found[row["kind"]].append(row)
    units: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for row in rows("units"):
        units[unit_key(row["spelling"])].append((row["unit"], float(row["factor"])))
    return Spoken(
        unknown=frozenset({"", *(key(row["word"]) for row in found["unknown"])}),
        truths={
            key(row["word"]): kind == "true" for kind in ("true", "false") for row in found[kind]
        },
        bounds=_longest((row["word"].casefold(), row["means"]) for row in found["bound"]),
        bounds_after=_longest(
            (row["word"].casefold(), row["means"]) for row in found["bound_after"]
        ),
        between=tuple(row["word"].casefold() for row in found["between"]),
        counts=_by_attribute(found["count"]),
        words=_by_attribute(found["word"]),
        names={
            name: tuple(row["word"] for row in found["name"] if row["attribute"] == name)
            for name in {row["attribute"] for row in found["name"]}
        },
        empty=_by_attribute(found["empty"]),
        joints=_joints(row["word"] for row in found["joint"]),
        joint_words=_keys(found["joint"]),
        details=_keys(found["detail"]),
        outcomes=_keys(found["outcome"]),
        dated=frozenset(row["attribute"] for row in found["dated"]),
        since=tuple(row["word"].casefold() for row in found["since"]),
        since_after=_keys(found["since_after"]),
        units={name: tuple(pairs) for name, pairs in units.items()},
        plausible={
            row["attribute"]: Plausible(
                *(float(row[end]) for end in ("low", "high", "usual_low", "usual_high"))
            )
            for row in rows("plausible")
        },
        treatments={
            key(row["word"]): TreatmentWord(row["treatment"], row["months_since"])
            for row in rows("treatment_words")
            if len(row["treatment"].split()) <= 1
        },
        either_treatment={
            key(row["word"]): tuple(several)
            for row in rows("treatment_words")
            if len(several := row["treatment"].split()) > 1
        },
    )


@cache
def treatment_words(tables: Tables) -> Mapping[str, TreatmentWord]:
    """Every name of a treatment: ids, modalities, names in both languages, words of letters."""
    found: dict[str, TreatmentWord] = {}
    for one in tables.treatments.values():
        for word in (one.id, *one.modalities, *_named(one.name_en), *_named(one.name_zh)):
            found.setdefault(key(word), TreatmentWord(one.id))
    for word, meant in spoken().treatments.items():
        if not meant.treatment or meant.treatment in tables.treatments:
            found[word] = meant
    return found


def rows(name: str) -> list[dict[str, str]]:
    """Rows of a shipped table of words, stripped."""
    text = (files("hilum.patient") / "pathway" / f"{name}.csv").read_text("utf-8")
    return [
        {column: cell.strip() for column, cell in row.items()}
        for row in csv.DictReader(text.splitlines())
    ]


def _named(name: str) -> set[str]:
    """A name whole, without what stands in brackets, and what stands in brackets."""
    parts = re.split(r"[()（）／]", name)
    return {name, *(part.strip() for part in parts)} - {""}


def _longest(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _joints(words: Iterable[str]) -> re.Pattern[str]:
    """What joins two items: a word between spaces, or a sign."""
    said = sorted(words, key=len, reverse=True)
    latin = "|".join(re.escape(one) for one in said if one[0].isascii() and one[0].isalpha())
    signs = "|".join(re.escape(one) for one in said if not (one[0].isascii() and one[0].isalpha()))
    return re.compile(rf"\s+(?:{latin})\s+|\s*(?:{signs})\s*", re.IGNORECASE)


def _keys(found: list[dict[str, str]]) -> frozenset[str]:
    return frozenset(key(row["word"]) for row in found)


def _by_attribute(found: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = defaultdict(dict)
    for row in found:
        words[row["attribute"]][key(row["word"])] = row["means"]
    return dict(words)
