"""The tables that an extractor fills: the columns of the evidence, and where each row was read.

``page`` and ``sentence`` say where; ``record_id`` which reports a study has (semicolons between);
``not_reported`` which columns and outcomes were looked for and are not in the text; ``proposal`` is
the id of the proposal that a row was taken from, empty for what a person typed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hilum.evidence.records import Arm, Result, Study
from hilum.evidence.vocabulary import RESPONSES, SURVIVALS

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

PLACE: Final = ("page", "sentence")
NOT_REPORTED: Final = "not_reported"
PROPOSAL: Final = "proposal"
Row = dict[str, str]


class Given(Row):
    """A row as it was given: of which file, in which line (None where that is not known)."""

    def __init__(self, cells: Row, file: str, line: int | None) -> None:
        """The cells, and where they stand."""
        super().__init__(cells)
        self.file, self.line = file, line


UNSAID: Final = {
    "figure_kind": "estimate", "criteria_class": "not_stated", "unit_of_n": "patients",
}  # fmt: skip
MARKED: Final = {"comparator_arm_id": "vs {}", "subgroup": "in {}", "time_months": "at {}"}


@dataclass(frozen=True, slots=True)
class Table:
    """One table.

    Parameters
    ----------
    name : str
    columns : tuple of str
        Those of the evidence.
    extra : tuple of str
        Those of the extraction.
    key : tuple of str
        What a row is known by.
    compared : tuple of str
        Columns on which two extractors are held against each other: no ids, no remarks.
    usual : dict
        What an empty cell is taken for, by the row.
    """

    name: str
    columns: tuple[str, ...]
    extra: tuple[str, ...]
    key: tuple[str, ...]
    compared: tuple[str, ...]
    usual: dict[str, Callable[[Row], str]]

    @property
    def head(self) -> tuple[str, ...]:
        """All columns of the file."""
        return (*self.columns, *self.extra)

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}.csv"

    def said_of(self, row: Row) -> str:
        """The key as lists name it: what is empty or goes without saying left out."""
        parts: list[str] = [self.name]
        for one in self.key:
            cell = row.get(one, "")
            if cell and cell != UNSAID.get(one):
                parts.append(MARKED.get(one, "{}").format(cell))
        return "/".join(parts)

    def key_of(self, row: Row) -> tuple[str, ...]:
        """What the row is known by."""
        return tuple(row.get(one, "") for one in self.key)

    def mark_of(self, row: Row) -> str:
        """The key in few letters, for a place that takes no other."""
        return hashlib.sha256("\n".join((self.name, *self.key_of(row))).encode()).hexdigest()[:16]


def _columns(record: type[BaseModel], *without: str) -> tuple[str, ...]:
    fields: Any = record.model_fields
    names = [one.alias or key for key, one in fields.items() if key != "row"]
    return tuple(one for one in names if one not in without)


_IDS: Final = ("study_id", "arm_id", "comparator_arm_id", "record_id")
_REMARKS: Final = ("notes", "locator", "source", "verify", "description", "derived", "cohort_of",
                   "cohort_basis", "codes_known", "read_from")  # fmt: skip


def _compared(columns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in columns if one not in (*_IDS, *_REMARKS))


def _fixed(value: str) -> Callable[[Row], str]:
    return lambda _: value


_STUDY, _ARM = _columns(Study), _columns(Arm)
_RESULT = _columns(Result, "result_id")
TABLES: Final = {
    one.name: one
    for one in (
        Table(
            "studies", _STUDY, ("record_id", *PLACE, NOT_REPORTED, PROPOSAL), ("study_id",),
            _compared(_STUDY),
            {
                "read_from": _fixed("full_text"),
                "source": lambda row: row.get("doi", "") or row.get("pmid", "")
                or row.get("record_id", ""),
            },
        ),
        Table(
            "arms", _ARM, (*PLACE, NOT_REPORTED, PROPOSAL), ("study_id", "arm_id"),
            _compared(_ARM),
            {
                name: _fixed("not_stated") for name in ("line", "site", "grade_scope", "selection")
            },
        ),
        Table(
            "results", _RESULT, (*PLACE, PROPOSAL),
            ("study_id", "arm_id", "comparator_arm_id", "subgroup", "outcome", "measure",
             "figure_kind", "time_months", "criteria_class", "severity", "unit_of_n"),
            _compared(_RESULT),
            {
                "figure_kind": _fixed("estimate"),
                "unit_of_n": _fixed("patients"),
                "n_from": lambda row: "row" if row.get("n") else "none",
                "criteria_class": lambda row: "not_stated"
                if row.get("outcome") in RESPONSES else "",
                "from": lambda row: "not_stated" if row.get("outcome") in SURVIVALS else "",
                "source": lambda row: row.get("source", ""),
            },
        ),
    )
}  # fmt: skip
"""Tables by their name."""
