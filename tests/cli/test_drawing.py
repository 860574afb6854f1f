"""Plots as files that journals take."""

import shutil
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from hilum.analyses.pool import run
from hilum.analyses.pool_asked import PoolAsked
from hilum.analyses.tables import read_table
from hilum.cli.drawing import ENDINGS
from hilum.errors import MissingExtra
from hilum.language import words
from hilum.rendering.pool_plots import PLOT_KINDS
from hilum.rendering.press import FORMATS, drawing, figure
from hilum.rendering.press.figures import TO_EPS
from tests.cli.test_cli import hilum

BCG = Path(__file__).parents[2] / "examples" / "bcg.csv"


@pytest.fixture(scope="module")
def svgs():
    # A bubble needs a moderator, which forests have none of.
    kinds = {name: kind for name, kind in PLOT_KINDS.items() if name != "bubble"}
    needs = tuple({need for kind in kinds.values() for need in kind.needs})
    answer = run(PoolAsked(table=read_table(BCG), measure="RR", beside=needs))
    return {name: kind.draw(answer, words("en")) for name, kind in kinds.items()}


def test_every_ending_has_a_writer():
    assert tuple(FORMATS) == ENDINGS


@pytest.mark.parametrize("ending", [".png", ".tiff"])
@pytest.mark.parametrize("dots", [100, 600])
def test_dots(svgs, ending, dots):
    view = drawing(svgs["forest"])
    with Image.open(BytesIO(figure(svgs["forest"], ending, dots))) as made:
        # An SVG's unit is a 96th of an inch.
        assert made.width == pytest.approx(view["width"] * dots / 96, abs=1)
        assert made.info["dpi"][0] == pytest.approx(dots, abs=0.1)
        assert made.mode == "RGB"
        assert made.getpixel((1, 1)) == (255, 255, 255)


def test_a_pdf_has_its_fonts_inside_and_its_text_as_text(svgs):
    page = PdfReader(BytesIO(figure(svgs["forest"], ".pdf"))).pages[0]
    assert "Hart & Sutherland 1977" in page.extract_text()
    fonts = page["/Resources"]["/Font"]
    assert fonts
    for one in fonts.values():
        inner = one.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert any(name in inner.get_object() for name in ("/FontFile2", "/FontFile3"))


@pytest.mark.skipif(shutil.which(TO_EPS) is None, reason="Poppler is not installed")
def test_eps_is_drawn_with_lines(svgs):
    made = figure(svgs["forest"], ".eps")
    assert made.startswith(b"%!PS-Adobe")
    assert b"EPSF" in made[:100]
    assert b"%%BoundingBox" in made[:2000]


def test_eps_without_poppler_says_what_is_missing(svgs, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingExtra, match="poppler-utils"):
        figure(svgs["forest"], ".eps")


def test_every_kind_of_plot_can_be_set(svgs):
    for name, svg in svgs.items():
        assert figure(svg, ".pdf").startswith(b"%PDF"), name


def test_another_ending_is_refused(tmp_path):
    done = hilum("pool", BCG, "--measure", "RR", "--plot", tmp_path / "x.bmp")
    assert done.returncode == 1
    assert "ends in .svg, .pdf, .png" in done.stderr
    assert not (tmp_path / "x.bmp").exists()
