"""The half of a sheet that rests on the rules, without a figure: for a form that answers at once.

The record is not read, so that it takes milliseconds; words and order are those of the sheet.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from hilum._version import __version__
from hilum.patient.case import Case, read_case
from hilum.patient.tables import read_tables
from hilum.patient.verdict import verdicts
from hilum.sheet.asked import asked_of
from hilum.sheet.sheet import CasePart, Made, Option, Sheet
from hilum.sheet.verdict_part import verdict_part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.patient.tables import Tables


def judged(case: Case | Mapping[str, object], tables: Tables | None = None) -> Sheet:
    """A sheet with verdicts, reasons, facts and what would change them; figures are left out.

    Raises
    ------
    InputError
        The case has no table of facts.
    """
    tables = tables or read_tables()
    patient = case if isinstance(case, Case) else read_case(case, tables=tables)
    part = verdict_part(patient, verdicts(patient, tables))
    names = (
        *("patient", "resectability", "would_change", "before", "to_check", "contradictions"),
        *("not_used", "to_confirm", "nobody_open", "facts", "derived", "assumed", "unread"),
        *("switched_off", "rules_folder"),
    )
    return Sheet.model_construct(
        hilum_version=__version__,
        made=Made(
            date=dt.datetime.now(tz=dt.UTC).astimezone().date().isoformat(),
            evidence_hash="",
            rules_hash=tables.content_hash,
            case_hash=patient.content_hash,
        ),
        case=CasePart(
            name=patient.name,
            id=patient.id or None,
            date=patient.date.isoformat() if patient.date else None,
            question=patient.question or None,
        ),
        own_rows={name: [dict(row) for row in rows] for name, rows in tables.own_rows.items()},
        asked=asked_of(patient, tables),
        options=[
            Option.model_construct(**dict(one), outcomes={}, survival=None, combinations=[])
            for one in part.options
        ],
        families=[],
        **{name: getattr(part, name) for name in names},
    )
