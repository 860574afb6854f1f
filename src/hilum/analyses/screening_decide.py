"""A decision checked against its review before it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.screening.decisions import Decision, Standing
    from hilum.literature.screening.session import Session


def decided(
    folder: Path,
    record: str,
    decision: str,
    reviewer: str,
    *,
    reason: str = "",
    stage: str = "title",
    order: str = "model",
    note: str = "",
    resolve: bool = False,
    consensus: bool = False,
    seconds: float | None = None,
    when: str = "",
    session: Session | None = None,
    earlier: Path | None = None,
    reviewers: int = 2,
) -> Decision:
    """The row to append; ``decision`` may also be ``undo``.

    ``session`` is the reviewer's at this stage where it is held already, ``earlier`` the folder of
    the last round, where ``reviewers`` had to agree. ``resolve`` is a third
    reviewer's, ``consensus`` what those who disagree agreed on. A name that differs from a known
    one in case, width or blanks alone is that one.

    Raises
    ------
    InputError
        Every part that the review does not know; a record that a round before decided; undoing
        what nobody decided; resolving where there is no conflict, as one of those in it, or without
        a reason where reasons differ.
    """
    from hilum.literature.screening.decisions import (
        CHOICES,
        ORDERS,
        STAGES,
        Decision,
        conflicts,
        name_key,
        reasons_of,
        spelled,
    )
    from hilum.literature.screening.session import Session as Made

    reasons = reasons_of(folder)
    told = (
        ("stage", stage, STAGES),
        ("order", order, ORDERS),
        ("decision", decision, (*CHOICES, "undo")),
        ("reason", reason, ("", *reasons)),
    )
    faults = [
        Fault("", None, name, said, phrased("one of {known}", known=", ".join(filter(None, known))))
        for name, said, known in told
        if said not in known
    ]
    if not reviewer.strip():
        faults.append(Fault("", None, "reviewer", reviewer, "initials or a name"))
    if faults:
        raise InputError(*faults)
    session = session or Made(folder, stage, reviewer.strip(), reviewers, earlier=earlier)
    record = session.alias.get(record, record)
    session.must_know(record)
    undo = decision == "undo"
    if not undo:
        _with_last(session).must_be_open(record)
    stands = session.standing(stage)
    who = spelled(reviewer, (one.reviewer for one in session.rows))
    own = stands.of(who).get(record)
    resolution = stands.resolved.get(record)
    mine = resolution is not None and name_key(resolution.reviewer) == name_key(who)
    if undo and own is None and not mine:
        wanted = "a record that this reviewer has decided"
        raise InputError(Fault("", None, "record", record, wanted))
    settles = resolve or consensus
    if settles and (undo or record not in (*conflicts(stands), *_apart(stands))):
        wanted = "a record on which two reviewers disagree, or give different reasons"
        raise InputError(Fault("", None, "record", record, wanted))
    if settles:
        _may_settle(stands, record, who, decision, reason, consensus=consensus)
    kind = "consensus" if consensus else "resolution" if resolve else "decision"
    if undo:
        kind = "undo"
    taken = resolution if mine else own
    return Decision(
        record_id=record,
        stage=stage,
        reviewer=who,
        decision=taken.decision if undo and taken else decision,
        reason="" if undo else reason,
        when=when,
        seconds=seconds,
        kind=kind,
        order=order,
        note=note,
    )


def _with_last(session: Session) -> Session:
    """The session, of an update with its last round also where only its folder says which."""
    from hilum.literature.review.versions import recorded
    from hilum.literature.screening.session import Session as Made

    before = recorded(session.folder) if session.earlier is None else None
    if before is None or not before.is_dir():
        return session
    return Made(session.folder, session.stage, "", session.reviewers, earlier=before)


def decided_before(folder: Path, row: Decision, reviewers: int) -> tuple[tuple[str, ...], bool]:
    """Who decided a record already where they are as many as are asked for; whether they agree.

    Nobody where the row settles, takes back or changes a decision of one of them. Called before
    the row is appended.

    Raises
    ------
    InputError
        A row of the folder that cannot be one.
    """
    from hilum.literature.screening.decisions import (
        final,
        goes_on,
        name_key,
        read_decisions,
        standing,
    )

    stands = standing(read_decisions(folder), row.stage)
    by = stands.records.get(row.record_id, {})
    among = name_key(row.reviewer) in map(name_key, by)
    on = final(stands, reviewers).get(row.record_id)
    if row.kind != "decision" or among or on is None:
        return (), True
    settled = stands.resolved.get(row.record_id)
    who = tuple(dict.fromkeys((*by, *((settled.reviewer,) if settled else ()))))
    return who, on == goes_on(row)


def _apart(stands: Standing) -> tuple[str, ...]:
    """Records that any two reviewers exclude for different reasons."""
    from hilum.literature.screening.decisions import reasons_apart

    return reasons_apart(stands, 2)


def _may_settle(
    stands: Standing, record: str, who: str, decision: str, reason: str, *, consensus: bool
) -> None:
    """Refuse one of those who disagree, and an exclusion that leaves the reason open.

    Raises
    ------
    InputError
    """
    from hilum.literature.screening.decisions import name_key, reasons_said

    among = [*stands.records[record]]
    if not consensus and name_key(who) in map(name_key, among):
        wanted = phrased(
            "a third reviewer: {reviewers} decided this record (--consensus where they agreed)",
            reviewers=", ".join(among),
        )
        raise InputError(Fault("", None, "reviewer", who, wanted))
    said = reasons_said(stands, record)
    if decision == "exclude" and not reason and len(said) > 1:
        wanted = phrased("the reason that stands: reviewers gave {reasons}",
                         reasons=", ".join(said))  # fmt: skip
        raise InputError(Fault("", None, "reason", "", wanted))
