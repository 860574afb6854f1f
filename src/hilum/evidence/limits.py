"""Limits of the checks between cells: each a row of ``limits.csv`` with its column and reason."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit, where it holds and why.

    Attributes
    ----------
    limit, value, unit : str, float, str
        Its name, how much, of what.
    column : str
        Table and column of the cell that is a fault beyond it.
    standing : str
        ``decision`` where hilum set it, else the specification that has it.
    reason : str
        Why it is so much.
    """

    limit: str
    value: float
    unit: str
    column: str
    standing: str
    reason: str


def _read() -> dict[str, Limit]:
    text = files("hilum.evidence").joinpath("limits.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return {
        row["limit"]: Limit(
            row["limit"], float(row["value"]), row["unit"], row["column"], row["standing"],
            row["reason"],
        )
        for row in rows
    }  # fmt: skip


LIMITS: Final = _read()
"""Every limit by its name; a new one is one row."""


def limit(name: str) -> float:
    """How much a limit is."""
    return LIMITS[name].value
