"""A review's folder: its imports, how many records they hold, how many are copies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hilum.analyses.asked import check
from hilum.literature.duplicates.levels import united
from hilum.literature.review.joined import looked
from hilum.literature.review.judging import open_pairs
from hilum.literature.review.state import Imported, Merge, Review, read_review
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.watch import Watch


@dataclass(frozen=True, kw_only=True)
class ReviewAsked:
    """A review by its folder."""

    folder: str

    def __post_init__(self) -> None:
        """Nothing to choose from."""
        check(self)


@dataclass(frozen=True, kw_only=True)
class ReviewAnswered:
    """The state of a review.

    Parameters
    ----------
    records, unread : int
        Of all imports.
    reports : int
        Records when copies count once; all of them where duplicates were not looked for.
    merges : tuple of Merge
        Copies and links, those that a person undid with the time of it.
    log : tuple of tuple of str
        When, what, which import, which file.
    looked : str
        How far copies were looked for: ``whole``, ``partly``, ``never``, or ``not_noted`` where
        there are pairs and from when is not written down.
    not_looked : tuple of str
        Imports in which they were not looked for.
    waiting : int
        Pairs that a person should look at.
    """

    title: str
    created: str
    imports: tuple[Imported, ...]
    merges: tuple[Merge, ...]
    records: int
    unread: int
    reports: int
    log: tuple[tuple[str, ...], ...]
    asked: ReviewAsked
    looked: str = "whole"
    not_looked: tuple[str, ...] = ()
    waiting: int = 0


def run(asked: ReviewAsked, watch: Watch = SILENT) -> ReviewAnswered:
    """Read the state of a review.

    Raises
    ------
    InputError
        No review, or one whose files cannot be read.
    """
    watch.stage("references", 1)
    review = read_review(Path(asked.folder))
    records = sum(one.records for one in review.imports)
    watch.done()
    searched = looked(review)
    return ReviewAnswered(
        title=review.title,
        created=review.created,
        imports=review.imports,
        merges=review.merges,
        records=records,
        unread=sum(one.unread for one in review.imports),
        reports=records - copies(review),
        log=review.log,
        asked=asked,
        looked=searched.state,
        not_looked=searched.imports,
        waiting=len(open_pairs(review)),
    )


def copies(review: Review) -> int:
    """Records that are copies of another."""
    joined = [one for one in review.merges if not one.link and not one.undone]
    undone = [one for one in review.merges if one.undone]
    names = list(dict.fromkeys(name for one in review.merges for name in (one.a, one.b)))
    place = {name: n for n, name in enumerate(names)}
    groups = united(
        [(place[one.a], place[one.b]) for one in joined],
        len(names),
        [(place[one.a], place[one.b]) for one in undone],
    )
    return sum(len(group) - 1 for group in groups)
