"""Labels printed aslant: in PDF and SVG, whatever of them stands at their ticks."""

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest

from hilum.errors import InputError
from hilum.literature.figures.page import Page, Stroke, read_page
from hilum.literature.figures.rulers import ASLANT, rulers_of
from hilum.literature.figures.slanted import is_aslant, of_letters, places_of
from hilum.literature.figures.svg import read_svg
from hilum.literature.figures.vector import curves_of
from tests.literature.figures import trial
from tests.synthesis.survival.trials import at, corners, kaplan_meier

mpl.use("Agg")
from matplotlib import pyplot as plt

GRID = np.linspace(0.5, 30, 400)


def drawn(path, arm, *, degrees, anchor, minor=False):
    """Labels of the axis of time turned, their ``anchor`` at the ticks."""
    fig, ax = plt.subplots(figsize=(5, 3.5))
    ax.step(*corners(*arm), where="post", color="#1f77b4")
    ax.set(xlim=(0, 62), ylim=(0, 1.03), xlabel="Months", xticks=range(0, 61, 12))
    plt.setp(ax.get_xticklabels(), rotation=degrees, ha=anchor)
    if minor:
        ax.set_xticks(np.arange(0, 61, 0.8), minor=True)
    fig.savefig(path)
    plt.close(fig)


def read(path):
    page = read_svg(path) if path.suffix == ".svg" else read_page(path, None)
    return curves_of(page, None, None)


@pytest.mark.parametrize("suffix", ["svg", "pdf"])
@pytest.mark.parametrize(("degrees", "anchor"), [(45, "right"), (60, "right"), (-30, "left")])
def test_a_curve_over_slanted_labels_is_read(tmp_path, suffix, degrees, anchor):
    """The end of a label stands up to half its height beside its tick, which is where time is."""
    arm = trial(5)[0]
    drawn(tmp_path / f"f.{suffix}", arm, degrees=degrees, anchor=anchor)
    (found,) = read(tmp_path / f"f.{suffix}")
    time, level = found.coordinates.time, np.array(found.coordinates.survival)
    here = level[np.searchsorted(time, GRID, side="right") - 1]
    assert np.sqrt(np.mean((here - at(kaplan_meier(*arm), GRID)) ** 2)) < 0.002


def test_slanted_labels_among_ticks_too_near_one_another_are_refused(tmp_path):
    """Whose tick a label is cannot be told: an axis beside its own would be read in silence."""
    drawn(tmp_path / "f.svg", trial(5)[0], degrees=45, anchor="right", minor=True)
    with pytest.raises(InputError, match="x_axis"):
        read(tmp_path / "f.svg")


@pytest.mark.parametrize(
    ("degrees", "aslant"),
    [(0, False), (1.9, False), (2.1, True), (45, True), (87.9, True), (88.1, False), (90, False),
     (-1.9, False), (-2.1, True), (-45, True), (178.1, False), (177.9, True)],
)  # fmt: skip
def test_what_is_aslant(degrees, aslant):
    assert is_aslant(np.cos(np.radians(degrees)), np.sin(np.radians(degrees))) is aslant


def letters(text, *, gap=0.0, size=10.0):
    """Letters of half their height, at 45 degrees, with so much between the second and third."""
    turn = np.sqrt(0.5)
    at_ = 0.0
    out = []
    for i, one in enumerate(text):
        at_ += gap * size if i == 2 else 0.0
        matrix = (turn, turn, -turn, turn, 100 + turn * at_, 50 + turn * at_)
        out.append({"text": one, "matrix": matrix, "adv": size / 2, "size": size})
        at_ += size / 2
    return out


@pytest.mark.parametrize(("gap", "words"), [(0.0, 1), (0.24, 1), (0.26, 2)])
def test_letters_of_a_word_follow_one_another(gap, words):
    """A quarter of their height is a space; each word has three places."""
    found = of_letters(letters("1234", gap=gap), 200.0)
    assert len(found) == 3 * words
    assert found[0].text == ("1234" if words == 1 else "12")


def test_a_word_has_its_beginning_its_middle_and_its_end():
    found = places_of("60", (0.0, 0.0), (30.0, -40.0), 10.0)
    # Letters stand on the line: their middles 3.5 beside it, here (-2.8, -2.1).
    assert [w.centre for w in found] == [
        pytest.approx((x - 2.8, y - 2.1)) for x, y in ((0, 0), (15, -20), (30, -40))
    ]


def ruler(off, apart):
    """Labels of ten points each 60 points along, ticks ``off`` beside their ends."""
    words = []
    for i, text in enumerate(("0", "12", "240", "3600", "48000")):
        end = 90.0 + 60 * i, 290.0
        words += places_of(text, (end[0] - 5 * len(text), 290.0 + 5 * len(text)), end, 10.0)
    ends = [w.centre[0] for w in words[2::3]]
    places = [x + off for x in ends] + ([x + off + apart for x in ends] if apart else [])
    strokes = [Stroke(((x, 280.0), (x, 276.0)), "#000000", 1.0) for x in places]
    words = [replace(w, text=str(12 * (i // 3))) for i, w in enumerate(words)]
    across, _ = rulers_of(Page("f.pdf", 1, tuple(strokes), (), 0.01, tuple(words)))
    return [one.axis.place(0.0) - ends[0] for one in across]


def test_two_places_with_ticks_of_their_own_are_no_axis():
    """Labels of one length: ticks at their ends and others at their beginnings."""
    words = []
    for x in range(60, 301, 60):
        words += places_of(str(x // 6), (x, 310.0), (x + 20, 290.0), 10.0)
    ends, starts = ([w.centre[0] for w in words[k::3]] for k in (2, 0))

    def axes(places):
        strokes = [Stroke(((x, 280.0), (x, 284.0)), "#000000", 1.0) for x in places]
        return rulers_of(Page("f.pdf", 1, tuple(strokes), (), 0.01, tuple(words)))[0]

    assert [one.axis.place(10.0) for one in axes(ends)] == [pytest.approx(ends[0])]
    assert axes([*ends, *starts]) == []


@pytest.mark.parametrize(("off", "found"), [(0, True), (5.4, True), (5.6, False), (-5.4, True)])
def test_how_far_from_its_tick_a_slanted_label_ends(off, found):
    """0.55 of its height; where it has no tick, where it stands is not known."""
    assert ASLANT == 1.1
    assert ruler(off, None) == ([pytest.approx(off, abs=0.01)] if found else [])


@pytest.mark.parametrize(("apart", "found"), [(10.8, False), (11.2, True)])
def test_how_near_ticks_of_slanted_labels_may_stand(apart, found):
    """1.1 of their height, twice as far as a label may stand from its own."""
    assert bool(ruler(-5.0, apart)) is found
