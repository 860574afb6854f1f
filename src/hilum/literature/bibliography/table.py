"""CSV: Covidence, Rayyan, ASReview, Scopus, Embase, PubMed, Zotero, and what names its columns."""

from __future__ import annotations

import csv
import re
from itertools import chain
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography import cleaning
from hilum.literature.bibliography.kept import Bad, Good, Item, Loose
from hilum.literature.bibliography.record import Field, Place, Record
from hilum.literature.bibliography.ris import NCT, NO_DOI, NO_TITLE, NO_YEAR
from hilum.tabular.quoting import rows_of
from hilum.tabular.safe import plain_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

NAMES: Final[dict[str, tuple[str, ...]]] = {
    "title": ("title", "primarytitle", "articletitle", "documenttitle", "ti", "t1", "studytitle",
              "originaltitle", "reftitle", "题名", "标题", "篇名"),
    "abstract": ("abstract", "ab", "n2", "abstractnote", "briefsummary", "摘要"),
    "authors": ("authors", "author", "authornames", "au", "firstauthors", "authorfullnames",
                "creators", "作者"),
    "year": ("year", "publicationyear", "publishedyear", "pubyear", "py", "publicationdate", "date",
             "y1", "firstposted", "年", "年份", "发表时间"),
    "journal": ("journal", "sourcetitle", "journalbook", "publicationtitle", "secondarytitle",
                "source", "journalname", "jo", "t2", "期刊", "刊名", "来源"),
    "volume": ("volume", "vol", "vl", "卷"),
    "issue": ("issue", "number", "is", "期"),
    "pages": ("pages", "page", "pagerange", "startpage", "pagestart", "firstpage", "sp", "页码"),
    "article": ("artno", "articlenumber", "articleno"),
    "last": ("endpage", "pageend", "lastpage", "ep"),
    "doi": ("doi", "do", "digitalobjectidentifier"),
    "pmid": ("pmid", "pubmedid", "medlinepmid"),
    "pmcid": ("pmcid", "pmc"),
    "nct": ("nctnumber", "nctid", "clinicaltrialnumber", "clinicaltrialnumbers"),
    "issn": ("issn", "isbn", "issnisbn", "sn"),
    "keywords": ("keywords", "authorkeywords", "kw", "manualtags", "关键词"),
    "language": ("language", "languageoforiginaldocument", "articlelanguage", "la"),
    "kind": ("type", "publicationtype", "documenttype", "itemtype", "typeofreference",
             "typeofwork"),
    "id": ("recordid", "covidence", "key", "id", "studyid", "referenceid"),
    "url": ("url", "link", "ur", "studyurl"),
}  # fmt: skip
KNOWN: Final = {name: field for field, names in NAMES.items() for name in names}
CELLS: Final = "as many cells as the head has"
HEAD: Final = "a head whose quotation marks are closed"


def head_name(cell: str) -> str:
    """A column's name in small letters without anything else."""
    return re.sub(r"[\W_]+", "", cell.strip().lstrip("\ufeff").lower())


def separator(line: str) -> str:
    """What stands between the cells of a head."""
    counts = {one: line.count(one) for one in (",", ";", "\t")}
    return max(counts, key=lambda one: counts[one])


def begins(head: str) -> bool:
    """Whether the first line names columns of references, its quotation marks right or wrong."""
    first = next((line for line in head.split("\n") if line.strip()), "")
    between = separator(first)
    return any(
        "title" in fields and (len(fields) > 1 or fields == ["title"])
        for line in (first, first.replace('"', ""))
        for cells in csv.reader([line], delimiter=between)
        for fields in [[KNOWN.get(head_name(one), "") for one in cells]]
    )


def read(lines: Iterable[tuple[int, str]], source: str, digest: str) -> Iterator[Item]:
    """One item a row; empty rows are none."""
    feed = ((number, f"{line}\n") for number, line in lines)
    first = next(((number, line) for number, line in feed if line.strip()), (0, ""))
    between = separator(first[1])
    rows = rows_of(chain([first], feed), between)
    head = next(rows, None)
    if head is None:
        return
    names = [one.lstrip("\ufeff") for one in head.cells]
    places = _places(names)
    aside, left = is_zotero(first[1]), 0
    for position, row in enumerate(rows, 1):
        if row.fault or len(row.cells) != len(names):
            expected = HEAD if head.fault else row.fault or CELLS
            yield Bad(source, position - left, row.line, row.text.rstrip("\n"), expected)
        else:
            if aside and len(row.cells) > 1 and row.cells[1] in ASIDE:
                yield Loose(row.line, row.text.rstrip("\n"))
                left += 1
                continue
            place = Place(source, position - left, row.line, digest)
            yield _made(row.cells, names, places, place, [row.doubt] if row.doubt else [])


ASIDE: Final = ("attachment", "note", "annotation")
"""Kinds of Zotero's rows that hang on a work and are none."""


def is_zotero(line: str) -> bool:
    """Whether a head is that of Zotero's table: the key first, then the kind."""
    return re.match(r'\ufeff?"?Key"?,"?Item Type"?,', line) is not None


def _places(names: Sequence[str]) -> dict[str, int]:
    """Where each field stands: the surest name of several."""
    places: dict[str, int] = {}
    for place, one in enumerate(names):
        field = KNOWN.get(head_name(one))
        if field is not None:
            rank = NAMES[field].index(head_name(one))
            if field not in places or rank < NAMES[field].index(head_name(names[places[field]])):
                places[field] = place
    return places


# A spreadsheet makes 12345678.0 of a number.
_PMID: Final = re.compile(r"(?:^|[;,|\s])(\d{1,8})(?:\.0)?(?=$|[;,|\s])")
_PMCID: Final = re.compile(r"\bPMC\d+\b")
_SOURCE: Final = re.compile(
    r"(?P<name>.+?) \((?P<year>\d{4})\)(?: (?P<volume>[\w.-]+)(?::(?P<issue>[^ ]+))?)?"
    r"(?: \((?P<pages>[\w-]+)\))?\. Date of Publication"
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


def _made(
    row: Sequence[str],
    names: Sequence[str],
    places: dict[str, int],
    place: Place,
    notes: list[str],
) -> Good:
    def said(field: str) -> str:
        return cleaning.said(plain_cell(row[places[field]])) if field in places else ""

    # Embase prints "Journal (2014) 3:3 (152-160). Date of Publication: 2014" in one cell.
    source = _SOURCE.match(said("journal"))
    glued = source.groupdict("") if source else {}

    identifiers = [
        ("doi", cleaning.doi(said("doi")) or _linked(row)),
        *(("pmid", one) for one in _PMID.findall(said("pmid"))),
        *(("pmcid", one) for one in _PMCID.findall(said("pmcid"))),
        *(("nct", one) for one in NCT.findall(said("nct"))), *cleaning.issns(said("issn")),
    ]  # fmt: skip
    record = Record(
        record_id=said("id") or str(place.position),
        place=place,
        kind=said("kind"),
        title=said("title"),
        authors=cleaning.authors(_list(said("authors")) or cleaning.split_names(said("authors"))),
        year=cleaning.year(said("year")) or cleaning.year(glued.get("year", "")),
        abstract=cleaning.paragraph(row[places["abstract"]]) if "abstract" in places else "",
        journal=glued.get("name") or said("journal"),
        volume=said("volume") or glued.get("volume", ""),
        issue=said("issue") or glued.get("issue", ""),
        pages=cleaning.pages(said("pages"), said("last"))
        or glued.get("pages", "")
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
    return Good(record, tuple(notes))
