"""Linear algebra on one thread, where it is not loaded yet and nobody said otherwise."""

import os
import subprocess
import sys

import pytest

from hilum.one_thread import VARIABLES, of_one, one_thread


@pytest.mark.parametrize(
    ("loaded", "said", "left"),
    [(False, None, "1"), (False, "4", "4"), (True, None, None), (True, "4", "4")],
)
def test_one_thread_unless_somebody_said_more(monkeypatch, loaded, said, left):
    for name in VARIABLES:
        # Known to the patch before, so that it is as it was afterwards.
        monkeypatch.setenv(name, said or "")
        if said is None:
            monkeypatch.delenv(name)
    monkeypatch.setitem(sys.modules, "numpy", sys.modules.get("numpy"))
    if not loaded:
        monkeypatch.delitem(sys.modules, "numpy")
    one_thread()
    assert [os.environ.get(name) for name in VARIABLES] == [left] * len(VARIABLES)


def test_a_process_to_be_started_has_one_unless_somebody_said_more():
    made = {VARIABLES[0]: "3"}
    of_one(made)
    assert made == {VARIABLES[0]: "3", VARIABLES[1]: "1", VARIABLES[2]: "1"}


@pytest.mark.parametrize("command", ["joint", "survival", "trials_rank"])
def test_a_command_of_many_small_matrices_says_so_before_numpy_is_there(command):
    """In a program of its own: here the libraries are loaded."""
    clear = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    code = f"import os, hilum.cli.{command}; print(*(os.environ.get(n) for n in {VARIABLES!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], env=clear, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["1"] * len(VARIABLES)
