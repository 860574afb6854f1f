"""Survival on the sheet: one curve a treatment, every figure opens to its rows."""

import numpy as np
import pytest

import hilum
from hilum.answers.survival_fit import FAMILIES
from hilum.answers.survival_rows import RATES
from hilum.evidence import Evidence, Outcome
from hilum.sheet.cells_part import ANYBODY
from hilum.sheet.survival import survival_answer
from hilum.synthesis.survival import Report, SurvivalArm, average_survival, averaged_rate
from tests.spaces import read

KEYS = ("overall_survival", *RATES.values())


def _answers(sheet):
    for option in sheet.options:
        if option.survival is not None:
            yield option, option.survival
            for other in option.survival.beside:
                yield option, other


def test_open_treatments_have_one_and_excluded_ones_have_none(sheet):
    assert sum(option.survival is not None for option in sheet.options) >= 8
    for option in sheet.options:
        if option.status == "excluded":
            assert option.survival is None


def test_figures_come_from_the_tables_and_each_patient_counts_once(sheet, evidence):
    rows = {row.result_id: row for row in evidence.results}
    counted = 0
    for _, one in _answers(sheet):
        assert sum(one.reports.values()) == len(one.studies)
        cohorts = set()
        for figure in one.studies:
            row = rows[figure.result_id]
            assert row.outcome is Outcome.OVERALL_SURVIVAL
            assert row.figure_kind == "estimate"
            assert figure.source == row.source
            assert figure.study_id in {source.study_id for source in sheet.sources}
            cohorts.add(evidence.study[figure.study_id].cohort_of or figure.study_id)
        assert one.k == len(cohorts)
        assert all(figure.left_out for figure in one.left_out)
        counted += one.k >= 3
    assert counted >= 4


def test_the_curve_falls_and_ends_where_three_studies_report(sheet):
    drawn = 0
    for _, one in _answers(sheet):
        if not one.curve:
            continue
        drawn += 1
        assert one.curve[-1].time_months == pytest.approx(one.supported_months)
        if one.k >= 3:
            last = {}
            for figure in one.studies:
                at = figure.value if figure.measure == "median_months" else figure.time_months
                last[figure.study_id] = max(last.get(figure.study_id, 0.0), at)
            assert sum(at >= one.supported_months - 1e-6 for at in last.values()) >= 3
        survival = [point.survival for point in one.curve]
        assert np.all(np.diff(survival) <= 1e-12)
        for point in one.curve:
            assert point.ci[0] <= point.survival <= point.ci[1]
    assert drawn >= 4


def test_two_studies_make_no_line(sheet):
    for _, one in _answers(sheet):
        assert (one.kind == "range") == (one.k == 2)
        if one.k == 2:
            assert one.curve == []


def test_the_cells_are_the_curve_s_readings(sheet):
    read = 0
    for option in sheet.options:
        if option.survival is None:
            continue
        points = {point.time_months: point for point in option.survival.rates}
        for key in RATES.values():
            answer = option.outcomes[key]
            if answer.form != "pooled":
                continue
            point = points[answer.time_months]
            read += 1
            assert answer.value == pytest.approx(point.survival)
            assert answer.ci == pytest.approx(point.ci)
            assert point.supported
            assert answer.k == option.survival.k == len(answer.studies)
        median = option.outcomes["overall_survival"]
        if median.form == "pooled":
            assert median.value == pytest.approx(option.survival.median.value)
    assert read >= 6


def test_an_answer_is_the_model_of_its_rows(sheet):
    """The curve again from the printed figures alone, weighed as the docs say."""
    option = next(one for one in sheet.options if one.treatment == "tae")
    arms = {}
    for figure in option.survival.studies:
        arms.setdefault((figure.study_id, figure.arm), []).append(figure)
    made = []
    for (study, arm), figures in arms.items():
        rates = [one for one in figures if one.measure == "rate_at"]
        share = 0.8 if any(one.ci is None for one in rates) else 1.0
        reports = []
        for one in figures:
            n = one.n * share
            low, high = one.ci or (None, None)
            made_up = low is None
            if one.measure == "median_months":
                if made_up:
                    spread = np.exp(1.959964 * 1.49 / np.sqrt(one.n))
                    low, high = one.value / spread, one.value * spread
                reports.append(Report("median", None, one.value, low, high, n, from_n=made_up))
            else:
                reports.append(Report("rate", one.time_months, one.value, low, high, n))
        made.append(SurvivalArm(study, arm, tuple(reports)))
    assert option.survival.family == "average"
    fit = average_survival(made, families=FAMILIES)
    five = next(point for point in option.survival.rates if point.time_months == 60)
    assert five.survival == pytest.approx(averaged_rate(fit, 60).value, rel=1e-4)


def test_a_median_that_its_own_rates_contradict_is_shown_and_not_used(evidence):
    tare = survival_answer(evidence, "tare")
    assert [f.name for f in tare.left_out if f.left_out == "contradicts"] == ["Peker 2015"]


def test_special_patients_stand_beside_with_their_own_curve(evidence):
    one = survival_answer(evidence, "transplantation")
    beside = {part.selection: part for part in one.beside}
    assert one.selection == "main"
    chosen = {f.result_id for f in beside["milan"].studies}
    picked = [row for row in evidence.results if row.result_id in chosen]
    assert picked
    assert {evidence.arm[row.study_id, row.arm_id].selection for row in picked} == {"milan"}
    assert not {f.result_id for f in one.studies} & {f.result_id for f in beside["milan"].studies}


def test_the_order_of_the_tables_never_matters(evidence):
    shuffled = Evidence(evidence.studies, evidence.arms, evidence.results[::-1])
    for treatment in ("tace", "tare"):
        one, other = (survival_answer(table, treatment) for table in (evidence, shuffled))
        assert {f.result_id for f in one.studies} == {f.result_id for f in other.studies}
        for a, b in zip(one.rates, other.rates, strict=True):
            assert a.survival == pytest.approx(b.survival, rel=1e-5)


def test_rates_that_rise_in_an_arm_never_stop_the_sheet(evidence):
    changed = [
        row.model_copy(update={"value": 99.0})
        if (row.study_id, row.time_months, row.measure) == ("dong2011", 120.0, "rate_at")
        else row
        for row in evidence.results
    ]
    found = survival_answer(Evidence(evidence.studies, evidence.arms, tuple(changed)), "tace")
    left = {f.study_id for f in found.left_out if f.left_out == "contradicts"}
    assert left == {"dong2011"}
    assert found.k > 1


def test_a_treatment_that_is_not_in_the_tables_has_none(evidence):
    assert survival_answer(evidence, "no_such_treatment", ANYBODY) is None


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_page_shows_curve_counts_and_kinds(sheet, language):
    words = hilum.words(language)
    page = read(hilum.render(sheet, "html", words).decode())
    drawn = sum(bool(one.curve) for _, one in _answers(sheet))
    assert page.count('<svg class="survival"') == drawn
    assert words("Overall survival, all reports together") in page
    assert words("Inner band: 95 % confidence interval; outer band: a new study.") in page
    for word in ("studies", "patients", "rates"):
        assert words(word) in page


def test_the_document_holds_the_same_table(sheet):
    from io import BytesIO

    from docx import Document

    document = Document(BytesIO(hilum.render(sheet, "docx", hilum.words("en"), full=True)))
    tables = [
        table
        for table in document.tables
        if "Median, months" in [cell.text for cell in table.rows[0].cells]
    ]
    assert len(tables) == 1
    shown = sum(
        one.survival is not None and any(one.outcomes[key].k for key in KEYS)
        for one in sheet.options
    )
    assert len(tables[0].rows) == 1 + shown


def test_a_cell_of_the_curve_lists_each_figure_in_its_own_unit(sheet, evidence):
    rows = {row.result_id: row for row in evidence.results}
    mixed = 0
    for option in sheet.options:
        for key in KEYS:
            answer = option.outcomes[key]
            if answer.method != "survival curve":
                continue
            for figure in answer.studies:
                scale = 1.0 if figure.measure == "median_months" else 0.01
                if figure.arms == 1:
                    assert figure.value == pytest.approx(scale * rows[figure.result_id].value)
                mixed += (figure.measure, figure.time_months) != (
                    answer.measure,
                    answer.time_months,
                )
            for figure in answer.left_out:
                assert (figure.measure, figure.time_months) == (answer.measure, answer.time_months)
    assert mixed > 5
    page = hilum.render(sheet, "html", hilum.words("en")).decode()
    assert "median: 33.3 mo n = 122" in " ".join(page.split())
