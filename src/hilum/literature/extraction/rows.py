"""Rows of an extractor: read from the review's folder, checked, and added to it."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.extraction.columns import PLACE, TABLES, Given, Row
from hilum.literature.review.state import rows_of
from hilum.literature.screening.decisions import name_key
from hilum.records import nearest
from hilum.tabular.safe import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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
        A name that is none, or that differs from a known one in case or width alone.
    """
    if not NAME.fullmatch(extractor):
        wanted = "initials or a name of letters, digits, dots and hyphens"
        raise InputError(Fault("", None, "extractor", extractor, wanted))
    known = extractors_of(folder)
    same = [one for one in known if name_key(one) == name_key(extractor)]
    if same and extractor not in known:
        wanted = phrased("{known}, as this extractor is written here", known=same[0])
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
    told: dict[str, dict[tuple[str, ...], Place]] = {name: {} for name in TABLES}
    for name, table in TABLES.items():
        rows = {table.key_of(row): row for row in held.get(name, [])}
        for place, given in enumerate(new.get(name, []), 2):
            where, at = file or table.file, place
            if isinstance(given, Given):
                where, at = given.file, given.line
            faults += _named(table.head, given, where, at)
            row = filled(name, given)
            if name == "results" and not row["source"]:
                row["source"] = _source(row["study_id"], held, new)
            faults += [
                Fault(where, at, one, "", "where it was read: page and sentence")
                for one in PLACE
                if not row[one]
            ]
            key = table.key_of(row)
            if key in rows and not replace:
                wanted = "a row that is not there yet (--replace writes it anew)"
                faults.append(Fault(where, at, "row", "/".join(key), wanted))
            told[name][key] = where, at
            rows[key] = row
        out[name] = [*rows.values()]
    if faults:
        raise InputError(*faults)
    must_fit(out, told)
    return out


Place = tuple[str, int | None]
"""File and line."""


def must_fit(
    tables: Tables, told: Mapping[str, Mapping[tuple[str, ...], Place]] | None = None
) -> None:
    """Refuse rows that the evidence's checks refuse; a study may wait for its arms.

    ``told`` says by table and key in which file and line a row was given: its faults are named
    there, those of rows that were there before in the extractor's own file.

    Raises
    ------
    InputError
    """
    faults = [one for one in faults_of(tables) if one.expected != NO_ARM]
    if faults:
        raise InputError(*dict.fromkeys(_where_given(one, tables, told or {}) for one in faults))


def _where_given(
    fault: Fault, tables: Tables, told: Mapping[str, Mapping[tuple[str, ...], Place]]
) -> Fault:
    """A fault where its row was given; an arm that is not there with those that are."""
    name = fault.file.removesuffix(".csv")
    rows = tables.get(name, [])
    at = (fault.row or 0) - 2
    if not 0 <= at < len(rows):
        return fault
    row = rows[at]
    where, line = told.get(name, {}).get(TABLES[name].key_of(row), (fault.file, fault.row))
    studies = [one["study_id"] for one in tables.get("studies", [])]
    if name != "studies" and row["study_id"] not in studies:
        # Whatever else the row says, its study comes first.
        wanted = phrased("a study that this extractor has begun (extract template --record)")
        if studies:
            known = ", ".join(studies)
            wanted = phrased("one of {known}{hint}", known=known,
                             hint=nearest(row["study_id"], studies))  # fmt: skip
        return Fault(where, line, "study_id", row["study_id"], wanted)
    return replace(fault, file=where, row=line, expected=_said(fault, name, row, tables))


def _said(fault: Fault, name: str, row: Row, tables: Tables) -> str:
    """What was expected, with the ids that there are and where a source comes from."""
    if name == "results" and fault.column == "arm_id":
        arms = [one["arm_id"] for one in tables.get("arms", [])
                if one["study_id"] == row["study_id"]]  # fmt: skip
        if row["arm_id"] not in arms:
            if not arms:
                return phrased("an arm of {study}, which has none yet", study=row["study_id"])
            return phrased(
                "an arm of {study}: {known}", study=row["study_id"], known=", ".join(arms)
            )
    if fault.column == "source" and not row["source"]:
        return phrased("the DOI, the PMID or the file of the paper")
    return fault.expected


def _source(study: str, *some: Tables) -> str:
    for tables in some:
        for row in tables.get("studies", []):
            if row.get("study_id", "").strip() == study:
                return filled("studies", row)["source"]
    return ""


def _named(head: tuple[str, ...], row: Row, file: str, line: int | None) -> list[Fault]:
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


def row_faults(table: str, row: Row) -> list[Fault]:
    """What the evidence's own checks say of a row by itself, whatever it refers to."""
    from hilum.evidence.check import check_evidence

    evidence, faults = evidence_of({**{name: [] for name in TABLES}, table: [row]})
    found = [*faults, *check_evidence(evidence)]
    return [one for one in found if one.column not in ("study_id", "arm_id", "comparator_arm_id")]


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
