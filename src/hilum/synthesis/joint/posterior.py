"""What a fitted joint model says: absolute outcomes, differences, ranks, for a stated target."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.estimate import Interval
    from hilum.synthesis.joint.fit import JointFit

REACH = 0.25
Flag = Literal["outside_all", "outside_treatment", "not_reported"]


@dataclass(frozen=True, slots=True)
class Target:
    """Whom the figures are for.

    Attributes
    ----------
    values : tuple of (str, float)
        Covariates by name, in their own units; one not given stays at the studies' mean.
    anchor : (str, float) or None
        A treatment's known outcome in the target population: a proportion, or a median in
        months. Every level is then that one plus the contrast, and baselines need not be
        exchangeable with the target.
    """

    values: tuple[tuple[str, float], ...] = ()
    anchor: tuple[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Extrapolation:
    """A covariate of the target that no study, or none of the treatment, reaches."""

    covariate: str
    value: float
    seen: Interval | None
    flag: Flag


@dataclass(frozen=True, slots=True)
class Absolute:
    """Outcome of one treatment in the target population.

    ``value`` is the posterior median of a typical study's outcome (a proportion, or a median in
    months), ``ci`` its central interval, ``prediction`` that of a new study or centre.
    """

    treatment: str
    value: float
    ci: Interval
    prediction: Interval
    studies: int
    extrapolated: tuple[Extrapolation, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Treatment against comparator in the target population.

    ``difference`` is of proportions (or months), ``ratio`` an odds ratio (or hazard ratio);
    ``p_higher`` the probability that the difference is above 0, ``p_relevant`` that it is above
    ``margin``, ``p_relevant_lower`` below ``-margin``.
    """

    treatment: str
    comparator: str
    difference: float
    difference_ci: Interval
    ratio: float
    ratio_ci: Interval
    log_ratio: float
    se: float
    p_higher: float
    p_relevant: float
    p_relevant_lower: float
    margin: float

    @property
    def conclusion(self) -> Literal["higher", "lower", "undecided"]:
        """Which way the central 95 % interval of the ratio points, if either."""
        if self.p_higher >= 0.975:
            return "higher"
        return "lower" if self.p_higher <= 0.025 else "undecided"


@dataclass(frozen=True, slots=True)
class Rank:
    """Place of a treatment, 1 the highest outcome, with its uncertainty.

    ``mean`` and ``ci`` (central 95 %) of the rank, ``p_first`` of being first and ``p_last``.
    """

    treatment: str
    mean: float
    ci: tuple[int, int]
    p_first: float
    p_last: float


def levels(fit: JointFit, target: Target = Target()) -> Array:
    """Levels of every treatment in the target, shape (draws, T), on the model's scale.

    Raises
    ------
    NotEstimable
        A covariate the model does not hold, or an anchor that is unknown or out of range.
    """
    out = fit.flat("alpha")
    names = fit.studies.covariates
    _, mean, sd = fit.studies.standardised()
    for name, value in target.values:
        if name not in names:
            known = ", ".join(names) or "none"
            message = phrased(
                "covariate {name!r}: expected one of the model's ({known})", name=name, known=known
            )
            raise NotEstimable(message)
        j = names.index(name)
        out = out + fit.flat("slope")[:, :, j] * (value - mean[j]) / sd[j]
    if target.anchor is not None:
        name, value = target.anchor
        place = treatment_index(fit, name)
        wanted = _anchor(fit, value)
        out = wanted + out - out[:, [place]]
    return out


def absolute(
    fit: JointFit,
    target: Target = Target(),
    *,
    level: float = 0.95,
) -> tuple[Absolute, ...]:
    """Absolute outcome of every treatment, in the order of the fit."""
    eta = levels(fit, target)
    rng = np.random.default_rng([fit.seed, 17])
    spread = np.sqrt(fit.flat("sigma") ** 2 + fit.flat("tau") ** 2 / 2)
    if target.anchor is not None:
        spread = fit.flat("tau")
    new = eta + spread[:, None] * rng.normal(size=eta.shape)
    tail = 100 * (1 - level) / 2
    ends = np.percentile(natural(fit, eta), [tail, 50, 100 - tail], axis=0)
    wide = np.percentile(natural(fit, new), [tail, 100 - tail], axis=0)
    out: list[Absolute] = []
    for i, name in enumerate(fit.treatments):
        held = fit.studies.studies_of(i)
        flags = extrapolation(fit, target, i)
        ci, pi = (float(ends[0, i]), float(ends[2, i])), (float(wide[0, i]), float(wide[1, i]))
        out.append(Absolute(name, float(ends[1, i]), ci, pi, len(held), flags))
    return tuple(out)


def difference(
    fit: JointFit,
    treatment: str,
    comparator: str,
    target: Target = Target(),
    *,
    margin: float = 0.1,
    level: float = 0.95,
) -> Difference:
    """One pairwise difference; ``margin`` is what a board would call relevant.

    Raises
    ------
    NotEstimable
        A treatment that no study holds, the same one twice, or a margin below 0.
    """
    if not margin >= 0:
        message = phrased("margin {margin:g}: expected a number at least 0", margin=margin)
        raise NotEstimable(message)
    a, b = treatment_index(fit, treatment), treatment_index(fit, comparator)
    if a == b:
        message = phrased(
            "{treatment} against itself: expected two treatments", treatment=treatment
        )
        raise NotEstimable(message)
    eta = levels(fit, target)
    return _difference(fit, eta, a, b, margin, level)


def differences(
    fit: JointFit,
    target: Target = Target(),
    *,
    margin: float = 0.1,
    level: float = 0.95,
) -> tuple[Difference, ...]:
    """All pairs, the earlier treatment against the later."""
    eta = levels(fit, target)
    count = len(fit.treatments)
    pairs = [(a, b) for a in range(count) for b in range(a + 1, count)]
    return tuple(_difference(fit, eta, a, b, margin, level) for a, b in pairs)


def _difference(
    fit: JointFit, eta: Array, a: int, b: int, margin: float, level: float
) -> Difference:
    shift = eta[:, a] - eta[:, b]
    value = natural(fit, eta)
    gap = value[:, a] - value[:, b]
    tail = 100 * (1 - level) / 2
    low, middle, high = np.percentile(gap, [tail, 50, 100 - tail])
    ends = np.percentile(shift, [tail, 50, 100 - tail])
    return Difference(
        fit.treatments[a],
        fit.treatments[b],
        float(middle),
        (float(low), float(high)),
        float(np.exp(ends[1])),
        (float(np.exp(ends[0])), float(np.exp(ends[2]))),
        float(shift.mean()),
        float(shift.std(ddof=1)),
        float((gap > 0).mean()),
        float((gap > margin).mean()),
        float((gap < -margin).mean()),
        margin,
    )


def ranks(fit: JointFit, target: Target = Target()) -> tuple[Rank, ...]:
    """Ranks by outcome, 1 the highest."""
    value = natural(fit, levels(fit, target))
    place = 1 + np.argsort(np.argsort(-value, axis=1), axis=1)
    count = value.shape[1]
    ends = np.percentile(place, [2.5, 97.5], axis=0, method="nearest")
    return tuple(
        Rank(
            name,
            float(place[:, i].mean()),
            (int(ends[0, i]), int(ends[1, i])),
            float((place[:, i] == 1).mean()),
            float((place[:, i] == count).mean()),
        )
        for i, name in enumerate(fit.treatments)
    )


def natural(fit: JointFit, eta: Array) -> Array:
    """Proportions, or medians in months of the exponential law with that hazard."""
    if fit.studies.kind == "binomial":
        return special.expit(eta)
    return np.log(2) * np.exp(-eta)


def treatment_index(fit: JointFit, name: str) -> int:
    """Place of a treatment.

    Raises
    ------
    NotEstimable
        Unknown; the known ones are listed.
    """
    if name not in fit.treatments:
        message = phrased(
            "treatment {name!r}: expected one of {treatments}",
            name=name,
            treatments=", ".join(fit.treatments),
        )
        raise NotEstimable(message)
    return fit.treatments.index(name)


def extrapolation(fit: JointFit, target: Target, treatment: int) -> tuple[Extrapolation, ...]:
    """Covariates of the target outside what the treatment's studies, or all, reported.

    Outside is more than :data:`REACH` observed standard deviations beyond the range: a patient is
    0 or 100 percent of anything, a study seldom.
    """
    out: list[Extrapolation] = []
    studies = fit.studies
    for name, value in target.values:
        column = studies.x[:, studies.covariates.index(name)]
        reach = REACH * float(np.nanstd(column))
        whole = _range(column)
        own = _range(column[fit.studies.studies_of(treatment)])
        if whole is None or not whole[0] - reach <= value <= whole[1] + reach:
            out.append(Extrapolation(name, value, whole, "outside_all"))
        elif own is None:
            out.append(Extrapolation(name, value, None, "not_reported"))
        elif not own[0] - reach <= value <= own[1] + reach:
            out.append(Extrapolation(name, value, own, "outside_treatment"))
    return tuple(out)


def _range(column: Array) -> Interval | None:
    seen = column[~np.isnan(column)]
    return (float(seen.min()), float(seen.max())) if len(seen) else None


def _anchor(fit: JointFit, value: float) -> float:
    if fit.studies.kind == "binomial":
        if not 0 < value < 1:
            message = phrased(
                "anchor {value:g}: expected a proportion between 0 and 1", value=value
            )
            raise NotEstimable(message)
        return float(special.logit(value))
    if not 0 < value < np.inf:
        message = phrased("anchor {value:g}: expected a median above 0 months", value=value)
        raise NotEstimable(message)
    return float(np.log(np.log(2) / value))


def change_points(
    curve: Mapping[float, Difference],
) -> tuple[tuple[float, str, str], ...]:
    """Weights at which the conclusion about a difference changes, along a dial.

    Between two weights the probability of a higher outcome is interpolated on the normal
    scale, so a change is placed where it crosses 97.5 or 2.5 %. Each change is (weight,
    conclusion below, conclusion above).
    """
    weights = sorted(curve)
    out: list[tuple[float, str, str]] = []
    for left, right in pairwise(weights):
        a, b = curve[left], curve[right]
        if a.conclusion == b.conclusion:
            continue
        ends = [float(special.ndtri(np.clip(one.p_higher, 1e-4, 1 - 1e-4))) for one in (a, b)]
        decided = a.conclusion if a.conclusion != "undecided" else b.conclusion
        bound = 1.959964 if decided == "higher" else -1.959964
        share = (bound - ends[0]) / (ends[1] - ends[0]) if ends[1] != ends[0] else 0.5
        at = left + min(max(share, 0.0), 1.0) * (right - left)
        out.append((float(at), a.conclusion, b.conclusion))
    return tuple(out)
