"""Rates under other truths: against enumeration of every outcome, by SciPy's binomial."""

import numpy as np
import pytest
from scipy import stats

from hilum.analyses import analysis
from hilum.errors import InputError
from hilum.trials.failing import rate_tests
from hilum.trials.failing.changes import PLANNED, Changes
from hilum.trials.failing.designed import counted_stages, two_rates
from hilum.trials.failing.rates import CountedStages, Pace, Rates, TwoRates, shortened
from hilum.trials.fixed.proportions import constrained_rates

TRIALS = 20_000


def answered(name, **asked):
    record = analysis(f"design-{name}")
    return record.run(record.Asked(**asked))


def chances(trial, changes, *, works=True, seed=7):
    out = trial.play(changes, TRIALS, np.random.SeedSequence(seed), works=works)
    return out, float(out.success.mean())


def near(found, exact):
    """Four Monte-Carlo errors of 20,000 trials."""
    assert found == pytest.approx(exact, abs=4 * (max(exact * (1 - exact), 1e-4) / TRIALS) ** 0.5)


def simon(p, n1, r1, n, r):
    """Success, and patients expected, by going through every count of the first stage."""
    win, patients = 0.0, n1
    for x in range(n1 + 1):
        here = stats.binom.pmf(x, n1, p)
        if x > r1:
            patients += here * (n - n1)
            win += here * stats.binom.sf(r - x, n - n1, p)
    return win, patients


# Of a rate p0 = 0.1 and p1 = 0.3: what is seen of them, written out.
SEEN = [
    (Changes(), 0.1, 0.3),
    (Changes(effect=0.5), 0.1, 0.2),
    (Changes(control_points=0.05), 0.15, 0.35),
    (Changes(control_points=-0.05), 0.05, 0.25),
    (Changes(drop_out=0.2), 0.08, 0.24),
    (Changes(missed=0.1, overread=0.05), 0.1 * 0.9 + 0.9 * 0.05, 0.3 * 0.9 + 0.7 * 0.05),
    (Changes(missed=0.1, drop_out=0.2, effect=0.5), 0.1 * 0.9 * 0.8, 0.2 * 0.9 * 0.8),
]


@pytest.mark.parametrize(("changes", "idle", "true"), SEEN)
def test_simon_by_enumeration(changes, idle, true):
    made = answered("simon", p0=0.1, p1=0.3)
    trial = counted_stages(made, Pace(4.0))
    assert (trial.n, trial.futility, trial.efficacy[-1]) == ((10, 29), (1, 5), 6)
    for works, p in ((True, true), (False, idle)):
        out, success = chances(trial, changes, works=works)
        win, patients = simon(p, 10, 1, 29, 5)
        near(success, win)
        near(float((out.look == 0).mean()), float(stats.binom.cdf(1, 10, p)))
        assert float(out.patients.mean()) == pytest.approx(patients, abs=0.3)
        assert float(out.months.mean()) == pytest.approx(patients / 4.0, abs=0.1)
        assert float(out.events.mean()) == pytest.approx(patients * p, abs=0.15)


def test_fewer_events_are_hoped_for_and_a_missing_outcome_counts_as_an_event():
    """Simon for 30 % against 15 % of complications: the same trial of those without."""
    made = answered("simon", p0=0.3, p1=0.15, better="lower")
    trial = counted_stages(made, Pace())
    (n1, n), (r1, r) = trial.n, trial.futility
    for changes, p in (
        (Changes(), 0.85),
        (Changes(drop_out=0.1), 0.85 * 0.9),
        (Changes(control_points=0.05), 0.8),
        (Changes(missed=0.1), 0.85 * 0.9),
    ):
        near(chances(trial, changes)[1], simon(p, n1, r1, n, r)[0])


@pytest.mark.parametrize("name", ["single-stage", "fleming", "bayesian"])
def test_other_designs_of_one_group(name):
    """Every path of counts, bounds as the synopsis prints them."""
    made = answered(name, p0=0.2, p1=0.4)
    trial = counted_stages(made, Pace())
    for p, changes in ((0.4, PLANNED), (0.32, Changes(drop_out=0.2)), (0.3, Changes(effect=0.5))):
        going, before, win = {0: 1.0}, 0, 0.0
        for n, low, high in zip(trial.n, trial.futility, trial.efficacy, strict=True):
            new: dict[int, float] = {}
            for x, chance in going.items():
                for more in range(n - before + 1):
                    y = x + more
                    part = chance * stats.binom.pmf(more, n - before, p)
                    if y >= high:
                        win += part
                    elif y > low:
                        new[y] = new.get(y, 0.0) + part
            going, before = new, n
        near(chances(trial, changes)[1], win)


def enumerated(reject, n1, n2, p1, p2):
    one = stats.binom.pmf(np.arange(n1 + 1), n1, p1)
    two = stats.binom.pmf(np.arange(n2 + 1), n2, p2)
    return float(one @ reject @ two)


def tables(n1, n2):
    return np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij")


def pooled(x1, x2, n1, n2):
    p = (x1 + x2) / (n1 + n2)
    error = np.sqrt(p * (1 - p) * (1 / n1 + 1 / n2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(error > 0, (x1 / n1 - x2 / n2) / error, 0.0)


TWO = [
    (Changes(), 0.5, 0.2, 1.0),
    (Changes(effect=0.5), 0.35, 0.2, 1.0),
    (Changes(control_points=0.1), 0.6, 0.3, 1.0),
    (Changes(crossover=0.3), 0.5, 0.2 + 0.3 * 0.3, 1.0),
    (Changes(drop_out=0.2), 0.4, 0.16, 1.0),
    (Changes(missed=0.1, overread=0.1), 0.5, 0.26, 1.0),
    (Changes(slower=1.5, closed=True), 0.5, 0.2, 1.5),
]


@pytest.mark.parametrize("method", ["fisher", "boschloo", "normal", "continuity"])
@pytest.mark.parametrize(("changes", "p1", "p2", "shorter"), TWO)
def test_two_proportions_by_enumeration(method, changes, p1, p2, shorter):
    made = answered("two-proportions", p1=0.5, p2=0.2, method=method)
    trial = two_rates(made, method, None, Pace())
    n1, n2 = (int(n / shorter + 1e-9) for n in dict(made.per_arm).values())
    x1, x2 = tables(n1, n2)
    if method == "fisher":
        p = stats.hypergeom.sf(x1 - 1, n1 + n2, x1 + x2, n1)
        reject = p <= 0.025 * (1 + 1e-12)
    elif method == "boschloo":
        reject = rate_tests.exact(x1, x2, n1, n2, 0.025, "boschloo") > 0
    else:
        z = pooled(x1, x2, n1, n2)
        if method == "continuity":
            p = (x1 + x2) / (n1 + n2)
            error = np.sqrt(p * (1 - p) * (1 / n1 + 1 / n2))
            with np.errstate(invalid="ignore", divide="ignore"):
                z = np.where(error > 0, z - (1 / n1 + 1 / n2) / 2 / error, 0.0)
        reject = z >= stats.norm.isf(0.025)
    out, success = chances(trial, changes)
    near(success, enumerated(reject, n1, n2, p1, p2))
    assert set(out.patients) == {n1 + n2}


def test_the_score_statistic_has_its_constrained_rates():
    """Against the rates found by bracketing; SciPy's normal law plays no part."""
    for bound in (-0.1, 0.05, -0.25):
        for x1, n1, x2, n2 in ((12, 20, 15, 30), (7, 25, 21, 25), (29, 30, 11, 15)):
            q1, q2 = constrained_rates(x1 / n1, x2 / n2, bound, n1 / n2)
            error = (q1 * (1 - q1) / n1 + q2 * (1 - q2) / n2) ** 0.5
            z = rate_tests.score(np.array([x1]), np.array([x2]), n1, n2, bound)[0]
            assert z == pytest.approx((x1 / n1 - x2 / n2 - bound) / error, rel=1e-7)


@pytest.mark.parametrize(
    ("hypothesis", "changes", "p1", "p2"),
    [
        ("noninferiority", Changes(), 0.7, 0.7),
        # Half of the distance from the margin of 0.2.
        ("noninferiority", Changes(effect=0.5), 0.6, 0.7),
        ("noninferiority", Changes(drop_out=0.1), 0.63, 0.63),
        ("noninferiority", Changes(crossover=0.5), 0.7, 0.7),
        ("equivalence", Changes(), 0.7, 0.7),
        ("equivalence", Changes(effect=0.5), 0.6, 0.7),
    ],
)
def test_margins_by_enumeration(hypothesis, changes, p1, p2):
    made = answered("two-proportions", p1=0.7, p2=0.7, hypothesis=hypothesis, margin=0.2)
    trial = two_rates(made, "boschloo", 0.2, Pace())
    n1, n2 = dict(made.per_arm).values()
    x1, x2 = tables(n1, n2)
    reject = rate_tests.score(x1, x2, n1, n2, -0.2) >= stats.norm.isf(0.025)
    if hypothesis == "equivalence":
        reject &= rate_tests.score(x1, x2, n1, n2, 0.2) <= -stats.norm.isf(0.025)
    near(chances(trial, changes)[1], enumerated(reject, n1, n2, p1, p2))
    idle = enumerated(reject, n1, n2, 0.5, 0.7)
    near(chances(trial, Changes(effect=0.5), works=False)[1], idle)


@pytest.mark.parametrize("sided", [1, 2])
@pytest.mark.parametrize(("changes", "p1", "p2"), [one[:3] for one in TWO[:6]])
def test_two_analyses_by_enumeration(changes, p1, p2, sided):
    """Every table of the first stage, then every one of the second."""
    bounds, futile = (2.4, 2.0), (-2.4, -2.0) if sided == 2 else (0.3, -np.inf)
    trial = TwoRates(
        Rates(0.2, (0.5,)), (12, 24), (10, 20), rate_tests.pooled, bounds, futile, Pace()
    )
    x1, x2 = tables(12, 10)
    mass = np.outer(stats.binom.pmf(np.arange(13), 12, p1), stats.binom.pmf(np.arange(11), 10, p2))
    z = pooled(x1, x2, 12, 10)
    early = float(mass[z >= 2.4].sum())
    on = np.where((z < 2.4) & (z >= futile[0]), mass, 0.0)
    y1, y2 = tables(24, 20)
    late = 0.0
    for a in range(13):
        for b in range(11):
            if on[a, b] > 0:
                rest = np.outer(
                    stats.binom.pmf(np.arange(25) - a, 12, p1),
                    stats.binom.pmf(np.arange(21) - b, 10, p2),
                )
                late += on[a, b] * float(rest[pooled(y1, y2, 24, 20) >= 2.0].sum())
    out, success = chances(trial, changes)
    near(success, early + late)
    near(float((out.success & (out.look == 0)).mean()), early)
    near(float((out.look == 1).mean()), float(on.sum()))


def test_a_trial_that_ends_in_the_planned_month_holds_its_last_analysis_with_whom_it_has():
    assert shortened((30, 60, 90), Changes(slower=1.5, closed=True)) == (30, 60)
    assert shortened((30, 60, 90), Changes(slower=1.6, closed=True)) == (30, 56)
    assert shortened((30, 60, 90), Changes(slower=1.0, closed=True)) == (30, 60, 90)
    assert shortened((30, 60, 90), Changes(slower=4.0, closed=True)) == (22,)
    assert shortened((30, 60, 90), Changes(slower=4.0)) == (30, 60, 90)
    made = answered("sequential", p1=0.5, p2=0.3)
    trial = two_rates(made, "normal", None, Pace(10.0))
    out, _ = chances(trial, Changes(slower=2.0, closed=True))
    # Success at the last analysis is counted as that of the plan's last.
    assert set(out.look) <= {0, 2}
    assert out.short[out.look == 2].all()
    assert out.patients.max() == pytest.approx(made.patients / 2, abs=2)
    assert out.months.max() <= made.patients / 10.0 + 1e-9


@pytest.mark.parametrize(
    ("points", "fine"), [(0.7, True), (0.7001, False), (-0.1, True), (-0.1001, False)]
)
def test_a_rate_stays_between_0_and_1(points, fine):
    """On, below and above the ends: 0.1 and 0.3, shifted."""
    rates = Rates(0.1, (0.3,))
    if fine:
        control, (treated,) = rates.true(Changes(control_points=points), works=True)
        assert (control, treated) == pytest.approx((0.1 + points, 0.3 + points))
    else:
        with pytest.raises(InputError) as error:
            rates.true(Changes(control_points=points), works=True)
        assert error.value.faults[0].column == "control_points"


def test_the_same_seed_gives_the_same_trials():
    trial = CountedStages(Rates(0.1, (0.3,)), (10, 29), (1, 5), (11, 6), Pace())
    one, two = (chances(trial, Changes(effect=0.5), seed=3)[0] for _ in range(2))
    assert (one.success == two.success).all()
