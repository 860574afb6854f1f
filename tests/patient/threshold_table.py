"""Every comparison with a number in the shipped tables, read from their text alone."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import hilum.patient

SHIPPED = Path(hilum.patient.__file__).parent / "pathway"
WRITTEN = Path(__file__).parent / "thresholds.csv"
# Tables with conditions, the column that names a row, and the columns that hold conditions.
CONDITIONS = {
    "rules": ("rule_id", ("when", "holds")),
    "consistency": ("code", ("when",)),
    "derivations": ("fact", ("formula",)),
    "volumetry": ("name", ("when",)),
}
# What may stand before the sign: a fact, a count of facts, or anything in brackets.
ATOM = re.compile(r"(\w+(?:\([^()]*\))?|\)) *(>=|<=|==|!=|>|<) *(-?\d+(?:\.\d+)?)(?![\w.])")


class Threshold(NamedTuple):
    """One comparison: where it stands (``place`` is its number in the cell), and what it says."""

    table: str
    row: str
    column: str
    place: str
    left: str
    sign: str
    value: str


def shipped() -> Iterator[Threshold]:
    """The comparisons of the tables as they are shipped."""
    for table, (named, columns) in CONDITIONS.items():
        with (SHIPPED / f"{table}.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for column in columns:
                    for place, found in enumerate(ATOM.finditer(row[column] or "")):
                        left, sign, value = found.groups()
                        yield Threshold(table, row[named], column, str(place), left, sign, value)


def written() -> list[Threshold]:
    """The comparisons as they were written down beside the tests."""
    with WRITTEN.open(encoding="utf-8", newline="") as file:
        return [Threshold(**row) for row in csv.DictReader(file)]
