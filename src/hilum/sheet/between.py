"""Two states of one patient: what is not the same, and why, by the rules and record of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.patient.case import read_case
from hilum.patient.tables import read_tables
from hilum.sheet.build import board
from hilum.sheet.changes import changes_since
from hilum.sheet.older import older_sheet

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from hilum.evidence import Evidence
    from hilum.sheet.sheet import Sheet


def between(
    older: Mapping[str, object],
    newer: Mapping[str, object],
    evidence: Evidence,
    days: tuple[dt.date, dt.date],
) -> Sheet:
    """The sheet of the newer state with what changed since the older one.

    Parameters
    ----------
    days : pair of date
        When each of them was kept.
    """
    tables = read_tables()
    past = board(older, evidence, today=days[0]).model_dump(mode="json")
    sheet = board(newer, evidence, today=days[1])
    found = changes_since(older_sheet(past, tables), sheet, read_case(newer, tables=tables), tables)
    return sheet.model_copy(update={"changes": found})
