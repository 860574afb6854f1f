"""Same seed, same numbers: whoever computes, in whatever order, and whoever is lost on the way."""

import os
import signal
import socket
import time
from urllib.parse import urlsplit

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.trials.simulation import merge, tally
from hilum.trials.simulation import tasks as task_module
from hilum.trials.simulation.run import QUIET, cluster, run_grid
from hilum.trials.simulation.scenario import cells, count, trial_from
from hilum.trials.simulation.tasks import check_memory, tasks_of

SEED = 20240605
BASE = {
    "patients": 300,
    "accrual_rate": 12.5,
    "control_median": 16,
    "events": [120, 240],
    "efficacy": [2.797, 1.977],
}
GRID = {"hazard_ratio": [0.7, 1.0], "dropout_hazard": [0.0, 0.01]}


def _grid(base=BASE, grid=GRID):
    return list(cells("survival", base, grid))


def test_tallies_merge_to_the_moments_of_the_whole():
    values = np.random.default_rng(SEED).normal(3, 2, 1000)
    values[7] = np.nan
    whole = tally({"x": values})["x"]
    parts = merge(tally({"x": part}) for part in np.array_split(values, [1, 8, 500]))["x"]
    kept = values[np.isfinite(values)]
    for one in (whole, parts):
        assert one.count == 999
        assert one.mean == pytest.approx(kept.mean(), rel=1e-13)
        assert one.mcse == pytest.approx(kept.std(ddof=1) / np.sqrt(999), rel=1e-12)


def test_order_and_place_in_the_grid_change_nothing():
    grid = _grid()
    found = run_grid(grid, 300, SEED)
    turned = run_grid(grid[::-1], 300, SEED)[::-1]
    assert found == turned
    assert run_grid(grid[2:3], 300, SEED)[0] == found[2]
    assert run_grid(grid, 300, SEED + 1) != found


def test_chunks_have_seeds_of_their_own():
    cell = _grid()[0]
    made = list(tasks_of(0, cell, 25_000, SEED))
    assert sum(task.trials for task in made) == 25_000
    assert len({task.spawn_key for task in made}) == len(made) > 2


class Told:
    """A watch that hands on what is done."""

    def __init__(self, done):
        self.done = done

    def stage(self, code, total):
        """Nothing."""


def test_a_lost_process_loses_nothing(monkeypatch):
    import multiprocessing

    monkeypatch.setattr(task_module, "PATIENTS_A_TASK", 60_000)
    grid = _grid()
    killed = []

    def finish(done):
        if done and not killed:
            killed.append(multiprocessing.active_children()[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    assert run_grid(grid, 2000, SEED, workers=2, watch=Told(finish)) == run_grid(grid, 2000, SEED)
    assert killed
    assert multiprocessing.active_children() == []


def test_a_lost_worker_loses_nothing(monkeypatch):
    # Small tasks, so that there are many when a worker is killed; the workers only run them.
    monkeypatch.setattr(task_module, "PATIENTS_A_TASK", 60_000)
    grid = _grid()
    alone = run_grid(grid, 2000, SEED)
    seen, killed = [], []
    with cluster(2) as client:
        # On this machine alone, and not on the port of whatever cluster runs there already.
        place = urlsplit(client.dashboard_link)
        assert (place.hostname, place.port == 8787) == ("127.0.0.1", False)
        victim = next(iter(client.run(os.getpid).values()))

        def finish(done):
            seen.append(done)
            if sum(one > 0 for one in seen) == 5 and not killed:
                os.kill(victim, signal.SIGKILL)
                killed.append(victim)

        found = run_grid(grid, 2000, SEED, client=client, watch=Told(finish))
        deadline = time.monotonic() + 20
        while len(client.run(os.getpid)) < 2 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert victim not in client.run(os.getpid).values()
    assert killed
    assert sum(seen) == 4 * 2000
    assert found == alone


def test_a_lost_scheduler_is_one_message_and_finished_cells_stay(monkeypatch):
    from distributed import LocalCluster

    monkeypatch.setattr(task_module, "PATIENTS_A_TASK", 60_000)
    grid, kept = _grid(), {}
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, **QUIET) as local:

        def finish(place, result):
            kept[place] = result
            local.close()

        with (
            cluster(scheduler=local.scheduler_address) as client,
            pytest.raises(InputError, match="a scheduler that stays"),
        ):
            run_grid(grid, 2000, SEED, client=client, finished=finish)
    assert 0 < len(kept) < 4
    place, result = next(iter(kept.items()))
    assert result == run_grid([grid[place]], 2000, SEED)[0]


def test_an_unreachable_scheduler_is_said_at_once():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    begun = time.monotonic()
    with (
        pytest.raises(InputError, match=f"127.0.0.1:{port}"),
        cluster(scheduler=f"tcp://127.0.0.1:{port}"),
    ):
        pass
    assert time.monotonic() - begun < 20


def test_a_grid_is_counted_before_it_is_made():
    grid = {name: list(range(2000)) for name in ("a", "b", "c")}
    assert count(grid) == 8_000_000_000
    trial = trial_from("survival", {**BASE, "hazard_ratio": 0.7})
    with pytest.raises(InputError, match=r"8,000,000,000 cells of 1,000 trials: about 320,"):
        check_memory(count(grid), trial, 1000, 2, 16 * 10**9)
    check_memory(100, trial, 10_000, 2, 16 * 10**9)
    huge = trial_from("survival", {**BASE, "hazard_ratio": 0.7, "patients": 10**9})
    with pytest.raises(InputError, match="GB of this machine"):
        check_memory(1, huge, 10, 1, 16 * 10**9)


def test_words_of_a_file_become_a_trial():
    trial = trial_from(
        "survival",
        {**BASE, "hazard_ratio": 0.6, "delay_months": 4, "crossover_hazard": 0.02},
    )
    assert (trial.hazard_ratios, trial.ratio_breaks) == ((1.0, 0.6), (4.0,))
    assert trial.control_hazards == (pytest.approx(np.log(2) / 16),)
    assert trial.crossover_hazards == (0.02, 0.0)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"hazard_rato": 0.7}, "nearest: 'hazard_ratio'"),
        ({"hazard_ratio": "small"}, "'small': expected a number"),
        ({"hazard_ratio": 0.7, "hazard_ratios": [0.7]}, "one of hazard_ratios and hazard_ratios"),
        ({"hazard_ratio": 0.7, "patients": 300.5}, "'300.5': expected a whole number"),
        ({"hazard_ratio": 0.7, "control_hazard": 0.1}, "not both"),
        ({"hazard_ratio": [1, 0.6], "delay_months": 3}, "a single hazard_ratio"),
        ({"hazard_ratio": 0.7, "control_median": 0}, "'0': expected months, above 0"),
        ({"hazard_ratio": 0.7, "accrual": 3}, "a word"),
        ({}, "hazard_ratios: 'missing'"),
        ({"hazard_ratio": 0.7, "lag_months": [1, 2]}, "one number"),
    ],
)
def test_values_of_another_kind_are_refused(values, message):
    with pytest.raises(InputError) as caught:
        trial_from("survival", {**BASE, **values})
    assert message.split("one of")[0] in str(caught.value)


def test_impossible_cells_name_the_values_that_make_them():
    with pytest.raises(InputError, match=r"hazard_ratio = -1") as caught:
        _grid(grid={"hazard_ratio": [0.7, -1]})
    assert "'-1'" in str(caught.value)
    with pytest.raises(InputError, match="in the grid or above it"):
        _grid(grid={"patients": [100]})
    with pytest.raises(InputError, match="one value or more"):
        _grid(grid={"hazard_ratio": []})
    with pytest.raises(InputError, match="survival or platform"):
        trial_from("cohort", BASE)
    with pytest.raises(InputError, match="trials"):
        run_grid(_grid(), 0, SEED)
