"""Enrichment of a mean whose standard deviation differs: quadrature, Welch, whole patients."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from hilum.analyses import analysis
from hilum.errors import InputError
from hilum.language import words
from hilum.rendering.sheet.synopsis import render_synopsis, text
from hilum.trials.sequential.enrichment import Rule, enrichment
from hilum.trials.simulation.enriched_apart import ApartScores
from hilum.trials.simulation.enriched_means import MeanTruth
from hilum.trials.simulation.enriched_rates import patients_of
from hilum.trials.simulation.enriched_sizes import Known, characteristics, simulate_enriched


def scores(n, sds, differences, trials, seed):
    """Cells of normal outcomes, groups of fixed sizes: ((own treated, own controls), (others))."""
    rng = np.random.default_rng(seed)
    n1, n0 = (np.array([one[k] for one in n]) for k in (0, 1))
    shape = trials, 2
    d = np.asarray(differences) + np.asarray(sds) * np.sqrt(1 / n1 + 1 / n0) * rng.standard_normal(
        shape
    )
    freedom = np.broadcast_to(n1 + n0 - 2, shape).astype(float)
    squares = np.square(sds) * rng.chisquare(freedom)
    w = np.broadcast_to(n1 * n0 / (n1 + n0), shape)
    return ApartScores(w * d, w, squares, freedom)


def by_quadrature(n, sds, differences, level):
    """Chance that the full population's test rejects, integrated over both variances.

    Given them the numerator is normal: ``Phi((sum w d - t sqrt(sum w s^2)) / error)``.
    """
    w = np.array([a * b / (a + b) for a, b in n])
    df = np.array([a + b - 2 for a, b in n])
    true = (w * np.square(sds)).sum()
    points = (np.arange(400) + 0.5) / 400
    grids = [stats.chi2.ppf(points, k) / k * sd**2 for k, sd in zip(df, sds, strict=True)]
    one, two = np.meshgrid(*grids, indexing="ij")
    v = w[0] * one + w[1] * two
    freedom = v**2 / ((w[0] * one) ** 2 / df[0] + (w[1] * two) ** 2 / df[1])
    top = (w * np.asarray(differences)).sum() - stats.t.isf(level, freedom) * np.sqrt(v)
    return float(stats.norm.cdf(top / true**0.5).mean())


CELLS = [
    (((20, 20), (30, 30)), (10.0, 4.0), (4.0, 2.0)),
    (((8, 8), (12, 12)), (3.0, 12.0), (3.0, 3.0)),
    (((15, 10), (40, 25)), (6.0, 6.5), (3.0, 0.0)),
]


@pytest.mark.parametrize(("n", "sds", "differences"), CELLS)
def test_level_and_power_by_quadrature_over_both_variances(n, sds, differences):
    """Four Monte-Carlo errors of 40,000; the level is off its nominal one by 0.002 at most."""
    trials, bound = 40_000, stats.norm.isf(0.025)
    level = by_quadrature(n, sds, (0, 0), 0.025)
    assert level == pytest.approx(0.025, abs=0.002)
    for effects in ((0.0, 0.0), differences):
        exact = by_quadrature(n, sds, effects, 0.025)
        made = scores(n, sds, effects, trials, 5)
        found = float((made.z[:, 0] >= bound).mean())
        assert found == pytest.approx(exact, abs=4 * (exact * (1 - exact) / trials) ** 0.5)


def test_a_stratum_alone_is_the_t_test_and_small_ones_say_nothing():
    rng = np.random.default_rng(2)
    one, two = rng.normal(1, 3, 9), rng.normal(0, 3, 7)
    w = 9 * 7 / 16
    squares = sum(((x - x.mean()) ** 2).sum() for x in (one, two))
    none = np.zeros((1, 1))

    def of(*parts):
        return ApartScores(*(np.hstack([np.array([[x]], float), none]) for x in parts))

    made = of(w * (one.mean() - two.mean()), w, squares, 14)
    p = stats.ttest_ind(one, two, alternative="greater").pvalue
    assert made.z[0] == pytest.approx([stats.norm.isf(p)] * 2)
    assert made.share[0] == 1
    assert made.effect[0] == pytest.approx([one.mean() - two.mean()] * 2)
    nothing = of(2.0, 0.5, 0.0, 0)
    assert nothing.z.tolist() == [[0.0, 0.0]]
    assert nothing.share.tolist() == [0.0]
    far = of(1e9, 1.0, 1.0, 30)
    assert np.isfinite(far.z).all()


def test_stages_are_pooled_patient_by_patient():
    """Two stages of the same strata: squares around each stage's own means, freedom added."""
    made = [scores(((6, 6), (9, 9)), (2.0, 5.0), (1.0, 1.0), 3, seed) for seed in (1, 2)]
    both = made[0].plus(made[1])
    v = both.w * both.squares / both.freedom
    df = v.sum(axis=1) ** 2 / (v**2 / both.freedom).sum(axis=1)
    t = both.u.sum(axis=1) / np.sqrt(v.sum(axis=1))
    assert both.z[:, 0] == pytest.approx(stats.norm.isf(stats.t.sf(t, df)), abs=1e-9)
    assert both.share == pytest.approx(v[:, 0] / v.sum(axis=1))


def trial_by_trial(effects, sds, prevalence, sizes, trials, seed):
    """Two stages, both populations pursued, Bonferroni's intersection; outcomes one by one."""
    rng = np.random.default_rng(seed)
    bound = stats.norm.isf(0.025)
    wins = np.zeros((trials, 2))
    for i in range(trials):
        parts = []
        for n in sizes:
            inside = rng.random(n) < prevalence
            treated = np.zeros(n, bool)
            for where in (np.flatnonzero(inside), np.flatnonzero(~inside)):
                half = len(where) // 2 + (rng.random() < 0.5) * (len(where) % 2)
                treated[rng.permutation(where)[:half]] = True
            y = rng.normal(
                np.where(inside, effects[0], effects[1]) * treated,
                np.where(inside, sds[0], sds[1]),
            )
            top, v, below = [], [], []
            for part in (inside, ~inside):
                a, b = y[part & treated], y[part & ~treated]
                w, k = len(a) * len(b) / (len(a) + len(b)), len(a) + len(b) - 2
                s2 = (((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()) / k
                top.append(w * (a.mean() - b.mean()))
                v.append(w * s2)
                below.append((w * s2) ** 2 / k)
            full = stats.t.sf(sum(top) / sum(v) ** 0.5, sum(v) ** 2 / sum(below))
            own = stats.t.sf(top[0] / v[0] ** 0.5, v[0] ** 2 / below[0])
            third = min(1 - 1e-12, 2 * min(full, own))
            parts.append(stats.norm.isf([full, own, third]))
        z = np.average(parts, axis=0, weights=np.sqrt(sizes)) * sum(np.sqrt(sizes))
        z /= sum(sizes) ** 0.5
        wins[i] = (z[:2] >= bound) & (z[2] >= bound)
    return wins


def test_whole_trials_of_patients():
    """Declared in all, in the subgroup, in either: five errors of 1,500 independent trials."""
    plan = enrichment(0.4, Rule("both"), interim=(0.5,), test="bonferroni", alpha=0.025)
    truth = MeanTruth((5.0, 1.5), 4.0, 0.4, 9.0)
    sizes = patients_of(plan, 80)
    found = characteristics(plan, Known(), sizes, truth, 20_000, 3)
    wins = trial_by_trial((5.0, 1.5), (4.0, 9.0), 0.4, sizes.planned, 1_500, 4)
    for name, share in (
        ("full", wins[:, 0].mean()), ("subgroup", wins[:, 1].mean()),
        ("either", wins.any(axis=1).mean()),
    ):  # fmt: skip
        error = (share * (1 - share) / 1_500) ** 0.5
        assert found[name].mean == pytest.approx(share, abs=5 * error)


def test_one_standard_deviation_twice_is_one():
    plan = enrichment(0.4, Rule("power"), interim=(0.5,), alpha=0.025)
    sizes = patients_of(plan, 100)
    one, two = (
        simulate_enriched(plan, Known(), sizes, MeanTruth((3.0, 1.0), 5.0, 0.4, rest), 500, 1)
        for rest in (None, 5.0)
    )
    assert (one.rejected == two.rejected).all()
    assert not MeanTruth((3.0, 1.0), 5.0, 0.4, 5.0).apart


@pytest.mark.parametrize(("rest", "more"), [(7.0, True), (30.0, False)])
def test_a_design_is_sized_with_both(rest, more):
    record = analysis("design-enrichment")
    given = {
        "subgroup": "carcinoid syndrome", "prevalence": 0.4, "difference": -10.0,
        "rest_difference": -4.0, "simulate": 4000, "power_of": "full", "select": "both",
    }  # fmt: skip
    same = record.run(record.Asked(**given, sd=20.0))
    made = record.run(record.Asked(**given, sd=20.0, rest_sd=rest))
    # A smaller standard deviation of the others needs fewer patients for all, a larger one more.
    assert (made.patients < same.patients) == more
    known = {one.parameter: one.value for one in made.assumptions}
    assert (known["sd"], known["rest_sd"]) == (20.0, rest)
    shown = text(made, words("en"))
    assert f"20 in the subgroup and {rest:g} in the others" in shown
    assert "standard deviation in the other patients" in shown
    assert "enrich_analysis_means_apart" in [one.code for one in made.analysis]
    assert b"Satterthwaite" in render_synopsis(made, "html", words("en"))
    # Power of all by the normal law of the weighted differences, closed test of both with them.
    w = np.array([0.4, 0.6]) / 4 * made.patients
    drift = (w @ [10.0, 4.0]) / (w @ [20.0**2, rest**2]) ** 0.5
    alone = float(stats.norm.cdf(drift - stats.norm.isf(0.025)))
    assert 0.79 < made.reached <= alone + 0.02
    assert made.enriched[0].false == pytest.approx(0.025, abs=0.012)


def test_it_belongs_to_means():
    record = analysis("design-enrichment")
    with pytest.raises(InputError) as error:
        record.Asked(subgroup="x", prevalence=0.4, p1=0.4, p2=0.2, rest_sd=4.0)
    assert [one.column for one in error.value.faults] == ["rest_sd"]
    with pytest.raises(InputError) as error:
        record.Asked(subgroup="x", prevalence=0.4, difference=4.0, sd=5.0, rest_sd=0.0)
    assert [one.column for one in error.value.faults] == ["rest_sd"]
