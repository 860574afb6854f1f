"""Comparisons of two treatments: as printed, and pooled where that can be believed."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import integrate, optimize, stats

from hilum.answers.comparisons import comparisons, within_treatment
from hilum.answers.contrasts import printed_ratios
from hilum.answers.direction import DIRECTIONS, direction
from hilum.answers.ratio_pool import pool_ratios
from hilum.errors import NotEstimable
from hilum.evidence import Measure, Outcome, read_evidence
from hilum.sheet.treatments import treatment_of
from hilum.synthesis import log_effect_from_interval

EVIDENCE = read_evidence()
ALL = comparisons(EVIDENCE, treatment_of)
PFS = Outcome.PROGRESSION_FREE_SURVIVAL


def found(treatment: str, comparator: str, outcome: Outcome = PFS, kind: str = "randomised") -> Any:
    (one,) = (
        one
        for one in ALL
        if (one.treatment, one.comparator, one.outcome, one.kind, one.measure)
        == (treatment, comparator, outcome, kind, Measure.HAZARD_RATIO)
    )
    return one


def mixture(y: list[float], v: list[float], scale: float) -> tuple[float, float, float]:
    """Median and limits of the mean effect, by adaptive quadrature of the posterior (flat mean)."""
    yi, vi = np.array(y), np.array(v)

    def weight(tau: float) -> tuple[float, float, float]:
        w = 1 / (vi + tau**2)
        mean, var = float(w @ yi / w.sum()), 1 / float(w.sum())
        like = float(np.prod(stats.norm.pdf(yi, mean, np.sqrt(vi + tau**2)))) * math.sqrt(var)
        return mean, var, like * 2 * stats.norm.pdf(tau, 0, scale)

    total = integrate.quad(lambda tau: weight(tau)[2], 0, 12 * scale, limit=400)[0]

    def below(x: float) -> float:
        def part(tau: float) -> float:
            mean, var, mass = weight(tau)
            return mass * float(stats.norm.cdf(x, mean, math.sqrt(var)))

        return integrate.quad(part, 0, 12 * scale, limit=400)[0] / total

    ends = [
        optimize.brentq(lambda x, p=p: below(x) - p, -6, 6, xtol=1e-10) for p in (0.5, 0.025, 0.975)
    ]
    return ends[0], ends[1], ends[2]


@pytest.mark.parametrize(
    "printed",
    [
        [(0.21, 0.13, 0.32), (0.276, 0.182, 0.418)],
        [(0.35, 0.27, 0.45), (0.48, 0.35, 0.67)],
        [(0.44, 0.28, 0.69), (0.99, 0.64, 1.54)],
        [(0.9, 0.6, 1.4), (0.5, 0.3, 0.9), (0.7, 0.5, 1.1)],
        [(0.9, 0.6, 1.4), (0.5, 0.3, 0.9), (0.7, 0.5, 1.1), (2.0, 1.1, 3.5)],
    ],
)
def test_two_to_four_trials_pool_as_an_independent_quadrature_says(
    printed: list[tuple[float, float, float]],
) -> None:
    y, v = zip(*(log_effect_from_interval(*one) for one in printed), strict=True)
    line = pool_ratios(y, v, [str(i) for i in range(len(y))])
    median, low, high = mixture(list(y), list(v), 0.5)
    assert (line.method, line.prior, line.k) == ("bayes", "half-normal(0.5)", len(y))
    assert math.log(line.value) == pytest.approx(median, abs=1e-6)
    assert [math.log(end) for end in line.ci] == pytest.approx([low, high], abs=1e-6)
    assert (line.prediction is None) is (len(y) < 4)


def test_two_positive_trials_stay_positive() -> None:
    line = found("prrt_lu177", "ssa_alone")
    assert (line.form, line.k, line.n) == ("pooled", 2, 116 + 113 + 151 + 75)
    assert round(line.value, 2) == 0.24
    assert [round(end, 2) for end in line.ci] == [0.13, 0.46]
    assert (line.better, line.clear) == ("treatment", True)
    # The interval by sampling error alone lies inside the printed one.
    assert line.ci[0] < line.sampling_ci[0] < line.sampling_ci[1] < line.ci[1]


def test_four_trials_take_the_prior_and_five_do_not() -> None:
    y, v = [-0.2, -0.5, -0.4, -0.1, -0.3], [0.04] * 5
    assert pool_ratios(y[:4], v[:4], "abcd").method == "bayes"
    line = pool_ratios(y, v, "abcde")
    assert (line.method, line.prior) == ("reml_hartung_knapp", None)


def test_one_trial_is_its_own_interval() -> None:
    line = pool_ratios([math.log(0.5)], [0.01], ["a"])
    assert line.value == pytest.approx(0.5)
    assert line.ci == line.sampling_ci == pytest.approx((0.5 * 0.8220, 0.5 * 1.2165), abs=1e-4)
    assert line.tau is None
    assert line.i2 is None


def test_i2_is_cochrans() -> None:
    y, v = [0.0, 1.0, 0.4], [0.1, 0.2, 0.05]
    w = 1 / np.array(v)
    q = float(w @ (np.array(y) - w @ np.array(y) / w.sum()) ** 2)
    assert pool_ratios(y, v, "abc").i2 == pytest.approx(100 * (q - 2) / q)
    assert pool_ratios([0.1, 0.1, 0.1], v, "abc").i2 == 0


@pytest.mark.parametrize(("y", "v"), [([], []), ([math.nan], [1.0]), ([0.1], [0.0])])
def test_what_is_no_ratio_is_refused(y: list[float], v: list[float]) -> None:
    with pytest.raises(NotEstimable):
        pool_ratios(y, v, ["a"] * len(y))


def test_no_pooled_line_of_two_trials_is_wider_than_both() -> None:
    """An interval that the method made must not undo trials that agree."""
    for one in ALL:
        if one.form != "pooled" or one.kind != "randomised":
            continue
        signs = {trial.better for trial in one.used}
        if all(trial.clear for trial in one.used) and len(signs) == 1:
            assert one.clear, (one.treatment, one.comparator, one.ci)
            assert one.better == signs.pop()


def test_no_treatment_is_compared_with_itself() -> None:
    assert all(one.treatment != one.comparator for one in ALL)
    assert {one.study_id for one in within_treatment(EVIDENCE, treatment_of)} == {
        "kunz2023", "morizane2022", "marincek2013", "wolin2015"
    }  # fmt: skip


def test_the_analogue_of_both_arms_is_taken_off_both() -> None:
    by_id = {
        (one.study_id, one.outcome): one
        for one in printed_ratios(EVIDENCE, treatment_of)
        if one.subgroup is None
    }
    radiant2 = by_id["pavel2011", PFS]
    assert (radiant2.treatment, radiant2.comparator) == ("everolimus", "ssa_alone")
    arnold = by_id["arnold2005", Outcome.OVERALL_SURVIVAL]
    assert (arnold.treatment, arnold.comparator) == ("ssa_alone", "interferon")
    assert arnold.background
    # Where the analogue is what the trial tests, it stays.
    stars = by_id["hijioka2025", PFS]
    assert (stars.treatment, stars.comparator) == ("everolimus+ssa", "everolimus")
    assert not stars.background
    # A continued analogue is no placebo: the trials are not one body of evidence.
    assert found("everolimus", "placebo").k == 2
    assert found("everolimus", "ssa_alone").k == 1


def test_a_control_stands_second_and_a_turned_ratio_is_its_inverse() -> None:
    line = found("interferon", "ssa_alone", Outcome.OVERALL_SURVIVAL)
    assert (line.form, line.method) == ("single", "as_printed")
    assert line.value == pytest.approx(1 / 1.19)
    assert line.ci == pytest.approx((1 / 2.13, 1 / 0.67))
    (trial,) = line.trials
    assert (trial.value, trial.low, trial.high) == (1.19, 0.67, 2.13)
    assert (trial.better, line.better) == ("comparator", "treatment")


def test_a_single_trial_is_shown_to_its_last_printed_digit() -> None:
    line = found("sunitinib", "placebo")
    assert (line.form, line.value, line.ci) == ("single", 0.418, (0.263, 0.662))
    assert {trial.left_out for trial in line.trials} == {None, "alternative", "subgroup"}


def test_every_printed_ratio_appears_once() -> None:
    rows = [
        row
        for row in EVIDENCE.results
        if row.measure in (Measure.HAZARD_RATIO, Measure.ODDS_RATIO)
        and row.comparator_arm_id is not None
        and row.value is not None
    ]
    shown = [trial.result_id for one in ALL for trial in one.trials]
    within = [
        one.result_id
        for one in printed_ratios(EVIDENCE, treatment_of)
        if one.treatment == one.comparator
    ]
    assert sorted(shown + within) == sorted(row.result_id for row in rows)


def test_k_is_the_number_of_studies_that_open() -> None:
    for one in ALL:
        assert one.k == len({trial.study_id for trial in one.used})
        assert (one.value is None) is (one.form in ("none", "range"))


def test_reviews_are_never_pooled() -> None:
    assert all(one.form == "none" for one in ALL if one.kind == "review")
    assert any(one.kind == "review" for one in ALL)


def test_a_row_that_does_not_fit_the_patient_is_shown_and_not_pooled() -> None:
    every = comparisons(
        EVIDENCE,
        treatment_of,
        lambda row: "other_site" if row.study_id == "yao2011" else None,
    )
    (line,) = (
        one
        for one in every
        if (one.treatment, one.comparator, one.outcome) == ("everolimus", "placebo", PFS)
    )
    assert (line.form, line.k, line.value) == ("single", 1, 0.48)
    assert "other_site" in {trial.left_out for trial in line.trials}


def test_strata_of_one_trial_are_not_pooled_into_one_figure() -> None:
    line = found("cabozantinib", "placebo")
    assert (line.form, line.k, line.value) == ("range", 1, None)
    assert [trial.value for trial in line.used] == [0.38, 0.23]


def test_the_order_of_rows_does_not_move_a_line() -> None:
    backwards = replace(EVIDENCE, results=tuple(reversed(EVIDENCE.results)))

    def lines(rows: Any) -> set[tuple[object, ...]]:
        return {
            (one.treatment, one.comparator, one.outcome, one.measure, one.kind, one.form, one.k,
             None if one.value is None else round(one.value, 9))
            for one in rows
        }  # fmt: skip

    assert lines(comparisons(backwards, treatment_of)) == lines(ALL)


def test_every_ratio_has_a_better_side_or_says_that_it_has_none() -> None:
    assert {outcome for _, outcome in DIRECTIONS} == set(Outcome)
    assert direction(Measure.HAZARD_RATIO, PFS) == "below"
    assert direction(Measure.ODDS_RATIO, Outcome.SYMPTOM_RESPONSE) == "above"
    assert direction(Measure.ODDS_RATIO, PFS) == "not_stated"
    with pytest.raises(NotEstimable, match="hazard_ratio, odds_ratio"):
        direction(Measure.PROPORTION, PFS)
