"""A twentieth of ``make fuzz``, and that its judge sees what it is there to see."""

import json
import os

import pytest
from hypothesis import Phase, find, settings
from proofs.face import Done
from proofs.fuzz import A_JOB, INPUTS, SEED, attack, jobs
from proofs.judge import faults
from proofs.mutate import WAYS
from proofs.targets import TARGETS

from hilum.errors import Fault, InputError, NotEstimable


def test_a_twentieth_of_the_inputs(tmp_path):
    """Every target, seeds of the whole run: no fault of any kind."""
    tally = attack(INPUTS // 20, SEED, workers=1, saved=tmp_path / "faults")
    assert tally.faults == []
    assert set(tally.inputs) == {one.name for one in TARGETS}
    # What hypothesis draws twice counts once.
    assert sum(tally.inputs.values()) > INPUTS // 20 * 0.7


def test_jobs_cover_every_target_and_are_the_same_each_time():
    made = jobs(10_000, 21, None)
    assert made == jobs(10_000, 21, None)
    assert {one[0] for one in made} == {one.name for one in TARGETS}
    assert sum(one[2] for one in made) == pytest.approx(10_000, abs=len(TARGETS))
    assert len({one[1] for one in made}) == len(made)
    assert max(one[2] for one in made) == A_JOB


# The first that differs will do: none is made smaller.
FIRST = settings(database=None, phases=[Phase.generate])


@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@pytest.mark.parametrize("target", [one for one in TARGETS if one.files], ids=lambda one: one.name)
def test_every_way_changes_its_seed(target):
    data = next(iter(target.files.values()))()
    changed = find(WAYS[target.way](data), lambda made: made != data, settings=FIRST)
    assert isinstance(changed, bytes)


PLACE = InputError(Fault("t.csv", 2, "n", "x", "a number"))


@pytest.mark.parametrize(
    ("done", "errors", "words", "kind"),
    [
        (Done(70, "", "hilum: something unforeseen happened (KeyError)"), [], (), "unforeseen"),
        (Done(70, "", "hilum: not enough memory for this input"), [], (), "memory"),
        (Done(1, "", "hilum: f: expected a label map that fits in memory"), [], (), "memory"),
        (Done(74, "", "hilum: x: No such file"), [], (), "status"),
        (Done(1, "", "Traceback (most recent call last)"), [], (), "traceback"),
        (Done(0, "", "a.py:3: UserWarning: x"), [], (), "warning"),
        (Done(1, "", ""), [], (), "place"),
        (Done(1, "", "x"), [InputError(Fault("", None, "", "x", "y"))], (), "place"),
        (Done(1, "", "x"), [NotEstimable("")], (), "place"),
        (Done(0, "a\x1b[31m", ""), [], (), "terminal"),
        (Done(0, "{", ""), [], ("--json",), "impossible"),
        (Done(0, '{"a": NaN}', ""), [], ("--json",), "impossible"),
        (Done(0, '{"a": [{"p_value": 1.1}]}', ""), [], ("--json",), "impossible"),
        (Done(0, '{"tau2": -0.1}', ""), [], ("--json",), "impossible"),
        (Done(0, '{"low": 2, "high": 1}', ""), [], ("--json",), "impossible"),
        (Done(0, '{"liver_ml": -3}', ""), [], ("--json",), "impossible"),
        (Done(0, '{"p_value": 1, "tau2": 0, "low": 1, "high": 1, "i2": 100}', ""), [], ("--json",),
         None),
        (Done(1, "", "hilum: t.csv:2: n"), [PLACE], (), None),
        (Done(1, "", "hilum: no study"), [NotEstimable("no study")], (), None),
        (Done(0, "fine\r\n", ""), [], (), None),
    ],
)  # fmt: skip
def test_the_judge(tmp_path, done, errors, words, kind):
    found = faults(done, errors, words, tmp_path)
    assert {one.partition(":")[0] for one in found} == ({kind} if kind else set())


def test_a_part_left_behind_is_a_fault(tmp_path):
    (tmp_path / ".a.html.1-00000000.part").write_bytes(b"")
    assert faults(Done(0, "", ""), [], (), tmp_path) == ["left behind: a part of a file"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits of a process")
def test_a_process_that_dies_is_a_fault_with_its_input(tmp_path, monkeypatch):
    """The worker is ended at each first answer, as by its limits."""
    from proofs import fuzz

    monkeypatch.setattr(fuzz, "jobs", lambda *_: [("pool CSV", 1, 3)])
    real = fuzz.Worker

    class Dying(real):
        def say(self, line):
            super().say(line)
            self.process.kill()

    monkeypatch.setattr(fuzz, "Worker", Dying)
    tally = fuzz.attack(3, 1, 1, tmp_path / "saved")
    assert [one.partition(":")[0] for _, one in tally.faults] == ["died"]
    (kept,) = (tmp_path / "saved").glob("*/fault.json")
    assert json.loads(kept.read_text())["seed"] == 1
