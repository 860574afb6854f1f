"""Two stages, several treatments, and the rule by which an interim analysis selects among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import phrased
from hilum.records import found
from hilum.trials.parameters import Requirements
from hilum.trials.sequential.closed import TESTS, ClosedTest
from hilum.trials.sequential.interim_rule import InterimRule, efficacy_bounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array, Mask

MAX_ARMS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(InterimRule):
    """Which treatments go on; ``select`` is of :data:`RULES`.

    Parameters
    ----------
    epsilon : float
        How far below the best observed difference a treatment may lie (rule ``epsilon``).
    keep : int
        How many the rule ``keep`` keeps.
    """

    keep: int = 1

    def going(self, z: Array, difference: Array) -> Mask:
        """Treatments that go on; shape (trials, arms).

        Parameters
        ----------
        z, difference : ndarray, shape (trials, arms)
            Statistics of the first stage, and observed differences in the direction hoped for.
        """
        return found(RULES, self.select, "rule")(difference, self) & (z >= self.futility)


def _kept(difference: Array, number: int) -> Mask:
    """The so many with the largest differences; of equal ones the first."""
    place = np.argsort(np.argsort(-difference, axis=1, kind="stable"), axis=1, kind="stable")
    return place < number


RULES: dict[str, Callable[[Array, Rule], Mask]] = {
    "best": lambda d, rule: _kept(d, 1),
    "keep": lambda d, rule: _kept(d, rule.keep),
    "epsilon": lambda d, rule: d >= d.max(axis=1, keepdims=True) - rule.epsilon,
    "all": lambda d, rule: np.ones(d.shape, np.bool_),
}
"""Rules by their code; a treatment below the futility bound never goes on."""


@dataclass(frozen=True, slots=True)
class Selection:
    """A trial with selection, without its size.

    Parameters
    ----------
    arms : int
        Treatments besides the control.
    rule : Rule
    closed : ClosedTest
    alpha : float
        Family-wise, one-sided.
    """

    arms: int
    rule: Rule
    closed: ClosedTest
    alpha: float

    @property
    def most(self) -> int:
        """Treatments that may have a second stage."""
        return {"best": 1, "keep": self.rule.keep}.get(self.rule.select, self.arms)

    @property
    def stops(self) -> bool:
        """Whether the interim analysis can end the trial with success."""
        return bool(np.isfinite(self.closed.efficacy[0]))


def selection(
    arms: int,
    rule: Rule,
    *,
    interim: float = 0.5,
    kind: str = "none",
    test: str = "dunnett",
    alpha: float = 0.025,
    ratio: float = 1.0,
) -> Selection:
    """A closed test of two stages with treatments selected in between.

    Parameters
    ----------
    interim : float
        Share of a treatment's patients at the interim analysis; the weight of the first stage.
    kind : str
        ``none`` where the interim analysis only selects; else the family of efficacy bounds.
    test : {"dunnett", "simes", "bonferroni"}
        Of intersections.
    ratio : float
        Control over treatment patients, in both stages.

    Raises
    ------
    InputError
        Values that cannot be.
    """
    check = Requirements()
    check.errors(alpha, 0.999999)
    check.need(
        2 <= arms <= MAX_ARMS, "arms", arms,
        phrased("from 2 to {most} treatments", most=MAX_ARMS),
    )  # fmt: skip
    check.one_of("select", rule.select, tuple(RULES))
    check.one_of("test", test, tuple(TESTS))
    if rule.select == "keep":
        check.need(
            1 <= rule.keep < arms, "keep", rule.keep,
            phrased("from 1 to {most} treatments", most=arms - 1),
        )  # fmt: skip
    check.need(0 < rule.epsilon < 1, "epsilon", rule.epsilon, "a difference above 0 and below 1")
    check.rate("interim", interim)
    check.above_zero("ratio", ratio)
    check.done()
    first, last = efficacy_bounds((interim, 1 - interim), kind, alpha)
    rule.require_futility(check, (first,))
    check.done()
    return Selection(arms, rule, ClosedTest(interim, (first, last), test, ratio), alpha)
