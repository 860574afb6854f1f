"""Extraction of a review: its reports and their state, differences settled, the evidence taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from hilum.analyses.extraction import ExtractionAsked
from hilum.analyses.extraction import run as extraction
from hilum.errors import Fault, HilumError, InputError, UnknownCode
from hilum.literature.bibliography.withdrawn import PARTLY, RETRACTED
from hilum.literature.review.folder import append_line, held, list_tables, now
from hilum.literature.review.state import read_review
from hilum.literature.review.versions import EARLIER
from hilum.rendering import extraction_page as said
from hilum.rendering.extraction import agreement_line
from hilum.rendering.own_taken import zipped
from hilum.store.audit import log
from hilum.web.answers import download, shown, to
from hilum.web.pages.review_updated import before_of
from hilum.web.pages.reviews import address, key_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from hilum.web.asking import Ask

NOTE_LENGTH: Final = 500
VALUE_LENGTH: Final = 2000
FAULTS: Final = 12


def reports(ask: Ask) -> Response:
    """Every report with its state, agreement, what the accepted rows lack."""
    return _reports(ask)


def differences(ask: Ask) -> Response:
    """What extractors of a report differ on, once as many as asked have extracted it."""
    return _differences(ask, ask.query.get("record", ""))


def resolve(ask: Ask) -> Response:
    """Settle a cell or a row by a further line; what each wrote stays."""
    from hilum.analyses.extraction_compared import compared
    from hilum.analyses.extraction_writing import resolution
    from hilum.literature.extraction.resolved import FILE, head_line, line_of

    key, record = key_of(ask), ask.form.get("record")
    place = ask.desk.reviews.place(key)
    take, value = ask.form.get("take"), ask.form.get("value").strip()[:VALUE_LENGTH]
    try:
        compared(place, record, needed(ask, key))
        row = resolution(
            place, ask.form.get("key"), ask.form.get("column"), ask.who or "reader",
            value=None if take else value, take=take or None, when=now(),
            note=ask.form.get("note").strip()[:NOTE_LENGTH],
            consensus=bool(ask.form.get("consensus")),
        )  # fmt: skip
    except HilumError as error:
        return _differences(ask, record, lines_of(ask, error))
    append_line(place, FILE, head_line(), line_of(row))
    with held(place):
        list_tables(place, {FILE: head_line()})
    log(ask.desk.cases.engine, ask.who, "extract_resolved", about=key)
    return to(f"{here(ask)}/differences?record={quoted(record)}")


def evidence(ask: Ask) -> Response:
    """What is accepted, as an evidence folder in a ZIP."""
    from hilum.analyses.extraction_writing import evidence_folder

    key = key_of(ask)
    try:
        files = evidence_folder(ask.desk.reviews.place(key), needed(ask, key))
    except HilumError as error:
        return _reports(ask, lines_of(ask, error))
    return download(zipped({**files}), "evidence.zip", "application/zip")


def _reports(ask: Ask, faults: Sequence[str] = ()) -> Response:
    key = key_of(ask)
    desk, words = ask.desk.reviews, ask.words
    frame: dict[str, Any] = {**frame_of(ask), "faults": faults, "rows": [], "answer": None}
    asked = ExtractionAsked(folder=str(desk.place(key)), extractors=needed(ask, key),
                            reviewers=needed(ask, key), earlier=before_of(ask, key))  # fmt: skip
    answer = extraction(asked)
    titles = desk.marked_titles(key, words(RETRACTED), words(PARTLY)) if answer.reports else {}
    rows = said.reports_view(answer, titles, name_of(ask), words)
    lines = lines_of(ask, InputError(*answer.faults)) if answer.faults else []
    frame["rows"] = rows
    frame["answer"] = {
        "needed": answer.asked.extractors,
        "counts": words(
            "accepted: {studies} studies, {arms} arms, {results} results",
            studies=answer.studies, arms=answer.arms, results=answer.results,
        ),
        "agreement": [agreement_line(one, words) for one in answer.agreement if one.rows],
        "faults": lines[:FAULTS],
        "more": max(0, len(lines) - FAULTS),
        "ready": bool(answer.studies) and not (answer.differences or answer.alone or lines),
    }  # fmt: skip
    return shown(ask, "review_extract.html.j2", 422 if faults else 200, **frame)


def _differences(ask: Ask, record: str, faults: Sequence[str] = ()) -> Response:
    from hilum.analyses.extraction_compared import compared

    key = key_of(ask)
    desk = ask.desk.reviews
    title = known_title(ask, record)
    frame = {**frame_of(ask), "record": record, "report": title, "faults": faults}
    view: dict[str, Any] | None = None
    try:
        view = said.compared_view(compared(desk.place(key), record, needed(ask, key)), ask.words)
    except HilumError as error:
        if not faults:
            frame["faults"] = lines_of(ask, error)
    return shown(
        ask, "review_extract_differ.html.j2", 422 if frame["faults"] else 200, **frame, view=view,
        own=view is not None and (ask.who or "reader") in view["extractors"],
    )  # fmt: skip


def known_title(ask: Ask, record: str) -> str:
    """The title of a record of the review.

    Raises
    ------
    UnknownCode
        There is no such one.
    """
    titles = ask.desk.reviews.titles(key_of(ask))
    if record.startswith(EARLIER):
        wanted = "a record of this review: import the file that holds it"
        raise InputError(Fault("", None, "record", record[:80], wanted))
    if record not in titles:
        raise UnknownCode("record", record[:80], ())
    marks = ask.words(RETRACTED), ask.words(PARTLY)
    return ask.desk.reviews.marked_titles(key_of(ask), *marks)[record] or record


def needed(ask: Ask, key: str) -> int:
    """How many extractors a report needs: as many as reviewers have to agree on a record."""
    found = ask.desk.reviews.said(key).get("reviewers", ExtractionAsked.extractors)
    return min(max(int(found), 1), 9)


def name_of(ask: Ask) -> str:
    """As whom the reader extracts."""
    return ask.who or "reader"


def here(ask: Ask) -> str:
    """Where the extraction of the review is."""
    return f"{address(key_of(ask))}/extract"


def frame_of(ask: Ask) -> dict[str, Any]:
    """What each page of the extraction shows."""
    key = key_of(ask)
    title = read_review(ask.desk.reviews.place(key)).title or key
    return {"key": key, "home": address(key), "extract": here(ask), "title": title}


def lines_of(ask: Ask, error: HilumError) -> list[str]:
    """A fault in lines, with the names of fields."""
    return said.faults_view(error, ask.words)


def quoted(text: str) -> str:
    """A text as a part of an address."""
    return quote(text, safe="")
