"""A wait that a service asks for: in seconds where it is short, else the time at which it ends."""

from __future__ import annotations

import re

import pytest

from hilum.literature.services.asking import FAR, _far


@pytest.mark.parametrize(
    ("wait", "said"),
    [
        (FAR - 1, r"to wait 3599 seconds: run it again then"),
        (FAR, r"run it again then \(not before \d{4}-\d\d-\d\d \d\d:\d\d UTC"),
        (999_999_999.0, r"not before 20\d\d-\d\d-\d\d \d\d:\d\d UTC"),
    ],
)
def test_a_long_wait_is_said_as_a_time(wait: float, said: str) -> None:
    assert re.search(said, str(_far(wait)))
