"""The error family of hilum, drawn once.

::

    HilumError
    ├── InputError      a file, row, column or value is not what was expected
    ├── NotEstimable    the data cannot answer the question asked
    │   ├── UnknownCode     no record has this code (a measure, an estimator, a kind of plot)
    │   └── OutOfRange      a row whose values cannot be
    ├── Stopped         somebody asked a long analysis to stop
    ├── NotConverged    an iterative fit did not reach its optimum
    └── MissingExtra    an optional dependency or system library is absent
"""

from __future__ import annotations

from dataclasses import dataclass


class HilumError(Exception):
    """Any error hilum raises on purpose; the command line prints it without a traceback."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault found in an input: where it is, what was seen, what was expected.

    Parameters
    ----------
    file : str
        Name of the file (or ``"<case>"`` for values given in Python).
    row : int or None
        Line of the file, the header being line 1; ``None`` when the fault is not in one row.
    column : str
        Column or key.
    value : str
        The value as written.
    expected : str
        What would have been accepted, with a suggestion where one is near.
    """

    file: str
    row: int | None
    column: str
    value: str
    expected: str

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}:{self.row}"
        told = f"{self.column}: {self.value!r}: expected {self.expected}"
        return f"{place}: {told}" if place else told


class InputError(HilumError):
    """An input is not what was expected; carries every fault found, not only the first."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class NotEstimable(HilumError):
    """The data cannot answer the question asked (no study, no information, collinear columns)."""


class UnknownCode(NotEstimable):
    """No record has the code asked for; ``known`` lists those there are."""

    def __init__(self, name: str, code: str, known: tuple[str, ...]) -> None:
        super().__init__(f"{name} {code!r}: expected one of {', '.join(known)}")
        self.name, self.code, self.known = name, code, known


class OutOfRange(NotEstimable):
    """A row of an array that cannot be: its place (from 0), its values by column, the rule."""

    def __init__(self, row: int, values: dict[str, float], expected: str) -> None:
        seen = ", ".join(f"{name} {value:g}" for name, value in values.items())
        super().__init__(f"row {row + 1}: {seen}: expected {expected}")
        self.row, self.values, self.expected = row, values, expected


class Stopped(HilumError):
    """A long analysis was asked to stop, and did; nothing of it is kept."""


class NotConverged(HilumError):
    """An iterative fit did not reach an optimum; the message carries the last state."""


class MissingExtra(HilumError):
    """An optional dependency is not installed; the message says how to install it."""
