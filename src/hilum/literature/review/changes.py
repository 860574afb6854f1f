"""Changes of a review, as files to write in their order: nothing is written here.

What is new is written first under names that nothing refers to, ``datapackage.json`` last: it alone
says what holds. Files that nothing refers to any more are removed after it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import Fault, InputError, phrased
from hilum.literature.bibliography.notices import about, is_notice
from hilum.literature.bibliography.reading import TABLES
from hilum.literature.bibliography.writing import COLUMNS, cells
from hilum.literature.review.joined import NOTED, last_read
from hilum.literature.review.origins import must_be_source, shared_database
from hilum.literature.review.state import MERGES, OWN, PACKAGE, Imported, Merge, Review
from hilum.tabular.safe import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from hilum.literature.bibliography.kept import Reading

UNREAD: Final = ("position", "line", "expected", "raw")
NOTES: Final = ("record_id", "line", "note")
LOOSE: Final = "a line that belongs to no record"
DELETED: Final = "reported as deleted by the source"
REFUSED: Final = "refused"
"""What the log says of a file of which nothing was read."""
SEEN: Final = 60
"""Letters of what stood there."""
MERGE_COLUMNS: Final = ("a", "b", "score", "link", "reasons", "undone", "said", "by", "was")
FOLDERS: Final = ("records", "unread", "notes", "sources", "notices")
NOTICES: Final = ("id", "scheme", "number")
"""Of a notice of retraction and of the paper it names: the record, "doi" or "pmid", the number."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Files to write, in their order, and files to remove after them (paths in the folder)."""

    write: tuple[tuple[str, bytes], ...]
    remove: tuple[str, ...] = ()


def founded(title: str, when: str) -> Changes:
    """The files of a new review; its logs are there from the beginning, so that they are listed."""
    from hilum.literature.flow.retrieval import FILE as RETRIEVAL
    from hilum.literature.flow.retrieval import HEAD as RETRIEVAL_HEAD
    from hilum.literature.screening.decisions import FILE as DECISIONS
    from hilum.literature.screening.decisions import HEAD as DECISIONS_HEAD

    logs = ((DECISIONS, DECISIONS_HEAD), (RETRIEVAL, RETRIEVAL_HEAD))
    review = Review(title=title, created=when, more=logs)
    made = [(MERGES, table(MERGE_COLUMNS, ()))]
    made += [(name, table(head, ())) for name, head in logs]
    return Changes((*made, (PACKAGE, packaged(review))))


def listed(review: Review, tables: Iterable[tuple[str, Sequence[str]]]) -> Changes:
    """The package with further tables in its list; nothing to write where all are in it."""
    known = dict(review.more)
    more = known | {path: tuple(columns) for path, columns in tables}
    if more == known:
        return Changes(())
    return Changes(((PACKAGE, packaged(replace(review, more=tuple(more.items())))),))


def imported(
    review: Review,
    readings: Sequence[tuple[Reading, bytes]],
    when: str,
    origin: str = "",
    via: str = "",
    columns: str = "",
) -> Changes:
    """Files added: their raw bytes, records, notes, and what could not be read.

    A file whose bytes are in the review already is left out (:func:`known`); one that was undone
    gets its code back, so that what was decided on its records holds again. ``origin`` and
    ``via`` are what a person says of the files' source; else the database that all records of a
    file name is kept. ``columns`` are those of tables as a person named them.
    """
    held = {one.digest for one in review.imports}
    write: list[tuple[str, bytes]] = []
    added: list[Imported] = []
    number, more = review.next_number, dict(review.more)
    for reading, raw in readings:
        if reading.digest in held:
            continue
        code = _code_before(review, reading.digest)
        if not code:
            code = f"i{number:03d}"
            number += 1
        one = replace(
            _import_of(reading, code, when),
            origin=origin or shared_database(reading),
            via=via,
            columns=columns if reading.format in TABLES else "",
        )
        held.add(reading.digest)
        added.append(one)
        write += [
            (source_of(one), raw),
            (f"records/{code}.csv", _records(reading, code)),
            (f"notes/{code}.csv", _notes(reading)),
            (f"unread/{code}.csv", _unread(reading)),
        ]
        told = _notices(reading, code)
        if told:
            write.append((notices_of(code), table(NOTICES, told)))
            more[notices_of(code)] = NOTICES
    changed = replace(
        review,
        more=tuple(more.items()),
        imports=tuple(sorted((*review.imports, *added), key=lambda one: (len(one.code), one.code))),
        next_number=number,
        log=(*review.log, *((when, "import", one.code, one.file) for one in added)),
    )
    return Changes((*write, (PACKAGE, packaged(changed))))


def _code_before(review: Review, digest: str) -> str:
    """The code that the same bytes had before they were undone; empty where they had none.

    The log holds, of what was undone: when, "undo", code, file, digest.
    """
    held = {one.code for one in review.imports}
    return next(
        (one[2] for one in reversed(review.log)
         if len(one) > 4 and one[1] == "undo" and one[4] == digest and one[2] not in held),
        "",
    )  # fmt: skip


def refused(
    review: Review, files: Iterable[tuple[str, int | None, str, str]], when: str
) -> Changes:
    """The review with files of which nothing was read in its log: name, line, what stood, why."""
    rows = tuple(
        (when, REFUSED, file if line is None else f"{file}:{line}", seen[:SEEN], str(why))
        for file, line, seen, why in files
    )
    return Changes(((PACKAGE, packaged(replace(review, log=(*review.log, *rows)))),))


def known(review: Review, readings: Iterable[Reading]) -> tuple[tuple[str, str], ...]:
    """Files whose bytes are in the review already, with their import."""
    held = {one.digest: one.code for one in review.imports}
    return tuple((one.source, held[one.digest]) for one in readings if one.digest in held)


def without(review: Review, codes: Sequence[str], when: str) -> Changes:
    """The review without some imports, whichever they are.

    Raises
    ------
    InputError
        An import that is not there.
    """
    known = {one.code: one for one in review.imports}
    faults = [
        Fault("", None, "import", code,
              phrased("one of {known}", known=", ".join(known) or "-"))
        for code in codes if code not in known
    ]  # fmt: skip
    if faults:
        raise InputError(*faults)
    left = tuple(one for one in review.imports if one.code not in codes)
    gone = [known[code] for code in dict.fromkeys(codes)]
    undone = ((when, "undo", one.code, one.file, one.digest) for one in gone)
    notices = {notices_of(one.code) for one in gone} & set(dict(review.more))
    more = tuple(one for one in review.more if one[0] not in notices)
    changed = replace(review, imports=left, more=more, log=(*review.log, *undone))
    return Changes(
        ((PACKAGE, packaged(changed)),),
        tuple(
            name
            for one in gone
            for name in (source_of(one), f"records/{one.code}.csv", f"notes/{one.code}.csv",
                         f"unread/{one.code}.csv")
        ) + tuple(sorted(notices)),
    )  # fmt: skip


def originated(review: Review, code: str, origin: str, via: str, when: str) -> Changes:
    """The review with another word on where an import came from.

    Raises
    ------
    InputError
        An import that is not there, nothing said of it, or another kind of source.
    """
    must_be_source(origin, via)
    known = [one.code for one in review.imports]
    if code not in known:
        expected = phrased("one of {known}", known=", ".join(known) or "-")
        raise InputError(Fault("", None, "import", code, expected))
    changed = tuple(
        replace(one, origin=origin, via=via) if one.code == code else one for one in review.imports
    )
    said = (when, "origin", code, f"{origin} ({via})")
    return Changes(
        ((PACKAGE, packaged(replace(review, imports=changed, log=(*review.log, said)))),)
    )


def judged(review: Review, merges: Iterable[Merge], read: Iterable[str], when: str) -> Changes:
    """New pairs in place of the old, found among the imports ``read``; what a person said stays.

    What a person said of records of undone imports stays too: the import may come back.
    """
    told = {frozenset((one.a, one.b)): one for one in review.rows if one.undone or one.said}
    listed = [one for one in merges if frozenset((one.a, one.b)) not in told]
    listed = [*told.values(), *listed]
    codes = tuple(read)
    again = last_read(review.log) == codes
    said = () if again else ((when, NOTED, " ".join(codes), ""),)
    noted = replace(review, log=(*review.log, *said))
    return Changes((*paired(listed).write, (PACKAGE, packaged(noted))))


def paired(merges: Sequence[Merge]) -> Changes:
    """The table of pairs, in their order."""
    rows = [
        (one.a, one.b, f"{one.score:g}", one.link, one.reasons, one.undone, one.said, one.by,
         one.was)
        for one in merges
    ]  # fmt: skip
    return Changes(((MERGES, table(MERGE_COLUMNS, rows)),))


def source_of(one: Imported) -> str:
    """Where the raw bytes of an import lie."""
    name = "".join(c if c.isalnum() or c in "._-" else "_" for c in one.file)[-80:]
    return f"sources/{one.code}-{name}"


def notices_of(code: str) -> str:
    """Where the papers lie that an import's notices of retraction name."""
    return f"notices/{code}.csv"


def _notices(reading: Reading, code: str) -> list[tuple[str, str, str]]:
    return [
        (f"{code}:{one.record_id}", scheme, number)
        for one in reading.records
        if is_notice(one.title, one.kind)
        for scheme, number in about(one)
    ]


def _import_of(reading: Reading, code: str, when: str) -> Imported:
    return Imported(
        code=code, file=reading.source, digest=reading.digest, format=reading.format,
        encodings=reading.encodings, counted=reading.counted, records=len(reading.records),
        unread=len(reading.bad), when=when,
    )  # fmt: skip


def _records(reading: Reading, code: str) -> bytes:
    return table(
        ("id", "line", *COLUMNS),
        ([f"{code}:{one.record_id}", "" if one.place.line is None else str(one.place.line),
          *cells(one)] for one in reading.records),
    )  # fmt: skip


def _notes(reading: Reading) -> bytes:
    rows = [
        (one.record_id, "" if one.line is None else str(one.line), one.said)
        for one in reading.notes
    ]
    rows += [("", str(one.line), LOOSE) for one in reading.loose]
    rows += [(one, "", DELETED) for one in reading.deleted]
    return table(NOTES, rows)


def _unread(reading: Reading) -> bytes:
    return table(
        UNREAD, ([str(one.position), "" if one.line is None else str(one.line), one.expected,
                  one.raw] for one in reading.bad),
    )  # fmt: skip


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """CSV in UTF-8, one line end, cells that a spreadsheet would compute behind an apostrophe."""
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\n")
    sheet.writerow(head)
    for row in rows:
        sheet.writerow([safe_cell(cell.replace("\x00", "")) for cell in row])
    return out.getvalue().encode("utf-8", "replace")


def packaged(review: Review) -> bytes:
    """The data package of a state: every table with its columns, every import with its counts."""
    imports = [
        {"code": one.code, "file": one.file, "digest": one.digest, "format": one.format,
         "encodings": one.encodings, "counted": one.counted, "records": one.records,
         "unread": one.unread, "when": one.when, "origin": one.origin, "via": one.via,
         **({"columns": one.columns} if one.columns else {})}
        for one in review.imports
    ]  # fmt: skip
    resources: list[dict[str, Any]] = []
    for one in review.imports:
        resources += [
            _table(f"records-{one.code}", f"records/{one.code}.csv", ("id", "line", *COLUMNS)),
            _table(f"notes-{one.code}", f"notes/{one.code}.csv", NOTES),
            _table(f"unread-{one.code}", f"unread/{one.code}.csv", UNREAD),
        ]
    package = {
        "profile": "data-package",
        "name": "review",
        "title": review.title,
        "created": review.created,
        "hilum": {
            "version": 1,
            "next": review.next_number,
            "imports": imports,
            "log": [list(one) for one in review.log],
        },
        "resources": [
            *resources,
            _table("merges", MERGES, MERGE_COLUMNS),
            *(_table(_named(path), path, columns) for path, columns in review.more),
        ],
    }
    return (json.dumps(package, ensure_ascii=False, indent=1) + "\n").encode()


def _named(path: str) -> str:
    """A resource's name of a path: small letters, digits and hyphens, each path its own."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in path.lower())
    mark = hashlib.sha256(path.encode()).hexdigest()[:6]
    return f"{OWN}{plain.strip('-')}-{mark}"


def _table(name: str, path: str, columns: Sequence[str]) -> dict[str, Any]:
    fields = [{"name": one, "type": "string"} for one in columns]
    return {
        "name": name, "path": path, "profile": "tabular-data-resource", "format": "csv",
        "mediatype": "text/csv", "encoding": "utf-8", "schema": {"fields": fields},
    }  # fmt: skip


def orphans(folder: Path, review: Review) -> tuple[str, ...]:
    """Files of imports that nothing refers to: what a kill left, or an undoing had begun on."""
    held = {
        name for one in review.imports
        for name in (source_of(one), *(f"{part}/{one.code}.csv" for part in
                                       ("records", "notes", "unread", "notices")))
    }  # fmt: skip
    return tuple(
        f"{part}/{one.name}"
        for part in FOLDERS
        if (folder / part).is_dir()
        for one in sorted((folder / part).iterdir())
        if one.is_file() and not one.name.startswith(".") and f"{part}/{one.name}" not in held
    )
