"""Notices of a retraction: which record is one, and which paper it names.

PubMed names the paper beside the notice (ROF, PROF; CommentsCorrections in XML) and often in its
abstract ("[This retracts the article DOI: ...]"), Crossref in ``update-to``, exports of RIS in a
note ("Retraction of: ... PMID: ..."), publishers in the notice's title alone ("Retraction: TITLE").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography import cleaning
from hilum.literature.bibliography.withdrawn import withdrawals

if TYPE_CHECKING:
    from hilum.literature.bibliography.record import Field, Record

TAGS: Final = ("ROF", "PROF")
"""MEDLINE's tags of the paper that a notice retracts, whole or in part."""
SHORTEST: Final = 20
"""Letters of a title that say which paper it is: "Editorial" has many."""
_KIND: Final = re.compile(
    r"\W*(?:partial\s+)?(?:retraction|withdrawal)(?: of publication| notice| note)?\W*$", re.I
)
_TITLE: Final = re.compile(
    r"^\W*(?:notice of\s+)?(?:partial\s+)?(?:retraction|withdrawal)"
    r"(?:\s+(?:notice|note|statement))?(?:\s+(?:of|to|for|on))?\s*(?=[:\"'“”‘’«\u2013\u2014]|-\s)(?P<paper>.*)$",
    re.I | re.S,
)
_OWN_MARK: Final = re.compile(
    r"^\W*(?:partial(?:ly)?\s+)?(?:retracted|withdrawn)(?: article)?\b", re.I
)
_QUOTED: Final = re.compile(r"^\W*[\"“‘'«](?P<paper>.+?)[\"”»](?![^\W_])", re.S)
_BEHIND: Final = re.compile(r"(?:\s*[\[(][^\[\]()]*[\])]|\W*\bdoi\b.*)\W*$", re.I | re.S)
_NAMES: Final = re.compile(
    r"\b(?:P?ROF\b|(?:partial\s+)?retraction[\s_-]?of\b|retraction to\b|retracts\b)", re.I
)
_DOI: Final = re.compile(r"\b10\.\d{4,9}/[^\s\"<>;\]]+", re.I)
_PMID: Final = re.compile(r"\bPMID\s*[:=]?\s*(\d{4,8})\b", re.I)

Names = tuple[tuple[str, str], ...]
"""Papers by ("doi" or "pmid", number), DOIs in small letters."""


def is_notice(title: str, kind: str) -> bool:
    """Whether a record is a notice, not the paper that was withdrawn."""
    told = withdrawals([kind])
    if any(_KIND.match(one) for one in told):
        return True
    return not told and _TITLE.match(title) is not None


def paper_of(title: str) -> str:
    """The title of the paper in a notice's own, its letters and digits alone; empty where none."""
    found = _TITLE.match(title)
    if found is None:
        return ""
    quoted = _QUOTED.match(found["paper"])
    told, before = (quoted or found)["paper"], ""
    while told != before:
        before, told = told, _BEHIND.sub("", told)
    bare = plain(told)
    return bare if len(bare) >= SHORTEST else ""


def plain(title: str) -> str:
    """Letters and digits of a title, without what marks its paper as retracted."""
    return "".join(filter(str.isalnum, _OWN_MARK.sub("", title).casefold()))


def named_in(text: str) -> Names:
    """The papers that a text says it retracts, by their numbers in the same line."""
    found: list[tuple[str, str]] = []
    for line in text.split("\n"):
        if begun := _NAMES.search(line):
            found += _numbers(line[begun.start() :])
    return tuple(dict.fromkeys(found))


def about(record: Record) -> Names:
    """The papers that a notice names in its fields, but not itself."""
    found = list(of_services(record.fields))
    for one in record.fields:
        found += _numbers(one.value) if one.tag in TAGS else named_in(one.value)
    own = {(scheme, value.lower()) for scheme, value in record.identifiers}
    return tuple(one for one in dict.fromkeys(found) if one not in own)


def of_services(fields: tuple[Field, ...]) -> Names:
    """What Crossref (``update-to``) and PubMed's XML name as retracted."""
    found: list[tuple[str, str]] = []
    if withdrawals([one.value for one in fields if one.tag == "update-to.type"]):
        found += [("doi", one.value.lower()) for one in fields if one.tag == "update-to.DOI"]
    notice = False
    for one in fields:
        if one.tag.endswith("CommentsCorrections@RefType"):
            notice = one.value in ("RetractionOf", "PartialRetractionOf")
        elif notice and one.tag.endswith("CommentsCorrections/PMID"):
            found.append(("pmid", one.value.strip()))
    return tuple(dict.fromkeys(found))


def _numbers(text: str) -> list[tuple[str, str]]:
    dois = (cleaning.doi(one.rstrip(".,)")) for one in _DOI.findall(text))
    return [*(("doi", one.lower()) for one in dois if one),
            *(("pmid", one) for one in _PMID.findall(text))]  # fmt: skip
