"""Which modalities of the evidence each treatment on the board covers."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Treatment:
    """One line of the sheet: its id (as in the rules), English label, family and modalities."""

    treatment: str
    label: str
    family: str
    modalities: tuple[str, ...]


@cache
def treatments() -> tuple[Treatment, ...]:
    """Treatments in the order of the sheet."""
    text = files("hilum.board").joinpath("treatments.csv").read_text("utf-8")
    return tuple(
        Treatment(row["treatment"], row["label"], row["family"], tuple(row["modalities"].split()))
        for row in csv.DictReader(text.splitlines())
    )


@cache
def treatment_of(modality: str) -> str | None:
    """The treatment a single modality belongs to, or ``None`` (placebo, observation, ...)."""
    for treatment in treatments():
        if modality in treatment.modalities:
            return treatment.treatment
    return None
