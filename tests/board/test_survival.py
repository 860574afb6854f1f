"""Pooled survival on the sheet: every figure opens to its rows, and honesty rules hold."""

import numpy as np
import pytest

import hilum
from hilum.board.survival import survival_answer
from hilum.evidence import Evidence, Outcome, Population, select_survival
from hilum.synthesis.survival import Report, SurvivalArm, fit_survival, rate_at


def _answers(sheet):
    for option in sheet.options:
        if option.survival is not None:
            yield option, option.survival
            for other in option.survival.other_populations:
                yield option, other


def test_open_treatments_have_one_and_excluded_ones_have_none(sheet):
    assert sum(option.survival is not None for option in sheet.options) >= 8
    for option in sheet.options:
        if option.status == "excluded":
            assert option.survival is None


def test_figures_come_from_the_tables_and_populations_never_mix(sheet, evidence):
    rows = {row.row: row for row in evidence.results}
    counted = 0
    for _, one in _answers(sheet):
        assert {figure.population for figure in one.studies} <= {one.population}
        assert one.k == len({figure.study_id for figure in one.studies})
        assert sum(one.reports.values()) == len(one.studies)
        cohorts = {}
        for figure in one.studies:
            row = rows[figure.row]
            assert row.outcome is Outcome.OVERALL_SURVIVAL
            assert row.subgroup is None
            assert row.figure_kind == "estimate"
            assert "+" not in figure.modality
            assert (figure.n, figure.source) == (row.n, row.source)
            assert figure.study_id in {source.study_id for source in sheet.sources}
            cohort = evidence.study[figure.study_id].cohort_of or figure.study_id
            cohorts.setdefault(cohort, set()).add(figure.study_id)
        assert all(len(studies) == 1 for studies in cohorts.values())
        assert all(figure.left_out for figure in one.left_out)
        counted += one.k > 1
    assert counted >= 6


def test_the_curve_falls_ends_with_the_reports_and_stays_in_its_band(sheet):
    for _, one in _answers(sheet):
        if not one.k:
            assert one.curve == []
            continue
        last = max(f.value if f.measure == "median_months" else f.time_months for f in one.studies)
        assert one.supported_months == pytest.approx(last)
        assert one.curve[-1].time_months == pytest.approx(last)
        survival = [point.survival for point in one.curve]
        assert np.all(np.diff(survival) <= 1e-12)
        for point in one.curve:
            assert point.ci[0] <= point.survival <= point.ci[1]
        for point in one.rates:
            # Where the curve's shape is assumed, a report near the time is enough.
            if point.time_months > last and not one.shape_assumed:
                assert not point.supported


def test_an_answer_is_the_model_of_its_rows(sheet, evidence):
    option = next(one for one in sheet.options if one.treatment == "tae")
    arms = {}
    for figure in option.survival.studies:
        row = next(row for row in evidence.results if row.row == figure.row)
        report = (
            Report("median", None, row.value, row.ci_low, row.ci_high, row.n)
            if row.measure == "median_months"
            else Report("rate", row.time_months, row.value / 100, n=row.n)
        )
        arms.setdefault((row.study_id, row.arm_id), []).append(report)
    fit = fit_survival(
        [SurvivalArm(*key, tuple(reports)) for key, reports in arms.items()],
        family=option.survival.family,
        random="location+shape" if option.survival.shape_varies else "location",
    )
    five = next(point for point in option.survival.rates if point.time_months == 60)
    assert five.survival == pytest.approx(rate_at(fit, 60).value, rel=1e-4)


def test_a_median_that_its_own_rates_contradict_is_shown_and_not_used(sheet):
    tare = next(one.survival for one in sheet.options if one.treatment == "tare")
    assert [f.name for f in tare.left_out if f.left_out == "contradicts"] == ["Peker 2015"]


def test_an_assumed_shape_supports_only_times_near_its_reports(evidence):
    one = survival_answer(evidence, ("octreotide", "lanreotide", "somatostatin_analogue"))
    assert one.shape_assumed
    assert [p.time_months for p in one.rates if p.supported] == [120.0]


def test_the_order_of_the_tables_never_matters(evidence):
    shuffled = Evidence(evidence.studies, evidence.arms, evidence.results[::-1])
    for modalities in (("tace",), ("tare_resin", "tare_glass", "tare_y90")):
        first, second = (
            select_survival(one, modalities, Outcome.OVERALL_SURVIVAL, Population.NETLM)
            for one in (evidence, shuffled)
        )
        assert [row.row for row in first.rows] == [row.row for row in second.rows]
        one, other = (survival_answer(table, modalities) for table in (evidence, shuffled))
        for a, b in zip(one.rates, other.rates, strict=True):
            assert a.survival == pytest.approx(b.survival, rel=1e-5)


def test_rates_that_rise_in_an_arm_never_stop_the_sheet(evidence):
    changed = [
        row.model_copy(update={"value": 99.0})
        if (row.study_id, row.time_months, row.measure) == ("dong2011", 120.0, "rate_at")
        else row
        for row in evidence.results
    ]
    found = survival_answer(Evidence(evidence.studies, evidence.arms, tuple(changed)), ("tace",))
    left = {f.study_id for f in found.left_out if f.left_out == "contradicts"}
    assert left == {"dong2011"}
    assert found.k > 1


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_page_shows_curve_counts_and_kinds(sheet, language):
    words = hilum.words(language)
    page = hilum.render(sheet, "html", words).decode()
    assert page.count('<svg class="survival"') >= 8
    assert words("Overall survival, all reports together") in page
    assert words("Inner band: 95 % confidence interval; outer band: a new study.") in page
    for word in ("studies", "patients", "rates"):
        assert words(word) in page
    assert words.missing == set()


def test_the_document_holds_the_same_table(sheet):
    from io import BytesIO

    from docx import Document

    document = Document(BytesIO(hilum.render(sheet, "docx", hilum.words("en"))))
    tables = [
        table
        for table in document.tables
        if "Median, months" in [cell.text for cell in table.rows[0].cells]
    ]
    assert len(tables) == 1
    shown = sum(one.survival is not None and one.survival.k > 0 for one in sheet.options)
    assert len(tables[0].rows) == 1 + shown
