"""The batched log-rank statistic against R's survdiff and lifelines on the same data."""

import numpy as np
import pytest

from hilum.trials.simulation import log_hazard_ratio, log_rank, risk_table
from tests.synthesis.reference import FILES

SEED = 20240601


def _table(time, event, arm):
    return risk_table(
        np.atleast_2d(np.asarray(time, float)),
        np.atleast_2d(np.asarray(event, bool)),
        np.asarray(arm),
    )


def _chisq(time, event, arm):
    u, v = log_rank(_table(time, event, arm))
    return float(u[0] ** 2 / v[0])


@pytest.mark.parametrize("name", ["survival_lung", "survival_ovarian"])
def test_equals_survdiff_with_its_ties(name):
    # R 4.2.2, survival 3.5-3: survdiff(Surv(time, status) ~ group)$chisq; ties within and
    # between arms (the colon data have three). Exact arithmetic on both sides.
    data = FILES[name]
    groups = sorted(set(data["input"]["group"]))
    time, event, arm = (
        np.array(data["input"]["time"], float),
        np.array(data["input"]["status"]) == 1,
        np.array([groups.index(g) for g in data["input"]["group"]]),
    )
    assert len(groups) == 2
    assert _chisq(time, event, arm) == pytest.approx(data["logrank"]["chisq"], rel=1e-10)


@pytest.mark.parametrize("ties", [False, True])
def test_a_batch_equals_lifelines_trial_by_trial(ties):
    from lifelines.statistics import logrank_test

    rng = np.random.default_rng(SEED)
    time = rng.exponential(10, (20, 61))
    time = np.ceil(time) if ties else time
    event = rng.random((20, 61)) < 0.7
    arm = (rng.random(61) < 0.4).astype(int)
    u, v = log_rank(risk_table(time, event, arm))
    for i in range(20):
        own = arm == 1
        peer = logrank_test(time[i][own], time[i][~own], event[i][own], event[i][~own])
        assert u[i] ** 2 / v[i] == pytest.approx(peer.test_statistic, rel=1e-10)


def test_order_of_patients_does_not_matter_and_those_to_come_are_not_at_risk():
    rng = np.random.default_rng(SEED)
    time, event, arm = rng.exponential(10, 40), rng.random(40) < 0.6, np.arange(40) % 2
    alone = _chisq(time, event, arm)
    order = rng.permutation(46)
    more = np.concatenate([time, -rng.random(6)])[order]
    later = np.concatenate([event, np.zeros(6, bool)])[order]
    both = np.concatenate([arm, [1, 1, 1, 0, 0, 1]])[order]
    assert _chisq(more, later, both) == pytest.approx(alone, rel=1e-12)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_log_hazard_ratio_equals_coxph():
    # lifelines' own Newton stops at 1e-7 of the coefficient.
    import pandas as pd
    from lifelines import CoxPHFitter

    rng = np.random.default_rng(SEED)
    time = rng.exponential(10, (6, 80)) * np.where(np.arange(80) % 2, 1.6, 1.0)
    event = rng.random((6, 80)) < 0.7
    found = log_hazard_ratio(risk_table(time, event, np.arange(80) % 2))
    same = np.zeros((6, 80), bool)
    same[:, :50] = True
    driven = log_hazard_ratio(risk_table(time, same, np.arange(80) % 2))
    for i in range(6):
        for events, ours in ((event[i], found[i]), (same[i], driven[i])):
            frame = pd.DataFrame({"t": time[i], "e": events, "arm": np.arange(80) % 2})
            peer = CoxPHFitter().fit(frame, "t", "e")
            assert ours == pytest.approx(float(peer.params_["arm"]), abs=1e-6)


def test_without_events_in_an_arm_there_is_no_estimate():
    table = _table([1, 2, 3, 4], [1, 1, 0, 0], [0, 0, 1, 1])
    assert np.isnan(log_hazard_ratio(table)[0])
    u, v = log_rank(_table([1, 2, 3, 4], [0, 0, 0, 0], [0, 1, 0, 1]))
    assert (u[0], v[0]) == (0.0, 0.0)
