"""Every variant is one record: a made-up one works, an unknown one is an error."""

import numpy as np
import pytest

from hilum.errors import OutOfRange, UnknownCode
from hilum.synthesis import (
    back_transform,
    effect_sizes,
    fit,
    fit_batch,
    fit_exact,
    mantel_haenszel,
    random_effects,
)
from hilum.synthesis.bayes import bayes
from hilum.synthesis.effects import MEASURES, SCALES, Measure
from hilum.synthesis.exact import EXACT_MODELS, ExactModel, exact_model
from hilum.synthesis.heterogeneity import ESTIMATORS, Estimator
from hilum.synthesis.least_squares import RESTRICTED
from hilum.synthesis.models import POOLERS, Request, methods, pooler
from hilum.synthesis.multilevel import multilevel
from hilum.synthesis.network import (
    NETWORK_ESTIMATORS,
    contrasts,
    contrasts_from_arms,
    fit_components,
    fit_network,
)
from hilum.synthesis.network.heterogeneity import NetworkEstimator
from hilum.synthesis.robust import cluster_robust
from hilum.synthesis.sensitivity import trim_and_fill
from hilum.synthesis.stratified import MANTEL_HAENSZEL
from hilum.synthesis.wald import INFERENCES, Inference

YI, VI = np.array([0.2, 0.5, 0.9, -0.1]), np.array([0.04, 0.09, 0.05, 0.12])
TABLE = {"ai": [4.0, 9.0], "n1i": [20.0, 30.0], "ci": [8.0, 12.0], "n2i": [21.0, 28.0]}


def test_the_tables_are_complete():
    assert set(ESTIMATORS) == {"EE", "DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM", "PMM"}
    assert set(INFERENCES) == {"z", "t", "knha", "adhoc"}
    assert {(one.measure, one.model) for one in EXACT_MODELS} == {
        *(("PLO", "BN"), ("IRLN", "PN"), ("OR", "CM.EL"), ("OR", "CM.AL"), ("OR", "UM.FS")),
        *(("IRR", "CM.EL"), ("IRR", "UM.FS")),
    }
    assert len(MEASURES) == 21
    assert methods() == (*ESTIMATORS, *POOLERS)


@pytest.mark.parametrize("one", MEASURES.values(), ids=lambda one: one.code)
def test_every_measure_names_records_that_exist(one):
    assert one.scale in SCALES
    assert one.default_model in methods()
    assert MEASURES[one.code] is one
    # What an arm's row holds stands for the columns of one group, in the same order.
    assert len(one.columns) == 2 * len(one.arm_columns) or not one.arm_columns


def test_a_made_up_estimator_is_used_and_nothing_else(monkeypatch):
    def constant(y, v, basis, p, start):
        return np.full(y.shape[:-1], 0.3)

    monkeypatch.setitem(
        ESTIMATORS, "MINE", Estimator("MINE", constant, None, iterative=False, source="a test")
    )
    found = fit(YI, VI, method="MINE")
    w = 1 / (VI + 0.3)
    assert found.tau2 == 0.3
    assert found.beta[0] == pytest.approx((w * YI).sum() / w.sum(), rel=1e-12)
    assert found.se_tau2 is None
    assert fit_batch(YI[None], VI[None], method="MINE").tau2[0] == 0.3
    assert "MINE" in methods()


def test_a_made_up_test_scales_the_errors_it_says(monkeypatch):
    # Hartung & Knapp's factor kept from below 1 (Jackson 2017), as a record.
    monkeypatch.setitem(
        INFERENCES,
        "knha1",
        Inference("knha1", "at least 1", student=True, scale=lambda q, df: np.maximum(q / df, 1)),
    )
    close = YI / 100
    kept = fit(close, VI, test="knha1")
    assert kept.se[0] == pytest.approx(fit(close, VI, test="t").se[0], rel=1e-12)
    assert kept.se[0] > fit(close, VI, test="knha").se[0]
    assert random_effects(close, VI, list("abcd"), test="knha1").method == "REML, at least 1"


def test_a_made_up_measure_is_computed_by_its_own_formula(monkeypatch):
    def half(values, add, to):
        a, n1 = np.asarray(values[0]), np.asarray(values[1])
        return a / n1 / 2, 1 / n1

    monkeypatch.setitem(MEASURES, "HALF", Measure("HALF", ("zi", "mi"), half, scale="exp"))
    yi, vi = effect_sizes("HALF", {"zi": [2.0, 3.0], "mi": [10.0, 10.0]})
    assert yi.tolist() == pytest.approx([0.1, 0.15])
    assert vi.tolist() == [0.1, 0.1]
    assert back_transform(0.0, "HALF") == 1.0


def test_a_made_up_likelihood_is_maximised(monkeypatch):
    binomial = exact_model("PLO")
    mine = ExactModel(
        "PR",
        "MINE",
        "made up",
        True,
        binomial.informative,
        binomial.ends,
        binomial.maximise,
        binomial.ceiling,
    )
    monkeypatch.setattr("hilum.synthesis.exact.models.EXACT_MODELS", [*EXACT_MODELS, mine])
    data = {"xi": [3.0, 8.0, 5.0], "ni": [20.0, 22.0, 40.0]}
    assert fit_exact("PR", data).model == "PR, made up"
    # The climb begins at another moment estimate.
    assert fit_exact("PR", data).beta[0] == pytest.approx(fit_exact("PLO", data).beta[0], rel=1e-6)


@pytest.mark.parametrize(
    ("call", "known"),
    [
        (lambda: fit(YI, VI, method="XX"), tuple(ESTIMATORS)),
        (lambda: fit(YI, VI, test="XX"), tuple(INFERENCES)),
        (lambda: fit_batch(YI[None], VI[None], method="XX"), tuple(ESTIMATORS)),
        (lambda: fit_batch(YI[None], VI[None], test="XX"), tuple(INFERENCES)),
        (lambda: effect_sizes("XX", TABLE), tuple(MEASURES)),
        (lambda: effect_sizes("OR", TABLE, to="XX"), ("only0", "all", "if0all", "none")),
        (lambda: back_transform(1.0, "XX"), tuple(MEASURES)),
        (lambda: mantel_haenszel("MD", *TABLE.values()), tuple(MANTEL_HAENSZEL)),
        (lambda: fit_exact("RR", TABLE), ("PLO", "IRLN", "OR", "IRR")),
        (lambda: fit_exact("OR", TABLE, model="XX"), ("CM.EL", "CM.AL", "UM.FS")),
        # Its name says another likelihood than would be maximised.
        (lambda: fit_exact("IRR", TABLE, model="CM.AL"), ("CM.EL", "UM.FS")),
        (lambda: multilevel(YI, VI, [[1, 1, 2, 2]], method="DL"), tuple(RESTRICTED)),
        (lambda: bayes(YI, VI, prior="XX"), ("half-normal", "half-cauchy", "uniform")),
        (lambda: pooler("XX"), methods()),
        (lambda: random_effects(YI, VI, list("abcd"), back="XX"), tuple(SCALES)),
        (
            lambda: fit_network(contrasts("ab", "xy", "yz", [0.1, 0.2], [1, 1]), method="SJ"),
            tuple(NETWORK_ESTIMATORS),
        ),
        (
            lambda: contrasts_from_arms("HR", ["a", "a"], ["x", "y"], {}),
            tuple(one.code for one in MEASURES.values() if one.arm_columns),
        ),
    ],
)
def test_an_unknown_code_lists_the_known_ones(call, known):
    with pytest.raises(UnknownCode) as caught:
        call()
    assert caught.value.known == known
    assert all(code in str(caught.value) for code in known)


def test_a_way_to_pool_takes_the_whole_request():
    yi, vi = effect_sizes("OR", TABLE)
    values = {name: np.asarray(column) for name, column in TABLE.items()}
    asked = Request("OR", values, yi, vi, "MH", "z", 0.9)
    direct = mantel_haenszel("OR", *TABLE.values(), level=0.9)
    assert pooler("MH").run(asked) == direct


def test_a_row_out_of_range_is_facts():
    with pytest.raises(OutOfRange) as caught:
        effect_sizes("PLO", {"xi": [1.0, 5.0], "ni": [2.0, 4.0]})
    assert caught.value.row == 1
    assert caught.value.values == {"xi": 5.0, "ni": 4.0}


def test_one_study_under_equal_effects_differs_from_nothing():
    alone = fit([0.4], [0.1], method="EE")
    assert alone.QE == 0.0
    assert all(np.isnan((alone.H2, alone.I2, alone.QEp)))


@pytest.mark.parametrize("test", ["knha", "adhoc"])
def test_equal_effects_throughout_say_nothing_of_their_own_spread(test):
    same = fit([1.0, 1.0, 1.0], [0.5, 0.2, 0.1], test=test)
    # The model's own error: the root of 1 / (2 + 5 + 10).
    assert same.se[0] == pytest.approx(17**-0.5)
    assert pytest.approx(17.0) == same.QM
    nothing = fit([0.0, 0.0, 0.0], [0.5, 0.2, 0.1], test=test)
    assert (nothing.QM, nothing.QMp) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("call", "known"),
    [
        (lambda f: cluster_robust(f, [1, 1, 2, 2], kind="CR0"), ("CR1", "CR2")),
        (lambda f: trim_and_fill(f, estimator="Q0"), ("L0", "R0")),
        (lambda f: trim_and_fill(f, side="up"), ("left", "right")),
        (lambda f: fit_batch(f.yi[None], f.vi[None], engine="cuda"), ("numpy", "jax")),
    ],
)
def test_other_words_are_looked_up_too(call, known):
    with pytest.raises(UnknownCode) as caught:
        call(fit(YI, VI))
    assert caught.value.known == known


def test_a_made_up_estimator_of_a_network(monkeypatch):
    half = NetworkEstimator(lambda geometry, common, df: 0.5)
    monkeypatch.setitem(NETWORK_ESTIMATORS, "HALF", half)
    data = contrasts("abc", "xyx", "yzz", [0.1, 0.2, 0.5], [1, 1, 1])
    assert fit_network(data, method="HALF").tau2 == 0.5
    assert fit_components(data, method="HALF").tau ** 2 == pytest.approx(0.5)
