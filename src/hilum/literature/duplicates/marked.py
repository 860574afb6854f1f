"""What forbids a merge whatever the weights say: errata, notices, comments, versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.literature.duplicates.kinds import CITING, COMMENT, ERRATUM

if TYPE_CHECKING:
    from hilum.literature.duplicates.side import Side


def _own_number(a: Side, b: Side) -> bool:
    """Whether PMID or DOI say one article, and neither says another."""
    known = [(x, y) for x, y in ((a.pmid, b.pmid), (a.doi, b.doi)) if x and y]
    return bool(known) and all(x == y for x, y in known)


def _marks(a: Side, b: Side) -> frozenset[str]:
    """Marks of a record, those left out that its kind or the other's has instead."""
    marks = a.marks - {"protocol"}
    said = {a.sort, b.sort, *b.marks} & {ERRATUM, COMMENT, "reply"}
    if CITING in marks:
        marks = (marks - {CITING}) | (said & b.marks or {a.sort} & {ERRATUM, COMMENT} or {CITING})
    elif a.sort == ERRATUM and b.marks & {ERRATUM, CITING}:
        marks |= {ERRATUM}
    return marks


def _is_notice_of(a: Side, b: Side) -> bool:
    """Whether of two that speak of a retraction one is the notice, the other its paper."""
    if not a.marks & b.marks & {"retraction"} or bool(a.notice) == bool(b.notice):
        return False
    known = [x == y for x, y in ((a.pmid, b.pmid), (a.doi, b.doi)) if x and y]
    return not any(known) and (bool(known) or max(a.notice, b.notice) == 2)


def _about(a: Side, b: Side, place: int, people: float) -> str:
    """What the kind of one record says that it is of the other: an erratum, a comment."""
    if a.sort == b.sort or place > 1 or _own_number(a, b) or a.marks or b.marks:
        return ""
    if ERRATUM in (a.sort, b.sort):
        return ERRATUM
    return COMMENT if COMMENT in (a.sort, b.sort) and (place < 0 or people < 0) else ""


def marked_apart(a: Side, b: Side, place: int, people: float) -> str:
    """What forbids that two records are copies; empty where nothing does.

    ``place`` and ``people`` are how far the pages and the authors of the two agree.
    """
    if about := _about(a, b, place, people):
        return about
    one, two = _marks(a, b), _marks(b, a)
    # The paper itself, fetched again after it was retracted: a notice has a number of its own.
    again = (one ^ two) == frozenset({"retraction"}) and _own_number(a, b)
    if one != two and not again:
        return sorted(one ^ two)[0]
    if _is_notice_of(a, b):
        return "retraction"
    if ("protocol" in a.marks) != ("protocol" in b.marks) and a.squeezed != b.squeezed:
        return "protocol"
    if a.cochrane and a.cochrane == b.cochrane and (
        a.version != b.version or (a.year and b.year and a.year != b.year and a.issue != b.issue)
    ):  # fmt: skip
        return "version"
    return ""
