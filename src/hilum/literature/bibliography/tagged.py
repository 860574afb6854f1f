"""Two more tagged exports: Web of Science's own ("PT J") and CENTRAL's ("Record #1 of 9")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography import cleaning, glued, withdrawn
from hilum.literature.bibliography.kept import Bad, Good, Item, Loose
from hilum.literature.bibliography.record import Field, Place, Record
from hilum.literature.bibliography.ris import NCT, NO_TITLE, NO_YEAR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Values = dict[str, list[str]]

_WOS: Final = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|$)")
_MANY: Final = frozenset({"AU", "AF", "BA", "BF", "CA", "C1", "CR", "ED"})
_CENTRAL: Final = re.compile(r"([A-Z]{2,4}): ?(.*)")
NO_FIELD: Final = "a record with a title, an author or a year"


def web_of_science(lines: Iterable[tuple[int, str]], source: str, digest: str) -> Iterator[Item]:
    """Records between PT and ER; names below each other are names of their own."""
    now: list[tuple[int, str, str]] = []
    position = 0
    for number, line in lines:
        found = _WOS.match(line)
        tag = found[1] if found else ""
        if tag in ("FN", "VR", "EF") and not now:
            continue
        if now and tag in ("ER", "PT"):
            position += 1
            yield _made(now, position, source, digest, of_wos)
            now = []
        if tag == "ER":
            continue
        if found:
            now.append((number, tag, (found[2] or "").strip()))
        elif now and line.startswith("   "):
            before, last, value = now[-1]
            if last in _MANY:
                now.append((number, last, line.strip()))
            else:
                now[-1] = (before, last, f"{value} {line.strip()}")
        elif line.strip():
            yield Loose(number, line)
    if now:
        yield _made(now, position + 1, source, digest, of_wos)


def central(lines: Iterable[tuple[int, str]], source: str, digest: str) -> Iterator[Item]:
    """Records of the Cochrane Library's own export."""
    now: list[tuple[int, str, str]] = []
    position = 0
    for number, line in lines:
        if _begins(line):
            if now:
                position += 1
                yield _made(now, position, source, digest, _of_central)
            now = [(number, "#", line.strip())]
            continue
        found = _CENTRAL.match(line)
        if found and now:
            now.append((number, found[1], found[2].strip()))
        elif now and line.strip():
            before, tag, value = now[-1]
            now[-1] = (before, tag, f"{value}\n{line.strip()}")
        elif line.strip():
            yield Loose(number, line)
    if now:
        yield _made(now, position + 1, source, digest, _of_central)


def _begins(line: str) -> bool:
    """Whether a record of CENTRAL begins, its numbers right or wrong."""
    return line.startswith("Record #") and " of " in line


def _made(
    lines: list[tuple[int, str, str]],
    position: int,
    source: str,
    digest: str,
    of: Callable[[Values, Place, tuple[Field, ...]], Record],
) -> Item:
    values: Values = {}
    for _, tag, value in lines:
        values.setdefault(tag, []).append(value)
    fields = tuple(Field(tag, value) for _, tag, value in lines)
    record = of(values, Place(source, position, lines[0][0], digest), fields)
    if not (record.title or record.authors or record.year):
        raw = "\n".join(f"{tag} {value}" for _, tag, value in lines)
        return Bad(source, position, lines[0][0], raw, NO_FIELD)
    notes = [NO_TITLE] if not record.title else []
    notes += [NO_YEAR] if record.year is None else []
    notes += [cleaning.CUT] if cleaning.cut((*values.get("AU", ()), *values.get("AF", ()))) else []
    apart = (glued.in_doubt(one, glued.split(one), glued.FIXED) for one in values.get("AU", ()))
    notes += [glued.IN_DOUBT] if any(apart) else []
    return Good(record, tuple(notes))


def _first(values: Values, *tags: str) -> str:
    for tag in tags:
        for one in values.get(tag, ()):
            if found := cleaning.said(one):
                return found
    return ""


def of_wos(values: Values, place: Place, fields: tuple[Field, ...]) -> Record:
    """The record of Web of Science's tags and their values."""
    found = [("doi", cleaning.doi(one)) for one in (*values.get("DI", ()), *values.get("D2", ()))]
    found += [("pmid", one) for one in values.get("PM", ()) if one.isdigit()]
    for tag in ("SN", "EI", "BN"):
        for one in values.get(tag, ()):
            found += cleaning.issns(one)
    keywords = ";".join((*values.get("DE", ()), *values.get("ID", ())))
    return Record(
        record_id=_first(values, "UT") or str(place.position),
        place=place,
        kind=_first(values, "DT", "PT"),
        title=_first(values, "TI"),
        authors=cleaning.authors(
            [*glued.one_each(values.get("AF") or values.get("AU", []))[0], *values.get("CA", [])]
        ),
        year=cleaning.year(_first(values, "PY")) or cleaning.year(_first(values, "EA", "PD")),
        abstract=_first(values, "AB"),
        journal=_first(values, "SO", "JI", "J9"),
        volume=_first(values, "VL"),
        issue=_first(values, "IS"),
        pages=cleaning.pages(_first(values, "BP"), _first(values, "EP")) or _first(values, "AR"),
        language=_first(values, "LA"),
        identifiers=cleaning.unique(found),
        keywords=tuple(one for word in keywords.split(";") if (one := cleaning.said(word))),
        fields=fields,
    )


def _of_central(values: Values, place: Place, fields: tuple[Field, ...]) -> Record:
    found = [("doi", cleaning.doi(one)) for one in (*values.get("DOI", ()), *values.get("DO", ()))]
    for one in (*values.get("PM", ()), *values.get("XR", ())):
        if "EMBASE" not in one.upper():
            found += [("pmid", hit) for hit in re.findall(r"\b\d{6,8}\b", one)]
    found += [("nct", hit) for tag in ("ID", "CC", "US", "AB", "SO") for one in values.get(tag, ())
              for hit in NCT.findall(one)]  # fmt: skip
    for one in values.get("SN", ()):
        found += cleaning.issns(one)
    return Record(
        record_id=_first(values, "ID") or str(place.position),
        place=place,
        kind=withdrawn.kind_of(_first(values, "PT"), values.get("PT", ())),
        title=_first(values, "TI"),
        authors=cleaning.authors(
            [name for one in values.get("AU", ()) for name in glued.split(one)]
        ),
        year=cleaning.year(_first(values, "YR", "PY")),
        abstract=cleaning.paragraph("\n".join(values.get("AB", ()))),
        journal=_first(values, "SO", "JN"),
        volume=_first(values, "VL"),
        issue=_first(values, "NO", "IS"),
        pages=_first(values, "PG"),
        language=_first(values, "LA"),
        identifiers=cleaning.unique(found),
        keywords=tuple(
            one for value in values.get("KY", ()) for word in value.split(";")
            if (one := cleaning.said(word))
        ),
        fields=fields,
    )  # fmt: skip


def count_wos(lines: Iterable[tuple[int, str]]) -> int:
    """Beginnings (PT), and what stands before the first one of a stretch between two ends."""
    found = begun = before = 0
    for _, line in lines:
        tag = line[:2]
        if line[2:3].strip(" ") or not (tag.isascii() and tag.isalnum() and tag.upper() == tag):
            continue
        if tag[0].isdigit() or len(tag) < 2 or (tag in ("FN", "VR", "EF") and not begun + before):
            continue
        if tag == "ER":
            found += begun + before
            begun = before = 0
        elif tag == "PT":
            begun += 1
        elif not begun:
            before = 1
    return found + begun + before


def count_central(lines: Iterable[tuple[int, str]]) -> int:
    """Beginnings."""
    return sum(_begins(line) for _, line in lines)
