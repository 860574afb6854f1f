"""Lines of an export, decoded one by one: what is UTF-8 as such, the rest as what it most is.

Databases glue their answers together, so that one file holds several encodings.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.bibliography.columns import renamed
from hilum.literature.bibliography.encodings import Choice, chosen, stated
from hilum.literature.bibliography.guessing import (
    guessed,
    is_spaced,
    is_utf8,
    is_western,
    looks_chinese,
)
from hilum.literature.bibliography.sheet import WORKBOOK, is_workbook, sheet_lines
from hilum.tabular.encoding import MARKS, UTF8
from hilum.tabular.not_text import not_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hilum.errors import Phrase

BLOCK: Final = 2**20
HEAD: Final = 2**16
CHINESE: Final = 0.9
"""Share of the lines that are no UTF-8 that has to be Chinese for the file to be."""
# Half characters that stand for bytes that were no UTF-8.
_ODD: Final = re.compile("[\udc80-\udcff]")
MARK: Final = "\ufeff"
# What a record or a file begins with, of the formats of lines and of BibTeX.
_RECORD: Final = re.compile(
    r"\s{0,3}TY {1,2}-|PMID-|PT [A-Z]\b|FN |%[0AT] |Record #\d|[ \t]*@[A-Za-z]+\s*[{(]"
)
_ENTRY: Final = re.compile(r"(?<!\n)\ufeff(?=[ \t]*@[A-Za-z])")
_SEPARATOR: Final = re.compile(rb'"?sep=[,;|\t]"?(?:\r\n|\n|\r)', re.IGNORECASE)
_FIRST: Final = re.compile(r"((?:[ \t]*[\r\n]+)*)([^\r\n]+)")
_WIDE: Final = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


@dataclass(slots=True)
class Text:
    """A file as text, read as it is asked for.

    Parameters
    ----------
    path : Path
    encodings : Counter of str
        Lines beyond ASCII by their encoding, filled while they are read.
    chinese : bool
        What is no UTF-8 in the file is Chinese as a whole.
    choice : Choice | None
        What is no UTF-8 in the file is in this encoding of another script.
    codec : str
        Of the file, from its byte order mark.
    marks : list of int
        Lines with a byte order mark, where another file was glued on; 0 for one of a format
        without lines. Filled while they are read.
    doubtful : list of int
        Lines whose encoding is a guess, filled while they are read; 0 for one of a
        format without lines.
    sheet : tuple of (int, str)
        Rows of a workbook as lines of CSV; none of a file of text.
    asides : tuple of Phrase
        What a reader of the workbook has to be told.
    spoilt : dict of int to str
        Rows of a workbook that cannot be read, with what was expected of them.
    columns : dict of str to str
        By field the column of a table that holds it, where a person named it.
    skipped : int
        Lines before the first: Excel's ("sep=;"), which says what stands between cells.
    """

    path: Path
    encodings: Counter[str] = field(default_factory=Counter[str])
    chinese: bool = False
    choice: Choice | None = None
    codec: str = "utf-8"
    mark: int = 0
    doubtful: list[int] = field(default_factory=list[int])
    marks: list[int] = field(default_factory=list[int])
    sheet: tuple[tuple[int, str], ...] = ()
    asides: tuple[Phrase, ...] = ()
    spoilt: dict[int, str] = field(default_factory=dict[int, str])
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    skipped: int = 0

    def lines(self) -> Iterator[tuple[int, str]]:
        """Number (from 1) and text of each line, without its end (Unix, Windows or old Mac)."""
        first = bool(self.columns)
        for number, line in self._lines():
            if first and line.strip():
                first = False
                yield number, renamed(line, self.columns, self.path.name, number)
            else:
                yield number, line

    def _lines(self) -> Iterator[tuple[int, str]]:
        if self.sheet:
            yield from self.sheet
            return
        try:
            with self.path.open("rb") as raw:
                raw.read(self.mark)
                file = io.TextIOWrapper(raw, self.codec, "surrogateescape", newline=None)
                first = ""
                for number, line in enumerate(file, 1 + self.skipped):
                    whole = line.removesuffix("\n")
                    first = first or whole.strip().lstrip(MARK)
                    for one in [whole] if MARK not in whole else self._apart(whole, number, first):
                        yield number, self._said(one, number)
        except UnicodeDecodeError as error:
            raise InputError(self._fault(error)) from None
        except OSError as error:
            raise InputError(unreadable(self.path, error)) from None

    def blocks(self) -> Iterator[str]:
        """The text in blocks, for formats without lines."""
        first = bool(self.columns)
        for block in self._blocks():
            begins = _FIRST.match(block) if first else None
            if begins is None:
                yield block
                continue
            first = False
            line = renamed(begins[2], self.columns, self.path.name, begins[1].count("\n") + 1)
            yield begins[1] + line + block[begins.end() :]

    def _blocks(self) -> Iterator[str]:
        if self.sheet:
            yield "\n".join(line for _, line in self.sheet)
            return
        try:
            with self.path.open("rb") as raw:
                raw.read(self.mark)
                file = io.TextIOWrapper(raw, self.codec, "surrogateescape", newline="")
                begun = False
                while block := file.read(BLOCK):
                    while block.endswith(MARK) and (more := file.read(1)):
                        block += more
                    if begun:
                        glued = MARK in block
                    else:
                        glued, block = MARK in block.lstrip(MARK), block.lstrip(MARK)
                    begun = True
                    if glued:
                        self.marks.append(0)
                        block = _ENTRY.sub("\n", block).replace(MARK, "")
                    yield block
        except UnicodeDecodeError as error:
            raise InputError(self._fault(error)) from None
        except OSError as error:
            raise InputError(unreadable(self.path, error)) from None

    def _apart(self, line: str, number: int, first: str) -> Iterator[str]:
        """The lines of one with byte order marks: each begins a file, or says nothing."""
        now, *rest = line.split(MARK)
        for place, one in enumerate(rest):
            begins = place == 0 and not now.strip()
            if begins or one.startswith(first) or _RECORD.match(one) is not None:
                if now.strip():
                    yield now
                if number > 1 or now.strip():
                    self.marks.append(number)
                now = one
            else:
                now += one
        yield now

    def decoded(self, text: str) -> str:
        """A piece of :meth:`blocks` with its odd bytes decoded line by line."""
        if text.isascii() or (not self.chinese and _ODD.search(text) is None):
            if not text.isascii():
                self.encodings[UTF8] += 1
            return text
        return "\n".join(self._said(line) for line in text.split("\n"))

    def _said(self, line: str, number: int = 0) -> str:
        if line.isascii():
            return line
        odd = _ODD.search(line) is not None
        if not odd and not self.chinese:
            self.encodings[NAMES.get(self.codec, UTF8)] += 1
            return line
        data = line.encode("utf-8", "surrogateescape")
        if odd and self.choice is not None and (self.choice.stated or not is_western(data)):
            told = self.choice.text(data)
            if told is not None:
                self.encodings[self.choice.encoding.name] += 1
                if not self.choice.sure:
                    self.doubtful.append(number)
                return told
        name, text, sure = guessed(data, self.chinese)
        self.encodings[name] += 1
        if not sure:
            self.doubtful.append(number)
        return text

    def _fault(self, error: UnicodeDecodeError) -> Fault:
        name = NAMES.get(self.codec, UTF8)
        expected = phrased("{name}, as its byte order mark says", name=name)
        return Fault(self.path.name, None, "file", f"byte {error.start}", expected)


NAMES: Final = {codec: name for _, codec, name in MARKS}


def opened(path: Path, columns: Mapping[str, str] | None = None) -> Text:
    """A file as text, its byte order mark and the language of its odd bytes looked at.

    ``columns`` are those of a table that a person named, by their field.

    Raises
    ------
    InputError
        A file that cannot be read, or with zero bytes and no mark.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            found = Text(path, columns=columns or {})
            for mark, codec, _ in MARKS:
                if head.startswith(mark):
                    found.codec, found.mark = codec, len(mark)
                    break
            if head.startswith(WORKBOOK) and (
                path.suffix.lower() in (".xlsx", ".xlsm") or is_workbook(file)
            ):
                found.sheet, found.asides, found.spoilt = sheet_lines(path)
                if not found.sheet:
                    expected = "a file with references: the file is empty"
                    raise InputError(Fault(path.name, None, "file", "", expected))
                return found
            if found.codec not in _WIDE and b"\x00" in head[:4096]:
                raise InputError(not_text(head, path.name))
            excel = _SEPARATOR.match(head, found.mark) if found.codec == "utf-8" else None
            if excel is not None:
                found.mark, found.skipped = excel.end(), 1
            file.seek(0)
            odd = _odd_lines(file) if found.codec == "utf-8" else []
            if odd:
                found.choice = stated(head) or chosen(one for one in odd if not is_spaced(one))
            if found.choice is None:
                found.chinese = bool(odd) and sum(map(looks_chinese, odd)) >= CHINESE * len(odd)
    except OSError as error:
        raise InputError(unreadable(path, error)) from None
    return found


def _odd_lines(file: BinaryIO) -> list[bytes]:
    """Lines that are no UTF-8, enough to know their language; those cut by a block left out."""
    odd: list[bytes] = []
    size, first = 0, True
    while size < HEAD and (block := file.read(BLOCK)):
        pieces = re.split(rb"[\r\n]+", block)
        pieces = pieces[0 if first else 1 : len(pieces) - (len(block) == BLOCK)]
        first = False
        for line in pieces:
            if not line.isascii() and not is_utf8(line):
                odd.append(line)
                size += len(line)
    return odd


def unreadable(path: Path, error: OSError) -> Fault:
    """The fault of a file that cannot be read."""
    reason = error.strerror or type(error).__name__
    return Fault(
        path.name, None, "file", path.name, phrased("a readable file ({value})", value=reason)
    )


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes.

    Raises
    ------
    InputError
        It cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(unreadable(path, error)) from None
