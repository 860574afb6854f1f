"""Single-arm trials monitored by posterior or predictive probability; all counts exact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.trials.fixed.proportions import upper_tail
from hilum.trials.parameters import Requirements
from hilum.trials.single_arm.stages import Stages
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import ArrayLike, NDArray

    from hilum.synthesis.arrays import Array
    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.watch import Watch

# Patients of the largest design that is searched for.
LARGEST = 300


@dataclass(frozen=True, slots=True)
class BayesianDesign:
    """Bounds from a Bayesian rule, with the thresholds that made them.

    ``theta_t`` is the posterior probability of ``p > p0`` that calls the treatment active at the
    end; interim stops are on the predictive (or posterior) probability, futility below
    ``theta_l``, efficacy above ``theta_u``.
    """

    stages: Stages
    p0: float
    p1: float
    prior: BetaMixture
    theta_t: float
    theta_l: float
    theta_u: float
    rule: str


def posterior_above(prior: BetaMixture, x: ArrayLike, n: int, p0: float) -> Array:
    """P(p > p0) after x responders of n, shape of ``x``."""
    return prior.update(x, n).above(p0)


def predictive_above(
    prior: BetaMixture, x: ArrayLike, n: int, total: int, p0: float, theta_t: float
) -> Array:
    """Chance that the posterior at ``total`` patients will pass ``theta_t`` (Lee & Liu 2008)."""
    final = posterior_above(prior, np.arange(total + 1), total, p0) > theta_t
    return _chances(prior, x, n, total, (final,))[0]


def _chances(
    prior: BetaMixture, x: ArrayLike, n: int, total: int, finals: Sequence[NDArray[np.bool_]]
) -> list[Array]:
    """Chance of each success at the end, given by the counts that are one."""
    ends = np.asarray(x)[:, None] + np.arange(total - n + 1)
    future = prior.update(x, n).predictive(total - n)
    return [(future * final[ends]).sum(-1) for final in finals]


def predictive_design(
    p0: float,
    p1: float,
    looks: Sequence[int],
    prior: BetaMixture,
    *,
    theta_t: float,
    theta_l: float = 0.05,
    theta_u: float = 1.0,
) -> BayesianDesign:
    """Stopping bounds at each look from the predictive probability of success at the end.

    Parameters
    ----------
    looks : sequence of int
        Patients at each analysis, the last the maximum.
    theta_u : float
        1 for no stopping for efficacy.
    """
    check = _require(p0, p1, looks, theta_t, theta_l, theta_u)
    check.done()
    total = looks[-1]
    low: list[int] = []
    high: list[int] = []
    for n in looks:
        x = np.arange(n + 1)
        if n == total:
            success = posterior_above(prior, x, n, p0) > theta_t
            low.append(int((~success).sum()) - 1)
            high.append(low[-1] + 1)
            break
        chance = predictive_above(prior, x, n, total, p0, theta_t)
        low.append(int((chance < theta_l).sum()) - 1)
        high.append(int((chance <= theta_u).sum()) if theta_u < 1 else n + 1)
    stages = Stages(tuple(looks), tuple(low), tuple(high), "predictive probability")
    return BayesianDesign(stages, p0, p1, prior, theta_t, theta_l, theta_u, "predictive")


def posterior_design(
    p0: float,
    p1: float,
    looks: Sequence[int],
    prior: BetaMixture,
    *,
    theta_t: float,
    theta_l: float = 0.1,
    theta_u: float = 1.0,
) -> BayesianDesign:
    """Stop for futility once P(p > p1) < theta_l, for efficacy once P(p > p0) > theta_u.

    Thall & Simon 1994; at the end the treatment is active when P(p > p0) > theta_t.
    """
    check = _require(p0, p1, looks, theta_t, theta_l, theta_u)
    check.done()
    low: list[int] = []
    high: list[int] = []
    for n in looks:
        x = np.arange(n + 1)
        active = posterior_above(prior, x, n, p0)
        if n == looks[-1]:
            low.append(int((active <= theta_t).sum()) - 1)
            high.append(low[-1] + 1)
            break
        low.append(int((posterior_above(prior, x, n, p1) < theta_l).sum()) - 1)
        high.append(int((active <= theta_u).sum()) if theta_u < 1 else n + 1)
    stages = Stages(tuple(looks), tuple(low), tuple(high), "posterior probability")
    return BayesianDesign(stages, p0, p1, prior, theta_t, theta_l, theta_u, "posterior")


@dataclass(frozen=True, slots=True)
class Rule:
    """A stopping rule: for each success at the end, what each look before it says of futility.

    ``futile`` gives for each success and look the probabilities, by count of responders, that stop
    the trial where they are below ``theta_l``.
    """

    name: str
    method: str
    futile: Callable[..., list[list[Array]]]


def _by_predictive(
    prior: BetaMixture,
    p0: float,
    p1: float,
    looks: Sequence[int],
    finals: Sequence[NDArray[np.bool_]],
    watch: Watch,
) -> list[list[Array]]:
    del p0, p1
    found: list[list[Array]] = [[] for _ in finals]
    for n in looks[:-1]:
        watch.done(0)
        chances = _chances(prior, np.arange(n + 1), n, looks[-1], finals)
        for one, chance in zip(found, chances, strict=True):
            one.append(chance)
    return found


def _by_posterior(
    prior: BetaMixture,
    p0: float,
    p1: float,
    looks: Sequence[int],
    finals: Sequence[NDArray[np.bool_]],
    watch: Watch,
) -> list[list[Array]]:
    del p0
    watch.done(0)
    found = [posterior_above(prior, np.arange(n + 1), n, p1) for n in looks[:-1]]
    return [found for _ in finals]


PREDICTIVE = Rule("predictive", "predictive probability", _by_predictive)
POSTERIOR = Rule("posterior", "posterior probability", _by_posterior)


def find_predictive_design(
    p0: float,
    p1: float,
    *,
    alpha: float = 0.1,
    power: float = 0.9,
    prior: BetaMixture | None = None,
    first: int = 10,
    cohort: int = 1,
    n_max: int | None = None,
    theta_l: Sequence[float] = (0.001, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3),
    watch: Watch = SILENT,
) -> BayesianDesign:
    """Smallest maximum, then smallest E(n | p0), that keeps level and power (Lee & Liu 2008).

    ``theta_t`` only matters through the count of responders it asks for at the end, so each
    count is tried once, with each ``theta_l``; there is no stopping for efficacy.

    Parameters
    ----------
    prior : BetaMixture, optional
        Beta(p0, 1 - p0), one patient's worth, when omitted.
    first, cohort : int
        Patients before the first look and between looks.
    n_max : int, optional
        Only this maximum is tried.

    Raises
    ------
    InputError
        Parameters that cannot be.
    NotEstimable
        No design up to 300 patients (or of ``n_max``) keeps level and power.
    """
    return _smallest(PREDICTIVE, p0, p1, alpha, power, prior, first, cohort, n_max, theta_l, watch)


def find_posterior_design(
    p0: float,
    p1: float,
    *,
    alpha: float = 0.1,
    power: float = 0.9,
    prior: BetaMixture | None = None,
    first: int = 10,
    cohort: int = 1,
    n_max: int | None = None,
    theta_l: Sequence[float] = (0.001, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3),
    watch: Watch = SILENT,
) -> BayesianDesign:
    """The same search with the stopping rule of Thall & Simon 1994 (:func:`posterior_design`)."""
    return _smallest(POSTERIOR, p0, p1, alpha, power, prior, first, cohort, n_max, theta_l, watch)


def _smallest(
    rule: Rule,
    p0: float,
    p1: float,
    alpha: float,
    power: float,
    prior: BetaMixture | None,
    first: int,
    cohort: int,
    n_max: int | None,
    theta_l: Sequence[float],
    watch: Watch,
) -> BayesianDesign:
    from hilum.trials.borrowing.mixture import BetaMixture
    from hilum.trials.fixed.proportions import one_proportion

    _require_search(p0, p1, alpha, power, first, cohort, n_max, theta_l).done()
    chosen = prior or BetaMixture((1.0,), (p0,), (1 - p0,))
    if n_max:
        sizes = range(n_max, n_max + 1)
    else:
        start = one_proportion(p0, p1, alpha=alpha, power=power).n
        sizes = range(max(first + 1, int(0.8 * min(start, LARGEST))), LARGEST + 1)
    watch.stage("sizes", len(sizes))
    for total in sizes:
        found = _best(rule, p0, p1, alpha, power, chosen, first, cohort, total, theta_l, watch)
        watch.done()
        if found is not None:
            return found
    message = phrased(
        "no design of {value} patients keeps level and power",
        value=n_max or f"up to {LARGEST}",
    )
    raise NotEstimable(message)


def _best(
    rule: Rule,
    p0: float,
    p1: float,
    alpha: float,
    power: float,
    prior: BetaMixture,
    first: int,
    cohort: int,
    total: int,
    theta_l: Sequence[float],
    watch: Watch,
) -> BayesianDesign | None:
    """The design of ``total`` patients with the smallest E(n | p0), if one keeps both errors."""
    looks = (*range(first, total, cohort), total)
    posterior = posterior_above(prior, np.arange(total + 1), total, p0)
    thresholds: list[float] = []
    for needed in range(1, total + 1):
        if upper_tail(needed - 1, total, p1) < power:
            break
        # Half-way between the two posteriors: any threshold between them asks for this count.
        threshold = float(posterior[needed - 1] + posterior[needed]) / 2
        if 0 < threshold < 1 and upper_tail(needed - 1, total, p0) <= 2 * alpha:
            thresholds.append(threshold)
    if not thresholds:
        return None
    # What a look says depends on the rule's limits alone in the end: it is asked once.
    futile = rule.futile(prior, p0, p1, looks, [posterior > one for one in thresholds], watch)
    best: tuple[float, BayesianDesign] | None = None
    for place, threshold in enumerate(thresholds):
        last = int((posterior <= threshold).sum()) - 1
        tried: set[tuple[int, ...]] = set()
        for floor in theta_l:
            watch.done(0)
            low = (*(int((one < floor).sum()) - 1 for one in futile[place]), last)
            if low in tried:
                continue  # another limit has led to the same bounds
            tried.add(low)
            high = (*(n + 1 for n in looks[:-1]), last + 1)
            stages = Stages(looks, low, high, rule.method)
            null = stages.at(p0)
            if null.reject > alpha or (best is not None and null.expected_n >= best[0]):
                continue
            if stages.at(p1).reject >= power:
                design = BayesianDesign(stages, p0, p1, prior, threshold, floor, 1.0, rule.name)
                best = null.expected_n, design
    return best and best[1]


def _require_search(
    p0: float,
    p1: float,
    alpha: float,
    power: float,
    first: int,
    cohort: int,
    n_max: int | None,
    theta_l: Sequence[float],
) -> Requirements:
    check = Requirements()
    check.errors(alpha, power)
    if check.rate("p0", p0) & check.rate("p1", p1):
        check.need(p1 > p0, "p1", p1, phrased("a rate above p0 ({p0:g})", p0=p0))
    check.need(first >= 1, "first", first, "at least 1 patient")
    check.need(cohort >= 1, "cohort", cohort, "at least 1 patient")
    if n_max is not None:
        check.need(
            n_max > first,
            "n_max",
            n_max,
            phrased("more than the first look's ({first})", first=first),
        )
    for value in theta_l:
        check.need(0 <= value < 1, "theta_l", value, "a probability from 0 to below 1")
    return check


def _require(
    p0: float, p1: float, looks: Sequence[int], theta_t: float, theta_l: float, theta_u: float
) -> Requirements:
    check = Requirements()
    if check.rate("p0", p0) & check.rate("p1", p1):
        check.need(p1 > p0, "p1", p1, phrased("a rate above p0 ({p0:g})", p0=p0))
    rising = all(a < b for a, b in zip((0, *looks), looks, strict=False))
    shown = " ".join(map(str, looks))
    check.need(len(looks) > 0 and rising, "looks", shown, "increasing numbers above 0")
    check.rate("theta_t", theta_t)
    check.need(0 <= theta_l < 1, "theta_l", theta_l, "a probability from 0 to below 1")
    check.need(
        theta_l < theta_u <= 1,
        "theta_u",
        theta_u,
        phrased("above theta_l ({theta_l:g}) up to 1", theta_l=theta_l),
    )
    return check
