"""EndNote's XML export: styled runs, carriage returns inside values, ISSN several times."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography import cleaning, glued, withdrawn
from hilum.literature.bibliography.chunks import leaves, parsed, pieces
from hilum.literature.bibliography.kept import Bad, Good, Item
from hilum.literature.bibliography.record import Field, Place, Record
from hilum.literature.bibliography.ris import NO_DOI, NO_TITLE, NO_YEAR, PROVIDERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from hilum.literature.bibliography.lines import Text

BROKEN: Final = "one <record> of EndNote's XML, closed and well formed"
_PMID: Final = re.compile(r"\d{5,8}")


def read(text: Text, source: str, digest: str) -> Iterator[Item]:
    """One item a ``<record>``, in the order of the file."""
    for position, (line, piece, closed) in enumerate(pieces(text, ("record",)), 1):
        element = parsed(piece) if closed else None
        if element is None:
            yield Bad(source, position, line, piece, BROKEN)
            continue
        _joined(element)
        fields = [(path, value.replace("\r", "\n")) for path, value in leaves(element)]
        yield _good(fields, Place(source, position, line, digest))


def _joined(element: Element) -> None:
    """Take the blanks out that a program put between styled runs: each has its own within."""
    for one in element.iter():
        runs = [run for run in one if run.tag == "style"]
        if runs and not (one.text or "").strip():
            one.text = None
        for run in runs:
            if "\n" in (run.tail or "") and not (run.tail or "").strip():
                run.tail = None


def _good(fields: list[tuple[str, str]], place: Place) -> Good:
    values: dict[str, list[str]] = {}
    for path, value in fields:
        values.setdefault(path.rpartition("/")[2], []).append(value)

    def first(*names: str) -> str:
        for name in names:
            for one in values.get(name, ()):
                if found := cleaning.said(one):
                    return found
        return ""

    people = [value for path, value in fields if path == "contributors/authors/author"]
    named, doubt = glued.one_each(people)
    record = Record(
        record_id=first("rec-number") or str(place.position),
        place=place,
        kind=withdrawn.kind_of(first("ref-type@name"), values.get("work-type", ())),
        title=first("title"),
        authors=cleaning.authors(named),
        year=next(
            (y for n in ("year", "date") for v in values.get(n, ()) if (y := cleaning.year(v))),
            None,
        ),
        abstract=max(map(cleaning.paragraph, values.get("abstract", ())), key=len, default=""),
        journal=first("secondary-title", "full-title", "abbr-1", "alt-title"),
        volume=first("volume"),
        issue=first("number", "issue"),
        pages=first("pages") or first("custom7"),
        language=first("language"),
        identifiers=_identifiers(values),
        keywords=tuple(one for value in values.get("keyword", ()) if (one := cleaning.said(value))),
        fields=tuple(Field(path, value) for path, value in fields),
    )  # fmt: skip
    notes = [NO_TITLE] if not record.title else []
    notes += [NO_YEAR] if record.year is None else []
    named = values.get("electronic-resource-num", ())
    notes += [NO_DOI] if any(cleaning.said(v) and not cleaning.doi(v) for v in named) else []
    notes += [cleaning.CUT] if cleaning.cut(people) else []
    notes += [glued.IN_DOUBT] if doubt else []
    return Good(record, tuple(notes))


def _identifiers(values: dict[str, list[str]]) -> tuple[tuple[str, str], ...]:
    found = [("doi", cleaning.doi(one)) for one in values.get("electronic-resource-num", ())]
    if not any(value for _, value in found):
        for name in ("url", "notes", "custom3"):
            for one in values.get(name, ()):
                found.append(("doi", cleaning.doi(one, loose=True)))
    provider = " ".join((*values.get("remote-database-provider", ()),
                         *values.get("remote-database-name", ())))  # fmt: skip
    # Without the name of a database a number is a PMID where its address is PubMed's.
    links = " ".join(values.get("url", ())) if not provider.strip() else ""
    for one in values.get("accession-num", ()):
        named = re.search("nlm|pubmed|medline", f"{provider} {links}", re.IGNORECASE)
        if _PMID.fullmatch(one.strip()) and named:
            found.append(("pmid", one.strip()))
    where = (*values.get("remote-database-name", ()), *values.get("url", ()))
    for one in PROVIDERS:
        numbers = {text.strip() for text in values.get(f"custom{one.tag[1:]}", ())}
        known = any(scheme == "pmid" for scheme, _ in found)
        if not known and len(numbers) == 1 and any(one.names.search(w.strip()) for w in where):
            found += [("pmid", number) for number in numbers if _PMID.fullmatch(number)]
    for name in ("custom2", "custom1", "notes"):
        for one in values.get(name, ()):
            found += [("pmcid", hit) for hit in re.findall(r"\bPMC\d{4,9}\b", one)][:1]
    for one in values.get("isbn", ()):
        found += cleaning.issns(one)
    return cleaning.unique(found)
