"""Images whose calibration points stand anywhere on the axes, on paper of any colour."""

import matplotlib as mpl
import numpy as np
import pytest

from hilum.errors import InputError
from hilum.literature.figures.axes import from_points
from hilum.literature.figures.ends_of_axes import (
    BROAD,
    CONTRAST,
    FRAME,
    LEAST,
    PANEL,
    STILL,
    goes_on,
    right_ends,
    ruled,
)
from hilum.literature.figures.picture import Straight
from hilum.literature.figures.raster import read_image
from hilum.literature.figures.trace import Trace, falls
from tests.literature.figures import trial
from tests.synthesis.survival.trials import at, corners, kaplan_meier

mpl.use("Agg")
from matplotlib import pyplot as plt

DPI = 110
GRID = np.linspace(0.7, 59, 1200)


def drawn(
    path,
    arm,
    x,
    y,
    *,
    paper="white",
    ink="black",
    colour="#1f77b4",
    also=None,
    log=False,
    page=None,
):
    """One arm; the axes calibrated on two values each. ``also`` draws what else there is."""
    fig, ax = plt.subplots(figsize=(5.5, 4), dpi=DPI, facecolor=paper)
    ax.set_facecolor(paper)
    for part in (*ax.spines.values(), ax.xaxis.label, ax.yaxis.label):
        part.set_color(ink)
    ax.tick_params(colors=ink)
    time, level = corners(*arm)
    ax.step(time, level, where="post", color=colour, lw=1.6)
    ax.set(xlim=(0.6, 64) if log else (0, 64), ylim=(0, 1.03), xlabel="Months")
    if log:
        ax.set_xscale("log")
    if also is not None:
        also(ax)
    fig.savefig(path, dpi=DPI, facecolor=page or paper)
    places = ax.transData.transform([(a, b) for a, b in zip(x, y, strict=True)])
    height = fig.get_size_inches()[1] * DPI
    plt.close(fig)
    columns = [round(p - 0.5) for p in places[:, 0]]
    rows = [round(height - p - 0.5) for p in places[:, 1]]
    return from_points(columns, x, 0.5, log=log), from_points(rows, y, 0.5)


def errors(path, arm, axes, colour="#1f77b4"):
    found = read_image(path, x_axis=axes[0], y_axis=axes[1], colour=colour)
    time, level = found.coordinates.time, found.coordinates.survival
    read = np.array(level)[np.searchsorted(time, GRID, side="right") - 1]
    grid = arm[0].max() >= GRID
    return found, float(np.sqrt(np.mean((read - at(kaplan_meier(*arm), GRID))[grid] ** 2)))


def warned(found):
    return {one.code for one in found.checks if one.outcome == "warn"}


def bare(ax):
    ax.spines[:].set_visible(False)


def open_corner(ax):
    ax.spines[["top", "right"]].set_visible(False)


def apart(ax):
    """Axes that end with their last ticks, as base R draws them."""
    open_corner(ax)
    ax.spines["bottom"].set_bounds(0, 50)


def landmark(ax):
    """A solid upright line right after the last calibration point."""
    ax.axvline(24, color="black", lw=1)


def median_line(ax):
    ax.axhline(0.5, color="black", lw=1)


@pytest.mark.parametrize("also", [None, bare, open_corner, apart, landmark, median_line])
def test_two_points_of_each_axis_are_enough(tmp_path, also):
    """The last on 20 of 64 months, the lowest on half of survival; the curve goes on to its end."""
    arm = trial(5)[0]
    axes = drawn(tmp_path / "f.png", arm, (0, 20), (0.5, 1), also=also)
    found, error = errors(tmp_path / "f.png", arm, axes)
    assert error < 0.01
    assert found.coordinates.time[-1] == pytest.approx(arm[0].max(), abs=1.0)
    assert "end_told" not in warned(found) or also is bare


@pytest.mark.parametrize(
    ("paper", "ink", "colour"),
    [
        ("#000000", "#ffffff", "#8dd3c7"),
        ("#2b2b2b", "#dddddd", "#ffd92f"),
        ("#808080", "#000000", "#ffffff"),
        ("#808080", "#ffffff", "#1f77b4"),
        ("#fde9d0", "#444444", "#d62728"),
        ("#123a5c", "#f0f0f0", "#ffb000"),
        ("#b7d7b0", "#000000", "#800080"),
    ],
)
def test_paper_of_any_colour(tmp_path, paper, ink, colour):
    """Lowest calibration point at 0.2 and last at 30 months; the frame is what stands out."""
    arm = trial(6)[0]
    axes = drawn(tmp_path / "f.png", arm, (0, 30), (0.2, 1), paper=paper, ink=ink, colour=colour)
    found, error = errors(tmp_path / "f.png", arm, axes, colour)
    assert error < 0.01
    assert found.coordinates.time[-1] == pytest.approx(arm[0].max(), abs=1.0)
    assert found.coordinates.survival[-1] == pytest.approx(kaplan_meier(*arm)[1][-1], abs=0.01)


def test_a_panel_without_a_frame_ends_where_the_page_begins(tmp_path):
    """A grey panel with white grid lines on a white page, and words of the line's colour beside."""
    arm = trial(6)[0]

    def panel(ax):
        bare(ax)
        ax.grid(color="white", lw=1)
        ax.text(1.02, kaplan_meier(*arm)[1][-1], "mmm mmm", transform=ax.transAxes, color="#1f77b4")

    axes = drawn(
        tmp_path / "f.png", arm, (0, 20), (0.25, 1), paper="#ebebeb", page="white", also=panel
    )
    found, error = errors(tmp_path / "f.png", arm, axes)
    assert error < 0.01
    assert found.coordinates.time[-1] == pytest.approx(arm[0].max(), abs=1.0)
    assert found.x.high == pytest.approx(64, abs=0.5)


@pytest.mark.parametrize("paper", [255, 200, 128, 60, 0])
@pytest.mark.parametrize(("share", "is_frame"), [(0.42, False), (0.44, True)])
def test_how_far_from_the_paper_a_frame_is(paper, share, is_frame):
    """0.43 of the most that there can be to the paper, to the brighter or the darker side."""
    away = share * max(paper, 255 - paper)
    pixels = np.full((80, 80, 3), float(paper), np.float32)
    pixels[:, 60] = paper - away if paper >= 128 else paper + away
    x, y = from_points([10, 50], [0, 50], 0.5), from_points([70, 10], [0, 1], 0.5)
    assert CONTRAST == 0.43
    assert ruled(pixels, x, y)[40, 60] == is_frame
    ends = right_ends(Straight(pixels, x, y), 1.0, 10.0)
    assert (ends[0] == (59.0, 59.0)) is is_frame


@pytest.mark.parametrize(("apart", "ends_there"), [(3.4, False), (3.5, True)])
def test_how_far_from_a_panel_the_page_is(apart, ends_there):
    """6 of 441 in RGB: 3.46 in each of three channels."""
    pixels = np.full((80, 80, 3), 240.0, np.float32)
    pixels[5:75, 5:60] -= apart
    x, y = from_points([10, 50], [0, 50], 0.5), from_points([70, 10], [0, 1], 0.5)
    assert PANEL == 6.0
    ends = right_ends(Straight(pixels, x, y), 1.0, 10.0)
    assert (ends[0] == (59.0, 59.0)) is ends_there


@pytest.mark.parametrize(("wide", "page"), [(4, False), (5, True), (6, True)])
def test_how_broad_the_page_is(wide, page):
    """A grid line of the page's colour is thinner than 5 pixels."""
    pixels = np.full((80, 120, 3), 235.0, np.float32)
    pixels[[0, -1]], pixels[:, [0, -1]] = 255.0, 255.0
    pixels[:, 60 : 60 + wide] = 255.0
    x, y = from_points([10, 50], [0, 50], 0.5), from_points([70, 10], [0, 1], 0.5)
    assert BROAD == 5
    assert (right_ends(Straight(pixels, x, y), 1.0, 10.0)[0] == (59.0, 59.0)) is page


def test_an_axis_cut_off_above_0_still_ends_at_its_frame(tmp_path):
    """Below the frame at 0.4 stand the labels of the axis: nothing of the curve."""
    arm = trial(6)[1]
    axes = drawn(tmp_path / "f.png", arm, (0, 30), (0.6, 1), also=lambda ax: ax.set_ylim(0.4, 1.03))
    found, _ = errors(tmp_path / "f.png", arm, axes)
    level = np.array(found.coordinates.survival)
    assert level.min() >= 0.4 - 0.01
    shown = at(kaplan_meier(*arm), GRID) > 0.41
    read = level[np.searchsorted(found.coordinates.time, GRID, side="right") - 1]
    assert np.abs(read - at(kaplan_meier(*arm), GRID))[shown].max() < 0.03


def test_a_logarithmic_axis_starts_at_its_left_end(tmp_path):
    """The first calibration point on 2 months, the axis from 0.6: S is below 1 at 2 months."""
    arm = trial(7)[0]
    axes = drawn(tmp_path / "f.png", arm, (2, 20), (0, 1), log=True)
    found, error = errors(tmp_path / "f.png", arm, axes)
    assert error < 0.015
    assert found.x.low == pytest.approx(0.6, abs=0.02)


def test_a_line_behind_the_last_column_that_is_looked_at_warns(tmp_path):
    """A box cuts the curve: what it loses is told."""
    arm = trial(5)[0]
    x, y = drawn(tmp_path / "f.png", arm, (0, 60), (0, 1))
    box = x.place(0), y.place(1) - 5, x.place(30), y.place(0) + 2
    found = read_image(tmp_path / "f.png", x_axis=x, y_axis=y, colour="#1f77b4", box=box)
    (told,) = [one for one in found.checks if one.code == "end_told"]
    assert told.outcome == "warn"
    assert told.figure == pytest.approx(at(kaplan_meier(*arm), np.array([30.0]))[0], abs=0.02)


@pytest.mark.parametrize("many", [12, 13, 14])
def test_how_much_of_a_line_behind_the_end_is_its_own(many):
    """Of 16 columns behind a frame more than 80 % (12.8) have ink of a whole line."""
    pixels = np.full((60, 120, 3), 255.0, np.float32)
    pixels[30, : 60 + FRAME + 1 + many] = (0, 0, 200)
    x, y = from_points([0, 50], [0, 50], 0.5), from_points([50, 10], [0, 1], 0.5)
    picture = Straight(pixels, x, y)
    on = goes_on(picture, (60, 30), np.array([0.0, 0.0, 200.0]), wide=100, seen=1.0)
    assert pytest.approx(12.8) == LEAST * STILL
    assert on == (many >= 13)
    assert not goes_on(picture, (60, 30), np.array([200.0, 0.0, 0.0]), wide=100, seen=1.0)


@pytest.mark.parametrize("mark", ["+", "|"])
def test_a_line_ends_in_the_middle_of_its_last_mark(tmp_path, mark):
    """The arm of a + goes on behind the end of follow-up by half a month here."""
    arm = trial(5)[1]

    def marks(ax):
        times = np.unique(arm[0][arm[1] == 0])
        level = at(kaplan_meier(*arm), times)
        ax.plot(times, level, mark, color="#1f77b4", ms=9, mew=1)

    axes = drawn(tmp_path / "f.png", arm, (0, 60), (0, 1), also=marks)
    found, error = errors(tmp_path / "f.png", arm, axes)
    assert error < 0.01
    assert found.coordinates.time[-1] == pytest.approx(arm[0].max(), abs=0.2)


@pytest.mark.parametrize(("behind", "ends"), [(5, 60.5), (6, 60.5), (7, 67.5)])
def test_how_far_the_arm_of_a_mark_goes(behind, ends):
    """Marks reach 4 rows below the line: arms are half as wide, and two columns more."""
    row = np.full(100, np.nan)
    row[: 61 + behind] = 10.0
    trace = Trace(row, [60.0], 0.0, 4.0)
    assert falls(trace)[-1][0] == pytest.approx(ends)


def test_a_colour_seen_that_does_not_start_says_so_and_not_its_own_name(tmp_path):
    """A line from a third of the axis on, in the colour asked for."""
    arm = trial(5)[0]
    axes = drawn(
        tmp_path / "f.png", arm, (0, 60), (0, 1),
        also=lambda ax: ax.step([22, 30, 40, 50, 62], [0.95, 0.9, 0.85, 0.8, 0.7], "#880088"),
    )  # fmt: skip
    with pytest.raises(InputError) as refused:
        read_image(tmp_path / "f.png", x_axis=axes[0], y_axis=axes[1], colour="#880088")
    assert "#880088 is seen, but no line that can be followed from there" in str(refused.value)
    assert "lines are seen in" not in str(refused.value)
    with pytest.raises(InputError, match="lines are seen in #1f77b4"):
        read_image(tmp_path / "f.png", x_axis=axes[0], y_axis=axes[1], colour="#00aa00")
