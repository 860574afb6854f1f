"""Exact likelihoods: each is one record that says what it takes and how it is maximised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hilum.errors import UnknownCode
from hilum.synthesis.exact.interval import exact_interval, poisson_interval
from hilum.synthesis.exact.likelihoods import Binomial, Hypergeometric, Poisson
from hilum.synthesis.exact.mixed import at_tau, maximise

if TYPE_CHECKING:
    from collections.abc import Callable

    from hilum.synthesis.arrays import Array, Mask
    from hilum.synthesis.exact.likelihoods import Likelihood
    from hilum.synthesis.exact.mixed import Maximum

    LikelihoodOf = Callable[["Counts"], Likelihood]
    # The measure's columns in its order; events and sizes take turns.
    Counts = tuple[Array, ...]
    ArmsOf = Callable[[Counts], tuple[Likelihood, Likelihood]]
    Maximise = Callable[[Counts, Array, float, int], tuple[Maximum, float]]
    # Of (values, design, tau, beta): the highest log-likelihood at that tau, and where.
    AtTau = Callable[[Counts, Array, float, Array], tuple[float, Array]]


# Quadrature points of a profile; from this tau on posteriors are no bells, and a plain rule holds.
FINE, FINEST, FAR_OUT = 41, 161, 2.0


@dataclass(frozen=True, slots=True)
class Totals:
    """The exact answer of one distribution for the sums over all studies.

    Parameters
    ----------
    code, note : str
        The method as it is named in answers, and the code of what a reader is told.
    figures : callable (values, level) -> (estimate, lower, upper)
        On the natural scale.
    least, most : float
        All that can be said where extreme studies contradict each other: some have no events,
        others nothing else, so that the likelihood has no finite maximum.
    agree : callable (values) -> bool
        Extreme studies do not contradict each other.
    """

    code: str
    note: str
    figures: Callable[[Counts, float], tuple[float, float, float]]
    least: float
    most: float
    agree: Callable[[Counts], bool]


@dataclass(frozen=True, slots=True)
class ExactModel:
    """One likelihood of counts with a normal random effect.

    Parameters
    ----------
    measure, model : str
        What it is asked for by: the effect measure, and which of its likelihoods.
    name : str
    people : bool
        Sizes count patients (whole numbers, at least the events), not person-time.
    informative : callable (values) -> mask
        Studies that say something of the effect; the others drop out.
    ends : callable (values) -> (mask, mask)
        Studies whose likelihood rises without end as their effect falls, and as it rises: they lie
        at the lower or the upper end of their range.
    maximise : callable (values, design, tau, points) -> (Maximum, saturated log-likelihood)
        From ``tau`` on; saturated: an effect of its own for each study.
    ceiling : callable (values) -> float
        The saturated log-likelihood alone.
    likelihood : callable (values) -> Likelihood, or None
        Of one random effect a study, where that is all it has: many fits are then climbed at once.
    empty_groups : bool
        Groups of size 0 may stand in the table (their studies are not informative).
    totals : Totals or None
        What is said on the natural scale where there is one study, or all are extreme.
    at_tau : callable (values, design, tau, beta) -> (log-likelihood, coefficients), or None
        The highest at one tau, climbed to from ``beta``: the profile that tau2's interval is of.
    """

    measure: str
    model: str
    name: str
    people: bool
    informative: Callable[[Counts], Mask]
    ends: Callable[[Counts], tuple[Mask, Mask]]
    maximise: Maximise
    ceiling: Callable[[Counts], float]
    likelihood: LikelihoodOf | None = None
    empty_groups: bool = False
    totals: Totals | None = None
    at_tau: AtTau | None = None

    def extreme(self, values: Counts) -> bool:
        """Whether every study lies at an end, so that the likelihood of one mean has no maximum."""
        low, high = self.ends(values)
        return bool(np.all(low | high))


def exact_models(measure: str) -> dict[str, ExactModel]:
    """The likelihoods of a measure by their code, the default first; empty where it has none."""
    return {one.model: one for one in EXACT_MODELS if one.measure == measure}


def exact_model(measure: str, model: str | None = None) -> ExactModel:
    """The record of a measure's likelihood; the first of the measure where none is named.

    Raises
    ------
    UnknownCode
        A measure without an exact likelihood, or not with this one.
    """
    known = exact_models(measure)
    if not known:
        measures = tuple(dict.fromkeys(one.measure for one in EXACT_MODELS))
        raise UnknownCode("exact likelihood of measure", measure, measures)
    if model is None:
        return next(iter(known.values()))
    if model not in known:
        raise UnknownCode("exact likelihood", model, tuple(known))
    return known[model]


def _all(values: Counts) -> Mask:
    return np.ones(len(values[0]), np.bool_)


def _some_event(values: Counts) -> Mask:
    return (values[0] + values[2] > 0) & (values[1] > 0) & (values[3] > 0)


def _some_event_and_survivor(values: Counts) -> Mask:
    return _some_event(values) & (values[0] + values[2] < values[1] + values[3])


def _all_or_nothing(values: Counts) -> tuple[Mask, Mask]:
    return np.equal(values[0], 0), np.equal(values[0], values[1])


def _no_event(values: Counts) -> tuple[Mask, Mask]:
    return np.equal(values[0], 0), np.zeros(len(values[0]), np.bool_)


def _one_sided(values: Counts) -> tuple[Mask, Mask]:
    return np.equal(values[0], 0), np.equal(values[2], 0)


def _end_of_support(values: Counts) -> tuple[Mask, Mask]:
    a, n1, c, n2 = values
    low, high = np.maximum(0, a + c - n2), np.minimum(n1, a + c)
    return np.equal(a, low), np.equal(a, high)


def _mixed(likelihood_of: LikelihoodOf) -> Maximise:
    def run(values: Counts, design: Array, tau: float, points: int) -> tuple[Maximum, float]:
        likelihood = likelihood_of(values)
        return maximise(likelihood, design, tau, points=points), saturated(likelihood)

    return run


def _mixed_at(likelihood_of: LikelihoodOf) -> AtTau:
    def run(values: Counts, design: Array, tau: float, beta: Array) -> tuple[float, Array]:
        rule = FINE if tau < FAR_OUT else None
        return at_tau(likelihood_of(values), design, tau, beta, rule)

    return run


def _arms_at(arms_of: ArmsOf) -> AtTau:
    def run(values: Counts, design: Array, tau: float, beta: Array) -> tuple[float, Array]:
        from hilum.synthesis.exact.unconditional import arms_at_tau

        return arms_at_tau(arms_of(values), design, tau, beta, FINE if tau < FAR_OUT else FINEST)

    return run


def _top(likelihood_of: LikelihoodOf) -> Callable[[Counts], float]:
    return lambda values: saturated(likelihood_of(values))


def _arms_top(arms_of: ArmsOf) -> Callable[[Counts], float]:
    return lambda values: sum(arm.constant for arm in arms_of(values))


def _arms(arms_of: ArmsOf) -> Maximise:
    def run(values: Counts, design: Array, tau: float, points: int) -> tuple[Maximum, float]:
        from hilum.synthesis.exact.unconditional import maximise_with_baselines

        arms = arms_of(values)
        highest = _arms_top(arms_of)(values)
        return maximise_with_baselines(arms, design, tau, points), highest

    return run


def _binomial(values: Counts) -> Likelihood:
    return Binomial(values[0], values[1], np.zeros(len(values[0])))


def _poisson(values: Counts) -> Likelihood:
    return Poisson(values[0], values[1])


def _share(values: Counts) -> Likelihood:
    """Events given their total: the first group's share of time (or of patients) is known."""
    one, size, two, other = values
    return Binomial(one, one + two, np.log(size / other))


def _hypergeometric(values: Counts) -> Likelihood:
    one, size, two, other = values
    return Hypergeometric(one, size, other, one + two)


def _binomial_arms(values: Counts) -> tuple[Likelihood, Likelihood]:
    one, size, two, other = values
    zero = np.zeros(len(one))
    return Binomial(one, size, zero), Binomial(two, other, zero)


def _poisson_arms(values: Counts) -> tuple[Likelihood, Likelihood]:
    one, size, two, other = values
    return Poisson(one, size), Poisson(two, other)


def saturated(likelihood: Likelihood) -> float:
    """Log-likelihood with an effect of its own for each study."""
    return float(likelihood.highest.sum()) + likelihood.constant


def _one_end(values: Counts) -> bool:
    """One study, no event anywhere, nothing but events, or one patient a study.

    With one patient a study the mean of the random effects' distribution cannot be told from a
    proportion common to all, and the total is binomial under both.
    """
    x, n = values
    same = bool(np.all(x == 0) or np.all(x == n) or np.all(n == 1))
    return len(x) == 1 or same


def _always(values: Counts) -> bool:
    del values
    return True


def _garwood(values: Counts, level: float) -> tuple[float, float, float]:
    events, time = float(values[0].sum()), float(values[1].sum())
    return events / time, *poisson_interval(events, time, level)


def _clopper_pearson(values: Counts, level: float) -> tuple[float, float, float]:
    events, patients = float(values[0].sum()), float(values[1].sum())
    low, high = exact_interval(int(events), int(patients), level)
    return events / patients, low, high


EXACT_MODELS: Final[list[ExactModel]] = [
    ExactModel(
        "PLO",
        "BN",
        "binomial-normal",
        people=True,
        informative=_all,
        ends=_all_or_nothing,
        maximise=_mixed(_binomial),
        ceiling=_top(_binomial),
        at_tau=_mixed_at(_binomial),
        likelihood=_binomial,
        totals=Totals("exact-binomial", "totals", _clopper_pearson, 0.0, 1.0, _one_end),
    ),
    ExactModel(
        "IRLN",
        "PN",
        "Poisson-normal",
        people=False,
        informative=_all,
        ends=_no_event,
        maximise=_mixed(_poisson),
        ceiling=_top(_poisson),
        at_tau=_mixed_at(_poisson),
        likelihood=_poisson,
        totals=Totals("exact-Poisson", "totals_rate", _garwood, 0.0, np.inf, _always),
    ),
    ExactModel(
        "OR",
        "CM.EL",
        "conditional",
        people=True,
        informative=_some_event_and_survivor,
        ends=_end_of_support,
        maximise=_mixed(_hypergeometric),
        ceiling=_top(_hypergeometric),
        at_tau=_mixed_at(_hypergeometric),
        likelihood=_hypergeometric,
        empty_groups=True,
    ),
    # The binomial approximates the hypergeometric where events are rare.
    ExactModel(
        "OR",
        "CM.AL",
        "conditional, approximate",
        people=True,
        informative=_some_event_and_survivor,
        ends=_end_of_support,
        maximise=_mixed(_share),
        ceiling=_top(_share),
        at_tau=_mixed_at(_share),
        likelihood=_share,
        empty_groups=True,
    ),
    ExactModel(
        "OR",
        "UM.FS",
        "unconditional, fixed study effects",
        people=True,
        informative=_some_event_and_survivor,
        ends=_end_of_support,
        maximise=_arms(_binomial_arms),
        ceiling=_arms_top(_binomial_arms),
        at_tau=_arms_at(_binomial_arms),
        empty_groups=True,
    ),
    ExactModel(
        "IRR",
        "CM.EL",
        "conditional",
        people=False,
        informative=_some_event,
        ends=_one_sided,
        maximise=_mixed(_share),
        ceiling=_top(_share),
        at_tau=_mixed_at(_share),
        likelihood=_share,
    ),
    ExactModel(
        "IRR",
        "UM.FS",
        "unconditional, fixed study effects",
        people=False,
        informative=_some_event,
        ends=_one_sided,
        maximise=_arms(_poisson_arms),
        ceiling=_arms_top(_poisson_arms),
        at_tau=_arms_at(_poisson_arms),
    ),
]
"""Exact likelihoods, each measure's default first; a new one is one record here."""
