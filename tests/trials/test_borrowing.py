"""Priors from published series: against direct integration, sampling and closed forms."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from hilum.errors import InputError, NotEstimable
from hilum.trials.borrowing.effective_size import effective_size, events_worth
from hilum.trials.borrowing.em import fit_mixture
from hilum.trials.borrowing.map_prior import map_prior
from hilum.trials.borrowing.mixture import BetaMixture
from hilum.trials.borrowing.trial import (
    VAGUE,
    assurance,
    assurance_survival,
    assurance_two_proportions,
    borrowed_trial,
    power_prior,
)

# Ankylosing spondylitis controls (Baeten et al. 2013), the data of Schmidli et al. 2014.
EVENTS, N = [23, 12, 19, 9, 39, 6, 9, 10], [107, 44, 51, 39, 139, 20, 78, 35]
LABELS = [f"study {i}" for i in range(1, 9)]


@pytest.fixture(scope="module")
def spondylitis():
    return map_prior(EVENTS, N, LABELS)


def test_map_prior_by_importance_sampling(spondylitis):
    """The prior sampled, weighted by the likelihood."""
    rng = np.random.default_rng(4)
    draws = 120_000
    # Proposal near the posterior; weights are prior x likelihood / proposal.
    mu = rng.normal(-1.1, 0.35, draws)
    tau = np.abs(rng.normal(0, 0.7, draws))
    u, w = np.polynomial.hermite_e.hermegauss(21)
    logs = stats.norm.logpdf(mu, 0, 2) - stats.norm.logpdf(mu, -1.1, 0.35)
    logs += stats.halfnorm.logpdf(tau) - stats.halfnorm.logpdf(tau, scale=0.7)
    for x, n in zip(EVENTS, N, strict=True):
        at = mu[:, None] + tau[:, None] * u
        part = np.exp(x * special.log_expit(at) + (n - x) * special.log_expit(-at) + 0.58 * n)
        logs += np.log(part @ w)
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    new = special.expit(mu + tau * rng.normal(size=draws))
    assert 1 / (weight**2).sum() > 15_000
    mean = weight @ new
    assert spondylitis.mean == pytest.approx(mean, abs=0.002)
    assert spondylitis.sd == pytest.approx(np.sqrt(weight @ (new - mean) ** 2), abs=0.002)
    assert spondylitis.tau_mean == pytest.approx(weight @ tau, abs=0.006)
    assert spondylitis.mu_mean == pytest.approx(weight @ mu, abs=0.006)
    order = np.argsort(new)
    upto = np.cumsum(weight[order])
    low, high = (new[order][np.searchsorted(upto, q)] for q in (0.025, 0.975))
    assert spondylitis.interval == pytest.approx((low, high), abs=0.008)


def test_without_spread_between_studies_one_integral_is_enough():
    found = map_prior([4, 7], [20, 30], ["a", "b"], tau_scale=1e-7)

    def joint(theta, power):
        p = special.expit(theta)
        return p**power * stats.norm.pdf(theta, 0, 2) * p**11 * (1 - p) ** 39

    zero, one, two = (
        integrate.quad(joint, -8, 4, args=(k,), epsabs=0, epsrel=1e-11, limit=300)[0]
        for k in (0, 1, 2)
    )
    assert found.mean == pytest.approx(one / zero, rel=1e-5)
    assert found.sd == pytest.approx(np.sqrt(two / zero - (one / zero) ** 2), rel=1e-3)


def test_rare_events_and_one_study_do_not_break():
    rare = map_prior([0, 0, 1], [30, 25, 40], list("abc"))
    assert 0 < rare.mean < 0.1
    single = map_prior([5], [10], ["a"])
    assert single.sd > map_prior([5, 5, 5, 5], [10] * 4, list("abcd")).sd
    huge = map_prior([5200, 5100], [10_000, 10_000], ["a", "b"], tau_scale=0.1)
    assert huge.mean == pytest.approx(0.515, abs=0.003)


def test_mixture_stands_for_the_prior(spondylitis):
    found = fit_mixture(spondylitis.rates, spondylitis.mass)
    assert found.divergence < 2e-3
    assert found.worst_cdf < 5e-3
    assert found.mixture.mean == pytest.approx(spondylitis.mean, abs=1e-3)
    assert found.mixture.sd == pytest.approx(spondylitis.sd, rel=0.02)
    more = fit_mixture(spondylitis.rates, spondylitis.mass, components=4)
    assert more.divergence < found.divergence


def test_em_finds_the_mixture_it_was_made_from():
    known = BetaMixture((0.7, 0.3), (20.0, 2.0), (40.0, 6.0))
    edges = np.linspace(0, 1, 2001)
    found = fit_mixture((edges[1:] + edges[:-1]) / 2, np.diff(known.cdf(edges)), components=2)
    assert found.mixture.weights == pytest.approx(known.weights, abs=0.01)
    assert found.mixture.a == pytest.approx(known.a, rel=0.02)
    assert found.mixture.b == pytest.approx(known.b, rel=0.02)


def test_update_is_bayes_theorem():
    prior = BetaMixture((0.6, 0.4), (4.0, 1.0), (12.0, 1.0))
    post = prior.after(9, 20)
    grid = np.linspace(0.01, 0.99, 99)
    whole = integrate.quad(lambda p: float(prior.pdf(p)) * stats.binom.pmf(9, 20, p), 0, 1)[0]
    assert post.pdf(grid) == pytest.approx(
        prior.pdf(grid) * stats.binom.pmf(9, 20, grid) / whole, rel=1e-8
    )
    assert prior.predictive(20)[9] == pytest.approx(whole, rel=1e-8)
    # Schmidli 2014: prior-data conflict moves weight to the vague part.
    robust = BetaMixture((1.0,), (30.0,), (90.0,)).robust(0.2)
    assert robust.after(15, 20).weights[1] > 0.9
    assert robust.after(5, 20).weights[1] < 0.1
    assert robust.quantile(float(robust.cdf(0.3))) == pytest.approx(0.3, abs=1e-10)


@pytest.mark.parametrize("method", ["elir", "moment", "morita"])
def test_a_beta_is_worth_its_two_shapes(method):
    prior = BetaMixture((1.0,), (7.5,), (22.0,))
    assert effective_size(prior, method) == pytest.approx(29.5, rel=1e-5)


def test_elir_is_predictively_consistent():
    """Neuenschwander 2020, section 2.2: prior plus n patients is worth n more on average."""
    prior = BetaMixture((0.6, 0.4), (12.0, 2.0), (36.0, 5.0))
    chance = prior.predictive(15)
    after = [effective_size(prior.after(x, 15)) for x in range(16)]
    assert chance @ after - 15 == pytest.approx(effective_size(prior), abs=1e-6)
    moment = [effective_size(prior.after(x, 15), "moment") for x in range(16)]
    assert abs(chance @ moment - 15 - effective_size(prior, "moment")) > 1


def test_sizes_that_have_no_sense_say_so():
    valley = BetaMixture((0.5, 0.5), (30.0, 90.0), (90.0, 30.0))
    with pytest.raises(NotEstimable, match="Morita"):
        effective_size(valley, "morita")
    with pytest.raises(NotEstimable, match="below 1"):
        effective_size(BetaMixture((1.0,), (0.5,), (0.5,)))
    assert events_worth(0.25) == 16


def test_power_prior():
    found = power_prior([5, 10], [20, 30], 0.5)
    assert (found.a, found.b) == ((8.5,), (18.5,))
    assert power_prior([5], [20], 0.0).a == (1.0,)


def test_borrowed_trial_by_sampling_and_sums():
    control = BetaMixture((0.8, 0.2), (15.0, 1.0), (45.0, 1.0))
    trial = borrowed_trial(24, 8, control, threshold=0.95)
    rng = np.random.default_rng(6)
    checked = 0
    for x1, x2 in ((8, 1), (11, 2), (12, 3), (14, 4), (5, 2), (18, 6)):
        post = control.after(x2, 8)
        which = rng.choice(2, 400_000, p=post.weights)
        p2 = rng.beta(np.array(post.a)[which], np.array(post.b)[which])
        chance = (rng.beta(1 + x1, 25 - x1, 400_000) > p2).mean()
        if abs(chance - 0.95) > 0.003:
            checked += 1
            assert trial.success[x1, x2] == (chance > 0.95)
    assert checked >= 4
    total = sum(
        stats.binom.pmf(a, 24, 0.6) * stats.binom.pmf(b, 8, 0.25) * trial.success[a, b]
        for a in range(25)
        for b in range(9)
    )
    assert trial.chance(0.6, 0.25) == pytest.approx(total, rel=1e-10)
    assert trial.chance(0.25, 0.25) < 0.05 < trial.chance(0.6, 0.25)
    # Success never turns to failure with one more responder on treatment.
    assert (np.diff(trial.success.astype(int), axis=0) >= 0).all()
    whole = sum(
        stats.betabinom.pmf(a, 24, 3, 5) * VAGUE.predictive(8)[b] * trial.success[a, b]
        for a in range(25)
        for b in range(9)
    )
    assert trial.assurance(BetaMixture((1.0,), (3.0,), (5.0,)), VAGUE) == pytest.approx(whole)


def test_assurance():
    # A certain effect: the power itself.
    assert assurance_survival(100, 0.7, 0.0) == pytest.approx(
        stats.norm.cdf(-np.log(0.7) * 5 - stats.norm.isf(0.025)), rel=1e-12
    )
    direct = integrate.quad(
        lambda b: (
            stats.norm.pdf(b, np.log(0.7), 0.2) * stats.norm.cdf(-b * 5 - stats.norm.isf(0.025))
        ),
        -3,
        2,
        epsabs=1e-12,
    )[0]
    assert assurance_survival(100, 0.7, 0.2) == pytest.approx(direct, abs=1e-10)
    a, b = BetaMixture((1.0,), (9.0,), (11.0,)), BetaMixture((0.5, 0.5), (5.0, 8.0), (15.0, 30.0))
    found = assurance_two_proportions(60, 60, a, b)
    rng = np.random.default_rng(7)
    p1 = rng.beta(9, 11, 400_000)
    first = rng.random(400_000) < 0.5
    p2 = np.where(first, rng.beta(5, 15, 400_000), rng.beta(8, 30, 400_000))
    mean = (p1 + p2) / 2
    null = np.sqrt(mean * (1 - mean) / 30)
    other = np.sqrt((p1 * (1 - p1) + p2 * (1 - p2)) / 60)
    power = stats.norm.cdf((p1 - p2 - stats.norm.isf(0.025) * null) / other)
    assert found == pytest.approx(power.mean(), abs=0.002)
    assert assurance(lambda p: p, b) == pytest.approx(b.mean, rel=1e-10)


@pytest.mark.parametrize(
    "call",
    [
        lambda: map_prior([], [], []),
        lambda: map_prior([5], [4], ["a"]),
        lambda: map_prior([1.5], [4], ["a"]),
        lambda: map_prior([1], [4], ["a"], tau_scale=0),
        lambda: BetaMixture((0.5, 0.6), (1, 1), (1, 1)),
        lambda: BetaMixture((1.0,), (0,), (1,)),
        lambda: VAGUE.robust(1.5),
        lambda: fit_mixture(np.array([0.0, 0.5]), np.array([0.5, 0.5])),
    ],
)
def test_what_makes_no_prior_is_refused(call):
    with pytest.raises(NotEstimable):
        call()


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: power_prior([5], [20], 1.5), "share"),
        (lambda: power_prior([25], [20], 0.5), "events"),
        (lambda: borrowed_trial(0, 5, VAGUE), "n1"),
        (lambda: borrowed_trial(5, 5, VAGUE, threshold=1.0), "threshold"),
        (lambda: assurance_survival(-5, 0.7, 0.1), "events"),
        (lambda: assurance_two_proportions(50, 0, VAGUE, VAGUE), "n2"),
    ],
)
def test_impossible_parameters_are_named(call, name):
    with pytest.raises(InputError) as error:
        call()
    assert error.value.faults[0].column == name
