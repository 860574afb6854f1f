"""Ten who write at once, each with a connection of their own: nothing is lost."""

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from hilum.store.audit import Entry, checked, lines
from hilum.store.boards import Boards
from hilum.store.cases import LIST, Cases, Overtaken
from hilum.store.views import Views, _Waiting

WRITERS, EACH = 10, 8


def at_once(again, what):
    stores = [Cases(again()) for _ in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(what, range(WRITERS), stores))


def test_cases_that_are_added_at_once(engine, again):
    def adds(number, cases):
        return [cases.add({"patient": {"age": 100 * number + one}}, "new", f"w{number}")
                for one in range(EACH)]  # fmt: skip

    made = [one for each in at_once(again, adds) for one in each]
    cases = Cases(engine)
    listed = cases.listed()
    assert sorted(one.case_id for one in listed) == sorted(made)
    assert {one.content["patient"]["age"] for one in listed} == {
        100 * number + one for number in range(WRITERS) for one in range(EACH)
    }
    assert len(cases.audit()) == WRITERS * EACH
    # Every one has a place of its own: moving one past another moves no third.
    first, second, *rest = [one.case_id for one in listed]
    cases.move(second, True, "me")
    assert [one.case_id for one in cases.listed()] == [second, first, *rest]


def test_states_of_one_case_that_are_kept_at_once(engine, again):
    cases = Cases(engine)
    one = cases.add({"patient": {}}, "new", "me")

    def keeps(number, store):
        refused = 0
        for turn in range(EACH):
            while True:
                last = store.last(one)
                content = {"patient": {**last.content["patient"], f"w{number}": turn}}
                try:
                    store.keep(one, last.number, content, f"w{number}")
                except Overtaken:
                    refused += 1
                else:
                    break
        return refused

    at_once(again, keeps)
    states = cases.states(one)
    assert [each.number for each in states] == list(range(1, WRITERS * EACH + 2))
    # Each state holds everything of the one before it and one thing more.
    assert states[-1].content["patient"] == {f"w{number}": EACH - 1 for number in range(WRITERS)}
    for before, after in pairwise(states):
        old, new = before.content["patient"], after.content["patient"]
        assert sum(new[name] != old.get(name) for name in new) == 1


def test_drafts_that_are_typed_at_once(engine, again):
    cases = Cases(engine)
    made = [cases.add({"patient": {}}, "new", "me") for _ in range(WRITERS)]

    def types(number, store):
        for turn in range(EACH):
            store.type(made[number], 1, {"patient": {"age": turn}}, f"w{number}")
            # Everybody types in the first as well: one of them counts.
            store.type(made[0], 1, {"patient": {"age": turn}}, f"w{number}")

    at_once(again, types)
    assert [cases.draft(one).content["patient"]["age"] for one in made] == [EACH - 1] * WRITERS
    assert sum(one.what == "typed" for one in cases.audit()) == WRITERS


def test_a_list_that_is_ordered_while_cases_are_added_loses_nobody(engine, again):
    cases, boards = Cases(engine), Boards(engine)
    first = cases.add({"patient": {}}, "new", "me")
    board = boards.add("Friday", "2026-11-27", "me")

    def changes(number, store):
        mine = Boards(store.engine)
        made = []
        for turn in range(EACH):
            if number % 2:
                mine.move(LIST, first, 1 if turn % 2 else -1, f"w{number}")
            else:
                made.append(store.add({"patient": {}}, "new", f"w{number}"))
                mine.put(board, made[-1], f"w{number}")
        return made

    made = [one for each in at_once(again, changes) for one in each]
    assert sorted(one.case_id for one in cases.listed()) == sorted([first, *made])
    assert sorted(boards.one(board).cases) == sorted(made)
    assert boards.one(board).undo == len(made)


def test_those_who_look_at_once_share_a_commit(engine):
    """Each has a line when the call returns, and the chain is whole; fifty make few commits."""
    cases, commits, at_once = Cases(engine), [], Barrier(50)
    event.listen(engine, "commit", commits.append)

    def looks(number):
        at_once.wait()
        cases.seen(None, "listed", "me", number)
        return number in {one.state for one in cases.audit()}

    with ThreadPoolExecutor(50) as pool:
        assert all(pool.map(looks, range(50)))
    assert len(commits) < 25
    assert sorted(one.state for one in cases.audit()) == list(range(50))
    assert checked(engine).whole


def test_a_line_that_cannot_be_written_leaves_those_of_others_be(engine):
    views = Views(engine)
    # One among those that wait cannot be written: no account has no name.
    views._waiting.append(_Waiting(Entry(None, "listed")))
    views.note(Entry("w1", "listed"))
    assert [one.who for one in lines(engine)] == ["w1"]
    with pytest.raises(IntegrityError):
        views.note(Entry(None, "listed"))
    views.note(Entry("w2", "listed"))
    assert [one.who for one in lines(engine)] == ["w1", "w2"]
    assert checked(engine).whole
