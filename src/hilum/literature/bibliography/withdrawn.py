"""What says that a paper is withdrawn: its title, its kind, what a database prints beside it.

PubMed has a kind for it ("Retracted Publication"), Web of Science a document type and "(Retracted
article. See vol. 3)" behind the title, Scopus the document type "Retracted", Embase the publication
type "Tombstone" or the index term "retracted article", publishers a title that begins with
"RETRACTED:" and an abstract that says no more than that.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography.kept import Good

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.literature.bibliography.record import Record

RETRACTED: Final = "retracted, or a notice of retraction is named"
KIND: Final = "Retracted Publication"
"""What stands in the kind of a record where a database says it elsewhere."""
CONCERN: Final = "an expression of concern about the paper is named"
NOTICE: Final = "Retraction of Publication"
PARTLY: Final = "retracted in part, or a notice of a partial retraction is named"
PARTLY_KIND: Final = "Partially Retracted Publication"
PARTLY_NOTICE: Final = "Partial Retraction of Publication"
LINKS: Final = {
    **dict.fromkeys(("RIN", "RRI", "RetractionIn", "RetractedandRepublishedIn"), KIND),
    **dict.fromkeys(("PRIN", "PartialRetractionIn"), PARTLY_KIND),
    **dict.fromkeys(("ROF", "RetractionOf"), NOTICE),
    **dict.fromkeys(("PROF", "PartialRetractionOf"), PARTLY_NOTICE),
}
"""What another paper named beside a record says of its kind: MEDLINE's tags, the XML's words."""
_CONCERNS: Final = ("ECI", "ExpressionOfConcernIn")
_CONCERN: Final = re.compile(r"expression[\s_-]of[\s_-]concern", re.I)
CONCERN_NAMED: Final = "Expression of concern named"
"""What an export says of a record whose own fields do not go along."""
CONCERN_KIND: Final = "Expression of Concern"
_TOLD: Final = re.compile(
    rf"(?:^|[\s:])ECI: |\bExpressionOfConcernIn\b|\bexpression_of_concern\b|^\W*{CONCERN_NAMED}\b",
    re.M,
)
LONGEST_KIND: Final = 60
_KINDS: Final = re.compile(r"retract|withdr[ae]w|\bremoval\b|\btombstone\b", re.I)
# A notice has a colon or its own word behind it: "Withdrawal of octreotide" is a paper.
_TITLE: Final = re.compile(
    r"^\W*(?:retraction|retracted)\b"
    r"|^\W*(?:withdrawn|withdrawal)\b(?=\W*$|\s*[:.\]\)\u2013\u2014-]|\s+(?:notice|note|statement)\b)"
    r"|[(\[]\s*(?:retracted|withdrawn)\b[^()\[\]]*[)\]]\W*$",
    re.I,
)
_TERM: Final = re.compile(
    r"\*?(?:retracted (?:article|publication|paper)|retraction (?:notice|of publication)|tombstone"
    r"|withdrawn (?:article|publication|paper))",
    re.I,
)
_STATED: Final = re.compile(
    r"\W*(?:(?:partial )?retraction (?:in|of)\s*[:(]|retracted (?:and republished )?in\s*[:(]"
    r"|(?:this|the) (?:article|paper|publication|study|manuscript|chapter) (?:has been|was|is) "
    r"(?:retracted|withdrawn)\b|retracted article\s*[.:(])",
    re.I,
)
_PARTIAL: Final = re.compile(r"\W*partial(?:ly)?(?:\b|_)", re.I)
_PARTIAL_TITLE: Final = re.compile(
    r"^\W*partial(?:ly)?\s+retract(?:ion|ed)\b(?=\W*$|\s*[:.\]\)\u2013\u2014-]|\s+(?:notice|note)\b)"
    r"|[(\[]\s*partial(?:ly)?\s+retract(?:ion|ed)\b[^()\[\]]*[)\]]\W*$",
    re.I,
)
_SOME: Final = ("etract", "ETRACT", "ithdrawn", "ITHDRAWN", "ombstone", "OMBSTONE")
"""Of what says it a part that is found fast."""


def withdrawals(kinds: Iterable[str]) -> list[str]:
    """Of kinds of record, several in one text too, those that say that a paper is withdrawn."""
    every = (one.strip() for text in kinds for one in re.split("[;\n]", text))
    return [one for one in every if len(one) <= LONGEST_KIND and _KINDS.search(one)]


def kind_of(first: str, others: Iterable[str]) -> str:
    """A kind with what other kinds of the same record say of its being withdrawn."""
    told = [first, *(one for one in withdrawals(others) if one.lower() not in first.lower())]
    return "; ".join(dict.fromkeys(filter(None, told)))


def linked(kinds: list[str], links: Iterable[str]) -> list[str]:
    """Kinds of a record, and what the papers named beside it add: one rule for NBIB and XML."""
    told = [LINKS[one] for one in links if one in LINKS]
    return [*kinds, *dict.fromkeys(told)] if told and not withdrawals(kinds) else kinds


def in_concern(record: Record) -> bool:
    """Whether a record names an expression of concern, about itself or as the notice it is."""
    return _CONCERN.search(f"{record.kind}\n{record.title}") is not None or any(
        one.tag in _CONCERNS
        or one.value in _CONCERNS
        or (one.tag in UPDATES and _CONCERN.search(one.value) is not None)
        or tells_concern(one.value)
        for one in record.fields
    )


def tells_concern(text: str) -> bool:
    """Whether a line that an export carries along names an expression of concern."""
    return ("ECI: " in text or "oncern" in text) and _TOLD.search(text) is not None


UPDATES: Final = ("update-to.type", "updated-by.type")
"""Fields of Crossref that say what a notice is."""


def retracted(title: str, kind: str = "") -> bool:
    """Whether title or kind say that a paper, or the one it is about, is withdrawn."""
    text = title.strip()
    found = _TITLE.search(text) or _PARTIAL_TITLE.search(text)
    return found is not None or bool(withdrawals([kind]))


def in_part(title: str, kind: str = "", further: Iterable[str] = ()) -> bool:
    """Whether all that says so, ``further`` words too, speaks of a part of the paper alone."""
    text = title.strip()
    told = [*withdrawals([kind]), *further]
    return (
        _TITLE.search(text) is None
        and (bool(told) or _PARTIAL_TITLE.search(text) is not None)
        and all(map(_PARTIAL.match, told))
    )


def said_of(*, partly: bool) -> str:
    """What is said of a paper that is withdrawn, whole or in part."""
    return PARTLY if partly else RETRACTED


def _beside(record: Record) -> str:
    """The kind that a line of a field says: an index term, a note, an abstract of no more."""
    told = [
        part
        for one in record.fields
        if any(part in one.value for part in _SOME)
        for line in one.value.split("\n")
        for part in line.split(";")
        if _TERM.fullmatch(part.strip(" .")) or _STATED.match(part)
    ]
    if not told:
        return ""
    return PARTLY_KIND if all(map(_PARTIAL.match, told)) else KIND


def noticed(one: Good) -> Good:
    """A record with the note, and with the kind that shows it later, where it is withdrawn."""
    record = one.record
    if in_concern(record):
        one = Good(record, (*one.notes, CONCERN))
    shown = retracted(record.title, record.kind)
    if not shown:
        kind = _beside(record)
        if not kind:
            return one
        record = replace(record, kind=kind_of(record.kind, [kind]))
    said = said_of(partly=in_part(record.title, record.kind))
    return Good(record, (said, *one.notes))
