"""Event rates: the formula's own parts, a simulation of the test, and its inverse."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hilum.analyses import analysis
from hilum.errors import InputError, NotEstimable
from hilum.trials.fixed.counts import counts
from hilum.trials.fixed.sizes import whole


def test_poisson_counts_need_the_events_of_their_formula():
    """Without dispersion 1 / events of each group add up to the variance of the log ratio."""
    found = counts(0.6, 0.2, 6.0, alpha=0.025, power=0.9, ratio=2.0)
    events = found.n1 * 0.12 * 6, found.n2 * 0.2 * 6
    wanted = (np.log(0.6) / (stats.norm.ppf(0.975) + stats.norm.ppf(0.9))) ** 2
    assert 1 / events[0] + 1 / events[1] == pytest.approx(wanted, rel=1e-9)
    assert found.n1 == pytest.approx(2 * found.n2)


@pytest.mark.parametrize("ratio", [0.65, 1.0])
def test_level_and_power_by_simulation(ratio):
    """Gamma-mixed Poisson counts; Wald test with dispersion from moments of both groups."""
    size = counts(0.65, 0.1, 12.0, dispersion=0.8)
    n1, n2 = whole(size.n1), whole(size.n2)
    rng, trials = np.random.default_rng(7), 8_000

    def drawn(mean: float, n: int) -> np.ndarray:
        return rng.poisson(rng.gamma(1 / 0.8, 0.8 * mean, (trials, n)))

    groups = drawn(1.2 * ratio, n1), drawn(1.2, n2)
    means = [one.mean(axis=1) for one in groups]
    spare = sum(
        one.shape[1] * (one.var(axis=1, ddof=1) - mean)
        for one, mean in zip(groups, means, strict=True)
    )
    k = np.maximum(spare / sum(one.shape[1] * mean**2 for one, mean in
                               zip(groups, means, strict=True)), 0)  # fmt: skip
    error = sum((1 / mean + k) / one.shape[1] for one, mean in zip(groups, means, strict=True))
    share = float((np.log(means[0] / means[1]) / error**0.5 <= -size.critical).mean())
    expected = size.actual_power if ratio < 1 else 0.025
    # Large samples: a point and a half of power, half a point of level.
    near = 0.015 if ratio < 1 else 0.005
    assert share == pytest.approx(expected, abs=near + 3.5 * (share * (1 - share) / trials) ** 0.5)


def test_designs_of_counts():
    record = analysis("design-counts")

    def made(**more: object):
        return record.run(record.Asked(control_rate=0.1, exposure=12.0, dispersion=0.8, **more))

    one, staged = made(rate_ratio=0.7), made(rate_ratio=0.7, stages=3, kind="P")
    assert staged.patients > one.patients
    assert staged.expected_n1 < one.patients
    # At the bound the ratio is as many standard errors from 1 as the bound says.
    look, last = staged.looks[0], staged.looks[-1]
    share = np.log(look.efficacy_effect) / np.log(last.efficacy_effect)
    assert share == pytest.approx(3**0.5 * look.efficacy_z / last.efficacy_z, rel=1e-9)
    kept = made(rate_ratio=1.0, margin=1.4)
    assert kept.hypothesis == "noninferiority"
    assert kept.operating[0].effect == 1.4
    up = made(rate_ratio=1 / 0.7, better="higher")
    assert up.better == "higher"
    for wrong in ({"rate_ratio": 1.4}, {"rate_ratio": 1.0, "margin": 0.8},
                  {"rate_ratio": 0.7, "better": "higher"}):  # fmt: skip
        with pytest.raises(InputError):
            made(**wrong)


def test_the_sheet_of_several_analyses_has_one_size_and_says_few_events():
    """Steps, header and table give the same patients; a group under ten events is no normal law."""
    record = analysis("design-counts")

    def made(**more: float):
        return record.run(record.Asked(**more))

    asked = {"rate_ratio": 0.7, "control_rate": 0.1, "exposure": 12.0, "dispersion": 0.8}
    staged = made(**asked, stages=2)
    facts = {one.code: one.facts for one in staged.steps}
    assert facts["inflation_patients"]["n"] == staged.patients == 450
    assert staged.expected_n1 == staged.operating[-1].expected_n
    # 225 patients of each group for 12 months.
    assert facts["count_events"]["events2"] == pytest.approx(270)
    assert facts["count_events"]["events1"] == pytest.approx(189)
    assert "count_few" not in facts
    rare = made(rate_ratio=0.01, control_rate=0.0001, exposure=12.0)
    assert "count_few" in {one.code for one in rare.steps}
    # Poisson counts have no dispersion that could be estimated again.
    poisson = {one.code for one in made(**asked | {"dispersion": 0.0}, stages=2).steps}
    assert "count_information_poisson" in poisson
    assert "count_information" not in poisson


def test_more_patients_than_any_trial_is_refused():
    with pytest.raises(NotEstimable):
        counts(0.999, 0.1, 12.0, dispersion=1000.0)


def test_the_background_is_not_covered_where_nothing_published_is_shown():
    record = analysis("design-counts")
    made = record.run(record.Asked(rate_ratio=0.7, control_rate=0.1, exposure=12.0))
    assert made.why is None
    assert "rationale" not in {one.topic for one in made.spirit}
