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


# Level at one half from 10 to 14 months: R and SAS print the middle, others the start.
@pytest.mark.parametrize(
    ("median", "outcome"),
    [(10.0, "ok"), (12.0, "ok"), (12.36, "ok"), (12.38, "warn"), (13.5, "warn"), (9.7, "warn")],
)
@pytest.mark.parametrize("half", [0.5, 0.5 + 1e-7])
def test_a_median_may_be_the_middle_of_a_level_stretch_at_one_half(tmp_path, median, outcome, half):
    path = tmp_path / "c.csv"
    path.write_text(f"time,survival\n0,1\n5,0.75\n10,{half!r}\n14,0.25\n20,0.25\n")
    (one,) = run(ReadAsked(figure=str(path), unit="months", median=(str(median),))).curves
    checks = {c.code: c.outcome for c in one.checks}
    assert checks["median_agrees"] == outcome


@pytest.mark.parametrize(
    ("level", "outcome"), [(0.502, "ok"), (0.5 + 3 / 1024, "ok"), (0.503, "warn")]
)
def test_one_half_is_what_is_within_three_errors_of_it(tmp_path, level, outcome):
    path = tmp_path / "c.csv"
    rows = "".join(
        f"{t},{s},{1 / 1024}\n" for t, s in ((0, 1), (5, 0.75), (10, level), (14, 0.25), (20, 0.25))
    )
    path.write_text("time,survival,precision\n" + rows)
    (one,) = run(ReadAsked(figure=str(path), unit="months", median=("12",))).curves
    assert {c.code: c.outcome for c in one.checks}["median_agrees"] == outcome


def test_clicks_in_another_order_than_time_are_sorted_and_that_is_said(tmp_path):
    from hilum.language import words as words_in
    from hilum.rendering.read_curves import curves_csv, read_lines

    path = tmp_path / "c.csv"
    path.write_text("time,survival\n12,40\n9,50\n6,70\n0,100\n")
    answer = run(ReadAsked(figure=str(path), unit="months"))
    (one,) = answer.curves
    assert one.time == (0, 6, 9, 12)
    assert one.survival == (1, 0.7, 0.5, 0.4)
    said = "\n".join(read_lines(answer, words_in("en")))
    assert "to 12 months, survival 0.400 at the end" in said
    assert "not in the order of time" in said
    assert curves_csv(answer).splitlines()[1].startswith("0,1,")
    path.write_text("time,survival\n0,100\n6,70\n6,50\n12,40\n")
    assert not run(ReadAsked(figure=str(path), unit="months")).curves[0].resorted
