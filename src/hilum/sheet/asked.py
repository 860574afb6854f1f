"""The patient as a question to the evidence: primary site, grade and line, by a table."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from hilum.patient.complete import complete
from hilum.patient.tables import read_tables
from hilum.sheet.sheet_cells import AskedPart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.patient import Case
    from hilum.patient.tables import Tables

# Nearly every series is of well differentiated tumours; a site or a line may stay open.
UNKNOWN = {"site": "any", "grade": "G1-2", "line": "any"}


@cache
def _table() -> tuple[tuple[str, str, str, str, str], ...]:
    text = files("hilum.sheet").joinpath("asked.csv").read_text("utf-8")
    return tuple(
        (row["attribute"], row["from"], row["to"], row["part"], row["code"])
        for row in csv.DictReader(text.splitlines())
    )


def asked_of(case: Case | None, tables: Tables | None = None) -> AskedPart:
    """What the figures are asked for; anybody's where there is no case.

    Facts that follow count as known: a grade from Ki-67, a line from earlier treatments.
    """
    found: dict[str, str] = {}
    if case is not None:
        known = complete(case.given, tables or read_tables()).facts
        for attribute, start, end, part, code in _table():
            value = known.get(attribute)
            if value is not None and _within(value, start, end):
                found[part] = code
    return AskedPart(
        **(UNKNOWN | found),
        not_known=[] if case is None else [part for part in UNKNOWN if part not in found],
    )


def _within(value: object, start: str, end: str) -> bool:
    """Whether a fact is a word of the table, or a number from its start to its end, if any."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(start) <= value and (not end or value <= float(end))
    return str(value) == start


def attributes_asked() -> Iterable[str]:
    """The attributes that the question reads."""
    return dict.fromkeys(attribute for attribute, *_ in _table())
