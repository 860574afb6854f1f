"""Boards: patients put on and taken off, their order by every way, undone, printed as one file."""

import html
import io
import re
import time

import pytest
from pypdf import PdfReader

from hilum.errors import InputError, UnknownCode
from hilum.store.boards import MOST, STEPS
from hilum.store.cases import LIST

ME = "owner"


@pytest.fixture
def board(send):
    """The address of a board with three patients, and their ids in order."""
    made = send("/boards", {"title": "Friday <b>", "day": "2026-11-27"}).headers["location"]
    key = made.rpartition("/")[2]
    for name in ("midgut-multifocal", "pancreas-few", "midgut-multifocal"):
        assert send("/examples", {"name": name, "board": key}).status_code == 303
    return made


def order(desk, board):
    return list(desk.boards.one(board.rpartition("/")[2]).cases)


def test_a_board_says_who_what_is_open_and_what_to_ask(board, visitor):
    text = visitor.get(board).text
    assert "Friday &lt;b&gt;" in text
    assert "Board of 27 November 2026" in text
    assert "3 patients: 3 ready, 0 with facts missing, 0 not read" in text
    assert text.count("Not resectable") == 2
    assert "Friday &lt;b&gt;" in visitor.get("/boards").text


def test_what_is_missing_is_gathered_to_be_asked(board, send, visitor):
    made = send("/cases", {"board": board.rpartition("/")[2]})
    assert made.status_code == 303
    text = visitor.get(board).text
    assert "4 patients: 3 ready, 1 with facts missing" in text
    assert "Ask before the board:" in text


def test_order_by_buttons_and_its_undo(board, send, desk):
    first, second, third = order(desk, board)
    for to, expected in (
        ("up", [second, first, third]), ("up", [second, first, third]),
        ("last", [first, third, second]), ("first", [second, first, third]),
        ("down", [first, second, third]),
    ):  # fmt: skip
        answer = send(f"{board}/place", {"case": second, "to": to})
        assert answer.headers["location"] == f"{board}?at={second}"
        assert order(desk, board) == expected
    for expected in ([second, first, third], [first, third, second], [second, first, third],
                     [first, second, third]):  # fmt: skip
        send(f"{board}/undo")
        assert order(desk, board) == expected
    assert send(f"{board}/place", {"case": second, "to": "sideways"}).status_code == 404
    assert send(f"{board}/place", {"case": "0" * 32, "to": "up"}).status_code == 404


def test_a_moved_row_is_said_and_keeps_the_focus(board, send, desk):
    first = order(desk, board)[0]
    answer = send(f"{board}/place", {"case": first, "to": "down"}, headers={"hx-request": "true"})
    assert "<html" not in answer.text
    said = re.search(r'role="status">(.*?)</p>', answer.text)[1]
    assert said.endswith("place 2 of 3")
    assert re.findall(r'href="/cases/(\w+)" data-focus', answer.text) == [first]


def test_taken_off_put_on_renamed_and_all_of_it_undone(board, send, desk, visitor):
    first, second, third = order(desk, board)
    send(f"{board}/off", {"case": second})
    assert order(desk, board) == [first, third]
    assert desk.cases.last(second).number == 1, "the case stays"
    send(f"{board}/cases", {"case": second})
    assert order(desk, board) == [first, third, second]
    send(board, {"title": "Monday", "day": "2026-11-30"})
    assert "Board of 30 November 2026" in visitor.get(board).text
    for _ in range(3):
        send(f"{board}/undo")
    found = desk.boards.one(board.rpartition("/")[2])
    assert (found.title, found.day, list(found.cases)) == (
        "Friday <b>", "2026-11-27", [first, second, third],
    )  # fmt: skip
    for _ in range(9):
        send(f"{board}/undo")
    assert order(desk, board) == []
    assert desk.boards.undo(found.board_id, ME) is False


def test_a_case_that_is_removed_leaves_its_boards_and_no_undo_brings_it_back(board, send, desk):
    first, second, third = order(desk, board)
    send(f"{board}/place", {"case": second, "to": "first"})
    send(f"/cases/{second}/remove")
    assert order(desk, board) == [first, third]
    send(f"{board}/undo")
    assert order(desk, board) == [first, third]


def test_the_list_of_all_is_ordered_and_undone_and_loses_nobody(board, send, desk):
    first, second, third = order(desk, board)
    send(f"/boards/{LIST}/place", {"case": third, "to": "first"})
    late = send("/cases").headers["location"].rpartition("/")[2]
    assert [one.case_id for one in desk.cases.listed()] == [third, first, second, late]
    assert send(f"/boards/{LIST}/undo").headers["location"] == "/cases"
    assert [one.case_id for one in desk.cases.listed()] == [first, second, third, late]
    assert order(desk, board) == [first, second, third], "a board has an order of its own"


@pytest.mark.parametrize("way", ["", "/remove", "/cases", "/all"])
def test_the_list_of_all_is_no_board(way, send, board):
    sent = {"title": "x", "day": "2026-01-01", "case": "0" * 32}
    assert send(f"/boards/{LIST}{way}", sent).status_code == 404
    assert board


@pytest.mark.parametrize(
    "sent",
    [{}, {"title": " ", "day": "2026-11-27"}, {"title": "x", "day": "Friday"}, {"title": "x"}],
)
def test_a_board_needs_a_title_and_a_day(sent, send, desk):
    assert send("/boards", sent).status_code == 422
    assert desk.boards.all() == []


def test_a_board_has_room_for_so_many_and_remembers_so_many_steps(desk):
    key = desk.boards.add("x", "2026-11-27", ME)
    made = [desk.cases.add({"patient": {}}, "new", ME) for _ in range(MOST + 1)]
    for one in made[:MOST]:
        desk.boards.put(key, one, ME)
    assert len(desk.boards.one(key).cases) == MOST
    with pytest.raises(InputError, match="at most 40 patients"):
        desk.boards.put(key, made[MOST], ME)
    desk.boards.put(key, made[0], ME)
    assert desk.boards.one(key).undo == MOST, "who is there already is no change"
    for number in range(STEPS):
        desk.boards.rename(key, f"t{number}", "2026-11-27", ME)
    for _ in range(STEPS):
        assert desk.boards.undo(key, ME)
    assert desk.boards.undo(key, ME) is False
    assert desk.boards.one(key).title == "x"
    assert len(desk.boards.one(key).cases) == MOST
    with pytest.raises(UnknownCode):
        desk.boards.put(key, "0" * 32, ME)


def test_patient_by_patient(board, visitor, desk):
    first, second, third = order(desk, board)
    text = visitor.get(f"/cases/{second}").text
    assert f'href="/cases/{first}" rel="prev"' in text
    assert f'href="/cases/{third}" rel="next"' in text
    assert "2 of 3" in text


def test_a_board_is_taken_away_and_its_patients_stay(board, send, desk, visitor):
    assert send(f"{board}/remove").headers["location"] == "/boards#removed"
    assert len(desk.cases.listed()) == 3
    assert visitor.get(board).status_code == 404
    done = [one.what for one in desk.cases.audit()]
    assert done.count("board_put") == 3
    assert done[-1] == "board_removed"
    # It comes back as it was, in its order; deleted for good only where it was removed before.
    assert send(f"{board}/delete").status_code == 303
    assert send(f"{board}/back").status_code == 404


def test_a_board_that_was_removed_comes_back_as_it_was(board, send, desk, visitor):
    before = order(desk, board)
    assert send(f"{board}/delete").status_code == 404, "what is there is removed first"
    send(f"{board}/remove")
    assert f'action="{board}/back"' in visitor.get("/boards").text
    assert send(f"{board}/back").headers["location"] == board
    assert order(desk, board) == before
    assert send(f"{board}/undo").status_code == 303, "and its steps with it"
    assert len(order(desk, board)) == len(before) - 1
    assert visitor.get("/audit").status_code == 200


def test_cover_and_every_sheet_are_one_file(board, send, desk, visitor, monkeypatch):
    """The engines of paper have tests of their own: here pages are counted, and their order."""
    from pypdf import PdfWriter

    def paper(pages):
        made, out = PdfWriter(), io.BytesIO()
        for width in pages:
            made.add_blank_page(width, 100)
        made.write(out)
        return out.getvalue()

    import hilum.rendering.board_list as lists
    import hilum.rendering.sheet as sheets

    monkeypatch.setattr(lists, "cover_pdf", lambda answer, words, form, title: paper([len(title)]))
    drawn = iter((201, 202, 203))
    monkeypatch.setattr(sheets, "render", lambda sheet, form, words: paper([next(drawn)] * 2))
    at = made = send(f"{board}/all").headers["location"]
    for _ in range(300):
        if "printed" in made:
            break
        time.sleep(0.1)
        made = visitor.get(at).headers.get("location", "")
    assert made.startswith(f"{board}?printed=")
    assert "Take the printed board (PDF)" in visitor.get(made).text
    key = made.partition("=")[2]
    taken = visitor.get(f"{board}/all/{key}.pdf")
    assert taken.headers["content-disposition"] == 'attachment; filename="board.pdf"'
    whole = PdfReader(io.BytesIO(taken.content))
    widths = [float(one.mediabox.width) for one in whole.pages]
    assert widths == [10, 201, 201, 202, 202, 203, 203]
    assert [one.title[:2] for one in whole.outline] == ["Co", "1 ", "2 ", "3 "]
    lines = [one.case_id for one in desk.cases.audit() if one.what == "board_printed"]
    assert lines == order(desk, board)
    assert visitor.get(f"{board}/all/{'0' * 32}.pdf").status_code == 404


def test_printing_can_be_stopped_and_begun_again(board, send, desk, visitor, monkeypatch):
    import threading

    import hilum.rendering.sheet as sheets

    on = threading.Event()

    def slow(sheet, form, words):
        on.wait(20)
        return b""

    monkeypatch.setattr(sheets, "render", slow)
    desk.doings.patience = 0.0
    at = send(f"{board}/all").headers["location"]
    assert at.startswith("/doing/")
    assert "0 of 3" in visitor.get(at).text
    part = visitor.get(at, headers={"hx-request": "true"}).text
    assert "<html" not in part
    assert f'hx-sse:connect="{at}/told"' in part
    assert send(f"{at}/stop").headers["location"] == at
    on.set()
    for _ in range(200):
        text = visitor.get(at).text
        if "Stopped, as you asked." in text:
            break
        time.sleep(0.05)
    assert "Go on from the start" in text
    assert send(f"{at}/again").status_code == 303
    # Another person's work is nobody else's concern.
    with pytest.raises(UnknownCode):
        desk.doings.of(at.rpartition("/")[2], "somebody else")
    assert visitor.get(f"/doing/{'0' * 32}").status_code == 404


def test_script_in_a_boards_title_is_text(send, visitor, desk):
    title = '"><script>alert(1)</script><img src=x onerror=alert(2)> ${7*7} {{7*7}}'
    board = send("/boards", {"title": title, "day": "2026-11-27"}).headers["location"]
    send("/examples", {"name": "midgut-multifocal", "board": board.rpartition("/")[2]})
    for path in (board, "/boards", f"/cases/{order(desk, board)[0]}"):
        text = visitor.get(path).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert html.escape(title, quote=True).replace("&quot;", "&#34;") in text, path
    send(f"{board}/remove")
    text = visitor.get("/boards").text
    assert "&lt;script&gt;alert" in text
    assert "<script>alert" not in text
