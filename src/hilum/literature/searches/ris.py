"""Records as RIS, for programs that import it: what has a tag, and where each came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography.withdrawn import CONCERN_NAMED, in_concern
from hilum.literature.services.table import SERVICES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.literature.bibliography.record import Record

# Kinds as the services print them; the printed words stay in M3.
KINDS: Final = {
    "journal article": "JOUR",
    "article": "JOUR",
    "journal-article": "JOUR",
    "research-article": "JOUR",
    "review": "JOUR",
    "review-article": "JOUR",
    "preprint": "UNPB",
    "posted-content": "UNPB",
    "book": "BOOK",
    "book-chapter": "CHAP",
    "dissertation": "THES",
    "trial registration": "DBASE",
}
NUMBERS: Final = {"doi": "DO", "issn": "SN", "isbn": "SN", "pmcid": "C2"}


def to_ris(records: Iterable[tuple[str, Record]]) -> str:
    """All records of ``(service, record)``; an empty text of none."""
    return "".join("\n".join([*_lines(service, one), "", ""]) for service, one in records)


def _lines(service: str, one: Record) -> list[str]:
    words = {word.strip() for word in one.kind.casefold().split(";")}
    kind = next((tag for name, tag in KINDS.items() if name in words), "GEN")
    first, _, last = one.pages.partition("-")
    # A number of accession is the database's own: a PMID is one in PubMed alone.
    tags = NUMBERS | ({"pmid": "AN"} if service == "pubmed" else {})
    pairs = [
        ("TY", kind),
        ("ID", one.record_id),
        ("TI", one.title),
        *(("AU", author) for author in one.authors),
        ("PY", "" if one.year is None else str(one.year)),
        ("T2", one.journal),
        ("VL", one.volume),
        ("IS", one.issue),
        ("SP", first.strip()),
        ("EP", last.strip()),
        ("AB", one.abstract),
        ("LA", one.language),
        ("M3", one.kind),
        *((tags[name], value) for name, value in one.identifiers if name in tags),
        *(("N1", f"{name}: {value}") for name, value in one.identifiers if name not in tags),
        *(("KW", word) for word in one.keywords),
        ("N1", CONCERN_NAMED if in_concern(one) else ""),
        ("DB", SERVICES[service].name),
    ]
    lines = [f"{tag}  - {' '.join(text.split())}" for tag, text in pairs if text]
    return [*lines, "ER  - "]
