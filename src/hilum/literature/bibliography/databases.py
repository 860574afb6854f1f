"""The database that a record came from: named by the record, or by the shape of its export."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography.columns import cells_of, head_name
from hilum.literature.bibliography.ris import PROVIDERS
from hilum.literature.bibliography.tag_heads import vocabulary
from hilum.literature.bibliography.tagged import of_wos

if TYPE_CHECKING:
    from hilum.literature.bibliography.record import Record

TAGS: Final = {
    "ris": ("DB", "DP"),
    "csv": ("Database", "database", "DB"),
    "endnote_xml": ("remote-database-name",),
    "wos": (),
    "nbib": (),
    # CNKI writes "%W CNKI", Wanfang and EndNote itself "%~ NAME".
    "refer": ("%~", "%W"),
    "bibtex": ("database", "source"),
}
"""Tags under which exports name the database of a record, by format; of others as of CSV."""
NAMED: Final = {PROVIDERS[0].tag: "Scopus", PROVIDERS[1].tag: "Embase"}
_WOS: Final = re.compile(r"WOS:[0-9A-Z]{6,}")
_WOS_LINKS: Final = re.compile(r"webofscience\.com/|webofknowledge\.com/", re.IGNORECASE)
_CHINESE: Final = (
    (re.compile(r"\bcnki\.(?:net|com\.cn)\b", re.IGNORECASE), "CNKI"),
    (re.compile(r"\bwanfangdata\.com", re.IGNORECASE), "Wanfang Data"),
)
IDS: Final = ("AN", "UT", "U2", "unique-id", "accession-num", "DB")
LINKS: Final = ("UR", "L1", "LK", "%U", "url", "URL", "web-urls/url")
HEADS: Final = (
    (frozenset({"eid", "sourcetitle"}), "Scopus"),
    (frozenset({"utuniquewosid"}), "Web of Science"),
    (frozenset({"embaseaccessionid"}), "Embase"),
    (frozenset({"emtreedrugindexterms"}), "Embase"),
    (frozenset({"embaselink"}), "Embase"),
    (frozenset({"pmid", "citation", "firstauthor", "journalbook"}), "PubMed"),
    (frozenset({"nctnumber", "studytitle"}), "ClinicalTrials.gov"),
    (frozenset({"nctnumber", "studystatus"}), "ClinicalTrials.gov"),
    (frozenset({"srcdatabase来源库"}), "CNKI"),
    (frozenset({"srcdatabase"}), "CNKI"),
)
"""Columns that only the export of one database has together."""
OWN: Final = {"field_rows": "Embase"}
"""Formats of fields that only one database writes, and that no head tells."""


def of_record(one: Record, form: str) -> str:
    """The database that a record names, or that its number or address tells; empty where none."""
    tags = TAGS.get(form, TAGS["csv"])
    values = {field.tag: field.value.strip() for field in reversed(one.fields)}
    said = next((values[tag] for tag in tags if values.get(tag)), "")
    return said or _told(one)


def _told(one: Record) -> str:
    ids = [field.value.strip() for field in one.fields if _last(field.tag) in IDS]
    links = [field.value.strip() for field in one.fields if _last(field.tag) in LINKS]
    if any(_WOS.match(value) for value in ids) or any(map(_WOS_LINKS.search, links)):
        return "Web of Science"
    for provider in PROVIDERS:
        if any(provider.names.search(value) for value in (*ids, *links)):
            return NAMED[provider.tag]
    return next((name for way, name in _CHINESE if any(map(way.search, links))), "")


def _last(tag: str) -> str:
    return tag.rpartition("/")[2] or tag


def of_head(head: str, form: str) -> str:
    """The database whose export a table is, by its columns; empty where they do not tell."""
    if form in OWN:
        return OWN[form]
    if form not in ("csv", "xlsx"):
        return ""
    names = cells_of(next((line for line in head.split("\n") if line.strip()), ""))
    seen = {head_name(one) for one in names}
    tags = vocabulary([one.lstrip("\ufeff") for one in names])
    if tags is not None and tags.record is of_wos:
        return "Web of Science"
    return next((name for needed, name in HEADS if needed <= seen), "")
