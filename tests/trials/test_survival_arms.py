"""Multi-arm multi-stage trials with times to events, against published and other computations."""

import math

import numpy as np
import pytest
from scipy import special, stats

from hilum.errors import InputError, NotEstimable
from hilum.trials.fixed.course import Course, Hazard, event_probability
from hilum.trials.fixed.survival import required_events
from hilum.trials.sequential.arm_calendar import ArmCalendar
from hilum.trials.sequential.arm_paths import ArmPath, passing, passing_given_control, together
from hilum.trials.sequential.multi_arm import dunnett_critical, family_wise_error
from hilum.trials.sequential.recursion import crossing
from hilum.trials.sequential.survival_arms import survival_arms

ALPHAS = (0.5, 0.25, 0.1, 0.025)


def path_of(events, alphas, share, carry=1.0):
    """Under no effect: an arm has ``share`` times the control's events."""
    pairs = zip(alphas, events, strict=True)
    bounds = [special.ndtri(a) * ((1 + 1 / share) / e) ** 0.5 for a, e in pairs]
    own = tuple(share * e for e in events)
    return ArmPath(tuple(events), own, tuple(bounds), (0.0,) * len(events), carry)


def covariance(path, arms=1):
    """Of the log hazard ratios of all arms and stages, from events alone."""
    j = len(path.control)
    out = np.zeros((arms * j, arms * j))
    for a in range(arms * j):
        for b in range(arms * j):
            (k, s), (m, t) = divmod(a, j), divmod(b, j)
            tie = path.carry if (s == j - 1) != (t == j - 1) else 1.0
            later = max(s, t)
            out[a, b] = tie / path.control[later] + (k == m) * tie / path.arm[later]
    return out


def test_stampede():
    # Sydes et al. 2009 (Trials 10:39), table 2: 114, 215, 334 control events and critical hazard
    # ratios 1.00, 0.92, 0.89. Levels, powers, medians (8 and 16 quarters), allocation 2:1 and 87
    # patients a quarter as in the example of nstage's help (Stata, ssc/nstage). nstage rounds the
    # treatment's events up, this does not: within 1 %.
    found = survival_arms(
        5, 0.75, 48, 29, alphas=ALPHAS, powers=(0.95, 0.95, 0.95, 0.9), intermediate_median=24,
        ratio=2,
    ).stages  # fmt: skip
    for stage, events, ratio in zip(found, (114, 215, 334), (1.0, 0.92, 0.89), strict=False):
        assert stage.control_events == pytest.approx(events, rel=0.01)
        assert round(stage.critical_ratio, 2) == ratio
        exact = math.exp(special.ndtri(stage.alpha) * math.sqrt(3 / events))
        assert round(exact, 2) == ratio


def test_one_stage_is_schoenfeld_where_the_effect_is_small():
    # Apart by the order of 1 - HR: the critical ratio counts on equal events in both groups.
    one = survival_arms(1, 0.99, 12, 50_000, alphas=(0.025,), powers=(0.9,)).stages[0]
    total = one.control_events + one.arm_events
    assert total == pytest.approx(required_events(0.99, alpha=0.025, power=0.9), rel=0.003)
    assert one.power == pytest.approx(0.9, abs=1e-3)
    assert one.power >= 0.9


@pytest.mark.parametrize(("ratio", "lost"), [(1.0, 0.0), (2.0, 0.01)])
def test_events_come_as_in_the_fixed_design(ratio, lost):
    # One treatment, recruitment until month 30: the integrals of hilum.trials.fixed.survival.
    calendar = ArmCalendar(20, ratio, 30.0, lost)
    course = Course(30, 15, 1 - math.exp(-12 * lost), 12)
    for month in (10.0, 30.0, 45.0):
        chance = event_probability(Hazard.from_median(14), course, month)
        events = calendar.control_events((0.0,), (1,), math.log(2) / 14, month)
        assert events == pytest.approx(600 * ratio / (1 + ratio) * chance, rel=1e-9)
    at = calendar.month_of((0.0,), (1,), math.log(2) / 14, 100)
    assert calendar.control_events((0.0,), (1,), math.log(2) / 14, at) == pytest.approx(100)


def test_one_arm_is_a_group_sequential_test_with_futility():
    # The recursion is checked against rpact in test_reference.
    events, effect = (60.0, 130.0, 240.0), math.log(0.75)
    path = path_of(events, (0.5, 0.25, 0.025), 0.5)
    path = ArmPath(path.control, path.arm, path.bounds, (effect,) * 3)
    info = np.array(path.information)
    low = -np.array(path.bounds) * np.sqrt(info)
    upper = [np.inf, np.inf, low[-1]]
    for truth in (0.0, effect):
        found = passing(ArmPath(path.control, path.arm, path.bounds, (truth,) * 3))
        want = crossing((info / info[-1]).tolist(), upper, low, -truth * info[-1] ** 0.5)
        assert found[-1] == pytest.approx(want.upper[-1], abs=1e-10)
        assert found[0] == pytest.approx(1 - want.lower[0], abs=1e-10)


@pytest.mark.parametrize("carry", [0.66, 1.0])
@pytest.mark.parametrize("stages", [2, 3, 5])
def test_passing_against_the_multivariate_normal(stages, carry):
    # SciPy's integration of Genz & Bretz, its error below 1e-5 at these settings.
    events = (60.0, 110.0, 150.0, 200.0, 260.0)[-stages:]
    path = path_of(events, (0.5, 0.25, 0.1, 0.05, 0.025)[-stages:], 0.5, carry)
    expected = stats.multivariate_normal.cdf(
        path.bounds, np.zeros(stages), covariance(path), maxpts=400_000, abseps=1e-7, releps=1e-7,
        rng=np.random.default_rng(1),
    )  # fmt: skip
    assert passing(path)[-1] == pytest.approx(expected, abs=2e-5)
    chances, mass = passing_given_control(path)
    assert mass @ chances == pytest.approx(passing(path), abs=1e-6)


def test_family_wise_error_against_the_other_integration():
    # Magirr, Jaki & Whitehead's integral (hilum.trials.sequential.multi_arm), no early efficacy.
    events = (80.0, 160.0, 260.0)
    z = [-special.ndtri(a) for a in (0.5, 0.25, 0.025)]
    for arms, ratio in ((1, 1.0), (3, 2.0), (5, 1.0)):
        found = together(path_of(events, (0.5, 0.25, 0.025), 1 / ratio), arms)
        rates = [e / events[-1] for e in events]
        expected = family_wise_error(arms, rates, [np.inf, np.inf, z[-1]], z, ratio)
        assert found.any_arm == pytest.approx(expected, abs=5e-7)
        assert sum(found.left.values()) == pytest.approx(1, abs=1e-9)


def test_stages_close_together_cost_points_and_not_accuracy():
    for events, carry in (((50.0, 54.0, 173.0), 0.66), ((60.0, 100.0, 104.0), 1.0)):
        path = path_of(events, (0.5, 0.4, 0.025), 0.8, carry)
        chances, mass = passing_given_control(path)
        assert mass @ chances == pytest.approx(passing(path), abs=1e-6)
    with pytest.raises(NotEstimable, match="nearly coincide"):
        together(path_of((50.0, 50.1, 173.0), (0.5, 0.4, 0.025), 0.8), 3)


def test_two_arms_against_the_multivariate_normal_with_two_outcomes():
    path = path_of((60.0, 130.0, 240.0), (0.5, 0.25, 0.025), 0.5, 0.66)
    both = stats.multivariate_normal.cdf(
        path.bounds * 2, np.zeros(6), covariance(path, 2), maxpts=2_000_000, abseps=1e-8,
        releps=1e-8, rng=np.random.default_rng(1),
    )  # fmt: skip
    found = together(path, 2)
    assert found.all_arms == pytest.approx(both, abs=1e-5)
    assert found.any_arm == pytest.approx(2 * passing(path)[-1] - both, abs=1e-5)


def test_the_largest_error_is_dunnetts():
    made = survival_arms(3, 0.7, 40, 12, intermediate_median=14, family_wise=0.025, ratio=1.5)
    assert made.largest_error == pytest.approx(0.025, abs=1e-7)
    level = special.ndtr(-dunnett_critical(3, 0.025, 1.5))
    assert made.stages[-1].alpha == pytest.approx(level, abs=1e-9)
    assert made.null.any_arm < 0.025
    # Whatever the effect on the intermediate outcome, without one on the other.
    assert made.at(1.0, 0.05).any_arm == pytest.approx(0.025, abs=1e-4)


def test_arms_that_leave_make_a_trial_shorter_and_smaller():
    made = survival_arms(3, 0.7, 40, 12, intermediate_median=14)
    assert made.null.months < made.alternative.months <= made.largest[1]
    assert made.null.patients == pytest.approx(12 * made.null.months)
    assert made.largest[0] == pytest.approx(made.stages[-1].patients)
    one = survival_arms(1, 0.7, 40, 12, intermediate_median=14)
    stages = one.stages
    stop = [1 - stages[0].passing0, stages[0].passing0 - stages[1].passing0, stages[1].passing0]
    expected = sum(p * stage.month for p, stage in zip(stop, stages, strict=True))
    assert one.null.months == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"arms": 0}, "arms"),
        ({"hazard_ratio": 1.0}, "hazard_ratio"),
        ({"accrual": -1}, "accrual"),
        ({"alphas": (0.25, 0.5, 0.025)}, "alphas"),
        ({"powers": (0.9,)}, "powers"),
        ({"intermediate_median": 50}, "intermediate_median"),
        ({"intermediate_ratio": 0.7, "intermediate_median": None}, "intermediate_ratio"),
        ({"correlation": 0.95}, "correlation"),
        ({"recruiting": (3, 2, 4)}, "recruiting"),
        ({"ratio": 0}, "ratio"),
        ({"family_wise": 0.9}, "family_wise"),
        ({"drop_out": 1.0}, "drop_out"),
    ],
)
def test_impossible_designs(changes, word):
    given = {"arms": 3, "hazard_ratio": 0.7, "control_median": 40, "accrual": 12,
             "intermediate_median": 14}  # fmt: skip
    with pytest.raises(InputError, match=word):
        survival_arms(**given | changes)


def test_designs_that_do_not_come_about():
    with pytest.raises(NotEstimable, match="recruitment ends at month 40, before stage 2"):
        survival_arms(3, 0.7, 40, 12, intermediate_median=14, stop_accrual=40)
    with pytest.raises(NotEstimable, match="never expected"):
        survival_arms(3, 0.7, 40, 12, intermediate_median=14, stop_accrual=50)
    with pytest.raises(NotEstimable, match="before stage 2 ends"):
        survival_arms(3, 0.5, 40, 12, intermediate_median=39.9, intermediate_ratio=0.8)


def test_a_good_event_passes_above_its_critical_ratio():
    """Hazard ratio 1.7: error and power of one stage in trials of single patients, log ratio."""
    alpha, power, rate, median, hazard_ratio = 0.05, 0.9, 12.0, 6.0, 1.7
    design = survival_arms(1, hazard_ratio, median, rate, alphas=[alpha], powers=[power])
    (stage,) = design.stages
    assert stage.critical_ratio > 1
    assert stage.arm_events > stage.control_events
    expected = special.ndtr(
        (math.log(hazard_ratio) - math.log(stage.critical_ratio))
        / (1 / stage.control_events + 1 / stage.arm_events) ** 0.5
    )
    assert stage.power == pytest.approx(expected)
    assert stage.power >= power
    fewer = stage.control_events - 1
    lost = special.ndtr(
        (math.log(hazard_ratio) - special.ndtri(1 - alpha) * (2 / fewer) ** 0.5)
        / (1 / fewer + 1 / (stage.arm_events * fewer / stage.control_events)) ** 0.5
    )
    assert lost < power + 0.002
    rng, trials, n = np.random.default_rng(7), 3000, math.ceil(rate * stage.month)
    for true, wanted in ((1.0, alpha), (hazard_ratio, power)):
        entry = np.sort(rng.random((2, trials, n)) * 2 * n / rate, axis=2)
        event = entry + rng.standard_exponential((2, trials, n)) * np.array(
            [median / math.log(2), median / math.log(2) / true])[:, None, None]  # fmt: skip
        # At the control event that makes the stage due: events a month at risk in either group.
        when = np.sort(event[0], axis=1)[:, stage.control_events - 1, None]
        counts = (event <= when).sum(axis=2)
        time = np.clip(np.minimum(event, when) - entry, 0, None).sum(axis=2)
        passed = (counts[1] / time[1]) / (counts[0] / time[0]) >= stage.critical_ratio
        # Three Monte-Carlo errors, and what few events cost the normal law of the log ratio.
        error = 3 * (wanted * (1 - wanted) / trials) ** 0.5
        assert passed.mean() == pytest.approx(wanted, abs=error + 0.015)
    assert design.null.pairwise == pytest.approx(alpha, abs=0.01)
    with pytest.raises(InputError):
        survival_arms(1, 1.0, median, rate, alphas=[alpha], powers=[power])
    with pytest.raises(InputError):
        survival_arms(1, 1.5, 9.0, rate, alphas=(0.3, 0.05), powers=(0.9, 0.9),
                      intermediate_ratio=0.8, intermediate_median=4.0)  # fmt: skip
