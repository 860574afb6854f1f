"""Long questions: left to a worker, waited for, stopped, answered from what is kept."""

import os
import signal
import threading
import time

import pytest

from hilum.analyses.designs import DESIGNS
from hilum.analyses.typed import from_texts
from hilum.errors import HilumError, InputError, Stopped
from hilum.rendering.design_page import WITHOUT
from hilum.store.livers import Livers
from hilum.store.opening import opened
from hilum.store.work import BROKEN, DONE, RUNNING, STOPPED, WAITING, Jobs
from hilum.watch import SILENT
from hilum.web import kinds, worker
from hilum.web.crew import Crew
from hilum.web.kinds import KINDS, Bench
from hilum.web.liver_desk import LiverDesk
from hilum.web.queue import Broken, Queue
from hilum.web.worker import Worker

SIMON = from_texts(DESIGNS["simon"].Asked, {"p0": "0.1", "p1": "0.3"}, WITHOUT)
KIND = "design-simon"


@pytest.fixture
def bench(tmp_path):
    return Bench(LiverDesk(Livers(tmp_path / "data")))


@pytest.fixture
def jobs(tmp_path):
    made = Jobs(opened(tmp_path / "data"))
    yield made
    made.engine.dispose()


class Hands:
    """A crew of threads: what a worker does, without its process."""

    def __init__(self, jobs, bench):
        self.jobs, self.worker = jobs, Worker(jobs, bench)
        self.thread = threading.Thread(target=self.worker.work, daemon=True)

    def fill(self):
        if not self.thread.is_alive():
            self.thread.start()

    def close(self):
        self.worker.end.set()
        if self.thread.is_alive():
            self.thread.join(10)


@pytest.fixture
def queue(jobs, bench, monkeypatch):
    monkeypatch.setattr(worker, "BEAT", 0.02)
    hands = Hands(jobs, bench)
    yield Queue(jobs, bench, "here", hands)
    hands.close()


class Told:
    """A watch that keeps what it is told, and may stop."""

    def __init__(self, stop_at=None):
        self.stages, self.parts, self.stop_at = [], 0, stop_at

    def stage(self, code, total):
        self.stages.append((code, total))
        self.parts = 0

    def done(self, n=1):
        self.parts += n
        if self.stop_at is not None and self.parts >= self.stop_at:
            raise Stopped


def kind(monkeypatch, run, name="try"):
    monkeypatch.setitem(KINDS, name, run)
    return name


def test_a_worker_answers_as_the_analysis_does(queue, jobs):
    answer = queue.answered(KIND, SIMON, who="me")
    assert answer == DESIGNS["simon"].run(SIMON)
    key = queue.key(KIND, SIMON)
    assert jobs.last(key).state == DONE
    assert (jobs.last(key).owner, jobs.last(key).attempts) == ("me", 1)
    # Nothing is computed again, whoever asks.
    assert queue.answered(KIND, SIMON, who="you") == answer
    assert jobs.last(key).number == 1


def test_progress_is_told_and_stopping_reaches_the_worker(queue, jobs, monkeypatch):
    seen = threading.Event()

    def long(bench, asked, watch):
        watch.stage("pool", 1000)
        try:
            for _ in range(1000):
                time.sleep(0.01)
                watch.done()
        except Stopped:
            seen.set()
            raise

    name = kind(monkeypatch, long)
    watch = Told(stop_at=5)
    with pytest.raises(Stopped):
        queue.answered(name, {"a": 1}, watch, who="me")
    assert ("pool", 1000) in watch.stages
    assert seen.wait(5)
    key = queue.key(name, {"a": 1})
    until = time.monotonic() + 5
    while jobs.last(key).living and time.monotonic() < until:
        time.sleep(0.02)
    assert jobs.last(key).state == STOPPED
    assert queue.kept(key) is None


def test_an_error_comes_as_it_was_raised(queue, monkeypatch):
    from hilum.errors import Fault, phrased

    def wrong(bench, asked, watch):
        raise InputError(Fault("", None, "p0", "2", phrased("at most {high}", high=1)))

    name = kind(monkeypatch, wrong)
    with pytest.raises(InputError) as caught:
        queue.answered(name, (), who="me")
    assert caught.value.faults[0].expected.facts == {"high": 1}
    # What failed is asked anew, not answered from.
    kind(monkeypatch, lambda bench, asked, watch: "now it can")
    assert queue.answered(name, (), who="me") == "now it can"


def test_what_nobody_foresaw_says_its_place_and_nothing_else(queue, monkeypatch, caplog):
    def breaks(bench, asked, watch):
        raise ValueError("A. Secret")

    name = kind(monkeypatch, breaks)
    with pytest.raises(Broken):
        queue.answered(name, (), who="me")
    assert "ValueError" in caplog.text
    assert "Secret" not in caplog.text
    # The worker goes on.
    assert queue.answered(KIND, SIMON, who="me") is not None


def test_what_cannot_be_kept_is_broken_not_lost(queue, monkeypatch, caplog):
    name = kind(monkeypatch, lambda bench, asked, watch: object())
    with pytest.raises(Broken):
        queue.answered(name, (), who="me")
    assert "NotKept" in caplog.text


def test_without_a_crew_it_is_done_here(jobs, bench, monkeypatch):
    counted = []
    name = kind(monkeypatch, lambda bench, asked, watch: counted.append(1) or (1, 2))
    queue = Queue(jobs, bench)
    assert queue.answered(name, (), who="me") == (1, 2)
    assert queue.answered(name, (), who="me") == (1, 2)
    assert counted == [1]
    assert jobs.last(queue.key(name, ())) is None


def test_another_version_is_another_question(queue, monkeypatch):
    before = queue.key(KIND, SIMON)
    assert before == queue.key(KIND, SIMON)
    monkeypatch.setattr("hilum.web.queue.__version__", "0")
    assert queue.key(KIND, SIMON) != before


def test_a_lost_row_stops_the_worker(jobs, bench, monkeypatch):
    monkeypatch.setattr(worker, "BEAT", 0.02)
    ended = threading.Event()

    def long(bench, asked, watch):
        watch.stage("pool", 1)
        try:
            while True:
                time.sleep(0.01)
                watch.done(0)
        except Stopped:
            ended.set()
            raise

    queue = Queue(jobs, bench)
    name = kind(monkeypatch, long)
    hands = Hands(jobs, bench)
    hands.fill()
    job = jobs.begin(name, queue.key(name, ()), "[]", "me")
    until = time.monotonic() + 5
    while jobs.last(job.key).state == WAITING and time.monotonic() < until:
        time.sleep(0.01)
    jobs.release(jobs.last(job.key))  # as the database would after a long silence
    assert ended.wait(5)
    hands.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_stopped_work_that_does_not_look_up_is_left_with_its_process(jobs, bench, monkeypatch):
    monkeypatch.setattr(worker, "BEAT", 0.02)
    monkeypatch.setattr(worker, "GRACE", 0.1)
    left, wakes = threading.Event(), threading.Event()

    def leaves(status):
        assert status == worker.LEFT
        left.set()
        raise SystemExit  # the thread's alone, here

    monkeypatch.setattr(worker.os, "_exit", leaves)
    queue, hands = Queue(jobs, bench), Hands(jobs, bench)
    name = kind(monkeypatch, lambda bench, asked, watch: wakes.wait(20))
    job = jobs.begin(name, queue.key(name, ()), "[]", "me")
    hands.fill()
    until = time.monotonic() + 5
    while jobs.last(job.key).state == WAITING and time.monotonic() < until:
        time.sleep(0.01)
    jobs.stop(job.key)
    assert left.wait(5)
    assert jobs.last(job.key).state == STOPPED
    wakes.set()
    hands.close()
    assert jobs.last(job.key).state == STOPPED, "what comes late counts no more"
    assert jobs.answers.find(job.key) is None


def test_a_grid_goes_to_the_scheduler_and_the_answer_does_not_say_so(monkeypatch):
    from dataclasses import dataclass

    @dataclass(frozen=True)
    class Asked:
        scheduler: str | None = None
        engine: str = "numpy"
        workers: int | None = None

    @dataclass(frozen=True)
    class Answer:
        asked: Asked

    class Simulate:
        def run(self, asked, watch):
            given.append(asked.scheduler)
            return Answer(asked)

    given = []
    monkeypatch.setitem(kinds.ANALYSES, "simulate", Simulate())
    for dask, asked, told in (
        ("tcp://d:1", Asked(), "tcp://d:1"),
        ("tcp://d:1", Asked(scheduler="tcp://own:1"), "tcp://own:1"),
        ("tcp://d:1", Asked(engine="jax"), None),
        ("tcp://d:1", Asked(workers=2), None),
        ("tcp://d:1", Asked(workers=1), "tcp://d:1"),
        (None, Asked(), None),
    ):
        answer = KINDS["simulate"](Bench(None, dask), asked, SILENT)
        assert given.pop() == told
        assert answer.asked == asked


def test_processes_do_it_are_killed_and_end_with_their_parent(jobs, bench, tmp_path):
    """The one test with real workers: killed in mid-work, taken up by the next, ended."""
    from hilum.web.exact import written

    jobs = Jobs(jobs.engine, stale=2.0)
    crew = Crew(jobs, tmp_path / "data", 1)
    queue = Queue(jobs, bench, bench.livers.livers.place, crew)
    slow = from_texts(
        DESIGNS["platform"].Asked,
        {"arms": "2", "p1": "0.5", "p2": "0.3", "n_max": "200", "simulate": "100000"}, WITHOUT,
    )  # fmt: skip
    try:
        job = queue.begin("design-platform", slow, who="me")
        assert len(crew) == 1
        until = time.monotonic() + 60
        while jobs.last(job.key).total == 0 and time.monotonic() < until:
            time.sleep(0.05)
        assert jobs.last(job.key).state == RUNNING
        (first,) = crew.pids
        os.kill(first, signal.SIGKILL)
        until = time.monotonic() + 60
        while jobs.last(job.key).attempts < 2 and time.monotonic() < until:
            crew.fill()
            time.sleep(0.1)
        again = jobs.last(job.key)
        assert (again.state, again.attempts) == (RUNNING, 2)
        jobs.stop(job.key)
        until = time.monotonic() + 20
        while jobs.last(job.key).living and time.monotonic() < until:
            time.sleep(0.05)
        assert jobs.last(job.key).state == STOPPED
        (second,) = crew.pids
        assert second != first, "the worker lives on"
        assert queue.answered(KIND, SIMON, who="me") == DESIGNS["simon"].run(SIMON)
        assert jobs.last(queue.key(KIND, SIMON)).worker is None
        waits = jobs.begin("design-platform", "f" * 64, written(slow), "me")
        until = time.monotonic() + 20
        while jobs.last(waits.key).state == WAITING and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        crew.close()
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)
    left = jobs.last(waits.key)
    assert (left.state, left.attempts) == (WAITING, 0), "whoever comes next begins it"
    assert left.state != BROKEN


def test_every_analysis_can_be_left_to_a_worker():
    from hilum.analyses import ANALYSES

    assert set(KINDS) == {*ANALYSES, kinds.PLANS, kinds.SHEET, kinds.ROOM}
    with pytest.raises(HilumError, match="kind 'no'"):
        kinds.run_kind("no", Bench(None), None, SILENT)
