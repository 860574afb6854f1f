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
_SOME: Final = re.compile("retract|withdrawn|tombstone", re.I)


def withdrawals(kinds: Iterable[str]) -> list[str]:
    """Of kinds of record, several in one text too, those that say that a paper is withdrawn."""
    every = (one.strip() for text in kinds for one in re.split("[;\n]", text))
    return [one for one in every if len(one) <= LONGEST_KIND and _KINDS.search(one)]


def kind_of(first: str, others: Iterable[str]) -> str:
    """A kind with what other kinds of the same record say of its being withdrawn."""
    told = [first, *(one for one in withdrawals(others) if one.lower() not in first.lower())]
    return "; ".join(dict.fromkeys(filter(None, told)))


def retracted(title: str, kind: str = "") -> bool:
    """Whether title or kind say that a paper, or the one it is about, is withdrawn."""
    return _TITLE.search(title.strip()) is not None or bool(withdrawals([kind]))


def _beside(record: Record) -> bool:
    """Whether a line of a field says it: an index term, a note, an abstract that says no more."""
    return any(
        _TERM.fullmatch(part.strip(" .")) or _STATED.match(part)
        for one in record.fields
        if _SOME.search(one.value)
        for line in one.value.split("\n")
        for part in line.split(";")
    )


def noticed(one: Good) -> Good:
    """A record with the note, and with the kind that shows it later, where it is withdrawn."""
    record = one.record
    shown = retracted(record.title, record.kind)
    if not shown and not _beside(record):
        return one
    if not shown:
        record = replace(record, kind=kind_of(record.kind, [KIND]))
    return Good(record, (RETRACTED, *one.notes))
