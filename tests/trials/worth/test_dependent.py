"""Treatments whose outcomes hang together: trials judged against closed forms and enumeration."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from hilum.trials.worth import (
    BinaryStudy,
    Reach,
    Recruitment,
    normal_evpi,
    posterior,
    rank_comparisons,
    unit_normal_loss,
    worth_of,
)

SEED, DRAWS = 20261125, 10_000
REST = Recruitment(40, 5, 6), Reach(100, 20, 0.03)


class NormalStudy:
    """An arm's mean of patients with variance 9."""

    def summary(self, parameter, patients, rng):
        return parameter + rng.normal(0, 3 / np.sqrt(patients), len(parameter))


def test_correlated_normal_arms_equal_the_closed_form():
    # Two outcomes N(m, S) with correlation 0.7 and unequal variances; arms report means with
    # variance v. E(d | x) is normal with variance c' S (S + vI)^-1 S c (conditional normal
    # distribution), and its value the unit normal loss (Raiffa & Schlaifer 1961).
    mean = np.array([0.0, 0.15])
    covariance = np.array([[1.0, 0.7 * 1.2], [0.7 * 1.2, 1.2**2]])
    rng = np.random.default_rng(SEED)
    draws = rng.multivariate_normal(mean, covariance, DRAWS)
    draws += mean - draws.mean(axis=0)
    known = posterior(draws, ("a", "b"))
    [found] = rank_comparisons(known, NormalStudy(), *REST, rng, sizes=4)
    contrast = np.array([-1.0, 1.0])
    spread = float(np.sqrt(contrast @ covariance @ contrast))
    assert found.treatments == ("b", "a")
    assert found.evpi.value == pytest.approx(normal_evpi(0.15, spread), abs=3.5 * found.evpi.mcse)
    for point in found.points:
        noise = 9 / (point.patients // 2) * np.eye(2)
        half = covariance @ contrast
        explained = float(np.sqrt(half @ np.linalg.solve(covariance + noise, half)))
        expected = explained * float(unit_normal_loss(0.15 / explained))
        assert point.evsi.value == pytest.approx(expected, abs=3.5 * point.evsi.mcse + 0.004)


# Five states of the world, in which three treatments rise and fall together: rows are states.
CHANCES = np.array([0.15, 0.25, 0.2, 0.25, 0.15])
STATES = np.array(
    [[0.10, 0.12, 0.20], [0.25, 0.35, 0.22], [0.40, 0.30, 0.45], [0.50, 0.62, 0.48],
     [0.70, 0.66, 0.80]]
)  # fmt: skip


def _enumerated(pair, n, choice):
    """EVSI of n patients an arm, over every table of results and every state, exactly."""
    x = np.arange(n + 1)
    likelihood = np.einsum(
        "sx,sy->sxy", *(stats.binom.pmf(x, n, STATES[:, [t]]) for t in pair)
    )  # fmt: skip
    together = CHANCES[:, None, None] * likelihood
    means = np.einsum("sxy,st->txy", together, STATES[:, list(choice)])
    return float(means.max(axis=0).sum()) - float((CHANCES @ STATES[:, list(choice)]).max())


@pytest.mark.parametrize("decision", ["pair", "all"])
def test_correlated_binary_arms_equal_enumeration(decision):
    # Every state as often as its chance says, so that only the data are random.
    state = np.repeat(np.arange(5), np.round(CHANCES * DRAWS).astype(int))
    p = STATES[state]
    known = posterior(p, ("a", "b", "c"))
    rng = np.random.default_rng(SEED)
    found = rank_comparisons(known, BinaryStudy(), *REST, rng, sizes=3, decision=decision)
    assert len(found) == 3
    for candidate in found:
        pair = ["abc".index(name) for name in candidate.treatments]
        choice = pair if decision == "pair" else range(3)
        for point in candidate.points:
            expected = _enumerated(pair, point.patients // 2, choice)
            # A smooth through five states: the regression's own error is some thousandths.
            assert point.evsi.value == pytest.approx(expected, abs=3.5 * point.evsi.mcse + 0.002)
            assert point.evsi.value <= candidate.evpi.value + 3.5 * point.evsi.mcse + 0.002


def test_one_arm_speaks_for_another():
    # Told to be independent, the same draws give what the arms' own data say: another figure.
    state = np.repeat(np.arange(5), np.round(CHANCES * DRAWS).astype(int))
    values = []
    for independent in (False, True):
        known = posterior(STATES[state], ("a", "b", "c"), independent=independent)
        found = rank_comparisons(
            known, BinaryStudy(), *REST, np.random.default_rng(SEED), pairs=[("a", "b")]
        )[0]
        values.append(found.points[0].evsi.value)
    exact = _enumerated([0, 1], 10, [0, 1])
    assert abs(values[0] - exact) < 0.002 < abs(values[1] - exact)


def test_chains_have_the_error_of_their_batches():
    # Every draw four times over: as many rows, a quarter of the information, twice the error.
    rng = np.random.default_rng(SEED)
    once = np.column_stack([np.zeros(4000), rng.normal(0.1, 1, 4000)])
    again = np.repeat(once, 4, axis=0)
    honest, plain = worth_of(again, batches=40), worth_of(again)
    assert honest.value == pytest.approx(worth_of(once).value)
    assert plain.mcse == pytest.approx(worth_of(once).mcse / 2, rel=0.01)
    # Forty batches know a standard error within a factor 1 +- 2 / sqrt(78).
    assert honest.mcse == pytest.approx(worth_of(once).mcse, rel=0.25)


def test_pairs_asked_alone_have_the_same_figures():
    known = posterior(np.random.default_rng(1).beta(3, 5, (2000, 3)), ("a", "b", "c"))
    every = rank_comparisons(known, BinaryStudy(), *REST, np.random.default_rng(SEED), sizes=3)
    for pair in combinations("abc", 2):
        [one] = rank_comparisons(
            known, BinaryStudy(), *REST, np.random.default_rng(SEED), sizes=3, pairs=[pair]
        )
        assert one in every
