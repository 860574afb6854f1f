"""Records of a review's folder as the screening shows them, and the criteria beside them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.bibliography.notices import is_notice
from hilum.literature.bibliography.scripts import UNSPACED, unspaced
from hilum.literature.bibliography.withdrawn import in_part, retracted
from hilum.literature.duplicates.levels import united
from hilum.literature.review.changes import notices_of
from hilum.literature.review.state import PACKAGE, read_review, rows_of
from hilum.literature.screening.notices import keys_of, told_by
from hilum.literature.searches.came import withdrawn_in

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hilum.literature.bibliography.notices import Names
    from hilum.literature.bibliography.record import Record

RECORDS: Final = "records.csv"
CRITERIA: Final = "criteria.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What is shown of a record; ``retracted``: a copy of it, or what a search brought, says so.

    ``partly``: all that says so speaks of a part of the paper. ``notice``: it is a notice of a
    retraction, ``astray`` one whose paper is not among the records.
    """

    record_id: str
    title: str = ""
    abstract: str = ""
    authors: str = ""
    year: str = ""
    journal: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    retracted: bool = False
    partly: bool = False
    notice: bool = False
    astray: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A criterion beside the text, and the terms that speak for or against it."""

    criterion: str
    terms: tuple[str, ...] = ()


def screened(records: Iterable[Record]) -> tuple[Screened, ...]:
    """Records as read from search exports, as the screening shows them."""
    return tuple(
        Screened(
            record_id=one.record_id,
            title=one.title,
            abstract=one.abstract,
            authors="; ".join(one.authors),
            year="" if one.year is None else str(one.year),
            journal=one.journal,
            doi=one.identifier("doi"),
            pmid=one.identifier("pmid"),
            pmcid=one.identifier("pmcid"),
            retracted=retracted(one.title, one.kind),
            partly=in_part(one.title, one.kind),
            notice=is_notice(one.title, one.kind),
        )
        for one in records
    )


def records_of(folder: Path) -> tuple[Screened, ...]:
    """Records of a folder: those of the review's imports, else of its ``records.csv``.

    Copies that were merged are one record, the first of them.

    Raises
    ------
    InputError
        No such folder, no records in it, an id that two of them have.
    """
    tables, copies, apart = _tables(folder)
    every = [_screened(row) for path in tables for row in rows_of(path)]
    if not every:
        wanted = "a review's folder with records"
        if (folder / PACKAGE).is_file():
            wanted = phrased(
                "records in this review, and nothing is imported (or what was is undone): "
                "hilum literature import {folder} FILE",
                folder=folder,
            )
        raise InputError(Fault(str(folder), None, "folder", folder.name, wanted))
    counted = Counter(one.record_id for one in every)
    twice = [one for one, n in counted.items() if n > 1 or not one]
    if twice:
        raise InputError(
            *(Fault(RECORDS, None, "record_id", one, "each id once") for one in twice[:20])
        )
    first = _first(list(counted), copies, apart)
    gone = withdrawn_in(folder)
    noticed = told_by(every, first, _named(tables))
    told: dict[str, bool] = {}
    for one in every:
        head = first[one.record_id]
        said = [one.partly] if one.retracted else []
        said += [gone[key] for key in keys_of(one) if key in gone]
        said += [noticed.papers[head]] if head in noticed.papers else []
        if said:
            told[head] = all(said) and told.get(head, True)
    return tuple(
        replace(
            one,
            retracted=one.record_id in told,
            partly=told.get(one.record_id, False),
            astray=one.record_id in noticed.astray,
        )
        for one in every
        if first[one.record_id] == one.record_id
    )


def _named(tables: Iterable[Path]) -> dict[str, Names]:
    """By notice: the papers that it named where it was imported from."""
    out: dict[str, Names] = {}
    for path in tables:
        beside = path.parent.parent / notices_of(path.stem)
        for row in rows_of(beside) if beside.is_file() else ():
            name, one = row.get("id", ""), (row.get("scheme", ""), row.get("number", ""))
            out[name] = (*out.get(name, ()), one)
    return out


def heads_of(folder: Path) -> dict[str, str]:
    """By record of a folder, copies too: the record that stands for it in the screening."""
    tables, copies, apart = _tables(folder)
    ids = [row.get("id") or row.get("record_id", "") for path in tables for row in rows_of(path)]
    return _first(ids, copies, apart)


Pairs = list[tuple[str, str]]


def _tables(folder: Path) -> tuple[list[Path], Pairs, Pairs]:
    """The tables of records, pairs of copies, and pairs that a person said are none."""
    if (folder / PACKAGE).is_file():
        review = read_review(folder)
        copies = [(one.a, one.b) for one in review.merges if not (one.link or one.undone)]
        apart = [(one.a, one.b) for one in review.merges if one.undone]
        return [folder / "records" / f"{one.code}.csv" for one in review.imports], copies, apart
    return [folder / RECORDS], [], []


def _first(
    ids: list[str], pairs: Iterable[tuple[str, str]], apart: Iterable[tuple[str, str]] = ()
) -> dict[str, str]:
    """By record: the first of those that pairs join it with; what is ``apart`` never is."""
    place = {one: at for at, one in enumerate(ids)}

    def places(some: Iterable[tuple[str, str]]) -> list[tuple[int, int]]:
        return [(place[a], place[b]) for a, b in some if a in place and b in place]

    first = {one: one for one in ids}
    for group in united(places(pairs), len(ids), places(apart)):
        first |= {ids[at]: ids[group[0]] for at in group}
    return first


def _screened(row: dict[str, str]) -> Screened:
    def cell(*names: str) -> str:
        return next((row[name].strip() for name in names if row.get(name)), "")

    return Screened(
        record_id=cell("id", "record_id"),
        title=cell("title"),
        abstract=cell("abstract"),
        authors=cell("authors"),
        year=cell("year"),
        journal=cell("journal"),
        doi=cell("doi"),
        pmid=cell("pmid"),
        pmcid=cell("pmcid"),
        retracted=retracted(cell("title"), cell("kind", "type")),
        partly=in_part(cell("title"), cell("kind", "type")),
        notice=is_notice(cell("title"), cell("kind", "type")),
    )


def criteria_of(folder: Path) -> tuple[Criterion, ...]:
    """The folder's criteria (``criteria.csv``: criterion, terms with semicolons between)."""
    return tuple(
        Criterion(
            criterion=row.get("criterion", "").strip(),
            terms=tuple(one.strip() for one in row.get("terms", "").split(";") if one.strip()),
        )
        for row in rows_of(folder / CRITERIA)
        if row.get("criterion", "").strip()
    )


def beside_of(folder: Path, records: Iterable[Screened]) -> dict[str, tuple[str, ...]]:
    """Near-duplicates by record: what the review links, and records of one title."""
    pairs: list[tuple[str, str]] = []
    if (folder / PACKAGE).is_file():
        pairs = [(one.a, one.b) for one in read_review(folder).merges if not one.undone]
    titles: dict[str, str] = {}
    ids: list[str] = []
    for one in records:
        ids.append(one.record_id)
        title = "".join(filter(str.isalnum, one.title.lower()))
        if title:
            pairs.append((titles.setdefault(title, one.record_id), one.record_id))
    members: dict[str, list[str]] = {}
    for one, first in _first(ids, pairs).items():
        members.setdefault(first, []).append(one)
    return {
        one: tuple(other for other in found if other != one)
        for found in members.values()
        if len(found) > 1
        for one in found
    }


def terms_in(text: str, terms: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Where terms stand in a text, from and to; a star at a term's end stands for any letters.

    A term begins and ends with a word; where it does so with a letter of a script without blanks
    between words (Chinese, Japanese, Korean), it stands anywhere, and a star there changes nothing.
    Beside such letters a Latin word ends.
    """
    places: set[tuple[int, int]] = set()
    for term in terms:
        bare = term.rstrip("*")
        if bare:
            found = _pattern(bare, starred=bare != term).finditer(text)
            places |= {one.span() for one in found}
    kept: list[tuple[int, int]] = []
    for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)


_LETTER: Final = rf"[^\W{UNSPACED}]"


@lru_cache(1024)
def _pattern(term: str, *, starred: bool) -> re.Pattern[str]:
    before = "" if unspaced(term[0]) else f"(?<!{_LETTER})"
    after = "" if unspaced(term[-1]) else f"{_LETTER}*" if starred else f"(?!{_LETTER})"
    return re.compile(f"{before}{re.escape(term)}{after}", re.IGNORECASE)
