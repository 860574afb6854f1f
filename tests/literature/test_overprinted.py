"""Labels that are printed over one another are read in the order in which they were printed."""

import matplotlib as mpl
import numpy as np
import pytest

from hilum.literature.figures.overprinted import COVERED, GAP, LINE, TOGETHER, TWICE, in_print_order
from hilum.literature.figures.page import read_page
from hilum.literature.figures.vector import curves_of
from tests.literature.figures import trial
from tests.synthesis.survival.trials import at, corners, kaplan_meier

mpl.use("Agg")
from matplotlib import pyplot as plt


def letters(text, left, *, bottom=50.0, wide=5.0, tall=10.0):
    return [
        {"text": one, "x0": left + wide * i, "x1": left + wide * (i + 1), "top": bottom - tall,
         "bottom": bottom, "upright": True}
        for i, one in enumerate(text)
    ]  # fmt: skip


def read(*printed):
    """The words of letters, found from left to right beforehand."""
    every = [one for own in printed for one in own]
    row = sorted(every, key=lambda c: c["x0"])
    mixed = {**row[0], "text": "".join(c["text"] for c in row), "chars": row}
    return [w["text"] for w in in_print_order([mixed], every)]


def test_a_curve_over_labels_that_cover_one_another_is_read(tmp_path):
    arm = trial(5)[0]
    fig, ax = plt.subplots(figsize=(3, 3))
    time, level = corners(*arm)
    ax.step(30 * np.array(time), level, where="post")
    ax.set(xlim=(0, 1900), ylim=(0, 1.03), xlabel="Days", xticks=range(0, 1801, 200))
    ax.tick_params("x", labelsize=15)
    fig.savefig(tmp_path / "f.pdf", bbox_inches="tight")
    plt.close(fig)
    page = read_page(tmp_path / "f.pdf", None)
    assert {"800", "1000", "1200", "1800"} <= {w.text for w in page.words}
    (found,) = curves_of(page, None, None)
    grid = np.linspace(10, 900, 400)
    here = np.array(found.coordinates.survival)[
        np.searchsorted(found.coordinates.time, grid, side="right") - 1
    ]
    true = at(kaplan_meier(30 * np.array(arm[0]), arm[1]), grid)
    assert np.sqrt(np.mean((here - true) ** 2)) < 0.003


@pytest.mark.parametrize(("over", "parted"), [(0.0, False), (1.2, False), (1.3, True), (9, True)])
def test_how_much_of_a_letter_another_word_covers(over, parted):
    """A quarter of five points; less is kerning, and words stay as they were found."""
    assert COVERED == 0.25
    found = read(letters("800", 20.0), letters("1000", 35.0 - over))
    # Covered by less than a gap it goes on: the words begin where a letter does not follow.
    assert (found == ["800", "1000"]) is (parted and over > GAP * 10)
    assert (found[0] not in ("8001000", "800")) is False


@pytest.mark.parametrize(("gap", "words"), [(1.9, ["12"]), (2.1, ["1", "2"])])
def test_how_far_apart_letters_of_a_word_are(gap, words):
    """A fifth of their height, on a line with letters over one another."""
    assert GAP == 0.2
    crossed = letters("7", 70.0) + letters("8", 68.0 - 0.5)
    found = read(letters("1", 20.0), letters("2", 25.0 + gap), crossed)
    assert found[: len(words)] == words


@pytest.mark.parametrize(("off", "once"), [(0.9, True), (1.1, False)])
def test_a_word_printed_twice_is_one(off, once):
    """Programs without bold letters print a word again a little beside it."""
    assert TWICE == 1.0
    found = read(letters("60", 20.0), letters("60", 20.0 + off), letters("9", 70.0),
                 letters("8", 67.0))  # fmt: skip
    assert found.count("60") == (1 if once else 2)


def test_marks_over_one_another_stay_as_they_were_found():
    """R prints censoring marks as letters; each is a tick, however near the next."""
    marks = [letters("|", 20.0 + 0.5 * i) for i in range(4)]
    assert read(*marks) == ["||||"]
    assert read(*marks, letters("8", 60.0), letters("9", 57.0)) == [*"||||", "8", "9"]


@pytest.mark.parametrize(("off", "one_line"), [(0.4, True), (0.6, False)])
def test_letters_of_another_line_cover_none(off, one_line):
    assert LINE == 0.5
    found = read(letters("80", 20.0), letters("90", 24.0, bottom=50.0 + off))
    assert (found == ["80", "90"]) is one_line


@pytest.mark.parametrize("first", ["Arm", "112"])
@pytest.mark.parametrize(
    ("gap", "parted"),
    [(10 * GAP - 0.01, False), (10 * GAP + 0.01, True), (TOGETHER, True)],
)
def test_a_number_close_behind_a_name_or_a_number_is_its_own_word(first, gap, parted):
    """As in small print, whose columns are nearer than what holds a word together."""
    assert read(letters(first, 0.0), letters("85", 15.0 + gap)) == (
        [first, "85"] if parted else [first + "85"]
    )


@pytest.mark.parametrize(("gap", "parted"), [(TOGETHER, True), (TOGETHER + 0.01, False)])
def test_numbers_further_off_are_parted_by_the_reader_of_the_page(gap, parted):
    assert (len(read(letters("12", 0.0), letters("85", 10.0 + gap))) == 2) is parted


@pytest.mark.parametrize(
    ("between", "left", "words"),
    [
        # Printed one after the other, and where the name ends: a part of it.
        ("", 15.0, ["Arm85"]),
        # Something else is printed between the two: a table's first column.
        ("Surgery", 15.0, ["Arm", "85"]),
    ],
)
def test_a_number_that_touches_a_name_is_its_own_where_it_is_not_printed_next(between, left, words):
    row = letters("Arm", 0.0) + letters("85", left, bottom=50.8, tall=9.0)
    other = letters(between, 0.0, bottom=90.0)
    mixed = {**row[0], "text": "Arm85", "chars": row}
    found = in_print_order([mixed], [*row[:3], *other, *row[3:]])
    assert [one["text"] for one in found] == words


@pytest.mark.parametrize(("over", "parted"), [(1.7, False), (1.79, False), (1.81, True)])
def test_a_number_of_another_height_that_begins_in_a_name_is_its_own(over, parted):
    """A fifth of nine points; its letters end on another line by the measure of ``LINE``."""
    row = letters("Arm", 0.0) + letters("85", 15.0 - over, bottom=50.8, tall=9.0)
    mixed = {**row[0], "text": "Arm85", "chars": row}
    found = in_print_order([mixed], row)
    assert (len(found) == 2) is parted
    assert found[-1]["text"] == ("85" if parted else "Arm85")


def test_a_number_that_covers_the_end_of_a_name_is_its_own_word():
    assert read(letters("Arm", 0.0), letters("85", 12.0)) == ["Arm", "85"]
    assert read(letters("[100%]", 0.0), letters("75", 27.9)) == ["[100%]", "75"]
