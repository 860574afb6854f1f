"""What of a workbook is not seen on the screen, or was not read: said, never used in silence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hilum.errors import Phrase, phrased

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree.ElementTree import Element

TRUE = ("1", "true")
# States of a sheet that is not shown.
UNSEEN = ("hidden", "veryHidden")
MOST_NAMED = 20
ROWS = "read although hidden: row {rows}"
COLUMNS = "read although hidden: column {columns}"
SHEETS = "sheet {read} read, not {left}"
HIDDEN_SHEETS = "sheet {read} read, not {left} (hidden)"
HIDDEN_SHEET = "read although hidden: sheet {read}"
SAID = (ROWS, COLUMNS, SHEETS, HIDDEN_SHEETS, HIDDEN_SHEET)


def column_name(number: int) -> str:
    """The letters of a column, the first being 1."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name


@dataclass(slots=True)
class Hidden:
    """Numbers of hidden rows, and first and last column of hidden spans, as they are met."""

    rows: list[int] = field(default_factory=list[int])
    spans: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])

    def said(self, held: Sequence[int], width: int) -> tuple[Phrase, ...]:
        """A sentence for rows and one for columns that hold something and are hidden."""
        known = set(held)
        rows = [str(one) for one in self.rows if one in known]
        columns = [
            column_name(one)
            for one in range(1, width + 1)
            if any(first <= one <= last for first, last in self.spans)
        ]
        found: list[Phrase] = []
        if rows:
            found.append(phrased(ROWS, rows=_named(rows)))
        if columns:
            found.append(phrased(COLUMNS, columns=_named(columns)))
        return tuple(found)


def sheets_said(sheets: Sequence[Element]) -> tuple[Phrase, ...]:
    """Which of several sheets was read, and which were not; and whether it is hidden."""
    (read, hidden), *others = [
        (one.get("name") or "", one.get("state") in UNSEEN) for one in sheets
    ]
    seen = [name for name, off in others if not off]
    unseen = [name for name, off in others if off]
    found: list[Phrase] = []
    if seen:
        found.append(phrased(SHEETS, read=repr(read), left=_quoted(seen)))
    if unseen:
        found.append(phrased(HIDDEN_SHEETS, read=repr(read), left=_quoted(unseen)))
    if hidden:
        found.append(phrased(HIDDEN_SHEET, read=repr(read)))
    return tuple(found)


def _quoted(names: Sequence[str]) -> str:
    return _named([repr(name) for name in names])


def _named(words: Sequence[str]) -> str:
    more = ", ..." if len(words) > MOST_NAMED else ""
    return ", ".join(words[:MOST_NAMED]) + more
