"""Images by other programs whose patients are known, each of a kind once misread or refused."""

import csv
from pathlib import Path

import numpy as np
import pytest

from hilum.analyses.read_curves import ReadAsked, run
from hilum.errors import InputError
from tests.synthesis.survival.trials import at, kaplan_meier

PRINTED = Path(__file__).parent / "printed"
# Unit, calibration points set by hand, and for each arm what is asked for and the error allowed:
# half a pixel of time is most of it where a curve of 96 dpi falls steeply.
FIGURES = {
    "band": ("months", "167=0,996=30", "120=1,570=0", {"1": "#F8766D", "2": "#00BFC4"}, 0.006),
    "clipped_top": ("months", "74=0,540=60", "48=1,356=0", {"A": "#007aff"}, 0.008),
    "dashed_ci": ("days", "154=0,937=1000", "140=1,579=0", {"all": ""}, 0.004),
    "dashed_crossing": (
        "months", "78=0,545=30", "76=1,420=0", {"1": "#E7B800", "2": "#2E9FDF"}, 0.016,
    ),
    "frame_black": ("months", "112=0,810=60", "79=1,587=0", {"A": ""}, 0.016),
    "log_axis": (
        "years", "154=0,924=12", "136=1,274=0.7,491=0.4", {"1": "#0000ff", "2": "#df536b"}, 0.006,
    ),
    "solid_and_dashed": (
        "months", "154=0,886=30", "140=1,579=0", {"1": "#000000 solid", "2": "#000000 dashed"},
        0.008,
    ),
}  # fmt: skip


def arms(name):
    """Times and states of the patients of each arm."""
    out = {}
    with (PRINTED / f"{name}.csv").open() as file:
        for row in csv.DictReader(file):
            out.setdefault(row["arm"], []).append((float(row["time"]), int(row["status"])))
    return {arm: tuple(np.array(v) for v in zip(*rows, strict=True)) for arm, rows in out.items()}


def asked(name, which, **more):
    unit, x, y, _, _ = FIGURES[name]
    curve = (which,) if which else ()
    return ReadAsked(
        figure=str(PRINTED / f"{name}.png"), curve=curve, unit=unit, x_axis=x, y_axis=y, **more
    )


@pytest.mark.parametrize("name", FIGURES)
def test_every_arm_is_read_without_a_warning(name):
    *_, wanted, allowed = FIGURES[name]
    patients = arms(name)
    for arm, which in wanted.items():
        curve = run(asked(name, which)).curves[0]
        time, status = patients[arm]
        # Some axes end before the last patient, none by more than a tenth.
        assert curve.time[-1] > 0.85 * time.max()
        grid = np.linspace(0, time.max(), 4001)
        gap = at((curve.time[1:], curve.survival[1:]), grid) - at(kaplan_meier(time, status), grid)
        assert np.sqrt(np.mean(gap**2)) < allowed, (arm, which)
        assert [c.code for c in curve.checks if c.outcome == "warn"] == []
        # R draws the two limits beside the curve in its colour.
        assert curve.limits == 2 * (name == "dashed_ci")


def test_two_lines_of_one_colour_are_told_by_their_dash():
    with pytest.raises(InputError, match="#000000 solid, #000000 dashed"):
        run(asked("solid_and_dashed", "#000000"))
    with pytest.raises(InputError, match="and solid, dashed or dotted behind it"):
        run(asked("solid_and_dashed", "#000000 wavy"))


def test_an_image_has_no_numbered_panels():
    with pytest.raises(InputError, match="calibration points"):
        run(asked("band", "#F8766D", panel=2))
