"""Tables under plots that stand beside and under one another: each row with its own plot."""

from math import inf

import numpy as np
import pytest

from hilum.literature.figures.axes import Axis
from hilum.literature.figures.risk_ground import BEFORE, Ground, ground_of
from hilum.literature.figures.rulers import Ruler
from hilum.literature.figures.svg import read_svg
from hilum.literature.figures.vector import curves_of
from tests.literature.svg_plots import (
    INKS,
    NAMES,
    across,
    at_risk,
    plot,
    side_by_side,
    text,
)
from tests.synthesis.survival.trials import patients


def trials(many):
    rng = np.random.default_rng(12)
    return [[patients(rng, n, m, 1.1) for n, m in ((118, 40), (121, 22))] for _ in range(many)]


def named(arms):
    return list(zip(NAMES, map(at_risk, arms), strict=False))


def read(path, places, rows=None, headings=None, **more):
    """Plots at places, the legend with the first of them; rows and heading of each."""
    own = trials(len(places))
    made = []
    for i, (arms, (right, down)) in enumerate(zip(own, places, strict=True)):
        told = named(arms) if rows is None else rows(i, arms)
        heading = "Number at risk" if headings is None else headings[i]
        one = plot(path / f"{i}.svg", arms, rows=told, heading=heading, legend=i == 0, **more)
        made.append((one, right, down))
    page = read_svg(side_by_side(path / "f.svg", made))
    return own, curves_of(page, None, None)


def assert_own(own, found):
    assert len(found) == 2 * len(own)
    for one in found:
        arm = own[one.panel - 1][NAMES.index(one.name)]
        assert [n for _, n in one.at_risk] == list(at_risk(arm))
        assert not one.risk_why


@pytest.mark.parametrize(
    "places",
    [
        [(0, 0), (0, 420)], [(0, 0), (560, 0)], [(0, 0), (0, 400), (0, 800)],
        [(0, 0), (520, 0), (0, 420), (520, 420)],
    ],
)  # fmt: skip
def test_each_row_is_of_the_plot_over_it(tmp_path, places):
    assert_own(*read(tmp_path, places))


@pytest.mark.parametrize("right", [378, 400, 440])
def test_names_that_stand_before_the_first_of_two_plots_are_those_of_both(tmp_path, right):
    """One axis of levels, one heading, one column of names; plots 18 points apart and more."""

    def rows(i, arms):
        return [(name if i == 0 else "", cells) for name, cells in named(arms)]

    own, found = read(tmp_path, [(0, 0), (right, 0)], rows, ["Number at risk", ""], y_title="")
    assert_own(own, found)


def test_a_heading_of_the_next_plot_is_none_of_this_ones(tmp_path):
    """Events beside numbers at risk: neither table takes the other's heading."""

    def rows(i, arms):
        if i == 0:
            return named(arms)
        return [(name, [9, 7, 5, 3, 1, 1]) for name, _ in named(arms)]

    own, found = read(tmp_path, [(0, 0), (480, 0)], rows, ["Number at risk", "Events in interval"])
    for one in found:
        if one.panel == 1:
            assert [n for _, n in one.at_risk] == list(at_risk(own[0][NAMES.index(one.name)]))
        else:
            assert (one.at_risk, one.risk_why) == ((), "events")


def ruler(first, last, beside):
    scale = Axis(0.0, 0.2, 0.0, 60.0, 0.1)
    return Ruler(0, scale, first, last, beside, True, 0.0, False, ((0.0, first), (60.0, last)))


ONE = (ruler(100.0, 300.0, 200.0), 50.0)


def test_a_plot_alone_has_the_page():
    assert ground_of(*ONE, [ONE]) == Ground()


def test_a_plot_under_another_ends_its_ground():
    low = (ruler(100.0, 300.0, 500.0), 350.0)
    assert ground_of(*ONE, [ONE, low]).bottom == 350.0
    assert ground_of(*low, [ONE, low]) == Ground(top=350.0)


@pytest.mark.parametrize(("last", "before"), [(270.0, 14.0), (272.0, 14.0), (280.0, 10.0)])
def test_plots_beside_one_another_part_between_them(last, before):
    assert BEFORE == 14.0
    left, right = (ruler(100.0, last, 200.0), 50.0), (ruler(300.0, 500.0, 200.0), 50.0)
    assert ground_of(*left, [left, right]).right == 300.0 - before
    own = ground_of(*right, [left, right])
    assert (own.left, own.outer, own.bottom) == (300.0 - before, 100.0, inf)
    assert own.before == last + BEFORE / 2


def test_a_plot_in_another_line_of_plots_is_not_beside():
    far = (ruler(400.0, 600.0, 600.0), 450.0)
    assert ground_of(*ONE, [ONE, far]) == Ground()


def test_rows_that_begin_late_are_told_without_a_heading(tmp_path):
    """In the colours of their curves, at six months and every year after."""
    (arms,) = trials(1)
    late = (6, 18, 30, 42, 54)
    more = []
    for i, (time, _) in enumerate(arms):
        y = 352 + 16 * i
        more.append(text(NAMES[i], 60, y))
        numbers = [int((time >= t).sum()) for t in late]
        more += [text(n, across(t), y, anchor="middle", ink=INKS[i])
                 for t, n in zip(late, numbers, strict=True)]  # fmt: skip
    path = plot(tmp_path / "f.svg", arms, more=more)
    for one in curves_of(read_svg(path), None, None):
        assert (one.at_risk, one.risk_why, one.risk_refused) == ((), "late", one.name)


SENTENCE = ("Range", "41", "of", "2", "to", "73")


def test_numbers_of_a_text_are_no_rows(tmp_path):
    (arms,) = trials(1)
    more = [text(word, 60 + 60 * i, 352) for i, word in enumerate(SENTENCE)]
    path = plot(tmp_path / "f.svg", arms, more=more)
    assert {one.risk_why for one in curves_of(read_svg(path), None, None)} == {""}


@pytest.mark.parametrize(
    ("said", "times", "factor"),
    [("Months", (0, 6, 12, 18, 24, 36, 48), 1), ("Time", (0, 6, 12, 18, 24, 36, 48), 1),
     ("Time (months)", (0, 3, 6, 12, 24, 48), 1), ("Years", (0, 1, 2, 3, 4, 5), 12),
     ("Weeks", (0, 26, 52, 104, 208), 12 / 365.25 * 7)],
)  # fmt: skip
@pytest.mark.parametrize("above", [True, False])
def test_a_table_with_its_own_times_is_read_by_them(tmp_path, said, times, factor, above):
    """Columns evenly apart, under no label of the axis."""
    (arms,) = trials(1)
    rows = [(said, times)] + [
        (name, [int((arm[0] >= t * factor - 1e-9).sum()) for t in times])
        for name, arm in zip(NAMES, arms, strict=False)
    ]
    rows = rows if above else [*rows[1:], rows[0]]
    more = [text("Number at risk", 20, 352)]
    for i, (label, cells) in enumerate(rows):
        y = 368 + 14 * i
        more.append(text(label, 20, y))
        more += [text(c, 135 + 47 * j, y, anchor="middle") for j, c in enumerate(cells)]
    path = plot(tmp_path / "f.svg", arms, more=more)
    for one in curves_of(read_svg(path), None, None):
        expected = rows[[label for label, _ in rows].index(one.name)][1]
        assert [n for _, n in one.at_risk] == expected
        assert [t for t, _ in one.at_risk] == pytest.approx([t * factor for t in times])
