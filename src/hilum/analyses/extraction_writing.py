"""What an extraction writes, checked beforehand: forms, rows, resolutions, the evidence."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, Parameter, phrased
from hilum.literature.extraction.columns import TABLES, Given, Row
from hilum.literature.extraction.rows import APPRAISALS, Tables, place_of, read_rows
from hilum.tabular.quoting import csv_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hilum.literature.extraction.resolved import Accepted, Resolution

MARKS: Final = {
    APPRAISALS.removesuffix(".csv"): ("question", "rater"),
    "results": ("outcome", "measure"),
    "arms": ("modality",),
    "studies": ("design",),
}
"""Columns by which a table is recognised."""
PLACES: Final = ("result_id", "record_id", "page", "sentence", "extractors", "resolved", "proposal")


def blank_form(folder: Path, record: str) -> str:
    """A form for a report of the review, as TOML.

    Raises
    ------
    InputError
        A record that the review does not hold.
    """
    from hilum.literature.extraction.forms import blank, form_of

    return blank(form_of(folder), known_of(folder, record))


def known_of(folder: Path, record: str) -> Row:
    """What the review knows of a report: the study's row as far as it goes without reading.

    Raises
    ------
    InputError
        A record that the review does not hold.
    """
    from hilum.literature.screening.session import Session

    session = Session(folder, "title", "")
    session.must_know(record)
    one = session.by_id[record]
    family = one.authors.split(";")[0].split(",")[0].strip()
    return {
        "study_id": _study_id(family, one.year, record),
        "first_author": family,
        "year": one.year,
        "title": one.title,
        "journal": one.journal,
        "doi": one.doi,
        "pmid": one.pmid,
        "pmcid": one.pmcid,
        "record_id": record,
    }


def _study_id(family: str, year: str, record: str) -> str:
    """Name and year in plain letters; the record's id where no letter of the name is Latin."""
    from hilum.literature.duplicates.folding import folded

    slug = "".join(c for c in folded(family) if c.isascii() and c.isalnum())
    if not slug:
        slug = "record" + "".join(c for c in record.lower() if c.isascii() and c.isalnum()) + "_"
    return f"{slug}{year}" if year else ""


def read_filled(files: Iterable[Path]) -> tuple[Tables, list[tuple[str, str]]]:
    """Rows of filled forms (TOML, CSV), and tables of appraisals (name, text); all files together.

    Raises
    ------
    InputError
        A file that is none of the forms.
    """
    from hilum.literature.extraction.rows import from_toml, has_figure
    from hilum.tabular.small import parse_toml, small_text

    found: Tables = {name: [] for name in TABLES}
    appraisals: list[tuple[str, str]] = []
    for path in files:
        try:
            text = small_text(path)
            if path.suffix.lower() == ".toml":
                for name, rows in from_toml(parse_toml(text), path.name).items():
                    found[name] += [Given(one, path.name, None) for one in rows]
                continue
        except (OSError, ValueError) as error:
            wanted = phrased("a form that can be read ({error})", error=error)
            raise InputError(Fault(path.name, None, "file", path.name, wanted)) from None
        name, rows = _recognised(path.name, text)
        if name not in TABLES:
            appraisals.append((path.name, text))
            continue
        found[name] += [one for one in rows if name != "results" or has_figure(one)]
    return found, appraisals


def _recognised(name: str, text: str) -> tuple[str, list[Row]]:
    from hilum.tabular.safe import plain_cell

    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        rows: list[Row] = []
        for row in reader:
            cells = {
                str(key): plain_cell(cell or "") for key, cell in row.items() if key is not None
            }
            rows.append(Given(cells, name, reader.line_num))
    except csv.Error as error:
        raise InputError(*csv_faults(text, name, reader.line_num, error)) from None
    head = [*(rows[0] if rows else ())]
    for table, marks in MARKS.items():
        if all(one in head for one in marks):
            return table, rows
    wanted = phrased("the columns of one of {known}", known=", ".join(MARKS))
    raise InputError(Fault(name, 1, "file", ", ".join(head)[:100], wanted))


def new_rows(
    folder: Path, extractor: str, new: Tables, *, replace: bool = False, file: str = ""
) -> dict[str, bytes]:
    """An extractor's files with further rows; paths in the review's folder.

    Raises
    ------
    InputError
        Every fault of the rows, and reports that the review does not hold.
    """
    from hilum.literature.extraction.rows import added

    if not any(new.values()):
        wanted = "a row with a figure, an arm or a study"
        raise InputError(Fault(file, None, "file", file, wanted))
    place_of(folder, extractor)
    must_hold(folder, new, file)
    return files_of(extractor, added(read_rows(folder, extractor), new, replace=replace, file=file))


def must_hold(folder: Path, new: Tables, file: str = "") -> None:
    """Refuse reports that the review does not hold.

    Raises
    ------
    InputError
    """
    from hilum.literature.extraction.compare import reports_of
    from hilum.literature.screening.review_records import heads_of

    heads = heads_of(folder)
    faults = [
        Fault(file or "studies.csv", None, "record_id", one, "an id of the review's records")
        for row in new.get("studies", ())
        for one in reports_of(row)
        if one not in heads
    ]
    if faults:
        raise InputError(*faults)


def files_of(extractor: str, tables: Tables) -> dict[str, bytes]:
    """An extractor's files; paths in the review's folder."""
    from hilum.literature.extraction.rows import FOLDER, table_bytes

    return {
        f"{FOLDER}/{extractor}/{TABLES[name].file}": table_bytes(name, rows)
        for name, rows in tables.items()
    }


def resolution(
    folder: Path,
    key: str,
    column: str,
    by: str,
    *,
    value: str | None = None,
    take: str | None = None,
    when: str = "",
    note: str = "",
    consensus: bool = False,
) -> Resolution:
    """The row to append.

    One of those who extracted the row decides it by ``consensus`` alone, in all their names.

    Raises
    ------
    InputError
        A row or cell that nobody differs on, an extractor who does not have it, no value; one of
        those who differ without consensus; a value with which the row cannot be.
    """
    from hilum.analyses.extraction import rows_by
    from hilum.literature.extraction.resolved import DROP, KEEP, Resolution, read_resolutions, ruled
    from hilum.literature.extraction.rows import row_faults

    rows = {one.key: one for one in rows_by(folder)}
    if key not in rows:
        raise InputError(Fault("", None, "key", key, "a row of extract status"))
    if not by.strip():
        raise InputError(Fault("", None, "by", by, "initials or a name"))
    if (value is None) == (take is None):
        raise InputError(Fault("", None, "value", "", "--value or --take, one of them"))
    row = rows[key]
    if by.strip().casefold() in {one.casefold() for one in row.rows} and not consensus:
        wanted = phrased(
            "a third person, or {consensus} of all who extracted it ({who})",
            consensus=Parameter("consensus"),
            who=", ".join(row.rows),
        )
        raise InputError(Fault("", None, "by", by, wanted))
    if column and column not in TABLES[row.table].compared:
        known = ", ".join(TABLES[row.table].compared)
        raise InputError(Fault("", None, "column", column, phrased("one of {known}", known=known)))
    if not column and value not in (KEEP, DROP):
        wanted = phrased("one of {known}", known=f"{KEEP}, {DROP}")
        raise InputError(Fault("", None, "value", value or "", wanted))
    if take is not None and take not in row.rows:
        known = ", ".join(row.rows)
        raise InputError(Fault("", None, "take", take, phrased("one of {known}", known=known)))
    said = value if value is not None else row.rows[take or ""].get(column, "")
    who = ", ".join(row.rows) if consensus else by.strip()
    made = Resolution(key=key, column=column, value=said, by=who, when=when, note=note)
    settled = ruled(row, read_resolutions(folder) | {(key, column): made})
    if column and settled is not None:
        faults = row_faults(row.table, settled)
        if faults:
            raise InputError(*faults)
    return made


def evidence_folder(folder: Path, needed: int) -> dict[str, bytes]:
    """The files of an evidence folder, of what is accepted; ``places.csv`` says where it was read.

    Raises
    ------
    InputError
        What is open, and what the evidence's checks refuse.
    """
    from hilum.analyses.extraction import accepted_of
    from hilum.literature.extraction.rows import evidence_files, faults_of

    found = accepted_of(folder, needed)
    faults = [
        Fault("extraction", None, one.column, one.key, "a resolution: extractors differ")
        for one in found.open
    ]
    faults += [
        Fault("extraction", None, "row", one.key, "a further extractor, or a resolution")
        for one in found.alone
    ]
    if not found.tables["studies"] and not faults:
        faults = [Fault("extraction", None, "studies", "", "a study that is accepted")]
    faults = faults or faults_of(found.tables)
    if faults:
        raise InputError(*faults[:40])
    files = evidence_files(found.tables)
    files["places.csv"] = _places(files, found)
    appraisals = _appraisals(folder, {one["study_id"] for one in found.tables["studies"]})
    return files | ({APPRAISALS: appraisals} if appraisals else {})


def _places(files: Mapping[str, bytes], found: Accepted) -> bytes:
    """Where each figure was read, by whom, and whether it was resolved."""
    from hilum.literature.review.changes import table

    made = [*csv.DictReader(io.StringIO(files["results.csv"].decode()))]
    reports = {one["study_id"]: one["record_id"] for one in found.tables["studies"]}
    out: list[list[str]] = []
    for key, row, written in zip(found.keys["results"], found.tables["results"], made, strict=True):
        out.append([
            written["result_id"], reports.get(row["study_id"], ""), row["page"], row["sentence"],
            "; ".join(found.extractors.get(key, ())),
            "yes" if key in found.settled else "", row["proposal"],
        ])  # fmt: skip
    return table(PLACES, out)


def _appraisals(folder: Path, studies: set[str]) -> bytes | None:
    """All extractors' appraisals of accepted studies, under the ids of the evidence."""
    from hilum.evidence.appraisal.read import COLUMNS, OPTIONAL
    from hilum.literature.extraction.compare import study_ids
    from hilum.literature.extraction.rows import extractors_of
    from hilum.literature.review.state import rows_of

    head = (*COLUMNS, *OPTIONAL)
    out: list[list[str]] = []
    by = {who: read_rows(folder, who) for who in extractors_of(folder)}
    for who, ids in study_ids(by).items():
        for row in rows_of(place_of(folder, who) / APPRAISALS):
            name = ids.get(row.get("study", ""), row.get("study", ""))
            if name in studies:
                out.append([name if one == "study" else row.get(one, "") for one in head])
    if not out:
        return None
    text = io.StringIO()
    sheet = csv.writer(text, lineterminator="\n")
    sheet.writerow(head)
    sheet.writerows(out)
    return text.getvalue().encode()
