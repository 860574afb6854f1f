"""Printed figures of different studies that cannot hold for the same patients say so."""

from dataclasses import replace
from itertools import product

import pytest

from hilum.answers import GRADES, LINES, SITES, cell, outcomes
from hilum.answers.apart import apart, marked_apart
from hilum.answers.patient import patient_cells, treatment_cells
from hilum.answers.question import Question
from tests.answers.reference import record

MEDIAN, FIVE, TEN = (
    "overall_survival",
    "overall_survival_rate_60m",
    "overall_survival_rate_120m",
)


def flagged(cells):
    return {
        (key, other) for key, one in cells.items() for code, other in one.flags if code == "apart"
    }


def single(key, value, study):
    """A cell of one study, made from one of the record."""
    made = cell(Question("prrt_lu177", MEDIAN, "small_bowel", "G1-2", "later"), record())
    first = made.studies[0]
    item = first.items[0]
    named = replace(item, study=item.study.model_copy(update={"study_id": study}))
    named = replace(named, row=item.row.model_copy(update={"study_id": study}))
    return replace(
        made,
        question=Question("prrt_lu177", key, "small_bowel", "G1-2", "later"),
        form="single",
        value=value,
        studies=(replace(first, items=(named,)),),
        flags=(),
    )


def test_a_trial_median_beside_the_rate_of_another_series():
    cells = treatment_cells(record(), "prrt_lu177", "small_bowel", "G1-2", "later")
    assert (cells[MEDIAN].value, cells[FIVE].value) == (48.0, 68.0)
    assert {(MEDIAN, FIVE), (FIVE, MEDIAN)} <= flagged(cells)


@pytest.mark.parametrize(
    ("median", "rate", "said"),
    [
        (59.0, 50.5, False),
        (59.0, 50.6, True),
        (59.5, 60.0, False),
        (59.4, 60.0, True),
        (61.0, 49.5, False),
        (61.0, 49.4, True),
        (60.5, 40.0, False),
        (60.6, 40.0, True),
        (48.0, 40.0, False),
        (72.0, 60.0, False),
    ],
)
def test_a_rate_on_the_wrong_side_of_one_half(median, rate, said):
    cells = {MEDIAN: single(MEDIAN, median, "one"), FIVE: single(FIVE, rate, "two")}
    assert apart(cells) == ([(MEDIAN, FIVE)] if said else [])


@pytest.mark.parametrize(("late", "said"), [(74.0, False), (74.1, True), (90.0, True)])
def test_a_later_rate_of_other_studies_falls_clearly(late, said):
    cells = {FIVE: single(FIVE, 77.0, "one"), TEN: single(TEN, late, "two")}
    assert apart(cells) == ([(TEN, FIVE)] if said else [])


def test_one_study_does_not_contradict_itself():
    cells = {MEDIAN: single(MEDIAN, 48.0, "one"), FIVE: single(FIVE, 68.0, "one")}
    assert apart(cells) == []


def test_a_figure_that_is_not_printed_contradicts_nothing():
    without = replace(single(FIVE, 68.0, "two"), form="range", value=None)
    assert apart({MEDIAN: single(MEDIAN, 48.0, "one"), FIVE: without}) == []


def test_both_figures_are_marked_and_stay():
    cells = {MEDIAN: single(MEDIAN, 48.0, "one"), FIVE: single(FIVE, 68.0, "two")}
    marked = marked_apart(cells)
    assert flagged(marked) == {(MEDIAN, FIVE), (FIVE, MEDIAN)}
    assert [one.value for one in marked.values()] == [48.0, 68.0]


def test_no_two_printed_figures_contradict_in_silence():
    seen = 0
    for who in product(SITES, GRADES, LINES):
        for cells in patient_cells(record(), *who).values():
            marks = flagged(cells)
            seen += len(marks)
            assert all(other in outcomes() for _, other in marks)
            for one, other in apart(cells):
                assert {(one, other), (other, one)} <= marks
    assert seen > 50
