"""Columns of a table of references: the names that are known, those that were seen, those given.

A name in two languages ("Title-题名", as CNKI writes them) is known by either. What is not known is
named by a person: ``title=Titel,authors=Verfasser``.
"""

from __future__ import annotations

import csv
import io
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.records import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NAMES: Final[dict[str, tuple[str, ...]]] = {
    "title": ("title", "primarytitle", "articletitle", "documenttitle", "ti", "t1", "studytitle",
              "originaltitle", "reftitle", "题名", "标题", "篇名", "題名", "標題"),
    "abstract": ("abstract", "ab", "n2", "abstractnote", "briefsummary", "摘要"),
    "authors": ("authors", "author", "authornames", "au", "firstauthors", "authorfullnames",
                "creators", "作者"),
    "year": ("year", "publicationyear", "publishedyear", "pubyear", "py", "publicationdate", "date",
             "y1", "firstposted", "年", "年份", "发表时间", "出版年", "發表時間"),
    "journal": ("journal", "sourcetitle", "journalbook", "publicationtitle", "secondarytitle",
                "source", "journalname", "jo", "t2", "期刊", "刊名", "来源", "來源"),
    "volume": ("volume", "vol", "vl", "卷"),
    "issue": ("issue", "number", "is", "期"),
    "pages": ("pages", "page", "pagerange", "startpage", "pagestart", "firstpage", "sp", "页码",
              "頁碼"),
    "article": ("artno", "articlenumber", "articleno"),
    "last": ("endpage", "pageend", "lastpage", "ep"),
    "doi": ("doi", "do", "digitalobjectidentifier", "doidoi"),
    "pmid": ("pmid", "pubmedid", "medlinepmid", "pubmedidpmid"),
    "pmcid": ("pmcid", "pmc"),
    "nct": ("nct", "nctnumber", "nctid", "clinicaltrialnumber", "clinicaltrialnumbers"),
    "issn": ("issn", "isbn", "issnisbn", "sn", "eissn"),
    "keywords": ("keywords", "authorkeywords", "kw", "manualtags", "关键词", "關鍵詞"),
    "language": ("language", "languageoforiginaldocument", "articlelanguage", "la"),
    "kind": ("kind", "type", "publicationtype", "documenttype", "itemtype", "typeofreference",
             "typeofwork"),
    "id": ("recordid", "covidence", "key", "id", "studyid", "referenceid", "utuniquewosid", "pui"),
    "url": ("url", "link", "ur", "studyurl"),
}  # fmt: skip
KNOWN: Final = {name: field for field, names in NAMES.items() for name in names}
MOST: Final = 20
"""Columns that are named in an error."""
FEW: Final = 3
"""Known columns below which those that are not known are named."""
WANTED: Final = (
    "a first row that names a column title and others of {known}. Say which column holds what, "
    "--columns title=COLUMN,authors=COLUMN,year=COLUMN, or call them so in the first row"
)
NOTHING_BETWEEN: Final = (
    "names of columns with a comma, a semicolon, a tab or a bar between them: here none stands "
    "between the names"
)
ONE_CELL: Final = (
    "a name a cell: here the names of all columns stand in one cell, with what separates them "
    "inside its quotation marks. Export again, or take the marks around whole rows away"
)
FEW_KNOWN: Final = (
    "columns that are not known: {seen}. They are kept as further fields; where one holds {known}, "
    "say so: --columns authors=COLUMN"
)
_RUN: Final = re.compile(f"(?:{'|'.join(sorted(KNOWN, key=len, reverse=True))}){{2,}}")
_BOTH: Final = re.compile(r"([a-z0-9]+)([^\x00-\x7f]+)")


def head_name(cell: str) -> str:
    """A column's name in small letters without anything else."""
    return re.sub(r"[\W_]+", "", cell.strip().lstrip("\ufeff").lower())


@lru_cache(4096)
def known_name(cell: str) -> str:
    """The name by which a column is known; empty where it is not."""
    name = head_name(cell)
    if name in KNOWN:
        return name
    both = _BOTH.fullmatch(name)
    return next((one for one in both.groups()[::-1] if one in KNOWN), "") if both else ""


def field_of(cell: str) -> str:
    """The field that a column holds; empty where it is not known."""
    return KNOWN.get(known_name(cell), "")


def separator(line: str) -> str:
    """What stands between the cells of a head."""
    counts = {one: line.count(one) for one in (",", ";", "\t", "|")}
    return max(counts, key=lambda one: counts[one])


def cells_of(line: str) -> list[str]:
    """The cells of a first line."""
    try:
        return next(csv.reader([line.lstrip("\ufeff")], delimiter=separator(line)), [])
    except csv.Error:
        return line.split(separator(line))


def places_of(names: Sequence[str]) -> dict[str, int]:
    """Where each field stands: the surest name of several."""
    places: dict[str, int] = {}
    ranks: dict[str, int] = {}
    for place, one in enumerate(names):
        field = field_of(one)
        if field:
            rank = NAMES[field].index(known_name(one))
            if field not in places or rank < ranks[field]:
                places[field], ranks[field] = place, rank
    return places


def named_columns(typed: str) -> dict[str, str]:
    """By field the column that holds it, as typed: ``title=Titel,authors=Verfasser``.

    Raises
    ------
    InputError
        A part without a name, a field that there is none of, or one that is named twice.
    """
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for part in filter(None, (one.strip() for one in typed.split(","))):
        name, _, column = (one.strip() for one in part.partition("="))
        field = name if name in NAMES else field_of(name)
        if not (name and column) or field in found:
            expected: str = "each column once, as name=COLUMN"
            faults.append(Fault("--columns", None, "columns", part, expected))
        elif not field:
            known = ", ".join(NAMES)
            hint = nearest(name, tuple(NAMES))
            expected = phrased("one of {known}{hint}", known=known, hint=hint)
            faults.append(Fault("--columns", None, "columns", name, expected))
        else:
            found[field] = column
    if faults:
        raise InputError(*faults)
    return found


def renamed(line: str, named: Mapping[str, str], file: str, number: int) -> str:
    """The first line of a table with the columns that a person named called by their field.

    Raises
    ------
    InputError
        A column that is not there.
    """
    cells = cells_of(line)
    bare = [head_name(one) for one in cells]
    faults: list[Fault] = []
    for field, column in named.items():
        if head_name(column) in bare:
            cells[bare.index(head_name(column))] = NAMES[field][0]
        else:
            expected = phrased(
                "a column that holds {column}; there are: {header}{hint}",
                column=field, header=", ".join(cells), hint=nearest(column, tuple(cells), 3),
            )  # fmt: skip
            faults.append(Fault(file, number, "columns", column, expected))
    if faults:
        raise InputError(*faults)
    out = io.StringIO()
    csv.writer(out, delimiter=separator(line), lineterminator="").writerow(cells)
    return out.getvalue()


def not_known(head: str, file: str) -> Fault | None:
    """The fault of a table whose first row names no title; None of what is no table."""
    numbered = [(n, line) for n, line in enumerate(head.split("\n"), 1) if line.strip()]
    if len(numbered) < 2:
        return None
    (number, first), *rows = numbered[:4]
    between = separator(first)
    if between not in first and _RUN.fullmatch(head_name(first)) is not None:
        return Fault(file, number, "columns", first.strip()[:60], NOTHING_BETWEEN)
    if between not in first or not all(between in line for _, line in rows[:-1] or rows):
        return None
    seen = cells_of(first)
    if len(seen) == 1:
        return Fault(file, number, "columns", _shown(seen), ONE_CELL)
    return Fault(file, number, "columns", _shown(seen), phrased(WANTED, known=_fields(set())))


def in_one_cell(head: str, file: str) -> Fault | None:
    """The fault of a table whose first row is one cell that holds all names; None of another."""
    first = next((line for line in head.split("\n") if line.strip()), "")
    seen = cells_of(first)
    glued = len(seen) == 1 and separator(first) in seen[0]
    return Fault(file, 1, "columns", _shown(seen), ONE_CELL) if glued else None


def few_known(first: str) -> str:
    """What is to be said of a head of which few columns are known; empty where nothing is."""
    seen = [one.strip() for one in cells_of(first) if one.strip()]
    fields = {field_of(one) for one in seen} - {""}
    left = [one for one in seen if not field_of(one)]
    if len(fields) >= FEW or not left:
        return ""
    return phrased(FEW_KNOWN, seen=_shown(left), known=_fields(fields))


def _shown(names: Sequence[str]) -> str:
    more = ", ..." if len(names) > MOST else ""
    return ", ".join(one.strip()[:40] or '""' for one in names[:MOST]) + more


def _fields(there: set[str]) -> str:
    """The fields that are not there, the usual ones first."""
    first = ("title", "authors", "year", "journal", "abstract", "doi", "pmid")
    return ", ".join(one for one in dict.fromkeys((*first, *NAMES)) if one not in there)
