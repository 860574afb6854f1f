"""The PRISMA 2020 flow of a review: counts, the records behind each, what has not been decided."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option, check
from hilum.literature.flow.counted import Box, Gap, Sum
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hilum.literature.flow.counted import Flow, Told
    from hilum.literature.review.origins import Origin
    from hilum.literature.screening.session import Session
    from hilum.watch import Watch


@dataclass(frozen=True, kw_only=True)
class FlowAsked:
    """A review's folder, and that of its last round where it is an update."""

    folder: str
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
class FlowReport:
    """A report whose full text was sought: what it is, and what became of it.

    ``fate`` is the box or the gap that it ended in; ``file`` its full text, where one is named;
    ``reasons`` who gave which one where they differ and nobody settled it; ``retracted``: a copy of
    its record says that the paper is withdrawn, ``partly`` that a part of it is.
    """

    record_id: str
    title: str
    authors: str
    year: str
    journal: str
    doi: str
    fate: str
    reason: str
    said: str
    reviewers: tuple[str, ...]
    notes: tuple[str, ...]
    file: str = ""
    reasons: tuple[str, ...] = ()
    retracted: bool = False
    partly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowRemark:
    """What does not fit in the files, or was taken for granted: its code, how many, which."""

    code: str
    n: int
    records: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FlowAnswered:
    """The flow.

    Parameters
    ----------
    boxes : tuple of Box
        In the order of the diagram; those of an update begin with ``previous_studies`` and
        ``previous_reports`` and end with ``total_studies`` and ``total_reports``.
    gaps : tuple of Gap
        Records that nobody has decided yet.
    sums : tuple of Sum
        Every box and what it comes apart into.
    adds_up : bool
        Whether all sums hold; ``complete``: whether there is no gap either.
    reports : tuple of FlowReport
        Every report that was sought.
    remarks : tuple of FlowRemark
    reasons : dict
        The review's reasons by code.
    """

    title: str
    boxes: tuple[Box, ...]
    gaps: tuple[Gap, ...]
    sums: tuple[Sum, ...]
    adds_up: bool
    complete: bool
    reports: tuple[FlowReport, ...]
    remarks: tuple[FlowRemark, ...]
    reasons: dict[str, str]
    asked: FlowAsked


def run(asked: FlowAsked, watch: Watch = SILENT) -> FlowAnswered:
    """Count the flow of a review.

    Raises
    ------
    InputError
        No review, or one whose files cannot be read.
    Stopped
        When the watch says so.
    """
    from hilum.literature.flow.counted import Flow, counted, sums
    from hilum.literature.screening.decisions import reasons_of
    from hilum.literature.screening.session import Session

    watch.stage("texts", 2 if asked.earlier else 1)
    folder = Path(asked.folder)
    earlier = None if asked.earlier is None else Path(asked.earlier)
    session = Session(folder, "title", "", asked.reviewers, earlier=earlier)
    told = _told(session)
    flow = counted(told)
    watch.done()
    before = _previous(session.last)
    if before:
        watch.done()
    whole = Flow([*before, *flow.boxes, *(_total(before, flow) if before else ())], flow.gaps)
    added = sums(whole)
    reasons = reasons_of(folder)
    return FlowAnswered(
        title=_title(folder),
        boxes=tuple(whole.boxes),
        gaps=tuple(whole.gaps),
        sums=added,
        adds_up=all(one.holds for one in added),
        complete=all(one.holds for one in added) and not whole.gaps,
        reports=_reports(whole, told, session, reasons),
        remarks=(*_retracted(whole, session), *_remarks(session, whole, told)),
        reasons=reasons,
        asked=asked,
    )


def _title(folder: Path) -> str:
    from hilum.literature.review.state import is_review, read_review

    return read_review(folder).title if is_review(folder) else folder.resolve().name


def _told(session: Session) -> Told:
    """What the files of a round say."""
    from hilum.literature.flow.left_open import told_of
    from hilum.literature.review.state import is_review, joins, read_review
    from hilum.literature.screening.review_records import heads_of

    folder, links = session.folder, ()
    if is_review(folder):
        links = tuple((one.a, one.b) for one in read_review(folder).merges if joins(one))
    return told_of(session, _origins(folder, heads_of(folder)), links)


def _origins(folder: Path, records: Iterable[str]) -> dict[str, Origin]:
    from hilum.literature.review.changes import source_of
    from hilum.literature.review.origins import Origin, origin_of, origins_in
    from hilum.literature.review.state import is_review, read_review
    from hilum.literature.screening.review_records import RECORDS

    if not is_review(folder):
        return dict.fromkeys(records, Origin(RECORDS, "database", guessed=True))
    imports = read_review(folder).imports
    by = {one.code: origin_of(one) for one in imports}
    own = {
        f"{one.code}:{record}": origin
        for one in imports
        for record, origin in origins_in(one, folder / source_of(one)).items()
    }
    return {one: own.get(one) or by[one.partition(":")[0]] for one in records}


def _named(flow: Flow, old: str, new: str, column: str) -> list[Box]:
    """The boxes of what was included, under another name."""
    from dataclasses import replace

    return [
        replace(one, code=one.code.replace(old, new), column=column)
        for one in flow.boxes
        if one.code.startswith(f"{old}_")
    ]


def _previous(last: Session | None) -> list[Box]:
    """The boxes of the version before: what it and all versions before it included."""
    from hilum.literature.flow.counted import Flow, counted

    if last is None:
        return []
    flow, older = counted(_told(last)), _previous(last.last)
    if not older:
        return _named(flow, "included", "previous", "previous")
    return _named(Flow(_total(older, flow)), "total", "previous", "previous")


def _total(before: list[Box], flow: Flow) -> list[Box]:
    """Studies and reports of this round and the last one."""
    from hilum.literature.review.versions import EARLIER

    out: list[Box] = []
    for old, new in zip(before, _named(flow, "included", "total", "all"), strict=True):
        out.append(
            Box(
                code=new.code,
                column="all",
                n=old.n + new.n,
                records=(*(f"{EARLIER}{one}" for one in old.records), *new.records),
            )
        )
    return out


def _reports(
    flow: Flow, told: Told, session: Session, reasons: dict[str, str]
) -> tuple[FlowReport, ...]:
    """Every report that was sought, and where it ended."""
    from hilum.literature.flow.counted import reason_of
    from hilum.literature.screening.decisions import reasons_said, standing

    stands = standing(told.rows, "full-text")
    ends = ("not_retrieved", "excluded_reports", "included_reports")
    fate = {one: box.code for box in flow.boxes if box.code in ends for one in box.records}
    open_ = [gap for gap in flow.gaps if gap.after in ("sought", "assessed")]
    fate |= {one: gap.code for gap in open_ for one in gap.records}
    out: list[FlowReport] = []
    for one in (one for box in flow.boxes if box.code == "sought" for one in box.records):
        record, row = session.by_id[one], told.retrievals.get(one)
        by = stands.records.get(one, {})
        reason = reason_of(stands, one) if fate[one] != "included_reports" else ""
        notes = [said.note for said in by.values() if said.note]
        differ = len(reasons_said(stands, one)) > 1
        out.append(
            FlowReport(
                record_id=one,
                title=record.title,
                authors=record.authors,
                year=record.year,
                journal=record.journal,
                doi=record.doi,
                fate=fate[one],
                reason=reason,
                said=reasons.get(reason, ""),
                reviewers=tuple(by),
                notes=(*notes, *((row.note,) if row is not None and row.note else ())),
                file="" if row is None else row.file,
                retracted=record.retracted,
                partly=record.partly,
                reasons=tuple(f"{who}: {x.reason}" for who, x in by.items() if x.reason)
                if differ
                else (),
            )
        )
    return tuple(out)


def _retracted(flow: Flow, session: Session) -> list[FlowRemark]:
    """Included reports that a record says are withdrawn: of this round, and of the last one.

    Notices whose paper is not among the records are named too.

    A paper that the last round included may be withdrawn since: a record of this round says so.
    """
    from hilum.literature.review.versions import EARLIER
    from hilum.literature.screening.session import keys_of

    boxes = {one.code: one.records for one in flow.boxes}
    told = [one for one in boxes["included_reports"] if session.by_id[one].retracted]
    new = [one for one in told if not session.by_id[one].partly]
    gone = {key for one in session.records if one.retracted for key in keys_of(one)}
    last = session.last
    before = {one: last.known_as(one) for one in boxes["previous_reports"]} if last else {}
    old = [f"{EARLIER}{one}" for one, was in before.items() if was.retracted or keys_of(was) & gone]
    part = [one for one in told if session.by_id[one].partly]
    astray = [one.record_id for one in session.records if one.astray]
    named = {
        "retracted_included": new,
        "partly_included": part,
        "retracted_before": old,
        "notice_astray": astray,
    }
    return [FlowRemark(code=code, n=len(some), records=tuple(some))
            for code, some in named.items() if some]  # fmt: skip


def _remarks(session: Session, flow: Flow, told: Told) -> tuple[FlowRemark, ...]:
    """What does not fit: said, so that nothing is left out in silence."""
    from hilum.literature.flow.retrieval import NOT_RETRIEVED
    from hilum.literature.review.joined import looked
    from hilum.literature.review.state import is_review, read_review
    from hilum.literature.screening.decisions import standing

    folder, last = session.folder, session.last
    stands = [standing(told.rows, stage) for stage in ("title", "full-text")]
    title, full = (one.records for one in stands)
    further = [
        record for one in stands for record, by in one.records.items() if len(by) > told.reviewers
    ]
    touched = dict.fromkeys((*title, *full, *told.retrievals))
    sought = {r for box in flow.boxes if box.code == "sought" for r in box.records}
    assessed = [r for box in flow.boxes if box.code == "assessed" for r in box.records]
    blank = [
        r for box in flow.boxes if box.code == "excluded_reports"
        for part in box.parts if not part.code for r in part.records
    ]  # fmt: skip
    later = dict.fromkeys((*full, *told.retrievals))
    missing = {one for one, row in told.retrievals.items() if row.state == NOT_RETRIEVED}
    guessed = [part.code for box in flow.boxes for part in box.parts if part.guessed]
    unread, more = 0, dict[str, list[str]]()
    if is_review(folder):
        review = read_review(folder)
        unread = sum(one.unread for one in review.imports)
        searched = looked(review)
        more = {f"copies_{searched.state}": list(searched.imports)}
    away = told.carried - set(told.reopened)
    named = {
        "versions": _versions(last) if last is not None and last.last is not None else [],
        **more,
        "unknown": [one for one in touched if one not in told.heads],
        "copies": [one for one in touched if told.heads.get(one, one) != one],
        "decided_before": [one for one in touched if one in away],
        "titles_of_open": [one for one in title if one in told.reopened],
        "skipped": [
            one
            for one in later
            if told.heads.get(one) == one and one not in sought and one not in away
        ],
        "there_after_all": [one for one in assessed if one in missing],
        "further": list(dict.fromkeys(further)),
        "no_reason": blank,
        "file_names": guessed,
    }
    found = [FlowRemark(code=code, n=len(some), records=tuple(some))
             for code, some in named.items() if some]  # fmt: skip
    single = {"unread": unread, "first_version": int(last is not None and last.earlier is None)}
    return (*found, *(FlowRemark(code=code, n=n) for code, n in single.items() if n))


def _versions(last: Session | None) -> list[str]:
    """The versions before, the last one first."""
    from hilum.literature.review.versions import called

    return [] if last is None else [called(last.folder), *_versions(last.last)]


def titles_of(
    folder: str, mark: str = "", earlier: str | None = None, part: str = ""
) -> dict[str, str]:
    """Titles by record, for lists: of copies that of the record which stands for them.

    ``mark`` stands behind the title of what is retracted, ``part`` of what is so in part.
    Records of the ``earlier`` round have theirs too.
    """
    from hilum.literature.review.versions import EARLIER, version_before
    from hilum.literature.screening.review_records import heads_of, records_of

    place = Path(folder)
    titles = {
        one.record_id: f"{one.title} ({part or mark if one.partly else mark})"
        if mark and one.retracted
        else one.title
        for one in records_of(place)
    }
    before: dict[str, str] = {}
    if earlier is not None:
        older = version_before(Path(earlier))
        before = titles_of(earlier, mark, None if older is None else str(older), part)
    return {f"{EARLIER}{one}": said for one, said in before.items()} | {
        one: titles.get(head, "") for one, head in heads_of(place).items()
    }
