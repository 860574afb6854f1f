"""Confidence in the synthesis: the bound by counting, the prediction by simulated reviews."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from proofs.face import called
from scipy import stats

from hilum.analyses.confidence import ConfidenceAsked, run
from hilum.analyses.tables import read_table
from hilum.errors import InputError, NotEstimable
from hilum.literature.screening.confidence import (
    answer_now,
    chance_of_change,
    further,
    most_left,
    one_plausible,
)
from hilum.literature.screening.stopping import level
from hilum.synthesis.batch import fit_batch

BCG = Path(__file__).parents[3] / "examples" / "bcg.csv"


def same(values: Any) -> Any:
    return values


@pytest.mark.parametrize(("found", "rest", "drawn"), [(0, 100, 40), (2, 200, 150), (1, 60, 60)])
def test_what_may_be_left_is_what_the_random_order_does_not_rule_out(
    found: int, rest: int, drawn: int
) -> None:
    left = most_left(found, rest, drawn, 0.95)

    def chance(missing: int) -> float:
        return float(stats.hypergeom.cdf(found, rest, found + missing, drawn))

    assert left == 0 or chance(left) > level(found, 0.95)
    assert left == rest - drawn or chance(left + 1) <= level(found, 0.95)


def test_what_may_be_left_when_nothing_was_drawn_is_everything() -> None:
    assert most_left(0, 30, 0, 0.95) == 30


def test_further_studies_follow_the_predictive_distribution() -> None:
    """With many alike studies it is normal around the mean, with the spread and its own error."""
    dice = np.random.default_rng(3)
    vi = np.full(80, 0.04)
    yi = 0.3 + 0.5 * dice.standard_normal(80) + 0.2 * dice.standard_normal(80)
    answer = answer_now(yi, vi, None, None, same)
    y, v = further(answer, 1, 4000, 5)
    assert set(v[:, 0]) == {0.04}
    assert float(y.mean()) == pytest.approx(answer.beta, abs=0.02)
    assert float(y.std()) == pytest.approx(np.sqrt(answer.tau2 + 0.04), rel=0.04)


@pytest.mark.parametrize(("k", "mu", "tau", "more"), [(5, -0.25, 0.3, 4), (6, -0.3, 0.1, 6)])
def test_simulated_reviews_change_as_often_as_is_said(
    k: int, mu: float, tau: float, more: int
) -> None:
    """100 reviews: the true further studies against the chance said before them.

    Of those told at most 5 % no more than 10 % changed; on average the chance is right within
    15 points.
    """
    dice = np.random.default_rng(11)
    said: list[float] = []
    changed: list[bool] = []
    for seed in range(100):
        vi = dice.uniform(0.02, 0.1, k)
        yi = mu + tau * dice.standard_normal(k) + np.sqrt(vi) * dice.standard_normal(k)
        answer = answer_now(yi, vi, 0.0, None, same)
        said.append(chance_of_change(answer, more, 150, seed).either)
        v = vi[dice.integers(0, k, more)]
        y = mu + tau * dice.standard_normal(more) + np.sqrt(v) * dice.standard_normal(more)
        fit = fit_batch(np.r_[yi, y][None], np.r_[vi, v][None], test="adhoc")
        verdict, moved = answer.changed(fit.beta[:, 0], fit.ci_lb[:, 0], fit.ci_ub[:, 0])
        changed.append(bool(verdict[0] | moved[0]))
    chances, hits = np.array(said), np.array(changed)
    sure = chances <= 0.05
    assert sure.sum() > 10
    assert hits[sure].mean() <= 0.10
    assert hits.mean() == pytest.approx(chances.mean(), abs=0.15)


def test_a_class_of_change_is_judged_on_both_sides_of_its_line() -> None:
    yi, vi = np.array([-0.4, -0.5, -0.6, -0.5]), np.full(4, 0.02)
    answer = answer_now(yi, vi, 0.0, 0.2, same)
    beta = np.array([answer.beta, answer.beta + 0.19, answer.beta + 0.21, answer.beta])
    low, high = beta - 0.2, np.array([-0.01, -0.01, -0.01, 0.01])
    verdict, moved = answer.changed(beta, low, high)
    assert verdict.tolist() == [False, False, False, True]
    assert moved.tolist() == [False, False, True, False]


def test_one_plausible_study_changes_a_weak_answer_and_not_a_strong_one() -> None:
    dice = np.random.default_rng(2)
    strong = answer_now(-1 + 0.05 * dice.standard_normal(20), np.full(20, 0.01), 0.0, None, same)
    assert not one_plausible(strong, 0.95, 500, 1).changes
    weak = answer_now(np.array([-0.8, -0.1, -0.5]), np.full(3, 0.1), -0.05, 0.1, same)
    found = one_plausible(weak, 0.95, 500, 1)
    assert found.changes
    assert found.variance == pytest.approx(0.1)


def test_too_few_studies_say_nothing() -> None:
    with pytest.raises(NotEstimable, match="three"):
        answer_now(np.array([0.1, 0.2]), np.array([0.1, 0.1]), None, None, same)


def test_the_answer_stands_as_the_pool_has_it() -> None:
    """13 trials of BCG: 0.489 (0.330 to 0.726) by REML and the modified Hartung-Knapp interval."""
    table = read_table(BCG)
    asked = ConfidenceAsked(table=table, measure="RR", line=1.0, left=10, draws=300)
    found = run(asked)
    assert (found.value, found.low, found.high) == pytest.approx((0.4894, 0.3300, 0.7258), abs=2e-4)
    assert (found.side, found.left, found.stop) == ("below", 10, None)
    assert [one.studies for one in found.chances] == [1, 2, 5, 10]
    assert found.unlikely
    nothing = run(ConfidenceAsked(table=table, measure="RR", line=1.0, left=0))
    assert (nothing.chances, nothing.one_changes, nothing.unlikely) == ((), False, True)
    with pytest.raises(InputError, match="initials"):
        ConfidenceAsked(table=table)


def test_the_promise_stands_beside_it(tmp_path: Path) -> None:
    (tmp_path / "records.csv").write_text(
        "record_id,title\n" + "".join(f"r{n},title {n}\n" for n in range(30)), "utf-8"
    )
    done = called("literature", "confidence", tmp_path, BCG, "--measure", "RR", "--line", "1",
                  "--reviewer", "AL", "--draws", "100")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "all 30 unread" in done.stdout
    assert "a hunch, no promise" in done.stdout
    assert "the promise (recall 0.95 at confidence 0.95) takes" in done.stdout
