"""Full texts sought: an append-only file, one row a report that was had or could not be had.

``retrieval.csv`` lies in the review's folder beside ``decisions.csv``. The last row of a record
counts; ``sought`` takes back what stood. A last line without its end was cut off by a kill.
"""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.review.lines import appended, head
from hilum.tabular.safe import plain_cell

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = "retrieval.csv"
RETRIEVED: Final = "retrieved"
NOT_RETRIEVED: Final = "not-retrieved"
STATES: Final = (RETRIEVED, NOT_RETRIEVED, "sought")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrieval:
    """One row.

    Parameters
    ----------
    record_id, state, reviewer, when : str
        ``state`` of :data:`STATES`; ``when`` UTC, ISO 8601.
    file : str
        The full text: its path in the review's folder, else its name alone.
    sha256 : str
        Of the file's bytes.
    note : str
        Where it was asked for, why it was not to be had.
    """

    record_id: str
    state: str
    reviewer: str
    when: str = ""
    file: str = ""
    sha256: str = ""
    note: str = ""


HEAD: Final = tuple(one.name for one in fields(Retrieval))


def line_of(one: Retrieval) -> bytes:
    """The row as it is appended."""
    return appended(astuple(one))


def head_line() -> bytes:
    """The first line of the file."""
    return head(HEAD)


def read_retrievals(folder: Path) -> dict[str, Retrieval]:
    """By record, the last word on its full text; what is sought again is not in it.

    Raises
    ------
    InputError
        Every row that cannot be one.
    """
    path = folder / FILE
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        expected = phrased("a readable file ({value})", value=error.strerror or error)
        raise InputError(Fault(FILE, None, "file", str(path), expected)) from None
    text = data[: data.rfind(b"\n") + 1].decode("utf-8", "replace")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    faults: list[Fault] = []
    found: dict[str, Retrieval] = {}
    for line, row in enumerate(rows[1:], 2):
        given = dict(zip(rows[0], map(plain_cell, row), strict=False))
        state = given.get("state", "")
        if state not in STATES:
            expected = phrased("one of {known}", known=", ".join(STATES))
            faults.append(Fault(FILE, line, "state", state, expected))
            continue
        one = Retrieval(**{name: given.get(name, "") for name in HEAD})
        found.pop(one.record_id, None)
        if state != "sought":
            found[one.record_id] = one
    if faults:
        raise InputError(*faults[:20])
    return found
