"""The page that a physician gives to the patient, as ids of sentences with what fills them.

It says only what the sheet holds and no figure of a study; the sentences stand in tables, each in
both languages (``patient_*.csv``).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from hilum.records import found

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hilum.sheet.sheet import Sheet
    from hilum.sheet.sheet_verdict import Value

SECTIONS: Final = ("intro", "know", "operation", "options", "missing", "ask", "words", "end")
# Verdicts whose treatments the page names, with the sentence before them. What is undecided is not
# named: a name alone raises a hope or a fear that nothing yet supports.
OPEN: Final = {
    "supported": "options_intro",
    "possible": "options_intro",
    "conditional": "options_conditional",
}
UNDECIDED: Final = "undecided"
MOST_OPTIONS: Final = 5
MOST_MISSING: Final = 3
MOST_WORDS: Final = 5
PALLIATIVE: Final = frozenset({"supportive_care"})
NEC: Final = "NEC"
# What brings a word into the list of what words mean.
RADIATION: Final = frozenset({"tare", "prrt_lu177"})
EMBOLISATION: Final = frozenset({"tae", "tace", "deb_tace", "tare"})
CHEMO: Final = frozenset(
    {"chemo_temozolomide", "chemo_streptozocin", "chemo_platinum", "chemo_irinotecan"}
)
PAIR: Final = 2
# The most lesions that a case may say: a range that ends there is open.
MANY: Final = 999


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its id and what fills its places."""

    id: str
    places: Mapping[str, Value] = field(default_factory=dict[str, "Value"])


@dataclass(frozen=True, slots=True)
class Named:
    """Treatments under one sentence."""

    sentence: str
    treatments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PatientPage:
    """What the page says, in its order; ``missing`` and ``words`` are rows of their tables."""

    name: str
    date: str
    intro: tuple[Sentence, ...]
    know: tuple[Sentence, ...]
    operation: tuple[Sentence, ...]
    options: tuple[Named, ...]
    after_options: tuple[Sentence, ...]
    missing: tuple[str, ...]
    ask: tuple[str, ...]
    words: tuple[str, ...]


@cache
def table(name: str) -> Mapping[str, Mapping[str, str]]:
    """A table of the page by its first column."""
    text = files("hilum.sheet").joinpath(f"patient_{name}.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    first = next(iter(rows[0]))
    return {row[first]: row for row in rows}


def patient_page(sheet: Sheet) -> PatientPage:
    """The page of one sheet."""
    known: dict[str, Value] = {one.fact: one.value for one in sheet.derived}
    known |= {one.name: one.value for one in sheet.facts}
    named, more = _named(sheet)
    shown = [one for group in named for one in group.treatments]
    verdict = sheet.resectability.verdict
    operation = "not_resectable_open" if verdict == "not_resectable" and shown else verdict
    after = [Sentence("options_more", {"count": more})] if more else []
    undecided = any(one.status == UNDECIDED for one in sheet.options)
    last = "not_a_choice" if shown else "options_undecided" if undecided else "options_none"
    after += [Sentence(last)]
    return PatientPage(
        name=sheet.case.name,
        date=sheet.case.date or sheet.made.date,
        intro=(Sentence("intro"), Sentence("no_replacement")),
        know=tuple(_know(known)),
        operation=(Sentence(operation),),
        options=named,
        after_options=tuple(after),
        missing=_missing(sheet),
        ask=tuple(_ask(verdict, bool(sheet.would_change), bool(shown))),
        words=tuple(_words(known, set(shown))[:MOST_WORDS]),
    )


def _know(known: Mapping[str, Value]) -> Iterator[Sentence]:
    yield Sentence("tumour_nec" if known.get("grade") == NEC else "tumour")
    site = known.get("primary_site")
    if site == "unknown_primary":
        yield Sentence("site_unknown")
    elif isinstance(site, str) and site != "other":
        yield Sentence("site", {"site": site})
    yield Sentence("liver")
    count = _count(known.get("lesion_count"))
    if count is not None:
        yield count
    grade = known.get("grade")
    if isinstance(grade, str) and grade != NEC:
        yield Sentence("grade", {"grade": grade.removeprefix("G")})
    if known.get("functioning") not in (None, "none"):
        yield Sentence("hormones")


def _count(value: Value) -> Sentence | None:
    if isinstance(value, list) and len(value) == PAIR:
        low, high = (int(float(one)) for one in value)
        if high >= MANY:
            return Sentence("count_more", {"low": low})
        return Sentence("count_range", {"low": low, "high": high})
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Sentence("count_one") if value == 1 else Sentence("count", {"count": int(value)})


def _named(sheet: Sheet) -> tuple[tuple[Named, ...], int]:
    """Open treatments under their sentences, the surest first, and how many are not named."""
    groups: dict[str, list[str]] = {}
    for one in sheet.options:
        sentence = OPEN.get(one.status)
        if sentence is not None and one.treatment not in PALLIATIVE:
            groups.setdefault(sentence, []).append(one.treatment)
    total = sum(map(len, groups.values()))
    shown: list[Named] = []
    left = MOST_OPTIONS
    for name in dict.fromkeys(OPEN.values()):
        names = tuple(groups.get(name, ())[:left])
        if names:
            shown.append(Named(name, names))
            left -= len(names)
    return tuple(shown), total - sum(len(one.treatments) for one in shown)


def _missing(sheet: Sheet) -> tuple[str, ...]:
    """Deciding facts that are not known, once where two are the same in plain words."""
    plain = table("facts")
    seen: dict[str, str] = {}
    for one in sheet.would_change:
        words = plain.get(one.fact, {}).get("plain_en", one.fact)
        seen.setdefault(words, one.fact)
    return tuple(seen.values())[:MOST_MISSING]


def _ask(verdict: str, missing: bool, shown: bool) -> Iterator[str]:
    yield "ask_goal"
    yield "ask_good_bad"
    yield "ask_daily"
    if verdict == "not_resectable" and shown:
        yield "ask_operation"
    if verdict == "resectable":
        yield "ask_operation_yes"
    if missing:
        yield "ask_tests"
    yield "ask_wait"
    yield "ask_call"


def _words(known: Mapping[str, Value], shown: set[str]) -> list[str]:
    there = {
        "always": True,
        "net": known.get("grade") != NEC,
        "functioning": known.get("functioning") not in (None, "none"),
        "grade": known.get("grade") in ("G1", "G2", "G3"),
        "radiation": bool(shown & RADIATION),
        "embolisation": bool(shown & EMBOLISATION),
        "chemo": bool(shown & CHEMO),
    }
    return [name for name, row in table("words").items() if found(there, row["when"], "reason")]
