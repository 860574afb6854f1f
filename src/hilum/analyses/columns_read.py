"""Which columns of a user's table an analysis read, and which it left unread."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from hilum.tabular.columns import bare

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from hilum.analyses.tables import Table

_FOLLOWED: Final[ContextVar[tuple[set[str], ...]]] = ContextVar("followed", default=())


@contextmanager
def following() -> Generator[set[str]]:
    """The names of columns that are read inside, of any table, under the analysis's own names."""
    seen: set[str] = set()
    token = _FOLLOWED.set((*_FOLLOWED.get(), seen))
    try:
        yield seen
    finally:
        _FOLLOWED.reset(token)


def read(column: str) -> None:
    """Note that a column is read."""
    for seen in _FOLLOWED.get():
        seen.add(column)


def left_unread(table: Table, seen: Iterable[str]) -> tuple[str, ...]:
    """Columns that nothing read, as the file names them; none that is a known label of studies."""
    before, read_ones = dict(table.renamed), set(seen)
    return tuple(
        before.get(name, name)
        for name in table.header
        if name and name not in read_ones and bare(before.get(name, name)) not in _labels()
    )


@cache
def _labels() -> frozenset[str]:
    """Names of columns that say which study a row is; the table is ``labels.csv`` of tabular."""
    text = files("hilum.tabular").joinpath("labels.csv").read_text("utf-8")
    return frozenset(bare(row["name"]) for row in csv.DictReader(text.splitlines()))
