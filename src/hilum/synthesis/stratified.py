"""Pooling of two-by-two tables and rates without effect sizes: Mantel-Haenszel and Peto."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.records import found
from hilum.synthesis.arrays import Array, Mask, columns, coverage, refuse
from hilum.synthesis.effects import effect_sizes
from hilum.synthesis.effects import measure as measure_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    # The effect, its variance, and what else is said of it.
    Estimated = tuple[float, float, dict[str, float]]


@dataclass(frozen=True, slots=True)
class StratifiedFit:
    """One common effect on the log scale (its own for RD and IRD).

    ``MH`` is the Cochran-Mantel-Haenszel statistic (with continuity correction, OR only) and
    ``BD`` / ``TA`` Breslow & Day's test of one odds ratio and Tarone's correction of it. ``used``
    says of each row whether its counts enter the estimate, ``k`` how many do; Q needs an effect,
    which a study with nothing but events has not.
    """

    measure: str
    method: Literal["MH", "Peto"]
    beta: float
    se: float
    zval: float
    pval: float
    ci_lb: float
    ci_ub: float
    QE: float
    QEp: float
    k: int
    MH: float | None = None
    MHp: float | None = None
    BD: float | None = None
    TA: float | None = None
    used: tuple[bool, ...] = ()


def mantel_haenszel(
    measure: str,
    first: ArrayLike,
    size1: ArrayLike,
    second: ArrayLike,
    size2: ArrayLike,
    *,
    level: float = 0.95,
) -> StratifiedFit:
    """Mantel-Haenszel estimate of OR, RR, RD, IRR or IRD.

    Variances: Robins, Breslow & Greenland 1986 (OR), Greenland & Robins 1985 (RR, IRR and IRD),
    Sato 1989 (RD). No correction of empty cells enters the estimate.

    Parameters
    ----------
    measure : str
        A code of :data:`MANTEL_HAENSZEL`.
    first, size1, second, size2 : array_like, shape (k,)
        Events and patients (or person-time) of both groups.

    Raises
    ------
    UnknownCode
        A measure that has no such estimate.
    NotEstimable
        No study, or no event where a ratio needs one.
    """
    coverage(level)
    stratum = found(MANTEL_HAENSZEL, measure, "Mantel-Haenszel of measure")
    record = measure_of(measure)
    a, n1, c, n2, known = _checked(stratum.people, first, size1, second, size2)
    says = stratum.says(a, n1, c, n2)
    with np.errstate(divide="ignore", invalid="ignore"):
        beta, variance, extra = stratum.estimate(a, n1, c, n2)
    if not (np.isfinite(beta) and np.isfinite(variance) and variance > 0):
        message = phrased(
            "{measure}: events in both groups are needed, over all studies", measure=measure
        )
        raise NotEstimable(message)
    yi, vi = effect_sizes(measure, dict(zip(record.columns, (a, n1, c, n2), strict=True)))
    # Studies without an event in either group (or with nothing else) leave the ratio's Q alone.
    same = (a + c == 0) | ((a + c == n1 + n2) & stratum.people)
    yi = np.where(same, np.nan, yi)
    used = _placed(known, says)
    return _tested(measure, "MH", float(beta), float(np.sqrt(variance)), yi, vi, level, extra, used)


def peto(
    ai: ArrayLike, n1i: ArrayLike, ci: ArrayLike, n2i: ArrayLike, *, level: float = 0.95
) -> StratifiedFit:
    """Peto's one-step odds ratio (Yusuf 1985), for rare events and balanced groups.

    Raises
    ------
    NotEstimable
        No study, or no event at all.
    """
    coverage(level)
    a, n1, c, n2, known = _checked(True, ai, n1i, ci, n2i)
    total = n1 + n2
    with np.errstate(divide="ignore", invalid="ignore"):
        v = (a + c) * (total - a - c) * n1 * n2 / (total**2 * (total - 1))
        difference = a - (a + c) * n1 / total
        yi, vi = difference / v, 1 / v
    usable = v > 0
    if not bool(usable.any()):
        message = "Peto: no study has both events and survivors"
        raise NotEstimable(message)
    beta = float(difference[usable].sum() / v[usable].sum())
    se = float(v[usable].sum() ** -0.5)
    used = _placed(known, usable)
    return _tested("PETO", "Peto", beta, se, yi[usable], vi[usable], level, {}, used)


def _risk_ratio(a: Array, n1: Array, c: Array, n2: Array) -> Estimated:
    total = n1 + n2
    r, s = (a * n2 / total).sum(), (c * n1 / total).sum()
    beta = np.log(r / s)
    variance = ((n1 * n2 * (a + c) - a * c * total) / total**2).sum() / (r * s)
    return float(beta), float(variance), {}


def _risk_difference(a: Array, n1: Array, c: Array, n2: Array) -> Estimated:
    total = n1 + n2
    weight = (n1 * n2 / total).sum()
    beta = ((a * n2 - c * n1) / total).sum() / weight
    p = (c * (n1 / total) ** 2 - a * (n2 / total) ** 2 + n1 * n2 * (n2 - n1) / (2 * total**2)).sum()
    q = ((a * (n2 - c) + c * (n1 - a)) / (2 * total)).sum()
    return float(beta), float((beta * p + q) / weight**2), {}


def _rate_ratio(a: Array, n1: Array, c: Array, n2: Array) -> Estimated:
    total = n1 + n2
    r, s = (a * n2 / total).sum(), (c * n1 / total).sum()
    beta = np.log(r / s)
    variance = (n1 * n2 * (a + c) / total**2).sum() / (r * s)
    return float(beta), float(variance), {}


def _rate_difference(a: Array, n1: Array, c: Array, n2: Array) -> Estimated:
    total = n1 + n2
    weight = (n1 * n2 / total).sum()
    beta = ((a * n2 - c * n1) / total).sum() / weight
    variance = ((n1 * n2 / total) ** 2 * (a / n1**2 + c / n2**2)).sum() / weight**2
    return float(beta), float(variance), {}


def _odds(a: Array, n1: Array, c: Array, n2: Array) -> Estimated:
    b, d = n1 - a, n2 - c
    total = a + b + c + d
    p, q, r, s = (a + d) / total, (b + c) / total, a * d / total, b * c / total
    big_r, big_s = r.sum(), s.sum()
    beta = np.log(big_r / big_s)
    variance = (
        (p * r).sum() / big_r**2
        + (p * s + q * r).sum() / (big_r * big_s)
        + (q * s).sum() / big_s**2
    ) / 2
    n1, n2, events = a + b, c + d, a + c
    spread = (n1 * n2 * events * (b + d) / (total**2 * (total - 1))).sum()
    excess = abs((a - n1 * events / total).sum())
    mh = max(excess - 0.5, 0.0) ** 2 / spread
    extra = {"MH": float(mh), "MHp": float(special.chdtrc(1, mh))}
    if np.isfinite(beta):
        extra |= _breslow_day(a, n1, n2, events, float(np.exp(beta)))
    return float(beta), float(variance), extra


def _breslow_day(a: Array, n1: Array, n2: Array, events: Array, odds: float) -> dict[str, float]:
    """Cells expected under the common odds ratio solve a quadratic (Breslow & Day 1980)."""
    both = (events > 0) & (events < n1 + n2)
    a, n1, n2, events = a[both], n1[both], n2[both], events[both]
    if abs(odds - 1) < 1e-12:
        expected = n1 * events / (n1 + n2)
    else:
        lead = 1 - odds
        linear = n2 - events + odds * (n1 + events)
        root = np.sqrt(linear**2 - 4 * lead * (-odds * n1 * events))
        expected = (-linear + root) / (2 * lead)
    parts = [expected, n1 - expected, events - expected, n2 - events + expected]
    variance = 1 / sum(1 / np.maximum(part, 1e-300) for part in parts)
    statistic = ((a - expected) ** 2 / variance).sum()
    tarone = statistic - (a - expected).sum() ** 2 / np.sum(variance)
    return {"BD": float(statistic), "TA": float(tarone)}


def _checked(
    people: bool, first: ArrayLike, size1: ArrayLike, second: ArrayLike, size2: ArrayLike
) -> tuple[Array, Array, Array, Array, Mask]:
    a, n1, c, n2 = columns(first=first, size1=size1, second=second, size2=size2)
    fine = (a >= 0) & (c >= 0) & (n1 >= 0) & (n2 >= 0)
    if people:
        fine &= (a <= n1) & (c <= n2)
    refuse(~fine, "0 <= events <= patients", first=a, size1=n1, second=c, size2=n2)
    # A study with an empty group says nothing of their contrast.
    known = (n1 > 0) & (n2 > 0) & ~np.isnan(a + c)
    if not bool(known.any()):
        message = "no study to pool"
        raise NotEstimable(message)
    return a[known], n1[known], c[known], n2[known], known


def _placed(known: Mask, used: Mask) -> tuple[bool, ...]:
    """Of every row that was given, whether it is used."""
    out = np.zeros(len(known), np.bool_)
    out[known] = used
    return tuple(out.tolist())


@dataclass(frozen=True, slots=True)
class Stratum:
    """How one measure is pooled over strata; ``people`` where sizes count patients, not time.

    ``says`` tells the studies whose counts enter the estimate.
    """

    estimate: Callable[[Array, Array, Array, Array], Estimated]
    people: bool
    says: Callable[[Array, Array, Array, Array], Mask]


def _both_outcomes(a: Array, n1: Array, c: Array, n2: Array) -> Mask:
    return (a + c > 0) & (a + c < n1 + n2)


def _an_event(a: Array, n1: Array, c: Array, n2: Array) -> Mask:
    del n1, n2
    return a + c > 0


def _any(a: Array, n1: Array, c: Array, n2: Array) -> Mask:
    del n1, c, n2
    return np.ones(len(a), np.bool_)


MANTEL_HAENSZEL: Final[dict[str, Stratum]] = {
    "OR": Stratum(_odds, True, _both_outcomes),
    "RR": Stratum(_risk_ratio, True, _an_event),
    "RD": Stratum(_risk_difference, True, _any),
    "IRR": Stratum(_rate_ratio, False, _an_event),
    "IRD": Stratum(_rate_difference, False, _any),
}
"""Mantel-Haenszel estimates by measure; a new one is one record here."""
# Measures whose answer Peto's method gives.
PETO: Final = ("OR", "PETO")


def _tested(
    measure: str,
    method: Literal["MH", "Peto"],
    beta: float,
    se: float,
    yi: Array,
    vi: Array,
    level: float,
    extra: dict[str, float],
    used: tuple[bool, ...],
) -> StratifiedFit:
    known = np.isfinite(yi)
    k = int(known.sum())
    q = float((((yi - beta) ** 2 / vi)[known]).sum())
    z = float(special.ndtri(0.5 + level / 2))
    return StratifiedFit(
        measure=measure,
        method=method,
        beta=beta,
        se=se,
        zval=beta / se,
        pval=float(2 * special.ndtr(-abs(beta / se))),
        ci_lb=beta - z * se,
        ci_ub=beta + z * se,
        QE=q,
        QEp=float(special.chdtrc(max(k - 1, 1), q)) if k > 1 else 1.0,
        k=sum(used),
        used=used,
        **extra,
    )
