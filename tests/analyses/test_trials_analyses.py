"""Simulating and ranking: there and back through JSON, stopped when asked, said in words."""

import json
import multiprocessing
import os
import subprocess
import time

import jsonschema_rs
import pytest

from hilum.analyses import analysis
from hilum.analyses.forms import from_json, schema, to_json
from hilum.analyses.scenario import ScenarioText
from hilum.analyses.scenario_templates import TEMPLATES
from hilum.analyses.simulate import SimulateAsked, run
from hilum.errors import InputError, Stopped
from hilum.language import words
from hilum.rendering.rank import rank_lines
from hilum.rendering.scenario_template import scenario_template
from hilum.rendering.simulate import characteristic, simulate_lines
from tests.analyses.watches import Listening, Stopping, unhindered
from tests.made_fit import made_fit


def template(kind, **more):
    return SimulateAsked(
        file=ScenarioText(f"{kind}.toml", scenario_template(kind, words("en"))), **more
    )


@pytest.fixture
def fitted(monkeypatch):
    """The joint model with its posterior already made."""
    monkeypatch.setattr(
        "hilum.synthesis.joint.joint_each",
        lambda data, *, seed, ready, watch: [made_fit(one, seed=seed) for one in data],
    )


@pytest.mark.parametrize("kind", TEMPLATES)
def test_simulations_go_through_json_and_back(kind):
    record, asked = analysis("simulate"), template(kind, trials=20)
    watch = Listening()
    answer = record.run(asked, watch)
    assert watch.stages == [("simulating", 20)]
    assert watch.parts == 20
    assert from_json(record.Asked, to_json(asked)) == asked
    assert from_json(record.Answered, to_json(answer)) == answer
    jsonschema_rs.validate(schema(record.Answered), json.loads(to_json(answer)))
    for language in ("en", "zh-Hans"):
        lines = simulate_lines(answer, words(language))
        assert len(lines) == 1 + len(answer.cells[0].characteristics)
    # Every characteristic has words of its own.
    for code in answer.cells[0].characteristics:
        assert characteristic(code, words("en")) != code or code in PLAIN


PLAIN = {"power"}


def test_a_grid_keeps_infinite_bounds():
    text = scenario_template("survival", words("en")).replace(
        "# futility = [0.0, -inf]", "futility = [-inf, -inf]"
    )
    text = text.replace("hazard_ratio = 0.7 ", "# ")
    asked = SimulateAsked(
        file=ScenarioText("x.toml", text + "\n[grid]\nhazard_ratio = [0.6, 1.0]\n"), trials=20
    )
    answer = run(asked)
    assert answer.scenario["futility"] == ["-inf", "-inf"]
    assert [one.varied for one in answer.cells] == [{"hazard_ratio": 0.6}, {"hazard_ratio": 1.0}]
    assert from_json(type(answer), to_json(answer)) == answer
    assert "hazard_ratio 0.6" in simulate_lines(answer, words("en"))[1]


def test_a_ranking_goes_through_json_and_back(fitted):
    record = analysis("rank")
    asked = record.Asked(
        outcome="objective_response", population="netlm", treatment=("tace", "tare"), draws=1000,
        per_unit=1e5, fixed_cost=1e5,
    )  # fmt: skip
    watch = Listening()
    answer = record.run(asked, watch)
    assert ("ranking", 8) in watch.stages  # one comparison at eight sizes
    assert from_json(record.Asked, to_json(asked)) == asked
    assert from_json(record.Answered, to_json(answer)) == answer
    jsonschema_rs.validate(schema(record.Answered), json.loads(to_json(answer)))
    (one,) = answer.outcomes
    assert one.model.name == "joint"
    assert set(one.candidates[0].treatments) == {"tace", "tare"}
    assert one.candidates[0].best in one.candidates[0].designs
    assert any("net benefit" in line for line in rank_lines(answer, 1, words("en")))


def test_every_fault_of_a_ranking_comes_at_once():
    with pytest.raises(InputError) as caught:
        analysis("rank").Asked(outcome="cure", treatment=("magic",), draws=1, fixed_cost=5.0)
    assert {one.column for one in caught.value.faults} == {
        "outcome", "treatment", "draws", "per_unit",
    }  # fmt: skip


LONG = {
    "simulate": lambda watch: run(template("survival", trials=1_000_000), watch),
    "simulate, several arms": lambda watch: run(template("arms", trials=1_000_000), watch),
    "rank": lambda watch: analysis("rank").run(
        analysis("rank").Asked(outcome="objective_response", population="netlm", draws=20_000),
        watch,
    ),
    "platform": lambda watch: analysis("design-platform").run(
        analysis("design-platform").Asked(arms=3, p1=0.5, p2=0.25, simulate=1_000_000), watch
    ),
    "bayesian": lambda watch: analysis("design-bayesian").run(
        analysis("design-bayesian").Asked(p0=0.3, p1=0.42, alpha=0.05, cohort=1), watch
    ),
}


@pytest.mark.parametrize("seconds", [0.0, 1.0])
@pytest.mark.parametrize("long", LONG.values(), ids=LONG.keys())
def test_it_stops_when_asked(long, seconds, fitted, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    watch = Stopping(seconds, unhindered)
    with pytest.raises(Stopped):
        long(watch)
    assert unhindered() - watch.asked < 2.0
    assert list(tmp_path.iterdir()) == []


def children():
    """Processes that this one started, and theirs."""
    listed = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    ).stdout
    parents = {}
    for line in listed.splitlines():
        pid, parent, stat = line.split()
        if not stat.startswith("Z"):
            parents.setdefault(parent, []).append(pid)
    found, due = set(), [str(os.getpid())]
    while due:
        own = parents.get(due.pop(), [])
        found |= set(own)
        due += own
    return found


@pytest.mark.parametrize("seconds", [1.0, pytest.param(8.0, marks=pytest.mark.slow)])
def test_workers_are_ended_when_it_stops(seconds, tmp_path, monkeypatch):
    """While they start, and while they work."""
    monkeypatch.chdir(tmp_path)
    before = children()
    watch = Stopping(seconds)
    with pytest.raises(Stopped):
        run(template("survival", trials=50_000_000, workers=2), watch)
    assert time.perf_counter() - watch.heard < 2.0
    assert watch.heard - watch.asked < 2.0
    deadline = time.monotonic() + 2
    trackers = {str(one.pid) for one in multiprocessing.active_children()}
    while (children() - before) and time.monotonic() < deadline:
        time.sleep(0.1)
    left = children() - before
    assert not trackers
    assert len(left) <= 2, left  # the interpreter's own trackers of resources
    assert list(tmp_path.iterdir()) == []
