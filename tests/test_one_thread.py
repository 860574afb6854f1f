"""Linear algebra on one thread, where it is not loaded yet and nobody said otherwise."""

import os
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
