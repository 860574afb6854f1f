"""Estimates after re-estimation: median and coverage in played trials, limits at the bound."""

import json

import numpy as np
import pytest
from scipy import stats

from hilum.analyses import analysis
from hilum.analyses.designs import DESIGNS
from hilum.analyses.forms import to_json
from hilum.errors import InputError
from hilum.trials.sequential.after_growth import after_growth
from hilum.trials.sequential.design import group_sequential
from hilum.trials.sequential.promising import promising_zone


@pytest.mark.parametrize("drift", [0.0, 0.2])
def test_median_and_interval_hold_whatever_the_second_stage_became(drift):
    plain = group_sequential([0.5, 1], power=0.8, kind="asUser", user_alpha_spent=(0, 0.025))
    plan = promising_zone(plain, 200, 600)
    rng, trials = np.random.default_rng(8), 40_000
    z1 = rng.normal(drift * 10, 1, trials)
    n2 = plan.second_stage(z1)
    z2 = rng.normal(drift * np.sqrt(n2), 1)
    found = [after_growth(a, b, 100, n, 0.5) for a, b, n in zip(z1[:4000], z2, n2, strict=False)]
    below = np.mean([one.median_unbiased <= drift for one in found])
    inside = np.mean([one.interval[0] <= drift <= one.interval[1] for one in found])
    assert below == pytest.approx(0.5, abs=0.028)
    assert inside == pytest.approx(0.95, abs=0.012)


def test_without_growth_it_is_the_plain_estimate():
    one = after_growth(1.2, 0.7, 80, 120, 0.4)
    assert one.median_unbiased == pytest.approx(one.naive, rel=1e-12)
    far = stats.norm.isf(0.025) / 200**0.5
    assert one.interval == pytest.approx((one.naive - far, one.naive + far))
    with pytest.raises(InputError):
        after_growth(1.0, 1.0, 0, 10, 0.5)


def protocol(**asked):
    made = DESIGNS["reestimate"].run(DESIGNS["reestimate"].Asked(**asked))
    record = analysis("protocol")
    from hilum.analyses.protocol import DesignText

    return made, record.run(record.Asked(file=DesignText("d.json", to_json(made))))


def test_the_protocol_says_what_is_reported_at_the_bound():
    made, found = protocol(p1=0.4, p2=0.2)
    assert found.at_bounds
    for one in found.at_bounds:
        # A combined z at its bound: the lower limit is no effect.
        assert one.interval[0] == pytest.approx(0.0, abs=1e-9)
        grown = one.size > min(x.size for x in made.interim)
        assert (abs(one.adjusted - one.naive) > 1e-6) == grown
    said = {one.code for one in found.statements}
    assert {"growing", "growing_early"} & said == {"growing"}
    assert "estimate_after" not in {one.code for one in found.blanks}
    assert json.loads(to_json(found))
    margin = protocol(hazard_ratio=1.0, control_median=20, accrual=30, follow_up=18, margin=1.3)[1]
    assert all(one.interval[1] == pytest.approx(1.3) for one in margin.at_bounds)
    early = protocol(p1=0.4, p2=0.2, kind="asOF")[1]
    assert not early.at_bounds
    assert "estimate_after" in {one.code for one in early.blanks}
    assert {"growing", "growing_early"} & {one.code for one in early.statements} == {
        "growing_early"
    }
