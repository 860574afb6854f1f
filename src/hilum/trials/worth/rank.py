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
        Told of each trial.

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
    each = recruitment.sizes(sizes)
    watch.stage("ranking", len(chosen) * len(each))
    arms = _arms(posterior, study, each, rng, watch)
    compared = [_compared(posterior, pair, decision) for pair in chosen]
    points: list[list[Point]] = [[] for _ in chosen]
    # Size by size: what is made of an arm serves its comparisons of that size, and no others.
    for size in each:
        for one, of in zip(compared, points, strict=True):
            of.append(_point(posterior, arms, one, size, recruitment, reach, costs, decision))
            watch.done()
    found = [
        _candidate(one, of, reach, posterior.batches)
        for one, of in zip(compared, points, strict=True)
    ]

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


@dataclass(frozen=True, slots=True)
class _Compared:
    """A pair, the better expected first, its draws, and what knowing it for certain would say."""

    pair: tuple[str, str]
    two: Array
    sure: Array
    off: Off | None


def _compared(posterior: Posterior, pair: tuple[str, str], decision: Decision) -> _Compared:
    two = posterior.of(*pair)
    if two[:, 1].mean() > two[:, 0].mean():
        pair, two = (pair[1], pair[0]), two[:, ::-1]
    if posterior.independent or decision == "pair":
        return _Compared(pair, two, _known(posterior, pair, two, decision), None)
    # To know two treatments says something of the others as well.
    places = [posterior.treatments.index(name) for name in pair]
    known = conditional(posterior.draws, posterior.parameters[:, places])
    return _Compared(pair, two, known.means, known.off)


def _point(
    posterior: Posterior,
    arms: dict[tuple[str, int], _Arm],
    one: _Compared,
    size: int,
    recruitment: Recruitment,
    reach: Reach,
    costs: Costs | None,
    decision: Decision,
) -> Point:
    first, second = (arms[name, size] for name in one.pair)
    if posterior.independent:
        both = np.column_stack([first.expected, second.expected])
        expected = _known(posterior, one.pair, both, decision)
        off = _both_off(first, second, expected.shape[1] - 2)
    else:
        given = np.column_stack([first.summary, second.summary])
        learned = conditional(one.two if decision == "pair" else posterior.draws, given)
        expected, off = learned.means, learned.off
    value = worth_of(expected, posterior.batches, off)
    years = recruitment.years(size)
    total = value.value * reach.patients(years)
    net = None if costs is None else costs.net(total, size)
    return Point(size, value, years, total, net)


def _candidate(one: _Compared, points: list[Point], reach: Reach, batches: int | None) -> Candidate:
    perfect = worth_of(one.sure, batches, one.off)
    return Candidate(
        one.pair,
        (float(one.two[:, 0].mean()), float(one.two[:, 1].mean())),
        float((one.two[:, 1] > one.two[:, 0]).mean()),
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
