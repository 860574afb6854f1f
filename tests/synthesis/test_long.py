"""Long tables and short ways: the same digits, and memory that does not grow as k squared."""

import math
import tracemalloc

import numpy as np
import pytest
from scipy import stats

from hilum.synthesis import fit
from hilum.synthesis.arrays import PIECE, dot
from hilum.synthesis.exact import fit_exact, refits
from hilum.synthesis.exact.likelihoods import Binomial, Hypergeometric, Poisson
from hilum.synthesis.multilevel import multilevel
from hilum.synthesis.sensitivity import kendall, leaving_out, without_each

# A product over more than one piece, and what is left over.
LONG = 2 * PIECE + 100


def table(k, seed, moderators=False):
    rng = np.random.default_rng(seed)
    v = rng.uniform(0.05, 0.4, k)
    x = np.column_stack([np.ones(k), rng.normal(size=k)]) if moderators else None
    return rng.normal(0, np.sqrt(v + 0.2)), v, x


def score(y, v, tau2, restricted):
    """Twice the derivative of the likelihood in tau2, in 64 bits of mantissa where there are."""
    w = 1 / (v + tau2)
    rest = y - (w * y).sum() / w.sum()
    trace = w.sum() - ((w * w).sum() / w.sum() if restricted else 0)
    return (w * w * rest * rest).sum() - trace


@pytest.mark.parametrize("k", [1, PIECE, PIECE + 1, LONG])
def test_a_sum_of_products_in_pieces(k):
    y, v, _ = table(k, 1)
    exact = math.fsum(float(a) * float(b) for a, b in zip(y, v, strict=True))
    assert float(dot(y, v)) == pytest.approx(exact, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(("method", "restricted"), [("REML", True), ("ML", False)])
def test_the_climb_of_a_long_table_ends_where_the_score_is_0(method, restricted):
    y, v, _ = table(LONG, 2)
    tau2 = fit(y, v, method=method).tau2
    slope = score(y, v, tau2 * (1 + 1e-6), restricted) - score(y, v, tau2, restricted)
    assert abs(score(y, v, tau2, restricted)) < 1e-5 * abs(slope)


@pytest.mark.skipif(np.finfo(np.longdouble).eps > 1e-18, reason="no numbers of more digits")
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("method", "restricted"), [("REML", True), ("ML", False)])
def test_vague_studies_far_away_cost_no_digits(seed, method, restricted):
    """Variances over nine powers of ten: the sums are about the precise studies' own mean."""
    rng = np.random.default_rng(seed)
    v = 10.0 ** rng.uniform(-3, 6, 40)
    y = rng.normal(1000, np.sqrt(v + 0.05))
    found = fit(y, v, method=method).tau2
    wide = (y.astype(np.longdouble), v.astype(np.longdouble))
    low, high = (np.longdouble(found) * (1 + np.longdouble(side)) for side in (-1e-6, 1e-6))
    assert score(*wide, low, restricted) > 0 > score(*wide, high, restricted)
    for _ in range(60):
        middle = (low + high) / 2
        if score(*wide, middle, restricted) > 0:
            low = middle
        else:
            high = middle
    assert found == pytest.approx(float(low), rel=1e-11)


def test_errors_of_tau2_are_traces_of_the_whole_projection():
    """As of the k x k matrices of their definition (Viechtbauer 2005), which are not made."""
    y, v, x = table(30, 3, moderators=True)
    v[:3] *= [1e4, 1e-3, 50]
    for design in (None, x):
        for method in ("HE", "SJ"):
            made = fit(y, v, method=method, mods=design)
            at = np.ones((30, 1)) if design is None else design
            crude = float(np.var(y))
            w = np.diag(np.ones(30) if method == "HE" else 1 / (v + crude))
            p = w - w @ at @ np.linalg.inv(at.T @ w @ at) @ at.T @ w
            inner = p @ np.diag(v + made.tau2)
            scale = 1.0 if method == "HE" else crude
            whole = np.sqrt(2 * np.trace(inner @ inner)) * scale / (30 - at.shape[1])
            assert made.se_tau2 == pytest.approx(whole, rel=1e-10)


@pytest.mark.parametrize("k", [1000, 2500])
def test_a_thousand_sines_are_a_series(k):
    t = np.linspace(1e-6, 1, 50) * kendall.FAR / np.sqrt(k * (k - 1) * (2 * k + 5) / 72)
    assert kendall._series(t, k) == pytest.approx(kendall._sines(t, k), rel=1e-11, abs=1e-25)


def test_the_rank_test_of_a_million_studies():
    """Beside the normal approximation, which holds to a thousandth where there are so many."""
    k = 1_000_000
    spread = math.sqrt(2 * (2 * k + 5) / (9 * k * (k - 1)))
    for z in (0.5, 1.96):
        near = 2 * stats.norm.sf(z)
        assert kendall.kendall_pval(z * spread, k) == pytest.approx(near, rel=1e-3)


def test_deletion_diagnostics_are_made_in_pieces(monkeypatch):
    y, v, x = table(600, 4, moderators=True)
    fitted = fit(y, v, mods=x, method="DL")
    without = leaving_out.refit(fitted, without_each(600))
    monkeypatch.setattr(leaving_out, "BLOCK", 6000)
    tracemalloc.start()
    try:
        inverses = leaving_out._inverses(fitted, without)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # One table of all studies left out in turn is 2.9 MB.
    assert peak < 600 * 600 * 8 / 4
    for i in (0, 299, 599):
        w = np.where(np.arange(600) == i, 0.0, 1 / (v + without.tau2[i]))
        assert inverses[i] == pytest.approx(np.linalg.inv(x.T * w @ x), rel=1e-10)


def test_exact_refits_read_what_is_left_out_in_pieces(monkeypatch):
    rng = np.random.default_rng(5)
    n = rng.integers(20, 60, 11)
    data = {"xi": rng.binomial(n, rng.uniform(0.1, 0.6, 11)), "ni": n}
    whole = refits.refit_exact("PLO", data, 1 - np.eye(11))
    read = []

    class Watched(leaving_out.Parts):
        __slots__ = ()

        def __getitem__(self, at):
            read.append(at.stop - at.start)
            return super().__getitem__(at)

        def __array__(self, dtype=None, copy=None):
            raise AssertionError

    monkeypatch.setattr(refits, "BLOCK", 33)
    parts = Watched(11, without_each(11).rows)
    some = refits.refit_exact("PLO", data, parts)
    assert max(read) == 3
    for name in ("beta", "se", "tau2", "QE", "typical", "k", "scale"):
        assert getattr(some, name) == pytest.approx(getattr(whole, name), rel=1e-8), name


# Few, rare events and a wide spread: a rule of 21 points errs, and a rough one far more.
HARD = {
    "PLO": {"xi": [0, 0, 5, 0, 4], "ni": [6, 11, 11, 10, 11]},
    "IRLN": {
        "xi": [0, 0, 0, 2, 21, 1, 0, 3, 0, 0, 3, 16],
        "ti": [337.4, 441.2, 173.3, 442.4, 382.1, 349.5, 111.1, 270.5, 389.2, 51.2, 142.9, 350.8],
    },
}


@pytest.mark.parametrize("measure", HARD)
def test_a_rough_start_is_taken_back_where_rules_disagree(measure):
    found, fine = (fit_exact(measure, HARD[measure], points=points) for points in (21, 81))
    assert found.tau2 == pytest.approx(fine.tau2, rel=1e-7)
    assert found.loglik == pytest.approx(fine.loglik, abs=1e-8)


def test_a_rough_start_ends_at_the_same_place():
    """Without it (a rule as coarse as the one it is held against takes none) and with it."""
    rng = np.random.default_rng(6)
    n = rng.integers(40, 200, 30)
    data = {"xi": rng.binomial(n, 1 / (1 + np.exp(-0.5 * rng.normal(size=30)))), "ni": n}
    quick, plain = (fit_exact("PLO", data, points=points) for points in (21, 13))
    assert quick.beta == pytest.approx(plain.beta, abs=1e-7 * float(plain.se[0]))
    assert quick.tau2 == pytest.approx(plain.tau2, rel=1e-7)
    assert quick.loglik == pytest.approx(plain.loglik, abs=1e-6)


LIKELIHOODS = {
    "binomial": Binomial(np.array([3.0, 0, 20]), np.array([10.0, 5, 20]), np.array([0, 0.5, -1])),
    "Poisson": Poisson(np.array([3.0, 0, 20]), np.array([10.0, 5, 2])),
    "hypergeometric": Hypergeometric(
        np.array([3.0, 1, 4]), np.array([10.0, 5, 9]), np.array([12.0, 6, 8]), np.array([5.0, 4, 7])
    ),
}


@pytest.mark.parametrize("likelihood", LIKELIHOODS.values(), ids=LIKELIHOODS)
def test_the_highest_value_is_above_all_and_nearly_reached(likelihood):
    eta = np.broadcast_to(np.linspace(-30, 30, 4001), (3, 4001))
    value = likelihood.terms(eta)[0]
    # The grid's step is 0.015: a maximum lies within a thousandth of its nearest place.
    assert (value.max(1) <= likelihood.highest + 1e-12).all()
    assert value.max(1) == pytest.approx(likelihood.highest, abs=2e-3)


@pytest.mark.parametrize("likelihood", LIKELIHOODS.values(), ids=LIKELIHOODS)
def test_a_common_effect_is_begun_near_its_maximum(likelihood):
    eta = np.linspace(-8, 8, 1601)
    height = likelihood.terms(np.broadcast_to(eta, (3, 1601)))[0].sum(0)
    assert abs(likelihood.common - eta[height.argmax()]) < 1.0


def test_curvature_at_several_places_at_once_and_one_by_one(monkeypatch):
    rng = np.random.default_rng(7)
    groups = np.repeat(np.arange(8), 4)
    v = rng.uniform(0.05, 0.4, 32)
    y = rng.normal(size=8)[groups] * 0.4 + rng.normal(0, np.sqrt(v + 0.1))
    levels = [groups, np.arange(32)]
    one = multilevel(y, v, levels)
    monkeypatch.setattr("hilum.synthesis.multilevel.MANY", 0)
    other = multilevel(y, v, levels)
    assert other.sigma2 == pytest.approx(one.sigma2, rel=1e-12)
    assert other.loglik == pytest.approx(one.loglik, rel=1e-14)
