"""Do small studies say more than large ones? Egger, Begg, Peters, trim and fill.

None of these tells publication bias from true differences, none has power with fewer than ten
studies (Sterne 2011), and for single-arm proportions yi and vi are linked by construction, so
that an asymmetric funnel is expected without any bias (Hunter 2014): :func:`caution` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy import special

from hilum.errors import NotEstimable, phrased
from hilum.records import found
from hilum.synthesis.arrays import Array, columns, coverage
from hilum.synthesis.effects import effect_sizes
from hilum.synthesis.effects import measure as measure_of
from hilum.synthesis.sensitivity.kendall import kendall_pval
from hilum.synthesis.two_stage import Fit, fit

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

FEWEST = 10
# Figures that differ by no more than this share of the largest differ by rounding alone.
SAME = 1e-12


def caution(k: int, measure: str = "GEN") -> tuple[str, ...]:
    """Codes of why the result should not be used, empty where it may be.

    ``few_studies``: fewer than ten have next to no power. ``linked_variance``: a single group's
    variance depends on its result, so asymmetry is expected without bias.
    """
    few = ("few_studies",) if k < FEWEST else ()
    return (*few, "linked_variance") if measure_of(measure).linked else few


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """A regression test: its statistic, and the effect of an infinitely precise study."""

    zval: float
    pval: float
    df: int | None
    est: float
    ci_lb: float
    ci_ub: float


def egger(fitted: Fit) -> Asymmetry:
    """Standard error as moderator in the same random-effects model (Sterne & Egger 2005).

    Beside the moderators of a regression there is no effect of an infinitely precise study: NaN.
    """
    _enough(fitted.k, fitted.p + 2)
    _varied(fitted.yi, fitted.vi)
    model = fit(
        fitted.yi,
        fitted.vi,
        method=fitted.method,
        test=fitted.test,
        mods=np.column_stack([fitted.design, np.sqrt(fitted.vi)]),
        level=fitted.level,
    )
    mean = fitted.p == 1 and bool((fitted.design == 1).all())
    ends = model.beta[0], model.ci_lb[0], model.ci_ub[0]
    limit = tuple(float(one) if mean else np.nan for one in ends)
    return Asymmetry(float(model.zval[-1]), float(model.pval[-1]), model.dfs, *limit)


def egger_classical(yi: ArrayLike, vi: ArrayLike, *, level: float = 0.95) -> Asymmetry:
    """Weighted regression on the standard error with a dispersion factor (Egger 1997)."""
    coverage(level)
    y, v = columns(yi=yi, vi=vi)
    _enough(len(y), 3)
    _varied(y, v)
    return _dispersed(y, _with_precision(v), 1 / v, level)


def peters(
    ai: ArrayLike, n1i: ArrayLike, ci: ArrayLike, n2i: ArrayLike, *, level: float = 0.95
) -> Asymmetry:
    """Regression of the log odds ratio on 1/N, weights from the pooled events (Peters 2006).

    For odds ratios, whose standard error depends on the effect. Studies with an empty cell are
    corrected by one half.
    """
    coverage(level)
    a, n1, c, n2 = columns(ai=ai, n1i=n1i, ci=ci, n2i=n2i)
    _enough(len(a), 3)
    y, _ = effect_sizes("OR", {"ai": a, "n1i": n1, "ci": c, "n2i": n2})
    total, events = n1 + n2, a + c
    w = 1 / (1 / np.maximum(events, 0.5) + 1 / np.maximum(total - events, 0.5))
    return _dispersed(y, np.column_stack([np.ones(len(y)), 1 / total]), w, level)


@dataclass(frozen=True, slots=True)
class RankTest:
    """Kendall's tau and its two-sided p value."""

    tau: float
    pval: float


def begg(yi: ArrayLike, vi: ArrayLike) -> RankTest:
    """Rank correlation of standardised effects and variances (Begg & Mazumdar 1994).

    Exact without ties (:func:`kendall_pval`), else the normal approximation with their correction;
    k log k steps.

    Raises
    ------
    NotEstimable
        Fewer than three studies, all variances equal or all effects equal.
    """
    from scipy.stats import kendalltau  # heavy: only here

    y, v = columns(yi=yi, vi=vi)
    _enough(len(y), 3)
    _varied(y, v)
    w = 1 / v
    mean = (w * y).sum() / w.sum()
    standard = (y - mean) / np.sqrt(v - 1 / w.sum())
    ties = len(set(standard)) < len(y) or len(set(v)) < len(y)
    found = kendalltau(standard, v, method="asymptotic")
    tau = float(found.statistic)  # pyright: ignore[reportAttributeAccessIssue, reportArgumentType]
    if ties:
        return RankTest(tau, float(found.pvalue))  # pyright: ignore[reportAttributeAccessIssue, reportArgumentType]
    return RankTest(tau, kendall_pval(tau, len(y)))


@dataclass(frozen=True, slots=True)
class TrimFill:
    """Studies imputed (``k0``) on the ``side`` that lacks them, and the fit with them."""

    k0: int
    side: Literal["left", "right"]
    fit: Fit
    filled: Array


def trim_and_fill(
    fitted: Fit,
    *,
    estimator: str = "L0",
    side: Literal["left", "right"] | None = None,
) -> TrimFill:
    """Trim the studies without a mirror image, then fill both (Duval & Tweedie 2000).

    ``side`` is the one that lacks studies; by default the side opposite to where the small
    studies lie (slope on the standard error, same method).

    Raises
    ------
    NotEstimable
        Fewer than three studies, or a fit with moderators.
    """
    lacking = found(LACKING, estimator, "estimator")
    _enough(fitted.k, 3)
    if fitted.p > 1:
        message = "trim and fill takes no moderators"
        raise NotEstimable(message)
    if side is None:
        _varied(fitted.yi, fitted.vi)
        precision = _with_precision(fitted.vi)
        slope = fit(fitted.yi, fitted.vi, method=fitted.method, mods=precision).beta[1]
        side = "right" if slope < 0 else "left"
    sign = found(SIGNS, side, "side")
    order = np.argsort(sign * fitted.yi, kind="stable")
    y, v = sign * fitted.yi[order], fitted.vi[order]
    k, k0, centre = fitted.k, 0, 0.0
    for _ in range(100):
        centre = float(fit(y[: k - k0], v[: k - k0], method=fitted.method).beta[0])
        deviation = y - centre
        ranks = np.empty(k)
        ranks[np.argsort(np.abs(deviation), kind="stable")] = np.arange(1, k + 1)
        new = int(max(0, np.rint(lacking(ranks, deviation))))
        if new == k0:
            break
        k0 = min(new, k - 2)
    mirrored = sign * (2 * centre - y[k - k0 :])
    whole = fit(
        np.concatenate([fitted.yi, mirrored]),
        np.concatenate([fitted.vi, v[k - k0 :]]),
        method=fitted.method,
        test=fitted.test,
        level=fitted.level,
    )
    return TrimFill(k0, side, whole, mirrored)


def _r0(ranks: Array, deviation: Array) -> float:
    left, k = ranks[deviation <= 0], len(ranks)
    return (k - float(left.max()) if len(left) else k) - 1


def _l0(ranks: Array, deviation: Array) -> float:
    k, right = len(ranks), ranks[deviation > 0].sum()
    return float((4 * right - k * (k + 1)) / (2 * k - 1))


# The side that lacks studies, as the sign that turns it to the left.
SIGNS: Final = {"left": 1.0, "right": -1.0}
# How many studies lack their mirror image, from the ranks of their distances to the centre.
LACKING: Final = {"L0": _l0, "R0": _r0}


def _with_precision(vi: Array) -> Array:
    return np.column_stack([np.ones(len(vi)), np.sqrt(vi)])


def _dispersed(y: Array, x: Array, w: Array, level: float) -> Asymmetry:
    df = len(y) - x.shape[1]
    if np.linalg.matrix_rank(x / np.linalg.norm(x, axis=0), tol=1e-10) < x.shape[1]:
        message = "cannot be tested: all variances are equal"
        raise NotEstimable(message)
    inverse = np.linalg.inv((w[:, None] * x).T @ x)
    beta = inverse @ (x.T @ (w * y))
    scale = float((w * (y - x @ beta) ** 2).sum()) / df
    if scale <= SAME**2 * float((w * y**2).sum()):
        message = "cannot be tested: the effects lie on one line"
        raise NotEstimable(message)
    se = np.sqrt(scale * np.diagonal(inverse))
    half = float(special.stdtrit(df, 0.5 + level / 2) * se[0])
    t = float(beta[1] / se[1])
    return Asymmetry(
        t,
        float(2 * special.stdtr(df, -abs(t))),
        df,
        float(beta[0]),
        float(beta[0]) - half,
        float(beta[0]) + half,
    )


def _varied(y: Array, v: Array) -> None:
    """Refuse studies whose sizes, or whose effects, are all one: there is nothing to relate."""
    if bool(np.ptp(v) <= SAME * np.abs(v).max()):
        message = "cannot be tested: all variances are equal"
        raise NotEstimable(message)
    if bool(np.ptp(y) <= SAME * np.abs(y).max()):
        message = "cannot be tested: all effects are equal"
        raise NotEstimable(message)


def _enough(k: int, least: int) -> None:
    if k < least:
        message = phrased("{k} studies: at least {least} are needed", k=k, least=least)
        raise NotEstimable(message)
