"""Agreement with R netmeta 2.9.0 (tests/reference/netmeta_*.json, netcomb_linde2016.json).

Tolerances: closed forms (all of DerSimonian & Laird, P-scores, decomposition, splits) 1e-8
relative; REML is another matter, see :func:`test_reml`.
"""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from hilum.synthesis.network import (
    decompose,
    direct_indirect,
    fit_components,
    fit_network,
    p_scores,
    rank_probabilities,
)
from tests.synthesis.network.cases import NETWORKS, dense, dense_reml, linde, load
from tests.synthesis.reference import FILES, agree, numbers

CLOSED, FLOOR = 1e-8, 1e-12
EACH = pytest.mark.parametrize("name", NETWORKS)
# The reference's own --reference of node splitting, seen in its comparison names.
AGAINST = {"netmeta_senn2013": "plac", "netmeta_smokingcessation": "A"}


def same(found, expected, what):
    """Within CLOSED, and missing where the reference is."""
    expected = np.array(expected, float)
    assert np.array_equal(np.isnan(found), np.isnan(expected)), what
    agree(np.ravel(found), np.ravel(expected), CLOSED, FLOOR, what)


def test_every_reference_network_is_here():
    assert len(NETWORKS) == 5


@EACH
def test_common_and_random_effects(name):
    data, fit = NETWORKS[name], fit_network(load(name))
    assert list(fit.treatments) == data["trts"]
    assert (fit.k, fit.m, fit.n, fit.df) == tuple(data[key] for key in ("k", "m", "n", "df"))
    for key in ("Q", "pval_Q", "tau", "I2"):
        same(np.array(getattr(fit, key)), data[key], key)
    for key in ("TE", "seTE"):
        same(getattr(fit.common, key), data[f"{key}_common"], key)
    for key in ("TE", "seTE", "lower", "upper"):
        same(getattr(fit.random, key), data[f"{key}_random"], key)
    same(fit.prediction[0], data["lower_predict"], "prediction")
    same(fit.prediction[1], data["upper_predict"], "prediction")


@EACH
def test_p_scores(name):
    data, fit = NETWORKS[name], fit_network(load(name))
    small = data["input"]["small_values"]
    for which in ("common", "random"):
        expected = data[f"pscore_{which}"]
        assert list(expected) == list(fit.treatments)
        same(p_scores(getattr(fit, which), small), list(expected.values()), which)
    # P-scores are the limit of SUCRA (Ruecker & Schwarzer 2015): 4 Monte-Carlo errors.
    ranks = rank_probabilities(fit, small, seed=20240601, draws=40_000)
    expected = np.array(list(data["pscore_random"].values()))
    assert np.abs(ranks.sucra - expected).max() < 4 * 0.5 / 40_000**0.5


@EACH
def test_decomposition(name):
    expected, found = NETWORKS[name]["decomp"], decompose(fit_network(load(name)))
    for test, row in zip(
        (found.total, found.within, found.between), expected["Q_decomp"], strict=True
    ):
        assert test.df == row["df"]
        same(np.array([test.Q, test.pval]), [row["Q"], row["pval"]], row["_row"])
    (row,) = expected["Q_inc_random"]
    assert found.between_random.df == row["df"]
    same(np.array(found.between_random.Q), row["Q"], "random")
    same(np.array(found.between_random.pval), row["pval"], "random")
    same(np.array(found.tau2_within**0.5), row["tau.within"], "tau within")


@EACH
def test_node_splitting(name):
    expected, fit = NETWORKS[name]["split"], fit_network(load(name))
    found = direct_indirect(fit, reference=AGAINST.get(name))
    labels = [
        f"{fit.treatments[a]}:{fit.treatments[b]}"
        for a, b in zip(found.treat1, found.treat2, strict=True)
    ]
    assert labels == expected["comparison"]
    assert found.k.tolist() == expected["k"]
    same(found.proportion, expected["prop_random"], "proportion")
    for part in ("direct", "indirect", "compare"):
        for key in ("TE", "seTE", "lower", "upper", "statistic", "p"):
            values = numbers([row[key] for row in expected[part]])
            same(getattr(getattr(found, part), key), values, (part, key))
    for key in ("Q", "tau2", "I2"):
        same(getattr(found, key), numbers([row[key] for row in expected["direct"]]), key)


@EACH
def test_reml(name):
    """Ours is the optimum of the model; the reference's is that of another model.

    netmeta 2.9 hands metafor only the variances of the contrasts of a multi-arm trial (against its
    last treatment) and none of their covariances (V = seTE^2). A dense second implementation,
    given the same, comes to the reference's tau; given the covariances, it comes to ours. At the
    reference's own tau the matrices agree as closed forms do.
    """
    data, evidence = NETWORKS[name], load(name)
    fit, theirs = fit_network(evidence, method="REML"), data["REML"]["tau"]
    bounds = {"bounds": (0, 3), "method": "bounded", "options": {"xatol": 1e-10}}
    right = minimize_scalar(dense_reml(*dense(evidence)), **bounds).x
    agree(fit.tau, right, 1e-6, 1e-6, "the model's optimum")
    assert fit.loglik_reml >= fit.loglik_reml_at(theirs**2) - 1e-12
    order = list(range(evidence.n))
    if name == "netmeta_smokingcessation":
        # Its reference treatment comes last there.
        order = [*order[1:], 0]
    theirs_again = dense(evidence, covariances=False, last=True, order=order)
    left_out = minimize_scalar(dense_reml(*theirs_again), **bounds).x
    # Both optimisers stop early where tau is 0.
    agree(left_out, theirs, 1e-6, 5e-5, "the reference's optimum")
    at = fit_network(evidence, tau2=theirs**2)
    for key in ("TE", "seTE"):
        same(getattr(at.random, key), data["REML"][f"{key}_random"], key)


def test_additive_components():
    """Linde 2016: published contrasts have 6 decimals and miss adding up by as much.

    hilum and netmeta share that rounding out among the contrasts of a multi-arm trial in different
    ways, hence 1e-8 absolute instead of relative.
    """
    expected, found = FILES["netcomb_linde2016"], fit_components(linde())
    assert list(found.components) == expected["comps"]
    assert found.estimable.all()
    assert found.Q_additive.df == expected["df"]
    agree(found.comp, expected["Comp_random"], 0, 1e-8, "components")
    agree(found.se, expected["seComp_random"], CLOSED, 0, "standard errors")
    agree(found.tau, expected["tau"], 0, 1e-8, "tau")
    agree(found.Q_additive.Q, expected["Q_additive"], CLOSED, 0, "Q")
    agree(found.Q_diff.Q, expected["Q_diff"], CLOSED, 0, "Q of additivity")
