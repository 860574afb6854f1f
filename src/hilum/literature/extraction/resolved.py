"""Where extractors differ, a third word: an append-only file, the last row of a cell counts."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, Final

from hilum.literature.extraction.columns import PLACE, PROPOSAL, TABLES, Row
from hilum.literature.extraction.compare import differences, plain
from hilum.literature.extraction.rows import FIGURES, FOLDER, locator
from hilum.literature.review.lines import appended, head
from hilum.literature.review.state import rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hilum.literature.extraction.compare import Aligned, Difference
    from hilum.literature.extraction.rows import Tables

FILE: Final = f"{FOLDER}/resolved.csv"
KEEP, DROP = "keep", "drop"
PLACED: Final = (*PLACE, PROPOSAL, "locator")
"""Columns that say where a row was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """One row: of which cell (or of a whole row, where ``column`` is empty), which value.

    Of a row that only some extractors have, ``value`` is ``keep`` or ``drop``.
    """

    key: str
    column: str
    value: str
    by: str
    when: str = ""
    note: str = ""


HEAD: Final = tuple(one.name for one in fields(Resolution))


def line_of(one: Resolution) -> bytes:
    """The row as it is appended."""
    return appended(astuple(one))


def head_line() -> bytes:
    """The first line of the file."""
    return head(HEAD)


def read_resolutions(folder: Path) -> dict[tuple[str, str], Resolution]:
    """The last word on each cell and row."""
    return {
        (one.key, one.column): one
        for row in rows_of(folder / FILE)
        for one in (Resolution(**{name: row.get(name, "") for name in HEAD}),)
    }


def ruled(one: Aligned, said: Mapping[tuple[str, str], Resolution]) -> Row | None:
    """The row with what was resolved in it; None while a cell of it is open."""
    first: Row = dict(next(iter(one.rows.values())))
    for cell in differences([one]):
        word = said.get((one.key, cell.column))
        if word is None:
            return None
        first[cell.column] = word.value
    return first


def _place(one: Aligned, taken: Mapping[str, str]) -> Row:
    """Where what was resolved stands: of who read it so, in figures first; else every place."""
    decides = [name for name in taken if name in FIGURES] or [*taken]
    for row in one.rows.values():
        if all(plain(row.get(name, "")) == plain(taken[name]) for name in decides):
            return {name: row[name] for name in PLACED if name in row}
    pages = dict.fromkeys(row["page"] for row in one.rows.values())
    told = (f"{who}: {locator({**row, 'locator': ''})}" for who, row in one.rows.items())
    return {PROPOSAL: "", **({"locator": ""} if one.table == "results" else {})} | {
        "page": "; ".join(filter(None, pages)),
        "sentence": "; ".join(told),
    }


@dataclass(frozen=True, slots=True)
class Accepted:
    """What is settled, and what is not: open cells, and rows that too few have.

    ``keys`` names the rows of ``tables``, ``extractors`` by key who has them, ``settled`` the keys
    of what was resolved.
    """

    tables: Tables
    keys: dict[str, list[str]]
    open: tuple[Difference, ...]
    alone: tuple[Aligned, ...]
    extractors: dict[str, tuple[str, ...]]
    settled: frozenset[str]


def accepted(rows: list[Aligned], said: dict[tuple[str, str], Resolution], needed: int) -> Accepted:
    """Rows that as many extractors have and agree on, or that were resolved."""
    tables: Tables = {name: [] for name in TABLES}
    keys: dict[str, list[str]] = {name: [] for name in TABLES}
    open_: list[Difference] = []
    alone: list[Aligned] = []
    who: dict[str, tuple[str, ...]] = {}
    settled: set[str] = set()
    for one in rows:
        whole = said.get((one.key, ""))
        if whole is not None and whole.value == DROP:
            continue
        if len(one.rows) < needed and whole is None:
            alone.append(one)
            continue
        first: Row = dict(next(iter(one.rows.values())))
        left, taken = 0, dict[str, str]()
        for cell in differences([one]):
            ruled = said.get((one.key, cell.column))
            if ruled is None:
                open_.append(cell)
                left += 1
            else:
                taken[cell.column] = ruled.value
                settled.add(one.key)
        first |= _place(one, taken) | taken
        if whole is not None:
            settled.add(one.key)
        if not left:
            tables[one.table].append(first)
            keys[one.table].append(one.key)
            who[one.key] = tuple(one.rows)
    return Accepted(tables, keys, tuple(open_), tuple(alone), who, frozenset(settled))
