"""Boards: patients in an order, what is open and missing, the cover and all sheets as one file."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any, Final

from hilum.analyses.board_list import BoardListAnswered, ListEntry, entry_of, to_ask
from hilum.errors import Fault, InputError, UnknownCode
from hilum.rendering.board_list import board_page, case_row
from hilum.rendering.case_answer import drawn
from hilum.rendering.days import day_words
from hilum.sheet.judged import judged
from hilum.sheet.kept import Store
from hilum.store.boards import MOST
from hilum.store.cases import LIST
from hilum.web.answers import download, shown, to
from hilum.web.desk import evidence
from hilum.web.pages import drafted
from hilum.web.pages.doing import begun
from hilum.web.pages.untouched import nameless, told_apart, touched

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from hilum.store.boards import Board
    from hilum.store.cases import State
    from hilum.watch import Watch
    from hilum.web.asking import Ask

BOARDS: Final = "/boards"
BY: Final = {"up": -1, "down": 1, "first": -10_000, "last": 10_000}
PRINTING: Final = "The board is being printed"
CONTENTS: Final = "Cover"
STAGE: Final = "document"
PDF: Final = "application/pdf"
TITLE_LENGTH: Final = 120
# Lines of patients as they are read: a state is never changed, nor is its line.
_LINES: Final[Store[ListEntry]] = Store(256)


def messages() -> set[str]:
    """Ids that stand in constants."""
    return {PRINTING, CONTENTS}


def listing(ask: Ask) -> Response:
    """Every board."""
    rows = [
        {"key": one.board_id, "title": one.title, "day": day_words(one.day, ask.words),
         "count": len(one.cases)}
        for one in ask.desk.boards.all()
    ]  # fmt: skip
    removed = [{"key": one.board_id, "title": one.title, "day": day_words(one.day, ask.words)}
               for one in ask.desk.boards.removed()]  # fmt: skip
    today = dt.date.today().isoformat()
    typed = drafted.of(ask, BOARDS) or {}
    return shown(ask, "boards.html.j2", rows=rows, removed=removed, today=today, typed=typed)


def typed(ask: Ask) -> Response:
    """Keep what is typed of a new board."""
    return drafted.typed(ask, BOARDS, ("title", "day"), BOARDS)


def new(ask: Ask) -> Response:
    """A board without patients."""
    title, day = _said(ask)
    ask.desk.drafts.drop(ask.who, BOARDS)
    return to(_address(ask.desk.boards.add(title, day, ask.who)))


def board(ask: Ask) -> Response:
    """A board's list: who, what is asked, what is open, what is missing."""
    found = _board(ask)
    ask.desk.cases.seen(None, "board_seen", ask.who)
    return shown(ask, "board.html.j2", **_whole(ask, found))


def rename(ask: Ask) -> Response:
    """Another title or day."""
    found = _board(ask)
    title, day = _said(ask)
    ask.desk.boards.rename(found.board_id, title, day, ask.who)
    return to(_address(found.board_id))


def put(ask: Ask) -> Response:
    """Put a case on the board, last."""
    found = _board(ask)
    case_id = ask.form.get("case")
    ask.desk.boards.put(found.board_id, case_id, ask.who)
    return to(f"{_address(found.board_id)}?at={case_id}")


def take_off(ask: Ask) -> Response:
    """Take a case off the board; it stays on the list of all."""
    found = _board(ask)
    ask.desk.boards.take_off(found.board_id, ask.form.get("case"), ask.who)
    return to(_address(found.board_id))


def place(ask: Ask) -> Response:
    """Another place on a board, or on the list of all."""
    key, case_id = ask.params["board"], ask.form.get("case")
    by = BY.get(ask.form.get("to"))
    if by is None:
        raise UnknownCode("to", ask.form.get("to"), tuple(BY))
    ask.desk.boards.move(key, case_id, by, ask.who)
    if not ask.partial:
        return to(f"{_address(key)}?at={case_id}")
    found = ask.desk.boards.one(key)
    return shown(ask, "board_part.html.j2", **order_context(ask, found, _states(ask, found),
                                                            at=case_id, moved=True))  # fmt: skip


def undo(ask: Ask) -> Response:
    """Take the last change of a board, or of the list's order, back."""
    key = ask.params["board"]
    ask.desk.boards.undo(key, ask.who)
    return to(_address(key))


def remove(ask: Ask) -> Response:
    """Take the board away; its patients stay on the list of all."""
    ask.desk.boards.remove(_board(ask).board_id, ask.who)
    return to("/boards#removed")


def bring_back(ask: Ask) -> Response:
    """A board that was taken away is there again."""
    key = str(ask.params["board"])
    ask.desk.boards.bring_back(key, ask.who)
    return to(_address(key))


def delete(ask: Ask) -> Response:
    """Delete a board that was taken away."""
    ask.desk.boards.delete(str(ask.params["board"]), ask.who)
    return to("/boards")


def print_all(ask: Ask) -> Response:
    """Begin to print: the cover, then two pages a patient."""
    from hilum.rendering.board_list import cover_pdf
    from hilum.rendering.board_print import bound
    from hilum.rendering.sheet import render
    from hilum.sheet import board as sheet_of

    found, words = _board(ask), ask.words
    states = _states(ask, found)
    for one in states:
        ask.desk.cases.seen(one.case_id, "board_printed", ask.who, one.number)
    stamp = [found.board_id, found.title, found.day, words.language, str(dt.date.today())]
    stamp += [f"{one.case_id}.{one.number}" for one in states]
    key = hashlib.sha256("\n".join(stamp).encode()).hexdigest()[:32]
    answer, documents = _answer(ask, found, states), ask.desk.documents

    def work(watch: Watch) -> str:
        watch.stage(STAGE, len(states))
        sheets: list[tuple[str, bytes]] = []
        for number, one in enumerate(states, 1):
            sheet = sheet_of(one.content, evidence())
            name = f"{number} {sheet.case.name}".strip()
            sheets.append((name, render(sheet, "pdf", words)))
            watch.done()
        cover = cover_pdf(answer, words, "", found.title)
        whole = bound(cover, sheets, found.title, words(CONTENTS), words.language)
        documents.get(("board", key), lambda: whole)
        return f"{_address(found.board_id)}?printed={key}"

    return begun(ask, key, PRINTING, _address(found.board_id), work)[1]


def printed(ask: Ask) -> Response:
    """The file, once it is made."""
    _board(ask)
    whole = ask.desk.documents.find(("board", ask.params["key"]))
    return download(whole, "board.pdf", PDF)


def cover(ask: Ask) -> Response:
    """The cover alone, as a file."""
    from hilum.rendering.board_list import cover_pdf

    found = _board(ask)
    answer = _answer(ask, found, _states(ask, found))
    return download(cover_pdf(answer, ask.words, "", found.title), "cover.pdf", PDF)


def order_context(
    ask: Ask, found: Board | None, states: Sequence[State], *, at: str = "", moved: bool = False
) -> dict[str, Any]:
    """What the table of patients shows, of a board or of all."""
    answer = _answer(ask, found, states)
    page = board_page(answer, ask.words)
    called = nameless(ask, states)
    rows = [
        {**row, "drawn": drawn(row["kind"]), "key": one.case_id,
         "called": row["name"] or called.get(one.case_id, ""),
         "draft": ask.desk.cases.draft(one.case_id) is not None}
        for row, one in zip(page["rows"], states, strict=True)
    ]  # fmt: skip
    place_of = next((n for n, one in enumerate(states, 1) if one.case_id == at), 0)
    name = next((row["called"] for row in rows if row["key"] == at), "")
    said = ""
    if moved and place_of:
        said = ask.words("{name}: place {place} of {count}", name=name, place=place_of,
                         count=len(rows))  # fmt: skip
    return {
        **page,
        "rows": rows,
        "at": at,
        "said": said,
        "board_id": found.board_id if found else LIST,
        "on_board": found is not None and found.board_id != LIST,
        "undo": found.undo if found else 0,
    }


def neighbours(ask: Ask, case_id: str) -> list[dict[str, Any]]:
    """For each board that a case is on: its place, who comes before and after."""
    found: list[dict[str, Any]] = []
    for one in ask.desk.boards.of(case_id):
        at = one.cases.index(case_id)
        found.append({
            "key": one.board_id, "title": one.title, "place": at + 1, "count": len(one.cases),
            "before": one.cases[at - 1] if at else "",
            "after": one.cases[at + 1] if at + 1 < len(one.cases) else "",
        })  # fmt: skip
    return found


def onto(ask: Ask, case_id: str) -> None:
    """Put a new case on the board that its form named, where it named one."""
    key = ask.form.get("board")
    if key:
        ask.desk.boards.put(ask.desk.boards.one(key).board_id, case_id, ask.who)


def _whole(ask: Ask, found: Board) -> dict[str, Any]:
    states = _states(ask, found)
    others = [one for one in touched(ask, ask.desk.cases.listed())
              if one.case_id not in found.cases]  # fmt: skip
    called = nameless(ask, others)
    key = ask.query.get("printed", "")
    try:
        ask.desk.documents.find(("board", key))
    except UnknownCode:
        key = ""
    return {
        **order_context(ask, found, states, at=ask.query.get("at", "")),
        "title": found.title,
        "date": found.day,
        "most": MOST,
        "printed": key,
        "pages": 1 + 2 * len(states),
        "others": [
            {"key": one.case_id,
             "called": _apart(ask, one, called)}
            for one in others
        ],
    }  # fmt: skip


def _board(ask: Ask) -> Board:
    key = str(ask.params["board"])
    if key == LIST:
        raise UnknownCode("board", key, ())
    return ask.desk.boards.one(key)


def _states(ask: Ask, found: Board) -> list[State]:
    if found.board_id == LIST:
        return touched(ask, ask.desk.cases.listed())
    return [ask.desk.cases.last(one) for one in found.cases]


def _answer(ask: Ask, found: Board | None, states: Sequence[State]) -> BoardListAnswered:
    from hilum._version import __version__

    entries = tuple(_line(ask, one) for one in states)
    return BoardListAnswered(
        folder=found.title if found else "",
        order="",
        hilum_version=__version__,
        date=(found.day if found else "") or dt.date.today().isoformat(),
        entries=entries,
        ask=to_ask(entries),
        not_listed=(),
        not_there=(),
    )


def _line(ask: Ask, one: State) -> ListEntry:
    return _LINES.get(
        (one.case_id, one.number),
        lambda: entry_of(one.case_id, judged(one.content, ask.desk.tables)),
    )


def _said(ask: Ask) -> tuple[str, str]:
    """Title and day of a form.

    Raises
    ------
    InputError
        No title, or a day that is none.
    """
    title, day = ask.form.get("title").strip()[:TITLE_LENGTH], ask.form.get("day").strip()
    faults: list[Fault] = []
    if not title:
        faults.append(Fault("", None, "title", "", "a title"))
    try:
        dt.date.fromisoformat(day)
    except ValueError:
        faults.append(Fault("", None, "day", day[:20], "a day as 2026-11-28"))
    if faults:
        raise InputError(*faults)
    return title, day


def _address(key: str) -> str:
    return "/cases" if key == LIST else f"/boards/{key}"


def _apart(ask: Ask, one: State, called: dict[str, str]) -> str:
    return told_apart(case_row(_line(ask, one), ask.words), called.get(one.case_id, ""))
