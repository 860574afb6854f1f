"""Small faults put into source and tables, one at a time: signs, numbers, and, or, not, True."""

from __future__ import annotations

import csv
import io
import keyword
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

SIGNS: Final = {">=": ">", "<=": "<", ">": ">=", "<": "<=", "==": "!=", "!=": "=="}
WORDS: Final = {
    "and": "or",
    "or": "and",
    "True": "False",
    "False": "True",
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
}
# Comparisons in a condition of a table.
CELL: Final = re.compile(r"(>=|<=|==|!=|(?<![<>=!])[<>](?!=))|(?<![\w.])(\d+(?:\.\d+)?)(?![\w.])")
# Columns of tables that hold conditions, or a limit.
COLUMNS: Final = {"when", "holds", "formula", "value"}

Key = tuple[str, str, str, str, int]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file's text with one fault; ``line`` is what it was in, as it stood.

    ``nth`` of those ``before`` in its line is the one that was changed, from 1.
    """

    file: str
    number: int
    line: str
    before: str
    after: str
    text: str
    nth: int = 1

    @property
    def key(self) -> Key:
        """What tells it from others, whatever stands above it in the file."""
        return self.file, self.line.strip(), self.before, self.after, self.nth


def mutants(file: str, text: str) -> Iterator[Mutant]:
    """Every mutant of a file."""
    yield from (_of_table if file.endswith(".csv") else _of_source)(file, text)


def _of_source(file: str, text: str) -> Iterator[Mutant]:
    lines = text.splitlines(keepends=True)
    seen: Counter[tuple[int, str]] = Counter()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        after = _changed(token)
        line = token.line
        # Decorators and imports say how a thing is made, not what it does.
        if after is None or line.lstrip().startswith(("@", "from ", "import ")):
            continue
        row, column = token.start
        seen[row, token.string] += 1
        old = lines[row - 1]
        new = old[:column] + after + old[token.end[1] :]
        whole = "".join([*lines[: row - 1], new, *lines[row:]])
        yield Mutant(
            file, row, old.rstrip("\n"), token.string, after, whole, seen[row, token.string]
        )


def _changed(token: tokenize.TokenInfo) -> str | None:
    if token.type == tokenize.OP:
        return SIGNS.get(token.string)
    if token.type == tokenize.NAME:
        if token.string == "not" and " in " not in token.line and "is not" not in token.line:
            return ""
        word = WORDS.get(token.string)
        called = f"{token.string}(" in token.line.replace(" ", "")
        return word if keyword.iskeyword(token.string) or called else None
    if token.type == tokenize.NUMBER:
        return _next(token.string)
    return None


def _next(number: str) -> str | None:
    """Another number of the same kind."""
    if number.isdigit():
        return str(int(number) + 1)
    try:
        return repr(2 * float(number) or 1.0)
    except ValueError:
        return None


def _of_table(file: str, text: str) -> Iterator[Mutant]:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    places = [i for i, name in enumerate(rows[0]) if name in COLUMNS]
    for number, row in enumerate(rows[1:], start=2):
        for place in places:
            seen: Counter[str] = Counter()
            for found in CELL.finditer(row[place]):
                before = found.group()
                seen[before] += 1
                after = SIGNS.get(before) or _next(before) or before
                cell = row[place][: found.start()] + after + row[place][found.end() :]
                made = [*rows[: number - 1], [*row[:place], cell, *row[place + 1 :]]]
                out = io.StringIO(newline="")
                csv.writer(out, lineterminator="\n").writerows([*made, *rows[number:]])
                line = f"{row[0]}: {row[place]}"
                yield Mutant(file, number, line, before, after, out.getvalue(), seen[before])
