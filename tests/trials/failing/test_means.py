"""Means under other truths: SciPy's noncentral t, and patients drawn one by one."""

import numpy as np
import pytest
from scipy import integrate, stats

from hilum.analyses import analysis
from hilum.trials.failing.changes import Changes
from hilum.trials.failing.designed import two_means
from hilum.trials.failing.rates import Pace

TRIALS = 20_000


def answered(name, **asked):
    record = analysis(f"design-{name}")
    return record.run(record.Asked(**asked))


def success(trial, changes, *, works=True):
    out = trial.play(changes, TRIALS, np.random.SeedSequence(11), works=works)
    return float(out.success.mean())


def near(found, exact):
    """Four Monte-Carlo errors of 20,000 trials."""
    assert found == pytest.approx(exact, abs=4 * (max(exact * (1 - exact), 1e-4) / TRIALS) ** 0.5)


def two_sample(n1, n2, shift, sd, level):
    df = n1 + n2 - 2
    delta = shift / (sd * (1 / n1 + 1 / n2) ** 0.5)
    return float(stats.nct.sf(stats.t.isf(level, df), df, delta))


@pytest.mark.parametrize(
    ("difference", "ratio", "sided", "margin"),
    [(5.0, 1.0, 1, None), (-5.0, 2.0, 2, None), (1.0, 1.0, 1, 4.0)],
)
def test_the_noncentral_t_of_two_groups(difference, ratio, sided, margin):
    more = {} if margin is None else {"hypothesis": "noninferiority", "margin": margin}
    made = answered("means", difference=difference, sd=10.0, ratio=ratio, sided=sided, **more)
    trial = two_means(made, margin, Pace(8.0))
    n1, n2 = dict(made.per_arm).values()
    level = 0.025 / sided
    far = abs(difference) + (margin or 0.0)
    near(success(trial, Changes()), two_sample(n1, n2, far, 10, level))
    near(success(trial, Changes(), works=False), level)
    near(success(trial, Changes(sd=1.25)), two_sample(n1, n2, far, 12.5, level))
    near(success(trial, Changes(sd=1.25), works=False), level)
    near(success(trial, Changes(effect=0.6)), two_sample(n1, n2, 0.6 * far, 10, level))
    shorter = [int(n / 1.5) for n in (n1, n2)]
    near(success(trial, Changes(slower=1.5, closed=True)), two_sample(*shorter, far, 10, level))
    # Missing outcomes leave binomial numbers in both groups.
    kept = [stats.binom.pmf(np.arange(n + 1), n, 0.8) for n in (n1, n2)]
    exact = sum(
        kept[0][a] * kept[1][b] * two_sample(a, b, far, 10, level)
        for a in range(2, n1 + 1)
        for b in range(2, n2 + 1)
        if kept[0][a] > 1e-6 and kept[1][b] > 1e-6
    )
    near(success(trial, Changes(drop_out=0.2)), exact)


def test_equivalence_by_integrating_over_the_variance():
    made = answered("means", difference=1.0, sd=10.0, hypothesis="equivalence", margin=5.0)
    trial = two_means(made, 5.0, Pace())
    n1, n2 = dict(made.per_arm).values()
    df, root = n1 + n2 - 2, (1 / n1 + 1 / n2) ** 0.5

    def power(shift, sd):
        def inside(s):
            room = stats.t.isf(0.025, df) * s * root
            chance = stats.norm.cdf((5 - room - shift) / (sd * root)) - stats.norm.cdf(
                (-5 + room - shift) / (sd * root)
            )
            return max(chance, 0.0) * stats.chi2.pdf(df * s**2 / sd**2, df) * 2 * df * s / sd**2

        return integrate.quad(inside, 0, 3 * sd, limit=200)[0]

    near(success(trial, Changes()), power(1.0, 10.0))
    near(success(trial, Changes(sd=1.2)), power(1.0, 12.0))
    # From the margin at -5 to the difference of 1, half of the way.
    near(success(trial, Changes(effect=0.5)), power(-2.0, 10.0))
    near(success(trial, Changes(), works=False), power(-5.0, 10.0))


def test_controls_who_get_the_treatment_patient_by_patient():
    """Means of a mixture, t test by SciPy; four errors of both simulations."""
    made = answered("means", difference=8.0, sd=10.0)
    trial = two_means(made, None, Pace())
    n1, n2 = dict(made.per_arm).values()
    rng = np.random.default_rng(5)
    treated = rng.normal(8, 10, (4000, n1))
    control = rng.normal(np.where(rng.random((4000, n2)) < 0.4, 8, 0), 10)
    p = stats.ttest_ind(treated, control, axis=1, alternative="greater").pvalue
    assert success(trial, Changes(crossover=0.4)) == pytest.approx((p <= 0.025).mean(), abs=0.035)


def test_one_group_by_the_noncentral_t():
    made = answered("one-mean", difference=-5.0, sd=10.0)
    trial = two_means(made, None, Pace(2.0))
    n = made.patients

    def power(n, shift, sd):
        return float(stats.nct.sf(stats.t.isf(0.025, n - 1), n - 1, shift / sd * n**0.5))

    near(success(trial, Changes()), power(n, 5, 10))
    near(success(trial, Changes(sd=1.25)), power(n, 5, 12.5))
    near(success(trial, Changes(effect=0.7)), power(n, 3.5, 10))
    near(success(trial, Changes(), works=False), 0.025)
    kept = stats.binom.pmf(np.arange(n + 1), n, 0.9)
    exact = sum(kept[m] * power(m, 5, 10) for m in range(2, n + 1))
    near(success(trial, Changes(drop_out=0.1)), exact)
    out = trial.play(Changes(slower=1.5), 10, np.random.SeedSequence(1), works=True)
    assert set(out.months) == {n * 1.5 / 2.0}
