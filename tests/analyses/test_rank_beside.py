"""Work beside other work: one watch, every answer, an end that ends all."""

from __future__ import annotations

import threading

import pytest

from hilum.analyses.rank_beside import Beside
from hilum.errors import NotEstimable, Stopped


class _Kept:
    def __init__(self):
        self.said = []

    def stage(self, code, total):
        self.said.append((code, total))

    def done(self, n=1):
        self.said.append(n)


def test_parts_are_told_in_a_stage_of_their_own_when_the_main_work_is_over():
    watch, early = _Kept(), threading.Event()
    late = threading.Event()

    def job(beside):
        beside.stage("never", 9)
        beside.done(2)
        early.set()
        late.wait(10)
        beside.done(3)
        return "a"

    with Beside(watch, "ranking", 5) as beside:
        beside.start("one", job)
        beside.main.stage("sampling", 7)
        assert early.wait(10)
        beside.main.done(7)
        threading.Timer(0.1, late.set).start()
        found = beside.results()
    assert found["one"].result() == "a"
    told = [one for one in watch.said if one != 0]
    assert told == [("sampling", 7), 7, ("ranking", 5), 2, 3]


def test_a_job_that_fails_keeps_its_error_and_the_others_their_answers():
    def fails(_):
        raise NotEstimable("too few")

    with Beside(_Kept(), "ranking", 0) as beside:
        beside.start("bad", fails)
        beside.start("good", lambda _: 1)
        found = beside.results()
    assert found["good"].result() == 1
    with pytest.raises(NotEstimable):
        found["bad"].result()


def test_a_stop_of_the_main_work_ends_the_jobs():
    begun, ended = threading.Event(), threading.Event()

    def job(beside):
        try:
            while True:
                begun.set()
                beside.done(0)
        except Stopped:
            ended.set()
            raise

    def work():
        with Beside(_Kept(), "ranking", 0) as beside:
            beside.start("one", job)
            begun.wait(10)
            raise KeyError

    with pytest.raises(KeyError):
        work()
    assert begun.is_set()
    assert ended.is_set()


def test_a_stop_in_a_job_stops_the_whole():
    class Stops(_Kept):
        def done(self, n=1):
            raise Stopped

    def work():
        with Beside(Stops(), "ranking", 0) as beside:
            beside.start("one", lambda watch: watch.done(0))
            beside.results()

    with pytest.raises(Stopped):
        work()
