"""Ranking comparisons by what the best trial that can be recruited would be worth."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.trials.worth.information import Worth, conditional, worth_of
from hilum.trials.worth.spline import spline_fit
from hilum.watch import SILENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hilum.synthesis.arrays import Array
    from hilum.trials.worth.fitted import Off
    from hilum.trials.worth.posterior import Posterior
    from hilum.trials.worth.reach import Costs, Reach, Recruitment
    from hilum.trials.worth.study import Study
    from hilum.watch import Watch

Decision = Literal["pair", "all"]


@dataclass(frozen=True, slots=True)
class Point:
    """A trial of one size.

    Attributes
    ----------
    patients : int
        Both arms together, randomised 1:1.
    evsi : Worth
        Per patient decided on afterwards.
    years : float
        Until its result.
    total : float
        ``evsi`` over all whom the result reaches, discounted; units of outcome.
    net : float or None
        Expected net benefit of sampling, money; None without costs.
    """

    patients: int
    evsi: Worth
    years: float
    total: float
    net: float | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One comparison, its uncertainty and its designs.

    Attributes
    ----------
    treatments : (str, str)
        The better expected first.
    expected : (float, float)
        Their expected outcomes.
    better : float
        Probability that the second is in truth better than the first.
    evpi : Worth
        Per patient; ``total_evpi`` over all from today, discounted.
    points : tuple of Point
        By size.
    best : Point
        Of the highest net benefit, or the highest total without costs.
    """

    treatments: tuple[str, str]
    expected: tuple[float, float]
    better: float
    evpi: Worth
    total_evpi: float
    points: tuple[Point, ...]
    best: Point


def rank_comparisons(
    posterior: Posterior,
    study: Study,
    recruitment: Recruitment,
    reach: Reach,
    rng: np.random.Generator,
    *,
    costs: Costs | None = None,
    decision: Decision = "pair",
    pairs: Sequence[tuple[str, str]] | None = None,
    sizes: int = 8,
    watch: Watch = SILENT,
) -> tuple[Candidate, ...]:
    """Comparisons of two treatments, the most valuable trial first.

    Parameters
    ----------
    posterior : Posterior
        ``parameters`` must hold one column a treatment, in its order: what an arm's data are
        drawn from.
    study : Study
    recruitment, reach, costs
        What can be recruited, whom the answer reaches, money if wanted.
    decision : {"pair", "all"}
        Patients are offered the two treatments compared, or whichever of all is best.
    pairs : sequence of (str, str), optional
        Comparisons to judge; all of them by default.
    sizes : int
        Trial sizes tried.
    watch : Watch
        Looked at before each trial; told of each comparison.

    Raises
    ------
    NotEstimable
        Fewer than two treatments, parameters that are not one a treatment, or an unknown name.
    Stopped
        When the watch says so.
    """
    names = posterior.treatments
    if len(names) < 2 or len(posterior.names) != len(names):
        message = phrased(
            "{number} treatments, {number_2} parameters: expected two or more, one each",
            number=len(names),
            number_2=len(posterior.names),
        )
        raise NotEstimable(message)
    if decision not in ("pair", "all"):
        message = phrased("decision {decision!r}: expected pair or all", decision=decision)
        raise NotEstimable(message)
    chosen = list(pairs) if pairs is not None else list(combinations(names, 2))
    posterior.of(*{name for pair in chosen for name in pair})
    watch.stage("ranking", len(chosen))
    arms = _arms(posterior, study, recruitment.sizes(sizes), rng, watch)
    found: list[Candidate] = []
    for pair in chosen:
        one = _candidate(posterior, arms, pair, recruitment, reach, costs, decision, watch)
        found.append(one)
        watch.done()

    def order(candidate: Candidate) -> tuple[float, tuple[str, str]]:
        best = candidate.best
        return -(best.total if best.net is None else best.net), candidate.treatments

    return tuple(sorted(found, key=order))


@dataclass(frozen=True, slots=True)
class _Arm:
    """One treatment's arm of one size: its statistic, and expected outcome given it.

    ``off`` draws how far the expectation may be off; None where it was not estimated apart.
    """

    summary: Array
    expected: Array
    off: Off | None = None


def _arms(
    posterior: Posterior,
    study: Study,
    sizes: tuple[int, ...],
    rng: np.random.Generator,
    watch: Watch,
) -> dict[tuple[str, int], _Arm]:
    """Arms of every treatment, asked for or not, so that a pair's figures are always the same."""
    out: dict[tuple[str, int], _Arm] = {}
    for place, name in enumerate(posterior.treatments):
        for size in sizes:
            watch.done(0)
            summary = study.summary(posterior.parameters[:, place], size // 2, rng)
            expected, off = posterior.draws[:, place], None
            if posterior.independent:
                watch.done(0)
                fitted = spline_fit(expected[:, None], summary[:, None])
                expected, off = fitted.means[:, 0], fitted.off
            out[name, size] = _Arm(summary, expected, off)
    return out


def _candidate(
    posterior: Posterior,
    arms: dict[tuple[str, int], _Arm],
    pair: tuple[str, str],
    recruitment: Recruitment,
    reach: Reach,
    costs: Costs | None,
    decision: Decision,
    watch: Watch,
) -> Candidate:
    two = posterior.of(*pair)
    if two[:, 1].mean() > two[:, 0].mean():
        pair, two = (pair[1], pair[0]), two[:, ::-1]
    off: Off | None = None
    if posterior.independent or decision == "pair":
        sure = _known(posterior, pair, two, decision)
    else:
        # To know two treatments says something of the others as well.
        places = [posterior.treatments.index(name) for name in pair]
        known = conditional(posterior.draws, posterior.parameters[:, places])
        sure, off = known.means, known.off
    perfect = worth_of(sure, posterior.batches, off)
    points: list[Point] = []
    for size in sorted({size for _, size in arms}):
        watch.done(0)
        first, second = arms[pair[0], size], arms[pair[1], size]
        if posterior.independent:
            both = np.column_stack([first.expected, second.expected])
            expected = _known(posterior, pair, both, decision)
            off = _both_off(first, second, expected.shape[1] - 2)
        else:
            given = np.column_stack([first.summary, second.summary])
            learned = conditional(two if decision == "pair" else posterior.draws, given)
            expected, off = learned.means, learned.off
        value = worth_of(expected, posterior.batches, off)
        years = recruitment.years(size)
        total = value.value * reach.patients(years)
        net = None if costs is None else costs.net(total, size)
        points.append(Point(size, value, years, total, net))
    return Candidate(
        pair,
        (float(two[:, 0].mean()), float(two[:, 1].mean())),
        float((two[:, 1] > two[:, 0]).mean()),
        perfect,
        perfect.value * reach.patients(),
        tuple(points),
        max(points, key=lambda point: point.total if point.net is None else point.net),
    )


def _both_off(first: _Arm, second: _Arm, others: int) -> Off | None:
    """How far the expectations of two arms may be off; those of others stay as they are."""
    one, two = first.off, second.off
    if one is None or two is None:
        return None

    def off(rng: np.random.Generator, times: int) -> Array:
        moved = np.concatenate([one(rng, times), two(rng, times)], axis=1)
        return np.concatenate([moved, np.zeros((times, others, moved.shape[2]))], axis=1)

    return off


def _known(posterior: Posterior, pair: tuple[str, str], both: Array, decision: Decision) -> Array:
    """Expected outcomes of every treatment one may choose, the pair's as known, others as today."""
    if decision == "pair":
        return both
    others = [name for name in posterior.treatments if name not in pair]
    if not others:
        return both
    today = posterior.of(*others).mean(axis=0)
    return np.hstack([both, np.broadcast_to(today, (len(both), len(others)))])
