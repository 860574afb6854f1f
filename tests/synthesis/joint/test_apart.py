"""Watched, the model draws in a process of its own: the same draws, ended at any moment."""

import os
import subprocess
import time

import numpy as np
import pytest

from hilum import apart as module
from hilum.errors import NotConverged, Stopped
from hilum.synthesis.joint import Priors, dial, joint
from tests.analyses.watches import Listening, Stopping, children
from tests.synthesis.joint.conftest import rows


@pytest.mark.slow
def test_the_same_draws_whoever_watches():
    watch = Listening()
    size = {"chains": 2, "draws": 200, "warmup": 100, "needed": 20.0}
    seen = dial(rows(), Priors(), weights=(1.0,), watch=watch, **size).fits[0]
    alone = dial(rows(), Priors(), weights=(1.0,), **size).fits[0]
    assert type(seen) is type(alone)
    if isinstance(alone, NotConverged):
        assert str(seen) == str(alone)
    else:
        for name, values in alone.draws.items():
            assert np.array_equal(seen.draws[name], values), name
    assert watch.stages[0] == ("sampling", 300)
    assert watch.parts >= 300


@pytest.mark.parametrize("seconds", [0.0, 1.0, 4.0])
def test_it_stops_within_two_seconds_and_leaves_no_process(seconds, tmp_path, monkeypatch):
    """While the child starts, compiles or draws."""
    monkeypatch.chdir(tmp_path)
    before = children()
    watch = Stopping(seconds)
    with pytest.raises(Stopped):
        joint(rows(), Priors(), draws=200_000, watch=watch)
    assert time.perf_counter() - watch.asked < 2.0
    assert children() <= before
    assert list(tmp_path.iterdir()) == []


def test_a_child_that_dies_is_an_error_and_no_answer(monkeypatch):
    monkeypatch.setattr(module, "CHILD", "raise SystemExit(3)")
    with pytest.raises(NotConverged, match="ended without an answer"):
        joint(rows(), Priors(), watch=Listening())


def test_errors_come_through(monkeypatch):
    code = "import sys; sys.modules['numpyro'] = None; from hilum.apart import serve; serve()"
    monkeypatch.setattr(module, "CHILD", code)
    from hilum.errors import MissingExtra

    with pytest.raises(MissingExtra, match="pip install"):
        joint(rows(), Priors(), watch=Listening())


def test_the_child_ends_with_its_parent():
    """Its standard input ends when the parent does, however it ends."""
    code = "from hilum.apart import with_the_parent; with_the_parent()"
    import sys

    path = {**os.environ, "PYTHONPATH": os.pathsep.join(one or "." for one in sys.path)}
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, env=path)
    assert child.poll() is None
    child.stdin.close()
    assert child.wait(20) == 1
