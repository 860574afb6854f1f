"""``hilum sensitivity``: every check is made with the model that pooled."""

import pytest

from hilum.analyses.pool import Refused
from hilum.analyses.pool import run as pool
from hilum.analyses.pool_asked import PoolAsked
from hilum.analyses.sensitivity import SensitivityAsked
from hilum.analyses.sensitivity import run as sensitivity
from hilum.analyses.tables import Table
from hilum.analyses.without_one import without_one
from hilum.errors import NotEstimable
from hilum.language import words
from hilum.rendering.sensitivity import sensitivity_lines

ROWS = (("A", "0", "20"), ("B", "7", "30"), ("C", "9", "33"), ("D", "4", "41"), ("E", "2", "25"))
TWO = (
    ("A", "1", "20", "4", "22"), ("B", "7", "30", "9", "31"), ("C", "9", "33", "12", "35"),
    ("D", "4", "41", "11", "40"),
)  # fmt: skip
HEADS = {"PLO": ("study", "xi", "ni"), "OR": ("study", "ai", "n1i", "ci", "n2i")}


def table(measure, rows):
    return Table("t.csv", HEADS[measure], tuple(rows), tuple(range(2, 2 + len(rows))))


HOWS = [("PLO", None, ROWS), ("PLO", "REML", ROWS), ("OR", None, TWO), ("OR", "MH", TWO),
        ("OR", "GLMM", TWO)]  # fmt: skip


@pytest.mark.parametrize(("measure", "method", "rows"), HOWS)
def test_a_refit_is_the_pooling_of_what_is_left(measure, method, rows):
    asked = {"measure": measure, "method": method}
    found = sensitivity(SensitivityAsked(table=table(measure, rows), permutations=20, **asked))
    assert found.pool == pool(PoolAsked(table=table(measure, rows), **asked))
    for i in range(len(rows)):
        for one, kept in (
            (found.leave1out, rows[:i] + rows[i + 1 :]),
            (found.cumul, rows[: i + 1]),
        ):
            question = PoolAsked(table=table(measure, kept), **asked)
            if one.figure[i] is None:
                with pytest.raises(NotEstimable, match="informative stud"):
                    pool(question)
                continue
            alone = pool(question)
            # What is shown is what is shown of them alone; metafor's fields are theirs too.
            for name in ("pred", "ci_lb", "ci_ub"):
                wanted = getattr(alone.shown, name)
                assert getattr(one.figure[i], name) == pytest.approx(wanted, rel=2e-5, abs=1e-7)
            if alone.ci_lb:
                assert one.ci_lb[i] == pytest.approx(alone.ci_lb[0], rel=2e-5, abs=1e-7)


def test_an_exact_likelihood_has_no_tests_of_effects_and_says_so():
    found = sensitivity(SensitivityAsked(table=table("PLO", ROWS), measure="PLO", permutations=50))
    for name in ("egger", "egger_lm", "ranktest", "trimfill", "selmodel", "permutation", "baujat"):
        one = getattr(found, name)
        assert isinstance(one, Refused)
        assert "GLMM pools none" in str(one.reason)
    assert found.influence.tau2del == found.leave1out.tau2
    assert found.influence.hat == (None,) * len(ROWS)
    lines = sensitivity_lines(found, words("en"), studies=True)
    assert sum("GLMM pools none" in line for line in lines) == 1
    assert any(line.startswith("  A  ") for line in lines)
    # Cautions are of tests that were made.
    assert not any("caution" in line for line in lines)


def test_nothing_but_zeros_stays_what_pool_says():
    rows = tuple((name, "0", n) for name, n in (("A", "20"), ("B", "30"), ("C", "33")))
    found = sensitivity(SensitivityAsked(table=table("PLO", rows), measure="PLO", permutations=20))
    assert found.pool.transformed.pred == 0
    assert found.beta is None
    assert [one.pred for one in found.leave1out.figure] == [0, 0, 0]
    assert isinstance(found.bootstrap, Refused)


@pytest.mark.parametrize(("measure", "method", "rows"), HOWS)
def test_one_study_leaves_none(measure, method, rows):
    asked = SensitivityAsked(
        table=table(measure, rows[1:2]), measure=measure, method=method, permutations=20
    )
    if method == "GLMM":
        # A ratio by its exact likelihood needs two studies.
        with pytest.raises(NotEstimable):
            sensitivity(asked)
        return
    left = sensitivity(asked).leave1out
    assert isinstance(left, Refused)
    assert "at least two studies" in str(left.reason)
    answer = pool(PoolAsked(table=table(measure, rows[1:2]), measure=measure, method=method))
    (only,) = without_one(answer)
    assert only.figure is None


def test_a_bootstrap_of_counts_covers_the_estimate_and_repeats_itself():
    asked = SensitivityAsked(table=table("PLO", ROWS), measure="PLO", permutations=200, seed=3)
    one, again = sensitivity(asked).bootstrap, sensitivity(asked).bootstrap
    assert one == again
    assert one.figure.ci_lb < one.figure.pred < one.figure.ci_ub
    assert 0 < one.used <= 200
