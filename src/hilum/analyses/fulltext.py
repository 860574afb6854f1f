"""What is said of a full text, checked against its review before it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hilum.analyses.screening_decide import decided
from hilum.errors import Fault, InputError, phrased

if TYPE_CHECKING:
    from pathlib import Path

    from hilum.literature.flow.retrieval import Retrieval
    from hilum.literature.screening.decisions import Decision


def retrieval(
    folder: Path,
    record: str,
    state: str,
    reviewer: str,
    *,
    file: str = "",
    sha256: str = "",
    note: str = "",
    when: str = "",
    reviewers: int = 2,
    earlier: Path | None = None,
) -> Retrieval:
    """The row to append.

    Raises
    ------
    InputError
        A record that is not sought, a state that is none, nobody who says so; a file of a text
        that was not to be had.
    """
    from hilum.literature.flow.retrieval import RETRIEVED, STATES, Retrieval

    faults: list[Fault] = []
    if state not in STATES:
        known = ", ".join(STATES)
        faults.append(Fault("", None, "said", state, phrased("one of {known}", known=known)))
    if not reviewer.strip():
        faults.append(Fault("", None, "reviewer", reviewer, "initials or a name"))
    if file and state != RETRIEVED:
        faults.append(Fault("", None, "file", file, "a file only of a text that was retrieved"))
    if faults:
        raise InputError(*faults)
    must_be_sought(folder, record, reviewers, earlier)
    return Retrieval(
        record_id=record, state=state, reviewer=reviewer.strip(), when=when, file=file,
        sha256=sha256, note=note,
    )  # fmt: skip


def assessed(
    folder: Path,
    record: str,
    decision: str,
    reviewer: str,
    *,
    reason: str = "",
    note: str = "",
    resolve: bool = False,
    consensus: bool = False,
    when: str = "",
    reviewers: int = 2,
    earlier: Path | None = None,
) -> Decision:
    """The row to append; an exclusion of a full text needs a reason (PRISMA 2020, item 16b).

    Raises
    ------
    InputError
        As :func:`hilum.analyses.screening_decide.decided`; a record that is not sought; no reason.
    """
    from hilum.literature.flow.retrieval import STATES
    from hilum.literature.screening.decisions import CHOICES, reasons_of

    known = (*STATES, *CHOICES, "undo")
    if decision not in known:
        expected = phrased("one of {known}", known=", ".join(known))
        raise InputError(Fault("", None, "said", decision, expected))
    if decision == "exclude" and not reason:
        expected = phrased("one of {known}", known=", ".join(reasons_of(folder)))
        raise InputError(Fault("", None, "reason", "", expected))
    must_be_sought(folder, record, reviewers, earlier)
    return decided(
        folder, record, decision, reviewer, earlier=earlier, reviewers=reviewers,
        reason=reason, stage="full-text", note=note, resolve=resolve,
        consensus=consensus, when=when,
    )  # fmt: skip


def must_be_sought(folder: Path, record: str, reviewers: int, earlier: Path | None = None) -> None:
    """Refuse a record that does not go on to its full text, nor was left open in the last round.

    Raises
    ------
    InputError
    """
    from hilum.literature.screening.session import Session

    session = Session(folder, "full-text", "", reviewers, earlier=earlier)
    session.must_know(record)
    session.must_be_open(record)
    if record not in session.candidates():
        expected = (
            "a record that its reviewers let go on to the full text, or that the last round left "
            "open (--earlier names its folder)"
        )
        raise InputError(Fault("", None, "record", record, expected))
