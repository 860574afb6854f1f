"""Identification, diagnostics, predictive checks and export."""

import warnings
from dataclasses import replace

import numpy as np
import pytest

from hilum.synthesis.joint import Priors, arms
from hilum.synthesis.joint.diagnostics import convergence, ess_bulk, ess_tail, r_hat
from hilum.synthesis.joint.export import to_arviz
from hilum.synthesis.joint.identification import (
    identification,
    level_share_of_prior,
    linearised,
)
from hilum.synthesis.joint.paths import components
from hilum.synthesis.joint.posterior import Target, levels
from hilum.synthesis.joint.predictive import posterior_predictive, prior_predictive
from tests.made_fit import made_fit


def test_information_adds_up_and_names_what_carries(fit):
    trial = identification(fit, "B", "A")
    assert sum(trial.percent.values()) == pytest.approx(100)
    assert trial.basis == "randomisation"
    assert trial.path == ("B", "A")
    assert trial.direct == ("t1", "t3")
    assert trial.shares[0].study == "t3"
    assert not trial.without[0].silent
    series = identification(fit, "D", "A")
    assert series.basis == "exchangeable_baselines"
    assert series.path == ()
    # D is never compared: without the assumption no chain of comparisons is left.
    assert series.percent["single_arm"] > 50
    assert series.without[0].silent
    assert series.without[0].ratio > 2


def test_shares_are_the_derivative_of_the_variance(fit):
    """Each share against a finite difference: d log var / d log precision of a study."""
    info = linearised(fit)
    c = np.zeros(len(info.prior))
    c[0], c[3] = 1, -1
    report = identification(fit, "A", "D", info)
    base = c @ np.linalg.solve(info.total, c)
    assert report.percent["randomised"] == report.percent["comparative"] == 0
    for share in report.shares[:4]:
        s = fit.studies.studies.index(share.study)
        more = info.total + 1e-6 * (info.within[s] + info.between[s])
        slope = (base - c @ np.linalg.solve(more, c)) / base / 1e-6
        assert share.percent == pytest.approx(100 * slope, rel=1e-4)


def two_trials():
    """B against A in two trials of unlike patients, and series of B alone."""
    return arms(
        ["t1", "t1", "t2", "t2", "s1", "s2"], ["A", "B", "A", "B", "B", "B"],
        ["randomised"] * 4 + ["single_arm"] * 2, [10, 20, 12, 14, 9, 15], [50, 50, 60, 60, 30, 40],
        covariates={"pct": [10, 10, 70, 70, 40, 90]},
    )  # fmt: skip


def test_what_carries_a_contrast_is_of_the_target():
    """Shares add up in any patients, and differ where treatments' own slopes count."""
    fit = made_fit(two_trials(), slopes=True)
    middle = float(np.mean([10, 70, 40, 90]))
    plain = identification(fit, "B", "A")
    same = identification(fit, "B", "A", target=Target((("pct", middle),)))
    assert same.percent == pytest.approx(plain.percent)
    far = identification(fit, "B", "A", target=Target((("pct", 100.0),)))
    assert sum(far.percent.values()) == pytest.approx(100)
    assert far.percent["prior"] > plain.percent["prior"] + 1
    assert far.se > plain.se


def test_what_is_left_without_baselines_is_of_the_target():
    """Both sides of the sentence are the levels in the same patients."""
    studies = two_trials()
    fit = made_fit(studies, slopes=True)
    alone = made_fit(studies, seed=2, slopes=True)
    fit = replace(fit, parts={"randomised": alone})
    target = Target((("pct", 100.0),))
    left = identification(fit, "B", "A", target=target).without[0]
    whole, part = (levels(one, target)[:, 1] - levels(one, target)[:, 0] for one in (fit, alone))
    assert left.value == pytest.approx(part.mean())
    assert left.ci == pytest.approx(tuple(np.quantile(part, (0.025, 0.975))))
    assert left.ratio == pytest.approx(part.std(ddof=1) / whole.std(ddof=1))
    assert left.value != pytest.approx((alone.flat("alpha") @ np.array([-1.0, 1.0])).mean())


def test_weight_0_leaves_a_series_to_the_prior(turned):
    first = turned.fits[0]
    assert identification(first, "D", "A").basis == "prior"
    shares = dict(zip(first.treatments, level_share_of_prior(first), strict=True))
    # The rest is what the trials teach about the treatments' common level.
    assert shares["D"] > 85


def test_components_of_a_disconnected_network(studies):
    assert components(studies) == (("A", "B", "C"), ("D",))
    split = arms(
        ["a", "a", "b", "b", "c"], ["A", "B", "C", "D", "E"],
        ["randomised", "randomised", "comparative", "comparative", "single_arm"],
        [1, 2, 3, 4, 5], [9] * 5,
    )  # fmt: skip
    assert components(split) == (("A", "B"), ("C", "D"), ("E",))
    assert components(split, randomised_only=True) == (("A", "B"), ("C",), ("D",), ("E",))


def test_diagnostics_agree_with_arviz():
    """ArviZ 0.23 on autocorrelated, partly stuck chains: the same definitions, to rounding."""
    rng = np.random.default_rng(1)
    draws = np.zeros((4, 600, 3))
    for t in range(1, 600):
        draws[:, t] = [0.9, 0.5, -0.3] * draws[:, t - 1] + rng.normal(size=(4, 3))
    draws[0, :, 1] += 0.7
    draws[..., 2] = np.exp(draws[..., 2])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import arviz

        for k in range(3):
            one = draws[..., k]
            assert r_hat(draws)[k] == pytest.approx(float(arviz.rhat(one)), rel=1e-10)
            assert ess_bulk(draws)[k] == pytest.approx(float(arviz.ess(one)), rel=1e-8)
            tail = float(arviz.ess(one, method="tail"))
            assert ess_tail(draws)[k] == pytest.approx(tail, rel=1e-8)


def test_divergences_and_stuck_chains_fail():
    rng = np.random.default_rng(2)
    draws = rng.normal(size=(4, 1000))
    assert convergence({"a": draws}, 0).passed
    assert not convergence({"a": draws}, 5).passed
    stuck = draws + np.array([0, 0, 0, 1.0])[:, None]
    report = convergence({"a": draws, "b": stuck}, 0)
    assert not report.passed
    assert report.worst == "b"
    assert "R-hat" in str(report)


def test_predictive_checks(fit, studies):
    before = prior_predictive(studies, Priors())
    assert before.outcome[0] < 0.01
    assert before.outcome[1] > 0.99
    narrow, wide = before.ratio, before.ratio_non_randomised
    assert narrow[1] / narrow[0] < 1.2 * wide[1] / wide[0]
    after = posterior_predictive(fit)
    assert len(after.arms) == len(studies.y)
    assert after.p > 0.02
    assert len(after.outside) <= 1
    # An arm that contradicts its fellows is caught.
    from dataclasses import replace

    y = studies.y.copy()
    y[0] = 60
    strange = posterior_predictive(replace(fit, studies=replace(studies, y=y)))
    assert strange.p < after.p
    assert strange.arms[0].p < 0.01


def test_arviz_export_names_treatments(fit):
    data = to_arviz(fit)
    assert list(data.posterior.alpha.coords["treatment"].values) == ["A", "B", "C", "D"]
    assert data.posterior.alpha.shape == (4, 500, 4)
    assert data.posterior_predictive.y.shape == (4, 500, 13)


def test_a_target_outside_the_studies_is_flagged(fit):
    """Ranges by hand: 10 to 80 over all studies, 80 alone for D, none reported for E."""
    from dataclasses import replace

    from hilum.synthesis.joint.posterior import Target, extrapolation

    x = np.full((fit.studies.count, 1), np.nan)
    for name, value in (("t1", 20.0), ("t2", 60.0), ("s1", 80.0), ("s3", 10.0)):
        x[fit.studies.studies.index(name)] = value
    known = replace(fit, studies=replace(fit.studies, covariates=("pct",), x=x))

    def flags(value, treatment):
        target = Target(values=(("pct", value),))
        found = extrapolation(known, target, known.treatments.index(treatment))
        return [one.flag for one in found]

    # A quarter of the standard deviation (29) beyond the range is not yet outside.
    assert flags(50.0, "C") == []
    assert flags(85.0, "D") == []
    assert flags(100.0, "A") == ["outside_all"]
    assert flags(50.0, "D") == ["outside_treatment"]
    x[:] = np.where(np.arange(len(x))[:, None] < 2, x, np.nan)
    assert flags(50.0, "D") == ["not_reported"]
