"""``spacing`` in ``[imaging]`` of a case."""

from pathlib import Path

import pytest

from hilum.patient.imaging import parse_imaging


def parsed(**table):
    return parse_imaging({"labels": "a.nii"} | table, Path("x"), "case.toml", lambda _: 3)


def test_three_numbers_are_read():
    found, faults = parsed(
        spacing=[0.7, 0.7, 5], before={"labels": "b.nii", "weeks": 4, "spacing": [1, 1, 2.5]}
    )
    assert faults == []
    assert found.spacing == (0.7, 0.7, 5.0)
    assert found.before.spacing == (1.0, 1.0, 2.5)
    assert parsed()[0].spacing is None


@pytest.mark.parametrize(
    "wrong", ["0.7,0.7,5", [1, 1], [1, 1, 0], [1, 1, -1], [1, 1, "5"], [1, 1, True], [1, 1, 51]]
)
def test_anything_else_is_a_fault_with_its_line(wrong):
    _, (fault,) = parsed(spacing=wrong)
    assert (fault.file, fault.row, fault.column) == ("case.toml", 3, "imaging.spacing")
