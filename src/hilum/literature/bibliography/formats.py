"""Formats of exports, recognised from what a file holds; its name is not looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.bibliography import (
    bibtex,
    columns,
    endnote_xml,
    field_rows,
    nbib,
    pubmed_xml,
    refer,
    ris,
    table,
    table_count,
    tagged,
    trials_json,
)
from hilum.literature.bibliography.lines import opened
from hilum.literature.bibliography.one_format import held_to_one
from hilum.literature.bibliography.written_small import raised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from hilum.literature.bibliography.kept import Item
    from hilum.literature.bibliography.lines import Text

LOOKED: Final = 400
"""Lines looked at."""


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Parameters
    ----------
    code, name : str
    begins : Callable
        Whether the first lines of a file are of it.
    read : Callable
        Its records, from text, name of the source, digest.
    count : Callable
        How many records begin in a text, by its letters alone: the reader has no part in it.
    """

    code: str
    name: str
    begins: Callable[[str], bool]
    read: Callable[[Text, str, str], Iterator[Item]]
    count: Callable[[Text], int]


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.MULTILINE)
    return lambda head: compiled.search(head) is not None


def _lined(
    code: str,
    name: str,
    pattern: str,
    read: Callable[[Iterable[tuple[int, str]], str, str], Iterator[Item]],
    count: Callable[[Iterable[tuple[int, str]]], int],
) -> Format:
    """A format of lines."""
    return Format(
        code,
        name,
        _matches(pattern),
        lambda text, source, digest: read(raised(text.lines(), code), source, digest),
        lambda text: count(raised(text.lines(), code)),
    )


def _ris_count(lines: Iterable[tuple[int, str]]) -> int:
    """Ends and beginnings are counted; a stretch between two ends holds one record at least."""
    count = types = tags = 0
    first = ""
    blanks = "  "
    for _, line in lines:
        said = line.lstrip()
        if len(line) - len(said) > 3:
            continue
        if not tags and said[:4] == "TY -" and not said[4:5].strip():
            blanks = " "
        tag, rest = said[:2], said[2:]
        if not rest.startswith((f"{blanks}-", "  -")) or rest.partition("-")[2][:1].strip():
            continue
        if not (tag.isascii() and tag[:1].isalpha() and tag.isalnum() and tag.upper() == tag):
            continue
        if tag == "ER":
            count += max(types, tags)
            types = tags = 0
        else:
            tags = 1
            first = first or tag
            types += tag == "TY"
    return count + max(types, tags if first != "TY" else 0)


def _pieces(*names: str) -> Callable[[Text], int]:
    pattern = re.compile(rf"<(?:[\w.-]{{1,30}}:)?(?:{'|'.join(names)})[\s>/]")
    longest = max(map(len, names)) + 33

    def count(text: Text) -> int:
        found, rest = 0, ""
        for block in text.blocks():
            rest += block
            found += len(pattern.findall(rest))
            # A beginning cut in two is met with the next block; one that is whole is counted once.
            rest = rest[-longest + 1 :]
            found -= len(pattern.findall(rest))
        return found + len(pattern.findall(rest))

    return count


FORMATS: Final[dict[str, Format]] = {
    one.code: one
    for one in (
        Format(
            "pubmed_xml", "PubMed XML",
            _matches(r"<(?:[\w.-]+:)?Pubmed(?:ArticleSet|Article|BookArticle)[\s>]"),
            pubmed_xml.read, _pieces("PubmedArticle", "PubmedBookArticle"),
        ),
        Format(
            "endnote_xml", "EndNote XML", _matches(r"<(?:xml>\s*<)?records>|<record>\s*<database"),
            endnote_xml.read, _pieces("record"),
        ),
        Format(
            "trials_json", "ClinicalTrials.gov JSON", _matches(r'\{\s*"protocolSection"\s*:'),
            trials_json.read, trials_json.count,
        ),
        _lined(
            "ris", "RIS", r"^\ufeff?\s{0,3}(?:TY|ty) {1,2}-(?:[ \t]|\s*$)", ris.read, _ris_count
        ),
        _lined("nbib", "PubMed NBIB", r"^(?:PMID|pmid)- ?\d|^OID - hilum: ", nbib.read, nbib.count),
        _lined("central", "CENTRAL", r"^Record #\d+ of \d+", tagged.central, tagged.count_central),
        _lined(
            "wos", "Web of Science", r"^(?:PT|pt) [JBCSPjbcsp]\s*$", tagged.web_of_science,
            tagged.count_wos,
        ),
        _lined("refer", "EndNote %", r"^\ufeff?%[0AT] \S", refer.read, refer.count),
        Format(
            "bibtex", "BibTeX", _matches(r"^[ \t]*@[A-Za-z]+\s*[{(]"), bibtex.read, bibtex.count
        ),
        Format(
            "field_rows", "Embase CSV", field_rows.begins,
            lambda text, source, digest: field_rows.read(text.lines(), source, digest),
            lambda text: field_rows.count(text.lines()),
        ),
        Format(
            "csv", "CSV", table.begins,
            lambda text, source, digest: table.read(text.lines(), source, digest),
            lambda text: table_count.count(text.lines()),
        ),
        Format(
            "xlsx", "XLSX", lambda _: False,
            lambda text, source, digest: table.read(text.lines(), source, digest, text.spoilt),
            lambda text: table_count.count(text.lines()),
        ),
    )
}  # fmt: skip
"""Formats by their code, those first whose mark is surest."""


@dataclass(frozen=True, slots=True)
class Other:
    """A form that is not read: how it shows itself, and which export to choose instead."""

    begins: str
    instead: str


OTHERS: Final = (
    Other(
        r"^RT [A-Z][\w ]+\n(?:.*\n){0,3}?(?:SR|A1|ID|T1) ",
        "an export in the form EndNote or RIS: this is RefWorks' own form; export again and choose "
        "EndNote (CNKI, Wanfang) or RIS",
    ),
    Other(
        r"^\{(?:Reference Type|Title|Author)\}:",
        "an export in the form EndNote or RIS: this is NoteExpress' own form; export again and "
        "choose EndNote (CNKI, Wanfang) or RIS",
    ),
    Other(
        r"^<\d+>\s*\n(?:Unique Identifier|Accession Number|Database|Title|Authors?|Source)\b",
        "an export in the form RIS: this is Ovid's own text; export again and choose RIS "
        "or EndNote",
    ),
)
"""Forms that are refused with a way out."""


def head_of(text: Text) -> str:
    """The first lines, with no more than a format shows itself by."""
    found: list[str] = []
    size = 0
    for block in text.blocks():
        found.append(text.decoded(block[:65536]))
        size += len(found[-1])
        break
    head = re.sub(r"\r\n?", "\n", "".join(found))
    text.encodings.clear()
    text.marks.clear()
    text.doubtful.clear()
    return "\n".join(head.split("\n")[:LOOKED])


def recognised(text: Text) -> Format:
    """The format of a file.

    Raises
    ------
    InputError
        It is none of the known ones, or of two at once.
    """
    head = head_of(text)
    if text.sheet:
        fault = columns.in_one_cell(head, text.path.name)
        if fault is None and not table.begins(head):
            fault = columns.not_known(head, text.path.name)
            fault = fault or Fault(text.path.name, text.sheet[0][0], "row", _first(head), COLUMNS)
        if fault is not None:
            raise InputError(fault)
        _upright(text, head)
        return FORMATS["xlsx"]
    # A table that names its columns is one, whatever its cells quote.
    first = _whole_first(head)
    tabled = any(table.is_any_head(first, between) for between in (",", ";", "\t"))
    for one in (FORMATS["csv"],) if tabled else FORMATS.values():
        if one.begins(head):
            held_to_one(text, one.code, {made.code: made.name for made in FORMATS.values()})
            if one.code == "csv":
                fault = columns.in_one_cell(head, text.path.name)
                if fault is not None:
                    raise InputError(fault)
                _upright(text, head)
            return one
    if not head.strip():
        expected = "a file with references: the file is empty"
        raise InputError(Fault(text.path.name, None, "file", "", expected))
    for other in OTHERS:
        if re.search(other.begins, head, re.MULTILINE):
            seen = re.search(other.begins, head, re.MULTILINE)
            said = "" if seen is None else seen[0].strip()[:60]
            raise InputError(Fault(text.path.name, None, "file", said, other.instead))
    _upright(text, head)
    fault = columns.not_known(head, text.path.name) or _below(head, text.path.name)
    if fault is not None:
        raise InputError(fault)
    known = ", ".join(one.name for one in FORMATS.values())
    seen = _first(head)
    expected = phrased("an export of references in one of: {known}", known=known)
    raise InputError(Fault(text.path.name, None, "file", seen, expected))


COLUMNS: Final = "a first row that names the columns (title, authors, year and so on)"
TURNED: Final = (
    "one record a row and one field a column: here the fields stand below each other; export again "
    "and choose RIS, or CSV with fields by column"
)


def _whole_first(head: str) -> str:
    """The first line that holds something."""
    return next((line for line in head.split("\n") if line.strip()), "").lstrip("\ufeff")


BELOW: Final = (
    "the row that names the columns at the top of the file: it stands in line {line}. Take away "
    "what stands above it"
)


def _below(head: str, file: str) -> Fault | None:
    """The fault of a table above whose first row other lines stand; None of another."""
    for number, line in enumerate(head.split("\n"), 1):
        if table.is_any_head(line, columns.separator(line)):
            wanted = phrased(BELOW, line=number)
            return Fault(file, number, "columns", line.strip()[:60], wanted)
    return None


def _first(head: str) -> str:
    """The same as far as it is shown."""
    return _whole_first(head)[:60]


def _upright(text: Text, head: str) -> None:
    """Refuse a table whose rows are fields and no records."""
    if table.is_turned(head):
        raise InputError(Fault(text.path.name, None, "file", _first(head), TURNED))


def opened_as(path: Path, columns: Mapping[str, str] | None = None) -> Format:
    """The format of a file by its path; errors as :func:`recognised`."""
    return recognised(opened(path, columns))
