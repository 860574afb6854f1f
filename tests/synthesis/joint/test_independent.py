"""Independent proposals: the same posterior as by other ways, and refused where they are poor."""

from dataclasses import replace

import jax
import numpy as np
import pytest
from scipy import integrate, special, stats

from hilum.synthesis.joint import Priors, Scale, arms, batch, independent, joint
from hilum.synthesis.joint.conditional import draw_of, linear
from hilum.synthesis.joint.density import layout
from hilum.synthesis.joint.diagnostics import convergence
from hilum.synthesis.joint.effective import ess_mean, halves
from hilum.synthesis.joint.linear import information
from hilum.synthesis.joint.moments import sites, tilted
from hilum.synthesis.joint.pareto import pareto_k
from hilum.synthesis.joint.record import SHOWN
from hilum.watch import SILENT
from tests.synthesis.joint.conftest import rows
from tests.synthesis.joint.test_frame import hazards

PRIORS = {"binomial": Priors(), "normal": Priors.log_hazard()}
SCALES = {"sigma": 0.7, "tau": 0.4, "kappa_comparative": 0.3, "kappa_single": 0.25}


@pytest.mark.parametrize("shape", [-0.2, 0.2, 0.5, 0.8, 1.2])
@pytest.mark.parametrize("n", [60, 2000])
def test_the_tail_of_weights_is_arviz(shape, n):
    """ArviZ's psislw (Pareto smoothed importance sampling), to rounding."""
    from arviz import psislw

    logs = np.log(stats.genpareto.rvs(shape, size=n, random_state=4))
    assert pareto_k(logs) == pytest.approx(float(psislw(logs)[1]), rel=1e-9)


def test_equal_weights_have_no_tail_and_few_or_none_are_not_trusted():
    assert pareto_k(np.zeros(100)) == -np.inf
    assert pareto_k(np.zeros(20)) == np.inf
    assert pareto_k(np.full(100, -np.inf)) == np.inf


@pytest.mark.parametrize("make", [rows, hazards])
@pytest.mark.parametrize("weights", [(1.0, 1.0), (0.4, 0.7), (0.0, 0.0)])
def test_the_linear_model_is_that_of_the_report_on_information(make, weights):
    """Precision and mean of :mod:`linear` (each tested for itself), at its own stand-ins."""
    studies = make()
    priors = PRIORS[studies.kind]
    y, n = studies.y, studies.n
    if studies.kind == "binomial":
        seen = np.log((y + 0.5) / (n - y + 0.5)), 1 / (y + 0.5) + 1 / (n - y + 0.5)
    else:
        seen = y, n**2
    biases = layout(studies, priors).biases
    model = linear(studies, priors, weights, biases)
    from hilum.synthesis.joint.conditional import Sites

    scales = {name: np.array([value]) for name, value in SCALES.items()}
    precision, pull = model.given(scales, Sites(*seen))
    other = information(studies, priors, SCALES | {"shrinkage": 0.0, "interaction": 0.0}, weights)
    # That gives a comparison within its study through a baseline of variance 1e6, and holds all.
    np.testing.assert_allclose(precision[0], other.total, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(np.linalg.solve(precision[0], pull[0]), other.mean, rtol=1e-5)


def test_a_fixed_bias_is_no_parameter_and_moves_what_is_seen():
    priors = Priors.from_mapping({"bias_single": [0.5, 0.0]})
    studies = rows()
    assert layout(studies, priors).biases == ("bias_comparative",)
    model = linear(studies, priors, (1.0, 1.0), ("bias_comparative",))
    series = studies.design[studies.study] == 2
    assert np.array_equal(model.offset, 0.5 * series)


def test_a_draw_has_the_mean_and_spread_of_its_precision():
    """The draw of no departure is the mean; of each unit departure, a root of the covariance."""
    rng = np.random.default_rng(3)
    root = rng.normal(size=(2, 4, 4))
    precision = root @ root.transpose(0, 2, 1) + np.eye(4)
    pull = rng.normal(size=(2, 4))
    middle, half = draw_of(precision, pull, np.zeros((2, 4)))
    np.testing.assert_allclose(middle, np.linalg.solve(precision, pull[..., None])[..., 0])
    np.testing.assert_allclose(half, np.linalg.slogdet(precision)[1] / 2)
    off = np.stack([draw_of(precision, pull, np.tile(e, (2, 1)))[0] - middle for e in np.eye(4)], 2)
    np.testing.assert_allclose(off @ off.transpose(0, 2, 1), np.linalg.inv(precision), atol=1e-12)


@pytest.mark.parametrize(
    ("y", "n", "power"), [(0, 40, 1.0), (1000, 1000, 1.0), (12, 30, 0.3), (3, 2000, 1.0)]
)
def test_moments_of_an_arm_are_those_of_adaptive_integration(y, n, power):
    """scipy.integrate.quad; 24 points, error below 1 % of a standard deviation."""
    level, variance = 0.4, 2.5

    def density(eta, k=0):
        logs = power * (y * eta - n * np.logaddexp(0, eta)) - (eta - level) ** 2 / 2 / variance
        return eta**k * np.exp(logs - top)

    grid = np.linspace(-20, 20, 4001)
    logs = power * (y * grid - n * np.logaddexp(0, grid)) - (grid - level) ** 2 / 2 / variance
    top, at = logs.max(), float(grid[logs.argmax()])
    whole = [integrate.quad(density, at - 8, at + 8, (k,), points=[at])[0] for k in range(3)]
    mean = whole[1] / whole[0]
    spread = whole[2] / whole[0] - mean**2
    found = tilted(*(np.array([one], float) for one in (y, n, power, level, variance)))
    assert float(found[0][0]) == pytest.approx(mean, abs=0.01 * spread**0.5)
    assert float(found[1][0]) == pytest.approx(spread, rel=0.02)


def test_stand_ins_give_a_series_the_mean_and_spread_of_its_posterior():
    """One treatment, deviations known: against a sum over its level, no event in one series."""
    studies = arms(["a", "b"], ["X", "X"], ["single_arm"] * 2, [0, 9], [20, 30])
    priors = Priors.from_mapping({"bias_single": [0.0, 0.0]})
    model = linear(studies, priors, (1.0, 1.0), ())
    stands = sites(model, SCALES)
    precision, pull = model.given({k: np.array([v]) for k, v in SCALES.items()}, stands)
    mu = np.linspace(-12, 8, 2001)
    z, w = np.polynomial.hermite_e.hermegauss(80)
    sd = float(model.of_series({k: np.array(v) for k, v in SCALES.items()})) ** 0.5
    logs = stats.norm.logpdf(mu, 0, (priors.effect_sd**2 + priors.centre.sd**2) ** 0.5)
    for y, n in ((0, 20), (9, 30)):
        eta = mu[:, None] + sd * z
        logs = logs + special.logsumexp(y * eta - n * np.logaddexp(0, eta), axis=1, b=w)
    mass = np.exp(logs - logs.max())
    mass /= mass.sum()
    mean = float(mass @ mu)
    spread = float(mass @ (mu - mean) ** 2) ** 0.5
    # Expectation propagation is not exact: within a twentieth of a standard deviation here.
    assert float(pull[0, 0] / precision[0, 0, 0]) == pytest.approx(mean, abs=0.05 * spread)
    assert float(precision[0, 0, 0] ** -0.5) == pytest.approx(spread, rel=0.05)


def drawn(studies, weights, *, stepped, priors=None, draws=1500):
    prior = priors or PRIORS[studies.kind]
    if stepped:
        return batch._stepped(
            SILENT, studies, prior, (weights,), [4], draws, 400, 3, 0.9, None, None
        )[0][0]
    with jax.enable_x64(True):
        found = independent.draw(studies, prior, weights, chains=4, draws=draws, seed=(1, 0))
    assert found is not None
    return found


def largest_gap(one, other):
    """Over means and squares of all quantities, in Monte-Carlo standard errors."""
    gaps = []
    for name in one:
        for power in (1, 2):
            pair = [v[name].reshape(*v[name].shape[:2], -1) ** power for v in (one, other)]
            vary = np.ptp(pair[0], axis=(0, 1)) > 0
            assert np.array_equal(vary, np.ptp(pair[1], axis=(0, 1)) > 0), name
            first, second = (v[..., vary] for v in pair)
            error = np.sqrt(sum(v.var((0, 1)) / ess_mean(halves(v)) for v in (first, second)))
            gaps += list(np.abs(first.mean((0, 1)) - second.mean((0, 1))) / error)
    return max(gaps)


@pytest.mark.parametrize(
    ("make", "weights"),
    [
        (rows, (1.0, 1.0)),
        pytest.param(rows, (0.3, 0.6), marks=pytest.mark.slow),
        pytest.param(rows, (0.0, 1.0, 0.0, 0.0), marks=pytest.mark.slow),
        pytest.param(hazards, (1.0, 1.0), marks=pytest.mark.slow),
        pytest.param(hazards, (0.0, 0.0), marks=pytest.mark.slow),
    ],
)
def test_the_posterior_is_the_no_u_turn_sampler_s(make, weights):
    """Both seeded; 20 means and 20 squares, of which none is four standard errors apart."""
    studies = make()
    ours = drawn(studies, weights, stepped=False)
    assert largest_gap(ours, drawn(studies, weights, stepped=True)) < 4
    report = convergence({name: ours[name] for name in SHOWN if name in ours}, 0)
    assert report.passed
    # Draws are little correlated: four in ten count, and more.
    assert report.ess_bulk > 0.4 * report.draws


def test_a_frame_changes_no_draw():
    from hilum.synthesis.joint.frame import FRAMES

    size = {"chains": 2, "draws": 200, "seed": (5, 0)}
    with jax.enable_x64(True):
        bare = independent.draw(rows(), Priors(), (1.0, 1.0), **size)
        framed = independent.draw(rows(), Priors(), (1.0, 1.0), FRAMES["binomial"][1], **size)
    for name, values in bare.items():
        np.testing.assert_allclose(framed[name], values, rtol=1e-9, atol=1e-9)


def test_heavy_weights_few_accepted_and_covariates_are_for_the_other_sampler(monkeypatch):
    size = {"chains": 2, "draws": 100, "seed": (5, 0)}

    def found(studies):
        with jax.enable_x64(True):
            return independent.draw(studies, Priors(), (1.0, 1.0), **size)

    assert not independent.suits(rows(covariates=True))
    assert found(rows(covariates=True)) is None
    assert found(rows()) is not None
    for name, value in (("HEAVY", (-1.0, 1.0)), ("HEAVY", (1.0, -1.0)), ("SHARE", 0.99)):
        with monkeypatch.context() as patch:
            patch.setattr(independent, name, value)
            assert found(rows()) is None


def test_the_other_sampler_draws_what_is_left(monkeypatch):
    """At one weight of two; and everything in a careful run."""
    asked = []

    def stepped(watch, studies, priors, weights, sizes, *rest):
        asked.append((weights, sizes))
        return [("stepped", 0, 7.0)] * len(weights)

    def draw(studies, priors, weights, frame, **given):
        return None if weights == (0.0, 0.0) else "independent"

    monkeypatch.setattr(batch, "_stepped", stepped)
    monkeypatch.setattr(independent, "draw", draw)
    given = {
        "studies": rows(), "priors": Priors(), "weights": ((1.0, 1.0), (0.0, 0.0)), "chains": 4,
        "draws": 100, "warmup": 100, "seed": 1, "beside": 1,
    }  # fmt: skip
    out = batch.drawn(SILENT, target=batch.TARGET, **given)
    assert [one[0] for one in out] == ["independent", "stepped"]
    assert asked.pop() == (((0.0, 0.0),), [2])
    out = batch.drawn(SILENT, target=batch.CAREFUL, **given)
    assert [one[0] for one in out] == ["stepped", "stepped"]
    assert asked.pop() == (((1.0, 1.0), (0.0, 0.0)), [4, 2])


def test_a_deviation_known_leaves_nothing_to_propose_but_levels():
    """All fixed and log hazards normal: the closed form of the linear model."""
    studies = hazards()
    given = {name: Scale(value, fixed=True) for name, value in SCALES.items()}
    priors = replace(Priors.log_hazard(), **given)
    ours = drawn(studies, (1.0, 1.0), stepped=False, priors=priors, draws=2000)
    other = information(
        studies, priors, SCALES | {"shrinkage": 0.0, "interaction": 0.0}, (1.0, 1.0)
    )
    t = len(studies.treatments)
    sd = np.sqrt(np.diag(np.linalg.inv(other.total)))[:t]
    # Over 4,000 effective draws: four standard errors.
    error = 4 / 4000**0.5
    assert np.all(np.abs(ours["alpha"].mean((0, 1)) - other.mean[:t]) < error * sd)
    np.testing.assert_allclose(ours["alpha"].std((0, 1)), sd, rtol=error)


@pytest.mark.slow
def test_ranks_of_what_was_drawn_from_the_priors_are_uniform():
    """Simulation-based calibration (Talts 2018): 150 data sets, 99 draws each, ten classes."""
    rng = np.random.default_rng(11)
    prior = Priors()
    study = ["a", "a", "b", "b", "c", "d", "e", "f"]
    treatment = ["X", "Y", "X", "Y", "X", "Y", "Z", "Z"]
    design = ["randomised"] * 2 + ["comparative"] * 2 + ["single_arm"] * 4
    size = np.array([40, 40, 60, 60, 25, 30, 35, 50])
    favoured = np.array([0, 0, 0, 1, 0, 0, 0, 0])
    places = {"X": 0, "Y": 1, "Z": 2}
    ranks, stepped = [], 0
    for i in range(150):
        scale = {name: abs(rng.normal()) * getattr(prior, name).value for name in SCALES}
        level = rng.normal(0, prior.centre.sd) + rng.normal(0, prior.effect_sd, 3)
        bias = [rng.normal(0, prior.bias_single.sd), rng.normal(0, prior.bias_comparative.sd)]
        base = dict(zip("abcdef", rng.normal(0, scale["sigma"], 6), strict=True))
        eta = []
        for s, t, d, f in zip(study, treatment, design, favoured, strict=True):
            own = level[places[t]] + base[s] + rng.normal(0, scale["tau"] / 2**0.5)
            if d == "single_arm":
                own += bias[0] + rng.normal(0, scale["kappa_single"])
            elif d == "comparative":
                own += f * bias[1] + rng.normal(0, scale["kappa_comparative"] / 2**0.5)
            eta.append(own)
        events = rng.binomial(size, special.expit(eta))
        studies = arms(study, treatment, design, events, size, favoured=favoured)
        given = {"studies": studies, "priors": prior, "weights": ((1.0, 1.0),), "seed": i}
        found, _, steps = batch.drawn(
            SILENT, chains=3, draws=33, warmup=300, target=batch.TARGET, **given
        )[0]
        stepped += steps > 0
        true = {**scale, "level": level[0], "contrast": level[1] - level[2]}
        true |= {"bias_single": bias[0], "bias_comparative": bias[1]}
        alpha = found["alpha"]
        found |= {"level": alpha[..., 0], "contrast": alpha[..., 1] - alpha[..., 2]}
        ranks.append([int((found[name] < value).sum()) for name, value in true.items()])
    # Heavy weights are rare, and then the other sampler draws.
    assert stepped < 15
    for column in np.array(ranks).T:
        counts = np.histogram(column, bins=10, range=(0, 100))[0]
        # Eight tests: the smallest of eight uniform p is below 0.001 once in 125.
        assert stats.chisquare(counts).pvalue > 0.001


def test_a_fit_without_covariates_loads_no_sampler_of_steps():
    """Loading it takes longer than the draws."""
    import subprocess
    import sys

    code = (
        "import sys; from tests.synthesis.joint.conftest import rows; "
        "from hilum.synthesis.joint import joint; joint(rows()); "
        "sys.exit('numpyro' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_fit_says_that_no_steps_were_made():
    fit = joint(rows(), draws=300, needed=100.0)
    assert fit.steps == 0
    assert fit.convergence.divergences == 0
