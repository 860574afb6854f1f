"""What of a record changed since it last came: parts by code, before and after where short."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.literature.services.table import SERVICES
from hilum.records import found

if TYPE_CHECKING:
    from hilum.literature.bibliography.record import Record

SHORT: Final = 80
"""Letters of a value that is told; of a longer one it is said that it is another."""
PARTS: Final = ("kind", "title", "authors", "year", "abstract", "journal", "volume", "issue",
                "pages", "identifiers")  # fmt: skip
FIELDS: Final = {
    "protocolSection.statusModule.overallStatus": "status",
    "protocolSection.statusModule.lastUpdatePostDateStruct.date": "updated",
    "hasResults": "results",
    "is_retracted": "is_retracted",
}
"""Watched fields of services that are told as a part."""
UPDATES: Final = ("update-to.type", "updated-by.type")
NOTICES: Final = {
    "ErratumIn": "erratum",
    "ExpressionOfConcernIn": "expression_of_concern",
    "RetractionIn": "retraction",
    "PartialRetractionIn": "partial_retraction",
    "RetractedandRepublishedIn": "retracted_republished",
    "CorrectedandRepublishedIn": "corrected_republished",
    "UpdateIn": "update",
}
"""Notices about a paper that PubMed names beside it; comments and citations are none."""
_REF: Final = "CommentsCorrections@RefType"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One part: what it said before and says now, both empty where that is long or no value."""

    part: str
    before: str = ""
    after: str = ""


def notices_of(record: Record) -> list[str]:
    """Codes of the notices about a paper, each as often as it is named, sorted."""
    return sorted(
        [NOTICES[one.value] for one in record.fields
         if one.tag.endswith(_REF) and one.value in NOTICES]
        + [one.value for one in record.fields if one.tag in UPDATES]
    )  # fmt: skip


def moved(service: str, before: Record, after: Record) -> tuple[Moved, ...]:
    """What is other in ``after``: notices first, then watched fields, then parts."""
    was, now = Counter(notices_of(before)), Counter(notices_of(after))
    out = [Moved(part=one) for one in sorted(now - was)]
    out += [Moved(part="notice_gone", before=one) for one in sorted(was - now)]
    for tag in found(SERVICES, service, "service").watched:
        if tag in FIELDS:
            pair = [", ".join(x.value for x in one.fields if x.tag == tag)
                    for one in (before, after)]  # fmt: skip
            out += _moved(FIELDS[tag], *pair)
    for name in PARTS:
        out += _moved(name, *(_text(getattr(one, name)) for one in (before, after)))
    return tuple(out)


def _moved(part: str, before: str, after: str) -> list[Moved]:
    if before == after:
        return []
    if max(len(before), len(after)) > SHORT:
        return [Moved(part=part)]
    return [Moved(part=part, before=before or "-", after=after or "-")]


def _text(value: object) -> str:
    if isinstance(value, tuple):
        parts = sorted(" ".join(map(str, one)) if isinstance(one, tuple) else str(one)
                       for one in value)  # fmt: skip
        return "; ".join(parts)
    return "" if value is None else str(value)
