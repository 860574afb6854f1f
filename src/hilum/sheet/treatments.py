"""Which modalities of the evidence each treatment on the board covers, from the pathway's table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from hilum.patient.tables import read_tables

if TYPE_CHECKING:
    from hilum.patient.records import Treatment as Row
    from hilum.patient.tables import Tables

# Treatments of no class of their own stand in this family.
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Treatment:
    """One treatment of the board: its id (as in the rules), names, family and modalities."""

    treatment: str
    label: str
    label_zh: str
    family: str
    modalities: tuple[str, ...]


def treatments(tables: Tables | None = None) -> tuple[Treatment, ...]:
    """Treatments in the order of the table; the shipped table when omitted."""
    return _treatments(tables or read_tables())


@cache
def _treatments(tables: Tables) -> tuple[Treatment, ...]:
    return tuple(
        Treatment(row.id, row.name_en, row.name_zh, _family(row), row.modalities)
        for row in tables.treatments.values()
    )


def _family(row: Row) -> str:
    """The first class, which is the narrowest."""
    return next((one for one in row.classes if one != "any"), OTHER)


@cache
def treatment_of(modality: str) -> str | None:
    """The treatment a single modality belongs to, or ``None`` (placebo, observation, ...)."""
    for treatment in treatments():
        if modality in treatment.modalities:
            return treatment.treatment
    return None
