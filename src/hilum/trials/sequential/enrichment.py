"""Stages, a population and its subgroup, and the rule by which interim analyses enrich."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from hilum.errors import phrased
from hilum.records import found
from hilum.trials.parameters import Requirements
from hilum.trials.sequential.interim_rule import InterimRule, efficacy_bounds
from hilum.trials.sequential.subgroup_closed import FULL, INTERSECTIONS, SUBGROUP, SubgroupClosed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hilum.synthesis.arrays import Array, Mask

MAX_STAGES = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """What an interim analysis sees; arrays of shape (trials, 2), full population first.

    ``effect`` in the direction hoped for on the scale of the design (difference of rates, log
    hazard ratio), ``share`` the subgroup's part of the information so far, ``done`` the squared
    weights of the stages so far, ``last`` the bound of the last analysis.
    """

    effect: Array
    z: Array
    share: Array
    done: float
    last: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(InterimRule):
    """Whom the next stage recruits, and what is still to be shown; ``select`` is of :data:`RULES`.

    Parameters
    ----------
    epsilon : float
        Rule ``epsilon``: by how much more (less) than in all the effect in the subgroup has to be
        seen for the subgroup (the full population) alone to go on.
    thresholds : (float, float)
        Rule ``threshold``: effects in all and in the subgroup from which either goes on.
    power : float
        Rule ``power``: conditional power from which either goes on.
    enlarged : float
        Patients of an enriched stage over those of the stage as planned.
    """

    thresholds: tuple[float, float] = (0.0, 0.0)
    power: float = 0.3
    enlarged: float = 1.0

    def going(self, before: Mask, seen: Seen) -> Mask:
        """Populations that go on, of those that did; shape (trials, 2).

        Rules that compare the two decide where both are left, the others in every stage.
        """
        compares, decide = found(RULES, self.select, "rule")
        chosen = before & decide(seen, self)
        if compares:
            left: Mask = np.all(before, axis=1)
            chosen = np.where(left[:, None], chosen, before)
        return chosen & (seen.z >= self.futility)


def _pair(full: Mask, subgroup: Mask) -> Mask:
    return np.stack([full, subgroup], axis=1)


def _epsilon(seen: Seen, rule: Rule) -> Mask:
    more = seen.effect[:, SUBGROUP] - seen.effect[:, FULL]
    return _pair(more <= rule.epsilon, more >= -rule.epsilon)


def _best(seen: Seen, rule: Rule) -> Mask:
    del rule
    subgroup = seen.z[:, SUBGROUP] > seen.z[:, FULL]
    return _pair(~subgroup, subgroup)


def _threshold(seen: Seen, rule: Rule) -> Mask:
    return seen.effect >= np.asarray(rule.thresholds)


def _power(seen: Seen, rule: Rule) -> Mask:
    return conditional_power(seen, rule.enlarged) >= rule.power


def _both(seen: Seen, rule: Rule) -> Mask:
    del rule
    return np.ones(seen.z.shape, np.bool_)


RULES: dict[str, tuple[bool, Callable[[Seen, Rule], Mask]]] = {
    "epsilon": (True, _epsilon),
    "threshold": (False, _threshold),
    "power": (False, _power),
    "best": (True, _best),
    "both": (True, _both),
}
"""Rules by their code: whether they compare the two populations, and who goes on."""


def conditional_power(seen: Seen, enlarged: float = 1.0) -> Array:
    """Chance to pass the last bound at the effects seen; shape (trials, 2).

    Of the full population if all go on, of the subgroup if it alone does (its information then
    grows by the patients of all). Of the elementary hypotheses, without their intersection.
    """
    rest = 1 - seen.done
    grown = np.stack(
        [np.full(len(seen.share), 1.0), enlarged / np.maximum(seen.share, 1e-6)], axis=1
    )
    ahead = seen.z * np.sqrt(rest / seen.done * grown)
    need = (seen.last - seen.done**0.5 * seen.z) / rest**0.5
    return special.ndtr(ahead - need)


@dataclass(frozen=True, slots=True)
class Enrichment:
    """An enrichment trial, without its size.

    Parameters
    ----------
    prevalence : float
        Share of the subgroup among the patients.
    shares : tuple of float
        Part of the patients in each stage.
    rule : Rule
    closed : SubgroupClosed
    alpha : float
        Family-wise, one-sided.
    ratio : float
        Treatment over control patients.
    """

    prevalence: float
    shares: tuple[float, ...]
    rule: Rule
    closed: SubgroupClosed
    alpha: float
    ratio: float = 1.0

    @property
    def stages(self) -> int:
        """How many there are."""
        return len(self.shares)

    @property
    def stops(self) -> bool:
        """Whether an interim analysis can end the trial with success."""
        return any(np.isfinite(one) for one in self.closed.efficacy[:-1])


def enrichment(
    prevalence: float,
    rule: Rule,
    *,
    interim: Sequence[float] = (0.5,),
    weights: Sequence[float] = (),
    kind: str = "none",
    test: str = "spiessens-debois",
    alpha: float = 0.025,
    ratio: float = 1.0,
) -> Enrichment:
    """Stages of which the interim analyses may restrict the recruitment to a subgroup.

    Parameters
    ----------
    interim : sequence of float
        Shares of the patients at the interim analyses.
    weights : sequence of float
        Squared weights of the stages; the stages' shares of the patients if empty.
    kind : str
        ``none`` where interim analyses only select; else the family of efficacy bounds.
    test : str
        Of the intersection, one of ``INTERSECTIONS``.
    ratio : float
        Treatment over control patients, in each stratum.

    Raises
    ------
    InputError
        Every value that cannot be.
    """
    check = Requirements()
    check.errors(alpha, 0.999999)
    check.rate("prevalence", prevalence)
    check.one_of("select", rule.select, tuple(RULES))
    check.one_of("test", test, tuple(INTERSECTIONS))
    check.above_zero("ratio", ratio)
    _require_rule(check, rule)
    ends = (0.0, *interim, 1.0)
    shown = " ".join(f"{one:g}" for one in interim)
    wanted = phrased(
        "from 1 to {most} rising shares of the patients above 0 and below 1", most=MAX_STAGES - 1
    )
    rising = 1 <= len(interim) < MAX_STAGES and all(a < b for a, b in pairwise(ends))
    check.need(rising, "interim", shown, wanted)
    shares = tuple(b - a for a, b in pairwise(ends))
    used = tuple(weights) or shares
    shown = " ".join(f"{one:g}" for one in used)
    wanted = phrased("{stages} squared weights above 0 that add to 1", stages=len(shares))
    fits = len(used) == len(shares) and all(one > 0 for one in used)
    # Weights that the shares give are wrong where these are, and said there.
    right = (fits and abs(sum(used) - 1) < 1e-6) or not weights
    check.need(right, "weights", shown, wanted)
    check.done()
    used = tuple(one / sum(used) for one in used)
    bounds = efficacy_bounds(used, kind, alpha)
    rule.require_futility(check, bounds[:-1])
    check.done()
    return Enrichment(prevalence, shares, rule, SubgroupClosed(used, bounds, test), alpha, ratio)


def _require_rule(check: Requirements, rule: Rule) -> None:
    check.need(0 <= rule.epsilon < np.inf, "epsilon", rule.epsilon, "a number from 0")
    wanted = "a conditional power above 0 and below 1"
    check.need(0 < rule.power < 1, "conditional_power", rule.power, wanted)
    check.need(0 < rule.enlarged <= 10, "enlarged", rule.enlarged, "a multiple above 0, at most 10")
