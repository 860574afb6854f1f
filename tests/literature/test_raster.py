"""Curves from pixels: a round trip at 150 dpi, and images that cannot be read."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hilum.errors import InputError
from hilum.literature.figures import checked, picture, read_image
from hilum.literature.figures.axes import from_points, parse_axis, parse_box
from hilum.synthesis.survival import reconstruct
from tests.literature.figures import COLOURS, draw, trial
from tests.synthesis.survival.trials import at, kaplan_meier


def axes(drawn):
    """Calibration as a hand sets it, on whole pixels."""
    return [from_points(np.round(places), values, 0.5) for places, values in drawn.pixels]


@pytest.mark.parametrize(("mark", "suffix"), [("|", "png"), ("", "png"), ("", "jpg")])
def test_a_round_trip(tmp_path, mark, suffix):
    """Survival RMSE below 0.008, RMST within 0.2 months at 150 dpi; JPEG at quality 75."""
    arms = trial(5)
    path = tmp_path / f"figure.{suffix}"
    x, y = axes(draw(arms, path, mark=mark, percent=mark == "|"))
    grid = np.linspace(0, 60, 3001)
    for (time, status), colour in zip(arms, COLOURS, strict=True):
        curve = read_image(path, x_axis=x, y_axis=y, colour=colour)
        read = checked(curve.coordinates, "months")
        columns = np.arange(0, 60, 7.5)
        found = reconstruct(
            read.time,
            read.survival,
            columns,
            [(time >= c).sum() for c in columns],
            censor_time=read.censor_time or None,
            precision=read.precision,
        )
        gap = at(found.product_limit(), grid) - at(kaplan_meier(time, status), grid)
        assert np.sqrt(np.mean(gap**2)) < 0.008
        assert abs(gap.mean() * 60) < 0.2
        assert abs(found.events - status.sum()) <= 0.03 * status.sum() + 1


def test_an_only_colour_is_found_and_several_are_asked_for(tmp_path):
    arms = trial(5)
    drawn = draw(arms[:1], tmp_path / "one.png")
    x, y = axes(drawn)
    assert read_image(tmp_path / "one.png", x_axis=x, y_axis=y).colour == COLOURS[0]
    draw(arms, tmp_path / "both.png")
    with pytest.raises(InputError, match="2 colours") as error:
        read_image(tmp_path / "both.png", x_axis=x, y_axis=y)
    for colour in COLOURS:
        assert colour in str(error.value)


def test_two_curves_of_one_colour_are_refused_with_the_column(tmp_path):
    x, y = axes(draw(trial(5), tmp_path / "same.png", colours=(COLOURS[0], COLOURS[0])))
    with pytest.raises(InputError, match=r"column \d+.*one curve of this colour"):
        read_image(tmp_path / "same.png", x_axis=x, y_axis=y, colour=COLOURS[0])


def test_a_colour_that_is_not_there(tmp_path):
    x, y = axes(draw(trial(5), tmp_path / "figure.png"))
    with pytest.raises(InputError, match="a line of that colour"):
        read_image(tmp_path / "figure.png", x_axis=x, y_axis=y, colour="#00ff00")
    with pytest.raises(InputError, match="#rrggbb"):
        read_image(tmp_path / "figure.png", x_axis=x, y_axis=y, colour="green")


def test_swapped_axes(tmp_path):
    x, y = axes(draw(trial(5), tmp_path / "figure.png"))
    with pytest.raises(InputError, match="swapped"):
        read_image(tmp_path / "figure.png", x_axis=y, y_axis=x, colour=COLOURS[0])


def test_what_is_no_image(tmp_path):
    from PIL import Image

    (tmp_path / "text.png").write_text("no image")
    x, y = from_points([0, 100], [0, 60], 0.5), from_points([100, 0], [0, 1], 0.5)
    with pytest.raises(InputError, match="readable PNG or JPEG"):
        read_image(tmp_path / "text.png", x_axis=x, y_axis=y)
    with pytest.raises(InputError, match="existing"):
        read_image(tmp_path / "absent.png", x_axis=x, y_axis=y)
    Image.new("1", (10_000, 9_000)).save(tmp_path / "huge.png")
    with pytest.raises(InputError, match="at most 40 million"):
        read_image(tmp_path / "huge.png", x_axis=x, y_axis=y)
    Image.new("RGB", (10, 10), "white").save(tmp_path / "small.png")
    with pytest.raises(InputError, match="inside the image"):
        read_image(tmp_path / "small.png", x_axis=x, y_axis=y)


@pytest.mark.parametrize("text", ["", "93=0", "93=0,93=60", "93=0,540=0", "a=0,540=60", "93,540"])
def test_calibration_points_are_two(text):
    with pytest.raises(InputError, match="x_axis"):
        parse_axis(text, "x_axis", 0.5)


def test_a_scale_goes_both_ways():
    axis = parse_axis("93=0,540=60", "x_axis", 0.5)
    assert axis.value(93) == pytest.approx(0)
    assert axis.value(axis.place(17.5)) == pytest.approx(17.5)
    assert parse_box("1,2,3,4") == (1, 2, 3, 4)
    with pytest.raises(InputError, match="LEFT,TOP,RIGHT,BOTTOM"):
        parse_box("3,2,1,4")


@pytest.mark.parametrize("degrees", [0.0, 1.2, -2.0])
def test_the_turn_of_a_page_that_is_largely_black_is_found_by_some_of_its_pixels(degrees):
    page = Image.new("RGB", (1600, 1200), "white")
    pen = ImageDraw.Draw(page)
    pen.line([(200, 100), (200, 1100), (1500, 1100)], fill="black", width=6)
    for row in range(200, 1000, 20):
        pen.line([(300, row), (1400, row)], fill="black", width=8)
    turned = np.asarray(page.rotate(degrees, Image.Resampling.BICUBIC, fillcolor="white"), float)
    assert ((255 - turned.mean(axis=-1)) > picture.DARK).sum() > 2 * picture.MOST_DARK
    assert picture.turn_of(turned) == pytest.approx(degrees, abs=0.04)
