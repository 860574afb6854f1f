"""The worked examples that R's voi publishes, from their definitions and our own simulation.

Source: github.com/chjackson/voi, articles/voi.html (26 August 2023) for the normal example; for
the chemotherapy model its definition (R/model_chemo_source.R) and the values asserted in
tests/testthat (test_evpi.R, test_evppi.R, test_evsi.R), all at commit 071e702 of July 2022, when
both belonged together. The data set that voi ships holds 10,000 draws of that model; ours are
other draws, so both runs err: tolerances are 3.5 standard errors of the difference, the error of
voi's run taken from ours scaled to 10,000.
"""

import numpy as np
import pytest
from scipy import special

from hilum.trials.worth import evpi, evppi, evsi, normal_evpi, normal_evsi

SEED, DRAWS, THEIRS = 20261125, 40_000, 10_000
CYCLES = 50


def _near(found, published, draws=DRAWS):
    error = found.mcse * np.sqrt(1 + draws / THEIRS)
    assert found.value == pytest.approx(published, abs=3.5 * error), (found, published)


# --- "Simple example model": net benefit p1 - p2 against nothing, p1 ~ N(1, 1), p2 ~ N(0, 2) ----


def test_the_normal_example_in_closed_form():
    # Printed as exact to seven figures.
    assert normal_evpi(1, np.sqrt(5)) == pytest.approx(0.4798107, abs=5e-8)


@pytest.fixture(scope="module")
def normal():
    rng = np.random.default_rng(SEED)
    p1, p2 = rng.normal(1, 1, DRAWS), rng.normal(0, 2, DRAWS)
    return p1, p2


@pytest.mark.parametrize(
    ("k", "whole", "effect"), [(1, 0.4759885, 0.0821007), (2, 0.4028003, 0.1705256),
                               (3, 0.4174207, 0.2589509)]
)  # fmt: skip
def test_the_normal_example_by_simulation(normal, k, whole, effect):
    p1, p2 = normal
    draws = np.column_stack([np.zeros(DRAWS), k * p1 - p2])
    _near(evpi(draws), whole)
    _near(evppi(draws, p1), effect)
    # And the closed form, which has no error of theirs.
    assert evppi(draws, p1).value == pytest.approx(normal_evpi(k, k), abs=0.01 * k)


def test_the_other_parameter_and_samples_of_the_normal_example(normal):
    p1, p2 = normal
    draws = np.column_stack([np.zeros(DRAWS), p1 - p2])
    _near(evppi(draws, p2), 0.3902983)
    rng = np.random.default_rng(SEED + 1)
    for n, published in ((10, 0.0744025), (100, 0.0810626), (1000, 0.0818993)):
        found = evsi(draws, p1 + rng.normal(0, 1 / np.sqrt(n), DRAWS))
        _near(found, published)
        assert found.value == pytest.approx(normal_evsi(1, 1, 1 / n), abs=3.5 * found.mcse)


# --- The chemotherapy model: side effects under two treatments, then home, hospital, recovery ---


def _beta(rng, mean, sd):
    size = mean * (1 - mean) / sd**2 - 1
    return rng.beta(mean * size, (1 - mean) * size, DRAWS)


def _lognormal(rng, mean, sd):
    variance = np.log1p((sd / mean) ** 2)
    return rng.lognormal(np.log(mean) - variance / 2, np.sqrt(variance), DRAWS)


@pytest.fixture(scope="module")
def chemotherapy():
    """Chances of side effects, their log odds ratio, effects and costs of the two treatments.

    52 of 111 patients had side effects, 43 of them went to hospital, 8 of these died: uniform
    priors. Everyone with side effects starts at home; 50 cycles; utilities count at 51 times.
    """
    rng = np.random.default_rng(SEED)
    first = rng.beta(1 + 52, 1 + 111 - 52, DRAWS)
    ratio = rng.normal(np.log(0.54), 0.3, DRAWS)
    chance = np.column_stack([first, special.expit(special.logit(first) + ratio)])
    admitted = 1 - (1 - rng.beta(1 + 43, 1 + 52 - 43, DRAWS)) ** (1 / CYCLES)
    dying = 1 - (1 - rng.beta(1 + 8, 1 + 43 - 8, DRAWS)) ** (1 / CYCLES)
    well_at_home, well_in_hospital = _beta(rng, 0.21, 0.03), _beta(rng, 0.03, 0.0065)
    cost_home, cost_hospital, cost_death = (
        _lognormal(rng, mean, np.sqrt(variance))
        for mean, variance in ((830, 150), (2400, 1880), (1710, 760))
    )
    worth_well, worth_home, worth_hospital = (
        _beta(rng, mean, np.sqrt(variance))
        for mean, variance in ((0.98, 0.001), (0.7, 0.02), (0.3, 0.03))
    )
    home, hospital = np.ones(DRAWS), np.zeros(DRAWS)
    well, dead = np.zeros(DRAWS), np.zeros(DRAWS)
    cost, effect = cost_home.copy(), worth_home.copy()
    for _ in range(CYCLES):
        well = well + home * well_at_home * (1 - admitted) + hospital * well_in_hospital * (
            1 - dying
        )  # fmt: skip
        dead = dead + hospital * dying
        home, hospital = (
            home * (1 - well_at_home) * (1 - admitted),
            home * admitted + hospital * (1 - well_in_hospital) * (1 - dying),
        )
        cost = cost + cost_home * home + cost_hospital * hospital
        effect = effect + worth_home * home + worth_hospital * hospital + worth_well * well
    cost = cost + cost_death * dead
    without = (worth_well * (CYCLES + 1))[:, None]
    effects = chance * effect[:, None] + (1 - chance) * without
    costs = np.array([120.0, 10_300.0]) + chance * cost[:, None]
    return chance, ratio, effects, costs


def test_evpi_of_the_chemotherapy_model(chemotherapy):
    _, _, effects, costs = chemotherapy
    published = (550.146, 1535.811, 968.762, 759.004, 667.890)
    for k, value in zip(range(10_000, 50_001, 10_000), published, strict=True):
        _near(evpi(k * effects - costs), value)


def test_evppi_and_evsi_of_the_chemotherapy_model(chemotherapy):
    chance, ratio, effects, costs = chemotherapy
    benefit = 20_000 * effects - costs
    _near(evppi(benefit, chance[:, 1]), 906.034)
    _near(evppi(benefit, np.column_stack([chance[:, 1], ratio])), 1299.535)
    # 100 patients an arm, side effects counted.
    rng = np.random.default_rng(SEED + 1)
    _near(evsi(benefit, rng.binomial(100, chance) / 100), 777.179)
