"""What a person says of two records: the same report, different ones; and taking it back.

Nothing is written here: see :class:`hilum.literature.review.changes.Changes`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.duplicates.grouping import BY_A_PERSON
from hilum.literature.duplicates.levels import united
from hilum.literature.duplicates.linking import OF_ONE_STUDY, OPEN
from hilum.literature.review.changes import Changes, packaged, paired
from hilum.literature.review.state import MERGES, NEW, PACKAGE, Merge, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from hilum.literature.review.state import Review

SAME, STUDY, DIFFERENT, BACK = "same", "study", "different", "back"
"""What is said of a pair, as the log has it."""
BESIDE: Final = ("authors", "journal", "year", "volume", "issue", "pages", "doi")
"""Columns of a record by which a person tells two of one title apart."""


def open_pairs(review: Review) -> tuple[Merge, ...]:
    """Pairs that a person has to look at, the likeliest copies first."""
    merges = review.merges
    found = [one for one in merges if one.link in OPEN and not one.undone]
    if found:
        copies = [one for one in merges if not (one.link or one.undone)]
        groups = _groups(copies, [one for one in merges if one.undone])
        found = [one for one in found if one.b not in groups.get(one.a, ())]
    return tuple(sorted(found, key=lambda one: (OPEN.index(one.link), -one.score)))


def told_pairs(review: Review) -> tuple[Merge, ...]:
    """Pairs of which a person has said what they are, the last first."""
    found = [one for one in review.merges if one.undone or one.said]
    return tuple(sorted(found, key=lambda one: one.undone or one.said, reverse=True))


def same(review: Review, a: str, b: str, who: str, when: str, ids: Iterable[str]) -> Changes:
    """Two records of ``ids`` that a person says are copies of one report: they are merged.

    Raises
    ------
    InputError
        An id of no record, or a pair that contradicts what else was said.
    """
    _must_be_there(a, b, ids)
    made, others = _told(review, a, b)
    made = replace(made, link="", said=when, by=who)
    _must_agree(made, others)
    return _changed(review, [made, *others], (when, SAME, f"{a},{b}", who))


def one_study(review: Review, a: str, b: str, who: str, when: str, ids: Iterable[str]) -> Changes:
    """Two records that a person says are two reports of one study: linked, each kept.

    Raises
    ------
    InputError
        An id of no record.
    """
    _must_be_there(a, b, ids)
    made, others = _told(review, a, b)
    made = replace(made, link=OF_ONE_STUDY, said=when, by=who)
    return _changed(review, [made, *others], (when, STUDY, f"{a},{b}", who))


def different(review: Review, a: str, b: str, who: str, when: str, ids: Iterable[str]) -> Changes:
    """Two records that a person says are no copies; it is remembered: they are never joined again.

    Raises
    ------
    InputError
        An id of no record.
    """
    _must_be_there(a, b, ids)
    made, others = _told(review, a, b)
    # One that stood in no row has no reasons, and goes again when it is taken back.
    reasons = "" if made.was == NEW else made.reasons
    made = replace(made, reasons=reasons, undone=when, by=who, was="")
    return _changed(review, [made, *others], (when, DIFFERENT, f"{a},{b}", who))


def taken_back(review: Review, a: str, b: str, who: str, when: str) -> Changes:
    """A pair as it was before a person said something of it.

    Raises
    ------
    InputError
        Ids of no pair of which a person said anything.
    """
    pair = {a, b}
    if not any({one.a, one.b} == pair and (one.undone or one.said) for one in review.rows):
        expected = "two ids of a pair of which a person said that it is one or none"
        raise InputError(Fault("", None, "merge", f"{a},{b}", expected))
    kept = [
        before
        for one in review.rows
        if (before := _as_before(one) if {one.a, one.b} == pair else one) is not None
    ]
    # The surest first, as a search for copies leaves them; what a person said goes before.
    kept.sort(key=lambda one: (not (one.said or one.undone), bool(one.link), -one.score))
    return _changed(review, kept, (when, BACK, f"{a},{b}", who))


def _told(review: Review, a: str, b: str) -> tuple[Merge, list[Merge]]:
    """A pair as it was before anything was said of it, with what it ``was``; the other rows."""
    rows = [_as_before(one) for one in review.rows if {one.a, one.b} == {a, b}]
    before = next(filter(None, rows), None)
    others = [one for one in review.rows if {one.a, one.b} != {a, b}]
    if before is None:
        return Merge(a, b, 0.0, "", BY_A_PERSON, was=NEW), others
    return replace(before, was=before.link), others


def _as_before(one: Merge) -> Merge | None:
    """A pair without what a person said of it; None where it stood in no row before."""
    if one.said:
        plain = replace(one, said="", by="", was="", link=one.was)
        return None if one.was == NEW else plain
    return replace(one, undone="", by="") if one.reasons else None


def _must_be_there(a: str, b: str, ids: Iterable[str]) -> None:
    known = set(ids)
    wrong = [one for one in (a, b) if one not in known]
    if a == b or wrong:
        expected = "two ids of the review's records, as A,B"
        raise InputError(Fault("", None, "merge", f"{a},{b}", expected))


def _must_agree(made: Merge, others: Sequence[Merge]) -> None:
    """Refuse a pair that parts copies because others in their group were said to be different.

    Raises
    ------
    InputError
        It names the pair that was said to be different.
    """
    apart = [one for one in others if one.undone]
    copies = [one for one in others if not (one.link or one.undone)]
    before, after = _groups(copies, apart), _groups([made, *copies], apart)
    joined = {*before.get(made.a, {made.a}), *before.get(made.b, {made.b})}
    if after.get(made.a, set()) >= joined:
        return
    against = next(one for one in apart if {one.a, one.b} <= joined)
    expected = phrased(
        "a pair that nothing contradicts: {a} and {b} were said to be different, take that back "
        "first",
        a=against.a,
        b=against.b,
    )
    raise InputError(Fault(MERGES, None, "merge", f"{made.a},{made.b}", expected))


def _groups(copies: Sequence[Merge], apart: Sequence[Merge]) -> dict[str, set[str]]:
    names = list(dict.fromkeys(name for one in (*copies, *apart) for name in (one.a, one.b)))
    place = {name: n for n, name in enumerate(names)}
    groups = united(
        [(place[one.a], place[one.b]) for one in copies],
        len(names),
        [(place[one.a], place[one.b]) for one in apart],
    )
    sets = [{names[n] for n in group} for group in groups]
    return {name: one for one in sets for name in one}


def _changed(review: Review, rows: Sequence[Merge], said: tuple[str, ...]) -> Changes:
    noted = replace(review, log=(*review.log, said))
    return Changes((*paired(rows).write, (PACKAGE, packaged(noted))))


def described(folder: Path, review: Review) -> dict[str, tuple[str, str]]:
    """Title of every record by its id, and what tells it from one of the same title."""
    return {
        row.get("id", ""): (row.get("title", ""), _beside(row))
        for one in review.imports
        for row in rows_of(folder / "records" / f"{one.code}.csv")
    }


def _beside(row: dict[str, str]) -> str:
    told = {name: row.get(name, "").strip() for name in BESIDE}
    authors = told["authors"].split("; ")
    who = "; ".join(authors[:3]) + (" …" if len(authors) > 3 else "")
    issue = f"({told['issue']})" if told["issue"] else ""
    pages = f": {told['pages']}" if told["pages"] else ""
    place = f"{told['volume']}{issue}{pages}".strip(": ")
    parts = (who, " ".join(filter(None, (told["journal"], told["year"]))), place, told["doi"])
    return " · ".join(part for part in parts if part)
