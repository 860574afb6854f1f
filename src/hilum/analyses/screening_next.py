"""What a reviewer reads next, with the criteria, how far they are, and whether they may stop."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from hilum.analyses.asked import Option, check
from hilum.analyses.screening_options import Confidence, Model, Recall
from hilum.errors import Fault, InputError
from hilum.literature.screening.review_records import Criterion, Screened
from hilum.literature.screening.session import StopState
from hilum.watch import SILENT

if TYPE_CHECKING:
    from hilum.literature.screening.session import Session
    from hilum.watch import Watch


def _stages() -> tuple[str, ...]:
    from hilum.literature.screening.decisions import STAGES

    return STAGES


@dataclass(frozen=True, kw_only=True)
class ScreeningNextAsked:
    """A reviewer of a review's folder."""

    folder: str
    reviewer: Annotated[str, Option("Who reads: initials or a name.")]
    stage: Annotated[str, Option("What is read.", choices=_stages)] = "title"
    count: Annotated[int, Option("Records to show.", at_least=1, at_most=1000, flag="next")] = 1
    reviewers: Annotated[
        int, Option("Reviewers who have to agree on a record.", at_least=1, at_most=9)
    ] = 2
    model: Model = "svm"
    recall: Recall = 0.95
    confidence: Confidence = 0.95
    check: Annotated[
        bool, Option("Read the rest in random order: the promise rests on it, and it is kept to.")
    ] = False
    earlier: Annotated[
        str | None, Option("Folder of the last round: its decisions teach the model.")
    ] = None

    def __post_init__(self) -> None:
        """Refuse values outside their range, all at once."""
        blank = Fault("", None, "reviewer", self.reviewer, "initials or a name")
        check(self, *(() if self.reviewer.strip() else (blank,)))


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRecord:
    """A record to be read.

    Parameters
    ----------
    record : Screened
    score : float | None
        The model's; None where the order is not the model's.
    order : str
        The order that shows it: ``model`` or ``check``.
    beside : tuple of Screened
        Near-duplicates.
    title_terms, abstract_terms : tuple of (int, int)
        Where the criteria's terms stand, from and to.
    """

    record: Screened
    score: float | None
    order: str
    beside: tuple[Screened, ...]
    title_terms: tuple[tuple[int, int], ...]
    abstract_terms: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the reviewer is; ``carried`` records were decided in the last round.

    ``reopened`` are those that it left open at the full text.
    """

    records: int
    read: int
    include: int
    maybe: int
    exclude: int
    carried: int
    in_a_row: int
    reopened: int = 0


@dataclass(frozen=True, kw_only=True)
class ScreeningNextAnswered:
    """The next records, and what stands beside them."""

    next: tuple[NextRecord, ...]
    criteria: tuple[Criterion, ...]
    reasons: dict[str, str]
    progress: Progress
    stop: StopState
    asked: ScreeningNextAsked


def run(asked: ScreeningNextAsked, watch: Watch = SILENT) -> ScreeningNextAnswered:
    """Answer what comes next.

    Raises
    ------
    InputError
        No review, or one whose files cannot be read.
    Stopped
        When the watch says so.
    """
    watch.stage("texts", 1)
    session = session_of(asked, watch)
    answer = following(session, asked)
    watch.done()
    return answer


def session_of(asked: ScreeningNextAsked, watch: Watch = SILENT) -> Session:
    """The reviewer's session, read from the folder; its model is kept as long as it is."""
    from hilum.literature.screening.session import Session

    return Session(
        Path(asked.folder),
        asked.stage,
        asked.reviewer.strip(),
        asked.reviewers,
        asked.model,
        None if asked.earlier is None else Path(asked.earlier),
        watch,
    )


def following(session: Session, asked: ScreeningNextAsked) -> ScreeningNextAnswered:
    """The next records of a session that is held."""
    from hilum.literature.screening.decisions import reasons_of

    stop = session.stop(asked.recall, asked.confidence)
    checking = asked.check or stop.checking
    own = [one.decision for one in session.own().values()]
    order = session.following(asked.check)[: asked.count]
    return ScreeningNextAnswered(
        next=tuple(
            _shown(session, record, score, "check" if checking else "model")
            for record, score in order
        ),
        criteria=session.criteria,
        reasons=reasons_of(session.folder),
        progress=Progress(
            records=len(session.candidates()),
            read=len(own),
            include=own.count("include"),
            maybe=own.count("maybe"),
            exclude=own.count("exclude"),
            carried=len(session.carried),
            in_a_row=session.in_a_row(),
            reopened=len(session.reopened),
        ),
        stop=stop,
        asked=asked,
    )


def one_of(session: Session, record: str, answer: ScreeningNextAnswered) -> NextRecord:
    """A record that is asked for out of turn, as the next ones are shown."""
    shown = next((one for one in answer.next if one.record.record_id == record), None)
    order = "check" if answer.asked.check or answer.stop.checking else "model"
    return shown or _shown(session, record, None, order)


def _shown(session: Session, record: str, score: float | None, order: str) -> NextRecord:
    from hilum.literature.screening.review_records import terms_in

    one = session.by_id[record]
    terms = [term for criterion in session.criteria for term in criterion.terms]
    return NextRecord(
        record=one,
        score=score,
        order=order,
        beside=tuple(session.by_id[other] for other in session.beside.get(record, ())),
        title_terms=terms_in(one.title, terms),
        abstract_terms=terms_in(one.abstract, terms),
    )


def must_be_reason(reasons: dict[str, str], reason: str) -> None:
    """Refuse a reason that the review's table does not hold.

    Raises
    ------
    InputError
    """
    from hilum.errors import phrased

    if reason and reason not in reasons:
        expected = phrased("one of {known}", known=", ".join(reasons))
        raise InputError(Fault("", None, "reason", reason, expected))
