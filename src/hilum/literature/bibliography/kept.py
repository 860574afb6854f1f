"""What became of a file: records kept, records that could not be read, and what was noticed."""

from __future__ import annotations

from dataclasses import dataclass

from hilum.literature.bibliography.record import Record


@dataclass(frozen=True, slots=True)
class Bad:
    """A record that could not be read.

    Parameters
    ----------
    source : str
    position : int
        From 1, among all records of the file, good or bad.
    line : int | None
    raw : str
        Its text as it stands.
    expected : str
        A sentence, the id of its translations.
    """

    source: str
    position: int
    line: int | None
    raw: str
    expected: str


@dataclass(frozen=True, slots=True)
class Note:
    """What was noticed in a record that was kept, or of the file where ``position`` is 0."""

    position: int
    line: int | None
    record_id: str
    said: str


@dataclass(frozen=True, slots=True)
class Good:
    """A record that was kept, and what was noticed in it."""

    record: Record
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Loose:
    """Text that belongs to no record (a search history, "Link to the full text")."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Gone:
    """An id that the source reports as deleted."""

    record_id: str


Item = Good | Bad | Loose | Gone


@dataclass(frozen=True, slots=True)
class Reading:
    """A file read whole.

    Parameters
    ----------
    source, digest, format : str
        Name of the file, SHA-256 of its bytes, code of its format.
    encodings : dict of str to int
        Lines beyond ASCII by encoding.
    counted : int
        Records by a count of their beginnings that the reader has no part in.
    records, bad, notes, loose, deleted
    databases : tuple of str
        Databases that the records name as their source; an empty name where one names none.
    """

    source: str
    digest: str
    format: str
    encodings: dict[str, int]
    counted: int
    records: tuple[Record, ...]
    bad: tuple[Bad, ...]
    notes: tuple[Note, ...]
    loose: tuple[Loose, ...]
    deleted: tuple[str, ...]
    databases: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether every record of the file was kept or listed."""
        return self.counted == len(self.records) + len(self.bad)
