"""One treatment against another: each trial as printed, and a pooled line that can be believed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from hilum.answers.contrasts import (
    CONTROLS,
    Kind,
    Side,
    TrialRatio,
    better_side,
    excludes_one,
    printed_ratios,
)
from hilum.answers.ratio_pool import Interval, Method, pool_ratios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from hilum.evidence import Evidence, Measure, Outcome
    from hilum.evidence.records import Result

Form = Literal["pooled", "single", "range", "none"]
ORDER: tuple[Kind, ...] = ("randomised", "nonrandomised", "review")


@dataclass(frozen=True, slots=True)
class ComparedTreatments:
    """Two treatments in one outcome, by one kind of study.

    Attributes
    ----------
    form : str
        ``pooled`` (``k`` at least 2), ``single`` (one study's own ratio, as printed), ``range``
        (one study that printed its strata apart: they stand as printed) or ``none`` (nothing
        that may be pooled: the trials below are all there is).
    value, ci, prediction, tau, i2, method, prior, sampling_ci
        Of the pooled line; see :class:`hilum.answers.ratio_pool.PooledRatio`. Treatment against
        comparator, whichever way round a study printed it.
    n : int or None
        Patients of both arms of the studies in the line; ``None`` where one is not known.
    trials : tuple of TrialRatio
        Every printed ratio as printed; ``left_out`` says which is not in the line.
    """

    treatment: str
    comparator: str
    outcome: Outcome
    measure: Measure
    time_months: float | None
    kind: Kind
    form: Form
    value: float | None
    ci: Interval | None
    prediction: Interval | None
    tau: float | None
    i2: float | None
    k: int
    n: int | None
    method: Method | Literal["as_printed"] | None
    prior: str | None
    sampling_ci: Interval | None
    better: Side | None
    clear: bool | None
    trials: tuple[TrialRatio, ...]

    @property
    def used(self) -> tuple[TrialRatio, ...]:
        """The trials of the line."""
        return tuple(one for one in self.trials if one.left_out is None)


def comparisons(
    evidence: Evidence,
    treatment_of: Callable[[str], str | None],
    misfit: Callable[[Result], str | None] = lambda _: None,
) -> tuple[ComparedTreatments, ...]:
    """Every pair of different treatments that a study compared by a ratio, randomised first.

    A subgroup's, an interim or a superseded ratio is shown beside and never pooled. Two arms of
    one treatment (two doses, two analogues) are no comparison of treatments:
    :func:`within_treatment` holds them.
    """
    rows = [
        one for one in printed_ratios(evidence, treatment_of, misfit)
        if one.treatment != one.comparator
    ]  # fmt: skip
    turned = _orientations(rows)
    groups: dict[tuple[object, ...], list[TrialRatio]] = {}
    for one in rows:
        pair = turned[one.treatment, one.comparator]
        groups.setdefault((*pair, *one.key[2:]), []).append(one)
    found = [
        _compared(evidence, str(key[0]), str(key[1]), trials) for key, trials in groups.items()
    ]
    return tuple(sorted(found, key=_order))


def within_treatment(
    evidence: Evidence, treatment_of: Callable[[str], str | None]
) -> tuple[TrialRatio, ...]:
    """Ratios between two arms of one treatment, for example two regimens of temozolomide."""
    return tuple(
        one
        for one in printed_ratios(evidence, treatment_of)
        if one.treatment == one.comparator and one.subgroup is None
    )


def _order(one: ComparedTreatments) -> tuple[object, ...]:
    return (
        ORDER.index(one.kind),
        one.outcome,
        one.treatment,
        one.comparator,
        one.measure,
        one.time_months or 0.0,
    )


def _orientations(rows: Iterable[TrialRatio]) -> dict[tuple[str, str], tuple[str, str]]:
    """Which way round each pair is told: a control last, else as most studies print it."""
    counts: dict[tuple[str, str], int] = {}
    for one in rows:
        pair = (one.treatment, one.comparator)
        counts[pair] = counts.get(pair, 0) + 1
    out: dict[tuple[str, str], tuple[str, str]] = {}
    for pair, count in counts.items():
        back = (pair[1], pair[0])
        if pair[0] in CONTROLS and pair[1] not in CONTROLS:
            out[pair] = back
        elif pair[1] in CONTROLS and pair[0] not in CONTROLS:
            out[pair] = pair
        else:
            rivals = (count, counts.get(back, 0))
            out[pair] = pair if rivals[0] > rivals[1] or (
                rivals[0] == rivals[1] and pair < back
            ) else back  # fmt: skip
    return out


def _compared(
    evidence: Evidence, treatment: str, comparator: str, trials: Sequence[TrialRatio]
) -> ComparedTreatments:
    marked = _one_per_cohort(evidence, _one_per_pair(trials))
    usable = [one for one in marked if one.left_out is None]
    by_study: dict[str, list[TrialRatio]] = {}
    for one in usable:
        by_study.setdefault(one.study_id, []).append(one)
    first = trials[0]
    empty = ComparedTreatments(
        treatment, comparator, first.outcome, first.measure, first.time_months, first.kind,
        "none", None, None, None, None, None, 0, None, None, None, None, None, None,
        tuple(marked),
    )  # fmt: skip
    if not by_study:
        return empty
    effects = [_combined(rows, treatment) for rows in by_study.values()]
    if len(by_study) == 1 and len(usable) > 1:
        return replace(empty, form="range", k=1, n=_patients(usable))
    line = pool_ratios([y for y, _ in effects], [v for _, v in effects], list(by_study))
    value, ci, method = line.value, line.ci, line.method
    if len(usable) == 1:
        # One study: its own figures, to the last printed digit.
        value, ci = _printed(usable[0], turned=usable[0].treatment != treatment)
        method = "as_printed"
    return replace(
        empty,
        form="pooled" if line.k > 1 else "single",
        value=value,
        ci=ci,
        prediction=line.prediction,
        tau=line.tau,
        i2=line.i2,
        k=line.k,
        n=_patients(usable),
        method=method,
        prior=line.prior,
        sampling_ci=ci if method == "as_printed" else line.sampling_ci,
        better=better_side(first.measure, first.outcome, value),
        clear=excludes_one(*ci),
    )


def _patients(trials: Sequence[TrialRatio]) -> int | None:
    """Patients of both arms of each, or ``None`` where one number is not known."""
    counts = [n for one in trials for n in one.n]
    known = [n for n in counts if n is not None]
    return sum(known) if len(known) == len(counts) else None


def _printed(one: TrialRatio, *, turned: bool) -> tuple[float, Interval]:
    low, high = one.low or 0.0, one.high or math.inf
    return (1 / one.value, (1 / high, 1 / low)) if turned else (one.value, (low, high))


def _combined(rows: Sequence[TrialRatio], treatment: str) -> tuple[float, float]:
    """One log ratio a study: strata of one trial (own patients, own controls) together."""
    from hilum.synthesis import log_effect_from_interval

    pairs: list[tuple[float, float]] = []
    for one in rows:
        y, v = log_effect_from_interval(one.value, one.low or 0.0, one.high or 0.0)
        pairs.append((y if one.treatment == treatment else -y, v))
    weight = [1 / v for _, v in pairs]
    total = sum(weight)
    return sum(w * y for w, (y, _) in zip(weight, pairs, strict=True)) / total, 1 / total


def _one_per_pair(trials: Sequence[TrialRatio]) -> list[TrialRatio]:
    """Of each pair of arms one ratio, the first by id, whatever the order of rows."""
    taken: set[tuple[str, ...]] = set()
    out: list[TrialRatio] = []
    for one in sorted(trials, key=lambda one: one.result_id):
        place = (one.study_id, *sorted((one.arm_id, one.comparator_arm_id)))
        if one.left_out is None and place in taken:
            out.append(replace(one, left_out="same_arm"))
            continue
        if one.left_out is None:
            taken.add(place)
        out.append(one)
    return out


def _one_per_cohort(evidence: Evidence, trials: Sequence[TrialRatio]) -> list[TrialRatio]:
    """Of each cohort one study: most patients, then the newest, then the first id."""
    cohorts: dict[str, dict[str, int]] = {}
    for one in trials:
        if one.left_out is None:
            cohort = evidence.study[one.study_id].cohort_of or one.study_id
            own = cohorts.setdefault(cohort, {})
            own[one.study_id] = own.get(one.study_id, 0) + sum(n or 0 for n in one.n)
    kept = {
        min(own, key=lambda name: (-own[name], -(evidence.study[name].year or 0), name))
        for own in cohorts.values()
    }
    return [
        replace(one, left_out="same_cohort")
        if one.left_out is None and one.study_id not in kept
        else one
        for one in trials
    ]
