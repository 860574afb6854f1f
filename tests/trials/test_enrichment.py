"""Enrichment: the closed test by hand, p values by quadrature, rules on their edges, error kept."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from hilum.analyses import analysis
from hilum.errors import InputError
from hilum.trials.fixed.course import Course
from hilum.trials.sequential.after_enrichment import StageResult, after_enrichment, combined
from hilum.trials.sequential.enrichment import Rule, Seen, conditional_power, enrichment
from hilum.trials.sequential.interim_rule import NONE
from hilum.trials.sequential.subgroup_closed import SubgroupClosed, correlated_p, declared
from hilum.trials.simulation.enriched import Scores, play
from hilum.trials.simulation.enriched_model import Model, drawn, play_normal
from hilum.trials.simulation.enriched_rates import (
    Patients,
    RatePlayer,
    RateTruth,
    of_tables,
    patients_of,
)
from hilum.trials.simulation.enriched_sizes import Known, Times, characteristics
from hilum.trials.simulation.enriched_survival import (
    TimePlayer,
    TimeTruth,
    Windows,
    chance_of,
)
from tests.faults import told

TESTS = ("spiessens-debois", "simes", "sidak", "bonferroni")


@pytest.mark.parametrize("prevalence", [1e-6, 0.25, 0.5, 0.9, 1 - 1e-9])
def test_the_larger_of_two_is_the_bivariate_normal(prevalence):
    """``1 - P(both below z)`` by SciPy's multivariate normal and by one conditional integral."""
    r = prevalence**0.5
    for z in (-2.0, -0.4, 0.0, 1.7, 2.24):
        found = float(correlated_p(np.array(z), np.array(r)))

        def inside(x, z=z):
            return stats.norm.pdf(x) * stats.norm.cdf((z - r * x) / (1 - r * r) ** 0.5)

        if prevalence < 0.99:
            expected, _ = integrate.quad(inside, -12, z, epsabs=1e-13)
            assert found == pytest.approx(1 - expected, abs=1e-11)
        cdf = stats.multivariate_normal.cdf([z, z], [0, 0], [[1, r], [r, 1]], allow_singular=True)
        assert found == pytest.approx(1 - cdf, abs=1e-6 if prevalence < 0.99 else 1e-4)


def test_far_out_the_p_value_stays_one():
    """It lies between that of one test and Bonferroni's, with no difference of near numbers."""
    far = float(correlated_p(np.array(30.0), np.array(0.6)))
    assert stats.norm.sf(30.0) < far <= 2 * stats.norm.sf(30.0) * (1 + 1e-9)
    assert float(correlated_p(np.array(1.7), np.array(1.0))) == pytest.approx(stats.norm.sf(1.7))
    none = float(correlated_p(np.array(1.7), np.array(0.0)))
    assert none == pytest.approx(1 - stats.norm.cdf(1.7) ** 2)


def by_hand(z, r, going, closed):
    """One trial: F, S and the intersection spelled out, stage by stage."""

    def p_both(pair, tie):
        low, high = sorted(stats.norm.sf(pair))
        return {
            "simes": min(2 * low, high),
            "bonferroni": min(1.0, 2 * low),
            "sidak": 1 - (1 - low) ** 2,
            "spiessens-debois": 1 - stats.multivariate_normal.cdf(
                [max(pair)] * 2, [0, 0], [[1, tie], [tie, 1]]),
        }[closed.test]  # fmt: skip

    totals = {"F": 0.0, "S": 0.0, "FS": 0.0}
    for k in range(len(z)):
        w = closed.shares[k] ** 0.5
        own = {"F": z[k][0] if going[k][0] else -np.inf, "S": z[k][1] if going[k][1] else -np.inf}
        totals["F"] += w * own["F"]
        totals["S"] += w * own["S"]
        if all(going[k]):
            totals["FS"] += w * stats.norm.isf(p_both(z[k], r[k]))
        else:
            totals["FS"] += w * max(own.values())
    beyond = {name: total >= closed.efficacy[-1] for name, total in totals.items()}
    return [beyond["F"] and beyond["FS"], beyond["S"] and beyond["FS"]]


@pytest.mark.parametrize("test", TESTS)
def test_the_closed_test_is_every_intersection(test):
    rng = np.random.default_rng(4)
    z = rng.normal(1.3, 1, (40, 2, 2))
    r = rng.uniform(0.3, 0.9, (40, 2))
    first, second = np.ones((40, 2), bool), rng.random((40, 2)) < 0.6
    closed = SubgroupClosed((0.4, 0.6), (np.inf, 1.96), test)
    scores = [
        closed.scores(z[:, 0], r[:, 0], first), closed.scores(z[:, 1], r[:, 1], second),
    ]  # fmt: skip
    found = declared(closed.crossed(scores))
    assert 5 < found.sum() < 60
    for i in range(40):
        assert found[i].tolist() == by_hand(z[i], r[i], [first[i], second[i]], closed)


@pytest.mark.parametrize(
    ("z", "going", "expected"),
    [
        # Both z at 1.9 and 1.97: p of the intersection by Simes is the larger, 0.0287.
        ((1.9, 1.97), (True, True), (False, False)),
        ((1.97, 1.97), (True, True), (True, True)),
        ((1.0, 2.3), (True, True), (False, True)),
        # 2.24 is Bonferroni's bound: just below it the intersection stands.
        ((1.0, 2.23), (True, True), (False, False)),
        # Alone in the stage the subgroup needs no more than its own bound.
        ((9.0, 1.97), (False, True), (False, True)),
        ((1.97, 9.0), (True, False), (True, False)),
        ((9.0, 9.0), (False, False), (False, False)),
    ],
)
def test_one_stage_decided_by_hand(z, going, expected):
    closed = SubgroupClosed((1.0,), (1.959964,), "simes")
    scores = closed.scores(np.array([z]), np.array([0.5]), np.array([going]))
    assert tuple(declared(closed.crossed([scores]))[0].tolist()) == expected


def seen(effect, z=(1.0, 1.0), share=0.4, done=0.5):
    return Seen(np.array([effect]), np.array([z]), np.array([share]), done, 1.959964)


@pytest.mark.parametrize(
    ("rule", "effect", "z", "expected"),
    [
        (Rule("epsilon", epsilon=0.125), (0.25, 0.375), (1, 1), (True, True)),
        (Rule("epsilon", epsilon=0.125), (0.25, 0.376), (1, 1), (False, True)),
        (Rule("epsilon", epsilon=0.125), (0.375, 0.25), (1, 1), (True, True)),
        (Rule("epsilon", epsilon=0.125), (0.376, 0.25), (1, 1), (True, False)),
        (Rule("threshold", thresholds=(0.1, 0.2)), (0.1, 0.2), (1, 1), (True, True)),
        (Rule("threshold", thresholds=(0.1, 0.2)), (0.099, 0.2), (1, 1), (False, True)),
        (Rule("threshold", thresholds=(0.1, 0.2)), (0.1, 0.199), (1, 1), (True, False)),
        (Rule("threshold", thresholds=(0.1, 0.2)), (0.0, 0.1), (1, 1), (False, False)),
        (Rule("best"), (0, 0), (1.5, 1.5), (True, False)),
        (Rule("best"), (0, 0), (1.5, 1.6), (False, True)),
        (Rule("both", futility=0.5), (0, 0), (0.5, 0.49), (True, False)),
        (Rule("both"), (0, 0), (-9.0, -9.0), (True, True)),
    ],
)
def test_rules_on_their_edges(rule, effect, z, expected):
    both = np.ones((1, 2), bool)
    assert tuple(rule.going(both, seen(effect, z))[0].tolist()) == expected
    alone = np.array([[False, True]])
    later = rule.going(alone, seen(effect, z))[0].tolist()
    # A comparison decides nothing where one is left; nobody comes back.
    compares = rule.select in ("epsilon", "best", "both")
    assert later == [False, z[1] >= rule.futility if compares else expected[1]]


def test_conditional_power_is_that_of_the_rest():
    """Half of the information left: 1 - Phi((c - 2 z sqrt(1/2)) / sqrt(1/2)), by hand."""
    z, share = (1.5, 1.2), 0.25
    found = conditional_power(seen((0, 0), z, share))[0]
    c, half = 1.959964, 0.5**0.5
    full = stats.norm.sf((c - half * z[0]) / half - z[0])
    # All later patients of the subgroup: four times its information so far.
    own = stats.norm.sf((c - half * z[1]) / half - z[1] * 2)
    assert found == pytest.approx([full, own], abs=1e-12)
    limit = float(found[0])
    for power, goes in ((limit, True), (limit + 1e-9, False)):
        rule = Rule("power", power=power)
        assert rule.going(np.ones((1, 2), bool), seen((0, 0), z, share))[0, 0] == goes


def test_scores_of_a_stage_are_mantel_and_haenszel():
    """Two strata: the sum over both by Mantel and Haenszel's formula, written out."""
    plan = enrichment(0.5, Rule("both"), ratio=2.0)
    truth = RateTruth((0.3, 0.4), (0.6, 0.5), 0.5)
    player = RatePlayer(plan, Patients((90, 90), (60, 60)), truth, 500, np.random.default_rng(2))
    n = player.recruit(0, np.arange(500) < 100)
    assert set(n[:100]) == {60}
    assert set(n[100:]) == {90}
    own = player.own(0)
    # In an enriched stage both populations are the same patients.
    assert own.u[:100, 0] == pytest.approx(own.u[:100, 1])
    assert own.share[:100] == pytest.approx(np.ones(100))
    assert own.share[100:].mean() == pytest.approx(0.5, abs=0.02)
    assert own.effect[100:, 0].mean() == pytest.approx(truth.effects[0], abs=0.02)
    assert truth.effects == pytest.approx((0.2, 0.3))
    u, v = np.array([[2.0, 1.0]]), np.array([[4.0, 5.0]])
    made = Scores.of_strata(u, v, v)
    assert made.z.tolist() == [[1.0, 1.0]]
    assert made.share.tolist() == [4 / 9]


def test_times_of_a_stage_are_those_of_its_own_patients():
    """Planned events of each cohort are reached; drift of the score by events / 4 log ratio."""
    plan = enrichment(0.5, Rule("both"))
    truth = TimeTruth((12.0, 18.0), (0.6, 0.8), 0.5)
    windows = Windows.of(plan.shares, Course(24.0, 12.0, 0.05))
    times = Times(windows, truth)
    sizes = patients_of(plan, 300)
    events = times.events(plan, sizes)
    assert events.planned == tuple(int(150 * one) for one in chance_of(plan, windows, truth))
    player = times.player(plan, sizes, truth, 300, np.random.default_rng(1))
    assert isinstance(player, TimePlayer)
    enriched = np.arange(300) < 100
    player.recruit(0, np.zeros(300, bool))
    early = player.seen(0)
    player.recruit(1, enriched)
    own = player.own(0)
    assert (early.v < own.v).all()
    assert own.v[:, 0].mean() == pytest.approx(events.planned[0] / 4, rel=0.05)
    seen_events, months = player.course(1, last=True)
    planned = sum(events.planned)
    assert (seen_events == planned).all()
    assert months[100:].mean() == pytest.approx(36, abs=3)
    assert months[:100].mean() > 39.5
    # Cox's score drifts by the log ratio of the stratum.
    log_ratio = own.effect[:, 1].mean()
    assert log_ratio == pytest.approx(-np.log(0.6), abs=0.07)


def normal_plan(rule, test="spiessens-debois", **more):
    return enrichment(0.4, rule, test=test, **more)


@pytest.mark.parametrize("effects", [(0.0, 0.0), (0.0, 0.35), (0.6, -0.4)])
@pytest.mark.parametrize("test", ["spiessens-debois", "simes"])
def test_the_error_is_kept_under_every_null(effects, test):
    """No effect at all, none in the subgroup, none on average; three Monte-Carlo errors."""
    plan = normal_plan(Rule("epsilon", epsilon=0.1), test=test, interim=(0.3, 0.6), kind="asP")
    truth = RateTruth((0.4, 0.5), (0.4 + effects[0] * 0.5, 0.5 + effects[1] * 0.5), 0.4)
    found = characteristics(plan, Known(), patients_of(plan, 300), truth, 12_000, 8)["false"]
    assert found.mean <= 0.025 + 3 * (0.025 * 0.975 / 12_000) ** 0.5


def test_power_of_one_population_alone_is_closed_form():
    """Prevalence near 1: both hypotheses are the same, the combination is one normal."""
    one = Model(np.array([[0.5, 1e-9], [0.5, 1e-9]]), np.array([0.5, 0.5]), (0.3, 0.0),
                (1.0, 1.0), ((1.0, 1.0), (1.0, 1.0)))  # fmt: skip
    plan = enrichment(1 - 1e-9, Rule("both"))
    noise = drawn(2, 40_000, np.random.default_rng(6))
    found = play_normal(plan, one, 80.0, noise).rejected[:, 1].mean()
    expected = stats.norm.sf(stats.norm.isf(0.025) - 0.3 * 80**0.5)
    assert found == pytest.approx(expected, abs=0.008)


def test_limits_hold_together_whatever_goes_on():
    """Both true effects above their limits in 97.5 % of trials at least."""
    plan = normal_plan(Rule("best"))
    closed = plan.closed
    rng = np.random.default_rng(12)
    missed = 0
    trials = 1500
    for _ in range(trials):
        effects, r = np.array([0.2, 0.35]), 0.4**0.5
        information = np.array([50.0, 20.0])
        stages = []
        z = rng.standard_normal((2, 2))
        z[:, 1] = r * z[:, 0] + (1 - r * r) ** 0.5 * z[:, 1]
        z += effects * information**0.5
        best = int(z[0, 1] > z[0, 0])
        stages = [StageResult(z[0, best], information[best], r),
                  StageResult(z[1, best], information[best], None)]  # fmt: skip
        missed += combined(stages, closed, effects[best]) >= closed.efficacy[-1]
    assert missed / trials <= 0.025 + 3 * (0.025 * 0.975 / trials) ** 0.5
    made = after_enrichment(stages, closed)
    assert combined(stages, closed, made.lower) == pytest.approx(closed.efficacy[-1], abs=1e-9)
    assert made.interval[0] < made.last < made.interval[1]
    weight = information[best]
    assert made.naive == pytest.approx(sum(one.z for one in stages) / (2 * weight**0.5))
    alone = after_enrichment([StageResult(2.5, 16.0, None)] * 2, closed)
    assert alone.lower == pytest.approx((2.5 * 2**0.5 - stats.norm.isf(0.025)) / (4 * 2**0.5))
    assert after_enrichment(stages[:1], closed).lower == -np.inf
    with pytest.raises(InputError):
        after_enrichment([StageResult(1.0, 0.0, 1.5)], closed)


def test_one_stage_after_another_with_early_success():
    """A trial that ends early has no later patients, and is not counted again."""
    plan = enrichment(0.5, Rule("both", futility=0.0), interim=(0.3, 0.7), kind="P")
    truth = RateTruth((0.2, 0.2), (0.5, 0.5), 0.5)
    sizes = Patients((60, 80, 60), (60, 80, 60))
    rng = np.random.default_rng(3)
    out = play(plan, RatePlayer(plan, sizes, truth, 400, rng), 400)
    assert set(out.ended) == {0.0, 1.0, 2.0}
    assert (out.patients == np.array([60, 140, 200])[out.ended.astype(int)]).all()
    stopped = (out.ended < 2) & ~out.rejected.any(axis=1)
    assert not out.decided[(out.ended == 0)].any()
    assert stopped.sum() < 60
    assert np.isnan(out.excess[out.ended < 2]).all()


def made(**more):
    record = analysis("design-enrichment")
    usual = {"subgroup": "SSTR-positive", "prevalence": 0.4, "simulate": 1000}
    return record.run(record.Asked(**usual | more))


def test_a_lower_rate_hoped_for_is_the_trial_of_its_complement():
    up = made(p1=0.7, p2=0.4)
    down = made(p1=0.3, p2=0.6, better="lower")
    assert (up.patients, up.reached) == (down.patients, down.reached)
    assert (up.better, down.better) == ("higher", "lower")
    assert up.reached >= 0.8
    first, second = up.enriched[3], down.enriched[3]
    assert first.code == second.code == "alternative"
    assert (first.subgroup_effect, second.subgroup_effect) == pytest.approx((0.3, -0.3))
    assert first.either == pytest.approx(up.reached)
    for one in up.enriched:
        assert one.only_full + one.only_subgroup + one.both + one.none == pytest.approx(1)
        assert one.either <= one.full + one.subgroup + 1e-12
        assert (one.false is not None) == (one.code in ("null", "rest_alone", "opposite"))
    assert [one.prevalence for one in up.enriched[-2:]] == pytest.approx([0.3, 0.5])
    total = sum(one.stop_efficacy1 + one.stop_futility1 for one in up.looks)
    assert total == pytest.approx(1)


def test_a_good_event_is_hoped_to_come_sooner():
    found = made(
        hazard_ratio=1.9, better="higher", control_median=6, accrual=20, follow_up=6,
        select="threshold", threshold_full=1.2, threshold_subgroup=1.3, power_of="subgroup",
    )  # fmt: skip
    row = next(one for one in found.enriched if one.code == "alternative")
    assert (row.subgroup_effect, row.rest_effect) == pytest.approx((1.9, 1.0))
    assert row.subgroup == pytest.approx(found.reached)
    assert found.reached >= 0.8
    facts = next(one.facts for one in found.steps if one.code == "enrich_rule_threshold_times")
    assert (facts["full"], facts["subgroup"]) == pytest.approx((1.2, 1.3))


RATES = {"p1": 0.6, "p2": 0.2}
TIMES = {"hazard_ratio": 0.6, "control_median": 12.0, "accrual": 24.0, "follow_up": 12.0}


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        (RATES | {"prevalence": 0.0, "weights": (0.5, 0.6), "interim": (0.7, 0.3), "ratio": 0.0},
         {"prevalence", "weights", "interim", "ratio"}),
        (RATES | {"prevalence": 1.0, "select": "epsilon", "subgroup": " "},
         {"prevalence", "epsilon", "subgroup"}),
        (RATES | {"interim": ()}, {"interim"}),
        (RATES | {"weights": (0.5, 0.5, 0.5)}, {"weights"}),
        (RATES | {"epsilon": 0.1, "threshold_full": 0.1}, {"epsilon", "threshold_full"}),
        (RATES | {"select": "threshold", "threshold_full": 1.5, "threshold_subgroup": 0.1},
         {"threshold_full"}),
        (RATES | {"select": "best", "conditional_power": 0.3}, {"conditional_power"}),
        (RATES | {"rest_ratio": 0.8, "control_median": 9.0}, {"rest_ratio", "control_median"}),
        (RATES | {"kind": "P", "futility": 2.5}, {"futility"}),
        (RATES | {"p1": 0.2}, {"p1"}),
        (TIMES | {"kind": "P", "accrual": 0.0}, {"kind", "accrual"}),
        (TIMES | {"hazard_ratio": 1.2}, {"hazard_ratio"}),
        ({}, {"hazard_ratio"}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_all_at_once(wrong, fields):
    assert {one[2] for one in told(lambda: made(**wrong))} == fields


def test_without_a_bound_everything_may_go_on():
    assert np.isneginf(NONE)
    plan = enrichment(0.3, Rule("both"), interim=(0.25, 0.5), weights=(0.2, 0.3, 0.5))
    assert plan.shares == pytest.approx((0.25, 0.25, 0.5))
    assert plan.closed.shares == (0.2, 0.3, 0.5)
    assert (plan.stages, plan.stops) == (3, False)
    assert plan.closed.efficacy[-1] == pytest.approx(stats.norm.isf(0.025))


@pytest.mark.parametrize(("x1", "x0", "t", "c"), [(7, 3, 10, 9), (2, 1, 3, 4), (5, 5, 5, 8)])
def test_the_variance_of_a_table_is_that_of_its_margins(x1, x0, t, c):
    """Against scipy's hypergeometric distribution."""
    u, v, _ = of_tables(*(np.array([one]) for one in (x1, x0, t, c)))
    given = stats.hypergeom(t + c, x1 + x0, t)
    assert (u[0], v[0]) == pytest.approx((x1 - given.mean(), given.var()), abs=1e-12)


def test_an_empty_table_and_one_of_a_single_patient_say_nothing():
    u, v, w = of_tables(np.array([0, 1]), np.array([0, 0]), np.array([0, 1]), np.array([0, 0]))
    assert (u.tolist(), v.tolist(), w.tolist()) == ([0.0, 0.0], [0.0, 0.0], [0.0, 0.0])


def test_expected_sizes_say_what_they_count_and_every_look_has_its_month():
    of_rates, of_times = made(**RATES), made(**TIMES)
    assert (of_rates.expected_of, of_times.expected_of) == ("patients", "events")
    assert [one.months for one in of_times.looks] == pytest.approx([12.0, 36.0])
    assert of_times.expected_n1 < of_times.events < of_times.patients
    shown = {one.code: one.effect for one in of_rates.operating}
    # The row says of the population that is declared.
    assert shown["enrich_opposite"] == 0
    assert shown["enrich_subgroup"] == pytest.approx(0.4)
    assert shown["enrich_full"] == pytest.approx(0.4 * 0.4)


@pytest.mark.parametrize(("p1", "smaller"), [(0.3, ""), (0.9, "possible")])
def test_a_truth_that_rates_leave_no_room_for_says_so(p1, smaller):
    """The others' controls at 0.2: they cannot lose 0.7 in return."""
    found = {one.code: one.smaller for one in made(p1=p1, p2=0.2).enriched}
    assert found["opposite"] == smaller
    assert found["alternative"] == ""
