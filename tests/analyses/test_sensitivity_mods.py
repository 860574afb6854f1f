"""``hilum sensitivity --mods``: deletion diagnostics and tests of a meta-regression as metafor's.

The figures are metafor's 3.8.1 (tests/reference/influence_mods.R), by REML. Of a regression
without an intercept whose columns do not add up to one, metafor 3.8.1 centres the effects first
(QE of ``~ 0 + ablat`` 209.69, where the weighted squares are 48.70): such a one is left out here
and held to fits without each study below.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from hilum.analyses.checks_regression import ONE_MEAN
from hilum.analyses.pool import Refused
from hilum.analyses.sensitivity import SensitivityAsked
from hilum.analyses.sensitivity import run as sensitivity
from hilum.analyses.tables import Table
from hilum.errors import InputError
from hilum.language import words
from hilum.rendering.sensitivity import sensitivity_lines
from hilum.synthesis import fit
from hilum.synthesis.sensitivity import influence

PEER = json.loads((Path(__file__).parents[1] / "reference" / "influence_mods.json").read_text())
ROWS = PEER["tables"]["bcg"]
HEADS = tuple(ROWS[0])
# Iterated figures: metafor's own threshold is 1e-12.
CLOSE = 1e-8
SPANS = [one for one in PEER["regressions"] if one["formula"] != "~ 0 + ablat"]


def table():
    rows = tuple(tuple(str(row[name]) for name in HEADS) for row in ROWS)
    return Table("t.csv", HEADS, rows, tuple(range(2, 2 + len(rows))))


def asked(mods, **more):
    more = {"method": "REML", "permutations": 20} | more
    return SensitivityAsked(table=table(), mods=mods, **more)


def test_every_formula_has_its_figures():
    assert len(SPANS) == 6


@pytest.mark.parametrize("one", SPANS, ids=lambda one: f"{one['formula']}, {one['test']}")
def test_influence_is_metafors(one):
    found = sensitivity(asked(one["formula"], test=one["test"]))
    names = ("rstudent", "dffits", "cook", "covr", "tau2del", "QEdel", "hat", "weight")
    for name in names:
        assert getattr(found.influence, name) == pytest.approx(one[name], rel=CLOSE, abs=CLOSE)
    assert len(found.influence.dfbs) == len(one["names"])
    # Names of a factor's levels are another's: the order is one.
    for mine, theirs in zip(found.influence.dfbs.values(), one["dfbs"].values(), strict=True):
        assert mine == pytest.approx(theirs, rel=CLOSE, abs=CLOSE)


@pytest.mark.parametrize("one", SPANS, ids=lambda one: f"{one['formula']}, {one['test']}")
def test_the_regression_test_has_the_moderators_beside_it(one):
    found = sensitivity(asked(one["formula"], test=one["test"])).egger
    assert found.zval == pytest.approx(one["egger"]["zval"], rel=1e-7)
    assert found.pval == pytest.approx(one["egger"]["pval"], rel=1e-7)
    assert found.est is None


def test_a_slope_without_an_intercept_is_that_of_fits_without_each_study():
    yi, vi, x = (np.array([row[name] for row in ROWS], float) for name in ("yi", "vi", "ablat"))
    whole = fit(yi, vi, mods=x[:, None])
    found = influence(whole)
    for i in range(len(yi)):
        kept = np.arange(len(yi)) != i
        part = fit(yi[kept], vi[kept], mods=x[kept, None])
        spread = part.tau2 + vi
        own = x[i] ** 2 * part.vb[0, 0]
        moved = whole.beta[0] - part.beta[0]
        assert found.tau2del[i] == pytest.approx(part.tau2, rel=1e-7)
        assert found.QEdel[i] == pytest.approx(part.QE, rel=1e-9)
        assert found.cook[i] == pytest.approx(moved**2 / whole.vb[0, 0], rel=1e-6)
        residual = (yi[i] - x[i] * part.beta[0]) / np.sqrt(spread[i] + own)
        assert found.rstudent[i] == pytest.approx(residual, rel=1e-7)
        error = (x**2 / spread).sum() ** -0.5
        assert found.dfbs[i, 0] == pytest.approx(moved / error, rel=1e-6)


def test_each_coefficient_is_permuted_and_the_page_says_what_moves_them():
    answer = sensitivity(asked("~ ablat"))
    assert list(answer.permutation.each) == ["intrcpt", "ablat"]
    assert answer.permutation.pval is None
    assert answer.beta is None
    told = sensitivity_lines(answer, words("en"))
    cook = max(zip(answer.influence.cook, answer.influence.slab, strict=True))
    assert any(cook[1] in line and f"{cook[0]:.3g}" in line for line in told)
    assert any("permutation test" in line and "ablat" in line for line in told)
    assert sum(ONE_MEAN in line for line in told) == 1
    each = sensitivity_lines(answer, words("en"), studies=True)
    assert all(any(line.startswith(f"  {row['study']}") for line in each) for row in ROWS)


def test_what_is_of_one_mean_says_so():
    answer = sensitivity(asked("~ ablat"))
    for name in ("leave1out", "cumul", "ranktest", "trimfill", "selmodel", "bootstrap"):
        one = getattr(answer, name)
        assert isinstance(one, Refused)
        assert str(one.reason) == ONE_MEAN


@pytest.mark.parametrize("method", [None, "GLMM"])
def test_an_exact_likelihood_has_no_diagnostics_of_moderators(method):
    rows = tuple((str(i), str(3 + i), "30", str(i)) for i in range(8))
    counts = Table("t.csv", ("study", "xi", "ni", "dose"), rows, tuple(range(2, 10)))
    with pytest.raises(InputError, match="REML"):
        SensitivityAsked(table=counts, measure="PLO", method=method, mods="~ dose")
    SensitivityAsked(table=counts, measure="PLO", method="REML", mods="~ dose")
