"""CSV with one field a row, as Embase exports it: "TITLE","..." and below it "AUTHOR NAMES","...".

The cells behind a name are its values. A record begins with the field that stands first in the
file, or behind an empty line where a field comes that the record before has already.
"""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import TYPE_CHECKING, Final

from hilum.literature.bibliography import columns, table
from hilum.literature.bibliography.kept import Bad, Item, Loose
from hilum.literature.bibliography.record import Place
from hilum.tabular.cells import LONGEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

BROKEN: Final = "a record of one field a row, each quotation mark closed"
MOST: Final = 0.5
"""Share of the lines that have to begin with the name of a field."""
FIELDS: Final = frozenset(
    {
        "sourcetitle", "authoraddresses", "correspondenceaddress", "dateofpublication", "issn",
        "medlinepmid", "embaseaccessionid", "emtreedrugindexterms", "emtreemedicalindexterms",
        "emtreedrugindextermsmajorfocus", "emtreemedicalindextermsmajorfocus", "copyright",
        "fulltextlink", "embaselink", "openurllink", "articlenumber", "firstpage", "lastpage",
        "aipipentrydate", "fullrecordentrydate", "casregistrynumbers", "originalabstract",
        "originaltitle", "editors", "clinicaltrialnumbers", "drugtradenames", "drugmanufacturer",
        "devicetradenames", "devicemanufacturer", "languageofarticle", "languageofsummary",
        "countryofjournal", "countryofauthor", "conferencename", "conferencedate", "coden", "pui",
        "conferencelocation", "publisher", "publicationstatus", "emailaddress", "molecularsequence",
        "articlesinpress", "affiliation",
    }
)  # fmt: skip
"""Names of fields beside those of :data:`columns.KNOWN`."""
_LEAD: Final = re.compile(r'"?([A-Za-z][A-Za-z /()#&.-]{0,60}?)"?([,;\t])')


def _name(line: str, lead: str = "") -> str:
    """The name of the field that a line begins with; empty where it begins with none.

    ``lead`` is the first line: as its name stands in quotation marks, or does not, and with what
    follows it, so do the others.
    """
    found = _LEAD.match(line.lstrip("\ufeff"))
    if found is None or (lead and found[2] != _between(lead)):
        return ""
    if lead.startswith('"') and not line.startswith('"'):
        return ""
    name = columns.head_name(found[1])
    return name if name in columns.KNOWN or name in FIELDS else ""


def begins(head: str) -> bool:
    """Whether the first lines are fields of one record below each other."""
    lines = [line for line in head.split("\n") if not _is_blank(line)]
    if not lines or not _name(lines[0]):
        return False
    between = _between(lines[0])
    first = next(csv.reader(lines[:1], delimiter=between), [])
    cells = [one for one in first[1:] if one.strip()]
    if len(cells) != 1 or columns.head_name(cells[0]) in columns.KNOWN:
        return False
    # By rows; and by lines, where a quotation mark that nobody closed makes one row of many.
    rows = [columns.head_name(row[0]) for row in csv.reader(lines, delimiter=between) if row]
    return _are_fields(rows) or _are_fields([_name(line, lines[0]) for line in lines])


def _are_fields(names: list[str]) -> bool:
    """Whether most names are those of fields, a title among them."""
    named = [one for one in names if one in columns.KNOWN or one in FIELDS]
    titled = any(columns.KNOWN.get(one) == "title" for one in named)
    return titled and len(set(named)) > 1 and len(named) > MOST * len(names)


def _is_blank(line: str) -> bool:
    """Whether a line has no more than what stands between cells."""
    return not line.strip(' ,;\t\r"')


def _between(line: str) -> str:
    found = _LEAD.match(line.lstrip("\ufeff"))
    return found[2] if found else ","


def _begins_within(line: str, *, blank: bool) -> bool:
    """Whether a first field begins a record although a quotation mark is open before it.

    It does in quotation marks of its own, and behind an empty line where its value follows it
    without a blank, as no sentence goes on.
    """
    quoted = line.startswith('"')
    found = _LEAD.match(line)
    return quoted or (blank and found is not None and not line[found.end() :][:1].isspace())


Rows = list[tuple[int, str, str]]
"""Line, name and text of each field of a record."""


def read(lines: Iterable[tuple[int, str]], source: str, digest: str) -> Iterator[Item]:
    """One item a record."""
    now: Rows = []
    position, first, lead, blank = 0, "", "", False
    for number, line in lines:
        if _is_blank(line):
            blank = True
            continue
        lead = lead or line
        name = _name(line, lead)
        first = first or name
        open_ = bool(now) and now[-1][2].count('"') % 2 > 0
        starts = name == first and (not open_ or _begins_within(line, blank=blank))
        again = blank and not open_ and name in {one for _, one, _ in now}
        if now and name and (starts or again):
            position += 1
            yield _made(now, _between(lead), Place(source, position, now[0][0], digest))
            now, open_ = [], False
        if name and not open_:
            now.append((number, name, line))
        elif now:
            before, last, text = now[-1]
            now[-1] = (before, last, f"{text}\n{line}")
        else:
            yield Loose(number, line)
        blank = False
    if now:
        yield _made(now, _between(lead), Place(source, position + 1, now[0][0], digest))


def _made(rows: Rows, between: str, place: Place) -> Item:
    names: dict[str, str] = {}
    cells: dict[str, list[str]] = {}
    try:
        for _, name, text in rows:
            (row,) = csv.reader(StringIO(text, newline=""), delimiter=between, strict=True)
            names.setdefault(name, row[0].lstrip("\ufeff"))
            cells.setdefault(name, []).extend(one.strip() for one in row[1:] if one.strip())
    except (csv.Error, ValueError):
        raw = "\n".join(text for _, _, text in rows)
        return Bad(place.source, place.position, place.line, raw[:LONGEST], BROKEN)
    heads = list(names.values())
    row = [
        ("\n" if columns.KNOWN.get(one) == "abstract" else "; ").join(cells[one]) for one in names
    ]
    return table.made(row, heads, columns.places_of(heads), place, [])


def count(lines: Iterable[tuple[int, str]]) -> int:
    """Beginnings of records, by the letters with which lines begin."""
    found = marks = 0
    first = lead = ""
    blank = False
    seen: set[str] = set()
    for _, line in lines:
        if _is_blank(line):
            blank = True
            continue
        lead = lead or line
        name = _name(line, lead)
        first = first or name
        inside = marks % 2 > 0
        own = name == first and (not inside or _begins_within(line, blank=blank))
        if name and (own or not found or (blank and not inside and name in seen)):
            found, marks, inside = found + 1, 0, False
            seen.clear()
        if name and not inside:
            seen.add(name)
            marks = 0
        marks += line.count('"')
        blank = False
    return found
