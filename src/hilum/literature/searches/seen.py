"""Records that a search has brought before: a table that lives in git, one row a record."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.searches.changes import notices_of
from hilum.literature.searches.keeping import keep
from hilum.literature.services.table import SERVICES
from hilum.records import found
from hilum.tabular.quoting import csv_faults
from hilum.tabular.small import small_text

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.bibliography.record import Record

FILE: Final = "seen.csv"
COLUMNS: Final = ("service", "record_id", "digest", "first_run", "changed_run", "digest_before")
MAX_TABLE: Final = 200_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """A record that came: in which run first, in which it was last found changed, and from what."""

    service: str
    record_id: str
    digest: str
    first_run: str
    changed_run: str = ""
    digest_before: str = ""


Table = dict[tuple[str, str], Seen]


def digest_of(record: Record, service: str) -> str:
    """A hash of what a reader would see changed: never of counts of citations."""
    watched = found(SERVICES, service, "service").watched
    said = [
        *(record.kind, record.title, list(record.authors), record.year, record.abstract),
        *(record.journal, record.volume, record.issue, record.pages),
        sorted(record.identifiers),
        [[one.tag, one.value] for one in record.fields if one.tag in watched],
    ]
    # Where there are none, the digest is that of a table from before they were watched.
    notices = notices_of(record)
    said += [notices] if notices else []
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:16]


def read_seen(place: Path) -> Table:
    """The table of a search; empty before its first run.

    Raises
    ------
    InputError
        A table that cannot be read: nothing is called new on a guess.
    """
    path = place / FILE
    try:
        text = small_text(path, MAX_TABLE)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        reason = str(getattr(error, "strerror", None) or type(error).__name__)
        wanted = phrased("a file that can be read ({reason})", reason=reason)
        raise InputError(Fault(FILE, None, "file", FILE, wanted)) from None
    reader = csv.DictReader(StringIO(text, newline=""), strict=True)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        wanted = phrased("the columns {known}", known=", ".join(COLUMNS))
        raise InputError(Fault(FILE, 1, "header", text.partition("\n")[0][:100], wanted))
    out: Table = {}
    try:
        for row in reader:
            if None in row or any(cell is None for cell in row.values()):
                wanted = phrased("{number} cells as in the header", number=len(COLUMNS))
                raise InputError(Fault(FILE, reader.line_num, "row", "", wanted))
            out[row["service"], row["record_id"]] = Seen(**row)
    except csv.Error as error:
        raise InputError(*csv_faults(text, FILE, reader.line_num, error)) from None
    return out


def keep_seen(place: Path, table: Table) -> None:
    """Write the table, sorted, so that two runs differ in the lines that changed."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for key in sorted(table):
        one = table[key]
        writer.writerow(
            (one.service, one.record_id, one.digest, one.first_run, one.changed_run,
             one.digest_before)
        )  # fmt: skip
    keep(place / FILE, out.getvalue().encode())


def compare(
    table: Table, records: dict[str, list[Record]], stamp: str
) -> tuple[Table, list[tuple[str, Record]], list[tuple[str, Record]]]:
    """The table with a run's records; those that are new in this run, those that changed in it.

    A run that is taken up again calls the same records new.
    """
    out = dict(table)
    new: list[tuple[str, Record]] = []
    changed: list[tuple[str, Record]] = []
    for service, came in records.items():
        # A list read while the service moves it may hold a record twice: once is enough.
        for record in {one.record_id: one for one in came}.values():
            key, digest = (service, record.record_id), digest_of(record, service)
            before = out.get(key)
            if before is None or before.first_run == stamp:
                out[key] = Seen(*key, digest, stamp)
                new.append((service, record))
                continue
            old = before.digest_before if before.changed_run == stamp else before.digest
            if old != digest:
                out[key] = Seen(*key, digest, before.first_run, stamp, old)
                changed.append((service, record))
    return out, new, changed
