"""A labelled set for a replay: titles, abstracts and what somebody decided, from a CSV file."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from io import StringIO
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.screening.bytes_read import text_of
from hilum.records import nearest
from hilum.tabular.encoding import read_bytes
from hilum.tabular.quoting import MOST, SHOWN, rows_in

if TYPE_CHECKING:
    from pathlib import Path

DELIMITERS: Final = ",;\t|"
# Rayyan keeps decisions in its notes: RAYYAN-INCLUSION: {"Anna"=>"Included"}.
RAYYAN: Final = re.compile(r"RAYYAN-INCLUSION:\s*\{([^}]*)\}")
SAID: Final = re.compile(r'=>\s*"([^"]*)"')
MEANINGS: Final = {"relevant": True, "irrelevant": False, "none": None}


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Records with a decision, in the file's order.

    Parameters
    ----------
    file : str
        Its name.
    label : str
        The column that the decisions are from.
    others : tuple of str
        Further columns that hold decisions.
    ids, titles, abstracts : tuple of str
    relevant : tuple of bool
    duplicates : tuple of (int, int)
        Places of a record and of the one that it says it doubles.
    undecided : int
        Records without a decision: they are not replayed.
    not_utf8 : int
        Lines that are no UTF-8.
    encoding : str
        What those were read as.
    faults : tuple of Fault
        Rows that could not be kept, or not whole.
    """

    file: str
    label: str
    others: tuple[str, ...]
    ids: tuple[str, ...]
    titles: tuple[str, ...]
    abstracts: tuple[str, ...]
    relevant: tuple[bool, ...]
    duplicates: tuple[tuple[int, int], ...]
    undecided: int
    not_utf8: int
    encoding: str
    faults: tuple[Fault, ...]

    @property
    def doubles(self) -> dict[int, tuple[int, ...]]:
        """Places of the records that are read with a record; doubles decided otherwise are not."""
        groups = {at: at for at in range(len(self.ids))}
        for at, first in self.duplicates:
            if self.relevant[at] == self.relevant[first]:
                old, new = groups[at], groups[first]
                groups |= {one: new for one, group in groups.items() if group == old}
        members: dict[int, list[int]] = {}
        for at, group in groups.items():
            members.setdefault(group, []).append(at)
        return {
            at: tuple(one for one in group if one != at)
            for group in members.values()
            if len(group) > 1
            for at in group
        }


@cache
def known(table: str) -> dict[str, str]:
    """A table of two columns that is shipped beside this module."""
    text = (resources.files("hilum.literature.screening") / f"{table}.csv").read_text("utf-8")
    return dict(list(csv.reader(StringIO(text)))[1:])


def read_labelled(path: Path, label: str | None = None) -> LabelledSet:
    """Read a labelled set; a row that cannot be read is listed and the others are kept.

    Parameters
    ----------
    path : Path
    label : str, optional
        The column of the decisions; by default the first of the known ones that is there.

    Raises
    ------
    InputError
        No such file, no title, no column of decisions, a decision that nobody knows.
    """
    if not path.is_file():
        raise InputError(Fault(path.name, None, "file", str(path), "an existing CSV file"))
    text, not_utf8, encoding = text_of(read_bytes(path), path.name)
    head, rows, unread = _rows(path.name, text)
    if unread and not head:
        raise InputError(*unread[:MOST])
    columns = _columns(path.name, head, rows, label)
    found = _set(path.name, head, rows, columns, not_utf8, encoding)
    return replace(found, faults=(*found.faults, *unread))


Rows = list[tuple[int, list[str]]]


def _rows(file: str, text: str) -> tuple[list[str], Rows, list[Fault]]:
    """The head, the rows that hold something with the line on which each ends, and the others."""
    text = text.replace("\0", "")
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    rows: Rows = []
    faults: list[Fault] = []
    for row in rows_in(text, delimiter):
        if row.fault:
            faults.append(Fault(file, row.line, "row", row.text[:SHOWN].strip(), row.fault))
        else:
            rows.append((row.last, list(row.cells)))
    if not rows or (faults and (faults[0].row or 0) < rows[0][0]):
        return [], [], faults
    return [cell.strip() for cell in rows[0][1]], rows[1:], faults


def _bare(head: str) -> str:
    return " ".join(head.strip().lower().split())


def _columns(file: str, head: list[str], rows: Rows, label: str | None) -> dict[str, list[int]]:
    """Places of the columns by what they hold; those of decisions with the asked one first."""
    heads, bare = known("heads"), [_bare(one) for one in head]
    found: dict[str, list[int]] = {what: [] for what in heads.values()}
    for name, what in heads.items():
        found[what] += [at for at, one in enumerate(bare) if one == name]
    listed = ", ".join(head)
    faults: list[Fault] = []
    if not found["title"] and not found["abstract"]:
        wanted = phrased("a column of titles; there are: {header}", header=listed)
        faults.append(Fault(file, 1, "title", "", wanted))
    if label is not None:
        asked = [at for at, one in enumerate(head) if label in (one, bare[at])]
        if not asked:
            hint = nearest(label, head, 3)
            wanted = phrased("one of {header}{hint}", header=listed, hint=hint)
            faults.append(Fault(file, 1, "label", label, wanted))
        found["label"] = asked + [at for at in found["label"] if at not in asked]
    elif not found["label"]:
        found["label"] = _from_notes(rows, found["notes"]) or _telling(rows, len(head))
        if not found["label"]:
            wanted = phrased("a column of decisions (name it); there are: {header}", header=listed)
            faults.append(Fault(file, 1, "label", "", wanted))
    if faults:
        raise InputError(*faults)
    return found


def _cell(row: list[str], at: int) -> str:
    return row[at].strip() if at < len(row) else ""


def _from_notes(rows: Rows, notes: list[int]) -> list[int]:
    """The notes, where they hold decisions as Rayyan exports them."""
    return [at for at in notes if any(RAYYAN.search(_cell(row, at)) for _, row in rows)]


def _telling(rows: Rows, n: int) -> list[int]:
    """The one column whose cells are all decisions of both kinds; none where there are several."""
    decisions = known("labels")
    said: list[int] = []
    for at in range(n):
        cells = {decisions.get(_cell(row, at).lower()) for _, row in rows}
        if cells <= {"relevant", "irrelevant", "none"} and {"relevant", "irrelevant"} <= cells:
            said.append(at)
    return said if len(said) == 1 else []


def decision(cell: str) -> bool | None:
    """What a cell of decisions says; None for none.

    Raises
    ------
    ValueError
        Nothing that is known.
    """
    notes = RAYYAN.search(cell)
    if notes:
        said = {decision(one) for one in SAID.findall(notes[1])}
        # Reviewers who disagree have not decided.
        return said.pop() if len(said) == 1 else None
    if "RAYYAN-" in cell:
        return None
    meaning = known("labels").get(" ".join(cell.strip().lower().split()))
    if meaning is None:
        raise ValueError(cell)
    return MEANINGS[meaning]


def _set(
    file: str,
    head: list[str],
    rows: Rows,
    columns: dict[str, list[int]],
    not_utf8: int,
    encoding: str,
) -> LabelledSet:
    label = columns["label"][0]
    notes = any(RAYYAN.search(_cell(row, label)) for _, row in rows)

    def text(row: list[str], what: str) -> str:
        return next((cell for at in columns[what] if (cell := _cell(row, at))), "")

    kept: list[tuple[str, str, str, bool, str]] = []
    faults: list[Fault] = []
    wrong: list[Fault] = []
    undecided = 0
    for line, row in rows:
        if len(row) != len(head):
            said = phrased("{number} cells as in the header", number=len(head))
            faults.append(Fault(file, line, "row", f"{len(row)} cells", said))
        cell = _cell(row, label)
        try:
            # A note that holds no decision is none.
            told = None if notes and not RAYYAN.search(cell) else decision(cell)
        except ValueError:
            wrong.append(
                Fault(file, line, head[label], cell[:40], "yes or no, 1 or 0, included or excluded")
            )
            continue
        if told is None:
            undecided += 1
            continue
        kept.append(
            (
                text(row, "record_id") or str(len(kept) + 1),
                text(row, "title"),
                text(row, "abstract"),
                told,
                text(row, "duplicate_of"),
            )
        )
    if wrong:
        raise InputError(*wrong[:MOST])
    places = {one[0]: at for at, one in reversed(list(enumerate(kept)))}
    return LabelledSet(
        file=file,
        label=head[label],
        others=tuple(head[at] for at in columns["label"][1:]),
        ids=tuple(one[0] for one in kept),
        titles=tuple(one[1] for one in kept),
        abstracts=tuple(one[2] for one in kept),
        relevant=tuple(one[3] for one in kept),
        duplicates=tuple(
            (at, places[one[4]])
            for at, one in enumerate(kept)
            if one[4] in places and places[one[4]] != at
        ),
        undecided=undecided,
        not_utf8=not_utf8,
        encoding=encoding,
        faults=tuple(faults),
    )
