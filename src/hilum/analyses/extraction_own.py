"""One extractor at one report, blind to every other: their rows, and what these lack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased
from hilum.literature.extraction.columns import TABLES
from hilum.literature.extraction.rows import read_rows

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.analyses.extraction import ExtractionGap
    from hilum.literature.extraction.columns import Row
    from hilum.literature.extraction.rows import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnReport:
    """What an extractor wrote of a report.

    ``known`` is what the review knows of it beforehand, ``studies`` the ids of their studies of it;
    ``gaps`` what the review's form expects of these and they did not find.
    """

    record: str
    known: Row
    studies: tuple[str, ...]
    tables: Tables
    gaps: tuple[ExtractionGap, ...]


def own_report(folder: Path, extractor: str, record: str) -> OwnReport:
    """What an extractor wrote of a report, and nobody else.

    Raises
    ------
    InputError
        A record that the review does not hold, or files that cannot be read.
    """
    from hilum.analyses.extraction import gaps_of
    from hilum.analyses.extraction_writing import known_of
    from hilum.literature.extraction.compare import aligned, reports_of
    from hilum.literature.extraction.forms import form_of

    known = known_of(folder, record)
    every = read_rows(folder, extractor)
    studies = tuple(one["study_id"] for one in every["studies"] if record in reports_of(one))
    tables = {
        name: [one for one in rows if one["study_id"] in studies] for name, rows in every.items()
    }
    gaps = gaps_of(aligned({extractor: tables}), form_of(folder))
    return OwnReport(record=record, known=known, studies=studies, tables=tables, gaps=tuple(gaps))


def changed_row(
    folder: Path, extractor: str, table: str, row: Row, instead: str = ""
) -> dict[str, bytes]:
    """An extractor's files with a row, in place of the one that ``instead`` marks.

    Raises
    ------
    InputError
        No such row, or every fault of the new one.
    """
    from hilum.analyses.extraction_writing import files_of, must_hold
    from hilum.literature.extraction.rows import added, has_figure

    if table == "results" and not has_figure(row):
        raise InputError(Fault("", None, "value", "", "a figure: a value, events or limits"))
    held = read_rows(folder, extractor)
    if instead:
        held = held | {table: _without(held, table, instead)}
    must_hold(folder, {table: [row]})
    return files_of(extractor, added(held, {table: [row]}))


def removed_row(folder: Path, extractor: str, table: str, mark: str) -> dict[str, bytes]:
    """An extractor's files without a row.

    Raises
    ------
    InputError
        No such row, or one that others refer to.
    """
    from hilum.analyses.extraction_writing import files_of
    from hilum.literature.extraction.rows import must_fit

    held = read_rows(folder, extractor)
    left = held | {table: _without(held, table, mark)}
    must_fit(left)
    return files_of(extractor, left)


def _without(held: Tables, table: str, mark: str) -> list[Row]:
    left = [one for one in held[table] if TABLES[table].mark_of(one) != mark]
    if len(left) == len(held[table]):
        raise InputError(Fault("", None, "row", mark, "a row that this extractor has"))
    return left


def tool_for(design: str, tool: str, arms: int) -> None:
    """Refuse a tool that is not made for a study of a design that has as many arms.

    Raises
    ------
    InputError
    """
    from hilum.evidence.appraisal import tools

    known = [key for key, one in tools().items() if one.suits(design, arms)]
    if tool not in known:
        wanted = phrased("one of {known}", known=", ".join(known))
        raise InputError(Fault("", None, "tool", tool, wanted))
