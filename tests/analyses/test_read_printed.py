"""Printed medians and hazard ratio against curves of clicks: on the bound and on both sides."""

from math import exp

import numpy as np
import pytest

from hilum.analyses.read_curves import ReadAsked, run
from hilum.errors import InputError

GRID = np.arange(0, 60.1, 0.5)


@pytest.fixture
def clicked(tmp_path):
    """Exponential curves: hazards 0.03 and 0.06, so that the hazard ratio is 2."""
    path = tmp_path / "c.csv"
    rows = [f"{arm},{t},{exp(-h * t):.6f}" for arm, h in (("a", 0.03), ("b", 0.06)) for t in GRID]
    path.write_text("arm,time,survival\n" + "\n".join(rows))

    def read(**printed):
        found = run(ReadAsked(figure=str(path), unit="months", **printed))
        return [{c.code: c for c in one.checks} for one in found.curves]

    return read


# The curve is at one half or below first at 23.5 months (log 2 / 0.03 = 23.1).
@pytest.mark.parametrize(
    ("median", "outcome"),
    [(23.5 / 1.0299, "ok"), (23.5 / 1.0301, "warn"), (23.5 / 0.9701, "ok"), (24.3, "warn")],
)
def test_a_printed_median(clicked, median, outcome):
    a, b = clicked(median=(f"a={median}",))
    assert a["median_agrees"].outcome == outcome
    assert a["median_agrees"].figure == pytest.approx(abs(23.5 / median - 1), abs=1e-9)
    assert "median_agrees" not in b


@pytest.mark.parametrize(
    ("ratio", "outcome"), [(2.0, "ok"), (1.85, "ok"), (1.7, "warn"), (0.5, "warn")]
)
def test_a_printed_hazard_ratio(clicked, ratio, outcome):
    """By lifelines' Cox of the patients made from both curves, 0.01 of the exponential's."""
    for one in clicked(hazard_ratio=ratio):
        check = one["hazard_ratio_agrees"]
        assert check.outcome == outcome
        assert check.figure == pytest.approx(abs(np.log(2 / ratio)), abs=0.02)


@pytest.mark.parametrize(
    ("printed", "column"),
    [
        ({"median": ("c=3",)}, "median"),
        ({"median": ("12",)}, "median"),
        ({"median": ("a=none",)}, "median"),
        ({"median": ("a=-1",)}, "median"),
    ],
)
def test_what_is_no_arm_or_no_number_is_refused(clicked, printed, column):
    with pytest.raises(InputError) as error:
        clicked(**printed)
    assert [fault.column for fault in error.value.faults] == [column]
