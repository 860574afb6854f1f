"""One extractor's form of a report: rows kept one by one, a full text and what it proposes."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.extraction_own import changed_row, own_report, removed_row
from hilum.errors import Fault, HilumError, InputError, UnknownCode, phrased
from hilum.literature.extraction.columns import NOT_REPORTED, TABLES
from hilum.literature.extraction.forms import form_of
from hilum.literature.review.folder import append_line, held, keep_files, now
from hilum.rendering import extraction_page as said
from hilum.store.audit import log
from hilum.store.opening import OWNER_FOLDER
from hilum.store.sealed_files import aside
from hilum.store.whole import write
from hilum.web.answers import download, shown, to
from hilum.web.asking import whole_number
from hilum.web.pages import drafted
from hilum.web.pages.doing import begun
from hilum.web.pages.extraction import (
    frame_of,
    here,
    known_title,
    lines_of,
    name_of,
    needed,
    quoted,
)
from hilum.web.pages.reviews import key_of
from hilum.web.work import FAILED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from starlette.responses import Response

    from hilum.analyses.extraction_own import OwnReport
    from hilum.analyses.proposals import Paper
    from hilum.literature.extraction.columns import Row
    from hilum.literature.flow.retrieval import Retrieval
    from hilum.watch import Watch
    from hilum.web.asking import Ask

READING: Final = "The full text is being read"
FOLDER: Final = "fulltext"
# By ending, how such a file begins; a text holds no zero byte.
KINDS: Final = {".pdf": ("application/pdf", b"%PDF-"), ".txt": ("text/plain", b""),
                ".md": ("text/plain", b"")}  # fmt: skip
CELL: Final = 4000
# Which showing of the form was sent, and that it is done with.
SHOWN, DONE = "shown", "done"
BEGINS: Final = 1024


def messages() -> set[str]:
    """Ids that stand in constants."""
    return {READING}


def report(ask: Ask) -> Response:
    """The form of a report, as its reader filled it; what another wrote is nowhere on it."""
    record = ask.query.get("record", "")
    known_title(ask, record)
    return _shown(ask, record, ask.query)


def keep_row(ask: Ask) -> Response:
    """Keep a row; a fault leaves everything as it was typed."""
    record, table = ask.form.get("record"), _table(ask.form.get("table"))
    known_title(ask, record)
    place, who = ask.desk.reviews.place(key_of(ask)), name_of(ask)
    row = _typed(ask, table)
    try:
        own = own_report(place, who, record)
        if table != "studies" and not row.get("study_id"):
            row["study_id"] = own.studies[0] if own.studies else ""
        with held(place):
            keep_files(place, changed_row(place, who, table, row, ask.form.get("row")))
    except HilumError as error:
        ask.desk.drafts.keep(ask.who, _draft(ask, ask.form.get, record), row)
        given = {name: ask.form.get(name) for name in ("table", "row", "take")}
        return _shown(ask, record, given, lines_of(ask, error))
    # A keystroke before it may come in later than it: of this form nothing is a draft any more.
    ask.desk.drafts.keep(ask.who, _draft(ask, ask.form.get, record), {DONE: ask.form.get(SHOWN)})
    log(ask.desk.cases.engine, ask.who, "extract_kept", about=key_of(ask))
    return to(f"{_at(ask, record)}&kept={TABLES[table].mark_of(row)}#rows")


def remove_row(ask: Ask) -> Response:
    """Take a row out; it stands in the form, to be kept again."""
    record, table = ask.form.get("record"), _table(ask.form.get("table"))
    known_title(ask, record)
    place, who, mark = ask.desk.reviews.place(key_of(ask)), name_of(ask), ask.form.get("row")
    own = own_report(place, who, record)
    gone = _row(own, table, mark)
    try:
        with held(place):
            keep_files(place, removed_row(place, who, table, mark))
    except HilumError as error:
        return _shown(ask, record, {}, lines_of(ask, error))
    again = {"table": table, "row": "", "take": ""}
    ask.desk.drafts.keep(ask.who, _draft(ask, again.get, record), dict(gone))
    log(ask.desk.cases.engine, ask.who, "extract_removed", about=key_of(ask))
    return to(f"{_at(ask, record)}&table={table}&gone=yes#row")


def typed(ask: Ask) -> Response:
    """Keep what is typed."""
    record, table = ask.form.get("record"), _table(ask.form.get("table"))
    known_title(ask, record)
    # Ticks are several values of one name: kept as the row has them.
    form = _draft(ask, ask.form.get, record)
    parts = {name: ask.form.get(name) for name in ("row", "take") if ask.form.get(name)}
    back = "".join(f"&{name}={quoted(value)}" for name, value in parts.items())
    before = ask.desk.drafts.of(ask.who, form) or {}
    if DONE not in before or before[DONE] != ask.form.get(SHOWN):
        ask.desk.drafts.keep(ask.who, form, _typed(ask, table))
    return drafted.gone_on(ask, f"{_at(ask, record)}&table={table}{back}")


def bring_text(ask: Ask) -> Response:
    """Take a full text into the review: read first, kept where that can be, never by its name."""
    record = ask.form.get("record")
    known_title(ask, record)
    upload = ask.form.uploads.get("file")
    content = upload.content if upload else b""
    ending = f".{upload.name.rpartition('.')[2].lower()}" if upload else ""
    try:
        _must_be_text(ending, content)
    except HilumError as error:
        return _shown(ask, record, {}, lines_of(ask, error))
    key, who = key_of(ask), name_of(ask)
    desk, engine, reviewers = ask.desk.reviews, ask.desk.cases.engine, needed(ask, key)
    place, digest, back = desk.place(key), hashlib.sha256(content).hexdigest(), _at(ask, record)
    name = f"{FOLDER}/{digest[:16]}{ending}"

    def work(watch: Watch) -> str:
        from hilum.analyses.fulltext import retrieval
        from hilum.literature.flow.retrieval import FILE, RETRIEVED, head_line, line_of

        row = retrieval(place, record, RETRIEVED, who, file=name, sha256=digest, when=now(),
                        reviewers=reviewers, earlier=desk.earlier(key))  # fmt: skip
        with aside(desk.folder) as plain:
            path = plain / name.rpartition("/")[2]
            path.write_bytes(content)
            paper = _read(path, watch)
        (place / FOLDER).mkdir(mode=OWNER_FOLDER, exist_ok=True)
        with held(place):
            write(content, place / name)
        append_line(place, FILE, head_line(), line_of(row))
        desk.papers.get(_mark(key, name, place / name), lambda: paper)
        log(engine, who, "extract_text", about=key)
        return f"{back}#text"

    told_as = hashlib.sha256("\n".join((back, digest, now())).encode()).hexdigest()[:32]
    done, answer = begun(ask, told_as, READING, back, work)
    if done.state == FAILED and done.error is not None:
        return _shown(ask, record, {}, lines_of(ask, done.error))
    return answer


def text(ask: Ask) -> Response:
    """The full text itself, to be kept and read beside."""
    record = ask.query.get("record", "")
    known_title(ask, record)
    found = _text(ask, record)
    if found is None:
        raise UnknownCode("full text", record[:80], ())
    name, path = found
    ending = f".{name.rpartition('.')[2].lower()}"
    return download(path.read_bytes(), f"report{ending}", KINDS[ending][0])


def _must_be_text(ending: str, content: bytes) -> None:
    if ending not in KINDS or not content:
        wanted = phrased("a PDF or a text ({known})", known=", ".join(KINDS))
        raise InputError(Fault("", None, "file", ending[:10], wanted))
    begins = KINDS[ending][1]
    if begins not in content[:BEGINS] or (not begins and b"\0" in content):
        wanted = "a file that holds what its ending says"
        raise InputError(Fault("", None, "file", ending, wanted))


def _read(path: Path, watch: Watch) -> Paper:
    from hilum.analyses.proposals import ProposalsAsked
    from hilum.analyses.proposals import run as proposals

    return proposals(ProposalsAsked(files=(str(path),)), watch).papers[0]


def _text(ask: Ask, record: str) -> tuple[str, Path] | None:
    """The full text of a record that lies in the review's folder, with its name there."""
    from hilum.literature.flow.retrieval import read_retrievals

    place = ask.desk.reviews.place(key_of(ask))
    row: Retrieval | None = read_retrievals(place).get(record)
    if row is None or not row.file:
        return None
    path = (place / row.file).resolve()
    inside = path.is_relative_to(place.resolve()) and path.suffix.lower() in KINDS
    return (row.file, path) if inside and path.is_file() else None


def _paper(ask: Ask, record: str, *, wait: bool) -> tuple[Paper | None, Response | None, list[str]]:
    """What the full text proposes, or the page of its reading; why not where it cannot be read."""
    found = _text(ask, record)
    if found is None:
        return None, None, []
    name, path = found
    desk, key = ask.desk.reviews, key_of(ask)
    mark = _mark(key, name, path)
    if desk.paper(mark) is not None or not wait:
        return desk.paper(mark), None, []
    back = "&".join(f"{one}={quoted(said)}" for one, said in ask.query.items())

    def work(watch: Watch) -> str:
        paper = _read(path, watch)
        desk.papers.get(mark, lambda: paper)
        return f"{here(ask)}/report?{back}"

    told_as = hashlib.sha256("\n".join((key, name, back, ask.who)).encode()).hexdigest()[:32]
    done, answer = begun(ask, told_as, READING, here(ask), work)
    if done.state == FAILED and done.error is not None:
        return None, None, lines_of(ask, done.error)
    paper = desk.paper(mark)
    return paper, None if paper else answer, []


def _mark(key: str, name: str, path: Path) -> tuple[str, str, int, int]:
    """What the proposals of a full text rest on."""
    found = path.stat()
    return key, name, found.st_size, found.st_mtime_ns


def _shown(ask: Ask, record: str, given: Mapping[str, str], faults: Sequence[str] = ()) -> Response:
    """The page: own rows, the form of one row, the full text beside."""
    key, words = key_of(ask), ask.words
    place = ask.desk.reviews.place(key)
    paper, waiting, unread = _paper(ask, record, wait=not faults)
    if waiting is not None:
        return waiting
    own = own_report(place, name_of(ask), record)
    table, row = _chosen(ask, own, given, paper)
    draft = ask.desk.drafts.of(ask.who, _draft(ask, {**given, "table": table}.get, record)) or {}
    draft = {} if DONE in draft else draft
    form = form_of(place)
    return shown(
        ask, "review_extract_report.html.j2", 422 if faults else 200, **frame_of(ask),
        record=record, at=_at(ask, record), about=_about(own.known),
        report=own.known["title"] or record, faults=faults, unread=unread, own=own,
        tables=said.rows_view(own, words), gaps=said.gaps_view(own.gaps, words), table=table,
        form_name=words(said.ADD[table]), row=given.get("row", ""), take=given.get("take", ""),
        fields=said.fields_view(table, draft or row, form, own, words),
        proposal=(draft or row).get("proposal", ""), drafted=bool(draft) and not faults,
        gone=given.get("gone", "") == "yes", kept=given.get("kept", ""),
        paper=said.paper_view(paper, own, words) if paper else None,
        has_text=_text(ask, record) is not None, shown_as=secrets.token_hex(8),
    )  # fmt: skip


def _chosen(
    ask: Ask, own: OwnReport, given: Mapping[str, str], paper: Paper | None
) -> tuple[str, Row]:
    """Which row the form is of: one to be changed, a proposal, else the next that is wanted."""
    del ask
    if given.get("take") and paper is not None:
        return "results", said.taken(paper, whole_number(given["take"]) or 0, own)
    usual = next((one for one in ("studies", "arms") if not own.tables[one]), "results")
    table = _table(given.get("table", "") or usual)
    if given.get("row"):
        return table, _row(own, table, given["row"])
    return table, dict(own.known) if table == "studies" else {}


def _row(own: OwnReport, table: str, mark: str) -> Row:
    for one in own.tables[table]:
        if TABLES[table].mark_of(one) == mark:
            return one
    raise UnknownCode("row", mark[:20], ())


def _typed(ask: Ask, table: str) -> Row:
    """The cells that the form holds."""
    row = {
        name: ask.form.get(name).strip()[:CELL]
        for name in TABLES[table].head
        if name in ask.form.values
    }
    if NOT_REPORTED in TABLES[table].head:
        row[NOT_REPORTED] = " ".join(ask.form.values.get(NOT_REPORTED, []))[:CELL]
    return row


def _table(name: str) -> str:
    if name not in TABLES:
        raise UnknownCode("table", name[:20], tuple(TABLES))
    return name


def _about(known: Row) -> str:
    parts = (known["first_author"], known["year"], known["journal"], known["doi"])
    return " · ".join(filter(None, parts))


def _at(ask: Ask, record: str) -> str:
    return f"{here(ask)}/report?record={quoted(record)}"


def _draft(ask: Ask, get: Any, record: str) -> str:
    """Under what a half-filled row is kept."""
    parts = (key_of(ask), record, *(get(name) or "" for name in ("table", "row", "take")))
    return f"extract/{hashlib.sha256(chr(10).join(parts).encode()).hexdigest()[:32]}"
