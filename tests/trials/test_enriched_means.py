"""Enrichment of a mean against an independent trial of whole patients, and its tests by OLS."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hilum.analyses import analysis
from hilum.trials.sequential.enrichment import Rule, enrichment
from hilum.trials.simulation.enriched import Scores, figures, play
from hilum.trials.simulation.enriched_means import MeanPlayer, MeanTruth, of_cells
from hilum.trials.simulation.enriched_rates import Patients, patients_of
from hilum.trials.simulation.enriched_sizes import Known, characteristics
from hilum.trials.synopsis.enrichment_truths import mean_truths
from tests.faults import told


def fitted(y, treated, inside):
    """The treatment's t and degrees of freedom, of least squares with a term for the stratum."""
    columns = [np.ones(len(y)), treated]
    if 0 < inside.sum() < len(y):
        columns.append(inside)
    design = np.column_stack(columns).astype(float)
    beta, *_ = np.linalg.lstsq(design, y, rcond=None)
    freedom = len(y) - design.shape[1]
    s2 = ((y - design @ beta) ** 2).sum() / freedom
    return beta[1] / np.sqrt(s2 * np.linalg.inv(design.T @ design)[1, 1]), freedom


def scored(t, freedom):
    return stats.norm.isf(stats.t.sf(t, freedom))


def cells(y, treated, inside):
    """What :func:`of_cells` takes, of one stage's patients."""
    found = np.zeros((4, 2))
    for k, part in enumerate((inside, ~inside)):
        one, two = y[part & treated], y[part & ~treated]
        both = len(one) and len(two)
        found[:, k] = (
            one.mean() - two.mean() if both else 0.0,
            sum(((x - x.mean()) ** 2).sum() for x in (one, two) if len(x)),
            len(one),
            len(two),
        )
    difference, within, n1, n0 = found[:, None, :]
    return difference, within, n1.astype(int), n0.astype(int)


@pytest.mark.parametrize(("own", "other"), [((9, 8), (12, 13)), ((3, 2), (1, 4)), ((7, 6), (0, 0))])
def test_the_tests_are_those_of_the_linear_model(own, other):
    """Against least squares and scipy's t test, also where a stratum is empty; rounding alone."""
    rng = np.random.default_rng(5)
    inside = np.repeat([True, True, False, False], [*own, *other])
    treated = np.repeat([True, False, True, False], [*own, *other])
    y = rng.normal(3.0 * inside + 1.2 * treated * inside, 2.0)
    made = of_cells(*cells(y, treated, inside))
    t, freedom = fitted(y, treated, inside)
    assert made.freedom[0] == pytest.approx([freedom, sum(own) - 2])
    assert made.z[0, 0] == pytest.approx(scored(t, freedom), abs=1e-9)
    alone = stats.ttest_ind(y[inside & treated], y[inside & ~treated])
    assert made.z[0, 1] == pytest.approx(scored(alone.statistic, sum(own) - 2), abs=1e-9)
    w = [a * b / (a + b) if a + b else 0.0 for a, b in (own, other)]
    assert made.share[0] == pytest.approx(w[0] / sum(w))


def test_too_few_patients_say_nothing_and_far_results_stay_finite():
    none = np.zeros((1, 2))
    one = of_cells(none + 5.0, none, np.array([[1, 0]]), np.array([[1, 0]]))
    assert one.z.tolist() == [[0.0, 0.0]]
    far = Scores(none + 1e9, none + 4.0, none + 4.0, none + 1.0, none + 30.0)
    assert (np.isfinite(far.z) & (far.z > 10)).all()
    both = far.plus(Scores.none(1))
    assert both.z.tolist() == far.z.tolist()


PRETENDED = {
    "spiessens-debois": lambda z, r: 1 - stats.multivariate_normal(
        [0, 0], [[1, r], [r, 1]]).cdf([max(z)] * 2),
    "simes": lambda z, r: min(2 * min(stats.norm.sf(z)), max(stats.norm.sf(z))),
    "sidak": lambda z, r: 1 - (1 - min(stats.norm.sf(z))) ** 2,
    "bonferroni": lambda z, r: min(1, 2 * min(stats.norm.sf(z))),
}  # fmt: skip


def played(effects, sd, prevalence, sizes, test, epsilon, trials, seed):
    """A two-stage trial with rule epsilon, each patient's outcome drawn; shares of what came."""
    rng = np.random.default_rng(seed)
    bound = stats.norm.isf(0.025)
    found = np.zeros((trials, 3))
    for i in range(trials):
        going = [True, True]
        kept, scores, total = [], [], 0
        for stage, n in enumerate(sizes):
            inside = np.ones(n, bool) if not going[0] else rng.random(n) < prevalence
            treated = np.zeros(n, bool)
            for part in (inside, ~inside):
                where = np.flatnonzero(part)
                half = len(where) // 2 + (rng.random() < 0.5) * (len(where) % 2)
                treated[rng.permutation(where)[:half]] = True
            mean = np.where(inside, effects[0], effects[1]) * treated + 7.0 * inside
            y = rng.normal(mean, sd)
            total += n
            kept.append((y, treated, inside))
            z = [scored(*fitted(y, treated, inside))]
            alone = stats.ttest_ind(y[inside & treated], y[inside & ~treated])
            z.append(scored(alone.statistic, inside.sum() - 2))
            w = [(part & treated).sum() * (part & ~treated).sum() / max(part.sum(), 1)
                 for part in (inside, ~inside)]  # fmt: skip
            if all(going):
                third = stats.norm.isf(PRETENDED[test](z, np.sqrt(w[0] / sum(w))))
            else:
                third = z[0] if going[0] else z[1]
            scores.append([z[0] if going[0] else -np.inf, z[1] if going[1] else -np.inf, third])
            if stage == 0:
                # Effects weighted as in the model without the interaction.
                d = [y[p & treated].mean() - y[p & ~treated].mean() for p in (inside, ~inside)]
                more = d[0] - np.average(d, weights=w)
                going = [more <= epsilon, more >= -epsilon]
        last = np.sqrt(0.5) * np.sum(scores, axis=0) >= bound
        found[i] = last[0] & last[2], last[1] & last[2], total
    return found


@pytest.mark.parametrize("test", ["spiessens-debois", "simes"])
@pytest.mark.parametrize("effects", [(0.0, 0.0), (4.0, 1.0)])
def test_level_and_power_are_those_of_an_independent_simulation(effects, test):
    """Both populations and either; four standard errors of both simulations together."""
    plan = enrichment(0.4, Rule("epsilon", epsilon=1.0), test=test)
    trials, more = 1_000, 30_000
    other = played(effects, 8.0, 0.4, (70, 70), test, 1.0, trials, 11)
    truth = MeanTruth(effects, 8.0, 0.4)
    own = characteristics(plan, Known(), Patients((70, 70), (70, 70)), truth, more, 3)
    for name, column in (("full", other[:, 0]), ("subgroup", other[:, 1]),
                         ("either", other[:, :2].max(axis=1))):  # fmt: skip
        p = own[name].mean
        error = (max(p * (1 - p), 0.005) * (1 / trials + 1 / more)) ** 0.5
        assert column.mean() == pytest.approx(p, abs=4 * error), name


@pytest.mark.parametrize("effects", [(0.0, 0.0), (0.0, 6.0), (4.0, -4.0 * 2 / 3)])
@pytest.mark.parametrize("test", ["spiessens-debois", "simes", "sidak", "bonferroni"])
def test_the_error_is_kept_in_small_trials_under_every_null(effects, test):
    """Stages of 20: the normal law in t's place would not keep it; three Monte-Carlo errors."""
    plan = enrichment(0.4, Rule("best"), test=test)
    truth = MeanTruth(effects, 4.0, 0.4)
    out = characteristics(plan, Known(), Patients((20, 20), (20, 20)), truth, 20_000, 4)
    assert out["false"].mean <= 0.025 + 3 * (0.025 * 0.975 / 20_000) ** 0.5


def test_the_normal_law_in_the_place_of_t_would_not_keep_the_error():
    plan = enrichment(0.5, Rule("both"), test="bonferroni")
    truth, sizes = MeanTruth((0.0, 0.0), 1.0, 0.5), Patients((12, 12), (12, 12))
    player = MeanPlayer(plan, sizes, truth, 20_000, np.random.default_rng(2))
    player.recruit(0, np.zeros(20_000, bool))
    own = player.own(0)
    naive = own.u[:, 0] / np.sqrt(own.v[:, 0] * own.squares[:, 0] / own.freedom[:, 0])
    assert (own.z[:, 0] > 1.96).mean() == pytest.approx(0.025, abs=0.0035)
    assert (naive > 1.96).mean() > 0.035


def test_means_are_drawn_as_patients_would_have_them():
    """Mean and spread of a stage's estimates: closed form, one per cent."""
    plan = enrichment(0.4, Rule("both"), ratio=2.0)
    truth = MeanTruth((3.0, 1.0), 5.0, 0.4)
    player = MeanPlayer(plan, patients_of(plan, 600), truth, 20_000, np.random.default_rng(1))
    n = player.recruit(0, np.zeros(20_000, bool))
    own = player.own(0)
    assert set(n) == {300}
    assert own.effect.mean(axis=0) == pytest.approx([1.8, 3.0], rel=0.01)
    assert own.v[:, 0].mean() == pytest.approx(300 * 2 / 9, rel=0.01)
    variance = own.squares / own.freedom
    assert variance.mean(axis=0) == pytest.approx([25 + 2 / 9 * 0.24 * 4, 25], rel=0.01)
    out = play(plan, player, 20_000)
    assert figures(out, plan, (False, False))["patients"].mean == 600


def made(**more):
    record = analysis("design-enrichment")
    usual = {"subgroup": "SSTR-positive", "prevalence": 0.4, "simulate": 1000, "sd": 8.0}
    return record.run(record.Asked(**usual | more))


def test_a_lower_mean_hoped_for_is_the_same_trial_with_its_sign_turned():
    rule = {"select": "threshold", "threshold_full": 0.5, "threshold_subgroup": 1.0}
    turned = {"select": "threshold", "threshold_full": -0.5, "threshold_subgroup": -1.0}
    up = made(difference=4.0, rest_difference=1.0, **rule)
    down = made(difference=-4.0, rest_difference=-1.0, **turned)
    assert (up.patients, up.reached) == (down.patients, down.reached)
    assert (up.better, down.better) == ("higher", "lower")
    assert (up.scale, up.expected_of, up.events) == ("number", "patients", None)
    assert up.reached >= 0.8
    first, second = up.enriched[3], down.enriched[3]
    assert (first.subgroup_effect, second.subgroup_effect) == (4.0, -4.0)
    assert (first.rest_effect, second.rest_effect) == (1.0, -1.0)
    facts = next(one.facts for one in down.steps if one.code == "enrich_rule_threshold_means")
    assert (facts["full"], facts["subgroup"]) == pytest.approx((-0.5, -1.0))


@pytest.mark.parametrize(
    ("prevalence", "less", "smaller"), [(0.5, 2.0, ""), (0.49, 2.0, ""), (0.75, 2 / 3, "balanced")]
)
def test_opposite_effects_cancel_out_and_say_where_they_are_smaller(prevalence, less, smaller):
    found = mean_truths(MeanTruth((2.0, 0.5), 1.0, prevalence), ())
    one = next(truth for truth in found if truth.code == "opposite")
    assert one.truth.effects[0] == pytest.approx(0, abs=1e-12)
    assert one.truth.effects[1] == pytest.approx(less)
    assert one.smaller == smaller
    assert {truth.smaller for truth in found} <= {"", smaller}


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"difference": 4.0, "p1": 0.3}, {"p1"}),
        ({"difference": 4.0, "hazard_ratio": 0.3, "accrual": 3.0, "follow_up": 2.0},
         {"hazard_ratio"}),
        ({"difference": 4.0, "sd": None}, {"sd"}),
        ({"difference": 0.0}, {"difference"}),
        ({"difference": 4.0, "sd": 0.0}, {"sd"}),
        ({"difference": 4.0, "better": "lower"}, {"difference"}),
        ({"difference": 4.0, "rest_p1": 0.3, "control_median": 3.0}, {"rest_p1", "control_median"}),
        ({"p1": 0.6, "p2": 0.2}, {"sd"}),
        ({"p1": 0.6, "p2": 0.2, "sd": None, "rest_difference": 1.0}, {"rest_difference"}),
        ({"difference": 4.0, "control_from_evidence": "tace", "outcome": "overall_survival"},
         {"control_from_evidence"}),
        ({"difference": float("nan")}, {"difference"}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong, fields):
    assert {one[2] for one in told(lambda: made(**wrong))} == fields
