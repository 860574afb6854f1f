"""Lines of one hue told apart by the shade of their cores, their width, dashes and marks."""

import numpy as np
import pytest

from hilum.literature.figures import read_image
from hilum.literature.figures.axes import from_points
from tests.synthesis.survival.trials import at

LEFT, RIGHT, TOP, BOTTOM = 20, 420, 15, 315
X = from_points(np.array([LEFT, RIGHT]), [0, 60], 0.5)
Y = from_points(np.array([TOP, BOTTOM]), [1, 0], 0.5)
# Times of deaths and survival from then on; the second crosses the first twice.
FIRST = ([4, 9, 13, 20, 27, 33, 41, 50], [0.95, 0.87, 0.8, 0.7, 0.62, 0.55, 0.45, 0.38])
SECOND = ([6, 10, 15, 18, 30, 38, 45, 52], [0.9, 0.83, 0.74, 0.66, 0.6, 0.5, 0.47, 0.33])
LOWER = ([4, 9, 13, 20, 27, 33, 41, 50], [0.9, 0.8, 0.71, 0.6, 0.5, 0.42, 0.32, 0.25])
UPPER = ([4, 9, 13, 20, 27, 33, 41, 50], [0.98, 0.94, 0.89, 0.81, 0.75, 0.69, 0.6, 0.53])


def paper():
    return np.full((340, 450, 3), 255, np.uint8)


def stair(curve, end=57):
    """Pixels of the middle of a line, in the order of the pen."""
    x, y = LEFT, TOP
    for time, level in [*zip(*curve, strict=True), (end, curve[1][-1])]:
        column, row = round(X.place(time)), round(Y.place(level))
        yield from ((c, y) for c in range(x, column))
        yield from ((column, r) for r in range(y, row))
        x, y = column, row


def pen(picture, curve, colour, width=3, dash=None):
    """A line of square dots; ``dash`` is ink and gap in pixels."""
    half = (width - 1) // 2
    for i, (c, r) in enumerate(stair(curve)):
        if dash is None or i % sum(dash) < dash[0]:
            picture[r - half : r - half + width, c - half : c - half + width] = colour


def marks(picture, curve, colour, times, tall=9):
    """Upright ticks."""
    for time in times:
        level = at((np.array(curve[0]), np.array(curve[1])), np.array([time]))[0]
        row, column = round(Y.place(level)), round(X.place(time))
        picture[row - tall : row + tall + 1, column] = colour


def saved(picture, path, **how):
    from PIL import Image

    Image.fromarray(picture).save(path, **how)
    return path


def error(path, curve, colour):
    found = read_image(path, x_axis=X, y_axis=Y, colour=colour)
    grid = np.linspace(0, 56, 2001)
    read = found.coordinates
    level = at((np.array(read.time[1:]), np.array(read.survival[1:])), grid)
    true = at((np.array(curve[0]), np.array(curve[1])), grid)
    return float(np.sqrt(np.mean((level - true) ** 2))), found


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        (0x58, 0x60, {}),
        (0x9D, 0x77, {}),
        (0x33, 0x5D, {"quality": 75, "subsampling": 0}),
    ],
)
def test_two_greys_that_cross_are_told_by_their_cores(tmp_path, one, other, how):
    picture = paper()
    pen(picture, FIRST, one)
    pen(picture, SECOND, other)
    path = saved(picture, tmp_path / ("figure.jpg" if how else "figure.png"), **how)
    for shade, curve in ((one, FIRST), (other, SECOND)):
        off, found = error(path, curve, "#" + f"{shade:02x}" * 3)
        assert off < 0.008
        assert not [c.code for c in found.checks if c.outcome == "warn" and c.code == "line_alone"]


@pytest.mark.parametrize(("asked", "sure"), [(0x20, True), (0x3A, False), (0x58, True)])
def test_a_grey_between_two_greys_warns(tmp_path, asked, sure):
    picture = paper()
    pen(picture, FIRST, 0x20)
    pen(picture, SECOND, 0x58)
    path = saved(picture, tmp_path / "figure.png")
    _, found = error(path, FIRST, "#" + f"{asked:02x}" * 3)
    (alone,) = (c for c in found.checks if c.code == "line_alone")
    assert (alone.outcome == "ok") == sure


def test_two_lines_of_the_very_same_grey_are_still_refused(tmp_path):
    from hilum.errors import InputError

    picture = paper()
    pen(picture, FIRST, 0x58)
    pen(picture, SECOND, 0x58)
    path = saved(picture, tmp_path / "figure.png")
    with pytest.raises(InputError, match="one curve of this colour"):
        read_image(path, x_axis=X, y_axis=Y, colour="#585858")


def test_a_line_whose_shade_wavers_is_one_line(tmp_path):
    """As chroma blocks of a JPEG make it: both shades never stand in one column."""
    picture = paper()
    pen(picture, FIRST, 0x58)
    drawn = picture[:, :, 0] < 255
    picture[:, 200:][drawn[:, 200:]] = 0x68
    off, found = error(saved(picture, tmp_path / "figure.png"), FIRST, "#585858")
    assert off < 0.008
    assert found.coordinates.time[-1] > 55


def test_thin_broken_lines_on_either_side_are_limits_and_tall_marks_are_marks(tmp_path):
    picture = paper()
    pen(picture, UPPER, (0, 70, 139), width=1, dash=(5, 4))
    pen(picture, LOWER, (0, 70, 139), width=1, dash=(7, 3))
    pen(picture, FIRST, (0, 70, 139))
    marks(picture, FIRST, (0, 70, 139), np.arange(11, 56, 1.7))
    off, found = error(saved(picture, tmp_path / "figure.png"), FIRST, "#00468b")
    # Half a pixel of time where a limit or a mark lies on a fall of a tenth.
    assert off < 0.012
    assert found.limits == 2


@pytest.mark.parametrize(("dash", "style"), [((9, 5), "dashed"), ((3, 4), "dotted")])
def test_a_broken_line_is_found_where_its_long_falls_are_broken_too(tmp_path, dash, style):
    picture = paper()
    steep = ([5, 12, 22, 35], [0.8, 0.55, 0.3, 0.12])
    pen(picture, UPPER, 0)
    pen(picture, steep, 0, dash=dash)
    path = saved(picture, tmp_path / "figure.png")
    assert error(path, UPPER, "#000000 solid")[0] < 0.008
    assert error(path, steep, f"#000000 {style}")[0] < 0.012
