"""What readers are shown of few studies; the figures that mirror metafor's stay as they are."""

import math
from dataclasses import replace

import pytest
from scipy import stats

from hilum.analyses.absolute import absolute
from hilum.analyses.pool import run
from hilum.analyses.pool_asked import PoolAsked
from hilum.analyses.pooled import Shown
from hilum.answers.ratio_pool import pool_ratios
from hilum.errors import InputError
from hilum.language import words
from hilum.rendering.pool import pool_lines
from tests.analyses.tables import table

LOGS = (-1.56, -1.27, -0.9, -1.1, -1.4)
VARIANCES = (0.056, 0.047, 0.06, 0.05, 0.07)
ALIKE = (0.50, 0.51, 0.49, 0.511)


def given(k, measure="HR", **asked):
    rows = zip(LOGS[:k], VARIANCES[:k], strict=True)
    return run(PoolAsked(table=table("yi vi", *rows), measure=measure, **asked))


@pytest.mark.parametrize("k", [2, 3, 4])
def test_few_ratios_have_the_prior_that_the_sheet_has(k):
    found = given(k)
    sheet = pool_ratios(LOGS[:k], VARIANCES[:k], [str(i) for i in range(k)])
    seen = found.shown
    assert (seen.way, seen.prior.kind, seen.prior.scale) == ("prior", "half-normal", 0.5)
    assert "2021;12:448" in seen.prior.source
    assert (seen.pred, seen.ci_lb, seen.ci_ub) == pytest.approx((sheet.value, *sheet.ci), rel=1e-9)
    common = seen.common
    assert (common.ci_lb, common.ci_ub) == pytest.approx(sheet.sampling_ci, rel=1e-9)
    assert (seen.new_study is None) == (k < 4)
    assert seen.no_new_study == ("few" if k < 4 else None)


def test_from_five_on_the_wider_of_both():
    seen, knha = given(5).shown, given(5, test="knha").transformed
    plain = given(5, test="z").transformed
    assert (seen.way, seen.prior, seen.common) == ("hybrid", None, None)
    assert seen.ci_ub == pytest.approx(max(knha.ci_ub, plain.ci_ub), rel=1e-9)
    assert seen.ci_lb == pytest.approx(min(knha.ci_lb, plain.ci_lb), rel=1e-9)


def test_a_prior_is_for_logs_of_ratios_alone_and_for_no_method_that_was_named():
    assert given(3, "GEN").shown.way == "hybrid"
    assert given(3, method="DL").shown.way == "hybrid"
    assert given(3, method="EE").shown.way == "asked"
    assert given(3, method="EE").shown.no_new_study == "alike"


@pytest.mark.parametrize("test", ["z", "t", "knha", "adhoc"])
def test_a_test_that_was_asked_for_is_shown(test):
    found = given(4, test=test)
    own = (found.shown.pred, found.shown.ci_lb, found.shown.ci_ub)
    told = found.transformed
    assert own == (told.pred, told.ci_lb, told.ci_ub)
    assert (found.shown.way, found.shown.prior, found.test) == ("asked", None, test)


@pytest.mark.parametrize("k", [2, 3, 4, 5])
def test_the_mirrored_figures_do_not_move(k):
    usual, plain = given(k), given(k, test="z")
    assert replace(usual, shown=None, asked=plain.asked) == replace(plain, shown=None)


def test_a_new_study_is_never_the_mean_again():
    rows = [(y, 0.016) for y in ALIKE]
    found = run(PoolAsked(table=table("yi vi", *rows)))
    seen = found.shown
    assert found.tau2 == 0
    # Four alike studies: never narrower than z, 0.379 to 0.627.
    assert seen.ci_ub - seen.ci_lb == pytest.approx(2 * stats.norm.ppf(0.975) * 0.004**0.5)
    assert seen.new_study.upper > seen.ci_ub
    assert seen.new_study.lower < seen.ci_lb


def test_exact_likelihoods_use_their_scores():
    rows = ((3, 40), (8, 50), (12, 40), (2, 30))
    found = run(PoolAsked(table=table("xi ni", *rows), measure="PLO"))
    three = run(PoolAsked(table=table("xi ni", *rows[:3]), measure="PLO"))
    assert (found.shown.way, three.shown.way) == ("scores", "scores")
    assert found.shown.ci_lb < found.transformed.ci_lb
    assert found.shown.new_study.upper > found.shown.ci_ub
    assert (three.shown.new_study, three.shown.no_new_study) == (None, "few")


@pytest.mark.parametrize("tongue", ["en", "zh-Hans"])
def test_words_name_the_prior_its_scale_and_its_source(tongue):
    told = "\n".join(pool_lines(given(2), words(tongue)))
    assert "0.5" in told
    assert "Res Synth Methods 2021;12:448-474" in told
    assert "--test adhoc" in told


@pytest.mark.parametrize(
    ("measure", "expected"),
    # By hand, of a risk of 0.2: times 0.5; odds 0.25 times 0.5 = 0.125; 1 - 0.8^0.5.
    [("RR", 100.0), ("OR", 1000 * 0.125 / 1.125), ("PETO", 1000 / 9), ("HR", 105.572809)],
)
def test_events_of_a_thousand(measure, expected):
    seen = Shown(way="asked", pred=0.5, ci_lb=0.25, ci_ub=2.0)
    found = absolute(0.2, measure, seen)
    assert found.without == pytest.approx(200)
    assert found.with_it == pytest.approx(expected, rel=1e-8)
    assert found.difference == pytest.approx(expected - 200, rel=1e-7)
    assert found.low < found.with_it < found.high
    assert found.difference_high == pytest.approx(found.high - 200)


def test_no_risk_is_above_one():
    seen = Shown(way="asked", pred=2.0, ci_lb=1.0, ci_ub=9.0)
    assert absolute(0.6, "RR", seen).with_it == 1000


def test_a_baseline_goes_with_ratios_of_risks_alone():
    assert given(3, baseline=0.3).absolute.without == pytest.approx(300)
    assert given(3).absolute is None
    for asked in ({"measure": "GEN"}, {"baseline": 1.0}, {"baseline": 0.0}):
        with pytest.raises(InputError, match="baseline"):
            given(3, **{"measure": "HR", "baseline": 0.3, **asked})


def test_ratios_per_unit_stand_beside_coefficients():
    rows = [(y, v, i) for i, (y, v) in enumerate(zip(LOGS, VARIANCES, strict=True))]
    found = run(PoolAsked(table=table("yi vi dose", *rows), measure="HR", mods="~ dose"))
    told = pool_lines(found, words("en"))
    assert f"ratio per unit {math.exp(found.beta[1]):.4g}" in told[2]
    assert "ratio" not in told[1]
