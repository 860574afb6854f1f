"""Many exact fits at once are the fits made one by one, which test_exact_likelihood holds to R."""

import numpy as np
import pytest

from hilum.errors import Stopped
from hilum.synthesis.exact import fit_exact
from hilum.synthesis.exact.refits import refit_exact
from hilum.synthesis.exact.scores import score_interval


def counts(measure, k, seed):
    """Invented studies of a measure."""
    rng = np.random.default_rng(seed)
    n = rng.integers(15, 90, (2, k)).astype(float)
    p = 1 / (1 + np.exp(1.4 - 0.7 * rng.normal(size=(2, k))))
    x = rng.binomial(n.astype(int), p).astype(float)
    names = {
        "PLO": ("xi", "ni"),
        "IRLN": ("xi", "ti"),
        "OR": ("ai", "n1i", "ci", "n2i"),
        "IRR": ("x1i", "t1i", "x2i", "t2i"),
    }[measure]
    return dict(zip(names, (x[0], n[0], x[1], n[1]), strict=False))


def single(measure, data, drawn, model):
    return fit_exact(measure, {name: column[drawn] for name, column in data.items()}, model=model)


@pytest.mark.parametrize(
    ("measure", "model"),
    [
        ("PLO", None),
        ("IRLN", None),
        ("OR", "CM.EL"),
        ("OR", "CM.AL"),
        ("OR", "UM.FS"),
        ("IRR", None),
    ],
)
@pytest.mark.parametrize("seed", [1, 2])
def test_left_out_and_drawn_twice(measure, model, seed):
    k = 9
    data = counts(measure, k, seed)
    rng = np.random.default_rng(seed)
    rows = np.vstack([1 - np.eye(k), rng.multinomial(k, np.full(k, 1 / k), size=4)])
    found = refit_exact(measure, data, rows, model=model)
    for i, row in enumerate(rows.astype(int)):
        fit = single(measure, data, np.repeat(np.arange(k), row), model)
        se = float(fit.se[0])
        assert found.reasons[i] == ""
        assert found.beta[i] == pytest.approx(float(fit.beta[0]), abs=2e-6 * se)
        assert found.se[i] == pytest.approx(se, rel=5e-6)
        assert found.tau2[i] == pytest.approx(fit.tau2, rel=1e-5, abs=1e-8)
        assert found.QE[i] == pytest.approx(fit.QE, abs=1e-6)
        assert found.I2[i] == pytest.approx(fit.I2, rel=1e-5, abs=1e-6)
        assert found.k[i] == fit.k


def test_what_has_no_maximum_says_why():
    data = {"xi": np.array([0.0, 0, 5]), "ni": np.array([20.0, 30, 25])}
    found = refit_exact("PLO", data, np.array([[1, 1, 0], [1, 1, 1], [0, 0, 1]]))
    assert found.reasons[1] == ""
    assert "end of its range" in str(found.reasons[0])
    assert "1 informative" in str(found.reasons[2])
    assert np.isnan(found.beta[[0, 2]]).all()


def test_equal_studies_have_no_spread_however_many_are_left_out():
    data = {"xi": np.full(6, 5.0), "ni": np.full(6, 25.0)}
    found = refit_exact("PLO", data, 1 - np.eye(6))
    assert (found.tau2 == 0).all()
    assert found.beta == pytest.approx(np.log(0.25), abs=1e-9)


@pytest.mark.parametrize("measure", ["PLO", "IRLN", "OR", "IRR"])
@pytest.mark.parametrize(("seed", "size"), [(1, 60), (3, 8)])
def test_without_a_spread_at_once_as_one_by_one(measure, seed, size, monkeypatch):
    """Studies of one effect: most resamples have tau2 = 0, the others a small one."""
    k = 8
    rng = np.random.default_rng(seed)
    n = rng.integers(size // 2, size, (2, k)).astype(float)
    x = rng.binomial(n.astype(int), 0.35).astype(float)
    names = counts(measure, k, seed)
    data = dict(zip(names, (x[0], n[0], x[1], n[1]), strict=False))
    rows = np.vstack([1 - np.eye(k), rng.multinomial(k, np.full(k, 1 / k), size=10)])
    singly = []

    def counted(*args, **kwargs):
        singly.append(args)
        return fit_exact(*args, **kwargs)

    monkeypatch.setattr("hilum.synthesis.exact.refits.fit_exact", counted)
    found = refit_exact(measure, data, rows)
    for i, row in enumerate(rows.astype(int)):
        fit = single(measure, data, np.repeat(np.arange(k), row), None)
        se = float(fit.se[0])
        assert found.tau2[i] == pytest.approx(fit.tau2, rel=1e-5, abs=1e-8)
        assert found.beta[i] == pytest.approx(float(fit.beta[0]), abs=2e-6 * se)
        assert found.se[i] == pytest.approx(se, rel=5e-6)
        assert found.QE[i] == pytest.approx(fit.QE, abs=1e-6)
        assert found.I2[i] == pytest.approx(fit.I2, rel=1e-5, abs=1e-4)
        drawn = np.repeat(np.arange(k), row)
        part = {name: column[drawn] for name, column in data.items()}
        made = score_interval(fit, measure, part, new=False)
        assert found.scale[i] == pytest.approx(made.q, rel=1e-5)
    assert (found.tau2 == 0).sum() > 3
    # The fit of all, and a few resamples next to the boundary.
    assert len(singly) < len(rows) / 3


def test_the_watch_is_told_what_the_refits_are_for():
    told = []

    class Listening:
        def stage(self, code, total):
            told.append(code)

        def done(self, n=1):
            del n

    refit_exact("PLO", counts("PLO", 6, 1), 1 - np.eye(6), watch=Listening(), stage="bootstrap")
    assert set(told) == {"bootstrap"}


def test_it_stops_when_asked():
    class Impatient:
        def stage(self, code, total):
            assert total

        def done(self, n=1):
            raise Stopped

    with pytest.raises(Stopped):
        refit_exact("PLO", counts("PLO", 30, 1), 1 - np.eye(30), watch=Impatient())
