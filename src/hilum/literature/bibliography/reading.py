"""A file of references read: streamed one by one, or whole with the proof that nothing is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from hilum.literature.bibliography.columns import cells_of, few_known
from hilum.literature.bibliography.databases import of_head, of_record
from hilum.literature.bibliography.formats import head_of, recognised
from hilum.literature.bibliography.kept import Bad, Good, Item, Loose, Note, Reading
from hilum.literature.bibliography.lines import digest, opened
from hilum.literature.bibliography.notices import is_notice
from hilum.literature.bibliography.tag_heads import vocabulary
from hilum.literature.bibliography.withdrawn import noticed
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from hilum.literature.bibliography.lines import Text
    from hilum.literature.bibliography.record import Record
    from hilum.watch import Watch

TABLES = ("csv", "xlsx", "field_rows")
"""Formats whose first row may tell the database."""
SAME_ID = "the id stands in the file before: a number was added to it"
NO_RECORD = "the file holds no record"
TWO_TITLES = "a second title stands in the record: two records may have run together"
TITLES = frozenset({"TI", "T1", "%T"})
"""Tags of which a record has one."""
DOUBT = "the encoding of a line is a guess: look at it, or save the file as UTF-8"
MARKED = "a byte order mark within the file: another file begins there"
EVERY = 200


def items(
    path: Path, watch: Watch = SILENT, columns: Mapping[str, str] | None = None
) -> Iterator[Item]:
    """Records and faults of a file as they are met; its format is recognised from its content.

    An id that was there before gets ``~2``, ``~3`` and so on. ``columns`` are those of a table that
    a person named, by their field.

    Raises
    ------
    InputError
        A file that cannot be read or is no export; XML that declares entities.
    Stopped
        When the watch says so.
    """
    text = opened(path, columns)
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
        if _has_two_titles(one.record):
            one = Good(one.record, (*one.notes, TWO_TITLES))
        record_id = one.record.record_id
        seen[record_id] += 1
        if seen[record_id] == 1:
            yield one
            continue
        while (name := f"{record_id}~{seen[record_id]}") in seen:
            seen[record_id] += 1
        seen[name] += 1
        yield Good(one.record.named(name), (*one.notes, SAME_ID))


def _has_two_titles(record: Record) -> bool:
    """Whether one of the tags of a title stands twice in a record, and says two things."""
    titles = [field for field in record.fields if field.tag in TITLES]
    return len(titles) > 1 and any(
        len({" ".join(field.value.split()) for field in titles if field.tag == tag}) > 1
        for tag in TITLES
    )


def read(
    path: Path,
    watch: Watch = SILENT,
    *,
    fields: bool = True,
    columns: Mapping[str, str] | None = None,
) -> Reading:
    """A file whole: records, faults, notes, and the count that proves that none is missing.

    Without ``fields`` the records keep their parts alone, which is a third of the memory; notices
    of a retraction keep theirs, which name the paper.

    Raises
    ------
    InputError, Stopped
        As :func:`items`.
    """
    text = opened(path, columns)
    made = recognised(text)
    whole_file, few = _told_by_head(text, made.code)
    mark = digest(path)
    watch.stage("references", 0)
    good: list[Good] = []
    bad: list[Bad] = []
    loose: list[Loose] = []
    deleted: list[str] = []
    databases: dict[str, None] = {}
    for one in numbered(made.read(text, path.name, mark), watch):
        if isinstance(one, Good):
            databases[of_record(one.record, made.code) or whole_file] = None
            whole = fields or is_notice(one.record.title, one.record.kind)
            good.append(one if whole else Good(replace(one.record, fields=()), one.notes))
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
    notes += [] if good or bad else [Note(0, None, "", NO_RECORD)]
    notes += [Note(0, line or None, "", DOUBT) for line in text.doubtful]
    notes += [Note(0, line or None, "", MARKED) for line in text.marks]
    notes += [Note(0, None, "", said) for said in (*text.asides, *filter(None, [few]))]
    return Reading(
        source=path.name,
        digest=mark,
        format=made.code,
        encodings=dict(text.encodings),
        counted=made.count(opened(path, columns)),
        records=tuple(one.record for one in good),
        bad=tuple(bad),
        notes=tuple(notes),
        loose=tuple(loose),
        deleted=tuple(deleted),
        databases=tuple(databases),
    )


def _told_by_head(text: Text, form: str) -> tuple[str, str]:
    """What the first row of a table tells: its database, and that few of its columns are known."""
    if form not in TABLES:
        return "", ""
    head = head_of(text)
    first = next((line for line in head.split("\n") if line.strip()), "")
    tagged = vocabulary(cells_of(first)) is not None
    return of_head(head, form), "" if tagged or form == "field_rows" else few_known(first)


def databases_of(
    path: Path, watch: Watch = SILENT, columns: Mapping[str, str] | None = None
) -> dict[str, str]:
    """By record of a file: the database that it came from; empty where nothing tells it."""
    text = opened(path, columns)
    form = recognised(text).code
    whole_file, _ = _told_by_head(text, form)
    return {
        one.record.record_id: of_record(one.record, form) or whole_file
        for one in items(path, watch, columns)
        if isinstance(one, Good)
    }
