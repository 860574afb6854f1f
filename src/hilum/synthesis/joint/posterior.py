"""What a fitted joint model says: absolute outcomes, differences, ranks, for a stated target."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.joint.precision import quantiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hilum.synthesis.arrays import Array
    from hilum.synthesis.estimate import Interval
    from hilum.synthesis.joint.data import Studies
    from hilum.synthesis.joint.record import JointFit

REACH = 0.25
TOGETHER = 16
"""Pairs whose draws are held at once."""
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
    months), ``ci`` its central interval, ``prediction`` that of a new study or centre; the
    ``*_error`` of each are Monte-Carlo standard errors (:mod:`hilum.synthesis.joint.precision`).
    """

    treatment: str
    value: float
    ci: Interval
    prediction: Interval
    studies: int
    extrapolated: tuple[Extrapolation, ...]
    value_error: float
    ci_error: Interval
    prediction_error: Interval


@dataclass(frozen=True, slots=True)
class Difference:
    """Treatment against comparator in the target population.

    ``difference`` is of proportions (or months), ``ratio`` an odds ratio (or hazard ratio);
    ``p_higher`` the probability that the difference is above 0, ``p_relevant`` that it is above
    ``margin``, ``p_relevant_lower`` below ``-margin``; the ``*_error`` are Monte-Carlo standard
    errors of the figures and of both limits.
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
    difference_error: float
    difference_ci_error: Interval
    ratio_error: float
    ratio_ci_error: Interval

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
    found = levels_of(fit.draws, fit.studies, target)
    return found.reshape(-1, found.shape[2])


def levels_of(draws: Mapping[str, Array], studies: Studies, target: Target) -> Array:
    """As :func:`levels`, of draws by name and chain: shape (chains, draws, T).

    Raises
    ------
    NotEstimable
        As :func:`levels`.
    """
    out = draws["alpha"]
    names = studies.covariates
    _, mean, sd = studies.standardised()
    for name, value in target.values:
        if name not in names:
            known = ", ".join(names) or "none"
            message = phrased(
                "covariate {name!r}: expected one of the model's ({known})", name=name, known=known
            )
            raise NotEstimable(message)
        j = names.index(name)
        out = out + draws["slope"][..., j] * (value - mean[j]) / sd[j]
    if target.anchor is not None:
        name, value = target.anchor
        place = place_of(studies, name)
        out = anchored(studies.kind, value) + out - out[..., [place]]
    return out


def absolute(
    fit: JointFit,
    target: Target = Target(),
    *,
    level: float = 0.95,
) -> tuple[Absolute, ...]:
    """Absolute outcome of every treatment, in the order of the fit."""
    eta = levels_of(fit.draws, fit.studies, target)
    rng = np.random.default_rng([fit.seed, 17])
    spread = np.sqrt(fit.draws["sigma"] ** 2 + fit.draws["tau"] ** 2 / 2)
    if target.anchor is not None:
        spread = fit.draws["tau"]
    new = eta + spread[:, :, None] * rng.normal(size=eta.shape)
    low, middle, high = quantiles(natural(fit, eta), _ends(level))
    wide = quantiles(natural(fit, new), _ends(level)[::2])
    return tuple(
        Absolute(
            name,
            float(middle[0][i]),
            (float(low[0][i]), float(high[0][i])),
            (float(wide[0][0][i]), float(wide[1][0][i])),
            len(fit.studies.studies_of(i)),
            extrapolation(fit, target, i),
            float(middle[1][i]),
            (float(low[1][i]), float(high[1][i])),
            (float(wide[0][1][i]), float(wide[1][1][i])),
        )
        for i, name in enumerate(fit.treatments)
    )


def _ends(level: float) -> tuple[float, float, float]:
    tail = (1 - level) / 2
    return tail, 0.5, 1 - tail


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
    eta = levels_of(fit.draws, fit.studies, target)
    return _differences(fit, eta, ((a, b),), margin, level)[0]


def differences(
    fit: JointFit,
    target: Target = Target(),
    *,
    pairs: Sequence[tuple[str, str]] | None = None,
    margin: float = 0.1,
    level: float = 0.95,
) -> tuple[Difference, ...]:
    """Some pairs, or all, the earlier treatment against the later."""
    eta = levels_of(fit.draws, fit.studies, target)
    count = len(fit.treatments)
    if pairs is None:
        places = [(a, b) for a in range(count) for b in range(a + 1, count)]
    else:
        places = [(treatment_index(fit, a), treatment_index(fit, b)) for a, b in pairs]
    return tuple(
        one
        for some in (places[at : at + TOGETHER] for at in range(0, len(places), TOGETHER))
        for one in _differences(fit, eta, some, margin, level)
    )


def _differences(
    fit: JointFit, eta: Array, places: Sequence[tuple[int, int]], margin: float, level: float
) -> tuple[Difference, ...]:
    shifts = [eta[..., a] - eta[..., b] for a, b in places]
    value = natural(fit, eta)
    gaps = [value[..., a] - value[..., b] for a, b in places]
    both = np.stack([*gaps, *map(np.exp, shifts)], axis=-1)
    low, middle, high = (
        np.array(one).reshape(2, 2, len(places)) for one in quantiles(both, _ends(level))
    )
    return tuple(
        Difference(
            fit.treatments[a],
            fit.treatments[b],
            float(middle[0, 0, i]),
            (float(low[0, 0, i]), float(high[0, 0, i])),
            float(middle[0, 1, i]),
            (float(low[0, 1, i]), float(high[0, 1, i])),
            float(shift.mean()),
            float(shift.std(ddof=1)),
            float((gap > 0).mean()),
            float((gap > margin).mean()),
            float((gap < -margin).mean()),
            margin,
            float(middle[1, 0, i]),
            (float(low[1, 0, i]), float(high[1, 0, i])),
            float(middle[1, 1, i]),
            (float(low[1, 1, i]), float(high[1, 1, i])),
        )
        for i, ((a, b), shift, gap) in enumerate(zip(places, shifts, gaps, strict=True))
    )


def ranks(
    fit: JointFit,
    target: Target = Target(),
    among: Sequence[str] | None = None,
    *,
    lowest: bool = False,
) -> tuple[Rank, ...]:
    """Ranks by outcome among some treatments or all: 1 the highest, or the ``lowest``."""
    names = tuple(fit.treatments if among is None else among)
    value = natural(fit, levels(fit, target))[:, [treatment_index(fit, one) for one in names]]
    place = 1 + np.argsort(np.argsort(value if lowest else -value, axis=1), axis=1)
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
        for i, name in enumerate(names)
    )


def natural(fit: JointFit, eta: Array) -> Array:
    """Proportions, or medians in months of the exponential law with that hazard."""
    return natural_of(fit.studies.kind, eta)


def natural_of(kind: str, eta: Array) -> Array:
    """Proportions of log odds (``binomial``), else medians in months of log hazards."""
    if kind == "binomial":
        return special.expit(eta)
    return np.log(2) * np.exp(-eta)


def treatment_index(fit: JointFit, name: str) -> int:
    """Place of a treatment; errors as :func:`place_of`."""
    return place_of(fit.studies, name)


def place_of(studies: Studies, name: str) -> int:
    """Place of a treatment.

    Raises
    ------
    NotEstimable
        Unknown; the known ones are listed.
    """
    if name not in studies.treatments:
        message = phrased(
            "treatment {name!r}: expected one of {treatments}",
            name=name,
            treatments=", ".join(studies.treatments),
        )
        raise NotEstimable(message)
    return studies.treatments.index(name)


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


def anchored(kind: str, value: float) -> float:
    """A known outcome on the model's scale.

    Raises
    ------
    NotEstimable
        A proportion outside (0, 1), or a median that is not above 0.
    """
    if kind == "binomial":
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
