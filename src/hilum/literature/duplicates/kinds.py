"""What a record's kind says of it: an erratum, a comment, an abstract of a meeting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hilum.literature.bibliography.record import Record

ERRATUM, COMMENT, ABSTRACT, CITING = "erratum", "comment", "abstract", "about"
"""Kinds; a title that ends in the place of another paper is ``CITING`` it."""
SORTS: Final = (
    (ERRATUM, re.compile(r"\b(?:errat(?:um|a)|corrigend(?:um|a)|corrections?)\b|更正|勘误", re.I)),
    (ABSTRACT, re.compile(r"\b(?:conference|meeting|congress)[ -](?:abstract|poster)s?\b", re.I)),
    (COMMENT, re.compile(
        r"\b(?:editorials?|letters?|comment(?:s|ary)?|correspondence|reply)\b", re.I)),
)  # fmt: skip
TAGS: Final = frozenset(("M3", "PT", "DT", "9", "work-type", "document type", "type"))
"""Fields of exports that say what a record is."""
_CITED: Final = re.compile(
    r"\s*[(\[](?:"
    r"[^()\[\]]{0,60}\b(?:19|20)\d\d\s*[;,:]\s*\d+(?:\s*\([^()]{0,12}\))?\s*:\s*[a-z]?\d"
    r"[^()\[\]]{0,80}"
    r"|[^()\[\]]{0,60}\b\d+\s*\((?:19|20)\d\d\)\s*[:,]?\s*[a-z]?\d[^()\[\]]{0,80}"
    r"|[^()\[\]]{0,80}\bdoi\s*:?\s*10\.\d{4}[^\[\]]{0,60}"
    r")[)\]]\W*$",
    re.IGNORECASE,
)
"""Places as journals print them: "J 2014; 101: 500", "J 101 (2014) 500", "DOI: 10.1000/x"."""
_RECURRING: Final = re.compile(
    r"\b(?:annual|yearly|biennial|quarterly)\b.*\breports?\b|\breports?\b.*\bannual\b|年度报告|年报",
    re.IGNORECASE,
)


def sort_of(record: Record) -> str:
    """A record's kind; empty where it is none of these, an article say."""
    said = [record.kind, *(one.value for one in record.fields if one.tag in TAGS)]
    text = "; ".join(said)
    return next((name for name, pattern in SORTS if pattern.search(text)), "")


def uncited(title: str) -> str:
    """A title without the place of the paper that it is about: "... (Br J Surg 2014; 101: 500)"."""
    if not title.rstrip(" .").endswith((")", "]")):
        return title
    found = _CITED.sub("", title)
    return found if len(found) > 20 else title


def cites_itself(title: str, record: Record) -> bool:
    """Whether the place at the end of a title is the record's own: its DOI, or volume and page."""
    cited = title[len(uncited(title)) :]
    doi = record.identifier("doi")
    if doi and doi in cited.lower():
        return True
    first = re.match(r"\w*", record.pages.strip())
    told = {*re.findall(r"\w+", cited)}
    return first is not None and {record.volume.strip(), first[0]} <= told


def recurs(title: str) -> bool:
    """Whether a title is one that comes again each year: "Annual report of the registry"."""
    return _RECURRING.search(title) is not None
