"""What must hold for every network, whatever its numbers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hilum.synthesis import fit
from hilum.synthesis.network import (
    NETWORK_ESTIMATORS,
    contrasts,
    contributions,
    decompose,
    direct_indirect,
    fit_network,
    hat_matrix,
    net_heat,
    p_scores,
    separate,
    study_contributions,
)
from tests.synthesis.network.cases import dense, dense_reml

METHOD = st.sampled_from(tuple(NETWORK_ESTIMATORS))
NAMES = "ABCDEF"
SAME = {"rel": 1e-6, "abs": 1e-7}


@st.composite
def networks(draw, least=3, most=6):
    """Rows (study, treat1, treat2, TE, seTE) of studies with two to four arms, connected."""
    n = draw(st.integers(least, most))
    designs = [(i, i + 1) for i in range(n - 1)]
    sizes = st.integers(2, min(4, n))
    for _ in range(draw(st.integers(2, 7))):
        order = draw(st.permutations(range(n)))
        designs.append(tuple(order[: draw(sizes)]))
    rows = []
    for s, design in enumerate(designs):
        value = [draw(st.integers(-150, 150)) / 100 for _ in design]
        variance = [draw(st.integers(4, 80)) / 100 for _ in design]
        rows += [
            (f"s{s}", NAMES[a], NAMES[b], value[i] - value[j], (variance[i] + variance[j]) ** 0.5)
            for i, a in enumerate(design)
            for j, b in enumerate(design)
            if i < j
        ]
    return rows


def evidence(rows):
    return contrasts(*zip(*rows, strict=True))


def close(a, b, **more):
    a, b = np.broadcast_arrays(a, b)
    assert a == pytest.approx(b, **(SAME | more), nan_ok=True)


@given(networks(), METHOD, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_names_and_order_do_not_matter(rows, method, random):
    """Treatments renamed, rows shuffled, contrasts turned round: the same effects."""
    one = fit_network(evidence(rows), method=method)
    names = sorted(NAMES)
    random.shuffle(names)
    renamed = dict(zip(NAMES, names, strict=True))
    other = [
        (s, renamed[b], renamed[a], -te, se)
        if random.random() < 0.5
        else (s, renamed[a], renamed[b], te, se)
        for s, a, b, te, se in rows
    ]
    random.shuffle(other)
    two = fit_network(evidence(other), method=method)
    place = [two.treatments.index(renamed[name]) for name in one.treatments]
    square = np.ix_(place, place)
    close(one.tau2, two.tau2, abs=1e-6)
    close(one.Q, two.Q)
    for which in ("common", "random"):
        close(getattr(one, which).TE, getattr(two, which).TE[square], abs=1e-6)
        close(getattr(one, which).seTE, getattr(two, which).seTE[square], abs=1e-6)
    close(p_scores(one.common), p_scores(two.common)[place])


@given(networks(), METHOD, st.sampled_from([-1.0, 0.01, 40.0]))
@settings(max_examples=60, deadline=None)
def test_sign_and_scale(rows, method, factor):
    one = fit_network(evidence(rows), method=method)
    scaled = [(s, a, b, factor * te, abs(factor) * se) for s, a, b, te, se in rows]
    two = fit_network(contrasts(*zip(*scaled, strict=True), tolerance=1.0), method=method)
    close(factor**2 * one.tau2, two.tau2, abs=1e-6 * factor**2)
    close(factor * one.random.TE, two.random.TE, abs=1e-6 * abs(factor))
    close(one.Q, two.Q)
    if factor < 0:
        close(1 - p_scores(one.common), p_scores(two.common))
        close(p_scores(one.common, "desirable"), p_scores(two.common, "undesirable"))


@given(networks(), METHOD)
@settings(max_examples=60, deadline=None)
def test_effects_are_consistent_and_parts_add_up(rows, method):
    model = fit_network(evidence(rows), method=method)
    te, se = model.random.TE, model.random.seTE
    # Row minus middle plus middle minus column.
    close(te[:, :, None] + te, te[:, None, :], abs=1e-9)
    close(se, se.T)
    assert p_scores(model.random).mean() == pytest.approx(0.5)
    parts = decompose(model)
    close(parts.within.Q + parts.between.Q, parts.total.Q, abs=1e-8)
    assert parts.within.df + parts.between.df == parts.total.df
    close(sum(test.Q for test in parts.within_design), parts.within.Q)
    assert sum(test.df for test in parts.within_design) == parts.within.df
    hat = hat_matrix(model)
    for method_of in ("randomwalk", "shortestpath"):
        shares = contributions(hat, method=method_of)
        assert shares.min() >= 0
        close(shares.sum(1), 1, abs=1e-9)
        close(study_contributions(hat, shares).sum(1), 1, abs=1e-9)


@given(networks())
@settings(max_examples=60, deadline=None)
def test_detached_designs_and_net_heat_equal_refits(rows):
    """Q between designs of all other studies, fitted anew, part by part where they fall apart."""
    data = evidence(rows)
    model = fit_network(data)
    heat, parts = net_heat(model), decompose(model)
    close(heat.Q.sum(), parts.between.Q, abs=1e-7)
    close(np.diagonal(heat.heat), heat.Q, abs=1e-7)
    for design, detached in zip(parts.designs, parts.detached, strict=True):
        keep = np.array([own != design for own in data.designs])
        tests = (
            [decompose(fit_network(part)).between for part in separate(data.part(keep))]
            if keep.any()
            else []
        )
        close(detached.Q, sum(test.Q for test in tests), abs=1e-7)
        assert detached.df == sum(test.df for test in tests)
        if design in heat.designs:
            column = heat.designs.index(design)
            close(heat.heat[:, column].sum(), parts.between.Q - detached.Q, abs=1e-6)


@given(networks())
@settings(max_examples=60, deadline=None)
def test_equal_to_generalised_least_squares(rows):
    """Dense second implementation with full covariances, tau2 by the trace formula of Jackson."""
    data = evidence(rows)
    y, v, t, x = dense(data)
    w = np.linalg.inv(v)
    p = w - w @ x @ np.linalg.solve(x.T @ w @ x, x.T @ w)
    q, df = y @ p @ y, len(y) - x.shape[1]
    tau2 = max(0.0, (q - df) / np.trace(p @ t)) if df else 0.0
    model = fit_network(data)
    close(model.Q, q)
    close(model.tau2, tau2)
    w = np.linalg.inv(v + tau2 * t)
    covariance = np.linalg.inv(x.T @ w @ x)
    close(model.random.TE[1:, 0], covariance @ x.T @ w @ y)
    close(model.random.seTE[1:, 0], np.sqrt(np.diagonal(covariance)))


@given(networks(), st.booleans())
@settings(max_examples=40, deadline=None)
def test_likelihood_has_no_higher_place(rows, restricted):
    data = evidence(rows)
    model = fit_network(data, method="REML" if restricted else "ML")
    value = dense_reml(*dense(data), restricted=restricted)
    if model.df > 0:
        assert value(model.tau) <= min(value(tau) for tau in np.linspace(0, 3, 61)) + 1e-8


PAIRS = st.lists(st.tuples(st.integers(-150, 150), st.integers(5, 120)), min_size=3, max_size=12)


@given(PAIRS, METHOD)
@settings(max_examples=80, deadline=None)
def test_two_treatments_are_a_pairwise_meta_analysis(rows, method):
    """The pooling engine (checked against metafor) and the network give one answer."""
    te, se = np.array([a for a, _ in rows]) / 100, np.array([b for _, b in rows]) / 100
    pairwise = fit(te, se**2, method=method)
    model = fit_network(
        contrasts(range(len(te)), ["A"] * len(te), ["B"] * len(te), te, se), method=method
    )
    close(model.tau2, pairwise.tau2)
    close(model.random.TE[0, 1], pairwise.beta[0])
    close(model.random.seTE[0, 1], pairwise.se[0])
    close(model.Q, pairwise.QE)
    close(model.pval_Q, pairwise.QEp)
    if method == "REML":
        close(model.loglik_reml, pairwise.loglik_reml)


@given(networks())
@settings(max_examples=40, deadline=None)
def test_direct_and_indirect_make_the_network(rows):
    """Inverse-variance mean of the two parts is the network's estimate."""
    split = direct_indirect(fit_network(evidence(rows)))
    both = np.isfinite(split.compare.TE)
    wd, wi = split.direct.seTE[both] ** -2, split.indirect.seTE[both] ** -2
    mean = (wd * split.direct.TE[both] + wi * split.indirect.TE[both]) / (wd + wi)
    close(mean, split.network.TE[both])
    close((wd + wi) ** -0.5, split.network.seTE[both])
