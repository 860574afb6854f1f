"""Records of a review's folder as the screening shows them, and the criteria beside them."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import Fault, InputError
from hilum.literature.screening.bytes_read import text_of
from hilum.tabular.encoding import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from hilum.literature.bibliography.record import Record

PACKAGE: Final = "datapackage.json"
RECORDS: Final = "records.csv"
MERGES: Final = "merges.csv"
CRITERIA: Final = "criteria.csv"
# A cell that a spreadsheet would compute is written behind an apostrophe.
GUARDED: Final = re.compile(r"'(?=[=+\-@\t\r'])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """What is shown of a record."""

    record_id: str
    title: str = ""
    abstract: str = ""
    authors: str = ""
    year: str = ""
    journal: str = ""
    doi: str = ""


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
        )
        for one in records
    )


def records_of(folder: Path) -> tuple[Screened, ...]:
    """Records of a folder: those of its imports, else of its ``records.csv``.

    Raises
    ------
    InputError
        No such folder, no records in it, an id that two of them have.
    """
    tables = _tables(folder)
    found = [_screened(row) for path in tables for row in rows_of(path)]
    if not found:
        wanted = "a review's folder with records"
        raise InputError(Fault(str(folder), None, "folder", folder.name, wanted))
    seen: set[str] = set()
    twice = {one.record_id for one in found if one.record_id in seen or seen.add(one.record_id)}
    if twice:
        raise InputError(
            *(Fault(RECORDS, None, "record_id", one, "each id once") for one in sorted(twice)[:20])
        )
    return tuple(found)


def _tables(folder: Path) -> list[Path]:
    package = folder / PACKAGE
    if package.is_file():
        try:
            imports = json.loads(package.read_text("utf-8"))["hilum"]["imports"]
            codes = [str(one["code"]) for one in imports]
        except (OSError, ValueError, KeyError, TypeError):
            codes = []
        tables = [folder / "records" / f"{code}.csv" for code in codes]
        if tables:
            return [one for one in tables if one.is_file()]
    plain = folder / RECORDS
    return [plain] if plain.is_file() else []


def rows_of(path: Path) -> list[dict[str, str]]:
    """Rows of a table of the folder by their heads; none where there is no table."""
    if not path.is_file():
        return []
    text, _ = text_of(read_bytes(path), path.name)
    before = csv.field_size_limit(sys.maxsize)
    try:
        rows = csv.DictReader(io.StringIO(text, newline=""))
        return [
            {str(k): GUARDED.sub("", v, count=1) for k, v in row.items() if isinstance(v, str)}
            for row in rows
        ]
    finally:
        csv.field_size_limit(before)


def _screened(row: dict[str, Any]) -> Screened:
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
    """Near-duplicates of a record: pairs of ``merges.csv`` not undone, and records of one title."""
    pairs = [
        (row["a"], row["b"])
        for row in rows_of(folder / MERGES)
        if row.get("a") and row.get("b") and not row.get("undone")
    ]
    first: dict[str, str] = {}
    ids: list[str] = []
    for one in records:
        ids.append(one.record_id)
        title = "".join(re.findall(r"\w", one.title.lower()))
        if title:
            if title in first:
                pairs.append((first[title], one.record_id))
            first.setdefault(title, one.record_id)
    group = {one: one for one in ids}

    def head(one: str) -> str:
        while group[one] != one:
            one = group[one]
        return one

    for a, b in pairs:
        if a in group and b in group:
            group[head(b)] = head(a)
    members: dict[str, list[str]] = {}
    for one in ids:
        members.setdefault(head(one), []).append(one)
    return {
        one: tuple(other for other in found if other != one)
        for found in members.values()
        if len(found) > 1
        for one in found
    }


def terms_in(text: str, terms: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Where terms stand in a text, from and to; a star at a term's end stands for any letters."""
    places: set[tuple[int, int]] = set()
    for term in terms:
        stem = re.escape(term.rstrip("*")) + (r"\w*" if term.endswith("*") else "")
        places |= {found.span() for found in re.finditer(rf"(?<!\w){stem}(?!\w)", text, re.I)}
    kept: list[tuple[int, int]] = []
    for start, end in sorted(places, key=lambda place: (place[0], -place[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)
