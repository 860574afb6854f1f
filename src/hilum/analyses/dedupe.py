"""Duplicates among search exports: copies of one report, and reports that belong together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option, check
from hilum.errors import Fault, InputError
from hilum.literature.bibliography.formats import opened_as
from hilum.literature.bibliography.kept import Bad, Good
from hilum.literature.bibliography.reading import items
from hilum.literature.duplicates.levels import LEVELS, levelled
from hilum.literature.duplicates.side import Side, side_of
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.literature.duplicates.grouping import Found, Pair
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

    def __post_init__(self) -> None:
        """Refuse values that are none of the choices, and no file at all."""
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
    files: tuple[FileRead, ...]
    merges: tuple[Match, ...]
    links: tuple[Match, ...]
    possible: tuple[Match, ...]
    asked: DedupeAsked


def run(asked: DedupeAsked, watch: Watch = SILENT) -> DedupeAnswered:
    """Find the duplicates in one or several files.

    An id is that of the file (EndNote's record number, RIS's ID, BibTeX's key, else the place in
    the file); where two files share ids, ``FILE:ID``.

    Raises
    ------
    InputError
        A file that cannot be read or is no export.
    Stopped
        When the watch says so.
    """
    sides: list[tuple[str, Side]] = []
    files: list[FileRead] = []
    for name, path in _named(asked.files):
        unread: list[tuple[int | None, str]] = []
        count = 0
        for one in items(path, watch):
            if isinstance(one, Good):
                sides.append((name, side_of(one.record)))
                count += 1
            elif isinstance(one, Bad):
                unread.append((one.line, one.expected))
        files.append(
            FileRead(file=name, format=opened_as(path).code, records=count, unread=tuple(unread))
        )
    if not sides:
        raise InputError(Fault(files[0].file, None, "file", "", "a file with at least one record"))
    ids = _ids(sides)
    found, groups = _found([side for _, side in sides], asked.level, watch)
    return DedupeAnswered(
        groups=tuple(tuple(ids[place] for place in group) for group in groups),
        records=len(sides),
        kept=len(sides) - sum(len(group) - 1 for group in groups),
        files=tuple(files),
        merges=tuple(_match(one, ids) for one in found.merges),
        links=tuple(_match(one, ids) for one in found.links),
        possible=tuple(_match(one, ids) for one in found.possible),
        asked=asked,
    )


def _found(
    sides: list[Side], level: str, watch: Watch
) -> tuple[Found, tuple[tuple[int, ...], ...]]:
    from hilum.literature.duplicates.grouping import grouped

    found = grouped(sides, watch)
    return found, levelled(found, len(sides), level)


def _named(files: tuple[str, ...]) -> list[tuple[str, Path]]:
    """Files by name; those of one name by their number."""
    paths = [Path(one) for one in files]
    often = Counter(path.name for path in paths)
    return [
        (path.name if often[path.name] == 1 else f"{number}.{path.name}", path)
        for number, path in enumerate(paths, 1)
    ]


def _ids(sides: list[tuple[str, Side]]) -> list[str]:
    often = Counter(side.record_id for _, side in sides)
    return [
        side.record_id if often[side.record_id] == 1 else f"{file}:{side.record_id}"
        for file, side in sides
    ]


def _match(one: Pair, ids: list[str]) -> Match:
    return Match(
        a=ids[one.a],
        b=ids[one.b],
        score=one.weighed.score,
        reasons=one.weighed.reasons,
        link=one.link,
    )
