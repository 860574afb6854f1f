"""Where a screening stands: who decided what, where they disagree, how far they agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np

from hilum.analyses.asked import Option, check
from hilum.literature.screening.agreement import Agreement
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from hilum.literature.screening.decisions import Decision, Standing
    from hilum.literature.screening.session import Session
    from hilum.watch import Watch


def _stages() -> tuple[str, ...]:
    from hilum.literature.screening.decisions import STAGES

    return STAGES


@dataclass(frozen=True, kw_only=True)
class ScreeningStateAsked:
    """A review's folder."""

    folder: str
    stage: Annotated[str, Option("What is read.", choices=_stages)] = "title"
    reviewers: Annotated[
        int, Option("Reviewers who have to agree on a record.", at_least=1, at_most=9)
    ] = 2
    earlier: Annotated[
        str | None, Option("Folder of the last round, where the review is an update of it.")
    ] = None

    def __post_init__(self) -> None:
        """Refuse values outside their range, all at once."""
        check(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a reviewer said of a record."""

    reviewer: str
    decision: str
    reason: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A record on which reviewers disagree and nobody decided."""

    record_id: str
    title: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Where reviewers disagreed: what stands, by whom; ``how`` is resolution or consensus.

    ``among`` where it was a resolution by one of those who disagreed: nobody else looked at it.
    """

    record_id: str
    title: str
    decision: str
    reason: str
    reviewer: str
    how: str
    among: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """How many records a reviewer decided, and how; ``waiting``: that too few others decided."""

    reviewer: str
    read: int
    include: int
    maybe: int
    exclude: int
    waiting: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two reviewers and their agreement; ``maybe`` counts as going on."""

    first: str
    second: str
    agreement: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Excluded:
    """Records that were excluded for a reason (empty where nobody gave one)."""

    reason: str
    records: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ScreeningStateAnswered:
    """Where the stage stands.

    Every record is in one of ``on``, ``out``, ``open`` and ``conflicts``. ``differ`` are those of
    ``out`` whose reason is open, since reviewers gave several; they are in none of ``excluded``.
    ``unknown`` and ``copies`` were decided and are not counted: of no import that is in, and
    merged into another record.
    """

    records: int
    reviewers: tuple[Reviewer, ...]
    on: tuple[str, ...]
    out: tuple[str, ...]
    open: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    excluded: tuple[Excluded, ...]
    pairs: tuple[Pair, ...]
    asked: ScreeningStateAsked
    differ: tuple[Conflict, ...] = ()
    settled: tuple[Settled, ...] = ()
    unknown: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()


def run(asked: ScreeningStateAsked, watch: Watch = SILENT) -> ScreeningStateAnswered:
    """Say where the stage stands.

    Raises
    ------
    InputError
        No review, or one whose files cannot be read.
    Stopped
        When the watch says so.
    """
    from hilum.literature.screening.session import Session as Made

    watch.stage("texts", 1)
    earlier = None if asked.earlier is None else Path(asked.earlier)
    session = Made(Path(asked.folder), asked.stage, "", asked.reviewers, earlier=earlier)
    watch.done()
    return state_of(session, asked)


def state_of(session: Session, asked: ScreeningStateAsked) -> ScreeningStateAnswered:
    """Where the stage of a session that is held stands, whoever's it is."""
    from hilum.literature.screening.decisions import conflicts, final, reasons_apart
    from hilum.literature.screening.review_records import heads_of

    every = session.standing(asked.stage)
    stands = _within(every, session.by_id)
    decided, ids = final(stands, asked.reviewers), session.candidates()
    apart = conflicts(stands)
    differ = {*reasons_apart(stands, asked.reviewers)}.intersection(ids)
    strange = [one for one in every.records if one not in session.by_id]
    heads = heads_of(session.folder) if strange else {}
    return ScreeningStateAnswered(
        records=len(ids),
        reviewers=tuple(
            replace(_reviewer(name, own), waiting=_waiting(own, stands, asked.reviewers))
            for name, own in stands.by_reviewer.items()
        ),
        on=tuple(one for one in ids if decided.get(one) is True),
        out=tuple(one for one in ids if decided.get(one) is False),
        open=tuple(one for one in ids if one not in decided and one not in apart),
        conflicts=tuple(_conflict(one, session, stands) for one in apart),
        excluded=_excluded(
            stands, [one for one in ids if decided.get(one) is False and one not in differ]
        ),
        pairs=_pairs(stands),
        asked=asked,
        differ=tuple(_conflict(one, session, stands) for one in ids if one in differ),
        settled=tuple(
            _settled(row, session.by_id[one].title, stands) for one, row in stands.resolved.items()
        ),
        unknown=tuple(one for one in strange if one not in heads),
        copies=tuple(one for one in strange if one in heads),
    )


def _waiting(own: Iterable[str], stands: Standing, reviewers: int) -> int:
    """Of a reviewer's records those that too few have decided and nobody settled."""
    every = stands.records
    return sum(len(every[one]) < reviewers and one not in stands.resolved for one in own)


def _within(stands: Standing, records: Container[str]) -> Standing:
    """What stands of the records that the review holds."""
    from hilum.literature.screening.decisions import Standing as Made

    return Made(
        {
            who: {one: row for one, row in own.items() if one in records}
            for who, own in stands.by_reviewer.items()
        },
        {one: row for one, row in stands.resolved.items() if one in records},
    )


def _conflict(record: str, session: Session, stands: Standing) -> Conflict:
    return Conflict(
        record_id=record,
        title=session.by_id[record].title,
        said=tuple(_said(row) for row in stands.records[record].values()),
    )


def _settled(row: Decision, title: str, stands: Standing) -> Settled:
    from hilum.literature.screening.decisions import spelled

    among = stands.records.get(row.record_id, {})
    return Settled(
        record_id=row.record_id,
        title=title,
        decision=row.decision,
        reason=row.reason,
        reviewer=row.reviewer,
        how=row.kind,
        among=row.kind == "resolution" and spelled(row.reviewer, among) in among,
    )


def _reviewer(name: str, own: dict[str, Decision]) -> Reviewer:
    said = [one.decision for one in own.values()]
    return Reviewer(
        reviewer=name,
        read=len(said),
        include=said.count("include"),
        maybe=said.count("maybe"),
        exclude=said.count("exclude"),
    )


def _said(row: Decision) -> Said:
    return Said(reviewer=row.reviewer, decision=row.decision, reason=row.reason, when=row.when)


def _excluded(stands: Standing, out: list[str]) -> tuple[Excluded, ...]:
    """By the resolution's reason, else the one that the reviewers gave."""
    from hilum.literature.screening.decisions import reasons_said

    by: dict[str, list[str]] = {}
    for one in out:
        by.setdefault(next(iter(reasons_said(stands, one)), ""), []).append(one)
    return tuple(Excluded(reason=reason, records=tuple(found)) for reason, found in by.items())


def _pairs(stands: Standing) -> tuple[Pair, ...]:
    from hilum.literature.screening.agreement import agreement
    from hilum.literature.screening.decisions import goes_on

    out: list[Pair] = []
    for (first, a), (second, b) in combinations(sorted(stands.by_reviewer.items()), 2):
        both = [one for one in a if one in b]
        if both:
            mine, theirs = (np.array([goes_on(own[one]) for one in both]) for own in (a, b))
            out.append(Pair(first=first, second=second, agreement=agreement(mine, theirs)))
    return tuple(out)
