"""Search exports read: what of each file was kept, what could not be read, what was noticed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option, check
from hilum.errors import Fault, InputError
from hilum.literature.bibliography.columns import named_columns
from hilum.literature.bibliography.reading import DOUBT, read
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.literature.bibliography.kept import Reading
    from hilum.watch import Watch

SHOWN = 200
"""Letters of a record that could not be read."""


@dataclass(frozen=True, kw_only=True)
class ReferencesAsked:
    """Search exports."""

    files: tuple[str, ...]
    columns: Annotated[
        str,
        Option("Which column of a table holds what, such as title=Titel,authors=Verfasser."),
    ] = ""

    def __post_init__(self) -> None:
        """Refuse no file at all, and columns of no field."""
        named_columns(self.columns)
        none = [] if self.files else [Fault("", None, "files", "", "a file of references")]
        check(self, *none)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A record that could not be read: its place among the records, its line, how it begins."""

    position: int
    line: int | None
    expected: str
    begins: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """One file.

    Parameters
    ----------
    counted : int
        Records by a count of their beginnings; ``whole`` says that it is records and unread.
    notes : dict of str to int
        What was noticed in records that were kept, and in how many.
    loose : int
        Lines that belong to no record.
    deleted : tuple of str
        Ids that the source reports as deleted.
    doubtful : tuple of int
        Lines whose encoding is a guess.
    """

    file: str
    digest: str
    format: str
    encodings: dict[str, int]
    counted: int
    records: int
    whole: bool
    unread: tuple[Unread, ...]
    notes: dict[str, int]
    loose: int
    deleted: tuple[str, ...]
    doubtful: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A file of which nothing was read: where the fault is, what was seen, what was expected."""

    file: str
    line: int | None
    seen: str
    expected: str


@dataclass(frozen=True, kw_only=True)
class ReferencesAnswered:
    """What became of each file; ``refused`` are those of which nothing was read."""

    files: tuple[FileReport, ...]
    records: int
    unread: int
    asked: ReferencesAsked
    refused: tuple[Refused, ...] = ()


def run(asked: ReferencesAsked, watch: Watch = SILENT) -> ReferencesAnswered:
    """Read the files and report on each.

    Raises
    ------
    InputError
        No file can be read or is an export.
    Stopped
        When the watch says so.
    """
    read_ones, refused = readings_of(asked, watch)
    return reported([one for _, one in read_ones], asked, refused)


def readings_of(
    asked: ReferencesAsked, watch: Watch = SILENT
) -> tuple[list[tuple[Path, Reading]], tuple[Refused, ...]]:
    """Files that could be read, and those that could not; one spoils no other.

    Raises
    ------
    InputError
        None of them can be read.
    Stopped
        When the watch says so.
    """
    good: list[tuple[Path, Reading]] = []
    faults: list[Fault] = []
    columns = named_columns(asked.columns)
    for one in map(Path, asked.files):
        try:
            good.append((one, read(one, watch, fields=False, columns=columns)))
        except InputError as error:
            faults += error.faults
    if not good:
        raise InputError(*faults)
    return good, tuple(
        Refused(file=one.file, line=one.row, seen=one.value, expected=one.expected)
        for one in faults
    )


def reported(
    readings: list[Reading], asked: ReferencesAsked, refused: tuple[Refused, ...] = ()
) -> ReferencesAnswered:
    """The report on files that were read, and on those that were not."""
    files = tuple(_report(one) for one in readings)
    return ReferencesAnswered(
        files=files,
        records=sum(one.records for one in files),
        unread=sum(len(one.unread) for one in files),
        asked=asked,
        refused=refused,
    )


def _report(reading: Reading) -> FileReport:
    return FileReport(
        file=reading.source,
        digest=reading.digest,
        format=reading.format,
        encodings=reading.encodings,
        counted=reading.counted,
        records=len(reading.records),
        whole=reading.whole,
        unread=tuple(
            Unread(position=one.position, line=one.line, expected=one.expected,
                   begins=" ".join(one.raw[: 2 * SHOWN].split())[:SHOWN])
            for one in reading.bad
        ),
        notes=dict(Counter(one.said for one in reading.notes)),
        loose=len(reading.loose),
        deleted=reading.deleted,
        doubtful=tuple(one.line for one in reading.notes if one.said == DOUBT and one.line),
    )  # fmt: skip
