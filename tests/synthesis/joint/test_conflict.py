"""What kinds of evidence say alone, and how far they differ, against closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from hilum.synthesis.joint import Normal, Priors, Scale, arms, joint, survival
from hilum.synthesis.joint.batch import OF_PART
from hilum.synthesis.joint.conflict import Side, conflict_of, of_pair, of_treatment
from hilum.synthesis.joint.gross import is_gross
from hilum.synthesis.joint.identification import identification
from hilum.synthesis.joint.paths import on_the_way
from hilum.synthesis.joint.precision import spoken
from hilum.synthesis.joint.weights import ALONE, Weights, needed_parts
from tests.made_fit import made_fit
from tests.synthesis.joint.conftest import ROWS, rows

ARMS = [
    ("t1", "A", "randomised", -3.0, 0.15), ("t1", "B", "randomised", -3.5, 0.16),
    ("t2", "A", "randomised", -2.8, 0.20), ("t2", "B", "randomised", -3.2, 0.22),
    ("s1", "A", "single_arm", -3.3, 0.20), ("s2", "A", "single_arm", -2.9, 0.25),
    ("s3", "B", "single_arm", -2.2, 0.18), ("s4", "B", "single_arm", -2.4, 0.30),
]  # fmt: skip
PRIORS = Priors(
    centre=Normal(-3.0, 1.0), effect_sd=1.0, sigma=Scale(0.4, fixed=True),
    tau=Scale(0.2, fixed=True), bias_single=Normal(0.1, 0.3), kappa_single=Scale(0.2, fixed=True),
)  # fmt: skip


def closed_form(weights):
    """Mean and covariance of (A, B): every deviation is fixed, so all is normal.

    Unknowns A, B and the series' bias; a study's arms share a baseline of variance sigma^2 over
    the weight of exchangeability (none: 10^2).
    """
    prior = np.zeros((3, 3))
    prior[:2, :2] = 1.0 * np.eye(2) + 1.0
    prior[2, 2] = 0.3**2
    start = np.array([-3.0, -3.0, 0.1])
    precision = np.linalg.inv(prior)
    pull = precision @ start
    shared = 1 / (weights.exchange / 0.4**2 + 1 / 10**2)
    for name in dict.fromkeys(row[0] for row in ARMS):
        own = [row for row in ARMS if row[0] == name]
        single = own[0][2] == "single_arm"
        power = weights.single if single else weights.randomised
        design = np.array([[row[1] == "A", row[1] == "B", single] for row in own], float)
        between = 0.4**2 if single else shared
        extra = 0.2**2 / 2 + (0.2**2 if single else 0.0)
        cov = between + np.diag([row[4] ** 2 + extra for row in own])
        inverse = power * np.linalg.inv(cov)
        precision = precision + design.T @ inverse @ design
        pull = pull + design.T @ inverse @ np.array([row[3] for row in own])
    cov = np.linalg.inv(precision)
    return (cov @ pull)[:2], cov[:2, :2]


@pytest.fixture(scope="module")
def fit():
    study, treatment, design, yi, sei = zip(*ARMS, strict=True)
    studies = survival(study, treatment, [None] * len(ARMS), design, yi, sei)
    return joint(studies, PRIORS, draws=1000, parts=needed_parts(studies, (1.0, 1.0)))


def test_each_kind_alone_is_the_closed_form(fit):
    every = {"": Weights(1, 1, 1, 1), "randomised": ALONE["randomised"]}
    every |= {name: ALONE[name] for name in ("randomised_arms", "single_arm")}
    assert set(fit.parts) == set(every) - {""}
    c = np.array([1.0, -1.0])
    for name, weights in every.items():
        part = fit.parts[name] if name else fit
        mean, cov = closed_form(weights)
        eta = part.flat("alpha")
        size = part.convergence.ess_bulk
        for value, wanted, sd in (
            (eta[:, 0] - eta[:, 1], c @ mean, (c @ cov @ c) ** 0.5),
            (eta[:, 1], mean[1], cov[1, 1] ** 0.5),
        ):
            assert value.mean() == pytest.approx(wanted, abs=4 * sd / size**0.5)
            assert value.std() == pytest.approx(sd, rel=4 / (2 * size) ** 0.5)


def test_a_conflict_and_what_is_left_are_the_closed_form(fit):
    """Trials say B lives longer, series the contrary; the joint contrast lies between."""
    (found,) = of_pair(fit, "B", "A")
    c = np.array([-1.0, 1.0])
    trials, series = (closed_form(w) for w in (Weights(0, 1, 1, 0), ALONE["single_arm"]))
    gap = c @ (trials[0] - series[0])
    se = (c @ (trials[1] + series[1]) @ c) ** 0.5
    assert found.z == pytest.approx(gap / se, abs=0.15)
    assert found.p == pytest.approx(2 * stats.norm.cdf(-abs(gap / se)), abs=0.02)
    assert found.gross == (abs(found.z) >= 2)
    assert (found.first.kind, found.second.kind) == ("randomised", "single_arm")
    assert (found.first.studies, found.second.studies) == (2, 4)
    (level,) = of_treatment(fit, "B")
    arms_alone = closed_form(ALONE["randomised_arms"])
    assert level.gap == pytest.approx(arms_alone[0][1] - series[0][1], abs=0.08)
    left = identification(fit, "B", "A").without[0]
    everything = closed_form(Weights(1, 1, 1, 1))
    wanted = (c @ trials[1] @ c / (c @ everything[1] @ c)) ** 0.5
    assert left.ratio == pytest.approx(wanted, rel=0.08)
    assert left.value == pytest.approx(c @ trials[0], abs=0.06)
    assert not left.silent
    # Every deviation is fixed, so each is normal: limits within four Monte-Carlo errors.
    for said, (mean, cov) in ((found.first, trials), (found.second, series), (left, trials)):
        sd = (c @ cov @ c) ** 0.5
        assert said.value == pytest.approx(c @ mean, abs=4 * said.error)
        assert 0 < said.error < 0.05 * sd
        for limit, error, side in zip(said.ci, said.ci_error, (-1, 1), strict=True):
            assert limit == pytest.approx(c @ mean + side * 1.959964 * sd, abs=4 * error)
            # 4,000 draws, nearly independent: 2.67 / sqrt(4000) deviations.
            assert 0.02 * sd < error < 0.12 * sd


def test_trials_alone_along_a_dial_are_quadrature_over_tau(turned):
    """Normal approximation of log odds; over tau by quadrature. Counts are skew: 0.15 deviations.

    Baselines N(0, 10^2), levels and tau by their priors; C against A.
    """
    trials = [row for row in ROWS if row[2] == "randomised"]
    events, n = (np.array([row[k] for row in trials], float) for k in (3, 4))
    y = np.log((events + 0.5) / (n - events + 0.5))
    own = 1 / (events + 0.5) + 1 / (n - events + 0.5)
    names = turned.fits[-1].treatments
    design = np.array([[row[1] == name for name in names] for row in trials], float)
    shared = 100.0 * np.array([[a[0] == b[0] for b in trials] for a in trials])
    prior, c = Priors(), np.array([(name == "C") * 1.0 - (name == "A") for name in names])
    level = prior.effect_sd**2 * np.eye(len(names)) + prior.centre.sd**2
    taus = np.linspace(1e-3, 3, 600)
    found = []
    for tau in taus:
        whole = design @ level @ design.T + np.diag(own + tau**2 / 2) + shared
        gain = level @ design.T @ np.linalg.inv(whole)
        weight = stats.multivariate_normal(np.zeros(len(y)), whole).pdf(y)
        weight *= stats.halfnorm(scale=prior.tau.value).pdf(tau)
        found.append((weight, c @ gain @ y, c @ (level - gain @ design @ level) @ c))
    weight, mean, variance = np.array(found).T
    weight /= weight.sum()
    grid = np.linspace(-4, 6, 4001)
    below = (weight * stats.norm.cdf((grid[:, None] - mean) / variance**0.5)).sum(1)
    part = turned.fits[-1].parts["randomised"]
    assert part.draws["alpha"].shape[:2] == (4, OF_PART)
    said = spoken(part.draws["alpha"] @ c)
    for limit, error, p in zip(said.ci, said.ci_error, (0.025, 0.975), strict=True):
        assert limit == pytest.approx(np.interp(p, below, grid), abs=4 * error + 0.15 * said.se)
    assert said.value == pytest.approx(weight @ mean, abs=4 * said.error + 0.15 * said.se)


@pytest.mark.parametrize(("z", "gross"), [(1.999, False), (2.0, True), (-2.0, True), (2.001, True)])
def test_two_standard_errors_are_gross(z, gross):
    assert is_gross(z) == gross


def test_the_gap_of_two_normals():
    """Against the normal's own formulas: 4,000 draws a side know z within a few per cent."""
    rng = np.random.default_rng(8)
    sides = []
    for mean, sd in ((1.05, 0.2), (0.1, 0.5)):
        draws = rng.normal(mean, sd, 4000)
        sides.append((Side("x", 1, draws.mean(), draws.std(ddof=1), (0.0, 0.0)), draws))
    found = conflict_of("A", "B", *sides)
    z = 0.95 / (0.2**2 + 0.5**2) ** 0.5
    assert found.z == pytest.approx(z, rel=0.03)
    assert found.p == pytest.approx(2 * stats.norm.sf(z), rel=0.15)


def test_kinds_speak_only_where_they_have_evidence():
    """D has no comparison, A and B no other kind of contrast; C is in trials and a series."""
    studies = rows()
    parts = {name: made_fit(studies, seed=3) for name in needed_parts(studies, (1.0, 1.0))}
    fit = replace(made_fit(studies), parts=parts)
    assert of_pair(fit, "D", "A") == ()
    assert of_pair(fit, "B", "A") == ()
    kinds = [(one.first.kind, one.second.kind) for one in of_pair(fit, "C", "A")]
    assert kinds == [("randomised", "single_arm")]
    kinds = [(one.first.kind, one.second.kind) for one in of_pair(fit, "C", "B")]
    assert kinds == [("randomised", "comparative")]
    assert of_treatment(fit, "D") == ()
    assert len(of_treatment(fit, "C")) == 3
    # Nothing to take apart: nothing is fitted.
    alone = arms(["a", "b"], ["A", "B"], ["single_arm"] * 2, [1, 2], [9, 9])
    assert needed_parts(alone, (1.0, 1.0)) == {}


def test_shares_are_said_of_paths_that_exist():
    """A trial of A and B is on no way from C to D, nor a dead end beside one."""
    studies = arms(
        ["t1", "t1", "t2", "t2", "t3", "t3", "s", "t4", "t4", "t4"],
        ["A", "B", "B", "C", "B", "X", "D", "A", "C", "E"],
        ["randomised"] * 6 + ["single_arm"] + ["randomised"] * 3,
        [3, 4, 5, 6, 7, 8, 5, 4, 5, 6], [20] * 10,
    )  # fmt: skip
    names = {name: i for i, name in enumerate(studies.treatments)}

    def way(a, b):
        return {studies.studies[s] for s in on_the_way(studies, (0, 1), names[a], names[b])}

    assert way("A", "C") == {"t1", "t2", "t4"}
    assert way("A", "X") == {"t1", "t2", "t3", "t4"}
    assert way("A", "D") == set()
    fit = made_fit(studies)
    percent = identification(fit, "A", "D").percent
    assert percent["randomised"] == percent["comparative"] == 0
    assert percent["baselines"] > 0
    assert sum(percent.values()) == pytest.approx(100)
