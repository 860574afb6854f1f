"""Reading the three evidence tables into records; every fault is collected before any is raised."""

from __future__ import annotations

import csv
import difflib
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from hilum.errors import Fault, InputError
from hilum.evidence.check import check_evidence
from hilum.evidence.records import Arm, Evidence, Result, Study
from hilum.evidence.vocabulary import MODALITIES

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from pydantic_core import ErrorDetails

Record = TypeVar("Record", bound=BaseModel)


def read_evidence(directory: str | Path | None = None) -> Evidence:
    """Read and check an evidence base.

    Parameters
    ----------
    directory : path, optional
        Folder with ``studies.csv``, ``arms.csv`` and ``results.csv``; the shipped tables when
        omitted.

    Raises
    ------
    InputError
        With every fault of every table: file, row, column, value and what was expected.
    """
    evidence, faults = read_tables(directory)
    faults += check_evidence(evidence)
    if faults:
        raise InputError(*faults)
    return evidence


def check_tables(directory: str | Path | None = None) -> list[Fault]:
    """Every fault of the tables in a folder (the shipped ones when omitted); empty when sound."""
    evidence, faults = read_tables(directory)
    return faults + check_evidence(evidence)


def read_tables(directory: str | Path | None = None) -> tuple[Evidence, list[Fault]]:
    """Read what can be read, and the faults of the rows that cannot."""
    root: Traversable | Path = (
        files("hilum.evidence").joinpath("netlm") if directory is None else Path(directory)
    )
    faults: list[Fault] = []
    studies = _rows(root, "studies.csv", Study, faults)
    arms = _rows(root, "arms.csv", Arm, faults)
    results = _rows(root, "results.csv", Result, faults)
    return Evidence(tuple(studies), tuple(arms), tuple(results)), faults


def _rows(
    root: Traversable | Path, name: str, record: type[Record], faults: list[Fault]
) -> list[Record]:
    try:
        text = root.joinpath(name).read_text("utf-8-sig")
    except FileNotFoundError:
        faults.append(Fault(name, None, "file", str(root), f"a table called {name}"))
        return []
    except (OSError, UnicodeDecodeError) as error:
        faults.append(Fault(name, None, "file", str(root), f"readable UTF-8 text ({error})"))
        return []
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    expected = [field for field in record.model_fields if field != "row"]
    header = list(reader.fieldnames or [])
    faults += _header_faults(name, header, expected)
    if set(expected) - set(header):
        return []
    records: list[Record] = []
    try:
        for cells in reader:
            line = reader.line_num
            if None in cells or any(cell is None for cell in cells.values()):
                faults.append(Fault(name, line, "row", "", f"{len(header)} cells as in the header"))
                continue
            known: dict[str, object] = {key: cells[key] for key in expected}
            known["row"] = line
            try:
                records.append(record.model_validate(known))
            except ValidationError as error:
                faults += [_fault(name, line, detail) for detail in error.errors()]
    except csv.Error as error:
        faults.append(Fault(name, reader.line_num, "row", "", f"well-formed CSV ({error})"))
    return records


def _header_faults(name: str, header: list[str], expected: list[str]) -> list[Fault]:
    faults = [
        Fault(name, 1, column, "", "this column in the header")
        for column in expected
        if column not in header
    ]
    for column in header:
        if column not in expected:
            near = difflib.get_close_matches(column, expected, 1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            faults.append(Fault(name, 1, column, column, f"one of {', '.join(expected)}{hint}"))
    return faults


def _fault(name: str, line: int, detail: ErrorDetails) -> Fault:
    column = str(detail["loc"][0]) if detail["loc"] else "row"
    value = str(detail.get("input", ""))
    words: list[str] = []
    context = detail.get("ctx", {})
    if detail["type"] == "enum":
        words = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        expected = f"one of {', '.join(words)}"
    elif column == "modality":
        words, expected = sorted(MODALITIES), str(context.get("error", detail["msg"]))
    else:
        expected = detail["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    near = difflib.get_close_matches(value, words, 1, 0.6) if words else []
    return Fault(name, line, column, value, expected + (f"; nearest: {near[0]!r}" if near else ""))
