"""Several treatments and strata of a rate: every count gone through, and designs' own figures."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from hilum.analyses import analysis
from hilum.trials.failing.changes import PLANNED, Changes
from hilum.trials.failing.designed import growing_rates, many_arms, many_rates
from hilum.trials.failing.rate_arms import ManyArms, Strata, cochran
from hilum.trials.failing.rate_tests import pooled
from hilum.trials.failing.rates import Pace, Rates

TRIALS = 20_000


def answered(name, **given):
    record = analysis(f"design-{name}")
    asked = record.Asked(**given)
    return asked, record.run(asked)


def success(trial, changes, *, works=True, trials=TRIALS):
    out = trial.play(changes, trials, np.random.SeedSequence(9), works=works)
    return float(out.success.mean()), out


def near(found, exact):
    """Four Monte-Carlo errors of 20,000 trials."""
    assert found == pytest.approx(exact, abs=4 * (max(exact * (1 - exact), 1e-4) / TRIALS) ** 0.5)


def z_of(x1, x2, n1, n2):
    return float(pooled(np.array([x1]), np.array([x2]), n1, n2)[0])


@pytest.mark.parametrize(
    ("changes", "control", "good", "other"),
    [
        (PLANNED, 0.2, 0.6, 0.3),
        (Changes(effect=0.5), 0.2, 0.4, 0.25),
        (Changes(crossover=0.25), 0.3, 0.6, 0.3),
        (Changes(drop_out=0.2), 0.16, 0.48, 0.24),
        (Changes(control_points=0.1), 0.3, 0.7, 0.4),
    ],
)
def test_two_treatments_in_two_stages_by_enumeration(changes, control, good, other):
    """Bounds 2.1 and 1.7, dropped below 0; the first has to cross and to be the largest."""
    rates = Rates(0.2, (0.6, 0.3))
    trial = ManyArms(rates, (0.5, 1.0), (2.1, 1.7), (0.0, 1.7), 8, 8, Pace())
    found, out = success(trial, changes)
    p = [stats.binom.pmf(np.arange(5), 4, rate) for rate in (control, good, other)]
    win, patients = 0.0, 0.0
    for c, a, b in product(range(5), repeat=3):
        here = p[0][c] * p[1][a] * p[2][b]
        one, two = z_of(a, c, 4, 4), z_of(b, c, 4, 4)
        if max(one, two) >= 2.1:
            patients += here * 12
            win += here * (one >= 2.1 and one >= two)
            continue
        going = (one >= 0, two >= 0)
        if not any(going):
            patients += here * 12
            continue
        patients += here * (12 + 4 + 4 * sum(going))
        for d, e, f in product(range(5), repeat=3):
            later = p[0][d] * p[1][e] * p[2][f]
            # Who was dropped is compared no more.
            one = z_of(a + e, c + d, 8, 8) if going[0] else -np.inf
            two = z_of(b + f, c + d, 8, 8) if going[1] else -np.inf
            win += here * later * (one >= 1.7 and one >= two)
    near(found, win)
    assert out.patients.mean() == pytest.approx(patients, abs=0.2)


def test_a_trial_of_several_arms_has_the_figures_of_its_quadrature():
    """The integral over the control; the normal law of 100 patients an arm misses 0.02."""
    asked, made = answered("multi-arm", arms=3, p1=0.4, p2=0.2)
    trial = many_arms(made, asked.arms, asked.uninteresting, Pace())
    assert success(trial, PLANNED)[0] == pytest.approx(made.reached, abs=0.025)
    assert success(trial, PLANNED, works=False)[0] == pytest.approx(0.025, abs=0.008)
    _, out = success(trial, PLANNED, works=False)
    # 7 % of the interim statistics of rates that are alike are 0, where nobody is dropped.
    assert out.patients.mean() == pytest.approx(made.expected_n0, rel=0.04)
    assert success(trial, PLANNED)[1].patients.mean() == pytest.approx(made.expected_n1, rel=0.02)


def test_rates_of_several_treatments_in_the_direction_hoped_for():
    _, made = answered("multi-arm", arms=3, p1=0.2, p2=0.4, better="lower")
    found = many_rates(made, 3, 0.35)
    assert (found.control, *found.treatments) == pytest.approx((0.6, 0.8, 0.65, 0.65))
    assert found.lower


@pytest.mark.parametrize("name", ["selection", "platform", "borrowed"])
def test_other_designs_play_what_their_synopsis_says(name):
    """Their own simulated or exact figures; four errors of both."""
    given = {
        "selection": {"arms": 3, "p1": 0.4, "p2": 0.2, "simulate": 10_000},
        "platform": {"arms": 2, "p1": 0.6, "p2": 0.25, "n_max": 120, "simulate": 2_000},
        "borrowed": {"p1": 0.6, "n1": 40, "n2": 20, "control_from_evidence": "chemo_temozolomide",
                     "outcome": "objective_response"},
    }[name]  # fmt: skip
    _, made = answered(name, **given, seed=2, scenarios=("smaller-effect", "drop-out"))
    none, planned, smaller, lost = made.simulated.truths
    rows = {one.code: one for one in made.operating}
    if name == "borrowed":
        idle, hoped = rows["null"].success, rows["alternative"].success
    else:
        idle = rows["null_any"].success
        hoped = rows["one_good_declared" if name == "selection" else "one_good"].success
    assert none.success == pytest.approx(idle, abs=5 * none.mcse + 0.003)
    assert planned.success == pytest.approx(hoped, abs=6 * planned.mcse)
    assert smaller.success < planned.success - 0.1 > lost.success - 0.1
    assert 0 < smaller.level < 0.25


def test_borrowed_controls_by_the_exact_success_region():
    from hilum.analyses.designs.source import Published, Source

    record = analysis("design-borrowed")
    asked = record.Asked(p1=0.6, n1=30, n2=15, control_from_evidence="chemo_temozolomide",
                         outcome="objective_response", power_prior=0.3)  # fmt: skip
    made = record.run(asked)
    source = Source(asked, Published(asked))
    trial = asked.playable(made, source)
    from hilum.trials.borrowing.trial import borrowed_trial

    prior, p2, _, _ = asked.prior(source)
    exact = borrowed_trial(30, 15, prior, threshold=0.975)
    near(success(trial, PLANNED)[0], exact.chance(0.6, p2))
    near(success(trial, Changes(drop_out=0.1))[0], exact.chance(0.54, 0.9 * p2))
    near(success(trial, Changes(control_points=0.05))[0], exact.chance(0.65, p2 + 0.05))
    near(success(trial, Changes(effect=0.5), works=False)[0], exact.chance(p2, p2))
    shorter = borrowed_trial(20, 10, prior, threshold=0.975)
    near(success(trial, Changes(slower=1.5, closed=True))[0], shorter.chance(0.6, p2))


def test_the_cochran_mantel_haenszel_statistic_by_statsmodels_formula():
    """Mantel & Haenszel 1959, two strata written out."""
    z = cochran(np.array([[3, 5]]), np.array([[1, 2]]), np.array([[6, 8]]), np.array([[5, 9]]))[0]
    top = 3 - 6 * 4 / 11 + 5 - 8 * 7 / 17
    v = 6 * 5 * 4 * 7 / (121 * 10) + 8 * 9 * 7 * 10 / (289 * 16)
    assert z == pytest.approx(top / v**0.5)


@pytest.mark.parametrize("changes", [PLANNED, Changes(drop_out=0.2), Changes(effect=0.5)])
def test_two_strata_by_enumeration(changes):
    """Six and five patients: who comes from which stratum, and every count."""
    strata = (Rates(0.2, (0.7,)), Rates(0.4, (0.8,)))
    trial = Strata(strata, (0.3, 0.7), 6, 5, 1.3, Pace())
    part, kept = changes.effect, 1 - changes.drop_out
    p = [((0.2 + part * 0.5) * kept, 0.2 * kept), ((0.4 + part * 0.4) * kept, 0.4 * kept)]
    win = 0.0
    for a, b in product(range(7), range(6)):
        come = stats.binom.pmf(a, 6, 0.3) * stats.binom.pmf(b, 5, 0.3)
        n = [(a, b), (6 - a, 5 - b)]
        pairs = [
            np.outer(
                stats.binom.pmf(np.arange(m1 + 1), m1, one),
                stats.binom.pmf(np.arange(m2 + 1), m2, two),
            )
            for (m1, m2), (one, two) in zip(n, p, strict=True)
        ]
        x = np.array(list(product(range(a + 1), range(b + 1), range(7 - a), range(6 - b))))
        z = cochran(x[:, [0, 2]], x[:, [1, 3]], np.array([[a, 6 - a]]), np.array([[b, 5 - b]]))
        mass = pairs[0][x[:, 0], x[:, 1]] * pairs[1][x[:, 2], x[:, 3]]
        win += come * float(mass[z >= 1.3].sum())
    near(success(trial, changes)[0], win)


@pytest.mark.parametrize("margin", [None, 0.12])
def test_a_second_stage_of_rates_grows_as_in_quadrature(margin):
    """Success and expected patients of the promising zone; the normal law misses 0.02."""
    from hilum.analyses.designs.growing import _growing, _two_stages
    from hilum.trials.synopsis.reestimation import zone_of

    given = {"p1": 0.5, "p2": 0.3} if margin is None else {"p1": 0.7, "p2": 0.7}
    asked, made = answered("reestimate", **given, margin=margin, futility=0.0)
    total = float(made.looks[-1].n)
    plan = zone_of(_two_stages(asked), total, _growing(asked))
    trial = growing_rates(made, plan, 1.0, margin, Pace())
    drift = plan.design.drift
    for works, part in ((True, 1.0), (True, 0.6), (False, 0.0)):
        exact = plan.under(drift * part)
        found, out = success(trial, Changes(effect=part if works else 1.0), works=works)
        assert found == pytest.approx(exact.success, abs=0.025)
        assert out.patients.mean() == pytest.approx(exact.expected, rel=0.03)
        # Some 8 % of the statistics are 0 where rates are alike: no trial stops at the bound.
        assert float((out.look == 0).mean()) == pytest.approx(exact.stopped, abs=0.05)
    assert out.patients.max() <= made.patients + 1
