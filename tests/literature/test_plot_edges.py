"""Lines that leave their plot, lines left out that may be curves, and which axis is named."""

import io

import numpy as np
import pytest
from PIL import Image

from hilum.errors import InputError
from hilum.literature.figures.axes import Axis
from hilum.literature.figures.clipped import LEAVES, SMALLEST, clipped
from hilum.literature.figures.coordinates import Coordinates
from hilum.literature.figures.lines import Line
from hilum.literature.figures.overlay import Laid, overlay_png
from hilum.literature.figures.page import Stroke, Word
from hilum.literature.figures.read import _of_hazard
from hilum.literature.figures.svg import read_svg
from hilum.literature.figures.titles import level_scales
from hilum.literature.figures.vector import FigureCurve, curves_of
from tests.literature.figures import trial
from tests.literature.svg_plots import INKS, LEFT, NAMES, TOP, WIDE, path_of, plot
from tests.synthesis.survival.trials import at, kaplan_meier

ARMS = trial(4)


def outcomes(one):
    return {c.code: c.outcome for c in one.checks}


def test_a_curve_that_its_frame_cuts_off_is_read_up_to_there(tmp_path):
    """The axis begins at 0.5: behind that the line is in the file, and not on the page."""
    labels = (0.5, 0.6, 0.7, 0.8, 0.9, 1)
    path = plot(tmp_path / "f.svg", ARMS, labels=labels, lowest=0.5, frame=True)
    for one, arm in zip(curves_of(read_svg(path), None, None), ARMS, strict=True):
        time, level = np.array(one.coordinates.time), np.array(one.coordinates.survival)
        assert level.min() >= 0.495
        assert time[-1] < 45
        times = np.linspace(0.5, time[-1] - 0.1, 50)
        own = level[np.searchsorted(time, times, side="right") - 1]
        assert np.abs(own - at(kaplan_meier(*arm), times)).max() < 0.001
        assert outcomes(one)["end_told"] == "warn"


def frame(left, top, right, bottom):
    points = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
    return Stroke(points, "#000000", 1.0)


@pytest.mark.parametrize(("below", "cut"), [(0.9, False), (1.0, False), (1.1, True)])
def test_a_line_leaves_its_frame_by_more_than_a_point(below, cut):
    assert LEAVES == 1.0
    points = ((0.0, 0.0), (50.0, 0.0), (50.0, 100 + below), (90.0, 100 + below))
    line = Line(points, False, False, "#000000", 1.0, ())
    found = clipped(line, [frame(0, 0, 200, 100)])
    assert found.cut is cut
    assert found.points[-1] == ((50.0, 0.0) if cut else points[-1])


@pytest.mark.parametrize(("wide", "cut"), [(79.9, False), (80.0, False), (80.1, True)])
def test_a_smaller_box_is_no_frame(wide, cut):
    assert SMALLEST == 80.0
    line = Line(((0.0, 0.0), (5.0, 0.0), (5.0, 150.0), (9.0, 150.0)), False, False, "", 1.0, ())
    assert clipped(line, [frame(0, 0, wide, 100)]).cut is cut


def test_a_line_left_out_that_may_be_a_curve_is_told(tmp_path):
    """It starts at 0.4: no curve, and said; a short one of two steps is none."""
    steps = [(LEFT, 200), (200, 200), (200, 220), (300, 220), (300, 240), (400, 240), (400, 260)]
    more = (path_of([*steps, (440, 260)], "#cc79a7"), path_of(steps[:4], "#56b4e9"))
    path = plot(tmp_path / "f.svg", ARMS, more=more)
    found = curves_of(read_svg(path), None, None)
    assert [one.name for one in found] == list(NAMES[:2])
    assert found[0].others == ("#cc79a7",)


@pytest.mark.parametrize(("share", "told"), [(0.24, False), (0.251, True), (0.26, True)])
def test_a_line_along_a_quarter_of_the_axis_may_be_a_curve(tmp_path, share, told):
    end = LEFT + share * WIDE
    steps = [(LEFT, 200), (140, 200), (140, 220), (160, 220), (160, 240), (180, 240), (180, 260)]
    path = plot(tmp_path / "f.svg", ARMS, more=(path_of([*steps, (end, 260)], "#cc79a7"),))
    assert bool(curves_of(read_svg(path), None, None)[0].others) is told


def test_labels_of_one_axis_that_line_up_in_two_ways_are_one_panel(tmp_path):
    """0 and 5 stand apart from 10 to 40 at their left ends, and the low arm along them alone."""
    low = trial(7)[1]
    path = plot(
        tmp_path / "f.svg", [ARMS[0], (low[0] + 55, low[1])], y_title="Incidence (%)",
        labels=(0, 5, 10, 15, 20, 25, 30, 35, 40), level=lambda s: 40 * (1 - s),
    )  # fmt: skip
    assert {one.panels for one in curves_of(read_svg(path), None, None)} == {1}


def test_the_axis_that_is_wrong_is_named(tmp_path):
    path = plot(tmp_path / "f.svg", ARMS, labels=(0, 200, 400, 600, 800, 1000),
                level=lambda s: 1000 * s)  # fmt: skip
    with pytest.raises(InputError, match="the axis goes to 1000") as error:
        curves_of(read_svg(path), None, None)
    assert error.value.faults[0].column == "y_axis"
    late = path_of([(60, TOP), (200, TOP), (200, 100), (300, 100), (300, 150), (400, 150),
                    (400, 180), (440, 180)], INKS[0])  # fmt: skip
    path = plot(tmp_path / "g.svg", [], more=(late,))
    with pytest.raises(InputError, match="times inside the axis") as error:
        curves_of(read_svg(path), None, None)
    assert error.value.faults[0].column == "x_axis"


def test_a_line_of_a_second_axis_is_no_curve(tmp_path):
    """Patients at risk on an axis at the right start at 190 of 200, at time 0."""
    right = LEFT + WIDE
    more = [path_of([(LEFT, 72), (200, 72), (200, 150), (260, 150), (260, 200), (400, 200),
                     (400, 250), (450, 250)], "#999999")]  # fmt: skip
    for value, y in ((0, 300), (50, 240), (100, 180), (150, 120), (200, 60)):
        more += [path_of([(right, y), (right + 4, y)], "#000000"),
                 f"<text x='{right + 8}' y='{y + 3.6}' font-size='10'>{value}</text>"]  # fmt: skip
    path = plot(tmp_path / "f.svg", ARMS, more=tuple(more))
    found = curves_of(read_svg(path), None, None)
    assert [one.name for one in found] == list(NAMES[:2])
    assert found[0].others == ("#999999",)


def test_a_rising_curve_is_laid_over_the_whole_of_its_plot(tmp_path):
    path = plot(tmp_path / "f.svg", ARMS, level=lambda s: 1 - s, y_title="Incidence")
    found = curves_of(read_svg(path), None, None)
    laid = [Laid(one.places, one.ticks, one.x, one.y, 1) for one in found]
    with Image.open(io.BytesIO(overlay_png(path, laid))) as picture:
        high = picture.height
    plotted = max(y for one in found for _, y in one.places) - min(
        y for one in found for _, y in one.places
    )
    assert high > plotted * 200 / 72


def test_curves_that_go_level_for_long_in_their_colour_are_told():
    """Four fifths of the axis at one level: no grid line (which goes along all of it)."""
    from hilum.literature.figures.seen_colours import colours_of

    def seen(share):
        part = np.full((200, 400, 3), 255.0)
        part[20:22, :300] = part[20:120, 300:302] = (255, 127, 14)
        part[150:152, : round(400 * share)] = (31, 119, 180)
        return {one.name for one in colours_of(part)}

    assert "#1f77b4" in seen(0.8)
    assert "#1f77b4" in seen(0.97)
    assert "#1f77b4" not in seen(0.98)


@pytest.mark.parametrize(
    ("share", "others"), [(0.0049, ("#999999",)), (0.005, ("#999999",)), (0.006, ())]
)
def test_a_line_of_a_second_axis_begins_at_time_0(tmp_path, share, others):
    """A line that begins at its first death, later than that, is a curve as scikit-survival's."""
    right, begins = LEFT + WIDE, LEFT + share * WIDE
    more = [path_of([(begins, 72), (200, 72), (200, 150), (260, 150), (260, 200), (400, 200),
                     (400, 250), (450, 250)], "#999999")]  # fmt: skip
    for value, y in ((0, 300), (50, 240), (100, 180), (150, 120), (200, 60)):
        more += [path_of([(right, y), (right + 4, y)], "#000000"),
                 f"<text x='{right + 8}' y='{y + 3.6}' font-size='10'>{value}</text>"]  # fmt: skip
    path = plot(tmp_path / "f.svg", ARMS, more=tuple(more))
    found = curves_of(read_svg(path), None, None)
    assert found[0].others == others
    assert len(found) == (2 if others else 3)


@pytest.mark.parametrize(("lowest", "refused"), [(0.009, True), (0.01, False), (0.011, False)])
def test_a_hazard_at_the_end_of_a_pictures_scale_may_go_on(lowest, refused):
    read = Coordinates("f.png", "", (0.0, 5.0), (1.0, lowest), (0, 0))
    axis = Axis(0.0, 1.0, 0.0, 60.0, 0.5)
    drawn = FigureCurve(read, (), (), "#000000", axis, axis)
    if refused:
        with pytest.raises(InputError, match="below 1"):
            _of_hazard(drawn)
    else:
        level = _of_hazard(drawn).coordinates.survival[1]
        assert level == pytest.approx(np.exp(lowest - 1))


@pytest.mark.parametrize(
    ("left", "top", "told"),
    [(30.1, 200, True), (30.0, 200, False), (29.9, 200, False), (100, 55.1, True),
     (100, 55.0, False), (100, 54.9, False)],
)  # fmt: skip
def test_a_title_stands_beside_its_axis(left, top, told):
    """Within 90 points to its left, and 45 above and below it; its labels stand at 120."""
    y = Axis(1.5, -0.005, 0.0, 1.0, 0.1)
    word = Word("H(t)", left - 5, top - 20, left + 5, top + 20, False)
    assert level_scales([word], y, 120.0, 480.0) == ({"cumulative_hazard"} if told else set())
