"""Curves of straight lines between points, as spreadsheets draw them: each fall is a slope."""

import matplotlib as mpl
import numpy as np
import pytest

from hilum.errors import InputError
from hilum.literature.figures.axes import from_points
from hilum.literature.figures.lines import SLOPES, lines_of
from hilum.literature.figures.page import Stroke
from hilum.literature.figures.raster import read_image
from hilum.literature.figures.self_check import CHECKS
from hilum.literature.figures.slopes import LEAST, LONG, STRAIGHT, sloped
from hilum.literature.figures.svg import read_svg
from hilum.literature.figures.vector import curves_of
from hilum.literature.figures.vector_checks import NARROW
from tests.synthesis.survival.trials import at, kaplan_meier, patients

mpl.use("Agg")
from matplotlib import pyplot as plt

DPI = 120


def drawn(path, arm, *, every, steps=False):
    """Survival at times ``every`` so many months, joined by straight lines; or all steps."""
    fig, ax = plt.subplots(figsize=(6, 4), dpi=DPI)
    when = np.arange(0, 60.1, every)
    level = at(kaplan_meier(*arm), when)
    if steps:
        ax.step(*kaplan_meier(*arm), where="post", color="#0000ff", lw=1.5)
    else:
        ax.plot(when, level, "-o", color="#0000ff", lw=1.5, ms=4)
    ax.set(xlim=(0, 62), ylim=(0, 1.03), xlabel="Months")
    fig.savefig(path)
    places = ax.transData.transform([(0, 0), (60, 1)])
    height = fig.get_size_inches()[1] * DPI
    plt.close(fig)
    return (
        from_points(places[:, 0] - 0.5, [0, 60], 0.5),
        from_points(height - places[:, 1] - 0.5, [0, 1], 0.5),
    )


def told(found):
    (one,) = [c for c in found.checks if c.code == "steps_only_down"]
    return one


@pytest.mark.parametrize("every", [3, 6, 12])
def test_an_image_of_slopes_warns(tmp_path, every):
    arm = patients(np.random.default_rng([3, 1]), 90, 24.0, 1.0)
    x, y = drawn(tmp_path / "f.png", arm, every=every)
    found = read_image(tmp_path / "f.png", x_axis=x, y_axis=y, colour="#0000ff")
    assert told(found).outcome == "warn"


@pytest.mark.parametrize("n", [40, 300, 900])
def test_an_image_of_steps_does_not(tmp_path, n):
    """However many patients: steps of half a pixel are none that lie on a line."""
    arm = patients(np.random.default_rng([3, n]), n, 24.0, 1.0)
    x, y = drawn(tmp_path / "f.png", arm, every=1, steps=True)
    found = read_image(tmp_path / "f.png", x_axis=x, y_axis=y, colour="#0000ff")
    assert told(found).outcome == "ok"


@pytest.mark.parametrize("suffix", ["svg"])
def test_a_vector_of_slopes_is_read_with_that_warning(tmp_path, suffix):
    """Eleven points: its levels are those at its points, and that all of it is sloped is told."""
    arm = patients(np.random.default_rng([3, 1]), 90, 24.0, 1.0)
    drawn(tmp_path / f"f.{suffix}", arm, every=6)
    (found,) = curves_of(read_svg(tmp_path / f"f.{suffix}"), None, None)
    assert told(found).outcome == "warn"
    assert told(found).figure == pytest.approx(1.0)
    when = np.arange(0, 60.1, 6)
    np.testing.assert_allclose(found.coordinates.time, when, atol=0.05)
    np.testing.assert_allclose(found.coordinates.survival, at(kaplan_meier(*arm), when), atol=0.002)


@pytest.mark.parametrize("many", [SLOPES - 1, SLOPES, SLOPES + 1])
def test_how_many_points_a_curve_of_slopes_has(many):
    points = tuple((60.0 + 40 * i, 50.0 + 30 * i) for i in range(many))
    assert bool(lines_of([Stroke(points, "#0000ff", 1.0, ())])) == (many >= SLOPES)


@pytest.mark.parametrize(("off", "warns"), [(0.15, True), (0.25, False)])
def test_how_far_off_a_line_a_slope_may_be(off, warns):
    """Rows that lie ``off`` to either side of a line, in turns; the bound is 0.2."""
    assert STRAIGHT == 0.2
    row = 10 + 0.5 * np.arange(80) + off * np.tile([1.0, -1.0], 40)
    assert (sloped(row, 40.0) > CHECKS["steps_only_down"].bound) is warns


@pytest.mark.parametrize(("fall", "warns"), [(4.9, False), (5.0, True), (5.1, True)])
def test_how_steep_a_slope_is(fall, warns):
    """The least fall over 16 columns is 5 rows; what is flatter is told by its levels."""
    assert (LONG, LEAST) == (16, 5.0)
    row = 10 + (fall + 1e-9) / LONG * np.arange(80)
    assert (sloped(row, row[-1] - row[0]) > CHECKS["steps_only_down"].bound) is warns


@pytest.mark.parametrize(("wide", "warns"), [(0.89, False), (0.91, True)])
def test_a_narrow_slope_between_level_parts_is_a_step(tmp_path, wide, warns):
    """Programs that thin their points draw steps so: up to 0.3 % of an axis of 300 points."""
    assert NARROW == 0.003
    path = tmp_path / "f.svg"
    x, y, points = 60.0, 40.0, [(60.0, 40.0)]
    for _ in range(10):
        points += [(x + 30, y), (x + 30 + wide, y + 18)]
        x, y = points[-1]
    texts = "".join(
        f"<text x='{60 + 60 * k}' y='262' text-anchor='middle'>{10 * k}</text>" for k in range(6)
    ) + "".join(
        f"<text x='50' y='{240 - 50 * k + 4}' text-anchor='end'>{25 * k / 100}</text>"
        for k in range(5)
    )
    line = " ".join(f"{a:.3f},{b:.3f}" for a, b in points)
    path.write_text(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 420 300'>"
        f"<polyline points='{line}' style='stroke: #0000ff; fill: none'/>"
        "<polyline points='60,40 60,240 360,240' style='stroke: #000; fill: none'/>"
        f"{texts}<text x='200' y='280'>Months</text></svg>"
    )
    (found,) = curves_of(read_svg(path), None, None)
    assert (told(found).outcome == "warn") is warns


def test_a_page_without_a_curve_says_how_a_picture_is_cut_out(tmp_path):
    from hilum.literature.figures.page import read_page

    fig, ax = plt.subplots()
    ax.imshow(np.zeros((20, 20)))
    fig.savefig(tmp_path / "f.pdf")
    plt.close(fig)
    with pytest.raises(InputError, match=r"pdftoppm -r 200 -f 1 -l 1 -png f\.pdf"):
        curves_of(read_page(tmp_path / "f.pdf", None), None, None)
