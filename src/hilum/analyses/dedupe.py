"""Duplicates among search exports: copies of one report, and reports that belong together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option, check
from hilum.errors import Fault, InputError, MissingExtra
from hilum.literature.bibliography.columns import named_columns
from hilum.literature.bibliography.formats import opened_as
from hilum.literature.bibliography.kept import Bad, Good
from hilum.literature.bibliography.reading import items
from hilum.literature.duplicates.grouping import grouped
from hilum.literature.duplicates.levels import LEVELS, levelled, united
from hilum.literature.duplicates.merging import merged
from hilum.literature.duplicates.side import Side, side_of
from hilum.literature.review.changes import source_of
from hilum.literature.review.state import is_review, read_review
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hilum.literature.bibliography.record import Record
    from hilum.literature.duplicates.grouping import Pair
    from hilum.watch import Watch


def levels() -> tuple[str, ...]:
    """Codes of the levels."""
    return tuple(LEVELS)


@dataclass(frozen=True, kw_only=True)
class DedupeAsked:
    """Search exports, and what counts as one."""

    files: tuple[str, ...]
    level: Annotated[
        str,
        Option(
            "What a group is: copies of one report, one work in its versions and translations, or "
            "every report of one study.",
            levels,
        ),
    ] = "work"
    columns: Annotated[
        str,
        Option("Which column of a table holds what, such as title=Titel,authors=Verfasser."),
    ] = ""

    def __post_init__(self) -> None:
        """Refuse values that are none of the choices, columns of no field, and no file at all."""
        named_columns(self.columns)
        none = [] if self.files else [Fault("", None, "files", "", "a file of references")]
        check(self, *none)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """What became of a file: records kept, and those that could not be read."""

    file: str
    format: str
    records: int
    unread: tuple[tuple[int | None, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Two records with the evidence that they belong together; ``link`` is empty for copies."""

    a: str
    b: str
    score: float
    reasons: tuple[tuple[str, float], ...]
    link: str = ""


@dataclass(frozen=True, kw_only=True)
class DedupeAnswered:
    """Groups of ids at the level asked for, and every pair behind them.

    Parameters
    ----------
    groups : tuple of tuple of str
        Two ids or more each; a record in none stands alone.
    records, kept : int
        Records read, and how many are left when each group counts once.
    copies : int
        Records that are copies of another; the rest of a group are links at its level.
    merges : tuple of Match
        Copies: the pairs that joined them, with score and reasons.
    links : tuple of Match
        Reports that are no copies and belong together, with what they are to each other.
    possible : tuple of Match
        Pairs that a person should look at; they are in no group.
    """

    groups: tuple[tuple[str, ...], ...]
    records: int
    kept: int
    copies: int
    files: tuple[FileRead, ...]
    merges: tuple[Match, ...]
    links: tuple[Match, ...]
    possible: tuple[Match, ...]
    asked: DedupeAsked


def run(asked: DedupeAsked, watch: Watch = SILENT) -> DedupeAnswered:
    """Find the duplicates in one or several files.

    An id is that of the file (EndNote's record number, RIS's ID, BibTeX's key, else the place in
    the file); where two files share ids, ``FILE:ID``. One folder of a review stands for its
    imports, with ids ``IMPORT:ID``.

    Raises
    ------
    InputError
        A file that cannot be read or is no export.
    MissingExtra
        The extra ``literature`` is not installed.
    Stopped
        When the watch says so.
    """
    if find_spec("rapidfuzz") is None:
        raise MissingExtra("duplicates need the extra literature: pip install 'hilum[literature]'")
    sides: list[tuple[str, Side]] = []
    files: list[FileRead] = []
    named, review = _named(asked.files, asked.columns)
    for name, path, columns in named:
        unread: list[tuple[int | None, str]] = []
        count = 0
        for one in items(path, watch, columns):
            if isinstance(one, Good):
                sides.append((name, side_of(one.record)))
                count += 1
            elif isinstance(one, Bad):
                unread.append((one.line, one.expected))
        files.append(
            FileRead(
                file=name, format=opened_as(path, columns).code, records=count, unread=tuple(unread)
            )
        )
    if not sides:
        raise InputError(Fault(asked.files[0], None, "file", "", "a file with at least one record"))
    ids = _ids([(name, side.record_id) for name, side in sides], always=review)
    found = grouped([side for _, side in sides], watch, _apart(asked.files, ids))
    groups = levelled(found, len(sides), asked.level)
    return DedupeAnswered(
        groups=tuple(tuple(ids[place] for place in group) for group in groups),
        records=len(sides),
        kept=len(sides) - sum(len(group) - 1 for group in groups),
        copies=sum(len(group) - 1 for group in found.reports),
        files=tuple(files),
        merges=tuple(_match(one, ids) for one in found.merges),
        links=tuple(_match(one, ids) for one in found.links),
        possible=tuple(_match(one, ids) for one in found.possible),
        asked=asked,
    )


def merged_records(
    files: tuple[str, ...],
    joined: Iterable[tuple[str, str]],
    apart: Iterable[tuple[str, str]] = (),
    watch: Watch = SILENT,
    columns: str = "",
) -> Iterator[Record]:
    """Every record of the files once, copies of one report as one: the files are read again.

    ``joined`` are the pairs of ids that are copies (``merges`` of an answer), ``apart`` those that
    a person undid. ``columns`` are those of tables, as for :class:`DedupeAsked`.

    Versions and translations are no copies: each stays, whatever the level of the groups.
    """
    named, review = _named(files, columns)
    listed = [
        (name, one.record)
        for name, path, columns in named
        for one in items(path, watch, columns)
        if isinstance(one, Good)
    ]
    ids = _ids([(name, record.record_id) for name, record in listed], always=review)
    place = {name: n for n, name in enumerate(ids)}
    pairs = [(place[a], place[b]) for a, b in joined]
    kept_apart = [(place[a], place[b]) for a, b in apart if a in place and b in place]
    groups = {group[0]: group for group in united(pairs, len(listed), kept_apart)}
    inside = {n for group in groups.values() for n in group[1:]}
    for n, (_, record) in enumerate(listed):
        if n not in inside:
            group = groups.get(n, (n,))
            names = [f"{listed[m][0]}:{listed[m][1].record_id}" for m in group]
            whole = merged([listed[m][1] for m in group], names) if len(group) > 1 else record
            own = record.own_id or record.record_id
            yield replace(whole, record_id=ids[n], own_id="" if own == ids[n] else own)


def _apart(files: tuple[str, ...], ids: list[str]) -> frozenset[tuple[int, int]]:
    """Pairs of a review that a person undid."""
    if not is_review(Path(files[0])):
        return frozenset()
    place = {name: n for n, name in enumerate(ids)}
    undone = [one for one in read_review(Path(files[0])).merges if one.undone]
    pairs = [sorted((place.get(one.a, -1), place.get(one.b, -1))) for one in undone]
    return frozenset((a, b) for a, b in pairs if a >= 0)


def _named(
    files: tuple[str, ...], columns: str
) -> tuple[list[tuple[str, Path, dict[str, str]]], bool]:
    """Files by name, those of one name by their number; or the imports of one review.

    Beside each the columns that a person named when it was imported, by their field.
    """
    paths = [Path(one) for one in files]
    if len(paths) == 1 and is_review(paths[0]):
        review = read_review(paths[0])
        return [
            (one.code, paths[0] / source_of(one), named_columns(one.columns))
            for one in review.imports
        ], True
    often = Counter(path.name for path in paths)
    own = named_columns(columns)
    return [
        (path.name if often[path.name] == 1 else f"{number}.{path.name}", path, own)
        for number, path in enumerate(paths, 1)
    ], False


def _ids(named: list[tuple[str, str]], *, always: bool) -> list[str]:
    often = Counter(record_id for _, record_id in named)
    return [
        record_id if often[record_id] == 1 and not always else f"{file}:{record_id}"
        for file, record_id in named
    ]


def _match(one: Pair, ids: list[str]) -> Match:
    return Match(
        a=ids[one.a],
        b=ids[one.b],
        score=one.weighed.score,
        reasons=one.weighed.reasons,
        link=one.link,
    )
