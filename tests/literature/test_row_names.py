"""The name of a row is not its numbers: percent signs, years and numbers in the names of arms."""

import pytest

from hilum.literature.figures.page import Word
from hilum.literature.figures.risk_cells import Cell
from hilum.literature.figures.risk_headings import kinds_in
from hilum.literature.figures.risk_labels import (
    FIRST,
    FOLLOWS,
    LABEL,
    NEXT,
    bare_name,
    is_name,
    label_of,
    without_name,
    without_names,
)
from hilum.literature.figures.svg import read_svg
from hilum.literature.figures.vector import curves_of
from tests.literature.figures import trial
from tests.literature.svg_plots import at_risk, plot

ARMS = trial(4)
NUMBERS = [at_risk(arm) for arm in ARMS]


@pytest.mark.parametrize(("heading", "gap"), [("Number at risk", 25), ("At risk, n", 8)])
@pytest.mark.parametrize(
    "names",
    [
        ("Ki-67 <3%", "Ki-67 >20%"), ("Ki-67 3-20%", "Ki-67 > 20 %"),
        ("Ki-67 (%) <3", "Ki-67 (%) >3"), ("Arm 1", "Arm 2"), ("≤ 3 cm", "> 3 cm"), ("G1/G2", "G3"),
        ("≥ 50 %", "< 50 %"),
        ("Y-90", "5-FU"), ("≤65 years", ">65 years"), ("6 months", "12 months"), ("0", "1"),
        ("2010 – 2015", "2016 – 2020"), ("Failure of one line", "Failure of 2 lines"),
        ("Stage 1/2", "Stage 3/4"), ("50 percent or more", "less"), ("SUV 10,5", "SUV 20,5"),
    ],
)  # fmt: skip
def test_a_name_says_nothing_of_its_numbers(tmp_path, names, heading, gap):
    rows = list(zip(names, NUMBERS, strict=True))
    path = plot(tmp_path / "f.svg", ARMS, rows=rows, heading=heading, names=names, gap=gap)
    found = {one.name: one for one in curves_of(read_svg(path), None, None)}
    assert set(found) == set(names)
    for name, own in rows:
        assert tuple(n for _, n in found[name].at_risk) == own
        assert not found[name].risk_why


@pytest.mark.parametrize(
    ("text", "kinds"),
    [("Ki-67 <3%", []), ("Ki-67 3-20%", []), ("≥ 50 %", []), ("10 percent", []), ("5 Prozent", []),
     ("% at risk", ["percent"]), ("At risk, n (%)", ["at_risk", "percent"]),
     ("Survival, %", ["percent"])],
)  # fmt: skip
def test_a_number_of_per_cent_is_a_value(text, kinds):
    assert kinds_in(text) == kinds


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("group=A", "A", True), ("A (n=12)", "A", True), ("A (n = 1,204)", "a:", True),
     ("Age >=65", "Age ≥ 65", True), ("Age >=65", "Age <65", False),
     ("Ki-67 < 3 %", "Ki–67 <3%", True),
     ("Ki-67 <3%", "Ki-67 >3%", False), ("Arm 1", "Arm 2", False),
     ("group=Age>=65", "Age ≥65", True)],
)  # fmt: skip
def test_names_are_the_same_whatever_their_blanks_and_dashes(one, other, same):
    assert (bare_name(one) == bare_name(other)) is same
    assert is_name(one, ["", other]) is same


def test_no_words_are_no_name():
    assert not is_name("", [""])
    assert not is_name("(n=12)", ["", "(n=13)"])


def word(text, left, right):
    return Word(text, left, 100.0, right, 110.0, True)


@pytest.mark.parametrize(("gap", "told"), [(7.9, "Arm 2"), (8.0, "Arm 2"), (8.1, "Arm")])
def test_a_number_is_of_a_name_where_a_blank_parts_them(gap, told):
    assert NEXT == 0.8
    words = [word("Arm", 20, 40), word("2", 40 + gap, 45 + gap)]
    assert " ".join(w.text for w in label_of(90.0, 105.0, words, ())) == told


@pytest.mark.parametrize(("gap", "told"), [(7.9, "5 mg"), (8.0, "5 mg"), (8.1, "mg")])
def test_a_number_before_a_name_is_of_another_table_beyond_a_blank(gap, told):
    words = [word("5", 20 - gap, 25 - gap), word("mg", 25, 40)]
    assert " ".join(w.text for w in label_of(90.0, 105.0, words, ())) == told


@pytest.mark.parametrize(("gap", "found"), [(129.9, True), (130.0, True), (130.1, False)])
def test_a_name_ends_near_its_row(gap, found):
    assert LABEL == 130.0
    assert bool(label_of(40 + gap, 105.0, [word("TACE", 20, 40)], ())) is found


@pytest.mark.parametrize(("gap", "many"), [(7.9, 2), (8.0, 2), (8.1, 1)])
def test_words_of_a_name_stand_together(gap, many):
    assert FOLLOWS == 8.0
    words = [word("No", 10, 20), word("TACE", 20 + gap, 60)]
    assert len(label_of(90.0, 105.0, words, ())) == many


def test_a_number_alone_is_the_name_of_a_curve_or_a_column():
    words = [word("1", 20, 25)]
    assert label_of(60.0, 105.0, words, ()) == []
    assert label_of(60.0, 105.0, words, ("0", "1")) == words
    # The number of all patients, between the name and the first column.
    assert [
        w.text for w in label_of(90.0, 105.0, [word("TACE", 5, 25), word("121", 50, 60)], ())
    ] == ["TACE"]


@pytest.mark.parametrize(("at", "left"), [(93.1, 2), (92.9, 1)])
def test_a_number_that_names_a_curve_is_no_first_number(at, left):
    """Nor is it the thousands of the number behind it."""
    assert FIRST == 7.0
    words = [word("1", at - 3, at + 3), word("120", 95, 105)]
    assert len(without_names(words, ("0", "1"), 100.0)) == left
    assert len(without_names(words, ("0", "2"), 100.0)) == 2
    assert len(without_names(words[:1], ("0", "1"), 100.0)) == 1


def cell(text, centre):
    return Cell((text,), centre - 5, centre + 5, 105.0, None)


@pytest.mark.parametrize(("gap", "first"), [(8.0, "118"), (8.1, "2")])
def test_a_number_beside_words_before_time_0_is_no_cell(gap, first):
    line = [cell("2", 90.0), cell("118", 102.0), cell("90", 150.0)]
    words = [word("Arm", 60, 85 - gap), word("2", 85, 95)]
    assert without_name(line, words, 100.0)[0].numbers == (first,)


def test_a_table_that_is_moved_as_a_whole_keeps_its_first_number():
    line = [cell("118", 92.0), cell("90", 142.0)]
    assert without_name(line, [word("TACE", 60, 85)], 100.0) == line


def test_numbers_before_the_last_word_of_a_name_are_no_cells():
    line = [cell("3", 70.0), cell("118", 102.0), cell("90", 150.0)]
    words = [word(">", 55, 62), word("3", 65, 75), word("cm", 78, 92)]
    assert [c.numbers[0] for c in without_name(line, words, 100.0)] == ["118", "90"]
