"""A new setting: each treatment as ``absolute`` predicts it, all of them side by side."""

import numpy as np
import pytest

from hilum.errors import NotEstimable
from hilum.synthesis.joint.posterior import Target, absolute, natural
from hilum.synthesis.joint.setting import new_setting
from tests.made_fit import made_fit
from tests.synthesis.joint.conftest import rows

DRAWS = 40_000


@pytest.fixture(scope="module")
def fit():
    return made_fit(rows())


@pytest.fixture(scope="module")
def setting(fit):
    return new_setting(fit, DRAWS, np.random.default_rng(5))


def test_each_treatment_alone_is_what_absolute_predicts(fit, setting):
    chances = natural(fit, setting.eta)
    for place, one in enumerate(absolute(fit)):
        low, high = np.percentile(chances[:, place], [2.5, 97.5])
        # 1,000 posterior rows: an end of the interval is known within a point or two.
        assert (low, high) == pytest.approx(one.prediction, abs=0.025)


def test_together_they_share_a_baseline_and_differ_by_tau(fit, setting):
    sigma2, tau2 = (float((fit.flat(name) ** 2).mean()) for name in ("sigma", "tau"))
    beyond = setting.eta - setting.level
    # Variance sigma^2 + tau^2 / 2 of each, covariance sigma^2, contrasts tau^2 (docs/joint.md);
    # 40,000 draws of a normal mixture know a variance within some per cent.
    assert beyond.var(axis=0) == pytest.approx(sigma2 + tau2 / 2, rel=0.05)
    covariance = np.cov(beyond.T)[np.triu_indices(len(fit.treatments), 1)]
    assert covariance == pytest.approx(sigma2, rel=0.06)
    assert (beyond[:, 1] - beyond[:, 0]).var() == pytest.approx(tau2, rel=0.06)


def test_rows_follow_the_chains_and_every_draw_counts_alike(fit, setting):
    held = len(fit.flat("sigma"))
    assert (np.diff(setting.rows) >= 0).all()
    assert set(np.bincount(setting.rows, minlength=held)) == {DRAWS // held}
    few = new_setting(fit, 100, np.random.default_rng(5))
    assert len(set(few.rows.tolist())) == 100


def test_no_bias_enters_the_target(fit):
    # The level is alpha itself, whatever the biases of designs are held to be.
    found = new_setting(fit, len(fit.flat("alpha")), np.random.default_rng(5))
    assert (found.level == fit.flat("alpha")).all()


def test_a_known_outcome_leaves_no_new_baseline(fit):
    with pytest.raises(NotEstimable, match="anchor"):
        new_setting(fit, 100, np.random.default_rng(5), Target(anchor=("A", 0.2)))
