"""Search exports and reviews in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hilum.language.telling import sentence
from hilum.literature.bibliography import (
    bibtex,
    cleaning,
    columns,
    endnote_xml,
    field_rows,
    glued,
    nbib,
    pubmed_xml,
    refer,
    ris,
    sheet,
    table,
    tagged,
    trials_json,
    withdrawn,
)
from hilum.literature.bibliography.formats import BELOW, COLUMNS, FORMATS, OTHERS, TURNED
from hilum.literature.bibliography.one_format import TWO
from hilum.literature.bibliography.reading import (
    DOUBT,
    MARKED,
    NO_RECORD,
    SAME_ID,
    TWO_TITLES,
)
from hilum.literature.review.changes import DELETED, LOOSE
from hilum.literature.review.joined import THROUGH
from hilum.records import found
from hilum.rendering.flow import some_of
from hilum.rendering.pairs import waiting_line
from hilum.tabular import hidden, quoting, workbook
from hilum.tabular.encoding import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.analyses.references import FileReport, ReferencesAnswered, Refused
    from hilum.analyses.review import ReviewAnswered
    from hilum.language import Words

SHOWN: Final = 20
LOOKED: Final = {
    "never": "copies were never looked for: run hilum literature dedupe",
    "partly": "copies were not looked for in these imports ({imports}): run hilum literature "
    "dedupe again",
    "not_noted": "when copies were last looked for is not written down: run hilum literature "
    "dedupe once more",
}
"""How far copies were looked for, and what to run."""
ON_A_PAGE: Final = {
    "never": "Copies were never looked for: look for them below.",
    "partly": "Copies were not looked for in these imports ({imports}): look for them again below.",
    "not_noted": "When copies were last looked for is not written down: look for them once more "
    "below.",
}


def messages() -> set[str]:
    """Sentences that readers keep for later."""
    return {
        DOUBT, MARKED, NO_RECORD, SAME_ID, TWO_TITLES,
        *hidden.SAID, workbook.NEVER, workbook.BEYOND, sheet.CELL, LOOSE, DELETED,
        columns.WANTED, columns.ONE_CELL, columns.NOTHING_BETWEEN, columns.FEW_KNOWN,
        quoting.OPEN, quoting.SWALLOWED, quoting.SWALLOWING, quoting.UNCLOSED, quoting.UNREADABLE,
        ris.NO_END, ris.NO_TYPE, ris.NO_TITLE, ris.NO_YEAR, ris.NO_DOI,
        withdrawn.RETRACTED, withdrawn.PARTLY, withdrawn.CONCERN,
        endnote_xml.BROKEN, nbib.NO_PMID, refer.NO_FIELD, tagged.NO_FIELD, pubmed_xml.BROKEN,
        cleaning.CUT, glued.IN_DOUBT, bibtex.OPEN, bibtex.SHAPE, table.CELLS, table.HEAD,
        BELOW, COLUMNS, TURNED, TWO, field_rows.BROKEN, sheet.CUT, quoting.BEHIND, quoting.DOUBTFUL,
        trials_json.BROKEN, *(one.instead for one in OTHERS), *LOOKED.values(),
        *ON_A_PAGE.values(), THROUGH,
    }  # fmt: skip


def refused_lines(refused: Sequence[Refused], words: Words) -> list[str]:
    """Of each file of which nothing was read, where and why."""
    return [
        words(
            "{file}: nothing of it was read: {value}: expected {expected}",
            file=visible(one.file if one.line is None else f"{one.file}:{one.line}"),
            value=visible(one.seen[:60]) or "-",
            expected=sentence(one.expected, words),
        )
        for one in refused
    ]


def references_lines(answer: ReferencesAnswered, words: Words) -> list[str]:
    """What became of each file, and of every record that could not be read."""
    lines: list[str] = []
    for one in answer.files:
        lines += _file(one, words)
    lines += refused_lines(answer.refused, words)
    if len(answer.files) > 1:
        lines.append(
            words(
                "in all: {kept} kept, {unread} not read", kept=answer.records, unread=answer.unread
            )
        )
    return lines


def _file(one: FileReport, words: Words) -> list[str]:
    lines = [
        words(
            "{file} ({format}): {counted} records in the file = {kept} kept + {unread} not read",
            file=visible(one.file),
            format=found(FORMATS, one.format, "format").name,
            counted=one.counted,
            kept=one.records,
            unread=len(one.unread),
        )
    ]
    if not one.whole:
        lines.append("  " + words("the sum does not hold: please report this file"))
    if one.encodings and set(one.encodings) != {"UTF-8"}:
        listed = ", ".join(f"{name} {count}" for name, count in one.encodings.items())
        lines.append("  " + words("lines beyond ASCII by encoding: {listed}", listed=listed))
    for bad in one.unread[:SHOWN]:
        lines.append(
            "  "
            + words(
                "record {position}, line {line}: not read: expected {expected}: {begins}",
                position=bad.position,
                line=bad.line or "?",
                expected=sentence(bad.expected, words),
                begins=visible(bad.begins[:60]),
            )
        )
    if len(one.unread) > SHOWN:
        lines.append("  " + words("and {count} more (--json)", count=len(one.unread) - SHOWN))
    lines += [f"  {sentence(said, words)}: {count}" for said, count in one.notes.items()]
    if one.doubtful:
        listed = some_of([str(line) for line in one.doubtful], words)
        lines.append("  " + words("lines whose encoding is in doubt: {listed}", listed=listed))
    if one.loose:
        lines.append("  " + words("lines that belong to no record: {count}", count=one.loose))
    if one.deleted:
        listed = ", ".join(map(visible, one.deleted))
        lines.append("  " + words("reported as deleted by the source: {listed}", listed=listed))
    return lines


def review_lines(answer: ReviewAnswered, words: Words) -> list[str]:
    """Imports one a line, then what they come to."""
    lines = [visible(answer.title)]
    for one in answer.imports:
        lines.append(
            words(
                "{code}  {file}  {kept} records, {unread} not read  {when}",
                code=one.code,
                file=visible(one.file),
                kept=one.records,
                unread=one.unread,
                when=one.when,
            )
        )
    lines.append(
        words(
            "{records} records of {reports} reports",
            records=answer.records,
            reports=answer.reports,
        )
    )
    undone = sum(bool(one.undone) for one in answer.merges)
    if undone:
        lines.append(words("merges undone by a person: {count}", count=undone))
    lines += [line for line in waiting_line(answer.waiting, words) if line]
    return [*lines, *looked_lines(answer.looked, answer.not_looked, words)]


def looked_lines(
    state: str, imports: Sequence[str], words: Words, *, page: bool = False
) -> list[str]:
    """That copies were not looked for everywhere, and what to run; nothing where they were."""
    if state == "whole":
        return []
    said = found(ON_A_PAGE if page else LOOKED, state, "state")
    return [words(said, imports=", ".join(imports))]
