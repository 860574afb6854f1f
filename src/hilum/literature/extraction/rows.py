"""Rows of an extractor: read from the review's folder, checked, and added to it."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.extraction.columns import PLACE, TABLES, Row
from hilum.literature.review.state import rows_of
from hilum.records import nearest
from hilum.tabular.safe import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.evidence import Evidence

FOLDER: Final = "extraction"
APPRAISALS: Final = "appraisals.csv"
NAME: Final = re.compile(r"[\w-][\w.-]{0,39}")
Tables = dict[str, list[Row]]
NO_ARM: Final = "at least one arm in arms.csv"


def place_of(folder: Path, extractor: str) -> Path:
    """Where an extractor's files lie.

    Raises
    ------
    InputError
        A name that is none.
    """
    if not NAME.fullmatch(extractor):
        wanted = "initials or a name of letters, digits, dots and hyphens"
        raise InputError(Fault("", None, "extractor", extractor, wanted))
    return folder / FOLDER / extractor


def extractors_of(folder: Path) -> tuple[str, ...]:
    """Who has extracted: the folders that hold a table."""
    place = folder / FOLDER
    if not place.is_dir():
        return ()
    return tuple(
        one.name
        for one in sorted(place.iterdir())
        if one.is_dir() and any((one / table.file).is_file() for table in TABLES.values())
    )


def read_rows(folder: Path, extractor: str) -> Tables:
    """The rows of an extractor, by table; none where there is no file.

    Raises
    ------
    InputError
        A table that cannot be read, or lacks a column of its key.
    """
    place = place_of(folder, extractor)
    found: Tables = {}
    for name, table in TABLES.items():
        rows = rows_of(place / table.file)
        missing = [one for one in table.key if rows and one not in rows[0]]
        if missing:
            file = f"{extractor}/{table.file}"
            raise InputError(
                *(Fault(file, 1, one, "", "this column in the header") for one in missing)
            )
        found[name] = [{one: row.get(one, "").strip() for one in table.head} for row in rows]
    return found


def table_bytes(name: str, rows: Iterable[Row]) -> bytes:
    """A table as it is written: every column, cells that a spreadsheet would compute as text."""
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\n")
    head = TABLES[name].head
    sheet.writerow(head)
    for row in rows:
        sheet.writerow([safe_cell(" ".join(row.get(one, "").split())) for one in head])
    return out.getvalue().encode("utf-8", "replace")


def filled(name: str, row: Row) -> Row:
    """The row with what an empty code is taken for; a figure that is missing stays missing."""
    out = {one: row.get(one, "").strip() for one in TABLES[name].head}
    for column, usual in TABLES[name].usual.items():
        if not out[column]:
            out[column] = usual(out)
    return out


def added(held: Tables, new: Tables, *, replace: bool = False, file: str = "") -> Tables:
    """Rows with further ones.

    Raises
    ------
    InputError
        Every fault of the new rows: unknown columns, no page or sentence, what the evidence's
        schema refuses; a row that is there already, unless it is replaced.
    """
    faults: list[Fault] = []
    out: Tables = {}
    for name, table in TABLES.items():
        rows = {table.key_of(row): row for row in held.get(name, [])}
        for at, given in enumerate(new.get(name, []), 2):
            faults += _named(table.head, given, file or table.file, at)
            row = filled(name, given)
            if name == "results" and not row["source"]:
                row["source"] = _source(row["study_id"], held, new)
            faults += [
                Fault(file or table.file, at, one, "", "where it was read: page and sentence")
                for one in PLACE
                if not row[one]
            ]
            key = table.key_of(row)
            if key in rows and not replace:
                wanted = "a row that is not there yet (--replace writes it anew)"
                faults.append(Fault(file or table.file, at, "row", "/".join(key), wanted))
            rows[key] = row
        out[name] = [*rows.values()]
    if faults:
        raise InputError(*faults)
    must_fit(out)
    return out


def must_fit(tables: Tables) -> None:
    """Refuse rows that the evidence's checks refuse; a study may wait for its arms.

    Raises
    ------
    InputError
    """
    faults = [one for one in faults_of(tables) if one.expected != NO_ARM]
    if faults:
        raise InputError(*faults)


def _source(study: str, *some: Tables) -> str:
    for tables in some:
        for row in tables.get("studies", []):
            if row.get("study_id", "").strip() == study:
                return filled("studies", row)["source"]
    return ""


def _named(head: tuple[str, ...], row: Row, file: str, line: int) -> list[Fault]:
    return [
        Fault(file, line, one, row[one],
              phrased("one of {known}{hint}", known=", ".join(head), hint=nearest(one, head)))
        for one in row
        if one not in head
    ]  # fmt: skip


def faults_of(tables: Tables) -> list[Fault]:
    """What the evidence's own checks say of rows."""
    from hilum.evidence.check import check_evidence

    evidence, faults = evidence_of(tables)
    return faults + check_evidence(evidence)


def evidence_of(tables: Tables) -> tuple[Evidence, list[Fault]]:
    """Rows as an evidence base, and the faults of those that cannot be one."""
    from hilum.evidence.tables import read_tables

    with tempfile.TemporaryDirectory() as folder:
        for name, content in evidence_files(tables).items():
            (Path(folder) / name).write_bytes(content)
        return read_tables(folder)


def evidence_files(tables: Tables) -> dict[str, bytes]:
    """The files of an evidence folder: page and sentence become the figure's locator."""
    from hilum.evidence.ids import COLUMN, with_ids

    out: dict[str, bytes] = {}
    for name, table in TABLES.items():
        rows = [dict(one) for one in tables.get(name, [])]
        head = table.columns
        if name == "results":
            head = (*head, COLUMN)
            made = with_ids([row["study_id"] for row in rows], ["" for _ in rows])
            rows = [row | {COLUMN: one, "locator": locator(row)}
                    for row, one in zip(rows, made, strict=True)]  # fmt: skip
        out[table.file] = _csv(head, rows)
    return out


def locator(row: Row) -> str:
    """Where a figure stands, as the evidence's column has it."""
    said = f"p. {row['page']}" if row["page"][:1].isdigit() else row["page"]
    told = f"{said}: {row['sentence']}" if row["sentence"] else said
    return " ".join((row.get("locator", "") or told).split())


def _csv(head: Iterable[str], rows: Iterable[Row]) -> bytes:
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\n")
    columns = [*head]
    sheet.writerow(columns)
    sheet.writerows([safe_cell(row.get(one, "")) for one in columns] for row in rows)
    return out.getvalue().encode("utf-8", "replace")


def from_toml(data: dict[str, Any], file: str) -> Tables:
    """Rows of a filled form: ``[study]``, ``[[arm]]``, ``[[result]]``; the study's id goes down.

    Results that hold no figure are questions that were not answered, and are left out.

    Raises
    ------
    InputError
        Another shape.
    """
    known = ("study", "arm", "result")
    faults = [
        Fault(file, None, one, "", phrased("one of {known}", known=", ".join(known)))
        for one in data
        if one not in known
    ]
    study: Any = data.get("study", {})
    parts: dict[str, Any] = {"arms": data.get("arm", []), "results": data.get("result", [])}
    if not isinstance(study, dict):
        faults.append(Fault(file, None, "study", "", "a table [study]"))
    for name, part in parts.items():
        if not isinstance(part, list) or any(not isinstance(one, dict) for one in part):
            faults.append(Fault(file, None, name, "", "tables [[arm]] and [[result]]"))
    if faults:
        raise InputError(*faults)
    own: Row = {str(key): _cell(value) for key, value in study.items()}
    name = own.get("study_id", "")
    out: Tables = {"studies": [own] if any(own.values()) else []}
    for table, part in parts.items():
        rows = [{"study_id": name} | {str(k): _cell(v) for k, v in one.items()} for one in part]
        out[table] = [one for one in rows if table != "results" or has_figure(one)]
    return out


FIGURES: Final = ("value", "events", "n", "ci_low", "ci_high", "p_value")


def has_figure(row: Row) -> bool:
    """Whether a result says anything."""
    return any(row.get(one, "").strip() for one in FIGURES)


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(_cell, value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
