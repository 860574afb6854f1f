"""PubMed's NBIB (MEDLINE): four letters of a tag, folded lines behind six blanks."""

from __future__ import annotations

import re
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography import cleaning, glued, withdrawn
from hilum.literature.bibliography.kept import Bad, Good, Item, Loose
from hilum.literature.bibliography.record import Field, Place, Record
from hilum.literature.bibliography.ris import NCT, NO_TITLE, NO_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TAG: Final = re.compile(r"(?=.{4}-)([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)")
OWN: Final = "hilum: "
"""How the OID begins that stands for the PMID of a record that has none."""
NO_PMID: Final = "a record that begins with PMID"
_KIND: Final = re.compile(r"(.+?) \[(\w+)\]$")


def read(lines: Iterable[tuple[int, str]], source: str, digest: str) -> Iterator[Item]:
    """Records, what is none, and text between them."""
    now: list[tuple[int, str, str]] = []
    position = 0
    for number, line in _close(lines):
        found = TAG.match(line)
        begins = found is not None and found[1] == "PMID"
        if now and (begins or not line.strip()):
            position += 1
            yield _made(now, position, source, digest)
            now = []
        if found is not None:
            now.append((number, found[1], found[2].rstrip()))
        elif now:
            number, tag, value = now[-1]
            now[-1] = (number, tag, f"{value} {line.strip()}")
        elif line.strip():
            yield Loose(number, line)
    if now:
        yield _made(now, position + 1, source, digest)


LOOKED: Final = 8
"""Lines at the head of a file that tell whether an empty one stands behind each."""


def _close(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """The lines of a file, without the empty ones where one stands behind each line."""
    feed = iter(lines)
    head = list(islice(feed, LOOKED))
    first = next((n for n, (_, line) in enumerate(head) if line.strip()), len(head))
    shown = head[first:]
    apart = len(shown) > 3 and all(bool(line.strip()) != n % 2 for n, (_, line) in enumerate(shown))
    twice = sum(line.startswith("PMID-") for _, line in shown) > 1
    for number, line in chain(head, feed):
        if line.strip() or not apart or twice:
            yield number, line


def _made(lines: list[tuple[int, str, str]], position: int, source: str, digest: str) -> Item:
    if lines[0][1] != "PMID" and not (lines[0][1] == "OID" and lines[0][2].startswith(OWN)):
        raw = "\n".join(f"{tag:<4}- {value}" for _, tag, value in lines)
        return Bad(source, position, lines[0][0], raw, NO_PMID)
    values: dict[str, list[str]] = {}
    for _, tag, value in lines:
        values.setdefault(tag, []).append(value)
    fields = tuple(Field(tag, value) for _, tag, value in lines)
    record = record_of(values, Place(source, position, lines[0][0], digest), fields)
    notes = [NO_TITLE] if not record.title else []
    notes += [NO_YEAR] if record.year is None else []
    if cleaning.cut((*values.get("FAU", ()), *values.get("AU", ()))):
        notes.append(cleaning.CUT)
    if glued.one_each((*values.get("FAU", ()), *values.get("AU", ())))[1]:
        notes.append(glued.IN_DOUBT)
    return Good(record, tuple(notes))


def record_of(values: dict[str, list[str]], place: Place, fields: tuple[Field, ...]) -> Record:
    """The record of tags and their values."""

    def first(*tags: str) -> str:
        for tag in tags:
            for one in values.get(tag, ()):
                if found := cleaning.said(one):
                    return found
        return ""

    full = values.get("FAU", [])
    names = full if len(full) >= len(values.get("AU", ())) else values.get("AU", [])
    identifiers = [("pmid", one) for one in (first("PMID"),) if one.isdigit()]
    for one in (*values.get("LID", ()), *values.get("AID", ())):
        found = _KIND.match(one)
        if found and found[2] == "doi":
            identifiers.append(("doi", cleaning.doi(found[1])))
    identifiers += [("pmcid", one) for one in values.get("PMC", ())]
    identifiers += [("nct", hit) for one in values.get("SI", ()) for hit in NCT.findall(one)]
    for one in (*values.get("IS", ()), *values.get("ISBN", ())):
        identifiers += cleaning.issns(one)
    return Record(
        record_id=first("PMID")
        or first("OID").removeprefix(OWN.strip()).strip()
        or str(place.position),
        place=place,
        kind=withdrawn.kind_of(first("PT"), withdrawn.linked(values.get("PT", []), values)),
        title=first("TI", "TT", "BTI", "CTI"),
        authors=cleaning.authors([*glued.one_each(names)[0], *values.get("CN", ())]),
        year=next(
            (year for tag in ("DP", "DEP", "CDAT") for one in values.get(tag, ())
             if (year := cleaning.year(one[:4] if tag == "DEP" else one)) is not None),
            None,
        ),
        abstract=first("AB"),
        journal=first("JT", "TA"),
        volume=first("VI"),
        issue=first("IP"),
        pages=cleaning.whole_pages(first("PG")),
        language=first("LA"),
        identifiers=cleaning.unique(identifiers),
        keywords=tuple(
            one for tag in ("MH", "OT") for value in values.get(tag, ())
            if (one := cleaning.said(value))
        ),
        fields=fields,
    )  # fmt: skip


def count(lines: Iterable[tuple[int, str]]) -> int:
    """Stretches between empty lines, and the beginnings within them."""
    found = begun = 0
    for _, line in _close(lines):
        if not line.strip():
            found += begun
            begun = 0
        elif line[4:5] == "-" and _is_tag(line[:4].rstrip(" ")):
            # What stands before the first PMID of a stretch is a record that lost its own.
            begun += line.startswith("PMID-") or not begun
    return found + begun


def _is_tag(head: str) -> bool:
    plain = len(head) > 1 and head.isascii() and head.isalnum() and head[0].isalpha()
    return plain and head == head.upper()
