"""Hazard ratios from whatever a trial printed, or from its patients, pooled on the log scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hilum.errors import NotEstimable, phrased
from hilum.synthesis.effects.reported import (
    log_effect_from_interval,
    log_effect_from_p,
    log_hazard_from_arm_events,
    log_hazard_from_events,
    log_hazard_from_oe,
)
from hilum.synthesis.survival.kaplan_meier import (
    Contrast,
    cox,
    kaplan_meier,
    patients,
    restricted_mean_contrast,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


# Below this p value of the Grambsch-Therneau test hazards are taken as not proportional.
PROPORTIONAL = 0.05


@dataclass(frozen=True, slots=True)
class Reported:
    """What a trial printed; the first way that its numbers allow is used, in the order below.

    Parameters
    ----------
    hazard_ratio, lower, upper : float
        With its interval (Parmar 1998).
    observed_minus_expected, variance : float
        Of the log-rank test.
    p : float
        Two-sided, with ``hazard_ratio``; or with the total ``events`` and the first arm's
        ``share`` of the patients, ``favours_first`` saying which arm did better.
    events, comparator_events : float
        Of each arm, with ``hazard_ratio`` (Tierney 2007).
    yi, sei : float
        The log hazard ratio and its standard error.
    """

    label: str
    hazard_ratio: float | None = None
    lower: float | None = None
    upper: float | None = None
    observed_minus_expected: float | None = None
    variance: float | None = None
    p: float | None = None
    events: float | None = None
    comparator_events: float | None = None
    share: float = 0.5
    favours_first: bool | None = None
    level: float = 0.95
    yi: float | None = None
    sei: float | None = None


@dataclass(frozen=True, slots=True)
class LogHazard:
    """A log hazard ratio ``yi`` with its variance, and how it was derived."""

    label: str
    yi: float
    vi: float
    derived_from: str


@dataclass(frozen=True, slots=True)
class TwoArms:
    """Two arms whose patients are known: hazard ratio, its check, and restricted means.

    ``proportional`` is ``False`` where the test says that one hazard ratio does not describe the
    arms; then ``rmst_difference`` and ``rmst_ratio`` to ``horizon`` are the figures to read.
    """

    log_hazard: LogHazard
    hazard_ratio: Contrast
    zph_p: float
    proportional: bool
    horizon: float
    rmst_difference: Contrast
    rmst_ratio: Contrast


def log_hazard(one: Reported) -> LogHazard:
    """Log hazard ratio of one trial.

    Raises
    ------
    NotEstimable
        When nothing that was printed determines it, or a number is out of range.
    """
    value = one.hazard_ratio
    found: tuple[float, float] | None = None
    how = ""
    try:
        if value is not None and one.lower is not None and one.upper is not None:
            how, found = (
                "interval",
                log_effect_from_interval(value, one.lower, one.upper, one.level),
            )
        elif one.observed_minus_expected is not None and one.variance is not None:
            how = "log-rank table"
            found = log_hazard_from_oe(one.observed_minus_expected, one.variance)
        elif one.yi is not None and one.sei is not None:
            how, found = "log hazard ratio", _with_error(one.yi, one.sei)
        elif value is not None and one.p is not None and value != 1:
            how, found = "p value", log_effect_from_p(value, one.p)
        elif value is not None and one.events is not None and one.comparator_events is not None:
            how = "events of both arms"
            found = log_hazard_from_arm_events(value, one.events, one.comparator_events)
        elif one.p is not None and one.events is not None and one.favours_first is not None:
            how = "p value and events"
            found = log_hazard_from_events(
                one.p, one.events, one.share, favours_first=one.favours_first
            )
    except NotEstimable as error:
        message = phrased("{label}: {error}", label=one.label, error=error)
        raise NotEstimable(message) from None
    if found is None:
        message = phrased(
            "{label}: expected a hazard ratio with interval, p value or events "
            "of both arms, or O - E with its variance, or p with the events "
            "and which arm did better",
            label=one.label,
        )
        raise NotEstimable(message)
    return LogHazard(one.label, *found, how)


def _with_error(yi: float, sei: float) -> tuple[float, float]:
    if not 0 < sei < float("inf"):
        message = "a standard error above 0"
        raise NotEstimable(message)
    return yi, sei**2


def two_arms(
    label: str,
    first: tuple[ArrayLike, ArrayLike],
    second: tuple[ArrayLike, ArrayLike],
    *,
    horizon: float | None = None,
    level: float = 0.95,
) -> TwoArms:
    """Hazard ratio of the first arm against the second from patients (Cox, Efron's ties).

    Parameters
    ----------
    first, second : (time, status)
        Patients of each arm, read or reconstructed.
    horizon : float, optional
        Of the restricted means; the shorter of the arms' last times by default.
    """
    (t1, d1), (t2, d2) = patients(*first), patients(*second)
    group = np.concatenate([np.ones(len(t1)), np.zeros(len(t2))])
    time, status = np.concatenate([t1, t2]), np.concatenate([d1, d2])
    model = cox(time, status, group, level=level)
    curves = kaplan_meier(t1, d1), kaplan_meier(t2, d2)
    end = min(one.last for one in curves) if horizon is None else horizon
    difference, ratio = restricted_mean_contrast(*curves, end, level=level)
    zph = float(model.zph_global[1])
    return TwoArms(
        LogHazard(label, float(model.beta[0]), float(model.vb[0, 0]), "patients"),
        Contrast(
            float(model.hazard_ratio[0]),
            float(model.se[0]),
            (float(model.ci_lb[0]), float(model.ci_ub[0])),
            float(model.p[0]),
        ),
        zph,
        zph >= PROPORTIONAL,
        end,
        difference,
        ratio,
    )
