"""Rows of work: one worker has each, nothing stays running, an answer is never changed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import update

from hilum.store.answers import Answers
from hilum.store.cases import Cases
from hilum.store.schema import ANSWERS, JOBS
from hilum.store.work import (
    BROKEN,
    DONE,
    FAILED,
    MOST_ATTEMPTS,
    RUNNING,
    STOPPED,
    WAITING,
    Jobs,
)

KEY, OTHER = "a" * 64, "b" * 64
HERE, THERE = "h" * 32, "t" * 32


@pytest.fixture
def jobs(engine):
    return Jobs(engine)


def silent(jobs, job):
    """The worker of a job has not been heard of for long."""
    with jobs.engine.begin() as connection:
        connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(beat=1.0))


def test_from_asked_to_answered(jobs):
    made = jobs.begin("pool", KEY, "asked", "me")
    assert (made.state, made.attempts, made.number) == (WAITING, 0, 1)
    assert jobs.waiting() == 1
    mine = jobs.claim("w1")
    assert (mine.id, mine.state, mine.asked, mine.attempts) == (made.id, RUNNING, "asked", 1)
    assert jobs.claim("w2") is None
    assert jobs.waiting() == 0
    assert jobs.beat(mine, "pool", 2, 5) is False
    seen = jobs.last(KEY)
    assert (seen.code, seen.done, seen.total) == ("pool", 2, 5)
    assert jobs.finish(mine, DONE, "answer")
    assert jobs.last(KEY).state == DONE
    assert jobs.answers.find(KEY) == "answer"
    assert not jobs.finish(mine, DONE, "another")
    assert jobs.answers.find(KEY) == "answer"


def test_what_was_asked_goes_when_it_has_ended(jobs):
    for number, end in enumerate(("finish", "stop", "settle")):
        key = str(number) * 64
        made = jobs.begin("pool", key, "of a patient", "me")
        if end == "stop":
            jobs.stop(key)
        else:
            mine = jobs.claim("w")
            if end == "finish":
                jobs.finish(mine, FAILED, error="why")
                assert jobs.last(key).error == "why"
            else:
                jobs.stop(key)
                silent(jobs, mine)
                jobs.settle()
                assert jobs.last(key).state == STOPPED
        with jobs.engine.connect() as connection:
            row = connection.execute(JOBS.select().where(JOBS.c.id == made.id)).one()
        assert row.asked is None
        assert row.worker is None


def test_the_same_question_is_one_row_while_it_lives(jobs):
    first = jobs.begin("pool", KEY, "asked", "me")
    assert jobs.begin("pool", KEY, "asked", "you") == first
    mine = jobs.claim("w")
    assert jobs.begin("pool", KEY, "asked", "you").id == first.id
    jobs.stop(KEY)
    # It is ending: who asks again wants it done.
    again = jobs.begin("pool", KEY, "asked", "me")
    assert (again.number, again.state) == (2, WAITING)
    jobs.finish(mine, STOPPED)
    assert jobs.last(KEY).id == again.id


def test_many_who_claim_have_each_their_own(jobs, again):
    keys = [f"{number:064d}" for number in range(24)]
    for key in keys:
        jobs.begin("pool", key, "asked", "me")
    stores = [Jobs(again()) for _ in range(6)]

    def claims(numbered):
        number, store = numbered
        found = []
        for _ in range(60):
            job = store.claim(f"w{number}")
            if job is not None:
                found.append(job.key)
                assert store.finish(job, DONE, f"answer {job.key}")
        return found

    with ThreadPoolExecutor(6) as pool:
        found = [key for each in pool.map(claims, enumerate(stores)) for key in each]
    assert sorted(found) == keys, "each once"
    assert all(jobs.answers.find(key) == f"answer {key}" for key in keys)


def test_many_who_ask_at_once(jobs, again):
    stores = [Jobs(again()) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda one: one.begin("pool", KEY, "asked", "me"), stores))
    assert len({one.id for one in made}) == 1


def test_a_silent_worker_loses_its_row(jobs):
    jobs.begin("pool", KEY, "asked", "me")
    first = jobs.claim("w1")
    silent(jobs, first)
    assert jobs.waiting() == 1
    second = jobs.claim("w2")
    assert (second.id, second.worker, second.attempts) == (first.id, "w2", 2)
    assert jobs.beat(first, "pool", 1, 1) is None, "it is told"
    assert not jobs.finish(first, DONE, "of the first")
    assert jobs.answers.find(KEY) is None
    assert jobs.finish(second, DONE, "of the second")
    assert jobs.answers.find(KEY) == "of the second"


@pytest.mark.parametrize(("past", "taken"), [(-1.0, False), (1.0, True)])
def test_the_bound_of_silence(engine, past, taken):
    """A heart that stopped a second less than the bound ago still counts; a second more, not."""
    jobs = Jobs(engine, stale=1000.0)
    jobs.begin("pool", KEY, "asked", "me")
    mine = jobs.claim("w1")
    with engine.begin() as connection:
        beat = JOBS.c.beat - (jobs.stale + past)
        connection.execute(update(JOBS).where(JOBS.c.id == mine.id).values(beat=beat))
    assert (jobs.claim("w2") is not None) is taken


def test_what_kills_every_worker_is_left_alone(jobs):
    jobs.begin("pool", KEY, "asked", "me")
    for number in range(MOST_ATTEMPTS):
        mine = jobs.claim(f"w{number}")
        assert mine.attempts == number + 1
        jobs.settle()
        assert jobs.last(KEY).state == RUNNING, "its heart beats"
        silent(jobs, mine)
    assert jobs.claim("one more") is None
    jobs.settle()
    assert jobs.last(KEY).state == BROKEN
    assert jobs.waiting() == 0


def test_a_worker_that_is_told_to_end_puts_it_back(jobs):
    jobs.begin("pool", KEY, "asked", "me")
    for _ in range(MOST_ATTEMPTS + 2):
        mine = jobs.claim("w")
        jobs.release(mine)
        assert (jobs.last(KEY).state, jobs.last(KEY).attempts) == (WAITING, 0)
    mine = jobs.claim("w")
    jobs.stop(KEY)
    assert jobs.beat(mine, "", 0, 0) is True
    jobs.release(mine)
    assert jobs.last(KEY).state == STOPPED, "nobody wants it any more"


def test_files_are_read_where_they_lie(jobs):
    jobs.begin("liver_plans", KEY, "asked", "me", place=HERE)
    assert jobs.claim("w") is None
    assert jobs.claim("w", (THERE,)) is None
    assert jobs.claim("w", (THERE, HERE)).key == KEY


def test_a_case_takes_its_work_and_its_answers_with_it(engine):
    cases, jobs = Cases(engine), Jobs(engine)
    case, stays = (cases.add({"patient": {}}, "new", "me") for _ in range(2))
    for key, subject in ((KEY, case), (OTHER, stays)):
        jobs.begin("liver_plans", key, "asked", "me", subject)
        jobs.finish(jobs.claim("w"), DONE, f"of {subject}")
    third = "c" * 64
    jobs.begin("liver_plans", third, "asked", "me", case)
    mine = jobs.claim("w")
    cases.remove(case, "me")
    assert jobs.last(KEY) is None
    assert jobs.answers.find(KEY) is None
    assert jobs.answers.find(OTHER) == f"of {stays}"
    # What was being done for it is thrown away when it is ready.
    assert jobs.beat(mine, "", 0, 0) is None
    assert not jobs.finish(mine, DONE, "late")
    assert jobs.answers.find(third) is None


def test_an_answer_is_never_changed(engine, again):
    answers = Answers(engine)
    assert answers.find(KEY) is None
    answers.keep(KEY, "pool", "first")
    answers.keep(KEY, "pool", "second")
    assert answers.find(KEY) == "first"
    stores = [Answers(again()) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda one: one[1].keep(OTHER, "pool", str(one[0])), enumerate(stores)))
    kept = answers.find(OTHER)
    assert kept in set("012345")
    with engine.connect() as connection:
        assert len(connection.execute(ANSWERS.select()).all()) == 2


class Mirror:
    """Seals by turning round, and tells where."""

    def close(self, text, context):
        return f"{context}{text[::-1]}"

    def open(self, text, context):
        assert text.startswith(str(context)), "another's"
        return text.removeprefix(str(context))[::-1]


def test_what_is_asked_and_answered_is_sealed_where_it_stands(engine):
    jobs = Jobs(engine, Mirror())
    jobs.begin("pool", KEY, "secret asked", "me")
    jobs.begin("pool", OTHER, "secret other", "me")
    first, second = jobs.claim("w"), jobs.claim("w")
    assert {first.asked, second.asked} == {"secret asked", "secret other"}
    with engine.connect() as connection:
        assert "secret" not in repr(connection.execute(JOBS.select()).all())
    jobs.finish(first, DONE, "secret answer")
    jobs.finish(second, FAILED, error="secret error")
    assert jobs.answers.find(first.key) == "secret answer"
    assert jobs.last(second.key).error == "secret error"
    with engine.connect() as connection:
        assert "secret" not in repr(connection.execute(JOBS.select()).all())
        assert "secret" not in repr(connection.execute(ANSWERS.select()).all())
    assert "secret" not in repr(replace(first, asked="secret"))
