"""The boxes of a PRISMA 2020 flow diagram, counted from what a review's files say.

Page 2021 (BMJ 372:n71): records identified by source, removed before screening, screened,
excluded; reports sought, not retrieved, assessed, excluded with reasons; studies and reports
included. A box holds the ids of its records, so that every count can be looked up. What has not
been decided yet is in no box of the diagram: it is a gap with its name and its records, and with
the gaps the counts add up (:func:`sums`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hilum.literature.flow.retrieval import NOT_RETRIEVED
from hilum.literature.review.origins import SEARCHED
from hilum.literature.screening.decisions import conflicts, final, reasons_said, standing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.literature.flow.retrieval import Retrieval
    from hilum.literature.review.origins import Origin
    from hilum.literature.screening.decisions import Decision, Standing

Column = str
SEARCHES: Final = "searches"
OTHERS: Final = "others"
COLUMNS: Final = (SEARCHES, OTHERS)
"""Columns of the diagram: databases and registers, and other methods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some records of a box: of one source, with one reason, of one study.

    ``kind`` is what sources are (database, register, website and so on), else empty; ``guessed``
    where the source's name is that of its file.
    """

    code: str
    records: tuple[str, ...]
    kind: str = ""
    guessed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box: what it is, of which column, how many, and which records they are.

    ``n`` is the number of ``parts`` in a box of studies, else that of ``records``.
    """

    code: str
    column: str
    n: int
    records: tuple[str, ...]
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Records between two boxes, that nobody has decided yet: why, after which box."""

    code: str
    column: str
    after: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sum:
    """A box and what it comes apart into, boxes and gaps; ``holds`` where the numbers agree."""

    column: str
    whole: str
    n: int
    parts: tuple[tuple[str, int], ...]
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a review's files say, for :func:`counted`.

    Parameters
    ----------
    origins : dict
        By record, copies too: its source.
    heads : dict
        By record: the one that stands for it in the screening.
    rows : sequence of Decision
    retrievals : dict
        By record.
    links : tuple of pairs
        Reports of one study.
    carried : frozenset
        Records that the last round had decided.
    reopened : dict
        By record that it had left open at the full text: the gap that it was in.
    joined : frozenset
        Records of the last round that were not found in this one: open there, decided here.
    reviewers : int
    ended : bool
        Whether the screening was ended before all were read: the rest is excluded by the tool.
    """

    origins: dict[str, Origin]
    heads: dict[str, str]
    rows: tuple[Decision, ...]
    retrievals: dict[str, Retrieval]
    links: tuple[tuple[str, str], ...] = ()
    carried: frozenset[str] = frozenset()
    reopened: dict[str, str] = field(default_factory=dict[str, str])
    joined: frozenset[str] = frozenset()
    reviewers: int = 2
    ended: bool = False


@dataclass(slots=True)
class Flow:
    """Boxes and gaps in the order of the diagram."""

    boxes: list[Box] = field(default_factory=list[Box])
    gaps: list[Gap] = field(default_factory=list[Gap])

    def box(self, code: str, column: str, records: Iterable[str], *parts: Part) -> tuple[str, ...]:
        """Add a box of records; those records."""
        held = tuple(records)
        self.boxes.append(
            Box(code=code, column=column, n=len(held), records=held,
                parts=tuple(one for one in parts if one.records))
        )  # fmt: skip
        return held

    def gap(self, code: str, column: str, after: str, records: Iterable[str]) -> None:
        """Add a gap, where there is one."""
        held = tuple(records)
        if held:
            self.gaps.append(Gap(code=code, column=column, after=after, records=held))


def counted(told: Told) -> Flow:
    """All boxes of this round, and the gaps between them."""
    flow = Flow()
    groups: dict[str, list[str]] = {}
    for one, head in told.heads.items():
        groups.setdefault(head, []).append(one)
    column = {
        head: SEARCHES if any(told.origins[one].via in SEARCHED for one in group) else OTHERS
        for head, group in groups.items()
    }
    included: list[str] = []
    for name in COLUMNS:
        heads = [head for head in groups if column[head] == name]
        left = _identified(flow, told, name, groups, column)
        more = [one for one in heads if one in told.joined and one not in told.reopened]
        if more:
            flow.box("rescreened", name, more)
        if name == OTHERS and not left and not any(one.column == OTHERS for one in flow.boxes):
            continue
        again = [one for one in heads if one in told.reopened]
        fresh = [one for one in heads if one not in told.carried and one not in told.reopened]
        included += _screened(flow, told, name, fresh, again)
    studies = studies_of(included, told)
    every = tuple(included)
    flow.boxes.append(
        Box(code="included_studies", column="all", n=len(studies), records=every, parts=studies)
    )
    flow.box("included_reports", "all", every)
    return flow


def _identified(
    flow: Flow, told: Told, name: str, groups: dict[str, list[str]], column: dict[str, str]
) -> bool:
    """Records found in a column, and those removed before screening; whether there are any."""
    mine = [
        one for one in told.heads
        if one not in told.joined and (told.origins[one].via in SEARCHED) == (name == SEARCHES)
    ]  # fmt: skip
    if not mine and name == OTHERS:
        return False
    by: dict[Origin, list[str]] = {}
    for one in mine:
        by.setdefault(told.origins[one], []).append(one)
    sources = [
        Part(code=one.name, records=tuple(found), kind=one.via, guessed=one.guessed)
        for one, found in by.items()
    ]
    flow.box("identified", name, mine, *sources)
    held = set(mine)
    # Of a group the record that stands for it is kept, else its first of this column.
    kept = {
        head if head in held else next(one for one in group if one in held)
        for head, group in groups.items()
        if column[head] == name and head not in told.joined
    }
    copies = [one for one in mine if one not in kept]
    before = told.carried - set(told.reopened)
    carried = [one for one in mine if one in kept and told.heads[one] in before]
    again = [one for one in mine if one in kept and told.heads[one] in told.reopened]
    flow.box(
        "removed", name, [*copies, *carried, *again],
        Part(code="duplicates", records=tuple(copies)),
        Part(code="carried", records=tuple(carried)),
        Part(code="reopened", records=tuple(again)),
    )  # fmt: skip
    return True


def _screened(flow: Flow, told: Told, name: str, heads: list[str], again: list[str]) -> list[str]:
    """From records to reports included; ``again`` go on to their full text unscreened."""
    stands = standing(told.rows, "title")
    decided, apart = final(stands, told.reviewers), set(conflicts(stands))
    opened = [one for one in heads if one not in decided and one not in apart]
    unread = [one for one in opened if told.ended and not stands.records.get(one)]
    on = [one for one in heads if decided.get(one)]
    out = [one for one in heads if decided.get(one) is False]
    flow.box("screened", name, [one for one in heads if one in decided] + unread)
    flow.box(
        "excluded", name, [*out, *unread],
        Part(code="human", records=tuple(out)),
        Part(code="automation", records=tuple(unread)),
    )  # fmt: skip
    away = set(unread)
    flow.gap("not_screened", name, "removed", [one for one in opened if one not in away])
    flow.gap("conflict", name, "removed", [one for one in heads if one in apart])
    if again:
        by: dict[str, list[str]] = {}
        for one in again:
            by.setdefault(told.reopened[one], []).append(one)
        parts = (Part(code=code, records=tuple(some)) for code, some in by.items())
        flow.box("reopened", name, again, *parts)
    return _reports(flow, told, name, [*on, *again])


def _reports(flow: Flow, told: Told, name: str, on: list[str]) -> list[str]:
    stands = standing(told.rows, "full-text")
    decided, apart = final(stands, told.reviewers), set(conflicts(stands))
    sought = flow.box("sought", name, on)
    said = {one: reasons_said(stands, one) for one in sought if decided.get(one) is False}
    differ = {one for one, some in said.items() if len(some) > 1}
    # Whether there was a text to assess is then in question too.
    apart |= {one for one in differ if NOT_RETRIEVED in said[one]}
    decided = {one: on for one, on in decided.items() if one not in apart}
    differ -= apart
    why = {one: reason_of(stands, one) for one in said if one not in apart}
    missing = [one for one in sought if _is_missing(one, told, decided, why)]
    gone = set(missing)
    had = [
        one for one in sought
        if one not in gone and (one in told.retrievals or stands.records.get(one))
    ]  # fmt: skip
    flow.box("not_retrieved", name, missing)
    here = {*had, *missing}
    flow.gap("not_sought", name, "sought", [one for one in sought if one not in here])
    unsure = {one for one in had if decided.get(one) and is_maybe(stands, one)}
    into = [one for one in had if decided.get(one) and one not in unsure]
    out = [one for one in had if decided.get(one) is False]
    done = {*into, *out}
    flow.box("assessed", name, [one for one in had if one in done])
    reasons: dict[str, list[str]] = {}
    for one in out:
        if one not in differ:
            reasons.setdefault(why[one], []).append(one)
    parts = [Part(code=code, records=tuple(some)) for code, some in reasons.items()]
    parts.sort(key=lambda one: (one.code == "", -len(one.records)))
    flow.box("excluded_reports", name, [one for one in out if one not in differ], *parts)
    flow.gap("reason_conflict", name, "assessed", [one for one in out if one in differ])
    flow.gap("not_assessed", name, "sought",
             [one for one in had if one not in decided and one not in apart])  # fmt: skip
    flow.gap("report_conflict", name, "sought", [one for one in had if one in apart])
    flow.gap("awaiting", name, "sought", [one for one in had if one in unsure])
    return into


def _is_missing(one: str, told: Told, decided: dict[str, bool], why: dict[str, str]) -> bool:
    """Whether a full text was not to be had; who was assessed was there."""
    if one in why:
        return why[one] == NOT_RETRIEVED
    row = told.retrievals.get(one)
    return one not in decided and row is not None and row.state == NOT_RETRIEVED


def is_maybe(stands: Standing, record: str) -> bool:
    """Whether a report that goes on is not yet included: somebody said maybe, nobody resolved."""
    if record in stands.resolved:
        return stands.resolved[record].decision == "maybe"
    return any(one.decision == "maybe" for one in stands.records[record].values())


def reason_of(stands: Standing, record: str) -> str:
    """The resolution's reason, else that of the reviewers; none where theirs differ."""
    said = reasons_said(stands, record)
    return said[0] if len(said) == 1 else ""


def studies_of(reports: Iterable[str], told: Told) -> tuple[Part, ...]:
    """Reports by study: those that the review links, whatever lies between them."""
    from hilum.literature.duplicates.levels import united

    ids = list(dict.fromkeys(told.heads.values()))
    place = {one: at for at, one in enumerate(ids)}
    pairs = [(place[told.heads[a]], place[told.heads[b]]) for a, b in told.links
             if a in told.heads and b in told.heads]  # fmt: skip
    first = {at: group[0] for group in united(pairs, len(ids)) for at in group}
    found: dict[int, list[str]] = {}
    for one in reports:
        found.setdefault(first.get(place[one], place[one]), []).append(one)
    return tuple(Part(code=some[0], records=tuple(some)) for some in found.values())


SUMS: Final = (
    ("identified", ("removed", "not_screened", "conflict", "screened")),
    ("screened", ("excluded", "sought")),
    ("sought", ("not_retrieved", "not_sought", "not_assessed", "report_conflict", "awaiting",
                "assessed")),
    ("assessed", ("excluded_reports", "reason_conflict", "included")),
)  # fmt: skip


def sums(flow: Flow) -> tuple[Sum, ...]:
    """Every box against what it comes apart into, counted by the boxes' own numbers."""
    out: list[Sum] = []
    into = next(one for one in flow.boxes if one.code == "included_reports")
    for column in dict.fromkeys(one.column for one in flow.boxes if one.column in COLUMNS):
        numbers = {one.code: one.n for one in flow.boxes if one.column == column}
        numbers |= {one.code: len(one.records) for one in flow.gaps if one.column == column}
        mine = {r for one in flow.boxes if one.column == column and one.code == "assessed"
                for r in one.records}  # fmt: skip
        numbers["included"] = sum(one in mine for one in into.records)
        for code, parts in SUMS:
            whole = code
            told = tuple((one, numbers[one]) for one in parts if numbers.get(one))
            n = numbers.get(whole, 0)
            if whole == "screened" and numbers.get("reopened"):
                whole, n = "screened_reopened", n + numbers["reopened"]
            elif whole == "identified" and numbers.get("rescreened"):
                whole, n = "identified_rescreened", n + numbers["rescreened"]
            out.append(
                Sum(column=column, whole=whole, n=n, parts=told, holds=n == sum(x for _, x in told))
            )
    return tuple(out)
