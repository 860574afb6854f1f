"""A file of references read: streamed one by one, or whole with the proof that nothing is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from hilum.literature.bibliography.formats import recognised
from hilum.literature.bibliography.kept import Bad, Good, Item, Loose, Note, Reading
from hilum.literature.bibliography.lines import digest, opened
from hilum.literature.bibliography.withdrawn import noticed
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from hilum.literature.bibliography.record import Record
    from hilum.watch import Watch

DATABASES = {
    "ris": ("DB", "DP"),
    "csv": ("Database", "database", "DB"),
    "endnote_xml": ("remote-database-name",),
    "wos": (),
    "nbib": (),
}
"""Tags under which exports name the database of a record, by format; of others as of CSV."""
SAME_ID = "the id stands in the file before: a number was added to it"
DOUBT = "the encoding of a line is a guess: look at it, or save the file as UTF-8"
MARKED = "a byte order mark within the file: another file begins there"
EVERY = 200


def items(path: Path, watch: Watch = SILENT) -> Iterator[Item]:
    """Records and faults of a file as they are met; its format is recognised from its content.

    An id that was there before gets ``~2``, ``~3`` and so on.

    Raises
    ------
    InputError
        A file that cannot be read or is no export; XML that declares entities.
    Stopped
        When the watch says so.
    """
    text = opened(path)
    made = recognised(text)
    watch.stage("references", 0)
    yield from numbered(made.read(text, path.name, digest(path)), watch)


def numbered(found: Iterable[Item], watch: Watch = SILENT) -> Iterator[Item]:
    """The same with ids that stand once each."""
    seen: Counter[str] = Counter()
    for step, one in enumerate(found):
        if step % EVERY == EVERY - 1:
            watch.done(EVERY)
        if not isinstance(one, Good):
            yield one
            continue
        one = noticed(one)
        record_id = one.record.record_id
        seen[record_id] += 1
        if seen[record_id] == 1:
            yield one
            continue
        while (name := f"{record_id}~{seen[record_id]}") in seen:
            seen[record_id] += 1
        seen[name] += 1
        yield Good(one.record.named(name), (*one.notes, SAME_ID))


def read(path: Path, watch: Watch = SILENT, *, fields: bool = True) -> Reading:
    """A file whole: records, faults, notes, and the count that proves that none is missing.

    Without ``fields`` the records keep their parts alone, which is a third of the memory.

    Raises
    ------
    InputError, Stopped
        As :func:`items`.
    """
    text = opened(path)
    made = recognised(text)
    mark = digest(path)
    watch.stage("references", 0)
    good: list[Good] = []
    bad: list[Bad] = []
    loose: list[Loose] = []
    deleted: list[str] = []
    databases: dict[str, None] = {}
    for one in numbered(made.read(text, path.name, mark), watch):
        if isinstance(one, Good):
            databases[_database(one.record, made.code)] = None
            good.append(one if fields else Good(replace(one.record, fields=()), one.notes))
        elif isinstance(one, Bad):
            bad.append(one)
        elif isinstance(one, Loose):
            loose.append(one)
        else:
            deleted.append(one.record_id)
    notes = [
        Note(one.record.place.position, one.record.place.line, one.record.record_id, said)
        for one in good
        for said in one.notes
    ]
    notes += [Note(0, line or None, "", DOUBT) for line in text.doubtful]
    notes += [Note(0, line or None, "", MARKED) for line in text.marks]
    notes += [Note(0, None, "", said) for said in text.asides]
    return Reading(
        source=path.name,
        digest=mark,
        format=made.code,
        encodings=dict(text.encodings),
        counted=made.count(opened(path)),
        records=tuple(one.record for one in good),
        bad=tuple(bad),
        notes=tuple(notes),
        loose=tuple(loose),
        deleted=tuple(deleted),
        databases=tuple(databases),
    )


def _database(one: Record, form: str) -> str:
    tags = DATABASES.get(form, DATABASES["csv"])
    named = (field.value.strip() for field in one.fields if field.tag in tags)
    return next(filter(None, named), "")


def databases_of(path: Path, watch: Watch = SILENT) -> dict[str, str]:
    """By record of a file: the database that it names; empty where it names none."""
    form = recognised(opened(path)).code
    return {
        one.record.record_id: _database(one.record, form)
        for one in items(path, watch)
        if isinstance(one, Good)
    }
