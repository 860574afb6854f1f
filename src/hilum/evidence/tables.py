"""Reading the three evidence tables into records; every fault is collected before any is raised."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from hilum.errors import Fault, InputError, phrased
from hilum.evidence import ids
from hilum.evidence.check import check_evidence
from hilum.evidence.codes import CriteriaClass, NFrom, Origin, selections
from hilum.evidence.records import Arm, Evidence, Result, Study
from hilum.evidence.vocabulary import MODALITIES, RESPONSES, SURVIVALS
from hilum.records import nearest
from hilum.tabular import UTF8, decode
from hilum.tabular.quoting import csv_faults
from hilum.tabular.small import small_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

    from pydantic_core import ErrorDetails

Record = TypeVar("Record", bound=BaseModel)
Table = tuple[list[str], list[tuple[int, dict[str, str]]]]
"""Header, and rows with their lines."""

# Columns that version 2 added; a folder of version 1 has none of them.
ADDED = {
    "studies.csv": ("cohort_basis",),
    "arms.csv": (
        "line",
        "background",
        "nuclide",
        "scope",
        "site",
        "grade_scope",
        "reference_arm",
        "selection",
        "part_of",
        "codes_known",
    ),
    "results.csv": ("criteria_class", "unit_of_n", "n_from", "from", "severity"),
}
APPRAISALS = "appraisals.csv"
SPACES = re.compile(r"\s{2,}|^\s|\s$")
# Between the cells of a row that is looked at whole.
BETWEEN = "|"
SOME_SPACES = re.compile(r"\s{2,}|^\s|\s$|\s\||\|\s")


def read_evidence(directory: str | Path | None = None) -> Evidence:
    """Read and check an evidence base.

    Parameters
    ----------
    directory : path, optional
        Folder with ``studies.csv``, ``arms.csv``, ``results.csv`` and, where studies are
        appraised, ``appraisals.csv``; the shipped tables when omitted.

    Raises
    ------
    InputError
        With every fault of every table: file, row, column, value and what was expected.
    """
    evidence, faults = read_tables(directory)
    faults += check_evidence(evidence)
    if faults:
        raise InputError(*faults)
    table = None if directory is None else Path(directory) / APPRAISALS
    if table is None or not table.exists():
        return evidence
    from hilum.evidence.appraisal import read_appraisals

    return replace(evidence, appraisals=read_appraisals(table, evidence))


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
    tables = {name: _cells(root, name, faults) for name in ADDED}
    headers = {name: [] if one is None else one[0] for name, one in tables.items()}
    version = 2 if any(set(headers[name]) & set(added) for name, added in ADDED.items()) else 1
    studies = _records("studies.csv", tables["studies.csv"], Study, version, faults)
    arms = _records("arms.csv", tables["arms.csv"], Arm, version, faults)
    results = _records("results.csv", tables["results.csv"], Result, version, faults)
    unread = _named(tables)
    unread -= {(one.study_id, "") for one in studies}
    unread -= {(one.study_id, one.arm_id) for one in arms}
    return Evidence(tuple(studies), tuple(arms), tuple(results), version, unread), faults


def _named(tables: Mapping[str, Table | None]) -> frozenset[tuple[str, str]]:
    """Study and arm of every row, an empty arm for a study.

    Of a table that is not there, what the others name: it is one fault, not one a row.
    """

    def ids(table: str, column: str | None) -> set[tuple[str, str]]:
        rows = (tables[table] or ([], []))[1]
        return {
            (cells.get("study_id", "").strip(), cells.get(column, "").strip() if column else "")
            for _, cells in rows
        }

    found = ids("studies.csv", None) | ids("arms.csv", "arm_id")
    if tables["studies.csv"] is None:
        found |= ids("arms.csv", None) | ids("results.csv", None)
    if tables["arms.csv"] is None:
        found |= ids("results.csv", "arm_id") | ids("results.csv", "comparator_arm_id")
    return frozenset(found)


def _cells(root: Traversable | Path, name: str, faults: list[Fault]) -> Table | None:
    """Header and well-formed rows of a table with their lines; ``None`` without a table."""
    try:
        text, encoding = decode(small_bytes(root.joinpath(name)), name)
    except FileNotFoundError:
        faults.append(
            Fault(name, None, "file", str(root), phrased("a table called {name}", name=name))
        )
        return None
    except OSError as error:
        faults.append(
            Fault(
                name, None, "file", str(root), phrased("readable UTF-8 text ({error})", error=error)
            )
        )
        return None
    except InputError as error:
        faults += error.faults
        return None
    if encoding != UTF8:
        # Tables of evidence are kept and compared: one encoding, not whichever a program left.
        faults.append(Fault(name, None, "file", encoding, "text in UTF-8 (save it so)"))
        return None
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    header: list[str] = []
    rows: list[tuple[int, dict[str, str]]] = []
    try:
        header += reader.fieldnames or []
        for cells in reader:
            line = reader.line_num
            if None in cells or any(cell is None for cell in cells.values()):
                faults.append(
                    Fault(
                        name,
                        line,
                        "row",
                        "",
                        phrased("{number} cells as in the header", number=len(header)),
                    )
                )
                continue
            rows.append((line, cells))
    except csv.Error as error:
        faults += csv_faults(text, name, reader.line_num, error)
    return header, rows


def _records(
    name: str,
    table: Table | None,
    record: type[Record],
    version: int,
    faults: list[Fault],
) -> list[Record]:
    if table is None:
        return []
    header, rows = table
    known = [
        field.alias or key for key, field in record.model_fields.items() if key not in ("row",)
    ]
    # Figures of version 1 have no ids; those of version 2 may still wait for theirs.
    optional = {ids.COLUMN} | (set(ADDED[name]) if version == 1 else set())
    expected = [column for column in known if column not in optional]
    faults += _header_faults(name, header, expected, known)
    if set(expected) - set(header):
        return []
    if name == "results.csv":
        rows = _identified(rows)
    records: list[Record] = []
    for line, cells in rows:
        values: dict[str, object] = {key: cells[key] for key in known if key in cells}
        if version == 1:
            values |= _version_1(cells) if name == "results.csv" else {}
        elif SOME_SPACES.search(BETWEEN.join(cells.values())):
            faults += [
                Fault(name, line, column, cell, "no space at an end, and none doubled")
                for column, cell in cells.items()
                if SPACES.search(cell)
            ]
        try:
            records.append(record.model_validate({**values, "row": line}))
        except ValidationError as error:
            faults += [_fault(name, line, detail) for detail in error.errors()]
    return records


def _identified(rows: list[tuple[int, dict[str, str]]]) -> list[tuple[int, dict[str, str]]]:
    made = ids.with_ids(
        [cells["study_id"].strip() for _, cells in rows],
        [cells.get(ids.COLUMN, "") for _, cells in rows],
    )
    return [
        (line, {**cells, ids.COLUMN: one}) for (line, cells), one in zip(rows, made, strict=True)
    ]


def _version_1(cells: dict[str, str]) -> dict[str, object]:
    """What a figure of version 1 says by having no codes: not stated, never a guess."""
    outcome = cells["outcome"].strip()
    return {
        "criteria_class": CriteriaClass.NOT_STATED if outcome in RESPONSES else None,
        "n_from": NFrom.ROW if cells["n"].strip() else NFrom.NONE,
        "from": Origin.NOT_STATED if outcome in SURVIVALS else None,
    }


def _header_faults(
    name: str, header: list[str], expected: list[str], known: list[str]
) -> list[Fault]:
    faults = [
        Fault(name, 1, column, "", "this column in the header")
        for column in expected
        if column not in header
    ]
    for column in header:
        if column not in known:
            hint = nearest(column, known, 1)
            faults.append(
                Fault(
                    name,
                    1,
                    column,
                    column,
                    phrased("one of {known}{hint}", known=", ".join(known), hint=hint),
                )
            )
    return faults


def _fault(name: str, line: int, detail: ErrorDetails) -> Fault:
    column = str(detail["loc"][0]) if detail["loc"] else "row"
    value = str(detail.get("input", ""))
    words: list[str] = []
    context = detail.get("ctx", {})
    if detail["type"] == "enum":
        words = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        expected = phrased("one of {known}", known=", ".join(words))
    elif column in ("modality", "selection"):
        words = sorted(MODALITIES if column == "modality" else selections())
        expected = _own(context) or detail["msg"]
    else:
        expected = _own(context) or _wanted(detail["type"], context) or detail["msg"]
    hint = nearest(value, words)
    if hint:
        expected = phrased("{expected}{hint}", expected=expected, hint=hint)
    return Fault(name, line, column, value, expected)


def _own(context: dict[str, object]) -> str | None:
    """The sentence that a validator of the records raised."""
    said = getattr(context.get("error"), "args", ())
    return said[0] if said and isinstance(said[0], str) else None


# What pydantic's own checks ask for.
WANTED = {
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_type": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "greater_than": "a number above {gt:g}",
    "greater_than_equal": "a number of at least {ge:g}",
    "less_than_equal": "a number of at most {le:g}",
    "less_than": "a number below {lt:g}",
    "string_type": "a text",
    "string_too_short": "a text that is not empty",
    "string_pattern_mismatch": "small letters, digits and underscores, a letter or digit first",
    "missing": "a value",
}


def _wanted(kind: str, context: dict[str, object]) -> str | None:
    sentence = WANTED.get(kind)
    return phrased(sentence, **context) if sentence is not None else None
