"""The joint model's posterior against independent answers."""

import numpy as np
import pytest
from scipy import special, stats

from hilum.errors import NotConverged, NotEstimable
from hilum.synthesis import binomial_normal
from hilum.synthesis.joint import JointFit, Priors, Scale, arms, dial, joint, survival
from hilum.synthesis.joint.posterior import (
    Target,
    absolute,
    change_points,
    difference,
    differences,
    levels,
    ranks,
)
from tests.synthesis.reference import FILES


def smoking():
    """Arms as log odds, half an event added in studies with an empty cell (as netmeta does)."""
    raw = FILES["netmeta_smokingcessation"]["raw"]
    rows = []
    for i in range(24):
        ks = [k for k in (1, 2, 3) if raw[f"event{k}"][i] is not None]
        events = np.array([raw[f"event{k}"][i] for k in ks], float)
        n = np.array([raw[f"n{k}"][i] for k in ks], float)
        add = 0.5 if (events == 0).any() else 0.0
        a, b = events + add, n - events + add
        names = [raw[f"treat{k}"][i] for k in ks]
        yi, sei = np.log(a / b), np.sqrt(1 / a + 1 / b)
        rows += [(f"s{i}", *one) for one in zip(names, yi, sei, strict=True)]
    return rows


@pytest.fixture(scope="module")
def network():
    rows = smoking()
    # Two series that at weight 0 must not matter, however far off they lie.
    rows += [("x", "D", 2.0, 0.2), ("y", "A", 1.0, 0.2)]
    study, treatment, yi, sei = zip(*rows, strict=True)
    design = ["single_arm" if s in "xy" else "randomised" for s in study]
    studies = survival(study, treatment, [None] * len(rows), design, yi, sei)
    tau = FILES["netmeta_smokingcessation"]["tau"]
    priors = Priors.vague(tau=Scale(tau, fixed=True))
    return joint(studies, priors, weights=(0.0, 0.0), draws=1500)


def test_randomised_only_is_the_frequentist_network(network):
    """netmeta 2.9-0, random effects at its own tau; error of the mean is sd / sqrt(ESS)."""
    data = FILES["netmeta_smokingcessation"]
    eta = network.flat("alpha")
    for i in range(4):
        for j in range(i):
            shift = eta[:, i] - eta[:, j]
            se = data["seTE_random"][i][j]
            # Effective draws are over 1,500: 4 standard errors of mean and deviation.
            assert shift.mean() == pytest.approx(data["TE_random"][i][j], abs=4 * se / 1500**0.5)
            assert shift.std() == pytest.approx(se, rel=4 / 3000**0.5)


def test_no_comparative_study_equals_single_arm_pooling():
    """pritz1997 with vague priors: against the posterior by quadrature on a grid, no sampling."""
    data = FILES["pritz1997"]["input"]
    x, n = np.array(data["xi"], float), np.array(data["ni"], float)
    names = [f"s{i}" for i in range(len(x))]
    priors = Priors.vague(tau=Scale(0.0))
    fit = joint(arms(names, ["E"] * len(x), ["single_arm"] * len(x), x, n), priors)
    mu, tau = np.linspace(-2, 5, 281), np.linspace(0.005, 5, 200)
    z, w = np.polynomial.hermite_e.hermegauss(60)
    eta = mu[:, None, None] + tau[None, :, None] * z
    logs = np.zeros((len(mu), len(tau)))
    for one, of in zip(x, n, strict=True):
        inside = one * eta - of * np.logaddexp(0, eta)
        logs += special.logsumexp(inside, axis=-1, b=w)
    logs += stats.norm.logpdf(mu, 0, 200**0.5)[:, None] + stats.halfnorm.logpdf(tau, scale=5)
    mass = np.exp(logs - logs.max())
    mass /= mass.sum()
    mean = float((mass.sum(1) * mu).sum())
    sd = float((mass.sum(1) * (mu - mean) ** 2).sum()) ** 0.5
    tau_mean = float((mass.sum(0) * tau).sum())
    ess = fit.convergence.ess_bulk
    assert fit.flat("alpha")[:, 0].mean() == pytest.approx(mean, abs=4 * sd / ess**0.5)
    assert fit.flat("alpha")[:, 0].std() == pytest.approx(sd, rel=0.08)
    assert fit.flat("sigma").mean() == pytest.approx(tau_mean, abs=0.05)
    # The likelihood's own answer (exact, maximum) lies well inside one standard error.
    exact = binomial_normal(x, n, names)
    assert special.logit(absolute(fit)[0].value) == pytest.approx(exact.beta, abs=0.25 * exact.se)


def test_the_dial_moves_from_the_trials_to_everything(turned):
    first, middle, last = turned.fits
    assert all(isinstance(one, JointFit) for one in turned.fits)
    assert [one.weights for one in turned.fits] == [(0, 0), (0.5, 0.5), (1, 1)]
    d = first.treatments.index("D")
    prior_sd = (first.priors.effect_sd**2 + first.priors.centre.sd**2) ** 0.5
    # D is in series only: at weight 0 nothing but the prior, narrower with every turn.
    spread = [one.flat("alpha")[:, d].std() for one in (first, middle, last)]
    assert spread[0] == pytest.approx(prior_sd, rel=0.35)
    assert spread[0] > spread[1] > spread[2]


def test_absolute_outcomes_and_differences_are_of_one_posterior(fit):
    eta = levels(fit)
    found = absolute(fit)
    assert [one.treatment for one in found] == ["A", "B", "C", "D"]
    assert found[0].value == pytest.approx(np.median(special.expit(eta[:, 0])))
    for one in found:
        assert one.prediction[0] < one.ci[0] < one.value < one.ci[1] < one.prediction[1]
    one = difference(fit, "C", "A", margin=0.1)
    gap = special.expit(eta[:, 2]) - special.expit(eta[:, 0])
    assert one.p_relevant == pytest.approx((gap > 0.1).mean())
    assert one.conclusion == "higher"
    assert len(differences(fit)) == 6
    assert sum(r.p_first for r in ranks(fit)) == pytest.approx(1)
    assert sum(r.mean for r in ranks(fit)) == pytest.approx(10)


def test_an_anchor_replaces_the_exchangeable_level(fit):
    target = Target(anchor=("A", 0.5))
    by_name = {one.treatment: one for one in absolute(fit, target)}
    assert by_name["A"].value == pytest.approx(0.5)
    plain, moved = difference(fit, "C", "A"), difference(fit, "C", "A", target)
    assert moved.ratio == pytest.approx(plain.ratio)
    with pytest.raises(NotEstimable, match="between 0 and 1"):
        absolute(fit, Target(anchor=("A", 1.5)))


def test_a_change_of_conclusion_is_placed_between_weights(turned):
    curve = dict(zip(turned.weights, (difference(f, "D", "A") for f in turned.fits), strict=True))
    changes = change_points(curve)
    assert curve[0.0].conclusion == "undecided"
    for at, below, above in changes:
        assert 0 <= at <= 1
        assert below != above
    decided = curve[1.0].conclusion != "undecided"
    assert bool(changes) == decided


def test_what_cannot_be_asked_is_refused(fit, studies):
    with pytest.raises(NotEstimable, match="expected one of A, B, C, D"):
        difference(fit, "E", "A")
    with pytest.raises(NotEstimable, match="itself"):
        difference(fit, "A", "A")
    with pytest.raises(NotEstimable, match="margin"):
        difference(fit, "B", "A", margin=-1)
    with pytest.raises(NotEstimable, match="covariate 'age'"):
        levels(fit, Target(values=(("age", 3.0),)))
    with pytest.raises(NotEstimable, match="weight 2"):
        joint(studies, weights=(2.0, 1.0))
    with pytest.raises(NotEstimable, match="dial 'all'"):
        dial(studies, on="all")
    with pytest.raises(NotEstimable, match="at least 2, 100, 100"):
        joint(studies, draws=10)


def test_a_fit_that_fails_is_refused_after_a_second_run(fit, studies, monkeypatch):
    from hilum.synthesis.joint import batch as module

    asked = []

    def stuck(studies, priors, weights, **given):
        asked.append((given["target"], given["draws"]))
        draws = {name: values.copy() for name, values in fit.draws.items()}
        draws["tau"][0] += 2.0
        return [(draws, 0, 7.0)] * len(weights)

    monkeypatch.setattr(module, "_run", stuck)
    with pytest.raises(NotConverged, match="not shown: R-hat"):
        joint(studies)
    assert asked == [(module.TARGET, 1000), (module.CAREFUL, 2000)]
    turned = dial(studies, weights=(0.0, 1.0))
    assert all(isinstance(one, NotConverged) for one in turned.fits)
