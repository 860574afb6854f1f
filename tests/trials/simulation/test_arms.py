"""Multi-arm multi-stage survival trials against the design's quadrature; seeds explicit."""

import math
from dataclasses import replace

import numpy as np
import pytest

from hilum.errors import InputError
from hilum.trials.sequential.survival_arms import survival_arms
from hilum.trials.simulation.arms import _blocks, arms_characteristics, simulate_arms
from hilum.trials.simulation.arms_trial import ArmsTrial
from hilum.trials.simulation.scenario import cells, trial_from

SEED = 20240609
MEDIANS = 14.0, 40.0
# Where death is as likely before as after progression, log hazard ratios on both outcomes at one
# time correlate by the ratio of the hazards times the root of that of the events: every death
# without progression is an event of both, and nothing else is.
CARRY = MEDIANS[0] / MEDIANS[1]


def design(**changes):
    given = {"ratio": 2, "intermediate_median": MEDIANS[0], "correlation": CARRY / 1.1}
    return survival_arms(2, 0.7, MEDIANS[1], 15, **given | changes)


def scenario(made, ratios, intermediate=None, **changes):
    values = {
        "patients": math.ceil(1.25 * made.largest[0]),
        "accrual_rate": 15,
        "allocation": [2, 1, 1],
        "control_medians": list(MEDIANS),
        "hazard_ratios": list(ratios),
        "intermediate_ratios": list(intermediate or ratios),
        "events": [one.control_events for one in made.stages],
        "levels": [one.alpha for one in made.stages],
    }
    return trial_from("arms", values | changes)


def by_ratio(made, ratios, intermediate=None, **changes):
    critical = [one.critical_ratio for one in made.stages]
    made = scenario(made, ratios, intermediate, **changes)
    return replace(made, levels=(), critical_ratios=tuple(critical))


@pytest.fixture(scope="module")
def made():
    return design()


def near(moments, expected, extra):
    assert moments.mean == pytest.approx(expected, abs=3.5 * moments.mcse + extra)


def test_without_an_effect_errors_and_duration_are_the_designs(made):
    found = arms_characteristics(scenario(made, (1.0, 1.0)), 1500, SEED)
    near(found["success_arm_1"], made.null.pairwise, 0.002)
    near(found["family_wise_error"], made.null.any_arm, 0.002)
    # The statistic is a little skewed at some forty events of an arm.
    near(found["passed_1_arm_1"], 0.5, 0.01)
    near(found["months"], made.null.months, 1.0)
    near(found["patients"], made.null.patients, 15.0)
    assert "power" not in found


def test_with_the_effect_power_is_the_designs(made):
    found = arms_characteristics(scenario(made, (0.7, 0.7)), 800, SEED)
    # The first stages pass up to a point and a half more often than their normal law says.
    near(found["success_arm_1"], made.alternative.pairwise, 0.015)
    near(found["power"], made.alternative.any_arm, 0.008)
    near(found["all_power"], made.alternative.all_arms, 0.02)
    near(found["months"], made.alternative.months, 1.0)


def test_critical_ratios_are_more_liberal_than_their_levels(made):
    # Cox's estimate at a fixed number of control events is skewed: 0.031 and not 0.025 in 6,000
    # trials of such a design, where the log-rank test has 0.0245.
    given = (1.0, 1.0), (0.5, 0.5)
    liberal = arms_characteristics(by_ratio(made, *given), 800, SEED)["any_success"]
    exact = arms_characteristics(scenario(made, *given), 800, SEED)["any_success"]
    assert liberal.mean > exact.mean
    near(liberal, made.largest_error, 0.02)


def test_the_largest_error_comes_with_an_effect_on_progression_alone(made):
    found = arms_characteristics(scenario(made, (1.0, 1.0), (0.5, 0.5)), 1200, SEED)
    near(found["family_wise_error"], made.largest_error, 0.003)
    assert found["passed_2_arm_1"].mean > 0.99
    assert found["bias_log_hazard_ratio_arm_1"].mean == pytest.approx(0, abs=0.02)


def test_one_outcome_throughout():
    made = design(intermediate_median=None)
    found = arms_characteristics(scenario(made, (1.0, 1.0), interim="death"), 1500, SEED)
    near(found["success_arm_2"], made.null.pairwise, 0.002)
    near(found["family_wise_error"], made.null.any_arm, 0.002)


def test_blocks_without_the_dropped():
    rows, sizes = _blocks((2, 1, 1))
    assert sizes.tolist() == [2, 3, 3, 4]
    for left, size in enumerate(sizes):
        counts = np.bincount(rows[left, :size], minlength=3).tolist()
        assert counts == [2, left & 1, left >> 1]


def test_a_dropped_arm_recruits_no_more_and_the_others_faster(made):
    trial = scenario(made, (1.0, 1.0))
    out = simulate_arms(trial, 60, SEED)
    first = out.passed[:, 0] == 0
    assert first.any()
    assert not first.all()
    assert out.patients[first, 1].max() < out.patients[~first & (out.look > 0), 1].min() + 60
    total = np.minimum(np.floor(out.months * 15 + 1e-9), trial.patients)
    assert out.patients.sum(axis=1) == pytest.approx(total)
    assert (out.look[(out.passed == 0).all(axis=1)] == 0).all()
    again = simulate_arms(trial, 60, SEED)
    assert np.array_equal(again.patients, out.patients)


def test_illness_and_death_without_closed_forms():
    # Death after progression three times as likely: survival has no single true ratio.
    given = {
        "patients": 200, "accrual_rate": 10, "allocation": [1, 1, 1], "progression_hazard": 0.04,
        "death_hazard": 0.01, "death_after_hazard": 0.03, "progression_ratios": [0.6, 1.0],
        "death_ratios": [1.0, 1.0], "events": [30, 40], "critical_ratios": [1.0, 0.7],
        "dropout_hazard": 0.004, "lag_months": 2.0,
    }  # fmt: skip
    trial = trial_from("arms", given)
    assert trial.null_arms == (False, True)
    assert trial.true_ratios == (None, 1.0)
    found = arms_characteristics(trial, 200, SEED)
    assert "bias_log_hazard_ratio_arm_1" not in found
    assert found["log_hazard_ratio_arm_1"].mean < 0
    soon = simulate_arms(trial_from("arms", given | {"lag_months": 0.0}), 50, SEED)
    late = simulate_arms(trial, 50, SEED)
    same = (soon.look == 0) & (late.look == 0)
    assert late.months[same] == pytest.approx(soon.months[same] + 2)


def test_events_that_do_not_come():
    base = {"patients": 90, "accrual_rate": 10, "allocation": [1, 1, 1], "progression_hazard": 0.04,
            "death_hazard": 0.01, "progression_ratios": [1, 1], "death_ratios": [1, 1],
            "events": [20, 80], "critical_ratios": [float("inf"), 0.7]}  # fmt: skip
    found = arms_characteristics(trial_from("arms", base), 20, SEED)
    assert found["short_of_events"].mean == 1
    capped = arms_characteristics(trial_from("arms", base | {"maximum_months": 40.0}), 20, SEED)
    assert capped["months"].mean == 40


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"allocation": [2]}, "allocation"),
        ({"events": [50, 40, 300]}, "events"),
        ({"events": [5000, 6000, 7000]}, "at most the"),
        ({"critical_ratios": [1.0, 0.9, 0.8]}, "either critical_ratios or levels"),
        ({"critical_ratios": [1.0], "levels": []}, "3 values, one a stage"),
        ({"critical_ratios": [1.0, 0.9, -1], "levels": []}, "critical_ratios: '-1'"),
        ({"levels": [0.5, 0.25, 0.0]}, "levels: '0'"),
        ({"levels": []}, "either critical_ratios or levels"),
        ({"hazard_ratios": [0.7]}, "hazard_ratios"),
        ({"hazard_ratios": "many"}, "hazard_ratios"),
        ({"control_medians": [40, 14]}, "control_medians"),
        ({"intermediate_ratios": [0.1, 0.7]}, "intermediate_ratios"),
        ({"death_hazard": 0.1}, "death_hazard"),
        ({"interim": "response"}, "interim"),
        ({"accrual_rate": 0}, "accrual_rates"),
        ({"patients": 2}, "patients"),
        ({"lag_months": -1}, "lag_months"),
    ],
)
def test_impossible_scenarios(made, changes, word):
    with pytest.raises(InputError, match=word):
        scenario(made, (0.7, 0.7), **changes)


def test_cells_are_named_by_content(made):
    base = {"patients": 90, "accrual_rate": 10, "allocation": [1, 1, 1],
            "control_medians": [10, 30], "events": [20, 25],
            "critical_ratios": [1.0, 0.7]}  # fmt: skip
    one, two = cells("arms", base, {"hazard_ratios": [[0.7, 1.0], [1.0, 1.0]]})
    assert one.kind == "arms"
    assert one.key != two.key
    assert isinstance(one.trial, ArmsTrial)
