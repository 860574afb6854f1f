"""Which strokes are a label's ticks, and which lines are no curve but a corner of axes."""

import math

import pytest

from hilum.literature.figures.axes import from_points
from hilum.literature.figures.decades import in_full
from hilum.literature.figures.lines import Line
from hilum.literature.figures.page import Page, Stroke, Word
from hilum.literature.figures.panels import _starts
from hilum.literature.figures.rulers import SPACE, rulers_of, ticks_near, with_signs


def label(tall):
    """A label whose middle stands at 100, its right end at 50."""
    return Word("0.5", 20.0, 100 - tall / 2, 50.0, 100 + tall / 2, True, "#000000", ())


def ticks(tall, off, away):
    stroke = ((50.0 + away, 100.0 + off), (56.0 + away, 100.0 + off))
    return ticks_near(label(tall), [stroke], 1)


# Beside a label of small letters 5 points and 22 away; of large ones a fifth of their box and 1.1.
@pytest.mark.parametrize(
    ("tall", "off", "away", "found"),
    [
        (10, 4.9, 0, True), (10, 5.0, 0, True), (10, 5.1, 0, False),
        (10, 0, 21.9, True), (10, 0, 22.1, False),
        (25, 5.0, 0, True), (25, 5.1, 0, False),
        (32, 6.3, 0, True), (32, 6.5, 0, False),
        (32, 0, 35.1, True), (32, 0, 35.3, False),
    ],
)  # fmt: skip
def test_ticks_stand_further_from_larger_letters(tall, off, away, found):
    assert ticks(tall, off, away) == ([pytest.approx(100 + off)] if found else [])


def signed(gap, upright):
    """A number of ten points' height and the sign behind it, as it is read, at a distance."""
    if upright:
        number = Word("50", 20.0, 95.0, 32.0, 105.0, True)
        return number, Word("%", 32.0 + gap, 95.0, 41.0 + gap, 105.0, True)
    number = Word("50", 20.0, 95.0, 30.0, 107.0, False)
    return number, Word("%", 20.0, 86.0 - gap, 30.0, 95.0 - gap, False)


@pytest.mark.parametrize("upright", [True, False])
@pytest.mark.parametrize(
    ("gap", "one"), [(0.0, True), (10 * SPACE - 0.1, True), (10 * SPACE + 0.1, False)]
)
def test_a_number_and_the_percent_sign_behind_it_are_one_label(gap, one, upright):
    number, sign = signed(gap, upright)
    found = with_signs([number, sign])[0]
    assert found.text == ("50%" if one else "50")
    assert found.centre == (
        ((number.left + sign.right) / 2, (min(number.top, sign.top) + number.bottom) / 2)
        if one
        else number.centre
    )


def test_the_scale_of_turned_labels_with_signs_goes_through_their_middles():
    """R's prodlim: the tick of "50 %" stands at the middle of both."""
    words, strokes = [], []
    for i, text in enumerate(("0", "50", "100")):
        y, long = 200.0 - 80 * i, 6.0 * len(text)
        low = y + (long + 3 + 9) / 2
        words += [
            Word(text, 20.0, low - long, 30.0, low, False),
            Word("%", 20.0, low - long - 12, 30.0, low - long - 3, False),
        ]
        strokes.append(Stroke(((40.0, y), (46.0, y)), "#000000", 1.0))
    _, (ruler,) = rulers_of(Page("figure.pdf", 1, tuple(strokes), tuple(words), 0.01))
    assert ruler.ticked
    assert ruler.percent
    assert ruler.axis.place(0) == pytest.approx(200)
    assert ruler.axis.place(100) == pytest.approx(40)


X = from_points([0.0, 100.0], [0.0, 10.0], 0.01)
Y = from_points([0.0, 200.0], [1.0, 0.0], 0.01)


def line(*points):
    return Line(points, False, False, "#000000", 1.0, ())


@pytest.mark.parametrize(
    ("points", "curve"),
    [
        # Tick, axis, axis, tick, put together.
        (((-7.0, 0.0), (0.0, 0.0), (0.0, 200.0), (100.0, 200.0), (100.0, 207.0)), False),
        (((0.0, 0.0), (0.0, 200.0), (100.0, 200.0)), False),
        # 98 in 100 fall at once, and 97: an axis, and a curve.
        (((0.0, 0.0), (0.0, 196.0), (100.0, 196.0)), False),
        (((0.0, 0.0), (0.0, 194.0), (100.0, 194.0)), True),
        # All fall, but not at the beginning.
        (((0.0, 0.0), (2.0, 0.0), (2.0, 200.0), (100.0, 200.0)), False),
        (((0.0, 0.0), (2.1, 0.0), (2.1, 200.0), (100.0, 200.0)), True),
    ],
)
def test_a_corner_of_axes_is_no_curve(points, curve):
    assert _starts(line(*points), X, Y, 1.0) is curve


def test_some_labels_of_an_axis_are_no_axis_of_their_own():
    """The 0 and the 1 begin in one column; beside the 1 a mark of the curve stands like a tick."""
    words = [
        Word(text, 50.0 - 5 * len(text), 60 * i + 35.0, 50.0, 60 * i + 65.0, True)
        for i, text in enumerate(("1", "0.8", "0.6", "0.4", "0.2", "0"))
    ]
    strokes = [Stroke(((60.0, 60.0 * i + 50), (66.0, 60.0 * i + 50)), "#000000", 1.0)
               for i in range(6)]  # fmt: skip
    mark = Stroke(((62.0, 53.0), (67.0, 53.0)), "#000000", 1.0)
    page = Page("f.pdf", 1, (*strokes, mark), tuple(words), 0.01)
    _, upwards = rulers_of(page)
    assert [len(r.labels) for r in upwards if {v for v, _ in r.labels} >= {0.0, 1.0}] == [6]


def decade(texts, places):
    words = [
        Word(text, place - 3.0, 300.0, place + 3.0, 310.0, True)
        for text, place in zip(texts, places, strict=True)
    ]
    strokes = [Stroke(((p, 290.0), (p, 295.0)), "#000000", 1.0) for p in places]
    return rulers_of(Page("f.svg", 1, tuple(strokes), tuple(words), 0.01))[0]


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (("1", "2", "5", "10", "2", "5"), (1, 2, 5, 10, 20, 50)),
        (("5", "10", "2", "5"), (5, 10, 20, 50)),
        (("2", "5", "100", "2", "5", "1000"), (20, 50, 100, 200, 500, 1000)),
        (("0.1", "2", "5", "1", "2", "5"), (0.1, 0.2, 0.5, 1, 2, 5)),
        (("0.1", "3", "1", "3", "10", "3"), (0.1, 0.3, 1, 3, 10, 30)),
    ],
)
def test_labels_spelled_by_their_first_digit_are_of_the_decade_before_them(texts, values):
    """plotly writes 1 2 5 10 2 5 for 1 2 5 10 20 50; they lie on a logarithmic scale."""
    places = [100 + 150 * math.log10(v / values[0]) for v in values]
    (found,) = decade(texts, places)
    assert found.axis.log
    assert [v for v, _ in found.labels] == pytest.approx(values)


@pytest.mark.parametrize(
    "texts",
    [
        # Three labels; a number that is no digit; digits without a power; no growth in full either.
        ("10", "2", "5"), ("10", "25", "5", "100"), ("2", "5", "2", "5"), ("1", "2", "5", "2"),
    ],
)  # fmt: skip
def test_other_labels_are_taken_as_they_stand(texts):
    words = [Word(t, 100.0 * i, 0, 100.0 * i + 5, 5, True) for i, t in enumerate(texts)]
    assert in_full(words, [float(t) for t in texts], 0) is words
    assert in_full(words[::-1], [float(t) for t in texts[::-1]], 1) == words[::-1]


def test_digits_that_lie_on_no_logarithmic_scale_are_no_axis_of_decades():
    """Evenly apart, 1 2 5 10 2 5 are no scale: the longest stretch that is one is taken."""
    found = decade(("1", "2", "5", "10", "2", "5"), [100 + 40 * i for i in range(6)])
    assert all(len(one.labels) < 4 for one in found)
