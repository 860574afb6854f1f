"""Kaplan-Meier estimates and what is compared between groups; the estimators are lifelines'.

lifelines gives the curve, the log-rank test and Cox's model. The restricted mean's variance and
the Grambsch-Therneau score test are written here: lifelines' own variance is that of one
patient's time, and its test is the approximation that R's survival gave up in version 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from hilum.errors import MissingExtra, NotEstimable, phrased
from hilum.synthesis.arrays import coverage

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from hilum.synthesis.arrays import Array, Indices

Interval = tuple[float, float | None]


@dataclass(frozen=True, slots=True)
class KaplanMeier:
    """The curve at each time with an event; shape (T,) each.

    ``std_err`` is Greenwood's, of the survival itself; ``lower`` and ``upper`` are on the log-log
    scale. ``median`` is ``None`` where the curve stays above one half, as is an end of its
    interval that is not reached (Brookmeyer & Crowley 1982).
    """

    time: Array
    n_risk: Array
    n_event: Array
    survival: Array
    std_err: Array
    lower: Array
    upper: Array
    median: float | None
    median_ci: tuple[float | None, float | None]
    n: int
    events: int
    last: float


@dataclass(frozen=True, slots=True)
class Contrast:
    """An estimate with its standard error, interval and two-sided p value."""

    value: float
    se: float
    ci: tuple[float, float]
    p: float


@dataclass(frozen=True, slots=True)
class CoxFit:
    """Log hazard ratios of each column, and the test of their proportionality.

    ``zph_chi2``, ``zph_p``: Grambsch & Therneau 1994 against 1 - Kaplan-Meier, one a column;
    ``zph_global`` is (chi2, p) of all columns together.
    """

    beta: Array
    se: Array
    vb: Array
    hazard_ratio: Array
    ci_lb: Array
    ci_ub: Array
    p: Array
    zph_chi2: Array
    zph_p: Array
    zph_global: tuple[float, float]


def patients(time: ArrayLike, status: ArrayLike) -> tuple[Array, Array]:
    """Times of 0 or more and statuses 0 or 1, one a patient.

    Raises
    ------
    NotEstimable
        None at all, lengths that differ, or a value outside its range (the first row is named).
    """
    t, d = np.asarray(time, np.float64), np.asarray(status, np.float64)
    if t.ndim != 1 or t.shape != d.shape or not len(t):
        message = phrased(
            "time {shape} and status {shape_2}: expected one of each for every patient",
            shape=t.shape,
            shape_2=d.shape,
        )
        raise NotEstimable(message)
    wrong = np.flatnonzero(~(np.isfinite(t) & (t >= 0) & np.isin(d, (0.0, 1.0))))
    if len(wrong):
        row = int(wrong[0])
        message = phrased(
            "patient {row}: time {t:g}, status {d:g}: expected a time of 0 or more and a status "
            "of 0 (censored) or 1 (event)",
            row=row + 1,
            t=t[row],
            d=d[row],
        )
        raise NotEstimable(message)
    return t, d


def kaplan_meier(time: ArrayLike, status: ArrayLike, *, level: float = 0.95) -> KaplanMeier:
    """Product-limit estimate.

    Raises
    ------
    NotEstimable
        As :func:`patients`.
    MissingExtra
        Without lifelines.
    """
    coverage(level)
    t, d = patients(time, status)
    library = _lifelines()
    found = library.KaplanMeierFitter(alpha=1 - level).fit(t, d)
    table = found.event_table
    keep = table["observed"].to_numpy() > 0
    at = table.index.to_numpy(np.float64)[keep]
    risk = table["at_risk"].to_numpy(np.float64)[keep]
    event = table["observed"].to_numpy(np.float64)[keep]
    limits = found.confidence_interval_
    survival = found.survival_function_.iloc[:, 0].reindex(at).to_numpy(np.float64)
    lower = limits.iloc[:, 0].reindex(at).to_numpy(np.float64)
    upper = limits.iloc[:, 1].reindex(at).to_numpy(np.float64)
    # At survival 0 the log-log scale has no limits; both are 0 there, as the curve.
    lower, upper = (np.where(survival <= 0, 0.0, end) for end in (lower, upper))
    median = _crossing(at, survival)
    return KaplanMeier(
        at,
        risk,
        event,
        survival,
        survival * np.sqrt(_greenwood(risk, event)),
        lower,
        upper,
        median,
        # Where everybody has died Greenwood's error is unknown: no end of the median's interval.
        (_end(at, survival, lower), _end(at, survival, upper)),
        len(t),
        int(d.sum()),
        float(t.max()),
    )


def restricted_mean_time(curve: KaplanMeier, horizon: float) -> tuple[float, float]:
    """Mean survival time to ``horizon`` and its standard error (Greenwood).

    Raises
    ------
    NotEstimable
        A horizon beyond the last patient's time while the curve is above 0, or not above 0.
    """
    ends_above = not len(curve.survival) or curve.survival[-1] > 0
    if not horizon > 0 or (ends_above and horizon > curve.last):
        message = phrased(
            "horizon {horizon:g}: expected a time above 0, at most {last:g}",
            horizon=horizon,
            last=curve.last,
        )
        raise NotEstimable(message)
    inside = curve.time < horizon
    steps = np.concatenate([[0.0], curve.time[inside], [horizon]])
    survival = np.concatenate([[1.0], curve.survival[inside]])
    areas = np.diff(steps) * survival
    after = areas[::-1].cumsum()[::-1][1:]
    risk, event = curve.n_risk[inside], curve.n_event[inside]
    left = risk - event
    share = np.where(left > 0, event / (risk * np.where(left > 0, left, 1.0)), 0.0)
    return float(areas.sum()), float(np.sqrt((after**2 * share).sum()))


def restricted_mean_contrast(
    first: KaplanMeier, second: KaplanMeier, horizon: float, *, level: float = 0.95
) -> tuple[Contrast, Contrast]:
    """Difference and ratio (log scale) of restricted means, first against second.

    The measure of choice where hazards are not proportional (Royston & Parmar 2013).
    """
    coverage(level)
    (a, sa), (b, sb) = (restricted_mean_time(one, horizon) for one in (first, second))
    z = float(special.ndtri(0.5 + level / 2))
    se = float(np.hypot(sa, sb))
    log_se = float(np.hypot(sa / a, sb / b))
    log_ratio = float(np.log(a / b))
    difference = Contrast(a - b, se, (a - b - z * se, a - b + z * se), _p(a - b, se))
    ratio = Contrast(
        a / b,
        log_se,
        (a / b * float(np.exp(-z * log_se)), a / b * float(np.exp(z * log_se))),
        _p(log_ratio, log_se),
    )
    return difference, ratio


def log_rank(time: ArrayLike, status: ArrayLike, group: ArrayLike) -> tuple[float, int, float]:
    """Chi-squared, degrees of freedom and p value of the log-rank test between all groups."""
    t, d = patients(time, status)
    names = _groups(group, len(t))
    _lifelines()
    from lifelines.statistics import multivariate_logrank_test

    found = multivariate_logrank_test(t, names, d)
    return float(found.test_statistic), len(np.unique(names)) - 1, float(found.p_value)


def cox(
    time: ArrayLike,
    status: ArrayLike,
    covariates: ArrayLike,
    *,
    level: float = 0.95,
) -> CoxFit:
    """Cox's model with Efron's ties, and the proportional-hazards test of each column.

    Parameters
    ----------
    covariates : array_like, shape (n, p) or (n,)
        Numeric columns; a group is given as indicator columns.

    Raises
    ------
    NotEstimable
        As :func:`patients`; columns that do not vary, are collinear or separate the events.
    """
    coverage(level)
    t, d = patients(time, status)
    x = np.asarray(covariates, np.float64)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or len(x) != len(t) or not np.all(np.isfinite(x)):
        message = phrased(
            "covariates: expected finite numbers, shape ({number}, p), found {shape}",
            number=len(t),
            shape=x.shape,
        )
        raise NotEstimable(message)
    centred = x - x.mean(0)
    if np.linalg.matrix_rank(centred) < x.shape[1]:
        message = "covariates: a column does not vary or depends on the others"
        raise NotEstimable(message)
    beta = _cox_beta(t, d, centred)
    score, vb, info = _zph_score(t, d, centred, beta)
    if not np.all(np.isfinite(vb)) or np.abs(beta * centred.std(0)).max() > 15:
        message = "covariates separate the events: the hazard ratio has no finite estimate"
        raise NotEstimable(message)
    se = np.sqrt(np.diagonal(vb))
    z = float(special.ndtri(0.5 + level / 2))
    chi2 = np.array([score[j] ** 2 / info[j, j] for j in range(len(beta))])
    whole = float(score @ np.linalg.solve(info, score))
    return CoxFit(
        beta,
        se,
        vb,
        np.exp(beta),
        np.exp(beta - z * se),
        np.exp(beta + z * se),
        2 * special.ndtr(-np.abs(beta / se)),
        chi2,
        special.chdtrc(1, chi2),
        (whole, float(special.chdtrc(len(beta), whole))),
    )


def _cox_beta(t: Array, d: Array, x: Array) -> Array:
    """Estimate by lifelines, then Newton's steps on the score to rounding error."""
    import pandas as pd

    library = _lifelines()
    names = [f"x{j}" for j in range(x.shape[1])]
    frame = pd.DataFrame(dict(zip(names, x.T, strict=True)))
    frame["time"], frame["status"] = t, d
    try:
        found = library.CoxPHFitter().fit(frame, "time", "status")
    except Exception as error:  # lifelines raises several kinds where events are separated
        message = phrased(
            "Cox's model has no finite estimate here ({name})", name=type(error).__name__
        )
        raise NotEstimable(message) from None
    beta = found.params_.to_numpy(np.float64)
    for _ in range(4):
        slope, information, *_ = _efron(t, d, x, beta)
        try:
            beta = beta + np.linalg.solve(information, slope)
        except np.linalg.LinAlgError:
            raise _no_information() from None
    return beta


def _no_information() -> NotEstimable:
    """No event time at which patients of different covariates are at risk together."""
    message = "the order of the events says nothing of the covariates: no hazard ratio"
    return NotEstimable(message)


def _efron(t: Array, d: Array, x: Array, beta: Array) -> tuple[Array, Array, Array, Array, Array]:
    """Score and information; score, information and number of each event time (Efron 1977)."""
    order = np.argsort(-t, kind="stable")
    t, d, x = t[order], d[order], x[order]
    risk = np.exp(x @ beta)
    dead = d > 0
    times, member = np.unique(t[dead], return_inverse=True)
    # Everybody still at risk at an event time stands before this place of the falling times.
    place = np.searchsorted(-t, -times, side="right") - 1
    first = risk[:, None] * x
    second = first[:, :, None] * x[:, None, :]
    s0, s1, s2 = (np.cumsum(one, axis=0)[place] for one in (risk, first, second))
    e0, e1, e2, seen = (_by(member, one[dead], len(times)) for one in (risk, first, second, x))
    # One row a death: with tied deaths the l-th of c has l / c of theirs taken off (Efron).
    count = np.bincount(member)
    group = np.repeat(np.arange(len(times)), count)
    start = np.cumsum(count) - count
    share = (np.arange(len(group)) - start[group]) / count[group]
    a0 = s0[group] - share * e0[group]
    mean = (s1[group] - share[:, None] * e1[group]) / a0[:, None]
    square = (s2[group] - share[:, None, None] * e2[group]) / a0[:, None, None]
    square -= mean[:, :, None] * mean[:, None, :]
    slopes = seen - _by(group, mean, len(times))
    infos = _by(group, square, len(times))
    return slopes.sum(0), infos.sum(0), slopes, infos, times


def _by(member: Indices, values: Array, size: int) -> Array:
    """Sums of rows that belong together."""
    out = np.zeros((size, *values.shape[1:]))
    np.add.at(out, member, values)
    return out


def _zph_score(t: Array, d: Array, x: Array, beta: Array) -> tuple[Array, Array, Array]:
    """Score of x g(t) at its coefficient 0, the estimates' covariance, the score's variance."""
    _, information, slopes, infos, times = _efron(t, d, x, beta)
    curve = kaplan_meier(t, d)
    before = np.concatenate([[1.0], curve.survival[:-1]])
    g = 1 - before[np.searchsorted(curve.time, times)]
    _, counts = np.unique(t[d > 0], return_counts=True)
    events = counts.astype(np.float64)
    g = g - float(events @ g) / float(events.sum())
    score = g @ slopes
    mixed = np.einsum("i,ijk->jk", g, infos)
    twice = np.einsum("i,ijk->jk", g**2, infos)
    try:
        vb = np.linalg.inv(information)
    except np.linalg.LinAlgError:
        raise _no_information() from None
    return score, vb, twice - mixed @ vb @ mixed


def _greenwood(risk: Array, event: Array) -> Array:
    """Variance of log S; 0 where everybody has died and S is 0."""
    left = risk - event
    return np.cumsum(np.where(left > 0, event / (risk * np.where(left > 0, left, 1.0)), 0.0))


def _crossing(time: Array, survival: Array) -> float | None:
    """First time at or below one half; the middle of a stretch exactly at it, as R reports."""
    below = np.flatnonzero(survival <= 0.5 + 1e-9)
    if not len(below):
        return None
    first = int(below[0])
    if abs(survival[first] - 0.5) < 1e-9 and first + 1 < len(time):
        return float((time[first] + time[first + 1]) / 2)
    return float(time[first])


def _end(time: Array, survival: Array, limit: Array) -> float | None:
    """Where a limit of the curve crosses one half while the curve is above 0."""
    known = survival > 0
    return _crossing(time[known], limit[known])


def _groups(group: ArrayLike, n: int) -> Any:
    names = np.asarray(group)
    if names.ndim != 1 or len(names) != n or len(np.unique(names)) < 2:
        message = phrased("group: expected one name a patient ({n}) and two groups or more", n=n)
        raise NotEstimable(message)
    return names


def _p(value: float, se: float) -> float:
    return float(2 * special.ndtr(-abs(value / se))) if se > 0 else float("nan")


def _lifelines() -> Any:
    try:
        import lifelines
    except ImportError:
        message = "Kaplan-Meier and Cox need the extra survival: pip install 'hilum[survival]'"
        raise MissingExtra(message) from None
    return lifelines
