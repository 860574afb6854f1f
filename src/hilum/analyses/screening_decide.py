"""A decision checked against its review before it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.screening.decisions import Decision
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
    seconds: float | None = None,
    when: str = "",
    session: Session | None = None,
) -> Decision:
    """The row to append; ``decision`` may also be ``undo``.

    ``session`` is the reviewer's at this stage where it is held already.

    Raises
    ------
    InputError
        Every part that the review does not know; undoing what nobody decided; resolving where
        there is no conflict.
    """
    from hilum.literature.screening.decisions import (
        CHOICES,
        ORDERS,
        STAGES,
        Decision,
        conflicts,
        reasons_of,
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
    session = session or Made(folder, stage, reviewer.strip())
    session.must_know(record)
    stands = session.standing(stage)
    own = session.own().get(record)
    undo = decision == "undo"
    resolution = stands.resolved.get(record)
    mine = resolution is not None and resolution.reviewer == reviewer.strip()
    if undo and own is None and not mine:
        wanted = "a record that this reviewer has decided"
        raise InputError(Fault("", None, "record", record, wanted))
    if resolve and (undo or record not in conflicts(stands)):
        wanted = "a record on which two reviewers disagree"
        raise InputError(Fault("", None, "record", record, wanted))
    taken = own or resolution
    return Decision(
        record_id=record,
        stage=stage,
        reviewer=reviewer.strip(),
        decision=taken.decision if undo and taken else decision,
        reason="" if undo else reason,
        when=when,
        seconds=seconds,
        kind="resolution" if resolve else "undo" if undo else "decision",
        order=order,
        note=note,
    )
