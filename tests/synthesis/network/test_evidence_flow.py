"""Contributions against a listing of all paths, and closed forms."""

import numpy as np
import pytest

from hilum.errors import NotEstimable
from hilum.synthesis.network import (
    contrasts,
    contributions,
    fit_network,
    hat_matrix,
    study_contributions,
)
from tests.synthesis.network.cases import NETWORKS, load


def test_a_triangle():
    """Direct share h of A - B (Koenig 2013: 1/v over its sum with the detour's weight)."""
    data = contrasts(["1", "2", "3"], "AAB", "BCC", [0.2, 0.5, 0.4], [0.2, 0.3, 0.4])
    hat = hat_matrix(fit_network(data, tau2=0.0))
    h = (1 / 0.04) / (1 / 0.04 + 1 / (0.09 + 0.16))
    assert hat.matrix[0] == pytest.approx([h, 1 - h, h - 1])
    for method in ("randomwalk", "shortestpath"):
        found = contributions(hat, method=method)[0]
        assert found == pytest.approx([h, (1 - h) / 2, (1 - h) / 2])


def paths(flow, here, sink, share, so_far):
    """Every path of a flow with its probability (Davies 2022), listed one by one."""
    if here == sink:
        yield share, so_far
        return
    out = flow[here].sum()
    for there in np.flatnonzero(flow[here]):
        step = share * flow[here, there] / out
        yield from paths(flow, there, sink, step, [*so_far, (here, there)])


@pytest.mark.parametrize("name", NETWORKS)
def test_random_walk_equals_a_listing_of_paths(name):
    fit = fit_network(load(name))
    hat = hat_matrix(fit)
    found = contributions(hat)
    where = {tuple(pair): c for c, pair in enumerate(hat.comparisons.tolist())}
    for row, (source, sink) in enumerate(hat.pairs.tolist()):
        flow = np.zeros((fit.n, fit.n))
        for (a, b), c in where.items():
            flow[a, b], flow[b, a] = max(hat.matrix[row, c], 0), max(-hat.matrix[row, c], 0)
        flow[flow < 1e-12] = 0
        expected = np.zeros(len(where))
        for share, edges in paths(flow, source, sink, 1.0, []):
            for a, b in edges:
                expected[where[min(a, b), max(a, b)]] += share / len(edges)
        assert found[row] == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("name", NETWORKS)
def test_hat_matrix_reproduces_the_network(name):
    """Weighted direct means times the hat matrix are the network's estimates; flow is kept."""
    fit = fit_network(load(name))
    hat = hat_matrix(fit)
    te = fit.random.TE
    # A consistent set of direct effects is a fixed point.
    direct = te[hat.comparisons[:, 0], hat.comparisons[:, 1]]
    assert hat.matrix @ direct == pytest.approx(te[hat.pairs[:, 0], hat.pairs[:, 1]], abs=1e-10)
    for row, (source, sink) in enumerate(hat.pairs.tolist()):
        net = np.zeros(fit.n)
        np.add.at(net, hat.comparisons[:, 0], hat.matrix[row])
        np.subtract.at(net, hat.comparisons[:, 1], hat.matrix[row])
        expected = np.zeros(fit.n)
        expected[source], expected[sink] = 1, -1
        assert net == pytest.approx(expected, abs=1e-10)


def test_studies_share_by_weight():
    data = contrasts("123", "AAA", "BBB", [0.1, 0.2, 0.4], [0.2, 0.3, 0.5])
    hat = hat_matrix(fit_network(data, tau2=0.0))
    w = np.array([0.2, 0.3, 0.5]) ** -2.0
    assert study_contributions(hat, contributions(hat))[0] == pytest.approx(w / w.sum())


def test_unknown_method():
    with pytest.raises(NotEstimable, match="randomwalk or shortestpath"):
        contributions(hat_matrix(fit_network(load("netmeta_parkinson"))), method="longest")
