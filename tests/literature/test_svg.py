"""SVG figures beside the PDF of the same drawing, and what is no SVG."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

from hilum.errors import InputError
from hilum.literature.figures.page import read_page
from hilum.literature.figures.svg import read_svg
from hilum.literature.figures.svg_path import parts_of, transform_of
from hilum.literature.figures.vector import curves_of
from tests.literature.figures import draw, trial


@pytest.mark.parametrize("letters", ["path", "none"])
def test_the_curves_are_those_of_the_pdf(tmp_path, letters):
    """Matplotlib writes its letters as outlines under a comment, or as text."""
    with mpl.rc_context({"svg.fonttype": letters}):
        draw(trial(3), tmp_path / "f.svg", also=tmp_path / "f.pdf")
    ours, theirs = (
        curves_of(page, None, None)
        for page in (read_svg(tmp_path / "f.svg"), read_page(tmp_path / "f.pdf", None))
    )
    assert len(ours) == len(theirs) == 2
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a.coordinates.time, b.coordinates.time, atol=1e-4)
        np.testing.assert_allclose(a.coordinates.survival, b.coordinates.survival, atol=1e-5)
        assert len(a.ticks) == len(b.ticks)
        assert a.coordinates.unit == "months"


def test_paths_and_their_transformations():
    """SVG 1.1, chapter 8: relative and absolute, further pairs of a move are lines."""
    (part,) = parts_of("path", {"d": "M1,1 2,1h2V3l-1-1z"})
    assert part.points == [(1, 1), (2, 1), (4, 1), (4, 3), (3, 2), (1, 1)]
    (curve,) = parts_of("path", {"d": "M0 0C0 0 3 3 3 3"})
    assert curve.bent
    assert curve.points[-1] == pytest.approx((3, 3))
    assert parts_of("text", {}) == []
    # rotate(90) takes (1, 0) to (0, 1); the last of a list comes first.
    a, b, c, d, e, f = transform_of("translate(10 20) rotate(90)")
    assert (a * 1 + c * 0 + e, b * 1 + d * 0 + f) == pytest.approx((10, 21))


BAD = {
    "nothing": ("", "readable SVG"),
    "html": ("<html/>", "an SVG"),
    "bomb": ("<!DOCTYPE svg [" + '<!ENTITY a "b">' * 30 + "]><svg/>", "without entities"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_figure_is_named(tmp_path, kind):
    text, words = BAD[kind]
    (tmp_path / "x.svg").write_text(text)
    with pytest.raises(InputError, match=words):
        read_svg(tmp_path / "x.svg")
    with pytest.raises(InputError, match="existing SVG"):
        read_svg(Path(tmp_path / "absent.svg"))


@pytest.mark.parametrize(
    ("sheet", "anchor"),
    [
        (".axis text{text-anchor:middle}", "middle"),
        # What stands above it, in any depth; the more exact rule holds, whatever its place.
        ("#chart .axis.x text{text-anchor:end} text{text-anchor:middle}", "end"),
        # Of another axis, or of a state: not this one.
        (".axis.x text{text-anchor:end} .axis.y text{text-anchor:middle}", "end"),
        (".axis.x text{text-anchor:end} .axis.x:hover text{text-anchor:middle}", "end"),
        (".axis.x text{text-anchor:end} .axis.x text[transform]{text-anchor:middle}", "end"),
        (".axis > .line{text-anchor:middle}", "start"),
    ],
)
def test_style_sheets_hold_where_their_selectors_say(tmp_path, sheet, anchor):
    path = tmp_path / "f.svg"
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300" id="chart">'
        f"<style>{sheet}</style><g class='axis x'><g><text x='100' y='50'>1000</text></g></g></svg>"
    )
    plain = tmp_path / "p.svg"
    plain.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300">'
        f"<text x='100' y='50' text-anchor='{anchor}'>1000</text></svg>"
    )
    assert read_svg(path).words == read_svg(plain).words
