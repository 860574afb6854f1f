"""For every kind of patient: no cell says more than its studies, none contradicts another."""

import itertools
import re

import pytest

from hilum.answers import GRADES, LINES, SITES, patient_cells, sentence
from hilum.answers.patient import contradictions
from hilum.answers.select import BESIDE
from hilum.answers.words import flag_line, labels
from hilum.evidence.vocabulary import FigureKind
from hilum.language import words
from tests.answers.reference import record

PATIENTS = list(itertools.product(SITES, GRADES, LINES))


@pytest.fixture(scope="module")
def everything():
    return {who: patient_cells(record(), *who) for who in PATIENTS}


@pytest.fixture(scope="module")
def cells(everything):
    return [one for who in everything.values() for group in who.values() for one in group.values()]


def test_no_interval_that_says_nothing_is_printed(cells):
    printed = 0
    for one in cells:
        if one.ci is None:
            continue
        printed += 1
        low, high = one.ci
        assert high / low <= 5 if one.months else high - low <= 60
    assert printed > 2000


def test_a_prediction_interval_has_four_studies_and_says_more_than_the_interval(cells):
    seen = 0
    for one in cells:
        if one.prediction is not None:
            seen += 1
            assert one.form == "pooled"
            assert one.k_with_n >= 4
            assert [one.text(end) for end in one.prediction] != [one.text(end) for end in one.ci]
    assert seen > 300


def test_no_two_cells_of_a_treatment_contradict_each_other(everything):
    for who in everything.values():
        for group in who.values():
            assert contradictions(group) == []


def test_the_form_says_what_is_printed(cells):
    for one in cells:
        assert (one.value is not None) == (one.form in ("pooled", "total", "single"))
        assert (one.form == "none") == (one.k == 0)
        assert (one.form == "single") == (one.k == 1)
        assert one.k == len(one.studies) == len({study.study_id for study in one.studies})
        if one.form == "pooled":
            assert one.k_with_n >= 3
            assert one.n >= 30
        if one.form == "total":
            assert one.question.asked.group == "harm"


def test_one_study_a_cohort_and_own_figures_only(cells):
    for one in cells:
        cohorts = [study.first.study.cohort_of or study.study_id for study in one.studies]
        assert len(cohorts) == len(set(cohorts))
        for study in one.studies:
            for item in study.items:
                assert item.row.figure_kind is FigureKind.ESTIMATE
                assert not item.arm.chosen.beside or one.told.later_line
                assert item.arm.reference_arm != "yes"


def test_carcinomas_get_nothing_from_series_of_carcinoids(everything):
    for (_, grade, _), who in everything.items():
        if grade == "NEC":
            for group in who.values():
                for one in group.values():
                    for study in one.studies:
                        arm = study.first.arm
                        fits = arm.grade_scope == "NEC" or arm.chosen.grade == "nec"
                        assert fits or study.row.subgroup == "poorly_differentiated"


def test_a_patient_of_no_known_site_has_no_site_of_his_own(everything):
    widths = {
        one.told.width
        for (site, _, _), who in everything.items()
        if site == "any"
        for group in who.values()
        for one in group.values()
    }
    assert widths == {"all_sites"}


def test_what_is_beside_is_not_inside(cells):
    for one in cells:
        inside = {id(item.row) for study in one.studies for item in study.items}
        for group in (*one.beside, *([one.wider] if one.wider else [])):
            assert group.reason in BESIDE
            assert group.k == len(group.figures)
            assert not inside & {id(left.item.row) for left in group.figures}
        assert not inside & {id(left.item.row) for left in one.left_out}


def test_the_sentence_says_the_counts(cells):
    english = words("en")
    for one in cells[:: len(cells) // 400]:
        text = sentence(one.told, one.k, english)
        if one.k == 0:
            assert text.startswith("No study of this patient's kind.")
        else:
            assert text.startswith("1 study of " if one.k == 1 else f"{one.k} studies of ")
        left = text.partition(" Left out: ")[2]
        counts = sum(int(count) for count in re.findall(r"(?:^|, )(\d+) ", left))
        assert counts == len(one.left_out), text


def test_every_code_has_words(cells):
    known = labels()
    for one in cells:
        for coded, _ in one.told.left_out:
            reason, _, detail = coded.partition(":")
            assert ("reason", reason) in known
            if detail:
                kind = {"special": "selection", "criteria": "criteria"}[reason]
                assert (kind, detail) in known
        for kind in ("scope", "selection", "line", "criteria"):
            assert all((kind, code) in known for code, _ in getattr(one.told, kind))
        assert ("width", one.told.width) in known
        assert all(flag_line(*flag, words("en")) for flag in one.flags)
