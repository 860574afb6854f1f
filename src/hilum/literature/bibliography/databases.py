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
_OTHERS: Final = (
    (re.compile(r"\bcnki\.(?:net|com\.cn)\b", re.IGNORECASE), "CNKI"),
    (re.compile(r"\bwanfangdata\.com", re.IGNORECASE), "Wanfang Data"),
    (re.compile(r"//(?:www\.)?lens\.org/", re.IGNORECASE), "The Lens"),
    (re.compile(r"\bcochranelibrary\.com/central/|/cochrane/clcentral/", re.I), "CENTRAL"),
)
OTHER_NAMES: Final = {"nlm": "PubMed"}
"""What programs call a database otherwise: EndNote's connection to PubMed writes "NLM"."""
IDS: Final = frozenset({"AN", "UT", "U2", "unique-id", "accession-num"})
LINKS: Final = frozenset({"UR", "L1", "LK", "%U", "url", "URL"})
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
    said: dict[str, str] = {}
    told = ""
    for field in one.fields:
        tag = field.tag
        if tag in tags and tag not in said and field.value.strip():
            said[tag] = field.value.strip()
        last = tag.rpartition("/")[2] if "/" in tag else tag
        if not told and (last in IDS or last in LINKS):
            told = _told(field.value.strip(), link=last in LINKS)
    name = next((said[tag] for tag in tags if tag in said), told)
    return OTHER_NAMES.get(name.lower(), name)


def _told(value: str, *, link: bool) -> str:
    """The database whose number or address a value is; empty where it is none of these."""
    if _WOS_LINKS.search(value) if link else _WOS.match(value):
        return "Web of Science"
    for provider in PROVIDERS:
        if provider.names.search(value):
            return NAMED[provider.tag]
    return next((name for way, name in _OTHERS if link and way.search(value)), "")


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
