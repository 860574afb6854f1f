"""Names of curves beside a legend's title, and which curve a row of numbers at risk is given to.

The figures are written here as svglite writes them, of known patients.
"""

import numpy as np
import pytest

from hilum.literature.figures.printed_risk import RiskRow, given_to, refused_for
from hilum.literature.figures.svg import read_svg
from hilum.literature.figures.vector import curves_of
from tests.literature.figures import trial
from tests.synthesis.survival.trials import corners

INKS = ("#E7B800", "#2E9FDF")
NAMES = ("Control", "Surgery")
TIMES = (0, 12, 24, 36, 48, 60)
# Widths of Helvetica, in thousandths of its size.
WIDTHS = {"i": 222, "l": 222, "t": 278, "r": 333, " ": 278, "f": 278, "C": 722, "S": 667, "T": 611}


def width(text, size):
    return sum(WIDTHS.get(letter, 556) for letter in str(text)) * size / 1000


def text(said, x, y, *, size=10, ink="#000000", anchor="start", stated=True):
    long = f" textLength='{width(said, size):.2f}px'" if stated else ""
    return (
        f"<text x='{x:.2f}' y='{y:.2f}' text-anchor='{anchor}' style='font-size: {size}px; "
        f"fill: {ink};'{long}>{said}</text>"
    )


def line(points, ink):
    places = " ".join(f"{x:.2f},{y:.2f}" for x, y in points)
    return f"<polyline points='{places}' style='stroke: {ink}; fill: none;'/>"


def drawn(
    path, arms, *, title="Strata", before=False, stated=True, labels=NAMES, inks=INKS, behind=None
):
    """A plot with a legend in one line over it, names behind their samples or before them."""
    out = ["<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 504 468'>"]
    for (time, status), ink in zip(arms, INKS, strict=True):
        t, s = corners(time, status)
        places = [(80 + 6.4 * t[0], 300 - 240 * s[0])]
        for a, b in zip(t[1:], s[1:], strict=True):
            places += [(80 + 6.4 * a, places[-1][1]), (80 + 6.4 * a, 300 - 240 * b)]
        out.append(line(places, ink))
    out += [line([(80, 60), (80, 300)], "#000000"), line([(80, 300), (480, 300)], "#000000")]
    for value in TIMES:
        x = 80 + 6.4 * value
        out += [line([(x, 300), (x, 304)], "#000000"), text(value, x, 316, anchor="middle")]
    for level in (0, 0.25, 0.5, 0.75, 1):
        y = 300 - 240 * level
        out += [line([(76, y), (80, y)], "#000000"),
                text(f"{level:.2f}", 72, y + 3.6, anchor="end")]  # fmt: skip
    out.append(text("Time in months", 270, 334, anchor="middle"))
    at = 150.0
    if title:
        out.append(text(title, at, 24, stated=stated))
        at += width(title, 10) + 6.7
    for name, ink in zip(NAMES, INKS, strict=True):
        if before:
            out.append(text(name, at, 24, stated=stated))
            at += width(name, 10) + 3
        out.append(line([(at, 20.5), (at + 14, 20.5)], ink))
        at += 14 + 6.7
        if not before:
            out.append(text(name, at, 24, stated=stated))
            at += width(name, 10) + 6.7
        else:
            at += 8
    if behind is not None:
        out.append(text("p", at - 6.7 - 8 + behind, 24))
    for i, ((time, _), label, ink) in enumerate(zip(arms, labels, inks, strict=True)):
        y = 396 + 23 * i
        out.append(text(label, 66, y, ink=ink, anchor="end"))
        out += [text(int((time >= t).sum()), 80 + 6.4 * t, y, anchor="middle") for t in TIMES]
    path.write_text("\n".join([*out, "</svg>"]))
    return path


def at_risk(arm):
    time, _ = arm
    return tuple((float(t), int((time >= t).sum())) for t in TIMES)


@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize(
    ("title", "before"), [("", True), ("", False), ("Strata", False), ("Treatment arm", False)]
)
def test_the_title_of_a_legend_is_no_name(tmp_path, title, before, stated):
    """Whether widths of words are stated or not, names stand behind or before their samples."""
    arms = trial(4)
    path = drawn(tmp_path / "f.svg", arms, title=title, before=before, stated=stated)
    found = curves_of(read_svg(path), None, None)
    assert {(one.colour, one.name) for one in found} == {
        (ink.lower(), name) for ink, name in zip(INKS, NAMES, strict=True)
    }
    for one in found:
        assert one.at_risk == at_risk(arms[NAMES.index(one.name)])
        assert not one.risk_refused


@pytest.mark.parametrize(("behind", "before"), [(14.9, False), (15.0, True), (15.1, True)])
def test_names_before_their_samples_are_nearer_by_twelve_points(tmp_path, behind, before):
    """They stand 3 points before them; what is no name so far behind the last."""
    path = drawn(tmp_path / "f.svg", trial(4), title="", before=True, behind=behind)
    found = curves_of(read_svg(path), None, None)
    assert ({one.name for one in found} == set(NAMES)) is before


def test_a_row_whose_words_and_colour_contradict_is_nobodys(tmp_path):
    """The table's colours are swapped against the legend: no row is given, and that is said."""
    arms = trial(4)
    path = drawn(tmp_path / "f.svg", arms, labels=NAMES, inks=INKS[::-1])
    found = curves_of(read_svg(path), None, None)
    assert {one.name for one in found} == set(NAMES)
    assert all(one.at_risk == () and one.risk_refused in NAMES for one in found)


ROW = {"time": (0.0, 10.0), "n": (50, 20)}
LEVELS = ([0.0, 5.0, 10.0], [1.0, 0.9, 0.5])


def test_one_row_never_goes_to_two_curves():
    """By its words the second curve's, by its colour the first's: it is given to neither."""
    wrong = RiskRow(**ROW, label="B", colour="#aa0000")
    right = RiskRow(**ROW, label="C", colour="#0000aa")
    names, colours = ["A", "B"], ["#aa0000", "#0000aa"]
    given = given_to([wrong, right], names, colours, [LEVELS, LEVELS])
    assert given == [None, right]
    assert refused_for([wrong, right], names, colours) == ["B", "B"]
    # Where both say the same, or one says nothing, it is given.
    for label, colour in (("A", "#aa0000"), ("A", None), ("x", "#aa0000")):
        own = RiskRow(**ROW, label=label, colour=colour)
        assert given_to([own], names, colours, [LEVELS, LEVELS]) == [own, None]
        assert refused_for([own], names, colours) == ["", ""]


def test_stated_widths_are_those_of_the_words(tmp_path):
    path = drawn(tmp_path / "f.svg", trial(4))
    (title,) = [w for w in read_svg(path).words if w.text == "Strata"]
    assert title.right - title.left == pytest.approx(width("Strata", 10), abs=0.01)
    np.testing.assert_allclose(title.left, 150)
