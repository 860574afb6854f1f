"""Cluster-robust tests of a whole model: metafor's ``robust`` tests the same coefficients.

Without an intercept both test that all coefficients are 0 (tests/reference/influence_mods.R,
metafor 3.8.1, whose ``robust`` is CR1; clusters of two studies each, one alone).
"""

import json
from pathlib import Path

import pytest

from hilum.analyses.pool import run as pool
from hilum.analyses.pool_asked import PoolAsked
from hilum.analyses.tables import Table
from hilum.language import words
from hilum.rendering.pool import pool_lines

PEER = json.loads((Path(__file__).parents[1] / "reference" / "influence_mods.json").read_text())
ROWS = PEER["tables"]["bcg"]
HEADS = (*ROWS[0], "team")
# metafor 3.8.1 centres effects where the columns do not add up to an intercept: see
# tests/analyses/test_sensitivity_mods.py.
CASES = [one for one in PEER["robust"] if one["adjust"] and one["formula"] != "~ 0 + ablat"]


def answer(formula, kind="CR1"):
    rows = tuple(
        (*(str(value) for value in row.values()), str(team))
        for row, team in zip(ROWS, PEER["cluster"], strict=True)
    )
    table = Table("t.csv", HEADS, rows, tuple(range(2, 2 + len(rows))))
    return pool(PoolAsked(table=table, method="REML", mods=formula, robust=kind, cluster="team"))


@pytest.mark.parametrize("one", CASES, ids=lambda one: one["formula"])
def test_the_test_of_all_is_metafors(one):
    found = answer(one["formula"])
    assert found.se == pytest.approx(one["se"], rel=1e-7)
    tested = found.moderators
    assert tested.kind == "F"
    assert (tested.df, tested.dfs) == tuple(one["QMdf"])
    assert tested.statistic == pytest.approx(one["QM"], rel=1e-7)
    assert tested.pval == pytest.approx(one["QMp"], rel=1e-7)


def test_without_an_intercept_all_coefficients_are_tested_and_the_page_says_so():
    peer = next(one for one in CASES if one["formula"] == "~ 0 + alloc")
    assert peer["btt"] == [1, 2, 3]
    found = answer("~ 0 + alloc")
    assert found.moderators.df == 3
    assert not found.moderators.intercept
    told = "\n".join(pool_lines(found, words("en")))
    assert "all coefficients" in told
