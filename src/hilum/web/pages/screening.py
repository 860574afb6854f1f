"""Screening of a review: the next record, decisions by key or button, conflicts and agreement."""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from hilum.errors import Fault, HilumError, InputError, UnknownCode, phrased
from hilum.language import told
from hilum.literature.review.folder import append, now
from hilum.literature.review.state import read_review
from hilum.literature.screening.decisions import (
    CHOICES,
    STAGES,
    reasons_of,
)
from hilum.rendering import review_page as said
from hilum.rendering.design_page import as_fields
from hilum.store.audit import log
from hilum.web.answers import shown, to
from hilum.web.pages.doing import begun
from hilum.web.pages.reviews import address, key_of
from hilum.web.work import FAILED

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from starlette.responses import Response

    from hilum.analyses.screening_next import ScreeningNextAsked
    from hilum.literature.screening.session import Session
    from hilum.watch import Watch
    from hilum.web.asking import Ask
    from hilum.web.review_desk import Screening

READING: Final = "The texts are being read"
LAST: Final = 5
NOTE_LENGTH: Final = 500
# A reviewer who went away is no slow reader.
LONGEST: Final = 3600.0
KEYS: Final = {"include": "v", "maybe": "m", "exclude": "x", "undo": "z", "note": "n"}
KEYS_FORM: Final = "review/keys"


def messages() -> set[str]:
    """Ids that stand in constants."""
    return {READING}


def screen(ask: Ask) -> Response:
    """The next record, or one that is asked for; the texts are read first where need be."""
    asked = _asked(ask, ask.query)
    if not _records(ask):
        return shown(ask, "screening.html.j2", **_frame(ask, asked), view=None)
    open_one = ask.desk.reviews.at_hand(asked)
    if open_one is None:
        return _opened(ask, asked)
    return _shown(ask, open_one, asked, ask.query.get("record", ""))


def decide(ask: Ask) -> Response:
    """Keep a decision, or take the last one back, and show what comes next."""
    from hilum.analyses.screening_next import session_of

    asked = _asked(ask, {name: ask.form.get(name) for name in ask.form.values})
    reviews = ask.desk.reviews
    open_one = reviews.at_hand(asked)
    try:
        if open_one is None:
            # The review changed meanwhile, or the program began anew: nothing said is lost.
            _kept(ask, session_of(asked), asked)
            return _opened(ask, asked)
        with reviews.using(open_one) as session:
            _kept(ask, session, asked)
    except HilumError as error:
        if open_one is None:
            raise
        faults = as_fields(told(error, ask.words)).splitlines()
        return _shown(ask, open_one, asked, ask.form.get("record"), faults)
    if ask.partial:
        return _shown(ask, open_one, asked)
    return to(_here(ask, asked))


def choose_keys(ask: Ask) -> Response:
    """Keep which keys decide, or that none does."""
    chosen = {name: ask.form.get(name).strip().lower()[:1] for name in KEYS}
    given = [one for one in chosen.values() if one]
    if len(set(given)) != len(KEYS) or any(one.isdigit() or not one.isalnum() for one in given):
        expected = phrased("{number} different keys", number=len(KEYS))
        raise InputError(Fault("", None, "keys", " ".join(given), expected))
    chosen["off"] = "yes" if ask.form.get("off") == "yes" else ""
    ask.desk.drafts.keep(ask.who, KEYS_FORM, chosen)
    return to(_here(ask, _asked(ask, {"stage": ask.form.get("stage")})))


def standing(ask: Ask) -> Response:
    """Where a stage stands: conflicts with who said what, agreement, reasons."""
    asked = _asked(ask, ask.query, who="")
    frame = _frame(ask, asked)
    if not _records(ask):
        return shown(ask, "review_state.html.j2", **frame, state=None, reasons=())
    return shown(ask, "review_state.html.j2", **frame, **_state(ask, asked))


def resolve(ask: Ask) -> Response:
    """Settle a conflict by a further row: as a third reviewer, or by consensus."""
    asked = _asked(ask, {"stage": ask.form.get("stage")})
    found, record = ask.form.get("decision"), ask.form.get("record")
    with _light(ask, asked) as session:
        append(session.folder, _row(ask, session, asked, record, found, resolve=True))
    log(ask.desk.cases.engine, ask.who, "review_resolved", about=key_of(ask))
    return to(f"{address(key_of(ask))}/state?stage={asked.stage}")


def _kept(ask: Ask, session: Session, asked: ScreeningNextAsked) -> None:
    """Write the row that a form asks for."""
    found, record = ask.form.get("decision"), ask.form.get("record")
    if found == "undo":
        own = session.own()
        if not own:
            wanted = "a record that this reviewer has decided"
            raise InputError(Fault("", None, "record", "", wanted))
        record = next(reversed(own))
    elif found not in CHOICES:
        known = phrased("one of {known}", known=", ".join(CHOICES))
        raise InputError(Fault("", None, "decision", found[:20], known))
    row = _row(ask, session, asked, record, found)
    append(session.folder, row)
    session.follow()
    log(ask.desk.cases.engine, ask.who, "review_decided", about=key_of(ask))


def _row(
    ask: Ask,
    session: Session,
    asked: ScreeningNextAsked,
    record: str,
    found: str,
    *,
    resolve: bool = False,
) -> Any:
    from hilum.analyses.screening_decide import decided

    checking = asked.check or session.checking()
    return decided(
        session.folder, record, found, asked.reviewer, stage=asked.stage,
        reason=ask.form.get("reason") if found == "exclude" else "",
        note=ask.form.get("note").strip()[:NOTE_LENGTH],
        order="check" if checking and not resolve else "model",
        seconds=None if resolve or found == "undo" else _seconds(ask), when=now(),
        resolve=resolve, consensus=resolve and ask.form.get("consensus") == "yes",
        session=session,
    )  # fmt: skip


def _seconds(ask: Ask) -> float | None:
    """From showing the record to the decision; none where that cannot be said."""
    try:
        spent = time.time() - float(ask.form.get("shown"))
    except ValueError:
        return None
    return round(spent, 1) if 0 <= spent <= LONGEST else None


def _asked(ask: Ask, given: Mapping[str, str], who: str | None = None) -> ScreeningNextAsked:
    stage = given.get("stage", STAGES[0])
    if stage not in STAGES:
        raise UnknownCode("stage", stage[:20], STAGES)
    name = ask.who or "reader" if who is None else who or "-"
    check = given.get("check") == "yes"
    return ask.desk.reviews.asked(key_of(ask), name, stage, check)


def _records(ask: Ask) -> int:
    """How many records the imports hold."""
    place = ask.desk.reviews.place(key_of(ask))
    return sum(one.records for one in read_review(place).imports)


def _opened(ask: Ask, asked: ScreeningNextAsked) -> Response:
    """Read the texts, with a page of progress where that takes more than a moment."""
    reviews, here = ask.desk.reviews, _here(ask, asked)

    def work(watch: Watch) -> str:
        reviews.opened(asked, watch)
        return here

    told_as = "\n".join((here, asked.reviewer, now()))
    key = hashlib.sha256(told_as.encode()).hexdigest()[:32]
    done, answer = begun(ask, key, READING, address(key_of(ask)), work)
    if done.state == FAILED and done.error is not None:
        # Whoever reads a stage to which nothing goes on yet, or files that cannot be read.
        raise done.error
    return answer


def _here(ask: Ask, asked: ScreeningNextAsked) -> str:
    check = "&check=yes" if asked.check else ""
    return f"{address(key_of(ask))}/screen?stage={asked.stage}{check}"


def _keys(ask: Ask) -> dict[str, str]:
    return {**KEYS, "off": "", **(ask.desk.drafts.of(ask.who, KEYS_FORM) or {})}


def _frame(ask: Ask, asked: ScreeningNextAsked) -> dict[str, Any]:
    key = key_of(ask)
    return {
        "key": key,
        "home": address(key),
        "title": read_review(ask.desk.reviews.place(key)).title or key,
        "stage": asked.stage,
        "stages": [(code, ask.words(said.STAGES[code])) for code in STAGES],
        "keys": _keys(ask),
        "faults": (),
    }


def _shown(
    ask: Ask,
    open_one: Screening,
    asked: ScreeningNextAsked,
    record: str = "",
    faults: list[str] | None = None,
) -> Response:
    """The record that comes next, or the one that was asked for, with everything beside it."""
    from hilum.analyses.screening_next import following, one_of

    with ask.desk.reviews.using(open_one) as session:
        answer = following(session, asked)
        own = dict(session.own())
        chosen = one_of(session, record, answer) if record in session.by_id else None
        last = said.last_view(own, session.by_id, ask.words, LAST)
    one = chosen or (answer.next[0] if answer.next else None)
    mine = own.get(one.record.record_id) if one else None
    view = {
        "record": said.record_view(one, answer.criteria, ask.words) if one else None,
        "mine": {"said": ask.words(said.DECIDED[mine.decision]), "reason": mine.reason,
                 "note": mine.note} if mine else None,
        "queue": [{"id": each.record.record_id, "title": each.record.title,
                   "year": each.record.year} for each in answer.next],
        "progress": said.progress_view(answer, ask.words),
        "last": last,
        "reasons": said.reasons_view(answer.reasons, ask.words),
        "shown": f"{time.time():.1f}",
        "check": asked.check,
    }  # fmt: skip
    name = "screening_part.html.j2" if ask.partial else "screening.html.j2"
    frame = {**_frame(ask, asked), "faults": faults or ()}
    return shown(ask, name, 422 if faults and not ask.partial else 200, **frame, view=view)


@contextmanager
def _light(ask: Ask, asked: ScreeningNextAsked) -> Generator[Session]:
    """A session of the stage that is in memory, whoever's it is, else one without its model."""
    from hilum.analyses.screening_next import session_of

    open_one = ask.desk.reviews.some(asked)
    if open_one is None:
        yield session_of(asked)
        return
    with ask.desk.reviews.using(open_one) as session:
        yield session


def _state(ask: Ask, asked: ScreeningNextAsked) -> dict[str, Any]:
    from hilum.analyses.screening_state import ScreeningStateAsked, state_of

    question = ScreeningStateAsked(
        folder=asked.folder, stage=asked.stage, reviewers=asked.reviewers
    )
    with _light(ask, asked) as session:
        reasons = reasons_of(session.folder)
        state = said.state_view(
            state_of(session, question), reasons, ask.words, ask.who or "reader"
        )
    return {"state": state, "reasons": said.reasons_view(reasons, ask.words)}
