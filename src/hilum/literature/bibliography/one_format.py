"""Exports of two formats in one file: refused, for no reader knows where a record of each ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.bibliography import field_rows
from hilum.literature.bibliography.table import is_any_head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hilum.literature.bibliography.lines import Text

LONGEST: Final = 2**16
"""Letters of a line that are kept for the next block."""
ROWS: Final = ("csv", "field_rows")
_RIS: Final = re.compile(r"\s{0,3}[A-Z][A-Z0-9] {1,2}-(?:\s|$)")
_NBIB: Final = re.compile(r"[A-Z]{2,4} {0,2}- ")
_REFER: Final = re.compile(r"\s{0,3}%[A-Z0-9?@!^] ")
_WOS: Final = re.compile(r"[A-Z][A-Z0-9](?: |$)")
_CENTRAL: Final = re.compile(r"[A-Z]{2,4}:")
_ANY: Final = re.compile("")
_BLANK: Final = " \t\ufeff"
_ENDED: Final = re.compile(r"\s{0,3}ER {1,2}- *$|\s{0,3}EF\s*$")
# Where a record begins in a line (:func:`_stands`), and how the next line begins.
MARKS: Final = (
    ("ris", re.compile(r"^\s{0,3}TY {1,2}-(?:\s|$)|TY {1,2}- [A-Z]{3,8}\s*$"), _RIS),
    ("nbib", re.compile(r"PMID- ?\d+\s*$|^OID - hilum: "), _NBIB),
    ("central", re.compile(r"Record #\d+ of \d+\s*$"), _CENTRAL),
    ("wos", re.compile(r"^PT [JBCSP]\s*$|[^A-Z ]PT [JBCSP]\s*$"), _WOS),
    ("refer", re.compile(r"^\s{0,3}%[0AT] \S|%0 [A-Z][\w ]{3,40}$"), _REFER),
    ("bibtex", re.compile(
        r"(?:^[ \t]*|\W)@(?!comment|string|preamble)[A-Za-z]+\s*[{(]\s*[^\s,{}()=]*\s*,"
        r"|@(?:article|book|misc|in[a-z]+)\s*\{[^\s,{}()=]+,\s*$", re.I), _ANY),
    ("pubmed_xml", re.compile(
        r"<(?:[\w.-]{1,30}:)?Pubmed(?:ArticleSet|Article|BookArticle)[\s>]"), _ANY),
    ("endnote_xml", re.compile(r"<records>|<record>\s*(?:<database|$)"), _ANY),
    ("trials_json", re.compile(r'"protocolSection"\s*:'), _ANY),
)  # fmt: skip
_OPENS: Final = re.compile(r'(?:^|[,;\t])"')
_CAPITALS: Final = re.compile(r'"?TITLE\b')
_SOME: Final = re.compile(
    r"TY {1,2}-|PMID-|OID - |Record #|PT [JBCSP]\s*$|%[0AT] |@[A-Za-z]+\s*[{(]|<(?:[\w.-]{1,30}:)?"
    r'Pubmed|<record|"protocolSection"'
)
TWO: Final = (
    "records of one format: {first} stands before this line, {second} from here on. Save each "
    "export as a file of its own"
)


def held_to_one(text: Text, code: str, names: dict[str, str]) -> None:
    """Refuse a file in which records of another format than ``code`` begin.

    ``names`` are those of the formats by their code.

    Raises
    ------
    InputError
        Names the line where the format changes, and both formats.
    """
    if text.sheet:
        return
    found: dict[str, tuple[int, str]] = {}
    if code in ROWS:
        found[code] = (0, "")
    before: tuple[int, str] | None = None
    quoted = False
    for number, line in _lines(text):
        # What a cell of a table quotes is no record.
        inside = quoted
        if code in ROWS and line.count('"') % 2 == 1:
            quoted = not quoted and _OPENS.search(line) is not None
        if inside or not line.strip():
            continue
        if before is not None:
            mark = _mark(text, before[1], line, code)
            if mark:
                found.setdefault(mark, before)
                if len(found) > 1 and code in found:
                    break
        before = number, line
    text.encodings.clear()
    text.marks.clear()
    text.doubtful.clear()
    if set(found) <= {code}:
        return
    found.setdefault(code, (0, ""))
    (first, _), (second, (line_number, said)) = sorted(found.items(), key=lambda one: one[1][0])[:2]
    expected = phrased(TWO, first=names[first], second=names[second])
    raise InputError(
        Fault(text.path.name, line_number, "line", text.decoded(said).strip()[:60], expected)
    )


def _mark(text: Text, line: str, following: str, code: str) -> str:
    """The format whose record begins in a line; empty where none does."""
    if _SOME.search(line) is not None:
        for other, begins, goes_on in MARKS:
            found = begins.search(line)
            if found is None or goes_on.match(following) is None:
                continue
            if _stands(line[: found.start()]):
                return other
    if line[:1].isspace() or len(line) > LONGEST:
        return ""
    # A work of a table may be called "Title"; Embase writes its fields in capitals.
    rows = _CAPITALS.match(line) is not None if code == "csv" else code != "field_rows"
    rows = rows and not (code == "ris" and _RIS.match(line) is not None)
    if rows and field_rows.begins(f"{line}\n{following}\n"):
        return "field_rows"
    if code == "csv":
        return ""
    between = next((one for one in ("\t", ";", ",") if line.count(one) > 1), "")
    if not between or following.count(between) < line.count(between):
        return ""
    return "csv" if is_any_head(text.decoded(line), between) else ""


def _stands(before: str) -> bool:
    """Whether a record begins behind a part of a line: at its head, or where a file was glued on.

    A file is glued to the last letter of the one before, or to its end; behind a blank a text
    tells of a record.
    """
    return (
        not before.strip(_BLANK)
        or before[-1] not in " \t\u00a0"
        or _ENDED.match(before) is not None
    )


def _lines(text: Text) -> Iterator[tuple[int, str]]:
    """Number and text of the lines, an endless one in pieces; an empty one last."""
    number, rest = 1, ""
    for block in text.blocks():
        *whole, rest = re.split(r"\r\n|\n|\r(?!$)", rest + block)
        for one in whole:
            yield number, one
            number += 1
        if len(rest) > LONGEST:
            yield number, rest
            rest = rest[-200:]
    yield number, rest
    yield number, "-"
