"""CSV: Covidence, Rayyan, ASReview, Scopus, Embase, PubMed, Zotero, and what names its columns."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography import cleaning, glued, withdrawn
from hilum.literature.bibliography.columns import KNOWN, field_of, head_name, places_of, separator
from hilum.literature.bibliography.kept import Bad, Good, Item, Loose
from hilum.literature.bibliography.record import Field, Place, Record
from hilum.literature.bibliography.ris import NCT, NO_DOI, NO_TITLE, NO_YEAR
from hilum.literature.bibliography.tag_heads import Vocabulary, vocabulary
from hilum.tabular.quoting import rows_of
from hilum.tabular.safe import plain_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from hilum.tabular.quoting import Taken

CELLS: Final = "as many cells as the head has"
HEAD: Final = "a head whose quotation marks are closed"
SAMPLE: Final = 200
"""Rows that tell what stands between the authors of a cell."""


def begins(head: str) -> bool:
    """Whether the first line names columns of references, its quotation marks right or wrong."""
    first = next((line for line in head.split("\n") if line.strip()), "")
    between = separator(first)
    return any(
        "title" in fields and (len(fields) > 1 or fields == ["title"])
        for line in (first, first.replace('"', ""))
        for cells in csv.reader([line], delimiter=between)
        for fields in [[field_of(one) for one in cells]]
    )


MOST: Final = 0.5
"""Share of the rows above which names of fields in place of records are no chance."""


def is_turned(head: str) -> bool:
    """Whether most rows of a table hold the name of a field where a record has its title."""
    lines = [line for line in head.split("\n") if line.strip()]
    between = separator(lines[0])
    first, *rows = csv.reader(lines, delimiter=between)
    title = places_of(first).get("title", 0)
    for place in {0, title}:
        cells = [head_name(row[place]) for row in rows if len(row) > place]
        named = {one for one in cells if one in KNOWN and not one.isdigit()}
        if len(named) > 1 and sum(one in named for one in cells) > MOST * len(rows):
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Head:
    """The head of a table.

    Parameters
    ----------
    names : tuple of str
    places : dict of str to int
        Where each field stands.
    tags : Vocabulary | None
        The tags that name its columns.
    """

    names: tuple[str, ...]
    places: dict[str, int]
    tags: Vocabulary | None

    def cells(self, row: Taken, between: str) -> tuple[tuple[str, ...], str]:
        """The cells of a row and what was expected of it; empty ones beyond the head are none.

        Web of Science sets no quotation marks around a cell: where they are at fault in a line of
        its tabs, they are letters of a title.
        """
        cells, fault, width = row.cells, row.fault, len(self.names)
        if fault and self.tags is not None and between == "\t" and row.text.count("\n") < 2:
            raw = tuple(row.text.rstrip("\r\n").split(between))
            cells, fault = (raw, "") if len(raw) >= width else (cells, fault)
        cells = cells if any(cells[width:]) else cells[:width]
        return cells, fault or ("" if len(cells) == width else CELLS)


def _head(cells: Sequence[str]) -> _Head:
    names = tuple(one.lstrip("\ufeff") for one in cells)
    return _Head(names, places_of(names), vocabulary(names))


def is_head(line: str, between: str, first: str) -> bool:
    """Whether a line without its quotation marks is the head ``first`` again, or another one.

    Tables glued together have one in their middle.
    """
    if line == first:
        return True
    cells = [one for one in line.split(between) if one.strip()]
    fields = {field_of(one) for one in cells}
    return len(fields) > 1 and "title" in fields and "" not in fields


def is_any_head(line: str, between: str) -> bool:
    """Whether a line names columns: a title and two more that are known, of no other or many."""
    cells = [one.strip().strip('"') for one in line.split(between) if one.strip()]
    fields = {field_of(one) for one in cells}
    known = len(fields - {""})
    return "title" in fields and known > 2 and ("" not in fields or len(cells) > 4)


def read(
    lines: Iterable[tuple[int, str]],
    source: str,
    digest: str,
    spoilt: Mapping[int, str] | None = None,
) -> Iterator[Item]:
    """One item a row; empty rows are none, nor are heads of tables that were glued on.

    ``spoilt`` are rows of a workbook that cannot be read, with what was expected of them.
    """
    feed = ((number, f"{line}\n") for number, line in lines)
    top = next(((number, line) for number, line in feed if line.strip()), (0, ""))
    between = separator(top[1])
    rows = rows_of(chain([top], feed), between)
    first = next(rows, None)
    if first is None:
        return
    head = _head(first.cells)
    same = between.join(first.cells).replace('"', "").strip()
    sample = list(islice(rows, SAMPLE))
    at = head.places.get("authors", -1)
    listed = glued.between_authors(one.cells[at] for one in sample if -1 < at < len(one.cells))
    listed = glued.FIXED if is_own(head.names) or is_zotero(top[1]) else listed
    aside, left = is_zotero(top[1]), 0
    for position, row in enumerate(chain(sample, rows), 1):
        cells, fault = head.cells(row, between)
        whole = between.join(row.cells).replace('"', "").strip()
        alone = row.line == row.last and (row.swallowed or not row.fault)
        if alone and is_head(whole, between, same):
            yield Loose(row.line, whole)
            left += 1
            head = _head(row.cells)
        elif spoilt and row.line in spoilt:
            raw = between.join(row.cells)
            yield Bad(source, position - left, row.line, raw, spoilt[row.line])
        elif fault:
            expected = HEAD if first.fault else fault
            raw = row.text.rstrip("\n") or between.join(row.cells)
            yield Bad(source, position - left, row.line, raw, expected)
        elif aside and len(cells) > 1 and cells[1] in ASIDE:
            yield Loose(row.line, row.text.rstrip("\n"))
            left += 1
        else:
            place = Place(source, position - left, row.line, digest)
            notes = [row.doubt] if row.doubt else []
            if head.tags is None:
                yield made(cells, head.names, head.places, place, notes, listed=listed)
            else:
                yield _of_tags(cells, head.names, head.tags, place, notes)


def _of_tags(
    cells: Sequence[str],
    names: Sequence[str],
    tags: Vocabulary,
    place: Place,
    notes: list[str],
) -> Good:
    """The record of a row whose columns are tags of an export."""
    row = [plain_cell(one) for one in cells]
    values = tags.values([one.strip() for one in names], row)
    fields = tuple(Field(name, cell) for name, cell in zip(names, row, strict=True) if cell)
    record = tags.record(values, place, fields)
    named = [one for tag in ("AU", "A1", "FAU", "AF") for one in values.get(tag, ())]
    notes += [NO_TITLE] if not record.title else []
    notes += [NO_YEAR] if record.year is None else []
    notes += [NO_DOI] if values.get("DI") and not record.identifier("doi") else []
    notes += [cleaning.CUT] if cleaning.cut(named) else []
    notes += [glued.IN_DOUBT] if glued.one_each(named)[1] else []
    return Good(record, tuple(notes))


ASIDE: Final = ("attachment", "note", "annotation")
"""Kinds of Zotero's rows that hang on a work and are none."""


def is_zotero(line: str) -> bool:
    """Whether a head is that of Zotero's table: the key first, then the kind."""
    return re.match(r'\ufeff?"?Key"?,"?Item Type"?,', line) is not None


def is_own(names: Sequence[str]) -> bool:
    """Whether a head is that of a table that hilum writes."""
    return {"id", "source", "kind", "title", "authors"} <= set(names) or list(names)[:3] == [
        "record_id",
        "source",
        "kind",
    ]


# A spreadsheet makes 12345678.0 of a number.
_PMID: Final = re.compile(r"(?:^|[;,|\s])(\d{1,8})(?:\.0)?(?=$|[;,|\s])")
_PMCID: Final = re.compile(r"\bPMC\d+\b")
_SOURCE: Final = re.compile(
    r"(?P<name>.+?) \((?P<year>\d{4})\)(?: (?P<volume>[\w.-]+)(?::(?P<issue>[^ ]+))?)?"
    r"(?: \((?P<pages>[\w-]+)\))?(?: Article Number: (?P<article>[\w-]+))?"
    r"(?:\. Date of Publication|\.?$)"
)


def _list(cell: str) -> list[str]:
    """The texts of a list as Python prints it; none where the cell is none."""
    if not (cell.startswith("[") and cell.endswith("]")):
        return []
    return [one or two for one, two in re.findall(r"'([^']*)'|\"([^\"]*)\"", cell)]


def _linked(row: Sequence[str]) -> str:
    """The DOI of the first cell that is the address of one."""
    links = (cell for cell in row if cell.startswith(("http", "doi")))
    return next((one for cell in links if (one := cleaning.doi(cell, loose=True))), "")


def _cells_of(field: str, row: Sequence[str], names: Sequence[str]) -> list[str]:
    """What every column of a field says."""
    pairs = zip(names, row, strict=True)
    return [plain_cell(cell) for name, cell in pairs if field_of(name) == field]


def made(
    row: Sequence[str],
    names: Sequence[str],
    places: dict[str, int],
    place: Place,
    notes: list[str],
    *,
    listed: str = "",
) -> Good:
    """The record of a row; ``listed`` is what stands between the authors of its column."""

    def said(field: str) -> str:
        return cleaning.said(plain_cell(row[places[field]])) if field in places else ""

    # Embase prints "Journal (2014) 3:3 (152-160). Date of Publication: 2014" in one cell.
    journals = map(cleaning.said, _cells_of("journal", row, names))
    source = next((found for one in journals if (found := _SOURCE.match(one))), None)
    printed = source.groupdict("") if source else {}
    glued_on = _SOURCE.match(said("journal"))

    identifiers = [
        ("doi", cleaning.doi(said("doi")) or _linked(row)),
        *(("pmid", one) for one in _PMID.findall(said("pmid"))),
        *(("pmcid", one) for one in _PMCID.findall(said("pmcid"))),
        *(("nct", one) for one in NCT.findall(said("nct"))),
        *(pair for one in _cells_of("issn", row, names) for pair in cleaning.issns(one)),
    ]  # fmt: skip
    named = _list(said("authors")) or glued.split(said("authors"), commas=listed == glued.COMMAS)
    record = Record(
        record_id=said("id") or str(place.position),
        place=place,
        kind=withdrawn.kind_of(said("kind"), _cells_of("kind", row, names)),
        title=said("title"),
        authors=cleaning.authors(named),
        year=cleaning.year(said("year")) or cleaning.year(printed.get("year", "")),
        abstract=cleaning.paragraph(row[places["abstract"]]) if "abstract" in places else "",
        journal=glued_on["name"] if glued_on else said("journal"),
        volume=said("volume") or printed.get("volume", ""),
        issue=said("issue") or printed.get("issue", ""),
        pages=cleaning.pages(said("pages"), said("last"))
        or printed.get("pages", "")
        or printed.get("article", "")
        or said("article"),
        language=said("language"),
        identifiers=cleaning.unique(identifiers),
        keywords=tuple(_list(said("keywords")))
        or tuple(word for one in said("keywords").split(";") if (word := one.strip())),
        fields=tuple(
            Field(name, plain_cell(cell)) for name, cell in zip(names, row, strict=True) if cell
        ),
    )
    notes += [NO_TITLE] if not record.title else []
    notes += [NO_YEAR] if record.year is None else []
    notes += [NO_DOI] if said("doi") and not record.identifier("doi") else []
    notes += [cleaning.CUT] if cleaning.cut(named) else []
    notes += [glued.IN_DOUBT] if glued.in_doubt(said("authors"), named, listed) else []
    return Good(record, tuple(notes))
