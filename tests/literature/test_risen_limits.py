"""An upper confidence limit that rises where few are left is a limit, and never an arm."""

import pytest

from hilum.literature.figures.lines import FEWEST, LATE, _to_rise
from hilum.literature.figures.vector import read_pdf

TIMES = [3, 6, 9, 13, 17, 22, 27, 33, 38, 44, 49]
LEVELS = [0.95, 0.9, 0.83, 0.76, 0.68, 0.6, 0.51, 0.42, 0.32, 0.22, 0.1]
UPPER = [0.99, 0.97, 0.93, 0.88, 0.82, 0.75, 0.68, 0.6, 0.52, 0.45, 0.5]
LOWER = [0.88, 0.81, 0.72, 0.63, 0.54, 0.45, 0.36, 0.26, 0.17, 0.09, 0.02]


def drawn(path, upper, *, dashed, second=False):
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5, 4))
    styles = ["-", "--", "--"] if dashed else ["-", "-", "-"]
    for levels, style in zip((LEVELS, upper, LOWER), styles, strict=True):
        axes.step([0, *TIMES, 55], [1, *levels, levels[-1]], where="post", color="b", ls=style)
    if second:
        other = [min(0.97, level + 0.2) for level in LEVELS]
        times = [t + 1.3 for t in TIMES]
        axes.step([0, *times, 56], [1, *other, other[-1]], where="post", color="r")
    axes.set(xlim=(0, 60), ylim=(0, 1.02), xlabel="Months", ylabel="Survival")
    figure.savefig(path)
    plt.close(figure)
    return path


@pytest.mark.parametrize("dashed", [False, True])
@pytest.mark.parametrize("second", [False, True])
def test_limits_of_which_the_upper_rises_are_left_out(tmp_path, dashed, second):
    path = drawn(tmp_path / "figure.pdf", UPPER, dashed=dashed, second=second)
    found = read_pdf(path)
    assert len(found) == 1 + second
    (own,) = (one for one in found if one.colour == "#0000ff")
    assert own.limits == 2
    assert own.coordinates.survival[-1] == pytest.approx(LEVELS[-1], abs=0.001)


def test_a_line_that_rises_and_has_no_curve_below_is_nothing(tmp_path):
    path = drawn(tmp_path / "figure.pdf", [*UPPER[:-1], 0.4], dashed=True)
    assert [one.limits for one in read_pdf(path)] == [2]


def stairs(many):
    """Corners of a staircase that falls, and rises at the last but one."""
    points, row = [(0.0, 100.0)], 100.0
    for k in range(1, many):
        upright = k % 2 == 0
        row += 5 if upright else 0
        points.append((points[-1][0] + (0 if upright else 10), row))
    return points


@pytest.mark.parametrize(("share", "risen"), [(24, False), (25, True), (40, True)])
def test_how_late_the_rise_is(share, risen):
    """Of 41 pairs of corners the 25th is the last of the first six tenths."""
    assert (LATE, FEWEST) == (0.6, 12)
    points = [*stairs(share + 1), *[(x, y - 400) for x, y in stairs(41)[share:]]]
    points[share + 1] = (points[share][0], points[share + 1][1])
    assert _to_rise(points)[1] == risen


def test_a_staircase_that_never_rises_is_whole():
    assert _to_rise(stairs(41)) == (stairs(41), False)
