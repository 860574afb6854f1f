"""A table that was taken from the evidence keeps saying of what it is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

from hilum.analyses.evidence_rows import rows_of
from hilum.analyses.evidence_whence import followed
from hilum.errors import HilumError
from hilum.rendering.whence import whence_of
from hilum.web.pages.evidence import CELL, cell_of

if TYPE_CHECKING:
    from hilum.rendering.whence import Whence
    from hilum.web.asking import Ask

FROM: Final = "from"
"""The field of a form that holds the address of the cell."""


def source_of(ask: Ask) -> str:
    """The cell of an address, as a form carries it on."""
    return urlencode({name: ask.query[name] for name in CELL if ask.query.get(name)})


def whence(ask: Ask, source: str, text: str | None = None) -> Whence | None:
    """Of what a table is; None where it is of no cell, or has none of the cell's rows left.

    ``text`` is the table, as CSV under its own names, where it is known.
    """
    if not source:
        return None
    try:
        cell, answer = cell_of(replace(ask, query=dict(parse_qsl(source))))
    except HilumError:
        return None  # an address of an earlier record, or no address of hilum's
    rows = rows_of(cell.answer)
    after = None if text is None else followed(rows, text)
    if after is not None and not after.kept:
        return None
    return whence_of(cell, answer, rows, after, ask.words)
