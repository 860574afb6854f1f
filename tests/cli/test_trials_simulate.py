"""``hilum trials simulate`` as a stranger uses it."""

import json
import math
import os
import signal
import subprocess
import sys
import time
import tomllib

import pyarrow.parquet as pq
import pytest

from hilum.analyses.scenario_templates import TEMPLATES
from hilum.cli.main import run
from hilum.language import languages, words
from hilum.rendering.scenario_template import in_words, scenario_template
from tests.cli.test_cli import hilum, started

SCENARIO = """\
kind = "survival"
trials = 200
seed = 3

[scenario]
patients = 100
accrual_rate = 10
control_median = 12
events = [60]
efficacy = [1.96]

[grid]
hazard_ratio = [0.5, 1.0]
lag_months = [0, 2]
"""


@pytest.fixture
def scenario(tmp_path):
    path = tmp_path / "scenario.toml"
    path.write_text(SCENARIO)
    return path


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_a_template_runs_as_it_is(tmp_path, kind, language):
    printed = hilum("trials", "simulate", "--template", kind, "--language", language)
    path = tmp_path / "made.toml"
    path.write_text(printed.stdout)
    done = hilum("trials", "simulate", str(path), "--trials", "50", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["trials"] == 50
    assert 0 < found["cells"][0]["characteristics"]["power"]["value"] <= 1


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_a_template_speaks_the_readers_language(kind):
    """Every comment, and nothing but comments: the same scenario is read from it."""
    english, chinese = (scenario_template(kind, words(one)) for one in ("en", "zh-Hans"))
    assert tomllib.loads(english) == tomllib.loads(chinese)
    for line in TEMPLATES[kind]:
        if line.said:
            assert line.said in english
            assert line.said not in chinese


def test_an_untouched_template_follows_the_language():
    spoken = [words(one) for one in languages()]
    started = scenario_template("arms", spoken[0])
    assert in_words(started, spoken[1], spoken) == scenario_template("arms", spoken[1])
    assert in_words(started + "# mine\n", spoken[1], spoken) == started + "# mine\n"


def test_json_holds_every_cell_with_its_error(scenario):
    found = json.loads(hilum("trials", "simulate", str(scenario), "--json").stdout)
    assert [cell["varied"] for cell in found["cells"]] == [
        {"hazard_ratio": r, "lag_months": m} for r in (0.5, 1.0) for m in (0, 2)
    ]
    for cell in found["cells"]:
        name = "power" if cell["varied"]["hazard_ratio"] < 1 else "type_1_error"
        figure = cell["characteristics"][name]
        p = figure["value"]
        # Sample standard deviation of zeros and ones over the root of 200.
        assert figure["mcse"] == pytest.approx(math.sqrt(p * (1 - p) / 199))
        assert figure["count"] == 200


def test_a_table_is_tidy_and_resumed(scenario, tmp_path):
    out = tmp_path / "results.parquet"
    first = hilum("trials", "simulate", str(scenario), "--out", str(out), "--json")
    assert first.returncode == 0, first.stderr
    table = pq.read_table(out)
    assert {"cell", "param_hazard_ratio", "param_lag_months", "characteristic", "mcse"} <= set(
        table.column_names
    )
    rows = table.to_pylist()
    assert len({(row["cell"], row["characteristic"]) for row in rows}) == len(rows)
    scenario.write_text(SCENARIO.replace("[0.5, 1.0]", "[0.5, 1.0, 0.8]"))
    again = json.loads(
        hilum("trials", "simulate", str(scenario), "--out", str(out), "--json").stdout
    )
    assert again["resumed"] == 4
    assert again["cells"][:4] == json.loads(first.stdout)["cells"]
    assert len({row["cell"] for row in pq.read_table(out).to_pylist()}) == 6
    other = json.loads(
        hilum(
            "trials", "simulate", str(scenario), "--out", str(out), "--seed", "4", "--json"
        ).stdout
    )
    assert other["resumed"] == 0


def test_the_accelerated_engine_gives_the_same_within_error(scenario, tmp_path):
    out = tmp_path / "results.parquet"
    words = ("trials", "simulate", str(scenario), "--trials", "600", "--out", str(out), "--json")
    one = json.loads(hilum(*words).stdout)
    two = json.loads(hilum(*words, "--engine", "jax").stdout)
    assert two["resumed"] == 0
    assert {row["engine"] for row in pq.read_table(out).to_pylist()} == {"numpy", "jax"}
    for a, b in zip(one["cells"], two["cells"], strict=True):
        for name in ("months", "events", "log_hazard_ratio"):
            left, right = (cell["characteristics"][name] for cell in (a, b))
            error = math.hypot(left["mcse"], right["mcse"])
            assert left["value"] == pytest.approx(right["value"], abs=4 * error + 1e-4)


# The run waits behind its third write, so that the interrupt comes neither too soon nor too late.
WAITING = """
import sys, time
from hilum.cli import main, simulation_store as store
store.SECONDS_BETWEEN_WRITES = store.TIMES_A_WRITE = 0
add, added = store.Store.add, []
def adding(self, rows):
    add(self, rows)
    added.append(rows)
    if len(added) == 3:
        print("three", flush=True)
        time.sleep(600)
store.Store.add = adding
main.run()
"""


def test_what_was_finished_stays_when_a_run_is_interrupted(tmp_path):
    path, out = tmp_path / "long.toml", tmp_path / "results.parquet"
    path.write_text(SCENARIO.replace("[0.5, 1.0]", "[0.4, 0.5, 0.6, 0.7, 0.8, 0.9]"))
    words = ["-c", WAITING, "trials", "simulate", str(path), "--out", str(out)]
    running = subprocess.Popen(
        # A shell that runs the tests in its background has interrupts ignored.
        ["env", "--default-signal=INT", sys.executable, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    assert running.stdout.readline() == "three\n"
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=120)
    assert running.returncode not in (0, 70)
    assert "Traceback" not in errors
    assert len({row["cell"] for row in pq.read_table(out).to_pylist()}) == 3
    assert [one.name for one in tmp_path.iterdir() if one.name.endswith(".part")] == []


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (("[0.5, 1.0]", "[0.5, -1.0]"), (), "scenario.toml:13: hazard_ratios: '-1'"),
        (("accrual_rate = 10", "accrual_rate = -10"), (), "scenario.toml:7: accrual_rates: '-10'"),
        (("patients = 100", "patiens = 100"), (), "nearest: 'patients'"),
        (("events = [60]", "events = [160]"), (), "expected at most the 100 patients"),
        (
            ('"survival"', '"cohort"'),
            (),
            "kind: 'cohort': expected survival or platform or arms or",
        ),
        (("trials = 200", "trial = 200"), (), "key: 'trial'"),
        (("trials = 200", "trials = 'many'"), (), "trials: 'many'"),
        (("[grid]", "[grid"), (), "scenario.toml:12: file"),
        (("[0, 2]", "2"), (), "a list of values in [grid]"),
        (("[scenario]", ""), (), "key: 'patients'"),
        (("", ""), ("--trials", "0"), "--trials: '0'"),
        (("", ""), ("--seed", "-1"), "--seed: '-1'"),
        (("", ""), ("--workers", "0"), "--workers: '0'"),
        (
            ("", ""),
            ("--scheduler", "tcp://127.0.0.1:9"),
            "--scheduler: 'tcp://127.0.0.1:9'",
        ),
        (("", ""), ("--scheduler", "nowhere"), "scheduler: 'nowhere'"),
        (("", ""), ("--engine", "fortran"), "--engine: 'fortran'"),
        (("", ""), ("--engine", "jax", "--workers", "2"), "--engine: 'jax'"),
        (("events = [60]", "look_months = [30]"), ("--engine", "jax"), "no looks by calendar"),
        (("", ""), ("--out", "/nowhere/x.parquet"), "a folder that exists"),
        (("patients = 100", "patients = 100000000000"), (), "GB of this machine"),
    ],
)
def test_bad_input_is_one_message(scenario, change, options, message, monkeypatch, capsys):
    scenario.write_text(SCENARIO.replace(*change) if change[0] else SCENARIO)
    monkeypatch.setattr(sys, "argv", ["hilum", "trials", "simulate", str(scenario), *options])
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 1
    told = capsys.readouterr().err
    assert told.startswith("hilum: ")
    assert message in told


def test_a_grid_too_large_is_refused_with_its_number_before_it_is_made(scenario):
    values = ", ".join(str(i) for i in range(1, 3001))
    scenario.write_text(
        SCENARIO.replace("[0.5, 1.0]", f"[{values}]").replace("[0, 2]", f"[{values}]")
    )
    begun = time.monotonic()
    done = hilum("trials", "simulate", str(scenario))
    assert done.returncode == 1
    assert "9,000,000 cells of 200 trials: about 360" in done.stderr
    assert time.monotonic() - begun < 20


def test_a_file_that_is_not_a_result_table_is_left_alone(scenario, tmp_path):
    other = tmp_path / "mine.parquet"
    other.write_text("not a table")
    done = hilum("trials", "simulate", str(scenario), "--out", str(other))
    assert done.returncode == 1
    assert "a table that hilum trials simulate wrote" in done.stderr
    assert other.read_text() == "not a table"


@pytest.mark.parametrize("words", [(), ("nowhere.toml",), ("--template", "cohort")])
def test_without_a_file_there_is_a_hint(words):
    done = hilum("trials", "simulate", *words)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()


def test_several_arms_over_two_workers_are_resumed(tmp_path):
    """The same figures on any number of workers, and taken from the table the second time."""
    path, out = tmp_path / "arms.toml", tmp_path / "results.parquet"
    path.write_text(scenario_template("arms", words("en")))
    asked = ("trials", "simulate", str(path), "--trials", "600", "--json")
    alone = json.loads(hilum(*asked).stdout)
    # Workers start as this process did, and it has to be hilum's.
    spread = json.loads(started(*asked, "--workers", "2", "--out", str(out)).stdout)
    again = json.loads(hilum(*asked, "--out", str(out)).stdout)
    assert alone["cells"] == spread["cells"] == again["cells"]
    assert (spread["resumed"], again["resumed"]) == (0, 1)
    refused = hilum(*asked, "--engine", "jax")
    assert refused.returncode == 1
    assert "survival trials of two arms only" in refused.stderr
