"""EndNote's %-format (refer), which CNKI and Wanfang export as well."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography import cleaning, glued, withdrawn
from hilum.literature.bibliography.kept import Bad, Good, Item, Loose
from hilum.literature.bibliography.record import Field, Place, Record
from hilum.literature.bibliography.ris import (
    NCT,
    NO_DOI,
    NO_TITLE,
    NO_YEAR,
    SAID_PMID,
    own_lines,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

TAG: Final = re.compile(r"%([0-9A-Za-z@!#$&()*+,\-./:;<=>?\[\]^_~|])(?:\s(.*)|\s*$)")
PMCID: Final = re.compile(r"\bPMC\d+\b")
NO_FIELD: Final = "a record with a title, an author or a year"


def read(lines: Iterable[tuple[int, str]], source: str, digest: str) -> Iterator[Item]:
    """Records from one %0 to the next; without %0, from one empty line to the next."""
    now: list[tuple[int, str, str]] = []
    position, types, blank = 0, False, False
    for number, line in lines:
        found = TAG.match(line)
        if found is None:
            blank = blank or not line.strip()
            if line.strip() and now:
                before, tag, value = now[-1]
                now[-1] = (before, tag, f"{value}\n{line.strip()}")
            elif line.strip():
                yield Loose(number, line)
            continue
        types = types or found[1] == "0"
        if now and (found[1] == "0" or (blank and not types)):
            position += 1
            yield _made(now, position, source, digest)
            now = []
        blank = False
        now.append((number, found[1], (found[2] or "").strip()))
    if now:
        yield _made(now, position + 1, source, digest)


def _made(lines: list[tuple[int, str, str]], position: int, source: str, digest: str) -> Item:
    values: dict[str, list[str]] = {}
    for _, tag, value in lines:
        values.setdefault(tag, []).append(value)

    def first(*tags: str) -> str:
        for tag in tags:
            for one in values.get(tag, ()):
                if found := cleaning.said(one):
                    return found
        return ""

    if not any(first(tag) for tag in "TADBJX8"):
        raw = "\n".join(f"%{tag} {value}" for _, tag, value in lines)
        return Bad(source, position, lines[0][0], raw, NO_FIELD)
    identifiers = [("doi", cleaning.doi(one)) for one in values.get("R", ())]
    beside = own_lines([one for tag in "ZMLU<123" for one in values.get(tag, ())])
    told = [*values.get("U", ()), *beside]
    if not any(value for _, value in identifiers):
        found = (cleaning.doi(one, loose=True) for one in told)
        identifiers += [("doi", one) for one in found if one][:1]
    identifiers += [("pmid", hit) for one in told for hit in SAID_PMID.findall(one)][:1]
    identifiers += [("pmcid", hit) for one in values.get("2", ()) for hit in PMCID.findall(one)]
    identifiers += [("nct", hit) for one in told for hit in NCT.findall(one)]
    if re.search("pubmed|medline|nlm", " ".join((first("~"), first("W"))), re.IGNORECASE):
        identifiers += [("pmid", one) for one in values.get("M", ()) if one.isdigit()]
    for one in values.get("@", ()):
        identifiers += cleaning.issns(one)
    named = [name for one in values.get("A", ()) for name in glued.split(one)]
    record = Record(
        record_id=first("F") or str(position),
        place=Place(source, position, lines[0][0], digest),
        kind=withdrawn.kind_of(first("0"), values.get("9", ())),
        title=first("T", "B"),
        authors=cleaning.authors(named),
        year=cleaning.year(first("D")) or cleaning.year(first("8")),
        abstract=cleaning.paragraph("\n".join(values.get("X", ()))),
        journal=first("J", "B", "S"),
        volume=first("V"),
        issue=first("N"),
        pages=first("P") or first("&"),
        language=first("G"),
        identifiers=cleaning.unique(identifiers),
        keywords=tuple(
            word for value in values.get("K", ()) for one in re.split(r"[\n;；]", value)
            if (word := cleaning.said(one))
        ),
        fields=tuple(Field(f"%{tag}", value) for _, tag, value in lines),
    )  # fmt: skip
    notes = [NO_TITLE] if not record.title else []
    notes += [NO_YEAR] if record.year is None else []
    notes += [NO_DOI] if first("R") and not record.identifier("doi") else []
    notes += [cleaning.CUT] if cleaning.cut(named) else []
    doubt = any(glued.in_doubt(one, glued.split(one), glued.FIXED) for one in values.get("A", ()))
    notes += [glued.IN_DOUBT] if doubt else []
    return Good(record, tuple(notes))


def count(lines: Iterable[tuple[int, str]]) -> int:
    """Types where there are any, and the stretches before the first; else stretches."""
    types = before = stretches = 0
    inside = False
    for _, line in lines:
        tagged = line[:1] == "%" and line[1:2].strip() != "" and not line[2:3].strip()
        if tagged and line[1] == "0":
            before = before if types else stretches
            types += 1
        if tagged and not inside:
            stretches += 1
        inside = bool(line.strip()) and (inside or tagged)
    return types + before if types else stretches
