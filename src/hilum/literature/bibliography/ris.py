"""RIS in its flavours: EndNote, Embase, Ovid, Scopus, Web of Science, ProQuest, EBSCO, Zotero.

Tags in any order, an end that is missing, text between the records, lines that go on without a
tag. What a tag means is read from its value where databases disagree (M1, M3, T2, N1).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography import cleaning, glued, withdrawn
from hilum.literature.bibliography.kept import Bad, Good, Item, Loose
from hilum.literature.bibliography.record import Field, Place, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TAG: Final = re.compile(r"\s{0,3}([A-Z][A-Z0-9]) {1,2}-(?: (.*)|\s*)$")
STRICT: Final = re.compile(r"\s{0,3}([A-Z][A-Z0-9])  -(?:[ \t](.*)|\s*)$")
_SINGLE: Final = re.compile(r"\s{0,3}TY -(?: |\s*$)")
NO_END: Final = "the record has no end (ER): the file may be cut off here"
NO_TYPE: Final = "a record that begins with TY"
NO_TITLE: Final = "no title"
NO_YEAR: Final = "no year"
NO_DOI: Final = "what stands as DOI is none"
_NUMBERS: Final = re.compile(r"[\w .,()/&+-]{1,24}$")
_PUBMED: Final = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)
_BOOKS: Final = frozenset({"BOOK", "EDBOOK", "EBOOK"})
_PMID: Final = re.compile(r"\bPMID\s*[:=]?\s*(\d{4,8})\b", re.IGNORECASE)
SAID_PMID: Final = re.compile(
    r"(?:\bPMID\s*[:=]?\s*|pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/)(\d{4,8})\b",
    re.I,
)
# A note that names another paper, by MEDLINE's tags, in words or as a part of another export
# (written as its path): its DOI and PMID are not the record's.
_ANOTHER: Final = re.compile(
    r"(?:merged from [^:]*: ?)?(?:field )?(?:(?:CIN|CON|CRF|CRI|DDIN|DRIN|ECF|ECI|EFR|EIN|ORI|PRIN"
    r"|PROF|RIN|ROF|RPF|RPI|RRF|RRI|SPIN|UIN|UOF)\b|(?:[\w.-]+/)+[\w@.-]+:|\W*(?:comment|erratum"
    r"|corrected|expression of concern|republished|retract|retraction|summary|update)[\w ]{0,30}?"
    r" (?:in|on|of|for|from)\b)",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"[1-9]\d{4,7}")
# The Cochrane Library: "PUBMED 12345678,EMBASE 612345678,CTGOV NCT01234567" in C3, XR of old.
_CROSS: Final = re.compile(r"\bPUBMED\s+(\d{4,8})\b", re.IGNORECASE)
_NAMED_NCT: Final = re.compile(r"^NCT\s*[:=]\s*(NCT\d{8})\b", re.IGNORECASE)
NCT: Final = re.compile(r"\bNCT\d{8}\b")

Lines = list[tuple[int, str, str]]
"""Line, tag and value of the fields of one record."""


def read(lines: Iterable[tuple[int, str]], source: str, digest: str) -> Iterator[Item]:
    """Records, what is none, and text between them, in the order of the file."""
    now: Lines = []
    position, typed = 0, False
    leads: bool | None = None  # whether the type stands first, as it should
    pattern = STRICT
    for number, line in lines:
        found = pattern.match(line)
        if found is None and pattern is STRICT and not now and _SINGLE.match(line):
            pattern = TAG  # a file of single blanks
            found = pattern.match(line)
        if found is None:
            if now:
                _continue(now, line)
            elif line.strip():
                yield Loose(number, line)
            continue
        tag, value = found[1], (found[2] or "").rstrip()
        leads = tag == "TY" if leads is None else leads
        if tag == "ER":
            if now:
                position += 1
                yield made(now, position, source, digest, ended=True)
            now, typed = [], False
            continue
        if tag == "TY" and typed:
            position += 1
            yield made(now, position, source, digest, ended=False)
            now, typed = [], False
        elif tag == "TY" and leads:
            # A tag behind the end of the record before ("NL" of Ovid) is not of this one.
            yield from _loose(now)
            now = []
        typed = typed or tag == "TY"
        now.append((number, tag, value))
    if now and (typed or not leads):
        yield made(now, position + 1, source, digest, ended=False)
    else:
        yield from _loose(now)


def _loose(lines: Lines) -> Iterator[Loose]:
    for number, tag, value in lines:
        yield Loose(number, f"{tag}  - {value}".rstrip())


def _continue(now: Lines, line: str) -> None:
    number, tag, value = now[-1]
    now[-1] = (number, tag, f"{value}\n{line.rstrip()}")


def made(lines: Lines, position: int, source: str, digest: str, *, ended: bool) -> Item:
    """One record from its lines; one without a type is bad."""
    lines = [(number, tag, value.rstrip("\n")) for number, tag, value in lines]
    if not any(tag == "TY" for _, tag, _ in lines):
        raw = "\n".join(f"{tag}  - {value}" for _, tag, value in lines)
        return Bad(source, position, lines[0][0], raw, NO_TYPE)
    values: dict[str, list[str]] = {}
    for _, tag, value in lines:
        values.setdefault(tag, []).append(value)
    place = Place(source, position, lines[0][0], digest)
    record = record_of(values, place, tuple(Field(tag, value) for _, tag, value in lines))
    notes = [] if ended else [NO_END]
    if not record.title:
        notes.append(NO_TITLE)
    if record.year is None:
        notes.append(NO_YEAR)
    if any(cleaning.said(one) and not cleaning.doi(one) for one in values.get("DO", ())):
        notes.append(NO_DOI)
    if cleaning.cut(named_in(values)):
        notes.append(cleaning.CUT)
    if glued.one_each(named_in(values))[1]:
        notes.append(glued.IN_DOUBT)
    return Good(record, tuple(notes))


def named_in(values: dict[str, list[str]]) -> list[str]:
    """The authors' tags."""
    return [*values.get("AU", ()), *values.get("A1", ())]


def record_of(values: dict[str, list[str]], place: Place, fields: tuple[Field, ...]) -> Record:
    """The record of tags and their values, whichever database wrote them."""

    def first(*tags: str) -> str:
        for tag in tags:
            for one in values.get(tag, ()):
                if found := cleaning.said(one):
                    return found
        return ""

    kind = first("TY")
    book = kind in _BOOKS
    title = first("TI", "T1", *(("BT",) if book else ()), "CT")
    if not title and book:
        title = first("T2")
    journal = first("JF", "JO", "T2", "BT", "JA", "J2", "JI", "J1", "J9", "T3")
    number = next((one for one in values.get("M1", ()) if _NUMBERS.match(one.strip())), "")
    span = cleaning.pages(first("SP"), first("EP")) or first("PG", "C7", "AR")
    abstracts = [cleaning.paragraph(one) for tag in ("AB", "N2") for one in values.get(tag, ())]
    return Record(
        record_id=first("ID") or str(place.position),
        place=place,
        kind=withdrawn.kind_of(
            kind, (one for tag in ("M3", "PT", "DT") for one in values.get(tag, ()))
        ),
        title=title,
        authors=cleaning.authors(glued.one_each(named_in(values))[0]),
        year=next(
            (
                year
                for tag in ("PY", "Y1", "DA", "YR")
                for one in values.get(tag, ())
                if (year := cleaning.year(one)) is not None
            ),
            None,
        ),
        abstract=max(abstracts, key=len, default=""),
        journal="" if book and journal == title else journal,
        volume=first("VL"),
        issue=first("IS", "CP") or cleaning.said(number),
        pages=span,
        language=first("LA"),
        identifiers=_identifiers(values),
        keywords=tuple(
            one for value in values.get("KW", ()) for line in value.split("\n")
            if (one := cleaning.said(line))
        ),
        fields=fields,
    )  # fmt: skip


def _identifiers(values: dict[str, list[str]]) -> tuple[tuple[str, str], ...]:
    def every(*tags: str) -> Iterator[str]:
        for tag in tags:
            yield from values.get(tag, ())

    found = [("doi", cleaning.doi(one)) for one in every("DO", "DI")]
    if not any(value for _, value in found):
        told = (*every("M3", "UR", "L3", "L2", "LK"), *own_lines(every("N1")))
        named = (cleaning.doi(one, loose=True) for one in told)
        found += [("doi", one) for one in named if one][:1]
    pubmed = any(_PUBMED.search(one) for one in every("DB", "DP"))
    for one in every("AN", "ID", "PM"):
        if (
            one.strip().isdigit()
            and 5 <= len(one.strip()) <= 8
            and (pubmed or one in values.get("PM", ()))
        ):
            found.append(("pmid", one.strip()))
    for line in own_lines(every("N1", "AN", "U1")):
        found += [("pmid", hit) for hit in _PMID.findall(line)]
    found += [("pmid", one) for one in _custom(values, [v for s, v in found if s == "pmid"])]
    known = [value for scheme, value in found if scheme == "pmid"]
    crossed = {hit for one in every("C3", "XR") for hit in _CROSS.findall(one)}
    # Several, or another than the record's own: which one is its own is not said.
    if len(crossed) == 1 and not (known and known[0] not in crossed):
        found += [("pmid", one) for one in crossed]
    found += [("nct", hit) for one in every("N1") for hit in _NAMED_NCT.findall(one)]
    found += [("pmcid", one.strip()) for one in every("C2") if re.fullmatch(r"PMC\d+", one.strip())]
    found += [
        ("nct", one)
        for value in every("AN", "ID", "UR", "M1", "C1", "C3")
        for one in NCT.findall(value)
    ]
    for one in every("SN"):
        found += cleaning.issns(one)
    return cleaning.unique(found)


def own_lines(notes: Iterable[str]) -> Iterator[str]:
    """Lines of notes without those that speak of another paper."""
    for one in notes:
        yield from (line for line in one.split("\n") if _ANOTHER.match(line.strip()) is None)


@dataclass(frozen=True, slots=True)
class Provider:
    """A database that writes PMIDs in a field of the user's own.

    Parameters
    ----------
    tag : str
        Where they stand.
    names : Pattern
        Its name in DB, its address in UR, its own ids in U2.
    shape : frozenset of str
        Tags that its records have and other programs' do not have together.
    """

    tag: str
    names: re.Pattern[str]
    shape: frozenset[str] = frozenset()


PROVIDERS: Final = (
    Provider("C2", re.compile(r"^scopus$|\bscopus\.com/", re.IGNORECASE)),
    Provider("C5", re.compile(r"^embase$|\bembase\.com/|^L\d{6,12}$", re.IGNORECASE),
             frozenset({"T1", "A1", "Y1"})),
)  # fmt: skip
"""Exports of scopus.com and embase.com (there the field is "MEDLINE PMID")."""
_PLAIN: Final = frozenset({"TI", "AU", "PY", "DP", "DB"})
"""Tags of which a record in a provider's own shape has none."""


def _custom(values: dict[str, list[str]], known: list[str]) -> Iterator[str]:
    """PMIDs of fields of the user's own: those that say so, and those of a known provider.

    A number that another PMID of the record contradicts is none.
    """
    for tag in ("C1", "C2", "C3", "C4", "C5", "C6", "C8", "U1", "U2", "U3", "U4"):
        for one in values.get(tag, ()):
            yield from (hit for hit in SAID_PMID.findall(one) if not known or hit in known)
    told = [*values.get("DB", ()), *values.get("UR", ()), *values.get("U2", ())]
    for one in PROVIDERS:
        numbers = {text.strip() for text in values.get(one.tag, ())}
        shaped = bool(one.shape) and one.shape <= set(values) and _PLAIN.isdisjoint(values)
        certain = any(one.names.search(text.strip()) for text in told)
        if len(numbers) == 1 and (certain or shaped):
            number = numbers.pop()
            if _NUMBER.fullmatch(number) and (not known or number in known):
                yield number
